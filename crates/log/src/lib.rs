//! The tamper-evident log of one site, as pure functions on bytes: for writing one, and for proving that nobody changed it.
//!
//! # In scope
//!
//! In the order in which they build on each other:
//!
//! - [`entry`]: what one entry looks like.
//! - [`hash`], [`tree`], [`frontier`], [`span`]: entries as leaves of a Merkle tree
//!   ([RFC 6962 §2.1](https://www.rfc-editor.org/rfc/rfc6962#section-2.1), which is also that of RFC 9162), its root, the
//!   little a writer must keep to extend it, and stretches of it hashed side by side.
//! - [`proof`], [`verify`]: that an entry is in the tree
//!   ([§2.1.1](https://www.rfc-editor.org/rfc/rfc6962#section-2.1.1)), and that a tree only grew
//!   ([§2.1.2](https://www.rfc-editor.org/rfc/rfc6962#section-2.1.2)).
//! - [`tile`], [`tile_path`], [`tile_set`], [`bundle`], [`edge`]: the tree and its entries as files that never change
//!   ([C2SP tlog-tiles](https://c2sp.org/tlog-tiles)).
//! - [`key`], [`note`], [`sign`], [`checkpoint`], [`cosignature`]: trees that are signed for
//!   ([signed-note](https://c2sp.org/signed-note), [tlog-checkpoint](https://c2sp.org/tlog-checkpoint),
//!   [tlog-cosignature](https://c2sp.org/tlog-cosignature)).
//! - [`tlog_proof`]: all of it in one text that is checked offline ([tlog-proof](https://c2sp.org/tlog-proof)).
//! - [`sequencer`]: appending to stored logs, crashes included.
//!
//! # Out of scope
//!
//! Clocks, randomness, storage, networks, JSON, what the payload of an entry means, which entries are duplicates, when tiles
//! are pruned, how many witnesses are enough. Also being a witness, and signatures other than Ed25519: [`note::Verifier`] and
//! [`sign::Signer`] take them from outside.
//!
//! # Features
//!
//! `sign`: the Ed25519 signer, for whoever runs a log. `fast`: bigger and faster curve arithmetic.
//!
//! # A log, a proof, a sceptic
//!
//! ```
//! use consentry_log::{
//!     Edge, Joined, Kind, LeafIndex, ProofError, leaf_hash, prove_inclusion, serialize_entry, verify_inclusion,
//! };
//!
//! let [first, second] = ["a record", "another"].map(|record| serialize_entry(Kind::Record, record.as_bytes()));
//! let leaves = [leaf_hash(&first?), leaf_hash(&second?)];
//!
//! // Whoever writes the log stores the tiles, signs the head and hands out the proof.
//! let mut edge = Edge::new();
//! let tiles = edge.append(&leaves)?;
//! let head = edge.head();
//! let proof = prove_inclusion(LeafIndex(1), head.size, &Joined(&tiles, &edge))?;
//!
//! // Whoever has an entry, its proof and a head that was signed needs nobody else.
//! assert_eq!(verify_inclusion(&proof, &leaves[1], &head), Ok(()));
//! assert_eq!(verify_inclusion(&proof, &leaves[0], &head), Err(ProofError::Root));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod entry;
pub mod hash;
pub mod tree;

pub mod frontier;
pub mod span;

pub mod proof;
pub mod verify;

pub mod bundle;
pub mod edge;
pub mod tile;
pub mod tile_path;
pub mod tile_set;

pub mod checkpoint;
pub mod cosignature;
pub mod key;
pub mod note;
pub mod sign;
pub mod tlog_proof;

pub mod sequencer;

pub use bundle::{BundleError, parse_bundle, push_entry, serialize_bundle};
pub use checkpoint::{
    Checkpoint, CheckpointError, Origin, Trust, VerifiedCheckpoint, parse_checkpoint, serialize_checkpoint,
    sign_checkpoint, verify_checkpoint,
};
pub use cosignature::{Cosignature, cosignature_message};
pub use edge::{Edge, TreeFull};
pub use entry::{Entry, EntryError, Kind, parse_entry, serialize_entry};
pub use frontier::{Frontier, FrontierError};
pub use hash::{Hash, leaf_hash, node_hash, tree_hash};
pub use key::{KeyError, KeyId, LogKey, WitnessKey};
pub use note::{Note, NoteError, Signature, Verified, Verifier, parse_note, verify_note};
pub use proof::{
    ConsistencyProof, InclusionProof, ProveError, RangeError, prove_consistency, prove_inclusion,
};
pub use sequencer::{AppendError, Appended, HeadCell, Objects, OpenError, Sequencer, Swap};
#[cfg(feature = "sign")]
pub use sign::SigningKey;
pub use sign::{SignError, Signer, sign_note};
pub use span::Span;
pub use tile::{Bundle, Tile, Width, consistency_tiles, edge_tiles, inclusion_tiles, new_bundles, new_tiles};
pub use tile_path::{TilePath, TilePathError, parse_tile_path};
pub use tile_set::{MissingTile, TileLengthError, TileNodes, TileSet};
pub use tlog_proof::{TlogProof, TlogProofError, parse_tlog_proof, verify_tlog_proof};
pub use tree::{
    Joined, LARGEST_TREE, LeafIndex, LeafRange, Newer, Nodes, Older, Subtree, TreeHead, TreeSize,
};
pub use verify::{ProofError, verify_consistency, verify_inclusion};
