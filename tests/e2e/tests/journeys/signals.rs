//! Visitors whose browser already speaks for them, by its real settings: heard, honoured, told so, recorded once.

use serde_json::{Value, json};

use crate::support::browser::{FORM, LAYER, LINK, STATUS};
use crate::support::{Browser, Edge, Engine, Setup, journeys, settle};

const NONE: Setup =
    Setup { gpc: false, dnt: false, no_script: false, no_cookies: false, narrow: false, all_hosts_at: None };
const GPC: Setup = Setup { gpc: true, ..NONE };
const DNT: Setup = Setup { dnt: true, ..NONE };

journeys! {
    global_privacy_control_turns_off_all_but_required_without_asking on chromium firefox;
    do_not_track_turns_off_all_but_required_without_asking on chromium firefox;
    grant_after_being_told_of_the_signal_overrides_it on chromium firefox;
    refusal_under_a_signal_is_an_answer_of_its_own on firefox;
}

fn global_privacy_control_turns_off_all_but_required_without_asking(engine: Engine) {
    let row = signalled(engine, GPC);
    assert_eq!((&row["gpc_header"], &row["gpc_dom"]), (&json!("on"), &json!("on")));
    assert_eq!((&row["dnt_header"], &row["dnt_dom"]), (&json!("unset"), &json!("unset")));
    assert_eq!(row["source"], "gpc");
}

fn do_not_track_turns_off_all_but_required_without_asking(engine: Engine) {
    let row = signalled(engine, DNT);
    assert_eq!((&row["dnt_header"], &row["dnt_dom"]), (&json!("on"), &json!("on")));
    assert_eq!(row["gpc_header"], "absent");
    assert_eq!(row["source"], "dnt");
}

/// The visit, and the one record of it.
fn signalled(engine: Engine, setup: Setup) -> Value {
    let edge = Edge::start();
    let browser = Browser::with(engine, setup);
    browser.visit(&edge.url("/"));
    browser.wait_for(STATUS);
    assert!(browser.shows(LINK) && !browser.shows(LAYER));
    let choice = browser.wait_until_recorded();
    assert!(!choice.is_explicit());
    let row = edge.only_record();
    assert_eq!(row["action"], "signal");
    assert_eq!(row["categories"], json!({ "required": true, "functional": false, "advertising": false }));
    for path in ["/", "/kit.html"] {
        browser.visit(&edge.url(path));
        browser.wait_for(STATUS);
        settle();
        assert!(!browser.shows(LAYER) && !browser.fetched_banner(), "{path}");
        browser.assert_no_trouble();
    }
    edge.assert_no_hits();
    assert_eq!(edge.only_record(), row);
    row
}

fn grant_after_being_told_of_the_signal_overrides_it(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::with(engine, GPC);
    browser.visit(&edge.url("/"));
    browser.wait_until_recorded();
    browser.open_preferences(LINK);
    assert!(browser.text(&format!("{FORM} .cy-heard")).contains("Global Privacy Control"));
    edge.assert_no_hits();
    browser.click(&format!("{FORM} button[value=accept_all]"));
    browser.wait_without(FORM);
    edge.wait_for_hits(&["/pixel.gif", "/gtag/js"]);
    assert!(!browser.shows(STATUS));
    browser.wait_until_recorded();
    let rows = edge.wait_for_records(2);
    assert_eq!((&rows[1]["action"], &rows[1]["source"]), (&json!("accept_all"), &json!("preferences")));
    assert_eq!((&rows[1]["overridden"], &rows[1]["gpc_dom"]), (&json!(true), &json!("on")));
    assert_eq!(rows[1]["previous_record_id"], rows[0]["record_id"]);
    edge.vendor.reset();
    browser.visit(&edge.url("/kit.html"));
    edge.wait_for_hits(&["/pixel.gif", "/gtag/js"]);
    assert!(!browser.shows(STATUS) && !browser.shows(LAYER));
    edge.wait_for_records(2);
    browser.assert_no_trouble();
}

fn refusal_under_a_signal_is_an_answer_of_its_own(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::with(engine, DNT);
    browser.visit(&edge.url("/"));
    browser.wait_until_recorded();
    browser.open_preferences(LINK);
    assert!(browser.text(&format!("{FORM} .cy-heard")).contains("Do Not Track"));
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    assert!(browser.wait_until_recorded().is_refusal());
    assert!(browser.shows(STATUS));
    let rows = edge.wait_for_records(2);
    assert_eq!((&rows[1]["action"], &rows[1]["overridden"]), (&json!("reject_all"), &json!(false)));
    edge.assert_no_hits();
}
