//! Taking back: what a service left in the browser's stores is gone, its frames too, and the visitor is told what is not.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::browser::{ACCEPT, FORM, LINK, REJECT};
use crate::support::relay::Rule;
use crate::support::{Browser, Edge, Engine, Relay, journeys, settle, wait_for};

journeys! {
    withdrawal_clears_every_store_of_what_was_allowed_and_nothing_else on chromium firefox webkit;
    withdrawal_takes_frames_back_and_offers_to_reload on chromium firefox;
    withdrawal_ends_every_kind_of_element_on_the_page_itself on chromium firefox;
    withdrawal_by_policy_reloads_at_once on chromium;
    choice_that_is_forgotten_ends_what_ran_by_it_also_in_the_other_tab on chromium;
    // Firefox remembers for as long as the page lives what it could not import.
    withdrawal_without_a_network_is_made_good_by_the_next_one on chromium;
    refusal_on_a_first_visit_clears_what_was_there_before on chromium firefox;
    cookies_that_no_script_sees_are_ended_by_the_service on chromium firefox webkit;
    stores_as_the_browser_itself_has_them_keep_only_what_is_not_listed on chromium;
    service_turned_off_alone_loses_its_stores_and_the_others_of_its_category_keep_theirs on chromium firefox;
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
    browser.switch_over(LINK, "category", "functional");
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

fn choice_that_is_forgotten_ends_what_ran_by_it_also_in_the_other_tab(engine: Engine) {
    let edge = with_stores();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/embeds.html"));
    browser.click(ACCEPT);
    browser.wait_until_recorded();
    edge.wait_for_hits(&["/video/embed?film"]);
    browser.run("document.cookie = 'mp_1=a;max-age=86400;path=/'; localStorage.setItem('mp_store', '1')");
    // The other tab: a page of the same site in a frame has all that a tab has, and a driver sees both.
    browser.run("const other = document.createElement('iframe'); other.id = 'other'; other.src = '/embeds.html'; document.body.append(other)");
    let other = "const other = document.querySelector('#other').contentWindow; return other.consentry?.get('functional')";
    browser.wait_until("the other one has the choice", &format!("{other} === true"));
    browser.run("consentry.reset()");
    browser.wait_until("the other one has none", &format!("{other} === false"));
    browser.wait_for(".consentry-embed:has(+ #film)");
    browser.wait_until(
        "what was kept is gone",
        "return !document.cookie.includes('mp_1') && localStorage.getItem('mp_store') === null",
    );
    browser.wait_for("[data-consentry-embed=reload]");
    // Wide enough for its words, and on nothing else of ours; also on a telephone.
    let fits = "const note = document.querySelector('[data-consentry-embed=note]'), box = note.getBoundingClientRect();
        const link = document.querySelector('#consentry > a').getBoundingClientRect();
        return box.width >= Math.min(280, document.documentElement.clientWidth - 40) && note.scrollWidth <= note.clientWidth && note.scrollHeight <= note.clientHeight
            && box.right <= innerWidth && (!link.height || box.bottom <= link.top)";
    for width in [1280, 320] {
        browser.resize(width, 700);
        settle();
        let seen = browser.run("const b = document.querySelector('[data-consentry-embed=note]'), r = b.getBoundingClientRect(); return [r.x, r.y, r.width, r.height, b.scrollWidth, b.clientWidth, b.scrollHeight, b.clientHeight, innerWidth]");
        assert_eq!(browser.run(fits), json!(true), "{width}: {seen}");
    }
    if let Some(folder) = std::env::var_os("CONSENTRY_PICTURES") {
        browser.picture(&std::path::Path::new(&folder).join("reload.png"));
    }
    browser.assert_no_trouble();
}

fn withdrawal_without_a_network_is_made_good_by_the_next_one(engine: Engine) {
    let edge = with_stores();
    let relay = Relay::start(&edge);
    let browser = Browser::start(engine);
    // From the start: what has come once a browser keeps.
    relay.rule("/later", Rule::Refuse);
    browser.visit(&relay.url("/embeds.html"));
    browser.click(ACCEPT);
    browser.wait_until_recorded();
    // Not a cookie: those the answer to the record ends.
    browser.run("localStorage.setItem('mp_store', '1')");
    browser.run("consentry.set({ functional: false })");
    settle();
    assert_eq!(browser.run("return localStorage.getItem('mp_store')"), json!("1"));
    relay.lift();
    browser.run("consentry.set({ functional: true }); consentry.set({ functional: false })");
    browser.wait_until("what was kept is gone", "return localStorage.getItem('mp_store') === null");
    browser.wait_for(".consentry-embed:has(+ #film)");
    let rejections = "return window.trouble.filter((line) => line.startsWith('rejection'))";
    assert_eq!(browser.run(rejections), json!([]), "nothing of ours reaches the page");
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

/// Elements whose page at the vendor's asks for a picture as long as it lives.
const LIVING: [&str; 6] = ["frame", "small-frame", "embed", "small-embed", "object", "small-object"];

fn withdrawal_ends_every_kind_of_element_on_the_page_itself(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/kinds.html"));
    browser.click(ACCEPT);
    let pictures = ["/p/picture.gif", "/p/choice.gif", "/p/poster.gif", "/css/fonts.css"];
    edge.wait_for_hits(&pictures);
    for name in LIVING {
        edge.wait_for_hits(&[&format!("/lives.gif?{name}")]);
    }
    browser.run("for (const player of document.querySelectorAll('audio, video')) player.play()");
    browser.wait_until(
        "players play and the style sheet is in use",
        "return ['sound', 'film', 'sources'].every((id) => document.getElementById(id).currentTime > 0)
           && document.getElementById('chosen').currentSrc.endsWith('/p/choice.gif')
           && !!document.getElementById('sheet').sheet",
    );
    browser.wait_until_recorded();
    browser.open_preferences(LINK);
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    browser.wait_for("[data-consentry-embed=note]");

    let addresses = "return [...document.querySelectorAll('[data-category]')].flatMap((el) => ['src', 'srcset', 'href', 'data', 'poster']
        .filter((name) => el.hasAttribute(name)).map((name) => `${el.id} ${name}`))";
    assert_eq!(browser.run(addresses), json!([]), "addresses are taken away");
    browser.wait_until(
        "the style sheet is out of use",
        "return ![...document.styleSheets].some(({ href }) => href?.includes('fonts.css'))",
    );
    browser.wait_until(
        "the picture is the page's own",
        "return document.getElementById('chosen').currentSrc.startsWith('data:')
           && !document.getElementById('picture').currentSrc",
    );
    browser.wait_until(
        "players have nothing and stand still",
        "return ['sound', 'film', 'sources'].every((id) => {
           const player = document.getElementById(id);
           return player.paused && player.readyState == 0;
         })",
    );
    // What left before may still arrive.
    crate::support::settle();
    edge.vendor.reset();
    crate::support::settle();
    let mut alive: Vec<String> = edge.vendor.requests().into_iter().map(|hit| hit.path).collect();
    alive.sort();
    alive.dedup();
    assert_eq!(alive, [""; 0], "still alive");
    browser.assert_no_trouble();

    // And back again: pictures, without being asked for once more in every browser.
    browser.run("consentry.set({ advertising: true })");
    for name in LIVING {
        edge.wait_for_hits(&[&format!("/lives.gif?{name}")]);
    }
    browser.wait_until(
        "pictures, players and the style sheet are back",
        "return document.getElementById('chosen').currentSrc.endsWith('/p/choice.gif')
           && document.getElementById('picture').currentSrc.endsWith('/p/picture.gif')
           && ['sound', 'film', 'sources'].every((id) => document.getElementById(id).readyState > 0)
           && !!document.getElementById('sheet').sheet",
    );
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
    browser.switch_over(LINK, "category", "functional");
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

