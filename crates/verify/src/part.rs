//! One part of the log while its rows come by.

use std::ops::Range;

use consentry_core::statement::{KeyChange, Redaction};
use consentry_log::{Frontier, Hash, Trust, verify_checkpoint};

use crate::batch::Run;
use crate::finding::{Place, Problem};
use crate::heads::Stop;
use crate::keys::{Follower, KeyProblem};
use crate::plan::Plan;
use crate::redactions::Redactions;

/// What is known of a part so far.
pub struct Part {
    pub number: u8,
    /// The entry that comes next.
    pub next: u64,
    /// Rows since the last readable one that could not be read.
    pub unreadable: u64,
    /// The latest time of any entry, in milliseconds.
    pub newest: u64,
    /// Rows that are missing, out of order or unreadable: its tree and its redactions cannot be known any more.
    broken: bool,
    beyond: bool,
    size: u64,
    frontier: Frontier,
    /// Trees it must have had, the smallest last.
    stops: Vec<Stop>,
    redactions: Redactions,
    keys: Option<Follower>,
    /// Entries that publish a policy, by the snapshot, and did not come.
    unseen: Vec<u64>,
}

/// Where findings go.
type Find<'f> = &'f mut dyn FnMut(Place, Problem);

impl Part {
    /// Before its first row.
    pub fn new(plan: &Plan, number: u8, mut stops: Vec<Stop>) -> Self {
        stops.reverse();
        Self {
            number,
            next: 0,
            unreadable: 0,
            newest: 0,
            broken: false,
            beyond: false,
            size: plan.parts.get(usize::from(number)).map_or(0, |part| part.size),
            frontier: Frontier::new(),
            stops,
            redactions: Redactions::default(),
            keys: plan.keys.as_ref().map(|keys| keys.start(number)),
            unseen: Vec::new(),
        }
    }

    /// Notes what would have been published in entries that did not come.
    fn miss(&mut self, plan: &Plan, entries: Range<u64>) {
        let published = plan.policies.iter().map(|policy| policy.entry);
        self.unseen.extend(published.filter(|entry| entries.contains(entry)));
    }

    /// True once all of its entries came, readable or not.
    pub const fn is_over(&self) -> bool {
        self.next.saturating_add(self.unreadable) >= self.size
    }

    /// Takes the next entries.
    pub fn take(&mut self, plan: &Plan, run: &Run, find: Find<'_>) {
        let first = run.place(run.start());
        let unreadable = std::mem::take(&mut self.unreadable) + run.unreadable;
        let expected = self.next.saturating_add(unreadable);
        self.broken |= unreadable > 0 || run.broken;
        if run.start() < self.next || plan.complete && run.start() < expected {
            find(first, Problem::Disordered(expected));
            self.broken = true;
        } else if plan.complete && run.start() > expected {
            find(first, Problem::Missing(expected));
            self.broken = true;
        }
        if run.end() > self.size && !self.beyond {
            find(run.place(run.start().max(self.size)), Problem::Beyond(self.size));
            self.beyond = true;
        }
        self.miss(plan, self.next..run.start());
        self.next = self.next.max(run.end());
        if plan.complete && !self.broken {
            self.redactions.take(run, self.newest);
            self.grow(run, find);
        }
        self.newest = self.newest.max(run.latest);
    }

    /// Adds the leaves to the tree, and compares it wherever it was committed to.
    fn grow(&mut self, run: &Run, find: Find<'_>) {
        if self.stops.last().is_none_or(|stop| stop.size > run.end()) {
            self.frontier.append_span(&run.span);
            return;
        }
        for leaf in &run.leaves {
            self.frontier.append(*leaf);
            while let Some(stop) = self.stops.last().filter(|stop| stop.size <= self.frontier.size().0) {
                if self.frontier.root() != stop.root {
                    find(stop.place, Problem::PartHead(self.number, stop.size));
                }
                self.stops.pop();
            }
        }
    }

    /// Follows a change of keys.
    pub fn follow(&mut self, change: &KeyChange) -> Result<(), KeyProblem> {
        // Without a first key there is nothing to follow, which was found before.
        self.keys.as_mut().map_or(Ok(()), |keys| keys.take(change))
    }

    /// Holds a redaction against what is missing.
    pub fn redact(&mut self, index: u64, redaction: &Redaction, months: Option<u16>) -> Option<Problem> {
        if self.broken { None } else { self.redactions.check(index, redaction, months) }
    }

    /// The entries, ascending, that would have published a policy and did not come. For after the last row.
    pub fn unseen(&mut self, plan: &Plan) -> Vec<u64> {
        self.miss(plan, self.next..self.size);
        std::mem::take(&mut self.unseen)
    }

    /// After its last row; so many rows of the file end there. Returns the root, if it is the one that was signed.
    pub fn end(mut self, plan: &Plan, rows: u64, find: Find<'_>) -> Option<Hash> {
        let place = Place::Part(self.number);
        let planned = plan.parts.get(usize::from(self.number))?;
        let signed = planned.head.filter(|head| head.size.0 == self.size);
        if plan.complete && self.next < self.size && self.unreadable == 0 {
            find(place, Problem::Short(self.next, self.size));
        }
        let whole =
            plan.complete && !self.broken && !self.beyond && self.unreadable == 0 && self.next == self.size;
        // Up to where the rows go, trees were compared on the way.
        for stop in self.stops.iter().rev().filter(|stop| plan.complete && stop.size > self.size) {
            find(stop.place, Problem::PartHead(self.number, stop.size));
        }
        if !whole {
            return None;
        }
        if let Some(index) = self.redactions.unexplained() {
            let number = rows - self.size + index + 1;
            find(Place::Row { number, part: self.number, index }, Problem::Unexplained);
        }
        let newest = self.keys.as_ref().and_then(|keys| keys.newest());
        if let Some((newest, origin)) = newest.zip(plan.keys.as_ref()?.origin_of(self.number)) {
            let trust = Trust { origin: &origin, keys: std::slice::from_ref(newest), witnesses: &[] };
            if signed.is_some() && verify_checkpoint(planned.checkpoint.as_bytes(), &trust).is_err() {
                find(place, Problem::OldKey);
            }
        }
        if signed.is_some_and(|head| head.root != self.frontier.root()) {
            find(place, Problem::Root);
            return None;
        }
        signed.map(|head| head.root)
    }
}
