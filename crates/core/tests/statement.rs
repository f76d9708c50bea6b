//! The canonical bytes of what the log says of itself: written out for good, and what is refused in their place.

#![allow(clippy::unwrap_used, reason = "helpers of tests may stop at the first surprise")]

use std::collections::BTreeSet;
use std::fmt::Debug;

use consentry_core::bytes::parse_hex;
use consentry_core::statement::*;
use consentry_core::*;
use proptest::collection::btree_set;
use proptest::prelude::*;

// Spelled by another program from the format's description. They must never change: they are what logs already hold.

const PUBLISHED: &str = concat!(
    "636f6e73656e7472792e706f6c6963792e76310a01000473686f7002000400000007030008000001a1f8d3ea00040020abab",
    "abababababababababababababababababababababababababababababab0500200101010101010101010101010101010101",
    "0101010101010101010101010101010600200202020202020202020202020202020202020202020202020202020202020202",
    "07000102080005656e2d55530900200303030303030303030303030303030303030303030303030303030303030303080002",
    "64650900200404040404040404040404040404040404040404040404040404040404040404",
);
const BY_VISITOR: &str = concat!(
    "636f6e73656e7472792e726564616374696f6e2e76310a010008000001a1f8d3ea0002000776697369746f72030000040010",
    "00000000000000050000000000000006",
);
const BY_OPERATOR: &str = concat!(
    "636f6e73656e7472792e726564616374696f6e2e76310a010008000001a1f8d3ea000200086f70657261746f720300000400",
    "200000000000000000000000000000000100000000000000030000000000000102",
);
const BY_RETENTION: &str = concat!(
    "636f6e73656e7472792e726564616374696f6e2e76310a010008000001a1f8d3ea00020009726574656e74696f6e03000800",
    "00019e59db3a0004001000000000000000000000000000011170",
);
const CHANGED: &str = concat!(
    "636f6e73656e7472792e6b65792d6368616e67652e76310a010008000001a1f8d3ea00020022636f6e73656e742e6578616d",
    "706c652f73686f702b30613162326333642b41514944030022636f6e73656e742e6578616d706c652f73686f702b34653566",
    "363037312b42415547040040000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425",
    "262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
);
const HEADS: &str = concat!(
    "636f6e73656e7472792e73686172642d68656164732e76310a010008000001a1f8d3ea000200010203000101040008000000",
    "00000010060500200a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a03000103040008000000",
    "0000000000050020e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
);

const TIME: UnixMillis = UnixMillis(1_795_176_000_000);

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    digits.flat_map(|pair| parse_hex::<1>(pair).unwrap()).collect()
}

/// One spelling and back, nothing shorter or longer.
fn assert_golden<T: PartialEq + Debug>(
    hex: &str,
    value: &T,
    serialize: fn(&T) -> Vec<u8>,
    parse: fn(&[u8]) -> Result<T, CanonicalError>,
) {
    let golden = bytes(hex);
    assert_eq!(serialize(value), golden);
    assert_eq!(parse(&golden).as_ref(), Ok(value));
    for length in 0..golden.len() {
        assert!(parse(golden.get(..length).unwrap()).is_err(), "{length} bytes");
    }
    assert_eq!(parse(&[&golden[..], &[0]].concat()), Err(CanonicalError::Length));
    let newer = String::from_utf8_lossy(&golden).find(".v1\n").unwrap() + 2;
    let mut golden = golden;
    *golden.get_mut(newer).unwrap() = b'2';
    assert_eq!(parse(&golden), Err(CanonicalError::Header));
}

/// What becomes of the bytes with one place in them changed.
fn edited<T>(
    hex: &str,
    parse: fn(&[u8]) -> Result<T, CanonicalError>,
    from: &[u8],
    to: &[u8],
) -> Option<CanonicalError> {
    let mut bytes = bytes(hex);
    let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
    bytes.splice(at..at + from.len(), to.iter().copied());
    parse(&bytes).err()
}

fn redaction(reason: RedactionReason, entries: &[(u64, u64)]) -> Redaction {
    let range = |&(start, end): &(u64, u64)| IndexRange { start, end };
    Redaction { time: TIME, reason, entries: entries.iter().map(range).collect() }
}

