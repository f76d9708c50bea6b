//! Visitors whose browser already speaks for them, by its real settings: heard, honoured, told so, recorded once.

use std::time::Duration;

use serde_json::{Value, json};

use crate::records::agent;
use crate::support::browser::{ACCEPT, FORM, LAYER, LINK, STATUS};
use crate::support::edge::texts;
use crate::support::{Browser, Edge, Engine, Setup, journeys, settle, wait_for};

const NONE: Setup = Setup {
    gpc: false,
    dnt: false,
    no_script: false,
    no_cookies: false,
    narrow: false,
    all_hosts_at: None,
    names: false,
};
const GPC: Setup = Setup { gpc: true, ..NONE };
const DNT: Setup = Setup { dnt: true, ..NONE };

journeys! {
    global_privacy_control_turns_off_all_but_required_without_asking on chromium firefox;
    do_not_track_turns_off_all_but_required_without_asking on chromium firefox;
    grant_after_being_told_of_the_signal_overrides_it on chromium firefox;
    refusal_under_a_signal_is_an_answer_of_its_own on firefox;
    signal_for_advertising_only_leaves_functional_to_the_visitor on chromium firefox;
    signal_for_advertising_only_narrows_what_was_accepted_without_it on chromium firefox;
    signal_for_advertising_only_lets_functional_run_where_nothing_is_asked_first on chromium firefox;
    signal_heard_once_stays_heard_when_the_browser_stops_sending_it on chromium firefox;
    signal_heard_later_takes_back_what_was_accepted_without_it on chromium firefox;
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

/// The demo's pages by category.
const FUNCTIONAL: [&str; 2] = ["/mixpanel/", "/video/embed"];
const ADVERTISING: [&str; 2] = ["/gtag/js", "/pixel.gif"];

/// A site whose policy lets signals reach advertising only.
fn for_advertising_only(place: &str) -> Edge {
    let edge = Edge::start_in(place);
    edge.publish_changed(|policy| {
        let narrowed = policy.replacen("effect = \"non_required\"", "effect = \"advertising\"", 1);
        assert_ne!(narrowed, policy, "the demo policy says what signals do");
        narrowed
    });
    // Until then the Worker may still believe the policy before.
    let agent = agent();
    let known = texts("en")["honoured_body_advertising"].as_str().expect("a text").to_owned();
    wait_for("the new policy", Duration::from_secs(15), || {
        let mut gate = agent.get(edge.url("/_c/demo.js")).call().ok()?;
        gate.body_mut().read_to_string().ok()?.contains(&known).then_some(())
    });
    edge
}

/// Waits until functional things have run, and fails if advertising was asked for anything, then or soon.
fn assert_functional_alone(edge: &Edge) {
    edge.wait_for_hits(&FUNCTIONAL);
    settle();
    for path in ADVERTISING {
        assert_eq!(edge.vendor.count_for(path), 0, "{path}");
    }
}

/// That the page says what became of the signal, and of which.
fn assert_said_for_advertising(browser: &Browser) {
    browser.wait_for(STATUS);
    let said = texts("en")["honoured_body_advertising"].clone();
    assert_eq!(browser.text(&format!("{STATUS} p")), said.as_str().expect("a text"));
    assert!(!browser.shows(LAYER));
}

fn signal_for_advertising_only_leaves_functional_to_the_visitor(engine: Engine) {
    let edge = for_advertising_only("DE");
    let browser = Browser::with(engine, GPC);
    browser.visit(&edge.url("/"));
    assert_said_for_advertising(&browser);
    browser.wait_until_recorded();
    // Consent comes first here, and nobody has given any.
    edge.assert_no_hits();
    browser.open_preferences(LINK);
    let heard = browser.text("#consentry [data-cy=signal-heard]");
    assert!(heard.contains("(Global Privacy Control). We honour it: advertising is off"), "{heard}");
    browser.click(&format!("{FORM} label:has([name=category][value=functional])"));
    browser.click(&format!("{FORM} button[value=save]"));
    browser.wait_without(FORM);
    assert_functional_alone(&edge);
    browser.wait_until_recorded();
    let rows = edge.wait_for_records(2);
    assert_eq!(rows[1]["categories"], json!({ "required": true, "functional": true, "advertising": false }));
    assert_eq!((&rows[1]["action"], &rows[1]["overridden"]), (&json!("save"), &json!(false)));
    edge.vendor.reset();
    browser.visit(&edge.url("/kit.html"));
    assert_said_for_advertising(&browser);
    assert_functional_alone(&edge);
    edge.wait_for_records(2);
    browser.assert_no_trouble();
}

/// The value of the choice cookie.
fn stored(browser: &Browser) -> String {
    let all = browser.cookies();
    let choice = all.into_iter().find(|(name, _)| name == "consentry");
    choice.expect("a stored choice").1
}

/// Another browser that has this cookie, as if it were the same one with its signals set otherwise.
fn with_stored(edge: &Edge, engine: Engine, setup: Setup, choice: &str) -> Browser {
    let browser = Browser::with(engine, setup);
    browser.goto(&edge.url("/own.js"));
    browser.run(&format!("document.cookie = 'consentry={choice}; Path=/; Max-Age=86400; SameSite=Lax'"));
    assert_eq!(stored(&browser), choice);
    browser
}

/// The cookie of who has accepted everything in a browser without signals.
fn accepted_without_a_signal(edge: &Edge, engine: Engine) -> String {
    let browser = Browser::with(engine, NONE);
    browser.visit(&edge.url("/"));
    browser.click(ACCEPT);
    browser.wait_without(LAYER);
    edge.wait_for_hits(&FUNCTIONAL);
    edge.wait_for_hits(&ADVERTISING);
    browser.wait_until_recorded();
    let choice = stored(&browser);
    drop(browser);
    edge.vendor.reset();
    choice
}

fn signal_for_advertising_only_narrows_what_was_accepted_without_it(engine: Engine) {
    let edge = for_advertising_only("DE");
    let choice = accepted_without_a_signal(&edge, engine);
    let browser = with_stored(&edge, engine, GPC, &choice);
    browser.visit(&edge.url("/"));
    assert_said_for_advertising(&browser);
    assert_functional_alone(&edge);
    browser.wait_until_recorded();
    let rows = edge.wait_for_records(2);
    assert_eq!((&rows[1]["action"], &rows[1]["source"]), (&json!("signal"), &json!("gpc")));
    assert_eq!(rows[1]["categories"], json!({ "required": true, "functional": true, "advertising": false }));
    assert_eq!(rows[1]["previous_record_id"], rows[0]["record_id"]);
    browser.assert_no_trouble();
}

fn signal_for_advertising_only_lets_functional_run_where_nothing_is_asked_first(engine: Engine) {
    let edge = for_advertising_only("US-CA");
    let browser = Browser::with(engine, GPC);
    browser.visit(&edge.url("/"));
    assert_said_for_advertising(&browser);
    assert_functional_alone(&edge);
    browser.wait_until_recorded();
    let row = edge.only_record();
    assert_eq!((&row["action"], &row["source"]), (&json!("signal"), &json!("gpc")));
    assert_eq!(row["categories"], json!({ "required": true, "functional": true, "advertising": false }));
    browser.assert_no_trouble();
}

fn signal_heard_once_stays_heard_when_the_browser_stops_sending_it(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::with(engine, GPC);
    browser.visit(&edge.url("/"));
    browser.wait_for(STATUS);
    browser.wait_until_recorded();
    let choice = stored(&browser);
    drop(browser);
    let browser = with_stored(&edge, engine, NONE, &choice);
    for path in ["/", "/kit.html"] {
        browser.visit(&edge.url(path));
        assert_eq!(browser.run("return !!navigator.globalPrivacyControl"), false);
        browser.wait_for(STATUS);
        settle();
        assert!(!browser.shows(LAYER) && browser.shows(LINK), "{path}");
    }
    browser.open_preferences(LINK);
    assert!(browser.text("#consentry [data-cy=signal-heard]").contains("Global Privacy Control"));
    // The page that needs no script sees it in the cookie, too.
    browser.goto(&edge.url("/_c/demo/preferences"));
    assert!(browser.text("#consentry [data-cy=signal-heard]").contains("Global Privacy Control"));
    edge.assert_no_hits();
    assert_eq!(stored(&browser), choice, "there is nothing new to store");
    assert_eq!(edge.only_record()["source"], "gpc");
}

fn signal_heard_later_takes_back_what_was_accepted_without_it(engine: Engine) {
    let edge = Edge::start();
    let choice = accepted_without_a_signal(&edge, engine);
    let browser = with_stored(&edge, engine, GPC, &choice);
    browser.visit(&edge.url("/"));
    browser.wait_for(STATUS);
    assert!(!browser.shows(LAYER));
    browser.wait_until_recorded();
    let rows = edge.wait_for_records(2);
    assert_eq!((&rows[1]["action"], &rows[1]["source"]), (&json!("signal"), &json!("gpc")));
    assert_eq!(rows[1]["categories"], json!({ "required": true, "functional": false, "advertising": false }));
    edge.assert_no_hits();
    browser.assert_no_trouble();
}
