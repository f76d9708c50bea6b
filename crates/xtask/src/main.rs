//! The one tool of the house: `cargo xtask COMMAND` builds, runs, tests and measures.

mod build;
mod gate;
mod paths;
mod shell;
mod site;
mod stamp;
mod tools;
mod wasm;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, runs, tests and measures Consentry")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build what ships: gate, banner, Worker and demo site (or only the parts named)
    Build { parts: Vec<build::Part> },
    /// Write the gate's constants (www/gate/src/wire.ts) from the Rust side
    Wire {
        /// Only compare, and fail on a difference
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Not `{error:?}`: what went wrong is in the messages, a stack trace of this tool helps nobody.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    match task {
        Task::Build { parts } => build::build(&parts, site::VENDOR_PORT),
        Task::Wire { check } => gate::wire(check),
    }
}
