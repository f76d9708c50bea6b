//! `v1/sites/SITE/snapshot`: the log at one moment, with all that is needed to check an export of it.

use consentry_api::object::{SiteCall, SiteReply};
use consentry_api::policy::LogRules;
use consentry_api::snapshot::{PartSnapshot, PolicySnapshot, Snapshot};
use consentry_api::time::serialize_time;
use consentry_core::SiteId;

use super::Answer;
use crate::access::{require_auditor, wanted};
use crate::answer::{json, no_site, not_allowed, unavailable};
use crate::http::{Method, Request, Response};
use crate::parts::seal;
use crate::service::Service;
use crate::sites::Sites;

/// `GET`, for auditors.
pub async fn snapshot<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    if !matches!(request.method, Method::Get | Method::Head) {
        return Err(not_allowed("GET, HEAD"));
    }
    // It says nothing about anybody: every token will do.
    require_auditor(request, &service.sites, site, wanted(request, &[], None, None)).await?;
    let policies = policies(service, site).await?;
    seal(&service.sites, site, most_shards(&policies)).await.map_err(|error| unread(&error.0))?;
    let mut parts = Vec::new();
    for shard in 0..most_shards(&policies) {
        let head = match service.sites.call_part(site, shard, &SiteCall::Head).await {
            Ok(SiteReply::Head(head)) => head,
            other => return Err(unread(&other)),
        };
        let checkpoint = match service.sites.call_part(site, shard, &SiteCall::Checkpoint).await {
            Ok(SiteReply::Text(text)) => text,
            other => return Err(unread(&other)),
        };
        // The checkpoint may be younger than the head; its own second line says how large its tree is.
        let size = checkpoint.lines().nth(1).and_then(|line| line.parse().ok()).unwrap_or(head.size);
        parts.push(PartSnapshot { shard, size, checkpoint });
    }
    let (keys, key_changes) = match service.sites.call(site, &SiteCall::Keys).await {
        Ok(SiteReply::Keys(keys, entries)) => (keys, entries),
        other => return Err(unread(&other)),
    };
    let policies = policies.into_iter().map(|(policy, _)| policy).collect();
    let time = serialize_time(request.edge.now);
    Ok(json(200, &Snapshot { site: site.to_string(), time, parts, keys, key_changes, policies }))
}

/// How large each part is.
pub async fn sizes<S: Sites>(
    service: &Service<S>,
    request: &Request,
    site: &SiteId,
) -> Result<Vec<u64>, Response> {
    service.newest(request, site).await?;
    let shards = most_shards(&policies(service, site).await?);
    seal(&service.sites, site, shards).await.map_err(|error| unread(&error.0))?;
    let mut sizes = Vec::new();
    for shard in 0..shards {
        match service.sites.call_part(site, shard, &SiteCall::Head).await {
            Ok(SiteReply::Head(head)) => sizes.push(head.size),
            other => return Err(unread(&other)),
        }
    }
    Ok(sizes)
}

/// Every version of the policy with its rules for the log, oldest first.
pub async fn policies<S: Sites>(
    service: &Service<S>,
    site: &SiteId,
) -> Result<Vec<(PolicySnapshot, LogRules)>, Response> {
    let newest = match service.sites.call(site, &SiteCall::Policy { version: None }).await {
        Ok(SiteReply::Policy(Some(newest))) => newest.version,
        Ok(SiteReply::Policy(None)) => return Err(no_site()),
        other => return Err(unread(&other)),
    };
    let mut all = Vec::new();
    for version in 1..=newest {
        let live = service.cache.version(&service.sites, site, version).await;
        let live = live.map_err(|error| unavailable(1, error.to_string()))?.ok_or_else(no_site)?;
        let snapshot = PolicySnapshot {
            version,
            entry: live.entry,
            hash: consentry_core::bytes::serialize_hex(&live.hash),
            json: live.json.clone(),
        };
        all.push((snapshot, live.published.file.log.clone()));
    }
    Ok(all)
}

/// How many parts the log has: as many as any version asked for.
pub fn most_shards(policies: &[(PolicySnapshot, LogRules)]) -> u8 {
    policies.iter().map(|(_, rules)| rules.shards).max().unwrap_or(1)
}

/// The object answered something else than what was asked.
pub fn unread(reply: &Result<SiteReply, crate::sites::Unreachable>) -> Response {
    match reply {
        Ok(SiteReply::NoKey(what)) => unavailable(60, format!("The log cannot be signed: {what}")),
        Ok(SiteReply::Absent) => no_site(),
        Ok(other) => unavailable(1, format!("The log could not be read; try again ({other:?})")),
        Err(error) => unavailable(1, format!("The log could not be read; try again ({error})")),
    }
}
