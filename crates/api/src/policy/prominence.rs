//! A site's own words on the two answers: neither may drown the other.

use std::collections::BTreeMap;

use super::check::Problems;
use super::file::PolicyFile;
use crate::texts::texts;

/// The longer text of the two buttons may have so many times the letters of the shorter one.
pub const LONGEST_FACTOR: usize = 2;
/// Texts below so many letters count as if they had them: *Yes* and *No, thanks* are not far apart.
pub const SHORT: usize = 12;
/// A button says at least so much; a lone × or ✓ says nothing.
const LEAST: usize = 2;

/// Looks at languages whose buttons the site has named itself.
pub(super) fn check_prominence(file: &PolicyFile, problems: &mut Problems) {
    for (language, own) in &file.texts {
        check_language(language, own, problems);
    }
}

fn check_language(language: &str, own: &BTreeMap<String, String>, problems: &mut Problems) {
    let named: Vec<&str> =
        ["reject_all", "accept_all"].into_iter().filter(|key| own.contains_key(*key)).collect();
    // A language with missing or unknown texts has been reported already.
    let (false, Ok(all)) = (named.is_empty(), texts(language, own)) else { return };
    let path = |key: &str| format!("texts.{language}.{key}");
    let mut said = false;
    for key in &named {
        if own.get(*key).is_some_and(|text| letters(text) < LEAST) {
            said = true;
            problems.add(path(key), "the button says nothing", format!("a word: {LEAST} letters or more"));
        }
    }
    let (accept, reject) = (letters(&all.accept_all), letters(&all.reject_all));
    let Some(key) = named.first().filter(|_| !said && !is_balanced(accept, reject)) else { return };
    problems.add(
        path(key),
        format!("\"{}\" and \"{}\" are not equally prominent: {accept} and {reject} letters", all.accept_all, all.reject_all),
        format!(
            "texts of similar length for accept_all and reject_all: the longer one at most {LONGEST_FACTOR} times the shorter, \
             of which anything below {SHORT} letters counts as {SHORT}. Refusing must be as easy as accepting (GDPR Art. 7; CCPA regulations §7004(a)(2))"
        ),
    );
}

/// Looks at whether the two say different things, and neither what the other one is known by. Variants have no words for
/// them.
pub(super) fn check_pair(file: &PolicyFile, problems: &mut Problems) {
    for (language, own) in &file.texts {
        check_difference(language, own, problems);
    }
}

fn check_difference(language: &str, own: &BTreeMap<String, String>, problems: &mut Problems) {
    let Ok(all) = texts(language, own) else { return };
    let is_same = |one: &str, other: &str| !one.trim().is_empty() && plain(one) == plain(other);
    let path = |key: &str| format!("texts.{language}.{key}");
    if is_same(&all.accept_all, &all.reject_all) {
        let named = if own.contains_key("reject_all") { "reject_all" } else { "accept_all" };
        problems.add(
            path(named),
            format!("accepting and refusing are both called \"{}\"", all.reject_all.trim()),
            "another text: nobody could tell which button is which (GDPR Art. 4(11): unambiguous)",
        );
        return;
    }
    // A language of the site's own has no other words.
    let Ok(usual) = texts(language, &BTreeMap::new()) else { return };
    let (accept, reject) = (&usual.accept_all, &usual.reject_all);
    for (key, text, own, other, known) in [
        ("accept_all", &all.accept_all, accept, "refusing", reject),
        ("reject_all", &all.reject_all, reject, "accepting", accept),
    ] {
        if is_same(text, known) {
            problems.add(
                path(key),
                format!("\"{}\" is what {other} is called", text.trim()),
                format!("a text that says what the button does, such as \"{own}\""),
            );
        }
    }
}

/// What is left of a text for somebody who reads in haste.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn letters(text: &str) -> usize {
    text.trim().chars().count()
}

fn is_balanced(one: usize, other: usize) -> bool {
    one.max(other) <= LONGEST_FACTOR * one.min(other).max(SHORT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::BUILT_IN;

    fn found(language: &str, own: &[(&str, &str)]) -> Vec<String> {
        let own = own.iter().map(|(key, text)| ((*key).into(), (*text).into())).collect();
        let mut problems = Problems::default();
        check_language(language, &own, &mut problems);
        check_difference(language, &own, &mut problems);
        problems.into_paths()
    }

    #[test]
    fn built_in_buttons_of_every_language_pass_what_is_asked_of_sites() {
        for (language, _) in BUILT_IN {
            let all = texts(language, &BTreeMap::new()).expect("built in");
            let pair = [("accept_all", all.accept_all.as_str()), ("reject_all", all.reject_all.as_str())];
            assert_eq!(found(language, &pair), Vec::<String>::new(), "{language}");
        }
    }

    #[test]
    fn buttons_of_similar_length_pass() {
        for (accept, reject) in [
            ("OK", "No"),
            ("Yes", "No, thanks"),
            ("Accept all cookies", "Refuse"),
            ("Allow", "Continue without them"),
        ] {
            let pair = [("accept_all", accept), ("reject_all", reject)];
            assert_eq!(found("en", &pair), Vec::<String>::new(), "{accept} {reject}");
        }
    }

    #[test]
    fn button_that_drowns_the_other_is_refused_where_the_site_has_named_it() {
        let long = "Reject everything that is not strictly required";
        assert_eq!(found("en", &[("reject_all", long)]), ["texts.en.reject_all"]);
        assert_eq!(found("en", &[("accept_all", long)]), ["texts.en.accept_all"]);
        assert_eq!(found("en", &[("accept_all", "OK"), ("reject_all", long)]), ["texts.en.reject_all"]);
        assert_eq!(found("en", &[("reject_all", " × ")]), ["texts.en.reject_all"]);
        assert_eq!(found("en", &[("title", "Biscuits?")]), Vec::<String>::new());
    }

    #[test]
    fn buttons_that_say_the_same_or_what_the_other_is_known_by_are_refused() {
        for (language, own, paths) in [
            (
                "en",
                &[("accept_all", "Continue"), ("reject_all", " continue ")][..],
                &["texts.en.reject_all"][..],
            ),
            ("en", &[("accept_all", "Reject\u{a0} ALL")], &["texts.en.accept_all"]),
            ("en", &[("reject_all", "accept all")], &["texts.en.reject_all"]),
            ("en", &[("accept_all", "Reject all"), ("reject_all", "No")], &["texts.en.accept_all"]),
            ("en", &[("accept_all", "Yes"), ("reject_all", "Accept all")], &["texts.en.reject_all"]),
            (
                "de-AT",
                &[("accept_all", "Alle ablehnen"), ("reject_all", "Alle akzeptieren")],
                &["texts.de-AT.accept_all", "texts.de-AT.reject_all"],
            ),
        ] {
            assert_eq!(found(language, own), paths, "{own:?}");
        }
    }
}
