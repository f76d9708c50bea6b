//! The policies that part 0 says were published, in the order in which it says so.

use std::collections::BTreeMap;

use consentry_core::UnixMillis;
use consentry_core::statement::PolicyPublished;
use consentry_core::time::CLOCKS_DIFFER;

use crate::batch::Use;
use crate::plan::{Plan, PolicyPlan};

/// One publication.
#[derive(Debug)]
struct Publication {
    time: UnixMillis,
    record_months: Option<u16>,
    /// How far part 0 had committed to the other parts before: what is in there came earlier.
    sealed: BTreeMap<u8, u64>,
}

/// The publications so far, by their policy's position in the plan.
#[derive(Debug, Default)]
pub struct Publications {
    seen: Vec<Option<Publication>>,
    /// One more was in rows that did not come.
    lost: bool,
}

impl Publications {
    /// The policies that no publication has come for.
    pub fn missing<'p>(&self, plan: &'p Plan) -> impl Iterator<Item = &'p PolicyPlan> {
        let seen: Vec<bool> = self.seen.iter().map(Option::is_some).collect();
        plan.policies
            .iter()
            .enumerate()
            .filter(move |(at, _)| seen.get(*at) != Some(&true))
            .map(|(_, policy)| policy)
    }

    /// Takes the next one, which is at this position. `false` if the plan knows another, or a later one came before.
    pub fn take(
        &mut self,
        plan: &Plan,
        index: u64,
        published: &PolicyPublished,
        sealed: BTreeMap<u8, u64>,
    ) -> bool {
        let Some((at, planned)) = plan.policy(published.version) else { return false };
        let ascends = at >= self.seen.len();
        if ascends {
            self.seen.resize_with(at, || None);
            let record_months = planned.record_months;
            self.seen.push(Some(Publication { time: published.time, record_months, sealed }));
        }
        ascends
            && (planned.entry, planned.hash) == (index, published.policy_hash)
            && plan.site.as_ref() == Some(&published.site)
    }

    /// Notes that one was in rows that did not come. Nobody knows any more which policy was in force at a time.
    pub const fn lose(&mut self) {
        self.lost = true;
    }

    /// The first record of a part that names a policy which came after it, if there is one, and where that policy is.
    pub fn check(&self, plan: &Plan, part: u8, used: &Use) -> Option<(u64, u64)> {
        let planned = plan.policies.get(used.policy)?;
        if part == 0 {
            return (used.first <= planned.entry).then_some((used.first, planned.entry));
        }
        // Without the publication nobody knows when it was; that is found by itself.
        let publication = self.seen.get(used.policy)?.as_ref()?;
        let sealed = publication.sealed.get(&part).copied().unwrap_or(0);
        let (time, index) = used.earliest;
        if used.first < sealed {
            Some((used.first, planned.entry))
        } else {
            (time.saturating_add(CLOCKS_DIFFER) < publication.time.0).then_some((index, planned.entry))
        }
    }

    /// How many months records had to be kept when something was pruned in a part. Part 0 has publications between its own
    /// entries. For the other parts clocks must do: where a new policy came within their difference, the shorter time counts.
    pub fn record_months(&self, part: u8, time: UnixMillis) -> Option<u16> {
        if self.lost {
            return None;
        }
        let seen: Vec<&Publication> = self.seen.iter().flatten().collect();
        if part == 0 {
            return seen.last()?.record_months;
        }
        let known = seen.partition_point(|one| one.time.0 <= time.0.saturating_add(CLOCKS_DIFFER));
        let before = seen.partition_point(|one| one.time.0.saturating_add(CLOCKS_DIFFER) <= time.0);
        let in_force = seen.get(before.saturating_sub(1)..known)?;
        in_force.iter().map(|one| one.record_months).collect::<Option<Vec<_>>>()?.into_iter().min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_that_records_had_to_be_kept_is_unknown_once_a_publication_is_lost() {
        let months = |record_months, time| {
            Some(Publication { time: UnixMillis(time), record_months, sealed: BTreeMap::new() })
        };
        let mut publications =
            Publications { seen: vec![months(Some(24), 0), months(Some(1), 1_000_000)], lost: false };
        for (part, time, kept) in [(0, 0, 1), (1, 500_000, 24), (1, 2_000_000, 1), (1, 1_000_001, 1)] {
            assert_eq!(publications.record_months(part, UnixMillis(time)), Some(kept), "{part}, {time}");
        }
        publications.lose();
        assert_eq!(publications.record_months(1, UnixMillis(500_000)), None);
    }
}
