//! The canonical bytes of a record: one written out for good, and every way bytes can fail to be one.

#![allow(clippy::unwrap_used, reason = "helpers of tests may stop at the first surprise")]

use consentry_core::bytes::parse_hex;
use consentry_core::record::CanonicalError;
use consentry_core::*;

/// Spelled by another program from the format's description. It must never change: it is what logs already hold.
const GOLDEN: &str = concat!(
    "636f6e73656e7472792e7265636f72642e76310a01001001a1f8d3ea007abc9def0123456789ab0200100011223344556677",
    "8899aabbccddeeff03001001a1f8d3e6187fff800000000000000004000473686f70050008000001a1f8d3eafa0600047361",
    "766507000b707265666572656e6365730800010309000872657175697265640a00010109000a66756e6374696f6e616c0a00",
    "010109000b6164766572746973696e670a0001000b0001010c0004636861740d000202000e000201010f0001011000055553",
    "2d43411100076f70745f6f757412000400000007130020ababababababababababababababababababababababababababab",
    "ababababab140005656e2d5553150008000001a597cc9afa",
);
const GOLDEN_LENGTH: usize = 274;
const HEADER: usize = 20;

fn golden() -> [u8; GOLDEN_LENGTH] {
    parse_hex(GOLDEN).unwrap()
}

fn record() -> Record {
    let category = |id: &str, granted| (CategoryId::parse(id).unwrap(), granted);
    Record {
        id: RecordId::parse("01a1f8d3ea007abc9def0123456789ab").unwrap(),
        subject: SubjectId::parse("00112233445566778899aabbccddeeff").unwrap(),
        previous: RecordId::parse("01a1f8d3e6187fff8000000000000000"),
        site: SiteId::parse("shop").unwrap(),
        server_time: UnixMillis(1_795_176_000_250),
        action: Action::Save,
        source: Source::Preferences,
        categories: vec![
            category("required", true),
            category("functional", true),
            category("advertising", false),
        ],
        denied_services: vec![ServiceId::parse("chat").unwrap()],
        signals: SignalEvidence {
            header: Signals { gpc: Gpc::On, dnt: Dnt::Unset },
            dom: Signals { gpc: Gpc::Off, dnt: Dnt::Allow },
        },
        overridden: true,
        jurisdiction: Jurisdiction::parse("US-CA").unwrap(),
        model: Model::OptOut,
        policy_version: 7,
        policy_hash: [0xab; 32],
        language: "en-US".into(),
        valid_until: UnixMillis(1_810_728_000_250),
    }
}

#[test]
fn record_has_the_bytes_it_always_had() {
    assert_eq!(serialize_record(&record()), golden());
    assert_eq!(parse_record(&golden()), Ok(record()));
}

#[test]
fn record_of_another_version_is_refused() {
    let mut bytes = golden();
    *bytes.get_mut(HEADER - 2).unwrap() = b'2';
    assert_eq!(parse_record(&bytes), Err(CanonicalError::Header));
    assert_eq!(parse_record(&[]), Err(CanonicalError::Header));
}

#[test]
fn record_cut_short_or_followed_by_more_is_refused() {
    for length in 0..GOLDEN_LENGTH {
        assert!(parse_record(&golden()[..length]).is_err(), "{length} bytes");
    }
    let longer = [&golden()[..], &[0]].concat();
    assert_eq!(parse_record(&longer), Err(CanonicalError::Length));
}

#[test]
fn record_with_fields_out_of_order_or_of_no_known_value_is_refused() {
    let edited = |from: &[u8], to: &[u8]| {
        let bytes = golden();
        let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
        parse_record(&[&bytes[..at], to, &bytes[at + from.len()..]].concat())
    };
    assert_eq!(edited(b"\x03\x00\x10", b"\x04\x00\x10"), Err(CanonicalError::Order(3)));
    assert_eq!(edited(b"\x06\x00\x04save", b"\x06\x00\x04SAVE"), Err(CanonicalError::Value(6)));
    assert_eq!(edited(b"\x0d\x00\x02\x02\x00", b"\x0d\x00\x02\x03\x00"), Err(CanonicalError::Value(13)));
    assert_eq!(edited(b"\x0f\x00\x01\x01", b"\x0f\x00\x01\x02"), Err(CanonicalError::Value(15)));
    assert_eq!(edited(b"\x14\x00\x05en-US", b"\x14\x00\x05en-\xff\xff"), Err(CanonicalError::Value(20)));
    assert_eq!(edited(b"US-CA", b"us-CA"), Err(CanonicalError::Value(16)));
}
