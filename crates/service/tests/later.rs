//! What comes later: the facts about a policy that the page clears up by, and the cookies that only the service can end.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use serde_json::json;
use support::{Answer, App, ORIGIN, policy};

/// A shop whose tracker and whose required session share the beginning of a name.
fn app() -> App {
    let mut policy = policy();
    policy["services"] = json!([
        { "id": "login", "name": "Login", "category": "required", "controller": "Shop Ltd",
          "description": { "en": "Keeps you signed in." }, "cookies": [{ "name": "t_session", "retention_days": 0 }] },
        { "id": "tracker", "name": "Tracker & Co", "category": "advertising", "controller": "T Inc.",
          "description": { "en": "Follows." }, "cookies": [
            { "name": "t_*", "retention_days": 30 },
            { "name": "t_store", "retention_days": 30, "storage": "local_storage" }
          ] },
        { "id": "counter", "name": "Counter", "category": "analytics", "controller": "C Inc.",
          "description": { "en": "Counts." }, "cookies": [{ "name": "c", "retention_days": 1 }] }
    ]);
    let app = App::new();
    app.publish(&policy);
    app
}

/// The cookie of whoever chose this on the plain page.
fn choice(app: &App, form: &str) -> String {
    let headers = [("origin", ORIGIN), ("content-type", "application/x-www-form-urlencoded")];
    let answer = app.send("POST", "/_c/shop/choice", &headers, form.as_bytes());
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

fn ended(app: &App, cookies: &str) -> Vec<String> {
    let answer: Answer = app.send("POST", "/_c/shop/later?policy=1&language=en", &[("cookie", cookies)], b"");
    assert_eq!(answer.status, 204, "{}", answer.text());
    let headers = answer.response.headers.into_iter();
    headers.filter(|(name, _)| *name == "set-cookie").map(|(_, value)| value).collect()
}

#[test]
fn facts_name_services_and_what_they_keep_in_the_policys_order() {
    let app = app();
    let answer = app.get("/_c/shop/later?policy=1&language=en", &[]);
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, "*"));
    assert!(
        answer.header("cache-control").starts_with("public, max-age="),
        "{}",
        answer.header("cache-control")
    );
    let facts = answer.json();
    assert_eq!(facts["names"], json!(["Login", "Tracker & Co", "Counter"]));
    let kept = json!([{ "cookies": ["t_session"] }, { "cookies": ["t_*"], "local": ["t_store"] }, { "cookies": ["c"] }]);
    assert_eq!(facts["kept"], kept);
    assert_eq!(facts["reload"], "offer");
    let embed = facts["embed"].as_str().unwrap();
    assert!(embed.contains("Content from {service}") && !embed.contains("<script"), "{embed}");
    assert!(facts["css"].as_str().unwrap().contains("--cy-accent"));
    assert_eq!(
        app.get("/_c/shop/later", &[]).header("cache-control"),
        "no-store",
        "the newest may be another tomorrow"
    );
}

#[test]
fn cookies_of_what_was_refused_end_wherever_they_could_be_from() {
    let app = app();
    let choice = choice(&app, "action=save&category=analytics&policy=1");
    let ended = ended(&app, &format!("{choice}; t_1=a; t_session=b; c=1; other=2; t_=3"));
    let of = |name: &str| ended.iter().filter(|cookie| cookie.starts_with(&format!("{name}="))).count();
    assert!(of("t_1") >= 2 && of("t_") >= 2, "{ended:?}");
    assert_eq!((of("t_session"), of("c"), of("other")), (0, 0, 0), "what may run keeps its own: {ended:?}");
    assert!(ended.iter().all(|cookie| cookie.contains("Max-Age=0")), "{ended:?}");
    let host = ORIGIN.strip_prefix("https://").unwrap();
    assert!(ended.iter().any(|cookie| cookie.ends_with(&format!("Domain={host}"))), "{ended:?}");
}

#[test]
fn cookies_of_what_was_allowed_stay() {
    let app = app();
    let choice = choice(&app, "action=accept_all&policy=1");
    assert_eq!(ended(&app, &format!("{choice}; t_1=a; c=1")), [""; 0]);
}
