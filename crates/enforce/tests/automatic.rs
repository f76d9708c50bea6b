//! The table of automatic mode: its vectors, and that making it small changes no answer.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;

use consentry_enforce::automatic::{AutoTable, Matcher, OwnService, Owner, table};
use consentry_enforce::catalogue::{Category, Service, service_of_url, services};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Vectors {
    page: String,
    own: Vec<Own>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Own {
    id: String,
    hosts: Vec<String>,
}

#[derive(Deserialize)]
struct Case {
    url: String,
    service: Option<String>,
    owner: Option<Whose>,
    why: String,
}

#[derive(Deserialize, PartialEq, Debug)]
#[serde(rename_all = "snake_case")]
enum Whose {
    Service(String),
    Category(String),
}

#[derive(Serialize)]
struct Written<'a> {
    services: &'a BTreeMap<String, String>,
    categories: &'a BTreeMap<String, String>,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../../tests/vectors/auto.json"))
        .expect("the vectors have this form")
}

fn table_of(own: &[Own]) -> AutoTable {
    let hosts: Vec<Vec<&str>> =
        own.iter().map(|one| one.hosts.iter().map(String::as_str).collect()).collect();
    let own = own.iter().zip(&hosts).map(|(one, hosts)| OwnService { id: &one.id, hosts });
    table(&own.collect::<Vec<_>>())
}

/// What is not held is nobody's.
fn held(owner: Option<Owner<'_>>) -> Option<Owner<'_>> {
    owner.filter(|owner| *owner != Owner::Category(Category::Required.as_str()))
}

#[test]
fn address_of_a_vector_is_whose_it_says() {
    let Vectors { page, own, cases } = vectors();
    let table = table_of(&own);
    let site = page.split('/').nth(2).expect("the page has a host");
    let matcher = Matcher::new(&table, site);
    assert!(cases.len() >= 60);
    for Case { url, service, owner, why } in cases {
        let found = service_of_url(&url).map(|service| service.id);
        assert_eq!(found, service.as_deref(), "the catalogue: {url} ({why})");
        let found = held(matcher.owner_of_url(&url)).map(|owner| match owner {
            Owner::Service(id) => Whose::Service(id.into()),
            Owner::Category(id) => Whose::Category(id.into()),
        });
        assert_eq!(found, owner, "the table: {url} ({why})");
    }
}

/// For those who read the table elsewhere. `CONSENTRY_WRITE=1` writes it.
#[test]
fn table_of_the_vectors_is_the_one_that_is_written_down() {
    let AutoTable { services, categories } = &table_of(&vectors().own);
    let text = serde_json::to_string_pretty(&Written { services, categories }).unwrap() + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/auto_table.json");
    if std::env::var_os("CONSENTRY_WRITE").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == text, "{path} is stale: CONSENTRY_WRITE=1 cargo test -p consentry-enforce writes it");
}

fn some_services() -> impl Strategy<Value = Vec<&'static Service>> {
    subsequence(services().iter().collect::<Vec<_>>(), 0..12)
}

fn claimed() -> impl Strategy<Value = String> {
    let patterns: Vec<&str> = services().iter().flat_map(|service| service.loads.iter().copied()).collect();
    let tails = select(vec!["", "/", "/x.js", "x", "?id=AW-1", "/en_US/fbevents.js", "/plugins/"]);
    (select(patterns), "[a-z0-9]{1,8}(\\.[a-z0-9]{1,8})?", select(vec!["", "www.", "cdn."]), tails).prop_map(
        |(pattern, label, more, tail)| {
            let (host, path) = pattern.split_at(pattern.find('/').unwrap_or(pattern.len()));
            let host = host.replace("*.", &format!("{label}."));
            let path = if path.is_empty() && !tail.is_empty() { "/" } else { path };
            format!("https://{more}{host}{}{tail}", path.replace('*', "y"))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn table_answers_as_the_catalogue_does(own in some_services(), urls in prop::collection::vec(claimed(), 60)) {
        let listed: Vec<OwnService<'_>> =
            own.iter().map(|service| OwnService { id: service.id, hosts: service.loads }).collect();
        let table = table(&listed);
        let matcher = Matcher::new(&table, "shop.example");
        for url in urls {
            let expected = service_of_url(&url).map(|service| match own.contains(&service) {
                true => Owner::Service(service.id),
                false => Owner::Category(service.category.as_str()),
            });
            prop_assert_eq!(held(matcher.owner_of_url(&url)), held(expected), "{}", url);
        }
    }

    #[test]
    fn lookup_of_anything_answers(url in any::<String>(), hosts in prop::collection::vec(any::<String>(), 0..4)) {
        let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
        let table = table(&[OwnService { id: "x", hosts: &hosts }]);
        let _ = Matcher::new(&table, "shop.example").owner_of_url(&url);
    }
}

#[test]
fn host_of_one_label_is_found_by_its_port() {
    let table =
        table(&[OwnService { id: "near", hosts: &["localhost:8788", "127.0.0.1:8788/t", "*.localhost"] }]);
    let matcher = Matcher::new(&table, "localhost:8787");
    for (url, found) in [
        ("http://localhost:8788/x.js", true),
        ("http://localhost:8787/x.js", false),
        ("http://localhost/x.js", false),
        ("http://127.0.0.1:8788/tag.js", true),
        ("http://127.0.0.1:8788/", false),
        ("http://a.localhost:9/", true),
    ] {
        assert_eq!(matcher.owner_of_url(url), found.then_some(Owner::Service("near")), "{url}");
    }
}

#[test]
fn table_stays_small() {
    let AutoTable { services, categories } = &table(&[]);
    assert!(services.is_empty());
    let text = serde_json::to_string(&Written { services, categories }).unwrap();
    // About a third of it with Brotli. 495 services made 11,300 bytes.
    assert!(text.len() < 16_000, "{} bytes", text.len());
}
