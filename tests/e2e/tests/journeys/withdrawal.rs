//! Taking back: what a service left in the browser's stores is gone, its frames too, and the visitor is told what is not.

use serde_json::json;

use crate::support::browser::{ACCEPT, FORM, LINK, REJECT};
use crate::support::{Browser, Edge, Engine, journeys};

journeys! {
    withdrawal_clears_every_store_of_what_was_allowed_and_nothing_else on chromium firefox webkit;
    withdrawal_takes_frames_back_and_offers_to_reload on chromium firefox;
    withdrawal_by_policy_reloads_at_once on chromium;
    refusal_on_a_first_visit_clears_what_was_there_before on chromium firefox;
    cookies_that_no_script_sees_are_ended_by_the_service on chromium firefox webkit;
}

/// What a page of the site holds after some weeks: of a service that will be refused, and of others.
const FILL: &str = "
const day = ';max-age=86400';
document.cookie = 'mp_1=a' + day + ';path=/';
document.cookie = 'mp_2=a' + day;
document.cookie = 'mp_3=a' + day + ';path=/shop';
document.cookie = '__Secure-mp=a' + day + ';path=/;secure';
document.cookie = '_ga=a' + day + ';path=/';
document.cookie = '_ga_X=a' + day + ';path=/';
document.cookie = 'shop_session=basket;path=/';
document.cookie = 'unknown=1' + day + ';path=/';
localStorage.setItem('mp_store', '1');
localStorage.setItem('mine', '1');
sessionStorage.setItem('mp_tab', '1');
sessionStorage.setItem('mine', '1');
for (const name of ['mp_cache-1', 'mp_db', 'mine']) await (await caches.open(name)).put('/kept', new Response('kept'));
// The vendor's works for the whole site, this page included, and the site's own for a part of it.
for (const [script, scope] of [['/vendor-worker.js?v=1', '/'], ['/own-worker.js', '/shop/']]) {
  const place = await navigator.serviceWorker.register(script, { scope });
  while (!place.active) await new Promise((done) => setTimeout(done, 20));
}
await Promise.all(['mp_db', 'mine'].map((name) => new Promise((done) => { const open = indexedDB.open(name); open.onsuccess = () => { open.result.close(); done() } })));
";

const LEFT: &str = "
return {
  local: Object.keys(localStorage).filter((name) => /^mp|mine/.test(name)),
  session: Object.keys(sessionStorage).filter((name) => /^mp|mine/.test(name)),
  databases: indexedDB.databases ? (await indexedDB.databases()).map(({ name }) => name).filter((name) => /^mp|mine/.test(name)) : ['mine'],
  caches: (await caches.keys()).sort(),
  workers: (await navigator.serviceWorker.getRegistrations()).map(({ active }) => new URL(active.scriptURL).pathname).sort(),
};
";

/// The demo policy with more that its services keep.
fn with_stores() -> Edge {
    let edge = Edge::start();
    edge.publish_changed(|policy| {
        let name = "{ name = \"_mpid\", retention_days = 365 },";
        assert!(policy.contains(name));
        let more: String = [
            ("__Secure-mp", "cookie"),
            ("mp_store", "local_storage"),
            ("mp_tab", "session_storage"),
            ("mp_db", "indexed_db"),
            ("mp_cache-*", "cache"),
            ("*/vendor-worker.js", "service_worker"),
        ]
        .map(|(name, storage)| {
            format!("{{ name = \"{name}\", retention_days = 365, storage = \"{storage}\" }},")
        })
        .concat();
        policy.replacen(name, &format!("{name}{more}"), 1)
    });
    edge
}

/// Workers that do no more than be there.
fn add_workers(edge: &Edge) {
    let claims = "addEventListener('activate', (event) => event.waitUntil(clients.claim()));";
    for (file, script) in [("vendor-worker.js", claims), ("own-worker.js", "// The site's own.")] {
        std::fs::write(edge.pages().join(file), script).expect("room for a worker");
    }
}

fn names(browser: &Browser) -> Vec<String> {
    let mut names: Vec<String> = browser.cookies().into_iter().map(|(name, _)| name).collect();
    names.retain(|name| {
        ["__Secure", "mp_", "_ga", "shop", "unknown"].iter().any(|start| name.starts_with(start))
    });
    names.sort();
    names
}

