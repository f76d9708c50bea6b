//! A page whose server allows scripts by their nonce and in no other way, as `docs/install.md` recommends: everything of ours
//! comes in by our tag's nonce, and what is let run by its own.

use serde_json::json;

use crate::support::browser::{ACCEPT, FORM, LAYER, LINK, OPEN, REJECT};
use crate::support::{Browser, Edge, Engine, Relay, journeys};

journeys! {
    page_with_the_documented_policy_has_everything_that_carries_the_nonce on chromium firefox;
    page_that_allows_nothing_but_its_nonce_and_its_vendor_has_everything on chromium firefox;
    nonce_lets_nothing_run_that_is_refused on chromium firefox;
    handler_of_a_marked_script_stays_where_trusted_types_are_enforced on chromium firefox;
}

/// What is asked for once everything is allowed.
const ALL: [&str; 9] = [
    "/analytics.js",
    "/inline.gif",
    "/async.js",
    "/deferred.js",
    "/module.js",
    "/asked.json",
    "/bare.js",
    "/video/embed?film",
    "/pixel.gif",
];

/// The policy of `docs/install.md`, with this page's nonce, and the vendor added to what may be connected to.
fn documented(edge: &Edge) -> String {
    let guide = std::fs::read_to_string(consentry_e2e::workerd::root().join("docs/install.md"));
    let guide = guide.expect("the guide");
    let mut lines = guide.lines().filter_map(|line| line.strip_prefix("Content-Security-Policy: "));
    let policy = lines.next().expect("a policy in the guide");
    assert!(policy.contains("'nonce-R4nd0m'") && policy.contains("connect-src 'self'"), "{policy}");
    assert!(!policy.contains("'strict-dynamic'") && !policy.contains("'unsafe-"), "{policy}");
    let connect = format!("connect-src 'self' {}", edge.vendor.url());
    policy.replace("R4nd0m", "fixture").replace("connect-src 'self'", &connect)
}

/// The same, and nothing else but styles with the nonce, and the vendor's pictures and frames.
fn narrow(edge: &Edge) -> String {
    let vendor = edge.vendor.url();
    let documented = documented(edge);
    format!(
        "{documented}; default-src 'none'; base-uri 'none'; form-action 'self'; style-src 'nonce-fixture'; \
         img-src 'self' {vendor}; frame-src {vendor}"
    )
}

fn start(engine: Engine, policy: fn(&Edge) -> String) -> (Edge, Relay, Browser) {
    let edge = Edge::start();
    let relay = Relay::with_policy(&edge, &policy(&edge));
    let browser = Browser::start(engine);
    browser.visit(&relay.url("/nonce.html"));
    browser.wait_for(LAYER);
    assert_alone_refused(&browser);
    edge.assert_no_hits();
    (edge, relay, browser)
}

fn page_with_the_documented_policy_has_everything_that_carries_the_nonce(engine: Engine) {
    has_everything(engine, documented);
}

fn page_that_allows_nothing_but_its_nonce_and_its_vendor_has_everything(engine: Engine) {
    has_everything(engine, narrow);
}

fn has_everything(engine: Engine, policy: fn(&Edge) -> String) {
    let (edge, relay, browser) = start(engine, policy);
    // What is imported: the banner, which opens the preferences over the page, and what comes later, which makes placeholders.
    browser.wait_until_hydrated();
    browser.wait_for(".consentry-embed:has(+ #film)");
    browser.open_preferences(OPEN);
    assert_eq!(browser.run("return !!document.querySelector('#consentry dialog:modal')"), true);
    assert_eq!(browser.address(), relay.url("/nonce.html"));
    for part in ["banner-", "later-"] {
        assert!(relay.count_for(part) > 0, "{part} was not fetched");
    }
    edge.assert_no_hits();
    browser.click(&format!("{FORM} button[value=accept_all]"));
    browser.wait_without(FORM);
    assert_everything_ran(&edge, &browser);
    assert_eq!(browser.wait_until_recorded().record, crate::support::edge::record_id(&edge.only_record()));

    // And on the next visit.
    edge.vendor.reset();
    browser.visit(&relay.url("/nonce.html"));
    assert_everything_ran(&edge, &browser);
    browser.open_preferences(LINK);
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    browser.wait_for("[data-consentry-embed=note]");
    browser.wait_for(".consentry-embed:has(+ #film)");
    assert_alone_refused(&browser);
}

fn nonce_lets_nothing_run_that_is_refused(engine: Engine) {
    let (edge, relay, browser) = start(engine, narrow);
    browser.click(REJECT);
    browser.wait_without(LAYER);
    browser.wait_until_recorded();
    edge.assert_no_hits();
    browser.visit(&relay.url("/nonce.html"));
    edge.assert_no_hits();
    browser.run("consentry.reset()");
    browser.click(ACCEPT);
    assert_everything_ran(&edge, &browser);
}

fn assert_everything_ran(edge: &Edge, browser: &Browser) {
    edge.wait_for_hits(&ALL);
    browser.wait_for("#written");
    browser.wait_until(
        "every script has run",
        "return ['analytics', 'async', 'deferred', 'module', 'bare'].every((name) => __ran?.some((url) => url.includes(`/${name}.js`)))
           && inlineRan > 0 && moduleRan === 1 && bareRan === 1 && !!document.getElementById('stays')",
    );
    assert_alone_refused(browser);
}

/// The policy is in force: it has refused the one script that does not carry the nonce, and nothing else.
fn assert_alone_refused(browser: &Browser) {
    browser.wait_until("the script without the nonce is refused", "return refused.length > 0");
    assert_eq!(browser.run("return [window.smuggled, refused]"), json!([null, ["script-src-elem: inline "]]));
    browser.assert_no_trouble();
}

fn handler_of_a_marked_script_stays_where_trusted_types_are_enforced(engine: Engine) {
    let edge = Edge::start();
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><title>Handler</title><script async src=\"/_c/demo.js\"></script></head><body>\
         <script type=\"text/plain\" data-category=\"functional\" data-src=\"{}/handled.js\" onload=\"window.handled = 1\"></script>",
        edge.vendor.url()
    );
    std::fs::write(edge.pages().join("handler.html"), page).expect("room for a page");
    let relay = Relay::with_policy(&edge, "require-trusted-types-for 'script'; trusted-types consentry");
    let browser = Browser::start(engine);
    browser.visit(&relay.url("/handler.html"));
    browser.click(ACCEPT);
    edge.wait_for_hits(&["/handled.js"]);
    browser.wait_until("its author's handler has run", "return window.handled === 1");
}
