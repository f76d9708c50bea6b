//! `consentry verify` as it is run: exports of every format, the log as it is served, and what it says of what does not hold.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "support/network.rs"]
mod network;
#[path = "support/site.rs"]
mod site;
mod support;

use std::path::Path;
use std::process::Output;

use network::Network;
use serde_json::Value;
use site::{Exported, SEEDS, vkey};
use support::{code, consentry, files, stderr, stdout};

fn verify(arguments: &[&str]) -> (i32, Value) {
    let output = consentry(&[&["verify", "--json"], arguments].concat());
    let result = serde_json::from_str(&stdout(&output));
    (code(&output), result.unwrap_or_else(|error| panic!("{error}: {}", stderr(&output))))
}

/// Exports from a service into a folder, with the command.
fn export(network: &Network, folder: &Path, format: &str, more: &[&str]) -> String {
    let file = folder.join(format!("shop.{format}"));
    let file = file.to_str().unwrap();
    let token = network.token();
    let whole = [
        "export",
        "--site",
        "shop",
        "--url",
        &network.url,
        "--token",
        &token,
        "--format",
        format,
        "-o",
        file,
    ];
    let output = consentry(&[&whole, more].concat());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    file.into()
}

#[test]
fn export_of_every_format_verifies_offline_on_any_number_of_threads() {
    let network = Network::start(site::log);
    let folder = tempfile::tempdir().unwrap();
    for format in ["ndjson", "csv", "parquet"] {
        let file = export(&network, folder.path(), format, &[]);
        for threads in ["1", "2", "5"] {
            let (code, result) = verify(&[&file, "--key", &vkey(&SEEDS[0]), "--threads", threads]);
            assert_eq!(code, 0, "{format}: {result:#}");
            assert_eq!((&result["verdict"], &result["key_trusted"]), (&"verified".into(), &true.into()));
            let of = |name: &str| result[name].as_u64().unwrap();
            assert_eq!((of("rows"), of("records"), of("erased"), of("pruned")), (46, 19, 4, 12), "{format}");
            assert_eq!((of("statements"), of("policies"), of("key_changes")), (11, 2, 1), "{format}");
            assert_eq!(result["parts"][1]["size"], 21);
            assert_eq!(result["key"], vkey(&SEEDS[1]));
        }
    }
}

#[test]
fn text_for_people_says_what_holds_what_does_not_and_whose_word_it_trusts() {
    let folder = tempfile::tempdir().unwrap();
    let exported = Exported::of(&site::log(), "ndjson", "");
    let file = exported.write(folder.path());
    let output = consentry(&["verify", &file]);
    let said = stdout(&output);
    assert_eq!(code(&output), 0, "{said}");
    assert!(said.starts_with("Verified, but only by the operator's word for the key: "), "{said}");
    let mut changed = exported;
    changed.text = changed.text.replacen("\"reject_all\"", "\"accept_all\"", 1).replacen("US-CA", "US-TX", 1);
    changed.write(folder.path());
    let output = consentry(&["verify", &file, "--key", &vkey(&SEEDS[1])]);
    let said = stdout(&output);
    assert_eq!(code(&output), 4, "{said}");
    assert!(said.starts_with("REFUSED: ") && !said.contains("trust on first use"), "{said}");
    assert!(said.find("row 11") < said.find("part 0: "), "what is wrong comes first: {said}");
    let named = "row 11 (part 0, entry 10): it does not hash to its leaf_hash [leaf-hash]\n";
    assert!(said.contains(named), "{said}");
    assert!(said.contains("a field of this row, or its hash, was changed after it was logged"), "{said}");
    assert!(said.contains("manifest: `sha256` is not what the file has"), "{said}");
}

#[test]
fn export_with_filters_exits_6_unless_that_is_expected() {
    let network = Network::start(site::log);
    let folder = tempfile::tempdir().unwrap();
    let file = export(&network, folder.path(), "ndjson", &["--signal", "gpc"]);
    let (code, result) = verify(&[&file, "--key", &vkey(&SEEDS[0])]);
    assert_eq!((code, &result["verdict"], &result["complete"]), (6, &"partial".into(), &false.into()));
    assert_eq!(verify(&[&file, "--key", &vkey(&SEEDS[0]), "--partial"]).0, 0);
    let said = stdout(&consentry(&["verify", &file, "--partial"]));
    assert!(said.starts_with("PARTIAL: ") && said.contains("nobody can tell from it"), "{said}");
}

#[test]
fn export_of_a_category_that_no_policy_has_exits_1_and_writes_nothing() {
    let network = Network::start(site::log);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.ndjson");
    let token = network.token();
    let whole = ["export", "--site", "shop", "--url", &network.url, "--token", &token];
    let category = ["--category", "advertizing:denied"];
    for output in [&[][..], &["-o", file.to_str().unwrap()]] {
        let output = consentry(&[&whole[..], &category, output].concat());
        let said = stderr(&output);
        assert_eq!((code(&output), stdout(&output)), (1, String::new()), "{said}");
        assert!(said.contains("required, functional, advertising, analytics"), "{said}");
    }
    assert!(files(folder.path()).is_empty());
}

