//! By whoever holds the log's key: every hash and every signature fits, and what is left are the rules.

use consentry_api::export::ExportRow;
use consentry_core::UnixMillis;
use consentry_core::statement::*;
use consentry_log::{Signer, SigningKey};
use consentry_verify::Verdict;

use crate::forge::{self, later};
use crate::site::{Exported, ORIGIN_OF_LOG, SEEDS, vkey};
use crate::*;

/// By whoever holds the log's key, who makes every hash and every signature fit. What is left are the rules.
pub const INSIDE: &[Edit] = &[
    (
        "a decision that contradicts itself",
        |it| it.rehash(RECORD, |row| row.categories.0[1].1 = false),
        "row 21 ",
        "decision",
    ),
    (
        "what cannot be denied",
        |it| it.rehash(RECORD, |row| row.categories.0[0].1 = false),
        "row 21 ",
        "decision",
    ),
    (
        "a category more",
        |it| it.rehash(RECORD, |row| row.categories.0.push(("more".into(), true))),
        "row 21 ",
        "decision",
    ),
    ("a signal ignored", |it| it.rehash(RECORD, |row| row.gpc_header = "on".into()), "row 21 ", "decision"),
    (
        "a signal that was not there",
        |it| it.rehash(RECORD, |row| row.overridden = Some(true)),
        "row 21 ",
        "decision",
    ),
    (
        "a click for a signal",
        |it| it.rehash(SIGNAL, |row| row.action = "accept_all".into()),
        "row 11 ",
        "decision",
    ),
    ("forged late flag", |it| it.rehash(RECORD, |row| row.late = Some(true)), "row 21 ", "decision"),
    (
        "a longer consent",
        |it| it.rehash(RECORD, |row| row.valid_until = later(&row.valid_until, 86_400).into()),
        "row 21 ",
        "decision",
    ),
    ("another model", |it| it.rehash(RECORD, |row| row.model = "opt_in".into()), "row 21 ", "decision"),
    ("another place", |it| it.rehash(RECORD, |row| row.jurisdiction = "DE".into()), "row 21 ", "decision"),
    (
        "another policy's hash",
        |it| it.rehash(RECORD, |row| row.policy_hash = "0".repeat(64).into()),
        "row 21 ",
        "decision",
    ),
    (
        "another policy's entry",
        |it| it.rehash(RECORD, |row| row.policy_entry = Some(0)),
        "row 21 ",
        "decision",
    ),
    (
        "a policy of the future",
        |it| it.rehash(RECORD, |row| row.policy_version = Some(3)),
        "row 21 ",
        "policy-unknown",
    ),
    ("a word no record has", |it| it.rehash(RECORD, |row| row.action = "agree".into()), "row 21 ", "words"),
    (
        "a word far too long",
        |it| it.rehash(RECORD, |row| row.language = "e".repeat(70).into()),
        "row 21 ",
        "field",
    ),
    (
        "a list far too long",
        |it| it.rehash(RECORD, |row| row.denied_services = vec!["ads".into(); 300]),
        "row 21 ",
        "field",
    ),
    ("another site", |it| it.rehash(RECORD, |row| row.site_id = "blog".into()), "row 21 ", "field"),
    (
        "a visitor's clock from another age",
        |it| {
            it.rehash(RECORD, |row| {
                row.record_id = "00000000-0000-7000-8000-00000000001c".into();
                row.client_time = "1970-01-01T00:00:00.000Z".into();
                row.late = Some(true);
            })
        },
        "row 21 ",
        "decision",
    ),
    (
        "the same decision twice",
        |it| {
            let first = it.lines()[RECORD - 1].clone();
            let row = ExportRow::parse_json(first.as_bytes()).unwrap();
            let (id, time) = (row.record_id.to_string(), row.client_time.to_string());
            it.rehash(NEXT_RECORD, |row| (row.record_id, row.client_time) = (id.into(), time.into()));
        },
        "row 22 ",
        "same-id",
    ),
    (
        "a clock that went back",
        |it| {
            it.rehash(NEXT_RECORD, |row| {
                row.server_time = later(&row.server_time, -90).into();
                row.valid_until = later(&row.valid_until, -90).into();
            })
        },
        "row 22 ",
        "clock",
    ),
    (
        "a decision before its policy",
        |it| {
            let mut lines = it.lines();
            lines[6] = lines[RECORD - 1].replace("\"index\":20", "\"index\":6");
            it.set_lines(&lines);
        },
        "row 7 ",
        "policy-later",
    ),
    (
        "an erasure not told",
        |it| redact(it, ERASURE, |it| _ = it.entries.remove(1)),
        "row 14 ",
        "unexplained",
    ),
    (
        "an erasure told and not done",
        |it| redact(it, ERASURE, |it| it.entries[0].start -= 1),
        "row 19 ",
        "still-shown",
    ),
    (
        "an erasure told and only withheld",
        |it| it.edit(ERASED, |row| row.redacted = "withheld".into()),
        "row 19 ",
        "still-shown",
    ),
    (
        "an erasure told in advance",
        |it| redact(it, ERASURE, |it| it.entries[2].end = 22),
        "row 19 ",
        "redacts-later",
    ),
    ("a pruning not told", |it| redact(it, PRUNING, |it| it.entries[0].end -= 1), "row 7 ", "unexplained"),
    (
        "a pruning told as an erasure",
        |it| redact(it, PRUNING, |it| it.reason = RedactionReason::Operator),
        "row 2 ",
        "unexplained",
    ),
    (
        "a pruning before its time",
        |it| {
            redact(it, PRUNING, |it| {
                let RedactionReason::Retention { cutoff } = it.reason else { panic!("it is one") };
                it.reason = RedactionReason::Retention { cutoff: UnixMillis(cutoff.0 + 1) };
            })
        },
        "row 10 ",
        "pruned-early",
    ),
    (
        "another publication",
        |it| {
            it.restate(PUBLICATION, |bytes| {
                let mut published = parse_policy_published(bytes).unwrap();
                published.policy_hash[0] ^= 1;
                serialize_policy_published(&published)
            })
        },
        "row 9 ",
        "publication",
    ),
    (
        "a publication's version",
        |it| {
            it.restate(PUBLICATION, |bytes| {
                let mut published = parse_policy_published(bytes).unwrap();
                published.version = 3;
                serialize_policy_published(&published)
            })
        },
        "row 9 ",
        "publication",
    ),
    (
        "a statement that is none",
        |it| it.restate(PUBLICATION, |bytes| bytes[..bytes.len() - 1].to_vec()),
        "row 9 ",
        "statement",
    ),
    (
        "a change to a key nobody was told of",
        |it| {
            it.restate(KEY_CHANGE, |bytes| {
                let mut change = parse_key_change(bytes).unwrap();
                change.new = vkey(&[9; 32]);
                let message = key_change_message(change.time, &change.old, &change.new);
                change.signature = sign(&SEEDS[0], &message);
                serialize_key_change(&change)
            })
        },
        "row 20 ",
        "key",
    ),
    (
        "a change of keys that the new key signed itself",
        |it| {
            it.restate(KEY_CHANGE, |bytes| {
                let mut change = parse_key_change(bytes).unwrap();
                change.signature =
                    sign(&SEEDS[1], &key_change_message(change.time, &change.old, &change.new));
                serialize_key_change(&change)
            })
        },
        "row 20 ",
        "key",
    ),
    (
        "another tree of the other part",
        |it| {
            it.restate(HEADS, |bytes| {
                let mut heads = parse_shard_heads(bytes).unwrap();
                heads.heads[0].root[0] ^= 1;
                serialize_shard_heads(&heads)
            })
        },
        "row 25 ",
        "part-head",
    ),
    (
        "another earlier tree of the other part",
        |it| {
            it.restate(COMMITMENT, |bytes| {
                let mut heads = parse_shard_heads(bytes).unwrap();
                heads.heads[0].root[0] ^= 1;
                serialize_shard_heads(&heads)
            })
        },
        "row 17 ",
        "part-head",
    ),
    (
        "a larger tree of the other part",
        |it| {
            it.restate(HEADS, |bytes| {
                let mut heads = parse_shard_heads(bytes).unwrap();
                heads.heads[0].size += 1;
                serialize_shard_heads(&heads)
            })
        },
        "row 25 ",
        "part-head",
    ),
    (
        "a smaller tree of the other part",
        |it| {
            it.restate(HEADS, |bytes| {
                let mut heads = parse_shard_heads(bytes).unwrap();
                heads.heads[0].size = 3;
                serialize_shard_heads(&heads)
            })
        },
        "row 25 ",
        "part-head",
    ),
    (
        "a part that is not there",
        |it| {
            it.restate(HEADS, |bytes| {
                let mut heads = parse_shard_heads(bytes).unwrap();
                heads.heads.push(ShardHead { shard: 5, size: 9, root: [0; 32] });
                serialize_shard_heads(&heads)
            })
        },
        "part 5",
        "part-missing",
    ),
    ("a log without its last entry", |it| change_lines(it, |rows| drop(rows.remove(HEADS - 1))), "", ""),
];

