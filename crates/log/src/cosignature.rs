//! Cosignatures: a witness's word that it saw this checkpoint, at this time, and none that contradicts it.
//!
//! By [C2SP tlog-cosignature](https://c2sp.org/tlog-cosignature#ed25519-signed-message), Ed25519 (0x04). Verified only: this
//! code is no witness.

use alloc::string::String;

use crate::key::{KeyId, WitnessKey};
use crate::note::Verifier;

/// What a witness's signature line says, once verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosignature {
    /// The witness's name.
    pub witness: String,
    /// When it signed, in seconds since 1970, by its own clock.
    pub time: u64,
}

const LATEST: u64 = u64::MAX >> 1;

/// The time and the 64 bytes after it. `None` for any other length or a time the specification rules out.
pub(crate) fn parse_timestamped(signature: &[u8]) -> Option<(u64, &[u8; 64])> {
    let (time, signature) = signature.split_first_chunk::<8>()?;
    let time = u64::from_be_bytes(*time);
    if time > LATEST { None } else { Some((time, signature.try_into().ok()?)) }
}

/// What a witness signs: the time, and the whole text of the checkpoint.
pub fn cosignature_message(time: u64, checkpoint: &str) -> String {
    alloc::format!("cosignature/v1\ntime {time}\n{checkpoint}")
}

impl Verifier for WitnessKey {
    fn name(&self) -> &str {
        &self.0.name
    }

    fn id(&self) -> KeyId {
        self.0.id
    }

    fn verify(&self, text: &str, signature: &[u8]) -> bool {
        parse_timestamped(signature).is_some_and(|(time, signature)| {
            self.0.verify(cosignature_message(time, text).as_bytes(), signature)
        })
    }
}
