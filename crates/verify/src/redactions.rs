//! What is missing in the rows of one part, against what the part says was erased: neither may go without the other.
//!
//! Memory grows with what was erased and with what the log says of itself, sixteen bytes a range; never with the records.

use consentry_core::UnixMillis;
use consentry_core::statement::{IndexRange, Redaction, RedactionReason};
use consentry_core::time::{CLOCKS_DIFFER, longest_months};

use crate::batch::Run;
use crate::finding::Problem;

/// What one part has shown so far.
#[derive(Debug, Default)]
pub struct Redactions {
    /// Records without their personal part, ascending.
    erased: Vec<IndexRange>,
    /// What redactions by persons named, in the order in which they did.
    named: Vec<IndexRange>,
    /// Records of which only the leaf is left, ascending, and the latest time of any entry before each range.
    pruned: Vec<(IndexRange, u64)>,
    /// Redactions by time name everything below this.
    pruned_below: u64,
    /// The first record that was not pruned.
    first_kept: Option<u64>,
    statements: Vec<u64>,
}

impl Redactions {
    /// Takes the next entries. `newest` is the latest time of any entry before them.
    pub fn take(&mut self, run: &Run, newest: u64) {
        for range in &run.erased {
            join(&mut self.erased, *range);
        }
        for (range, latest) in &run.pruned {
            let latest = newest.max(*latest);
            match self.pruned.last_mut() {
                Some((last, before)) if last.end == range.start && *before == latest => last.end = range.end,
                _ => self.pruned.push((*range, latest)),
            }
        }
        self.statements.extend(run.statements.iter().map(|(index, _)| index));
        if self.first_kept.is_none() {
            self.first_kept = self.shown(IndexRange { start: run.start(), end: run.end() }, false);
        }
    }

    /// The first entry of a range that is a record and is not missing. `erased` says whether an erased one counts as missing.
    fn shown(&self, range: IndexRange, erased: bool) -> Option<u64> {
        let mut at = range.start;
        while at < range.end {
            at = if let Some(pruned) = find(&self.pruned, at, |(pruned, _)| *pruned) {
                pruned.end
            } else if let Some(erased) = find(&self.erased, at, |erased| *erased).filter(|_| erased) {
                erased.end
            } else if self.statements.binary_search(&at).is_ok() {
                at + 1
            } else {
                return Some(at);
            };
        }
        None
    }

    /// Holds a redaction, which is at this position, against what is missing before it. `months` is how long records had to
    /// be kept then, if anybody knows.
    pub fn check(&mut self, index: u64, redaction: &Redaction, months: Option<u16>) -> Option<Problem> {
        if redaction.entries.last().is_some_and(|last| last.end > index) {
            return Some(Problem::RedactsLater);
        }
        match redaction.reason {
            RedactionReason::Visitor | RedactionReason::Operator => {
                self.named.extend(&redaction.entries);
                let shown = redaction.entries.iter().find_map(|range| self.shown(*range, true));
                shown.map(Problem::StillShown)
            }
            RedactionReason::Retention { cutoff } => {
                let problem = redaction.entries.iter().find_map(|range| self.check_pruned(*range, cutoff));
                let kept = months.map(longest_months);
                let early = kept.is_some_and(|kept| cutoff.0 > redaction.time.0.saturating_sub(kept));
                if early { Some(Problem::PrunedEarly) } else { problem }
            }
        }
    }

    fn check_pruned(&mut self, range: IndexRange, cutoff: UnixMillis) -> Option<Problem> {
        let before = self.pruned_below;
        if range.start <= before {
            self.pruned_below = before.max(range.end);
        }
        // What is left of a record does not say when it was received, but what stands before it does, almost.
        let new = self.pruned.iter().rev().take_while(|(pruned, _)| pruned.end > before);
        let mut new = new.filter(|(pruned, _)| pruned.start < range.end);
        let early = new.any(|(_, latest)| latest.saturating_sub(CLOCKS_DIFFER) >= cutoff.0);
        let kept = self.first_kept.filter(|kept| range.has(*kept));
        kept.map(Problem::StillShown).or(early.then_some(Problem::PrunedEarly))
    }

    /// The first entry in which something is missing that no redaction named. For the end of the part.
    pub fn unexplained(&mut self) -> Option<u64> {
        let pruned = self.pruned.iter().find(|(pruned, _)| pruned.end > self.pruned_below);
        let pruned = pruned.map(|(pruned, _)| pruned.start.max(self.pruned_below));
        self.named.sort_unstable();
        let mut named = Vec::new();
        self.named.iter().for_each(|range| join(&mut named, *range));
        let erased = self.erased.iter().find_map(|erased| {
            let known = find(&named, erased.start, |range| *range);
            match known {
                None => Some(erased.start),
                Some(known) => (known.end < erased.end).then_some(known.end),
            }
        });
        pruned.into_iter().chain(erased).min()
    }
}

/// Adds a range to ranges that ascend; they may touch or overlap the last one only.
fn join(ranges: &mut Vec<IndexRange>, range: IndexRange) {
    match ranges.last_mut() {
        Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
        _ => ranges.push(range),
    }
}

