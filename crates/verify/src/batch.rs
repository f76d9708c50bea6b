//! What a worker has learnt from consecutive rows: little, and in order, for the one who puts it all together.

use consentry_core::statement::IndexRange;
use consentry_log::{Hash, LeafIndex, Span};

use crate::finding::{Finding, Place, Problem};
use crate::statement::Statement;

/// Findings a batch holds; further ones are only counted.
const MOST_FINDINGS: usize = 64;

/// Consecutive rows, checked one by one.
#[derive(Debug, Default)]
pub struct Batch {
    pub(crate) runs: Vec<Run>,
    /// Rows, readable or not.
    pub(crate) rows: u64,
    pub(crate) findings: Vec<Finding>,
    pub(crate) found: u64,
    /// Rows behind the last run that could not be read.
    pub(crate) unreadable: u64,
    pub(crate) counts: Counts,
}

/// How many rows of which kind.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Records with everything.
    pub records: u64,
    /// Records without the part that says who decided, because it was erased.
    pub erased: u64,
    /// Records of which only the hash is left, because their time was over.
    pub pruned: u64,
    /// Records without the part that says who decided, because this auditor may not see it.
    pub withheld: u64,
    /// Of all records that are not pruned, those made against a signal after the visitor was told of it.
    pub overridden: u64,
    /// Entries in which the log speaks of itself.
    pub statements: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, other: &Counts) {
        self.records += other.records;
        self.erased += other.erased;
        self.pruned += other.pruned;
        self.withheld += other.withheld;
        self.overridden += other.overridden;
        self.statements += other.statements;
    }
}

/// Entries of one part, each following the one before.
#[derive(Debug)]
pub(crate) struct Run {
    pub part: u8,
    /// Rows before its first.
    pub rows_before: u64,
    /// Rows directly before it that could not be read.
    pub unreadable: u64,
    pub leaves: Vec<Hash>,
    pub span: Span,
    /// One of its leaves is not known.
    pub broken: bool,
    /// When each entry was received, in milliseconds; 0 where nobody knows.
    pub times: Vec<u64>,
    /// The earliest and latest of them; the earliest is the largest number where there is none.
    pub earliest: u64,
    pub latest: u64,
    /// Entries whose personal part was erased.
    pub erased: Vec<IndexRange>,
    /// Entries of which only the leaf is left, and the latest time in this run before the end of each range.
    pub pruned: Vec<(IndexRange, u64)>,
    /// Position and statement.
    pub statements: Vec<(u64, Statement)>,
    /// Position and identifier of the records that have one.
    pub ids: Vec<(u64, [u8; 16])>,
    pub uses: Vec<Use>,
}

/// That records of a run name a policy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Use {
    /// By its position in the plan.
    pub policy: usize,
    /// The first entry that does.
    pub first: u64,
    /// The earliest time of one that does, and its position.
    pub earliest: (u64, u64),
}

impl Run {
    pub fn new(part: u8, start: u64, rows_before: u64, unreadable: u64) -> Self {
        Self {
            part,
            rows_before,
            unreadable,
            leaves: Vec::with_capacity(1024),
            span: Span::new(LeafIndex(start)),
            broken: false,
            times: Vec::with_capacity(1024),
            earliest: u64::MAX,
            latest: 0,
            erased: Vec::new(),
            pruned: Vec::new(),
            statements: Vec::new(),
            ids: Vec::with_capacity(1024),
            uses: Vec::new(),
        }
    }

    pub const fn start(&self) -> u64 {
        self.span.start().0
    }

    pub const fn end(&self) -> u64 {
        self.span.end().0
    }

    /// The place of one of its entries.
    pub const fn place(&self, index: u64) -> Place {
        Place::Row { number: self.rows_before + (index - self.start()) + 1, part: self.part, index }
    }

    pub fn push(&mut self, leaf: Option<Hash>, time: u64) {
        self.broken |= leaf.is_none();
        let leaf = leaf.unwrap_or(Hash::new([0; 32]));
        self.leaves.push(leaf);
        self.span.push(leaf);
        self.times.push(time);
        if time != 0 {
            self.earliest = self.earliest.min(time);
            self.latest = self.latest.max(time);
        }
    }

    pub fn push_use(&mut self, policy: usize, index: u64, time: u64) {
        match self.uses.iter_mut().find(|known| known.policy == policy) {
            Some(known) => known.earliest = known.earliest.min((time, index)),
            None => self.uses.push(Use { policy, first: index, earliest: (time, index) }),
        }
    }
}

/// Adds a position to ranges that ascend.
pub(crate) fn extend(ranges: &mut Vec<IndexRange>, index: u64) {
    match ranges.last_mut() {
        Some(last) if last.end == index => last.end += 1,
        _ => ranges.push(IndexRange { start: index, end: index + 1 }),
    }
}

impl Batch {
    pub(crate) fn find(&mut self, place: Place, problem: Problem) {
        self.found += 1;
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(Finding { place, problem });
        }
    }

    /// Counts its rows from behind so many others, no longer from its own first.
    pub(crate) fn move_behind(&mut self, rows: u64) {
        self.runs.iter_mut().for_each(|run| run.rows_before += rows);
        for finding in &mut self.findings {
            match &mut finding.place {
                Place::Row { number, .. } | Place::Line(number) => *number += rows,
                _ => {}
            }
        }
    }

    /// The leaf hashes of the rows, part by part: the part, the position of the first, and one after the other.
    pub fn leaves(&self) -> impl Iterator<Item = (u8, u64, &[Hash])> {
        self.runs.iter().map(|run| (run.part, run.start(), run.leaves.as_slice()))
    }

    /// How many rows.
    pub const fn rows(&self) -> u64 {
        self.rows
    }
}
