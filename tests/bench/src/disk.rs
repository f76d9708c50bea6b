//! How long the disk takes: nothing that is stored can be acknowledged in less.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use hdrhistogram::Histogram;

use crate::measure::Measure;

/// How long a round is at most. Disks differ by a factor of a thousand, and the same one from minute to minute by ten.
const LONGEST: Duration = Duration::from_millis(500);
/// Writes of a round at most.
const MOST: u64 = 200;
/// What is written at once, in bytes: a page of the file system, of the processor and of SQLite.
const PAGE: usize = 4096;

/// Writes page after page, each durable before the next, to a file in this folder.
pub fn round(folder: &Path) -> Result<Measure> {
    let path = folder.join("disk-trial");
    let mut file =
        std::fs::File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    let mut latencies = Histogram::new(3)?;
    let start = Instant::now();
    while latencies.len() < MOST && start.elapsed() < LONGEST {
        let before = Instant::now();
        file.write_all(&[1; PAGE])?;
        file.sync_data()?;
        latencies.record(before.elapsed().as_micros() as u64)?;
    }
    let measure = Measure::new(&latencies, start.elapsed(), None);
    std::fs::remove_file(&path)?;
    Ok(measure)
}
