//! A page in a frame that is sandboxed: its origin is nobody's, so cookies and every storage throw. It asks, obeys and holds for
//! as long as the page is there.

use serde_json::json;

use crate::support::browser::{ACCEPT, FORM, LAYER, LINK, REJECT};
use crate::support::{Browser, Edge, Engine, journeys, settle};

journeys! {
    boxed_page_asks_and_what_is_accepted_holds_for_the_page on chromium firefox;
    boxed_page_that_is_refused_contacts_nobody on chromium firefox;
    boxed_page_takes_back_in_the_preferences_and_forgets_on_reset on chromium firefox;
}

fn start(engine: Engine) -> (Edge, Browser) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.goto(&edge.url("/box.html"));
    browser.enter("#box");
    browser.wait_until("the gate has run", "return !!window.consentry?.get");
    browser.wait_for(LAYER);
    let throws = "try { document.cookie; return false } catch { return self.origin == 'null' }";
    assert_eq!(browser.run(throws), true, "the page has no cookies at all");
    edge.assert_no_hits();
    (edge, browser)
}

fn boxed_page_asks_and_what_is_accepted_holds_for_the_page(engine: Engine) {
    let (edge, browser) = start(engine);
    browser.click(ACCEPT);
    browser.wait_without(LAYER);
    edge.wait_for_hits(&["/analytics.js", "/inline.gif", "/video/embed?film", "/pixel.gif"]);
    assert_eq!(
        browser.run("return consentry.get()"),
        json!({ "required": true, "functional": true, "advertising": true })
    );
    settle();
    browser.add_pixel(&format!("{}/later.gif", edge.vendor.url()));
    edge.wait_for_hits(&["/later.gif"]);
    assert!(!browser.shows(LAYER));
    browser.assert_no_trouble();
    // Nobody could be told from anybody there: the log takes records from the site's own origins only.
    edge.wait_for_records(0);
}

fn boxed_page_that_is_refused_contacts_nobody(engine: Engine) {
    let (edge, browser) = start(engine);
    browser.click(REJECT);
    browser.wait_without(LAYER);
    browser.wait_for(".consentry-embed:has(+ #film)");
    browser.add_pixel(&format!("{}/later.gif", edge.vendor.url()));
    edge.assert_no_hits();
    assert!(!browser.shows(LAYER));
    browser.click("[data-consentry-embed=once]");
    edge.wait_for_hits(&["/video/embed?film"]);
    browser.assert_no_trouble();
}

fn boxed_page_takes_back_in_the_preferences_and_forgets_on_reset(engine: Engine) {
    let (edge, browser) = start(engine);
    browser.click(ACCEPT);
    edge.wait_for_hits(&["/video/embed?film"]);
    browser.open_preferences(LINK);
    // The frame may not submit forms: browsers do not even say that somebody tried.
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    assert_eq!(browser.run("return consentry.get('functional')"), false);
    browser.wait_for(".consentry-embed:has(+ #film)");
    edge.vendor.reset();
    browser.add_pixel(&format!("{}/later.gif", edge.vendor.url()));
    edge.assert_no_hits();
    browser.run("consentry.reset()");
    browser.wait_for(LAYER);
    browser.assert_no_trouble();
}
