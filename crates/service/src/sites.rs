//! The way from the stateless service to a site's object.

use std::fmt;

use consentry_api::object::{SiteCall, SiteReply};
use consentry_core::SiteId;

/// Reaches the one object of each site. Cheap to clone: exports keep one while they stream.
pub trait Sites: Clone + 'static {
    /// Sends a call and waits for the answer.
    fn call(&self, site: &SiteId, call: &SiteCall) -> impl Future<Output = Result<SiteReply, Unreachable>>;
}

/// The object did not answer. Nothing is known about what it did; calls are idempotent, so the client may send again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreachable(pub String);

impl fmt::Display for Unreachable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
