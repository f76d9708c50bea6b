//! `ingest`: how fast records are acknowledged, beside the bare hop and beside SQLite, all in turn and in one run.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::client::{ask, request};
use crate::load::{Requests, Round, Server, Until, round};
use crate::measure::{Measure, cpu};
use crate::plan::{Consentry, Plan};
use crate::records::Records;
use crate::{disk, finish, parts, table};

/// How long each server is used before anything counts: code is compiled, and compiled better, while it runs.
const WARM_UP: Duration = Duration::from_secs(4);
/// Connections that bring the records which are to be there already.
const FILLING: usize = 64;

/// What is measured.
#[derive(Clone, Copy, PartialEq)]
pub enum Subject {
    /// From the Worker to an object and back, and nothing else.
    Hop,
    /// The hop and a statement for each request.
    Single,
    /// The hop and a statement for each group.
    Grouped,
    /// A record sent to Consentry, acknowledged.
    Consentry,
}

impl Subject {
    const ALL: [Self; 4] = [Self::Hop, Self::Single, Self::Grouped, Self::Consentry];

    const fn name(self) -> &'static str {
        match self {
            Self::Hop => "bare hop, nothing stored",
            Self::Single => "SQLite, one insert a request",
            Self::Grouped => "SQLite, one insert a group",
            Self::Consentry => "Consentry",
        }
    }
}

/// Measures everything and prints it.
pub async fn ingest(plan: &Plan) -> Result<()> {
    let (start, used) = (Instant::now(), cpu(std::process::id()));
    for subject in Subject::ALL {
        let connections = plan.connections.iter().copied().max().unwrap_or(1);
        measure(plan, subject, connections, Until::Time(WARM_UP)).await?;
    }
    println!("medians of {} rounds of {} s, every subject in turn", plan.rounds, plan.seconds);
    table::head();
    for &connections in &plan.connections {
        series(plan, &Subject::ALL, connections).await?;
    }
    fill(plan).await?;
    table::head();
    for &connections in &plan.connections {
        series(plan, &[Subject::Hop, Subject::Consentry], connections).await?;
    }
    if plan.parts {
        parts::parts(plan).await?;
    }
    println!();
    finish::batches(plan).await?;
    finish::export(plan).await?;
    if let Some((before, after)) = used.zip(cpu(std::process::id())) {
        let share = (after - before).as_secs_f64() / start.elapsed().as_secs_f64() * 100.0;
        println!("the clients took {share:.0} % of one processor");
    }
    Ok(())
}

/// Measures these subjects in turn, as often as there are rounds, and prints a row for each.
async fn series(plan: &Plan, subjects: &[Subject], connections: usize) -> Result<()> {
    let Count { records: stored, .. } = count(&plan.consentry).await?;
    let mut rounds: Vec<Vec<Measure>> = subjects.iter().map(|_| Vec::new()).collect();
    let mut disk = Vec::new();
    for _ in 0..plan.rounds {
        disk.push(disk::round(&plan.state)?);
        for (subject, rounds) in subjects.iter().zip(&mut rounds) {
            rounds.push(measure(plan, *subject, connections, Until::Time(plan.time())).await?.measure);
        }
    }
    table::row("disk, 4 KiB made durable", 1, None, &disk, None);
    let hop = rounds.first().map(Vec::as_slice);
    for (subject, rounds) in subjects.iter().zip(&rounds) {
        let stored = (*subject == Subject::Consentry).then_some(stored);
        table::row(subject.name(), connections, stored, rounds, hop.filter(|_| *subject != Subject::Hop));
    }
    Ok(())
}

/// One round. What Consentry acknowledged in it must be in its log after it, and nothing else.
async fn measure(plan: &Plan, subject: Subject, connections: usize, until: Until) -> Result<Round> {
    let (consentry, ceilings) = (&plan.consentry, &plan.ceilings);
    let to = |port, path: &str| {
        let path = path.to_owned();
        (Server { port, pid: if port == consentry.port { consentry.pid } else { ceilings.pid } }, path)
    };
    let (server, path) = match subject {
        Subject::Hop => to(ceilings.hop, "/"),
        Subject::Single => to(ceilings.sqlite, "/single"),
        Subject::Grouped => to(ceilings.sqlite, "/grouped"),
        Subject::Consentry => to(consentry.port, &consentry.path("records")),
    };
    let requests = || Records::new(&path, &consentry.origin).map(Requests::Records);
    if subject != Subject::Consentry {
        return quiet(subject, round(server, connections, until, 201, requests).await?);
    }
    let before = count(consentry).await?;
    let round = round(server, connections, until, 201, requests).await?;
    agree(round.wanted, round.broken, before, count(consentry).await?)?;
    quiet(subject, round)
}

/// Says what was not as it should be.
fn quiet(subject: Subject, round: Round) -> Result<Round> {
    for (status, count) in &round.others {
        println!("  {}: {count} answers with status {status}", subject.name());
    }
    if round.broken > 0 {
        println!("  {}: {} requests without an answer", subject.name(), round.broken);
    }
    if round.wanted == 0 {
        bail!("{}: not one answer was as it should be", subject.name());
    }
    Ok(round)
}

/// An error unless records and tree grew by what was acknowledged. Of requests without an answer anything may have become.
pub fn agree(acknowledged: u64, broken: u64, before: Count, after: Count) -> Result<()> {
    let grown = [(before.records, after.records), (before.entries, after.entries)];
    let grown = grown.map(|(before, after)| after.checked_sub(before));
    let expected = Some(acknowledged)..=Some(acknowledged + broken);
    match grown {
        [records, entries] if records == entries && expected.contains(&records) => Ok(()),
        _ => bail!("{acknowledged} records were acknowledged, but records and tree grew by {grown:?}"),
    }
}

/// Brings in records until there are as many as the second half wants.
async fn fill(plan: &Plan) -> Result<()> {
    let missing = plan.stored.saturating_sub(count(&plan.consentry).await?.records);
    if missing > 0 {
        let round = measure(plan, Subject::Consentry, FILLING, Until::Count(missing)).await?;
        println!("\n{} records brought in within {:.0} s", round.wanted, round.time.as_secs_f64());
    }
    Ok(())
}

/// What the service says it has.
#[derive(Clone, Copy, Deserialize)]
pub struct Count {
    pub records: u64,
    /// The size of the tree: records, and what the log says of itself.
    pub entries: u64,
}

/// Asks the service what it has.
pub async fn count(consentry: &Consentry) -> Result<Count> {
    let fields = [format!("Authorization: Bearer {}", consentry.auditor_token)];
    let (status, body) = ask(consentry.port, &request("GET", &consentry.path("stats"), &fields, &[])).await?;
    if status != 200 {
        bail!("the service's numbers cannot be read: {status} {}", String::from_utf8_lossy(&body));
    }
    serde_json::from_slice(&body).context("the service's numbers cannot be read")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_that_grew_by_something_else_than_was_acknowledged_is_an_error() {
        let before = Count { records: 100, entries: 103 };
        for (acknowledged, broken, records, entries, good) in [
            (10, 0, 110, 113, true),
            (10, 0, 109, 112, false),
            (10, 0, 111, 114, false),
            (10, 0, 110, 112, false),
            (10, 0, 109, 113, false),
            (10, 2, 112, 115, true),
            (10, 2, 113, 116, false),
            (10, 2, 109, 112, false),
            (0, 0, 90, 93, false),
        ] {
            let after = Count { records, entries };
            let agreed = agree(acknowledged, broken, before, after);
            assert_eq!(agreed.is_ok(), good, "{acknowledged} {broken} {records} {entries}");
        }
    }
}
