//! A site with a service worker of its own that answers everything it has seen before from its cache, our tag included: the gate
//! asks, obeys and records as without one.

use serde_json::json;

use crate::support::browser::{ACCEPT, FORM, LAYER, LINK};
use crate::support::{Browser, Edge, Engine, journeys, settle};

journeys! {
    page_out_of_the_sites_own_worker_asks_obeys_and_records on chromium firefox;
}

/// Answers from the cache whatever is there, and puts there what is not.
const WORKER: &str = "
addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method != 'GET' || new URL(request.url).origin != location.origin) return;
  event.respondWith((async () => {
    const cache = await caches.open('site');
    const known = await cache.match(request);
    if (known) return known;
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  })());
});
";

const PAGE: &str = "/embeds.html";

/// Installs the worker from a page without a tag, so that it answers every request of the page there is to see.
fn start(engine: Engine) -> (Edge, Browser) {
    let edge = Edge::start();
    let pages = edge.pages();
    std::fs::write(pages.join("worker.js"), WORKER).expect("room for a worker");
    let bare = "<!doctype html><html lang=\"en\"><head><title>Bare</title></head><body></body></html>";
    std::fs::write(pages.join("bare.html"), bare).expect("room for a page");
    let browser = Browser::start(engine);
    browser.goto(&edge.url("/bare.html"));
    browser.run_async(
        "await navigator.serviceWorker.register('/worker.js');
         while (!navigator.serviceWorker.controller) await new Promise((done) => setTimeout(done, 20));",
    );
    browser.visit(&edge.url(PAGE));
    // From now on the page is not the server's any more.
    std::fs::write(pages.join("embeds.html"), "gone").expect("room for a page");
    browser.visit(&edge.url(PAGE));
    assert_eq!(browser.run("return !!document.querySelector('#film')"), true, "the worker answers");
    let tag =
        "return (await (await caches.open('site')).keys()).some(({ url }) => url.endsWith('/_c/demo.js'))";
    assert_eq!(browser.run_async(tag), true, "with the tag out of its cache");
    (edge, browser)
}

fn page_out_of_the_sites_own_worker_asks_obeys_and_records(engine: Engine) {
    let (edge, browser) = start(engine);
    browser.wait_for(LAYER);
    edge.assert_no_hits();
    browser.click(ACCEPT);
    edge.wait_for_hits(&["/video/embed?film", "/map", "/post.js"]);
    browser.wait_until_recorded();
    edge.vendor.reset();
    browser.visit(&edge.url(PAGE));
    edge.wait_for_hits(&["/video/embed?film", "/map", "/post.js"]);
    assert!(!browser.shows(LAYER), "the choice is remembered");

    browser.open_preferences(LINK);
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    browser.wait_for(".consentry-embed:has(+ #film)");
    browser.wait_until_recorded();
    settle();
    edge.vendor.reset();
    browser.visit(&edge.url(PAGE));
    browser.wait_for(".consentry-embed:has(+ #film)");
    edge.assert_no_hits();
    // Clearing up after the refusal has left the site its own.
    let left =
        "return [(await caches.keys()).join(), (await navigator.serviceWorker.getRegistrations()).length]";
    assert_eq!(browser.run_async(left), json!(["site", 1]));
    let rows = edge.wait_for_records(2);
    assert_eq!((&rows[0]["action"], &rows[1]["action"]), (&json!("accept_all"), &json!("withdraw")));
    browser.assert_no_trouble();
}
