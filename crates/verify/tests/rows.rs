//! Rows against the rules: what a worker finds in a row is what the core says of the record, by whichever way it was read.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may stop at the first surprise"
)]

use std::sync::{Arc, LazyLock};

use consentry_api::digest::{sha256, sha256_hex};
use consentry_api::export::{ExportRow, ReadEntry, record_entry};
use consentry_api::policy::{Published, parse_published};
use consentry_api::snapshot::{PartSnapshot, PolicySnapshot, Snapshot};
use consentry_core::record::{Own, Terms, push_evidence, serialize_terms};
use consentry_core::*;
use consentry_log::leaf_hash;
use consentry_verify::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const NOW: UnixMillis = UnixMillis(1_763_800_000_000);
const POLICY: &str = r#"{"site":"shop","origins":["https://shop.example"],"languages":["en"],
"controller":{"name":"Shop","contact":"privacy@shop.example","privacy_url":"https://shop.example/privacy"},
"categories":[{"id":"analytics","name":{"en":"Analytics"},"description":{"en":"Counts visits."}}],
"services":[{"id":"counter","name":"Counter","category":"analytics","controller":"Counter","description":{"en":"Counts."}},
{"id":"ads","name":"Ads","category":"advertising","controller":"Ads","description":{"en":"Shows ads."}}]}"#;

static PUBLISHED: LazyLock<Published> = LazyLock::new(|| parse_published(POLICY).unwrap());

/// A part of a log of so many rows: nothing is signed, every row is checked by itself.
fn plan(rows: u64) -> Arc<Plan> {
    let policy =
        PolicySnapshot { version: 1, entry: 0, hash: sha256_hex(POLICY.as_bytes()), json: POLICY.into() };
    let snapshot = Snapshot {
        site: "shop".into(),
        time: String::new(),
        parts: vec![PartSnapshot { shard: 0, size: rows + 1, checkpoint: String::new() }],
        keys: vec![],
        key_changes: vec![],
        policies: vec![policy],
    };
    Arc::new(Plan::new(&snapshot, None, false).0)
}

fn report(plan: &Arc<Plan>, read: impl FnOnce(&mut Worker)) -> Report {
    let mut worker = Worker::new(Arc::clone(plan));
    read(&mut worker);
    let mut verifier = Verifier::new(Arc::clone(plan), vec![]);
    verifier.take(worker.finish());
    verifier.end()
}

/// Any record, allowed or not. Few values of each field, so that rows often say the same, and most often what is allowed.
fn record() -> impl Strategy<Value = Record> {
    let allowed = select(vec![
        (Action::AcceptAll, Source::Banner, [true; 3]),
        (Action::RejectAll, Source::Form, [false; 3]),
        (Action::Save, Source::Preferences, [false, true, false]),
    ]);
    let any_act = (select(Action::ALL), select(Source::ALL), any::<[bool; 3]>());
    let acts = (prop_oneof![4 => allowed, 1 => any_act], prop_oneof![9 => Just(false), 1 => Just(true)]);
    let gpc = || select(vec![Gpc::Absent, Gpc::Off, Gpc::Absent, Gpc::Off, Gpc::On]);
    let flags = prop_oneof![4 => Just([false; 2]), 1 => any::<[bool; 2]>()];
    let signals = (gpc(), gpc(), select(vec![Dnt::Unset, Dnt::Allow, Dnt::Unset, Dnt::On]), flags);
    let places = vec![("DE", Model::OptIn), ("US-CA", Model::OptOut), ("unknown", Model::OptIn)];
    let words = (
        prop_oneof![9 => select(places), 1 => Just(("DE", Model::Notice))],
        select(vec!["en", "de-AT", "en", "de-AT", "english"]),
        prop_oneof![9 => Just(1), 1 => Just(2_u32)],
        select(vec![AttestedBy::Edge, AttestedBy::Operator]),
    );
    let waited = prop_oneof![4 => Just((0, false)), 2 => Just((700_000, true)), 1 => Just((1_000, true))];
    let times = (prop_oneof![9 => Just(0), 1 => Just(1_u64)], waited);
    (acts, signals, words, times, any::<([u8; 10], [u8; 16], bool)>()).prop_map(
        |(((action, source, grants), refused), signals, words, (longer, (waited, late)), random)| {
            let (random, subject, previous) = random;
            let id = RecordId::new(UnixMillis(NOW.0 - waited), random);
            let personal = Personal {
                salt: sha256(&random),
                id,
                subject: SubjectId::new(subject),
                previous: previous.then_some(id),
            };
            let (header, dom, dnt, [signal_seen, overridden]) = signals;
            let ((place, model), language, policy_version, attested_by) = words;
            let granted = [true, grants[0], grants[1], grants[2]];
            let ids = PUBLISHED.policy.parts().categories.iter().cloned();
            let evidence = Evidence {
                commitment: personal.commitment(),
                site: SiteId::parse("shop").unwrap(),
                server_time: NOW,
                late,
                attested_by,
                action,
                source,
                categories: ids.zip(granted).collect(),
                denied_services: refused.then(|| ServiceId::parse("ads").unwrap()).into_iter().collect(),
                signals: SignalEvidence {
                    header: Signals { gpc: header, dnt },
                    dom: Signals { gpc: dom, dnt: Dnt::Unset },
                },
                signal_seen,
                overridden,
                jurisdiction: Jurisdiction::parse(place).unwrap(),
                model,
                policy_version,
                policy_entry: 0,
                policy_hash: sha256(POLICY.as_bytes()),
                language: language.into(),
                valid_until: UnixMillis(
                    PUBLISHED.policy.valid_until(Jurisdiction::parse(place).unwrap(), NOW).0 + longer,
                ),
            };
            Record { personal, evidence }
        },
    )
}

