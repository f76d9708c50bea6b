//! Records on their way in: what is refused, by name, and what is taken.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use ureq::Agent;

use crate::support::Edge;

/// Something that speaks HTTP and takes every status for an answer.
pub fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(10)))
        .build()
        .into()
}

/// A record as the banner sends it; `nth` makes its identifier.
pub fn record(nth: usize) -> Value {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_millis();
    json!({
        "id": format!("{now:012x}7000a000{nth:012x}"),
        "subject": format!("{nth:032x}"),
        "action": "accept_all",
        "source": "banner",
        "categories": { "required": true, "functional": true, "advertising": true },
        "gpc": "absent",
        "dnt": "unset",
        "policy": 1,
        "language": "en"
    })
}

/// Status and JSON of the answer to a record.
pub fn post(agent: &Agent, edge_url: &str, origin: &str, record: &Value) -> Option<(u16, Value)> {
    let mut answer = agent
        .post(format!("{edge_url}/_c/v1/sites/demo/records"))
        .header("origin", origin)
        .header("content-type", "application/json")
        .send(record.to_string())
        .ok()?;
    let body = answer.body_mut().read_to_string().ok()?;
    Some((answer.status().as_u16(), serde_json::from_str(&body).unwrap_or_default()))
}

#[test]
fn bad_requests_are_refused_by_name_and_change_nothing() {
    let edge = Edge::start();
    let (url, agent) = (edge.url(""), agent());
    let spoilt = |name: &str, value: Value| {
        let mut record = record(1);
        record[name] = value;
        record
    };
    let mut no_advertising = record(1);
    no_advertising["categories"].as_object_mut().expect("an object").remove("advertising");
    for (what, record, kind) in [
        ("no object", json!([1]), "record-form"),
        ("unknown field", spoilt("email", json!("a@b.c")), "record-form"),
        (
            "unknown category",
            spoilt("categories", json!({ "required": true, "social": true })),
            "record-field",
        ),
        ("missing category", no_advertising, "record-field"),
        ("no UUIDv7", spoilt("id", json!("6ba7b8109dad11d180b400c04fd430c8")), "record-field"),
        ("absurd clock", spoilt("id", json!("fffffffffff070008000000000000001")), "record-clock"),
        ("a formula", spoilt("language", json!("=cmd|' /C calc'!A0")), "record-language"),
        ("no such policy", spoilt("policy", json!(9)), "policy-version"),
    ] {
        let (status, problem) = post(&agent, &url, &url, &record).expect("an answer");
        assert!((400..500).contains(&status), "{what}: {status}");
        assert_eq!(problem["type"], format!("urn:consentry:problem:{kind}"), "{what}: {problem}");
        assert_eq!(problem["status"], status, "{what}");
    }
    let elsewhere = post(&agent, &url, "https://evil.example", &record(1)).expect("an answer");
    assert_eq!((elsewhere.0, &elsewhere.1["type"]), (403, &json!("urn:consentry:problem:origin-refused")));
    assert_eq!(edge.records(), Vec::<Value>::new());
}

#[test]
fn oversized_body_without_a_length_is_refused_before_it_ends() {
    let edge = Edge::start();
    let mut stream = TcpStream::connect(("127.0.0.1", edge.port())).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    let host = format!("localhost:{}", edge.port());
    write!(
        stream,
        "POST /_c/v1/sites/demo/records HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    )
    .expect("sent");
    // Sixty-four kilobytes, and no last chunk: the answer must not wait for one.
    for _ in 0..16 {
        if write!(stream, "1000\r\n{}\r\n", " ".repeat(4096)).is_err() {
            break;
        }
    }
    let mut start = [0; 512];
    let length = stream.read(&mut start).expect("an answer");
    let head = String::from_utf8_lossy(&start[..length]).into_owned();
    assert!(head.starts_with("HTTP/1.1 413"), "{head}");
    assert_eq!(edge.records(), Vec::<Value>::new());
}

#[test]
fn client_network_over_its_rate_is_told_when_to_come_back() {
    let edge = Edge::start();
    let agent = agent();
    let send = |nth: usize, address: &str| {
        let answer = agent
            .post(edge.url("/_c/v1/sites/demo/records"))
            .header("origin", edge.url(""))
            .header("content-type", "application/json")
            .header("cf-connecting-ip", address)
            .send(record(nth).to_string())
            .expect("an answer");
        let retry =
            answer.headers().get("retry-after").and_then(|value| value.to_str().ok()).map(str::to_owned);
        (answer.status().as_u16(), retry)
    };
    let refused = (0..200).find_map(|nth| {
        let (status, retry) = send(nth, "203.0.113.7");
        assert!([201, 429].contains(&status), "{status}");
        (status == 429).then_some((nth, retry))
    });
    let (taken, retry) = refused.expect("a limit");
    assert!((100..=150).contains(&taken), "{taken}");
    assert!(retry.and_then(|text| text.parse::<u32>().ok()).is_some_and(|seconds| seconds >= 1));
    assert_eq!(send(900, "203.0.113.99").0, 429, "the same network");
    assert_eq!(send(901, "198.51.100.1").0, 201, "another one");
    assert_eq!(edge.records().len(), taken + 1);
}

#[test]
fn header_junk_of_a_signal_is_read_as_the_standards_say() {
    let edge = Edge::start();
    let agent = agent();
    for (nth, gpc, dnt, expected) in [
        (1, "1, 0", "1xyz", ("on", "on")),
        (2, "0, 1", "0", ("on", "allow")),
        (3, "01", "yes", ("absent", "unset")),
        (4, "true", "", ("absent", "unset")),
    ] {
        let mut record = record(nth);
        record["action"] = "reject_all".into();
        record["categories"] = json!({ "required": true, "functional": false, "advertising": false });
        let answer = agent
            .post(edge.url("/_c/v1/sites/demo/records"))
            .header("origin", edge.url(""))
            .header("content-type", "application/json")
            .header("sec-gpc", gpc)
            .header("dnt", dnt)
            .send(record.to_string())
            .expect("an answer");
        assert_eq!(answer.status(), 201, "{gpc} {dnt}");
        let row = edge.records().pop().expect("a row");
        assert_eq!(
            (row["gpc_header"].as_str(), row["dnt_header"].as_str()),
            (Some(expected.0), Some(expected.1))
        );
    }
}
