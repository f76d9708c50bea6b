//! One site under several names: the choice is shared with `share_domain`, and what a service has left is cleared wherever below
//! that domain it was put.

use crate::support::browser::{ACCEPT, FORM, LAYER, LINK, REJECT};
use crate::support::driver::NAMES;
use crate::support::{Browser, Edge, Engine, Setup, journeys, settle, site};

journeys! {
    choice_of_one_subdomain_holds_on_the_other_and_is_not_asked_again on chromium firefox;
    service_withdrawn_on_one_subdomain_leaves_no_cookie_of_the_shared_domain on chromium firefox;
    refusal_on_one_subdomain_ends_what_was_allowed_on_the_other on chromium firefox;
    page_that_is_open_on_another_subdomain_follows_when_it_is_looked_at on chromium firefox;
    choice_without_a_shared_domain_stays_on_its_host on chromium firefox;
}

const WWW: &str = NAMES[0];
const SHOP: &str = NAMES[1];
const OTHER: &str = NAMES[2];
const DOMAIN: &str = "share_domain = \"example.co.uk\"\n";

/// Below a path of its own, for cookies that have it too.
const PAGE: &str = "/shop/page.html";

/// What the page asks vendors for, by category.
const FUNCTIONAL: &str = "/counted.gif";
const ADVERTISING: &str = "/adverts.gif";

fn start(engine: Engine, share: &str) -> (Edge, Browser) {
    let edge = Edge::start();
    let origins = [WWW, SHOP].map(|host| format!("http://{host}:{}", edge.port()));
    edge.publish_for(&origins, |policy| {
        policy.replacen("\nlanguages = ", &format!("\n{share}languages = "), 1)
    });
    let vendor = edge.vendor.url();
    let page = format!(
        r#"<!doctype html><html lang="en"><head><title>Shop</title><script async src="/_c/demo.js"></script></head>
        <body><main><h1>Shop</h1>
        <img alt="" data-category="functional" data-service="mixpanel" data-src="{vendor}{FUNCTIONAL}">
        <img alt="" data-category="advertising" data-service="ad_pixel" data-src="{vendor}{ADVERTISING}">
        </main></body></html>"#
    );
    std::fs::create_dir(edge.pages().join("shop")).expect("a folder");
    std::fs::write(edge.pages().join("shop/page.html"), site::trapped(&page)).expect("room for a page");
    (edge, Browser::with(engine, Setup { names: true, ..Setup::default() }))
}

fn address(edge: &Edge, host: &str) -> String {
    format!("http://{host}:{}{PAGE}", edge.port())
}

/// Names of the cookies that the page's host has, without the choice and what vendors set under their own address.
fn names(browser: &Browser) -> Vec<String> {
    let mut names: Vec<String> = browser.cookies().into_iter().map(|(name, _)| name).collect();
    names.retain(|name| name != "consentry");
    names.sort();
    names
}

fn accepted_on_www(engine: Engine) -> (Edge, Browser) {
    let (edge, browser) = start(engine, DOMAIN);
    browser.visit(&address(&edge, WWW));
    browser.wait_for(LAYER);
    edge.assert_no_hits();
    browser.click(ACCEPT);
    edge.wait_for_hits(&[FUNCTIONAL, ADVERTISING]);
    browser.wait_until_recorded();
    (edge, browser)
}

fn choice_of_one_subdomain_holds_on_the_other_and_is_not_asked_again(engine: Engine) {
    let (edge, browser) = accepted_on_www(engine);
    let choice = browser.choice();
    edge.vendor.reset();
    browser.visit(&address(&edge, SHOP));
    edge.wait_for_hits(&[FUNCTIONAL, ADVERTISING]);
    settle();
    assert!(!browser.shows(LAYER) && browser.shows(LINK));
    assert_eq!(browser.choice(), choice, "one and the same");
    browser.assert_no_trouble();
    // Not below the domain: another site, that has made no choice of its own.
    browser.visit(&address(&edge, OTHER));
    browser.wait_for(LAYER);
    assert_eq!(browser.choice(), None);
    edge.only_record();
}

