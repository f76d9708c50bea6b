//! Choosing without JavaScript: the form, its cookie, its record.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use consentry_core::choice::{Flags, LONGEST_VALUE};
use consentry_core::{Choice, Grants, parse_choice};
use support::{Answer, App, NOW, ORIGIN, policy};

const PATH: &str = "/_c/shop/choice";

fn post(app: &App, form: &str, headers: &[(&str, &str)]) -> Answer {
    let mut all = vec![("origin", ORIGIN), ("content-type", "application/x-www-form-urlencoded")];
    all.extend_from_slice(headers);
    app.send("POST", PATH, &all, form.as_bytes())
}

fn cookie(answer: &Answer) -> (String, Choice) {
    let header = answer.header("set-cookie");
    let (pair, attributes) = header.split_once("; ").expect("attributes");
    assert_eq!(attributes, "Path=/; Max-Age=15552000; SameSite=Lax; Secure");
    let value = pair.strip_prefix("__Host-consentry=").expect("the prefixed name on HTTPS");
    assert!(value.len() <= LONGEST_VALUE);
    (value.into(), parse_choice(value).expect("a choice of ours"))
}

#[test]
fn form_accepting_all_sets_the_cookie_redirects_and_is_recorded() {
    let app = App::published();
    let answer = post(&app, "action=accept_all&policy=1&language=de&return=%2Fkit.html", &[]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(answer.header("location"), "/_c/shop/preferences?saved=1&lang=de&return=%2Fkit.html");
    let (_, choice) = cookie(&answer);
    assert_eq!(choice.grants, Grants(0b1111));
    assert_eq!(choice.flags, Flags(Flags::EXPLICIT));
    let rows = app.export("");
    assert_eq!((&rows[0]["action"], &rows[0]["source"]), (&"accept_all".into(), &"form".into()));
    assert_eq!(rows[0]["language"], "de");
    assert_eq!(rows[0]["record_id"], choice.record.to_string());
    assert_eq!(rows[0]["subject_id"], choice.subject.to_hex());
}

#[test]
fn form_saving_some_keeps_services_switched_off_inside_granted_categories() {
    let app = App::new();
    let mut policy = policy();
    let pixel = serde_json::json!({ "id": "pixel", "name": "Pixel", "category": "advertising",
        "controller": "Ads Inc.", "description": { "en": "Counts views." } });
    policy["services"].as_array_mut().expect("services").push(pixel);
    app.publish(&policy);
    let answer = post(&app, "action=save&category=analytics&category=advertising&service=pixel", &[]);
    let (_, choice) = cookie(&answer);
    assert_eq!(choice.grants, Grants(0b1101));
    // A category switched on with none of its services touched means all of them.
    assert!(choice.denied_services.has(1));
    assert!(!choice.denied_services.has(0) && !choice.denied_services.has(2));
    assert_eq!(app.export("")[0]["denied_services"], serde_json::json!(["ads"]));
}

#[test]
fn second_choice_keeps_the_visitor_and_names_the_first_record() {
    let app = App::published();
    let (value, first) = cookie(&post(&app, "action=accept_all", &[]));
    app.sites.now.set(NOW + 60_000);
    let stored = format!("__Host-consentry={value}");
    let (_, second) = cookie(&post(&app, "action=reject_all", &[("cookie", &stored)]));
    assert_eq!(second.subject, first.subject);
    assert_eq!(second.previous, Some(first.record));
    assert_eq!(second.grants, Grants::REQUIRED);
    // What was given before is taken back, and is recorded as that.
    assert_eq!(app.export("&action=withdraw").len(), 1);
}

#[test]
fn grant_on_a_page_that_told_of_the_signal_is_an_override_and_recorded_as_such() {
    let app = App::published();
    let (_, choice) = cookie(&post(&app, "action=accept_all", &[("sec-gpc", "1")]));
    assert!(choice.flags.has(Flags::EXPLICIT | Flags::OVERRIDE | Flags::GPC));
    assert_eq!(app.export("")[0]["overridden"], true);
    let (_, refusal) = cookie(&post(&app, "action=reject_all", &[("dnt", "1")]));
    assert!(!refusal.flags.has(Flags::OVERRIDE) && refusal.flags.has(Flags::DNT));
}

#[test]
fn form_from_another_site_or_of_another_meaning_is_refused_and_changes_nothing() {
    let app = App::published();
    let evil = app.send("POST", PATH, &[("origin", "https://evil.example")], b"action=accept_all");
    assert_eq!((evil.status, evil.problem().as_str()), (403, "origin-refused"));
    let cross = app.send("POST", PATH, &[("sec-fetch-site", "cross-site")], b"action=accept_all");
    assert_eq!(cross.status, 403);
    assert_eq!(post(&app, "action=expire", &[]).problem(), "choice-action");
    assert_eq!(post(&app, "", &[]).problem(), "choice-action");
    assert_eq!(app.send("GET", PATH, &[], b"").status, 405);
    assert!(app.export("").is_empty());
}

#[test]
fn form_under_an_older_policy_is_asked_again() {
    let app = App::published();
    let answer = post(&app, "action=accept_all&policy=9", &[]);
    assert_eq!((answer.status, answer.header("location")), (303, "/_c/shop/preferences?changed=1"));
    let page = app.get("/_c/shop/preferences?changed=1", &[]);
    assert!(page.text().contains("The policy has changed since this page was opened"), "the visitor is told");
    assert_eq!(answer.header("set-cookie"), "");
}

#[test]
fn forged_or_future_cookie_counts_as_none() {
    let app = App::published();
    let (value, first) = cookie(&post(&app, "action=accept_all", &[]));
    for forged in
        [value.replacen("1.", "2.", 1), value.to_uppercase(), format!("{value}.x"), "x".repeat(5_000)]
    {
        let header = format!("__Host-consentry={forged}");
        let (_, choice) = cookie(&post(&app, "action=reject_all", &[("cookie", &header)]));
        assert_ne!(choice.subject, first.subject, "{forged}");
        assert_eq!(choice.previous, None);
    }
}

#[test]
fn choice_while_the_log_is_down_holds_and_is_marked_unrecorded() {
    let app = App::published();
    app.get("/_c/shop.js", &[]);
    app.sites.down.set(true);
    let (_, choice) = cookie(&post(&app, "action=reject_all", &[]));
    assert!(choice.flags.has(Flags::UNRECORDED));
    assert_eq!(choice.grants, Grants::REQUIRED);
}

#[test]
fn preferences_page_on_a_foreign_host_says_where_to_go() {
    let app = App::new();
    let mut elsewhere = policy();
    elsewhere["origins"] = serde_json::json!(["https://www.elsewhere.example"]);
    app.publish(&elsewhere);
    assert_eq!(app.get("/_c/shop/preferences", &[]).problem(), "not-first-party");
    assert_eq!(post(&app, "action=accept_all", &[]).problem(), "not-first-party");
}

#[test]
fn preferences_page_is_never_cached_and_runs_nothing() {
    let app = App::published();
    let answer = app.get("/_c/shop/preferences", &[("sec-gpc", "1")]);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "private, no-store");
    assert_eq!(answer.header("vary"), "Sec-GPC, DNT, Cookie, Accept-Language");
    let csp = answer.header("content-security-policy");
    assert!(csp.starts_with("default-src 'none'") && csp.contains("form-action 'self'"), "{csp}");
}

