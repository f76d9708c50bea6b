//! A visitor's own records: to be read, with their receipts, and to be erased. For whoever names both the visitor and one of
//! the visitor's records, as only the browser that made them can.

use consentry_api::erasure::{ErasureReceipt, MOST_RECORDS, VisitorRecord, VisitorRecords, VisitorRequest};
use consentry_api::export::{ExportRow, read_entry};
use consentry_api::object::{Sender, SiteCall, SiteReply, StoredEntry, Whose};
use consentry_core::choice::Flags;
use consentry_core::{Choice, RecordId, SiteId, SubjectId};
use consentry_ui::Evidence;

use super::Answer;
use super::erasure::erase;
use super::records::{preflight, require_json, require_policy_origin, shard_of};
use super::snapshot::{most_shards, policies, unread};
use crate::answer::{json, not_allowed, problem, unavailable, with_cors};
use crate::http::{Method, Request, Response};
use crate::live::Live;
use crate::service::Service;
use crate::sites::Sites;

/// A visitor and one of the visitor's records, found to belong together.
struct Visitor {
    subject: SubjectId,
    /// In how many parts their records may be.
    parts: u8,
}

/// What is done for a visitor.
#[derive(Clone, Copy)]
enum Wish {
    Read,
    Erase,
}

/// `POST v1/sites/SITE/visitor/records`. Not by `GET`: addresses end up in histories and in the logs of others.
pub async fn visitor_records<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    answer(service, request, site, Wish::Read).await
}

/// `POST v1/sites/SITE/visitor/erasure`. Sent again after it has succeeded it answers 404, as for any visitor there is not.
pub async fn visitor_erasure<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    answer(service, request, site, Wish::Erase).await
}

async fn answer<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId, wish: Wish) -> Answer {
    match request.method {
        Method::Options => preflight(service, request, site).await,
        Method::Post => {
            let live = service.newest(request, site).await?;
            let answer = grant(service, request, site, &live, wish).await.unwrap_or_else(|refusal| refusal);
            Ok(with_cors(answer, request, &live.published))
        }
        _ => Err(not_allowed("POST, OPTIONS")),
    }
}

async fn grant<S: Sites>(
    service: &Service<S>,
    request: &Request,
    site: &SiteId,
    live: &Live,
    wish: Wish,
) -> Answer {
    require_policy_origin(request, live)?;
    require_json(request)?;
    let body = request.body.as_deref().unwrap_or_default();
    let asked: VisitorRequest = serde_json::from_slice(body).map_err(|error| {
        problem(
            400,
            "visitor-form",
            "This names no visitor",
            format!("{error}. Send {{\"subject\":\"…\",\"record\":\"…\"}}, as the choice cookie has them"),
        )
    })?;
    let pair = SubjectId::parse(&asked.subject).zip(RecordId::parse(&asked.record));
    let visitor = match pair {
        Some((subject, record)) => find(service, request, site, subject, record).await?,
        None => None,
    };
    let visitor = visitor.ok_or_else(unknown)?;
    match wish {
        Wish::Read => read(service, site, &visitor).await,
        Wish::Erase => {
            let whose = Whose::Subject(visitor.subject.to_hex());
            let erased = erase(service, site, whose, true).await?;
            Ok(json(200, &ErasureReceipt { erased }))
        }
    }
}

/// One answer for everything that may be wrong with the pair: it must not tell which half of a guess was right.
fn unknown() -> Response {
    problem(
        404,
        "visitor-unknown",
        "The log has no such visitor with such a record",
        "Take both from the choice cookie. A record that is still on its way, has been erased, or was kept long enough is not found",
    )
}

