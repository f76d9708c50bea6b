//! The auditor's export: NDJSON or CSV, filtered, streamed page by page from the parts of the site's log.

use std::collections::VecDeque;

use consentry_api::csv::CSV_COLUMNS;
use consentry_api::export::{ExportRow, ReadEntry, read_entry};
use consentry_api::object::{PageRequest, SiteCall, SiteReply, StoredEntry, TimeRange, Wanted};
use consentry_api::policy::MOST_SHARDS;
use consentry_api::receipts::Profile;
use consentry_api::time::parse_time;
use consentry_api::token::{Fields, Format};
use consentry_core::{Action, CategoryId, Evidence, RecordId, SiteId, UnixMillis};
use futures_util::stream;

use super::Answer;
use super::filters::{require_known, wrong};
use super::receipts::{Receipts, parse_profile};
use super::snapshot::{policies, sizes};
use crate::access::{require_auditor, wanted};
use crate::answer::unavailable;
use crate::http::{Body, Request, Response, parameter};
use crate::service::Service;
use crate::sites::Sites;

/// Entries read from the object at a time.
const PAGE: u32 = 1_000;
/// Largest `limit`: answers below it are made in one go, so that the next cursor can be a header.
const LARGEST_LIMIT: usize = 10_000;
/// Pages of entries read for one such answer. Where filters let little through, it has fewer rows than `limit` and a cursor
/// all the same: no request reads the whole log.
const MOST_PAGES: usize = LARGEST_LIMIT / PAGE as usize;

/// Every parameter of an export but its format.
pub const FILTERS: [&str; 10] =
    ["profile", "from", "to", "category", "action", "signal", "id", "sizes", "cursor", "limit"];

/// What to export.
pub struct Export {
    pub format: Format,
    /// Leave out who decided.
    withhold: bool,
    /// Receipts instead of rows, and only of records.
    profile: Option<Profile>,
    page: PageRequest,
    /// The part that comes next.
    shard: usize,
    category: Option<(CategoryId, bool)>,
    signal: Option<SignalFilter>,
    /// Only this record.
    id: Option<RecordId>,
    limit: Option<usize>,
    /// Where each part ends.
    sizes: Option<Vec<u64>>,
}

/// Which signals a record must show.
#[derive(Clone, Copy, PartialEq)]
enum SignalFilter {
    Any,
    None,
    Gpc,
    Dnt,
}