#[test]
fn export_of_receipts_is_said_to_be_no_rows_once_and_exits_1() {
    let network = Network::start(site::log);
    let folder = tempfile::tempdir().unwrap();
    for profile in ["kantara", "iso27560"] {
        let file = folder.path().join(profile);
        let (file, token) = (file.to_str().unwrap(), network.token());
        let whole = ["export", "--site", "shop", "--url", &network.url, "--token", &token];
        let output = consentry(&[&whole[..], &["--profile", profile, "-o", file]].concat());
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let output = consentry(&["verify", file, "--key", &vkey(&SEEDS[0])]);
        let said = stderr(&output);
        assert_eq!((code(&output), stdout(&output)), (1, String::new()), "{said}");
        assert!(said.contains(profile) && said.contains("without --profile"), "{said}");
    }
}

/// Name and identifier of a key, without the key itself.
fn name_and_id(key: &str) -> String {
    key.splitn(3, '+').take(2).collect::<Vec<_>>().join("+")
}

#[test]
fn key_of_another_log_is_told_apart_from_the_logs_keys_and_once() {
    let network = Network::start(site::log);
    let folder = tempfile::tempdir().unwrap();
    let file = export(&network, folder.path(), "ndjson", &[]);
    let (token, other) = (network.token(), vkey(&[9; 32]));
    let of_file = ["verify", &file, "--key", &other];
    let of_log = ["verify", "--site", "shop", "--url", &network.url, "--token", &token, "--key", &other];
    for arguments in [&of_file[..], &of_log] {
        let output = consentry(arguments);
        let said = stdout(&output);
        assert_eq!(code(&output), 4, "{said}");
        let (given, named) = (name_and_id(&other), SEEDS.map(|seed| name_and_id(&vkey(&seed))).join(", "));
        let words = format!("the trusted key is {given}, and the log names {named} [key]\n");
        assert_eq!(said.matches(&words).count(), 1, "{said}");
        assert!(said.contains("it is another log, or the key was mistyped"), "{said}");
        assert!(said.contains("\n1 found."), "{said}");
    }
}

#[test]
fn damaged_parquet_file_is_refused() {
    let network = Network::start(site::log);
    let folder = tempfile::tempdir().unwrap();
    let file = export(&network, folder.path(), "parquet", &[]);
    let whole = std::fs::read(&file).unwrap();
    let mut refused = 0;
    for at in (0..whole.len()).step_by(whole.len() / 40) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        std::fs::write(&file, &bytes).unwrap();
        let output = consentry(&["verify", &file, "--key", &vkey(&SEEDS[0]), "--json"]);
        assert!([1, 4].contains(&code(&output)), "byte {at}: {} {}", stdout(&output), stderr(&output));
        refused += 1;
    }
    assert!(refused >= 40);
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(code(&consentry(&["verify", &file])), 1);
}

#[test]
fn file_that_is_no_export_or_has_no_manifest_exits_1() {
    let folder = tempfile::tempdir().unwrap();
    let exported = Exported::of(&site::log(), "csv", "");
    let file = exported.write(folder.path());
    let manifest = format!("{file}.manifest.json");
    let moved = folder.path().join("elsewhere.json");
    std::fs::rename(&manifest, &moved).unwrap();
    let output = consentry(&["verify", &file]);
    assert_eq!((code(&output), stderr(&output).contains("--manifest")), (1, true), "{}", stderr(&output));
    assert_eq!(code(&consentry(&["verify", &file, "--manifest", moved.to_str().unwrap()])), 0);
    std::fs::rename(&moved, &manifest).unwrap();
    // As a spreadsheet saves it.
    std::fs::write(&file, exported.text.replace(',', ";")).unwrap();
    let output = consentry(&["verify", &file]);
    assert_eq!((code(&output), stderr(&output).contains("spreadsheet")), (1, true), "{}", stderr(&output));
    std::fs::write(&manifest, "{}").unwrap();
    assert_eq!(code(&consentry(&["verify", &file])), 1);
    assert_eq!(files(folder.path()).len(), 2, "nothing is written");
}

