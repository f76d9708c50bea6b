//! What a log says of itself, between the records: which policy was published, what was erased, which key signs, how far its
//! parts have come.
//!
//! Each is one entry of the log, in the same field format as a record's evidence, and none of them says anything about a
//! visitor.

mod key_change;
mod policy_published;
mod redaction;
mod shard_heads;

pub use key_change::{KeyChange, key_change_message, parse_key_change, serialize_key_change};
pub use policy_published::{PolicyPublished, parse_policy_published, serialize_policy_published};
pub use redaction::{
    IndexRange, MOST_RANGES, Redaction, RedactionReason, parse_redaction, serialize_redaction,
};
pub use shard_heads::{ShardHead, ShardHeads, parse_shard_heads, serialize_shard_heads};
