//! `consentry monitor` as it is run: growth is silent, anything else raises an alarm that others can check.

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

use consentry_log::{Origin, Trust, verify_checkpoint};
use consentry_service::site::LogKeys;
use consentry_verify::KeyChain;
use network::Network;
use serde_json::Value;
use site::service::{App, policy, sharded};
use site::{SEEDS, post, record, vkey};
use support::{code, consentry, files, stderr, stdout};

/// Looks once; the exit code and what was said.
fn look(network: &Network, folder: &Path, more: &[&str]) -> (i32, Value) {
    let state = folder.join("shop.state");
    let arguments = [
        "monitor",
        "--site",
        "shop",
        "--url",
        &network.url,
        "--state",
        state.to_str().unwrap(),
        "--once",
        "--json",
    ];
    let output = consentry(&[&arguments, more].concat());
    let said = serde_json::from_str(&stdout(&output));
    (code(&output), said.unwrap_or_else(|_| Value::String(stderr(&output))))
}

/// A log of so many records.
fn app_of(policy: &Value, records: std::ops::Range<u64>) -> App {
    let app = App::new();
    app.publish(policy);
    for nth in records {
        post(&app, &record(&app, nth, 1));
    }
    app
}

fn small() -> App {
    app_of(&policy(), 1..6)
}

fn grow(network: &Network, records: std::ops::Range<u64>) {
    network.with(move |app| {
        for nth in records {
            post(app, &record(app, nth, 1));
        }
    });
}

#[test]
fn log_that_grows_holds_from_look_to_look_over_tiles_and_over_a_change_of_keys() {
    let network = Network::start(small);
    let folder = tempfile::tempdir().unwrap();
    let (code, first) = look(&network, folder.path(), &[]);
    assert_eq!((code, &first["key_trusted"]), (0, &false.into()), "{first:#}");
    assert_eq!((&first["parts"][0]["growth"], &first["parts"][0]["size"]), (&"new".into(), &6.into()));
    let (code, same) = look(&network, folder.path(), &["--key", &vkey(&SEEDS[0])]);
    assert_eq!((code, &same["parts"][0]["growth"]), (0, &"same".into()), "{same:#}");
    let sizes: [u64; 5] = [7, 8, 255, 257, 700];
    let mut next = 6;
    for size in sizes {
        grow(&network, next..size);
        next = size;
        let (code, said) = look(&network, folder.path(), &[]);
        assert_eq!((code, &said["parts"][0]["growth"]), (0, &"grown".into()), "{size}: {said:#}");
        assert_eq!(said["parts"][0]["size"].as_u64().unwrap(), size);
    }
    network.with(|app| {
        app.sites.keys.replace(LogKeys { current: Some(SEEDS[1]), previous: Some(SEEDS[0]) });
        app.sites.restart();
    });
    assert_eq!(
        look(&network, folder.path(), &[]).1["parts"][0]["size"],
        701,
        "the change of keys is an entry"
    );
    // From now on only the new key signs, and the state still trusts the old one.
    network.with(|app| {
        app.sites.keys.replace(LogKeys { current: Some(SEEDS[1]), previous: None });
        app.sites.restart();
    });
    grow(&network, 700..705);
    let (code, said) = look(&network, folder.path(), &[]);
    assert_eq!(
        (code, &said["parts"][0]["growth"], &said["key"]),
        (0, &"grown".into(), &vkey(&SEEDS[0]).into())
    );
    assert_eq!(files(folder.path()), ["shop.state"], "no evidence of anything");
}

#[test]
fn every_part_is_watched_from_the_moment_it_is_there() {
    let network = Network::start(small);
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(look(&network, folder.path(), &[]).1["parts"].as_array().unwrap().len(), 1);
    network.with(|app| app.publish(&sharded(3)));
    let (code, said) = look(&network, folder.path(), &[]);
    let growth: Vec<&Value> = said["parts"].as_array().unwrap().iter().map(|part| &part["growth"]).collect();
    assert_eq!((code, growth), (0, vec![&"grown".into(), &"new".into(), &"new".into()]), "{said:#}");
    network.with(|app| {
        let path = "/_c/v1/sites/shop/records";
        assert!(app.get(path, &[]).status == 401, "the monitor needs no token, everybody else does");
        (10..30).for_each(|nth| drop(post(app, &record(app, nth, 2))));
    });
    let (code, said) = look(&network, folder.path(), &[]);
    assert_eq!((code, &said["parts"][2]["growth"]), (0, &"grown".into()), "{said:#}");
    // A part that is gone was cut off, and with it every record in it.
    let gone = Network::spoilt(small, |path, _, body| (if path.contains("/1/") { 404 } else { 200 }, body));
    let (code, said) = look(&gone, folder.path(), &[]);
    assert_eq!((code, &said["alarm"]), (5, &"shrunk".into()), "{said:#}");
}

