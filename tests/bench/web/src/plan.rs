//! What to measure and where, as `cargo xtask bench web` hands it over.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// First visits.
    Visits,
    /// Clicks on buttons.
    Clicks,
    /// The main thread's work.
    Cost,
}

/// The whole job.
#[derive(Deserialize)]
pub struct Plan {
    /// Visits of each subject on each network.
    pub rounds: usize,
    /// Clicks on each button.
    pub clicks: usize,
    /// Nothing but this; everything if it is left out.
    pub only: Option<Part>,
    /// Address of chromedriver.
    pub driver: String,
    /// Address of the Worker, which is also the only origin its policy names.
    pub worker: String,
    /// The demo site's sources.
    pub site: PathBuf,
    /// The folder with this program's `node_modules` and `subjects`.
    pub peers: PathBuf,
}

impl Plan {
    /// Whether this is to be measured.
    pub fn has(&self, part: Part) -> bool {
        self.only.is_none_or(|only| only == part)
    }
}

/// Reads the job from standard input.
pub fn read() -> Result<Plan> {
    serde_json::from_reader(std::io::stdin()).context("the job on standard input cannot be read")
}
