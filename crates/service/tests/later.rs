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
use support::{Answer, App, ORIGIN, policy, record};

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

/// The cookies that an answer ends.
fn ended(answer: &Answer) -> Vec<String> {
    let headers = answer.response.headers.iter();
    let cookies = headers.filter(|(name, value)| *name == "set-cookie" && value.contains("Max-Age=0"));
    cookies.map(|(_, value)| value.clone()).collect()
}

/// How many of them are of this name.
fn of(name: &str, ended: &[String]) -> usize {
    ended.iter().filter(|cookie| cookie.starts_with(&format!("{name}="))).count()
}

/// What the plain page answers whoever chooses this.
fn chosen(app: &App, form: &str, cookies: &str) -> Answer {
    let headers =
        [("origin", ORIGIN), ("content-type", "application/x-www-form-urlencoded"), ("cookie", cookies)];
    app.send("POST", "/_c/shop/choice", &headers, form.as_bytes())
}

/// The cookie of whoever chose this there.
fn choice(app: &App, form: &str) -> String {
    chosen(app, form, "").header("set-cookie").split(';').next().unwrap().to_owned()
}

/// What the page ends by itself, after a withdrawal.
fn withdrawn(app: &App, cookies: &str) -> Vec<String> {
    let answer: Answer = app.send("POST", "/_c/shop/later?policy=1&language=en", &[("cookie", cookies)], b"");
    assert_eq!(answer.status, 204, "{}", answer.text());
    ended(&answer)
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
    let ended = withdrawn(&app, &format!("{choice}; t_1=a; t_session=b; c=1; other=2; t_=3"));
    assert!(of("t_1", &ended) >= 2 && of("t_", &ended) >= 2, "{ended:?}");
    let others = ["t_session", "c", "other"].map(|name| of(name, &ended));
    assert_eq!(others, [0, 0, 0], "what may run keeps its own: {ended:?}");
    let host = ORIGIN.strip_prefix("https://").unwrap();
    assert!(ended.iter().any(|cookie| cookie.ends_with(&format!("Domain={host}"))), "{ended:?}");
    assert!(ended.iter().all(|cookie| cookie.contains("; Secure")), "`__Secure-` asks for it: {ended:?}");
}

#[test]
fn cookies_of_what_was_allowed_stay() {
    let app = app();
    let choice = choice(&app, "action=accept_all&policy=1");
    assert_eq!(withdrawn(&app, &format!("{choice}; t_1=a; c=1")), [""; 0]);
}

#[test]
fn plain_form_ends_the_cookies_of_what_it_refuses() {
    let app = app();
    let refused = chosen(&app, "action=save&category=analytics&policy=1", "t_1=a; t_session=b; c=1");
    let ended = ended(&refused);
    assert_eq!((refused.status, of("t_session", &ended), of("c", &ended)), (303, 0, 0), "{ended:?}");
    assert!(of("t_1", &ended) >= 2, "{ended:?}");
    assert_eq!(self::ended(&chosen(&app, "action=accept_all&policy=1", "t_1=a; c=1")), [""; 0]);
}

#[test]
fn answer_to_a_record_ends_the_cookies_of_what_is_refused_by_now() {
    let app = app();
    let [refusal, consent] =
        ["reject_all", "accept_all"].map(|action| choice(&app, &format!("action={action}&policy=1")));
    let send = |nth, origin: &str, cookies: &str| {
        let headers = [("origin", origin), ("content-type", "application/json"), ("cookie", cookies)];
        let answer =
            app.send("POST", "/_c/v1/sites/shop/records", &headers, record(nth).to_string().as_bytes());
        assert!(matches!(answer.status, 200 | 201), "{}", answer.text());
        ended(&answer)
    };
    let first = send(1, ORIGIN, &format!("{refusal}; t_1=a; c=1; t_session=b"));
    assert!(of("t_1", &first) >= 2 && of("c", &first) >= 2 && of("t_session", &first) == 0, "{first:?}");
    // An answer that was lost comes again, and says the same.
    assert_eq!(send(1, ORIGIN, &format!("{refusal}; t_1=a; c=1; t_session=b")), first);
    assert_eq!(send(2, ORIGIN, &format!("{consent}; t_1=a; c=1")), [""; 0], "what was agreed to since");
    assert_eq!(send(3, ORIGIN, "t_1=a; c=1"), [""; 0], "nobody knows what is refused");
}
