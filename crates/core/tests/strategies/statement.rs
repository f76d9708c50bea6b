//! Statements of any shape that their writers take.

use super::*;
use consentry_core::statement::*;
use proptest::sample::subsequence;

fn time() -> impl Strategy<Value = UnixMillis> {
    any::<u64>().prop_map(UnixMillis)
}

pub fn policy_published() -> impl Strategy<Value = PolicyPublished> {
    let text = || (language(), any::<[u8; 32]>());
    let texts = prop_oneof![9 => vec(text(), 0..6), 1 => vec(text(), 255)];
    (any::<u32>(), time(), any::<[[u8; 32]; 3]>(), texts).prop_map(|(version, time, hashes, texts)| {
        let [policy_hash, gate_hash, banner_hash] = hashes;
        PolicyPublished { site: site(), version, time, policy_hash, gate_hash, banner_hash, texts }
    })
}

pub fn redaction() -> impl Strategy<Value = Redaction> {
    let reason = prop_oneof![
        Just(RedactionReason::Visitor),
        Just(RedactionReason::Operator),
        time().prop_map(|cutoff| RedactionReason::Retention { cutoff }),
    ];
    (time(), reason, ranges()).prop_map(|(time, reason, entries)| Redaction { time, reason, entries })
}

/// Ascending ranges with at least one position between any two; now and then as many as fit.
fn ranges() -> impl Strategy<Value = Vec<IndexRange>> {
    let range = || (0..1_u64 << 40, 1..1_u64 << 40);
    let ranges = prop_oneof![9 => vec(range(), 0..6), 1 => vec(range(), MOST_RANGES)];
    ranges.prop_map(|ranges| {
        let mut free = 0;
        let place = |(gap, length)| {
            let start = free + gap;
            free = start + length + 1;
            IndexRange { start, end: start + length }
        };
        ranges.into_iter().map(place).collect()
    })
}

pub fn key_change() -> impl Strategy<Value = KeyChange> {
    let keys = ("\\PC{0,60}", "\\PC{0,60}");
    (time(), keys, any::<[[u8; 32]; 2]>()).prop_map(|(time, (old, new), signature)| KeyChange {
        time,
        old,
        new,
        signature: signature.as_flattened().try_into().unwrap(),
    })
}

pub fn shard_heads() -> impl Strategy<Value = ShardHeads> {
    let heads = prop_oneof![9 => 0..6_usize, 1 => Just(255)].prop_flat_map(|count| {
        let shards = subsequence((1..=u8::MAX).collect::<Vec<u8>>(), count);
        (shards, vec((any::<u64>(), any::<[u8; 32]>()), count))
    });
    (time(), heads).prop_map(|(time, (shards, heads))| {
        let head = |(shard, (size, root))| ShardHead { shard, size, root };
        ShardHeads { time, heads: shards.into_iter().zip(heads).map(head).collect() }
    })
}