#[test]
fn policy_published_has_the_bytes_it_always_had() {
    let published = PolicyPublished {
        site: SiteId::parse("shop").unwrap(),
        version: 7,
        time: TIME,
        policy_hash: [0xab; 32],
        gate_hash: [1; 32],
        banner_hash: [2; 32],
        texts: vec![("en-US".into(), [3; 32]), ("de".into(), [4; 32])],
    };
    assert_golden(PUBLISHED, &published, serialize_policy_published, parse_policy_published);
}

#[test]
fn redaction_of_each_reason_has_the_bytes_it_always_had() {
    let by_visitor = redaction(RedactionReason::Visitor, &[(5, 6)]);
    assert_golden(BY_VISITOR, &by_visitor, serialize_redaction, parse_redaction);
    let by_operator = redaction(RedactionReason::Operator, &[(0, 1), (3, 258)]);
    assert_golden(BY_OPERATOR, &by_operator, serialize_redaction, parse_redaction);
    let cutoff = UnixMillis(1_779_624_000_000);
    let by_retention = redaction(RedactionReason::Retention { cutoff }, &[(0, 70_000)]);
    assert_golden(BY_RETENTION, &by_retention, serialize_redaction, parse_redaction);
}

#[test]
fn key_change_has_the_bytes_it_always_had_and_signs_all_before_the_signature() {
    let change = KeyChange {
        time: TIME,
        old: "consent.example/shop+0a1b2c3d+AQID".into(),
        new: "consent.example/shop+4e5f6071+BAUG".into(),
        signature: core::array::from_fn(|at| at as u8),
    };
    assert_golden(CHANGED, &change, serialize_key_change, parse_key_change);
    let signature_field = 3 + 64;
    let golden = bytes(CHANGED);
    let message = key_change_message(change.time, &change.old, &change.new);
    assert_eq!(message, golden[..golden.len() - signature_field]);
}

#[test]
fn shard_heads_have_the_bytes_they_always_had() {
    let empty = parse_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855").unwrap();
    let heads = vec![
        ShardHead { shard: 1, size: 4_102, root: [10; 32] },
        ShardHead { shard: 3, size: 0, root: empty },
    ];
    assert_golden(HEADS, &ShardHeads { time: TIME, heads }, serialize_shard_heads, parse_shard_heads);
}

#[test]
fn policy_published_with_fields_out_of_order_or_of_no_known_value_is_refused() {
    let edited = |from: &[u8], to: &[u8]| edited(PUBLISHED, parse_policy_published, from, to);
    assert_eq!(edited(b"shop", b"SHOP"), Some(CanonicalError::Value(1)));
    assert_eq!(edited(b"\x02\x00\x04\x00", b"\x03\x00\x04\x00"), Some(CanonicalError::Order(2)));
    assert_eq!(edited(b"\x07\x00\x01\x02", b"\x07\x00\x01\x01"), Some(CanonicalError::Length));
    assert_eq!(edited(b"\x07\x00\x01\x02", b"\x07\x00\x01\x03"), Some(CanonicalError::Length));
    assert_eq!(edited(b"en-US", b"en-\xff\xff"), Some(CanonicalError::Value(8)));
}

#[test]
fn redaction_for_no_known_reason_or_with_a_cutoff_out_of_place_is_refused() {
    assert_eq!(edited(BY_VISITOR, parse_redaction, b"visitor", b"Visitor"), Some(CanonicalError::Value(2)));
    let dated: &[u8] = b"\x03\x00\x08\0\0\0\0\0\0\0\x01\x04\x00\x10";
    let undated: &[u8] = b"\x03\x00\x00\x04\x00\x10";
    assert_eq!(edited(BY_VISITOR, parse_redaction, undated, dated), Some(CanonicalError::Value(3)));
    let wordier = edited(BY_RETENTION, parse_redaction, b"\x03\x00\x08", b"\x03\x00\x09");
    assert_eq!(wordier, Some(CanonicalError::Value(3)));
    let visitor = edited(BY_RETENTION, parse_redaction, b"\x00\x09retention", b"\x00\x07visitor");
    assert_eq!(visitor, Some(CanonicalError::Value(3)));
    let retention = edited(BY_OPERATOR, parse_redaction, b"\x00\x08operator", b"\x00\x09retention");
    assert_eq!(retention, Some(CanonicalError::Value(3)));
}

