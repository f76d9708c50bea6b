//! `v1/sites/SITE/records`: a browser's decision on its way into the log. (Reading them is in `export`.)

use consentry_api::digest::sha256;
use consentry_api::object::{Appended, NewRecord, NewRecords, Sender, SiteCall, SiteReply};
use consentry_api::record::{FieldError, Receipt, Submission};
use consentry_api::time::serialize_time;
use consentry_core::record::Arrival;
use consentry_core::{
    AttestedBy, Draft, DraftError, Record, RecordId, Signals, SiteId, UnixMillis, serialize_evidence,
    serialize_personal,
};

use super::cookies::without_refused;
use super::preferences::{is_first_party, stored_choice};
use super::{Answer, export::export};
use crate::answer::{json, not_allowed, problem, unavailable, with_cors};
use crate::http::{Method, Request, Response};
use crate::live::Live;
use crate::service::Service;
use crate::sites::{Sites, Unreachable};

/// `POST` (anyone on an origin of the policy), `GET` (auditors), `OPTIONS` (browsers, before a cross-origin `POST`).
pub async fn records<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    match request.method {
        Method::Get | Method::Head => export(service, request, site).await,
        Method::Options => preflight(service, request, site).await,
        Method::Post => {
            let live = service.newest(request, site).await?;
            let answer = submit(service, request, site, &live).await.unwrap_or_else(|refusal| refusal);
            Ok(with_cors(answer, request, &live.published))
        }
        _ => Err(not_allowed("GET, HEAD, POST, OPTIONS")),
    }
}

/// What a browser asks before a cross-origin `POST` with a content type of JSON.
pub async fn preflight<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    let live = service.newest(request, site).await?;
    let response = Response::empty(204)
        .with("access-control-allow-methods", "POST")
        .with("access-control-allow-headers", "content-type")
        .with("access-control-max-age", "7200");
    Ok(with_cors(response, request, &live.published))
}

/// Passes pages on the policy's origins, exactly.
pub fn require_policy_origin(request: &Request, newest: &Live) -> Result<(), Response> {
    let origins = &newest.published.file.origins;
    if request.header("origin").is_some_and(|origin| origins.iter().any(|known| known == origin)) {
        return Ok(());
    }
    Err(problem(
        403,
        "origin-refused",
        "Nothing is taken from this origin",
        format!("The Origin header must be one of the policy's: {}", origins.join(", ")),
    ))
}

/// Passes JSON, also as `text/plain`, which is what a beacon sends: it needs no preflight while the page is going away.
pub fn require_json(request: &Request) -> Result<(), Response> {
    let kind =
        request.header("content-type").and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    if matches!(kind, "application/json" | "text/plain") {
        return Ok(());
    }
    Err(problem(
        415,
        "content-type",
        "This is not JSON",
        "Send application/json (or text/plain from a beacon)",
    ))
}

async fn submit<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId, newest: &Live) -> Answer {
    require_policy_origin(request, newest)?;
    require_json(request)?;
    let body = request.body.as_deref().unwrap_or_default();
    let submission = Submission::parse(body).map_err(|error| {
        problem(
            400,
            "record-form",
            "This is no consent record",
            format!("{error}; fields are documented with RecordSubmission"),
        )
    })?;
    let pinned = if submission.policy() == newest.version {
        None
    } else {
        let live = service.cache.version(&service.sites, site, submission.policy()).await;
        let live = live.map_err(|error| unavailable(1, error.to_string()))?;
        Some(live.ok_or_else(|| {
            problem(
                422,
                "policy-version",
                "There is no such policy version",
                format!("The newest is {}; reload the page", newest.version),
            )
        })?)
    };
    let live = pinned.as_deref().unwrap_or(newest);
    let draft = submission.to_draft(&live.published.policy).map_err(|error| refused_field(&error))?;
    if live.published.file.shown(&draft.language).is_none() {
        return Err(refused_draft(DraftError::Language));
    }
    let appended = append(service, request, site, live, &draft).await?;
    let answer = json(if appended.new { 201 } else { 200 }, &receipt(site, &appended));
    // What the page has in its cookie by now, which may be a newer choice than this record's.
    let choice = stored_choice(newest, request).filter(|_| is_first_party(newest, request));
    Ok(match choice {
        Some(choice) => without_refused(answer, request, newest, Some(&choice)),
        None => answer,
    })
}

/// Adds what only the edge knows, hands the record to the part of the log it belongs to, and waits until it is durable.
pub async fn append<S: Sites>(
    service: &Service<S>,
    request: &Request,
    site: &SiteId,
    live: &Live,
    draft: &Draft,
) -> Result<Appended, Response> {
    let shard = shard_of(draft.id, live.published.file.log.shards);
    let mut server_time = request.edge.now;
    // Twice: the second time with the log's own time, if our clock is far behind it.
    for _ in 0..2 {
        let record = draft
            .clone()
            .accept(&Arrival {
                policy: &live.published.policy,
                policy_hash: live.hash,
                policy_entry: live.entry,
                server_time,
                header: Signals::from_headers(request.header("sec-gpc"), request.header("dnt")),
                jurisdiction: request.edge.jurisdiction,
                attested_by: AttestedBy::Edge,
                salt: salt(request, 0),
            })
            .map_err(refused_draft)?;
        let call = SiteCall::Append(NewRecords {
            records: vec![new_record(&record)],
            sender: Sender::Browser(request.edge.client.clone()),
        });
        match service.sites.call_part(site, shard, &call).await {
            Ok(SiteReply::Appended(appended)) => {
                return appended
                    .into_iter()
                    .next()
                    .ok_or_else(|| unavailable(1, "The record was not stored; send it again"));
            }
            Ok(SiteReply::Behind(newest)) => server_time = UnixMillis(newest),
            other => return Err(not_appended(other)),
        }
    }
    Err(unavailable(1, "The clocks of the service disagree; send the record again under the same id"))
}

