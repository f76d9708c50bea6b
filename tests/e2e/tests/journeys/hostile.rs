//! Pages and browsers that forbid what is usually there: WebAssembly, scripts, cookies. The choice works all the same.

use serde_json::json;

use crate::support::browser::{ACCEPT, FORM, LAYER, LINK, OPEN, RECEIPT, REJECT, STATUS};
use crate::support::{Browser, Edge, Engine, Setup, journeys};

journeys! {
    accept_where_webassembly_is_forbidden_runs_and_is_recorded on chromium firefox;
    reject_where_webassembly_is_forbidden_runs_nothing_and_is_recorded on chromium firefox;
    preferences_where_webassembly_is_forbidden_open_as_a_page on chromium firefox;
    form_without_javascript_stores_and_records_the_choice on chromium firefox;
    form_without_javascript_tells_of_the_signal on firefox;
    visitor_who_blocks_cookies_is_asked_and_obeyed_for_the_page on chromium firefox;
}

/// A page with a nonce policy, `'strict-dynamic'` and Trusted Types, and no `'wasm-unsafe-eval'`.
const STRICT: &str = "/strict.html";

fn accept_where_webassembly_is_forbidden_runs_and_is_recorded(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url(STRICT));
    browser.wait_for(LAYER);
    edge.assert_no_hits();
    browser.click(ACCEPT);
    browser.wait_without(LAYER);
    edge.wait_for_hits(&["/analytics.js", "/inline.js", "/pixel.gif"]);
    browser.wait_until("the vendor's script has run", "return !!window.__ran?.length");
    browser.wait_until_recorded();
    assert_eq!(edge.only_record()["action"], "accept_all");
    browser.assert_no_trouble();
    browser.visit(&edge.url(STRICT));
    assert!(!browser.shows(LAYER));
}

fn reject_where_webassembly_is_forbidden_runs_nothing_and_is_recorded(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url(STRICT));
    browser.click(REJECT);
    browser.wait_without(LAYER);
    browser.wait_until_recorded();
    assert_eq!(edge.only_record()["action"], "reject_all");
    edge.assert_no_hits();
    browser.assert_no_trouble();
}

fn preferences_where_webassembly_is_forbidden_open_as_a_page(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url(STRICT));
    browser.click(OPEN);
    browser.wait_for(FORM);
    assert!(browser.address().contains("/_c/demo/preferences"), "{}", browser.address());
    browser.click("label:has([name=category][value=advertising])");
    browser.click(&format!("{FORM} button[value=save]"));
    browser.wait_for(".cy-saved");
    browser.click("main > p a");
    browser.wait_until("back on the page", "return !!window.consentry?.get");
    assert!(browser.address().ends_with(STRICT), "{}", browser.address());
    edge.wait_for_hits(&["/pixel.gif"]);
    assert_eq!(edge.vendor.count_for("/analytics.js"), 0);
    let row = edge.only_record();
    assert_eq!((&row["action"], &row["source"]), (&json!("save"), &json!("form")));
}

fn form_without_javascript_stores_and_records_the_choice(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::with(engine, Setup { no_script: true, ..Setup::default() });
    browser.goto(&edge.url("/"));
    browser.click("noscript a");
    browser.wait_for(FORM);
    assert!(!browser.shows(".cy-saved"));
    browser.click(&format!("{FORM} button[value=accept_all]"));
    browser.wait_for(".cy-saved");
    let choice = browser.choice().expect("a cookie");
    let row = edge.only_record();
    assert_eq!((&row["action"], &row["source"]), (&json!("accept_all"), &json!("form")));
    assert_eq!(row["record_id"], choice.record.to_string());
    assert_eq!(browser.text(RECEIPT), choice.record.to_string());
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_for(".cy-saved");
    let rows = edge.wait_for_records(2);
    assert_eq!((&rows[1]["action"], &rows[1]["previous_record_id"]), (&json!("withdraw"), &row["record_id"]));
    edge.assert_no_hits();
}

fn form_without_javascript_tells_of_the_signal(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::with(engine, Setup { no_script: true, gpc: true, ..Setup::default() });
    browser.goto(&edge.url("/_c/demo/preferences"));
    assert!(browser.text(&format!("{FORM} .cy-heard")).contains("Global Privacy Control"));
    browser.click(&format!("{FORM} button[value=accept_all]"));
    browser.wait_for(".cy-saved");
    let row = edge.only_record();
    assert_eq!((&row["overridden"], &row["gpc_header"]), (&json!(true), &json!("on")));
}

fn visitor_who_blocks_cookies_is_asked_and_obeyed_for_the_page(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::with(engine, Setup { no_cookies: true, ..Setup::default() });
    browser.visit(&edge.url("/"));
    browser.wait_for(LAYER);
    edge.assert_no_hits();
    browser.click(ACCEPT);
    browser.wait_without(LAYER);
    edge.wait_for_hits(&["/pixel.gif"]);
    assert!(browser.shows(LINK) && !browser.shows(STATUS));
    let row = edge.only_record();
    assert_eq!(row["action"], "accept_all");
    browser.open_preferences(LINK);
    assert_eq!(browser.text(RECEIPT), row["record_id"].as_str().expect("an identifier"));
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    let rows = edge.wait_for_records(2);
    assert_eq!(rows[1]["previous_record_id"], row["record_id"]);
    // Nothing could be kept, so the next page asks again and contacts nobody.
    edge.vendor.reset();
    browser.visit(&edge.url("/kit.html"));
    browser.wait_for(LAYER);
    edge.assert_no_hits();
    assert_eq!(browser.cookies(), []);
}
