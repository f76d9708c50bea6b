//! `GET v1/sites/SITE/records/ID/proof`: the receipt of one record as of now, to be checked offline.

use consentry_api::object::{SiteCall, SiteReply};
use consentry_core::{RecordId, SiteId, UnixMillis};

use super::Answer;
use super::records::shard_of;
use super::snapshot::{most_shards, policies, unread};
use crate::access::{hide_id, require_auditor, require_time, wanted};
use crate::answer::{not_allowed, problem};
use crate::http::{Method, Request, Response};
use crate::service::Service;
use crate::sites::Sites;

/// A C2SP tlog-proof as a text, for auditors. The receipt holds the whole record, the visitor's part included.
pub async fn proof<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId, id: &str) -> Answer {
    if !matches!(request.method, Method::Get | Method::Head) {
        return Err(not_allowed("GET, HEAD"));
    }
    let unknown = || {
        problem(
            404,
            "record-unknown",
            "The log has no such record",
            "Take `record_id` of an export, in lower case. A record that was erased is known by its position only",
        )
    };
    let record = RecordId::parse(id).ok_or_else(unknown)?;
    let wanted = hide_id(id, wanted(request, &[], None, None));
    let scope = require_auditor(request, &service.sites, site, wanted).await?;
    let parts = most_shards(&policies(service, site).await?);
    let call = SiteCall::Proof { id: record.to_hex() };
    let likely = shard_of(record, parts);
    for nth in 0..parts {
        match service.sites.call_part(site, (likely + nth) % parts, &call).await {
            Ok(SiteReply::Appended(found)) => {
                let Some(found) = found.into_iter().next() else { continue };
                require_time(&scope, UnixMillis(found.time))?;
                return Ok(Response::new(200, "text/plain; charset=utf-8", found.proof)
                    .with("content-disposition", format!("attachment; filename=\"{record}.tlog-proof\""))
                    .with("cache-control", "no-store"));
            }
            // This part has no such record, or was never opened.
            Ok(SiteReply::Absent) => {}
            other => return Err(unread(&other)),
        }
    }
    Err(unknown())
}
