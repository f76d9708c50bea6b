//! The erasable part of a record: who decided, and which records of theirs belong together.
//!
//! The log's leaf holds only the SHA-256 of these bytes. They begin with 32 random bytes, so that nobody can guess what was
//! hashed; once they are deleted the leaf still verifies and says nothing about anybody (EDPB Guidelines 02/2025: without
//! the salt a hash is no longer personal data).

use alloc::vec::Vec;

use sha2::{Digest, Sha256};

use crate::id::{RecordId, SubjectId};
use crate::tlv::{CanonicalError, In, Out};

const HEADER: &[u8] = b"consentry.personal.v1\n";

/// What can be erased of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Personal {
    /// Random, never reused.
    pub salt: [u8; 32],
    /// Chosen by the client, so that sending twice records once. Holds the client's time.
    pub id: RecordId,
    /// The visitor, on this site.
    pub subject: SubjectId,
    /// The record this one supersedes.
    pub previous: Option<RecordId>,
}

impl Personal {
    /// SHA-256 of the canonical bytes: what the leaf holds in their place.
    pub fn commitment(&self) -> [u8; 32] {
        commitment(&serialize_personal(self))
    }
}

/// SHA-256 of the canonical bytes of a [`Personal`].
pub fn commitment(personal: &[u8]) -> [u8; 32] {
    Sha256::digest(personal).into()
}

/// The canonical bytes.
pub fn serialize_personal(personal: &Personal) -> Vec<u8> {
    serialize_personal_over(Vec::new(), personal)
}

/// The canonical bytes, in memory that has been used before.
pub fn serialize_personal_over(buffer: Vec<u8>, personal: &Personal) -> Vec<u8> {
    let mut out = Out::over(buffer, HEADER);
    out.put(1, &personal.salt);
    out.put(2, personal.id.as_bytes());
    out.put(3, personal.subject.as_bytes());
    out.put(4, personal.previous.as_ref().map_or(&[], |id| id.as_bytes().as_slice()));
    out.0
}

/// The erasable part from its canonical bytes.
pub fn parse_personal(bytes: &[u8]) -> Result<Personal, CanonicalError> {
    let mut fields = In::new(bytes, HEADER)?;
    let salt = fields.array(1)?;
    let id = RecordId::from_bytes(fields.array(2)?).ok_or(CanonicalError::Value(2))?;
    let subject = SubjectId::new(fields.array(3)?);
    let previous = match fields.take(4)? {
        [] => None,
        bytes => {
            let bytes = bytes.try_into().map_err(|_| CanonicalError::Value(4))?;
            Some(RecordId::from_bytes(bytes).ok_or(CanonicalError::Value(4))?)
        }
    };
    fields.end()?;
    Ok(Personal { salt, id, subject, previous })
}
