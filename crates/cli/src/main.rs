//! The command line: checks, publishes and compares policies, makes and revokes tokens, exports records.

#![forbid(unsafe_code)]

mod args;
mod client;
mod export;
mod failure;
mod policy;
mod token;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command, PolicyCommand, TokenCommand};

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Policy(PolicyCommand::Check(args)) => policy::check(&args),
        Command::Policy(PolicyCommand::Publish(args)) => policy::publish(&args),
        Command::Policy(PolicyCommand::Diff(args)) => policy::diff(&args),
        Command::Token(TokenCommand::Create(args)) => token::create(&args),
        Command::Token(TokenCommand::Revoke(args)) => token::revoke(&args),
        Command::Export(args) => export::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprint!("{}", failure.render());
            failure.exit_code()
        }
    }
}
