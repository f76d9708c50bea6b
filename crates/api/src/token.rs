//! Access on the wire: what a token allows, how an operator asks for one and sees its use, and links made with one.

use serde::{Deserialize, Serialize};

/// How entries leave the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// An export with one JSON object per line.
    Ndjson,
    /// An export with comma-separated values.
    Csv,
    /// Entry bundles of the tile API: evidence, byte for byte as it is hashed. They hold no visitor's part.
    Entries,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ndjson, Self::Csv, Self::Entries];

    /// The wire word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Entries => "entries",
        }
    }

    /// A format from its wire word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == word)
    }
}

/// Which fields of a record a token shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fields {
    /// Everything.
    #[default]
    All,
    /// Everything but the visitor's part: who decided, which record came before, the salt. Rows come with
    /// `redacted: "withheld"` and a commitment to that part instead, so their leaf hashes can still be checked.
    NonPersonal,
}

impl Fields {
    /// The wire word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::NonPersonal => "non_personal",
        }
    }

    /// Fields from their wire word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::All, Self::NonPersonal].into_iter().find(|fields| fields.as_str() == word)
    }
}

/// Asks for a token (`POST …/tokens`, operator).
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// Whose it is, for the list of tokens: at most 100 bytes.
    pub name: String,
    /// Days until it stops working: 1 to 400.
    #[serde(default = "thirty")]
    #[cfg_attr(feature = "openapi", schema(default = 30, minimum = 1, maximum = 400))]
    pub days: u16,
    /// Only records received at this time or later: RFC 3339, or a date (its first moment, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Only records received before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Which fields of a record it shows.
    #[serde(default)]
    pub fields: Fields,
    /// The formats it allows. Without this: all; with `from` or `to`: all but `entries`, because a bundle shows records of any
    /// time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formats: Option<Vec<Format>>,
}

const fn thirty() -> u16 {
    30
}

/// A fresh token. The service keeps only a hash of the secret, so this is the only time it is shown.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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

/// What a token allows. It is for one site, and never more than reading. What the log says of itself (policies, redactions,
/// changes of keys) is visible with every token: it names nobody.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenScope {
    /// Only records received at this time or later (RFC 3339, UTC). Absent: from the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Only records received before this time. Absent: to the newest one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Which fields of a record it shows.
    pub fields: Fields,
    /// The formats it allows.
    pub formats: Vec<Format>,
}

/// The tokens of a site (`GET …/tokens`, operator).
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenList {
    /// Newest first, expired and revoked ones included; the newest 1,000.
    pub tokens: Vec<TokenInfo>,
}

/// Most tokens in a list.
pub const MOST_LISTED: u32 = 1_000;

/// A token as its operator sees it. Nobody sees the secret again.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenInfo {
    /// Names it, here and for revoking.
    pub id: String,
    /// Whose it is.
    pub name: String,
    /// What it allows.
    pub scope: TokenScope,
    /// When it was made (RFC 3339, UTC).
    pub created: String,
    /// When it stops working, or did.
    pub expires: String,
    /// It was revoked and opens nothing any more.
    pub revoked: bool,
    /// How often it was used, links made with it included.
    pub uses: u64,
    /// When it was last used; absent before the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<String>,
}

/// What a token was used for (`GET …/tokens/ID/uses`, operator).
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenUses {
    /// How often it was used in all. What for is kept of the newest 10,000 times.
    pub total: u64,
    /// Newest first.
    pub uses: Vec<TokenUse>,
    /// Give this as `before` for those that came earlier; absent when there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// So many uses of a token are kept, the newest ones.
pub const MOST_USES: u64 = 10_000;

/// One authorised use of a token, noted before anything was sent. Secrets are never part of it.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenUse {
    /// Which use of this token it was, counted from 1.
    pub nth: u64,
    /// When (RFC 3339, UTC).
    pub time: String,
    /// The path that was asked for.
    pub path: String,
    /// The filters, as in the query of the request; empty when there were none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub filters: String,
    /// The format in which entries were asked for; absent where none were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// It was one of the token's links that was used, not the token itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub link: bool,
}

/// Asks for a link to an export (`POST …/links`, auditor). Filters mean what they mean in the query of an export.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    /// `ndjson` or `csv`.
    pub format: Format,
    /// With `ndjson`: receipts of records instead of rows, `iso27560` or `kantara`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Only records received at this time or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Only records received before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Only records that grant this category, or with `CATEGORY:denied` those that deny it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Only records of this action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Only records made while this signal was on (`gpc`, `dnt`, `any`), or none was (`none`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
    /// The log as a snapshot saw it: the size of each part, with commas. Absent: as it is when the link is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sizes: Option<String>,
    /// How long the link works: 1 to 10,080 (seven days), and never longer than the token.
    #[serde(default = "sixty")]
    #[cfg_attr(feature = "openapi", schema(default = 60, minimum = 1, maximum = 10_080))]
    pub minutes: u32,
}

const fn sixty() -> u32 {
    60
}

/// Longest life of a link, in minutes: seven days.
pub const LONGEST_LINK: u32 = 7 * 24 * 60;

/// A link that downloads one export without a header. Whoever has it can use it, as often as they like, until it expires or
/// its token is revoked.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkGrant {
    /// The whole address. Any change to it makes it useless.
    pub url: String,
    /// When it stops working (RFC 3339, UTC).
    pub expires: String,
}
