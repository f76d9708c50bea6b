//! The policy file: what an operator writes as TOML and publishes as JSON, and the way from it to the core's policy.

mod automatic;
mod changes;
mod check;
mod clearing;
mod complete;
mod disclosure;
mod file;
mod gpp;
pub mod integrations;
mod naming;
mod places;
mod prominence;
mod reach;
mod sharing;
mod tags;
mod theme;
mod variants;
mod view;
mod wording;

pub use automatic::{AutoPatterns, auto_patterns};
pub use changes::changes;
pub use check::{Problem, Published, check, check_published};
pub use clearing::{Clearing, clearings};
pub use complete::{Completion, complete};
pub use file::*;
pub use gpp::{GppRules, GppSection};
pub use integrations::Integrations;
pub use theme::{Colour, contrast, layer_css, theme_css, theme_css_at};
pub use variants::{MOST_VARIANTS, VARIANT_TEXTS};
pub use view::notice;

/// A policy from the JSON it was published as. The error says why this version of the code would not accept it.
pub fn parse_published(json: &str) -> Result<Published, String> {
    let file = serde_json::from_str(json).map_err(|error| error.to_string())?;
    check_published(file).map_err(|problems| match problems.first() {
        Some(problem) => format!("{}: {}", problem.path, problem.problem),
        None => String::new(),
    })
}
