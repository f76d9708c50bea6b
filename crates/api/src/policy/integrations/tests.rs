//! What parts are handed, and which policies are refused.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use consentry_core::Jurisdiction;
use serde_json::{Value, json};

use super::parts;
use crate::policy::{Problem, Published, check};

/// A policy with a category of the site's own, four services, and these integrations; `edit` changes the rest.
fn policy(integrations: Value, edit: fn(&mut Value)) -> Result<Published, Vec<Problem>> {
    let service = |id: &str, category: &str| json!({ "id": id, "name": id, "category": category, "controller": "X", "description": { "en": "x" } });
    let words = json!({ "en": "x" });
    let mut file = json!({
        "site": "shop",
        "origins": ["https://shop.example"],
        "languages": ["en"],
        "controller": { "name": "Shop", "contact": "a@b.example", "privacy_url": "https://shop.example/privacy" },
        "categories": [
            { "id": "analytics", "name": words, "description": words, "consent_types": ["analytics_storage"] },
        ],
        "services": [
            service("ads", "advertising"), service("counter", "analytics"),
            service("clarity", "functional"), service("chat", "functional"),
        ],
        "integrations": integrations,
    });
    edit(&mut file);
    check(serde_json::from_value(file).unwrap())
}

fn same(_: &mut Value) {}

fn parts_at(policy: &Published, place: &str) -> Vec<(&'static str, Value)> {
    let place = Jurisdiction::parse(place).unwrap();
    parts(&policy.file, &policy.policy, policy.policy.model(place), place)
}

fn config(integrations: Value, place: &str) -> Value {
    let mut parts = parts_at(&policy(integrations, same).unwrap(), place);
    assert_eq!(parts.len(), 1);
    parts.remove(0).1
}

fn paths(integrations: Value, edit: fn(&mut Value)) -> Vec<String> {
    policy(integrations, edit).unwrap_err().into_iter().map(|problem| problem.path).collect()
}

#[test]
fn policy_without_integrations_needs_no_part_and_says_nothing_of_them() {
    let policy = policy(json!({}), same).unwrap();
    assert_eq!(parts_at(&policy, "DE"), []);
    assert_eq!(serde_json::to_value(&policy.file).unwrap().get("integrations"), None);
}

#[test]
fn google_types_follow_the_category_that_names_them_or_the_one_they_are_made_for() {
    let google = config(json!({ "google": { "services": ["ads", "counter"] } }), "DE");
    assert_eq!(
        google,
        json!({
            "types": {
                "ad_storage": ["advertising", "ads"],
                "ad_user_data": ["advertising", "ads"],
                "ad_personalization": ["advertising", "ads"],
                "analytics_storage": ["analytics", "counter"],
                "functionality_storage": ["functional"],
                "personalization_storage": ["functional"],
                "security_storage": ["required"],
            },
            "layer": "dataLayer",
            "open": false,
            "set": { "ads_data_redaction": true },
        })
    );
}

#[test]
fn google_analytics_that_no_category_names_goes_with_advertising() {
    let policy = policy(json!({ "google": {} }), |file| {
        file["categories"] = json!([]);
        file["services"] = json!([]);
    })
    .unwrap();
    assert_eq!(parts_at(&policy, "DE")[0].1["types"]["analytics_storage"], json!(["advertising"]));
}

