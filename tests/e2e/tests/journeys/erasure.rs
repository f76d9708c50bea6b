//! Deletion: visitors have their records deleted, in the preferences or on the plain page, and are strangers again.

use std::time::Duration;

use serde_json::Value;

use crate::support::browser::{ACCEPT, FORM, LAYER, LINK, REJECT};
use crate::support::relay::Rule;
use crate::support::{Browser, Edge, Engine, Relay, Setup, journeys, wait_for};

/// What is opened first: nobody deletes anything by one click.
const OFFER: &str = "#consentry [data-cy=erasure] > summary";
/// The button in it.
const CONFIRM: &str = "#consentry [data-cy=erasure] > button[value=erase]";
/// Where it says that it did not work.
const FAILED: &str = "#consentry [data-cy=erase-failed]";

journeys! {
    records_deleted_in_the_preferences_are_redacted_and_the_browser_forgets on chromium firefox webkit;
    records_deleted_without_javascript_are_redacted_and_the_cookie_is_gone on chromium firefox;
    deletion_while_the_log_is_out_of_reach_says_so_and_works_later on chromium firefox;
    deletion_in_one_tab_is_known_in_the_other on chromium firefox;
}

/// Every record of the export has lost who it is of.
fn assert_redacted(edge: &Edge, count: usize) {
    let rows = edge.wait_for_records(count);
    for row in &rows {
        assert_eq!(row["redacted"], "erasure", "{row}");
        assert_eq!((&row["subject_id"], &row["record_id"]), (&Value::Null, &Value::Null), "{row}");
        assert!(row["categories"].is_object(), "what was decided stays: {row}");
    }
}

fn forgotten(browser: &Browser) {
    assert_eq!(browser.choice(), None);
    let kept = "return Object.keys(localStorage).filter((key) => key.startsWith('consentry.')).length";
    assert_eq!(browser.run(kept), 0);
}

fn records_deleted_in_the_preferences_are_redacted_and_the_browser_forgets(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.click(REJECT);
    browser.wait_until_recorded();
    browser.open_preferences(LINK);
    browser.click(&format!("{FORM} button[value=accept_all]"));
    browser.wait_without(FORM);
    let choice = browser.wait_until_recorded();
    edge.wait_for_records(2);
    browser.open_preferences(LINK);
    // Not by what is displayed: one of the engines calls the inside of a closed disclosure displayed.
    let open = format!("return document.querySelector({CONFIRM:?}).closest('details').open");
    assert_eq!(browser.run(&open), false, "one step before it");
    browser.click(OFFER);
    browser.click(CONFIRM);
    browser.wait_without(FORM);
    browser.wait_until(
        "it is said",
        "return /have been deleted/.test(document.querySelector('#consentry > output').textContent)",
    );
    forgotten(&browser);
    assert_redacted(&edge, 2);
    // As on a first visit, here and on the next page.
    browser.wait_for(LAYER);
    assert_eq!(browser.run("return consentry.get('advertising')"), false);
    browser.assert_no_trouble();
    edge.vendor.reset();
    browser.visit(&edge.url("/kit.html"));
    browser.wait_for(LAYER);
    edge.assert_no_hits();
    browser.click(REJECT);
    let next = browser.wait_until_recorded();
    assert_ne!(next.subject, choice.subject, "somebody else");
    assert_eq!(next.previous, None);
    assert_eq!(edge.wait_for_records(3)[2]["subject_id"], next.subject.to_hex());
    browser.assert_no_trouble();
}

fn records_deleted_without_javascript_are_redacted_and_the_cookie_is_gone(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::with(engine, Setup { no_script: true, ..Setup::default() });
    browser.goto(&edge.url("/_c/demo/preferences?return=%2Fkit.html"));
    assert!(!browser.shows(OFFER), "there is nothing to delete");
    browser.click(&format!("{FORM} button[value=accept_all]"));
    browser.wait_for(".cy-saved");
    edge.wait_for_records(1);
    assert!(browser.choice().is_some());
    browser.click(OFFER);
    browser.click(CONFIRM);
    let arrived = || {
        browser.address().contains("/_c/demo/preferences?erased=1&lang=en&return=%2Fkit.html").then_some(())
    };
    wait_for("the way back", Duration::from_secs(15), arrived);
    browser.wait_for(".cy-saved");
    assert!(browser.text(".cy-saved").contains("have been deleted"));
    assert_eq!(browser.choice(), None);
    assert!(!browser.shows(OFFER));
    assert_redacted(&edge, 1);
}

fn deletion_while_the_log_is_out_of_reach_says_so_and_works_later(engine: Engine) {
    let edge = Edge::start();
    let relay = Relay::start(&edge);
    let browser = Browser::start(engine);
    browser.visit(&relay.url("/"));
    browser.click(ACCEPT);
    let choice = browser.wait_until_recorded();
    browser.open_preferences(LINK);
    relay.rule("/visitor/", Rule::Refuse);
    browser.click(OFFER);
    browser.click(CONFIRM);
    browser.wait_for(FAILED);
    assert!(browser.text(FAILED).contains("could not be deleted"));
    assert!(browser.shows(FORM));
    assert_eq!(browser.choice(), Some(choice));
    assert_eq!(edge.only_record()["subject_id"], choice.subject.to_hex());
    relay.lift();
    browser.click(CONFIRM);
    browser.wait_without(FORM);
    forgotten(&browser);
    assert_redacted(&edge, 1);
    browser.assert_no_trouble();
}

fn deletion_in_one_tab_is_known_in_the_other(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.click(ACCEPT);
    browser.wait_until_recorded();
    let (first, second) = browser.new_tab();
    browser.visit(&edge.url("/kit.html"));
    assert_eq!(browser.run("return consentry.get('advertising')"), true);
    browser.switch_to(&first);
    browser.open_preferences(LINK);
    browser.click(OFFER);
    browser.click(CONFIRM);
    browser.wait_without(FORM);
    browser.switch_to(&second);
    browser.wait_for(LAYER);
    browser.wait_until("nothing is granted any more", "return !consentry.get('advertising')");
    forgotten(&browser);
    assert_redacted(&edge, 1);
    browser.assert_no_trouble();
}
