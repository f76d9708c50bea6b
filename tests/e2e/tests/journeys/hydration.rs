//! The banner takes over what the server wrote: the same nodes, the focus where it was, nothing moved.

use crate::support::browser::{ACCEPT, FORM, LAYER, LINK, OPEN};
use crate::support::relay::Rule;
use crate::support::{Browser, Edge, Engine, Relay, journeys, settle};

journeys! {
    first_layer_taken_over_keeps_nodes_focus_and_place on chromium firefox webkit;
    preferences_closed_by_escape_decide_nothing_and_return_the_focus on chromium firefox;
}

fn first_layer_taken_over_keeps_nodes_focus_and_place(engine: Engine) {
    let edge = Edge::start();
    let relay = Relay::start(&edge);
    relay.rule(".wasm", Rule::Hold);
    let browser = Browser::start(engine);
    browser.visit(&relay.url("/"));
    browser.wait_for(LAYER);
    browser.run(&format!(
        "window.before = document.querySelector('{ACCEPT}'); before.focus();
         window.place = JSON.stringify(before.getBoundingClientRect())"
    ));
    settle();
    relay.lift();
    browser.wait_until_hydrated();
    let same = format!("return before === document.querySelector('{ACCEPT}')");
    assert_eq!(browser.run(&same), true, "the node is the server's");
    assert_eq!(browser.run("return document.activeElement === before"), true, "the focus stays");
    let still = "return place === JSON.stringify(before.getBoundingClientRect())";
    assert_eq!(browser.run(still), true, "nothing moves");
    if engine == Engine::Chromium {
        assert_eq!(browser.run("return shifts"), serde_json::json!([]), "no layout shift");
    }
    browser.press(ACCEPT, "\u{e007}");
    browser.wait_without(LAYER);
    let choice = browser.wait_until_recorded();
    assert_eq!(edge.only_record()["record_id"], choice.record.to_string());
    assert_eq!(
        browser.run(&format!("return document.activeElement === document.querySelector('{LINK}')")),
        true
    );
    browser.assert_no_trouble();
}

fn preferences_closed_by_escape_decide_nothing_and_return_the_focus(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.open_preferences(OPEN);
    assert_eq!(browser.run("return !!document.activeElement.closest('dialog')"), true, "the focus is inside");
    browser.press("#consentry dialog [tabindex='-1']", "\u{e00c}");
    browser.wait_without(FORM);
    assert!(browser.shows(LAYER));
    let focused = format!("return document.activeElement === document.querySelector('{OPEN}')");
    assert_eq!(browser.run(&focused), true);
    assert_eq!(browser.choice(), None);
    edge.assert_no_hits();
    edge.wait_for_records(0);
    browser.assert_no_trouble();
}
