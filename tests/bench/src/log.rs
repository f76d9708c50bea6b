//! `log`: how fast the log's own work goes on one processor, beside hashing the same bytes and doing nothing else.
//!
//! No storage and no network: neither writing a log nor checking one can be faster than this.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context, Result};
use consentry_log::{
    Edge, Joined, Kind, LeafIndex, Origin, SigningKey, Trust, leaf_hash, prove_inclusion, serialize_entry,
    sign_checkpoint, verify_checkpoint, verify_inclusion,
};
use sha2::{Digest, Sha256};

/// Entries that are hashed.
const ENTRIES: u64 = 1_000_000;
/// Bytes of an entry's payload, as much as a record of the demo policy has.
const PAYLOAD: usize = 256;
/// Entries that are appended at once, as a busy service does.
const GROUP: usize = 64;
/// Groups that are signed for and proved.
const SIGNED: usize = 500;

/// Measures and prints all of it.
pub fn log() -> Result<()> {
    println!(
        "one processor, entries with a payload of {PAYLOAD} bytes\n\n{:<52}{:>12}{:>9}",
        "", "per s", "x hash"
    );
    let mut entry = serialize_entry(Kind::Record, &[0; PAYLOAD])?;
    let mut fresh = |number: u64| {
        // Each entry is another one.
        if let Some(place) = entry.last_chunk_mut() {
            *place = number.to_be_bytes();
        }
        entry.clone()
    };

    let start = Instant::now();
    for number in 0..ENTRIES {
        black_box(Sha256::digest(fresh(number)));
    }
    let bare = rate(ENTRIES, start);
    let row = |name: &str, rate: f64| println!("{name:<52}{rate:>12.0}{:>9.2}", rate / bare);
    row("SHA-256 of the same bytes", bare);

    let start = Instant::now();
    let leaves: Vec<_> = (0..ENTRIES).map(|number| leaf_hash(&fresh(number))).collect();
    row("leaf hashes", rate(ENTRIES, start));

    let start = Instant::now();
    let mut edge = Edge::new();
    for group in leaves.chunks(GROUP) {
        black_box(edge.append(group)?);
        black_box(edge.head());
    }
    row(&format!("leaves into tiles, a root for every {GROUP}"), rate(ENTRIES, start));

    let origin = Origin::new("bench.example/log").context("an origin")?;
    let key = SigningKey::from_seed(origin.as_str(), &[7; 32])?;
    let mut receipts = Vec::new();
    let mut edge = Edge::new();
    let start = Instant::now();
    for group in leaves.chunks(GROUP).take(SIGNED) {
        let first = edge.size().0;
        let tiles = edge.append(group)?;
        let checkpoint = sign_checkpoint(&origin, &edge.head(), &[&key])?;
        let joined = Joined(&tiles, &edge);
        let prove = |(index, leaf)| Ok((leaf, prove_inclusion(LeafIndex(index), edge.size(), &joined)?));
        let proofs = (first..).zip(group).map(prove).collect::<Result<Vec<_>>>()?;
        receipts.push((checkpoint, proofs));
    }
    let count = receipts.iter().map(|(_, proofs)| proofs.len() as u64).sum();
    row(&format!("receipts made, a signature for every {GROUP}"), rate(count, start));

    let trust = Trust { origin: &origin, keys: &[key.public().clone()], witnesses: &[] };
    let start = Instant::now();
    for (checkpoint, proofs) in &receipts {
        let verified = verify_checkpoint(checkpoint.as_bytes(), &trust)?;
        for (leaf, proof) in proofs {
            verify_inclusion(proof, leaf, verified.head())?;
        }
    }
    row(&format!("receipts checked, a signature for every {GROUP}"), rate(count, start));
    Ok(())
}

fn rate(count: u64, start: Instant) -> f64 {
    count as f64 / start.elapsed().as_secs_f64()
}
