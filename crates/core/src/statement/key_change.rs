//! The log is signed with another key from here on, and the old one says so.

use alloc::string::String;
use alloc::vec::Vec;

use crate::time::UnixMillis;
use crate::tlv::{CanonicalError, In, Out};

const HEADER: &[u8] = b"consentry.key-change.v1\n";

/// A change of key. Whoever trusts the old key and verifies the signature may trust the new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChange {
    /// When.
    pub time: UnixMillis,
    /// The key that signed so far, as a C2SP verifier key.
    pub old: String,
    /// The key that signs from here on.
    pub new: String,
    /// The old key's Ed25519 signature over [`key_change_message`].
    pub signature: [u8; 64],
}

/// What the old key signs: everything but the signature, under the same header.
pub fn key_change_message(time: UnixMillis, old: &str, new: &str) -> Vec<u8> {
    unsigned(time, old, new).0
}

fn unsigned(time: UnixMillis, old: &str, new: &str) -> Out {
    let mut out = Out::new(HEADER);
    out.put(1, &time.0.to_be_bytes());
    out.put(2, old.as_bytes());
    out.put(3, new.as_bytes());
    out
}

/// The canonical bytes.
pub fn serialize_key_change(change: &KeyChange) -> Vec<u8> {
    let mut out = unsigned(change.time, &change.old, &change.new);
    out.put(4, &change.signature);
    out.0
}

/// A change of key from its canonical bytes. The signature is not verified here.
pub fn parse_key_change(bytes: &[u8]) -> Result<KeyChange, CanonicalError> {
    let mut fields = In::new(bytes, HEADER)?;
    let text = |text: &str| Some(String::from(text));
    let change = KeyChange {
        time: UnixMillis(fields.number(1)?),
        old: fields.word(2, text)?,
        new: fields.word(3, text)?,
        signature: fields.array(4)?,
    };
    fields.end()?;
    Ok(change)
}
