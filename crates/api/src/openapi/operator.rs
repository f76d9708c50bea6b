//! What the operator calls.

#![allow(dead_code, reason = "only what is said about these is used")]

use crate::erasure::{ErasureReceipt, ErasureRequest, RetentionReceipt};
use crate::policy::{PolicyFile, PolicyReceipt};
use crate::record::{BatchReceipt, BatchSubmission};
use crate::token::{TokenGrant, TokenList, TokenRequest, TokenUses};

/// The policy in force
///
/// As it was published, byte for byte. Policies are public: visitors read them in the preference centre.
#[utoipa::path(
    get, path = "/v1/sites/{site}/policy", tag = "Operator",
    params(("site" = String, Path, description = "The site.")),
    responses(
        (status = 200, description = "The policy.", body = PolicyFile,
            headers(
                ("consentry-policy-version" = u32, description = "Its version, counted from 1."),
                ("consentry-policy-hash" = String, description = "SHA-256 of it, 64 hexadecimal digits."),
            )),
        (status = 404, description = "`site-unknown`: no policy is published for this site."),
    ),
)]
pub fn read_policy() {}

/// Publish a policy
///
/// Makes it the next version, and says so in the log. The very file that is in force, published again, stays the version it is.
/// Earlier versions are never edited: records name the one they were made under. New everywhere after five seconds.
#[utoipa::path(
    put, path = "/v1/sites/{site}/policy", tag = "Operator", security(("operator" = [])),
    params(("site" = String, Path, description = "The site.")),
    request_body(content = PolicyFile, description = "At most 1 MiB. `consentry policy publish` makes it from TOML. Services that the vendor catalogue \
        knows may leave fields out; what is stored, hashed and answered from then on is complete."),
    responses(
        (status = 200, description = "It is in force.", body = PolicyReceipt),
        (status = 400, description = "`policy-form`: no policy file."),
        (status = 409, description = "`policy-site`: the file is for another site."),
        (status = 422, description = "`policy-invalid`: it does not hold together; `errors` names every place."),
        (status = 503, description = "`log-key`: the log has no key to sign with, or another than before; the answer says what to \
            do. `unavailable`: try again after `Retry-After`."),
    ),
)]
pub fn publish_policy() {}

/// Log records that were collected elsewhere
///
/// The operator vouches for where the visitors were. All of a batch is taken, or, when one record of it cannot be, nothing;
/// `Consentry-Record` then names that one. Sending a batch again is harmless.
#[utoipa::path(
    post, path = "/v1/sites/{site}/batches", tag = "Operator", security(("operator" = [])),
    params(("site" = String, Path, description = "The site.")),
    request_body(content = BatchSubmission, description = "At most 1,000 records, and 1 MiB."),
    responses(
        (status = 201, description = "All of them are in the log.", body = BatchReceipt),
        (status = 400, description = "`batch-form`: no batch of records."),
        (status = 404, description = "`site-unknown`: there is no such policy version."),
        (status = 422, description = "`batch-invalid`: the batch as a whole. Else as for one record.",
            headers(("consentry-record" = String, description = "The record that cannot be taken."))),
    ),
)]
pub fn submit_batch() {}

/// Erase who decided
///
/// From all records of a visitor, or from one (GDPR Art. 17). The evidence stays, and says nothing about anybody; every proof still
/// verifies, and exports show the records as `redacted`. The log says that something was erased, never whose it was.
#[utoipa::path(
    post, path = "/v1/sites/{site}/erasures", tag = "Operator", security(("operator" = [])),
    params(("site" = String, Path, description = "The site.")),
    request_body = ErasureRequest,
    responses(
        (status = 200, description = "So much was erased; 0 when nothing was left to erase.", body = ErasureReceipt),
        (status = 400, description = "`erasure-form`: no such request."),
        (status = 404, description = "`site-unknown`: no policy is published for this site."),
        (status = 422, description = "`erasure-invalid`: it is not clear what to erase."),
        (status = 503, description = "`log-key`: the log has no key to sign with. `unavailable`: not everything was erased; send it again."),
    ),
)]
pub fn erase() {}

