//! The program as it is run: exit codes, what goes to which stream, and what is no answer.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may stop at the first surprise")]

mod support;

use std::net::TcpListener;

use support::{Server, code, consentry, stderr};

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
