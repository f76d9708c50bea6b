//! The operator's and the auditor's doors, and the export behind the second.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use consentry_core::time::DAY;
use serde_json::json;
use support::{App, NOW, operator, policy, record};

const POLICY: &str = "/_c/v1/sites/shop/policy";
const RECORDS: &str = "/_c/v1/sites/shop/records";

#[test]
fn publishing_without_the_operators_token_is_refused() {
    let app = App::new();
    let body = policy().to_string();
    assert_eq!(app.send("PUT", POLICY, &[], body.as_bytes()).problem(), "token-missing");
    let wrong = app.send("PUT", POLICY, &[("authorization", "Bearer operator-secreT")], body.as_bytes());
    assert_eq!((wrong.status, wrong.problem().as_str()), (403, "token-refused"));
    assert_eq!(app.get(POLICY, &[]).problem(), "site-unknown");
}

#[test]
fn invalid_policy_names_every_wrong_place_and_leaves_the_old_one_in_force() {
    let app = App::published();
    let mut broken = policy();
    broken["services"][0]["category"] = "analitics".into();
    broken["origins"][0] = "https://shop.example/".into();
    broken["theme"] = json!({ "accent": "#ffffee" });
    let answer = app.send("PUT", POLICY, &[operator()], broken.to_string().as_bytes());
    assert_eq!((answer.status, answer.problem().as_str()), (422, "policy-invalid"));
    let paths: Vec<String> = answer.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["path"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(paths, ["origins[0]", "theme.accent", "services[0].category"]);
    assert_eq!(app.get(POLICY, &[]).header("consentry-policy-version"), "1");
    let unknown = app.send("PUT", POLICY, &[operator()], br#"{"site":"shop","colour":"red"}"#);
    assert_eq!(unknown.problem(), "policy-form");
    assert!(unknown.text().contains("colour"), "the field is named");
    let other = app.send("PUT", "/_c/v1/sites/other/policy", &[operator()], policy().to_string().as_bytes());
    assert_eq!(other.problem(), "policy-site");
}

#[test]
fn policy_published_twice_is_one_version_and_changed_is_the_next() {
    let app = App::published();
    app.publish(&policy());
    assert_eq!(app.get(POLICY, &[]).header("consentry-policy-version"), "1");
    let mut changed = policy();
    changed["lifetimes"] = json!({ "choice_days": 90 });
    app.publish(&changed);
    assert_eq!(app.get(POLICY, &[]).header("consentry-policy-version"), "2");
    assert_eq!(
        app.get("/_c/v1/sites/shop/notice?policy=1", &[]).json()["policy"],
        1,
        "earlier versions stay"
    );
}

#[test]
fn policy_that_is_complete_is_stored_byte_for_byte() {
    let app = App::new();
    // The catalogue knows this one, and has nothing to say: all its fields are given.
    let mut whole = policy();
    whole["services"][0]["id"] = "hotjar".into();
    for field in ["privacy_url", "opt_out_url"] {
        whole["services"][0][field] = "".into();
    }
    whole["services"][0]["hosts"] = json!([]);
    let sent = serde_json::to_string_pretty(&whole).unwrap();
    assert_eq!(app.send("PUT", POLICY, &[operator()], sent.as_bytes()).status, 200);
    assert_eq!(app.get(POLICY, &[]).text(), sent);
}

#[test]
fn policy_that_leaves_a_service_to_the_catalogue_is_stored_whole_and_verifies_without_it() {
    let app = App::new();
    let mut short = policy();
    short["services"][0] =
        json!({ "id": "hotjar", "more_cookies": [{ "name": "_ours", "retention_days": 3 }] });
    let answer = app.send("PUT", POLICY, &[operator()], short.to_string().as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let stored = app.get(POLICY, &[]);
    let hash = consentry_api::digest::sha256_hex(stored.text().as_bytes());
    assert_eq!(answer.json()["hash"], hash, "what is logged is the hash of everything that holds");
    let service = &stored.json()["services"][0];
    assert_eq!((&service["name"], &service["category"]), (&json!("Hotjar"), &json!("functional")));
    let cookies = service["cookies"].as_array().unwrap();
    assert!(cookies.iter().any(|cookie| cookie["name"] == "_ours") && cookies.len() > 3, "{service:#}");
    // Whoever reads it needs the text alone: all of it is in its fields.
    assert!(consentry_api::policy::parse_published(stored.text()).is_ok());
    app.send("PUT", POLICY, &[operator()], short.to_string().as_bytes());
    app.send("PUT", POLICY, &[operator()], stored.text().as_bytes());
    assert_eq!(app.get(POLICY, &[]).header("consentry-policy-version"), "1", "the same, short or whole");
    let notice = app.get("/_c/v1/sites/shop/notice", &[]);
    assert!(
        ["_hjSessionUser_*", "_ours"].iter().all(|name| notice.text().contains(name)),
        "visitors are shown it"
    );
}

#[test]
fn policy_with_a_service_nobody_knows_is_told_what_is_missing() {
    let app = App::new();
    let mut short = policy();
    short["services"][1] = json!({ "id": "gogle_analytics" });
    let answer = app.send("PUT", POLICY, &[operator()], short.to_string().as_bytes());
    assert_eq!((answer.status, answer.problem().as_str()), (422, "policy-invalid"));
    let error = &answer.json()["errors"][0];
    assert_eq!(error["path"], "services[1].id");
    assert!(error["allowed"].as_str().unwrap().contains("\"google_analytics\""), "{error}");
}

#[test]
fn auditor_token_works_until_it_expires_or_is_revoked() {
    let app = App::published();
    let token = app.auditor();
    let headers = [("authorization", token.as_str())];
    assert_eq!(app.get(RECORDS, &headers).status, 200);
    assert_eq!(app.get(RECORDS, &[]).status, 401);
    for forged in ["Bearer cya_x_y", "Bearer junk", "Basic abc", "Bearer operator-secret"] {
        let status = app.get(RECORDS, &[("authorization", forged)]).status;
        assert!([401, 403].contains(&status), "{forged}: {status}");
    }
    let id = token.split('_').nth(1).unwrap().to_owned();
    let revoke = format!("/_c/v1/sites/shop/tokens/{id}");
    assert_eq!(app.send("DELETE", &revoke, &[], b"").status, 401);
    assert_eq!(app.send("DELETE", &revoke, &[operator()], b"").status, 204);
    assert_eq!(app.get(RECORDS, &headers).status, 403);
    assert_eq!(
        app.send("DELETE", "/_c/v1/sites/shop/tokens/nobody", &[operator()], b"").problem(),
        "token-unknown"
    );
    let token = app.auditor();
    app.sites.now.set(NOW + 31 * DAY);
    assert_eq!(app.get(RECORDS, &[("authorization", &token)]).status, 403);
}

#[test]
fn secret_of_a_token_is_nowhere_in_the_storage() {
    let app = App::published();
    let token = app.auditor();
    let secret = token.rsplit('_').next().unwrap().to_owned();
    let mut statement =
        app.sites.database.connection.prepare("SELECT id || name || hash FROM tokens").unwrap();
    let rows: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(!rows.is_empty() && rows.iter().all(|row| !row.contains(&secret)));
}

#[test]
fn export_filters_by_time_action_category_and_signal() {
    let app = App::published();
    app.post_record(&record(1));
    let mut refusal = record(2);
    refusal["action"] = "reject_all".into();
    refusal["categories"] =
        json!({ "required": true, "functional": false, "advertising": false, "analytics": false });
    app.sites.now.set(NOW + 60_000);
    app.post_record(&refusal);
    let count = |query: &str| app.export(query).len();
    assert_eq!(count(""), 2);
    assert_eq!(count("&action=reject_all"), 1);
    assert_eq!(count("&category=advertising"), 1);
    assert_eq!(count("&category=advertising:denied"), 1);
    assert_eq!(count("&signal=any"), 0);
    assert_eq!(count("&signal=none"), 2);
    assert_eq!(count("&to=2025-11-22T08:27:00Z"), 1);
    assert_eq!(count("&from=2025-11-22T08:27:00Z"), 1);
    assert_eq!(count("&from=2025-11-23"), 0);
    let token = app.auditor();
    for junk in [
        "format=xml",
        "from=tomorrow",
        "action=x",
        "category=A",
        "signal=1",
        "id=1",
        "cursor=x",
        "limit=0",
        "limit=99999",
        "fro=2025-11-22",
        "From=2025-11-22",
        "format=csv&filter=",
        "by=day",
    ] {
        let answer = app.get(&format!("{RECORDS}?{junk}"), &[("authorization", &token)]);
        assert_eq!((answer.status, answer.problem().as_str()), (400, "filter"), "{junk}");
    }
    let answer = app.get(&format!("{RECORDS}?fro=2025-11-22"), &[("authorization", &token)]);
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.starts_with("`fro` is no parameter of this path; it has format, "), "{detail}");
    assert!(detail.contains(" from, to, category, "), "{detail}");
}

#[test]
fn export_of_a_category_that_no_version_of_the_policy_has_names_those_there_are() {
    let app = App::published();
    app.post_record(&record(1));
    let mut second = policy();
    second["categories"].as_array_mut().unwrap().retain(|category| category["id"] != "analytics");
    second["services"].as_array_mut().unwrap().retain(|service| service["category"] != "analytics");
    app.publish(&second);
    let token = app.auditor();
    let ask = |category: &str| {
        app.get(&format!("{RECORDS}?category={category}"), &[("authorization", token.as_str())])
    };
    assert_eq!(ask("analytics").status, 200, "an earlier version has it");
    for misspelled in ["advertizing", "advertizing:denied"] {
        let answer = ask(misspelled);
        assert_eq!((answer.status, answer.problem().as_str()), (400, "filter"), "{misspelled}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.ends_with(": required, functional, advertising, analytics"), "{detail}");
    }
    let headers = [("authorization", token.as_str())];
    let link = |category: &str| {
        let body = json!({ "format": "csv", "category": category }).to_string();
        app.send("POST", "/_c/v1/sites/shop/links", &headers, body.as_bytes()).status
    };
    assert_eq!((link("analytics:denied"), link("advertizing")), (201, 400));
    assert_eq!(app.get(&format!("{RECORDS}?category=advertizing"), &[]).status, 401);
}

#[test]
fn export_in_pages_by_cursor_misses_and_doubles_nothing() {
    let app = App::published();
    for nth in 0..2_500 {
        app.sites.now.set(NOW + nth);
        assert_eq!(app.post_record(&record(nth)).status, 201);
    }
    let token = app.auditor();
    let mut seen = Vec::new();
    let mut cursor = String::from("0:0");
    while !cursor.is_empty() {
        let answer = app.get(&format!("{RECORDS}?limit=700&cursor={cursor}"), &[("authorization", &token)]);
        seen.extend(
            answer.text().lines().map(|line| {
                serde_json::from_str::<serde_json::Value>(line).unwrap()["index"].as_u64().unwrap()
            }),
        );
        cursor = answer.header("consentry-next-cursor").into();
    }
    assert_eq!(seen, (0..2_501).collect::<Vec<u64>>());
    let whole = app.get(RECORDS, &[("authorization", &token)]);
    assert_eq!(whole.text().lines().count(), 2_501, "the policy's own entry comes first");
    assert_eq!(whole.header("consentry-sizes"), "2501");
}

#[test]
fn export_of_one_record_finds_it_by_number_and_still_filters() {
    let app = App::published();
    (0..3).for_each(|nth| drop(app.post_record(&record(nth))));
    let id = record(1)["id"].as_str().unwrap().to_owned();
    let found = app.export_all(&format!("&id={id}"));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["record_id"].as_str().unwrap().replace('-', ""), id);
    assert_eq!(app.export_all(&format!("&id={}", found[0]["record_id"].as_str().unwrap())), found);
    for nothing in ["&to=2025-11-22", "&from=2025-11-23", "&action=withdraw", "&signal=gpc", "&sizes=2"] {
        assert!(app.export_all(&format!("&id={id}{nothing}")).is_empty(), "{nothing}");
    }
    let unknown = record(9)["id"].as_str().unwrap().to_owned();
    assert!(app.export_all(&format!("&id={unknown}")).is_empty());
}

#[test]
fn export_whose_filter_lets_little_through_reads_one_page_of_the_log_at_a_time() {
    let app = App::published();
    for batch in 0..10 {
        let records: Vec<_> = (batch * 1_000..(batch + 1) * 1_000).map(record).collect();
        let body = json!({ "jurisdiction": "DE", "records": records }).to_string();
        let answer = app.send("POST", "/_c/v1/sites/shop/batches", &[operator()], body.as_bytes());
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    let token = app.auditor();
    let page = |cursor: &str| {
        let path = format!("{RECORDS}?action=withdraw&limit=5&cursor={cursor}");
        let answer = app.get(&path, &[("authorization", &token)]);
        (answer.text().len(), answer.header("consentry-next-cursor").to_owned())
    };
    assert_eq!(page("0:0"), (0, "".into()), "the object skips what has another action");
    let page = |cursor: &str| {
        let path = format!("{RECORDS}?signal=gpc&limit=5&cursor={cursor}");
        let answer = app.get(&path, &[("authorization", &token)]);
        (answer.text().len(), answer.header("consentry-next-cursor").to_owned())
    };
    assert_eq!(page("0:0"), (0, "0:10000".into()));
    assert_eq!(page("0:10000"), (0, "".into()));
}

#[test]
fn csv_export_has_one_cell_per_column_in_every_row() {
    let app = App::published();
    let mut save = record(1);
    save["action"] = "save".into();
    save["denied_services"] = json!(["counter", "ads"]);
    app.post_record(&save);
    let token = app.auditor();
    let answer = app.get(&format!("{RECORDS}?format=csv"), &[("authorization", &token)]);
    assert!(answer.header("content-type").starts_with("text/csv"));
    assert!(answer.header("content-disposition").contains("consent-shop.csv"));
    let lines: Vec<&str> = answer.text().lines().collect();
    let [head, published, record] = lines[..] else { panic!("{lines:?}") };
    let cells = |line: &str| line.split(',').count();
    assert_eq!((cells(published), cells(record)), (cells(head), cells(head)));
    assert!(published.starts_with("0,0,policy_published,"));
    assert!(record.contains("counter;ads"));
    assert!(record.contains("required=true;functional=true;advertising=true;analytics=true"));
}

#[test]
fn tree_root_of_the_numbers_is_that_of_the_exported_leaves() {
    let app = App::published();
    for nth in 0..13 {
        app.post_record(&record(nth));
    }
    let leaves: Vec<consentry_log::Hash> = app
        .export_all("")
        .iter()
        .map(|row| consentry_log::Hash::from_hex(row["leaf_hash"].as_str().unwrap()).unwrap())
        .collect();
    let token = app.auditor();
    let stats = app.get("/_c/v1/sites/shop/stats", &[("authorization", &token)]).json();
    assert_eq!(stats["root"], consentry_log::tree_hash(&leaves).to_hex());
    assert_eq!(stats["actions"], json!([["accept_all", 13]]));
}

#[test]
fn site_that_nobody_published_leaves_nothing_in_the_storage() {
    let app = App::new();
    app.get("/_c/shop.js", &[]);
    app.get("/_c/shop/preferences", &[]);
    app.post_record(&record(1));
    app.get(RECORDS, &[("authorization", "Bearer cya_x_y")]);
    let tables: u32 = app
        .sites
        .database
        .connection
        .query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))
        .unwrap();
    assert_eq!(tables, 0);
}
