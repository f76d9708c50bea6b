//! The options of the commands for the keys of logs.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use consentry_core::SiteId;
use consentry_log::Origin;

use super::{EXIT_CODES, Remote, parse_site};

/// Works with the keys that sign logs.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Makes a secret key and prints it. Needs no service.
    #[command(after_help = EXIT_CODES)]
    New(KeyNew),
    /// Prints the public key of a secret one, for auditors. Needs no service.
    #[command(after_help = EXIT_CODES)]
    Show(KeyShow),
    /// Prints the public keys that a service says its log was signed with, oldest first.
    #[command(after_help = EXIT_CODES)]
    Fetch(KeyFetch),
}

/// A new key.
#[derive(Debug, Args)]
pub struct KeyNew {
    /// Shows the public key for the log of this name as well: `HOST/_c/log/SITE`, the first line of its checkpoint.
    #[arg(long, value_parser = parse_origin)]
    pub origin: Option<Origin>,
    /// Prints secret and public key as JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

/// A secret key.
#[derive(Debug, Args)]
pub struct KeyShow {
    /// The log it signs: `HOST/_c/log/SITE`, the first line of its checkpoint.
    #[arg(long, value_parser = parse_origin)]
    pub origin: Origin,
    /// A file with nothing but the 64 hexadecimal digits in it; `-` is standard input.
    #[arg(long)]
    pub key_file: PathBuf,
    /// Prints the public key as JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

/// A log.
#[derive(Debug, Args)]
pub struct KeyFetch {
    /// The site.
    #[arg(long, value_parser = parse_site)]
    pub site: SiteId,
    /// The part of its log, if it is sharded.
    #[arg(long, default_value_t = 0)]
    pub part: u8,
    #[command(flatten)]
    pub remote: Remote,
    /// Prints keys and changes of keys as JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

fn parse_origin(text: &str) -> Result<Origin, String> {
    Origin::new(text)
        .ok_or_else(|| "a name without spaces or plus signs, such as www.example.com/_c/log/shop".into())
}
