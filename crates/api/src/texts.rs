//! The built-in texts, one JSON file per language, and the choice among languages.

use std::collections::BTreeMap;

use crate::notice::Texts;
use crate::shown::parse_shown;

/// The languages that ship, best known first.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("en", include_str!("../texts/en.json")),
    ("de", include_str!("../texts/de.json")),
    ("fr", include_str!("../texts/fr.json")),
    ("ar", include_str!("../texts/ar.json")),
];

/// A text that a policy names wrongly. Nothing is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextError {
    /// No built-in texts for this language, and the policy does not give them all. Holds the first missing key.
    LanguageIncomplete(String),
    /// No text has this name.
    KeyUnknown(String),
}

/// The texts of a language: the built-in ones with the policy's own laid over them.
pub fn texts(language: &str, overrides: &BTreeMap<String, String>) -> Result<Texts, TextError> {
    if let Some(unknown) = overrides.keys().find(|key| !Texts::KEYS.contains(&key.as_str())) {
        return Err(TextError::KeyUnknown(unknown.clone()));
    }
    let built_in =
        BUILT_IN.iter().find(|(tag, _)| *tag == language || Some(*tag) == language.split('-').next());
    let mut all: BTreeMap<String, String> =
        built_in.and_then(|(_, json)| serde_json::from_str(json).ok()).unwrap_or_default();
    all.extend(overrides.iter().map(|(key, text)| (key.clone(), text.clone())));
    if let Some(missing) = Texts::KEYS.iter().find(|key| !all.contains_key(**key)) {
        return Err(TextError::LanguageIncomplete((*missing).into()));
    }
    serde_json::to_value(all)
        .and_then(serde_json::from_value)
        .map_err(|_| TextError::LanguageIncomplete(String::from("title")))
}

/// `rtl` for languages written from right to left.
pub fn direction(language: &str) -> &'static str {
    match language.split('-').next() {
        Some("ar" | "he" | "fa" | "ur") => "rtl",
        _ => "ltr",
    }
}

/// Picks the best of the offered languages for an `Accept-Language` value (RFC 9110 §12.5.4, basic filtering of RFC 4647).
/// `offered` starts with the default, which is the answer when nothing matches.
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
    // Which variant of a language's texts somebody saw is no matter of language.
    let plain = |tag: &str| parse_shown(tag).0.to_owned();
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    wanted
        .iter()
        .find_map(|(tag, _)| {
            offered
                .iter()
                .find(|offer| offer.eq_ignore_ascii_case(tag))
                .or_else(|| offered.iter().find(|offer| offer.eq_ignore_ascii_case(&plain(tag))))
                .or_else(|| offered.iter().find(|offer| primary(offer) == primary(tag)))
        })
        .or(offered.first())
        .copied()
        .unwrap_or("en")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_language_has_every_text_and_no_other() {
        for (language, json) in BUILT_IN {
            let parsed: Result<Texts, _> = serde_json::from_str(json);
            assert!(parsed.is_ok(), "{language}: {:?}", parsed.err());
            let all: BTreeMap<String, String> = serde_json::from_str(json).unwrap();
            assert!(all.values().all(|text| !text.trim().is_empty()), "{language} has an empty text");
        }
    }

    #[test]
    fn language_of_a_region_falls_back_to_its_language() {
        assert_eq!(negotiate("de-AT,de;q=0.9,en;q=0.8", &["en", "de"]), "de");
        assert_eq!(negotiate("en;q=0.2, fr;q=0.7", &["en", "fr"]), "fr");
        assert_eq!(negotiate("pt-BR-x-b", &["en", "pt", "pt-BR"]), "pt-BR");
        assert_eq!(negotiate("xx, *;q=0.1", &["en", "fr"]), "en");
        assert_eq!(negotiate("fr;q=0, ;;;,é;q=9e9", &["en", "fr"]), "en");
    }

    #[test]
    fn override_of_an_unknown_text_is_refused_by_name() {
        let overrides = BTreeMap::from([("titel".into(), "x".into())]);
        assert_eq!(texts("en", &overrides), Err(TextError::KeyUnknown("titel".into())));
    }
}
