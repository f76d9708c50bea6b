//! The options of the command for numbers.

use clap::Args;
use consentry_core::SiteId;

use super::{Remote, parse_moment, parse_site};

pub const AFTER_HELP: &str = "\
Numbers are of whole days, UTC, and of page views and decisions, not of people. Where fewer than five people may be behind a
day's numbers of a jurisdiction and language, these are put together with others as `other`.

Exit codes: 0 done, 1 refused or invalid, 2 called wrongly, 3 the service cannot be reached or broke off.";

/// Which numbers, and how.
#[derive(Debug, Args)]
pub struct Stats {
    /// The site.
    #[arg(long, value_parser = parse_site)]
    pub site: SiteId,
    /// From this day on (UTC). A time within a day begins with the next day.
    #[arg(long, value_parser = parse_moment)]
    pub from: Option<String>,
    /// Before this day.
    #[arg(long, value_parser = parse_moment)]
    pub to: Option<String>,
    /// Tells apart by these, with commas.
    #[arg(
        long, value_name = "WHAT", value_delimiter = ',', default_value = "day",
        value_parser = ["day", "jurisdiction", "language", "variant", "nothing"]
    )]
    pub by: Vec<String>,
    #[command(flatten)]
    pub remote: Remote,
    /// An auditor's token.
    #[arg(long, env = "CONSENTRY_AUDITOR_TOKEN", hide_env_values = true)]
    pub token: String,
    /// Prints the rows as CSV on standard output.
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    /// Prints the service's answer as JSON on standard output.
    #[arg(long)]
    pub json: bool,
}
