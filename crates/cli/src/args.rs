//! The commands and their options, with the words of `--help`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use consentry_core::SiteId;

const EXIT_CODES: &str = "Exit codes: 0 done, 1 refused or invalid, 2 called wrongly, \
3 the service cannot be reached or broke off.";

/// Checks, publishes and compares cookie policies, makes tokens for auditors, exports consent records.
#[derive(Debug, Parser)]
#[command(name = "consentry", version, after_help = EXIT_CODES, propagate_version = true)]
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
    /// Works with auditors' tokens.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Exports a site's consent records.
    #[command(after_help = EXIT_CODES)]
    Export(Export),
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

/// Works with auditors' tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Makes a token that can read a site's records, and prints it. It is shown this one time only.
    #[command(after_help = EXIT_CODES)]
    Create(TokenCreate),
    /// Makes a token useless at once.
    #[command(after_help = EXIT_CODES)]
    Revoke(TokenRevoke),
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

/// A new token.
#[derive(Debug, Args)]
pub struct TokenCreate {
    /// The site whose records it opens.
    #[arg(long, value_parser = parse_site)]
    pub site: SiteId,
    /// Whose it is.
    #[arg(long)]
    pub name: String,
    /// Days until it stops working.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=400))]
    pub days: u16,
    #[command(flatten)]
    pub remote: Remote,
    #[command(flatten)]
    pub operator: Operator,
    /// Prints identifier, token and expiry as JSON instead of the token alone.
    #[arg(long)]
    pub json: bool,
}

/// A token that has done its work.
#[derive(Debug, Args)]
pub struct TokenRevoke {
    /// The token's identifier: the part between the first and the second `_`.
    #[arg(value_parser = parse_token_id)]
    pub id: String,
    /// The site it was made for.
    #[arg(long, value_parser = parse_site)]
    pub site: SiteId,
    #[command(flatten)]
    pub remote: Remote,
    #[command(flatten)]
    pub operator: Operator,
}

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One JSON object per line.
    Ndjson,
    /// Comma-separated values with a header line.
    Csv,
}

impl Format {
    /// The word of the query.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Ndjson => "ndjson",
            Format::Csv => "csv",
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
    /// Writes to this file; it appears only when the export is complete. Default: standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub remote: Remote,
    /// The auditor's token.
    #[arg(long, env = "CONSENTRY_AUDITOR_TOKEN", hide_env_values = true)]
    pub token: String,
    /// With --output: prints what was written as JSON on standard output.
    #[arg(long, requires = "output")]
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

/// The whole token is not accepted in its place: it would end up in process lists and in the service's logs.
fn parse_token_id(text: &str) -> Result<String, String> {
    let fits = (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then(|| text.into())
        .ok_or_else(|| "letters and digits only; give the identifier, not the token".into())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn arguments_hold_together() {
        super::Arguments::command().debug_assert();
    }
}