#[test]
fn google_where_refusal_ends_it_is_open_and_names_the_places_that_ask_first_except_the_visitors() {
    let google = json!({ "google": { "wait_for_update": 500, "event": "e", "url_passthrough": true } });
    let open = config(google.clone(), "US-CA");
    assert_eq!(open["open"], json!(true));
    let region: Vec<&str> =
        open["region"].as_array().unwrap().iter().map(|at| at.as_str().unwrap()).collect();
    for place in ["DE", "FR", "GB", "CH", "NO", "BR", "CA-QC"] {
        assert!(region.contains(&place), "{place} in {region:?}");
    }
    assert!(!region.iter().any(|at| at.starts_with("US") || *at == "CA" || *at == "unknown"), "{region:?}");
    assert_eq!(open["set"], json!({ "ads_data_redaction": true, "url_passthrough": true }));
    assert_eq!((&open["wait_for_update"], &open["event"]), (&json!(500), &json!("e")));
    assert_eq!(config(google, "DE").get("region"), None);

    let own = policy(json!({ "google": {} }), |file| {
        file["models"] =
            json!({ "default": "opt_out", "places": { "US": "opt_in", "JP": "opt_in", "US-CA": "opt_out" } });
    })
    .unwrap();
    let region = parts_at(&own, "US-CA")[0].1["region"].clone();
    let named = |place: &str| region.as_array().unwrap().contains(&json!(place));
    // The policy stands above the law's table; the visitor's country, were it named, would take the visitor with it.
    assert_eq!(["JP", "US-CO", "DE", "US", "US-CA"].map(named), [true, true, false, false, false]);
}

#[test]
fn microsoft_needs_the_types_category_and_the_service() {
    let both = config(json!({ "microsoft": { "uet": "ads", "clarity": "clarity" } }), "US-CA");
    assert_eq!(
        both,
        json!({
            "open": true,
            "uet": ["advertising", "ads"],
            "clarity": { "ad": ["advertising", "clarity"], "analytics": ["analytics", "clarity"] },
        })
    );
    assert_eq!(config(json!({ "microsoft": { "uet": "ads" } }), "DE").get("clarity"), None);
}

#[test]
fn meta_limits_data_use_only_where_things_run_until_refused() {
    let meta = json!({ "meta": { "service": "ads", "limited_data_use": true } });
    assert_eq!(config(meta.clone(), "US-CA"), json!({ "needs": ["advertising", "ads"], "ldu": true }));
    assert_eq!(config(meta, "DE")["ldu"], json!(false));
    assert_eq!(config(json!({ "meta": { "service": "ads" } }), "US-CA")["ldu"], json!(false));
}

#[test]
fn parts_of_everything_come_in_one_order() {
    let all = policy(
        json!({
            "google": {}, "microsoft": { "uet": "ads" }, "meta": { "service": "ads" }, "tiktok": { "service": "ads" },
            "linkedin": { "service": "ads" }, "segment": { "service": "counter" },
            "generic": [
                { "how": "call", "path": "vendor.setConsent", "event": "update", "service": "chat" },
                { "how": "set", "path": "siteConsent" },
            ],
        }),
        same,
    )
    .unwrap();
    let all = parts_at(&all, "DE");
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["google", "microsoft", "meta", "tiktok", "linkedin", "segment", "generic"]);
    let segment = json!({ "needs": ["analytics", "counter"], "event": "Segment Consent Preference Updated" });
    assert_eq!(all[5].1, segment);
    assert_eq!(
        all[6].1,
        json!([
            { "how": "call", "path": ["vendor", "setConsent"], "name": "update", "needs": ["functional", "chat"] },
            { "how": "set", "path": ["siteConsent"] },
        ])
    );
    let silent = config(json!({ "segment": { "service": "counter", "tell_changes": false } }), "DE");
    assert_eq!(silent, json!({ "needs": ["analytics", "counter"] }));
}

#[test]
fn part_of_every_name_is_a_file_of_the_gate() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/gate/src/parts");
    for name in ["google", "microsoft", "meta", "tiktok", "linkedin", "segment", "generic"] {
        assert!(std::path::Path::new(folder).join(name).with_extension("ts").exists(), "{name}");
    }
}

