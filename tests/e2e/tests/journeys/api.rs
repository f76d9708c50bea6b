//! What a site's own code and its own buttons can do: every function, every event, every `data-consentry`, in a real browser.

use serde_json::{Value, json};

use crate::support::browser::{DIALOG, FORM, LAYER};
use crate::support::{Browser, Edge, Engine, Setup, journeys, settle, site};

journeys! {
    code_of_the_site_sets_a_choice_and_every_event_tells_what_came_of_it on chromium firefox webkit;
    code_of_the_site_opens_closes_and_forgets on chromium firefox webkit;
    listeners_hear_until_they_are_stopped_and_promises_wait_for_permission on chromium firefox webkit;
    elements_of_the_site_open_accept_and_reject_and_no_link_is_followed on chromium firefox webkit;
    elements_of_the_site_cannot_overrule_what_the_browser_says on chromium firefox;
}

const PAGE: &str = "/own.html";
const PIXEL: &str = "/own.gif";

/// A page with buttons of its own, which notes what it is told.
fn start(engine: Engine, setup: Setup) -> (Edge, Browser) {
    let edge = Edge::start();
    let vendor = edge.vendor.url();
    let page = format!(
        r#"<!doctype html><html lang="en"><head><title>Own</title>
        <script>
          window.told = [];
          for (const name of ["ready", "change", "grant", "withdraw", "open"])
            document.addEventListener(`consentry:${{name}}`, (event) => {{
              told.push([name, event.detail]);
              if (event.bubbles || event.cancelable || event.target != document) told.push(["odd", name]);
            }});
        </script>
        <script async src="/_c/demo.js"></script></head>
        <body><main><h1>Own</h1>
        <img alt="" data-category="advertising" data-service="ad_pixel" data-src="{vendor}{PIXEL}">
        <p><button id="own-open" data-consentry="open">Cookies</button>
        <a id="own-open-link" href="/_c/demo/preferences" data-consentry="open">Cookies</a></p>
        <p><button id="own-reject" data-consentry="reject"><b id="inside">No, thanks</b></button>
        <a id="own-accept" href="/kit.html" data-consentry="accept">Fine</a></p>
        </main></body></html>"#
    );
    std::fs::write(edge.pages().join("own.html"), site::trapped(&page)).expect("room for a page");
    let browser = Browser::with(engine, setup);
    browser.visit(&edge.url(PAGE));
    browser.wait_until("the beginning is told", "return told.some(([name]) => name == 'ready')");
    (edge, browser)
}

fn told(browser: &Browser) -> Value {
    browser.run("return told.splice(0)")
}

fn state(functional: bool, advertising: bool) -> Value {
    json!({ "required": true, "functional": functional, "advertising": advertising })
}

fn code_of_the_site_sets_a_choice_and_every_event_tells_what_came_of_it(engine: Engine) {
    let (edge, browser) = start(engine, Setup::default());
    let functional = ["functional", "mixpanel", "video_embed"];
    let advertising = ["advertising", "google_tag", "ad_pixel"];
    assert_eq!(told(&browser), json!([["ready", state(false, false)]]));
    assert_eq!(browser.run("return consentry.get()"), state(false, false));
    let ids = "return ['required', 'shop_session', 'mixpanel', 'functional', 'none'].map((id) => consentry.get(id))";
    assert_eq!(browser.run(ids), json!([true, true, false, false, false]));
    edge.assert_no_hits();

    browser.run("consentry.set({ functional: true, none: true, required: false })");
    browser.wait_without(LAYER);
    assert_eq!(told(&browser), json!([["grant", functional], ["change", state(true, false)]]));
    assert_eq!(browser.run("return consentry.get()"), state(true, false));
    assert_eq!(browser.run(ids), json!([true, true, true, true, false]));
    // Said again, it is no news, and no record.
    browser.run("consentry.set({ functional: true })");
    assert_eq!(told(&browser), json!([]));
    browser.wait_until_recorded();

    browser.run("consentry.set({ functional: false, advertising: true })");
    let all = json!([["withdraw", functional], ["grant", advertising], ["change", state(false, true)]]);
    assert_eq!(told(&browser), all);
    edge.wait_for_hits(&[PIXEL]);
    browser.wait_until_recorded();
    let rows = edge.wait_for_records(2);
    assert!(rows.iter().all(|row| row["source"] == "api"), "{rows:#?}");
    assert_eq!(rows[0]["categories"], state(true, false));
    assert_eq!((&rows[1]["categories"], &rows[1]["action"]), (&state(false, true), &json!("save")));
    browser.reload();
    browser.wait_until("the beginning is told", "return told.length > 0");
    assert_eq!(told(&browser), json!([["ready", state(false, true)]]), "what holds already is no grant");
    browser.assert_no_trouble();
}

