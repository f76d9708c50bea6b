//! Many records at a time: in by the batch, out by the export.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::client::{Connection, ask, request};
use crate::ingest::{Count, agree, count};
use crate::load::{Requests, Server, Until, round};
use crate::measure::median;
use crate::plan::Plan;
use crate::records::Batches;

/// Records in a batch.
const SIZES: [usize; 2] = [100, 1000];
/// Connections that send batches: each request has enough in it.
const SENDERS: usize = 4;

/// Records a second through the endpoint for what was collected offline.
pub async fn batches(plan: &Plan) -> Result<()> {
    let consentry = &plan.consentry;
    // A small one first: a path nobody knows takes no large bodies either, and would say that instead.
    let (status, body) = ask(consentry.port, Batches::new(consentry, 1)?.next()).await?;
    if !(200..300).contains(&status) {
        let reason =
            if status == 404 { "this service takes none".into() } else { String::from_utf8_lossy(&body) };
        println!("batches: not measured, {reason} ({status})");
        return Ok(());
    }
    let server = Server { port: consentry.port, pid: consentry.pid };
    for size in SIZES {
        let mut rates = Vec::new();
        for _ in 0..plan.rounds {
            let requests = || Batches::new(consentry, size).map(Requests::Batches);
            let before = count(consentry).await?;
            let round = round(server, SENDERS, Until::Time(plan.time()), status, requests).await?;
            if let Some((other, count)) = round.others.first_key_value() {
                println!("batches of {size}: {count} answers with status {other}");
            }
            let of = |batches: u64| batches * size as u64;
            agree(of(round.wanted), of(round.broken), before, count(consentry).await?)?;
            rates.push(of(round.wanted) as f64 / round.time.as_secs_f64());
        }
        println!("batches of {size}, {SENDERS} connections: {:.0} records a second", median(rates));
    }
    Ok(())
}

/// Rows a second of a whole export, which must have all of them.
pub async fn export(plan: &Plan) -> Result<()> {
    let consentry = &plan.consentry;
    let fields = [format!("Authorization: Bearer {}", consentry.auditor_token)];
    let export = request("GET", &consentry.path("records?format=ndjson"), &fields, &[]);
    let Count { entries, .. } = count(consentry).await?;
    let mut rates = Vec::new();
    let mut bytes = 0;
    for _ in 0..plan.rounds {
        let mut rows = 0;
        bytes = 0;
        let mut connection = Connection::open(consentry.port).await?;
        let start = Instant::now();
        let answer = connection.send(&export, |part| {
            bytes += part.len();
            rows += part.iter().filter(|byte| **byte == b'\n').count() as u64;
        });
        let status = tokio::time::timeout(std::time::Duration::from_secs(300), answer).await??;
        if status != 200 || rows != entries {
            bail!("the export has {rows} of {entries} entries (status {status})");
        }
        rates.push(rows as f64 / start.elapsed().as_secs_f64());
    }
    let each = bytes as f64 / entries.max(1) as f64;
    println!("export of {entries} entries, NDJSON: {:.0} rows a second, {each:.0} bytes each", median(rates));
    Ok(())
}