/// `GET v1/sites/SITE/records?format=ndjson|csv&profile&from&to&category&action&signal&id&sizes&cursor&limit`
pub async fn export<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    let mut export = parse(&request.query)?;
    let wanted = Wanted {
        // Whoever asks for a record by its number knows whose it is, and would learn what they decided.
        personal: export.id.is_some(),
        ..wanted(request, &FILTERS, Some(export.format), Some(export.records()))
    };
    let scope = require_auditor(request, &service.sites, site, wanted).await?;
    export.withhold = scope.fields == Fields::NonPersonal;
    require_category(service, request, site, &export).await?;
    // The log as it is now, or as a snapshot saw it: entries that arrive meanwhile are for the next export.
    let sizes = match export.sizes.take() {
        Some(sizes) => sizes,
        None => sizes(service, request, site).await?,
    };
    let text = sizes.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
    let csv = export.format == Format::Csv;
    let (content_type, name) = match export.profile {
        _ if csv => ("text/csv; charset=utf-8; header=present", format!("consent-{site}.csv")),
        Some(profile) => ("application/x-ndjson", format!("consent-{site}-{}.ndjson", profile.as_str())),
        None => ("application/x-ndjson", format!("consent-{site}.ndjson")),
    };
    let head = if csv { format!("{CSV_COLUMNS}\n").into_bytes() } else { Vec::new() };
    let limit = export.limit;
    let receipts = export
        .profile
        .map(|profile| Receipts::new(service, request, site, (profile, export.withhold), sizes.len()));
    let mut reader = Reader { sites: service.sites.clone(), site: site.clone(), export, receipts, sizes };
    let mut response = Response::new(200, content_type, Vec::new())
        .with("content-disposition", format!("attachment; filename=\"{name}\""))
        .with("cache-control", "no-store")
        // The address may be a link, which is as good as a token.
        .with("referrer-policy", "no-referrer")
        .with("consentry-sizes", text);
    match limit {
        Some(limit) => {
            let mut body = head;
            let mut cursor = None;
            let mut rows = 0;
            let mut pages = 0;
            'pages: while let Some(page) = reader.next().await.map_err(|error| unavailable(1, error))? {
                for (place, row) in page {
                    if rows == limit {
                        cursor = Some(place);
                        break 'pages;
                    }
                    body.extend(row);
                    rows += 1;
                }
                pages += 1;
                if rows == limit || pages == MOST_PAGES {
                    cursor = reader.place();
                    break;
                }
            }
            if let Some((shard, index)) = cursor {
                response = response.with("consentry-next-cursor", format!("{shard}:{index}"));
            }
            response.body = Body::Bytes(body);
        }
        None => {
            let pages = stream::unfold(Some((reader, head)), |state| async {
                let (mut reader, mut chunk) = state?;
                match reader.next().await {
                    Ok(Some(page)) => {
                        page.into_iter().for_each(|(_, row)| chunk.extend(row));
                        Some((Ok(chunk), Some((reader, Vec::new()))))
                    }
                    Ok(None) => (!chunk.is_empty()).then_some((Ok(chunk), None)),
                    Err(error) => Some((Err(error), None)),
                }
            });
            response.body = Body::Stream(Box::pin(pages));
        }
    }
    Ok(response)
}

/// Passes exports of a category that a version of the policy has. Another one was misspelled, and nothing but an empty answer
/// would say so.
pub async fn require_category<S: Sites>(
    service: &Service<S>,
    request: &Request,
    site: &SiteId,
    export: &Export,
) -> Result<(), Response> {
    let Some((category, _)) = &export.category else { return Ok(()) };
    let newest = service.newest(request, site).await?;
    let mut known = newest.published.policy.parts().categories.clone();
    // Older versions are many to read, and hardly ever asked for.
    if !known.contains(category) {
        for (policy, _) in policies(service, site).await? {
            let live = service.cache.version(&service.sites, site, policy.version).await;
            let live = live.map_err(|error| unavailable(1, error.to_string()))?;
            let earlier = live.iter().flat_map(|live| &live.published.policy.parts().categories);
            earlier.for_each(|id| known.extend((!known.contains(id)).then(|| id.clone())));
        }
    }
    if known.contains(category) {
        return Ok(());
    }
    let names: Vec<&str> = known.iter().map(CategoryId::as_str).collect();
    Err(wrong("category", &format!("one that a version of the policy has: {}", names.join(", "))))
}

struct Reader<S> {
    sites: S,
    site: SiteId,
    export: Export,
    receipts: Option<Receipts<S>>,
    sizes: Vec<u64>,
}

/// Rows, each with its part and position.
type Rows = VecDeque<((usize, u64), Vec<u8>)>;

impl<S: Sites> Reader<S> {
    /// The part and position that come next, if any.
    fn place(&self) -> Option<(usize, u64)> {
        let shard = self.export.shard;
        self.sizes.get(shard).map(|_| (shard, self.export.page.start))
    }

