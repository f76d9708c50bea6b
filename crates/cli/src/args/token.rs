//! The options of the commands for tokens.

use clap::{Args, Subcommand};
use consentry_core::SiteId;

use super::{EXIT_CODES, Operator, Remote, parse_moment, parse_site};

/// Works with auditors' tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Makes a token that can read a site's records, and prints it. It is shown this one time only.
    #[command(after_help = EXIT_CODES)]
    Create(TokenCreate),
    /// Lists a site's tokens: whose they are, when they stop working, and when they were used.
    #[command(after_help = EXIT_CODES)]
    List(TokenList),
    /// Makes a token useless at once.
    #[command(after_help = EXIT_CODES)]
    Revoke(TokenRevoke),
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
    /// Opens only records received at this time or later: RFC 3339, or a date (UTC).
    #[arg(long, value_parser = parse_moment)]
    pub from: Option<String>,
    /// Opens only records received before this time.
    #[arg(long, value_parser = parse_moment)]
    pub to: Option<String>,
    /// Shows what was decided, not by whom.
    #[arg(long)]
    pub without_visitors: bool,
    /// Opens them in this format only: ndjson, csv, or entries, which are the bytes that are hashed. May be repeated.
    #[arg(long = "format", value_name = "FORMAT", value_parser = ["ndjson", "csv", "entries"])]
    pub formats: Vec<String>,
    #[command(flatten)]
    pub remote: Remote,
    #[command(flatten)]
    pub operator: Operator,
    /// Prints identifier, token and expiry as JSON instead of the token alone.
    #[arg(long)]
    pub json: bool,
}

/// The tokens of a site.
#[derive(Debug, Args)]
pub struct TokenList {
    /// The site.
    #[arg(long, value_parser = parse_site)]
    pub site: SiteId,
    #[command(flatten)]
    pub remote: Remote,
    #[command(flatten)]
    pub operator: Operator,
    /// Prints the service's answer as JSON on standard output.
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
    /// Prints the token's identifier as JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

/// The whole token is not accepted in its place: it would end up in process lists and in the service's logs.
fn parse_token_id(text: &str) -> Result<String, String> {
    let fits = (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then(|| text.into())
        .ok_or_else(|| "letters and digits only; give the identifier, not the token".into())
}
