//! What the Worker refuses outside of records: tokens, sites, cookies nobody wrote. Each answer says what to change.

use serde_json::{Value, json};

use crate::records::{agent, post, record};
use crate::support::Edge;
use crate::support::edge::OPERATOR;

fn problem(answer: &mut ureq::http::Response<ureq::Body>) -> (u16, Value) {
    let kind = answer.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert_eq!(kind, "application/problem+json");
    let body = answer.body_mut().read_to_string().expect("a body");
    let problem: Value = serde_json::from_str(&body).expect("JSON");
    assert!(!problem["detail"].as_str().unwrap_or_default().is_empty(), "{problem}");
    (answer.status().as_u16(), problem["type"].clone())
}

#[test]
fn wrong_or_missing_tokens_open_nothing() {
    let edge = Edge::start();
    let agent = agent();
    let records = edge.url("/_c/v1/sites/demo/records");
    let auditor = edge.auditor().to_owned();
    for (authorization, status) in
        [("", 401), ("Basic QTpC", 401), ("Bearer nonsense", 403), ("Bearer cya_x_y", 403)]
    {
        let mut answer =
            agent.get(&records).header("authorization", authorization).call().expect("an answer");
        assert_eq!(problem(&mut answer).0, status, "{authorization}");
    }
    // An auditor is no operator.
    let mut answer = agent
        .put(edge.url("/_c/v1/sites/demo/policy"))
        .header("authorization", format!("Bearer {auditor}"))
        .send("{}")
        .expect("an answer");
    assert_eq!(problem(&mut answer).0, 403);
    let mut answer = agent
        .put(edge.url("/_c/v1/sites/demo/policy"))
        .header("authorization", format!("Bearer {OPERATOR}"))
        .header("content-type", "application/json")
        .send(r#"{"site":"demo","origins":["not an origin"]}"#)
        .expect("an answer");
    assert!((400..500).contains(&problem(&mut answer).0));
    let answer = post(&agent, &edge.url(""), &edge.url(""), &record(1)).expect("an answer");
    assert_eq!(answer.0, 201, "the policy is still the first one");
}

#[test]
fn unknown_site_is_named_as_such() {
    let edge = Edge::start();
    let mut answer = agent().get(edge.url("/_c/nobody.js")).call().expect("an answer");
    assert_eq!(problem(&mut answer), (404, json!("urn:consentry:problem:site-unknown")));
}

#[test]
fn forged_and_future_cookies_are_no_choice() {
    let edge = Edge::start();
    let agent = agent();
    let page = |cookie: &str| {
        let mut answer = agent
            .get(edge.url("/_c/demo/preferences"))
            .header("cookie", format!("consentry={cookie}"))
            .call()
            .expect("an answer");
        assert_eq!(answer.status(), 200);
        answer.body_mut().read_to_string().expect("a page")
    };
    let none = page("");
    assert!(!none.contains("<code>01"), "no choice is shown");
    let nonce = |page: &str| {
        page.split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
    };
    let plain = none.replace(&nonce(&none), "");
    for cookie in [
        "2.0000000000000000.07.01.a.b..00112233445566778899aabbccddeeff.01a1f8d3ea007abc9def0123456789ab.",
        "1.zzzzzzzzzzzzzzzz.07.01.a.b..00112233445566778899aabbccddeeff.01a1f8d3ea007abc9def0123456789ab.",
        "1.0000000000000000.06.01.a.b..00112233445566778899aabbccddeeff.01a1f8d3ea007abc9def0123456789ab.",
        "<script>alert(1)</script>",
    ] {
        let forged = page(cookie);
        assert_eq!(forged.replace(&nonce(&forged), ""), plain, "{cookie}");
    }
}