    /// The rows of the next page that pass the filters; `None` after the last.
    async fn next(&mut self) -> Result<Option<Rows>, String> {
        let shard = self.export.shard;
        let Some(size) = self.sizes.get(shard) else { return Ok(None) };
        self.export.page.end = Some(*size);
        let call = match self.export.id {
            Some(id) => SiteCall::Find { id: id.to_hex() },
            None => SiteCall::Page(self.export.page.clone()),
        };
        let reply = self.sites.call_part(&self.site, shard as u8, &call).await;
        let (entries, next) = match reply.map_err(|error| error.to_string())? {
            SiteReply::Page(entries, next) => (entries, next),
            SiteReply::Found(found) => {
                (found.into_iter().filter(|entry| self.export.fits(entry)).collect(), None)
            }
            other => return Err(format!("unexpected answer: {other:?}")),
        };
        match next {
            Some(next) => self.export.page.start = next,
            None => {
                self.export.shard += 1;
                self.export.page.start = 0;
            }
        }
        let mut rows = VecDeque::with_capacity(entries.len());
        if let Some(receipts) = &mut self.receipts {
            let wanted = self.export.wanted(entries)?;
            let lines = receipts.lines(shard as u8, &wanted).await?;
            return Ok(Some(lines.into_iter().map(|(index, line)| ((shard, index), line)).collect()));
        }
        for stored in entries {
            if let Some(row) = self.export.row(shard as u8, &stored)? {
                rows.push_back(((shard, stored.0), row));
            }
        }
        Ok(Some(rows))
    }
}

impl Export {
    /// When the records that it can show were received.
    pub fn records(&self) -> TimeRange {
        TimeRange { from: self.page.from, to: self.page.to }
    }

    /// What the object sees to when it reads a page.
    fn fits(&self, (index, _, time, ..): &StoredEntry) -> bool {
        let PageRequest { start, end, from, to, .. } = &self.page;
        (*start..end.unwrap_or(u64::MAX)).contains(index)
            && (from.unwrap_or(0)..to.unwrap_or(u64::MAX)).contains(time)
    }

    /// The line of a stored entry, or `None` when a filter leaves it out. An entry that cannot be read ends the export:
    /// leaving it out silently would be a hole in the evidence.
    fn row(&self, shard: u8, stored: &StoredEntry) -> Result<Option<Vec<u8>>, String> {
        let entry = read_entry(stored).map_err(|error| error.to_string())?;
        if !self.wants(&entry) {
            return Ok(None);
        }
        let row = ExportRow::new(shard, stored, &entry, self.withhold);
        if self.format == Format::Csv {
            return Ok(Some(row.to_csv().into_bytes()));
        }
        let mut line = Vec::with_capacity(1_024);
        row.push_json(&mut line);
        line.push(b'\n');
        Ok(Some(line))
    }

    /// The entries that the filters let through, read.
    fn wanted(&self, entries: Vec<StoredEntry>) -> Result<Vec<(StoredEntry, ReadEntry)>, String> {
        let mut wanted = Vec::with_capacity(entries.len());
        for stored in entries {
            let entry = read_entry(&stored).map_err(|error| error.to_string())?;
            if self.wants(&entry) {
                wanted.push((stored, entry));
            }
        }
        Ok(wanted)
    }

    /// Filters choose records. What the log says of itself, and records whose time is over, only come without filters, but
    /// for that of time.
    fn wants(&self, entry: &ReadEntry) -> bool {
        match entry {
            ReadEntry::Record(evidence, _) => self.wants_record(evidence),
            ReadEntry::Pruned | ReadEntry::Statement(..) => {
                self.category.is_none() && self.signal.is_none() && self.page.action.is_none()
            }
        }
    }

    fn wants_record(&self, record: &Evidence) -> bool {
        let category = self.category.as_ref().is_none_or(|wanted| record.categories.contains(wanted));
        let heard = record.signals.in_force();
        let signal = self.signal.is_none_or(|wanted| match wanted {
            SignalFilter::Any => heard.any(),
            SignalFilter::None => !heard.any(),
            SignalFilter::Gpc => heard.gpc,
            SignalFilter::Dnt => heard.dnt,
        });
        // The object has looked at the action, but not of a record that it was asked for by its number.
        let action = self.page.action.as_deref().is_none_or(|wanted| wanted == record.action.as_str());
        category && signal && action
    }
}

