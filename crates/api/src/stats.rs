//! Numbers for whoever looks after the banner: how often it was shown, and what came of it. They name nobody.

use consentry_core::Action;
use serde::{Deserialize, Serialize};

/// Something that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// The first layer was in a page somebody looked at.
    Shown,
    /// It was put away with Escape, for this page and without a decision.
    Dismissed,
    /// Everything was accepted.
    Accepted,
    /// Everything that can be refused was.
    Rejected,
    /// A choice of one's own was saved.
    Saved,
    /// An agreement was taken back.
    Withdrawn,
    /// Global Privacy Control or Do Not Track was heard and honoured.
    Signal,
}

impl Event {
    /// All of them, in the order of a row.
    pub const ALL: [Self; 7] = [
        Self::Shown,
        Self::Dismissed,
        Self::Accepted,
        Self::Rejected,
        Self::Saved,
        Self::Withdrawn,
        Self::Signal,
    ];

    /// The wire word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Dismissed => "dismissed",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Saved => "saved",
            Self::Withdrawn => "withdrawn",
            Self::Signal => "signal",
        }
    }

    /// An event from its wire word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == word)
    }

    /// What a record says happened.
    pub const fn of(action: Action) -> Self {
        match action {
            Action::AcceptAll => Self::Accepted,
            Action::RejectAll => Self::Rejected,
            Action::Save => Self::Saved,
            Action::Withdraw => Self::Withdrawn,
            Action::Signal => Self::Signal,
        }
    }

    /// Whether pages report it. Everything else is counted from the records.
    pub const fn is_reported(self) -> bool {
        matches!(self, Self::Shown | Self::Dismissed)
    }
}

/// What a page says of its first layer (`POST …/shown`): once for every page view on which it was there.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ShownReport {
    /// `shown`, or `dismissed` when it was put away with Escape.
    pub event: String,
    /// The language of its texts and, after `-x-`, the variant: `en`, `en-x-b`.
    pub language: String,
}

/// What rows can be told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// The day, UTC.
    Day,
    /// Where the edge saw the visitor.
    Jurisdiction,
    /// The language of the texts.
    Language,
    /// The variant of the banner.
    Variant,
}

impl Dimension {
    /// All of them, in the order of a row.
    pub const ALL: [Self; 4] = [Self::Day, Self::Jurisdiction, Self::Language, Self::Variant];

    /// The wire word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Jurisdiction => "jurisdiction",
            Self::Language => "language",
            Self::Variant => "variant",
        }
    }

    /// A dimension from its wire word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dimension| dimension.as_str() == word)
    }
}

/// What stands for a jurisdiction and a language where fewer than [`SMALLEST_GROUP`] people may be behind a number.
pub const OTHER: &str = "other";
/// What stands for the variant where there was none.
pub const NO_VARIANT: &str = "none";
/// Fewest people that a day's numbers of a jurisdiction and language may be about. With fewer, somebody who knows who was
/// there could read off what they decided.
pub const SMALLEST_GROUP: u64 = 5;

/// The numbers of a site (`GET …/stats`).
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stats {
    /// Records in the log.
    pub records: u64,
    /// Entries in the log: records and what the log says of itself.
    pub entries: u64,
    /// Root of the Merkle tree over them (RFC 6962 §2.1), 64 hexadecimal digits.
    pub root: String,
    /// Records by action; those whose time was over are counted as `redacted`.
    pub actions: Vec<(String, u64)>,
    /// The newest policy version, 0 when none.
    pub policy: u32,
    /// What the rows are told apart by: those of `day`, `jurisdiction`, `language` and `variant` that were asked for.
    pub by: Vec<String>,
    /// What happened on the whole days (UTC) of the time asked for; one row for all of it unless told apart.
    pub rows: Vec<StatsRow>,
}

/// What happened to the banner, in one group. Numbers are of page views and of decisions, never of people: nobody is
/// recognised who has not decided.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatsRow {
    /// `2026-11-22`, where told apart by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// `DE`, `US-CA`, `unknown`; `other` for all that are too small.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// `en`; `other` for all that are too small.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The variant's identifier; `none` where the policy had none, or where a page without the first layer was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Page views on which the first layer was shown.
    pub shown: u64,
    /// Of these, how often it was put away without a decision.
    pub dismissed: u64,
    /// Decisions to accept everything.
    pub accepted: u64,
    /// Decisions to reject everything.
    pub rejected: u64,
    /// Choices of one's own.
    pub saved: u64,
    /// Agreements taken back.
    pub withdrawn: u64,
    /// Signals honoured.
    pub signal: u64,
    /// `accepted`, `rejected` and `saved` together: how many the shares of choices are of.
    pub choices: u64,
    /// `accepted` for each `shown`; absent when it was never shown. Above 1 where more decide in the preferences than are asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_per_shown: Option<f64>,
    /// `accepted` for each of `choices`; absent without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_per_choice: Option<f64>,
}

impl StatsRow {
    /// The row of these numbers, in the order of [`Event::ALL`].
    pub fn new(counts: [u64; Event::ALL.len()]) -> Self {
        let [shown, dismissed, accepted, rejected, saved, withdrawn, signal] = counts;
        let choices = accepted + rejected + saved;
        // Four digits: more would claim an exactness that no such number has.
        let share = |of: u64| (of > 0).then(|| (accepted as f64 / of as f64 * 10_000.0).round() / 10_000.0);
        Self {
            shown,
            dismissed,
            accepted,
            rejected,
            saved,
            withdrawn,
            signal,
            choices,
            accepted_per_shown: share(shown),
            accepted_per_choice: share(choices),
            ..Self::default()
        }
    }

    /// The value of a dimension, where the row has it.
    pub fn of(&self, dimension: Dimension) -> Option<&str> {
        match dimension {
            Dimension::Day => self.day.as_deref(),
            Dimension::Jurisdiction => self.jurisdiction.as_deref(),
            Dimension::Language => self.language.as_deref(),
            Dimension::Variant => self.variant.as_deref(),
        }
    }

    /// The numbers in words, in the order of [`NUMBERS`].
    pub fn numbers(&self) -> [String; NUMBERS.len()] {
        let share = |share: Option<f64>| share.map(|share| share.to_string()).unwrap_or_default();
        let number = |number: u64| number.to_string();
        [
            number(self.shown),
            number(self.dismissed),
            number(self.accepted),
            number(self.rejected),
            number(self.saved),
            number(self.withdrawn),
            number(self.signal),
            number(self.choices),
            share(self.accepted_per_shown),
            share(self.accepted_per_choice),
        ]
    }
}

/// The names of a row's numbers, in the order of its columns.
pub const NUMBERS: [&str; 10] = [
    "shown",
    "dismissed",
    "accepted",
    "rejected",
    "saved",
    "withdrawn",
    "signal",
    "choices",
    "accepted_per_shown",
    "accepted_per_choice",
];

/// The rows as CSV (RFC 4180 with line feeds), with the columns of these dimensions first. No cell can be taken for a formula
/// or needs quotes: dates, places, languages, identifiers and numbers.
pub fn stats_csv(by: &[Dimension], rows: &[StatsRow]) -> String {
    let header: Vec<&str> = by.iter().map(|dimension| dimension.as_str()).chain(NUMBERS).collect();
    let mut text = header.join(",") + "\n";
    for row in rows {
        let dimensions = by.iter().map(|dimension| row.of(*dimension).unwrap_or_default().to_owned());
        text += &dimensions.chain(row.numbers()).collect::<Vec<_>>().join(",");
        text.push('\n');
    }
    text
}
