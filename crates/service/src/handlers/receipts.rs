//! Records as receipts: the lines of an export with a profile, and one record by its identifier.

use std::collections::HashMap;
use std::rc::Rc;

use consentry_api::export::{ExportRow, ReadEntry, read_entry};
use consentry_api::object::{SiteCall, SiteReply, StoredEntry};
use consentry_api::receipts::{Earlier, Profile, Recorded, Terms, receipt_json};
use consentry_api::token::Format;
use consentry_core::{Evidence, RecordId, SiteId, SubjectId, UnixMillis};

use super::Answer;
use super::filters::{require_known, wrong};
use super::records::shard_of;
use super::snapshot::{most_shards, policies, unread};
use crate::access::{hide_id, require_auditor, require_time, wanted};
use crate::answer::{json, not_allowed, problem, unavailable};
use crate::http::{Method, Request, Response};
use crate::live::{Cache, Live};
use crate::service::Service;
use crate::sites::Sites;

/// Makes receipts from entries, keeping the terms it has met.
pub struct Receipts<S> {
    sites: S,
    site: SiteId,
    cache: Rc<Cache>,
    /// Where the service is, with its prefix.
    base: String,
    profile: Profile,
    withhold: bool,
    /// In how many parts a record that another one supersedes may be.
    parts: usize,
    now: UnixMillis,
    terms: HashMap<(u32, String), Rc<Terms>>,
}

impl<S: Sites> Receipts<S> {
    /// For one answer to this request. With `withhold`, receipts leave out who decided.
    pub fn new(
        service: &Service<S>,
        request: &Request,
        site: &SiteId,
        (profile, withhold): (Profile, bool),
        parts: usize,
    ) -> Self {
        Self {
            sites: service.sites.clone(),
            site: site.clone(),
            cache: service.cache.clone(),
            base: format!("{}{}", request.origin, service.config.prefix),
            profile,
            withhold,
            parts,
            now: request.edge.now,
            terms: HashMap::new(),
        }
    }

    /// The receipts of the records among these entries of a part, each with its position and a line end. An error ends the
    /// export: a receipt under terms other than the record's own would be worse than none.
    pub async fn lines(
        &mut self,
        shard: u8,
        entries: &[(StoredEntry, ReadEntry)],
    ) -> Result<Vec<(u64, Vec<u8>)>, String> {
        let previous = entries.iter().filter_map(|(_, entry)| match entry {
            ReadEntry::Record(_, Some(personal)) => personal.previous,
            _ => None,
        });
        let superseded = self.superseded(shard, previous.collect()).await?;
        let mut lines = Vec::with_capacity(entries.len());
        for (stored, entry) in entries {
            let ReadEntry::Record(evidence, personal) = entry else { continue };
            let terms = self.terms(evidence).await?;
            let before = personal.as_ref().and_then(|personal| {
                let (owner, before) = superseded.get(&personal.previous?)?;
                // The visitor's browser says what it supersedes; it may only be a record of its own, made before.
                let own = *owner == personal.subject && personal.previous != Some(personal.id);
                (own && before.server_time <= evidence.server_time).then_some(before)
            });
            let earlier = match before {
                None => None,
                Some(before) => {
                    let live = self.live(before).await?;
                    let same_terms = live.published.policy.fingerprint() == terms.fingerprint;
                    Some(Earlier { evidence: before, same_terms })
                }
            };
            let row = ExportRow::new(shard, stored, entry, self.withhold);
            let recorded = Recorded { row: &row, evidence, earlier };
            let mut line =
                receipt_json(self.profile, &terms, &recorded, self.now).map_err(|error| error.to_string())?;
            line.push(b'\n');
            lines.push((stored.0, line));
        }
        Ok(lines)
    }

    /// The terms of a record, made once for each version and language.
    async fn terms(&mut self, record: &Evidence) -> Result<Rc<Terms>, String> {
        let live = self.live(record).await?;
        let name = (record.policy_version, record.language.clone());
        let made = self.terms.entry(name).or_insert_with(|| {
            Rc::new(Terms::new(&live.published, live.version, &record.language, &self.base))
        });
        Ok(made.clone())
    }

