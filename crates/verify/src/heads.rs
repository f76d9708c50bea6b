//! The trees of other parts that part 0 commits to, until each part has come that far.

use std::collections::BTreeMap;

use consentry_core::statement::ShardHeads;
use consentry_log::Hash;

use crate::finding::Place;

/// A tree that a part must have had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// After so many entries.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// Where it is committed to.
    pub place: Place,
}

/// All of them, by part. Forty bytes for each; as many as part 0 has such entries.
#[derive(Debug, Default)]
pub struct Heads {
    stops: BTreeMap<u8, Vec<Stop>>,
}

impl Heads {
    /// Takes an entry of part 0. `false` if a part has become smaller.
    pub fn take(&mut self, heads: &ShardHeads, place: Place) -> bool {
        let mut grows = true;
        for head in &heads.heads {
            let stops = self.stops.entry(head.shard).or_default();
            let stop = Stop { size: head.size, root: Hash::new(head.root), place };
            match stops.last() {
                Some(last) if last.size > stop.size => grows = false,
                Some(last) if (last.size, last.root) == (stop.size, stop.root) => {}
                _ => stops.push(stop),
            }
        }
        grows
    }

    /// How far each part is committed to so far.
    pub fn sizes(&self) -> BTreeMap<u8, u64> {
        let last = |(part, stops): (&u8, &Vec<Stop>)| Some((*part, stops.last()?.size));
        self.stops.iter().filter_map(last).collect()
    }

    /// The parts that are committed to.
    pub fn parts(&self) -> impl Iterator<Item = u8> {
        self.stops.keys().copied()
    }

    /// The trees of one part, in order of their size, for the last time.
    pub fn remove(&mut self, part: u8) -> Vec<Stop> {
        self.stops.remove(&part).unwrap_or_default()
    }
}
