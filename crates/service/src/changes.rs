//! What changed since a visitor's last choice: the policy it was made under is on record, whatever came after it.

use consentry_api::changes::Changes;
use consentry_api::policy::changes;
use consentry_core::SiteId;
use consentry_core::policy::Fingerprint;

use crate::live::Live;
use crate::service::Service;
use crate::sites::Sites;

/// How many versions are looked through at most, newest first. Each is read once and kept by the isolate; who answered one
/// that is older than all of these is asked without being told what changed.
const MOST_VERSIONS: u32 = 24;

/// What is different in `live` from the newest version whose material parts had this fingerprint. `None` when they are its
/// own, when no such version is found, and when the versions cannot be read: then the visitor is asked all the same.
pub async fn changes_since<S: Sites>(
    service: &Service<S>,
    site: &SiteId,
    live: &Live,
    fingerprint: Fingerprint,
) -> Option<Changes> {
    if live.published.policy.fingerprint() == fingerprint {
        return None;
    }
    for version in (1..live.version).rev().take(MOST_VERSIONS as usize) {
        let earlier = service.cache.version(&service.sites, site, version).await.ok()?;
        if let Some(earlier) = earlier.filter(|earlier| earlier.published.policy.fingerprint() == fingerprint)
        {
            return Some(changes(&earlier.published, &live.published));
        }
    }
    None
}
