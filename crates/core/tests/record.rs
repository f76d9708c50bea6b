//! The canonical bytes of a record's two parts: some written out for good, and every way bytes can fail to be one.

#![allow(clippy::unwrap_used, reason = "helpers of tests may stop at the first surprise")]

use consentry_core::bytes::parse_hex;
use consentry_core::record::commitment;
use consentry_core::*;

// Spelled by another program from the format's description. They must never change: they are what logs already hold.

/// Offline, by the operator, overriding a signal, one service refused.
const EVIDENCE: &str = concat!(
    "636f6e73656e7472792e7265636f72642e76310a010020c7005fc2f806bd48fa49986b906ea9ee087b39b6e10b6f6b703d9c",
    "2a91055e0c02000473686f70030008000001a1f8dd12ba040001010500086f70657261746f720600047361766507000b7072",
    "65666572656e6365730800010309000872657175697265640a00010109000a66756e6374696f6e616c0a00010109000b6164",
    "766572746973696e670a0001000b0001010c0004636861740d000202000e000201010f0001001000010111000555532d4341",
    "1200076f70745f6f7574130004000000071400080000000000001006150020ababababababababababababababababababab",
    "ababababababababababababab160005656e2d5553170008000001a597d5c2ba",
);
const EVIDENCE_LENGTH: usize = 282;
/// A signal from nobody knows where, with a remembered one, no service refused.
const SIGNALLED: &str = concat!(
    "636f6e73656e7472792e7265636f72642e76310a010020aa2ec02ce544cda141cfaa3fb4c24e484c20974a21dedfcfe0764e",
    "15d4d46ad802000473686f70030008000001a1f8d3eafa04000100050004656467650600067369676e616c070003646e7408",
    "00010309000872657175697265640a00010109000a66756e6374696f6e616c0a00010009000b6164766572746973696e670a",
    "0001000b0001000d000200020e000200000f00010110000101110007756e6b6e6f776e1200066f70745f696e130004000000",
    "011400080000000000000000150020cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd160002",
    "6465170008000001a9508516fa",
);
const SIGNALLED_LENGTH: usize = 263;
/// What [`EVIDENCE`] commits to: it supersedes another.
const PERSONAL: &str = concat!(
    "636f6e73656e7472792e706572736f6e616c2e76310a010020e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8",
    "f9fafbfcfdfeff02001001a1f8d3ea007abc9def0123456789ab03001000112233445566778899aabbccddeeff04001001a1",
    "f8d3e6187fff8000000000000000",
);
const PERSONAL_LENGTH: usize = 114;
/// What [`SIGNALLED`] commits to: the first of its visitor.
const FIRST: &str = concat!(
    "636f6e73656e7472792e706572736f6e616c2e76310a01002007070707070707070707070707070707070707070707070707",
    "0707070707070702001001a1f8d3ea007abc9def0123456789ab03001000112233445566778899aabbccddeeff040000",
);
const FIRST_LENGTH: usize = 98;

fn categories(functional: bool) -> Vec<(CategoryId, bool)> {
    [("required", true), ("functional", functional), ("advertising", false)]
        .map(|(id, granted)| (CategoryId::parse(id).unwrap(), granted))
        .into()
}

fn evidence() -> Evidence {
    Evidence {
        commitment: personal().commitment(),
        site: SiteId::parse("shop").unwrap(),
        server_time: UnixMillis(1_795_176_600_250),
        late: true,
        attested_by: AttestedBy::Operator,
        action: Action::Save,
        source: Source::Preferences,
        categories: categories(true),
        denied_services: vec![ServiceId::parse("chat").unwrap()],
        signals: SignalEvidence {
            header: Signals { gpc: Gpc::On, dnt: Dnt::Unset },
            dom: Signals { gpc: Gpc::Off, dnt: Dnt::Allow },
        },
        signal_seen: false,
        overridden: true,
        jurisdiction: Jurisdiction::parse("US-CA").unwrap(),
        model: Model::OptOut,
        policy_version: 7,
        policy_entry: 4_102,
        policy_hash: [0xab; 32],
        language: "en-US".into(),
        valid_until: UnixMillis(1_810_728_600_250),
    }
}

