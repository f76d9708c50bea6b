//! The built-in texts, one JSON file per language, and the choice among languages.

mod language;
mod purposes;

use std::collections::BTreeMap;

use language::find;
pub use language::{direction, elsewhere, negotiate};
pub use purposes::{PREFIX as PURPOSE_PREFIX, Purposes};

use crate::notice::Texts;

/// The languages that ship, by tag: one for each file in `texts/`.
pub const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/built_in.rs"));

/// A text that a policy names wrongly. Nothing is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextError {
    /// No built-in texts for this language, and the policy does not give them all. Holds the first missing key.
    LanguageIncomplete(String),
    /// No text has this name.
    KeyUnknown(String),
}

/// The texts of a language: the built-in ones with the policy's own laid over them. Its words for purposes are no part of them.
pub fn texts(language: &str, overrides: &BTreeMap<String, String>) -> Result<Texts, TextError> {
    let overrides = || overrides.iter().filter(|(key, _)| !key.starts_with(PURPOSE_PREFIX));
    if let Some((unknown, _)) = overrides().find(|(key, _)| !Texts::KEYS.contains(&key.as_str())) {
        return Err(TextError::KeyUnknown(unknown.clone()));
    }
    let mut all = built_in(BUILT_IN, language);
    all.extend(overrides().map(|(key, text)| (key.clone(), text.clone())));
    if let Some(missing) = Texts::KEYS.iter().find(|key| !all.contains_key(**key)) {
        return Err(TextError::LanguageIncomplete((*missing).into()));
    }
    serde_json::to_value(all)
        .and_then(serde_json::from_value)
        .map_err(|_| TextError::LanguageIncomplete(String::from("title")))
}

/// The first override that leaves out what the visitor has to be told: its name, and the place for it, such as `{service}`.
pub fn missing_place(overrides: &BTreeMap<String, String>) -> Option<(String, String)> {
    let english = built_in(BUILT_IN, "en");
    overrides.iter().find_map(|(key, text)| {
        let place = places(english.get(key)?).find(|place| !text.contains(place))?;
        Some((key.clone(), place.into()))
    })
}

/// What a text leaves to be filled in: `{signal}` and the like.
fn places(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('{').filter_map(|(at, _)| {
        let rest = text.get(at..)?;
        rest.get(..=rest.find('}')?)
    })
}

/// What one of these files has for a language, or for the language it is of; nothing where there is no such file.
fn built_in(files: &[(&str, &str)], language: &str) -> BTreeMap<String, String> {
    let tags: Vec<&str> = files.iter().map(|(tag, _)| *tag).collect();
    let found = find(language, &tags).and_then(|found| files.iter().find(|(tag, _)| *tag == found));
    found.and_then(|(_, json)| serde_json::from_str(json).ok()).unwrap_or_default()
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
            for (key, english) in built_in(BUILT_IN, "en") {
                let of = |text| places(text).collect::<std::collections::BTreeSet<_>>();
                assert_eq!(of(&all[&key]), of(&english), "{language}: {key}");
            }
        }
    }

    #[test]
    fn texts_of_a_language_are_its_own_or_those_of_the_language_it_is_of() {
        let of = |language: &str| texts(language, &BTreeMap::new()).map(|texts| texts.accept_all);
        assert_eq!(of("de-AT"), of("de"));
        assert!(of("de").is_ok() && of("de") != of("en"));
        assert!(matches!(of("xx"), Err(TextError::LanguageIncomplete(_))));
    }

    #[test]
    fn override_of_an_unknown_text_is_refused_by_name() {
        let overrides = BTreeMap::from([("titel".into(), "x".into())]);
        assert_eq!(texts("en", &overrides), Err(TextError::KeyUnknown("titel".into())));
    }

    #[test]
    fn override_that_leaves_out_whose_content_it_is_is_refused() {
        let of = |text: &str| BTreeMap::from([("embed_title".into(), text.into())]);
        let missing = ("embed_title".into(), "{service}".into());
        assert_eq!(missing_place(&of("Ein Video")), Some(missing));
        assert_eq!(missing_place(&of("Video von {service}")), None);
        assert_eq!(
            texts("de", &of("Video von {service}")).map(|texts| texts.embed_title),
            Ok("Video von {service}".into())
        );
    }
}
