//! The Worker on workerd with a state of its own, the demo policy published by the command line, and its vendors.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use consentry_core::RecordId;
use consentry_e2e::vendor::Vendor;
use consentry_e2e::workerd::{self, Running, Settings};
use serde_json::Value;
use tempfile::TempDir;

use super::{settle, site, wait_for};

pub const OPERATOR: &str = "the-operator-of-the-journeys";
pub const SITE: &str = "demo";

/// One Worker and everything around it.
pub struct Edge {
    /// The third parties.
    pub vendor: Vendor,
    /// A second origin the policy names, for who wants to serve the site from elsewhere.
    pub second_port: u16,
    settings: Settings,
    worker: Option<Running>,
    auditor: OnceCell<String>,
    folder: TempDir,
}

impl Edge {
    /// Starts it where consent comes first, and publishes the demo policy.
    pub fn start() -> Self {
        Self::start_in("DE")
    }

    /// The same for visitors from another place, `US-CA` for example.
    pub fn start_in(jurisdiction: &str) -> Self {
        let vendor = Vendor::start(0).expect("a vendor server");
        let folder = tempfile::Builder::new().prefix("consentry-").tempdir().expect("a folder");
        let pages = folder.path().join("site");
        site::prepare(&pages, vendor.port());
        let settings = Settings {
            port: workerd::free_port().expect("a port"),
            state: folder.path().join("state"),
            site: pages,
            operator_token: OPERATOR.into(),
            log_key: "07".repeat(32),
            previous_log_key: None,
            site_id: SITE,
            jurisdiction: Some(jurisdiction.into()),
            rate: None,
            under: Vec::new(),
        };
        let second_port = workerd::free_port().expect("a port");
        let mut edge = Self { vendor, second_port, settings, worker: None, auditor: OnceCell::new(), folder };
        edge.start_again();
        edge.publish("www/policies/demo.toml");
        edge
    }

    /// Publishes a policy with this Worker's origins added.
    pub fn publish(&self, file: &str) {
        let policy = workerd::root().join(file);
        let mut publish = self.consentry();
        publish.args(["policy", "publish"]).arg(policy);
        for port in [self.settings.port, self.second_port] {
            publish.args(["--origin", &format!("http://localhost:{port}")]);
            publish.args(["--origin", &format!("http://127.0.0.1:{port}")]);
        }
        succeeded(publish);
    }

    /// Publishes the demo policy after a change of its text.
    pub fn publish_changed(&self, change: impl FnOnce(String) -> String) {
        let file = self.changed_policy(change);
        self.publish(&file.to_string_lossy());
    }

    /// Publishes the demo policy after a change of its text, for these origins and no others.
    pub fn publish_for(&self, origins: &[String], change: impl FnOnce(String) -> String) {
        let file = self.changed_policy(|policy| {
            let (before, rest) = policy.split_once("\norigins = [").expect("origins");
            let (_, after) = rest.split_once("]\n").expect("their end");
            change(format!("{before}\norigins = {origins:?}\n{after}"))
        });
        let mut publish = self.consentry();
        publish.args(["policy", "publish"]).arg(file);
        succeeded(publish);
    }

    /// Publishes the demo policy with another `[theme]`, given as the lines of that table.
    pub fn publish_theme(&self, theme: &str) {
        self.publish_changed(|policy| themed(&policy, theme));
    }

    /// Whether this build has texts in a language.
    pub fn speaks(&self, language: &str) -> bool {
        let file = self.changed_policy(|policy| {
            let (before, rest) = policy.split_once("languages = [").expect("the languages");
            let (listed, after) = rest.split_once(']').expect("the end of their list");
            let added = if listed.contains(&format!("\"{language}\"")) {
                String::new()
            } else {
                format!(", \"{language}\"")
            };
            format!("{before}languages = [{listed}{added}]{after}")
        });
        let check = self.consentry().args(["policy", "check"]).arg(file).output();
        check.expect("the command line starts").status.success()
    }

    fn changed_policy(&self, change: impl FnOnce(String) -> String) -> PathBuf {
        let policy = std::fs::read_to_string(workerd::root().join("www/policies/demo.toml"));
        let file = self.folder.path().join("changed.toml");
        std::fs::write(&file, change(policy.expect("the demo policy"))).expect("room for a policy");
        file
    }

    /// Publishes the demo policy in these languages, the first of them the fallback. Their words are given along, so that it
    /// does not matter which of them are built in.
    pub fn publish_in(&self, languages: &[&str]) {
        let demo =
            std::fs::read_to_string(workerd::root().join("www/policies/demo.toml")).expect("the policy");
        let mut policy = String::new();
        // A description in a language that is not offered would be refused.
        let offers = |line: &str| match line.strip_prefix("description.") {
            Some(rest) => languages.iter().any(|language| rest.starts_with(&format!("{language} "))),
            None => true,
        };
        for line in demo.lines().filter(|line| offers(line)) {
            let offered = format!("languages = {languages:?}");
            policy.push_str(if line.starts_with("languages =") { &offered } else { line });
            policy.push('\n');
        }
        for language in languages {
            policy.push_str(&format!("\n[texts.\"{language}\"]\n"));
            for (key, text) in texts(language) {
                // A JSON string is a TOML string: both have the same escapes.
                policy.push_str(&format!("{key} = {text}\n"));
            }
        }
        let file = self.folder.path().join("policy.toml");
        std::fs::write(&file, policy).expect("room for a policy");
        self.publish(&file.to_string_lossy());
    }