/// Among ranges that ascend, the one that has this position.
fn find<T>(ranges: &[T], index: u64, range: impl Fn(&T) -> IndexRange) -> Option<IndexRange> {
    let at = ranges.partition_point(|one| range(one).end <= index);
    ranges.get(at).map(range).filter(|range| range.has(index))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::extend;
    use consentry_core::time::DAY;
    use consentry_log::Hash;
    use proptest::prelude::*;

    const NOW: u64 = 1_763_800_000_000;

    /// Entries as a word: `r` a record, `e` an erased one, `p` a pruned one, `s` a statement.
    fn part(word: &str) -> Redactions {
        let mut run = Run::new(0, 0, 0, 0);
        for (kind, index) in word.chars().zip(0..) {
            let leaf = Some(Hash::new([0; 32]));
            match kind {
                'e' => extend(&mut run.erased, index),
                'p' => {
                    let mut range = Vec::new();
                    extend(&mut range, index);
                    run.pruned.extend(range.into_iter().map(|range| (range, 0)));
                }
                's' => {
                    let nothing =
                        Redaction { time: UnixMillis(0), reason: RedactionReason::Visitor, entries: vec![] };
                    run.statements.push((index, crate::statement::Statement::Redaction(nothing)));
                }
                _ => {}
            }
            run.push(leaf, 0);
        }
        let mut redactions = Redactions::default();
        redactions.take(&run, 0);
        redactions
    }

    fn erase(ranges: &[(u64, u64)]) -> Redaction {
        let entries = ranges.iter().map(|(start, end)| IndexRange { start: *start, end: *end }).collect();
        Redaction { time: UnixMillis(NOW), reason: RedactionReason::Visitor, entries }
    }

    fn prune(end: u64, months: u16) -> Redaction {
        let cutoff = UnixMillis(NOW - longest_months(months));
        let entries = vec![IndexRange { start: 0, end }];
        Redaction { time: UnixMillis(NOW), reason: RedactionReason::Retention { cutoff }, entries }
    }

    #[test]
    fn what_is_missing_and_named_is_explained_and_anything_else_is_found() {
        for (entries, redactions, problem, unexplained) in [
            ("srer", vec![erase(&[(2, 3)])], None, None),
            ("srer", vec![], None, Some(2)),
            ("srrr", vec![erase(&[(2, 3)])], Some(Problem::StillShown(2)), None),
            ("eere", vec![erase(&[(3, 4)]), erase(&[(0, 2)])], None, None),
            ("eeee", vec![erase(&[(0, 1)]), erase(&[(2, 4)])], None, Some(1)),
            ("sere", vec![erase(&[(1, 5)])], Some(Problem::RedactsLater), Some(1)),
            // A statement in between loses nothing, and what was pruned since is gone, too.
            ("pser", vec![erase(&[(0, 3)]), prune(1, 24)], None, None),
            ("spps", vec![prune(3, 24)], None, None),
            ("spps", vec![prune(2, 24)], None, Some(2)),
            ("spps", vec![prune(3, 23)], Some(Problem::PrunedEarly), None),
            ("sprs", vec![prune(3, 24)], Some(Problem::StillShown(2)), None),
            ("spes", vec![prune(3, 24)], Some(Problem::StillShown(2)), Some(2)),
        ] {
            let mut part = part(entries);
            let index = entries.len() as u64;
            let found = redactions.iter().find_map(|redaction| part.check(index, redaction, Some(24)));
            assert_eq!((found, part.unexplained()), (problem, unexplained), "{entries} {redactions:?}");
        }
    }

    #[test]
    fn record_pruned_behind_an_entry_of_after_the_cutoff_is_found() {
        let cutoff = NOW - longest_months(24);
        for (time, found) in [(cutoff, false), (cutoff + CLOCKS_DIFFER, true), (cutoff + DAY, true)] {
            let mut run = Run::new(0, 1, 0, 0);
            let mut range = Vec::new();
            extend(&mut range, 1);
            run.pruned.extend(range.into_iter().map(|range| (range, 0)));
            run.push(None, 0);
            let mut part = part("s");
            part.take(&run, time);
            let problem = part.check(2, &prune(2, 24), Some(24));
            assert_eq!(problem, found.then_some(Problem::PrunedEarly), "{}", time - cutoff);
        }
    }

    proptest! {
        #[test]
        fn redactions_that_name_exactly_what_is_missing_explain_it_in_any_order(
            kinds in proptest::collection::vec(prop_oneof![2 => Just('r'), 2 => Just('e'), 1 => Just('s')], 1..60),
            seed in any::<u64>(),
        ) {
            let word: String = kinds.iter().collect();
            let mut erased: Vec<u64> = (0..).zip(&kinds).filter(|(_, kind)| **kind == 'e').map(|(at, _)| at).collect();
            // Two persons, their records mixed.
            let second = erased.extract_if(.., |index| seed >> (*index % 64) & 1 == 1).collect::<Vec<_>>();
            let mut part = part(&word);
            for whose in [&second, &erased] {
                let entries = IndexRange::cover(whose.iter().copied());
                let redaction = Redaction { time: UnixMillis(NOW), reason: RedactionReason::Operator, entries };
                prop_assert_eq!(part.check(kinds.len() as u64, &redaction, None), None);
            }
            prop_assert_eq!(part.unexplained(), None);
        }
    }
}
