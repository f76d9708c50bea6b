//! What a monitor remembers of a log from one look to the next.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::export::write_whole;
use crate::failure::Failure;

/// The format that this version writes and reads.
const FORMAT: &str = "consentry.monitor.v1";

/// The state of a monitor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    format: String,
    /// The site.
    pub site: String,
    /// The key that is trusted, as a C2SP verifier key: given at the first look, or taken from the service then.
    pub key: String,
    /// The checkpoint of each part that was seen last, and held.
    pub parts: Vec<Seen>,
}

/// A checkpoint that held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// The part.
    pub part: u8,
    /// The checkpoint, as it was signed.
    pub checkpoint: String,
    /// When it was first seen (RFC 3339, UTC).
    pub time: String,
}

impl State {
    /// Of a log that was not seen before.
    pub fn new(site: &str, key: String) -> Self {
        Self { format: FORMAT.into(), site: site.into(), key, parts: Vec::new() }
    }

    /// From its file; `None` if there is none yet.
    pub fn load(path: &Path, site: &str) -> Result<Option<Self>, Failure> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unusable(path, &error.to_string())),
        };
        let state: Self =
            serde_json::from_slice(&text).map_err(|error| unusable(path, &error.to_string()))?;
        if state.format != FORMAT || state.site != site {
            return Err(unusable(path, &format!("it is of {}, in the format {}", state.site, state.format)));
        }
        Ok(Some(state))
    }

    /// Into its file, all of it or nothing.
    pub fn save(&self, path: &Path) -> Result<(), Failure> {
        write_whole(path, &serde_json::to_vec_pretty(self).unwrap_or_default())
    }

    /// What was seen of a part.
    pub fn seen(&self, part: u8) -> Option<&Seen> {
        self.parts.iter().find(|seen| seen.part == part)
    }

    /// Remembers a checkpoint that held.
    pub fn remember(&mut self, new: Seen) {
        match self.parts.iter_mut().find(|seen| seen.part == new.part) {
            Some(seen) => *seen = new,
            None => self.parts.push(new),
        }
    }
}

fn unusable(path: &Path, why: &str) -> Failure {
    Failure::refused(
        format!("{} is no state of this monitor: {why}", path.display()),
        "give the file of an earlier look at this site, or a name that is not taken; do not delete the old one, it may be \
         what shows a fork",
    )
}
