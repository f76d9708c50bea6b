//! The centre for the banner, the cookie declaration, and what the preferences page says of a choice.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use consentry_api::digest::sha256;
use consentry_core::Jurisdiction;
use support::{App, ORIGIN, policy};

/// The start tag of a place of the centre.
fn slot<'a>(html: &'a str, name: &str) -> &'a str {
    let at = html.find(&format!("data-cy=\"{name}\"")).unwrap_or_else(|| panic!("no {name} in {html}"));
    let start = html[..at].rfind('<').unwrap();
    &html[start..=start + html[start..].find('>').unwrap()]
}

/// Stores a choice with the plain form; returns the `Cookie` header that keeps it.
fn choose(app: &App, form: &str, cookie: &str) -> String {
    let headers =
        [("origin", ORIGIN), ("content-type", "application/x-www-form-urlencoded"), ("cookie", cookie)];
    let answer = app.send("POST", "/_c/shop/choice", &headers, form.as_bytes());
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

#[test]
fn centre_pinned_to_version_and_language_is_cacheable_and_the_same_for_everybody() {
    let app = App::published();
    let path = "/_c/shop/centre?policy=1&language=de";
    let answer = app.get(path, &[]);
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(answer.header("cache-control").starts_with("public"));
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert!(answer.text().contains("<html lang=\"de\">") && answer.text().contains("Counts visits."));
    let cookie = choose(&app, "action=accept_all", "");
    app.jurisdiction.set(Jurisdiction::new(Some("US"), Some("CA")));
    let other = app.get(path, &[("cookie", &cookie), ("sec-gpc", "1"), ("accept-language", "en")]);
    assert_eq!(other.body, answer.body);
    assert_eq!(app.get("/_c/shop/centre", &[]).header("cache-control"), "no-store", "not pinned");
}

#[test]
fn centre_of_another_version_or_language_is_not_found() {
    let app = App::published();
    assert_eq!(app.get("/_c/shop/centre?policy=9&language=en", &[]).problem(), "site-unknown");
    assert_eq!(app.get("/_c/shop/centre?policy=1&language=xx", &[]).problem(), "language-unknown");
    assert_eq!(app.get("/_c/shop/centre?policy=x", &[]).problem(), "policy-version");
    assert_eq!(app.send("POST", "/_c/shop/centre", &[], b"").status, 405);
    assert_eq!(app.send("POST", "/_c/shop/declaration", &[], b"").status, 405);
    assert_eq!(app.get("/_c/nobody/declaration", &[]).problem(), "site-unknown");
}

#[test]
fn centre_says_how_far_signals_reach() {
    let app = App::new();
    let mut narrow = policy();
    narrow["signals"] = serde_json::json!({ "effect": "advertising" });
    app.publish(&narrow);
    let said = |text: &str| app.get("/_c/shop/centre?language=en", &[]).text().contains(text);
    assert!(said("advertising is off unless") && !said("everything that is not required is off"));
}

#[test]
fn declaration_is_a_page_for_any_frame_and_an_element_for_any_page() {
    let app = App::published();
    let page = app.get("/_c/shop/declaration?language=de", &[]);
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let csp = page.header("content-security-policy");
    assert!(csp.contains("default-src 'none'") && !csp.contains("frame-ancestors"), "{csp}");
    let style = page.text().split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    let hash = STANDARD.encode(sha256(style.as_bytes()));
    assert!(csp.contains(&format!("'sha256-{hash}'")), "its own style is the only one allowed");
    for said in [
        "<code dir=\"ltr\">c_*</code>",
        "Counter Inc.",
        "<code dir=\"ltr\">__Host-consentry</code>",
        "Version 1",
    ] {
        assert!(page.text().contains(said), "{said} in {}", page.text());
    }
    let part = app.get("/_c/shop/declaration?language=de&part=body", &[]);
    assert!(part.text().starts_with("<div ") && part.text().ends_with("</div>"));
    assert!(page.text().contains(part.text()), "the same element");
    assert!(page.header("cache-control").contains("max-age=300"), "what it says follows the policy");
    assert_eq!(part.header("access-control-allow-origin"), "*");
}

#[test]
fn form_withdrawing_takes_back_what_was_agreed_to_and_is_recorded_as_that() {
    let app = App::published();
    let cookie = choose(&app, "action=accept_all", "");
    let page = app.get("/_c/shop/preferences", &[("cookie", &cookie)]);
    assert!(!slot(page.text(), "withdraw").contains("hidden"));
    let cookie = choose(&app, "action=withdraw&language=de", &cookie);
    let rows = app.export("&action=withdraw");
    assert_eq!((rows.len(), &rows[0]["language"]), (1, &"de".into()));
    assert_eq!(rows[0]["categories"]["advertising"], false);
    let page = app.get("/_c/shop/preferences", &[("cookie", &cookie)]);
    assert!(slot(page.text(), "withdraw").contains("hidden"), "nothing is left to take back");
    // A form without an agreement before it is a refusal, as the log would not take it otherwise.
    choose(&app, "action=withdraw", "");
    assert_eq!(app.export("&action=reject_all").len(), 1);
}

#[test]
fn preferences_page_has_the_receipt_of_the_choice_as_files() {
    let app = App::published();
    let cookie = choose(&app, "action=accept_all", "");
    let page = app.get("/_c/shop/preferences", &[("cookie", &cookie)]);
    let saved = |name: &str, kind: &str| {
        let tag = slot(page.text(), name);
        let url = tag.split_once("href=\"").unwrap().1.split('"').next().unwrap();
        let text =
            url.strip_prefix(&format!("data:{kind};charset=utf-8,")).unwrap_or_else(|| panic!("{tag}"));
        let query = format!("x={}", text.replace('+', "%2B"));
        consentry_service::http::parameter(&query, "x").unwrap()
    };
    let proof = saved("proof-file", "text/plain");
    assert!(proof.starts_with("c2sp.org/tlog-proof@v1\n"), "{proof}");
    let record: serde_json::Value = serde_json::from_str(&saved("record-file", "application/json")).unwrap();
    assert_eq!(record["record_id"], app.export("")[0]["record_id"]);
    assert!(slot(page.text(), "proof-none").contains("hidden"));
    // The page works, and says so, while the log cannot be asked.
    app.sites.down.set(true);
    let page = app.get("/_c/shop/preferences", &[("cookie", &cookie)]);
    assert_eq!(page.status, 200);
    assert!(!slot(page.text(), "proof-none").contains("hidden"));
}

#[test]
fn preferences_page_tells_honoured_and_overridden_signals_apart() {
    let app = App::published();
    let gpc = ("sec-gpc", "1");
    let shown = |headers: &[(&str, &str)]| {
        let page = app.get("/_c/shop/preferences", headers);
        ["signal-none", "signal-heard", "signal-overridden"]
            .map(|name| !slot(page.text(), name).contains("hidden"))
    };
    assert_eq!(shown(&[]), [true, false, false]);
    assert_eq!(shown(&[gpc]), [false, true, false]);
    let headers = [("origin", ORIGIN), gpc];
    let answer = app.send("POST", "/_c/shop/choice", &headers, b"action=accept_all");
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(shown(&[gpc, ("cookie", &cookie)]), [false, false, true]);
    // Chosen before any signal: a signal heard now is newer, and holds.
    let cookie = choose(&app, "action=accept_all", "");
    assert_eq!(shown(&[gpc, ("cookie", &cookie)]), [false, true, false]);
    let page = app.get("/_c/shop/preferences", &[gpc, ("dnt", "1")]);
    assert!(page.text().contains(">Global Privacy Control, Do Not Track</span>"));
}

#[test]
fn preferences_page_speaks_of_selling_where_the_law_lets_things_run_until_refused() {
    let app = App::published();
    let hidden = || slot(app.get("/_c/shop/preferences", &[]).text(), "sell").contains("hidden");
    assert!(hidden(), "not where consent comes first");
    app.jurisdiction.set(Jurisdiction::new(Some("US"), Some("CA")));
    assert!(!hidden());
}