    /// Address of a page of the site, or of anything else at this origin.
    pub fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.settings.port)
    }

    pub fn port(&self) -> u16 {
        self.settings.port
    }

    /// Where the files of the site are.
    pub fn pages(&self) -> PathBuf {
        self.settings.site.clone()
    }

    /// Ends the Worker without a word, as `kill -9` does.
    pub fn kill(&mut self) {
        self.worker = None;
    }

    /// From the next start on, runs the Worker under another command; under none if it is empty.
    pub fn run_under(&mut self, command: &[&str]) {
        self.settings.under = command.iter().copied().map(String::from).collect();
    }

    /// A folder of this test's own.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts the Worker over the same state.
    pub fn start_again(&mut self) {
        self.worker = Some(workerd::start(&self.settings).expect("workerd starts"));
    }

    /// The command line, told where the Worker is. The tokens go by the environment, as people are told to do it.
    fn consentry(&self) -> Command {
        let program = workerd::root().join("target/debug/consentry");
        let mut command = Command::new(&program);
        assert!(program.is_file(), "no {}: run `cargo build --package consentry`", program.display());
        command.env("CONSENTRY_URL", self.url("")).env("CONSENTRY_OPERATOR_TOKEN", OPERATOR);
        command
    }

    /// An auditor's token, the same one each time.
    pub fn auditor(&self) -> &str {
        self.auditor.get_or_init(|| {
            let mut create = self.consentry();
            create.args(["token", "create", "--site", SITE, "--name", "Ada Auditor"]);
            String::from_utf8_lossy(&succeeded(create).stdout).trim().to_owned()
        })
    }

    /// Has the command line check a receipt against the log's key, as a visitor would who kept it.
    pub fn verify_receipt(&self, proof: &str, key: &str) {
        let file = self.folder.path().join("receipt.tlog-proof");
        std::fs::write(&file, proof).expect("room for a receipt");
        let mut verify = self.consentry();
        verify.args(["receipt", "verify"]).arg(&file).args(["--key", key]);
        succeeded(verify);
    }

    /// What an auditor exports.
    pub fn export(&self, options: &[&str]) -> String {
        let file = self.folder.path().join("export");
        let mut export = self.consentry();
        export.env("CONSENTRY_AUDITOR_TOKEN", self.auditor());
        export.args(["export", "--site", SITE, "--overwrite", "--output"]).arg(&file).args(options);
        succeeded(export);
        std::fs::read_to_string(file).expect("the export")
    }

    /// The rows of the site's numbers, told apart by this.
    pub fn stats(&self, by: &str) -> Vec<Value> {
        let mut stats = self.consentry();
        stats.env("CONSENTRY_AUDITOR_TOKEN", self.auditor());
        stats.args(["stats", "--site", SITE, "--json", "--by", by]);
        let answer: Value = serde_json::from_slice(&succeeded(stats).stdout).expect("JSON");
        answer["rows"].as_array().expect("rows").clone()
    }

    /// Every record, oldest first.
    pub fn records(&self) -> Vec<Value> {
        let mut rows: Vec<Value> = self
            .export(&[])
            .lines()
            .map(|line| serde_json::from_str(line).expect("a line is JSON"))
            .collect();
        rows.retain(|row| row["kind"] == "record");
        rows
    }

    /// Waits until there are so many records, and makes sure that there are no more.
    pub fn wait_for_records(&self, count: usize) -> Vec<Value> {
        let there = || Some(self.records()).filter(|records| records.len() >= count);
        wait_for(&format!("{count} records"), Duration::from_secs(15), there);
        settle();
        let records = self.records();
        assert_eq!(records.len(), count, "{records:#?}");
        records
    }

    /// The only record there is.
    pub fn only_record(&self) -> Value {
        self.wait_for_records(1).remove(0)
    }

    /// Waits until the vendors were asked for each of these paths.
    pub fn wait_for_hits(&self, paths: &[&str]) {
        for path in paths {
            let asked = || (self.vendor.count_for(path) > 0).then_some(());
            wait_for(&format!("a request for {path}"), Duration::from_secs(15), asked);
        }
    }

    /// Fails if the vendors were asked for anything, then or soon.
    pub fn assert_no_hits(&self) {
        settle();
        assert_eq!(self.vendor.requests(), [], "third parties were contacted");
    }
}

/// A policy with another `[theme]`.
pub fn themed(policy: &str, theme: &str) -> String {
    let (before, rest) = policy.split_once("[theme]\n").expect("a table [theme]");
    let (_, after) = rest.split_once("\n\n").expect("something after it");
    format!("{before}[theme]\n{theme}\n\n{after}")
}

/// Every built-in text of a language.
pub fn texts(language: &str) -> serde_json::Map<String, Value> {
    let file = workerd::root().join(format!("crates/api/texts/{language}.json"));
    let json = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_slice(&json).expect("texts are JSON")
}

/// A record's identifier as the choice cookie has it.
pub fn record_id(row: &Value) -> RecordId {
    row["record_id"].as_str().and_then(RecordId::parse).expect("a record identifier")
}

fn succeeded(mut command: Command) -> Output {
    let output = command.output().expect("the command line starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}