#[test]
fn redaction_of_ranges_empty_unordered_or_touching_is_refused() {
    let read = |entries: &[(u64, u64)]| {
        let written = redaction(RedactionReason::Visitor, entries);
        let read = parse_redaction(&serialize_redaction(&written));
        assert!(read.as_ref().is_err() || read == Ok(written));
        read.err()
    };
    let error = Some(CanonicalError::Value(4));
    assert_eq!(read(&[(3, 3)]), error, "nothing");
    assert_eq!(read(&[(4, 3)]), error, "backwards");
    assert_eq!(read(&[(5, 6), (1, 2)]), error, "descending");
    assert_eq!(read(&[(1, 2), (1, 2)]), error, "twice");
    assert_eq!(read(&[(1, 3), (2, 5)]), error, "overlapping");
    assert_eq!(read(&[(1, 3), (3, 5)]), error, "one range in two");
    assert_eq!(read(&[(1, 3), (4, 5), (u64::MAX - 1, u64::MAX)]), None);
    let half = edited(BY_VISITOR, parse_redaction, b"\x04\x00\x10\0\0\0\0\0\0\0\x05", b"\x04\x00\x08");
    assert_eq!(half, error, "a start without an end");
    let odd = edited(BY_VISITOR, parse_redaction, b"\x04\x00\x10", b"\x04\x00\x11\0");
    assert_eq!(odd, error, "a byte too many");
}

#[test]
fn redaction_of_more_ranges_than_fit_is_refused() {
    let ranges = |count| (0..count).map(|at| (at * 2, at * 2 + 1)).collect::<Vec<(u64, u64)>>();
    let read = |count| {
        let written = redaction(RedactionReason::Operator, &ranges(count));
        parse_redaction(&serialize_redaction(&written)).map(|read| read == written)
    };
    assert_eq!(read(MOST_RANGES as u64), Ok(true));
    assert_eq!(read(MOST_RANGES as u64 + 1), Err(CanonicalError::Value(4)));
}

#[test]
fn key_change_with_a_signature_of_another_length_is_refused() {
    let refused = edited(CHANGED, parse_key_change, b"\x04\x00\x40\x00", b"\x04\x00\x3f");
    assert_eq!(refused, Some(CanonicalError::Value(4)));
    let refused = edited(CHANGED, parse_key_change, b"\x22consent", b"\x22\xffonsent");
    assert_eq!(refused, Some(CanonicalError::Value(2)));
}

#[test]
fn shard_heads_out_of_order_or_of_the_log_itself_are_refused() {
    let edited = |from: &[u8], to: &[u8]| edited(HEADS, parse_shard_heads, from, to);
    let error = Some(CanonicalError::Value(3));
    assert_eq!(edited(b"\x03\x00\x01\x01", b"\x03\x00\x01\x00"), error, "the log that holds this entry");
    assert_eq!(edited(b"\x03\x00\x01\x01", b"\x03\x00\x01\x03"), error, "twice");
    assert_eq!(edited(b"\x03\x00\x01\x01", b"\x03\x00\x01\x04"), error, "descending");
    assert_eq!(edited(b"\x02\x00\x01\x02", b"\x02\x00\x01\x01"), Some(CanonicalError::Length));
}

/// Positions far apart, and positions close enough to touch.
fn positions() -> impl Strategy<Value = BTreeSet<u64>> {
    prop_oneof![btree_set(0..60_u64, 0..50), btree_set(0..u64::MAX, 0..20)]
}

proptest! {
    #[test]
    fn index_range_cover_has_these_positions_and_no_other(positions in positions()) {
        let ranges = IndexRange::cover(positions.iter().copied());
        let covered: u64 = ranges.iter().map(|range| range.end - range.start).sum();
        prop_assert_eq!(covered, positions.len() as u64);
        for position in &positions {
            prop_assert_eq!(ranges.iter().filter(|range| range.has(*position)).count(), 1);
            let next = position + 1;
            prop_assert_eq!(ranges.iter().any(|range| range.has(next)), positions.contains(&next));
        }
    }

    #[test]
    fn index_range_cover_is_the_shortest_and_can_be_logged(positions in positions()) {
        let ranges = IndexRange::cover(positions.iter().copied());
        let starts = positions.iter().filter(|position| {
            position.checked_sub(1).is_none_or(|before| !positions.contains(&before))
        });
        prop_assert_eq!(ranges.len(), starts.count());
        let redaction = Redaction { time: TIME, reason: RedactionReason::Operator, entries: ranges };
        prop_assert_eq!(parse_redaction(&serialize_redaction(&redaction)), Ok(redaction));
    }
}
