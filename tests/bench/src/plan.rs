//! What to measure and where, as `cargo xtask bench` hands it over: tokens are nothing for a list of arguments.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;

/// The whole job.
#[derive(Deserialize)]
pub struct Plan {
    /// How long one number is measured, in seconds.
    pub seconds: u64,
    /// How often each is measured, all in turn.
    pub rounds: usize,
    /// How many records there are in the second half.
    pub stored: u64,
    /// How many connections, one series after the other.
    pub connections: Vec<usize>,
    /// A folder on the disk that has the records.
    pub state: PathBuf,
    /// Whether to look at the parts of the way, too.
    pub parts: bool,
    /// What is measured.
    pub consentry: Consentry,
    /// What it is compared with.
    pub ceilings: Ceilings,
}

/// A running service with the policy published.
#[derive(Deserialize)]
pub struct Consentry {
    pub port: u16,
    pub pid: u32,
    pub site: String,
    /// An origin of the policy.
    pub origin: String,
    pub operator_token: String,
    pub auditor_token: String,
}

impl Consentry {
    /// A path of this site's API.
    pub fn path(&self, rest: &str) -> String {
        format!("/_c/v1/sites/{}/{rest}", self.site)
    }
}

/// The servers that do nothing, or nothing but storing.
#[derive(Deserialize)]
pub struct Ceilings {
    pub pid: u32,
    /// From the Worker to an object and back.
    pub hop: u16,
    /// The same with SQLite: `/single` and `/grouped`.
    pub sqlite: u16,
}

impl Plan {
    /// How long one number is measured.
    pub fn time(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

/// Reads the job from standard input.
pub fn read() -> Result<Plan> {
    serde_json::from_reader(std::io::stdin()).context("the job on standard input cannot be read")
}
