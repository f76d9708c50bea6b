//! Erasure on the wire: the operator's request, the visitor's own, and what each is told.

use serde::{Deserialize, Serialize};

use crate::export::ExportRow;

/// Asks for an erasure (`POST …/erasures`, operator; GDPR Art. 17). Exactly one of the two is given.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ErasureRequest {
    /// All records of this visitor: 32 hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// This record alone: a UUIDv7, with or without its hyphens. Other records of the visitor may still name it as the one
    /// they superseded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
}

/// What an erasure came to. Asking again is harmless and answers with 0.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErasureReceipt {
    /// So many records lost the part that says who decided.
    pub erased: u64,
}

/// What a run of the retention came to (`POST …/retention`, operator).
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RetentionReceipt {
    /// So many records went, all but their hashes. One run has an end; where more is due, the alarms go on, or the next run.
    pub pruned: u64,
}

/// Who asks for their own records (`POST …/visitor/records`, `POST …/visitor/erasure`). Both must belong together; the
/// choice cookie holds both, and nobody else does.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VisitorRequest {
    /// The visitor on this site: 32 hexadecimal digits.
    pub subject: String,
    /// Any one of the visitor's records: a UUIDv7, with or without its hyphens.
    pub record: String,
}

/// A visitor's own records.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VisitorRecords<'a> {
    /// Newest first, at most 100.
    #[serde(borrow)]
    pub records: Vec<VisitorRecord<'a>>,
}

/// One of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VisitorRecord<'a> {
    /// As an auditor would export it.
    #[serde(borrow)]
    pub record: ExportRow<'a>,
    /// Its receipt as of now: a C2SP `tlog-proof`.
    pub proof: String,
}

/// Most records a visitor is sent.
pub const MOST_RECORDS: u32 = 100;
