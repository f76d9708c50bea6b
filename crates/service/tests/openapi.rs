//! The description of the API against the API: neither may say or do what the other does not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use consentry_service::router::Route;
use serde_json::Value;
use support::{App, operator, record};

fn document() -> Value {
    serde_json::from_str(consentry_api::openapi::DOCUMENT).unwrap()
}

/// Every documented path with its methods.
fn operations(document: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let methods = |item: &Value| {
        item.as_object()
            .unwrap()
            .keys()
            .filter(|key| *key != "servers")
            .map(|key| key.to_uppercase())
            .collect()
    };
    document["paths"].as_object().unwrap().iter().map(|(path, item)| (path.clone(), methods(item))).collect()
}

/// The paths of the router's own documentation, each with the name of its route.
fn routes() -> BTreeMap<String, String> {
    let source = include_str!("../src/router.rs");
    let routes = source.split("pub enum Route {").nth(1).unwrap().split("\n}").next().unwrap();
    let mut found = BTreeMap::new();
    let mut paths: Vec<String> = Vec::new();
    for line in routes.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            paths.extend(text.split('`').skip(1).step_by(2).map(str::to_owned));
        } else if let Some(name) = line.split(['(', ',']).next().filter(|name| !name.is_empty()) {
            found.extend(paths.drain(..).map(|path| (path, name.to_owned())));
        }
    }
    found
}

/// `v1/sites/SITE/tokens/ID` for `/v1/sites/{site}/tokens/{id}`.
fn as_the_router_has_it(path: &str) -> String {
    let mut text = String::new();
    for (nth, piece) in path.split(['{', '}']).enumerate() {
        text += &if nth % 2 == 0 { piece.to_owned() } else { piece.to_uppercase() };
    }
    if path.starts_with("/.well-known/") { text } else { text.trim_start_matches('/').to_owned() }
}