fn withdrawal_clears_every_store_of_what_was_allowed_and_nothing_else(engine: Engine) {
    let edge = with_stores();
    add_workers(&edge);
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/embeds.html"));
    browser.click(ACCEPT);
    browser.wait_until_recorded();
    browser.run_async(FILL);
    let filled = browser.run_async(LEFT);
    assert_eq!(filled["workers"], json!(["/own-worker.js", "/vendor-worker.js"]), "{filled}");
    assert_eq!(filled["caches"], json!(["mine", "mp_cache-1", "mp_db"]));
    let kept = names(&browser);
    assert!(kept.contains(&"mp_1".to_owned()));
    // The others want HTTPS for that, also on the machine itself.
    assert!(kept.contains(&"__Secure-mp".to_owned()) || !matches!(engine, Engine::Chromium), "{kept:?}");
    // Functional goes, advertising stays.
    browser.open_preferences(LINK);
    browser.click("label:has([name=category][value=functional])");
    browser.click(&format!("{FORM} button[value=save]"));
    browser.wait_without(FORM);
    browser.wait_until("its cookies are gone", "return !/mp_/.test(document.cookie)");
    browser.wait_until_recorded();
    // A database's name says nothing of caches.
    let wanted = json!({
        "local": ["mine"], "session": ["mine"], "databases": ["mine"], "caches": ["mine", "mp_db"],
        "workers": ["/own-worker.js"],
    });
    browser.wait_until(
        "the stores are cleared",
        "return !localStorage.getItem('mp_store') && !sessionStorage.getItem('mp_tab')",
    );
    crate::support::settle();
    assert_eq!(browser.run_async(LEFT), wanted);
    assert_eq!(names(&browser), ["_ga", "_ga_X", "shop_session", "unknown"]);
    // The rest of it.
    browser.open_preferences(LINK);
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    browser.wait_until("those of advertising too", "return !/_ga/.test(document.cookie)");
    assert_eq!(names(&browser), ["shop_session", "unknown"]);
    browser.goto(&edge.url("/shop/none.html"));
    assert_eq!(
        names(&browser).iter().filter(|name| name.starts_with("mp_")).count(),
        1,
        "another path's cookie is not in sight"
    );
    browser.goto(&edge.url("/embeds.html"));
    browser.assert_no_trouble();
}

fn withdrawal_takes_frames_back_and_offers_to_reload(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/embeds.html"));
    browser.click(ACCEPT);
    edge.wait_for_hits(&["/video/embed?film", "/map", "/post.js"]);
    browser.wait_until_recorded();
    browser.open_preferences(LINK);
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    browser.wait_for(".consentry-embed:has(+ #film)");
    browser.wait_for(".consentry-embed:has(+ #map)");
    assert_eq!(browser.run("return document.querySelector('#film').src"), json!(""));
    browser.wait_for("[data-consentry-embed=note]");
    edge.vendor.reset();
    browser.click("[data-consentry-embed=reload]");
    browser.wait_until(
        "the page is new",
        "return !document.querySelector('[data-consentry-embed=note]') && !!window.consentry?.get",
    );
    browser.wait_for(".consentry-embed:has(+ #film)");
    edge.assert_no_hits();
}

fn withdrawal_by_policy_reloads_at_once(engine: Engine) {
    let edge = Edge::start();
    edge.publish_changed(|policy| policy + "\n[withdrawal]\nreload = \"always\"\n");
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/embeds.html"));
    browser.click(ACCEPT);
    browser.wait_until_recorded();
    browser.run("window.old = 1");
    browser.open_preferences(LINK);
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_until("the page is new", "return !window.old && !!window.consentry?.get");
    browser.wait_until_recorded();
}

fn refusal_on_a_first_visit_clears_what_was_there_before(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/embeds.html"));
    browser.run("document.cookie = '_ga=old;path=/;max-age=999'");
    browser.reload();
    crate::support::settle();
    assert_eq!(names(&browser), ["_ga"], "nobody has refused anything yet");
    browser.click(REJECT);
    browser.wait_until("it is gone", "return !/_ga/.test(document.cookie)");
}

fn cookies_that_no_script_sees_are_ended_by_the_service(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    let hide = || ["mp_1", "_ga", "shop_session", "unknown"].map(|name| browser.add_hidden_cookie(name));
    browser.visit(&edge.url("/embeds.html"));
    hide();
    assert_eq!(browser.run("return document.cookie"), json!(""));
    // Refused: with the answer to the record.
    browser.click(REJECT);
    browser.wait_until_recorded();
    assert_eq!(names(&browser), ["shop_session", "unknown"]);
    // Agreed to, and one of them taken back.
    browser.run("consentry.set({ functional: true, advertising: true })");
    browser.wait_until_recorded();
    hide();
    browser.open_preferences(LINK);
    browser.click("label:has([name=category][value=functional])");
    browser.click(&format!("{FORM} button[value=save]"));
    browser.wait_without(FORM);
    browser.wait_until_recorded();
    browser.wait_for("[data-consentry-embed=note]");
    assert_eq!(names(&browser), ["_ga", "shop_session", "unknown"]);
    // The next page has no reason to ask the service for it again, whatever there is.
    hide();
    browser.goto(&edge.url("/embeds.html"));
    browser.wait_for(".consentry-embed");
    crate::support::settle();
    assert!(names(&browser).contains(&"mp_1".to_owned()));
    let asked = "return performance.getEntriesByType('resource').filter(({ name }) => name.includes('/later?')).length";
    assert_eq!(browser.run(asked), json!(1), "what it knows of the policy, and no more");
}
