//! Making the table: the policy's own addresses, and the catalogue's for everything else.

use std::collections::{BTreeMap, BTreeSet};

use super::pattern::Pattern;
use super::prune::prune;
use super::{AutoTable, OwnService, Owner};
use crate::catalogue::{find_service, services};

/// A pattern and whose it is.
pub(super) type Row<'a> = (Pattern<'a>, Owner<'a>);

/// The table for a policy's services.
///
/// What the policy says goes before what the catalogue says: the same pattern is the policy's, and a pattern that is not from
/// the catalogue takes everything of the catalogue's that it covers (`*.vendor.example` means all of it). A service that the
/// policy and the catalogue both know keeps the addresses of both: its tags are held wherever they come from.
pub fn table(own: &[OwnService<'_>]) -> AutoTable {
    let mut rows = all_rows(own);
    prune(&mut rows);
    let mut table = AutoTable::default();
    let mut owners: BTreeMap<Owner<'_>, BTreeMap<&str, BTreeSet<String>>> = BTreeMap::new();
    for (pattern, owner) in &rows {
        let (end, rest) = pattern.compact();
        owners.entry(*owner).or_default().entry(end).or_default().insert(rest);
    }
    for (owner, groups) in owners {
        let lines = groups.iter().map(|(end, patterns)| {
            patterns.iter().fold((*end).to_owned(), |line, pattern| line + " " + pattern)
        });
        let (by, id) = match owner {
            Owner::Service(id) => (&mut table.services, id),
            Owner::Category(id) => (&mut table.categories, id),
        };
        by.insert(id.into(), lines.collect::<Vec<_>>().join("\n"));
    }
    table
}

/// Every row, the most specific first.
pub(super) fn all_rows<'a>(own: &[OwnService<'a>]) -> Vec<Row<'a>> {
    let mut rows: BTreeMap<Pattern<'a>, Owner<'a>> = BTreeMap::new();
    let mut by_hand = Vec::new();
    let mut known: BTreeMap<&str, &'a str> = BTreeMap::new();
    for service in own {
        let catalogued = find_service(service.id);
        if let Some(found) = catalogued {
            known.entry(found.id).or_insert(service.id);
        }
        for host in service.hosts {
            // In a table a dot at the end stands for `.com`.
            let pattern = Pattern::parse(host);
            let pattern = Pattern { host: pattern.host.trim_end_matches('.'), ..pattern };
            if !catalogued.is_some_and(|found| found.loads.contains(host)) {
                by_hand.push(pattern);
            }
            // Of two services of the policy with one address the first has it.
            rows.entry(pattern).or_insert(Owner::Service(service.id));
        }
    }
    for service in services() {
        let owner = match known.get(service.id) {
            Some(id) => Owner::Service(id),
            None => Owner::Category(service.category.as_str()),
        };
        for pattern in service.loads.iter().map(|load| Pattern::parse(load)) {
            if !by_hand.iter().any(|own| own.covers(&pattern)) {
                rows.entry(pattern).or_insert(owner);
            }
        }
    }
    let mut rows: Vec<Row<'a>> = rows.into_iter().collect();
    rows.sort_by_key(|(pattern, _)| pattern.rank());
    rows
}
