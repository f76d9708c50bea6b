//! A page that allows next to nothing (nonces only, `'strict-dynamic'`, no inline styles, Trusted Types with our one name) with
//! everything on it at once: integrations, placeholders, and every kind of marked element.

use serde_json::{Value, json};

use crate::adapters::{HEARD, INTEGRATIONS};
use crate::clean_page::{assert_enforced, assert_untouched};
use crate::support::browser::{ACCEPT, FORM, LAYER, LINK, REJECT};
use crate::support::{Browser, Edge, Engine, journeys, settle};

journeys! {
    strict_page_with_everything_obeys_and_its_policy_refuses_nothing on chromium firefox webkit;
    strict_page_shows_once_what_was_refused on chromium firefox;
}

const FILM: &str = ".consentry-embed:has(+ #film)";
const MAP: &str = ".consentry-embed:has(+ #map)";
const POST: &str = "#post > .consentry-embed";

/// What is asked for once everything is allowed.
const ALL: [&str; 9] = [
    "/analytics.js",
    "/module.js",
    "/gtag/js",
    "/g/collect",
    "/video/embed?film",
    "/map",
    "/pixel",
    "/post.js",
    "/written.js",
];

fn start(engine: Engine) -> (Edge, Browser) {
    let edge = Edge::start();
    edge.publish_changed(|policy| policy + INTEGRATIONS);
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/strict-all.html"));
    browser.wait_for(LAYER);
    (edge, browser)
}

fn strict_page_with_everything_obeys_and_its_policy_refuses_nothing(engine: Engine) {
    let (edge, browser) = start(engine);
    edge.assert_no_hits();
    let denied = browser.run(HEARD);
    assert_eq!(denied["google"], json!([["default", "denied", "denied"]]));
    assert_eq!((&denied["tiktok"], &denied["meta"]), (&json!(["holdConsent"]), &json!([])));
    assert_untouched(&browser);

    browser.click(ACCEPT);
    browser.wait_without(LAYER);
    edge.wait_for_hits(&ALL);
    browser.wait_for("#written");
    browser.wait_until(
        "the vendors' scripts have run",
        "return ['analytics', 'module', 'post', 'written', 'gtag'].every((name) => window.__ran?.some((url) => url.includes(name)))",
    );
    let granted = browser.run(HEARD);
    assert_eq!(granted["google"][1], json!(["update", "granted", "granted"]));
    assert_eq!(granted["meta"], json!(["consent grant", "init 1", "track PageView"]));
    assert_eq!(granted["tiktok"], json!(["grantConsent", "page"]));
    assert_eq!(granted["linkedin"], json!([["track", { "conversion_id": 1 }]]));
    assert_eq!(granted["site"][1], json!(["consent", true, true]));
    assert_eq!(granted["clarity"][1], json!({ "ad_Storage": "granted", "analytics_Storage": "granted" }));
    browser.wait_until_recorded();
    assert_untouched(&browser);

    // By the preferences, which are fetched and come with a style of their own.
    browser.open_preferences(LINK);
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    browser.wait_until_recorded();
    for placeholder in [FILM, MAP] {
        browser.wait_for(placeholder);
    }
    browser.wait_for("[data-consentry-embed=note]");
    assert_eq!(browser.run("return document.querySelector('#film').src"), json!(""));
    let withdrawn = browser.run(HEARD);
    assert_eq!(withdrawn["google"][2], json!(["update", "denied", "denied"]));
    edge.vendor.reset();
    browser.click("[data-consentry-embed=reload]");
    browser.wait_until("the page is new", "return !window.__ran && !!window.consentry?.get");
    browser.wait_for(FILM);
    edge.assert_no_hits();
    assert_untouched(&browser);
    let actions: Vec<Value> = edge.wait_for_records(2).into_iter().map(|row| row["action"].clone()).collect();
    assert_eq!(actions, ["accept_all", "withdraw"]);
    // Last, because what it proves is that something is refused.
    assert_enforced(&browser, engine);
}

fn strict_page_shows_once_what_was_refused(engine: Engine) {
    let (edge, browser) = start(engine);
    browser.click(REJECT);
    browser.wait_without(LAYER);
    for placeholder in [FILM, MAP, POST] {
        browser.wait_for(placeholder);
    }
    edge.assert_no_hits();
    browser.click(&format!("{POST} [data-consentry-embed=once]"));
    edge.wait_for_hits(&["/post.js"]);
    browser.click(&format!("{FILM} [data-consentry-embed=always]"));
    edge.wait_for_hits(&["/video/embed?film"]);
    browser.wait_without(FILM);
    settle();
    assert_eq!(edge.vendor.count_for("/map"), 0);
    assert_untouched(&browser);
}
