//! The auditor's export: NDJSON or CSV, filtered, streamed page by page from the site's object.

use std::collections::VecDeque;

use consentry_api::export::{CSV_COLUMNS, ExportRow};
use consentry_api::object::{PageRequest, SiteCall, SiteReply, StoredRecord};
use consentry_api::time::parse_time;
use consentry_core::{Action, CategoryId, Record, SiteId, UnixMillis, parse_record};
use futures_util::stream;

use super::Answer;
use crate::access::require_auditor;
use crate::answer::{problem, unavailable};
use crate::http::{Body, Request, Response};
use crate::service::Service;
use crate::sites::Sites;

/// Records read from the object at a time.
const PAGE: u32 = 1_000;
/// Largest `limit`: answers below it are made in one go, so that the next cursor can be a header.
const LARGEST_LIMIT: usize = 10_000;

/// What to export.
struct Export {
    csv: bool,
    page: PageRequest,
    category: Option<(CategoryId, bool)>,
    signal: Option<SignalFilter>,
    limit: Option<usize>,
}

/// Which signals a record must show.
#[derive(Clone, Copy, PartialEq)]
enum SignalFilter {
    Any,
    None,
    Gpc,
    Dnt,
}

/// `GET v1/sites/SITE/records?format=ndjson|csv&from&to&category&action&signal&cursor&limit`
pub async fn export<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    require_auditor(request, &service.sites, site).await?;
    let mut export = parse(request).map_err(|(name, allowed)| {
        problem(400, "filter", "A filter cannot be read", format!("`{name}` must be {allowed}"))
    })?;
    let stats = match service.sites.call(site, &SiteCall::Stats).await {
        Ok(SiteReply::Stats(stats)) => stats,
        Ok(other) => return Err(unavailable(1, format!("The log could not be read ({other:?})"))),
        Err(error) => return Err(unavailable(1, format!("The log could not be read ({error})"))),
    };
    // The log as it is now: records that arrive meanwhile are for the next export.
    export.page.end = Some(stats.records);
    let (content_type, name) = if export.csv {
        ("text/csv; charset=utf-8; header=present", format!("consent-{site}.csv"))
    } else {
        ("application/x-ndjson", format!("consent-{site}.ndjson"))
    };
    let head = if export.csv { format!("{CSV_COLUMNS}\n").into_bytes() } else { Vec::new() };
    let limit = export.limit;
    let mut reader = Reader { sites: service.sites.clone(), site: site.clone(), export, done: false };
    let mut response = Response::new(200, content_type, Vec::new())
        .with("content-disposition", format!("attachment; filename=\"{name}\""))
        .with("cache-control", "no-store")
        .with("consentry-tree-size", stats.records.to_string())
        .with("consentry-tree-root", stats.root);
    match limit {
        Some(limit) => {
            let mut body = head;
            let mut cursor = None;
            let mut rows = 0;
            'pages: while let Some(page) = reader.next().await.map_err(|error| unavailable(1, error))? {
                for (index, row) in page {
                    if rows == limit {
                        cursor = Some(index);
                        break 'pages;
                    }
                    body.extend(row);
                    rows += 1;
                }
            }
            if let Some(index) = cursor {
                response = response.with("consentry-next-cursor", index.to_string());
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

struct Reader<S> {
    sites: S,
    site: SiteId,
    export: Export,
    done: bool,
}

impl<S: Sites> Reader<S> {
    /// The rows of the next page that pass the filters, with their positions; `None` after the last.
    async fn next(&mut self) -> Result<Option<VecDeque<(u64, Vec<u8>)>>, String> {
        if self.done {
            return Ok(None);
        }
        let reply = self.sites.call(&self.site, &SiteCall::Page(self.export.page.clone())).await;
        let (records, next) = match reply.map_err(|error| error.to_string())? {
            SiteReply::Page(records, next) => (records, next),
            other => return Err(format!("unexpected answer: {other:?}")),
        };
        match next {
            Some(next) => self.export.page.start = next,
            None => self.done = true,
        }
        let mut rows = VecDeque::with_capacity(records.len());
        for stored in records {
            if let Some(row) = self.export.row(&stored)? {
                rows.push_back((stored.index, row));
            }
        }
        Ok(Some(rows))
    }
}

impl Export {
    /// The line of a stored record, or `None` when a filter leaves it out. A record that cannot be read ends the export:
    /// leaving it out silently would be a hole in the evidence.
    fn row(&self, stored: &StoredRecord) -> Result<Option<Vec<u8>>, String> {
        let bytes = decode_hex(&stored.bytes).ok_or_else(|| format!("record {} is damaged", stored.index))?;
        let record =
            parse_record(&bytes).map_err(|error| format!("record {} is damaged: {error:?}", stored.index))?;
        if !self.wants(&record) {
            return Ok(None);
        }
        let row = ExportRow::new(stored.index, &record, &stored.leaf_hash);
        if self.csv {
            return Ok(Some(row.to_csv().into_bytes()));
        }
        let mut line = serde_json::to_vec(&row).map_err(|error| error.to_string())?;
        line.push(b'\n');
        Ok(Some(line))
    }

    fn wants(&self, record: &Record) -> bool {
        let category = self.category.as_ref().is_none_or(|wanted| record.categories.contains(wanted));
        let heard = record.signals.in_force();
        let signal = self.signal.is_none_or(|wanted| match wanted {
            SignalFilter::Any => heard.any(),
            SignalFilter::None => !heard.any(),
            SignalFilter::Gpc => heard.gpc,
            SignalFilter::Dnt => heard.dnt,
        });
        category && signal
    }
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// The filters of a request, or the name of the one that cannot be read and what it may be.
fn parse(request: &Request) -> Result<Export, (&'static str, &'static str)> {
    let csv = match request.parameter("format").as_deref() {
        None | Some("ndjson") => false,
        Some("csv") => true,
        Some(_) => return Err(("format", "ndjson or csv")),
    };
    let time = |name: &'static str| -> Result<Option<u64>, (&'static str, &'static str)> {
        let Some(text) = request.parameter(name) else { return Ok(None) };
        let UnixMillis(millis) = parse_time(&text)
            .ok_or((name, "a date or an RFC 3339 time: 2026-11-21 or 2026-11-21T09:30:00Z"))?;
        Ok(Some(millis))
    };
    let action = match request.parameter("action") {
        None => None,
        Some(word) => {
            Some(Action::parse(&word).ok_or(("action", "accept_all, reject_all, save, withdraw or signal"))?)
        }
    };
    let category = match request.parameter("category") {
        None => None,
        Some(text) => {
            let (id, granted) = text.strip_suffix(":denied").map_or((text.as_str(), true), |id| (id, false));
            let allowed = ("category", "a category that was granted, or CATEGORY:denied");
            Some((CategoryId::parse(id).ok_or(allowed)?, granted))
        }
    };
    let signal = match request.parameter("signal").as_deref() {
        None => None,
        Some("any") => Some(SignalFilter::Any),
        Some("none") => Some(SignalFilter::None),
        Some("gpc") => Some(SignalFilter::Gpc),
        Some("dnt") => Some(SignalFilter::Dnt),
        Some(_) => return Err(("signal", "gpc, dnt, any or none")),
    };
    let number =
        |name: &'static str, allowed: &'static str| -> Result<Option<u64>, (&'static str, &'static str)> {
            request.parameter(name).map(|text| text.parse().map_err(|_| (name, allowed))).transpose()
        };
    let limit = number("limit", "1 to 10000")?;
    if limit.is_some_and(|limit| !(1..=LARGEST_LIMIT as u64).contains(&limit)) {
        return Err(("limit", "1 to 10000"));
    }
    let page = PageRequest {
        start: number("cursor", "the number from Consentry-Next-Cursor")?.unwrap_or(0),
        end: None,
        from: time("from")?,
        to: time("to")?,
        action: action.map(|action| action.as_str().into()),
        limit: PAGE,
    };
    Ok(Export { csv, page, category, signal, limit: limit.map(|limit| limit as usize) })
}
