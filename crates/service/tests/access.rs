//! Who sees what: scopes of tokens against every door, links, and what the operator sees of it all.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::cell::RefCell;

use consentry_api::object::{Access, Credential, Scope, SiteCall, SiteReply, TimeRange, TokenRow, Wanted};
use consentry_api::token::MOST_USES;
use consentry_core::SiteId;
use consentry_core::time::DAY;
use consentry_service::sites::Sites;
use rusqlite::types::ValueRef;
use serde_json::{Value, json};
use support::{Answer, App, NOW, ORIGIN, operator, policy, record};

const SITE: &str = "/_c/v1/sites/shop";
const HOUR: u64 = 3_600_000;

/// Three records, an hour apart: 08:26:40, 09:26:40 and 10:26:40 on 2025-11-22.
fn three_records() -> App {
    let app = App::published();
    for nth in 0..3 {
        app.sites.now.set(NOW + nth * HOUR);
        assert_eq!(app.post_record(&record(nth)).status, 201);
    }
    app
}

/// A token as the operator asks for it: its identifier and its bearer header.
fn token(app: &App, scope: Value) -> (String, String) {
    let mut body = json!({ "name": "Ada" });
    body.as_object_mut().unwrap().extend(scope.as_object().unwrap().clone());
    let answer = app.send("POST", &format!("{SITE}/tokens"), &[operator()], body.to_string().as_bytes());
    assert_eq!(answer.status, 201, "{}", answer.text());
    let json = answer.json();
    (json["id"].as_str().unwrap().into(), format!("Bearer {}", json["token"].as_str().unwrap()))
}

fn with(app: &App, bearer: &str, path: &str) -> Answer {
    app.get(path, &[("authorization", bearer)])
}

/// A link and when it expires.
fn link(app: &App, bearer: &str, body: Value) -> (String, String) {
    let answer = ask_for_link(app, bearer, &body);
    assert_eq!(answer.status, 201, "{}", answer.text());
    let json = answer.json();
    let url = json["url"].as_str().unwrap();
    (url.strip_prefix(ORIGIN).expect("on this host").into(), json["expires"].as_str().unwrap().into())
}

fn ask_for_link(app: &App, bearer: &str, body: &Value) -> Answer {
    let headers = [("authorization", bearer)];
    app.send("POST", &format!("{SITE}/links"), &headers, body.to_string().as_bytes())
}

