//! A site's real service over SQLite, and a log in it with everything that a log can have.

#![allow(dead_code, reason = "each test binary uses its own part")]

#[path = "../../../service/tests/support/mod.rs"]
pub mod service;

use std::collections::BTreeMap;

use consentry_api::digest::sha256_hex;
use consentry_api::snapshot::{MANIFEST_FORMAT, Manifest, Snapshot};
use consentry_core::time::DAY;
use consentry_core::{Jurisdiction, RecordId, UnixMillis};
use consentry_log::SigningKey;
use consentry_service::site::LogKeys;
use serde_json::{Value, json};
use service::{App, NOW, ORIGIN, operator, policy};

/// The log's name.
pub const ORIGIN_OF_LOG: &str = "shop.example/_c/log/shop";
/// The seeds of the log's keys, oldest first.
pub const SEEDS: [[u8; 32]; 2] = [[1; 32], [2; 32]];
/// The visitor whose records are erased.
pub const ERASED: &str = "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";

/// The public key of a seed.
pub fn vkey(seed: &[u8; 32]) -> String {
    SigningKey::from_seed(ORIGIN_OF_LOG, seed).unwrap().public().to_vkey()
}

/// A record made a second ago; `nth` makes its identifier.
pub fn record(app: &App, nth: u64, policy: u32) -> Value {
    let id = RecordId::new(
        UnixMillis(app.now() - 1_000),
        (u128::from(nth)).to_be_bytes()[6..].try_into().unwrap(),
    );
    json!({
        "id": id.to_hex(), "subject": format!("{:032x}", 7_000 + nth % 5), "action": "accept_all", "source": "banner",
        "categories": { "required": true, "functional": true, "advertising": true, "analytics": true },
        "gpc": "absent", "dnt": "unset", "policy": policy, "language": "en"
    })
}

/// Posts a record and returns its receipt.
pub fn post(app: &App, record: &Value) -> Value {
    app.sites.now.set(app.now() + 500);
    let answer = app.post_record(record);
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

/// A log in two parts: two policies, records of every kind, some erased, some pruned, one change of key.
pub fn log() -> App {
    let app = App::new();
    let mut first = policy();
    first["log"] = json!({ "shards": 2 });
    first["lifetimes"] = json!({ "record_months": 1 });
    app.publish(&first);
    for nth in 1..=12 {
        post(&app, &record(&app, nth, 1));
    }
    snapshot(&app);
    app.sites.now.set(NOW + 40 * DAY);
    let mut second = first.clone();
    second["services"].as_array_mut().unwrap().pop();
    app.publish(&second);
    assert_eq!(app.sites.ring(0).min(app.sites.ring(1)), 60_000, "pruned, and nothing more to prune");
    app.jurisdiction.set(Jurisdiction::new(Some("US"), Some("CA")));
    for nth in 13..=24 {
        let mut record = record(&app, nth, if nth % 3 == 0 { 1 } else { 2 });
        match nth % 4 {
            0 => record["subject"] = ERASED.into(),
            1 => {
                record["action"] = "save".into();
                record["source"] = "preferences".into();
                record["categories"]["advertising"] = false.into();
                record["denied_services"] = json!(["counter"]);
                record["language"] = "de".into();
            }
            2 => {
                record["action"] = "signal".into();
                record["source"] = "gpc".into();
                record["gpc"] = "on".into();
                record["signal_seen"] = true.into();
                record["categories"] = json!({ "required": true, "functional": false, "advertising": false, "analytics": false });
            }
            _ => {}
        }
        post(&app, &record);
    }
    snapshot(&app);
    let late = record(&app, 25, 2);
    app.sites.now.set(app.now() + 3_600_000);
    post(&app, &late);
    let mut next = record(&app, 26, 2);
    next["previous"] = late["id"].clone();
    post(&app, &next);
    assert_eq!(app.operate("erasures", &json!({ "subject": ERASED })).json()["erased"], 3);
    app.sites.keys.replace(LogKeys { current: Some(SEEDS[1]), previous: Some(SEEDS[0]) });
    app.sites.restart();
    for nth in 27..=34 {
        post(&app, &record(&app, nth, 2));
    }
    let one = record(&app, 35, 2);
    post(&app, &one);
    assert_eq!(app.operate("erasures", &json!({ "record": one["id"] })).json()["erased"], 1);
    app
}

/// The log as it is now.
pub fn snapshot(app: &App) -> Snapshot {
    let token = app.auditor();
    let answer = app.get("/_c/v1/sites/shop/snapshot", &[("authorization", &token)]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_value(answer.json()).unwrap()
}

/// An export and its manifest.
#[derive(Debug, Clone)]
pub struct Exported {
    pub text: String,
    pub manifest: Manifest,
}

impl Exported {
    /// Exports a log as the command line does.
    pub fn of(app: &App, format: &str, filters: &str) -> Self {
        let snapshot = snapshot(app);
        let sizes: Vec<String> = snapshot.parts.iter().map(|part| part.size.to_string()).collect();
        let path = format!("/_c/v1/sites/shop/records?format={format}&sizes={}{filters}", sizes.join(","));
        let token = app.auditor();
        let answer = app.get(&path, &[("authorization", &token)]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let filters = filters.split('&').filter_map(|pair| pair.split_once('='));
        let manifest = Manifest {
            format: MANIFEST_FORMAT.into(),
            tool: "test".into(),
            file: format!("shop.{format}"),
            file_format: format.into(),
            rows: 0,
            sha256: String::new(),
            filters: filters.map(|(name, value)| (name.into(), value.into())).collect::<BTreeMap<_, _>>(),
            snapshot,
        };
        let mut exported = Self { text: answer.text().into(), manifest };
        exported.seal();
        exported
    }

    /// Makes the manifest say what the file is, as anybody can.
    pub fn seal(&mut self) {
        let header = u64::from(self.manifest.file_format == "csv");
        self.manifest.rows = self.text.lines().count() as u64 - header;
        self.manifest.sha256 = sha256_hex(self.text.as_bytes());
    }

    /// Writes the file and its manifest into a folder; returns the file's path.
    pub fn write(&self, folder: &std::path::Path) -> String {
        let file = folder.join(&self.manifest.file);
        std::fs::write(&file, &self.text).unwrap();
        let manifest = folder.join(format!("{}.manifest.json", self.manifest.file));
        std::fs::write(manifest, serde_json::to_vec(&self.manifest).unwrap()).unwrap();
        file.to_str().unwrap().into()
    }
}

/// Headers of the operator, for those who ask over the network.
pub fn as_operator() -> (&'static str, &'static str) {
    operator()
}

/// The origin of the site's pages.
pub const PAGES: &str = ORIGIN;
