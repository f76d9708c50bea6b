//! Compares the leaves of an export with the tiles of the public log, several at a time, while the export is being read.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::{Scope, ScopedJoinHandle};

use consentry_log::{Hash, Tile, Width};
use consentry_verify::{Batch, Finding, Place, Problem};

use crate::failure::Failure;
use crate::public::PublicLog;

/// Tiles that are fetched at a time.
const FETCHERS: usize = 4;
/// Hashes in a full tile.
const WIDTH: usize = 256;

/// The leaves of one tile, as they were exported.
struct Leaves {
    part: u8,
    /// The tile's index.
    index: u64,
    /// The row of its first leaf, from 1.
    row: u64,
    hashes: Vec<Hash>,
}

/// Collects leaves and has their tiles compared.
pub struct Tiles<'s> {
    compare: SyncSender<Leaves>,
    fetchers: Vec<ScopedJoinHandle<'s, Result<Vec<Finding>, Failure>>>,
    next: Leaves,
    rows: u64,
}

impl<'s> Tiles<'s> {
    /// Starts the fetchers.
    pub fn start<'e>(scope: &'s Scope<'s, 'e>, log: &'e PublicLog<'e>) -> Self {
        let (compare, leaves) = sync_channel(2 * FETCHERS);
        let leaves = Arc::new(Mutex::new(leaves));
        let fetcher = |_| {
            let leaves = Arc::clone(&leaves);
            scope.spawn(move || fetch(log, &leaves))
        };
        let fetchers = (0..FETCHERS).map(fetcher).collect();
        Self { compare, fetchers, next: Leaves { part: 0, index: 0, row: 1, hashes: Vec::new() }, rows: 0 }
    }

    /// Takes the leaves of the next rows. Where rows are missing nothing is compared: that is found by itself.
    pub fn take(&mut self, batch: &Batch) {
        for (part, start, leaves) in batch.leaves() {
            for (leaf, at) in leaves.iter().zip(start..) {
                self.rows += 1;
                if part != self.next.part {
                    self.flush();
                    self.next = Leaves { part, index: 0, row: self.rows, hashes: Vec::new() };
                }
                if at != self.next.index * WIDTH as u64 + self.next.hashes.len() as u64 {
                    continue;
                }
                self.next.hashes.push(*leaf);
                if self.next.hashes.len() == WIDTH {
                    self.flush();
                }
            }
        }
    }

    fn flush(&mut self) {
        let next = Leaves {
            part: self.next.part,
            index: self.next.index + 1,
            row: self.rows + 1,
            hashes: Vec::with_capacity(WIDTH),
        };
        let full = std::mem::replace(&mut self.next, next);
        if !full.hashes.is_empty() {
            // A fetcher that failed says so at the end.
            let _ = self.compare.send(full);
        }
    }

    /// After the last row: the leaves that differ.
    pub fn finish(mut self) -> Result<Vec<Finding>, Failure> {
        self.flush();
        drop(self.compare);
        let mut findings = Vec::new();
        for fetcher in self.fetchers {
            let bug = || Err(Failure::refused("tiles could not be compared", "report this as a bug"));
            findings.extend(fetcher.join().unwrap_or_else(|_| bug())?);
        }
        findings.sort_by_key(|finding| match finding.place {
            Place::Row { number, .. } => number,
            _ => u64::MAX,
        });
        Ok(findings)
    }
}

fn fetch(log: &PublicLog<'_>, leaves: &Mutex<Receiver<Leaves>>) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::new();
    let mut failed = None;
    loop {
        let next = leaves.lock().ok().and_then(|leaves| leaves.recv().ok());
        let Some(leaves) = next else { return failed.map_or(Ok(findings), Err) };
        // After a failure the rest is only taken away, so that nobody waits for room.
        if failed.is_none() {
            match compare(log, &leaves) {
                Ok(found) => findings.extend(found),
                Err(failure) => failed = Some(failure),
            }
        }
    }
}

fn compare(log: &PublicLog<'_>, leaves: &Leaves) -> Result<Option<Finding>, Failure> {
    let width = u16::try_from(leaves.hashes.len()).ok().and_then(Width::new);
    let Some(tile) = width.and_then(|width| Tile::new(0, leaves.index, width)) else { return Ok(None) };
    let served = log.tile(leaves.part, tile)?;
    let (served, left_over) = served.as_deref().unwrap_or_default().as_chunks::<{ Hash::LENGTH }>();
    let first = leaves.hashes.iter().zip(served).position(|(leaf, served)| leaf.as_bytes() != served);
    let first = match first {
        Some(first) => first,
        None if served.len() == leaves.hashes.len() && left_over.is_empty() => return Ok(None),
        None => served.len().min(leaves.hashes.len().saturating_sub(1)),
    } as u64;
    let place = Place::Row {
        number: leaves.row + first,
        part: leaves.part,
        index: leaves.index * WIDTH as u64 + first,
    };
    let what = format!("the public log has another hash here, in {}", tile.path());
    Ok(Some(Finding { place, problem: Problem::Public(what) }))
}
