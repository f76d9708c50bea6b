//! Who may: the operator's token from the environment, auditors' tokens hashed in the site's object.

use consentry_api::digest::sha256_hex;
use consentry_api::object::{SiteCall, SiteReply, TokenRow};
use consentry_api::token::{TOKEN_PREFIX, TokenGrant, TokenRequest};
use consentry_core::SiteId;
use consentry_core::bytes::serialize_hex;
use subtle::ConstantTimeEq;

use crate::answer::{problem, unavailable};
use crate::http::{Request, Response};
use crate::sites::Sites;

/// Passes the operator's requests, refuses all others. An unset operator token refuses everybody.
pub fn require_operator(request: &Request, operator_token: &str) -> Result<(), Response> {
    let presented = bearer(request).ok_or_else(missing)?;
    // Hashed first: comparing in constant time must not tell the length either.
    let same =
        sha256_hex(presented.as_bytes()).as_bytes().ct_eq(sha256_hex(operator_token.as_bytes()).as_bytes());
    if !operator_token.is_empty() && bool::from(same) { Ok(()) } else { Err(refused("an operator")) }
}

/// Passes an auditor of this very site with a token that is neither expired nor revoked.
pub async fn require_auditor<S: Sites>(request: &Request, sites: &S, site: &SiteId) -> Result<(), Response> {
    let presented = bearer(request).ok_or_else(missing)?;
    let mut parts = presented.split('_');
    let (Some(TOKEN_PREFIX), Some(id), Some(secret), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(refused("an auditor"));
    };
    let call = SiteCall::TokenCheck { id: id.into(), hash: sha256_hex(secret.as_bytes()) };
    match sites.call(site, &call).await {
        Ok(SiteReply::Flag(true)) => Ok(()),
        Ok(SiteReply::Flag(false)) => Err(refused("an auditor")),
        Ok(_) => Err(unavailable(1, "The token could not be checked; try again")),
        Err(error) => Err(unavailable(1, format!("The token could not be checked; try again ({error})"))),
    }
}

/// Makes a token from fresh random bytes; returns what is shown once and what is kept.
pub fn new_token(request: &Request, asked: &TokenRequest) -> (TokenGrant, TokenRow) {
    let (id, rest) = request.edge.entropy.split_at(8);
    let (id, secret) = (serialize_hex(id), serialize_hex(rest.get(..32).unwrap_or(rest)));
    let expires = request.edge.now.plus_days(asked.days);
    let grant = TokenGrant {
        id: id.clone(),
        token: format!("{TOKEN_PREFIX}_{id}_{secret}"),
        expires: consentry_api::time::serialize_time(expires),
    };
    let row =
        TokenRow { id, name: asked.name.clone(), hash: sha256_hex(secret.as_bytes()), expires: expires.0 };
    (grant, row)
}

fn bearer(request: &Request) -> Option<&str> {
    let (scheme, token) = request.header("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn missing() -> Response {
    problem(401, "token-missing", "A token is needed", "Send it as: Authorization: Bearer TOKEN")
        .with("www-authenticate", "Bearer")
}

fn refused(who: &str) -> Response {
    problem(
        403,
        "token-refused",
        "This token does not open this door",
        format!(
            "The path needs {who}'s token for this site that is neither expired nor revoked; ask the operator for one"
        ),
    )
}
