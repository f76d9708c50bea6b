//! Languages: which of those on offer suits a tag, in which direction it is written, and when the page's own suits better.

/// `rtl` for languages written from right to left.
pub fn direction(language: &str) -> &'static str {
    let tag = canonical(language);
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    let written = parts.any(|part| matches!(part, "arab" | "hebr"));
    if written || matches!(primary, "ar" | "he" | "fa" | "ur" | "ps" | "sd" | "ug" | "yi" | "dv" | "ckb") {
        "rtl"
    } else {
        "ltr"
    }
}

/// One spelling for all that are read alike, in lower case: superseded tags, both Norwegians, and Chinese by its script.
fn canonical(tag: &str) -> String {
    let tag = tag.trim().replace('_', "-").to_ascii_lowercase();
    let (primary, rest) =
        tag.split_once('-').map_or((tag.as_str(), None), |(primary, rest)| (primary, Some(rest)));
    let primary = match primary {
        "iw" => "he",
        "in" => "id",
        "no" | "nn" => "nb",
        "zh" => {
            let has = |wanted: &[&str]| tag.split('-').any(|part| wanted.contains(&part));
            let traditional = has(&["hant"]) || has(&["tw", "hk", "mo"]) && !has(&["hans"]);
            return if traditional { "zh-hant".into() } else { "zh-hans".into() };
        }
        other => other,
    };
    rest.map_or(primary.into(), |rest| [primary, "-", rest].concat())
}

/// The tag that says the same or the same less exactly (RFC 4647 §3.4, lookup): `de-AT` is served by `de`.
pub fn find<'a>(tag: &str, offered: &[&'a str]) -> Option<&'a str> {
    if let Some(exact) = offered.iter().find(|offer| offer.eq_ignore_ascii_case(tag)) {
        return Some(exact);
    }
    let mut wanted = canonical(tag);
    loop {
        if let Some(offer) = offered.iter().find(|offer| canonical(offer) == wanted) {
            return Some(offer);
        }
        wanted.truncate(wanted.rfind('-')?);
    }
}

/// The same, or else the language in another region or script: who reads `pt` is better served by `pt-BR` than by English.
fn best<'a>(tag: &str, offered: &[&'a str]) -> Option<&'a str> {
    let primary = |tag: &str| canonical(tag).split('-').next().unwrap_or_default().to_owned();
    find(tag, offered).or_else(|| {
        let wanted = primary(tag);
        offered.iter().find(|offer| primary(offer) == wanted).copied()
    })
}

/// Picks the best of the offered languages for an `Accept-Language` value (RFC 9110 §12.5.4). `offered` starts with the
/// default, which is the answer when nothing matches.
pub fn negotiate<'a>(accept_language: &str, offered: &[&'a str]) -> &'a str {
    let mut wanted: Vec<(&str, u16)> = accept_language
        .split(',')
        .filter_map(|part| {
            let (tag, parameters) = part.split_once(';').unwrap_or((part, "q=1"));
            let quality =
                parameters.trim().strip_prefix("q=").and_then(|text| text.trim().parse::<f32>().ok())?;
            Some((tag.trim(), (quality.clamp(0.0, 1.0) * 1000.0) as u16)).filter(|(_, quality)| *quality > 0)
        })
        .collect();
    wanted.sort_by_key(|(_, quality)| std::cmp::Reverse(*quality));
    wanted.iter().find_map(|(tag, _)| best(tag, offered)).or(offered.first().copied()).unwrap_or("en")
}

/// Spellings of a page's language that are not the beginning of an offered tag and mean one all the same.
const ALIASES: [&str; 10] = ["no", "nn", "iw", "in", "zh-tw", "zh-hk", "zh-mo", "zh-cn", "zh-sg", "zh"];

