//! Reading the host and the path out of an address as a browser would.

use std::borrow::Cow;

/// The parts of an address that tell whose it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Address<'a> {
    /// As written but for what browsers drop; without user name.
    pub(crate) host: &'a str,
    /// As written, empty where it is the scheme's own or not there at all. Without a scheme it counts as https.
    pub(crate) port: &'a str,
    /// Path and query, starting with a slash; without the fragment.
    pub(crate) path: Cow<'a, str>,
}

/// Reads an absolute address, or one that leaves only the scheme to the page (`//host/…`). `None` for everything else: it
/// stays within the site, or it loads nothing over the network.
///
/// Follows the URL Standard (§4.4) where that is what pages contain: space around the address, any number of slashes of either
/// kind, upper-case schemes. Percent-encoded hosts are not undone; nobody who wants a tag to run writes those. Tabs and line
/// breaks inside the address must be gone already.
pub(crate) fn parse_address(url: &str) -> Option<Address<'_>> {
    let url = url.trim_matches(|letter: char| letter <= ' ');
    let (scheme, rest) = match url.split_once(':') {
        Some((scheme, rest)) if is_network_scheme(scheme) => (scheme, rest),
        _ => ("https", url),
    };
    let authority_on = rest.trim_start_matches(is_slash);
    if rest.len() - authority_on.len() < 2 {
        return None;
    }
    let end = authority_on.find(|letter| is_slash(letter) || letter == '?' || letter == '#');
    let (authority, path) = authority_on.split_at_checked(end.unwrap_or(authority_on.len()))?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (name, port),
        _ => (host, ""),
    };
    let is_secure = scheme.ends_with(['s', 'S']);
    let port = if port == (if is_secure { "443" } else { "80" }) { "" } else { port };
    let path = path.split_once('#').map_or(path, |(path, _)| path);
    (!host.is_empty()).then(|| Address { host, port, path: normal_path(path) })
}

fn is_network_scheme(scheme: &str) -> bool {
    ["https", "http", "wss", "ws"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

fn is_slash(letter: char) -> bool {
    matches!(letter, '/' | '\\')
}

/// Starts with a slash, and has no backslash before its query.
fn normal_path(path: &str) -> Cow<'_, str> {
    let (before, query) = path.split_at_checked(path.find('?').unwrap_or(path.len())).unwrap_or((path, ""));
    match before {
        "" => Cow::Owned(format!("/{query}")),
        _ if before.contains('\\') => Cow::Owned(before.replace('\\', "/") + query),
        _ => Cow::Borrowed(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_of_any_spelling_gives_host_and_path() {
        for (url, host, port, path) in [
            ("https://a.example/x.js", "a.example", "", "/x.js"),
            ("//a.example/x.js?y=1#z", "a.example", "", "/x.js?y=1"),
            (" \n HTTP://user:pw@A.example:8080/x ", "A.example", "8080", "/x"),
            ("https:\\\\a.example\\x\\y?q=\\", "a.example", "", "/x/y?q=\\"),
            ("https:////a.example", "a.example", "", "/"),
            ("wss://a.example?q", "a.example", "", "/?q"),
            ("//a.example#f", "a.example", "", "/"),
            ("https://[::1]:80/x", "[::1]", "80", "/x"),
            ("http://a.example:80/x", "a.example", "", "/x"),
            ("WSS://a.example:443/x", "a.example", "", "/x"),
        ] {
            let found = parse_address(url);
            assert_eq!(found, Some(Address { host, port, path: path.into() }), "{url}");
        }
    }

    #[test]
    fn address_within_the_site_or_off_the_network_has_no_host() {
        for url in [
            "",
            "/x.js",
            "x.js",
            "?q",
            "#f",
            "data:text/html,x",
            "javascript://a/",
            "https:",
            "https:x",
            "//",
            "//:80/x",
        ] {
            assert_eq!(parse_address(url), None, "{url}");
        }
    }
}
