//! Checks of a site's own texts: that they say something, and leave open what is filled in and nothing else.

use std::collections::BTreeMap;

use super::check::Problems;
use super::file::PolicyFile;
use crate::texts::{PURPOSE_PREFIX, missing_place, texts};

type Words = BTreeMap<String, String>;

/// Reports every text that a visitor could not read as it is meant.
pub(super) fn check_wording(file: &PolicyFile, problems: &mut Problems) {
    let english = built_in_english();
    for (language, own) in &file.texts {
        check_texts(&format!("texts.{language}"), own, &english, problems);
    }
    for (at, variant) in file.variants.iter().enumerate() {
        // What is empty there is reported where variants are looked at.
        for (language, own) in &variant.texts {
            let path = format!("variants[{at}].texts.{language}");
            own.iter().for_each(|(key, text)| {
                check_places(&format!("{path}.{key}"), key, text, &english, problems)
            });
        }
    }
}

/// The language whose texts say what is filled in where.
fn built_in_english() -> Words {
    let all = texts("en", &Words::new()).ok().and_then(|all| serde_json::to_value(all).ok());
    all.and_then(|all| serde_json::from_value(all).ok()).unwrap_or_default()
}

fn check_texts(path: &str, own: &Words, english: &Words, problems: &mut Problems) {
    // What has no such name is reported where texts are put together.
    let own = own.iter().filter(|(key, _)| english.contains_key(*key) || key.starts_with(PURPOSE_PREFIX));
    let (blank, said): (Vec<_>, Vec<_>) = own.partition(|(_, text)| text.trim().is_empty());
    // The two answers are looked at by themselves.
    for (key, _) in blank.into_iter().filter(|(key, _)| !["accept_all", "reject_all"].contains(&key.as_str()))
    {
        problems.add(format!("{path}.{key}"), "it says nothing", "a text");
    }
    let mut said: Words = said.into_iter().map(|(key, text)| (key.clone(), text.clone())).collect();
    while let Some((key, place)) = missing_place(&said) {
        problems.add(
            format!("{path}.{key}"),
            "it does not tell what the visitor has to know",
            format!("a text with {place} in it, which is filled in"),
        );
        // Probably it is there and misspelled: that is one slip.
        said.remove(&key);
    }
    for (key, text) in &said {
        check_places(&format!("{path}.{key}"), key, text, english, problems);
    }
}

fn check_places(path: &str, key: &str, text: &str, english: &Words, problems: &mut Problems) {
    let known: Vec<&str> = english.get(key).map(|text| places(text).collect()).unwrap_or_default();
    let Some(unknown) = places(text).find(|place| !known.contains(place)) else { return };
    let allowed = match known.first() {
        Some(known) => format!("{{{known}}}, and nothing else in braces"),
        None => "no braces: in this text nothing is filled in".into(),
    };
    problems.add(path, format!("visitors would read {{{unknown}}}: nothing is filled in there"), allowed);
}

/// What is in braces.
fn places(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(texts: serde_json::Value) -> Vec<(String, String)> {
        let mut problems = Problems::default();
        let own = serde_json::from_value(texts).unwrap();
        check_texts("texts.en", &own, &built_in_english(), &mut problems);
        problems.into_told()
    }

    #[test]
    fn text_that_says_nothing_is_refused() {
        for blank in ["", " ", "\n\t", "\u{a0}"] {
            let found =
                told(serde_json::json!({ "title": blank, "embed_title": blank, "purpose_brew": blank }));
            let paths: Vec<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
            assert_eq!(
                paths,
                ["texts.en.embed_title", "texts.en.purpose_brew", "texts.en.title"],
                "{blank:?}"
            );
        }
        assert_eq!(told(serde_json::json!({ "titel": "" })), [], "its name is wrong, and reported elsewhere");
    }

    #[test]
    fn every_text_that_leaves_out_its_place_is_refused() {
        let found = told(
            serde_json::json!({ "embed_title": "A film", "services": "Services", "days": "{count} days" }),
        );
        assert_eq!(
            found,
            [
                ("texts.en.embed_title".into(), "a text with {service} in it, which is filled in".into()),
                ("texts.en.services".into(), "a text with {count} in it, which is filled in".into()),
            ]
        );
    }

    #[test]
    fn text_with_a_place_that_is_not_filled_in_is_refused() {
        for (key, text, allowed) in [
            ("title", "Cookies of {site}", "no braces: in this text nothing is filled in"),
            ("purpose_brew", "Tea for {name}", "no braces: in this text nothing is filled in"),
            ("days", "{count} days, {foo}", "{count}, and nothing else in braces"),
            ("embed_title", "From {servcie}", "a text with {service} in it, which is filled in"),
        ] {
            let found = told(serde_json::json!({ key: text }));
            assert_eq!(found, [(format!("texts.en.{key}"), allowed.into())]);
        }
        assert_eq!(told(serde_json::json!({ "title": "Cookies {", "body": "} {" })), [], "no place");
    }

    #[test]
    fn variant_is_held_to_the_same() {
        let file = serde_json::from_value(serde_json::json!({
            "site": "shop", "origins": ["https://shop.example"], "languages": ["en"],
            "controller": { "name": "Shop Ltd", "contact": "a@shop.example", "privacy_url": "https://shop.example/p" },
            "variants": [{ "id": "a" }, { "id": "b", "texts": { "en": { "title": "{site} asks" } } }],
        }))
        .unwrap();
        let problems = super::super::check(file).unwrap_err();
        let paths: Vec<&str> = problems.iter().map(|wrong| wrong.path.as_str()).collect();
        assert_eq!(paths, ["variants[1].texts.en.title"]);
    }

    #[test]
    fn documentation_lists_every_text_with_a_place() {
        let page = include_str!("../../../../docs/policy.md");
        let english = built_in_english();
        let mut by_place: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for key in crate::notice::Texts::KEYS {
            for place in places(&english[*key]) {
                by_place.entry(place).or_default().push(format!("`{key}`"));
            }
        }
        assert_eq!(by_place.len(), 5);
        for (place, keys) in by_place {
            let line = format!("- `{{{place}}}` in {}", keys.join(", "));
            assert!(page.contains(&line), "docs/policy.md lacks: {line}");
        }
    }
}
