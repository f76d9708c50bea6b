//! The second half of `cargo xtask bench log`: how fast an exported log is verified, every decision replayed, and in how much
//! memory. Two sizes, because memory must not grow with the log.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use consentry_e2e::workerd::Running;

use crate::paths;
use crate::shell::{cargo, command, run, step};

/// Rows of the exports that are verified.
const ROWS: [u64; 2] = [100_000, 1_000_000];
/// Each is verified so often, and the median counts.
const ROUNDS: usize = 5;

/// Verifies and prints.
pub fn verify() -> Result<()> {
    step("command line: compile", || run(cargo().args(["build", "--release", "--package", "consentry"])))?;
    println!("\n{:<52}{:>12}{:>12}", "verify, decisions replayed, every processor", "rows per s", "peak MB");
    for rows in ROWS {
        let file = paths::scratch().join(format!("verify-{rows}.ndjson"));
        // The same rows each time: they are not made twice.
        if !file.with_extension("ndjson.manifest.json").is_file() {
            step(&format!("export of {rows} rows: write"), || write(rows, &file))?;
        }
        let mut rounds = (0..ROUNDS).map(|_| once(&file)).collect::<Result<Vec<_>>>()?;
        rounds.sort_by_key(|(time, _)| *time);
        let (time, _) = rounds.get(ROUNDS / 2).context("no rounds")?;
        let peak = rounds.iter().filter_map(|(_, peak)| *peak).max();
        let peak = peak.map_or_else(|| "-".into(), |kilobytes| format!("{:.0}", kilobytes as f64 / 1024.0));
        println!("{:<52}{:>12.0}{peak:>12}", format!("{rows} rows"), rows as f64 / time.as_secs_f64());
    }
    Ok(())
}

fn write(rows: u64, file: &Path) -> Result<()> {
    let example =
        ["run", "--quiet", "--release", "--package", "consentry-verify", "--example", "export", "--"];
    run(cargo().args(example).arg(rows.to_string()).arg(file))
}

/// How long it took, and the most memory it had in kilobytes where the system says so.
fn once(file: &Path) -> Result<(Duration, Option<u64>)> {
    let mut verify = command(paths::at("target/release/consentry"));
    verify.arg("verify").arg(file).arg("--json").stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let mut running = Running::start(&mut verify)?;
    let mut peak = None;
    let status = loop {
        peak = peak.max(most_memory(running.pid()));
        if let Some(status) = running.ended() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    if !status.success() {
        bail!("verifying {} ended with {status}", file.display());
    }
    Ok((start.elapsed(), peak))
}

fn most_memory(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().split(' ').next()?.parse().ok()
}
