//! The header: which sections follow (Core, *GPP Header*).

use alloc::collections::BTreeSet;
use alloc::string::String;
use core::num::NonZeroU8;

use crate::bits::{Reader, Writer};

/// What kind of string it is: always 3.
const TYPE: u16 = 3;
/// The version of the header's own layout.
const VERSION: u16 = 1;

/// The number of a section (`Sections/Section Information.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SectionId(NonZeroU8);

impl SectionId {
    /// US National, `usnat`.
    pub const USNAT: SectionId = SectionId(match NonZeroU8::new(7) {
        Some(id) => id,
        None => NonZeroU8::MIN,
    });

    /// Sections are counted from 1.
    pub fn new(id: u8) -> Option<Self> {
        NonZeroU8::new(id).map(Self)
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0.get()
    }
}

/// Writes the header of a string with these sections, or with none.
pub fn serialize_header(sections: &BTreeSet<SectionId>) -> String {
    // Neighbours are one group: from, and by how much it goes on.
    let mut groups = alloc::vec::Vec::<(NonZeroU8, u8)>::new();
    let mut last = 0;
    for id in sections {
        let gap = id.get() - last;
        match (groups.last_mut(), NonZeroU8::new(gap)) {
            (Some((_, more)), _) if gap == 1 => *more += 1,
            (_, Some(gap)) => groups.push((gap, 0)),
            (_, None) => {}
        }
        last = id.get();
    }
    let mut out = Writer::default();
    out.int(TYPE, 6);
    out.int(VERSION, 6);
    // There are 255 ids at most.
    out.int(u16::try_from(groups.len()).unwrap_or(u16::MAX), 12);
    for (gap, more) in groups {
        let more = NonZeroU8::new(more);
        out.flag(more.is_some());
        out.fibonacci(gap);
        if let Some(more) = more {
            out.fibonacci(more);
        }
    }
    out.letters()
}

/// Reads a header; `None` where it is none.
pub fn parse_header(letters: &str) -> Option<BTreeSet<SectionId>> {
    let mut bits = Reader::new(letters)?;
    if bits.int(6)? != TYPE || bits.int(6)? != VERSION {
        return None;
    }
    let groups = bits.int(12)?;
    let mut sections = BTreeSet::new();
    let mut last = 0u8;
    for _ in 0..groups {
        let is_group = bits.flag()?;
        let first = last.checked_add(bits.fibonacci()?)?;
        last = if is_group { first.checked_add(bits.fibonacci()?)? } else { first };
        sections.extend((first..=last).filter_map(SectionId::new));
    }
    bits.ended().then_some(sections)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn set(ids: &[u8]) -> BTreeSet<SectionId> {
        ids.iter().filter_map(|&id| SectionId::new(id)).collect()
    }

    #[test]
    fn header_of_the_specification_is_read_in_both_paddings_and_written_in_the_longer() {
        // Core, *GPP String examples*: EU TCF; EU TCF and US Privacy; Canada and US Privacy, which are neighbours.
        for (ids, short, long) in [
            (&[2][..], "DBABM", "DBABMA"),
            (&[2, 6][..], "DBACNY", "DBACNYA"),
            (&[5, 6][..], "DBABjw", "DBABjw"),
        ] {
            assert_eq!(serialize_header(&set(ids)), long);
            assert_eq!(parse_header(short), Some(set(ids)), "{short}");
            assert_eq!(parse_header(long), Some(set(ids)), "{long}");
        }
    }

    #[test]
    fn header_without_sections_is_the_bare_one() {
        assert_eq!(serialize_header(&set(&[])), "DBAA");
        assert_eq!(parse_header("DBAA"), Some(set(&[])));
    }

    #[test]
    fn header_of_another_kind_version_or_length_is_refused() {
        for wrong in ["", "D", "DB", "DBAB", "CBABLA", "DCABLA", "DBABLB", "DBABLAAAAA", "DBAB+A", "DB~A"] {
            assert_eq!(parse_header(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn header_of_any_sections_comes_back(ids in prop::collection::btree_set(1u8..=255, 0..60)) {
            let ids: Vec<u8> = ids.into_iter().collect();
            prop_assert_eq!(parse_header(&serialize_header(&set(&ids))), Some(set(&ids)));
        }

        #[test]
        fn header_from_any_text_never_panics(text in "[A-Za-z0-9_-]{0,40}|.{0,20}") {
            let _ = parse_header(&text);
        }
    }
}
