//! SHA-256 in the two forms the API shows it in.

use consentry_core::bytes::serialize_hex;
use sha2::{Digest, Sha256};

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-256 as 64 hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    serialize_hex(&sha256(bytes))
}
