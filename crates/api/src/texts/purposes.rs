//! What purposes are called: those of the standards' vocabularies in every built-in language, others as the policy says.

use std::collections::BTreeMap;

use super::built_in;

/// The languages, by tag: one for each file in `purposes/`.
const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/purposes.rs"));

/// What a policy's own words for purposes begin with, among its texts: `purpose_show_video`.
pub const PREFIX: &str = "purpose_";

/// What purposes are called in one language.
pub struct Purposes(BTreeMap<String, String>);

impl Purposes {
    /// Our words, with the policy's own laid over them.
    pub fn new(language: &str, overrides: &BTreeMap<String, String>) -> Self {
        let mut all = built_in(BUILT_IN, language);
        let own = overrides.iter().filter_map(|(key, text)| Some((key.strip_prefix(PREFIX)?, text)));
        all.extend(own.map(|(purpose, text)| (purpose.to_owned(), text.clone())));
        Self(all)
    }

    /// What this one is called; where nobody has a name for it, as its identifier reads.
    pub fn name(&self, purpose: &str) -> String {
        self.0.get(purpose).cloned().unwrap_or_else(|| humanise(purpose))
    }
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
        let of = |language: &str, purpose: &str| Purposes::new(language, &own).name(purpose);
        assert_eq!([of("de", "show_video"), of("de", "brew")], ["Filme", "Tee"]);
        assert_eq!(of("de-AT", "show_map"), of("de", "show_map"));
        assert_ne!(of("de", "show_map"), of("en", "show_map"));
        assert_eq!([of("de", "win_back"), of("de", "")], ["Win back", ""]);
    }
}
