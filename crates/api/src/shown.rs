//! Which words were shown: a language and, where the policy tries several first layers, which of them.
//!
//! Both travel as one language tag, `en-x-b`: whatever follows `-x-` is "private use", an agreement among those who exchange
//! the tag (RFC 5646 §2.2.7). So whoever says which language was shown, the gate, the banner, a record, the log, says which
//! variant of it too, and whoever knows nothing of variants reads a language that is none the less right.

/// Between a language and the variant of its texts.
const PRIVATE_USE: &str = "-x-";

/// The tag of a language's variant; of the language itself without one.
pub fn serialize_shown(language: &str, variant: Option<&str>) -> String {
    match variant {
        None => language.into(),
        Some(variant) => [language, PRIVATE_USE, variant].concat(),
    }
}

/// The language and the variant of a tag.
pub fn parse_shown(tag: &str) -> (&str, Option<&str>) {
    match tag.split_once(PRIVATE_USE) {
        None => (tag, None),
        Some((language, variant)) => (language, Some(variant)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tag_of_a_variant_reads_back() {
        for (language, variant, tag) in
            [("en", None, "en"), ("en", Some("b"), "en-x-b"), ("zh-Hant-TW", Some("2"), "zh-Hant-TW-x-2")]
        {
            assert_eq!(serialize_shown(language, variant), tag);
            assert_eq!(parse_shown(tag), (language, variant));
        }
    }
}
