//! Small things done to texts and addresses before they are shown.

/// The template with its one `{name}` placeholder replaced; as it is when it has none.
pub(crate) fn fill(template: &str, value: &str) -> String {
    let Some((before, rest)) = template.split_once('{') else { return template.into() };
    let Some((_, after)) = rest.split_once('}') else { return template.into() };
    [before, value, after].concat()
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
    fn safe_url_of_a_script_is_empty() {
        assert_eq!(safe_url("https://a.example/x".into()), "https://a.example/x");
        for url in
            ["javascript:alert(1)", " javascript:alert(1)", "JaVaScRiPt:1", "data:text/html,x", "vbscript:x"]
        {
            assert_eq!(safe_url(url.into()), "", "{url}");
        }
    }
}