#[test]
fn service_that_the_policy_lacks_is_refused_where_it_is_named() {
    let everywhere = json!({
        "google": { "services": ["ads", "nobody"] }, "microsoft": { "uet": "nobody" }, "meta": { "service": "nobody" },
        "tiktok": { "service": "nobody" }, "linkedin": { "service": "nobody" }, "segment": { "service": "nobody" },
        "generic": [{ "how": "set", "path": "x", "service": "nobody" }],
    });
    let problems = policy(everywhere, same).unwrap_err();
    let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "integrations.google.services[1]",
            "integrations.microsoft.uet",
            "integrations.meta.service",
            "integrations.tiktok.service",
            "integrations.linkedin.service",
            "integrations.segment.service",
            "integrations.generic[0].service",
        ]
    );
    assert!(problems[0].allowed.contains("ads, counter") && problems[0].allowed.contains("[[services]]"));
}

#[test]
fn category_of_the_sites_own_that_no_type_follows_is_refused_unless_that_is_meant() {
    let plain = |file: &mut Value| file["categories"][0]["consent_types"] = json!([]);
    let problems = policy(json!({ "google": {} }), plain).unwrap_err();
    assert_eq!(problems[0].path, "categories[0].consent_types");
    assert!(problems[0].allowed.contains("unrelated = [\"analytics\"]"), "{}", problems[0].allowed);
    assert!(policy(json!({ "google": { "unrelated": ["analytics"] } }), plain).is_ok());
    assert!(policy(json!({ "tiktok": { "service": "ads" } }), plain).is_ok(), "only Google's matter");
    assert_eq!(
        paths(json!({ "google": { "unrelated": ["analytics", "advertising"] } }), same),
        ["integrations.google.unrelated[0]", "integrations.google.unrelated[1]"]
    );
}

#[test]
fn type_of_two_categories_and_type_that_nobody_can_refuse_are_refused() {
    let twice = |file: &mut Value| {
        let list = file["categories"].as_array_mut().unwrap();
        list.push(json!({ "id": "functional", "consent_types": ["analytics_storage"] }));
        list.push(json!({ "id": "required", "consent_types": ["security_storage", "ad_storage"] }));
    };
    let expected = ["categories[1].consent_types[0]", "categories[2].consent_types[1]"];
    assert_eq!(paths(json!({ "google": {} }), twice), expected);
    assert_eq!(paths(json!({ "microsoft": { "uet": "ads" } }), twice), expected);
    assert!(policy(json!({}), twice).is_ok(), "a policy from before there were integrations stays in force");
}

#[test]
fn generic_path_that_runs_text_or_leaves_the_page_is_refused() {
    let of = |path: &str| policy(json!({ "generic": [{ "how": "call", "path": path }] }), same);
    for path in ["vendor", "a.b.c.d", "_x.$y", "vendor.consent.update2"] {
        assert!(of(path).is_ok(), "{path}");
    }
    for path in [
        "",
        "a..b",
        ".a",
        "a.b.c.d.e",
        "a b",
        "2a",
        "a[0]",
        "a()",
        "eval",
        "window.eval",
        "x.constructor",
        "a.__proto__.b",
        "setTimeout",
        "document.write",
        "location",
        "ä",
    ] {
        assert_eq!(of(path).unwrap_err()[0].path, "integrations.generic[0].path", "{path}");
    }
}

#[test]
fn rest_that_cannot_be_meant_is_refused() {
    let google = json!({ "google": { "wait_for_update": 10_001, "data_layer": "data layer", "event": "" } });
    let fields =
        ["wait_for_update", "data_layer", "event"].map(|field| format!("integrations.google.{field}"));
    assert_eq!(paths(google, same), fields);
    assert_eq!(paths(json!({ "microsoft": {} }), same), ["integrations.microsoft"]);
    let text = json!({ "generic": [{ "how": "push", "path": "x", "event": "alert(1)" }] });
    assert_eq!(paths(text, same), ["integrations.generic[0].event"]);
}

#[test]
fn integration_is_not_material() {
    let [without, with] = [json!({}), json!({ "google": {} })].map(|value| policy(value, same).unwrap());
    assert_eq!(without.policy.fingerprint(), with.policy.fingerprint());
}
