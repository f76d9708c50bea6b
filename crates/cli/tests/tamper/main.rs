//! Everything that can be done to an export between the log and the auditor, and to a log by whoever holds its key: each is
//! refused, and what is wrong is named.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "../support/forge.rs"]
mod forge;
mod inside;
mod outside;
#[path = "../support/site.rs"]
mod site;

use std::sync::{Arc, LazyLock};

use consentry_api::csv::CSV_COLUMNS;
use consentry_api::digest::sha256_hex;
use consentry_api::export::ExportRow;
use consentry_log::{LogKey, SigningKey};
use consentry_verify::*;
use forge::later;
use site::{Exported, ORIGIN_OF_LOG, SEEDS, vkey};

/// An export of a log with everything a log can have, and an earlier one of the same log.
static EXPORTED: LazyLock<(Exported, Exported, Exported)> = LazyLock::new(|| {
    let app = site::log();
    let (ndjson, csv) = (Exported::of(&app, "ndjson", ""), Exported::of(&app, "csv", ""));
    site::post(&app, &site::record(&app, 90, 2));
    (ndjson, csv, Exported::of(&app, "ndjson", ""))
});

fn exported() -> Exported {
    EXPORTED.0.clone()
}

/// What is found in an export, as place and name.
fn verify(exported: &Exported, key: Option<&str>) -> (Verdict, Vec<(String, &'static str)>) {
    let key = key.map(|key| LogKey::parse(key).unwrap());
    let manifest = &exported.manifest;
    let (plan, found) = Plan::new(&manifest.snapshot, key.as_ref(), manifest.filters.is_empty());
    let plan = Arc::new(plan);
    let mut verifier = Verifier::new(plan.clone(), found);
    // Two workers and small batches, so that what spans two of them is found, too.
    let mut workers = [Worker::new(plan.clone()), Worker::new(plan)];
    let csv = exported.text.starts_with(CSV_COLUMNS);
    let text = exported.text.strip_prefix(CSV_COLUMNS).and_then(|text| text.strip_prefix('\n'));
    let lines: Vec<&str> = text.unwrap_or(&exported.text).split_inclusive('\n').collect();
    for (at, lines) in lines.chunks(4).enumerate() {
        let worker = &mut workers[at % 2];
        let text = lines.concat();
        if csv {
            worker.csv(text.as_bytes())
        } else {
            worker.ndjson(text.as_bytes())
        }
        verifier.take(worker.finish());
    }
    let sha256 = sha256_hex(exported.text.as_bytes());
    let format = if csv { "csv" } else { "ndjson" };
    let facts = FileFacts { format, rows: verifier.rows(), sha256: &sha256 };
    check_manifest(manifest, &facts).into_iter().for_each(|finding| verifier.find(finding));
    let report = verifier.end();
    assert!(report.findings.iter().all(|finding| !finding.problem.consequence().is_empty()));
    let findings = report.findings.iter();
    (report.verdict(), findings.map(|one| (one.place.to_string(), one.problem.name())).collect())
}

type Edit = (&'static str, fn(&mut Exported), &'static str, &'static str);

/// Every edit is refused, with what the table says found first. All that are not are told together.
fn assert_refused(table: &[Edit]) {
    let mut wrong = Vec::new();
    for (what, edit, place, name) in table {
        let mut exported = exported();
        edit(&mut exported);
        let (verdict, findings) = verify(&exported, Some(&vkey(&SEEDS[0])));
        let is_first = |(found, named): &(String, &str)| found.starts_with(place) && named == name;
        if verdict != Verdict::Refused || !findings.first().is_some_and(is_first) {
            wrong.push(format!("{what}: {place} {name} should be first of {findings:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn log_with_everything_a_log_can_have_verifies_with_either_key_and_in_either_format() {
    for key in [Some(vkey(&SEEDS[0])), Some(vkey(&SEEDS[1])), None] {
        for exported in [&EXPORTED.0, &EXPORTED.1, &EXPORTED.2] {
            assert_eq!(verify(exported, key.as_deref()), (Verdict::Verified, vec![]));
        }
    }
}

/// What the rows are, counted from 1. Part 1 begins with row 26.
const RECORD: usize = 21;
const NEXT_RECORD: usize = 22;
const WITH_PREVIOUS: usize = 18;
const SIGNAL: usize = 11;
const ERASED: usize = 12;
const PRUNED: usize = 2;
const PUBLICATION: usize = 9;
const PRUNING: usize = 10;
const ERASURE: usize = 19;
const KEY_CHANGE: usize = 20;
const HEADS: usize = 25;
const COMMITMENT: usize = 17;
const WITH_SERVICES: usize = 33;

/// The values in a line of JSON, as ranges of its bytes, with the names of their fields.
fn values(line: &str) -> Vec<(String, std::ops::Range<usize>)> {
    let row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
    let at = |name: &str| line.find(&format!("\"{name}\":")).unwrap() + name.len() + 3;
    let mut starts: Vec<(usize, String)> = row.keys().map(|name| (at(name), name.clone())).collect();
    starts.sort();
    let ends = starts.iter().skip(1).map(|(start, name)| start - name.len() - 4).chain([line.len() - 1]);
    let ends: Vec<usize> = ends.collect();
    starts.into_iter().zip(ends).map(|((start, name), end)| (name, start..end)).collect()
}

/// Another character of the same kind, so that the form often stays what it was.
fn other(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(b'0' + (byte - b'0' + 1) % 10),
        b'a'..=b'z' => Some(b'a' + (byte - b'a' + 1) % 26),
        b'A'..=b'Z' => Some(b'A' + (byte - b'A' + 1) % 26),
        _ => None,
    }
}

#[test]
fn any_character_of_any_field_changed_is_found_in_that_very_row() {
    let lines = exported().lines();
    let rows = [
        1,
        PRUNED,
        PUBLICATION,
        PRUNING,
        SIGNAL,
        ERASED,
        WITH_PREVIOUS,
        ERASURE,
        KEY_CHANGE,
        RECORD,
        HEADS,
        WITH_SERVICES,
    ];
    let mut fields = std::collections::BTreeSet::new();
    for number in rows {
        let line = &lines[number - 1];
        for (name, range) in values(line) {
            // All of the short ones; of long digits the first, one in the middle and the last.
            let length = range.len();
            let chosen = range.clone().filter(|at| {
                let at = at - range.start;
                length < 40 || [1, length / 2, length - 2].contains(&at)
            });
            for at in chosen {
                let mut changed = line.clone().into_bytes();
                let Some(other) = other(changed[at]) else { continue };
                changed[at] = other;
                let mut exported = exported();
                let mut edited = lines.clone();
                edited[number - 1] = String::from_utf8(changed).unwrap();
                exported.set_lines(&edited);
                let (verdict, findings) = verify(&exported, Some(&vkey(&SEEDS[0])));
                assert_eq!(verdict, Verdict::Refused, "{name} of row {number}");
                let place = format!("row {number}");
                // Of a pruned record nothing is left to hold its hash against but the whole tree.
                let named = findings[0].0.split(" (").next() == Some(&place)
                    || (number, name.as_str()) == (PRUNED, "leaf_hash") && findings[0].1 == "root";
                assert!(named, "{name} of row {number}: {findings:?}");
                fields.insert(name.clone());
            }
        }
    }
    let all: std::collections::BTreeSet<String> =
        lines.iter().flat_map(|line| values(line)).map(|(name, _)| name).collect();
    assert_eq!(fields, all, "every field that this log has was changed");
}

#[test]
fn any_character_of_any_cell_changed_is_found_in_that_very_row() {
    let csv = &EXPORTED.1;
    for number in [1, PRUNED, SIGNAL, ERASED, ERASURE, WITH_SERVICES] {
        let lines = csv.lines();
        let line = &lines[number];
        for at in 0..line.len() {
            let mut changed = line.clone().into_bytes();
            let Some(other) = other(changed[at]).filter(|_| at % 7 == 0 || line.len() < 200) else {
                continue;
            };
            changed[at] = other;
            let mut exported = csv.clone();
            let mut edited = lines.clone();
            edited[number] = String::from_utf8(changed).unwrap();
            exported.set_lines(&edited);
            let (verdict, findings) = verify(&exported, Some(&vkey(&SEEDS[0])));
            assert_eq!(verdict, Verdict::Refused, "character {at} of row {number}");
            let place = format!("row {number}");
            let named = findings[0].0.split(" (").next() == Some(&place)
                || number == PRUNED && findings[0].1 == "root";
            assert!(named, "character {at} of row {number}: {findings:?}");
        }
    }
}

fn change_lines(exported: &mut Exported, change: impl FnOnce(&mut Vec<String>)) {
    let mut lines = exported.lines();
    change(&mut lines);
    exported.set_lines(&lines);
}

#[test]
fn key_that_is_not_the_logs_is_refused_and_without_a_key_the_operator_is_believed() {
    let exported = exported();
    let other = vkey(&[9; 32]);
    let same_key_of_another_log =
        SigningKey::from_seed("evil.example/log", &SEEDS[0]).unwrap().public().to_vkey();
    for key in [&other, &same_key_of_another_log] {
        assert_eq!(verify(&exported, Some(key)).1[0], ("snapshot".into(), "key"));
    }
    let mut forged = exported;
    let with_signature = |it: &mut Exported| {
        it.rehash(RECORD, |row| row.language = "fr".into());
        // Somebody who signs everything anew, with a key of their own and no history.
        change_lines(it, |rows| rows.truncate(KEY_CHANGE - 1));
        it.manifest.snapshot.parts.truncate(1);
        it.sign(0, ORIGIN_OF_LOG, &[[9; 32]]);
        it.manifest.snapshot.keys = vec![other.clone()];
        it.manifest.snapshot.key_changes.clear();
    };
    with_signature(&mut forged);
    let places: Vec<_> = verify(&forged, None).1;
    assert!(places.iter().all(|(_, name)| *name == "part-missing"), "only what is missing shows: {places:?}");
    assert_eq!(verify(&forged, Some(&vkey(&SEEDS[0]))).1[0], ("snapshot".into(), "key"));
}

#[test]
fn export_with_filters_is_partial_and_its_rows_are_checked_all_the_same() {
    let app = site::log();
    for filters in ["&action=accept_all", "&signal=gpc", "&category=advertising:denied", "&from=2026-01-01"] {
        let exported = Exported::of(&app, "ndjson", filters);
        assert_eq!(verify(&exported, Some(&vkey(&SEEDS[0]))), (Verdict::Partial, vec![]), "{filters}");
        let mut fewer = exported.clone();
        change_lines(&mut fewer, |rows| drop(rows.remove(1)));
        assert_eq!(verify(&fewer, None), (Verdict::Partial, vec![]), "nobody can tell: {filters}");
        let number = exported.lines().iter().position(|line| line.contains("\"salt\"")).unwrap() + 1;
        let mut changed = exported.clone();
        changed.edit(number, |row| row.salt = "0".repeat(64).into());
        assert_eq!(verify(&changed, None).1[0].1, "leaf-hash", "{filters}");
        let mut swapped = exported;
        change_lines(&mut swapped, |rows| rows.swap(number - 1, number));
        assert_eq!(verify(&swapped, None).1[0].1, "disordered", "{filters}");
    }
}

#[test]
fn what_was_changed_has_nothing_else_accused_with_it() {
    let key = vkey(&SEEDS[0]);
    type Case = (&'static str, fn(&mut Exported), &'static [(&'static str, &'static str)]);
    let table: &[Case] = &[
        (
            "a policy's text has no row of it replayed",
            |it| outside::replace_policy(it, false),
            &[("policy version 2", "policy-hash"), ("row 9 (part 0, entry 8)", "publication")],
        ),
        (
            "a policy's text has no part missed",
            |it| {
                let policy = &mut it.manifest.snapshot.policies[0];
                policy.json = policy.json.replacen("\"shards\":2", "\"shards\":9", 1);
            },
            &[("policy version 1", "policy-hash"), ("row 1 (part 0, entry 0)", "publication")],
        ),
        (
            "rows cut off may have published a policy",
            |it| change_lines(it, |rows| drop(rows.drain(PUBLICATION - 1..HEADS))),
            &[("part 0 of the log", "short")],
        ),
        (
            "rows left out may have published a policy",
            |it| change_lines(it, |rows| drop(rows.remove(PUBLICATION - 1))),
            &[("row 9 (part 0, entry 9)", "missing")],
        ),
        (
            "a row's time is no clock for the others",
            |it| it.edit(RECORD, |row| row.server_time = later(&row.server_time, 3_600).into()),
            &[("row 21 (part 0, entry 20)", "leaf-hash")],
        ),
        (
            "a row's time is no time of its policy",
            |it| it.edit(WITH_SERVICES, |row| row.server_time = "2020-01-01T00:00:00.000Z".into()),
            &[("row 33 (part 1, entry 7)", "leaf-hash")],
        ),
        (
            "a row's number is not taken from the one that has it",
            |it| {
                let next = it.lines()[NEXT_RECORD - 1].clone();
                let next = ExportRow::parse_json(next.as_bytes()).unwrap();
                let (id, time) = (next.record_id.to_string(), next.client_time.to_string());
                it.edit(RECORD, |row| (row.record_id, row.client_time) = (id.into(), time.into()));
            },
            &[("row 21 (part 0, entry 20)", "leaf-hash")],
        ),
    ];
    for (what, edit, expected) in table {
        let mut exported = exported();
        edit(&mut exported);
        let (_, findings) = verify(&exported, Some(&key));
        let findings: Vec<_> = findings.iter().map(|(place, name)| (place.as_str(), *name)).collect();
        assert_eq!(findings, *expected, "{what}");
    }
}

#[test]
fn every_finding_of_the_tables_is_in_the_documentation() {
    let page = include_str!("../../../../docs/verify.md");
    let tables = outside::OUTSIDE.iter().chain(inside::INSIDE);
    for name in tables.map(|(.., name)| name).filter(|name| !name.is_empty()) {
        assert!(page.contains(&format!("\n| `{name}` |")), "docs/verify.md lacks `{name}`");
    }
}
