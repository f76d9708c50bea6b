//! Numbers of many days, places, languages and variants, and how they are put together for whoever reads them.
//!
//! What is too small is hidden once, at the bottom, before anything is added up: so every answer is made of the same numbers, and
//! no two of them can be subtracted from each other to find out what was hidden.

use std::collections::BTreeMap;

use consentry_api::object::CountKey;
use consentry_api::shown::parse_shown;
use consentry_api::stats::{Dimension, Event, NO_VARIANT, OTHER, SMALLEST_GROUP, StatsRow};
use consentry_api::time::serialize_time;
use consentry_core::UnixMillis;
use consentry_core::time::DAY;

/// How often each event happened, in the order of [`Event::ALL`].
type Counts = [u64; Event::ALL.len()];

/// Day, jurisdiction and language: the smallest group that anything is said of.
type Group = (u64, String, String);

/// The numbers of a site.
#[derive(Debug, Default)]
pub struct Numbers {
    /// By group, then by variant.
    groups: BTreeMap<Group, BTreeMap<String, Counts>>,
}

impl Numbers {
    /// Adds a number to those that are there. What a later version of this code counts is left out.
    pub fn add(&mut self, (day, jurisdiction, shown, event): &CountKey, count: u64) {
        let Some(at) = Event::ALL.iter().position(|known| known.as_str() == event) else { return };
        let (language, variant) = parse_shown(shown);
        let group = self.groups.entry((*day, jurisdiction.clone(), language.into())).or_default();
        let counts = group.entry(variant.unwrap_or(NO_VARIANT).into()).or_default();
        if let Some(number) = counts.get_mut(at) {
            *number += count;
        }
    }

    /// The rows, told apart by these dimensions and in their order.
    pub fn rows(&self, by: &[Dimension]) -> Vec<StatsRow> {
        let mut rows: BTreeMap<[Option<String>; Dimension::ALL.len()], Counts> = BTreeMap::new();
        for ((day, jurisdiction, language), variants) in &self.groups {
            let (jurisdiction, language) =
                if is_small(variants) { (OTHER, OTHER) } else { (jurisdiction.as_str(), language.as_str()) };
            for (variant, counts) in variants {
                let value = |dimension| match dimension {
                    Dimension::Day => date(*day),
                    Dimension::Jurisdiction => jurisdiction.into(),
                    Dimension::Language => language.into(),
                    Dimension::Variant => variant.clone(),
                };
                let key = Dimension::ALL.map(|dimension| by.contains(&dimension).then(|| value(dimension)));
                add_up(rows.entry(key).or_default(), counts);
            }
        }
        if by.is_empty() && rows.is_empty() {
            return vec![StatsRow::new(Counts::default())];
        }
        rows.into_iter()
            .map(|([day, jurisdiction, language, variant], counts)| StatsRow {
                day,
                jurisdiction,
                language,
                variant,
                ..StatsRow::new(counts)
            })
            .collect()
    }
}

/// Whether fewer people than may be told apart can be behind a group. Everybody who decides may have been shown the question
/// first, so they are not counted twice.
fn is_small(variants: &BTreeMap<String, Counts>) -> bool {
    let mut all = Counts::default();
    variants.values().for_each(|counts| add_up(&mut all, counts));
    let [shown, _, decided @ ..] = all;
    shown.max(decided.iter().sum()) < SMALLEST_GROUP
}

fn add_up(sum: &mut Counts, counts: &Counts) {
    sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
}

/// `2026-11-22`
fn date(day: u64) -> String {
    let time = serialize_time(UnixMillis(day.saturating_mul(DAY)));
    time.split('T').next().unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(counts: &[(u64, &str, &str, &str, u64)]) -> Numbers {
        let mut numbers = Numbers::default();
        for (day, jurisdiction, shown, event, count) in counts {
            numbers.add(&(*day, (*jurisdiction).into(), (*shown).into(), (*event).into()), *count);
        }
        numbers
    }

    fn told(numbers: &Numbers, by: &[Dimension]) -> Vec<String> {
        let row = |row: &StatsRow| {
            let names: Vec<&str> = Dimension::ALL.iter().filter_map(|dimension| row.of(*dimension)).collect();
            format!("{} {}/{}", names.join(" "), row.accepted, row.shown)
        };
        numbers.rows(by).iter().map(row).collect()
    }

    #[test]
    fn group_of_fewer_than_five_is_told_apart_by_its_day_alone() {
        use Dimension::{Day, Jurisdiction, Language, Variant};
        let numbers = numbers(&[
            (1, "DE", "de-x-a", "shown", 6),
            (1, "DE", "de-x-b", "accepted", 2),
            (1, "LI", "de", "shown", 4),
            (1, "LI", "de", "accepted", 1),
            (1, "FR", "fr-x-a", "accepted", 4),
            // The same place and language on another day, with enough.
            (2, "LI", "de", "shown", 5),
        ]);
        assert_eq!(
            told(&numbers, &[Day, Jurisdiction, Language]),
            ["1970-01-02 DE de 2/6", "1970-01-02 other other 5/4", "1970-01-03 LI de 0/5"]
        );
        assert_eq!(told(&numbers, &[Jurisdiction]), ["DE 2/6", "LI 0/5", "other 5/4"]);
        assert_eq!(told(&numbers, &[Language]), ["de 2/11", "other 5/4"]);
        assert_eq!(told(&numbers, &[Variant]), ["a 4/6", "b 2/0", "none 1/9"]);
        assert_eq!(told(&numbers, &[]), [" 7/15"]);
    }

    #[test]
    fn group_is_as_large_as_the_larger_of_asked_and_deciding() {
        use Dimension::Jurisdiction;
        let small = numbers(&[
            (1, "LI", "de", "shown", 4),
            (1, "LI", "de", "dismissed", 4),
            (1, "LI", "de", "saved", 4),
        ]);
        assert_eq!(told(&small, &[Jurisdiction]), ["other 0/4"]);
        let large = numbers(&[(1, "LI", "de", "signal", 3), (1, "LI", "de-x-a", "rejected", 2)]);
        assert_eq!(told(&large, &[Jurisdiction]), ["LI 0/0"]);
    }

    #[test]
    fn nothing_counted_is_one_row_of_zeros() {
        let none = Numbers::default();
        assert_eq!(none.rows(&[]), [StatsRow::new(Counts::default())]);
        assert_eq!(none.rows(&[Dimension::Day]), []);
        assert_eq!(none.rows(&[])[0].accepted_per_shown, None);
    }
}
