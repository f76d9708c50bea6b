//! The options of the commands that check a log: `verify`, `monitor`, `receipt verify`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};
use consentry_core::SiteId;
use consentry_log::LogKey;

use super::{Remote, parse_site};

pub const VERIFY_EXIT_CODES: &str = "\
Without --key the keys are believed that the snapshot names: that is trusting the operator's word for who signed.

Exit codes: 0 everything holds, 1 refused or invalid, 2 called wrongly, 3 the service cannot be reached or broke off, \
4 it does not verify, 6 all that can be checked holds, but the export has filters and is not the whole log (0 with --partial).";

pub const MONITOR_EXIT_CODES: &str = "\
The state is updated only by what holds. What shows a fork is written to FILE.evidence.json beside the state.

Exit codes: 0 everything holds (with --once), 1 refused or invalid, 2 called wrongly, 3 the service cannot be reached \
(with --once), 5 alarm: the log forked, shrank or was signed by a stranger.";

pub const RECEIPT_EXIT_CODES: &str = "\
Exit codes: 0 everything holds, 1 the file cannot be read, 2 called wrongly, 4 it does not verify.";

/// What is to be verified, and by which key.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").required(true).args(["file", "site"])))]
pub struct Verify {
    /// An export: NDJSON, CSV or Parquet. Needs no service.
    pub file: Option<PathBuf>,
    /// The manifest of the export. Default: FILE.manifest.json.
    #[arg(long, requires = "file")]
    pub manifest: Option<PathBuf>,
    /// Verifies the log of this site as the service has it now, and that everybody is shown the same.
    #[arg(long, value_parser = parse_site, requires = "token")]
    pub site: Option<SiteId>,
    /// The log's public key, from a place that is not the service: NAME+ID+KEY.
    #[arg(long, value_name = "VKEY", value_parser = parse_key)]
    pub key: Option<LogKey>,
    /// Accepts an export with filters, of which only the rows can be checked.
    #[arg(long, requires = "file")]
    pub partial: bool,
    /// Threads that check rows. Default: one for each processor that reading leaves free.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub threads: Option<u8>,
    #[command(flatten)]
    pub remote: Remote,
    /// The auditor's token.
    #[arg(long, env = "CONSENTRY_AUDITOR_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// Prints the result as JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

/// Which log is watched, and what is remembered of it.
#[derive(Debug, Args)]
pub struct Monitor {
    /// The site.
    #[arg(long, value_parser = parse_site)]
    pub site: SiteId,
    /// What is remembered of the log from one look to the next. Made at the first look.
    #[arg(long, value_name = "FILE")]
    pub state: PathBuf,
    /// The log's public key, from a place that is not the service. Default: the one in the state; at the first look, the one
    /// that the service names.
    #[arg(long, value_name = "VKEY", value_parser = parse_key)]
    pub key: Option<LogKey>,
    /// Seconds from one look to the next.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub interval: u32,
    /// Looks once and ends.
    #[arg(long)]
    pub once: bool,
    #[command(flatten)]
    pub remote: Remote,
    /// Prints what each look has come to as a line of JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

/// Works with receipts.
#[derive(Debug, Subcommand)]
pub enum ReceiptCommand {
    /// Says what a receipt shows, and whether it holds. Needs no service.
    #[command(after_help = RECEIPT_EXIT_CODES)]
    Verify(ReceiptVerify),
}

/// A receipt and who must have signed it.
#[derive(Debug, Args)]
pub struct ReceiptVerify {
    /// A C2SP tlog-proof (`.tlog-proof`), or a receipt as JSON.
    pub file: PathBuf,
    /// The log's public key: NAME+ID+KEY. May be repeated, for a log that has changed its key.
    #[arg(long = "key", value_name = "VKEY", value_parser = parse_key, required = true)]
    pub keys: Vec<LogKey>,
    /// Prints the result as JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

fn parse_key(text: &str) -> Result<LogKey, String> {
    LogKey::parse(text).map_err(|error| format!("it is mistyped ({error}): copy it whole, as NAME+ID+KEY"))
}
