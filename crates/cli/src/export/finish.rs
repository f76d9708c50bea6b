//! The last step of an export: the file gets its name, and its manifest lies beside it.

use std::fs;
use std::path::{Path, PathBuf};

use consentry_api::snapshot::Manifest;

use super::part::{remove, write_whole};
use super::{beside, disk};
use crate::args::Format;
use crate::failure::Failure;

/// Names the finished file and writes its manifest last. Returns the manifest's name.
pub fn run(manifest: &Manifest, file: &Path) -> Result<PathBuf, Failure> {
    let parquet = manifest.file_format == Format::Parquet.as_str();
    let finished = beside(file, if parquet { ".part.parquet" } else { ".part" });
    let path = beside(file, ".manifest.json");
    // Never the manifest of an earlier export beside this one's file.
    remove(&path)?;
    fs::rename(&finished, file).map_err(|error| disk("written", file, &error))?;
    let json = serde_json::to_vec_pretty(manifest).unwrap_or_default();
    write_whole(&path, &json)?;
    if parquet {
        remove(&beside(file, ".part"))?;
    }
    remove(&beside(file, ".part.json"))?;
    Ok(path)
}
