//! What to measure and where, as `cargo xtask bench web` hands it over.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;

/// The whole job.
#[derive(Deserialize)]
pub struct Plan {
    /// Visits of each subject on each network.
    pub rounds: usize,
    /// Clicks on each button.
    pub clicks: usize,
    /// Address of chromedriver.
    pub driver: String,
    /// Address of the Worker, which is also the only origin its policy names.
    pub worker: String,
    /// The demo site's sources.
    pub site: PathBuf,
    /// The folder with this program's `node_modules` and `subjects`.
    pub peers: PathBuf,
}

/// Reads the job from standard input.
pub fn read() -> Result<Plan> {
    serde_json::from_reader(std::io::stdin()).context("the job on standard input cannot be read")
}
