//! The catalogue as Rust: statics that need no parsing, sorted for binary search.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;

use super::check::split_pattern;
use super::read::{Entry, Found, Retention};

/// The source of `tables.rs`. The services must be sorted by id.
pub fn tables(services: &[Found]) -> String {
    let mut out = String::new();
    write_services(&mut out, services);
    write_names(&mut out, services);
    write_hosts(&mut out, services);
    write_stored(&mut out, services);
    out
}

/// Writing to a string cannot fail.
macro_rules! put {
    ($out:expr, $($part:tt)*) => { let _ = write!($out, $($part)*); };
}

fn write_services(out: &mut String, services: &[Found]) {
    put!(out, "pub(super) static SERVICES: [Service; {}] = [\n", services.len());
    for Found { id, theme, entry, .. } in services {
        put!(
            out,
            "Service {{ id: {id:?}, aliases: &{:?}, name: {:?}, theme: {theme:?}, category: Category::{:?}, \
             controller: {:?}, privacy_url: {:?}, opt_out_url: {:?}, purpose: {:?}, loads: &{:?}, stored: &[",
            entry.aliases,
            entry.name,
            entry.category,
            entry.controller,
            entry.privacy,
            entry.opt_out,
            entry.purpose,
            entry.loads,
        );
        for Stored { name, storage, retention } in stored(entry) {
            put!(
                out,
                "Stored {{ name: {name:?}, storage: Storage::{storage}, retention: Retention::{retention} }}, "
            );
        }
        put!(out, "] }},\n");
    }
    put!(out, "];\n");
}

/// Identifiers and aliases, sorted.
fn write_names(out: &mut String, services: &[Found]) {
    let mut names = BTreeMap::new();
    for (at, service) in services.iter().enumerate() {
        names.insert(&service.id, at);
        names.extend(service.entry.aliases.iter().map(|alias| (alias, at)));
    }
    put!(out, "pub(super) static NAMES: [(&str, &Service); {}] = [\n", names.len());
    for (name, at) in names {
        put!(out, "({name:?}, &SERVICES[{at}]),\n");
    }
    put!(out, "];\n");
}

/// Hosts without their `*.`, sorted; the paths of each from the most specific to the least.
fn write_hosts(out: &mut String, services: &[Found]) {
    /// Paths on the host itself, and on its subdomains, with the service of each.
    type Paths<'a> = (Vec<(&'a str, usize)>, Vec<(&'a str, usize)>);
    let mut hosts: BTreeMap<&str, Paths> = BTreeMap::new();
    for (at, service) in services.iter().enumerate() {
        for pattern in &service.entry.loads {
            let (host, path) = split_pattern(pattern);
            match host.strip_prefix("*.") {
                Some(name) => hosts.entry(name).or_default().1.push((path, at)),
                None => hosts.entry(host).or_default().0.push((path, at)),
            }
        }
    }
    put!(out, "pub(super) static HOSTS: [Host; {}] = [\n", hosts.len());
    for (name, (exact, below)) in hosts {
        let [exact, below] = [exact, below].map(|mut paths| {
            paths.sort_by_key(|(path, _)| (Reverse(path.replace('*', "").len()), *path));
            let rows = paths.iter().map(|(path, at)| format!("({path:?}, &SERVICES[{at}])"));
            rows.collect::<Vec<_>>().join(", ")
        });
        put!(out, "Host {{ name: {name:?}, exact: &[{exact}], below: &[{below}] }},\n");
    }
    put!(out, "];\n");
}

/// Names in storage: those without a `*` sorted, the others in a list.
fn write_stored(out: &mut String, services: &[Found]) {
    let mut exact: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut patterns = Vec::new();
    for (at, service) in services.iter().enumerate() {
        for (nth, stored) in stored(&service.entry).into_iter().enumerate() {
            let row = format!("(&SERVICES[{at}], &SERVICES[{at}].stored[{nth}])");
            match stored.name.contains('*') {
                true => patterns.push(row),
                false => exact.entry(stored.name).or_default().push(row),
            }
        }
    }
    put!(out, "pub(super) static NAMES_STORED: [(&str, &[Holding]); {}] = [\n", exact.len());
    for (name, rows) in exact {
        put!(out, "({name:?}, &[{}]),\n", rows.join(", "));
    }
    put!(out, "];\npub(super) static PATTERNS_STORED: [Holding; {}] = [\n", patterns.len());
    for row in patterns {
        put!(out, "{row},\n");
    }
    put!(out, "];\n");
}

struct Stored<'a> {
    name: &'a str,
    storage: &'static str,
    retention: String,
}

/// In the order of the storages, so that the place in the list is the same wherever it is needed.
fn stored(entry: &Entry) -> Vec<Stored<'_>> {
    let mut all = Vec::new();
    for (storage, cookies) in [("Cookie", &entry.cookies), ("VendorCookie", &entry.vendor_cookies)] {
        all.extend(cookies.iter().map(|(name, retention)| {
            let retention = match retention {
                Retention::Session => "Session".into(),
                Retention::Days(days) => format!("Days({days})"),
            };
            Stored { name, storage, retention }
        }));
    }
    for (storage, names, retention) in [
        ("LocalStorage", &entry.local_storage, "Unlimited"),
        ("SessionStorage", &entry.session_storage, "Session"),
        ("IndexedDb", &entry.indexed_db, "Unlimited"),
        ("Cache", &entry.caches, "Unlimited"),
        ("ServiceWorker", &entry.service_workers, "Unlimited"),
    ] {
        all.extend(names.iter().map(|name| Stored { name, storage, retention: retention.into() }));
    }
    all
}
