//! The commands and their options, with the words of `--help`.

mod erase;
mod export;
mod key;
mod records;
mod services;
mod stats;
mod token;
mod verify;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use consentry_core::SiteId;

pub use erase::Erase;
pub use export::{Export, Format};
pub use key::{KeyCommand, KeyFetch, KeyNew, KeyShow};
pub use records::{RecordsCommand, Show};
pub use services::{ServicesCommand, ServicesList, ServicesSearch, ServicesShow};
pub use stats::Stats;
pub use token::{TokenCommand, TokenCreate, TokenList, TokenRevoke};
pub use verify::{Monitor, ReceiptCommand, ReceiptVerify, Verify};

const EXIT_CODES: &str = "Exit codes: 0 done, 1 refused or invalid, 2 called wrongly, \
3 the service cannot be reached or broke off.";
/// Those of single commands included.
const ALL_EXIT_CODES: &str = "Exit codes: 0 done, 1 refused or invalid, 2 called wrongly, \
3 the service cannot be reached or broke off, 4 it does not verify, 5 a watched log forked or shrank, 6 what can be verified \
holds, but an export with filters is not the whole log.";

/// Checks, publishes and compares cookie policies; makes tokens for auditors and keys for logs; exports, shows and erases
/// consent records.
#[derive(Debug, Parser)]
#[command(name = "consentry", version, after_help = ALL_EXIT_CODES, propagate_version = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Works with policy files.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Looks into the vendor catalogue: identifiers of services for a policy, and what they bring.
    #[command(subcommand)]
    Services(ServicesCommand),
    /// Works with auditors' tokens.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Exports a site's log: every consent record and what the log says of itself.
    #[command(after_help = export::AFTER_HELP)]
    Export(Export),
    /// Verifies an export, or the log of a site as it is now: every hash, every signature, every decision.
    #[command(after_help = verify::VERIFY_EXIT_CODES)]
    Verify(Verify),
    /// Watches the public log of a site: whether it only ever grows, and who signs it.
    #[command(after_help = verify::MONITOR_EXIT_CODES)]
    Monitor(Monitor),
    /// Works with receipts.
    #[command(subcommand)]
    Receipt(ReceiptCommand),
    /// Works with single records.
    #[command(subcommand)]
    Records(RecordsCommand),
    /// Shows numbers: how often the banner was shown and what visitors decided, by day, jurisdiction, language and variant.
    #[command(after_help = stats::AFTER_HELP)]
    Stats(Stats),
    /// Erases who decided, for a person who asks for it; what was decided stays, and the log says that something went.
    #[command(after_help = EXIT_CODES)]
    Erase(Erase),
    /// Works with the keys that sign logs.
    #[command(subcommand)]
    Key(KeyCommand),
}

/// Works with policy files.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Checks a file and points at every line that is wrong. Needs no service.
    #[command(after_help = EXIT_CODES)]
    Check(Check),
    /// Checks a file and makes it the site's policy.
    #[command(after_help = EXIT_CODES)]
    Publish(Publish),
    /// Shows what publishing a file would change, and whether visitors would be asked again.
    #[command(after_help = EXIT_CODES)]
    Diff(Diff),
}

/// Where the service is.
#[derive(Debug, Args)]
pub struct Remote {
    /// Address of the service.
    #[arg(long, env = "CONSENTRY_URL", default_value = "http://localhost:8787")]
    pub url: String,
    /// The path all of the service is under.
    #[arg(long, default_value = "/_c")]
    pub prefix: String,
}

/// What shows that an operator is calling.
#[derive(Debug, Args)]
pub struct Operator {
    /// The operator's token.
    #[arg(long = "token", env = "CONSENTRY_OPERATOR_TOKEN", hide_env_values = true)]
    pub token: String,
}

/// A policy file.
#[derive(Debug, Args)]
pub struct Check {
    /// The policy file (TOML).
    pub file: PathBuf,
    /// Prints the result as JSON on standard output.
    #[arg(long)]
    pub json: bool,
    /// Prints what would be published, completed from the vendor catalogue, as JSON on standard output.
    #[arg(long, conflicts_with = "json")]
    pub completed: bool,
}

/// A policy file and where it goes.
#[derive(Debug, Args)]
pub struct Publish {
    /// The policy file (TOML).
    pub file: PathBuf,
    /// Adds an origin to those of the file, for a site that runs elsewhere while it is developed. May be repeated.
    #[arg(long = "origin", value_name = "ORIGIN")]
    pub origins: Vec<String>,
    #[command(flatten)]
    pub remote: Remote,
    #[command(flatten)]
    pub operator: Operator,
    /// Prints the service's answer as JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

/// A policy file and what to compare it with.
#[derive(Debug, Args)]
pub struct Diff {
    /// The policy file (TOML).
    pub file: PathBuf,
    /// Adds an origin to those of the file, as for `publish`. May be repeated.
    #[arg(long = "origin", value_name = "ORIGIN")]
    pub origins: Vec<String>,
    #[command(flatten)]
    pub remote: Remote,
    /// Prints the differences as JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

fn parse_site(text: &str) -> Result<SiteId, String> {
    SiteId::parse(text).ok_or_else(|| "1-40 of a-z, 0-9 and -, starting with a letter or digit".into())
}

fn parse_moment(text: &str) -> Result<String, String> {
    let time = consentry_api::time::parse_time(text);
    time.map(consentry_api::time::serialize_time)
        .ok_or_else(|| "a date (2026-11-21) or a time with its zone (2026-11-21T09:30:00Z)".into())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn arguments_hold_together() {
        super::Arguments::command().debug_assert();
    }
}
