//! Keys of signed notes: their names, ids and text forms, for logs and for witnesses.
//!
//! By [C2SP signed-note](https://c2sp.org/signed-note#verifier-keys) and
//! [tlog-cosignature](https://c2sp.org/tlog-cosignature#format). The two kinds of key are types of their own, so that a
//! witness can never be taken for the log.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::VerifyingKey;
use sha2::{Digest, Sha256};

/// The short id of a key. With the name it says which key signed; it proves nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

impl KeyId {
    /// The id of a key: its first four bytes are those of a hash over name, kind and key.
    pub(crate) fn of(name: &str, kind: KeyKind, key: &[u8]) -> Self {
        let mut sha = Sha256::new();
        [name.as_bytes(), b"\n", &[kind as u8], key].into_iter().for_each(|part| sha.update(part));
        let digest: [u8; 32] = sha.finalize().into();
        let [a, b, c, d, ..] = digest;
        Self([a, b, c, d])
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "KeyId({self})")
    }
}

/// What a key signs, by its number in the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// Ed25519 over the text of a note.
    Note = 0x01,
    /// Ed25519 over a checkpoint and a time.
    Cosignature = 0x04,
}

/// Why a text is no key of the expected kind. Nothing may be trusted on its behalf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyError {
    /// Not of the form `name+id+key`.
    Form,
    /// An empty name, or one with a space, a plus or a control character.
    Name,
    /// Signs something else: a witness's key where the log's belongs, or an algorithm that is not Ed25519.
    Kind,
    /// No point of the curve, or one so weak that anyone could sign for it.
    Point,
    /// The id is another key's: name or key were changed.
    Id,
}

impl fmt::Display for KeyError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Form => "not a key of the form name+id+key",
            Self::Name => "a key whose name is empty or has spaces or a plus",
            Self::Kind => "a key that signs something else",
            Self::Point => "a key that is no safe point of the curve",
            Self::Id => "a key whose id belongs to another name or key",
        })
    }
}

impl core::error::Error for KeyError {}

/// True for what can stand before a signature: not empty, no spaces, no plus.
pub(crate) fn is_key_name(name: &str) -> bool {
    let wrong = |character: char| character.is_whitespace() || character.is_control() || character == '+';
    !name.is_empty() && !name.contains(wrong)
}

/// Name, id and the bytes after the kind, from `name+id+base64(kind ‖ bytes)`.
pub(crate) fn parse_key(text: &str, kind: KeyKind) -> Result<(&str, KeyId, [u8; 32]), KeyError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyError::Form);
    };
    if !is_key_name(name) {
        return Err(KeyError::Name);
    }
    let is_hex = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
    let id = if id.len() == 8 && id.bytes().all(is_hex) { u32::from_str_radix(id, 16).ok() } else { None };
    let id = KeyId(id.ok_or(KeyError::Form)?.to_be_bytes());
    let key = STANDARD.decode(key).map_err(|_| KeyError::Form)?;
    let (found, key) = key.split_first().ok_or(KeyError::Form)?;
    if *found != kind as u8 {
        return Err(KeyError::Kind);
    }
    Ok((name, id, key.try_into().map_err(|_| KeyError::Form)?))
}

/// The text of a key: `name+id+base64(kind ‖ bytes)`.
pub(crate) fn serialize_key(name: &str, id: KeyId, kind: KeyKind, bytes: &[u8; 32]) -> String {
    let mut key = Vec::with_capacity(33);
    key.push(kind as u8);
    key.extend_from_slice(bytes);
    alloc::format!("{name}+{id}+{}", STANDARD.encode(key))
}

/// What both kinds of key have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicKey {
    pub name: String,
    pub id: KeyId,
    pub point: VerifyingKey,
}

impl PublicKey {
    fn new(name: &str, bytes: &[u8; 32], kind: KeyKind) -> Result<Self, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::Name);
        }
        let point = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Point)?;
        if point.is_weak() {
            return Err(KeyError::Point);
        }
        Ok(Self { name: name.into(), id: KeyId::of(name, kind, bytes), point })
    }

    fn parse(vkey: &str, kind: KeyKind) -> Result<Self, KeyError> {
        let (name, id, bytes) = parse_key(vkey, kind)?;
        let key = Self::new(name, &bytes, kind)?;
        if key.id == id { Ok(key) } else { Err(KeyError::Id) }
    }

    /// True if these are the 64 bytes of this key's signature over the message.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = ed25519_dalek::Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.point.verify_strict(message, &signature).is_ok())
    }
}

macro_rules! key_type {
    ($(#[$doc:meta])* $name:ident, $kind:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(pub(crate) PublicKey);

        impl $name {
            /// From a name and the 32 bytes of an Ed25519 public key.
            pub fn new(name: &str, bytes: &[u8; 32]) -> Result<Self, KeyError> {
                PublicKey::new(name, bytes, $kind).map(Self)
            }

            /// From its text form, the *vkey*.
            pub fn parse(vkey: &str) -> Result<Self, KeyError> {
                PublicKey::parse(vkey, $kind).map(Self)
            }

            /// The *vkey* to publish.
            pub fn to_vkey(&self) -> String {
                serialize_key(&self.0.name, self.0.id, $kind, self.0.point.as_bytes())
            }
        }
    };
}

key_type! {
    /// The public key of a log: verifies the checkpoints it signs (kind 0x01).
    LogKey, KeyKind::Note
}

impl LogKey {
    /// The key's name: that of the log it signs.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The 32 bytes of the key itself, which it may have under several names.
    pub fn bytes(&self) -> [u8; 32] {
        self.0.point.to_bytes()
    }

    /// True if these are the 64 bytes of this key's signature over a message that is not a note.
    pub fn verify_message(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify(message, signature)
    }
}

key_type! {
    /// The public key of a witness: verifies its cosignatures (kind 0x04), and nothing of the log's.
    WitnessKey, KeyKind::Cosignature
}
