//! What an operator runs: tokens, erasures and keys.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may stop at the first surprise")]

mod support;

use std::io::Write;
use std::process::Stdio;

use consentry_api::record::LogKeys;
use consentry_core::UnixMillis;
use consentry_core::bytes::{parse_hex, serialize_hex};
use consentry_core::statement::{KeyChange, key_change_message, serialize_key_change};
use consentry_log::{Kind, Signer, SigningKey, serialize_entry};
use support::{Server, answer, code, command, consentry, problem, stderr, stdout};

const ORIGIN: &str = "www.example.com/_c/log/shop";
const RECORD: &str = "019aa9f5-1c00-7000-8000-0123456789ab";
const SUBJECT: &str = "00112233445566778899aabbccddeeff";

#[test]
fn token_made_is_limited_to_what_was_asked_for() {
    let grant = br#"{"id":"ab","token":"cya_ab_cd","expires":"2026-12-01T00:00:00.000Z"}"#;
    let server = Server::start(|_| answer(201, &[], grant));
    let arguments =
        ["token", "create", "--site", "shop", "--name", "Jane", "--token", "t", "--url", &server.url];
    let limits = ["--from", "2026-11-01", "--without-visitors", "--format", "ndjson", "--format", "csv"];
    let output = consentry(&arguments);
    assert_eq!((code(&output), stdout(&output).trim()), (0, "cya_ab_cd"), "{}", stderr(&output));
    assert_eq!(code(&consentry(&[&arguments[..], &limits].concat())), 0);
    let bodies: Vec<serde_json::Value> =
        server.asked().iter().map(|asked| serde_json::from_str(&asked.body).unwrap()).collect();
    assert_eq!(bodies[0], serde_json::json!({ "name": "Jane", "days": 30 }));
    let limited = serde_json::json!({
        "name": "Jane", "days": 30, "from": "2026-11-01T00:00:00.000Z", "fields": "non_personal",
        "formats": ["ndjson", "csv"]
    });
    assert_eq!(bodies[1], limited);
}

#[test]
fn token_list_is_a_table_whatever_else_the_service_says_of_a_token() {
    let list = br#"[{"id":"ab","name":"Jane\u001b[2J","expires":"2026-12-01T00:00:00.000Z","revoked":true,"uses":7,
            "last_used":"2026-11-21T09:30:00.123Z","scope":{"from":"2026-11-01","fields":null,"formats":["csv","ndjson"]},"mood":1},{"id":"cd"}]"#;
    let server = Server::start(move |asked| {
        let under_its_name = [b"{\"tokens\":", &list[..], b"}"].concat();
        answer(200, &[], if asked.line.contains("other") { &under_its_name } else { &list[..] })
    });
    let arguments = ["token", "list", "--site", "shop", "--token", "t", "--url", &server.url];
    let output = consentry(&arguments);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let table = stdout(&output);
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["ID", "NAME", "STATE", "EXPIRES", "USES", "LAST", "USED", "SCOPE"]);
    let first = ["ab", "Jane", "[2J", "revoked", "2026-12-01T00:00:00.000Z", "7"];
    assert_eq!(
        rows[1],
        [&first[..], &["2026-11-21T09:30:00.123Z", "formats=csv,ndjson", "from=2026-11-01"]].concat()
    );
    assert_eq!(rows[2], ["cd", "good", "0", "never", "everything"]);
    let json = stdout(&consentry(&[&arguments[..], &["--json"]].concat()));
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()[0]["mood"], 1);
    assert_eq!(server.lines()[0], "GET /_c/v1/sites/shop/tokens");
    let other = consentry(&["token", "list", "--site", "other", "--token", "t", "--url", &server.url]);
    assert_eq!(stdout(&other), table);
}

