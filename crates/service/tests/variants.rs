//! Variants of the first layer: drawn without knowing anybody, kept as long as the browser keeps the script, and named in
//! whatever is said about them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use support::{App, ORIGIN, gate_parts, policy, record};

/// The test policy with three variants: as it is, with other words, with another colour.
fn varied() -> Value {
    let mut policy = policy();
    policy["theme"] = json!({ "radius": 4, "accent": "#0b57d0" });
    policy["variants"] = json!([
        { "id": "a", "weight": 2 },
        { "id": "b", "texts": { "en": { "title": "Cookies?", "body": "A few words." } } },
        { "id": "c", "theme": { "accent": "#8c1d18" } }
    ]);
    policy
}

fn with_variants() -> App {
    let app = App::new();
    app.publish(&varied());
    app
}

fn payload(text: &str) -> Value {
    gate_parts(text).0
}

#[test]
fn variant_is_drawn_by_its_weight_and_is_the_same_bytes_for_everybody() {
    let app = with_variants();
    let mut drawn: BTreeMap<String, BTreeSet<Vec<u8>>> = BTreeMap::new();
    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..80 {
        let answer = app.get("/_c/shop.js", &[("cookie", "__Host-consentry=1.junk")]);
        assert_eq!(answer.header("set-cookie"), "", "nothing is stored to remember it by");
        let variant = payload(answer.text())["language"].as_str().unwrap().to_owned();
        *times.entry(variant.clone()).or_default() += 1;
        drawn.entry(variant).or_default().insert(answer.body);
    }
    assert_eq!(times.keys().collect::<Vec<_>>(), ["en-x-a", "en-x-b", "en-x-c"]);
    assert!(drawn.values().all(|bodies| bodies.len() == 1));
    let [a, b, c] = ["en-x-a", "en-x-b", "en-x-c"].map(|name| times[name]);
    assert_eq!((a, b, c), (40, 20, 20), "the tests' random bytes come round evenly");
}

#[test]
fn variant_that_the_browser_has_is_kept_when_it_asks_again() {
    let app = with_variants();
    let etags: BTreeSet<String> =
        (0..20).map(|_| app.get("/_c/shop.js", &[]).header("etag").to_owned()).collect();
    assert_eq!(etags.len(), 3);
    for etag in &etags {
        for _ in 0..6 {
            let again = app.get("/_c/shop.js", &[("if-none-match", etag)]);
            assert_eq!((again.status, again.header("etag")), (304, etag.as_str()));
            assert!(again.header("cache-control").starts_with("private"));
        }
    }
    assert_eq!(app.get("/_c/shop.js", &[("if-none-match", "\"another\"")]).status, 200);
}

#[test]
fn variant_differs_in_what_it_says_and_nothing_else() {
    let app = with_variants();
    let payloads: BTreeMap<String, Value> = (0..20)
        .map(|_| payload(app.get("/_c/shop.js", &[]).text()))
        .map(|payload| (payload["language"].as_str().unwrap().to_owned(), payload))
        .collect();
    let [a, b, c] = ["en-x-a", "en-x-b", "en-x-c"].map(|name| &payloads[name]);
    let without = |payload: &Value, names: &[&str]| {
        let mut rest = payload.clone();
        names.iter().for_each(|name| drop(rest.as_object_mut().unwrap().remove(*name)));
        rest
    };
    assert_eq!(without(a, &["language", "page", "html"]), without(b, &["language", "page", "html"]));
    assert_eq!(without(a, &["language", "page", "css"]), without(c, &["language", "page", "css"]));
    let html = |payload: &Value| payload["html"].as_str().unwrap().to_owned();
    assert!(html(b).contains("Cookies?") && html(b).contains("A few words."));
    assert!(!html(a).contains("Cookies?"));
    // The buttons, and the language that screen readers are told, are the same to the byte.
    let form = |payload: &Value| html(payload).split_once("<form").unwrap().1.to_owned();
    assert_eq!(form(a), form(b));
    assert!(html(b).contains("lang=en ") && !html(b).contains("-x-"), "{}", html(b));
    let css = |payload: &Value| payload["css"].as_str().unwrap().to_owned();
    assert!(css(c).contains("#8c1d18") && css(c).contains("--cy-radius:4px"), "the rest is the policy's");
}

