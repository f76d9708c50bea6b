//! The field format of everything canonical: a one-byte tag, a big-endian 16-bit length, the bytes; in one fixed order.
//!
//! There is exactly one spelling of a value: readers refuse what the writer would not write.

use alloc::vec::Vec;

/// Why bytes are not canonical: whoever made them is not this format's writer, and they must not be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CanonicalError {
    /// Not a value of this kind and version.
    Header,
    /// The bytes end inside a field, or go on after the last.
    Length,
    /// A field is missing, doubled or out of order. Holds the tag expected.
    Order(u8),
    /// A field's value is none that this version writes. Holds its tag.
    Value(u8),
}

impl core::fmt::Display for CanonicalError {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Header => out.write_str("not a value of this kind and version"),
            Self::Length => out.write_str("it ends inside a field, or goes on after the last"),
            Self::Order(tag) => write!(out, "field {tag} is missing, doubled or out of order"),
            Self::Value(tag) => write!(out, "field {tag} has a value this version never writes"),
        }
    }
}

impl core::error::Error for CanonicalError {}

/// A value being written.
pub(crate) struct Out(pub Vec<u8>);

impl Out {
    /// Starts with the header that names kind and version.
    pub fn new(header: &[u8]) -> Self {
        Self::over(Vec::with_capacity(384), header)
    }

    /// The same in memory that has been used before.
    pub fn over(mut bytes: Vec<u8>, header: &[u8]) -> Self {
        bytes.clear();
        bytes.extend_from_slice(header);
        Self(bytes)
    }

    /// Writes a field. Longer ones than 65,535 bytes cannot occur: what goes in is bounded by its type or its caller.
    pub fn put(&mut self, tag: u8, bytes: &[u8]) {
        self.0.push(tag);
        self.0.extend_from_slice(&(bytes.len() as u16).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }
}

/// A value being read.
pub(crate) struct In<'a>(&'a [u8]);

impl<'a> In<'a> {
    /// Starts after the header.
    pub fn new(bytes: &'a [u8], header: &[u8]) -> Result<Self, CanonicalError> {
        bytes.strip_prefix(header).map(Self).ok_or(CanonicalError::Header)
    }

    /// The bytes of the next field, which must have this tag.
    pub fn take(&mut self, tag: u8) -> Result<&'a [u8], CanonicalError> {
        let [found, high, low, rest @ ..] = self.0 else { return Err(CanonicalError::Length) };
        if *found != tag {
            return Err(CanonicalError::Order(tag));
        }
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (field, rest) = rest.split_at_checked(length).ok_or(CanonicalError::Length)?;
        self.0 = rest;
        Ok(field)
    }

    /// A field of exactly so many bytes.
    pub fn array<const N: usize>(&mut self, tag: u8) -> Result<[u8; N], CanonicalError> {
        self.take(tag)?.try_into().map_err(|_| CanonicalError::Value(tag))
    }

    /// A field of text that `parse` understands.
    pub fn word<T>(&mut self, tag: u8, parse: impl Fn(&str) -> Option<T>) -> Result<T, CanonicalError> {
        let text = core::str::from_utf8(self.take(tag)?).map_err(|_| CanonicalError::Value(tag))?;
        parse(text).ok_or(CanonicalError::Value(tag))
    }

    /// A field of one byte that counts what follows.
    pub fn count(&mut self, tag: u8) -> Result<u8, CanonicalError> {
        let [count] = self.array(tag)?;
        Ok(count)
    }

    /// A field of one byte: 0 or 1.
    pub fn flag(&mut self, tag: u8) -> Result<bool, CanonicalError> {
        match self.array(tag)? {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(CanonicalError::Value(tag)),
        }
    }

    /// A field of eight bytes.
    pub fn number(&mut self, tag: u8) -> Result<u64, CanonicalError> {
        Ok(u64::from_be_bytes(self.array(tag)?))
    }

    /// Nothing may follow the last field.
    pub fn end(self) -> Result<(), CanonicalError> {
        if self.0.is_empty() { Ok(()) } else { Err(CanonicalError::Length) }
    }
}
