//! The gate script: what it depends on, and what it must never depend on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use consentry_core::Jurisdiction;
use serde_json::{Value, json};
use support::{App, gate_parts, policy};

fn payload(text: &str) -> Value {
    gate_parts(text).0
}

#[test]
fn gate_is_private_varies_on_signals_and_language_and_answers_304() {
    let app = App::published();
    let answer = app.get("/_c/shop.js", &[]);
    assert_eq!(answer.status, 200);
    assert!(answer.header("cache-control").starts_with("private"));
    assert_eq!(answer.header("vary"), "Sec-GPC, DNT, Accept-Language");
    let etag = answer.header("etag").to_owned();
    assert!(etag.starts_with('"'), "a strong entity tag: {etag}");
    let again = app.get("/_c/shop.js", &[("if-none-match", &etag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
}

#[test]
fn gate_with_other_cookies_is_the_same_to_the_byte() {
    let app = App::published();
    let plain = app.get("/_c/shop.js", &[]);
    let with = app.get("/_c/shop.js", &[("cookie", "__Host-consentry=1.junk; a=b")]);
    assert_eq!(plain.body, with.body);
    assert_eq!(plain.header("etag"), with.header("etag"));
}

#[test]
fn gate_carries_the_signal_headers_of_its_own_request() {
    let app = App::published();
    for (headers, bits) in [
        (vec![("sec-gpc", "1")], 1),
        (vec![("sec-gpc", "1, 0")], 1),
        (vec![("sec-gpc", "true")], 0),
        (vec![("dnt", "1xyz")], 2),
        (vec![("dnt", "0")], 0),
        (vec![("sec-gpc", "1"), ("dnt", "1")], 3),
    ] {
        assert_eq!(payload(app.get("/_c/shop.js", &headers).text())["header"], bits, "{headers:?}");
    }
}

#[test]
fn gate_speaks_the_visitors_language_or_the_one_the_page_asks_for() {
    let app = App::published();
    let language = |path: &str, accept: &str| {
        payload(app.get(path, &[("accept-language", accept)]).text())["language"].clone()
    };
    assert_eq!(language("/_c/shop.js", "de-AT,de;q=0.9"), "de");
    assert_eq!(language("/_c/shop.js", "xx"), "en");
    assert_eq!(language("/_c/shop.js?lang=de", "en"), "de");
}

#[test]
fn gate_says_for_which_pages_another_language_is_better_unless_one_was_named() {
    let app = App::published();
    let language = |path: &str, accept: &str| {
        let text = app.get(path, &[("accept-language", accept)]).text().to_owned();
        gate_parts(&text)
            .1
            .split_once("again(CONFIG)},")
            .map(|(_, rest)| rest.split(']').next().unwrap_or_default().to_owned())
    };
    assert_eq!(language("/_c/shop.js", "en").as_deref(), Some("[\"^(de)\\\\b\",false"));
    assert_eq!(language("/_c/shop.js", "de").as_deref(), Some("[\"^(en)\\\\b\",false"));
    let named = language("/_c/shop.js?lang=de", "en");
    assert_eq!(named.as_deref(), Some("[\"\",false"), "what was asked for by name is not asked for again");
    assert_eq!(language("/_c/shop.js?lang=de-AT", "en").as_deref(), Some("[\"\",false"));
}

#[test]
fn gate_comes_with_the_part_that_every_site_has() {
    let app = App::published();
    let text = app.get("/_c/shop.js", &[]).text().to_owned();
    assert!(gate_parts(&text).1.ends_with(",[(GATE,CONFIG)=>{api(GATE)}]]"), "{text}");
}

#[test]
fn gate_holds_what_nobody_marked_where_policy_or_address_says_so() {
    let app = App::published();
    let parts = |app: &App, path: &str| {
        let text = app.get(path, &[]).text().to_owned();
        gate_parts(&text).1.to_owned()
    };
    let table = |text: &str| {
        let (_, rest) = text.split_once("{auto(GATE,CONFIG)},")?;
        serde_json::Deserializer::from_str(rest).into_iter::<serde_json::Value>().next()?.ok()
    };
    let marked = parts(&app, "/_c/shop.js");
    assert_eq!((table(&marked), marked.contains("again(CONFIG)},[\"^(de)")), (None, true));
    let asked = parts(&app, "/_c/shop.js?mode=auto");
    let held = table(&asked).expect("the part with its table");
    assert!(
        held["categories"]["functional"].as_str().is_some_and(|text| text.contains(" .crazyegg")),
        "{held}"
    );
    assert!(asked.contains("\\b\",true]"), "it knows what it is: {asked}");
    assert!(table(&parts(&app, "/_c/shop.js?mode=other")).is_none());
    let mut policy = policy();
    policy["mode"] = "auto".into();
    policy["services"][0]["hosts"] = serde_json::json!(["tags.vendor.example"]);
    app.publish(&policy);
    let held = table(&parts(&app, "/_c/shop.js")).expect("by the policy");
    let id = policy["services"][0]["id"].as_str().unwrap();
    assert_eq!(held["services"][id], ".example tags.vendor");
}

#[test]
fn gate_says_how_long_the_choice_is_kept_where_the_visitor_is() {
    let app = App::published();
    let of = |country: &str, region: Option<&str>| {
        app.jurisdiction.set(Jurisdiction::new(Some(country), region));
        let payload = payload(app.get("/_c/shop.js", &[]).text());
        (payload["choice_days"].clone(), payload["cooldown_days"].clone(), payload["cookie"].clone())
    };
    let cookie =
        |days: u32| serde_json::json!(["__Host-", format!(";path=/;max-age={};samesite=lax", days * 86_400)]);
    assert_eq!(of("GB", None), (180.into(), 180.into(), cookie(180)));
    assert_eq!(
        of("DE", None),
        (180.into(), 184.into(), cookie(184)),
        "the refusal is known while nobody may be asked"
    );
    assert_eq!(of("US", Some("CA")), (366.into(), 366.into(), cookie(400)));
    assert_eq!(of("US", Some("TX")), (180.into(), 180.into(), cookie(400)));
    let mut shared = policy();
    shared["share_domain"] = "shop.example".into();
    app.publish(&shared);
    let (_, _, cookie) = of("DE", None);
    assert_eq!(
        cookie,
        serde_json::json!(["__Secure-", ";path=/;max-age=15897600;samesite=lax;domain=shop.example"])
    );
}

#[test]
fn gate_follows_the_jurisdiction_of_the_runtime_not_of_a_header() {
    let app = App::published();
    let model = |headers: &[(&str, &str)]| payload(app.get("/_c/shop.js", headers).text())["model"].clone();
    assert_eq!(model(&[("cf-ipcountry", "US")]), serde_json::Value::Null, "unknown is the strictest, opt-in");
    app.jurisdiction.set(Jurisdiction::new(Some("US"), Some("CA")));
    assert_eq!(model(&[]), "opt_out");
}

#[test]
fn gate_of_a_site_without_policy_is_404_and_of_a_hostile_text_no_script() {
    let app = App::new();
    assert_eq!(app.get("/_c/shop.js", &[]).problem(), "site-unknown");
    let mut hostile = policy();
    hostile["texts"] = serde_json::json!({ "en": { "title": "</script><script>alert(1)</script>\u{2028}" } });
    app.publish(&hostile);
    let text = app.get("/_c/shop.js", &[]).text().to_owned();
    assert!(!text.contains("</script"), "inlined, it would end the script element");
    payload(&text);
}

#[test]
fn banner_files_are_immutable_and_compressed_where_asked() {
    let app = App::published();
    let brotli = app.get("/_c/banner-abc.wasm", &[("accept-encoding", "gzip, br")]);
    assert_eq!((brotli.status, brotli.text()), (200, "brotli"));
    assert_eq!(brotli.header("content-type"), "application/wasm");
    assert!(brotli.header("cache-control").contains("immutable"));
    assert_eq!(app.get("/_c/banner-abc.js", &[]).text(), "plain");
    assert_eq!(app.get("/_c/banner-old.js", &[]).problem(), "banner-unknown");
}

#[test]
fn gpc_statement_is_the_same_for_everybody() {
    let app = App::published();
    for headers in [&[][..], &[("sec-gpc", "1")][..]] {
        let answer = app.get("/.well-known/gpc.json", headers);
        assert_eq!(answer.text(), r#"{"gpc":true,"lastUpdate":"2026-11-21"}"#);
        assert_eq!(answer.header("content-type"), "application/json");
    }
}

#[test]
fn notice_says_what_services_are_for_in_the_visitors_language() {
    let mut policy = policy();
    policy["services"][0]["purposes"] = json!(["measure_audience", "count_sheep"]);
    policy["services"][1]["purposes"] = json!(["show_advertising", "win_back"]);
    policy["texts"] =
        json!({ "de": { "purpose_count_sheep": "Schäfchen zählen", "purpose_show_advertising": "Werben" } });
    let app = App::new();
    app.publish(&policy);
    let of = |language: &str| {
        let notice = app.get(&format!("/_c/v1/sites/shop/notice?policy=1&language={language}"), &[]).json();
        [3, 2].map(|category: usize| notice["categories"][category]["services"][0]["purposes"].clone())
    };
    assert_eq!(of("de"), [json!(["Reichweitenmessung", "Schäfchen zählen"]), json!(["Werben", "Win back"])]);
    assert_eq!(
        of("en"),
        [json!(["Measure the audience", "Count sheep"]), json!(["Show advertising", "Win back"])]
    );
}

#[test]
fn notice_pinned_to_version_and_language_is_cacheable_and_complete() {
    let app = App::published();
    let answer = app.get("/_c/v1/sites/shop/notice?policy=1&language=de", &[]);
    assert!(answer.header("cache-control").starts_with("public"));
    let notice = answer.json();
    assert_eq!(notice["language"], "de");
    let categories: Vec<&str> =
        notice["categories"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap()).collect();
    assert_eq!(categories, ["required", "functional", "advertising", "analytics"]);
    assert_eq!(notice["categories"][3]["services"][0]["index"], 0);
    assert_eq!(app.get("/_c/v1/sites/shop/notice?policy=9", &[]).problem(), "site-unknown");
    assert_eq!(app.get("/_c/v1/sites/shop/notice?policy=1&language=xx", &[]).problem(), "language-unknown");
}
