//! Staged objects: everything a batch will write, together in one object, so that a crash finds all of it or nothing.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::{Objects, STAGING};
use crate::tree::TreeHead;

const FIRST_LINE: &[u8] = b"consentry staged objects v1\n";

/// Not staged objects, or cut off. Whatever they were for was not committed with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StagedError;

impl fmt::Display for StagedError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("not a list of staged objects")
    }
}

impl core::error::Error for StagedError {}

/// Where the objects that lead to this head are staged.
pub(super) fn path(head: &TreeHead) -> String {
    alloc::format!("{STAGING}{}-{}", head.size.0, head.root)
}

/// What a batch will write, in order. Only made of bytes that can be read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged(Vec<u8>);

impl Staged {
    /// Of these objects, each with its path. Paths are short, and a bundle has 16 MiB at most: the lengths fit.
    pub(super) fn new(objects: &[(String, Vec<u8>)]) -> Self {
        let length = objects.iter().map(|(path, bytes)| path.len() + bytes.len() + 6).sum::<usize>();
        let mut staged = Vec::with_capacity(FIRST_LINE.len() + length);
        staged.extend_from_slice(FIRST_LINE);
        for (path, bytes) in objects {
            staged.extend_from_slice(&(path.len() as u16).to_be_bytes());
            staged.extend_from_slice(path.as_bytes());
            staged.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
            staged.extend_from_slice(bytes);
        }
        Self(staged)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Paths and bytes of the objects.
    pub fn objects(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let mut rest = self.0.strip_prefix(FIRST_LINE).unwrap_or_default();
        core::iter::from_fn(move || {
            let (object, after) = parse_object(rest)?;
            rest = after;
            Some(object)
        })
    }

    /// Writes the objects to their places. Doing so again changes nothing.
    pub(super) fn apply<O: Objects>(&self, objects: &mut O) -> Result<(), O::Error> {
        self.objects().try_for_each(|(path, bytes)| objects.write(path, bytes))
    }
}

/// Staged objects from their bytes.
pub fn parse_staged(bytes: &[u8]) -> Result<Staged, StagedError> {
    let mut rest = bytes.strip_prefix(FIRST_LINE).ok_or(StagedError)?;
    while !rest.is_empty() {
        (_, rest) = parse_object(rest).ok_or(StagedError)?;
    }
    Ok(Staged(bytes.to_vec()))
}

type Object<'a> = (&'a str, &'a [u8]);

fn parse_object(bytes: &[u8]) -> Option<(Object<'_>, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let (path, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (bytes, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    Some(((str::from_utf8(path).ok()?, bytes), rest))
}
