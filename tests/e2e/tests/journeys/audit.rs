//! `docs/audit.md`, word for word: every command in it is run against a site with decisions, erasures and two policies.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::records::{agent, post, record};
use crate::support::Edge;

const PAGE: &str = "docs/audit.md";

/// The commands of the page, in order.
fn commands() -> Vec<String> {
    let page = std::fs::read_to_string(consentry_e2e::workerd::root().join(PAGE)).expect("the page");
    let mut commands = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let (true, Some(command)) = (inside, line.strip_prefix("$ ")) {
            commands.push(command.to_owned());
        }
    }
    commands
}

/// Runs a line of the page as a shell would, with the auditor's surroundings.
fn run(edge: &Edge, folder: &Path, line: &str, words: &[(&str, &str)]) -> Output {
    let line = words.iter().fold(line.to_owned(), |line, (name, value)| line.replace(name, value));
    let mut parts = line.split(' ');
    assert_eq!(parts.next(), Some("consentry"), "{line}");
    let mut command = Command::new(consentry_e2e::workerd::root().join("target/debug/consentry"));
    command.current_dir(folder).args(parts);
    command.env("CONSENTRY_URL", edge.url("")).env("CONSENTRY_AUDITOR_TOKEN", edge.auditor());
    command.output().expect("the command line starts")
}

fn told(output: &Output) -> String {
    format!(
        "{}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn every_command_of_the_audit_page_does_what_it_says() {
    let edge = Edge::start();
    let (url, agent) = (edge.url(""), agent());
    let mut last = Value::Null;
    for nth in 0..40 {
        let (status, receipt) = post(&agent, &url, &url, &record(nth)).expect("an answer");
        assert_eq!(status, 201, "{receipt}");
        last = receipt;
    }
    // Somebody is forgotten, so that the log has a redaction.
    let answer = agent
        .post(edge.url("/_c/v1/sites/demo/erasures"))
        .header("authorization", &format!("Bearer {}", crate::support::edge::OPERATOR))
        .header("content-type", "application/json")
        .send(serde_json::json!({ "subject": record(3)["subject"] }).to_string())
        .expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);

    let keys: Value = serde_json::from_str(
        &agent
            .get(edge.url("/_c/log/demo/keys"))
            .call()
            .expect("keys")
            .body_mut()
            .read_to_string()
            .expect("text"),
    )
    .expect("JSON");
    let key = keys["keys"][0].as_str().expect("a key").to_owned();
    let id = last["id"].as_str().expect("an identifier").to_owned();
    let words = [("$KEY", key.as_str()), ("$RECORD", id.as_str())];
    let folder = tempfile::tempdir().expect("a folder");
    let commands = commands();
    assert_eq!(commands.len(), 7, "{commands:#?}");
    for line in &commands {
        let output = run(&edge, folder.path(), line, &words);
        assert!(output.status.success(), "{line}: {}", told(&output));
    }
    // Watched again, the log has only grown.
    post(&agent, &url, &url, &record(90)).expect("an answer");
    let monitor = commands.iter().find(|line| line.contains("monitor")).expect("the page monitors");
    let again = run(&edge, folder.path(), monitor, &words);
    assert!(again.status.success(), "{}", told(&again));

    // "Try it: change one letter of one row."
    let export = folder.path().join("demo.ndjson");
    let text = std::fs::read_to_string(&export).expect("the export");
    let changed = text.replacen("\"action\":\"accept_all\"", "\"action\":\"accept_alk\"", 1);
    assert_ne!(text, changed);
    std::fs::write(&export, changed).expect("written");
    let verify =
        commands.iter().find(|line| line.starts_with("consentry verify demo")).expect("the page verifies");
    let refused = run(&edge, folder.path(), verify, &words);
    assert_eq!(refused.status.code(), Some(4), "{}", told(&refused));
}
