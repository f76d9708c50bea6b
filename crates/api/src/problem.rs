//! Errors as `application/problem+json` (RFC 9457) that say what to change.

use serde::{Deserialize, Serialize};

/// The media type.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// An error for a person or a program.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A stable name, as a URN: `urn:consentry:problem:NAME`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened, the same for every occurrence.
    pub title: String,
    /// The HTTP status again.
    pub status: u16,
    /// What is wrong here, and what to change.
    pub detail: String,
    /// Places in the submitted policy that are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<PlaceError>,
}

/// One wrong place in a policy.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlaceError {
    /// Where: `services[2].category`.
    pub path: String,
    /// What is wrong there.
    pub problem: String,
    /// What is allowed.
    pub allowed: String,
}
