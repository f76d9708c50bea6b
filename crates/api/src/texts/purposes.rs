//! What purposes are called: those of the standards' vocabularies in every built-in language, others as the policy says.

use std::collections::BTreeMap;

use super::language::find;

/// The languages, by tag: one for each file in `purposes/`.
const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/purposes.rs"));

/// What a policy's own words for purposes begin with, among its texts: `purpose_show_video`.
pub const PREFIX: &str = "purpose_";

/// What a purpose is called in a language: by the policy, by us, or, where nobody has a name for it, by its identifier.
pub fn purpose_name(language: &str, overrides: &BTreeMap<String, String>, purpose: &str) -> String {
    let own = overrides.get(&[PREFIX, purpose].concat());
    own.cloned().or_else(|| built_in(language)?.remove(purpose)).unwrap_or_else(|| humanise(purpose))
}

fn built_in(language: &str) -> Option<BTreeMap<String, String>> {
    let tags: Vec<&str> = BUILT_IN.iter().map(|(tag, _)| *tag).collect();
    let found = find(language, &tags)?;
    let (_, json) = BUILT_IN.iter().find(|(tag, _)| *tag == found)?;
    serde_json::from_str(json).ok()
}

/// An identifier for people: `measure_audience` becomes `Measure audience`.
fn humanise(id: &str) -> String {
    let words = id.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receipts::vocabulary::PURPOSES;

    #[test]
    fn purposes_of_the_vocabularies_have_a_name_in_every_language() {
        let languages =
            |all: &[(&str, &str)]| all.iter().map(|(tag, _)| (*tag).to_owned()).collect::<Vec<_>>();
        assert_eq!(languages(BUILT_IN), languages(crate::texts::BUILT_IN));
        for (language, json) in BUILT_IN {
            let names: BTreeMap<String, String> = serde_json::from_str(json).unwrap();
            for (word, _) in PURPOSES {
                assert!(names.get(*word).is_some_and(|name| !name.trim().is_empty()), "{language}: {word}");
            }
            assert_eq!(names.len(), PURPOSES.len(), "{language} names what nobody knows");
        }
    }

    #[test]
    fn name_is_the_policys_else_ours_else_the_identifier() {
        let own = BTreeMap::from([
            ("purpose_show_video".into(), "Filme".into()),
            ("purpose_brew".into(), "Tee".into()),
        ]);
        let of = |language: &str, purpose: &str| purpose_name(language, &own, purpose);
        assert_eq!([of("de", "show_video"), of("de", "brew")], ["Filme", "Tee"]);
        assert_eq!(of("de-AT", "show_map"), of("de", "show_map"));
        assert_ne!(of("de", "show_map"), of("en", "show_map"));
        assert_eq!([of("de", "win_back"), of("de", "")], ["Win back", ""]);
    }
}
