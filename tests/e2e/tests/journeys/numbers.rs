//! Numbers for the marketing team: what three visitors did, without knowing that they were three.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::browser::{ACCEPT, LAYER, LINK, REJECT};
use crate::support::{Browser, Edge, Engine, journeys, settle, wait_for};

/// The key, as WebDriver spells it.
const ESCAPE: &str = "\u{e00c}";

journeys! {
    banner_shown_answered_and_put_away_is_counted_without_a_trace on chromium firefox webkit;
}

fn banner_shown_answered_and_put_away_is_counted_without_a_trace(engine: Engine) {
    let edge = Edge::start();
    let counted = |name: &str, wanted: u64| {
        let there = || Some(edge.stats("nothing")).filter(|rows| rows[0][name] == wanted);
        wait_for(&format!("{name} {wanted}"), Duration::from_secs(15), there);
    };
    for button in [ACCEPT, REJECT] {
        let browser = Browser::start(engine);
        browser.visit(&edge.url("/"));
        browser.click(button);
        browser.wait_until_recorded();
        // Decided: the next page asks nothing, and counts nothing.
        browser.visit(&edge.url("/kit.html"));
        assert!(!browser.shows(LAYER));
        browser.assert_no_trouble();
    }
    counted("shown", 2);

    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.wait_for(LAYER);
    // Reported, so the banner is there and hears the key.
    counted("shown", 3);
    browser.press(REJECT, ESCAPE);
    browser.wait_without(LAYER);
    assert_eq!(browser.run("return document.activeElement.dataset.consentryPart"), "link");
    assert!(browser.shows(LINK));
    counted("dismissed", 1);
    assert_eq!(browser.cookies(), [], "nothing was decided");
    assert_eq!(browser.run("return localStorage.length + sessionStorage.length"), 0);
    browser.visit(&edge.url("/kit.html"));
    browser.wait_for(LAYER);
    counted("shown", 4);
    browser.assert_no_trouble();

    settle();
    let row = json!({ "shown": 4, "dismissed": 1, "accepted": 1, "rejected": 1, "saved": 0, "withdrawn": 0, "signal": 0,
        "choices": 2, "accepted_per_shown": 0.25, "accepted_per_choice": 0.5 });
    assert_eq!(edge.stats("nothing"), [row]);
    // Nobody learns what the one visitor from Germany did.
    let places = edge.stats("jurisdiction");
    let names: Vec<&Value> = places.iter().map(|row| &row["jurisdiction"]).collect();
    assert_eq!(names, ["other"]);
}
