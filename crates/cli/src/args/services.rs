//! The options of the commands for the vendor catalogue.

use clap::{Args, Subcommand};

/// Looks into the vendor catalogue.
#[derive(Debug, Subcommand)]
pub enum ServicesCommand {
    /// Lists services.
    #[command(after_help = super::EXIT_CODES)]
    List(ServicesList),
    /// Finds services by a part of a name or company, by the address of a tag, or by the name of a cookie.
    #[command(after_help = super::EXIT_CODES)]
    Search(ServicesSearch),
    /// Shows everything the catalogue knows about one service: what a policy gets that names it.
    #[command(after_help = super::EXIT_CODES)]
    Show(ServicesShow),
}

/// Which services.
#[derive(Debug, Args)]
pub struct ServicesList {
    /// Only those of this category.
    #[arg(long, value_parser = ["required", "functional", "advertising"])]
    pub category: Option<String>,
    /// Only those of this kind: analytics, video, chat, …
    #[arg(long)]
    pub theme: Option<String>,
    /// Prints the services as JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

/// What to look for.
#[derive(Debug, Args)]
pub struct ServicesSearch {
    /// A word, an address, or the name of a cookie or key: analytics, //static.hotjar.com/c/x.js, _ga_ABC.
    #[arg(required = true)]
    pub what: Vec<String>,
    /// Prints the services as JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

/// Which service.
#[derive(Debug, Args)]
pub struct ServicesShow {
    /// The service's identifier, or a former one.
    pub id: String,
    /// Prints the service as JSON on standard output.
    #[arg(long)]
    pub json: bool,
}
