//! The public log, as C2SP tlog-tiles has it.

#![allow(dead_code, reason = "only what is said about these is used")]

use super::Bytes;
use crate::record::LogKeys;

/// The signed checkpoint
///
/// How large the log is and what it hashes to, as a [C2SP checkpoint](https://c2sp.org/tlog-checkpoint), signed with the site's
/// key. May be two seconds old.
#[utoipa::path(
    get, path = "/log/{site}/checkpoint", tag = "Log",
    params(("site" = String, Path, description = "The site.")),
    responses(
        (status = 200, description = "The checkpoint.", body = String, content_type = "text/plain"),
        (status = 404, description = "`site-unknown`: there is no such log."),
    ),
)]
pub fn log_checkpoint() {}

/// The keys that signed this log
///
/// So that whoever trusts an old key finds the way to the newest. Do not trust a key because it is here: get one elsewhere.
#[utoipa::path(
    get, path = "/log/{site}/keys", tag = "Log",
    params(("site" = String, Path, description = "The site.")),
    responses(
        (status = 200, description = "The keys.", body = LogKeys),
        (status = 404, description = "`site-unknown`: there is no such log."),
    ),
)]
pub fn log_keys() {}

/// A tile of hashes
///
/// As [C2SP tlog-tiles](https://c2sp.org/tlog-tiles) has it. Never changes.
#[utoipa::path(
    get, path = "/log/{site}/tile/{level}/{index}", tag = "Log",
    params(
        ("site" = String, Path, description = "The site."),
        ("level" = u8, Path, description = "0 to 63; 0 holds leaf hashes."),
        ("index" = String, Path, description = "In groups of three digits, `x` before all but the last, with slashes: `x001/x234/067`. \
            A tile that is not full ends in `.p/WIDTH`."),
    ),
    responses(
        (status = 200, description = "1 to 256 hashes of 32 bytes.", body = Bytes, content_type = "application/octet-stream"),
        (status = 404, description = "`tile-unknown`: the log has no such tile, or is not that large yet."),
    ),
)]
pub fn log_tile() {}

/// A bundle of entries
///
/// The very bytes that are hashed, each with its length before it. They hold evidence and no visitor's part. Needs a token that
/// allows `entries`.
#[utoipa::path(
    get, path = "/log/{site}/tile/entries/{index}", tag = "Log", security(("auditor" = [])),
    params(
        ("site" = String, Path, description = "The site."),
        ("index" = String, Path, description = "As for a tile of level 0."),
    ),
    responses(
        (status = 200, description = "1 to 256 entries.", body = Bytes, content_type = "application/octet-stream"),
        (status = 404, description = "`tile-unknown`: the log has no such bundle, or is not that large yet."),
        (status = 410, description = "`tile-pruned`: entries of it were kept long enough and are gone; their hashes are not."),
    ),
)]
pub fn log_entries() {}
