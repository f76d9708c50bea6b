//! What the log says of itself: rows that are no records.

use consentry_api::export::{ExportRow, parse_kind};
use consentry_core::UnixMillis;
use consentry_core::bytes::decode_hex;
use consentry_core::statement::{
    KeyChange, PolicyPublished, Redaction, ShardHeads, parse_key_change, parse_policy_published,
    parse_redaction, parse_shard_heads,
};
use consentry_log::{Hash, Kind, leaf_hash, parse_entry};

use crate::finding::Problem;
use crate::record::first_of_evidence;
use crate::text;

/// A statement, read from its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// A policy took force.
    Policy(PolicyPublished),
    /// Something was erased.
    Redaction(Redaction),
    /// Another key signs from here on.
    Key(KeyChange),
    /// How far the other parts have come.
    Heads(ShardHeads),
}

impl Statement {
    /// When it was made.
    pub const fn time(&self) -> UnixMillis {
        match self {
            Self::Policy(published) => published.time,
            Self::Redaction(redaction) => redaction.time,
            Self::Key(change) => change.time,
            Self::Heads(heads) => heads.time,
        }
    }

    /// Reads the statement of a row and holds the row to it.
    pub fn read(row: &ExportRow<'_>) -> Result<Self, Problem> {
        let wrong = |error: &dyn std::fmt::Display| Problem::Statement(error.to_string());
        let is_spelled = !row.entry.is_empty() && !row.entry.bytes().any(|byte| byte.is_ascii_uppercase());
        let bytes = if is_spelled { decode_hex(&row.entry) } else { None };
        let bytes = bytes.ok_or(Problem::Field("entry"))?;
        if text::hex(row.leaf_hash.as_bytes()).map(Hash::new) != Some(leaf_hash(&bytes)) {
            return Err(Problem::LeafHash);
        }
        let entry = parse_entry(&bytes).map_err(|error| wrong(&error))?;
        if parse_kind(&row.kind) != Some(entry.kind) {
            return Err(Problem::Field("kind"));
        }
        if !row.redacted.is_empty() {
            return Err(Problem::Field("redacted"));
        }
        if let Some(name) = first_of_evidence(row) {
            return Err(Problem::Field(name));
        }
        let payload = entry.payload;
        let statement = match entry.kind {
            // A record is exported in its own words, so that its policy can be held against it.
            Kind::Record => return Err(Problem::Field("kind")),
            Kind::PolicyPublished => parse_policy_published(payload).map(Self::Policy),
            Kind::Redaction => parse_redaction(payload).map(Self::Redaction),
            Kind::KeyChange => parse_key_change(payload).map(Self::Key),
            Kind::ShardHeads => parse_shard_heads(payload).map(Self::Heads),
        };
        let statement = statement.map_err(|error| wrong(&error))?;
        if text::time(row.server_time.as_bytes()) == Some(statement.time()) {
            Ok(statement)
        } else {
            Err(Problem::Field("server_time"))
        }
    }
}
