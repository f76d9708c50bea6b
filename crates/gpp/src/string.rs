//! The whole string: header, and the section where it applies (Core, *GPP String*).

use alloc::collections::BTreeSet;
use alloc::string::String;
use core::fmt;

use crate::bits::{Reader, Writer};
use crate::fields::{Core, Gpc};
use crate::header::{SectionId, parse_header, serialize_header};
use crate::usnat::UsNat;

/// Between the header and a section, and between sections.
const SECTION: char = '~';
/// Between a section's core and its sub-section.
const SEGMENT: char = '.';

/// Why a text is no string of ours. Nobody's choice can be taken from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeError {
    /// No header: not a GPP string, or of a later version.
    Header,
    /// Other sections than US National, or not as many as the header says.
    Sections,
    /// The section is broken off, of another version than 2, without its GPC sub-section, or contradicts itself.
    UsNat,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            DecodeError::Header => "no GPP header",
            DecodeError::Sections => "not the sections that were expected",
            DecodeError::UsNat => "no US National section of version 2",
        })
    }
}

impl core::error::Error for DecodeError {}

/// Writes the string; without a section it says that none applies.
pub fn encode(section: Option<&UsNat>) -> String {
    let ids: BTreeSet<SectionId> = section.map(|_| SectionId::USNAT).into_iter().collect();
    let mut text = serialize_header(&ids);
    if let Some(section) = section {
        let (mut core, mut gpc) = (Writer::default(), Writer::default());
        section.core().write(&mut core);
        section.gpc().write(&mut gpc);
        text.push(SECTION);
        text.push_str(&core.letters());
        text.push(SEGMENT);
        text.push_str(&gpc.letters());
    }
    text
}

/// Reads what [`encode`] writes, in either padding.
pub fn decode(text: &str) -> Result<Option<UsNat>, DecodeError> {
    let (header, section) = match text.split_once(SECTION) {
        Some((header, section)) => (header, Some(section)),
        None => (text, None),
    };
    let ids = parse_header(header).ok_or(DecodeError::Header)?;
    match section {
        None if ids.is_empty() => Ok(None),
        Some(section) if ids.into_iter().eq([SectionId::USNAT]) => {
            parse_section(section).map(Some).ok_or(DecodeError::UsNat)
        }
        _ => Err(DecodeError::Sections),
    }
}

fn parse_section(letters: &str) -> Option<UsNat> {
    let (core, gpc) = letters.split_once(SEGMENT)?;
    let (mut core_bits, mut gpc_bits) = (Reader::new(core)?, Reader::new(gpc)?);
    let section = UsNat::from_fields(&Core::read(&mut core_bits)?, &Gpc::read(&mut gpc_bits)?)?;
    (core_bits.ended() && gpc_bits.ended()).then_some(section)
}
