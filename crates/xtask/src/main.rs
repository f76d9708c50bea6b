//! The one tool of the house: `cargo xtask COMMAND` builds, runs, tests and measures.

mod bench;
#[cfg(test)]
mod bindings;
mod build;
mod dev;
mod gallery;
mod gate;
mod mirror;
mod paths;
mod report;
mod service;
mod shell;
mod shrink;
mod site;
mod size;
mod stamp;
mod test;
mod tidy;
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
    /// Build everything, serve the demo site with its policy published, print the addresses; Ctrl-C stops it all
    Dev(dev::Options),
    /// Write the gate's constants (www/gate/src/wire.ts) from the Rust side
    Wire {
        /// Only compare, and fail on a difference
        #[arg(long)]
        check: bool,
    },
    /// Write the description of the HTTP API (crates/api/openapi.json) from the Rust side
    Openapi {
        /// Only compare, and fail on a difference
        #[arg(long)]
        check: bool,
    },
    /// Write the types that sites use (www/gate/consentry.d.ts) from those of the gate
    Types {
        /// Only compare, and fail on a difference
        #[arg(long)]
        check: bool,
    },
    /// Everything: format, lints, house rules, tests, the build, sizes, browsers, documentation
    Test {
        /// Only what needs neither WebAssembly nor a browser
        #[arg(long)]
        fast: bool,
    },
    /// Format and lints only
    Lint,
    /// What visitors download, against the budgets
    Size,
    /// Pictures of everything visitors see, in target/gallery, and a contact sheet for the documentation
    Gallery(gallery::Options),
    /// How fast it is, beside what this machine could do at best; prints numbers and judges none
    #[command(subcommand)]
    Bench(bench::Bench),
    /// The rules of the house: which crate knows which, what a source file looks like, licences
    Tidy,
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
        Task::Build { parts } => build::build(&parts),
        Task::Dev(options) => dev::dev(options),
        Task::Wire { check } => mirror::wire(check),
        Task::Openapi { check } => mirror::openapi(check),
        Task::Types { check } => tools::for_build().and_then(|()| gate::types(check)),
        Task::Test { fast } => test::test(fast),
        Task::Lint => test::lint(),
        Task::Size => size::size(),
        Task::Gallery(options) => gallery::gallery(options),
        Task::Bench(what) => bench::bench(what),
        Task::Tidy => tidy::tidy(),
    }
}
