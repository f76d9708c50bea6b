//! An export that is not finished: `FILE.part` has the rows so far, `FILE.part.json` how far they go and of which log.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::Path;

use consentry_api::snapshot::Snapshot;
use serde::{Deserialize, Serialize};

use super::{beside, disk};
use crate::failure::Failure;

const FORMAT: &str = "consentry.export-part.v1";

/// What was asked for: an export goes on only for the very same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Where the records are.
    pub url: String,
    /// `ndjson`, `csv` or `parquet`.
    pub format: String,
    /// The filters, by name.
    pub filters: BTreeMap<String, String>,
}

/// How far an export is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Part {
    format: String,
    /// What was asked for.
    pub asked: Asked,
    /// The log when it began.
    pub snapshot: Snapshot,
    /// Where the next page starts; at first nowhere in particular.
    pub cursor: Option<String>,
    /// There is no next page.
    pub complete: bool,
    /// Rows so far.
    pub rows: u64,
    /// Bytes so far; what is behind them belongs to a page that broke off.
    pub bytes: u64,
}

impl Part {
    /// An export that begins now.
    pub fn new(asked: Asked, snapshot: Snapshot) -> Self {
        Self { format: FORMAT.into(), asked, snapshot, cursor: None, complete: false, rows: 0, bytes: 0 }
    }

    /// What is there of an export to this file; an error if it is another export's.
    pub fn load(file: &Path, asked: &Asked) -> Result<Option<Self>, Failure> {
        let path = beside(file, ".part.json");
        let text = match fs::read_to_string(&path) {
            Ok(text) if beside(file, ".part").exists() => text,
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(disk("read", &path, &error)),
        };
        let help = "--restart discards it; or give another file with --output";
        let part: Self =
            serde_json::from_str(&text).ok().filter(|part: &Self| part.format == FORMAT).ok_or_else(
                || Failure::usage(format!("{} is not of this version of the command", path.display()), help),
            )?;
        if part.asked == *asked {
            return Ok(Some(part));
        }
        let was = format!("{} as {} with {:?}", part.asked.url, part.asked.format, part.asked.filters);
        Err(Failure::usage(
            format!("an export of something else to {} is not finished: {was}", file.display()),
            help,
        ))
    }

    /// Remembers how far it is. The rows must be on the disk already.
    pub fn save(&self, file: &Path) -> Result<(), Failure> {
        let json = serde_json::to_vec(self).unwrap_or_default();
        write_whole(&beside(file, ".part.json"), &json)
    }

    /// How many entries the log had when it began.
    pub fn entries(&self) -> u64 {
        self.snapshot.parts.iter().map(|part| part.size).sum()
    }
}

/// Opens `FILE.part`, unless another command is writing it.
pub fn open(file: &Path) -> Result<File, Failure> {
    let path = beside(file, ".part");
    let mut options = OpenOptions::new();
    let out = options.read(true).write(true).create(true).truncate(false).open(&path);
    let out = out.map_err(|error| disk("written", &path, &error))?;
    match out.try_lock() {
        Err(TryLockError::WouldBlock) => Err(Failure::refused(
            format!("{} is being written by another command", path.display()),
            "wait for it, or give another file with --output",
        )),
        // Not every file system has locks.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(out),
    }
}

/// Removes what is there of an export to this file.
pub fn discard(file: &Path) -> Result<(), Failure> {
    for suffix in [".part.json", ".part", ".part.parquet"] {
        remove(&beside(file, suffix))?;
    }
    Ok(())
}

/// Removes a file that may not be there.
pub fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(disk("removed", path, &error)),
        _ => Ok(()),
    }
}

/// Writes a file so that under its name there is what was there before or all of the new, whenever the power goes.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let new = beside(path, ".new");
    let written = File::create(&new).and_then(|mut out| {
        out.write_all(bytes)?;
        out.sync_all()?;
        fs::rename(&new, path)
    });
    written.map_err(|error| disk("written", path, &error))
}