#[test]
fn log_that_forked_raises_an_alarm_and_the_evidence_convinces_a_third_party() {
    let network = Network::start(|| app_of(&policy(), 1..301));
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(look(&network, folder.path(), &["--key", &vkey(&SEEDS[0])]).0, 0);
    let state = std::fs::read(folder.path().join("shop.state")).unwrap();
    // Another history, of the same length and longer, with the same key.
    for records in [301, 420] {
        network.with(move |app| *app = app_of(&policy(), 2..records + 1));
        let (code, said) = look(&network, folder.path(), &[]);
        assert_eq!((code, &said["alarm"], &said["part"]), (5, &"forked".into(), &0.into()), "{said:#}");
        assert_eq!(
            std::fs::read(folder.path().join("shop.state")).unwrap(),
            state,
            "what held is remembered"
        );
        let evidence = std::fs::read(folder.path().join("shop.state.evidence.json")).unwrap();
        let evidence: Value = serde_json::from_slice(&evidence).unwrap();
        let key = KeyChain::follow(&[vkey(&SEEDS[0])], &[], None).unwrap();
        let origin: &Origin = key.origin();
        let trust = Trust { origin, keys: &key.trusted(0), witnesses: &[] };
        let heads = ["older", "newer"].map(|name| {
            *verify_checkpoint(evidence[name].as_str().unwrap().as_bytes(), &trust).unwrap().head()
        });
        assert_ne!(heads[0].root, heads[1].root);
        assert_eq!(heads.map(|head| head.size.0), [301, records]);
        assert_eq!(
            evidence["tiles"].as_array().unwrap().is_empty(),
            records == 301,
            "the same size says it all"
        );
    }
}

#[test]
fn log_that_shrank_raises_an_alarm_once_it_is_no_old_answer_of_a_cache() {
    let network = Network::start(small);
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(look(&network, folder.path(), &[]).0, 0);
    network.with(|app| *app = app_of(&policy(), 1..3));
    let (code, said) = look(&network, folder.path(), &[]);
    assert_eq!((code, &said["alarm"]), (5, &"shrunk".into()), "{said:#}");
    assert!(said["what"].as_str().unwrap().contains("from 6 to 3"), "{said:#}");
}

#[test]
fn key_that_was_replaced_without_the_old_ones_word_raises_an_alarm() {
    let network = Network::start(small);
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(look(&network, folder.path(), &[]).0, 0);
    network.with(|app| {
        let keys = app.sites.keys.clone();
        *app = App::new();
        keys.replace(LogKeys { current: Some([9; 32]), previous: None });
        app.sites.keys.replace(LogKeys { current: Some([9; 32]), previous: None });
        app.publish(&policy());
        (1..6).for_each(|nth| drop(post(app, &record(app, nth, 1))));
    });
    let (code, said) = look(&network, folder.path(), &[]);
    assert_eq!((code, &said["alarm"]), (5, &"key".into()), "{said:#}");
    // A stranger's signature under a log whose keys are the right ones.
    let stranger = Network::spoilt(small, |path, status, body| {
        let text = String::from_utf8_lossy(&body).into_owned();
        if path.ends_with("/checkpoint") {
            (status, text.replace("\n6\n", "\n5\n").into_bytes())
        } else {
            (status, body)
        }
    });
    let (code, said) = look(&stranger, folder.path(), &[]);
    assert_eq!((code, &said["alarm"]), (5, &"checkpoint".into()), "{said:#}");
    let (code, said) = look(&network, tempfile::tempdir().unwrap().path(), &["--key", &vkey(&SEEDS[0])]);
    assert_eq!((code, &said["alarm"]), (5, &"key".into()), "{said:#}");
}

#[test]
fn tiles_that_do_not_belong_to_the_checkpoint_raise_an_alarm_that_is_no_fork() {
    let honest = Network::start(|| app_of(&policy(), 1..300));
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(look(&honest, folder.path(), &[]).0, 0);
    let spoilt = Network::spoilt(
        || app_of(&policy(), 1..400),
        |path, status, mut body| {
            if path.contains("/tile/0/") {
                body[0] ^= 1;
            }
            (status, body)
        },
    );
    let (code, said) = look(&spoilt, folder.path(), &[]);
    assert_eq!((code, &said["alarm"]), (5, &"bad-tiles".into()), "{said:#}");
}

#[test]
fn state_of_another_site_or_key_is_not_used_and_a_service_that_is_down_exits_3() {
    let network = Network::start(small);
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(look(&network, folder.path(), &[]).0, 0);
    assert_eq!(look(&network, folder.path(), &["--key", &vkey(&SEEDS[1])]).0, 2);
    let state = folder.path().join("shop.state");
    let text = std::fs::read_to_string(&state).unwrap();
    for broken in [text.replace("\"shop\"", "\"blog\""), text.replace("monitor.v1", "monitor.v2"), "{".into()]
    {
        std::fs::write(&state, broken).unwrap();
        assert_eq!(look(&network, folder.path(), &[]).0, 1);
    }
    std::fs::write(&state, text).unwrap();
    network.with(|app| app.sites.down.set(true));
    assert_eq!(look(&network, folder.path(), &[]).0, 3);
}
