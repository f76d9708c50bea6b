//! The options of `consentry export`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use consentry_core::SiteId;

use super::{Remote, parse_moment, parse_site};

pub const AFTER_HELP: &str = "An export to a file that broke off leaves FILE.part and FILE.part.json; the same command goes \
on where it was, in the log as it was when it began.

The manifest says how many rows the file has, its SHA-256, the filters, and the signed checkpoints of the log it was taken \
from.

Exit codes: 0 done, 1 refused or invalid, 2 called wrongly, 3 the service cannot be reached or broke off.";

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One JSON object per line.
    Ndjson,
    /// Comma-separated values with a header line; for people and spreadsheets.
    Csv,
    /// Apache Parquet with typed columns, Snappy; needs --output.
    Parquet,
}

impl Format {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Ndjson => "ndjson",
            Format::Csv => "csv",
            Format::Parquet => "parquet",
        }
    }
}

/// Which records, and where to.
#[derive(Debug, Args)]
pub struct Export {
    /// The site.
    #[arg(long, value_parser = parse_site)]
    pub site: SiteId,
    /// How records are written.
    #[arg(long, value_enum, default_value_t = Format::Ndjson)]
    pub format: Format,
    /// Only records received at this time or later: RFC 3339, or a date (UTC).
    #[arg(long, value_parser = parse_moment)]
    pub from: Option<String>,
    /// Only records received before this time.
    #[arg(long, value_parser = parse_moment)]
    pub to: Option<String>,
    /// Only records that grant this category, or with `CATEGORY:denied` those that deny it.
    #[arg(long, value_name = "CATEGORY[:denied]")]
    pub category: Option<String>,
    /// Only records of this action: accept_all, reject_all, save, withdraw, signal.
    #[arg(long, value_parser = ["accept_all", "reject_all", "save", "withdraw", "signal"])]
    pub action: Option<String>,
    /// Only records made while this signal was on, or any signal, or none.
    #[arg(long, value_parser = ["gpc", "dnt", "any", "none"])]
    pub signal: Option<String>,
    /// One receipt per record instead of the log's own rows: ISO/IEC TS 27560 or Kantara 1.1, as NDJSON. Receipts are for people
    /// and their systems; whoever wants to check the log exports without.
    #[arg(long, value_parser = ["iso27560", "kantara"], conflicts_with = "format")]
    pub profile: Option<String>,
    /// Writes to this file, which appears only when the export is complete, and its manifest to FILE.manifest.json. Default:
    /// standard output, without a manifest.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Insists on going on with an export that broke off. Without this option that is done if there is one.
    #[arg(long, requires = "output", conflicts_with = "restart")]
    pub resume: bool,
    /// Discards what is there of an export that broke off.
    #[arg(long, requires = "output")]
    pub restart: bool,
    /// Puts the export in the place of a file that is there. Without this option such a file is left alone.
    #[arg(long, requires = "output")]
    pub overwrite: bool,
    #[command(flatten)]
    pub remote: Remote,
    /// The auditor's token.
    #[arg(long, env = "CONSENTRY_AUDITOR_TOKEN", hide_env_values = true)]
    pub token: String,
    /// With --output: prints what was written as JSON on standard output.
    #[arg(long, requires = "output")]
    pub json: bool,
}
