//! Which crate may know which. Each crate is defined by what it must not know; this table is that definition.

use super::{Metadata, Package};

/// A crate of ours and the other crates of ours it may use, tests included.
const MAY_USE: [(&str, &[&str]); 15] = [
    ("consentry-core", &[]),
    ("consentry-log", &[]),
    ("consentry-gpp", &[]),
    ("consentry-api", &["consentry-core", "consentry-log", "consentry-gpp", "consentry-enforce"]),
    ("consentry-enforce", &["consentry-core"]),
    ("consentry-ui", &["consentry-core", "consentry-api"]),
    ("consentry-service", &["consentry-core", "consentry-log", "consentry-api", "consentry-ui"]),
    ("consentry-edge", &["consentry-core", "consentry-log", "consentry-api", "consentry-service"]),
    ("consentry-banner", &["consentry-core", "consentry-api", "consentry-ui"]),
    ("consentry-verify", &["consentry-core", "consentry-log", "consentry-api"]),
    // The service only in tests: what is verified there was really served.
    (
        "consentry",
        &[
            "consentry-core",
            "consentry-log",
            "consentry-api",
            "consentry-enforce",
            "consentry-verify",
            "consentry-service",
        ],
    ),
    ("consentry-e2e", &["consentry-core", "consentry-log", "consentry-api"]),
    ("consentry-bench", &["consentry-core", "consentry-log", "consentry-api"]),
    ("consentry-bench-web", &[]),
    ("xtask", &["consentry-e2e"]),
];

/// Libraries only these crates may name: whoever names them is bound to one framework or one runtime.
const RESERVED: [(&str, &[&str]); 9] = [
    ("leptos", &["consentry-ui", "consentry-banner"]),
    ("worker", &["consentry-edge"]),
    ("wasm-bindgen", &["consentry-edge", "consentry-banner", "consentry-ui"]),
    ("js-sys", &["consentry-edge", "consentry-banner", "consentry-ui"]),
    ("web-sys", &["consentry-edge", "consentry-banner", "consentry-ui"]),
    ("tokio", &["consentry-e2e", "consentry-bench", "consentry-bench-web", "consentry"]),
    // JSON is spelled in one place; the others hand its bytes on, or are programs of their own.
    (
        "serde_json",
        &[
            "consentry-api",
            "consentry-service",
            "consentry-edge",
            "consentry",
            "consentry-e2e",
            "consentry-bench",
            "consentry-bench-web",
            "xtask",
        ],
    ),
    ("utoipa", &["consentry-api"]),
    ("jiff", &["consentry-api", "consentry"]),
];

/// Breaches of the two tables. Tests may use any library, so development dependencies only count between our crates.
pub fn check(metadata: &Metadata) -> Vec<String> {
    metadata.members().flat_map(breaches).collect()
}

fn breaches(package: &Package) -> Vec<String> {
    let name = package.name.as_str();
    let Some((_, may_use)) = MAY_USE.iter().find(|(ours, _)| *ours == name) else {
        return vec![format!("{name} has no row in the table of crates (crates/xtask/src/tidy/edges.rs)")];
    };
    let mut found = Vec::new();
    for dependency in &package.dependencies {
        let other = dependency.name.as_str();
        let is_ours = MAY_USE.iter().any(|(ours, _)| *ours == other);
        if is_ours && other != name && !may_use.contains(&other) {
            found.push(format!("{name} must not use {other}"));
        }
        let reserved = RESERVED.iter().find(|(library, _)| *library == other);
        if dependency.kind.is_none() && reserved.is_some_and(|(_, crates)| !crates.contains(&name)) {
            found.push(format!("{name} must not use {other}"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::Dependency;
    use super::*;

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
        let dependencies = dependencies
            .iter()
            .map(|(name, kind)| Dependency { name: (*name).into(), kind: kind.map(Into::into) })
            .collect();
        let text = || String::new();
        Package { id: text(), name: name.into(), version: text(), license: None, dependencies }
    }

    #[test]
    fn edges_that_the_table_allows_pass() {
        let dependencies =
            [("consentry-core", None), ("serde", None), ("serde_json", None), ("proptest", Some("dev"))];
        assert!(breaches(&package("consentry-api", &dependencies)).is_empty());
        assert!(breaches(&package("consentry-core", &[("serde_json", Some("dev"))])).is_empty());
    }

    #[test]
    fn edges_that_the_table_forbids_are_each_reported() {
        let found =
            breaches(&package("consentry-service", &[("worker", None), ("consentry-edge", Some("dev"))]));
        assert_eq!(
            found,
            ["consentry-service must not use worker", "consentry-service must not use consentry-edge"]
        );
        assert_eq!(breaches(&package("consentry-new", &[])).len(), 1);
    }

    #[test]
    fn edges_of_the_table_have_no_circle() {
        for (name, may_use) in MAY_USE {
            for other in may_use {
                let row = MAY_USE.iter().find(|(ours, _)| ours == other).expect("a row for each");
                assert!(!row.1.contains(&name), "{name} and {other} use each other");
            }
        }
    }
}
