//! Finding the owner of an address in a table.

use std::borrow::Cow;
use std::collections::HashMap;

use super::pattern::Pattern;
use super::{AutoTable, Owner};
use crate::catalogue::{lower_host, parse_address, without_breaks};

/// A table that is ready to be asked.
#[derive(Debug)]
pub struct Matcher<'a> {
    /// By host, with a leading dot for its subdomains; the most specific first.
    hosts: HashMap<String, Vec<(Pattern<'a>, Owner<'a>)>>,
    /// Where the page is from.
    site: &'a str,
}

impl<'a> Matcher<'a> {
    /// Reads a table, for a page of this host; with its port where that is not the scheme's own.
    pub fn new(table: &'a AutoTable, site: &'a str) -> Self {
        let services = table.services.iter().map(|(id, patterns)| (Owner::Service(id), patterns));
        let categories = table.categories.iter().map(|(id, patterns)| (Owner::Category(id), patterns));
        let mut hosts: HashMap<String, Vec<(Pattern<'a>, Owner<'a>)>> = HashMap::new();
        for (owner, patterns) in services.chain(categories) {
            for line in patterns.lines() {
                let (end, rest) = line.split_once(' ').unwrap_or((line, ""));
                for pattern in rest.split(' ').map(Pattern::parse) {
                    let dot = if pattern.below { "." } else { "" };
                    hosts.entry([dot, pattern.host, end].concat()).or_default().push((pattern, owner));
                }
            }
        }
        hosts.values_mut().for_each(|rows| rows.sort_by_key(|(pattern, _)| pattern.rank()));
        Self { hosts, site }
    }

    /// Whose an address is: absolute, or one that leaves only the scheme to the page (`//host/…`). `None` for everything else, as
    /// for the catalogue: it stays within the site or loads nothing over the network. `None` for the page's own host too: what a
    /// site serves itself it can mark.
    pub fn owner_of_url(&self, url: &str) -> Option<Owner<'a>> {
        let url = without_breaks(url);
        let address = parse_address(&url)?;
        let host = lower_host(address.host);
        let (site, site_port) = self.site.split_once(':').unwrap_or((self.site, ""));
        if host == site && address.port == site_port {
            return None;
        }
        let mut key: Cow<'_, str> = Cow::Borrowed(&host);
        loop {
            let rows = self.hosts.get(key.as_ref()).into_iter().flatten();
            let fits = |pattern: &Pattern<'_>| {
                (pattern.port.is_empty() || pattern.port == address.port)
                    && crate::pattern::matches_start(pattern.path, &address.path)
            };
            if let Some((_, owner)) = rows.clone().find(|(pattern, _)| fits(pattern)) {
                return Some(*owner);
            }
            // `a.b.c`, then `.b.c`, then `.c`.
            let (_, rest) = key.trim_start_matches('.').split_once('.')?;
            key = Cow::Owned([".", rest].concat());
        }
    }
}
