//! The command line: checks, publishes and compares policies; finds services in the catalogue; makes tokens and keys; exports, verifies, shows, counts and
//! erases records.

#![forbid(unsafe_code)]

mod args;
mod client;
mod erase;
mod export;
mod failure;
mod key;
mod monitor;
mod parquet;
mod policy;
mod public;
mod receipt;
mod records;
mod services;
mod stats;
mod table;
mod token;
mod verify;

use std::process::ExitCode;

use clap::Parser;

use args::{
    Arguments, Command, KeyCommand, PolicyCommand, ReceiptCommand, RecordsCommand, ServicesCommand,
    TokenCommand,
};

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Policy(PolicyCommand::Check(args)) => policy::check(&args),
        Command::Policy(PolicyCommand::Publish(args)) => policy::publish(&args),
        Command::Policy(PolicyCommand::Diff(args)) => policy::diff(&args),
        Command::Services(ServicesCommand::List(args)) => services::list(&args),
        Command::Services(ServicesCommand::Search(args)) => services::search(&args),
        Command::Services(ServicesCommand::Show(args)) => services::show(&args),
        Command::Token(TokenCommand::Create(args)) => token::create(&args),
        Command::Token(TokenCommand::List(args)) => token::list(&args),
        Command::Token(TokenCommand::Revoke(args)) => token::revoke(&args),
        Command::Export(args) => export::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Monitor(args) => monitor::run(&args),
        Command::Receipt(ReceiptCommand::Verify(args)) => receipt::verify(&args),
        Command::Records(RecordsCommand::Show(args)) => records::show(&args),
        Command::Stats(args) => stats::run(&args),
        Command::Erase(args) => erase::run(&args),
        Command::Key(KeyCommand::New(args)) => key::new(&args),
        Command::Key(KeyCommand::Show(args)) => key::show(&args),
        Command::Key(KeyCommand::Fetch(args)) => key::fetch(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprint!("{}", failure.render());
            failure.exit_code()
        }
    }
}
