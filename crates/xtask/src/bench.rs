//! `cargo xtask bench`: starts the servers that are measured, and the program that measures them.

mod verify;
mod web;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use consentry_e2e::workerd::{self, Running};
use serde_json::json;

use crate::service::{self, Demo};
use crate::shell::{cargo, command, run, step};
use crate::{paths, site};

/// What can be measured.
#[derive(clap::Subcommand)]
pub enum Bench {
    /// How fast records are acknowledged, beside a bare Worker and object and beside SQLite, with the Worker built last
    Ingest(Ingest),
    /// How fast the log's own work goes: hashing, tiles, receipts, and verifying an export
    Log,
    /// What the banner costs a page in Chromium, beside the bare page and other people's banners, with the Worker built last
    Web(web::Web),
}

/// How long and how much.
#[derive(clap::Args)]
pub struct Ingest {
    /// Seconds for each number of each round
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
    /// Rounds, of which the median counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// Records that are there in the second half
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(0..=10_000_000))]
    stored: u64,
    /// Numbers of connections
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64], value_parser = clap::value_parser!(u32).range(1..=512))]
    connections: Vec<u32>,
    /// Measure requests that turn back on the way, too: they show where the time goes
    #[arg(long)]
    parts: bool,
    /// Where the records go: everything waits for the disk below this folder, so one in memory shows what is left without
    /// (as /dev/shm) [default: target/xtask]
    #[arg(long)]
    state: Option<PathBuf>,
}

/// Limits nobody reaches: what is measured is how fast it could be.
const RATE: &str = "1000000/60000000";

/// Measures.
pub fn bench(what: Bench) -> Result<()> {
    match what {
        Bench::Ingest(options) => program().and_then(|()| ingest(&options)),
        Bench::Log => {
            program()?;
            run(&mut measuring("log"))?;
            verify::verify()
        }
        Bench::Web(options) => web::bench(&options),
    }
}

fn program() -> Result<()> {
    step("measuring program: compile", || {
        run(cargo().args(["build", "--package", "consentry-bench", "--release"]))
    })
}

fn measuring(what: &str) -> Command {
    let mut program = command(paths::at("target/release/consentry-bench"));
    program.arg(what);
    program
}

fn ingest(options: &Ingest) -> Result<()> {
    if !paths::edge().join("worker.js").is_file() {
        bail!("there is no Worker to measure: run `cargo xtask build`");
    }
    let (stop, stopped) = mpsc::channel();
    // Servers must not be left behind by a signal that only we get.
    ctrlc::set_handler(move || {
        let _ = stop.send(());
    })
    .context("cannot listen for Ctrl-C")?;
    service::build_programs()?;

    let below = options.state.as_deref().map_or_else(|| Ok(paths::scratch()), std::path::absolute)?;
    // A folder of our own: another run, which may be ending, removes its.
    let state = below.join(format!("consentry-bench-{}", std::process::id()));
    // Nothing of an earlier run may count; that there was none is fine.
    let _ = std::fs::remove_dir_all(&state);
    let outcome = measure(options, &state, &stopped);
    // By now the servers have ended. What they wrote is of no use to anybody.
    let _ = std::fs::remove_dir_all(&state);
    outcome
}

/// Starts everything, hands over, and ends everything.
fn measure(options: &Ingest, state: &Path, stopped: &mpsc::Receiver<()>) -> Result<()> {
    let port = workerd::free_port()?;
    let demo = Demo::start_at_rate(port, state, site::build(site::PORT)?, None, Some(RATE))?;
    let (hop, sqlite) = (workerd::free_port()?, workerd::free_port()?);
    let ceilings = ceilings(hop, sqlite, &state.join("ceilings"))?;
    let plan = json!({
        "seconds": options.seconds,
        "rounds": options.rounds,
        "stored": options.stored,
        "connections": options.connections,
        "parts": options.parts,
        "state": state,
        "consentry": {
            "port": port,
            "pid": demo.worker.pid(),
            "site": service::SITE,
            "origin": demo.url,
            "operator_token": demo.operator_token(),
            "auditor_token": demo.auditor_token()?,
        },
        "ceilings": { "pid": ceilings.pid(), "hop": hop, "sqlite": sqlite },
    });
    let mut measuring = Running::start(measuring("ingest").stdin(Stdio::piped()))?;
    let mut input = measuring.input().context("the measuring program has no input")?;
    input.write_all(&serde_json::to_vec(&plan)?)?;
    drop(input);
    wait(&mut measuring, stopped)
}

/// Until it is done or somebody has had enough. The child ends with us either way.
fn wait(measuring: &mut Running, stopped: &mpsc::Receiver<()>) -> Result<()> {
    loop {
        if let Some(status) = measuring.ended() {
            if status.success() {
                return Ok(());
            }
            bail!("the measuring program ended with {status}");
        }
        match stopped.recv_timeout(Duration::from_millis(100)) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => bail!("stopped"),
        }
    }
}

/// Starts what the service is compared with.
fn ceilings(hop: u16, sqlite: u16, state: &Path) -> Result<Running> {
    std::fs::create_dir_all(state).with_context(|| format!("cannot create {}", state.display()))?;
    let sockets = [("hop", hop), ("sqlite", sqlite)];
    let mut workerd = workerd::serve("tests/bench/ceilings/workerd.capnp", &sockets, &[("state", state)])?;
    workerd::answering(&mut workerd, hop)
}
