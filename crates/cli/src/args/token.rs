//! The options of the commands for tokens.

use clap::{Args, Subcommand};
use consentry_core::SiteId;

use super::{EXIT_CODES, Operator, Remote, parse_site};

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

/// The whole token is not accepted in its place: it would end up in process lists and in the service's logs.
fn parse_token_id(text: &str) -> Result<String, String> {
    let fits = (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then(|| text.into())
        .ok_or_else(|| "letters and digits only; give the identifier, not the token".into())
}