#[test]
fn record_says_which_variant_was_shown_and_is_counted_under_it() {
    let app = with_variants();
    for (nth, language) in [(1, "en-x-a"), (2, "en-x-b"), (3, "en-x-b"), (4, "en"), (5, "de-x-c")] {
        let mut record = record(nth);
        record["language"] = language.into();
        assert_eq!(app.post_record(&record).status, 201, "{language}");
        let shown = json!({ "event": "shown", "language": language }).to_string();
        let headers = [("origin", ORIGIN), ("content-type", "text/plain")];
        assert_eq!(app.send("POST", "/_c/v1/sites/shop/shown", &headers, shown.as_bytes()).status, 204);
    }
    let mut unknown = record(6);
    unknown["language"] = "en-x-z".into();
    assert_eq!(app.post_record(&unknown).problem(), "record-language");
    assert_eq!(app.export("")[1]["language"], "en-x-b");
    let token = app.auditor();
    let stats = app.get("/_c/v1/sites/shop/stats?by=variant", &[("authorization", &token)]).json();
    let told: Vec<(&str, u64, u64)> = stats["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["variant"].as_str().unwrap(),
                row["shown"].as_u64().unwrap(),
                row["accepted"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [("a", 1, 1), ("b", 2, 2), ("c", 1, 1), ("none", 1, 1)]);
    // A receipt is in the language, whatever variant of the first layer there was.
    let receipt = app.get(
        &format!("/_c/v1/sites/shop/records/{}?profile=kantara", support::record_id(5)),
        &[("authorization", &token)],
    );
    assert_eq!(receipt.status, 200, "{}", receipt.text());
}

#[test]
fn notice_of_a_variant_has_its_words_and_the_log_has_their_hash() {
    let app = with_variants();
    let notice = |language: &str| {
        let answer = app.get(&format!("/_c/v1/sites/shop/notice?policy=1&language={language}"), &[]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    };
    assert_eq!(notice("en-x-b")["texts"]["title"], "Cookies?");
    assert_eq!(notice("en-x-b")["language"], "en");
    assert_eq!(notice("en"), notice("en-x-a"));
    assert_ne!(notice("en")["texts"]["title"], "Cookies?");
    assert_eq!(app.get("/_c/v1/sites/shop/notice?language=en-x-z", &[]).status, 404);
    let entry: Vec<u8> = app
        .sites
        .database
        .connection
        .query_row("SELECT entry FROM entries WHERE idx = 0", [], |row| row.get(0))
        .unwrap();
    let payload = consentry_log::parse_entry(&entry).unwrap().payload;
    let published = consentry_core::statement::parse_policy_published(payload).unwrap();
    let languages: Vec<&str> = published.texts.iter().map(|(language, _)| language.as_str()).collect();
    assert_eq!(languages, ["en", "en-x-b", "de"]);
}

#[test]
fn policy_with_variants_asks_nobody_again_and_one_without_serves_the_same_to_all() {
    let app = App::published();
    let before = payload(app.get("/_c/shop.js", &[]).text());
    let bodies: BTreeSet<Vec<u8>> = (0..10).map(|_| app.get("/_c/shop.js", &[]).body).collect();
    assert_eq!(bodies.len(), 1);
    app.publish(&varied());
    let after = payload(app.get("/_c/shop.js", &[]).text());
    assert_eq!(before["fingerprint"], after["fingerprint"]);
}

#[test]
fn variant_that_could_mislead_or_cannot_be_told_apart_is_refused_with_its_place() {
    let app = App::new();
    let many: Vec<Value> = (0..9).map(|nth| json!({ "id": nth.to_string() })).collect();
    for (variants, path) in [
        (json!([{ "id": "B" }]), "variants[0].id"),
        (json!([{ "id": "ninechars" }]), "variants[0].id"),
        (json!([{ "id": "none" }]), "variants[0].id"),
        (json!([{ "id": "a" }, { "id": "a" }]), "variants[1].id"),
        (json!([{ "id": "a", "weight": 0 }]), "variants[0].weight"),
        (
            json!([{ "id": "a", "texts": { "en": { "reject_all": "Maybe later" } } }]),
            "variants[0].texts.en.reject_all",
        ),
        (json!([{ "id": "a", "texts": { "en": { "body": " " } } }]), "variants[0].texts.en.body"),
        (json!([{ "id": "a", "texts": { "fr": { "body": "x" } } }]), "variants[0].texts.fr"),
        (json!([{ "id": "a", "theme": { "accent": "#eeeeee" } }]), "variants[0].theme.accent"),
        (json!([{ "id": "a", "theme": { "radius": 99 } }]), "variants[0].theme.radius"),
        (json!(many), "variants"),
    ] {
        let mut policy = policy();
        policy["variants"] = variants.clone();
        let answer = app.send(
            "PUT",
            "/_c/v1/sites/shop/policy",
            &[support::operator()],
            policy.to_string().as_bytes(),
        );
        assert_eq!(answer.problem(), "policy-invalid", "{variants}");
        let errors = answer.json()["errors"].clone();
        assert_eq!(errors[0]["path"], path, "{variants}: {errors}");
    }
}