fn rows(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn token_opens_exactly_what_its_scope_names() {
    let app = three_records();
    let mut other = policy();
    other["site"] = "other".into();
    let published = app.send("PUT", "/_c/v1/sites/other/policy", &[operator()], other.to_string().as_bytes());
    assert_eq!(published.status, 200);
    let range = "from=2025-11-22T08:00:00Z&to=2025-11-22T09:00:00Z";
    let wider = "from=2025-11-22T08:00:00Z&to=2025-11-22T09:00:00.001Z";
    let id = |nth: u64| record(nth)["id"].as_str().unwrap().to_owned();
    let proof = |nth: u64| format!("{SITE}/records/{}/proof", id(nth));
    let doors: [(&str, String); 19] = [
        ("export", format!("{SITE}/records")),
        ("export, ndjson", format!("{SITE}/records?format=ndjson&limit=2&cursor=0:1&sizes=4")),
        ("export, csv", format!("{SITE}/records?format=csv")),
        ("export of the range", format!("{SITE}/records?{range}")),
        (
            "the same as csv",
            format!("{SITE}/records?{range}&format=csv&action=save&category=analytics&signal=none"),
        ),
        ("export of less", format!("{SITE}/records?from=2025-11-22T08:30:00Z&to=2025-11-22T08:40:00Z")),
        ("export of more", format!("{SITE}/records?{wider}")),
        ("export with one end", format!("{SITE}/records?to=2025-11-22T09:00:00Z")),
        ("stats", format!("{SITE}/stats")),
        ("stats of the range", format!("{SITE}/stats?{range}")),
        ("stats of more", format!("{SITE}/stats?{wider}")),
        ("snapshot", format!("{SITE}/snapshot")),
        ("bundle", "/_c/log/shop/tile/entries/000.p/4".into()),
        ("receipt of a record of the range", proof(0)),
        ("receipt of a later record", proof(1)),
        ("record of the range", format!("{SITE}/records/{}", id(0))),
        ("later record", format!("{SITE}/records/{}?profile=iso27560", id(1))),
        ("record by its number", format!("{SITE}/records?{range}&id={}", id(0))),
        ("receipts of the range", format!("{SITE}/records?{range}&profile=kantara")),
    ];
    let (from, to) = ("2025-11-22T08:00:00Z", "2025-11-22T09:00:00Z");
    let only_csv = json!({ "fields": "non_personal", "formats": ["csv"], "from": from, "to": to });
    for (scope, opened) in [
        (json!({}), "+++++++++++++++++++"),
        (json!({ "fields": "all", "formats": ["entries", "csv", "ndjson"] }), "+++++++++++++++++++"),
        (json!({ "fields": "non_personal" }), "+++++++++++++-----+"),
        (json!({ "from": from, "to": to }), "---+++---+-+-+-+-++"),
        (json!({ "from": from }), "---++++--+++-++++++"),
        (json!({ "to": to }), "---+++-+-+-+-+-+-++"),
        (json!({ "formats": ["ndjson"] }), "++-+-+++++++-++++++"),
        (json!({ "formats": ["csv"] }), "--+-+---++++-++----"),
        (json!({ "formats": ["entries"] }), "--------+++++++----"),
        (only_csv, "----+----+-+-------"),
    ] {
        let (_, bearer) = token(&app, scope.clone());
        for ((door, path), expected) in doors.iter().zip(opened.chars()) {
            let answer = with(&app, &bearer, path);
            match expected {
                '+' => assert_eq!(answer.status, 200, "{scope} {door}: {}", answer.text()),
                _ => assert_eq!(
                    (answer.status, answer.problem().as_str()),
                    (403, "token-scope"),
                    "{scope} {door}"
                ),
            }
        }
        // No token ever opens the operator's doors.
        for path in ["tokens", "tokens/00/uses"] {
            assert_eq!(with(&app, &bearer, &format!("{SITE}/{path}")).problem(), "token-refused");
        }
        // Nor another site's.
        assert_eq!(with(&app, &bearer, "/_c/v1/sites/other/snapshot").problem(), "token-refused");
    }
}

#[test]
fn bundle_is_refused_to_a_token_of_a_time_whatever_its_formats() {
    let app = three_records();
    // The operator cannot ask for such a token; the object holds the line all the same.
    let scope = Scope { records: TimeRange { from: Some(NOW), to: None }, ..Scope::default() };
    let row = TokenRow {
        id: "ab".into(),
        name: "Ada".into(),
        hash: consentry_api::digest::sha256_hex(b"cd"),
        created: NOW,
        expires: NOW + 30 * DAY,
        scope,
    };
    let shop = SiteId::parse("shop").unwrap();
    pollster::block_on(app.sites.call(&shop, &SiteCall::TokenCreate(row))).unwrap();
    let answer = with(&app, "Bearer cya_ab_cd", "/_c/log/shop/tile/entries/000.p/4");
    assert_eq!((answer.status, answer.problem().as_str()), (403, "token-scope"));
    assert_eq!(with(&app, "Bearer cya_ab_cd", &format!("{SITE}/snapshot")).status, 200);
}

#[test]
fn refusal_says_what_the_token_allows() {
    let app = three_records();
    let scope =
        json!({ "from": "2025-11-22", "to": "2025-11-23", "fields": "non_personal", "formats": ["csv"] });
    let (_, bearer) = token(&app, scope);
    let detail =
        with(&app, &bearer, &format!("{SITE}/records")).json()["detail"].as_str().unwrap().to_owned();
    for part in
        ["csv", "visitor's part", "2025-11-22T00:00:00.000Z", "2025-11-23T00:00:00.000Z", "`from` and `to`"]
    {
        assert!(detail.contains(part), "{part}: {detail}");
    }
    assert!(!detail.contains("ndjson"), "{detail}");
}

#[test]
fn token_of_a_time_shows_its_records_and_what_the_log_says_of_itself() {
    let app = three_records();
    app.sites.now.set(NOW + 3 * HOUR);
    let mut changed = policy();
    changed["services"].as_array_mut().unwrap().pop();
    app.publish(&changed);
    let (from, to) = ("2025-11-22T09:00:00Z", "2025-11-22T10:00:00Z");
    let (_, bearer) = token(&app, json!({ "from": from, "to": to }));
    let rows = rows(&with(&app, &bearer, &format!("{SITE}/records?from={from}&to={to}")));
    let seen: Vec<_> =
        rows.iter().map(|row| (row["index"].as_u64().unwrap(), row["kind"].as_str().unwrap())).collect();
    assert_eq!(seen, [(0, "policy_published"), (2, "record"), (4, "policy_published")]);
    let stats = with(&app, &bearer, &format!("{SITE}/stats?from={from}&to={to}")).json();
    assert_eq!((&stats["records"], &stats["entries"]), (&json!(1), &json!(5)));
}

#[test]
fn token_without_personal_fields_shows_commitments_in_their_place() {
    let app = three_records();
    let all = app.export("");
    let (_, bearer) = token(&app, json!({ "fields": "non_personal" }));
    let answer = with(&app, &bearer, &format!("{SITE}/records"));
    let withheld: Vec<Value> = rows(&answer).into_iter().filter(|row| row["kind"] == "record").collect();
    assert_eq!(withheld.len(), 3);
    let (url, _) = link(&app, &bearer, json!({ "format": "ndjson" }));
    assert_eq!(app.get(&url, &[]).body, answer.body, "a link shows what its token shows");
    for (row, whole) in withheld.iter().zip(&all) {
        assert_eq!(row["redacted"], "withheld");
        assert_eq!(row["commitment"].as_str().unwrap().len(), 64);
        for field in ["record_id", "subject_id", "previous_record_id", "client_time", "salt"] {
            assert_eq!(row[field], Value::Null, "{field}");
        }
        for field in ["index", "leaf_hash", "server_time", "action", "categories", "policy_hash"] {
            assert_eq!(row[field], whole[field], "{field}");
        }
    }
    let csv = with(&app, &bearer, &format!("{SITE}/records?format=csv"));
    let bundle = with(&app, &bearer, "/_c/log/shop/tile/entries/000.p/4");
    let bundle: String = bundle.body.iter().map(|byte| format!("{byte:02x}")).collect();
    for row in &all {
        for field in ["record_id", "subject_id", "salt"] {
            let personal = row[field].as_str().unwrap();
            assert!(!answer.text().contains(personal) && !csv.text().contains(personal), "{field}");
            assert!(!bundle.contains(&personal.replace('-', "")), "{field} in a bundle");
        }
    }
}

#[test]
fn token_that_makes_no_sense_is_not_made() {
    let app = App::published();
    for (body, kind) in [
        (json!({}), "token-form"),
        (json!({ "name": "Ada", "colour": "red" }), "token-form"),
        (json!({ "name": "Ada", "fields": "some" }), "token-form"),
        (json!({ "name": "Ada", "formats": ["xml"] }), "token-form"),
        (json!({ "name": " " }), "token-invalid"),
        (json!({ "name": "Ada\u{1b}[2J" }), "token-invalid"),
        (json!({ "name": "Ada", "days": 0 }), "token-invalid"),
        (json!({ "name": "Ada", "days": 401 }), "token-invalid"),
        (json!({ "name": "Ada", "formats": [] }), "token-invalid"),
        (json!({ "name": "Ada", "from": "yesterday" }), "token-invalid"),
        (json!({ "name": "Ada", "to": "2025-13-01" }), "token-invalid"),
        (json!({ "name": "Ada", "from": "2025-11-23", "to": "2025-11-23" }), "token-invalid"),
        (json!({ "name": "Ada", "from": "2025-11-23", "formats": ["csv", "entries"] }), "token-invalid"),
    ] {
        let answer = app.send("POST", &format!("{SITE}/tokens"), &[operator()], body.to_string().as_bytes());
        assert_eq!(answer.problem(), kind, "{body}");
    }
    let list = app.get(&format!("{SITE}/tokens"), &[operator()]).json();
    assert_eq!(list, json!({ "tokens": [] }));
}

#[test]
fn link_downloads_without_a_header_until_it_expires() {
    let app = three_records();
    let (_, bearer) = token(&app, json!({}));
    let (url, expires) =
        link(&app, &bearer, json!({ "format": "csv", "action": "accept_all", "minutes": 30 }));
    assert_eq!(expires, "2025-11-22T10:56:40.000Z");
    let answer = app.get(&url, &[]);
    assert_eq!((answer.status, answer.text().lines().count()), (200, 4), "{}", answer.text());
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(app.send("HEAD", &url, &[], b"").status, 200);
    app.sites.restart();
    assert_eq!(app.get(&url, &[]).status, 200, "the key outlives the object's memory");
    let (second, _) = link(&app, &bearer, json!({ "format": "ndjson" }));
    assert_eq!((app.get(&url, &[]).status, app.get(&second, &[]).status), (200, 200), "there is one key");
    app.sites.now.set(app.now() + 30 * 60_000 - 1);
    assert_eq!(app.get(&url, &[]).status, 200);
    app.sites.now.set(app.now() + 1);
    let late = app.get(&url, &[]);
    assert_eq!((late.status, late.problem().as_str()), (403, "link-refused"));
    assert_eq!(app.get(&second, &[]).status, 200, "an hour, because nothing else was asked");
}

#[test]
fn link_that_was_changed_anywhere_is_refused() {
    let app = three_records();
    let (id, bearer) = token(&app, json!({}));
    let (other, _) = token(&app, json!({}));
    let body = json!({ "format": "csv", "from": "2025-11-22T09:00:00Z", "to": "2025-11-22T10:00:00Z", "minutes": 5 });
    let (url, _) = link(&app, &bearer, body);
    assert_eq!(app.get(&url, &[]).status, 200);
    let (address, code) = url.split_once("&link=").unwrap();
    let [token_id, expires, mac] = code.split('.').collect::<Vec<_>>()[..] else { panic!("{code}") };
    assert_eq!(token_id, id);
    let made = |address: &str, code: &str| format!("{address}&link={code}");
    let later = (expires.parse::<u64>().unwrap() + 1).to_string();
    let flipped = format!("{}{}", if mac.starts_with('0') { '1' } else { '0' }, &mac[1..]);
    for (what, changed) in [
        ("path", made(&address.replace("/records", "/stats"), code)),
        ("prefix of the path", made(&address.replace("/_c/v1/sites/shop", "/_c/v1/sites/shop2"), code)),
        ("filter", made(&address.replace("09%3A00", "08%3A00"), code)),
        ("format", made(&address.replace("format=csv", "format=ndjson"), code)),
        ("spelling of the query", made(&address.replace("%3A", ":"), code)),
        ("filter dropped", made(address.split("&to=").next().unwrap(), code)),
        ("filter added", made(&format!("{address}&limit=1"), code)),
        ("all filters dropped", made(&format!("{}?format=csv", address.split('?').next().unwrap()), code)),
        ("expiry", made(address, &format!("{token_id}.{later}.{mac}"))),
        ("token", made(address, &format!("{other}.{expires}.{mac}"))),
        ("no such token", made(address, &format!("00.{expires}.{mac}"))),
        ("code", made(address, &format!("{token_id}.{expires}.{flipped}"))),
    ] {
        let answer = app.get(&changed, &[]);
        assert_eq!((answer.status, answer.problem().as_str()), (403, "link-refused"), "{what}: {changed}");
    }
    for (what, changed) in [
        ("expiry spelled otherwise", made(address, &format!("{token_id}.0{expires}.{mac}"))),
        ("code in upper case", made(address, &format!("{token_id}.{expires}.{}", mac.to_uppercase()))),
        ("code cut", made(address, &format!("{token_id}.{expires}.{}", &mac[..62]))),
        ("no code", made(address, &format!("{token_id}.{expires}"))),
        ("more after it", format!("{url}.00")),
        ("a parameter after it", format!("{url}&limit=1")),
        ("no link", address.to_owned()),
    ] {
        // Not even the form of a link, hence nobody presented anything.
        let answer = app.get(&changed, &[]);
        assert_eq!((answer.status, answer.problem().as_str()), (401, "token-missing"), "{what}: {changed}");
    }
    assert_eq!(app.get(&url, &[]).status, 200);
}

#[test]
fn link_ends_with_its_token_and_never_exceeds_it() {
    let app = three_records();
    let (id, bearer) = token(&app, json!({ "days": 1, "formats": ["csv"] }));
    let (url, expires) = link(&app, &bearer, json!({ "format": "csv", "minutes": 10_080 }));
    assert_eq!(expires, "2025-11-23T10:26:40.000Z", "a week was asked, the token has a day");
    for (body, kind) in [
        (json!({ "format": "ndjson" }), "token-scope"),
        (json!({ "format": "entries" }), "link-invalid"),
        (json!({ "format": "csv", "minutes": 0 }), "link-invalid"),
        (json!({ "format": "csv", "minutes": 10_081 }), "link-invalid"),
        (json!({ "format": "csv", "from": "yesterday" }), "filter"),
        (json!({ "format": "csv", "limit": 5 }), "link-form"),
        (json!({ "minutes": 5 }), "link-form"),
    ] {
        assert_eq!(ask_for_link(&app, &bearer, &body).problem(), kind, "{body}");
    }
    let body = json!({ "format": "csv" }).to_string();
    let by_link = format!("{SITE}/links?{}", url.split_once('?').unwrap().1);
    assert_eq!(
        app.send("POST", &by_link, &[], body.as_bytes()).problem(),
        "token-missing",
        "links make no links"
    );
    assert_eq!(app.get(&url, &[]).status, 200);
    assert_eq!(app.send("DELETE", &format!("{SITE}/tokens/{id}"), &[operator()], b"").status, 204);
    assert_eq!(app.get(&url, &[]).problem(), "link-refused");
    assert_eq!(ask_for_link(&app, &bearer, &json!({ "format": "csv" })).problem(), "token-refused");
    let (_, bearer) = token(&app, json!({ "days": 1 }));
    let (url, _) = link(&app, &bearer, json!({ "format": "csv", "minutes": 10_080 }));
    app.sites.now.set(app.now() + DAY);
    assert_eq!(app.get(&url, &[]).problem(), "link-refused");
    assert_eq!(with(&app, &bearer, &format!("{SITE}/snapshot")).problem(), "token-refused");
}

#[test]
fn every_use_of_a_token_is_noted_and_nothing_else() {
    let app = three_records();
    let (id, bearer) = token(&app, json!({ "formats": ["csv", "entries"] }));
    let uses_of = |query: &str| app.get(&format!("{SITE}/tokens/{id}/uses{query}"), &[operator()]);
    assert_eq!(uses_of("").json(), json!({ "total": 0, "uses": [] }));
    let secret = bearer.rsplit('_').next().unwrap();
    with(&app, &bearer, &format!("{SITE}/records?format=csv&action=save&x={secret}&category={secret}"));
    with(&app, &bearer, &format!("{SITE}/records?format=csv&action=save&from=2025-11-22"));
    with(&app, &bearer, &format!("{SITE}/records?format=ndjson"));
    with(&app, &bearer, &format!("{SITE}/snapshot?token={secret}"));
    with(&app, &bearer, &format!("{SITE}/stats?token={secret}"));
    app.sites.now.set(NOW + 5 * HOUR);
    with(&app, &bearer, "/_c/log/shop/tile/entries/000.p/4");
    with(&app, &bearer, "/_c/log/shop/tile/0/000.p/4");
    let (url, _) = link(&app, &bearer, json!({ "format": "csv", "signal": "none" }));
    app.get(&url, &[]);
    app.get(&url.replace("csv", "ndjson"), &[]);
    with(&app, &bearer.replace(secret, "00"), &format!("{SITE}/snapshot"));
    with(&app, &bearer, &format!("{SITE}/records/{}/proof", record(1)["id"].as_str().unwrap()));
    with(&app, &bearer, &format!("{SITE}/records?format=csv&id={}", record(1)["id"].as_str().unwrap()));
    let early = "2025-11-22T10:26:40.000Z";
    let late = "2025-11-22T13:26:40.000Z";
    let uses = [
        json!({ "nth": 7, "time": late, "path": format!("{SITE}/records"), "filters": "id=ID", "format": "csv" }),
        json!({ "nth": 6, "time": late, "path": format!("{SITE}/records/ID/proof") }),
        json!({ "nth": 5, "time": late, "path": format!("{SITE}/records"), "filters": "signal=none", "format": "csv", "link": true }),
        json!({ "nth": 4, "time": late, "path": format!("{SITE}/links"), "filters": "signal=none", "format": "csv" }),
        json!({ "nth": 3, "time": late, "path": "/_c/log/shop/tile/entries/000.p/4", "format": "entries" }),
        json!({ "nth": 2, "time": early, "path": format!("{SITE}/snapshot") }),
        json!({ "nth": 1, "time": early, "path": format!("{SITE}/records"), "filters": "from=2025-11-22&action=save", "format": "csv" }),
    ];
    assert_eq!(uses_of("").json(), json!({ "total": 7, "uses": uses }));
    assert_eq!(uses_of("?limit=2").json(), json!({ "total": 7, "uses": uses[..2], "next": 6 }));
    assert_eq!(uses_of("?limit=4&before=5").json(), json!({ "total": 7, "uses": uses[3..] }));
    for wrong in ["?limit=0", "?limit=1001", "?limit=x", "?before=x"] {
        assert_eq!(uses_of(wrong).problem(), "filter", "{wrong}");
    }
    let (path, auditor) = (format!("{SITE}/tokens/{id}/uses"), [("authorization", bearer.as_str())]);
    assert_eq!(app.get(&path, &auditor).problem(), "token-refused");
    assert_eq!(app.get(&format!("{SITE}/tokens/nobody/uses"), &[operator()]).problem(), "token-unknown");
}

#[test]
fn list_of_tokens_says_what_each_allows_and_how_it_stands() {
    let app = App::published();
    let (first, bearer) = token(&app, json!({ "days": 1, "fields": "non_personal", "from": "2025-11-01" }));
    let (second, _) = token(&app, json!({ "name": "Bob" }));
    app.sites.now.set(NOW + HOUR);
    assert_eq!(with(&app, &bearer, &format!("{SITE}/snapshot")).status, 200);
    app.send("DELETE", &format!("{SITE}/tokens/{second}"), &[operator()], b"");
    let path = format!("{SITE}/tokens");
    let made = "2025-11-22T08:26:40.000Z";
    let all = json!({ "tokens": [
        { "id": second, "name": "Bob", "scope": { "fields": "all", "formats": ["ndjson", "csv", "entries"] },
          "created": made, "expires": "2025-12-22T08:26:40.000Z", "revoked": true, "uses": 0 },
        { "id": first, "name": "Ada",
          "scope": { "from": "2025-11-01T00:00:00.000Z", "fields": "non_personal", "formats": ["ndjson", "csv"] },
          "created": made, "expires": "2025-11-23T08:26:40.000Z", "revoked": false, "uses": 1,
          "last_used": "2025-11-22T09:26:40.000Z" },
    ] });
    assert_eq!(app.get(&path, &[operator()]).json(), all);
    app.sites.now.set(NOW + 2 * DAY);
    assert_eq!(with(&app, &bearer, &format!("{SITE}/snapshot")).problem(), "token-refused");
    assert_eq!(app.get(&path, &[operator()]).json(), all, "what has expired is still listed");
    assert_eq!(app.get(&path, &[]).problem(), "token-missing");
    assert_eq!(with(&app, &bearer, &path).problem(), "token-refused");
    assert_eq!(app.get("/_c/v1/sites/nobody/tokens", &[operator()]).json(), json!({ "tokens": [] }));
}

#[test]
fn use_that_cannot_be_noted_is_not_granted() {
    let app = three_records();
    let (_, bearer) = token(&app, json!({}));
    app.sites.database.connection.execute_batch("ALTER TABLE uses RENAME TO elsewhere").unwrap();
    let answer = with(&app, &bearer, &format!("{SITE}/records"));
    assert_eq!((answer.status, answer.problem().as_str()), (503, "unavailable"));
    app.sites.database.connection.execute_batch("ALTER TABLE elsewhere RENAME TO uses").unwrap();
    assert_eq!(with(&app, &bearer, &format!("{SITE}/records")).status, 200);
    let list = app.get(&format!("{SITE}/tokens"), &[operator()]).json();
    assert_eq!(list["tokens"][0]["uses"], 1, "the counter and the note stand or fall together");
}

/// Asks the object itself, as a handler does.
fn use_object(app: &App, id: &str, bearer: &str) -> Access {
    let hash = consentry_api::digest::sha256_hex(bearer.rsplit('_').next().unwrap().as_bytes());
    let call = SiteCall::TokenUse {
        credential: Credential::Token { id: id.into(), hash },
        wanted: Wanted {
            path: "/".into(),
            filters: String::new(),
            format: None,
            records: None,
            personal: false,
        },
    };
    match pollster::block_on(app.sites.call(&SiteId::parse("shop").unwrap(), &call)) {
        Ok(SiteReply::Access(access)) => access,
        other => panic!("{other:?}"),
    }
}

#[test]
fn uses_beyond_the_newest_are_counted_and_no_longer_kept() {
    let app = App::published();
    let (id, bearer) = token(&app, json!({}));
    for _ in 0..MOST_USES + 5 {
        assert!(matches!(use_object(&app, &id, &bearer), Access::Granted(_)));
    }
    let uses = |query: &str| app.get(&format!("{SITE}/tokens/{id}/uses?{query}"), &[operator()]).json();
    let oldest = uses("before=7");
    assert_eq!((&oldest["total"], oldest["uses"].as_array().unwrap().len()), (&json!(MOST_USES + 5), 1));
    assert_eq!(oldest["uses"][0]["nth"], 6);
    assert_eq!(uses("limit=1000")["uses"].as_array().unwrap().len(), 1_000);
}

#[test]
fn secrets_are_in_no_answer_and_not_in_the_storage() {
    let app = three_records();
    let answers = RefCell::new(String::new());
    let keep = |answer: Answer| {
        let mut all = answers.borrow_mut();
        all.push_str(&String::from_utf8_lossy(&answer.body));
        answer.response.headers.iter().for_each(|(_, value)| all.push_str(value));
        answer
    };
    let (id, bearer) = token(&app, json!({}));
    let secret = bearer.rsplit('_').next().unwrap().to_owned();
    let granted = keep(ask_for_link(&app, &bearer, &json!({ "format": "csv" }))).json();
    let url = granted["url"].as_str().unwrap().strip_prefix(ORIGIN).unwrap().to_owned();
    let mac = url.rsplit('.').next().unwrap().to_owned();
    for path in [url.as_str(), &url.replace("csv", "ndjson")] {
        keep(app.get(path, &[]));
    }
    for path in ["records", "snapshot", "stats", "policy", "notice"] {
        keep(with(&app, &bearer, &format!("{SITE}/{path}")));
    }
    for path in ["tokens".to_owned(), format!("tokens/{id}/uses")] {
        keep(app.get(&format!("{SITE}/{path}"), &[operator()]));
    }
    keep(app.get("/_c/shop.js", &[]));
    let stored = everything_stored(&app);
    let key: String = app
        .sites
        .database
        .connection
        .query_row("SELECT value FROM settings WHERE name = 'link_key'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(key.len(), 64);
    assert!(stored.contains(&key), "what is searched below is really all of the storage");
    assert!(!answers.borrow().contains(&key), "the key never leaves the object");
    for (what, text) in
        [("secret", &secret), ("token", &bearer["Bearer ".len()..].to_owned()), ("link", &mac)]
    {
        assert!(!stored.contains(text.as_str()), "{what} in the storage");
    }
    assert!(!answers.borrow().contains(&secret));
}

/// Every value of every table, as text or in hexadecimal.
fn everything_stored(app: &App) -> String {
    let connection = &app.sites.database.connection;
    let mut tables = connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut all = String::new();
    for table in tables {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                match row.get_ref(column).unwrap() {
                    ValueRef::Text(text) => all += &String::from_utf8_lossy(text),
                    ValueRef::Blob(bytes) => bytes.iter().for_each(|byte| all += &format!("{byte:02x}")),
                    ValueRef::Integer(number) => all += &number.to_string(),
                    ValueRef::Null | ValueRef::Real(_) => {}
                }
                all.push('\n');
            }
        }
    }
    all
}
