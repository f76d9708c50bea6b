//! `POST v1/sites/SITE/batches`: records that were collected elsewhere and that the operator vouches for.

use consentry_api::object::{NewRecord, NewRecords, Sender, SiteCall, SiteReply};
use consentry_api::record::{BatchReceipt, BatchSubmission, LARGEST_BATCH};
use consentry_core::record::Arrival;
use consentry_core::{AttestedBy, Jurisdiction, RecordId, Signals, SiteId, UnixMillis};

use super::Answer;
use super::records::{new_record, not_appended, refused_draft, refused_field, salt, shard_of};
use crate::access::require_operator;
use crate::answer::{json, no_site, not_allowed, problem, unavailable};
use crate::http::{Method, Request, Response};
use crate::live::Live;
use crate::service::Service;
use crate::sites::Sites;

/// Takes all of a batch or, when one record of it cannot be taken, nothing.
pub async fn batches<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    if request.method != Method::Post {
        return Err(not_allowed("POST"));
    }
    require_operator(request, &service.config.operator_token)?;
    let body = request.body.as_deref().unwrap_or_default();
    let batch: BatchSubmission = serde_json::from_slice(body).map_err(|error| {
        problem(
            400,
            "batch-form",
            "This is no batch of records",
            format!("{error}. Send {{\"jurisdiction\":\"DE\",\"records\":[…]}}"),
        )
    })?;
    let invalid = |detail: String| problem(422, "batch-invalid", "This batch cannot be taken", detail);
    let jurisdiction = Jurisdiction::parse(&batch.jurisdiction)
        .ok_or_else(|| invalid("`jurisdiction` is a country or a region: DE, US-CA".into()))?;
    let first = batch.records.first().ok_or_else(|| invalid("It has no records".into()))?;
    if batch.records.len() > LARGEST_BATCH {
        return Err(invalid(format!("It has {} records; at most {LARGEST_BATCH}", batch.records.len())));
    }
    if batch.records.iter().any(|record| record.policy != first.policy) {
        return Err(invalid("All records of a batch must name one policy version".into()));
    }
    let live = service.cache.version(&service.sites, site, first.policy).await;
    let live = live.map_err(|error| unavailable(1, error.to_string()))?.ok_or_else(no_site)?;
    let shards = live.published.file.log.shards;
    let mut time = request.edge.now;
    // Twice: the second time with the log's own time, if our clock is far behind it.
    for _ in 0..2 {
        let records = read(&batch, &live, request, jurisdiction, time)?;
        // One part takes a whole batch, so that all of it or nothing is there: the part of its first record.
        let shard = RecordId::parse(&first.id).map_or(0, |id| shard_of(id, shards));
        let call = SiteCall::Append(NewRecords { records, sender: Sender::Operator });
        match service.sites.call_part(site, shard, &call).await {
            Ok(SiteReply::Indexes(indexes)) => return Ok(json(201, &BatchReceipt { log: shard, indexes })),
            Ok(SiteReply::Behind(newest)) => time = UnixMillis(newest),
            other => return Err(not_appended(other)),
        }
    }
    Err(unavailable(1, "The clocks of the service disagree; send the batch again"))
}

fn read(
    batch: &BatchSubmission,
    live: &Live,
    request: &Request,
    jurisdiction: Jurisdiction,
    server_time: UnixMillis,
) -> Result<Vec<NewRecord>, Response> {
    let mut records = Vec::with_capacity(batch.records.len());
    for (submission, nth) in batch.records.iter().zip(1_u32..) {
        let place = |response: Response| response.with("consentry-record", submission.id.clone());
        let draft =
            submission.to_draft(&live.published.policy).map_err(|error| place(refused_field(&error)))?;
        let record = draft
            .accept(&Arrival {
                policy: &live.published.policy,
                policy_hash: live.hash,
                policy_entry: live.entry,
                server_time,
                // The operator's request says nothing about the visitor's browser.
                header: Signals::default(),
                jurisdiction,
                attested_by: AttestedBy::Operator,
                salt: salt(request, nth),
            })
            .map_err(|error| place(refused_draft(error)))?;
        records.push(new_record(&record));
    }
    Ok(records)
}
