//! One pattern of an address, and how patterns relate.

use std::cmp::Reverse;

/// `host`, `*.host` or, in a table, `.host`; with an optional port and path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Pattern<'a> {
    /// Without the sign for subdomains.
    pub(super) host: &'a str,
    /// Any subdomain, but not the host itself.
    pub(super) below: bool,
    /// Empty: any port.
    pub(super) port: &'a str,
    /// A prefix of path and query; empty: all.
    pub(super) path: &'a str,
}

impl<'a> Pattern<'a> {
    pub(super) fn parse(text: &'a str) -> Self {
        let (authority, path) = text.split_at(text.find('/').unwrap_or(text.len()));
        let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
        let host = host.strip_prefix('*').unwrap_or(host);
        match host.strip_prefix('.') {
            Some(host) => Self { host, below: true, port, path },
            None => Self { host, below: false, port, path },
        }
    }

    /// As tables have it: the end of its host with the dot before it (nothing for a host of one label), and all the rest.
    pub(super) fn compact(&self) -> (&'a str, String) {
        let dot = if self.below { "." } else { "" };
        let colon = if self.port.is_empty() { "" } else { ":" };
        let end = self.host.rfind('.').unwrap_or(self.host.len());
        let (start, end) = self.host.split_at_checked(end).unwrap_or((self.host, ""));
        (end, [dot, start, colon, self.port, self.path].concat())
    }

    /// Smaller is looked at first.
    pub(super) fn rank(&self) -> (bool, Reverse<usize>, bool, Reverse<usize>, &'a str) {
        let letters = self.path.bytes().filter(|byte| *byte != b'*').count();
        (self.below, Reverse(self.host.len()), self.port.is_empty(), Reverse(letters), self.path)
    }

    /// Whether it surely describes everything that the other one does.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.has_hosts_of(other)
            && (self.port.is_empty() || self.port == other.port)
            && !self.path.contains('*')
            && other.path.starts_with(self.path)
    }

    /// Whether no address is described by both, for sure.
    pub(super) fn is_apart_from(&self, other: &Self) -> bool {
        // Most are: this is asked for every pair.
        if !(self.has_hosts_of(other) || other.has_hosts_of(self)) {
            return true;
        }
        let ports = self.port.is_empty() || other.port.is_empty() || self.port == other.port;
        let start = |path: &'a str| path.split('*').next().unwrap_or_default();
        let (one, two) = (start(self.path), start(other.path));
        !(ports && (one.starts_with(two) || two.starts_with(one)))
    }

    fn has_hosts_of(&self, other: &Self) -> bool {
        match self.below {
            true => is_below(other.host, self.host) || (other.below && other.host == self.host),
            false => !other.below && other.host == self.host,
        }
    }
}

fn is_below(host: &str, parent: &str) -> bool {
    host.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pattern_of_any_kind_is_read_and_written() {
        for (text, end, rest) in [
            ("a.example", ".example", "a"),
            ("*.a.com", ".com", ".a"),
            ("com.com/x.com", ".com", "com/x.com"),
            ("*.a.example:8080/x?y=*z", ".example", ".a:8080/x?y=*z"),
            ("localhost:80/x", "", "localhost:80/x"),
            ("*.localhost", "", ".localhost"),
        ] {
            assert_eq!(Pattern::parse(text).compact(), (end, rest.to_owned()), "{text}");
        }
    }

    #[test]
    fn cover_and_distance_are_told_only_when_sure() {
        for (one, other, covers, apart) in [
            ("*.a.example", "b.a.example", true, false),
            ("*.a.example", "*.a.example/x", true, false),
            ("*.a.example", "a.example", false, true),
            ("*.a.example", "evila.example", false, true),
            ("b.a.example", "*.a.example", false, false),
            ("a.example/x", "a.example/xy", true, false),
            ("a.example/x", "a.example/y", false, true),
            ("a.example/*x", "a.example/yx", false, false),
            ("a.example/y*x", "a.example/zx", false, true),
            ("a.example:80", "a.example", false, false),
            ("a.example:80", "a.example:81", false, true),
            ("a.example", "a.example:81", true, false),
        ] {
            let (one, other) = (Pattern::parse(one), Pattern::parse(other));
            assert_eq!((one.covers(&other), one.is_apart_from(&other)), (covers, apart), "{one:?} {other:?}");
        }
    }
}