/// A regular expression, in lower case and to be read without regard to it, for the languages of pages that another of the
/// offered ones suits better than the one that was picked; `None` where none does. The gate holds `<html lang>` against it.
pub fn elsewhere(picked: &str, offered: &[&str]) -> Option<String> {
    let mut known: Vec<String> = ALIASES.iter().map(|&alias| alias.into()).collect();
    for offer in offered {
        let tag = offer.to_ascii_lowercase();
        known.extend(tag.split('-').next().map(str::to_owned));
        known.push(tag);
    }
    // What is not a plain tag could mean something to an expression.
    known.retain(|tag| tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    known.sort();
    known.dedup();
    let (other, same): (Vec<&String>, Vec<&String>) = known
        .iter()
        .filter(|tag| best(tag, offered).is_some())
        .partition(|tag| best(tag, offered) != Some(picked));
    let below = |tag: &str, whole: &str| tag.strip_prefix(whole).is_some_and(|rest| rest.starts_with('-'));
    let mut alternatives = Vec::new();
    for tag in &other {
        let excepted: Vec<&str> = same
            .iter()
            .filter(|known| below(known, tag))
            .filter_map(|known| known.get(tag.len() + 1..))
            .collect();
        // One that begins alike says it already, unless it makes exceptions.
        let said =
            other.iter().any(|whole| below(tag, whole) && !same.iter().any(|known| below(known, whole)));
        match excepted.as_slice() {
            _ if said => {}
            [] => alternatives.push((*tag).clone()),
            excepted => alternatives.push(format!("{tag}(?!-({})\\b)", excepted.join("|"))),
        }
    }
    (!alternatives.is_empty()).then(|| format!("^({})\\b", alternatives.join("|")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_of_a_region_falls_back_to_its_language() {
        assert_eq!(negotiate("de-AT,de;q=0.9,en;q=0.8", &["en", "de"]), "de");
        assert_eq!(negotiate("en;q=0.2, fr;q=0.7", &["en", "fr"]), "fr");
        assert_eq!(negotiate("pt-BR-x-b", &["en", "pt", "pt-BR"]), "pt-BR");
        assert_eq!(negotiate("xx, *;q=0.1", &["en", "fr"]), "en");
        assert_eq!(negotiate("fr;q=0, ;;;,é;q=9e9", &["en", "fr"]), "en");
    }

    #[test]
    fn language_with_regions_scripts_and_old_names_finds_the_text_meant() {
        let offered = ["en", "pt", "pt-BR", "zh-Hans", "zh-Hant", "nb", "he", "id"];
        for (wanted, found) in [
            ("pt-BR", "pt-BR"),
            ("pt-br", "pt-BR"),
            ("pt-PT", "pt"),
            ("pt-AO", "pt"),
            ("pt", "pt"),
            ("zh", "zh-Hans"),
            ("zh-CN", "zh-Hans"),
            ("zh-SG", "zh-Hans"),
            ("zh-TW", "zh-Hant"),
            ("zh-HK", "zh-Hant"),
            ("zh-Hant-HK", "zh-Hant"),
            ("zh-Hans-TW", "zh-Hans"),
            ("no", "nb"),
            ("nn-NO", "nb"),
            ("nb-NO", "nb"),
            ("iw", "he"),
            ("in-ID", "id"),
            ("en_GB", "en"),
        ] {
            assert_eq!(negotiate(wanted, &offered), found, "{wanted}");
        }
        assert_eq!(negotiate("pt", &["en", "pt-BR"]), "pt-BR");
        assert_eq!(negotiate("zh-TW", &["en", "zh-Hans"]), "zh-Hans", "better than English");
        assert_eq!(negotiate("nn", &["en", "nb", "nn"]), "nn", "the very one first");
        assert_eq!(find("zh-TW", &["zh-Hans"]), None, "not the same words");
    }

    #[test]
    fn direction_of_a_script_or_an_old_name_is_that_of_its_writing() {
        for tag in ["ar", "ar-EG", "he", "iw", "fa", "ur-PK", "az-Arab"] {
            assert_eq!(direction(tag), "rtl", "{tag}");
        }
        for tag in ["en", "pt-BR", "zh-Hant", "az", "ha-Latn"] {
            assert_eq!(direction(tag), "ltr", "{tag}");
        }
    }

    /// What the gate does with the expression; the crate that reads it here has no look-ahead, so neither is it asked.
    fn matches(expression: &str, lang: &str) -> bool {
        let Some(inner) = expression.strip_prefix("^(").and_then(|rest| rest.strip_suffix(")\\b")) else {
            return false;
        };
        let begins = |lang: &str, tag: &str| {
            lang.strip_prefix(tag).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        let lang = lang.to_ascii_lowercase();
        // No `|` of an alternative is inside its exceptions once these are cut out.
        let mut rest = inner;
        let mut found = false;
        while !rest.is_empty() {
            let end = rest.find(['|', '(']).unwrap_or(rest.len());
            let (tag, after) = rest.split_at(end);
            let (excepted, after) = match after.strip_prefix("(?!-(") {
                Some(after) => after.split_once(")\\b)").unwrap(),
                None => ("", after),
            };
            let spared =
                excepted.split('|').any(|part| !part.is_empty() && begins(&lang, &[tag, "-", part].concat()));
            found |= begins(&lang, tag) && !spared;
            rest = after.strip_prefix('|').unwrap_or(after);
        }
        found
    }

    #[test]
    fn elsewhere_matches_exactly_the_pages_another_language_suits_better() {
        let many = ["en", "de", "pt", "pt-BR", "zh-Hans", "zh-Hant", "nb", "he", "ar"];
        let pages = [
            "",
            "en",
            "en-GB",
            "de",
            "de-AT",
            "pt",
            "pt-PT",
            "pt-BR",
            "PT-br",
            "zh",
            "zh-CN",
            "zh-TW",
            "zh-Hant-HK",
            "zh-Hans",
            "no",
            "nn",
            "nb-NO",
            "iw",
            "he",
            "ar-EG",
            "xx",
            "ent",
            "d",
        ];
        for offered in [&many[..], &["en"], &["en", "pt-BR"], &["de", "zh-Hant"], &["pt-BR", "en"]] {
            for picked in offered {
                // No tag has this character.
                let expression = elsewhere(picked, offered).unwrap_or("!".into());
                for page in pages {
                    let better = best(page, offered).is_some_and(|best| best != *picked);
                    assert_eq!(
                        matches(&expression, page),
                        better,
                        "{picked} of {offered:?}, {page}: {expression}"
                    );
                }
            }
        }
    }

    #[test]
    fn elsewhere_for_one_language_or_a_hostile_tag_is_nowhere() {
        assert_eq!(elsewhere("en", &["en"]), None);
        assert_eq!(elsewhere("en", &["en", "d(e"]), None);
        assert_eq!(elsewhere("en", &["en", "de"]).as_deref(), Some("^(de)\\b"));
    }
}
