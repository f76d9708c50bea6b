//! Every place of the law's table × signal × stored choice: what is asked, granted, shown and said, as the service hands it out.
//!
//! The walk checks each outcome against rules spelled a second time here, and writes two files that are kept beside the code:
//! `docs/law.md` for lawyers and `tests/vectors/law.json` for the gate. Stale ones fail; `CONSENTRY_WRITE=1` writes them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "../support/mod.rs"]
mod support;

mod page;
mod walk;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use consentry_core::law::{TABLE, law_of};
use consentry_core::{Grants, Jurisdiction, Model};
use serde_json::{Value, json};
use walk::{Case, Group, SIGNALS, STORED, Seen, Stored, groups, place_of, walk};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares a file that is kept with what it should say, or writes it.
fn keep(file: &str, wanted: &str) {
    let path = root().join(file);
    if std::env::var_os("CONSENTRY_WRITE").is_some() {
        std::fs::write(&path, wanted).expect("the file can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "{file} is stale: CONSENTRY_WRITE=1 cargo test -p consentry-service --test law");
}

/// The rules once more, in as few words as possible, to hold against every case of every place.
fn expected(group: &Group, case: &Case) -> Seen {
    let advertising_only = group.effect == "advertising";
    let (gpc, dnt) = SIGNALS[case.signal].1;
    let rules = law_of(group.place).rules;
    let everything = Grants(0b111);
    let denied = if advertising_only { Grants::ADVERTISING } else { Grants(0b110) };
    let default = if rules.model == Model::OptIn { Grants::REQUIRED } else { everything };
    // What the visitor was told of when they chose; only the override was made in spite of a signal: Global Privacy Control.
    let told = case.stored == Stored::Override;
    let overridden = told && !dnt;
    let honoured = (gpc || dnt || told) && !overridden;
    let (granted, ask) = match case.stored {
        Stored::None => (default, 1),
        Stored::Accepted | Stored::Override => (everything, 0),
        Stored::Rejected => (Grants::REQUIRED, 0),
        Stored::Saved => (Grants(0b011), 0),
        // Never wider than what was chosen, and never wider than the default.
        Stored::Outdated => (default, 2),
        // Nothing but time has passed, so nobody is told of a change.
        Stored::Expired => (default, 1),
        Stored::OutdatedSaved => (default.and(Grants(0b011)), 2),
        Stored::Cooling => (Grants::REQUIRED, 0),
        Stored::RefusedLongAgo => (Grants::REQUIRED, 1),
    };
    let ask = if honoured || rules.model == Model::Notice { 0 } else { ask };
    let granted = if honoured { granted.without(denied) } else { granted };
    Seen { granted: granted.0, ask, honoured }
}

#[test]
fn law_of_every_place_signal_and_choice_comes_out_as_the_rules_say() {
    let mut cases = 0;
    for effect in ["non_required", "advertising"] {
        for group in walk(effect) {
            let rules = law_of(group.place).rules;
            let model = group.payload.get("model").map_or(json!("opt_in"), Clone::clone);
            assert_eq!(model, rules.model.as_str(), "{}", group.place);
            for case in &group.cases {
                assert_eq!(case.seen, expected(&group, case), "{} {effect} {case:?}", group.place);
                cases += 1;
            }
        }
    }
    // So many places, both reaches of a signal, four states of the signals, and every stored choice.
    assert_eq!(cases, (TABLE.len() + 2) * 2 * SIGNALS.len() * STORED.len());
}

#[test]
fn words_of_every_place_follow_its_law_and_the_reach_of_the_signal() {
    let texts = consentry_api::texts::texts("en", &Default::default()).unwrap();
    for effect in ["non_required", "advertising"] {
        for group in walk(effect) {
            let rules = law_of(group.place).rules;
            let html = group.payload["html"].as_str().unwrap();
            let says = |text: &str| html.contains(text);
            let at = group.place;
            assert_eq!(says(&texts.body), rules.model == Model::OptIn, "{at}");
            assert_eq!(says(&texts.body_opt_out), rules.model != Model::OptIn, "{at}");
            assert_eq!(says(&texts.privacy_choices), rules.opt_out_entry, "{at}");
            assert_eq!(says(&texts.link), !rules.opt_out_entry, "{at}");
            assert_eq!(says(&texts.honoured_body), effect == "non_required", "{at}");
            assert_eq!(says(&texts.honoured_body_advertising), effect == "advertising", "{at}");
            // Displayed everywhere, hence wherever the law asks for it.
            assert!(says(&texts.honoured_title) && says("data-consentry-part=status"), "{at}");
            assert!(says(&texts.ask_again), "{at}");
        }
    }
}

#[test]
fn refusal_where_things_run_by_default_is_remembered_as_long_as_browsers_can() {
    for group in walk("non_required") {
        let tail = group.payload["cookie"][1].as_str().unwrap();
        let days = if law_of(group.place).rules.model == Model::OptIn { 180..=184 } else { 400..=400 };
        let kept = days
            .into_iter()
            .any(|days: u64| tail == format!(";path=/;max-age={};samesite=lax", days * 86_400));
        assert!(kept, "{}: {tail}", group.place);
    }
}

#[test]
fn law_page_is_what_the_service_does() {
    keep("docs/law.md", &page::page(&groups(walk("non_required")), &groups(walk("advertising"))));
}

#[test]
fn law_vectors_for_the_gate_are_what_the_service_hands_out() {
    let mut all = Vec::new();
    for effect in ["non_required", "advertising"] {
        for (places, group) in groups(walk(effect)) {
            let mut payload = group.payload.clone();
            for shown_only in ["html", "css", "banner", "site", "policy", "header", "language", "elsewhere"] {
                payload.as_object_mut().unwrap().remove(shown_only);
            }
            let cases: Vec<_> = group
                .cases
                .iter()
                .map(|case| {
                    let Seen { granted, ask, honoured } = case.seen;
                    json!([SIGNALS[case.signal].2, case.stored.name(), case.cookie, granted, ask, honoured])
                })
                .collect();
            all.push(
                json!({ "places": places.join(" "), "effect": effect, "payload": payload, "cases": cases }),
            );
        }
    }
    // A case per line, so that a difference can be read.
    let text = serde_json::to_string(&sorted(json!({ "now": support::NOW, "groups": all }))).unwrap();
    let text = text.replace("[[", "[\n [").replace("],[", "],\n [").replace("},{", "},\n{");
    keep("tests/vectors/law.json", &(text + "\n"));
}

/// Members in the order of their names: what other packages of the workspace switch on in `serde_json` must not matter.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(all) => all.into_iter().map(sorted).collect(),
        Value::Object(members) => {
            let members: BTreeMap<String, Value> = members.into_iter().collect();
            members.into_iter().map(|(name, value)| (name, sorted(value))).collect()
        }
        other => other,
    }
}

#[test]
fn place_nobody_looked_up_is_ruled_by_the_strictest_model() {
    for place in ["GF", "AQ", "unknown"] {
        assert_eq!(law_of(Jurisdiction::parse(place).unwrap()).rules.model, Model::OptIn, "{place}");
    }
    assert_eq!(place_of("US-*").to_string(), "US-WY");
}