/// Which part of a sharded log a record belongs to. The same record goes to the same part whenever it is sent, because it
/// names the policy version that says how many there are.
pub fn shard_of(id: RecordId, shards: u8) -> u8 {
    // The last bytes of a UUIDv7 are random.
    let [.., high, low] = *id.as_bytes();
    (u16::from_be_bytes([high, low]) % u16::from(shards.max(1))) as u8
}

/// A record as the object takes it.
pub fn new_record(record: &Record) -> NewRecord {
    NewRecord {
        id: *record.personal.id.as_bytes(),
        subject: *record.personal.subject.as_bytes(),
        time: record.evidence.server_time.0,
        action: record.evidence.action.as_str().into(),
        evidence: serialize_evidence(&record.evidence),
        personal: serialize_personal(&record.personal),
    }
}

/// Why an object did not take records, as an answer.
pub fn not_appended(reply: Result<SiteReply, Unreachable>) -> Response {
    match reply {
        Ok(SiteReply::Busy(seconds)) => problem(
            429,
            "rate",
            "Too many records at once",
            "Send it again after the time in Retry-After, under the same id",
        )
        .with("retry-after", seconds.to_string()),
        Ok(SiteReply::Full(seconds)) => {
            unavailable(seconds, "Too many records are waiting; send it again under the same id")
        }
        Ok(SiteReply::NoKey(what)) => unavailable(60, format!("The log cannot be signed: {what}")),
        Ok(other) => {
            unavailable(1, format!("The record was not stored; send it again under the same id ({other:?})"))
        }
        Err(error) => unavailable(
            1,
            format!("Whether the record was stored is unknown; send it again under the same id ({error})"),
        ),
    }
}

/// 32 bytes for the erasable part of the nth record of a request.
pub fn salt(request: &Request, nth: u32) -> [u8; 32] {
    let mut seed = Vec::with_capacity(80);
    seed.extend_from_slice(b"salt");
    seed.extend_from_slice(&nth.to_be_bytes());
    seed.extend_from_slice(&request.edge.entropy);
    sha256(&seed)
}

/// The receipt of a durable record.
pub fn receipt(site: &SiteId, appended: &Appended) -> Receipt {
    Receipt {
        id: appended.id.clone(),
        site: site.to_string(),
        time: serialize_time(UnixMillis(appended.time)),
        index: appended.index,
        leaf_hash: appended.leaf_hash.clone(),
        proof: appended.proof.clone(),
    }
}

pub fn refused_field(error: &FieldError) -> Response {
    let detail = match error {
        FieldError::Form(field) => format!("`{field}` has not the form its documentation gives"),
        FieldError::CategoryMissing(id) => {
            format!("`categories` lacks \"{id}\": every category is stated, granted or not")
        }
        FieldError::CategoryUnknown(id) => format!("`categories` has \"{id}\", which the policy has not"),
    };
    problem(422, "record-field", "A field of the record says nothing we understand", detail)
}

/// Says what the core found, in words a developer can act on.
pub fn refused_draft(error: DraftError) -> Response {
    let (kind, detail) = match error {
        DraftError::Categories => {
            ("record-categories", "`categories` must be exactly those of the policy version named")
        }
        DraftError::RequiredDenied => ("record-required", "`required` cannot be switched off"),
        DraftError::Services => {
            ("record-services", "`denied_services` may name, once each, services of granted categories")
        }
        DraftError::ActionMismatch => ("record-action", "`action` and `categories` contradict each other"),
        DraftError::SourceMismatch => {
            ("record-source", "`source` must be gpc or dnt exactly when `action` is signal")
        }
        DraftError::SignalIgnored => (
            "record-signal",
            "it grants what the visitor's GPC or DNT signal denies, without an override they made after being told; or overrides where no signal was",
        ),
        DraftError::Clock => (
            "record-clock",
            "the time in `id` is before 2020 or more than a day ahead of ours; set the device's clock",
        ),
        DraftError::Language => (
            "record-language",
            "`language` must be a short BCP 47 tag: a language that the policy version offers, with -x-VARIANT after it where it has one",
        ),
    };
    problem(422, kind, "The policy does not allow this record", detail)
}

/// Ten bytes for a record and sixteen for a visitor, from a request's entropy; SHA-256 keeps them apart from other uses.
pub fn identifiers(request: &Request) -> ([u8; 10], [u8; 16]) {
    let digest = sha256(&request.edge.entropy);
    let (record, rest) = digest.split_at(10);
    (
        record.try_into().unwrap_or_default(),
        rest.get(..16).and_then(|bytes| bytes.try_into().ok()).unwrap_or_default(),
    )
}
