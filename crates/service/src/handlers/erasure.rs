//! What goes from the log: at the operator's word, or because its time is over. Across all parts of a site's log.

use consentry_api::erasure::{ErasureReceipt, ErasureRequest, RetentionReceipt};
use consentry_api::object::{SiteCall, SiteReply, Whose};
use consentry_core::{RecordId, SiteId, SubjectId};

use super::Answer;
use super::snapshot::{most_shards, policies};
use crate::access::require_operator;
use crate::answer::{json, not_allowed, problem, unavailable};
use crate::http::{Method, Request, Response};
use crate::service::Service;
use crate::site::{ERASED_AT_ONCE, PRUNED_AT_ONCE};
use crate::sites::Sites;

/// Most calls to objects that one request for retention makes: what a Worker may ask of others is limited.
const MOST_CALLS: u32 = 32;

/// `POST v1/sites/SITE/erasures`, operator: the visitor's part of all records of a visitor, or of one record.
pub async fn erasures<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    if request.method != Method::Post {
        return Err(not_allowed("POST"));
    }
    require_operator(request, &service.config.operator_token)?;
    let body = request.body.as_deref().unwrap_or_default();
    let asked: ErasureRequest = serde_json::from_slice(body).map_err(|error| {
        problem(
            400,
            "erasure-form",
            "This asks for no erasure",
            format!("{error}. Send {{\"subject\":\"…\"}} or {{\"record\":\"…\"}}"),
        )
    })?;
    let invalid = |detail: &str| problem(422, "erasure-invalid", "It is not clear what to erase", detail);
    let whose = match (&asked.subject, &asked.record) {
        (Some(subject), None) => {
            SubjectId::parse(subject).map(|subject| Whose::Subject(subject.to_hex())).ok_or_else(|| {
                invalid("`subject` is `subject_id` of an export: 32 hexadecimal digits, in lower case")
            })
        }
        (None, Some(record)) => RecordId::parse(record)
            .map(|id| Whose::Record(id.to_hex()))
            .ok_or_else(|| invalid("`record` is `record_id` of an export: a UUIDv7, in lower case")),
        _ => Err(invalid("Give either `subject` or `record`, not both")),
    }?;
    let erased = erase(service, site, whose, false).await?;
    Ok(json(200, &ErasureReceipt { erased }))
}

/// Erases in every part of the log, until nothing is left to erase.
pub async fn erase<S: Sites>(
    service: &Service<S>,
    site: &SiteId,
    whose: Whose,
    by_visitor: bool,
) -> Result<u64, Response> {
    let parts = most_shards(&policies(service, site).await?);
    let call = SiteCall::Erase { whose, by_visitor };
    let mut erased = 0;
    for shard in 0..parts {
        loop {
            let some = erased_by(service, site, shard, &call).await?;
            erased += some;
            if some < ERASED_AT_ONCE {
                break;
            }
        }
    }
    Ok(erased)
}

/// `POST v1/sites/SITE/retention`, operator: what the alarms do by themselves, now.
pub async fn retention<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    if request.method != Method::Post {
        return Err(not_allowed("POST"));
    }
    require_operator(request, &service.config.operator_token)?;
    let parts = most_shards(&policies(service, site).await?);
    let mut pruned = 0;
    let mut calls = 0;
    for shard in 0..parts {
        loop {
            let some = erased_by(service, site, shard, &SiteCall::Retain).await?;
            pruned += some;
            calls += 1;
            if some < PRUNED_AT_ONCE || calls >= MOST_CALLS {
                break;
            }
        }
    }
    Ok(json(200, &RetentionReceipt { pruned }))
}

async fn erased_by<S: Sites>(
    service: &Service<S>,
    site: &SiteId,
    shard: u8,
    call: &SiteCall,
) -> Result<u64, Response> {
    match service.sites.call_part(site, shard, call).await {
        Ok(SiteReply::Erased(count)) => Ok(count),
        Ok(SiteReply::NoKey(what)) => Err(problem(503, "log-key", "The log has no key to sign with", what)),
        Ok(other) => Err(unavailable(1, format!("Not everything was erased; send it again ({other:?})"))),
        Err(error) => {
            Err(unavailable(1, format!("Whether everything was erased is unknown; send it again ({error})")))
        }
    }
}