    /// The very policy a record names.
    async fn live(&self, record: &Evidence) -> Result<Rc<Live>, String> {
        let version = record.policy_version;
        let live = self.cache.version(&self.sites, &self.site, version).await;
        let live = live.map_err(|error| error.to_string())?;
        let same = live.filter(|live| live.hash == record.policy_hash);
        same.ok_or_else(|| format!("policy version {version} is not the one its records name"))
    }

    /// What superseded records said and whose they are, where that can still be read. Most are in the part their successor is in.
    async fn superseded(
        &self,
        shard: u8,
        mut wanted: Vec<RecordId>,
    ) -> Result<HashMap<RecordId, (SubjectId, Evidence)>, String> {
        let mut found = HashMap::new();
        wanted.sort_unstable();
        wanted.dedup();
        let others = (0..self.parts as u8).filter(|part| *part != shard);
        for part in std::iter::once(shard).chain(others) {
            if wanted.is_empty() {
                break;
            }
            let ids = wanted.iter().map(RecordId::to_hex).collect();
            let call = SiteCall::FindAll { ids };
            let reply = self.sites.call_part(&self.site, part, &call).await;
            let entries = match reply.map_err(|error| error.to_string())? {
                SiteReply::Page(entries, _) => entries,
                other => return Err(format!("unexpected answer: {other:?}")),
            };
            for stored in entries {
                let entry = read_entry(&stored).map_err(|error| error.to_string())?;
                if let ReadEntry::Record(evidence, Some(personal)) = entry {
                    found.insert(personal.id, (personal.subject, *evidence));
                }
            }
            wanted.retain(|id| !found.contains_key(id));
        }
        Ok(found)
    }
}

/// The profile a request asks for, or the name of the parameter that cannot be read and what it may be.
pub fn parse_profile(word: Option<String>) -> Result<Option<Profile>, (&'static str, &'static str)> {
    match word {
        None => Ok(None),
        Some(word) => Profile::parse(&word).map(Some).ok_or(("profile", "iso27560 or kantara")),
    }
}

/// `GET v1/sites/SITE/records/ID?profile`: one record, for auditors: as the export's row, or as a receipt.
pub async fn record<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId, id: &str) -> Answer {
    if !matches!(request.method, Method::Get | Method::Head) {
        return Err(not_allowed("GET, HEAD"));
    }
    require_known(&request.query, &["profile"])?;
    let profile =
        parse_profile(request.parameter("profile")).map_err(|(name, allowed)| wrong(name, allowed))?;
    let record = RecordId::parse(id).ok_or_else(unknown)?;
    let wanted = hide_id(id, wanted(request, &["profile"], Some(Format::Ndjson), None));
    let scope = require_auditor(request, &service.sites, site, wanted).await?;
    let parts = most_shards(&policies(service, site).await?);
    let (shard, stored) = find(service, site, parts, record).await?;
    require_time(&scope, UnixMillis(stored.2))?;
    let failed = |error: String| unavailable(1, error);
    let entry = read_entry(&stored).map_err(|error| failed(error.to_string()))?;
    let Some(profile) = profile else {
        return Ok(json(200, &ExportRow::new(shard, &stored, &entry, false)));
    };
    let mut receipts = Receipts::new(service, request, site, (profile, false), parts.into());
    let mut lines = receipts.lines(shard, &[(stored, entry)]).await.map_err(failed)?;
    let (_, line) = lines.pop().ok_or_else(unknown)?;
    Ok(Response::new(200, profile.content_type(), line).with("cache-control", "no-store"))
}

/// The record and the part it is in. Which part that is depends on the version it was decided under, so all are asked, the
/// likely one first.
async fn find<S: Sites>(
    service: &Service<S>,
    site: &SiteId,
    parts: u8,
    id: RecordId,
) -> Result<(u8, StoredEntry), Response> {
    let likely = shard_of(id, parts);
    for nth in 0..parts {
        let shard = (likely + nth) % parts;
        match service.sites.call_part(site, shard, &SiteCall::Find { id: id.to_hex() }).await {
            Ok(SiteReply::Found(Some(stored))) => return Ok((shard, stored)),
            Ok(SiteReply::Found(None) | SiteReply::Absent) => {}
            other => return Err(unread(&other)),
        }
    }
    Err(unknown())
}

fn unknown() -> Response {
    problem(
        404,
        "record-unknown",
        "The log has no such record",
        "Take `record_id` of an export, in lower case. A record that was erased is known by its position only",
    )
}
