//! The parts of a sharded log as one: the first part commits to the heads of all others.

use consentry_api::object::{PartHead, SiteCall, SiteReply};
use consentry_core::SiteId;

use crate::sites::{Sites, Unreachable};

/// A part gave another answer than the one asked for, or none. The log is as it was: the first part may commit to what the
/// others hold a moment later.
#[derive(Debug, Clone)]
pub struct NotSealed(pub Result<SiteReply, Unreachable>);

/// The heads of all parts but the first.
pub async fn heads<S: Sites>(sites: &S, site: &SiteId, parts: u8) -> Result<Vec<PartHead>, NotSealed> {
    let mut heads = Vec::new();
    for shard in 1..parts {
        match sites.call_part(site, shard, &SiteCall::Head).await {
            Ok(SiteReply::Head(head)) => heads.push(head),
            other => return Err(NotSealed(other)),
        }
    }
    Ok(heads)
}

/// Has part 0 commit to the heads of all other parts, so that its checkpoint speaks for the whole log. True when that took a
/// new entry.
pub async fn seal<S: Sites>(sites: &S, site: &SiteId, parts: u8) -> Result<bool, NotSealed> {
    let heads = heads(sites, site, parts).await?;
    if heads.is_empty() {
        return Ok(false);
    }
    match sites.call(site, &SiteCall::Seal(heads)).await {
        Ok(SiteReply::Flag(new)) => Ok(new),
        other => Err(NotSealed(other)),
    }
}
