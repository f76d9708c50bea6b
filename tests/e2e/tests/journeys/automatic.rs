//! Pages on which nobody marked anything: what automatic mode holds, and what the browser asks for before anybody can hold it.

use consentry_e2e::vendor::Vendor;
use serde_json::json;

use crate::support::browser::{ACCEPT, LAYER, REJECT};
use crate::support::{Browser, Edge, Engine, Setup, journeys, settle, site};

journeys! {
    unmarked_page_before_a_choice_runs_nothing_and_asks_only_for_what_the_parser_saw on chromium firefox;
    unmarked_page_after_accept_runs_everything on chromium firefox;
    unmarked_page_after_reject_asks_for_nothing_more on chromium firefox;
    unmarked_page_with_the_mode_on_the_tag_is_held_as_by_the_policy on chromium firefox;
    unmarked_page_with_an_asynchronous_gate_is_told_of_it_once on chromium firefox;
    catalogue_service_under_its_own_host_is_held_and_let_go on chromium;
}

const PAGE: &str = "/automatic.html";

/// What scripts make: guarded before the browser hears of it.
const MADE: [&str; 9] = [
    "/made.js",
    "/made-attribute.js",
    "/made.gif",
    "/beacon",
    "/fetched",
    "/requested",
    "/written.js",
    "/made-frame",
    "/text",
];

/// What the parser meets. Both browsers' preload scanners have asked for it before the first script has run, if nothing
/// marks it: this is what automatic mode cannot stop.
const SCANNED: [&str; 5] =
    ["/parsed.js", "/parsed-async.js", "/parsed-defer.js", "/parsed.css", "/parsed.gif"];

/// Everything that is code, however it came.
const RAN: &str =
    "return (window.__ran || []).map((url) => url.replace(/^[^\\/]*/, '').split('?')[0]).sort()";

/// One service of the policy has the vendors' address, and is nobody else's.
fn policy(edge: &Edge, mode: &str) {
    let vendor = format!("127.0.0.1:{}", edge.vendor.port());
    edge.publish_changed(|policy| {
        let policy = policy.replacen("site = ", &format!("mode = \"{mode}\"\nsite = "), 1);
        let start = policy.rfind("127.0.0.1:8788").expect("a host of the vendors");
        let (before, rest) = policy.split_at(start);
        let others = before.replace("hosts = [\"127.0.0.1:8788\"]\n", "");
        others + rest.replacen("127.0.0.1:8788", &vendor, 1).as_str()
    });
}

fn start(engine: Engine) -> (Edge, Browser) {
    let edge = Edge::start();
    policy(&edge, "auto");
    let browser = Browser::start(engine);
    browser.visit(&edge.url(PAGE));
    browser.wait_for(LAYER);
    settle();
    (edge, browser)
}

fn made(vendor: &Vendor) -> Vec<&'static str> {
    MADE.into_iter().filter(|path| vendor.count_for(path) > 0).collect()
}

fn assert_held(edge: &Edge, browser: &Browser) {
    assert_eq!(made(&edge.vendor), [""; 0], "{:#?}", edge.vendor.requests());
    assert_eq!(browser.run(RAN), json!([]), "code of a vendor ran");
    let log = browser.run("return log.slice().sort()");
    assert_eq!(log, json!(["TypeError", "beacon false", "own script ran", "request 4 0"]));
}

fn unmarked_page_before_a_choice_runs_nothing_and_asks_only_for_what_the_parser_saw(engine: Engine) {
    let (edge, browser) = start(engine);
    assert_held(&edge, &browser);
    for path in SCANNED {
        assert!(
            edge.vendor.count_for(path) > 0,
            "the limit of this mode is gone for {path}: say so in the docs"
        );
    }
    assert!(browser.shows("#end"));
}

fn unmarked_page_after_accept_runs_everything(engine: Engine) {
    let (edge, browser) = start(engine);
    edge.vendor.reset();
    browser.click(ACCEPT);
    edge.wait_for_hits(&["/made.js", "/made-attribute.js", "/made.gif", "/written.js", "/made-frame"]);
    edge.wait_for_hits(&["/text.gif", "/text-frame", "/parsed-frame"]);
    browser.wait_until("everything runs", &format!("return (() => {{ {RAN} }})().length >= 6"));
    browser.wait_until("its maker hears of it", "return log.includes('made.js loaded')");
    assert!(browser.shows("#end"), "what was written did not replace the page");
    browser.wait_until_recorded();
    // What was sent while it was held is not sent later.
    settle();
    assert_eq!(edge.vendor.count_for("/beacon") + edge.vendor.count_for("/fetched"), 0);
}

fn unmarked_page_after_reject_asks_for_nothing_more(engine: Engine) {
    let (edge, browser) = start(engine);
    edge.vendor.reset();
    browser.click(REJECT);
    edge.assert_no_hits();
    browser.run("const late = document.createElement('script'); late.src = vendor + '/made.js'; document.head.append(late)");
    edge.assert_no_hits();
    assert_eq!(browser.run(RAN), json!([]));
}

fn unmarked_page_with_the_mode_on_the_tag_is_held_as_by_the_policy(engine: Engine) {
    let edge = Edge::start();
    policy(&edge, "marked");
    let browser = Browser::start(engine);
    let page = std::fs::read_to_string(edge.pages().join("automatic.html")).expect("the page");
    for (name, tag) in [
        ("url.html", "<script src=\"/_c/demo.js?mode=auto\"></script>"),
        ("tag.html", "<script src=\"/_c/demo.js\" data-mode=\"auto\"></script>"),
    ] {
        let page = page.replacen("<script src=\"/_c/demo.js\"></script>", tag, 1);
        std::fs::write(edge.pages().join(name), page).expect("room for the page");
        browser.visit(&edge.url(&format!("/{name}")));
        browser.wait_for(LAYER);
        settle();
        assert_held(&edge, &browser);
    }
}

fn unmarked_page_with_an_asynchronous_gate_is_told_of_it_once(engine: Engine) {
    let edge = Edge::start();
    policy(&edge, "auto");
    let tag = "<script async src=\"/_c/demo.js\"></script>";
    let page = format!("<!doctype html><html><head>{tag}<title>Late</title></head><body></body></html>");
    std::fs::write(edge.pages().join("late.html"), site::trapped(&page)).expect("room for the page");
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/late.html"));
    browser.wait_for(LAYER);
    let trouble = browser.trouble();
    assert_eq!(trouble.len(), 1, "{trouble:?}");
    assert!(trouble[0].contains("neither async nor defer"), "{trouble:?}");
}

fn catalogue_service_under_its_own_host_is_held_and_let_go(engine: Engine) {
    let edge = Edge::start();
    policy(&edge, "auto");
    let setup = Setup { all_hosts_at: Some(edge.vendor.port()), ..Setup::default() };
    let browser = Browser::with(engine, setup);
    browser.visit(&edge.url(&format!("{PAGE}?catalogue")));
    browser.wait_for(LAYER);
    settle();
    let host = "connect.facebook.net";
    assert_eq!(edge.vendor.count_for(host), 0, "{:#?}", edge.vendor.requests());
    browser.click(ACCEPT);
    edge.wait_for_hits(&["/en_US/fbevents.js"]);
    assert!(edge.vendor.count_for(host) > 0);
}
