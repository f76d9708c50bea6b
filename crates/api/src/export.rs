//! An entry as an auditor exports it: one NDJSON line or one CSV row, from which the very bytes that are hashed can be made
//! again.

use std::borrow::Cow;

use consentry_core::bytes::{decode_hex, serialize_hex};
use consentry_core::{
    Evidence, Personal, parse_evidence, parse_personal, serialize_evidence, serialize_personal,
};
use consentry_log::{Kind, parse_entry, serialize_entry};
use serde::{Deserialize, Serialize};

use crate::object::StoredEntry;
use crate::pairs::Pairs;
use crate::record::{dnt_word, gpc_word};
use crate::time::serialize_time;

/// One exported entry. Field names follow ISO/IEC TS 27560 where it has one. Entries that are no records have `index`, `kind`,
/// `server_time`, `entry` and `leaf_hash` only.
///
/// A row with a field more is refused: whoever reads it could take that field for one that is hashed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ExportRow<'a> {
    /// The part of the site's log, 0 unless it is sharded.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub log: u8,
    /// Position in that part.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub index: u64,
    /// `record`, `policy_published`, `redaction`, `key_change` or `shard_heads`.
    #[serde(borrow)]
    #[cfg_attr(feature = "openapi", schema(required))]
    pub kind: Cow<'a, str>,
    /// Empty, or why something is missing: `erasure` (the visitor's part), `retention` (all but the hash), `withheld` (the
    /// visitor's part, from this auditor).
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub redacted: Cow<'a, str>,
    /// The record, a UUIDv7.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub record_id: Cow<'a, str>,
    /// The visitor on this site.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub subject_id: Cow<'a, str>,
    /// The record this one supersedes, empty when none.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub previous_record_id: Cow<'a, str>,
    /// The site.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub site_id: Cow<'a, str>,
    /// When the edge received it (RFC 3339, UTC): the authoritative time.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub server_time: Cow<'a, str>,
    /// When the client says it was made.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub client_time: Cow<'a, str>,
    /// It came more than ten minutes later: a queue, or a wrong clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late: Option<bool>,
    /// `edge` or `operator`: who vouches for place and headers.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub attested_by: Cow<'a, str>,
    /// `accept_all`, `reject_all`, `save`, `withdraw`, `signal`.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub action: Cow<'a, str>,
    /// `banner`, `preferences`, `form`, `api`, `gpc`, `dnt`.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub source: Cow<'a, str>,
    /// Every category, granted or not, in the policy's order.
    #[serde(borrow, skip_serializing_if = "Pairs::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, bool>))]
    pub categories: Pairs<'a>,
    /// Services refused inside granted categories.
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub denied_services: Vec<Cow<'a, str>>,
    /// `Sec-GPC` of the request: `on` or `absent`.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub gpc_header: Cow<'a, str>,
    /// `navigator.globalPrivacyControl`: `on`, `off`, `absent`.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub gpc_dom: Cow<'a, str>,
    /// `DNT` of the request: `on`, `allow`, `unset`.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub dnt_header: Cow<'a, str>,
    /// `navigator.doNotTrack`: `on`, `allow`, `unset`.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub dnt_dom: Cow<'a, str>,
    /// The visitor's browser remembered a signal, from now or earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal_seen: Option<bool>,
    /// Chosen against a signal after being told of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overridden: Option<bool>,
    /// Where the edge runtime saw the visitor: `DE`, `US-CA`, `unknown`.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub jurisdiction: Cow<'a, str>,
    /// `opt_in`, `opt_out`, `notice`.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub model: Cow<'a, str>,
    /// The published policy version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_version: Option<u32>,
    /// The position, in part 0, of the entry that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_entry: Option<u64>,
    /// SHA-256 of that policy.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub policy_hash: Cow<'a, str>,
    /// Language of the texts shown and, after `-x-`, the variant where the policy has several.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub language: Cow<'a, str>,
    /// Until when the decision holds.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub valid_until: Cow<'a, str>,
    /// 64 hexadecimal digits, hashed together with the visitor's part.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub salt: Cow<'a, str>,
    /// SHA-256 of the visitor's part; only where that part is missing.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub commitment: Cow<'a, str>,
    /// The entry's bytes in hexadecimal; only where it is no record.
    #[serde(borrow, skip_serializing_if = "str::is_empty")]
    pub entry: Cow<'a, str>,
    /// SHA-256 of the leaf (RFC 6962 §2.1).
    #[serde(borrow)]
    #[cfg_attr(feature = "openapi", schema(required))]
    pub leaf_hash: Cow<'a, str>,
}

/// Why a stored entry cannot be exported: the storage does not hold what was logged. The export ends; leaving the entry out
/// silently would be a hole in the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedEntry {
    /// Its position.
    pub index: u64,
    /// What is wrong with it.
    pub problem: String,
}

impl std::fmt::Display for DamagedEntry {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "entry {} is damaged: {}", self.index, self.problem)
    }
}

/// The word of a kind of entry.
pub const fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Record => "record",
        Kind::PolicyPublished => "policy_published",
        Kind::Redaction => "redaction",
        Kind::KeyChange => "key_change",
        Kind::ShardHeads => "shard_heads",
    }
}

/// The kind of a word.
pub fn parse_kind(word: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind_word(*kind) == word)
}

/// A stored entry, read.
#[derive(Debug, Clone, PartialEq)]
pub enum ReadEntry {
    /// A record whose time is over: only its hash is left.
    Pruned,
    /// A record, perhaps without the visitor's part.
    Record(Box<Evidence>, Option<Personal>),
    /// Something the log says of itself: the bytes of the entry.
    Statement(Kind, Vec<u8>),
}

