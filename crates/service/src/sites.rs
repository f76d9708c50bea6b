//! The way from the stateless service to a site's objects.

use std::fmt;

use consentry_api::object::{SiteCall, SiteReply};
use consentry_core::SiteId;

/// Reaches the objects of each site. Cheap to clone: exports keep one while they stream.
pub trait Sites: Clone + 'static {
    /// Sends a call to one part of a site's log and waits for the answer. Part 0 also keeps policies and tokens.
    fn call_part(
        &self,
        site: &SiteId,
        shard: u8,
        call: &SiteCall,
    ) -> impl Future<Output = Result<SiteReply, Unreachable>>;

    /// Sends a call to part 0.
    fn call(&self, site: &SiteId, call: &SiteCall) -> impl Future<Output = Result<SiteReply, Unreachable>> {
        self.call_part(site, 0, call)
    }
}

/// The object did not answer. Nothing is known about what it did; calls are idempotent, so the client may send again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreachable(pub String);

impl fmt::Display for Unreachable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
