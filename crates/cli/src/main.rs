//! The command line: checks, publishes and compares policies; makes tokens and keys; exports, shows and erases records.

#![forbid(unsafe_code)]

mod args;
mod client;
mod export;
mod failure;
mod parquet;
mod policy;
mod records;
mod token;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command, PolicyCommand, RecordsCommand, TokenCommand};

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Policy(PolicyCommand::Check(args)) => policy::check(&args),
        Command::Policy(PolicyCommand::Publish(args)) => policy::publish(&args),
        Command::Policy(PolicyCommand::Diff(args)) => policy::diff(&args),
        Command::Token(TokenCommand::Create(args)) => token::create(&args),
        Command::Token(TokenCommand::Revoke(args)) => token::revoke(&args),
        Command::Export(args) => export::run(&args),
        Command::Records(RecordsCommand::Show(args)) => records::show(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprint!("{}", failure.render());
            failure.exit_code()
        }
    }
}
