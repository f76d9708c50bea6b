//! Pages that are not loaded when they are shown: kept by the browser and brought back, or made ahead of time. The choice may have
//! changed in between, and counts as it is now.

use serde_json::{Value, json};

use crate::support::browser::{ACCEPT, FORM, LAYER, LINK};
use crate::support::{Browser, Edge, Engine, journeys, settle, site};

journeys! {
    kept_page_hears_of_what_was_accepted_meanwhile on chromium firefox;
    kept_page_takes_back_what_was_refused_meanwhile on chromium;
    kept_page_obeys_a_choice_of_another_tab on chromium firefox;
    page_made_ahead_contacts_nobody_and_obeys_a_later_acceptance on chromium;
    page_made_ahead_contacts_nobody_and_obeys_a_later_refusal on chromium;
}

const PAGE: &str = "/embeds.html";

/// What the page asks vendors for once everything is granted.
const ALL: [&str; 3] = ["/video/embed?film", "/map", "/post.js"];

/// A page without a script, so that nothing is said to the pages that are kept: the cookie alone has changed.
const PLAIN: &str = "/_c/demo/preferences";

/// The page, with everything granted.
fn accepted(engine: Engine) -> (Edge, Browser) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url(PAGE));
    browser.click(ACCEPT);
    edge.wait_for_hits(&ALL);
    browser.wait_until_recorded();
    (edge, browser)
}

/// Leaves the page for the plain preferences; it notes whether it is kept.
fn leave(edge: &Edge, browser: &Browser) {
    browser.run("window.shown = []; addEventListener('pageshow', (event) => shown.push(event.persisted))");
    browser.goto(&edge.url(PLAIN));
}

/// Leaves the page, decides elsewhere, and goes back.
fn decide_elsewhere(edge: &Edge, browser: &Browser, engine: Engine, action: &str) {
    leave(edge, browser);
    browser.click(&format!("{FORM} button[value={action}]"));
    browser.wait_for(".cy-saved");
    edge.vendor.reset();
    browser.back_to(&edge.url(PAGE));
    assert_kept(browser, engine);
}

/// That the page is the very one that was left: an engine that loads it again would prove nothing.
fn assert_kept(browser: &Browser, engine: Engine) {
    browser.wait_until("the page is back", "return !!window.consentry?.get");
    let why =
        "return JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons || null)";
    let kept = browser.run("return window.shown || []");
    assert_eq!(kept, json!([true]), "{engine:?} has loaded the page again: {}", browser.run(why));
}

fn kept_page_hears_of_what_was_accepted_meanwhile(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url(PAGE));
    browser.wait_for(LAYER);
    edge.assert_no_hits();
    decide_elsewhere(&edge, &browser, engine, "accept_all");
    browser.wait_without(LAYER);
    edge.wait_for_hits(&ALL);
    assert_eq!(browser.run("return consentry.get('advertising')"), true);
    browser.assert_no_trouble();
    assert_eq!(edge.only_record()["source"], "form");
}

/// Firefox does not keep a page on which the vendors' frames are shown: there is nothing to take back in it.
fn kept_page_takes_back_what_was_refused_meanwhile(engine: Engine) {
    let (edge, browser) = accepted(engine);
    decide_elsewhere(&edge, &browser, engine, "reject_all");
    browser.wait_for(".consentry-embed:has(+ #film)");
    browser.wait_for("[data-consentry-embed=note]");
    assert_eq!(browser.run("return document.querySelector('#film').src"), "");
    assert_eq!(browser.run("return consentry.get('advertising')"), false);
    settle();
    edge.vendor.reset();
    browser.add_pixel(&format!("{}/later.gif", edge.vendor.url()));
    edge.assert_no_hits();
    browser.assert_no_trouble();
}

/// The other tab's page says so on the channel, which makes some browsers give the kept page up: it obeys either way.
fn kept_page_obeys_a_choice_of_another_tab(engine: Engine) {
    let (edge, browser) = accepted(engine);
    leave(&edge, &browser);
    let (first, _second) = browser.new_tab();
    browser.visit(&edge.url("/strict.html"));
    browser.run("consentry.set({ functional: false, advertising: false })");
    browser.wait_until_recorded();
    browser.switch_to(&first);
    edge.vendor.reset();
    browser.back_to(&edge.url(PAGE));
    browser.wait_for(".consentry-embed:has(+ #film)");
    println!("{engine:?} kept the page: {}", browser.run("return window.shown || false"));
    edge.assert_no_hits();
    assert_eq!(browser.run("return consentry.get('functional')"), false);
}

/// A page of the site with a link to one that the browser is told to make ahead, which says when it is there.
fn with_page_ahead(edge: &Edge) {
    let pages = edge.pages();
    let here = site::trapped(
        r#"<!doctype html><html lang="en"><head><title>Here</title><script async src="/_c/demo.js"></script>
        <script>localStorage.removeItem("ahead")</script></head>
        <body><main><h1>Here</h1><p><a id="on" href="/ahead.html">On</a></p></main></body></html>"#,
    );
    std::fs::write(pages.join("here.html"), here).expect("room for a page");
    let embeds = std::fs::read_to_string(pages.join("embeds.html")).expect("the page");
    let tells = r#"<script>
      window.was = document.prerendering;
      const look = () => (window.consentry?.get ? setTimeout(() => localStorage.setItem("ahead", was), 500) : setTimeout(look, 20));
      look();
    </script></head>"#;
    std::fs::write(pages.join("ahead.html"), embeds.replacen("</head>", tells, 1)).expect("room for a page");
}

/// Has the page made, and waits until the gate in it has had its time.
fn make_ahead(browser: &Browser) {
    browser.run(
        r#"const rules = document.createElement("script");
        rules.type = "speculationrules";
        rules.text = JSON.stringify({ prerender: [{ urls: ["/ahead.html"], eagerness: "immediate" }] });
        document.head.append(rules)"#,
    );
    browser.wait_until("the page is made ahead", "return localStorage.getItem('ahead') == 'true'");
}

fn go_on(browser: &Browser) {
    browser.click("#on");
    browser.wait_until(
        "it is the page that was made ahead",
        "return window.was === true && !document.prerendering && performance.getEntriesByType('navigation')[0].activationStart > 0",
    );
}

fn page_made_ahead_contacts_nobody_and_obeys_a_later_acceptance(engine: Engine) {
    let edge = Edge::start();
    with_page_ahead(&edge);
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/here.html"));
    browser.wait_for(LAYER);
    make_ahead(&browser);
    edge.assert_no_hits();
    browser.click(ACCEPT);
    browser.wait_until_recorded();
    // Nobody has seen that page yet, and nobody may ever.
    edge.assert_no_hits();
    go_on(&browser);
    edge.wait_for_hits(&ALL);
    assert!(!browser.shows(LAYER));
    browser.assert_no_trouble();
    assert_eq!(edge.only_record()["action"], "accept_all");
}

fn page_made_ahead_contacts_nobody_and_obeys_a_later_refusal(engine: Engine) {
    let edge = Edge::start();
    with_page_ahead(&edge);
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/here.html"));
    browser.click(ACCEPT);
    browser.wait_until_recorded();
    make_ahead(&browser);
    edge.assert_no_hits();
    browser.open_preferences(LINK);
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    browser.wait_until_recorded();
    go_on(&browser);
    browser.wait_for(".consentry-embed:has(+ #film)");
    edge.assert_no_hits();
    assert_eq!(browser.run("return consentry.get('advertising')"), Value::Bool(false));
    browser.assert_no_trouble();
    edge.wait_for_records(2);
}
