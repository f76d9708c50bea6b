//! How far the other parts of a sharded log have come: their heads, committed to by the first part.

use alloc::vec::Vec;

use crate::time::UnixMillis;
use crate::tlv::{CanonicalError, In, Out};

const HEADER: &[u8] = b"consentry.shard-heads.v1\n";

/// The heads of all other parts of a log at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardHeads {
    /// When they were read.
    pub time: UnixMillis,
    /// One for each part, in ascending order of their numbers.
    pub heads: Vec<ShardHead>,
}

/// The head of one part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardHead {
    /// Its number, from 1; 0 is the log that holds this very entry.
    pub shard: u8,
    /// Its number of entries.
    pub size: u64,
    /// The root of its Merkle tree.
    pub root: [u8; 32],
}

/// The canonical bytes.
pub fn serialize_shard_heads(heads: &ShardHeads) -> Vec<u8> {
    let mut out = Out::new(HEADER);
    out.put(1, &heads.time.0.to_be_bytes());
    out.put(2, &[heads.heads.len() as u8]);
    for head in &heads.heads {
        out.put(3, &[head.shard]);
        out.put(4, &head.size.to_be_bytes());
        out.put(5, &head.root);
    }
    out.0
}

/// Heads from their canonical bytes.
pub fn parse_shard_heads(bytes: &[u8]) -> Result<ShardHeads, CanonicalError> {
    let mut fields = In::new(bytes, HEADER)?;
    let time = UnixMillis(fields.number(1)?);
    let mut heads: Vec<ShardHead> = Vec::new();
    for _ in 0..fields.count(2)? {
        let head = ShardHead { shard: fields.count(3)?, size: fields.number(4)?, root: fields.array(5)? };
        if head.shard <= heads.last().map_or(0, |last| last.shard) {
            return Err(CanonicalError::Value(3));
        }
        heads.push(head);
    }
    fields.end()?;
    Ok(ShardHeads { time, heads })
}
