//! Verifying the log of a site as the service has it now: the export, and that everybody is shown the same log.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use consentry_api::snapshot::Snapshot;
use consentry_core::SiteId;
use consentry_log::{Newer, Older, Trust, verify_checkpoint};
use consentry_verify::{Finding, Growth, KeyChain, Place, Plan, Problem, Report, Verifier, Worker};
use indicatif::ProgressBar;

use super::tiles::Tiles;
use super::{pipeline, progress, threads};
use crate::args::Verify;
use crate::client::{self, Client, encode, ended};
use crate::failure::Failure;
use crate::public::PublicLog;

/// Rows in a page: the most the service takes.
const PAGE: &str = "10000";
/// How often a page is asked for before the service counts as gone.
const TRIES: u32 = 4;
/// How often everything is read again because records were erased meanwhile.
const READINGS: u32 = 3;
/// How long an old checkpoint may be served from a cache.
const CACHED: Duration = Duration::from_millis(2_500);

/// Verifies the log of a site.
pub fn report(args: &Verify, site: &SiteId) -> Result<Report, Failure> {
    let client = Client::new(&args.remote, args.token.as_deref())?;
    let public = Client::new(&args.remote, None)?;
    let public = PublicLog::new(&public, site);
    let mut report = read(args, site, &client, &public)?;
    // What is erased while it is read looks like what is erased without saying so. Read again, the log says so.
    for _ in 1..READINGS {
        let only_erased = |finding: &Finding| finding.problem == Problem::Unexplained;
        if report.found == 0 || !report.findings.iter().all(only_erased) {
            break;
        }
        report = read(args, site, &client, &public)?;
    }
    Ok(report)
}

fn read(args: &Verify, site: &SiteId, client: &Client, public: &PublicLog<'_>) -> Result<Report, Failure> {
    let snapshot = client.snapshot(site)?;
    let (plan, findings) = Plan::new(&snapshot, args.key.as_ref(), true);
    let plan = Arc::new(plan);
    let mut verifier = Verifier::new(Arc::clone(&plan), findings);
    if snapshot.site != site.as_str() {
        verifier.find(Finding { place: Place::Snapshot, problem: Problem::Snapshot("site") });
    }
    let bar = progress("{wide_bar} {human_pos} rows, {per_sec}, {eta}");
    bar.set_length(plan.rows());
    let differing = thread::scope(|scope| {
        let mut tiles = Tiles::start(scope, public);
        let feed = |deal: pipeline::Deal<'_, Vec<u8>>| pages(client, site, &snapshot, deal);
        let work = |worker: &mut Worker, page: Vec<u8>, hand: pipeline::Hand<'_>| {
            worker.ndjson(&page);
            hand(worker.finish());
        };
        pipeline::run(&plan, threads(args, 0), feed, work, |batch| {
            tiles.take(&batch);
            verifier.take(batch);
            bar.set_position(verifier.rows());
        })?;
        tiles.finish()
    })?;
    differing.into_iter().for_each(|finding| verifier.find(finding));
    for finding in compare(args, &snapshot, public, &bar)? {
        verifier.find(finding);
    }
    bar.finish_and_clear();
    Ok(verifier.end())
}

/// Deals out the rows of all parts, page by page.
fn pages(
    client: &Client,
    site: &SiteId,
    snapshot: &Snapshot,
    deal: pipeline::Deal<'_, Vec<u8>>,
) -> Result<(), Failure> {
    let sizes: Vec<String> = snapshot.parts.iter().map(|part| part.size.to_string()).collect();
    let sizes = sizes.join(",");
    let mut cursor = None;
    loop {
        let from = cursor.as_deref().map(|cursor| ("cursor", cursor));
        let query = [("format", "ndjson"), ("sizes", sizes.as_str()), ("limit", PAGE)];
        let url = format!("{}?{}", client.of_site(site, "records"), encode(query.into_iter().chain(from)));
        let (page, next) = page(client, &url)?;
        if !page.is_empty() && !deal(page) {
            return Ok(());
        }
        match next {
            Some(next) if cursor.as_ref() == Some(&next) => {
                return Err(Failure::refused(
                    "the service sends one page again and again",
                    "ask the operator",
                ));
            }
            Some(next) => cursor = Some(next),
            None => return Ok(()),
        }
    }
}

/// A page and what the next one begins with.
fn page(client: &Client, url: &str) -> Result<(Vec<u8>, Option<String>), Failure> {
    let mut tries = 0;
    loop {
        let read = || {
            let response = ended(client.send("GET", url, None)?)?;
            let next = response.headers().get("consentry-next-cursor");
            let next = next.and_then(|next| next.to_str().ok()).map(str::to_owned);
            Ok((client::bytes(response)?, next))
        };
        tries += 1;
        match read() {
            Err(Failure::Unreachable { .. }) if tries < TRIES => {
                thread::sleep(Duration::from_millis(200) * tries)
            }
            other => return other,
        }
    }
}

/// Compares the snapshot with what everybody is shown: the same log, or one that grew out of it.
fn compare(
    args: &Verify,
    snapshot: &Snapshot,
    public: &PublicLog<'_>,
    bar: &ProgressBar,
) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::new();
    let keys = public.keys()?;
    let found = |part, problem| Finding { place: Place::Part(part), problem };
    let chain = match KeyChain::follow(&keys.keys, &keys.changes, args.key.as_ref()) {
        Ok(chain) => chain,
        // The same was found when the snapshot was checked.
        Err(_) if (&keys.keys, &keys.changes) == (&snapshot.keys, &snapshot.key_changes) => {
            return Ok(findings);
        }
        Err(error) => return Ok(vec![found(0, Problem::Key(error))]),
    };
    for part in &snapshot.parts {
        let Some(origin) = chain.origin_of(part.shard) else { continue };
        let keys = chain.trusted(part.shard);
        let trust = Trust { origin: &origin, keys: &keys, witnesses: &[] };
        // One that does not verify was found when the snapshot was checked.
        let Ok(shown) = verify_checkpoint(part.checkpoint.as_bytes(), &trust) else { continue };
        let mut tries = 0;
        let problem = loop {
            let Some(text) = public.checkpoint(part.shard)? else {
                break Some(Problem::Public("the public log has no such part".into()));
            };
            let served = match verify_checkpoint(text.as_bytes(), &trust) {
                Ok(served) => served,
                Err(error) => break Some(Problem::Checkpoint(error)),
            };
            let (growth, _) = public.growth(part.shard, Older(shown.head()), Newer(served.head()))?;
            tries += 1;
            match growth {
                Growth::Same | Growth::Grown => break None,
                Growth::Shrunk | Growth::BadTiles if tries < TRIES => {
                    bar.set_message("waiting for a newer checkpoint");
                    thread::sleep(CACHED);
                }
                growth => {
                    break Some(Problem::Public(format!(
                        "the public log of {} entries did not grow out of this one: {growth}",
                        served.head().size.0
                    )));
                }
            }
        };
        findings.extend(problem.map(|problem| found(part.shard, problem)));
    }
    Ok(findings)
}
