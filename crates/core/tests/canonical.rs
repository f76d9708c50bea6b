//! What holds for everything canonical: one spelling, of one kind, from which nothing can be taken or doubled.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may stop at the first surprise"
)]

mod strategies;

use std::ops::Range;

use consentry_core::statement::*;
use consentry_core::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use strategies::statement::*;
use strategies::{evidence, personal};

/// Where each field begins and ends.
fn fields(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut end = bytes.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    let mut fields = vec![];
    while let Some(&[_, high, low]) = bytes.get(end..end + 3) {
        let start = end;
        end += 3 + usize::from(u16::from_be_bytes([high, low]));
        fields.push(start..end);
    }
    assert_eq!(end, bytes.len());
    fields
}

macro_rules! canonical {
    ($subject:ident, $kind:literal, $longest:literal, $value:expr, $serialize:path, $parse:path) => {
        mod $subject {
            use super::*;

            proptest! {
                #[test]
                fn serialized_and_parsed_comes_back(value in $value) {
                    let bytes = $serialize(&value);
                    prop_assert!(bytes.starts_with(concat!("consentry.", $kind, ".v1\n").as_bytes()));
                    prop_assert!(bytes.len() <= $longest, "{} bytes", bytes.len());
                    prop_assert_eq!($parse(&bytes), Ok(value));
                }

                #[test]
                fn from_any_bytes_is_refused(bytes in vec(any::<u8>(), 0..400), header in any::<bool>()) {
                    let header = if header { concat!("consentry.", $kind, ".v1\n") } else { "" };
                    prop_assert!($parse(&[header.as_bytes(), &bytes].concat()).is_err());
                }

                #[test]
                fn from_damaged_bytes_is_refused_or_their_only_spelling(
                    value in $value, at in any::<Index>(), with in vec(any::<u8>(), 0..3), taken in 0..3_usize,
                ) {
                    let mut bytes = $serialize(&value);
                    let start = at.index(bytes.len() + 1);
                    bytes.splice(start..(start + taken).min(bytes.len()), with);
                    if let Ok(value) = $parse(&bytes) {
                        prop_assert_eq!($serialize(&value), bytes);
                    }
                }

                #[test]
                fn with_a_field_dropped_or_doubled_is_refused(value in $value, at in any::<Index>()) {
                    let bytes = $serialize(&value);
                    let field = at.get(&fields(&bytes)).clone();
                    let dropped = [&bytes[..field.start], &bytes[field.end..]].concat();
                    prop_assert!($parse(&dropped).is_err());
                    let doubled = [&bytes[..field.end], &bytes[field.start..]].concat();
                    prop_assert!($parse(&doubled).is_err());
                }

                #[test]
                fn with_two_fields_swapped_is_refused_or_their_only_spelling(
                    value in $value, at in any::<Index>(),
                ) {
                    let bytes = $serialize(&value);
                    let fields = fields(&bytes);
                    let first = at.index(fields.len() - 1);
                    let (left, right) = (fields[first].clone(), fields[first + 1].clone());
                    let ends = (&bytes[..left.start], &bytes[right.end..]);
                    let swapped = [ends.0, &bytes[right], &bytes[left], ends.1].concat();
                    if let Ok(value) = $parse(&swapped) {
                        prop_assert_eq!($serialize(&value), swapped);
                    }
                }
            }
        }
    };
}
canonical!(evidence, "record", 8_192, evidence(), serialize_evidence, parse_evidence);
canonical!(personal_part, "personal", 114, personal(), serialize_personal, parse_personal);
canonical!(
    policy_published,
    "policy",
    12_000,
    policy_published(),
    serialize_policy_published,
    parse_policy_published
);
canonical!(redaction, "redaction", 32_100, redaction(), serialize_redaction, parse_redaction);
canonical!(key_change, "key-change", 1_000, key_change(), serialize_key_change, parse_key_change);
canonical!(shard_heads, "shard-heads", 14_000, shard_heads(), serialize_shard_heads, parse_shard_heads);

proptest! {
    #[test]
    fn canonical_bytes_of_one_kind_are_of_no_other(
        evidence in evidence(), personal in personal(), published in policy_published(),
        redaction in redaction(), change in key_change(), heads in shard_heads(),
    ) {
        let all = [
            serialize_evidence(&evidence),
            serialize_personal(&personal),
            serialize_policy_published(&published),
            serialize_redaction(&redaction),
            serialize_key_change(&change),
            serialize_shard_heads(&heads),
        ];
        for (at, bytes) in all.iter().enumerate() {
            let errors = [
                parse_evidence(bytes).err(),
                parse_personal(bytes).err(),
                parse_policy_published(bytes).err(),
                parse_redaction(bytes).err(),
                parse_key_change(bytes).err(),
                parse_shard_heads(bytes).err(),
            ];
            let expected = [0, 1, 2, 3, 4, 5].map(|kind| (kind != at).then_some(CanonicalError::Header));
            prop_assert_eq!(errors, expected);
        }
    }
}
