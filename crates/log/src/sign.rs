//! Signing notes: the one thing here that needs a secret, hence behind a trait, and its Ed25519 behind a feature.

use alloc::string::String;
use alloc::vec::Vec;

use crate::key::KeyId;
use crate::note::{Note, NoteError, Signature};

/// Could not sign: nothing was signed and nothing may be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignError;

impl core::fmt::Display for SignError {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        out.write_str("the signer could not sign")
    }
}

impl core::error::Error for SignError {}

/// Whoever holds a key: in memory, in a vault, in a device.
pub trait Signer {
    /// The key's name.
    fn name(&self) -> &str;
    /// The key's id.
    fn id(&self) -> KeyId;
    /// The signature over the bytes of a note's text.
    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// A text, signed by each of these.
pub fn sign_note(text: &str, signers: &[&dyn Signer]) -> Result<String, NoteError> {
    let mut note = Note::new(text)?;
    for signer in signers {
        let bytes = signer.sign(text.as_bytes()).map_err(|_| NoteError::Signer)?;
        note.add(Signature::new(signer.name(), signer.id(), bytes).ok_or(NoteError::Signer)?)?;
    }
    // Without a signature it would be no note.
    if note.signatures().is_empty() { Err(NoteError::Signer) } else { Ok(note.serialize()) }
}

#[cfg(feature = "sign")]
pub use ed25519::SigningKey;

#[cfg(feature = "sign")]
mod ed25519 {
    use super::{SignError, Signer};
    use crate::key::{KeyError, KeyId, KeyKind, LogKey, parse_key, serialize_key};
    use alloc::string::String;
    use alloc::vec::Vec;
    use ed25519_dalek::Signer as _;

    const PRIVATE: &str = "PRIVATE+KEY+";

    /// The secret key of a log. Wiped from memory when dropped; never printed.
    pub struct SigningKey {
        public: LogKey,
        secret: ed25519_dalek::SigningKey,
    }

    impl SigningKey {
        /// From 32 random bytes, which are the caller's to find and to forget.
        pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
            let secret = ed25519_dalek::SigningKey::from_bytes(seed);
            Ok(Self { public: LogKey::new(name, secret.verifying_key().as_bytes())?, secret })
        }

        /// From its text form, the *skey*: `PRIVATE+KEY+name+id+key`.
        pub fn parse(skey: &str) -> Result<Self, KeyError> {
            let key = skey.strip_prefix(PRIVATE).ok_or(KeyError::Form)?;
            let (name, id, seed) = parse_key(key, KeyKind::Note)?;
            let key = Self::from_seed(name, &seed)?;
            if key.public.0.id == id { Ok(key) } else { Err(KeyError::Id) }
        }

        /// The *skey*, for whoever stores it as a secret.
        pub fn to_skey(&self) -> String {
            let key = &self.public.0;
            let text = serialize_key(&key.name, key.id, KeyKind::Note, self.secret.as_bytes());
            alloc::format!("{PRIVATE}{text}")
        }

        /// The key that verifies what this one signs.
        pub const fn public(&self) -> &LogKey {
            &self.public
        }
    }

    impl core::fmt::Debug for SigningKey {
        fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            write!(out, "SigningKey({}+{})", self.public.0.name, self.public.0.id)
        }
    }

    impl Signer for SigningKey {
        fn name(&self) -> &str {
            &self.public.0.name
        }

        fn id(&self) -> KeyId {
            self.public.0.id
        }

        fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignError> {
            self.secret.try_sign(text).map(|signature| signature.to_bytes().to_vec()).map_err(|_| SignError)
        }
    }
}