fn page_that_is_open_on_another_subdomain_follows_when_it_is_looked_at(engine: Engine) {
    let (edge, browser) = accepted_on_www(engine);
    let (www, _) = browser.new_tab();
    browser.visit(&address(&edge, SHOP));
    browser.run("consentry.set({ functional: false, advertising: false })");
    browser.switch_to(&www);
    // Browsers without a window tell their pages of no focus.
    browser.run("window.dispatchEvent(new Event('focus'))");
    browser.wait_until("the other page's refusal", "return !consentry.get('advertising')");
    browser.wait_until(
        "what was let run is taken back",
        "return ![...document.images].some((image) => image.hasAttribute('src'))",
    );
}

fn service_withdrawn_on_one_subdomain_leaves_no_cookie_of_the_shared_domain(engine: Engine) {
    let (edge, browser) = accepted_on_www(engine);
    browser.run(
        "const day = ';max-age=86400';
         document.cookie = 'mp_shared=1;path=/;domain=example.co.uk' + day;
         document.cookie = 'mp_path=1;path=/shop/;domain=example.co.uk' + day;
         document.cookie = 'mp_www=1;path=/' + day;
         document.cookie = '_ga=1;path=/;domain=example.co.uk' + day;
         document.cookie = 'ours=1;path=/;domain=example.co.uk' + day;
         document.cookie = 'mp_suffix=1;path=/;domain=co.uk' + day",
    );
    assert_eq!(names(&browser), ["_ga", "mp_path", "mp_shared", "mp_www", "ours"], "none of the suffix");
    // Somebody else's, of the same name.
    browser.visit(&address(&edge, OTHER));
    browser.run("document.cookie = 'mp_shared=theirs;path=/;domain=other.co.uk;max-age=86400'");
    assert_eq!(names(&browser), ["mp_shared"]);

    browser.visit(&address(&edge, SHOP));
    browser.run("document.cookie = 'mp_shop=1;path=/shop/;max-age=86400'");
    assert_eq!(names(&browser), ["_ga", "mp_path", "mp_shared", "mp_shop", "ours"]);
    browser.switch_over(LINK, "category", "functional");
    browser.wait_until("its cookies are gone", "return !/mp_/.test(document.cookie)");
    browser.wait_until_recorded();
    assert_eq!(names(&browser), ["_ga", "ours"]);
    browser.assert_no_trouble();

    // What only the first host has goes when its pages are visited.
    edge.vendor.reset();
    browser.visit(&address(&edge, WWW));
    browser.wait_until("there too", "return !/mp_/.test(document.cookie)");
    assert_eq!(names(&browser), ["_ga", "ours"]);
    edge.wait_for_hits(&[ADVERTISING]);
    settle();
    assert_eq!(edge.vendor.count_for(FUNCTIONAL), 0);
    browser.assert_no_trouble();
    browser.visit(&address(&edge, OTHER));
    assert_eq!(names(&browser), ["mp_shared"], "theirs is theirs");
    edge.wait_for_records(2);
}

fn refusal_on_one_subdomain_ends_what_was_allowed_on_the_other(engine: Engine) {
    let (edge, browser) = accepted_on_www(engine);
    browser.visit(&address(&edge, SHOP));
    browser.open_preferences(LINK);
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    assert!(browser.wait_until_recorded().is_refusal());
    edge.vendor.reset();
    browser.visit(&address(&edge, WWW));
    edge.assert_no_hits();
    assert!(!browser.shows(LAYER));
    assert!(browser.choice().is_some_and(|choice| choice.is_refusal()));
    let rows = edge.wait_for_records(2);
    assert_eq!(rows[1]["previous_record_id"], rows[0]["record_id"], "one after the other, for one visitor");
    browser.assert_no_trouble();
}

fn choice_without_a_shared_domain_stays_on_its_host(engine: Engine) {
    let (edge, browser) = start(engine, "");
    browser.visit(&address(&edge, WWW));
    browser.click(REJECT);
    browser.wait_until_recorded();
    browser.visit(&address(&edge, SHOP));
    browser.wait_for(LAYER);
    assert_eq!(browser.choice(), None);
    edge.assert_no_hits();
}