/// Everything this origin has, as the browser's own tools tell: no script of the page stands between.
fn kept_by_the_browser(edge: &Edge, browser: &Browser) -> Value {
    let origin = edge.url("");
    let text = |value: &Value| value.as_str().expect("a name").to_owned();
    let sorted = |all: &Value, name: &dyn Fn(&Value) -> String| {
        let mut names: Vec<String> = all.as_array().into_iter().flatten().map(name).collect();
        names.sort();
        names
    };
    let items = |local: bool| {
        let place = json!({ "securityOrigin": origin, "isLocalStorage": local });
        let all = browser.devtools("DOMStorage.getDOMStorageItems", json!({ "storageId": place }));
        let mut keys = sorted(&all["entries"], &|entry| text(&entry[0]));
        // The visitor's own receipt is Consentry's, and stays.
        keys.retain(|key| key != "consentry.demo.receipt");
        keys
    };
    let databases = browser.devtools("IndexedDB.requestDatabaseNames", json!({ "securityOrigin": origin }));
    let caches = browser.devtools("CacheStorage.requestCacheNames", json!({ "securityOrigin": origin }));
    // Of the whole browser: others' are told apart by their domain.
    let jar = browser.devtools("Storage.getCookies", json!({}));
    let mut cookies = sorted(&jar["cookies"], &|cookie| {
        format!("{} {}{}", text(&cookie["domain"]), text(&cookie["name"]), text(&cookie["path"]))
    });
    cookies.retain(|cookie| cookie.starts_with("localhost ") && cookie != "localhost consentry/");
    json!({
        "cookies": cookies,
        "local": items(true),
        "session": items(false),
        "databases": sorted(&databases["databaseNames"], &text),
        "caches": sorted(&caches["caches"], &|cache| text(&cache["cacheName"])),
    })
}

