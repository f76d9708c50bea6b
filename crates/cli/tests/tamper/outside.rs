//! By somebody between the log and the auditor: any edit of rows, manifest and snapshot, without the log's key.

use consentry_api::digest::sha256_hex;
use consentry_api::export::ExportRow;

use crate::forge::later;
use crate::site::{Exported, ORIGIN_OF_LOG, SEEDS, vkey};
use crate::*;

/// By somebody between the log and the auditor, who makes the manifest fit. Place and name of the first finding.
pub const OUTSIDE: &[Edit] = &[
    ("deleted row", |it| change_lines(it, |rows| drop(rows.remove(RECORD - 1))), "row 21 ", "missing"),
    ("first row deleted", |it| change_lines(it, |rows| drop(rows.remove(0))), "row 1 ", "missing"),
    ("last row deleted", |it| change_lines(it, |rows| drop(rows.pop())), "part 1", "short"),
    (
        "last row of part 0 deleted",
        |it| change_lines(it, |rows| drop(rows.remove(HEADS - 1))),
        "part 0",
        "short",
    ),
    ("many rows cut off", |it| change_lines(it, |rows| rows.truncate(15)), "part 0", "short"),
    ("everything cut off", |it| change_lines(it, Vec::clear), "part 0", "short"),
    ("all of a part cut off", |it| change_lines(it, |rows| rows.truncate(HEADS)), "part 1", "short"),
    (
        "cut within a row",
        |it| {
            it.text.truncate(it.text.len() - 40);
            it.seal()
        },
        "row 46",
        "unreadable",
    ),
    (
        "cut before the last line end",
        |it| {
            it.text.pop();
            it.seal()
        },
        "row 46",
        "unreadable",
    ),
    (
        "swapped rows",
        |it| change_lines(it, |rows| rows.swap(RECORD - 1, NEXT_RECORD - 1)),
        "row 21 ",
        "missing",
    ),
    (
        "repeated row",
        |it| change_lines(it, |rows| rows.insert(RECORD, rows[RECORD - 1].clone())),
        "row 22 ",
        "disordered",
    ),
    (
        "row repeated far away",
        |it| change_lines(it, |rows| rows.push(rows[RECORD - 1].clone())),
        "row 47 ",
        "disordered",
    ),
    (
        "inserted row",
        |it| {
            change_lines(it, |rows| {
                rows.insert(RECORD, rows[RECORD - 1].replace("\"index\":20", "\"index\":21"))
            });
        },
        "row 22 ",
        "same-id",
    ),
    (
        "row at the end",
        |it| {
            change_lines(it, |rows| rows.push(rows[45].replace("\"index\":20", "\"index\":21")));
        },
        "row 47 ",
        "beyond",
    ),
    ("parts swapped", |it| change_lines(it, |rows| rows.rotate_left(HEADS)), "part 0", "short"),
    ("row in another part", |it| it.edit(RECORD, |row| row.log = 1), "row 21 ", "field"),
    ("row in a part that is none", |it| it.edit(RECORD, |row| row.log = 9), "row 21 ", "field"),
    (
        "a field nobody hashes",
        |it| {
            change_lines(it, |rows| {
                rows[RECORD - 1] = rows[RECORD - 1].replace("{\"log\"", "{\"email\":\"a@b.c\",\"log\"")
            });
        },
        "row 21",
        "unreadable",
    ),
    (
        "a line that is none",
        |it| change_lines(it, |rows| rows[RECORD - 1] = "{}}".into()),
        "row 21",
        "unreadable",
    ),
    ("an empty line", |it| change_lines(it, |rows| rows[RECORD - 1].clear()), "row 21", "unreadable"),
    ("an index no log has", |it| it.edit(RECORD, |row| row.index = u64::MAX), "row 21", "unreadable"),
    ("changed salt", |it| it.edit(RECORD, |row| row.salt = "0".repeat(64).into()), "row 21 ", "leaf-hash"),
    ("salt taken away", |it| it.edit(RECORD, |row| row.salt = "".into()), "row 21 ", "field"),
    (
        "erased by hand",
        |it| {
            it.edit(RECORD, |row| {
                row.redacted = "erasure".into();
                let gone = [&mut row.record_id, &mut row.subject_id, &mut row.client_time, &mut row.salt];
                gone.into_iter().for_each(|field| *field = "".into());
                row.commitment = "0".repeat(64).into();
            })
        },
        "row 21 ",
        "leaf-hash",
    ),
    (
        "pruned by hand",
        |it| {
            it.edit(RECORD, |row| {
                *row = ExportRow {
                    log: row.log,
                    index: row.index,
                    kind: row.kind.clone(),
                    redacted: "retention".into(),
                    leaf_hash: row.leaf_hash.clone(),
                    ..ExportRow::default()
                };
            })
        },
        "row 21 ",
        "unexplained",
    ),
    (
        "pruned, with something left",
        |it| it.edit(PRUNED, |row| row.language = "en".into()),
        "row 2 ",
        "field",
    ),
    (
        "an erased record with a visitor",
        |it| it.edit(ERASED, |row| row.subject_id = "0".repeat(32).into()),
        "row 12 ",
        "field",
    ),
    (
        "the client's time alone",
        |it| it.edit(RECORD, |row| row.client_time = later(&row.client_time, 1).into()),
        "row 21 ",
        "client-time",
    ),
    (
        "a record as a statement",
        |it| it.edit(RECORD, |row| row.kind = "redaction".into()),
        "row 21 ",
        "field",
    ),
    ("a statement as a record", |it| it.edit(ERASURE, |row| row.kind = "record".into()), "row 19 ", "field"),
    (
        "a statement's time",
        |it| it.edit(ERASURE, |row| row.server_time = later(&row.server_time, 1).into()),
        "row 19 ",
        "field",
    ),
    ("forged late flag", |it| it.rehash(RECORD, |row| row.late = Some(true)), "row 21 ", "decision"),
    (
        "forged language, hash made to fit",
        |it| it.rehash(RECORD, |row| row.language = "fr".into()),
        "part 0",
        "root",
    ),
    (
        "forged visitor, hash made to fit",
        |it| it.rehash(RECORD, |row| row.subject_id = "0".repeat(32).into()),
        "part 0",
        "root",
    ),
    (
        "forged hash of a pruned record",
        |it| it.edit(PRUNED, |row| row.leaf_hash = "0".repeat(64).into()),
        "part 0",
        "root",
    ),
    (
        "forged in another part, hash made to fit",
        |it| it.rehash(WITH_SERVICES, |row| row.language = "fr".into()),
        "row 17 ",
        "part-head",
    ),
    (
        "dropped commitment to the other part",
        |it| change_lines(it, |rows| drop(rows.remove(16))),
        "row 17 ",
        "missing",
    ),
    ("edited policy", |it| replace_policy(it, false), "policy version 2", "policy-hash"),
    ("edited policy, hash made to fit", |it| replace_policy(it, true), "row 9 ", "publication"),
    ("dropped policy", |it| drop(it.manifest.snapshot.policies.pop()), "row 9 ", "publication"),
    (
        "policy nobody published",
        |it| {
            let mut more = it.manifest.snapshot.policies[1].clone();
            more.version = 3;
            it.manifest.snapshot.policies.push(more);
        },
        "policy version 3",
        "policy-unlogged",
    ),
    ("policies swapped", |it| it.manifest.snapshot.policies.swap(0, 1), "policy version 2", "snapshot"),
    ("policy moved", |it| it.manifest.snapshot.policies[1].entry = 3, "row 9 ", "publication"),
    ("another site", |it| it.manifest.snapshot.site = "blog".into(), "policy version 1", "snapshot"),
    (
        "missing part",
        |it| {
            it.manifest.snapshot.parts.pop();
            change_lines(it, |rows| rows.truncate(HEADS));
        },
        "part 1",
        "part-missing",
    ),
    ("parts swapped in the snapshot", |it| it.manifest.snapshot.parts.swap(0, 1), "part 0", "snapshot"),
    ("old checkpoint", |it| older(it, false), "part 0", "checkpoint-size"),
    ("old checkpoint, size made to fit", |it| older(it, true), "row 26 ", "beyond"),
    (
        "checkpoint of another part",
        |it| {
            it.manifest.snapshot.parts[1].checkpoint = it.manifest.snapshot.parts[0].checkpoint.clone();
        },
        "part 1",
        "checkpoint",
    ),
    (
        "edited checkpoint",
        |it| {
            let checkpoint = &mut it.manifest.snapshot.parts[0].checkpoint;
            *checkpoint = checkpoint.replace("\n25\n", "\n24\n");
        },
        "part 0",
        "checkpoint",
    ),
    ("edited size", |it| it.manifest.snapshot.parts[0].size = 24, "part 0", "checkpoint-size"),
    ("wrong origin", |it| it.sign(0, "evil.example/_c/log/shop", &SEEDS), "part 0", "checkpoint"),
    (
        "re-signed by another key",
        |it| {
            it.rehash(RECORD, |row| row.language = "fr".into());
            it.sign(0, ORIGIN_OF_LOG, &[[9; 32]]);
        },
        "part 0",
        "checkpoint",
    ),
    (
        "re-signed by another key that the snapshot names",
        |it| {
            it.rehash(RECORD, |row| row.language = "fr".into());
            it.sign(0, ORIGIN_OF_LOG, &[[9; 32]]);
            it.manifest.snapshot.keys = vec![vkey(&[9; 32])];
            it.manifest.snapshot.key_changes.clear();
        },
        "snapshot",
        "key",
    ),
    (
        "a change of keys that nobody signed",
        |it| {
            it.manifest.snapshot.keys.push(vkey(&[9; 32]));
            let change = it.manifest.snapshot.key_changes[0].clone();
            it.manifest.snapshot.key_changes.push(change);
        },
        "snapshot",
        "key",
    ),
    (
        "a change of keys left out",
        |it| {
            it.manifest.snapshot.keys.pop();
            it.manifest.snapshot.key_changes.clear();
        },
        "row 20 ",
        "key",
    ),
    (
        "manifest of another format",
        |it| it.manifest.format = "consentry.export.v2".into(),
        "manifest",
        "manifest",
    ),
    ("manifest with other rows", |it| it.manifest.rows += 1, "manifest", "manifest"),
    ("manifest with another hash", |it| it.manifest.sha256 = "0".repeat(64), "manifest", "manifest"),
    ("manifest of another kind of file", |it| it.manifest.file_format = "csv".into(), "manifest", "manifest"),
];

pub fn replace_policy(exported: &mut Exported, rehash: bool) {
    let policy = &mut exported.manifest.snapshot.policies[1];
    policy.json = policy.json.replace("Shop GmbH", "Shop Ltd");
    if rehash {
        policy.hash = sha256_hex(policy.json.as_bytes());
    }
}

/// The signatures of an earlier export under the rows of a later one.
fn older(exported: &mut Exported, resize: bool) {
    let earlier = exported.manifest.snapshot.parts.clone();
    *exported = EXPORTED.2.clone();
    for (part, old) in exported.manifest.snapshot.parts.iter_mut().zip(earlier) {
        part.checkpoint = old.checkpoint;
        if resize {
            part.size = old.size;
        }
    }
}

#[test]
fn export_changed_on_its_way_is_refused_and_the_change_named() {
    assert_refused(OUTSIDE);
}
