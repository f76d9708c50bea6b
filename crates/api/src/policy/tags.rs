//! Checks of the languages offered: each written as browsers and our texts write it, and once.

use std::collections::{BTreeMap, BTreeSet};

use super::check::Problems;
use super::file::PolicyFile;
use crate::texts::texts;

/// What languages are called where they have three letters (ISO 639-2 and 639-3), and countries that are taken for their
/// language and are none.
const ALIASES: [(&str, &str); 39] = [
    ("ar", "ara"),
    ("bg", "bul"),
    ("cs", "ces cze cz"),
    ("da", "dan dk"),
    ("de", "deu ger"),
    ("el", "ell gre gr"),
    ("en", "eng gb us"),
    ("es", "spa"),
    ("et", "est"),
    ("fa", "fas per"),
    ("fi", "fin"),
    ("fr", "fra fre"),
    ("ga", "gle"),
    ("he", "heb"),
    ("hi", "hin"),
    ("hr", "hrv"),
    ("hu", "hun"),
    ("id", "ind"),
    ("is", "isl ice"),
    ("it", "ita"),
    ("ja", "jpn jp"),
    ("ko", "kor"),
    ("lt", "lit"),
    ("lv", "lav"),
    ("mt", "mlt"),
    ("nb", "nob nor nno"),
    ("nl", "nld dut"),
    ("pl", "pol"),
    ("pt", "por"),
    ("ro", "ron rum"),
    ("sk", "slk slo"),
    ("sl", "slv"),
    ("sv", "swe"),
    ("th", "tha"),
    ("tr", "tur"),
    ("uk", "ukr ua"),
    ("vi", "vie"),
    ("zh-Hans", "zho chi cn"),
    ("zh-Hant", "tw"),
];

/// Reports every tag that is written otherwise or there twice. What is meant takes the place of what is written, so that
/// whatever else is asked of the file is asked of that, and one slip is one problem.
pub(super) fn check_tags(file: &mut PolicyFile, problems: &mut Problems) {
    let PolicyFile { languages, texts: own, .. } = file;
    let none = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (at, tag) in languages.iter_mut().enumerate() {
        let path = format!("languages[{at}]");
        let meant = meant(tag, own.get(tag).unwrap_or(&none));
        if !seen.insert(meant.clone().unwrap_or_else(|| tag.clone())) {
            problems.add(path, format!("\"{tag}\" is there twice"), "each language once");
        } else if let Some(right) = &meant {
            problems.add(
                path,
                format!("\"{tag}\" is not how this language is written"),
                format!("write \"{right}\""),
            );
        }
        if let Some(right) = meant {
            *tag = right;
        }
    }
}

/// The tag that is right where this one is not; `None` where it is, or where nobody can tell.
pub(super) fn meant(tag: &str, own: &BTreeMap<String, String>) -> Option<String> {
    let is_known = |tag: &str| texts(tag, &BTreeMap::new()).is_ok();
    let spelled = spell(tag);
    if is_known(&spelled) {
        return (spelled != tag).then_some(spelled);
    }
    // A language of the site's own, with every text.
    if texts(tag, own).is_ok() {
        return None;
    }
    let (primary, rest) = spelled.split_at(spelled.find('-').unwrap_or(spelled.len()));
    let (known, _) = ALIASES.iter().find(|(_, aliases)| aliases.split(' ').any(|alias| alias == primary))?;
    Some(format!("{known}{rest}"))
}

/// As RFC 5646 §2.1.1 recommends: `pt-BR`, `zh-Hant`, `en-x-b`. The `lang` of a page knows no underscore.
fn spell(tag: &str) -> String {
    let mut spelled: Vec<String> = Vec::new();
    for part in tag.split(['-', '_']) {
        let part = part.to_ascii_lowercase();
        // What comes after a single letter is no region.
        let extends = spelled.iter().any(|earlier| earlier.len() == 1);
        spelled.push(match part.len() {
            2 if !spelled.is_empty() && !extends => part.to_ascii_uppercase(),
            4 if !spelled.is_empty() && !extends => {
                let mut letters = part.chars();
                letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
            }
            _ => part,
        });
    }
    spelled.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::BUILT_IN;

    /// Where and what the check says of these languages, with English for a service of the catalogue.
    fn told(languages: &[&str]) -> Vec<(String, String)> {
        let mut file = serde_json::json!({
            "site": "shop", "origins": ["https://shop.example"], "languages": languages,
            "controller": { "name": "Shop Ltd", "contact": "a@shop.example", "privacy_url": "https://shop.example/p" },
            "services": [{ "id": "hotjar" }],
        });
        assert_eq!(super::super::complete(&mut file).problems, [], "{languages:?}");
        let problems = super::super::check(serde_json::from_value(file).unwrap()).err().unwrap_or_default();
        problems.into_iter().map(|wrong| (wrong.path, wrong.allowed)).collect()
    }

    #[test]
    fn tag_is_spelled_as_it_is_recommended() {
        for (written, right) in [
            ("EN", "en"),
            ("pt_br", "pt-BR"),
            ("ZH-HANT-hk", "zh-Hant-HK"),
            ("en-X-B", "en-x-b"),
            ("en-x-de", "en-x-de"),
            ("de-1901", "de-1901"),
            ("", ""),
            ("é-ÉÉ", "é-ÉÉ"),
        ] {
            assert_eq!(spell(written), right);
        }
        for (tag, _) in BUILT_IN {
            assert_eq!(spell(tag), *tag, "ours is right");
        }
    }

    #[test]
    fn alias_leads_to_a_language_there_are_texts_for() {
        let tags: Vec<&str> = BUILT_IN.iter().map(|(tag, _)| *tag).collect();
        for (known, aliases) in ALIASES {
            assert!(tags.contains(&known), "{known}");
            for alias in aliases.split(' ') {
                assert_eq!(meant(alias, &BTreeMap::new()).as_deref(), Some(known));
            }
        }
        assert_eq!(ALIASES.len() + 1, tags.len(), "all but pt-BR, whose letters are those of pt");
    }

    #[test]
    fn tag_that_is_right_is_taken() {
        for languages in [&["en"][..], &["en", "pt", "pt-BR", "zh-Hant"], &["en-GB", "en", "de-AT"]] {
            assert_eq!(told(languages), [], "{languages:?}");
        }
    }

    #[test]
    fn tag_written_otherwise_is_one_problem_that_says_what_to_write() {
        for (written, right) in
            [("EN", "en"), ("En-gb", "en-GB"), ("en_US", "en-US"), ("eng", "en"), ("eng-GB", "en-GB")]
        {
            assert_eq!(told(&[written]), [("languages[0]".into(), format!("write \"{right}\""))]);
        }
        assert_eq!(told(&["en", "deu"]), [("languages[1]".into(), "write \"de\"".into())]);
    }

    #[test]
    fn tag_that_is_there_twice_is_refused_however_it_is_written() {
        for again in ["en", "EN", "eng"] {
            assert_eq!(told(&["en", "de", again]), [("languages[2]".into(), "each language once".into())]);
        }
    }

    #[test]
    fn language_of_the_sites_own_keeps_its_tag() {
        let all = serde_json::to_value(texts("en", &BTreeMap::new()).unwrap()).unwrap();
        let all: BTreeMap<String, String> = serde_json::from_value(all).unwrap();
        assert_eq!(meant("gr", &all), None);
        assert_eq!(meant("gr", &BTreeMap::new()).as_deref(), Some("el"));
        assert_eq!(meant("eo", &BTreeMap::new()), None);
    }
}
