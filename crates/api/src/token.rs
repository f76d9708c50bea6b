//! Access tokens on the wire: how an operator asks for one, and the one answer that ever shows its secret.

use serde::{Deserialize, Serialize};

/// Asks for a token (`POST …/tokens`, operator).
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// Whose it is, for the list of tokens.
    pub name: String,
    /// Days until it stops working: 1 to 400.
    #[serde(default = "thirty")]
    pub days: u16,
}

const fn thirty() -> u16 {
    30
}

/// A fresh token. The service keeps only a hash of the secret, so this is the only time it is shown.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub struct TokenGrant {
    /// Names the token in lists and for revoking.
    pub id: String,
    /// The bearer token, `cya_ID_SECRET`.
    pub token: String,
    /// When it stops working (RFC 3339, UTC).
    pub expires: String,
}

/// Prefix of every auditor token, so that secret scanners can find a leaked one.
pub const TOKEN_PREFIX: &str = "cya";