fn example(path: &str) -> String {
    let below = if path.starts_with("/.well-known/") { "" } else { "/_c" };
    let mut text = path.to_owned();
    for (name, value) in [
        ("site", "shop"),
        ("hash", "abc"),
        ("id", "0a1b"),
        ("part", "1"),
        ("level", "0"),
        ("index", "000.p/1"),
    ] {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    assert!(!text.contains('{'), "give {path} an example");
    format!("{below}{text}")
}

#[test]
fn description_has_every_route_and_no_other() {
    let documented: BTreeSet<String> =
        operations(&document()).keys().map(|path| as_the_router_has_it(path)).collect();
    let mut routed: BTreeSet<String> = routes().into_keys().collect();
    assert!(routed.remove("/PART"), "the router's documentation says how parts are named");
    let of_parts: Vec<String> = routed
        .iter()
        .filter(|path| path.starts_with("log/"))
        .map(|path| path.replace("SITE/", "SITE/PART/"))
        .collect();
    routed.extend(of_parts);
    assert_eq!(documented, routed);
}

#[test]
fn documented_path_goes_to_the_route_that_names_it() {
    let routes = routes();
    for path in operations(&document()).keys() {
        let name = &routes[&as_the_router_has_it(path).replace("SITE/PART/", "SITE/")];
        let route = format!("{:?}", Route::of("/_c", &example(path)));
        assert_eq!(route.split('(').next().unwrap(), name, "{path}");
    }
}

#[test]
fn documented_methods_are_those_the_service_allows() {
    let app = App::published();
    for (path, methods) in operations(&document()) {
        let answer = app.send("PATCH", &example(&path), &[], b"");
        assert_eq!((answer.status, answer.problem().as_str()), (405, "method"), "{path}");
        let allowed = answer.header("allow").split(", ").map(str::to_owned);
        assert_eq!(
            allowed.filter(|method| !matches!(method.as_str(), "HEAD" | "OPTIONS")).collect::<BTreeSet<_>>(),
            methods,
            "{path}"
        );
    }
}

#[test]
fn every_problem_of_the_service_is_documented() {
    let text = document().to_string();
    let mut files = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut kinds = BTreeSet::new();
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(path.read_dir().unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        for call in source.split("problem(").chain(source.split("problem_with(")).skip(1) {
            // The status, then the name; only where both are written out.
            let mut parts = call.trim_start().splitn(3, ',').map(str::trim);
            let status = parts.next().unwrap_or_default();
            if status.len() == 3 && status.parse::<u16>().is_ok() {
                kinds.extend(
                    parts
                        .next()
                        .and_then(|name| name.strip_prefix('"')?.strip_suffix('"'))
                        .map(str::to_owned),
                );
            }
        }
    }
    assert!(kinds.len() > 20, "{kinds:?}");
    let missing: Vec<_> = kinds.iter().filter(|kind| !text.contains(&format!("`{kind}`"))).collect();
    assert!(missing.is_empty(), "nowhere in the description: {missing:?}");
}

#[test]
fn answers_have_the_fields_that_are_documented() {
    let app = App::published();
    app.post_record(&record(1));
    let auditor = app.auditor();
    let auditor = ("authorization", auditor.as_str());
    let id = auditor.1.split('_').nth(1).unwrap();
    let document = document();
    let first = record(1)["id"].as_str().unwrap().to_owned();
    let visitor = serde_json::json!({ "subject": record(1)["subject"], "record": first }).to_string();
    let submit = [("origin", support::ORIGIN), ("content-type", "application/json")];
    let batch = serde_json::json!({ "jurisdiction": "DE", "records": [record(3)] }).to_string();
    for (method, path, headers, body) in [
        ("GET", "/v1/sites/{site}/notice", vec![], String::new()),
        ("POST", "/v1/sites/{site}/records", submit.to_vec(), record(2).to_string()),
        ("GET", "/v1/sites/{site}/policy", vec![], String::new()),
        ("GET", "/v1/sites/{site}/stats", vec![auditor], String::new()),
        ("GET", "/v1/sites/{site}/records/{id}", vec![auditor], String::new()),
        ("GET", "/v1/sites/{site}/snapshot", vec![auditor], String::new()),
        ("POST", "/v1/sites/{site}/visitor/records", submit.to_vec(), visitor.clone()),
        ("POST", "/v1/sites/{site}/visitor/erasure", submit.to_vec(), visitor),
        ("POST", "/v1/sites/{site}/erasures", vec![operator()], format!(r#"{{"record":"{first}"}}"#)),
        ("POST", "/v1/sites/{site}/retention", vec![operator()], String::new()),
        ("POST", "/v1/sites/{site}/links", vec![auditor], r#"{"format":"csv"}"#.into()),
        ("POST", "/v1/sites/{site}/batches", vec![operator()], batch),
        ("POST", "/v1/sites/{site}/tokens", vec![operator()], r#"{"name":"Ada"}"#.into()),
        ("GET", "/v1/sites/{site}/tokens", vec![operator()], String::new()),
        ("GET", "/v1/sites/{site}/tokens/{id}/uses", vec![operator()], String::new()),
        ("GET", "/log/{site}/keys", vec![], String::new()),
        ("GET", "/.well-known/gpc.json", vec![], String::new()),
        ("GET", "/v1/sites/{site}/stats", vec![], String::new()),
    ] {
        let id = if path.contains("tokens") { id } else { first.as_str() };
        let answer = app.send(method, &example(path).replace("0a1b", id), &headers, body.as_bytes());
        let response =
            &document["paths"][path][method.to_lowercase()]["responses"][answer.status.to_string()];
        let content = response["content"].as_object().unwrap_or_else(|| panic!("{path}: {}", answer.text()));
        fits(&document, &content[answer.header("content-type")]["schema"], &answer.json(), path);
    }
}

/// Every field of an answer is in the schema, every required one in the answer, all the way down.
fn fits(document: &Value, schema: &Value, answer: &Value, place: &str) {
    // Of several shapes the first is the one asked for here.
    let schema = schema["anyOf"].as_array().map_or(schema, |shapes| &shapes[0]);
    let name = schema["$ref"].as_str().and_then(|name| name.strip_prefix("#/components/schemas/"));
    let schema = name.map_or(schema, |name| &document["components"]["schemas"][name]);
    if let (Some(properties), Some(answer)) = (schema["properties"].as_object(), answer.as_object()) {
        for (field, value) in answer {
            let schema =
                properties.get(field).unwrap_or_else(|| panic!("{place}: `{field}` is not documented"));
            fits(document, schema, value, &format!("{place} {field}"));
        }
        for field in schema["required"].as_array().into_iter().flatten() {
            assert!(answer.contains_key(field.as_str().unwrap()), "{place}: {field} is missing");
        }
    }
    for item in answer.as_array().into_iter().flatten().filter(|_| schema["items"].is_object()) {
        fits(document, &schema["items"], item, place);
    }
}

#[test]
fn description_is_served_to_everybody_and_not_sent_twice() {
    let app = App::new();
    let answer = app.get("/_c/v1/openapi.json", &[]);
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    assert_eq!(answer.json(), document());
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert!(answer.header("cache-control").contains("public"));
    let etag = answer.header("etag").to_owned();
    for known in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}")] {
        let again = app.get("/_c/v1/openapi.json", &[("if-none-match", &known)]);
        assert_eq!((again.status, again.body.len()), (304, 0), "{known}");
    }
    assert_eq!(app.get("/_c/v1/openapi.json", &[("if-none-match", "\"other\"")]).status, 200);
}

#[test]
fn description_names_nothing_that_only_the_source_knows() {
    let text = consentry_api::openapi::DOCUMENT;
    for unwanted in ["[`", "crate::", "Option<"] {
        assert!(!text.contains(unwanted), "{unwanted} in a description");
    }
}
