//! Copying what the service sends, line by line counted, and telling whose fault it is when that ends early.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};

use consentry_api::csv::CSV_COLUMNS;
use indicatif::ProgressBar;

/// What came through.
#[derive(Debug, Default, Clone, Copy)]
pub struct Counted {
    /// Lines, without a header.
    pub rows: u64,
    /// Bytes that were written.
    pub bytes: u64,
}

/// Where it went wrong: the two sides have different remedies.
#[derive(Debug)]
pub enum CopyError {
    /// The service broke off. What was written is not the whole export.
    Source(io::Error),
    /// The file or pipe took no more.
    Target(io::Error),
}

/// What becomes of a first line with the names of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header {
    /// There is none.
    None,
    /// It is written like any other line, though it is not counted as a row.
    Keep,
    /// It is there, and not written: it has been before.
    Skip,
}

/// Copies to the end. `progress` counts rows as they come.
pub fn copy(
    source: impl Read,
    target: &mut impl Write,
    header: Header,
    progress: Option<&ProgressBar>,
) -> Result<Counted, CopyError> {
    let mut source = BufReader::with_capacity(64 * 1024, source);
    let mut counted = Counted::default();
    if header != Header::None {
        let mut line = Vec::new();
        let longest = CSV_COLUMNS.len() as u64 + 1;
        source.by_ref().take(longest).read_until(b'\n', &mut line).map_err(CopyError::Source)?;
        if line.strip_suffix(b"\n") != Some(CSV_COLUMNS.as_bytes()) {
            return Err(CopyError::Source(io::Error::new(
                ErrorKind::InvalidData,
                "the columns are others than this version of the command knows",
            )));
        }
        if header == Header::Keep {
            target.write_all(&line).map_err(CopyError::Target)?;
            counted.bytes += line.len() as u64;
        }
    }
    let mut last = b'\n';
    loop {
        let chunk = match source.fill_buf() {
            Ok([]) => break,
            Ok(chunk) => chunk,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(CopyError::Source(error)),
        };
        target.write_all(chunk).map_err(CopyError::Target)?;
        let rows = lines(chunk);
        counted.rows += rows;
        counted.bytes += chunk.len() as u64;
        last = chunk.last().copied().unwrap_or(last);
        let length = chunk.len();
        source.consume(length);
        if let Some(progress) = progress {
            progress.inc(rows);
        }
    }
    target.flush().map_err(CopyError::Target)?;
    // A proxy may end a broken answer in an orderly way; the service never ends one inside a line.
    if last != b'\n' {
        let error = io::Error::new(ErrorKind::UnexpectedEof, "it ends in the middle of a line");
        return Err(CopyError::Source(error));
    }
    Ok(counted)
}

/// How many line ends there are.
pub fn lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}