/// The export that a query asks for.
pub fn parse(query: &str) -> Result<Export, Response> {
    require_known(query, &[&["format"][..], &FILTERS].concat())?;
    read(query).map_err(|(name, allowed)| wrong(name, allowed))
}

/// The same, or the name of the filter that cannot be read and what it may be.
fn read(query: &str) -> Result<Export, (&'static str, &'static str)> {
    let parameter = |name: &str| parameter(query, name);
    let format = match parameter("format").as_deref() {
        None => Format::Ndjson,
        Some(word) => Format::parse(word)
            .filter(|format| *format != Format::Entries)
            .ok_or(("format", "ndjson or csv"))?,
    };
    let profile = parse_profile(parameter("profile"))?;
    if format == Format::Csv && profile.is_some() {
        return Err(("format", "ndjson: a receipt is no row"));
    }
    let time = |name: &'static str| -> Result<Option<u64>, (&'static str, &'static str)> {
        let Some(text) = parameter(name) else { return Ok(None) };
        let UnixMillis(millis) = parse_time(&text)
            .ok_or((name, "a date or an RFC 3339 time: 2026-11-21 or 2026-11-21T09:30:00Z"))?;
        Ok(Some(millis))
    };
    let action = match parameter("action") {
        None => None,
        Some(word) => {
            Some(Action::parse(&word).ok_or(("action", "accept_all, reject_all, save, withdraw or signal"))?)
        }
    };
    let category = match parameter("category") {
        None => None,
        Some(text) => {
            let (id, granted) = text.strip_suffix(":denied").map_or((text.as_str(), true), |id| (id, false));
            let allowed = ("category", "a category that was granted, or CATEGORY:denied");
            Some((CategoryId::parse(id).ok_or(allowed)?, granted))
        }
    };
    let signal = match parameter("signal").as_deref() {
        None => None,
        Some("any") => Some(SignalFilter::Any),
        Some("none") => Some(SignalFilter::None),
        Some("gpc") => Some(SignalFilter::Gpc),
        Some("dnt") => Some(SignalFilter::Dnt),
        Some(_) => return Err(("signal", "gpc, dnt, any or none")),
    };
    let id = match parameter("id") {
        None => None,
        Some(text) => Some(RecordId::parse(&text).ok_or(("id", "the `record_id` of one record"))?),
    };
    let number =
        |name: &'static str, allowed: &'static str| -> Result<Option<u64>, (&'static str, &'static str)> {
            parameter(name).map(|text| text.parse().map_err(|_| (name, allowed))).transpose()
        };
    let limit = number("limit", "1 to 10000")?;
    if limit.is_some_and(|limit| !(1..=LARGEST_LIMIT as u64).contains(&limit)) {
        return Err(("limit", "1 to 10000"));
    }
    let cursor = match parameter("cursor") {
        None => (0, 0),
        Some(text) => {
            let parts = text
                .split_once(':')
                .and_then(|(shard, index)| Some((shard.parse::<u8>().ok()?, index.parse().ok()?)));
            parts.ok_or(("cursor", "what Consentry-Next-Cursor said: PART:POSITION"))?
        }
    };
    let sizes = match parameter("sizes") {
        None => None,
        Some(text) => {
            let sizes: Option<Vec<u64>> = text.split(',').map(|size| size.parse().ok()).collect();
            let sizes = sizes.filter(|sizes| sizes.len() <= usize::from(MOST_SHARDS));
            Some(sizes.ok_or(("sizes", "what Consentry-Sizes said: a size for each part, with commas"))?)
        }
    };
    let page = PageRequest {
        start: cursor.1,
        end: None,
        from: time("from")?,
        to: time("to")?,
        action: action.map(|action| action.as_str().into()),
        limit: PAGE,
    };
    let limit = limit.map(|limit| limit as usize);
    Ok(Export {
        format,
        withhold: false,
        profile,
        page,
        shard: cursor.0.into(),
        category,
        signal,
        id,
        limit,
        sizes,
    })
}
