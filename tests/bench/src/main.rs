//! The program behind `cargo xtask bench`, which starts the servers, says by standard input where they are, and ends them.

mod client;
mod disk;
mod finish;
mod ingest;
mod load;
mod log;
mod measure;
mod parts;
mod plan;
mod records;
mod table;

use std::process::ExitCode;

use anyhow::{Result, bail};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("ingest") => {
            // One thread: the server needs the other core.
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(ingest::ingest(&plan::read()?))
        }
        Some("log") => log::log(),
        _ => bail!("this is started by `cargo xtask bench ingest` or `cargo xtask bench log`"),
    }
}