/// Prune what was kept long enough
///
/// Records older than the policy's `record_months` go, all but their hashes. It happens daily by itself; this does it now.
#[utoipa::path(
    post, path = "/v1/sites/{site}/retention", tag = "Operator", security(("operator" = [])),
    params(("site" = String, Path, description = "The site.")),
    responses(
        (status = 200, description = "So many went. One run has an end: send it again until none do.", body = RetentionReceipt),
        (status = 404, description = "`site-unknown`: no policy is published for this site."),
        (status = 503, description = "`log-key`: the log has no key to sign with. `unavailable`: send it again."),
    ),
)]
pub fn retain() {}

/// List the auditors' tokens
///
/// Newest first, with what each allows and when it was last used. Nobody sees a secret again.
#[utoipa::path(
    get, path = "/v1/sites/{site}/tokens", tag = "Operator", security(("operator" = [])),
    params(("site" = String, Path, description = "The site.")),
    responses((status = 200, description = "The tokens.", body = TokenList)),
)]
pub fn list_tokens() {}

/// Make a token for an auditor
///
/// Give no more than is needed: a time range, `non_personal`, few days. The answer is the only time the token is shown.
#[utoipa::path(
    post, path = "/v1/sites/{site}/tokens", tag = "Operator", security(("operator" = [])),
    params(("site" = String, Path, description = "The site.")),
    request_body(content = TokenRequest, examples(
        ("everything" = (summary = "Everything, for thirty days", value = json!({ "name": "Jane Roe, auditor", "days": 30 }))),
        ("quarter" = (summary = "One quarter, without who decided", value = json!({
            "name": "Jane Roe, auditor", "days": 7, "from": "2026-07-01", "to": "2026-10-01",
            "fields": "non_personal", "formats": ["csv"],
        }))),
    )),
    responses(
        (status = 201, description = "The token.", body = TokenGrant),
        (status = 400, description = "`token-form`: no such request."),
        (status = 422, description = "`token-invalid`: the answer says which field and what it may be."),
    ),
)]
pub fn create_token() {}

/// Revoke a token
///
/// At once, and every link made with it. An export that is under way runs to its end.
#[utoipa::path(
    delete, path = "/v1/sites/{site}/tokens/{id}", tag = "Operator", security(("operator" = [])),
    params(
        ("site" = String, Path, description = "The site."),
        ("id" = String, Path, description = "The middle part of `cya_ID_SECRET`."),
    ),
    responses(
        (status = 204, description = "It opens nothing any more."),
        (status = 404, description = "`token-unknown`: the site has no such token."),
    ),
)]
pub fn revoke_token() {}

/// What a token was used for
///
/// Newest first. Uses are noted before anything is sent; the newest 10,000 of each token are kept.
#[utoipa::path(
    get, path = "/v1/sites/{site}/tokens/{id}/uses", tag = "Operator", security(("operator" = [])),
    params(
        ("site" = String, Path, description = "The site."),
        ("id" = String, Path, description = "The middle part of `cya_ID_SECRET`."),
        ("limit" = Option<u32>, Query, description = "How many, 1 to 1,000. Without it: 100."),
        ("before" = Option<u64>, Query, description = "Only earlier ones: what `next` said."),
    ),
    responses(
        (status = 200, description = "The uses.", body = TokenUses),
        (status = 400, description = "`filter`: a parameter cannot be read."),
        (status = 404, description = "`token-unknown`: the site has no such token."),
    ),
)]
pub fn list_token_uses() {}

/// This description
///
/// Cached for an hour; has an `ETag`.
#[utoipa::path(
    get, path = "/v1/openapi.json", tag = "Operator",
    responses(
        (status = 200, description = "OpenAPI 3.1.", body = serde_json::Value),
        (status = 304, description = "It has not changed."),
    ),
)]
pub fn openapi() {}
