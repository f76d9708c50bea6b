//! Patterns in which `*` stands for any run of characters, also none: of names in storage, and of paths.

/// Whether the pattern describes the whole text.
pub fn matches_whole(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    after_wildcards(first, rest, text).is_some_and(|(last, text)| text.ends_with(last))
}

/// Whether the pattern describes a beginning of the text.
pub fn matches_start(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return text.starts_with(pattern) };
    after_wildcards(first, rest, text).is_some_and(|(last, text)| text.contains(last))
}

/// What is left of the pattern after its last `*`, and of the text. Taking each part where it first occurs leaves the most
/// for the parts after it, so there is nothing to go back for.
fn after_wildcards<'p, 't>(first: &str, mut rest: &'p str, text: &'t str) -> Option<(&'p str, &'t str)> {
    let mut text = text.strip_prefix(first)?;
    while let Some((part, after)) = rest.split_once('*') {
        text = text.split_once(part)?.1;
        rest = after;
    }
    Some((rest, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pattern_without_wildcard_is_the_name_or_the_beginning() {
        assert!(matches_whole("_ga", "_ga") && !matches_whole("_ga", "_gat") && !matches_whole("_ga", "_g"));
        assert!(matches_start("/gtag/js", "/gtag/js?id=1") && !matches_start("/gtag/js", "/gtag"));
        assert!(matches_start("", "") && matches_start("", "/anything"));
    }

    #[test]
    fn wildcard_stands_for_any_run_also_none() {
        assert!(matches_whole("_ga_*", "_ga_") && matches_whole("_ga_*", "_ga_ABC"));
        assert!(
            matches_whole("mp_*_mixpanel", "mp_0a1_mixpanel") && !matches_whole("mp_*_mixpanel", "mp_0a1")
        );
        assert!(matches_whole("a*b*c", "a-b-b-c") && !matches_whole("a*b*c", "a-c-b"));
        assert!(
            matches_start("/*/fbevents.js", "/en_US/fbevents.js?v=2") && !matches_start("/*/x.js", "/x.js")
        );
    }

    #[test]
    fn wildcard_parts_do_not_share_letters() {
        assert!(!matches_whole("aba*ba", "aba") && !matches_whole("ab*b", "ab"));
        assert!(matches_whole("ab*b", "abb"));
    }
}
