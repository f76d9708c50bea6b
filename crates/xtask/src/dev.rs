//! `cargo xtask dev`: from a clone to a running site, and everything stopped again on Ctrl-C.

use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use consentry_e2e::workerd;
use serde_json::json;

use crate::service::{self, Demo};
use crate::shell::step;
use crate::{build, paths, site};

/// What `dev` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// Where the site is served; the vendor server takes the next port
    #[arg(long, default_value_t = site::PORT, value_parser = clap::value_parser!(u16).range(1..65535))]
    port: u16,
    /// Where records, policies and the operator's token are kept
    #[arg(long, default_value = "target/state")]
    state: PathBuf,
    /// Where visitors are to be, as `DE` or `US-CA` (a local server cannot know); without it the strictest rules apply
    #[arg(long)]
    jurisdiction: Option<String>,
}

/// Builds, starts, prints, and waits.
pub fn dev(options: Options) -> Result<()> {
    let (port, vendor_port) = (options.port, options.port + 1);
    // Asked for before anything else: a first build takes minutes.
    workerd::require_free(port, "the site")?;
    workerd::require_free(vendor_port, "the vendor server")?;
    let (stop, stopped) = mpsc::channel();
    ctrlc::set_handler(move || {
        // Only fails when we are on our way out already.
        let _ = stop.send(());
    })
    .context("cannot listen for Ctrl-C")?;

    build::build(&[])?;
    let folder = site::build(port)?;
    service::build_programs()?;

    let mut vendors = service::vendors(vendor_port)?;
    let state = std::path::absolute(&options.state)?;
    let mut demo = step("start the service and publish the demo policy", || {
        Demo::start(port, &state, folder, options.jurisdiction)
    })?;
    let auditor_token = demo.auditor_token()?;
    let log_public_key = demo.log_public_key()?;
    let file = paths::at("target/dev.json");
    let facts = json!({
        "url": demo.url,
        "site": service::SITE,
        "operator_token": demo.operator_token(),
        "auditor_token": auditor_token,
        "log_public_key": log_public_key,
        "pid": std::process::id(),
        "worker_pid": demo.worker.pid(),
        "vendor_url": format!("http://127.0.0.1:{vendor_port}"),
        "state": state,
    });
    std::fs::write(&file, serde_json::to_vec_pretty(&facts)?)
        .with_context(|| format!("cannot write {}", file.display()))?;
    greet(&demo, &auditor_token, &log_public_key);

    let outcome = loop {
        match stopped.recv_timeout(Duration::from_millis(250)) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => break Ok(()),
        }
        if let Some(status) = demo.worker.ended() {
            break Err(format!("workerd ended with {status}"));
        }
        if let Some(status) = vendors.ended() {
            break Err(format!("the vendor server ended with {status}"));
        }
    };
    // What it says is no longer true; failing to remove it harms nobody.
    let _ = std::fs::remove_file(&file);
    match outcome {
        Ok(()) => Ok(()),
        Err(reason) => bail!(reason),
    }
}

fn greet(demo: &Demo, auditor_token: &str, log_public_key: &str) {
    let url = &demo.url;
    let site = service::SITE;
    println!(
        "
  Demo site        {url}/
  Preferences      {url}/_c/{site}/preferences
  Records          curl -H 'Authorization: Bearer {auditor_token}' '{url}/_c/v1/sites/{site}/records?format=csv'

  Auditor token    {auditor_token}
  Operator token   {operator}
  Log's key        {log_public_key}

  All of it is in target/dev.json. Ctrl-C stops everything.
",
        operator = demo.operator_token(),
    );
}
