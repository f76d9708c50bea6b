//! Entry bundles: the entries themselves, up to 256 together, each after its length in two bytes.
//!
//! By [C2SP tlog-tiles](https://c2sp.org/tlog-tiles#log-entries). Knows nothing of what an entry means.

use alloc::vec::Vec;
use core::fmt;

use crate::entry::LONGEST_ENTRY;
use crate::tile::Width;

/// Why bytes are no bundle. None of its entries may be used: the bytes are not what was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BundleError {
    /// Ends within an entry or its length.
    Truncated,
    /// Holds more or fewer entries than its path says.
    Width {
        /// Entries its path promises.
        needed: usize,
        /// Entries found.
        found: usize,
    },
    /// An entry longer than [`LONGEST_ENTRY`], of this length, cannot be written.
    TooLong(usize),
}

impl fmt::Display for BundleError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => out.write_str("a bundle that ends within an entry"),
            Self::Width { needed, found } => write!(out, "a bundle of {found} entries instead of {needed}"),
            Self::TooLong(length) => write!(out, "an entry of {length} bytes; at most {LONGEST_ENTRY} fit"),
        }
    }
}

impl core::error::Error for BundleError {}

/// Appends an entry to the bytes of a bundle.
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), BundleError> {
    let length = u16::try_from(entry.len()).map_err(|_| BundleError::TooLong(entry.len()))?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

/// The bytes of a bundle of these entries.
pub fn serialize_bundle<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, BundleError> {
    let mut bundle = Vec::new();
    entries.into_iter().try_for_each(|entry| push_entry(&mut bundle, entry))?;
    Ok(bundle)
}

/// The entries in the bytes of a bundle of this width, borrowed.
pub fn parse_bundle(mut bytes: &[u8], width: Width) -> Result<Vec<&[u8]>, BundleError> {
    let needed = width.get();
    let mut entries = Vec::with_capacity(needed);
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<2>().ok_or(BundleError::Truncated)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, rest) = rest.split_at_checked(length).ok_or(BundleError::Truncated)?;
        if entries.len() == needed {
            return Err(BundleError::Width { needed, found: needed + 1 });
        }
        entries.push(entry);
        bytes = rest;
    }
    match entries.len() {
        found if found == needed => Ok(entries),
        found => Err(BundleError::Width { needed, found }),
    }
}
