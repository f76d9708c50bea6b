//! Law as data: what each place asks for, and where that is written. The table is in `table.rs`, one row per place.
//!
//! A row is not legal advice. It says how well its source was checked, so that a lawyer knows where to begin.

mod table;

pub use table::TABLE;

use crate::jurisdiction::{Jurisdiction, Model};
use crate::time::LONGEST_COOKIE_DAYS;

/// What the law of a place asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// How consent works where the policy names no other model.
    pub model: Model,
    /// An entry named "Your Privacy Choices" or "Do Not Sell or Share" must lead to the opt-out (11 CCR §7013, §7015).
    pub opt_out_entry: bool,
    /// Whether a signal was honoured must be displayed (11 CCR §7025(c)(6), since 2026-01-01). It is displayed everywhere.
    pub honoured_display: bool,
    /// A universal opt-out signal is an opt-out by law. It is honoured everywhere.
    pub signal_binding: bool,
    /// How long a choice may hold, in days: at least, at most.
    pub choice_days: (u16, u16),
    /// For how many days after a refusal nobody may be asked again, at least.
    pub cooldown_days: u16,
    /// For how many months records are to be kept, at least; 0 where nothing is said. Retention is a matter of the whole log
    /// (`record_months` in the policy), so this is not enforced by place.
    pub record_months: u16,
}

/// How well a row's source was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Checked {
    /// The text of the law, or of its regulator, was read.
    Text,
    /// Commentary on it was read.
    Commentary,
    /// Neither: general knowledge, to be verified before anybody relies on it.
    No,
}

impl Checked {
    /// In words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text read",
            Self::Commentary => "commentary read",
            Self::No => "to be verified",
        }
    }
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Law {
    /// `DE`, `US-CA`; `US-*` for every other region of a country, `*` for every other place.
    pub place: &'static str,
    /// What follows for us.
    pub rules: Rules,
    /// The acts it follows from.
    pub law: &'static str,
    /// Where in them.
    pub section: &'static str,
    /// Since when, `YYYY-MM-DD`; empty where the row rests on no date.
    pub since: &'static str,
    /// How well that was checked.
    pub checked: Checked,
}

/// The row of a place: its own, that of its country's other regions, that of its country, or the last one.
pub fn law_of(place: Jurisdiction) -> &'static Law {
    let own = |law: &&Law| place.is(law.place);
    let found = TABLE.iter().find(own).or_else(|| {
        let country = place.without_region();
        let others =
            |law: &&Law| place != country && law.place.strip_suffix("-*").is_some_and(|at| country.is(at));
        let whole = |law: &&Law| country.is(law.place);
        TABLE.iter().find(others).or_else(|| TABLE.iter().find(whole))
    });
    found.unwrap_or(&table::ELSEWHERE)
}

impl Rules {
    /// The strictest model, and no word on anything else.
    pub(crate) const OPT_IN: Rules = Rules {
        model: Model::OptIn,
        opt_out_entry: false,
        honoured_display: false,
        signal_binding: false,
        choice_days: (1, LONGEST_COOKIE_DAYS),
        cooldown_days: 0,
        record_months: 0,
    };

    /// The days a policy asks for, brought within the limits. The upper one wins, should a table ever contradict itself.
    pub(crate) fn choice_days_of(&self, wanted: u16) -> u16 {
        let (least, most) = self.choice_days;
        wanted.max(least).min(most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn is_date(text: &str) -> bool {
        text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            })
    }

    #[test]
    fn table_names_every_place_once_with_its_source() {
        for (at, law) in TABLE.iter().enumerate() {
            let place = law.place.strip_suffix("-*").unwrap_or(law.place);
            assert_eq!(Jurisdiction::parse(place).map(|at| at.to_string()).as_deref(), Some(place));
            assert!(!TABLE[..at].iter().any(|earlier| earlier.place == law.place), "{} twice", law.place);
            assert!(!law.law.is_empty() && !law.section.is_empty(), "{}", law.place);
            assert!(law.since.is_empty() || is_date(law.since), "{}: {}", law.place, law.since);
        }
    }

    #[test]
    fn table_asks_for_nothing_a_browser_cannot_keep() {
        for law in TABLE.iter().chain([&table::ELSEWHERE]) {
            let (least, most) = law.rules.choice_days;
            assert!(1 <= least && least <= most && most <= LONGEST_COOKIE_DAYS, "{}", law.place);
            assert!(law.rules.cooldown_days <= LONGEST_COOKIE_DAYS, "{}", law.place);
        }
    }

    #[test]
    fn law_of_a_place_is_its_own_row_then_its_countrys_then_the_strictest() {
        for (place, row) in [
            ("US-CA", "US-CA"),
            ("US-WY", "US-*"),
            ("US", "US"),
            ("CA-QC", "CA-QC"),
            ("CA-ON", "CA"),
            ("DE-BY", "DE"),
            ("GF", "*"),
            ("unknown", "*"),
        ] {
            let found = law_of(Jurisdiction::parse(place).unwrap());
            assert_eq!(found.place, row, "{place}");
        }
    }

    #[test]
    fn place_is_exactly_what_it_is_parsed_from() {
        let places = TABLE
            .iter()
            .map(|law| law.place)
            .chain(["XX", "D", "DE-", "de", "US-CAL", "US-CA ", "unknown", ""]);
        let places: alloc::vec::Vec<&str> = places.collect();
        for place in places.iter().filter_map(|text| Jurisdiction::parse(text)) {
            for text in places.iter().filter(|text| **text != "unknown") {
                assert_eq!(place.is(text), Jurisdiction::parse(text) == Some(place), "{place} {text}");
            }
        }
    }

    #[test]
    fn law_of_an_unknown_state_is_no_laxer_than_that_of_any_state() {
        let unknown = law_of(Jurisdiction::parse("US").unwrap()).rules;
        for state in TABLE.iter().filter(|law| law.place.starts_with("US-")) {
            let rules = state.rules;
            assert!(unknown.opt_out_entry || !rules.opt_out_entry, "{}", state.place);
            assert!(unknown.honoured_display || !rules.honoured_display, "{}", state.place);
            assert!(unknown.signal_binding || !rules.signal_binding, "{}", state.place);
            assert!(unknown.cooldown_days >= rules.cooldown_days, "{}", state.place);
            assert!(unknown.choice_days.0 >= rules.choice_days.0, "{}", state.place);
        }
    }

    #[test]
    fn signal_is_binding_in_exactly_the_states_whose_law_says_so() {
        let binding = TABLE.iter().filter(|law| law.rules.signal_binding && law.place.len() == 5);
        let mut states: alloc::vec::Vec<&str> = binding.map(|law| &law.place[3..]).collect();
        states.sort_unstable();
        assert_eq!(states, ["CA", "CO", "CT", "DE", "MD", "MN", "MT", "NE", "NH", "NJ", "OR", "TX"]);
    }
}
