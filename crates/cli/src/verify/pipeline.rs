//! Rows checked on several threads: units of work are dealt out in turn, and what was learnt of them is collected in the same
//! turn, so that it comes in the order of the rows without anybody sorting.
//!
//! Every queue is bounded. However long the log, only so many rows are in memory.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use consentry_verify::{Batch, Plan, Worker};

use crate::failure::Failure;

/// Units that wait for each worker.
const UNITS: usize = 2;
/// Batches of a worker that wait to be collected. Enough for a whole group of a Parquet file, or the other workers would wait
/// while one of them is collected from.
const BATCHES: usize = 48;

/// What deals units out; `false` once nobody takes them any more.
pub type Deal<'d, U> = &'d mut dyn FnMut(U) -> bool;
/// What hands batches over.
pub type Hand<'h> = &'h mut dyn FnMut(Batch);

/// Runs `feed` on a thread, `work` on as many as told, and `take` on this one. `work` may hand over any number of batches for
/// one unit.
pub fn run<U: Send>(
    plan: &Arc<Plan>,
    threads: usize,
    feed: impl FnOnce(Deal<'_, U>) -> Result<(), Failure> + Send,
    work: impl Fn(&mut Worker, U, Hand<'_>) + Sync,
    mut take: impl FnMut(Batch),
) -> Result<(), Failure> {
    thread::scope(|scope| {
        let mut dealt = Vec::with_capacity(threads);
        let mut collected = Vec::with_capacity(threads);
        for _ in 0..threads.max(1) {
            let (deal, units) = sync_channel(UNITS);
            let (hand, batches) = sync_channel(BATCHES);
            let (work, plan) = (&work, Arc::clone(plan));
            scope.spawn(move || each(Worker::new(plan), &units, &hand, work));
            dealt.push(deal);
            collected.push(batches);
        }
        let feeder = scope.spawn(move || {
            let mut turn = dealt.iter().cycle();
            feed(&mut |unit| turn.next().is_some_and(|deal| deal.send(unit).is_ok()))
        });
        for batches in collected.iter().cycle() {
            // A worker that ends in its turn has no unit, so there is none.
            if !unit(batches, &mut take) {
                break;
            }
        }
        drop(collected);
        feeder
            .join()
            .unwrap_or_else(|_| Err(Failure::refused("the rows could not be read", "report this as a bug")))
    })
}

fn each<U>(
    mut worker: Worker,
    units: &Receiver<U>,
    hand: &SyncSender<Option<Batch>>,
    work: impl Fn(&mut Worker, U, Hand<'_>),
) {
    for unit in units {
        let mut gone = false;
        work(&mut worker, unit, &mut |batch| gone |= hand.send(Some(batch)).is_err());
        if gone || hand.send(None).is_err() {
            return;
        }
    }
}

/// Collects the batches of one unit. `false` if there was none.
fn unit(batches: &Receiver<Option<Batch>>, take: &mut impl FnMut(Batch)) -> bool {
    for batch in batches {
        match batch {
            Some(batch) => take(batch),
            None => return true,
        }
    }
    false
}
