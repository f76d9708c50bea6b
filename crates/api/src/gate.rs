//! What the gate is handed with its own code: the precomputed decision table, names, and the first layer.

use consentry_core::{DecisionTable, Model, decision::Row};
use serde::{Deserialize, Serialize};

/// The object the gate script is called with. Everything in it depends on policy, jurisdiction, language, the variant drawn and
/// the signal headers of the request; nothing on cookies.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct GatePayload {
    /// The site's identifier.
    pub site: String,
    /// The published policy version.
    pub policy: u32,
    /// The shell: first layer, honoured-signal status and preferences link, as HTML. Here, and not beside its style sheet, because
    /// Brotli makes twenty bytes less of it.
    pub html: String,
    /// The material fingerprint, 16 hexadecimal digits.
    pub fingerprint: String,
    /// Category identifiers in bit order.
    pub categories: Vec<String>,
    /// Services in bit order, each with the position of its category.
    pub services: Vec<(String, u8)>,
    /// Eight rows `[keep, add, ask]`: by standing (none, valid, outdated, cooling), then signal (off, on). `ask` is 0, or 1, or
    /// 2 where the visitor is asked *again* and is to be told so.
    pub table: [[u8; 3]; 8],
    /// The categories a signal denies.
    pub denied: u8,
    /// Signals in the headers of the request for this very script: 1 = GPC, 2 = DNT.
    pub header: u8,
    /// The consent model in force: `opt_out` or `notice`; left out where it is `opt_in`, as it is for most visitors.
    #[serde(default = "opt_in", skip_serializing_if = "is_opt_in")]
    pub model: String,
    /// How long a choice holds here, in days: the policy's word within the law's limits.
    pub choice_days: u16,
    /// How long nobody is asked again after a refusal here, in days.
    pub cooldown_days: u16,
    /// What the choice cookie's name begins with on HTTPS, and what follows its value: attributes that are the same for
    /// everybody.
    pub cookie: (String, String),
    /// The `Domain` the choice cookie is shared on, when the policy says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Language of the texts (BCP 47), with the variant drawn where the policy has several: `en-x-b`.
    pub language: String,
    /// Path of the banner's module below the prefix, `banner-HASH.js`.
    pub banner: String,
    /// Path of the module of what comes later, `later-HASH.js`.
    pub later: String,
    /// The preferences as a page of their own, below the prefix; where to return to is for the gate to add.
    pub page: String,
    /// Its style sheet.
    pub css: String,
}

fn opt_in() -> String {
    Model::OptIn.as_str().to_owned()
}

fn is_opt_in(model: &str) -> bool {
    model == Model::OptIn.as_str()
}

/// Header bit: Global Privacy Control.
pub const HEADER_GPC: u8 = 1;
/// Header bit: Do Not Track.
pub const HEADER_DNT: u8 = 2;

/// What `ask` says where an earlier choice is outdated.
pub const AGAIN: u8 = 2;

/// The table in the order and form the gate reads.
pub fn table_rows(table: &DecisionTable) -> [[u8; 3]; 8] {
    let row = |row: Row, ask: u8| [row.keep.0, row.add.0, if row.ask { ask } else { 0 }];
    let [[a, b], [c, d], [e, f], [g, h]] = table.0;
    [row(a, 1), row(b, 1), row(c, 1), row(d, 1), row(e, AGAIN), row(f, AGAIN), row(g, 1), row(h, 1)]
}
