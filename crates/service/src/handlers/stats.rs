//! `v1/sites/SITE/stats`: the numbers of a site, added up over the parts of its log.

use consentry_api::object::{CountRequest, SiteCall, SiteReply, SiteStats, TimeRange};
use consentry_api::stats::{Dimension, Stats, stats_csv};
use consentry_api::time::parse_time;
use consentry_core::SiteId;
use consentry_core::time::DAY;

use super::Answer;
use super::filters::{require_known, wrong};
use super::snapshot::{most_shards, policies, unread};
use crate::access::{require_auditor, wanted};
use crate::answer::{json, not_allowed, problem, unavailable};
use crate::http::{Method, Request, Response};
use crate::numbers::Numbers;
use crate::service::Service;
use crate::sites::Sites;

/// Turns that one request gives a part for counting what it has not counted yet: a million records. It has the next request
/// go on where this one stopped.
const MOST_TURNS: usize = 200;
/// Rows in one answer.
const MOST_ROWS: usize = 50_000;
/// Every parameter.
const FILTERS: [&str; 4] = ["from", "to", "by", "format"];

/// What is asked for.
struct Question {
    range: TimeRange,
    by: Vec<Dimension>,
    csv: bool,
}

/// `GET v1/sites/SITE/stats?from&to&by&format`, for auditors.
pub async fn stats<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    if !matches!(request.method, Method::Get | Method::Head) {
        return Err(not_allowed("GET, HEAD"));
    }
    let Question { range, by, csv } = read(request)?;
    require_auditor(request, &service.sites, site, wanted(request, &FILTERS, None, Some(range))).await?;
    let log = match service.sites.call(site, &SiteCall::Stats(range)).await {
        Ok(SiteReply::Stats(stats)) => stats,
        other => return Err(unread(&other)),
    };
    let rows = numbers(service, site, range).await?.rows(&by);
    if rows.len() > MOST_ROWS {
        return Err(problem(
            422,
            "stats-large",
            "These are too many rows for one answer",
            format!("{} rows, at most {MOST_ROWS}: ask for less time, or tell apart by less", rows.len()),
        ));
    }
    if csv {
        return Ok(Response::new(200, "text/csv", stats_csv(&by, &rows)).with("cache-control", "no-store"));
    }
    let SiteStats { records, entries, root, actions, policy } = log;
    let by = by.into_iter().map(|dimension| dimension.as_str().into()).collect();
    Ok(json(200, &Stats { records, entries, root, actions, policy, by, rows }))
}

fn read(request: &Request) -> Result<Question, Response> {
    require_known(&request.query, &FILTERS)?;
    let time = |name: &str| match request.parameter(name) {
        None => Ok(None),
        Some(text) => parse_time(&text)
            .map(|time| Some(time.0))
            .ok_or_else(|| wrong(name, "a date or an RFC 3339 time: 2026-11-21 or 2026-11-21T09:30:00Z")),
    };
    let words = request.parameter("by").unwrap_or_default();
    let mut by = words
        .split(',')
        .filter(|word| !word.is_empty())
        .map(|word| {
            Dimension::parse(word).ok_or_else(|| {
                wrong("by", "one or more of day, jurisdiction, language and variant, with commas")
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    by.sort_unstable();
    by.dedup();
    let csv = match request.parameter("format").as_deref() {
        None | Some("json") => false,
        Some("csv") => true,
        Some(_) => return Err(wrong("format", "json or csv")),
    };
    Ok(Question { range: TimeRange { from: time("from")?, to: time("to")? }, by, csv })
}

/// What was counted in all parts, on the days that are wholly within the range.
async fn numbers<S: Sites>(
    service: &Service<S>,
    site: &SiteId,
    range: TimeRange,
) -> Result<Numbers, Response> {
    let days = CountRequest {
        from: range.from.map_or(0, |from| from.div_ceil(DAY)),
        // Days have no end in sight where nobody names one; the largest number that the object's storage takes.
        to: range.to.map_or(u64::from(u32::MAX), |to| to / DAY),
        after: None,
    };
    // A site nobody published has neither policies nor numbers.
    let Ok(policies) = policies(service, site).await else { return Ok(Numbers::default()) };
    let mut numbers = Numbers::default();
    for shard in 0..most_shards(&policies) {
        count_up(service, site, shard).await?;
        let mut request = days.clone();
        loop {
            let call = SiteCall::Counts(request.clone());
            let (rows, more) = match service.sites.call_part(site, shard, &call).await {
                Ok(SiteReply::Counts(rows, more)) => (rows, more),
                other => return Err(unread(&other)),
            };
            for (key, count) in &rows {
                numbers.add(key, *count);
            }
            request.after = rows.into_iter().next_back().map(|(key, _)| key);
            if !more {
                break;
            }
        }
    }
    Ok(numbers)
}

/// Has a part count every record that is there by now.
async fn count_up<S: Sites>(service: &Service<S>, site: &SiteId, shard: u8) -> Result<(), Response> {
    for _ in 0..MOST_TURNS {
        match service.sites.call_part(site, shard, &SiteCall::CountUp).await {
            Ok(SiteReply::Flag(false)) => return Ok(()),
            Ok(SiteReply::Flag(true)) => {}
            other => return Err(unread(&other)),
        }
    }
    Err(unavailable(
        1,
        "A great many records are not counted yet; ask again, and it goes on where it stopped",
    ))
}
