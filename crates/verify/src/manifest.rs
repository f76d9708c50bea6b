//! The manifest beside an exported file: whether it speaks of this file.

use consentry_api::snapshot::{MANIFEST_FORMAT, Manifest};

use crate::finding::{Finding, Place, Problem};

/// What a file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts<'a> {
    /// `ndjson`, `csv` or `parquet`.
    pub format: &'a str,
    /// Rows in it, readable or not.
    pub rows: u64,
    /// Its SHA-256, 64 hexadecimal digits.
    pub sha256: &'a str,
}

/// What of a manifest is not true of the file. Its name is nobody's business: files are renamed.
pub fn check_manifest(manifest: &Manifest, file: &FileFacts<'_>) -> Vec<Finding> {
    let said = [
        ("format", manifest.format == MANIFEST_FORMAT),
        ("file_format", manifest.file_format == file.format),
        ("rows", manifest.rows == file.rows),
        ("sha256", manifest.sha256 == file.sha256),
    ];
    let wrong = said.into_iter().filter(|(_, holds)| !holds);
    wrong.map(|(field, _)| Finding { place: Place::Manifest, problem: Problem::Manifest(field) }).collect()
}