fn rows(records: &[Record]) -> Vec<ExportRow<'static>> {
    let row = |(record, index): (&Record, u64)| {
        let leaf = leaf_hash(&record_entry(&record.evidence).unwrap());
        let stored = (index, 1, NOW.0, String::new(), String::new(), leaf.to_hex());
        let read = ReadEntry::Record(Box::new(record.evidence.clone()), Some(record.personal));
        ExportRow::new(0, &stored, &read, false)
    };
    records.iter().zip(1..).map(row).collect()
}

fn ndjson(rows: &[ExportRow<'_>]) -> Vec<u8> {
    let mut text = Vec::new();
    for row in rows {
        row.push_json(&mut text);
        text.push(b'\n');
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn rows_hold_exactly_if_the_core_replays_them_and_however_they_are_read(
        records in vec(record(), 1..24), repeat in vec(any::<prop::sample::Index>(), 0..24),
    ) {
        // The same decisions again, by others. Not more rows than findings are kept.
        let mut records = records;
        for (at, nth) in repeat.iter().zip(1_u8..) {
            let mut again = at.get(&records).clone();
            again.personal.salt[0] ^= nth;
            again.personal.subject = SubjectId::new([nth; 16]);
            again.evidence.commitment = again.personal.commitment();
            records.push(again);
        }
        let rows = rows(&records);
        let plan = plan(rows.len() as u64);
        let text = ndjson(&rows);
        let by_text = report(&plan, |worker| worker.ndjson(&text));
        let by_row = report(&plan, |worker| rows.iter().for_each(|row| worker.row(row)));
        let csv: String = rows.iter().map(ExportRow::to_csv).collect();
        let by_csv = report(&plan, |worker| worker.csv(csv.as_bytes()));
        prop_assert_eq!(&by_text, &by_row);
        prop_assert_eq!(&by_text, &by_csv);
        let named = (1, 0, &sha256(POLICY.as_bytes()));
        let mut expected = std::collections::BTreeSet::new();
        for (record, number) in records.iter().zip(1_u64..) {
            let replayed = record.evidence.replay(&PUBLISHED.policy, named, Some(&record.personal));
            if replayed.is_err() {
                expected.insert(number);
            }
        }
        let found: std::collections::BTreeSet<u64> = by_text
            .findings
            .iter()
            .filter(|finding| matches!(finding.problem, Problem::Decision(_) | Problem::PolicyUnknown(_)))
            .map(|finding| match finding.place {
                Place::Row { number, .. } => number,
                _ => 0,
            })
            .collect();
        prop_assert_eq!(found, expected);
        let others = |finding: &Finding| {
            !matches!(finding.problem, Problem::Decision(_) | Problem::PolicyUnknown(_) | Problem::SameId)
        };
        prop_assert_eq!(by_text.findings.iter().find(|finding| others(finding)), None);
    }

    #[test]
    fn line_in_another_spelling_says_the_same_and_one_with_another_byte_is_found(
        records in vec(record(), 3), at in any::<prop::sample::Index>(), to in any::<u8>(), spaces in any::<bool>(),
    ) {
        let rows = rows(&records);
        let plan = plan(rows.len() as u64);
        let text = ndjson(&rows);
        let whole = report(&plan, |worker| worker.ndjson(&text));
        // Known by now, the same line again in another spelling.
        let spelled = String::from_utf8(text.clone()).unwrap();
        let other = if spaces { spelled.replace("\",\"", "\", \"") } else { spelled.replace("\"en\"", "\"\\u0065n\"") };
        let respelled = report(&plan, |worker| worker.ndjson(other.as_bytes()));
        prop_assert_eq!(&respelled.findings, &whole.findings);
        let mut changed = text.clone();
        *at.get_mut(&mut changed) = to;
        prop_assume!(changed != text);
        let changed = report(&plan, |worker| {
            worker.ndjson(&text);
            worker.finish();
            worker.ndjson(&changed);
        });
        prop_assert!(changed.findings != whole.findings, "byte {} to {to}", at.index(text.len()));
    }

    #[test]
    fn terms_and_own_fields_together_are_the_canonical_bytes(record in record()) {
        let evidence = &record.evidence;
        let terms = Terms {
            late: evidence.late,
            attested_by: evidence.attested_by.as_str(),
            action: evidence.action.as_str(),
            source: evidence.source.as_str(),
            categories: &evidence.categories,
            denied_services: &evidence.denied_services,
            signals: evidence.signals,
            signal_seen: evidence.signal_seen,
            overridden: evidence.overridden,
            jurisdiction: &evidence.jurisdiction.to_string(),
            model: evidence.model.as_str(),
            policy_version: evidence.policy_version,
            policy_entry: evidence.policy_entry,
            policy_hash: &evidence.policy_hash,
            language: &evidence.language,
        };
        let own = Own {
            commitment: &evidence.commitment,
            site: evidence.site.as_str(),
            server_time: evidence.server_time,
            valid_until: evidence.valid_until,
        };
        let mut bytes = Vec::new();
        push_evidence(&mut bytes, &own, &serialize_terms(vec![7; 9], &terms));
        prop_assert_eq!(bytes, serialize_evidence(evidence));
    }
}

#[test]
fn more_decisions_than_are_kept_are_replayed_again_and_come_to_the_same() {
    let rows = 40_000;
    let plan = plan(rows);
    let mut worker = Worker::new(Arc::clone(&plan));
    let mut verifier = Verifier::new(plan, vec![]);
    let record = {
        let personal = Personal {
            salt: [1; 32],
            id: RecordId::new(NOW, [0; 10]),
            subject: SubjectId::new([0; 16]),
            previous: None,
        };
        let grants = [true, false, false, false];
        let ids = PUBLISHED.policy.parts().categories.iter().cloned();
        let evidence = Evidence {
            commitment: personal.commitment(),
            site: SiteId::parse("shop").unwrap(),
            server_time: NOW,
            late: false,
            attested_by: AttestedBy::Edge,
            action: Action::RejectAll,
            source: Source::Banner,
            categories: ids.zip(grants).collect(),
            denied_services: vec![],
            signals: SignalEvidence::default(),
            signal_seen: false,
            overridden: false,
            jurisdiction: Jurisdiction::UNKNOWN,
            model: Model::OptIn,
            policy_version: 1,
            policy_entry: 0,
            policy_hash: sha256(POLICY.as_bytes()),
            language: String::new(),
            valid_until: PUBLISHED.policy.valid_until(Jurisdiction::UNKNOWN, NOW),
        };
        Record { personal, evidence }
    };
    for index in 1..=rows {
        let mut record = record.clone();
        record.personal.id = RecordId::new(NOW, index.to_be_bytes().repeat(2)[..10].try_into().unwrap());
        record.evidence.commitment = record.personal.commitment();
        // Every one another decision, and each comes twice.
        record.evidence.language = format!("en-{:05}", index % 20_000);
        let leaf = leaf_hash(&record_entry(&record.evidence).unwrap());
        let stored = (index, 1, NOW.0, String::new(), String::new(), leaf.to_hex());
        let read = ReadEntry::Record(Box::new(record.evidence), Some(record.personal));
        let mut line = Vec::new();
        ExportRow::new(0, &stored, &read, false).push_json(&mut line);
        line.push(b'\n');
        worker.ndjson(&line);
        if index % 1_000 == 0 {
            verifier.take(worker.finish());
        }
    }
    let report = verifier.end();
    assert_eq!((report.findings, report.rows, report.counts.records), (vec![], rows, rows));
}