/// Reads a stored entry.
pub fn read_entry((index, kind, _, entry, personal, _): &StoredEntry) -> Result<ReadEntry, DamagedEntry> {
    let damaged = |problem: String| DamagedEntry { index: *index, problem };
    let kind = Kind::parse(*kind).ok_or_else(|| damaged(format!("unknown kind {kind}")))?;
    let bytes = decode_hex(entry).ok_or_else(|| damaged("not hexadecimal".into()))?;
    if bytes.is_empty() && kind == Kind::Record {
        return Ok(ReadEntry::Pruned);
    }
    let parsed = parse_entry(&bytes).map_err(|error| damaged(error.to_string()))?;
    if parsed.kind != kind {
        return Err(damaged("its kind is not that of its bytes".into()));
    }
    if kind != Kind::Record {
        return Ok(ReadEntry::Statement(kind, bytes));
    }
    let evidence = parse_evidence(parsed.payload).map_err(|error| damaged(error.to_string()))?;
    let personal = match personal.as_str() {
        "" => None,
        text => {
            let bytes = decode_hex(text).ok_or_else(|| damaged("not hexadecimal".into()))?;
            Some(parse_personal(&bytes).map_err(|error| damaged(error.to_string()))?)
        }
    };
    Ok(ReadEntry::Record(Box::new(evidence), personal))
}

impl ExportRow<'static> {
    /// The row of a stored entry of a part of the log. `withhold` leaves out who decided.
    pub fn new(log: u8, stored: &StoredEntry, entry: &ReadEntry, withhold: bool) -> Self {
        let (index, kind, time, bytes, _, leaf) = stored;
        let word = |text: &'static str| Cow::Borrowed(text);
        let base = Self {
            log,
            index: *index,
            kind: word(Kind::parse(*kind).map_or("unknown", kind_word)),
            leaf_hash: leaf.to_ascii_lowercase().into(),
            ..Self::default()
        };
        match entry {
            ReadEntry::Pruned => Self { redacted: word("retention"), ..base },
            ReadEntry::Statement(..) => Self {
                server_time: serialize_time(consentry_core::UnixMillis(*time)).into(),
                entry: bytes.to_ascii_lowercase().into(),
                ..base
            },
            ReadEntry::Record(evidence, personal) => {
                let shown = personal.as_ref().filter(|_| !withhold);
                let redacted = match (personal, shown) {
                    (None, _) => "erasure",
                    (Some(_), None) => "withheld",
                    (Some(_), Some(_)) => "",
                };
                let row = Self { redacted: word(redacted), ..base }.with_evidence(evidence);
                match shown {
                    Some(personal) => row.with_personal(personal),
                    None => Self { commitment: serialize_hex(&evidence.commitment).into(), ..row },
                }
            }
        }
    }

    fn with_personal(self, personal: &Personal) -> Self {
        Self {
            record_id: personal.id.to_string().into(),
            subject_id: personal.subject.to_hex().into(),
            previous_record_id: personal.previous.map(|id| id.to_string()).unwrap_or_default().into(),
            client_time: serialize_time(personal.id.client_time()).into(),
            salt: serialize_hex(&personal.salt).into(),
            ..self
        }
    }

    fn with_evidence(self, evidence: &Evidence) -> Self {
        Self {
            site_id: evidence.site.to_string().into(),
            server_time: serialize_time(evidence.server_time).into(),
            late: Some(evidence.late),
            attested_by: evidence.attested_by.as_str().into(),
            action: evidence.action.as_str().into(),
            source: evidence.source.as_str().into(),
            categories: Pairs(
                evidence.categories.iter().map(|(id, on)| (id.to_string().into(), *on)).collect(),
            ),
            denied_services: evidence.denied_services.iter().map(|id| id.to_string().into()).collect(),
            gpc_header: gpc_word(evidence.signals.header.gpc).into(),
            gpc_dom: gpc_word(evidence.signals.dom.gpc).into(),
            dnt_header: dnt_word(evidence.signals.header.dnt).into(),
            dnt_dom: dnt_word(evidence.signals.dom.dnt).into(),
            signal_seen: Some(evidence.signal_seen),
            overridden: Some(evidence.overridden),
            jurisdiction: evidence.jurisdiction.to_string().into(),
            model: evidence.model.as_str().into(),
            policy_version: Some(evidence.policy_version),
            policy_entry: Some(evidence.policy_entry),
            policy_hash: serialize_hex(&evidence.policy_hash).into(),
            language: evidence.language.clone().into(),
            valid_until: serialize_time(evidence.valid_until).into(),
            ..self
        }
    }
}

impl<'a> ExportRow<'a> {
    /// The row of a line of NDJSON, borrowing what it can. The error says what is no row.
    pub fn parse_json(line: &'a [u8]) -> Result<Self, String> {
        serde_json::from_slice(line).map_err(|error| error.to_string())
    }

    /// Adds the row as JSON, without a line end. There is one spelling of a row.
    pub fn push_json(&self, line: &mut Vec<u8>) {
        // Writing to memory cannot fail, and no field has a type that JSON lacks.
        let _ = serde_json::to_writer(line, self);
    }
}

/// The bytes of a record's entry in the log, as they are hashed. `None` only for what could not have been logged.
pub fn record_entry(evidence: &Evidence) -> Option<Vec<u8>> {
    serialize_entry(Kind::Record, &serialize_evidence(evidence)).ok()
}

/// The bytes a commitment is made over.
pub fn personal_bytes(personal: &Personal) -> Vec<u8> {
    serialize_personal(personal)
}
