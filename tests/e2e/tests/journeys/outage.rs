//! Worker, network or banner late or gone: the page works, nothing runs unasked, no choice is lost or recorded twice.

use std::time::Duration;

use serde_json::json;

use crate::support::browser::{ACCEPT, FORM, LAYER, LINK, OPEN, REJECT};
use crate::support::relay::Rule;
use crate::support::{Browser, Edge, Engine, Relay, journeys, settle, wait_for};

journeys! {
    page_while_the_worker_is_stopped_works_and_grants_nothing on chromium firefox;
    choice_while_the_worker_is_stopped_is_recorded_once_when_it_is_back on chromium firefox;
    choice_left_unrecorded_is_recorded_by_the_next_page on chromium firefox;
    click_before_the_banner_arrives_applies_at_once_and_is_recorded_once on chromium firefox;
    banner_that_never_arrives_leaves_choice_and_preferences_working on chromium firefox;
}

fn page_while_the_worker_is_stopped_works_and_grants_nothing(engine: Engine) {
    let mut edge = Edge::start();
    let relay = Relay::start(&edge);
    edge.kill();
    let browser = Browser::start(engine);
    browser.goto(&relay.url("/"));
    assert!(browser.text("h1").contains("coffee"));
    settle();
    assert_eq!(browser.run("return typeof window.consentry"), "undefined");
    browser.click("nav a[href='/kit.html']");
    browser.wait_until("the second page", "return location.pathname == '/kit.html'");
    edge.assert_no_hits();
    browser.assert_no_trouble();
}

fn choice_while_the_worker_is_stopped_is_recorded_once_when_it_is_back(engine: Engine) {
    let mut edge = Edge::start();
    let relay = Relay::start(&edge);
    let browser = Browser::start(engine);
    browser.visit(&relay.url("/"));
    browser.wait_until_hydrated();
    edge.kill();
    browser.click(ACCEPT);
    browser.wait_without(LAYER);
    // The choice holds at once, whatever the log does.
    edge.wait_for_hits(&["/pixel.gif", "/gtag/js"]);
    settle();
    edge.start_again();
    let choice = browser.wait_until_recorded();
    let row = edge.only_record();
    assert_eq!(row["record_id"], choice.record.to_string());
    browser.visit(&relay.url("/kit.html"));
    edge.wait_for_records(1);
    browser.assert_no_trouble();
}

fn choice_left_unrecorded_is_recorded_by_the_next_page(engine: Engine) {
    let edge = Edge::start();
    let relay = Relay::start(&edge);
    let browser = Browser::start(engine);
    relay.rule("/records", Rule::Refuse);
    relay.rule("banner-", Rule::Refuse);
    browser.visit(&relay.url("/"));
    browser.click(REJECT);
    browser.wait_without(LAYER);
    browser.visit(&relay.url("/kit.html"));
    assert!(!browser.shows(LAYER));
    settle();
    assert_eq!(edge.records().len(), 0);
    relay.lift();
    browser.visit(&relay.url("/cookies.html"));
    browser.wait_until_recorded();
    assert_eq!(edge.only_record()["action"], "reject_all");
    edge.assert_no_hits();
}

fn click_before_the_banner_arrives_applies_at_once_and_is_recorded_once(engine: Engine) {
    let edge = Edge::start();
    let relay = Relay::start(&edge);
    relay.rule(".wasm", Rule::Hold);
    let browser = Browser::start(engine);
    browser.visit(&relay.url("/"));
    browser.click(ACCEPT);
    browser.wait_without(LAYER);
    edge.wait_for_hits(&["/pixel.gif", "/gtag/js", "/video/embed"]);
    let asked = || (relay.count_for(".wasm") > 0).then_some(());
    wait_for("a request for the banner", Duration::from_secs(10), asked);
    assert_eq!(edge.records().len(), 0, "the banner does the recording, and it is not here yet");
    relay.lift();
    let choice = browser.wait_until_recorded();
    let row = edge.only_record();
    assert_eq!((&row["action"], &row["source"]), (&json!("accept_all"), &json!("banner")));
    assert_eq!(row["record_id"], choice.record.to_string());
    browser.visit(&relay.url("/kit.html"));
    edge.wait_for_records(1);
    browser.assert_no_trouble();
}

fn banner_that_never_arrives_leaves_choice_and_preferences_working(engine: Engine) {
    let edge = Edge::start();
    let relay = Relay::start(&edge);
    relay.rule(".wasm", Rule::Refuse);
    let browser = Browser::start(engine);
    browser.visit(&relay.url("/"));
    browser.click(REJECT);
    browser.wait_without(LAYER);
    browser.wait_until_recorded();
    edge.wait_for_records(1);
    browser.click(LINK);
    browser.wait_for(FORM);
    assert!(browser.address().contains("/_c/demo/preferences?lang=en&return=%2F"), "{}", browser.address());
    assert!(!browser.shows(OPEN));
    assert!(relay.count_for(".wasm") > 0);
}
