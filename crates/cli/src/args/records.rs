//! The options of the commands for single records.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use consentry_core::{RecordId, SiteId};

use super::{EXIT_CODES, Remote, parse_site};

/// Works with single records.
#[derive(Debug, Subcommand)]
pub enum RecordsCommand {
    /// Shows one record, and its receipt: the proof that the log holds it.
    #[command(after_help = EXIT_CODES)]
    Show(Show),
}

/// One record, and where it is.
#[derive(Debug, Args)]
pub struct Show {
    /// The record's number, with or without hyphens.
    #[arg(value_name = "RECORD", value_parser = parse_record)]
    pub id: RecordId,
    /// The site whose log it is in.
    #[arg(long, value_parser = parse_site, required_unless_present = "file")]
    pub site: Option<SiteId>,
    /// Looks for it in this export (NDJSON or Parquet) instead of asking the service. An export has no receipts.
    #[arg(long, conflicts_with_all = ["site", "receipt"])]
    pub file: Option<PathBuf>,
    /// Writes the receipt to this file.
    #[arg(long, value_name = "FILE")]
    pub receipt: Option<PathBuf>,
    #[command(flatten)]
    pub remote: Remote,
    /// The auditor's token.
    #[arg(long, env = "CONSENTRY_AUDITOR_TOKEN", hide_env_values = true, required_unless_present = "file")]
    pub token: Option<String>,
    /// Prints record and receipt as JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

pub(super) fn parse_record(text: &str) -> Result<RecordId, String> {
    RecordId::parse(text).ok_or_else(|| "a `record_id`, as in 019aa9f5-1c00-7000-8000-0123456789ab".into())
}
