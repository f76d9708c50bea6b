//! What must be true of the catalogue before it is compiled.

use std::collections::BTreeMap;

use consentry_core::ServiceId;

use super::read::{Found, Problem};

/// A purpose is one line in a preference centre.
const LONGEST_PURPOSE: usize = 160;
/// A pattern with fewer letters of its own than this would take other people's names for its own.
const SHORTEST_WILDCARD: usize = 3;
/// `/sw.js` and its like are what sites call their own workers.
const SHORTEST_SCRIPT: usize = 12;

/// Everything that is wrong, in the order of the services.
pub fn check(services: &[Found]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut owners = Owners::default();
    for service in services {
        let mut report = |text: String| {
            let text = format!("[{}]: {text}", service.id);
            problems.push(Problem { place: service.place.clone(), text });
        };
        check_words(service, &mut report);
        check_loads(service, &mut report);
        check_stored(service, &mut report);
        owners.check(service, &mut report);
    }
    problems
}

/// What only one service may have, and who has it.
#[derive(Default)]
struct Owners<'a> {
    names: BTreeMap<&'a str, &'a str>,
    loads: BTreeMap<&'a str, &'a str>,
    privacy: BTreeMap<&'a str, &'a str>,
}

impl<'a> Owners<'a> {
    fn check(&mut self, service: &'a Found, report: &mut dyn FnMut(String)) {
        let (id, entry) = (service.id.as_str(), &service.entry);
        for name in std::iter::once(id).chain(entry.aliases.iter().map(String::as_str)) {
            if ServiceId::parse(name).is_none() {
                report(format!(
                    "\"{name}\" is no identifier: 1-40 of a-z 0-9 _ -, starting with a letter or digit"
                ));
            }
            if let Some(other) = self.names.insert(name, id) {
                report(format!("the name \"{name}\" is already one of [{other}]"));
            }
        }
        for pattern in &entry.loads {
            if let Some(other) = self.loads.insert(pattern, id) {
                report(format!("\"{pattern}\" is already claimed by [{other}]"));
            }
        }
        if let Some(other) = self.privacy.insert(&entry.controller, &entry.privacy)
            && other != entry.privacy
        {
            report(format!("{} has another privacy page elsewhere: {other}", entry.controller));
        }
    }
}

fn check_words(service: &Found, report: &mut dyn FnMut(String)) {
    let entry = &service.entry;
    for (field, text) in [("name", &entry.name), ("controller", &entry.controller)] {
        if text.trim().is_empty() || text.trim() != text {
            report(format!("{field} is empty or has space around it"));
        }
    }
    let links = [("privacy", Some(&entry.privacy)), ("opt_out", entry.opt_out.as_ref())];
    for (field, link) in links {
        if let Some(link) = link.filter(|link| !is_link(link)) {
            report(format!("{field} = \"{link}\" is no https:// address"));
        }
    }
    let purpose = &entry.purpose;
    let is_sentence = purpose.starts_with(char::is_uppercase)
        && purpose.ends_with('.')
        && !purpose.contains(". ")
        && purpose.len() <= LONGEST_PURPOSE;
    if !is_sentence {
        report(format!(
            "purpose must be one sentence of at most {LONGEST_PURPOSE} letters, with its full stop"
        ));
    }
}

fn is_link(link: &str) -> bool {
    let host = link.strip_prefix("https://").and_then(|rest| rest.split('/').next());
    host.is_some_and(is_host) && !link.contains(char::is_whitespace)
}

fn check_loads(service: &Found, report: &mut dyn FnMut(String)) {
    for pattern in &service.entry.loads {
        let (host, path) = split_pattern(pattern);
        if !is_host(host.strip_prefix("*.").unwrap_or(host)) {
            report(format!(
                "\"{pattern}\" must start with a host in lower case of two labels or more, or \"*.\" and such a host"
            ));
        }
        if path == "/" {
            report(format!("\"{pattern}\": a slash alone says nothing, leave it out"));
        }
        if path.contains(['#', '\\', ' ']) || path.ends_with('*') {
            report(format!("\"{pattern}\": a path is a prefix with no #, \\ or space, and no * at its end"));
        }
    }
}

/// A host pattern and the path prefix after it, with its slash.
pub fn split_pattern(pattern: &str) -> (&str, &str) {
    pattern.split_at(pattern.find('/').unwrap_or(pattern.len()))
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    host.contains('.') && host.split('.').all(is_label)
}

fn check_stored(service: &Found, report: &mut dyn FnMut(String)) {
    let entry = &service.entry;
    let cookies = entry.cookies.keys().chain(entry.vendor_cookies.keys());
    for name in cookies.clone() {
        if name.contains([';', '=', ',', ' ', '\t', '"']) {
            report(format!("\"{name}\" cannot be the name of a cookie (RFC 6265 §4.1.1)"));
        }
    }
    for path in &entry.service_workers {
        // A script's name alone could be anybody's, and no query is compared.
        if !path.starts_with(['/', '*']) || path.contains(['?', '#', ' ']) || path.len() < SHORTEST_SCRIPT {
            report(format!("\"{path}\" is no path of a worker's script: \"*/example-worker.js\""));
        }
    }
    let lists = [
        &entry.local_storage,
        &entry.session_storage,
        &entry.indexed_db,
        &entry.caches,
        &entry.service_workers,
    ];
    for list in lists {
        if list.iter().enumerate().any(|(at, name)| list.iter().take(at).any(|other| other == name)) {
            report("a list of names has one of them twice".into());
        }
    }
    for name in cookies.chain(lists.into_iter().flatten()) {
        let letters = name.chars().filter(|letter| *letter != '*').count();
        if letters == 0 || (name.contains('*') && letters < SHORTEST_WILDCARD) || name.contains("**") {
            report(format!("\"{name}\" would match too much"));
        }
    }
    let stores_nothing = entry.cookies.is_empty() && lists.iter().all(|list| list.is_empty());
    if entry.loads.is_empty() && stores_nothing {
        report("nothing would ever be recognised as this service: give loads or cookies".into());
    }
}