fn code_of_the_site_opens_closes_and_forgets(engine: Engine) {
    let (edge, browser) = start(engine, Setup::default());
    browser.wait_for(LAYER);
    told(&browser);
    browser.run("consentry.close()");
    browser.wait_without(LAYER);
    assert_eq!((browser.choice(), told(&browser)), (None, json!([])), "put away is not answered");
    browser.reload();
    browser.wait_for(LAYER);

    browser.run("told.length = 0; consentry.open()");
    browser.wait_for(FORM);
    assert_eq!(told(&browser), json!([["open", state(false, false)]]));
    browser.run("consentry.close()");
    browser.wait_without(FORM);
    assert!(!browser.shows(DIALOG));
    assert_eq!((browser.choice(), told(&browser)), (None, json!([])));

    browser.run("consentry.set({ functional: true, advertising: true })");
    edge.wait_for_hits(&[PIXEL]);
    browser.wait_until_recorded();
    told(&browser);
    browser.run("consentry.reset()");
    browser.wait_for(LAYER);
    assert_eq!(browser.choice(), None);
    let lost = ["functional", "advertising", "mixpanel", "video_embed", "google_tag", "ad_pixel"];
    assert_eq!(told(&browser), json!([["withdraw", lost], ["change", state(false, false)]]));
    edge.vendor.reset();
    browser.reload();
    browser.wait_for(LAYER);
    edge.assert_no_hits();
    // Its record stays where it is.
    edge.only_record();
    browser.assert_no_trouble();
}

fn listeners_hear_until_they_are_stopped_and_promises_wait_for_permission(engine: Engine) {
    let (edge, browser) = start(engine, Setup::default());
    browser.run(
        "window.heard = [];
         window.stop = consentry.on('change', (grants) => heard.push(['on', grants]));
         consentry.once('change', (grants) => heard.push(['once', grants]));
         consentry.on('ready', (grants) => heard.push(['ready', grants]));
         for (const id of ['functional', 'ad_pixel', 'none', 'shop_session'])
           consentry.whenGranted(id).then(() => heard.push(['granted', id]));",
    );
    // In no order: promises and listeners are each told in their own time.
    let heard = || {
        let mut all = browser.run("return heard.splice(0)").as_array().cloned().expect("a list");
        all.sort_by_key(|entry| entry[0].to_string());
        all
    };
    browser.wait_until("what has been is told", "return heard.length == 2");
    assert_eq!(heard(), [json!(["granted", "shop_session"]), json!(["ready", state(false, false)])]);

    browser.run("consentry.set({ functional: true })");
    browser.wait_until("all is heard", "return heard.length == 3");
    let [granted, on, once] = [
        json!(["granted", "functional"]),
        json!(["on", state(true, false)]),
        json!(["once", state(true, false)]),
    ];
    assert_eq!(heard(), [granted, on, once]);

    browser.run("stop(); consentry.set({ advertising: true })");
    browser.wait_until("the service may", "return heard.length > 0");
    edge.wait_for_hits(&[PIXEL]);
    settle();
    assert_eq!(heard(), [json!(["granted", "ad_pixel"])], "nothing for who has stopped, nothing twice");
    browser.assert_no_trouble();
}

fn elements_of_the_site_open_accept_and_reject_and_no_link_is_followed(engine: Engine) {
    let (edge, browser) = start(engine, Setup::default());
    for opener in ["#own-open", "#own-open-link"] {
        browser.run("scrollTo(0, 0)");
        browser.open_preferences(opener);
        assert!(browser.shows(DIALOG), "in the page, not as a page of its own");
        browser.run("consentry.close()");
        browser.wait_without(FORM);
    }
    assert_eq!(browser.choice(), None);
    edge.assert_no_hits();

    browser.click("#own-accept");
    edge.wait_for_hits(&[PIXEL]);
    browser.wait_until_recorded();
    assert_eq!(browser.run("return consentry.get()"), state(true, true));
    assert!(!browser.shows(LAYER));

    browser.click("#inside");
    browser.wait_until("it is refused", "return !consentry.get('advertising')");
    assert!(browser.wait_until_recorded().is_refusal());
    settle();
    assert!(browser.address().ends_with(PAGE), "{}", browser.address());
    let rows = edge.wait_for_records(2);
    assert_eq!((&rows[0]["action"], &rows[0]["source"]), (&json!("accept_all"), &json!("api")));
    assert_eq!((&rows[1]["action"], &rows[1]["source"]), (&json!("withdraw"), &json!("api")));
    browser.assert_no_trouble();
}

fn elements_of_the_site_cannot_overrule_what_the_browser_says(engine: Engine) {
    let (edge, browser) = start(engine, Setup { gpc: true, ..Setup::default() });
    browser.wait_until_recorded();
    browser.click("#own-accept");
    settle();
    browser.run("consentry.set({ functional: true, advertising: true })");
    edge.assert_no_hits();
    assert_eq!(browser.run("return consentry.get()"), state(false, false));
    assert!(browser.address().ends_with(PAGE), "{}", browser.address());
    let wrong = |row: &Value| row["overridden"] == true || row["categories"] != state(false, false);
    assert!(!edge.records().iter().any(wrong), "{:#?}", edge.records());
    browser.assert_no_trouble();
}
