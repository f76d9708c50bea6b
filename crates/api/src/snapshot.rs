//! A log at one moment: everything an auditor needs to check an export without asking again, and the manifest that goes with
//! an export's file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The format of manifests that this version writes and reads.
pub const MANIFEST_FORMAT: &str = "consentry.export.v1";

/// A site's log at one moment (`GET …/snapshot`, auditor). Exports with these sizes as their end hold exactly these trees.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Snapshot {
    /// The site.
    pub site: String,
    /// When, by the edge's clock (RFC 3339, UTC).
    pub time: String,
    /// Every part of the log, in the order of their numbers; one, unless it is sharded.
    pub parts: Vec<PartSnapshot>,
    /// The keys of part 0 as C2SP verifier keys, oldest first. An auditor trusts one they got elsewhere, not these.
    pub keys: Vec<String>,
    /// The entries, in hexadecimal, that lead from each key to the next.
    pub key_changes: Vec<String>,
    /// Every policy version ever published.
    pub policies: Vec<PolicySnapshot>,
}

/// One part of a log.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartSnapshot {
    /// Its number.
    pub shard: u8,
    /// How many entries it has.
    pub size: u64,
    /// Its signed checkpoint, for this size.
    pub checkpoint: String,
}

/// One version of a policy.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PolicySnapshot {
    /// Its version, counted from 1.
    pub version: u32,
    /// The position, in part 0, of the entry that says it was published.
    pub entry: u64,
    /// SHA-256 of `json`.
    pub hash: String,
    /// The policy file as published, byte for byte.
    pub json: String,
}

/// What lies beside an exported file.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub struct Manifest {
    /// [`MANIFEST_FORMAT`].
    pub format: String,
    /// The program and its version.
    pub tool: String,
    /// The file's name.
    pub file: String,
    /// `ndjson`, `csv` or `parquet`.
    pub file_format: String,
    /// Rows in it, without a header.
    pub rows: u64,
    /// SHA-256 of the file, 64 hexadecimal digits.
    pub sha256: String,
    /// The filters it was made with. With any, the file holds a part of the log, and only its rows can be checked, not that
    /// they are all.
    pub filters: BTreeMap<String, String>,
    /// The log it comes from.
    pub snapshot: Snapshot,
}
