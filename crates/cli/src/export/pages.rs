//! Fetching the rows of a log page by page, so that an export that breaks off loses one page at most.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use consentry_core::bytes::serialize_hex;
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};

use super::copy::{CopyError, Header, copy, lines};
use super::part::{self, Asked, Part};
use super::{beside, disk, query};
use crate::args::Format;
use crate::client::{Client, encode, ended};
use crate::failure::Failure;

/// Rows in a page: the most the service takes.
const PAGE: &str = "10000";
/// How often it is written down how far an export is.
const OFTEN: Duration = Duration::from_secs(1);

/// Fetches what is missing. Returns the SHA-256 of the rows as the service sent them.
pub fn fetch(client: &Client, part: &mut Part, file: &Path) -> Result<String, Failure> {
    let mut rows = Rows::open(part, file)?;
    let bar = progress(part);
    let mut saved = Instant::now();
    while !part.complete {
        match rows.page(client, part, &bar) {
            Ok(()) if saved.elapsed() < OFTEN && !part.complete => {}
            Ok(()) => {
                rows.save(part, file)?;
                saved = Instant::now();
            }
            Err(failure) => {
                bar.abandon();
                return Err(rows.keep(part, file, failure));
            }
        }
    }
    bar.finish_and_clear();
    let entries = part.entries();
    if part.asked.filters.is_empty() && part.rows != entries {
        return Err(Failure::refused(
            format!(
                "the log has {entries} entries, and the service sent {} rows of it; they are in {}",
                part.rows,
                beside(file, ".part").display()
            ),
            "no entry may be missing: keep that file and ask the operator; --restart asks the service again",
        ));
    }
    Ok(serialize_hex(&rows.sha.finalize()))
}

/// `FILE.part`, open.
struct Rows {
    out: File,
    sha: Sha256,
}

impl Rows {
    /// Opens the rows that are there, and checks that they are those that were written.
    fn open(part: &Part, file: &Path) -> Result<Self, Failure> {
        let path = beside(file, ".part");
        let fault = |what| {
            let path = &path;
            move |error: std::io::Error| disk(what, path, &error)
        };
        let out = part::open(file)?;
        let mut rows = Self { out, sha: Sha256::new() };
        let mut there = BufReader::with_capacity(1 << 20, (&rows.out).take(part.bytes));
        let (mut bytes, mut ends) = (0, 0);
        let mut chunk = vec![0; 1 << 16];
        loop {
            let read = there.read(&mut chunk).map_err(fault("read"))?;
            let chunk = chunk.get(..read).unwrap_or_default();
            if chunk.is_empty() {
                break;
            }
            rows.sha.update(chunk);
            bytes += read as u64;
            ends += lines(chunk);
        }
        drop(there);
        let header = u64::from(part.asked.format == Format::Csv.as_str() && part.bytes > 0);
        if (bytes, ends) != (part.bytes, part.rows + header) {
            return Err(Failure::usage(
                format!("{} is not what was written to it", path.display()),
                "--restart discards it and begins anew",
            ));
        }
        rows.out.set_len(bytes).map_err(fault("written"))?;
        rows.out.seek(SeekFrom::Start(bytes)).map_err(fault("written"))?;
        Ok(rows)
    }

    /// Fetches one page.
    fn page(&mut self, client: &Client, part: &mut Part, bar: &ProgressBar) -> Result<(), Failure> {
        let sizes =
            part.snapshot.parts.iter().map(|part| part.size.to_string()).collect::<Vec<_>>().join(",");
        let place =
            [("sizes", Some(sizes.as_str())), ("limit", Some(PAGE)), ("cursor", part.cursor.as_deref())];
        let place = encode(place.into_iter().filter_map(|(name, value)| Some((name, value?))));
        let Asked { url, format, filters } = &part.asked;
        let url = format!("{url}?{}&{place}", query(format, filters));
        let response = ended(client.send("GET", &url, None)?)?;
        let next = response.headers().get("consentry-next-cursor").and_then(|value| value.to_str().ok());
        let next = next.map(str::to_owned);
        if next.as_deref().is_some_and(|next| place_of(next) <= part.cursor.as_deref().and_then(place_of)) {
            return Err(Failure::unreachable(
                "the service sends the same page again and again",
                "is something between here and the service caching what it must not?",
            ));
        }
        let header = match (format == Format::Csv.as_str(), part.bytes) {
            (false, _) => Header::None,
            (true, 0) => Header::Keep,
            (true, _) => Header::Skip,
        };
        let filtered = !filters.is_empty();
        let source = response.into_body().into_reader();
        let counted =
            copy(source, self, header, Some(bar).filter(|_| !filtered)).map_err(|error| match error {
                CopyError::Source(error) => Failure::unreachable(
                    format!("the export broke off: {error}"),
                    "run the same command again",
                ),
                CopyError::Target(error) => Failure::refused(
                    format!("the rows cannot be written: {error}"),
                    "make room, then run the same command again",
                ),
            })?;
        part.rows += counted.rows;
        part.bytes += counted.bytes;
        part.complete = next.is_none();
        part.cursor = next;
        if filtered {
            bar.set_position(entries_before(part));
        }
        bar.set_message(format!("{} rows, {}", HumanCount(part.rows), HumanBytes(part.bytes)));
        Ok(())
    }

    /// Writes down how far it is.
    fn save(&self, part: &Part, file: &Path) -> Result<(), Failure> {
        self.out.sync_data().map_err(|error| disk("written", &beside(file, ".part"), &error))?;
        part.save(file)
    }

    /// After a failure: what is there is kept if it is anything. Says so.
    fn keep(&self, part: &Part, file: &Path, failure: Failure) -> Failure {
        if part.rows == 0 {
            let _ = part::discard(file);
            return failure.with(&format!("{} was not written", file.display()));
        }
        match self.save(part, file) {
            Ok(()) => {
                let (rows, there) = (HumanCount(part.rows), beside(file, ".part"));
                failure.with(&format!(
                    "{} was not written; its first {rows} rows are in {}, and the same command goes on behind them",
                    file.display(),
                    there.display()
                ))
            }
            Err(worse) => worse,
        }
    }
}

/// Whoever writes rows here writes them to the file, and into the hash.
impl Write for Rows {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.sha.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

/// The part of the log and the position in it that a cursor stands for.
fn place_of(cursor: &str) -> Option<(u64, u64)> {
    let (part, index) = cursor.split_once(':')?;
    Some((part.parse().ok()?, index.parse().ok()?))
}

/// How many entries are before the place that an export has come to.
fn entries_before(part: &Part) -> u64 {
    let Some((shard, index)) = part.cursor.as_deref().and_then(place_of) else {
        return if part.complete { part.entries() } else { 0 };
    };
    let before = part.snapshot.parts.iter().filter(|part| u64::from(part.shard) < shard);
    before.map(|part| part.size).sum::<u64>() + index
}

fn progress(part: &Part) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {percent:>3}%  {msg}, {elapsed}, {eta} to go");
    let bar = ProgressBar::new(part.entries());
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.set_position(entries_before(part));
    bar.reset_eta();
    bar.set_message(format!("{} rows", HumanCount(part.rows)));
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
