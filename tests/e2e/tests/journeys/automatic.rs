//! Pages on which nobody marked anything: what automatic mode holds, and what the browser asks for before anybody can hold it.

use consentry_e2e::vendor::Vendor;
use serde_json::json;

use crate::support::browser::{ACCEPT, FORM, LAYER, LINK, REJECT};
use crate::support::{Browser, Edge, Engine, Setup, journeys, settle, site};

journeys! {
    unmarked_page_before_a_choice_runs_nothing_and_asks_only_for_what_the_parser_saw on chromium firefox;
    unmarked_page_after_accept_runs_everything on chromium firefox;
    unmarked_page_after_reject_asks_for_nothing_more on chromium firefox;
    unmarked_page_with_the_mode_on_the_tag_is_held_as_by_the_policy on chromium firefox;
    unmarked_page_with_an_asynchronous_gate_is_told_of_it_once on chromium firefox;
    unmarked_page_with_a_deferred_gate_is_told_of_it_once on chromium firefox;
    unmarked_page_with_a_script_before_the_gate_is_told_which_one on chromium firefox;
    unmarked_page_with_the_gate_where_it_belongs_is_told_nothing on chromium firefox;
    unmarked_page_after_a_withdrawal_holds_what_scripts_make_at_once_and_on_the_next_load on chromium firefox;
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
pub(crate) fn policy(edge: &Edge, mode: &str) {
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
    let told = told_with(engine, "<script async src=\"/_c/demo.js\"></script>");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("neither async nor defer"), "{told:?}");
}

/// What a page with this in its head is told.
fn told_with(engine: Engine, head: &str) -> Vec<String> {
    let edge = Edge::start();
    policy(&edge, "auto");
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><script>window.log = []</script>{head}<title>Told</title></head><body><p>Told.</p></body></html>"
    );
    std::fs::write(edge.pages().join("told.html"), site::trapped(&page)).expect("room for the page");
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/told.html"));
    browser.wait_for(LAYER);
    // A choice is another verdict, and no reason to say it again.
    browser.click(REJECT);
    browser.wait_without(LAYER);
    browser.trouble()
}

fn unmarked_page_with_a_deferred_gate_is_told_of_it_once(engine: Engine) {
    // One of the site's own has run before it as well; that is the same mistake.
    let told = told_with(
        engine,
        "<script src=\"/own-of-automatic.js\"></script><script defer src=\"/_c/demo.js\"></script>",
    );
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("neither async nor defer"), "{told:?}");
}

fn unmarked_page_with_a_script_before_the_gate_is_told_which_one(engine: Engine) {
    let own = "<script src=\"/own-of-automatic.js\"></script>";
    let told = told_with(engine, &format!("{own}<script src=\"/_c/demo.js\"></script>{own}"));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("must be the first script of the page"), "{told:?}");
    assert!(told[0].contains("/own-of-automatic.js ran before it"), "{told:?}");
}

fn unmarked_page_with_the_gate_where_it_belongs_is_told_nothing(engine: Engine) {
    let own = "<script src=\"/own-of-automatic.js\"></script>";
    let told = told_with(engine, &format!("<script src=\"/_c/demo.js\"></script>{own}"));
    assert_eq!(told, Vec::<String>::new());
}

fn unmarked_page_after_a_withdrawal_holds_what_scripts_make_at_once_and_on_the_next_load(engine: Engine) {
    let (edge, browser) = start(engine);
    browser.click(ACCEPT);
    edge.wait_for_hits(&["/made.js", "/made.gif", "/written.js", "/made-frame", "/text.gif"]);
    browser.wait_until_recorded();
    browser.open_preferences(LINK);
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    browser.wait_until_recorded();
    edge.vendor.reset();
    browser.run(
        "const late = document.createElement('script'); late.src = `${vendor}/late.js`; document.head.append(late);
         new Image().src = `${vendor}/late.gif`; fetch(`${vendor}/late`).catch(() => {});
         navigator.sendBeacon(`${vendor}/late-beacon`)",
    );
    edge.assert_no_hits();
    browser.reload();
    settle();
    assert_held(&edge, &browser);
    let asked = edge.vendor.requests();
    // A frame of the parser's is called back, unless the browser was faster.
    let known = |path: &str| SCANNED.contains(&path) || path == "/parsed-frame";
    assert!(asked.iter().all(|hit| known(&hit.path)), "{asked:#?}");
    edge.wait_for_records(2);
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
