//! `cargo xtask bench web`: the Worker, a chromedriver and the peers' packages, and the program that looks at the pages.

use std::io::Write;
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use consentry_e2e::workerd::{self, Running};
use serde_json::json;

use super::{RATE, wait};
use crate::service::{self, Demo};
use crate::shell::{cargo, command, run, step};
use crate::stamp::{Inputs, Stamp};
use crate::{paths, site, tools};

/// What is measured by itself.
#[derive(Clone, Copy, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Only {
    /// First visits of every page
    Visits,
    /// Clicks on every button
    Clicks,
    /// What the gate costs the main thread, and decided visits beside vanilla-cookieconsent
    Cost,
}

/// How long and how much.
#[derive(clap::Args)]
pub struct Web {
    /// First visits of each page on each network, of which the median counts
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// Clicks on each button
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    clicks: u32,
    /// Nothing but this
    #[arg(long)]
    only: Option<Only>,
}

/// Where the program and its peers are.
const FOLDER: &str = "tests/bench/web";

/// Measures.
pub fn bench(options: &Web) -> Result<()> {
    if !paths::edge().join("worker.js").is_file() {
        bail!("there is no Worker to measure: run `cargo xtask build`");
    }
    let (stop, stopped) = mpsc::channel();
    // Servers must not be left behind by a signal that only we get.
    ctrlc::set_handler(move || {
        let _ = stop.send(());
    })
    .context("cannot listen for Ctrl-C")?;
    tools::for_build()?;
    tools::browsers()?;
    peers()?;
    service::build_programs()?;
    // Its own work is done before the clock starts, hence no release build.
    step("measuring program: compile", || run(cargo().args(["build", "--package", "consentry-bench-web"])))?;

    let state = paths::scratch().join("bench-web");
    // Nothing of an earlier run may count; that there was none is fine.
    let _ = std::fs::remove_dir_all(&state);
    let port = workerd::free_port()?;
    let demo = Demo::start_at_rate(port, &state, site::build(site::PORT)?, Some("DE".into()), Some(RATE))?;
    let driver_port = workerd::free_port()?;
    let _driver = chromedriver(driver_port)?;
    let plan = json!({
        "rounds": options.rounds,
        "clicks": options.clicks,
        "only": options.only,
        "driver": format!("http://127.0.0.1:{driver_port}"),
        "worker": demo.url,
        "site": paths::at("www/site"),
        "peers": paths::at(FOLDER),
    });
    let mut program = command(paths::at("target/debug/consentry-bench-web"));
    let mut measuring = Running::start(program.stdin(Stdio::piped()))?;
    let mut input = measuring.input().context("the measuring program has no input")?;
    input.write_all(&serde_json::to_vec(&plan)?)?;
    drop(input);
    wait(&mut measuring, &stopped)
}

/// The packages of the lock file beside the program; nothing to do while it stays the same.
fn peers() -> Result<()> {
    let (lock, package) =
        (paths::at(FOLDER).join("package-lock.json"), paths::at(FOLDER).join("package.json"));
    let stamp = Stamp::new("bench-web", Inputs::framed().path(&lock)?.path(&package)?);
    if stamp.is_current(&[paths::at(FOLDER).join("node_modules/.package-lock.json")]) {
        return Ok(());
    }
    step("install what is compared", || {
        let mut npm = command("npm");
        run(npm.current_dir(paths::at(FOLDER)).args(["ci", "--ignore-scripts", "--no-progress"]))
    })?;
    stamp.keep()
}

fn chromedriver(port: u16) -> Result<Running> {
    let mut program = command("chromedriver");
    program.arg(format!("--port={port}")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let driver = Running::start(&mut program)?;
    let start = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if start.elapsed() > Duration::from_secs(10) {
            bail!("chromedriver does not answer on port {port}");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(driver)
}