#[test]
fn command_that_is_called_wrongly_exits_2() {
    let wrong_key: &[&str] = &["verify", "x.ndjson", "--key", "shop+00000000+AAAA"];
    let both: &[&str] = &["verify", "x.ndjson", "--site", "shop", "--token", "t"];
    for arguments in [&["verify"][..], wrong_key, both, &["verify", "--site", "shop"]] {
        let output: Output = consentry(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {}", stderr(&output));
    }
    let said = stderr(&consentry(&["verify", "x.ndjson", "--key", &vkey(&SEEDS[0]).replace('A', "B")]));
    assert!(said.contains("it is mistyped") && said.contains("copy it whole"), "{said}");
}

fn live(network: &Network) -> (i32, Value) {
    verify(&["--site", "shop", "--url", &network.url, "--token", &network.token(), "--key", &vkey(&SEEDS[0])])
}

#[test]
fn log_as_it_is_served_verifies_and_is_compared_with_the_public_one() {
    let network = Network::start(|| {
        let app = site::log();
        // More than a tile, so that full and partial ones are compared.
        for nth in 1_000..1_700 {
            site::post(&app, &site::record(&app, nth, 2));
        }
        app
    });
    let (code, result) = live(&network);
    assert_eq!(code, 0, "{result:#}");
    assert_eq!((&result["verdict"], &result["public_log_compared"]), (&"verified".into(), &true.into()));
    assert_eq!(result["rows"].as_u64().unwrap(), 46 + 700, "with one commitment to part 1 at its end");
    let token = network.token();
    let arguments = ["verify", "--site", "shop", "--url", &network.url, "--token", &token];
    let said = stdout(&consentry(&arguments));
    assert!(
        said.contains("the public log is the same") && said.contains("operator's word for the key"),
        "{said}"
    );
}

#[test]
fn public_log_that_is_another_one_is_found_and_the_first_row_that_differs_named() {
    // The export is true; everybody else is shown a tile with other hashes.
    let network = Network::spoilt(site::log, |path, status, mut body| {
        if path.starts_with("/_c/log/shop/1/tile/0/") {
            body[32 * 7] ^= 1;
        }
        (status, body)
    });
    let (code, result) = live(&network);
    assert_eq!(code, 4, "{result:#}");
    let first = &result["findings"][0];
    assert_eq!(
        (&first["problem"], &first["part"], &first["index"]),
        (&"public".into(), &1.into(), &7.into())
    );
    assert_eq!(first["row"].as_u64().unwrap(), 26 + 7, "{result:#}");
}

#[test]
fn row_changed_with_its_hash_is_named_by_the_tiles() {
    // Of a pruned record there is nothing but the hash; the tree tells that one is wrong, the tiles tell which.
    let network = Network::spoilt(site::log, |path, status, body| {
        if !path.contains("/records?") {
            return (status, body);
        }
        let text = String::from_utf8(body).unwrap();
        let line = text.lines().find(|line| line.contains("\"index\":2,")).unwrap();
        let rest = &line[..line.len() - 66];
        (status, text.replacen(line, &format!("{rest}{}\"}}", "0".repeat(64)), 1).into_bytes())
    });
    let (code, result) = live(&network);
    assert_eq!(code, 4, "{result:#}");
    let problems: Vec<&Value> =
        result["findings"].as_array().unwrap().iter().map(|one| &one["problem"]).collect();
    assert!(problems.contains(&&"root".into()) && problems.contains(&&"public".into()), "{result:#}");
    let public =
        result["findings"].as_array().unwrap().iter().find(|one| one["problem"] == "public").unwrap();
    assert_eq!(public["index"], 2, "{result:#}");
}

#[test]
fn log_that_cannot_be_read_exits_3_and_a_token_that_opens_nothing_1() {
    let network = Network::start(site::log);
    let wrong = ["verify", "--site", "shop", "--url", &network.url, "--token", "cya_ab_cd", "--json"];
    let output = consentry(&wrong);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let token = network.token();
    network.with(|app| app.sites.down.set(true));
    let output = consentry(&["verify", "--site", "shop", "--url", &network.url, "--token", &token]);
    assert_eq!(code(&output), 3, "{}", stderr(&output));
}

#[test]
fn record_erased_while_its_log_is_read_is_no_finding_once_the_log_says_so() {
    let network = Network::busy(
        site::log,
        |_, status, body| (status, body),
        |app, path| {
            // Between the snapshot and the rows, and only the first time: whoever is erased has no record any more.
            if path.ends_with("/snapshot") {
                let subject = format!("{:032x}", 7_001);
                let answer = app.operate("erasures", &serde_json::json!({ "subject": subject }));
                assert_eq!(answer.status, 200, "{}", answer.text());
            }
        },
    );
    let (code, result) = live(&network);
    assert_eq!((code, &result["verdict"]), (0, &"verified".into()), "{result:#}");
    assert!(result["erased"].as_u64().unwrap() > 4, "{result:#}");
}

#[test]
fn auditor_who_may_not_see_visitors_verifies_everything_else() {
    let network = Network::start(site::log);
    let token = network.with(|app| {
        let body = br#"{"name":"Ada","days":30,"fields":"non_personal"}"#;
        let answer = app.send("POST", "/_c/v1/sites/shop/tokens", &[site::as_operator()], body);
        answer.json()["token"].as_str().unwrap().to_owned()
    });
    let key = vkey(&SEEDS[0]);
    let (code, result) = verify(&["--site", "shop", "--url", &network.url, "--token", &token, "--key", &key]);
    assert_eq!((code, &result["verdict"]), (0, &"verified".into()), "{result:#}");
    let of = |name: &str| result[name].as_u64().unwrap();
    assert_eq!((of("records"), of("withheld"), of("erased"), of("pruned")), (0, 19, 4, 12), "{result:#}");
}
