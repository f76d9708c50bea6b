//! Making Parquet of the NDJSON that the service sends: every row is compared with its line before it counts as written.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use consentry_api::export::ExportRow;
use consentry_api::snapshot::Snapshot;
use consentry_core::CategoryId;
use consentry_core::bytes::serialize_hex;
use consentry_core::category::BUILT_IN;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::part::Part;
use super::{beside, disk};
use crate::failure::Failure;
use crate::parquet::{ParquetError, ParquetReader, ParquetWriter};

/// Makes `FILE.part.parquet` of `FILE.part`. Returns its length and its SHA-256.
pub fn run(part: &Part, file: &Path) -> Result<(u64, String), Failure> {
    let (from, to) = (beside(file, ".part"), beside(file, ".part.parquet"));
    let source = File::open(&from).map_err(|error| disk("read", &from, &error))?;
    let target = File::create(&to).map_err(|error| disk("written", &to, &error))?;
    let bar = progress(part.rows);
    let (bytes, sha256, target) = write(source, target, categories(&part.snapshot), &bar)?;
    target.sync_all().map_err(|error| disk("written", &to, &error))?;
    let read = File::open(&to).map_err(|error| disk("read", &to, &error))?;
    if ParquetReader::open(read).map_err(not_written)?.rows() != part.rows {
        return Err(Failure::refused("the file has not as many rows as were written to it", ROOM));
    }
    bar.finish_and_clear();
    Ok((bytes, sha256))
}

fn write(
    source: impl io::Read,
    target: File,
    categories: Vec<String>,
    bar: &ProgressBar,
) -> Result<(u64, String, File), Failure> {
    let out = Hashed { out: BufWriter::with_capacity(1 << 20, target), sha: Sha256::new(), bytes: 0 };
    let mut writer = ParquetWriter::new(out, categories).map_err(not_written)?;
    let mut source = BufReader::with_capacity(1 << 20, source);
    let (mut line, mut again) = (Vec::new(), Vec::new());
    let mut number = 0_u64;
    loop {
        line.clear();
        let read = source.read_until(b'\n', &mut line);
        if read.map_err(|error| Failure::refused(format!("the rows cannot be read: {error}"), "try again"))?
            == 0
        {
            break;
        }
        number += 1;
        let json = line.strip_suffix(b"\n").unwrap_or(&line);
        let row: ExportRow<'_> =
            serde_json::from_slice(json).map_err(|error| odd(number, &error.to_string()))?;
        // What Parquet has is what a row has. A row that is not the whole line would leave something out.
        again.clear();
        serde_json::to_writer(&mut again, &row).map_err(|error| odd(number, &error.to_string()))?;
        if again != json {
            return Err(odd(number, "it has something this version of the command does not know"));
        }
        writer.push(&row).map_err(not_written)?;
        if number.is_multiple_of(1_024) {
            bar.set_position(number);
        }
    }
    let mut out = writer.finish().map_err(not_written)?;
    out.flush().map_err(|error| Failure::refused(format!("the file cannot be written: {error}"), ROOM))?;
    let file = out.out.into_inner().map_err(|error| Failure::refused(error.to_string(), ROOM))?;
    Ok((out.bytes, serialize_hex(&out.sha.finalize()), file))
}

const ROOM: &str = "make room, then run the same command again: nothing is fetched twice";

fn not_written(error: ParquetError) -> Failure {
    match &error {
        ParquetError::Cell { row, .. } => odd(*row, &error.to_string()),
        ParquetError::File(_) | ParquetError::Columns(_) => {
            Failure::refused(format!("the file cannot be written: {error}"), ROOM)
        }
    }
}

fn odd(row: u64, problem: &str) -> Failure {
    Failure::refused(
        format!("row {row} cannot be written as Parquet without losing something: {problem}"),
        "use a newer version of this command; or export to another file with --format ndjson, which is what the service sends",
    )
}

/// The categories of all policies, the built-in ones first.
fn categories(snapshot: &Snapshot) -> Vec<String> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Policy {
        categories: Vec<Category>,
    }
    #[derive(Deserialize)]
    struct Category {
        id: String,
    }
    let mut ids: Vec<String> = BUILT_IN.map(Into::into).into();
    for policy in &snapshot.policies {
        // A policy that cannot be read is for `consentry verify` to refuse. Its categories, if rows have them, are missed then.
        let policy: Policy = serde_json::from_str(&policy.json).unwrap_or_default();
        for category in policy.categories {
            if CategoryId::parse(&category.id).is_some() && !ids.contains(&category.id) {
                ids.push(category.id);
            }
        }
    }
    ids
}

/// A file that is hashed while it is written.
struct Hashed {
    out: BufWriter<File>,
    sha: Sha256,
    bytes: u64,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.sha.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn progress(rows: u64) -> ProgressBar {
    let bar = ProgressBar::new(rows);
    if let Ok(style) =
        ProgressStyle::with_template("{bar:30} {percent:>3}%  writing Parquet, {per_sec}, {eta} to go")
    {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
