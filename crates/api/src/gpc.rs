//! The site's statement on Global Privacy Control, `/.well-known/gpc.json` (W3C GPC §4.1).

use serde::{Deserialize, Serialize};

/// The support resource: the same for everybody, whether they send the signal or not.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GpcStatement {
    /// The site intends to abide by the signal.
    pub gpc: bool,
    /// Since when it says so, `YYYY-MM-DD`; the operator's word, not today's date.
    #[serde(rename = "lastUpdate", default, skip_serializing_if = "Option::is_none")]
    pub last_update: Option<String>,
}
