//! Where rows come from: the formats of an exported file, each split into units that threads can read at the same time.
//!
//! Another format is another function here: it deals units out, and says how a worker takes the rows of one.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex};

use consentry_api::csv_read::is_csv_header;
use consentry_core::bytes::serialize_hex;
use consentry_verify::{Batch, Plan, Worker};
use indicatif::ProgressBar;
use sha2::{Digest, Sha256};

use super::lines::Blocks;
use super::pipeline;
use crate::failure::Failure;
use crate::parquet::{ParquetError, ParquetReader};

/// Rows of a Parquet file that a worker hands over at a time.
const BATCH: u64 = 2_048;

/// The format of a file, by its first bytes.
pub fn format(path: &Path) -> Result<&'static str, Failure> {
    let mut first = [0; 4];
    let read =
        File::open(path).and_then(|mut file| file.read(&mut first)).map_err(|error| unread(path, &error))?;
    Ok(match first.get(..read).unwrap_or_default() {
        b"PAR1" => "parquet",
        [b'{', ..] | [] => "ndjson",
        _ => "csv",
    })
}

/// Reads a whole file on so many threads. Returns its SHA-256.
pub fn read(
    (path, format): (&Path, &str),
    plan: &Arc<Plan>,
    threads: usize,
    bar: &ProgressBar,
    take: impl FnMut(Batch),
) -> Result<String, Failure> {
    let file = File::open(path).map_err(|error| unread(path, &error))?;
    bar.set_length(file.metadata().map_or(0, |metadata| metadata.len()));
    let hashed = Hashed { file: &file, sha: Sha256::new(), bar };
    match format {
        "parquet" => parquet(path, hashed, plan, threads, take),
        _ => text(path, hashed, format == "csv", plan, threads, take),
    }
}

/// A file that is hashed as it is read.
struct Hashed<'f> {
    file: &'f File,
    sha: Sha256,
    bar: &'f ProgressBar,
}

impl Hashed<'_> {
    fn finish(self) -> String {
        serialize_hex(&self.sha.finalize())
    }
}

impl Read for &mut Hashed<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(to)?;
        self.sha.update(to.get(..read).unwrap_or_default());
        self.bar.inc(read as u64);
        Ok(read)
    }
}

fn text(
    path: &Path,
    mut file: Hashed<'_>,
    csv: bool,
    plan: &Arc<Plan>,
    threads: usize,
    take: impl FnMut(Batch),
) -> Result<String, Failure> {
    let (mut blocks, spare) = Blocks::new(&mut file);
    let feed = move |deal: pipeline::Deal<'_, Vec<u8>>| {
        let mut first = csv;
        while let Some(mut block) = blocks.next().map_err(|error| unread(path, &error))? {
            if std::mem::take(&mut first) {
                let end = block.iter().position(|byte| *byte == b'\n').unwrap_or(block.len());
                let header = str::from_utf8(block.get(..end).unwrap_or_default());
                if !header.is_ok_and(is_csv_header) {
                    return Err(other_columns(path));
                }
                block.drain(..block.len().min(end + 1));
            }
            if !deal(block) {
                break;
            }
        }
        Ok(())
    };
    let work = |worker: &mut Worker, block: Vec<u8>, hand: pipeline::Hand<'_>| {
        if csv {
            worker.csv(&block)
        } else {
            worker.ndjson(&block)
        }
        hand(worker.finish());
        // At the end nobody wants it back.
        let _ = spare.send(block);
    };
    pipeline::run(plan, threads, feed, work, take)?;
    Ok(file.finish())
}

fn parquet(
    path: &Path,
    mut file: Hashed<'_>,
    plan: &Arc<Plan>,
    threads: usize,
    take: impl FnMut(Batch),
) -> Result<String, Failure> {
    let broken = |error: &ParquetError| {
        Failure::refused(format!("{} is no export: {error}", path.display()), "export it again")
    };
    let open = || -> Result<ParquetReader, Failure> {
        let file = File::open(path).map_err(|error| unread(path, &error))?;
        ParquetReader::open(file).map_err(|error| broken(&error))
    };
    let first = open()?;
    let groups = first.groups();
    // One for each thread: readers of one open file would move each other's place in it.
    let readers = Mutex::new(vec![first]);
    let lend = || readers.lock().ok().and_then(|mut readers| readers.pop()).map_or_else(open, Ok);
    let work = |worker: &mut Worker, group: usize, hand: pipeline::Hand<'_>| {
        let Ok(reader) = lend() else { return worker.unreadable("the file is not there any more".into()) };
        let mut left = BATCH;
        let read = reader.visit_group::<ParquetError>(group, |_, row| {
            worker.row(row);
            left -= 1;
            if left == 0 {
                hand(worker.finish());
                left = BATCH;
            }
            Ok(())
        });
        if let Err(error) = read {
            worker.unreadable(error.to_string());
        }
        hand(worker.finish());
        if let Ok(mut readers) = readers.lock() {
            readers.push(reader);
        }
    };
    let feed = |deal: pipeline::Deal<'_, usize>| {
        // All are dealt whether or not anybody takes them: a group nobody takes is not missed.
        let _ = (0..groups).all(deal);
        std::io::copy(&mut &mut file, &mut std::io::sink()).map_err(|error| unread(path, &error))?;
        Ok(())
    };
    pipeline::run(plan, threads, feed, work, take)?;
    Ok(file.finish())
}

fn unread(path: &Path, error: &std::io::Error) -> Failure {
    Failure::refused(
        format!("{} cannot be read: {error}", path.display()),
        "check the path and its permissions",
    )
}

fn other_columns(path: &Path) -> Failure {
    Failure::refused(
        format!("{} has not the columns of an export", path.display()),
        "verify the file as it was exported; a spreadsheet that saved it may have changed it",
    )
}
