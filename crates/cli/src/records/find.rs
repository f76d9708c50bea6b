//! Finding one record: by asking the service, or by reading an export.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use consentry_api::csv_read::is_csv_header;
use consentry_api::export::ExportRow;
use consentry_core::{RecordId, SiteId};

use crate::client::{self, Client, encode, ended};
use crate::failure::Failure;
use crate::parquet::{ParquetError, ParquetReader};

/// The first bytes of every Parquet file.
const PARQUET: [u8; 4] = *b"PAR1";
/// More bytes than the header of a CSV export has.
const LONGEST_HEADER: u64 = 4_096;

/// The record's row as the service has it now, as JSON.
pub fn in_log(client: &Client, site: &SiteId, id: RecordId) -> Result<String, Failure> {
    let query = encode([("format", "ndjson"), ("id", &id.to_string()), ("limit", "1")]);
    let url = format!("{}?{query}", client.of_site(site, "records"));
    let text = client::text(ended(client.send("GET", &url, None)?)?)?;
    let line = text.lines().next().ok_or_else(|| {
        Failure::refused(
            format!("the log of {site} has no record {id}"),
            "check the number; a record whose visitor was erased has none any more, and shows in exports as redacted",
        )
    })?;
    let found: ExportRow<'_> = client::of_json(line)?;
    // A service that does not know the filter would send any record.
    if found.record_id != id.to_string() {
        return Err(Failure::refused(
            "the service sent another record than was asked for",
            "is it of a version that goes with this command?",
        ));
    }
    Ok(line.into())
}

/// The record's row in an export, as JSON.
pub fn in_file(path: &Path, id: RecordId) -> Result<String, Failure> {
    let unread = |error: std::io::Error| {
        Failure::refused(format!("{} cannot be read: {error}", path.display()), "check --file")
    };
    let mut file = File::open(path).map_err(unread)?;
    let mut first = Vec::new();
    (&mut file).take(4).read_to_end(&mut first).map_err(unread)?;
    file.seek(SeekFrom::Start(0)).map_err(unread)?;
    let id = id.to_string();
    let found = match first.first() {
        _ if first == PARQUET => {
            in_parquet(file, &id).map_err(|error| not_export(path, &error.to_string()))?
        }
        Some(b'{') | None => in_lines(BufReader::new(file), &id).map_err(unread)?,
        Some(_) if is_csv(&mut BufReader::new(&file)) => return Err(csv(path)),
        Some(_) => return Err(not_export(path, "it is neither NDJSON nor Parquet nor CSV")),
    };
    found.ok_or_else(|| {
        Failure::refused(format!("{} has no record {id}", path.display()), "check the number and the file")
    })
}

/// A file that begins as a CSV export does. No more of it is read than such a line has.
fn is_csv(text: &mut impl BufRead) -> bool {
    let mut line = String::new();
    let read = text.take(LONGEST_HEADER).read_line(&mut line);
    read.is_ok() && is_csv_header(line.trim_end_matches('\n'))
}

fn in_lines(lines: impl BufRead, id: &str) -> std::io::Result<Option<String>> {
    for line in lines.lines() {
        let line = line?;
        // Looked for as text first: parsing a million lines takes a while. A line that is no row is not the one looked for.
        let is_it =
            |line: &str| serde_json::from_str(line).is_ok_and(|row: ExportRow<'_>| row.record_id == id);
        if line.contains(id) && is_it(&line) {
            return Ok(Some(line));
        }
    }
    Ok(None)
}

/// Why reading ends.
enum Stop {
    Found(String),
    Broken(ParquetError),
}

impl From<ParquetError> for Stop {
    fn from(error: ParquetError) -> Self {
        Self::Broken(error)
    }
}

fn in_parquet(file: File, id: &str) -> Result<Option<String>, ParquetError> {
    let end = ParquetReader::open(file)?.visit(|_, row| {
        if row.record_id == id {
            return Err(Stop::Found(serde_json::to_string(row).unwrap_or_default()));
        }
        Ok(())
    });
    match end {
        Ok(()) => Ok(None),
        Err(Stop::Found(line)) => Ok(Some(line)),
        Err(Stop::Broken(error)) => Err(error),
    }
}

fn csv(path: &Path) -> Failure {
    Failure::refused(
        format!("{} is an export as CSV, in which records cannot be looked up", path.display()),
        "export with --format ndjson or --format parquet, or leave out --file and ask the service",
    )
}

fn not_export(path: &Path, problem: &str) -> Failure {
    Failure::refused(
        format!("{} is no export: {problem}", path.display()),
        "export with --format ndjson or --format parquet",
    )
}