/// The visitor, if the record is one of theirs.
async fn find<S: Sites>(
    service: &Service<S>,
    request: &Request,
    site: &SiteId,
    subject: SubjectId,
    record: RecordId,
) -> Result<Option<Visitor>, Response> {
    let parts = most_shards(&policies(service, site).await?);
    let sender = Sender::Browser(request.edge.client.clone());
    let call = SiteCall::Owns { subject: subject.to_hex(), id: record.to_hex(), sender };
    // Where it would go today first; under an earlier policy, or in a batch, it may have gone to any other part.
    let likely = shard_of(record, parts);
    for nth in 0..parts {
        match service.sites.call_part(site, (likely + nth) % parts, &call).await {
            Ok(SiteReply::Flag(true)) => return Ok(Some(Visitor { subject, parts })),
            Ok(SiteReply::Flag(false)) => {}
            Ok(SiteReply::Busy(seconds)) => {
                let detail = "Send it again after the time in Retry-After";
                return Err(problem(429, "rate", "Too many requests at once", detail)
                    .with("retry-after", seconds.to_string()));
            }
            other => return Err(unread(&other)),
        }
    }
    Ok(None)
}

async fn read<S: Sites>(service: &Service<S>, site: &SiteId, visitor: &Visitor) -> Answer {
    let all = proven(service, site, visitor).await?;
    let mut records = Vec::with_capacity(all.len());
    for (shard, (stored, proof)) in all {
        let entry = read_entry(&stored).map_err(|error| unavailable(60, error.to_string()))?;
        records.push(VisitorRecord { record: ExportRow::new(shard, &stored, &entry, false), proof });
    }
    Ok(json(200, &VisitorRecords { records }))
}

/// The visitor's newest records with their receipts, each with the part it is in; newest first.
async fn proven<S: Sites>(
    service: &Service<S>,
    site: &SiteId,
    visitor: &Visitor,
) -> Result<Vec<(u8, (StoredEntry, String))>, Response> {
    let call = SiteCall::Visitor { subject: visitor.subject.to_hex(), limit: MOST_RECORDS };
    let mut all = Vec::new();
    for shard in 0..visitor.parts {
        match service.sites.call_part(site, shard, &call).await {
            Ok(SiteReply::Proven(records)) => {
                all.extend(records.into_iter().map(|record| (shard, record)));
            }
            other => return Err(unread(&other)),
        }
    }
    // Newest first, in every part and hence, the sort being stable, of one time too.
    all.sort_by_key(|(_, (stored, _))| std::cmp::Reverse(stored.2));
    all.truncate(MOST_RECORDS as usize);
    Ok(all)
}

/// What proves this choice, for the page of whoever holds it. `None` when the log does not have it, or cannot be asked now.
pub async fn evidence_of_choice<S: Sites>(
    service: &Service<S>,
    request: &Request,
    site: &SiteId,
    choice: &Choice,
) -> Option<Evidence> {
    if choice.flags.has(Flags::UNRECORDED) {
        return None;
    }
    let visitor = find(service, request, site, choice.subject, choice.record).await.ok()??;
    let id = choice.record.to_string();
    for (shard, (stored, proof)) in proven(service, site, &visitor).await.ok()? {
        let Ok(entry) = read_entry(&stored) else { continue };
        let row = ExportRow::new(shard, &stored, &entry, false);
        if row.record_id == id {
            return serde_json::to_string_pretty(&row).ok().map(|json| Evidence { proof, json });
        }
    }
    None
}

/// Erases all records of the visitor who made this choice. False when some may be there still: the log cannot be asked now, or
/// is still to receive the record by which they would be found.
pub async fn erase_of_choice<S: Sites>(
    service: &Service<S>,
    request: &Request,
    site: &SiteId,
    choice: &Choice,
) -> bool {
    for record in [Some(choice.record), choice.previous].into_iter().flatten() {
        match find(service, request, site, choice.subject, record).await {
            Ok(Some(visitor)) => {
                let whose = Whose::Subject(visitor.subject.to_hex());
                return erase(service, site, whose, true).await.is_ok();
            }
            Ok(None) => {}
            Err(_) => return false,
        }
    }
    // What was acknowledged and is not found has gone already; what has no record before it is the first.
    !choice.flags.has(Flags::UNRECORDED) || choice.previous.is_none()
}
