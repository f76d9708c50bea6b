//! What the gate's later part fetches: what to clear when something is not allowed, and what to show in its place.

use serde::{Deserialize, Serialize};

use crate::policy::{Clearing, Reload};

/// Depends on policy and language only.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Later {
    /// For each service of the policy, in its order: what visitors know it by.
    pub names: Vec<String>,
    /// For each service of the policy, in its order: what it keeps in the browser on the site's own domain.
    pub kept: Vec<Clearing>,
    /// The placeholder of embedded content, as HTML; `{service}` is for the page to fill in.
    pub embed: String,
    /// The word on what stops only with the page, as HTML.
    pub note: String,
    /// The style sheet of both.
    pub css: String,
    /// What to do when something that ran is not allowed any more.
    pub reload: Reload,
}
