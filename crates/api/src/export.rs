//! A record as an auditor exports it: one NDJSON line or one CSV row, derived from the very bytes that are hashed.

use std::collections::BTreeMap;

use consentry_core::Record;
use consentry_core::bytes::serialize_hex;
use serde::{Deserialize, Serialize};

use crate::record::{dnt_word, gpc_word};
use crate::time::serialize_time;

/// How far client and server clock may differ before the row says so, in milliseconds.
pub const SKEW: u64 = 600_000;

/// One exported record. Field names follow ISO/IEC TS 27560 where it has one.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub struct ExportRow {
    /// Position in the site's log.
    pub index: u64,
    /// The record, a UUIDv7.
    pub record_id: String,
    /// The visitor on this site.
    pub subject_id: String,
    /// The record this one supersedes, empty when none.
    pub previous_record_id: String,
    /// The site.
    pub site_id: String,
    /// When the edge received it (RFC 3339, UTC): the authoritative time.
    pub server_time: String,
    /// When the client says it was made.
    pub client_time: String,
    /// The two differ by more than ten minutes: a queue, or a wrong clock.
    pub clock_skew: bool,
    /// `accept_all`, `reject_all`, `save`, `withdraw`, `signal`.
    pub action: String,
    /// `banner`, `preferences`, `form`, `api`, `gpc`, `dnt`.
    pub source: String,
    /// Every category, granted or not.
    pub categories: BTreeMap<String, bool>,
    /// Services refused inside granted categories.
    pub denied_services: Vec<String>,
    /// `Sec-GPC` of the request: `on` or `absent`.
    pub gpc_header: String,
    /// `navigator.globalPrivacyControl`: `on`, `off`, `absent`.
    pub gpc_dom: String,
    /// `DNT` of the request: `on`, `allow`, `unset`.
    pub dnt_header: String,
    /// `navigator.doNotTrack`: `on`, `allow`, `unset`.
    pub dnt_dom: String,
    /// Chosen against a signal after being told of it.
    pub overridden: bool,
    /// Where the edge runtime saw the visitor: `DE`, `US-CA`, `unknown`.
    pub jurisdiction: String,
    /// `opt_in`, `opt_out`, `notice`.
    pub model: String,
    /// The published policy version.
    pub policy_version: u32,
    /// SHA-256 of that policy.
    pub policy_hash: String,
    /// Language of the texts shown.
    pub language: String,
    /// Until when the decision holds.
    pub valid_until: String,
    /// SHA-256 of the leaf (RFC 6962 §2.1).
    pub leaf_hash: String,
}

/// The columns of the CSV export, in order. The three built-in categories have columns of their own.
pub const CSV_COLUMNS: &str = "index,record_id,subject_id,previous_record_id,site_id,server_time,client_time,clock_skew,\
action,source,required,functional,advertising,categories,denied_services,gpc_header,gpc_dom,dnt_header,dnt_dom,overridden,\
jurisdiction,model,policy_version,policy_hash,language,valid_until,leaf_hash";

impl ExportRow {
    /// The row of a stored record.
    pub fn new(index: u64, record: &Record, leaf_hash: &str) -> Self {
        let (client, server) = (record.client_time(), record.server_time);
        Self {
            index,
            record_id: record.id.to_string(),
            subject_id: record.subject.to_hex(),
            previous_record_id: record.previous.map(|id| id.to_string()).unwrap_or_default(),
            site_id: record.site.to_string(),
            server_time: serialize_time(server),
            client_time: serialize_time(client),
            clock_skew: client.0.abs_diff(server.0) > SKEW,
            action: record.action.as_str().into(),
            source: record.source.as_str().into(),
            categories: record.categories.iter().map(|(id, granted)| (id.to_string(), *granted)).collect(),
            denied_services: record.denied_services.iter().map(ToString::to_string).collect(),
            gpc_header: gpc_word(record.signals.header.gpc).into(),
            gpc_dom: gpc_word(record.signals.dom.gpc).into(),
            dnt_header: dnt_word(record.signals.header.dnt).into(),
            dnt_dom: dnt_word(record.signals.dom.dnt).into(),
            overridden: record.overridden,
            jurisdiction: record.jurisdiction.to_string(),
            model: record.model.as_str().into(),
            policy_version: record.policy_version,
            policy_hash: serialize_hex(&record.policy_hash),
            language: record.language.clone(),
            valid_until: serialize_time(record.valid_until),
            leaf_hash: leaf_hash.into(),
        }
    }

    /// The CSV row, with its line end (RFC 4180 quoting, LF).
    pub fn to_csv(&self) -> String {
        let category = |id: &str| self.categories.get(id).map(bool::to_string).unwrap_or_default();
        let pairs: Vec<String> =
            self.categories.iter().map(|(id, granted)| format!("{id}={granted}")).collect();
        let cells = [
            self.index.to_string(),
            self.record_id.clone(),
            self.subject_id.clone(),
            self.previous_record_id.clone(),
            self.site_id.clone(),
            self.server_time.clone(),
            self.client_time.clone(),
            self.clock_skew.to_string(),
            self.action.clone(),
            self.source.clone(),
            category("required"),
            category("functional"),
            category("advertising"),
            pairs.join(";"),
            self.denied_services.join(";"),
            self.gpc_header.clone(),
            self.gpc_dom.clone(),
            self.dnt_header.clone(),
            self.dnt_dom.clone(),
            self.overridden.to_string(),
            self.jurisdiction.clone(),
            self.model.clone(),
            self.policy_version.to_string(),
            self.policy_hash.clone(),
            self.language.clone(),
            self.valid_until.clone(),
            self.leaf_hash.clone(),
        ];
        let mut line = cells.iter().map(|cell| csv_cell(cell)).collect::<Vec<_>>().join(",");
        line.push('\n');
        line
    }
}

/// A cell that no spreadsheet takes for a formula: `'` before `= + - @`, tab and line ends (OWASP CSV injection), then
/// RFC 4180 quoting. Hashes are over the canonical record, never over this text.
pub fn csv_cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let safe = if formula { format!("'{text}") } else { text.to_owned() };
    if safe.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_cell_that_starts_a_formula_is_defused() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("a,b", "\"a,b\""),
            ("=\"x\"", "\"'=\"\"x\"\"\""),
            ("2026-11-21", "2026-11-21"),
        ] {
            assert_eq!(csv_cell(text), cell);
        }
    }
}
