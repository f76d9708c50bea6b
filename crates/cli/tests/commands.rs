//! The program as it is run: exit codes, what goes to which stream, and what is no answer.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may stop at the first surprise")]

mod support;

use std::net::TcpListener;

use support::{Server, answer, code, consentry, stderr, stdout};

const POLICIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/policies");

#[test]
fn policy_check_of_a_good_file_exits_0_and_of_a_broken_one_1_with_its_lines() {
    let good = consentry(&["policy", "check", &format!("{POLICIES}/demo.toml")]);
    assert_eq!((code(&good), good.stdout.is_empty()), (0, true), "{}", stderr(&good));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broken.toml");
    let text = std::fs::read_to_string(format!("{POLICIES}/minimal.toml")).unwrap();
    std::fs::write(&file, text.replace("contact", "contract")).unwrap();
    let broken = consentry(&["policy", "check", file.to_str().unwrap(), "--json"]);
    assert_eq!(code(&broken), 1);
    let result: serde_json::Value = serde_json::from_slice(&broken.stdout).unwrap();
    assert_eq!(result["ok"], false);
    let lines: Vec<_> =
        result["problems"].as_array().unwrap().iter().map(|one| one["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [8, 10], "{result:#}");
    let shown = stderr(&consentry(&["policy", "check", file.to_str().unwrap()]));
    assert!(shown.contains("did you mean \"contact\"?") && shown.contains("2 problems"), "{shown}");
}

#[test]
fn policy_check_prints_what_would_be_published() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("short.toml");
    let text = std::fs::read_to_string(format!("{POLICIES}/minimal.toml")).unwrap();
    std::fs::write(&file, text + "\n[[services]]\nid = \"hotjar\"\n").unwrap();
    let output = consentry(&["policy", "check", file.to_str().unwrap(), "--completed"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let policy: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let service = policy["services"].as_array().unwrap().last().unwrap();
    assert_eq!((&service["id"], &service["name"]), (&"hotjar".into(), &"Hotjar".into()));
}

#[test]
fn services_are_found_and_shown() {
    for scheme in ["https://", "//", ""] {
        let tag = format!("{scheme}static.hotjar.com/c/hotjar-1.js");
        let found = stdout(&consentry(&["services", "search", &tag]));
        assert!(found.lines().count() == 2 && found.contains("hotjar"), "{tag}: {found}");
    }
    let shown = consentry(&["services", "show", "hotjar", "--json"]);
    let service: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!((&service["id"], &service["hosts"][0]), (&"hotjar".into(), &"*.hotjar.com".into()));
    let listed = stdout(&consentry(&["services", "list", "--category", "advertising", "--theme", "video"]));
    assert!(listed.contains("youtube") && !listed.contains("vimeo"), "{listed}");
    for (arguments, status) in [
        (["services", "show", "no_such_thing"], 1),
        (["services", "search", "no such thing"], 1),
        (["services", "list", "--theme=nothing"], 2),
    ] {
        assert_eq!(code(&consentry(&arguments)), status, "{arguments:?}");
    }
}

#[test]
fn command_that_is_called_wrongly_exits_2_before_anything_is_sent() {
    let site = ["token", "create", "--site", "No Site", "--name", "x", "--token", "t"];
    let revoke = ["token", "revoke", "cya_ab_cd", "--site", "shop", "--token", "t"];
    let days = ["token", "create", "--site", "shop", "--name", "x", "--days", "401", "--token", "t"];
    let url = ["token", "revoke", "ab", "--site", "shop", "--token", "t", "--url", "localhost:8787"];
    let from = ["export", "--site", "shop", "--token", "t", "--from", "yesterday"];
    let token = ["token", "revoke", "ab", "--site", "shop"];
    for arguments in [&site[..], &revoke, &days, &url, &from, &token, &["policy"]] {
        let output = consentry(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn service_that_is_not_there_exits_3() {
    // Bound and dropped: nothing listens there.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let output = consentry(&["policy", "diff", &format!("{POLICIES}/demo.toml"), "--url", &url]);
    assert_eq!(code(&output), 3, "{}", stderr(&output));
    assert!(stderr(&output).contains("check that the service runs"));
}

#[test]
fn answer_of_something_else_is_not_taken_for_the_service() {
    let page = "HTTP/1.1 404 Not Found\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nno";
    let moved = "HTTP/1.1 301 Moved\r\nlocation: https://edge.example/\r\ncontent-length: 0\r\n\r\n";
    for (answer, said) in [(page, "--prefix"), (moved, "https://edge.example/")] {
        let server = Server::start(move |_| answer.into());
        let output = consentry(&["policy", "diff", &format!("{POLICIES}/demo.toml"), "--url", &server.url]);
        assert_eq!(code(&output), 1, "{}", stderr(&output));
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    }
}

#[test]
fn stats_is_a_table_for_people_and_the_answer_itself_for_programs() {
    let body: &[u8] = br#"{"records":9,"entries":10,"root":"00","actions":[["accept_all",9]],"policy":1,"by":["day","variant"],"rows":[
        {"day":"2026-11-22","variant":"a","shown":40,"dismissed":3,"accepted":12,"rejected":9,"saved":3,"withdrawn":1,"signal":2,
        "choices":24,"accepted_per_shown":0.3,"accepted_per_choice":0.5},
        {"day":"2026-11-22","variant":"b","shown":0,"dismissed":0,"accepted":0,"rejected":0,"saved":0,"withdrawn":0,"signal":0,
        "choices":0}]}"#;
    let server = Server::start(move |asked| {
        let csv = asked.line.contains("format=csv");
        if csv { answer(200, &[], b"day,shown\n2026-11-22,40\n") } else { answer(200, &[], body) }
    });
    let arguments = ["stats", "--site", "shop", "--token", "t", "--url", &server.url, "--from", "2026-11-01"];
    let by = ["--by", "day,variant"];
    let output = consentry(&[&arguments[..], &by].concat());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let table = stdout(&output);
    let rows: Vec<Vec<&str>> = table
        .lines()
        .map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect())
        .collect();
    assert_eq!(rows[0][..3], ["DAY", "VARIANT", "SHOWN"]);
    assert_eq!(rows[0][10..], ["ACCEPTED PER SHOWN", "ACCEPTED PER CHOICE"]);
    assert_eq!(rows[1], ["2026-11-22", "a", "40", "3", "12", "9", "3", "1", "2", "24", "30.0 %", "50.0 %"]);
    assert_eq!(rows[2][10..], ["-", "-"]);
    let json = stdout(&consentry(&[&arguments[..], &["--json"]].concat()));
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["records"], 9);
    let csv = stdout(&consentry(&[&arguments[..], &["--csv", "--by", "nothing"]].concat()));
    assert_eq!(csv, "day,shown\n2026-11-22,40\n");
    let asked = server.lines();
    let from = "from=2026-11-01T00%3A00%3A00.000Z";
    assert_eq!(asked[0], format!("GET /_c/v1/sites/shop/stats?by=day%2Cvariant&{from}"));
    assert_eq!(asked[1], format!("GET /_c/v1/sites/shop/stats?by=day&{from}"));
    assert_eq!(asked[2], format!("GET /_c/v1/sites/shop/stats?{from}&format=csv"));
    assert_eq!(code(&consentry(&[&arguments[..], &["--by", "hour"]].concat())), 2);
}
