//! Tools that answer banners for their visitors: they find ours, refuse for them, and the log says that it was refused.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::autoconsent::{Autoconsent, Wish};
use crate::support::browser::{FORM, LAYER};
use crate::support::edge::texts;
use crate::support::{Browser, Edge, Engine, journeys};

journeys! {
    autoconsent_by_heuristic_refuses_in_every_language_it_knows on chromium;
    autoconsent_by_our_rule_refuses_and_finds_it_done on chromium;
    autoconsent_by_our_rule_accepts_for_who_wants_that on chromium;
    consent_o_matic_by_our_rule_finds_one_element_for_each_step on chromium;
}

/// Our languages whose words are in autoconsent's heuristics: it must recognise the banner, and the button that refuses.
const KNOWN: [&str; 9] = ["en", "de", "fr", "nl", "it", "es", "pl", "pt", "pt-BR"];

const AUTOCONSENT_RULE: &str = include_str!("../../../../www/tools/autoconsent.json");
const CONSENT_O_MATIC_RULE: &str = include_str!("../../../../www/tools/consent-o-matic.json");

fn autoconsent_by_heuristic_refuses_in_every_language_it_knows(engine: Engine) {
    let edge = Edge::start();
    edge.publish_in(&KNOWN);
    let browser = Browser::start(engine);
    let home = std::fs::read_to_string(edge.pages().join("index.html")).expect("the home page");
    for (before, language) in KNOWN.into_iter().enumerate() {
        println!("in {language}");
        let page = home
            .replace("/_c/demo.js", &format!("/_c/demo.js?lang={language}"))
            .replace("<html lang=\"en\">", &format!("<html lang=\"{language}\">"));
        let name = format!("in-{language}.html");
        std::fs::write(edge.pages().join(&name), page).expect("room for a page");
        browser.visit(&edge.url(&format!("/{name}")));
        browser.wait_for(LAYER);
        assert_eq!(browser.text(&format!("{LAYER} h2")), texts(language)["title"], "{language}");
        let tool = Autoconsent::start(&browser, Wish::OptOut, None);
        assert_eq!(tool.wait_for("cmpDetected")["cmp"], "HEURISTIC-REJECT", "{language}");
        assert_eq!(tool.wait_for("optOutResult")["result"], true, "{language}");
        assert_eq!(tool.wait_for("autoconsentDone")["totalClicks"], 1, "{language}");
        browser.wait_without(LAYER);
        assert!(browser.wait_until_recorded().is_refusal(), "{language}");
        let row = edge.wait_for_records(before + 1).pop().expect("a record");
        assert_eq!((&row["action"], &row["language"]), (&json!("reject_all"), &json!(language)));
        assert_eq!(row["categories"], json!({ "required": true, "functional": false, "advertising": false }));
        browser.forget();
    }
    edge.assert_no_hits();
}

fn autoconsent_by_our_rule_refuses_and_finds_it_done(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.wait_for(LAYER);
    let tool = Autoconsent::start(&browser, Wish::OptOut, Some(rule()));
    assert_eq!(tool.wait_for("cmpDetected")["cmp"], "consentry");
    assert_eq!(tool.wait_for("popupFound")["cmp"], "consentry");
    let result = tool.wait_for("optOutResult");
    assert_eq!((&result["result"], &result["scheduleSelfTest"]), (&json!(true), &json!(true)));
    browser.wait_without(LAYER);
    assert_eq!(tool.check_itself()["result"], true);
    browser.wait_until_recorded();
    assert_eq!(edge.only_record()["action"], "reject_all");
    edge.assert_no_hits();
    browser.assert_no_trouble();
    // On the next page it knows us, and sees that there is nothing to answer.
    browser.visit(&edge.url("/kit.html"));
    let tool = Autoconsent::start(&browser, Wish::OptOut, Some(rule()));
    assert_eq!(tool.wait_for("cmpDetected")["cmp"], "consentry");
    edge.assert_no_hits();
    assert_eq!(edge.only_record()["action"], "reject_all");
}

fn autoconsent_by_our_rule_accepts_for_who_wants_that(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.wait_for(LAYER);
    let tool = Autoconsent::start(&browser, Wish::OptIn, Some(rule()));
    assert_eq!(tool.wait_for("optInResult")["result"], true);
    browser.wait_without(LAYER);
    browser.wait_until_recorded();
    assert_eq!(edge.only_record()["action"], "accept_all");
}

fn rule() -> Value {
    serde_json::from_str(AUTOCONSENT_RULE).expect("our rule is JSON")
}

