//! Entries of any content: one spelling each, and nothing a stranger sends makes the parser stumble.

use consentry_log::{Entry, Kind, parse_entry, serialize_entry};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

proptest! {
    #[test]
    fn entry_serialized_and_parsed_comes_back(
        kind in select(&Kind::ALL[..]), payload in vec(any::<u8>(), 0..4_000),
    ) {
        let bytes = serialize_entry(kind, &payload).unwrap();
        prop_assert_eq!(parse_entry(&bytes), Ok(Entry { kind, payload: &payload }));
    }

    #[test]
    fn entry_from_any_bytes_is_refused_or_is_their_only_spelling(
        head in vec(0..6_u8, 0..3), rest in vec(any::<u8>(), 0..64),
    ) {
        let bytes = [head, rest].concat();
        if let Ok(entry) = parse_entry(&bytes) {
            prop_assert_eq!(serialize_entry(entry.kind, entry.payload), Ok(bytes));
        }
    }
}
