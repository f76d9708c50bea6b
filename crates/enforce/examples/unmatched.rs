//! Prints what saved pages load that the catalogue does not know, and what it does: the first step to a new entry.
//!
//! `cargo run -p consentry-enforce --example unmatched -- PAGE.html …`

use std::collections::{BTreeMap, BTreeSet};

use consentry_enforce::catalogue::service_of_url;

/// Elements that make a browser fetch something, and the attribute that says what.
const LOADING: [(&str, &str); 10] = [
    ("script", "src"),
    ("iframe", "src"),
    ("img", "src"),
    ("embed", "src"),
    ("source", "src"),
    ("video", "src"),
    ("audio", "src"),
    ("input", "src"),
    ("object", "data"),
    ("link", "href"),
];

fn main() -> std::io::Result<()> {
    let mut known: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut unknown: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for path in std::env::args_os().skip(1) {
        let page = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
        for (element, url) in loads(&page) {
            match (service_of_url(url), host(url)) {
                (Some(service), Some(host)) => drop(known.entry(service.id).or_default().insert(host)),
                (None, Some(host)) => drop(unknown.entry(host).or_default().insert(element)),
                (_, None) => {}
            }
        }
    }
    for (id, hosts) in &known {
        println!("{id}: {}", hosts.iter().map(String::as_str).collect::<Vec<_>>().join(" "));
    }
    println!("\nnot in the catalogue:");
    for (host, elements) in &unknown {
        println!("{host} ({})", elements.iter().copied().collect::<Vec<_>>().join(", "));
    }
    Ok(())
}

/// Elements that load something, with its address. Good enough to look around with; rewriting takes a real parser.
fn loads(page: &str) -> impl Iterator<Item = (&'static str, &str)> {
    page.split('<').skip(1).filter_map(|rest| {
        let tag = rest.split('>').next()?;
        let name = tag.split(|letter: char| !letter.is_ascii_alphabetic()).next()?;
        let (element, attribute) = LOADING.iter().find(|(element, _)| name.eq_ignore_ascii_case(element))?;
        Some((*element, value(tag, attribute)?))
    })
}

fn value<'a>(tag: &'a str, attribute: &str) -> Option<&'a str> {
    let (before, rest) = tag.split_once(&format!("{attribute}="))?;
    if !before.ends_with(|letter: char| letter.is_whitespace()) {
        return None;
    }
    match rest.chars().next()? {
        quote @ ('"' | '\'') => rest.split(quote).nth(1),
        _ => rest.split_whitespace().next(),
    }
}

fn host(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https:").or_else(|| url.strip_prefix("http:")).unwrap_or(url);
    let host = rest.strip_prefix("//")?.split(['/', '?', '#']).next()?;
    Some(host.to_ascii_lowercase())
}