/// Consent-O-Matic is no package, so the steps of its rule are walked by hand: every selector must lead to one element, there
/// and then.
fn consent_o_matic_by_our_rule_finds_one_element_for_each_step(engine: Engine) {
    let rules: Value = serde_json::from_str(CONSENT_O_MATIC_RULE).expect("our rule is JSON");
    let rule = &rules["consentry"];
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.wait_for(LAYER);
    let one = |css: &str| {
        let count = browser.run(&format!("return document.querySelectorAll({css:?}).length"));
        assert_eq!(count, 1, "{css}");
        assert_ne!(browser.run(&format!("return document.querySelector({css:?}).offsetHeight")), 0, "{css}");
    };
    selectors(&rule["detectors"]).iter().for_each(|css| one(css));
    let open = &method(rule, "OPEN_OPTIONS")["falseAction"]["actions"];
    selectors(&open[0]).iter().for_each(|css| one(css));
    selectors(&method(rule, "OPEN_OPTIONS")["trueAction"]).iter().for_each(|css| one(css));
    browser.click(&selectors(&open[0]).pop_first().expect("what opens"));
    browser.wait_for(FORM);
    for part in [&open[1], method(rule, "DO_CONSENT"), method(rule, "SAVE_CONSENT")] {
        let all = selectors(part);
        assert!(!all.is_empty(), "{part}");
        all.iter().for_each(|css| one(css));
    }
    // As for somebody who allows what the rule calls performance and analytics, and no advertising.
    let consents = &method(rule, "DO_CONSENT")["falseAction"]["consents"];
    assert_eq!((&consents[0]["type"], &consents[1]["type"]), (&json!("B"), &json!("F")));
    let toggle = selectors(&consents[0]["toggleAction"]).pop_first().expect("a switch");
    browser.run(&format!("document.querySelector({toggle:?}).click()"));
    browser.click(&selectors(method(rule, "SAVE_CONSENT")).pop_first().expect("what saves"));
    browser.wait_without(FORM);
    browser.wait_until_recorded();
    let row = edge.only_record();
    assert_eq!(row["action"], "save");
    assert_eq!(row["categories"], json!({ "required": true, "functional": true, "advertising": false }));
}

#[test]
fn consent_o_matic_rule_has_only_the_fields_its_schema_knows() {
    let rules: Value = serde_json::from_str(CONSENT_O_MATIC_RULE).expect("our rule is JSON");
    let rules = rules.as_object().expect("a table");
    let names: Vec<&str> = rules.keys().map(String::as_str).collect();
    assert_eq!(names, ["$schema", "consentry"]);
    let rule = &rules["consentry"];
    fields(rule, &["detectors", "methods"], &["detectors", "methods"]);
    for detector in list(&rule["detectors"]) {
        fields(detector, &["presentMatcher"], &["presentMatcher", "showingMatcher"]);
        list(&detector["presentMatcher"]).iter().for_each(matcher);
        list(&detector["showingMatcher"]).iter().for_each(matcher);
    }
    for method in list(&rule["methods"]) {
        fields(method, &["name", "action"], &["name", "action"]);
        let name = method["name"].as_str().expect("a name");
        assert!(
            ["OPEN_OPTIONS", "DO_CONSENT", "SAVE_CONSENT", "HIDE_CMP", "UTILITY"].contains(&name),
            "{name}"
        );
        action(&method["action"]);
    }
}

fn action(value: &Value) {
    match value["type"].as_str().expect("a type") {
        "click" => {
            fields(value, &["type", "target"], &["type", "target"]);
            selection(&value["target"]);
        }
        "waitcss" => {
            fields(value, &["type", "target"], &["type", "target", "retries", "waitTime", "negated"]);
            selection(&value["target"]);
        }
        "list" => {
            fields(value, &["type", "actions"], &["type", "actions"]);
            list(&value["actions"]).iter().for_each(action);
        }
        "ifallownone" => {
            fields(value, &["type"], &["type", "trueAction", "falseAction"]);
            ["trueAction", "falseAction"].iter().filter_map(|name| value.get(*name)).for_each(action);
        }
        "consent" => {
            fields(value, &["type", "consents"], &["type", "consents"]);
            for consent in list(&value["consents"]) {
                fields(consent, &["type"], &["type", "matcher", "toggleAction"]);
                assert!("ABDEFX".contains(consent["type"].as_str().expect("a letter")), "{consent}");
                matcher(&consent["matcher"]);
                action(&consent["toggleAction"]);
            }
        }
        other => panic!("no action of our rule is called {other}"),
    }
}

fn matcher(value: &Value) {
    fields(value, &["type", "target"], &["type", "target", "negated"]);
    assert!(["css", "checkbox"].contains(&value["type"].as_str().expect("a type")), "{value}");
    selection(&value["target"]);
}

fn selection(value: &Value) {
    fields(value, &["selector"], &["selector", "displayFilter"]);
    assert!(value["selector"].is_string(), "{value}");
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

/// Fails unless the required fields are there and no field is unknown.
fn fields(value: &Value, required: &[&str], known: &[&str]) {
    let table = value.as_object().unwrap_or_else(|| panic!("{value} is no table"));
    assert!(required.iter().all(|name| table.contains_key(*name)), "{value}");
    assert!(table.keys().all(|name| known.contains(&name.as_str())), "{value}");
}

fn method<'a>(rule: &'a Value, name: &str) -> &'a Value {
    let method = list(&rule["methods"]).iter().find(|method| method["name"] == name);
    &method.unwrap_or_else(|| panic!("no method {name}"))["action"]
}

/// Every selector below here.
fn selectors(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Array(list) => list.iter().flat_map(selectors).collect(),
        Value::Object(table) => table
            .iter()
            .flat_map(|(name, value)| match value {
                Value::String(css) if name == "selector" => BTreeSet::from([css.clone()]),
                _ => selectors(value),
            })
            .collect(),
        _ => BTreeSet::new(),
    }
}
