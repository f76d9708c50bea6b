//! One round: so many connections, each sending its next request as soon as the last one is answered.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use futures_util::future::try_join_all;
use hdrhistogram::Histogram;

use crate::client::Connection;
use crate::measure::{Measure, cpu};
use crate::records::{Batches, Records};

/// Connections a round may lose before the server is taken to be gone.
const MOST_BROKEN: u64 = 100;
/// What answers may take beyond the round's time: a server that hangs must not hang us.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest latency that is told from longer ones, in microseconds.
const LONGEST: u64 = 60_000_000;

/// Who is asked.
#[derive(Clone, Copy)]
pub struct Server {
    pub port: u16,
    pub pid: u32,
}

/// What is sent.
pub enum Requests {
    /// The same bytes again and again.
    Same(Vec<u8>),
    /// A new record each.
    Records(Records),
    /// Many new records each.
    Batches(Batches),
}

impl Requests {
    fn next(&mut self) -> &[u8] {
        match self {
            Self::Same(bytes) => bytes,
            Self::Records(records) => records.next(),
            Self::Batches(batches) => batches.next(),
        }
    }
}

/// When a round ends.
#[derive(Clone, Copy)]
pub enum Until {
    /// After this time.
    Time(Duration),
    /// After so many requests, over all connections.
    Count(u64),
}

/// How a round went.
pub struct Round {
    /// About the answers with the wanted status.
    pub measure: Measure,
    /// How many those were.
    pub wanted: u64,
    /// Answers with another status.
    pub others: BTreeMap<u16, u64>,
    /// Requests whose answer never came: what became of them is unknown.
    pub broken: u64,
    /// How long it took.
    pub time: Duration,
}

struct Tally {
    latencies: Histogram<u32>,
    others: BTreeMap<u16, u64>,
    broken: u64,
    /// Requests that may still be sent.
    left: u64,
}

/// Runs a round and waits for every answer, so that nothing is under way when the next one begins.
pub async fn round(
    server: Server,
    connections: usize,
    until: Until,
    wanted: u16,
    mut requests: impl FnMut() -> Result<Requests>,
) -> Result<Round> {
    let left = if let Until::Count(count) = until { count } else { u64::MAX };
    let tally = RefCell::new(Tally {
        latencies: Histogram::new_with_max(LONGEST, 3)?,
        others: BTreeMap::new(),
        broken: 0,
        left,
    });
    let mut clients = Vec::with_capacity(connections);
    for _ in 0..connections {
        clients.push((Connection::open(server.port).await?, requests()?));
    }
    let used = cpu(server.pid);
    let start = Instant::now();
    let end = if let Until::Time(time) = until { Some(start + time) } else { None };
    let work = clients
        .into_iter()
        .map(|(connection, requests)| client(server.port, connection, requests, &tally, end, wanted));
    let limit = match until {
        Until::Time(time) => time + PATIENCE,
        // A hundred a second is slower than anything worth measuring.
        Until::Count(count) => Duration::from_millis(10).saturating_mul(count.try_into()?) + PATIENCE,
    };
    tokio::time::timeout(limit, try_join_all(work)).await.context("the round does not end")??;
    let time = start.elapsed();
    let used = used.zip(cpu(server.pid)).map(|(before, after)| after.saturating_sub(before));
    let Tally { latencies, others, broken, .. } = tally.into_inner();
    Ok(Round { measure: Measure::new(&latencies, time, used), wanted: latencies.len(), others, broken, time })
}

async fn client(
    port: u16,
    mut connection: Connection,
    mut requests: Requests,
    tally: &RefCell<Tally>,
    end: Option<Instant>,
    wanted: u16,
) -> Result<()> {
    let mut sent = Instant::now();
    while end.is_none_or(|end| sent < end) {
        {
            let mut tally = tally.borrow_mut();
            if tally.left == 0 {
                break;
            }
            tally.left -= 1;
        }
        let answer = connection.send(requests.next(), |_| {}).await;
        let now = Instant::now();
        let broken = {
            let mut tally = tally.borrow_mut();
            match answer {
                Ok(status) if status == wanted => {
                    tally.latencies.saturating_record((now - sent).as_micros() as u64);
                }
                Ok(status) => *tally.others.entry(status).or_default() += 1,
                Err(_) => tally.broken += 1,
            }
            (answer.is_err(), tally.broken)
        };
        match broken {
            (true, MOST_BROKEN..) => bail!("the server broke {MOST_BROKEN} connections"),
            (true, _) => connection = Connection::open(port).await?,
            (false, _) => {}
        }
        sent = now;
    }
    Ok(())
}
