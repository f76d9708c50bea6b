//! Programs that want to be told of the choice: what waits in their queues, and what a real one then sends and stores.

use serde_json::{Value, json};

use crate::support::browser::{ACCEPT, FORM, LAYER, LINK};
use crate::support::{Browser, Edge, Engine, journeys, settle};

journeys! {
    integrations_before_a_choice_say_denied_and_contact_nobody on chromium firefox;
    integrations_after_accept_are_granted_before_anything_of_theirs_runs on chromium firefox;
    integrations_of_one_category_hear_of_it_alone_and_of_its_withdrawal on chromium firefox;
    integrations_that_were_granted_are_all_told_of_the_withdrawal on chromium firefox;
    segment_sends_events_with_the_categories_and_none_after_the_withdrawal on chromium firefox;
    real_library_has_nothing_stored_after_the_withdrawal_nor_on_the_next_page on chromium firefox;
}

/// The demo policy has none of these companies, so its own services stand in for them.
pub(crate) const INTEGRATIONS: &str = r#"
[integrations.google]
services = ["google_tag"]
[integrations.microsoft]
uet = "ad_pixel"
clarity = "video_embed"
[integrations.meta]
service = "ad_pixel"
[integrations.tiktok]
service = "ad_pixel"
[integrations.linkedin]
service = "ad_pixel"
[integrations.segment]
service = "video_embed"
[[integrations.generic]]
how = "call"
path = "site.heard"
event = "consent"
"#;

/// What each of them has been told: for consent mode, which call and two of the seven states.
pub(crate) const HEARD: &str = r#"
const list = (queue) => Array.from(queue || [], (call) => Array.from(call));
return {
  google: list(window.dataLayer).filter(([what]) => what === "consent").map(([, name, states]) => [name, states.ad_storage, states.analytics_storage]),
  uet: window.uetq,
  clarity: list(window.clarity?.q).filter(([what]) => what === "consentv2").map(([, states]) => states),
  meta: list(window.fbq?.queue).map(([what, which]) => `${what} ${which}`),
  tiktok: list(window.ttq).map(([what]) => what),
  linkedin: list(window.lintrk.q),
  segment: list(window.analytics).map(([what]) => what),
  site: window.told.map(([name, grants]) => [name, grants.functional, grants.advertising]),
};"#;

fn start(engine: Engine) -> (Edge, Browser) {
    let edge = Edge::start();
    edge.publish_changed(|policy| policy + INTEGRATIONS);
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/adapters.html"));
    browser.wait_for(LAYER);
    (edge, browser)
}

/// Names of the cookies of the page's host that the real analytics library has stored.
fn stored(browser: &Browser) -> Vec<String> {
    let all = browser.cookies().into_iter().map(|(name, _)| name);
    all.filter(|name| name.starts_with("mp_")).collect()
}

fn collected(edge: &Edge) -> Vec<String> {
    let all = edge.vendor.requests().into_iter().map(|hit| hit.path);
    all.filter(|path| path.starts_with("/g/collect")).collect()
}

fn integrations_before_a_choice_say_denied_and_contact_nobody(engine: Engine) {
    let (edge, browser) = start(engine);
    settle();
    edge.assert_no_hits();
    assert_eq!(stored(&browser), Vec::<String>::new());
    assert_eq!(
        browser.run(HEARD),
        json!({
            "google": [["default", "denied", "denied"]],
            "uet": ["consent", "default", { "ad_storage": "denied" }],
            "clarity": [{ "ad_Storage": "denied", "analytics_Storage": "denied" }],
            "meta": [],
            "tiktok": ["holdConsent"],
            "linkedin": [],
            "segment": ["addSourceMiddleware"],
            "site": [["consent", false, false]],
        })
    );
    browser.assert_no_trouble();
}

fn integrations_after_accept_are_granted_before_anything_of_theirs_runs(engine: Engine) {
    let (edge, browser) = start(engine);
    browser.click(ACCEPT);
    edge.wait_for_hits(&["/mixpanel/track", "/gtag/js", "/g/collect", "/fbevents.js"]);
    let heard = browser.run(HEARD);
    assert_eq!(heard["google"], json!([["default", "denied", "denied"], ["update", "granted", "granted"]]));
    let granted = json!({ "ad_storage": "granted" });
    assert_eq!(
        heard["uet"],
        json!(["consent", "default", { "ad_storage": "denied" }, "consent", "update", granted])
    );
    assert_eq!(heard["clarity"][1], json!({ "ad_Storage": "granted", "analytics_Storage": "granted" }));
    assert_eq!(heard["meta"], json!(["consent grant", "init 1", "track PageView"]));
    assert_eq!(heard["tiktok"], json!(["grantConsent", "page"]));
    assert_eq!(heard["linkedin"], json!([["track", { "conversion_id": 1 }]]));
    assert_eq!(heard["site"], json!([["consent", false, false], ["consent", true, true]]));
    let sent = collected(&edge);
    assert!(sent.iter().all(|path| path.contains("gcs=G111")), "{sent:?}");
    assert_eq!(stored(&browser).len(), 1, "{:?}", browser.cookies());
    browser.wait_until_recorded();
    browser.assert_no_trouble();
}