fn stores_as_the_browser_itself_has_them_keep_only_what_is_not_listed(engine: Engine) {
    let edge = with_stores();
    add_workers(&edge);
    std::fs::create_dir(edge.pages().join("shop")).expect("a folder");
    std::fs::copy(edge.pages().join("embeds.html"), edge.pages().join("shop/embeds.html")).expect("a page");
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/embeds.html"));
    browser.click(ACCEPT);
    browser.wait_until_recorded();
    browser.run_async(FILL);
    let filled = kept_by_the_browser(&edge, &browser);
    let cookies = [
        "localhost __Secure-mp/",
        "localhost _ga/",
        "localhost _ga_X/",
        "localhost mp_1/",
        "localhost mp_2/",
        "localhost mp_3/shop",
        "localhost shop_session/",
        "localhost unknown/",
    ];
    assert_eq!(filled["cookies"], json!(cookies));
    assert_eq!(filled["local"], json!(["mine", "mp_store"]));
    assert_eq!(filled["session"], json!(["mine", "mp_tab"]));
    assert_eq!(filled["databases"], json!(["mine", "mp_db"]));
    assert_eq!(filled["caches"], json!(["mine", "mp_cache-1", "mp_db"]));

    browser.open_preferences(LINK);
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    browser.wait_until_recorded();
    // The last store that is cleared.
    wait_for("its cache is gone", Duration::from_secs(10), || {
        (kept_by_the_browser(&edge, &browser)["caches"] == json!(["mine", "mp_db"])).then_some(())
    });
    crate::support::settle();
    let stores = json!({
        "cookies": ["localhost mp_3/shop", "localhost shop_session/", "localhost unknown/"],
        "local": ["mine"], "session": ["mine"], "databases": ["mine"], "caches": ["mine", "mp_db"],
    });
    assert_eq!(kept_by_the_browser(&edge, &browser), stores);
    // A cookie of another path goes when a page of that path is visited.
    browser.visit(&edge.url("/shop/embeds.html"));
    browser.wait_until("it is gone", "return !/mp_3/.test(document.cookie)");
    let left = kept_by_the_browser(&edge, &browser);
    assert_eq!(left["cookies"], json!(["localhost shop_session/", "localhost unknown/"]));
    browser.assert_no_trouble();
}

fn service_turned_off_alone_loses_its_stores_and_the_others_of_its_category_keep_theirs(engine: Engine) {
    let edge = Edge::start();
    let stores = |prefix: &str| {
        let kinds = ["local_storage", "session_storage", "indexed_db", "cache"];
        kinds
            .map(|kind| format!("{{ name = \"{prefix}_{kind}\", retention_days = 9, storage = \"{kind}\" }}"))
            .join(",")
    };
    edge.publish_changed(|policy| {
        let first = "{ name = \"_mpid\", retention_days = 365 },";
        let second = "[{ name = \"_vid\", retention_days = 365 }]";
        assert!(policy.contains(first) && policy.contains(second));
        policy.replacen(first, &format!("{first}{}", stores("mp")), 1).replacen(
            second,
            &format!("[{{ name = \"_vid\", retention_days = 365 }},{}]", stores("vid")),
            1,
        )
    });
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/embeds.html"));
    browser.click(ACCEPT);
    edge.wait_for_hits(&["/video/embed?film"]);
    browser.wait_until_recorded();
    browser.run_async(
        "for (const name of ['mp', 'vid']) {
           document.cookie = `${name == 'mp' ? '_mpid' : '_vid'}=1;path=/;max-age=999`;
           localStorage.setItem(`${name}_local_storage`, '1');
           sessionStorage.setItem(`${name}_session_storage`, '1');
           await caches.open(`${name}_cache`);
           await new Promise((done) => {
             const open = indexedDB.open(`${name}_indexed_db`);
             open.onsuccess = () => { open.result.close(); done() };
           });
         }",
    );
    let left = || {
        browser.run_async(
            "const databases = (await indexedDB.databases()).map(({ name }) => name);
             const stored = [...Object.keys(localStorage), ...Object.keys(sessionStorage), ...databases, ...await caches.keys()];
             const cookies = document.cookie.split('; ').map((pair) => pair.split('=')[0]);
             return [...stored, ...cookies].filter((name) => /^_?(mp|vid)/.test(name)).sort()",
        )
    };
    let of_the_film = ["_vid", "vid_cache", "vid_indexed_db", "vid_local_storage", "vid_session_storage"];
    assert_eq!(left().as_array().map(Vec::len), Some(10), "{}", left());

    browser.open_preferences(LINK);
    browser.run("document.querySelectorAll('#consentry details').forEach((one) => (one.open = true))");
    browser.click("label:has([name=service][value=mixpanel])");
    browser.click(&format!("{FORM} button[value=save]"));
    browser.wait_without(FORM);
    browser.wait_until_recorded();
    wait_for("its stores are cleared", Duration::from_secs(10), || {
        (left() == json!(of_the_film)).then_some(())
    });
    crate::support::settle();
    assert_eq!(left(), json!(of_the_film), "and nothing else");
    let may = "return ['functional', 'mixpanel', 'video_embed'].map((id) => consentry.get(id))";
    assert_eq!(browser.run(may), json!([true, false, true]));
    assert!(!browser.shows(".consentry-embed:has(+ #film)"), "the film plays on");
    let rows = edge.wait_for_records(2);
    assert_eq!(rows[1]["denied_services"], json!(["mixpanel"]), "{:#?}", rows[1]);
    browser.assert_no_trouble();
}