fn redact(exported: &mut Exported, row: usize, edit: impl FnOnce(&mut Redaction)) {
    exported.restate(row, |bytes| {
        let mut redaction = parse_redaction(bytes).unwrap();
        edit(&mut redaction);
        serialize_redaction(&redaction)
    });
}

fn sign(seed: &[u8; 32], message: &[u8]) -> [u8; 64] {
    let key = SigningKey::from_seed(ORIGIN_OF_LOG, seed).unwrap();
    key.sign(message).unwrap().try_into().unwrap()
}

#[test]
fn log_signed_by_its_own_key_against_the_rules_is_refused_and_the_breach_named() {
    let mut wrong = Vec::new();
    for (what, edit, place, name) in INSIDE {
        let mut exported = exported();
        edit(&mut exported);
        exported.resign(0);
        let (_, findings) = verify(&exported, Some(&vkey(&SEEDS[0])));
        let is_first = |(found, named): &(String, &str)| found.starts_with(place) && named == name;
        if !findings.first().map_or(name.is_empty(), is_first) {
            wrong.push(format!("{what}: {place} {name} should be first of {findings:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn other_part_rewritten_and_signed_contradicts_what_the_first_part_committed_to() {
    let mut exported = exported();
    exported.rehash(WITH_SERVICES, |row| row.source = "banner".into());
    exported.resign(1);
    let (_, findings) = verify(&exported, Some(&vkey(&SEEDS[0])));
    let heads = [
        ("row 17 (part 0, entry 16)".into(), "part-head"),
        ("row 25 (part 0, entry 24)".into(), "part-head"),
    ];
    assert_eq!(findings, heads);
}

#[test]
fn checkpoint_signed_by_the_key_that_was_replaced_alone_is_refused() {
    for part in [0, 1] {
        let mut exported = exported();
        exported.sign(part, &forge::origin(part), &SEEDS[..1]);
        let (_, findings) = verify(&exported, Some(&vkey(&SEEDS[0])));
        assert_eq!(findings, [(format!("part {part} of the log"), "old-key")]);
        exported.sign(part, &forge::origin(part), &SEEDS[1..]);
        assert_eq!(verify(&exported, Some(&vkey(&SEEDS[0]))), (Verdict::Verified, vec![]));
        // Whoever trusts the new key never needs the old one's signature.
        assert_eq!(verify(&exported, Some(&vkey(&SEEDS[1]))), (Verdict::Verified, vec![]));
    }
}