/// For each record, whether it lost who it is of.
fn redacted(app: &App) -> Vec<bool> {
    app.export("").iter().map(|row| row["redacted"] == "erasure").collect()
}

#[test]
fn form_erasing_takes_the_records_and_the_cookie_and_says_so() {
    let app = App::published();
    let (value, _) = cookie(&post(&app, "action=accept_all", &[]));
    let stored = format!("__Host-consentry={value}");
    app.sites.now.set(NOW + 60_000);
    let (value, _) = cookie(&post(&app, "action=reject_all", &[("cookie", &stored)]));
    let stored = format!("__Host-consentry={value}");
    let page = app.get("/_c/shop/preferences", &[("cookie", &stored)]);
    assert!(page.text().contains("Delete my consent records"));
    let answer = post(&app, "action=erase&return=%2Fkit.html", &[("cookie", &stored)]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(answer.header("location"), "/_c/shop/preferences?erased=1&return=%2Fkit.html");
    assert_eq!(answer.header("set-cookie"), "__Host-consentry=; Path=/; Max-Age=0; SameSite=Lax; Secure");
    assert_eq!(redacted(&app), [true, true]);
    let page = app.get("/_c/shop/preferences?erased=1", &[]);
    assert!(page.text().contains("Your consent records have been deleted."));
    // Sent twice, by an impatient finger: the browser has no cookie any more, and is told the same.
    let again = post(&app, "action=erase", &[]);
    assert_eq!((again.status, again.header("location")), (303, "/_c/shop/preferences?erased=1"));
    assert_eq!(app.export_all("").len(), 4, "one redaction");
    // Sent twice at once: both with the cookie.
    let again = post(&app, "action=erase", &[("cookie", &stored)]);
    assert_eq!(again.header("location"), "/_c/shop/preferences?erased=1");
}

#[test]
fn form_erasing_on_shared_domains_removes_the_shared_cookie() {
    let app = App::new();
    let mut shared = policy();
    shared["share_domain"] = "shop.example".into();
    app.publish(&shared);
    let answer = post(&app, "action=accept_all", &[]);
    let (pair, _) = answer.header("set-cookie").split_once(';').unwrap();
    let answer = post(&app, "action=erase", &[("cookie", pair)]);
    assert_eq!(
        answer.header("set-cookie"),
        "__Secure-consentry=; Path=/; Max-Age=0; SameSite=Lax; Secure; Domain=shop.example"
    );
    assert_eq!(redacted(&app), [true]);
}

#[test]
fn form_erasing_from_another_site_is_refused() {
    let app = App::published();
    let (value, _) = cookie(&post(&app, "action=accept_all", &[]));
    let stored = format!("__Host-consentry={value}");
    let headers = [("origin", "https://evil.example"), ("cookie", stored.as_str())];
    let answer = app.send("POST", PATH, &headers, b"action=erase");
    assert_eq!((answer.status, answer.header("set-cookie")), (403, ""));
    assert_eq!(redacted(&app), [false]);
}

#[test]
fn form_erasing_while_the_log_is_down_says_so_and_keeps_the_cookie() {
    let app = App::published();
    let (value, choice) = cookie(&post(&app, "action=accept_all", &[]));
    let stored = format!("__Host-consentry={value}");
    app.get("/_c/shop.js", &[]);
    app.sites.down.set(true);
    let answer = post(&app, "action=erase", &[("cookie", &stored)]);
    assert_eq!((answer.status, answer.header("set-cookie")), (303, ""));
    assert_eq!(answer.header("location"), "/_c/shop/preferences?erased=0");
    let page = app.get("/_c/shop/preferences?erased=0", &[("cookie", &stored)]);
    assert!(page.text().contains("could not be deleted"));
    // A choice that the log could not take has nothing there to erase, unless another came before it.
    let (first, _) = cookie(&post(&app, "action=reject_all", &[]));
    let (second, _) = cookie(&post(&app, "action=reject_all", &[("cookie", &stored)]));
    let (third, _) =
        cookie(&post(&app, "action=accept_all", &[("cookie", &format!("__Host-consentry={second}"))]));
    app.sites.down.set(false);
    for (value, mark, left) in [(first, 1, [false]), (third, 0, [false]), (second, 1, [true])] {
        let answer = post(&app, "action=erase", &[("cookie", &format!("__Host-consentry={value}"))]);
        assert_eq!(answer.header("location"), format!("/_c/shop/preferences?erased={mark}"));
        assert_eq!(redacted(&app), left, "{value}");
    }
    assert_eq!(choice.previous, None);
}

#[test]
fn preferences_page_confirms_only_what_the_cookie_bears_out() {
    let app = App::published();
    let (value, _) = cookie(&post(&app, "action=accept_all", &[]));
    let stored = format!("__Host-consentry={value}");
    let silent = |query: &str, cookie: &str| {
        let page = app.get(&format!("/_c/shop/preferences?{query}"), &[("cookie", cookie)]);
        page.text().contains("role=\"status\" hidden")
    };
    assert!(!silent("saved=1", &stored) && silent("saved=1", ""));
    assert!(!silent("erased=1", "") && silent("erased=1", &stored));
    assert!(!silent("erased=0", &stored) && silent("erased=0", ""));
    assert!(silent("erased=2", &stored) && silent("", &stored));
}

/// The preferences page of somebody who accepted under the test policy, after the policy was edited so.
fn page_after(edits: &[&dyn Fn(&mut serde_json::Value)]) -> String {
    let app = App::published();
    let (value, _) = cookie(&post(&app, "action=accept_all", &[]));
    let mut policy = policy();
    for edit in edits {
        edit(&mut policy);
        app.publish(&policy);
    }
    let stored = format!("__Host-consentry={value}");
    app.get("/_c/shop/preferences", &[("cookie", &stored)]).text().to_owned()
}

#[test]
fn copy_edit_asks_nobody_and_tells_of_no_change() {
    let page = page_after(&[&|policy| {
        policy["controller"]["name"] = "Shop & Sons".into();
        policy["categories"][0]["description"]["en"] = "Counts visits, nothing else.".into();
        policy["services"][0]["name"] = "Better counter".into();
        policy["services"][1]["cookies"] = serde_json::json!([{ "name": "_ad", "retention_days": 30 }]);
        policy["services"][1]["opt_out_url"] = "https://ads.example/opt-out".into();
        policy["links"] = serde_json::json!([{ "text": "More", "url": "https://shop.example/more" }]);
        policy["texts"] = serde_json::json!({ "en": { "title": "Cookies" } });
        policy["theme"] = serde_json::json!({ "accent": "#1f5a50" });
    }]);
    assert!(!page.contains("cy-changed"));
    assert!(page.matches(" checked").count() >= 4, "the choice stands");
}

#[test]
fn material_change_asks_again_and_names_what_changed() {
    let add = |policy: &mut serde_json::Value| {
        let chat = serde_json::json!({ "id": "chat", "name": "Chat", "category": "functional", "controller": "Chat Ltd",
            "description": { "en": "Answers." } });
        policy["services"].as_array_mut().unwrap().push(chat);
    };
    let words = |policy: &mut serde_json::Value| policy["controller"]["name"] = "Shop & Sons".into();
    let drop = |policy: &mut serde_json::Value| {
        policy["services"].as_array_mut().unwrap().remove(0);
    };
    // Compared with the newest version that was answered, whatever came between.
    let page = page_after(&[&words, &add, &words, &drop]);
    let panel =
        page.split("cy-changed").nth(1).and_then(|rest| rest.split("</div>").next()).expect("the panel");
    assert!(panel.contains("New: Chat") && panel.contains("No longer used: Counter"), "{panel}");
    assert!(!panel.contains("have changed."), "neither categories nor models: {panel}");
}

#[test]
fn choice_under_a_policy_nobody_knows_is_asked_again_without_a_story() {
    let app = App::published();
    let (value, _) = cookie(&post(&app, "action=accept_all", &[]));
    let (_, rest) = value.split_at(18);
    let stored = format!("__Host-consentry=1.0123456789abcdef{rest}");
    let page = app.get("/_c/shop/preferences", &[("cookie", &stored)]).text().to_owned();
    assert!(page.contains("<form") && !page.contains("cy-changed"));
}

#[test]
fn form_of_a_page_in_one_language_is_answered_in_it() {
    let app = App::published();
    let german = app.get("/_c/shop/preferences?lang=de", &[("accept-language", "en")]);
    assert!(german.text().contains("<html lang=\"de\""));
    // The layer's button sends its form by GET, with the language in a field.
    let button = app.get("/_c/shop/preferences?language=de", &[("accept-language", "en")]);
    assert!(button.text().contains("<html lang=\"de\""));
    let answer = post(&app, "action=reject_all&language=de", &[("accept-language", "en")]);
    assert_eq!(answer.header("location"), "/_c/shop/preferences?saved=1&lang=de");
}

#[test]
fn cookie_of_a_form_is_kept_as_long_as_the_law_of_the_place_wants() {
    let app = App::published();
    app.jurisdiction.set(consentry_core::Jurisdiction::new(Some("US"), Some("CA")));
    let answer = post(&app, "action=reject_all", &[]);
    assert!(answer.header("set-cookie").contains("; Max-Age=34560000; "), "{}", answer.header("set-cookie"));
    let row = &app.export("")[0];
    let until = row["valid_until"].as_str().unwrap();
    assert!(until.starts_with("2026-11-23T"), "twelve months, not the policy's 180 days: {until}");
}