fn signalled() -> Evidence {
    Evidence {
        commitment: first().commitment(),
        site: SiteId::parse("shop").unwrap(),
        server_time: UnixMillis(1_795_176_000_250),
        late: false,
        attested_by: AttestedBy::Edge,
        action: Action::Signal,
        source: Source::Dnt,
        categories: categories(false),
        denied_services: vec![],
        signals: SignalEvidence {
            header: Signals { gpc: Gpc::Absent, dnt: Dnt::On },
            dom: Signals { gpc: Gpc::Absent, dnt: Dnt::Unset },
        },
        signal_seen: true,
        overridden: true,
        jurisdiction: Jurisdiction::UNKNOWN,
        model: Model::OptIn,
        policy_version: 1,
        policy_entry: 0,
        policy_hash: [0xcd; 32],
        language: "de".into(),
        valid_until: UnixMillis(1_826_712_000_250),
    }
}

fn personal() -> Personal {
    Personal {
        salt: core::array::from_fn(|at| 0xe0 + at as u8),
        id: RecordId::parse("01a1f8d3ea007abc9def0123456789ab").unwrap(),
        subject: SubjectId::parse("00112233445566778899aabbccddeeff").unwrap(),
        previous: RecordId::parse("01a1f8d3e6187fff8000000000000000"),
    }
}

fn first() -> Personal {
    Personal { salt: [7; 32], previous: None, ..personal() }
}

#[test]
fn evidence_has_the_bytes_it_always_had() {
    let bytes: [u8; EVIDENCE_LENGTH] = parse_hex(EVIDENCE).unwrap();
    assert_eq!(serialize_evidence(&evidence()), bytes);
    assert_eq!(parse_evidence(&bytes), Ok(evidence()));
    let bytes: [u8; SIGNALLED_LENGTH] = parse_hex(SIGNALLED).unwrap();
    assert_eq!(serialize_evidence(&signalled()), bytes);
    assert_eq!(parse_evidence(&bytes), Ok(signalled()));
}

#[test]
fn personal_part_has_the_bytes_it_always_had() {
    let bytes: [u8; PERSONAL_LENGTH] = parse_hex(PERSONAL).unwrap();
    assert_eq!(serialize_personal(&personal()), bytes);
    assert_eq!(parse_personal(&bytes), Ok(personal()));
    assert_eq!(commitment(&bytes), personal().commitment());
    let bytes: [u8; FIRST_LENGTH] = parse_hex(FIRST).unwrap();
    assert_eq!(serialize_personal(&first()), bytes);
    assert_eq!(parse_personal(&bytes), Ok(first()));
}

#[test]
fn evidence_of_another_version_is_refused() {
    let mut bytes: [u8; EVIDENCE_LENGTH] = parse_hex(EVIDENCE).unwrap();
    bytes["consentry.record.v".len()] = b'2';
    assert_eq!(parse_evidence(&bytes), Err(CanonicalError::Header));
    assert_eq!(parse_evidence(&[]), Err(CanonicalError::Header));
}

#[test]
fn personal_part_of_another_version_is_refused() {
    let mut bytes: [u8; PERSONAL_LENGTH] = parse_hex(PERSONAL).unwrap();
    bytes["consentry.personal.v".len()] = b'2';
    assert_eq!(parse_personal(&bytes), Err(CanonicalError::Header));
    assert_eq!(parse_personal(&[]), Err(CanonicalError::Header));
}

