//! What changed between the policy a visitor answered and the one in force, as far as they are asked about it again.

use serde::{Deserialize, Serialize};

/// Material changes, services by the names visitors know. Empty when nobody need be asked again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Services that are new.
    pub added: Vec<String>,
    /// Services that are gone.
    pub removed: Vec<String>,
    /// Services that are in another category now.
    pub moved: Vec<String>,
    /// Services used for other purposes now.
    pub purposes: Vec<String>,
    /// Categories, consent models or the order of things are different. The order counts because stored choices go by it.
    pub rules: bool,
}

impl Changes {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