fn integrations_of_one_category_hear_of_it_alone_and_of_its_withdrawal(engine: Engine) {
    let (edge, browser) = start(engine);
    browser.run("consentry.set({ functional: true })");
    edge.wait_for_hits(&["/mixpanel/track"]);
    // As many times as somebody's own form says the same, it is one decision.
    browser.run("consentry.set({ functional: true })");
    let heard = browser.run(HEARD);
    assert_eq!(heard["google"], json!([["default", "denied", "denied"], ["update", "denied", "granted"]]));
    assert_eq!(heard["clarity"][1], json!({ "ad_Storage": "denied", "analytics_Storage": "granted" }));
    assert_eq!((&heard["tiktok"], &heard["meta"]), (&json!(["holdConsent"]), &json!([])));
    assert_eq!(stored(&browser).len(), 1);
    browser.run("consentry.set({ functional: false })");
    let heard = browser.run(HEARD);
    assert_eq!(heard["google"][2], json!(["update", "denied", "denied"]));
    assert_eq!(heard["clarity"][2], json!({ "ad_Storage": "denied", "analytics_Storage": "denied" }));
    assert_eq!(heard["site"].as_array().map(Vec::len), Some(3));
    browser.wait_until_recorded();
    edge.vendor.reset();
    browser.reload();
    settle();
    edge.assert_no_hits();
    assert_eq!(browser.run(HEARD)["google"], json!([["default", "denied", "denied"]]));
    assert_ne!(edge.wait_for_records(2)[1]["action"], Value::Null);
    browser.assert_no_trouble();
}

/// Accepted, and everything of the vendors' is there.
fn accepted(engine: Engine) -> (Edge, Browser) {
    let (edge, browser) = start(engine);
    browser.click(ACCEPT);
    edge.wait_for_hits(&["/mixpanel/track", "/g/collect", "/fbevents.js", "/segment?event=page"]);
    browser.wait_until_recorded();
    (edge, browser)
}

fn withdraw(browser: &Browser) {
    browser.open_preferences(LINK);
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    assert!(browser.wait_until_recorded().is_refusal());
}

fn integrations_that_were_granted_are_all_told_of_the_withdrawal(engine: Engine) {
    let (edge, browser) = accepted(engine);
    edge.vendor.reset();
    withdraw(&browser);
    let heard = browser.run(HEARD);
    assert_eq!(heard["google"][2], json!(["update", "denied", "denied"]));
    let states: Vec<&Value> = heard["uet"].as_array().into_iter().flatten().skip(2).step_by(3).collect();
    assert_eq!(
        states,
        ["denied", "granted", "denied"].map(|state| json!({ "ad_storage": state })).each_ref()
    );
    assert_eq!(heard["uet"][7], "update");
    assert_eq!(heard["clarity"][2], json!({ "ad_Storage": "denied", "analytics_Storage": "denied" }));
    // Ahead of what still waits for the pixels' programs, so that they send nothing of it when they come.
    assert_eq!(heard["meta"], json!(["consent revoke", "init 1", "track PageView"]));
    assert_eq!(heard["tiktok"], json!(["revokeConsent", "page"]));
    // This one has no word for consent: it is deaf.
    assert_eq!(heard["linkedin"], json!([]));
    browser.run("lintrk('track', { conversion_id: 2 })");
    assert_eq!(browser.run(HEARD)["linkedin"], json!([]));
    assert_eq!(heard["site"][2], json!(["consent", false, false]));
    edge.assert_no_hits();
    // The next page begins as if nothing had ever been granted.
    browser.reload();
    edge.assert_no_hits();
    let heard = browser.run(HEARD);
    assert_eq!(heard["google"], json!([["default", "denied", "denied"]]));
    assert_eq!(heard["uet"], json!(["consent", "default", { "ad_storage": "denied" }]));
    assert_eq!((&heard["tiktok"], &heard["meta"]), (&json!(["holdConsent"]), &json!([])));
    assert_eq!(heard["segment"], json!(["addSourceMiddleware"]));
    edge.wait_for_records(2);
    browser.assert_no_trouble();
}

fn segment_sends_events_with_the_categories_and_none_after_the_withdrawal(engine: Engine) {
    let (edge, browser) = accepted(engine);
    let sent = |event: &str, granted: &str| {
        let query = format!("/segment?event={event}&granted={}", granted.replace(',', "%2C"));
        edge.wait_for_hits(&[query.as_str()]);
    };
    sent("page", "required,functional,advertising");
    browser.run("consentry.set({ advertising: false })");
    sent("Segment+Consent+Preference+Updated", "required,functional");
    browser.run("analytics.track('order')");
    sent("order", "required,functional");
    edge.vendor.reset();
    browser.run("consentry.set({ functional: false })");
    browser.run("analytics.track('order')");
    edge.assert_no_hits();
    // Granted again, it goes on where it was.
    browser.run("consentry.set({ functional: true }); analytics.track('again')");
    sent("again", "required,functional");
    assert_eq!(edge.vendor.count_for("/segment?event=order"), 0, "what was held is not sent later");
    browser.assert_no_trouble();
}

fn real_library_has_nothing_stored_after_the_withdrawal_nor_on_the_next_page(engine: Engine) {
    let (edge, browser) = accepted(engine);
    assert_eq!(stored(&browser).len(), 1, "{:?}", browser.cookies());
    withdraw(&browser);
    browser.wait_until("its cookie is gone", "return !/mp_/.test(document.cookie)");
    settle();
    assert_eq!(stored(&browser), Vec::<String>::new(), "before the page is loaded again");
    edge.vendor.reset();
    browser.reload();
    edge.assert_no_hits();
    assert_eq!(stored(&browser), Vec::<String>::new(), "and after");
    browser.visit(&edge.url("/embeds.html"));
    edge.assert_no_hits();
    assert_eq!(stored(&browser), Vec::<String>::new());
    browser.assert_no_trouble();
}
