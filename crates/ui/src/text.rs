//! Small things done to texts and addresses before they are shown.

/// The template with its one `{name}` placeholder replaced; as it is when it has none.
pub(crate) fn fill(template: &str, value: &str) -> String {
    match split(template) {
        Some((before, after)) => [before, value, after].concat(),
        None => template.into(),
    }
}

/// What is before and after the template's one `{name}` placeholder.
pub(crate) fn split(template: &str) -> Option<(&str, &str)> {
    let (before, rest) = template.split_once('{')?;
    let (_, after) = rest.split_once('}')?;
    Some((before, after))
}

/// A time for people, out of RFC 3339 in UTC: `2026-11-22 08:30 UTC`, the same in every language. Anything else stays as it is.
pub(crate) fn readable(time: &str) -> String {
    match (time.get(..10), time.get(10..11), time.get(11..16), time.ends_with('Z')) {
        (Some(date), Some("T"), Some(minute), true) => [date, " ", minute, " UTC"].concat(),
        _ => time.into(),
    }
}

/// A text as an address that holds it, for a link that saves it as a file: needs no script, and no second request.
pub(crate) fn data_url(kind: &str, text: &str) -> String {
    use std::fmt::Write as _;
    let mut url = ["data:", kind, ";charset=utf-8,"].concat();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            url.push(byte.into());
        } else {
            // Writing to a String cannot fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}

/// The address when following it can do no more than open a page or a mail; empty otherwise. A policy is data, and
/// `javascript:` in data must not become code.
pub fn safe_url(url: String) -> String {
    let harmless = ["https://", "http://", "mailto:", "/"].iter().any(|start| url.starts_with(start));
    if harmless { url } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fill_without_a_placeholder_changes_nothing() {
        assert_eq!(fill("Services ({count})", "3"), "Services (3)");
        assert_eq!(fill("{signal}", "GPC"), "GPC");
        assert_eq!(fill("plain", "3"), "plain");
        assert_eq!(fill("half {", "3"), "half {");
    }

    #[test]
    fn readable_time_has_no_letter_for_machines_and_other_texts_stay() {
        assert_eq!(readable("2026-11-22T08:30:59.123Z"), "2026-11-22 08:30 UTC");
        for text in ["yesterday", "", "2026-11-22T08:30:59+01:00", "ééééééééééZ"] {
            assert_eq!(readable(text), text);
        }
    }

    #[test]
    fn data_url_escapes_whatever_could_end_it() {
        assert_eq!(data_url("text/plain", "a b\n\"é#"), "data:text/plain;charset=utf-8,a%20b%0A%22%C3%A9%23");
    }

    #[test]
    fn safe_url_of_a_script_is_empty() {
        assert_eq!(safe_url("https://a.example/x".into()), "https://a.example/x");
        for url in
            ["javascript:alert(1)", " javascript:alert(1)", "JaVaScRiPt:1", "data:text/html,x", "vbscript:x"]
        {
            assert_eq!(safe_url(url.into()), "", "{url}");
        }
    }
}
