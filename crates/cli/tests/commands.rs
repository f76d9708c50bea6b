//! The program as it is run: exit codes, what goes to which stream, and broken transfers that must not look whole.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may stop at the first surprise")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::thread::JoinHandle;

const POLICIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/policies");

fn consentry(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_consentry"));
    for name in ["CONSENTRY_URL", "CONSENTRY_OPERATOR_TOKEN", "CONSENTRY_AUDITOR_TOKEN"] {
        command.env_remove(name);
    }
    command.env("NO_PROXY", "*").env("NO_COLOR", "1").args(arguments).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Answers one request with these bytes and closes; hands back what was asked. Only for what a real service never does.
fn answer_once(answer: &'static str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        let mut buffer = [0; 4096];
        while !asked.windows(4).any(|end| end == b"\r\n\r\n") {
            let read = stream.read(&mut buffer).unwrap();
            asked.extend_from_slice(&buffer[..read]);
        }
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(asked).unwrap()
    });
    (url, thread)
}

/// An export to a file in `folder`; the program's output, and what it asked for.
fn export_to(folder: &Path, answer: &'static str) -> (Output, String) {
    let (url, server) = answer_once(answer);
    let file = folder.join("records.csv");
    let file = file.to_str().unwrap();
    let output = consentry(&[
        "export",
        "--site",
        "shop",
        "--format",
        "csv",
        "--from",
        "2026-11-21",
        "--category",
        "advertising:denied",
        "--token",
        "cya_ab_cd",
        "--url",
        &url,
        "-o",
        file,
        "--json",
    ]);
    (output, server.join().unwrap())
}

fn files(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap();
    names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

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
fn export_that_is_whole_is_renamed_into_place() {
    let folder = tempfile::tempdir().unwrap();
    let answer =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\nindex\n\r\n4\r\n1\n2\n\r\n0\r\n\r\n";
    let (output, asked) = export_to(folder.path(), answer);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(files(folder.path()), ["records.csv"]);
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((said["records"].as_u64(), said["bytes"].as_u64()), (Some(2), Some(10)));
    let path = "/_c/v1/sites/shop/records?format=csv&from=2026-11-21T00%3A00%3A00.000Z&category=advertising%3Adenied";
    assert!(asked.starts_with(&format!("GET {path} HTTP/1.1\r\n")), "{asked}");
    assert!(asked.to_lowercase().contains("\r\nauthorization: bearer cya_ab_cd\r\n"), "{asked}");
}

#[test]
fn export_that_breaks_off_leaves_no_file_and_exits_3() {
    for answer in [
        // A chunked answer without its end mark.
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\nindex\n\r\n",
        // Less than the length says.
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nindex\n",
        // Ended in an orderly way, in the middle of a line.
        "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nind",
        // Nothing says where it ends.
        "HTTP/1.1 200 OK\r\n\r\nindex\n",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (output, _) = export_to(folder.path(), answer);
        assert_eq!(code(&output), 3, "{answer:?}: {}", stderr(&output));
        assert!(files(folder.path()).is_empty(), "{answer:?}: {:?}", files(folder.path()));
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn answer_of_something_else_is_not_taken_for_the_service() {
    let page = "HTTP/1.1 404 Not Found\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nno";
    let moved = "HTTP/1.1 301 Moved\r\nlocation: https://edge.example/\r\ncontent-length: 0\r\n\r\n";
    for (answer, said) in [(page, "--prefix"), (moved, "https://edge.example/")] {
        let (url, server) = answer_once(answer);
        let output = consentry(&["policy", "diff", &format!("{POLICIES}/demo.toml"), "--url", &url]);
        server.join().unwrap();
        assert_eq!(code(&output), 1, "{}", stderr(&output));
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    }
}
