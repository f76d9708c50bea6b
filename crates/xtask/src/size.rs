//! What visitors download, against the budgets. A budget may be lowered; raising one needs a reason in the changelog.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use consentry_e2e::workerd;

use crate::build::{brotli, gzip};
use crate::service::{self, Demo};
use crate::{paths, shell, site};

/// A thing that is downloaded, and how many bytes it may have as brotli.
struct Row {
    name: &'static str,
    parts: Vec<Vec<u8>>,
    budget: Option<usize>,
}

/// Bytes on the wire of one row.
#[derive(Default)]
struct Sizes {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

/// Prints the table; an error when something is over its budget.
pub fn size() -> Result<()> {
    let artefact = |name: &str| {
        std::fs::read(paths::artefacts().join(name))
            .with_context(|| format!("no {name}: run `cargo xtask build`"))
    };
    let (gate, glue, code) = (artefact("gate.js")?, artefact("banner.js")?, artefact("banner_bg.wasm")?);
    let rows = [
        Row { name: "gate with parts", parts: vec![everybodys(&gate)?], budget: None },
        Row { name: "gate", parts: vec![gate], budget: Some(3_000) },
        Row { name: "first response", parts: vec![first_response()?], budget: Some(6_000) },
        Row { name: "banner glue", parts: vec![glue.clone()], budget: None },
        Row { name: "banner code", parts: vec![code.clone()], budget: None },
        Row { name: "banner, both", parts: vec![glue, code], budget: Some(45_000) },
    ];
    println!("{:<16}{:>9}{:>9}{:>9}{:>9}", "bytes", "raw", "gzip", "brotli", "budget");
    let mut over = Vec::new();
    for row in &rows {
        let sizes = measure(&row.parts)?;
        let budget = row.budget.map(|bytes| bytes.to_string()).unwrap_or_default();
        let mark = if row.budget.is_some_and(|budget| sizes.brotli > budget) { "  over" } else { "" };
        println!("{:<16}{:>9}{:>9}{:>9}{budget:>9}{mark}", row.name, sizes.raw, sizes.gzip, sizes.brotli);
        if !mark.is_empty() {
            over.push(row.name);
        }
    }
    if over.is_empty() { Ok(()) } else { bail!("over budget: {}", over.join(", ")) }
}

/// The gate and the parts that every site has, as they travel: in one script.
fn everybodys(gate: &[u8]) -> Result<Vec<u8>> {
    let parts: BTreeMap<String, String> =
        serde_json::from_slice(&std::fs::read(paths::artefacts().join("parts.json"))?)?;
    let mut script = gate.to_vec();
    for name in ["again", "late", "api"] {
        script.extend(parts.get(name).with_context(|| format!("there is no part {name}"))?.bytes());
    }
    Ok(script)
}

/// Each part travels by itself, so sizes add up and nothing is gained from what two parts have in common.
fn measure(parts: &[Vec<u8>]) -> Result<Sizes> {
    parts.iter().try_fold(Sizes::default(), |sum, part| {
        Ok(Sizes {
            raw: sum.raw + part.len(),
            gzip: sum.gzip + gzip(part)?.len(),
            brotli: sum.brotli + brotli(part)?.len(),
        })
    })
}

/// Everything a first visit needs for a visible banner, exactly as the Worker answers it for the demo policy.
fn first_response() -> Result<Vec<u8>> {
    service::build_programs()?;
    let state = paths::scratch().join("size-state");
    // Nothing of an earlier run may count; that there was none is fine.
    let _ = std::fs::remove_dir_all(&state);
    let port = workerd::free_port()?;
    let demo = Demo::start(port, &state, site::build(site::PORT)?, None)?;
    let body = workerd::get(port, &format!("/_c/{}.js", service::SITE));
    shell::note(&format!("first response measured at {}", demo.url));
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measure_of_two_parts_is_the_sum_of_both() {
        let part = vec![b'a'; 1000];
        let (one, two) = (
            measure(std::slice::from_ref(&part)).expect("one"),
            measure(&[part.clone(), part.clone()]).expect("two"),
        );
        assert_eq!((two.raw, two.gzip, two.brotli), (one.raw * 2, one.gzip * 2, one.brotli * 2));
        assert!(one.brotli < 50);
    }
}