#[test]
fn token_revoked_is_said_in_words_or_as_json() {
    let server = Server::start(|_| answer(204, &[], b""));
    let output = consentry(&[
        "token",
        "revoke",
        "ab",
        "--site",
        "shop",
        "--token",
        "t",
        "--url",
        &server.url,
        "--json",
    ]);
    assert_eq!((code(&output), stdout(&output).trim()), (0, r#"{"revoked":"ab"}"#));
    assert_eq!(server.lines(), ["DELETE /_c/v1/sites/shop/tokens/ab"]);
}

#[test]
fn erasure_asks_for_exactly_what_was_named_and_says_how_many() {
    for (option, value, body) in [
        ("--visitor", SUBJECT, format!(r#"{{"subject":"{SUBJECT}"}}"#)),
        ("--record", RECORD, format!(r#"{{"record":"{RECORD}"}}"#)),
        ("--record", &RECORD.replace('-', ""), format!(r#"{{"record":"{RECORD}"}}"#)),
    ] {
        let server = Server::start(|_| answer(200, &[], br#"{"erased":3}"#));
        let url = ["erase", "--site", "shop", "--token", "t", "--url", &server.url, "--yes", option, value];
        let output = consentry(&[&url[..], &["--json"]].concat());
        assert_eq!((code(&output), stdout(&output).trim()), (0, r#"{"erased":3}"#), "{}", stderr(&output));
        let asked = server.asked().remove(0);
        assert_eq!((asked.line.as_str(), asked.body), ("POST /_c/v1/sites/shop/erasures", body));
        assert!(stderr(&consentry(&url)).contains("3 records erased"));
    }
    let server = Server::start(|_| answer(200, &[], br#"{"erased":0}"#));
    let none =
        ["erase", "--site", "shop", "--token", "t", "--url", &server.url, "--yes", "--visitor", SUBJECT];
    let output = consentry(&none);
    assert!(code(&output) == 0 && stderr(&output).contains("Nothing was erased"), "{}", stderr(&output));
}

#[test]
fn erasure_that_nobody_confirms_is_not_asked_for() {
    let server = Server::start(|_| problem(500, "must not be asked"));
    let base = ["erase", "--site", "shop", "--token", "t", "--url", &server.url];
    let visitor = ["--visitor", SUBJECT];
    for (more, said) in [
        (&visitor[..], "--yes erases without asking"),
        (&[], "--visitor"),
        (&["--visitor", "me"], "32 of 0-9 and a-f"),
        (&["--visitor", SUBJECT, "--record", RECORD], "cannot be used with"),
    ] {
        let output = consentry(&[&base[..], more].concat());
        assert_eq!(code(&output), 2, "{more:?}");
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    }
    assert!(server.lines().is_empty());
}

#[test]
fn key_made_is_the_key_shown() {
    let made = consentry(&["key", "new", "--origin", ORIGIN]);
    assert_eq!(code(&made), 0, "{}", stderr(&made));
    let secret = stdout(&made);
    let seed: [u8; 32] = parse_hex(secret.trim_end()).unwrap();
    assert_ne!(secret, stdout(&consentry(&["key", "new"])), "never the same twice");
    let vkey = SigningKey::from_seed(ORIGIN, &seed).unwrap().public().to_vkey();
    assert!(
        stderr(&made).contains("CONSENTRY_LOG_KEY") && stderr(&made).contains(&vkey),
        "{}",
        stderr(&made)
    );
    assert!(!stderr(&made).contains(secret.trim_end()));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    std::fs::write(&file, &secret).unwrap();
    let show = ["key", "show", "--origin", ORIGIN, "--key-file"];
    let shown = consentry(&[&show[..], &[file.to_str().unwrap()]].concat());
    assert_eq!((code(&shown), stdout(&shown).trim_end()), (0, vkey.as_str()), "{}", stderr(&shown));
    let mut piped = command(&[&show[..], &["-", "--json"]].concat());
    let mut piped = piped.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    piped.stdin.take().unwrap().write_all(secret.as_bytes()).unwrap();
    let piped = piped.wait_with_output().unwrap();
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&piped.stdout).unwrap()["vkey"], vkey);
    let json: serde_json::Value =
        serde_json::from_slice(&consentry(&["key", "new", "--json"]).stdout).unwrap();
    assert_eq!((json["secret"].as_str().unwrap().len(), &json["vkey"]), (64, &serde_json::Value::Null));
}

#[test]
fn key_that_is_none_is_refused_and_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    std::fs::write(&file, "almost-a-secret").unwrap();
    let show = ["key", "show", "--origin", ORIGIN, "--key-file", file.to_str().unwrap()];
    let output = consentry(&show);
    assert_eq!(code(&output), 1);
    assert!(!stderr(&output).contains("almost"), "{}", stderr(&output));
    std::fs::remove_file(&file).unwrap();
    assert_eq!(code(&consentry(&show)), 1);
    assert_eq!(code(&consentry(&["key", "new", "--origin", "two words"])), 2);
}

/// The keys of a log that changed its key twice.
fn keys() -> LogKeys {
    let signers = [1, 2, 3].map(|seed| SigningKey::from_seed(ORIGIN, &[seed; 32]).unwrap());
    let changes = signers.windows(2).map(|pair| {
        let [old, new] = [&pair[0], &pair[1]].map(|key| key.public().to_vkey());
        let time = UnixMillis(1_763_800_000_000);
        let signature = pair[0].sign(&key_change_message(time, &old, &new)).unwrap().try_into().unwrap();
        let change = serialize_key_change(&KeyChange { time, old, new, signature });
        serialize_hex(&serialize_entry(Kind::KeyChange, &change).unwrap())
    });
    LogKeys { changes: changes.collect(), keys: signers.iter().map(|key| key.public().to_vkey()).collect() }
}

fn fetched(keys: &LogKeys, more: &[&str]) -> (i32, String, Vec<String>) {
    let body = serde_json::to_vec(keys).unwrap();
    let server = Server::start(move |_| answer(200, &[], &body));
    let output = consentry(&[&["key", "fetch", "--site", "shop", "--url", &server.url], more].concat());
    (code(&output), stdout(&output), server.lines())
}

#[test]
fn keys_fetched_are_listed_if_they_follow_from_one_another() {
    let good = keys();
    let (exit, said, asked) = fetched(&good, &[]);
    assert_eq!((exit, said.lines().collect::<Vec<_>>()), (0, good.keys.iter().map(String::as_str).collect()));
    assert_eq!(asked, ["GET /_c/log/shop/keys"]);
    let (exit, said, asked) = fetched(&good, &["--part", "3", "--json"]);
    assert_eq!((exit, serde_json::from_str::<LogKeys>(&said).unwrap()), (0, good.clone()));
    assert_eq!(asked, ["GET /_c/log/shop/3/keys"]);
    type Spoil = fn(&mut LogKeys);
    let spoils: [Spoil; 5] = [
        |keys| drop(keys.changes.pop()),
        |keys| drop(keys.keys.remove(0)),
        |keys| keys.keys.swap(0, 2),
        |keys| keys.changes.swap(0, 1),
        // Its last byte is in the signature.
        |keys| {
            let last = keys.changes[0].pop();
            keys.changes[0].push(if last == Some('0') { '1' } else { '0' });
        },
    ];
    for (nth, spoil) in spoils.into_iter().enumerate() {
        let mut keys = good.clone();
        spoil(&mut keys);
        assert_eq!(fetched(&keys, &[]).0, 1, "{nth}");
    }
}