#[test]
fn record_cut_short_or_followed_by_more_is_refused() {
    let bytes: [u8; EVIDENCE_LENGTH] = parse_hex(EVIDENCE).unwrap();
    for length in 0..EVIDENCE_LENGTH {
        assert!(parse_evidence(&bytes[..length]).is_err(), "{length} bytes");
    }
    assert_eq!(parse_evidence(&[&bytes[..], &[0]].concat()), Err(CanonicalError::Length));
    let bytes: [u8; PERSONAL_LENGTH] = parse_hex(PERSONAL).unwrap();
    for length in 0..PERSONAL_LENGTH {
        assert!(parse_personal(&bytes[..length]).is_err(), "{length} bytes");
    }
    assert_eq!(parse_personal(&[&bytes[..], &[0]].concat()), Err(CanonicalError::Length));
}

#[test]
fn evidence_with_fields_out_of_order_or_of_no_known_value_is_refused() {
    let edited = |from: &[u8], to: &[u8]| {
        let bytes: [u8; EVIDENCE_LENGTH] = parse_hex(EVIDENCE).unwrap();
        let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
        parse_evidence(&[&bytes[..at], to, &bytes[at + from.len()..]].concat())
    };
    assert_eq!(edited(b"\x02\x00\x04shop", b"\x03\x00\x04shop"), Err(CanonicalError::Order(2)));
    assert_eq!(edited(b"\x02\x00\x04shop", b"\x02\x00\x04Shop"), Err(CanonicalError::Value(2)));
    assert_eq!(edited(b"\x04\x00\x01\x01", b"\x04\x00\x01\x02"), Err(CanonicalError::Value(4)));
    assert_eq!(edited(b"\x04\x00\x01\x01", b"\x04\x00\x02\x01\x00"), Err(CanonicalError::Value(4)));
    assert_eq!(edited(b"\x00\x08operator", b"\x00\x07nobody!"), Err(CanonicalError::Value(5)));
    assert_eq!(edited(b"\x06\x00\x04save", b"\x06\x00\x04SAVE"), Err(CanonicalError::Value(6)));
    assert_eq!(edited(b"\x08\x00\x01\x03", b"\x08\x00\x01\x04"), Err(CanonicalError::Order(9)));
    assert_eq!(edited(b"\x08\x00\x01\x03", b"\x08\x00\x01\x02"), Err(CanonicalError::Order(11)));
    assert_eq!(edited(b"\x0d\x00\x02\x02\x00", b"\x0d\x00\x02\x03\x00"), Err(CanonicalError::Value(13)));
    assert_eq!(edited(b"\x0e\x00\x02\x01\x01", b"\x0e\x00\x02\x01\x03"), Err(CanonicalError::Value(14)));
    assert_eq!(edited(b"\x10\x00\x01\x01", b"\x10\x00\x01\x02"), Err(CanonicalError::Value(16)));
    assert_eq!(edited(b"US-CA", b"us-CA"), Err(CanonicalError::Value(17)));
    assert_eq!(edited(b"\x16\x00\x05en-US", b"\x16\x00\x05en-\xff\xff"), Err(CanonicalError::Value(22)));
    assert_eq!(edited(b"\x16\x00\x05en-US", b"\x16\xff\xffen-US"), Err(CanonicalError::Length));
}

#[test]
fn personal_part_with_an_identifier_of_another_kind_is_refused() {
    let edited = |at: usize, byte: u8| {
        let mut bytes: [u8; PERSONAL_LENGTH] = parse_hex(PERSONAL).unwrap();
        bytes[at] = byte;
        parse_personal(&bytes)
    };
    // The versions of the two UUIDs, and the variant of the second.
    assert_eq!(edited(66, 0x4a), Err(CanonicalError::Value(2)));
    assert_eq!(edited(104, 0x4f), Err(CanonicalError::Value(4)));
    assert_eq!(edited(106, 0xc0), Err(CanonicalError::Value(4)));
    // The first byte of the second is its length's now, and what follows is too long for an identifier.
    assert_eq!(edited(97, 0x0f), Err(CanonicalError::Value(4)));
}
