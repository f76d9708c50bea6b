//! The tamper-evident log of one site, as pure functions on bytes.
//!
//! In scope: what one entry of the log looks like ([`entry`]), how entries are hashed into a Merkle tree ([`hash`], by
//! [RFC 6962 §2.1](https://www.rfc-editor.org/rfc/rfc6962#section-2.1), which is also that of RFC 9162), and the little a
//! writer must keep to extend the tree and know its root ([`frontier`]).
//!
//! Out of scope, for now: inclusion and consistency proofs, tiles, signed checkpoints
//! ([C2SP tlog-tiles](https://c2sp.org/tlog-tiles), [tlog-checkpoint](https://c2sp.org/tlog-checkpoint)); their hashes are
//! those made here. Out of scope for good: clocks, randomness, storage, JSON, and what the payload of an entry means.
//!
//! ```
//! use consentry_log::{Frontier, entry::{Kind, serialize_entry}, leaf_hash};
//!
//! let entry = serialize_entry(Kind::Record, b"the canonical bytes of a record")?;
//! let mut frontier = Frontier::new();
//! let index = frontier.append(leaf_hash(&entry));
//! assert_eq!((index.0, frontier.size().0), (0, 1));
//! assert_eq!(frontier.root(), leaf_hash(&entry), "a tree of one leaf is that leaf");
//! # Ok::<(), consentry_log::EntryError>(())
//! ```

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod entry;
pub mod frontier;
pub mod hash;

pub use entry::{Entry, EntryError, Kind, parse_entry, serialize_entry};
pub use frontier::{Frontier, FrontierError, LeafIndex, TreeSize};
pub use hash::{Hash, leaf_hash, node_hash, tree_hash};
