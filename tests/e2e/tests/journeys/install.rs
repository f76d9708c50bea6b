//! Websites that are not ours: the tag on another origin than the Worker's, and a page nobody here wrote.

use std::path::PathBuf;

use serde_json::json;

use crate::support::browser::{ACCEPT, FORM, LAYER, LINK};
use crate::support::{Browser, Edge, Engine, Relay, Setup, journeys, site};

journeys! {
    tag_on_another_origin_asks_obeys_and_records on chromium firefox;
    foreign_page_with_marked_tag_manager_waits_for_the_choice on chromium;
}

fn tag_on_another_origin_asks_obeys_and_records(engine: Engine) {
    let edge = Edge::start();
    let relay = Relay::with_foreign_tag(&edge);
    let browser = Browser::start(engine);
    browser.visit(&relay.url("/"));
    browser.wait_for(LAYER);
    edge.assert_no_hits();
    browser.click(ACCEPT);
    edge.wait_for_hits(&["/pixel.gif", "/gtag/js"]);
    browser.wait_until_recorded();
    browser.open_preferences(LINK);
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    browser.wait_until_recorded();
    let rows = edge.wait_for_records(2);
    assert_eq!((&rows[0]["action"], &rows[1]["action"]), (&json!("accept_all"), &json!("withdraw")));
    browser.assert_no_trouble();
}

/// Where the page may be; it is not ours, so it is not in this repository.
fn foreign_page() -> Option<String> {
    let pages = std::env::var_os("CONSENTRY_CORPUS")
        .map_or_else(|| consentry_e2e::workerd::root().join("../shared/corpus/pages"), PathBuf::from);
    std::fs::read_to_string(pages.join("twilio-privacy.html")).ok()
}

fn foreign_page_with_marked_tag_manager_waits_for_the_choice(engine: Engine) {
    let Some(page) = foreign_page() else {
        println!("skipped: no foreign page; CONSENTRY_CORPUS may name the folder with it");
        return;
    };
    let loader = "<script>(function(w,d,s,l,i){w[l]=w[l]||[]";
    assert!(page.contains(loader), "the page has its tag manager inline");
    let marked =
        "<script type=\"text/plain\" data-category=\"advertising\">(function(w,d,s,l,i){w[l]=w[l]||[]";
    let tagged = page
        .replacen("<head>", "<head><script async src=\"/_c/demo.js\"></script>", 1)
        .replace(loader, marked);
    let edge = Edge::start();
    std::fs::write(edge.pages().join("foreign.html"), site::trapped(&tagged)).expect("room");
    let setup = Setup { all_hosts_at: Some(edge.vendor.port()), ..Setup::default() };
    let browser = Browser::with(engine, setup);
    browser.visit(&edge.url("/foreign.html"));
    browser.wait_for(LAYER);
    let manager = "www.googletagmanager.com";
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert!(edge.vendor.count_for("www.twilio.com") > 0, "the page's own hosts are answered");
    assert_eq!(edge.vendor.count_for(manager), 0, "{:#?}", edge.vendor.requests());
    browser.click(ACCEPT);
    edge.wait_for_hits(&["/gtm.js?id=GTM-"]);
    assert!(edge.vendor.count_for(manager) > 0);
    browser.wait_until("it runs", "return (window.__ran || []).some((url) => url.includes('gtm.js'))");
    browser.wait_until_recorded();
    assert_eq!(edge.only_record()["action"], "accept_all");
}
