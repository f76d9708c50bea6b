//! Who may: the operator's token from the environment; auditors' tokens, and links made with them, kept in the site's object.

use consentry_api::digest::sha256_hex;
use consentry_api::object::{
    Access, Credential, NewLink, Scope, SiteCall, SiteReply, TimeRange, TokenRow, Wanted,
};
use consentry_api::time::serialize_time;
use consentry_api::token::{Fields, Format, TOKEN_PREFIX, TokenGrant};
use consentry_core::bytes::{parse_hex, serialize_hex};
use consentry_core::{SiteId, UnixMillis};
use subtle::ConstantTimeEq;

use crate::answer::{problem, unavailable};
use crate::http::{Request, Response};
use crate::sites::{Sites, Unreachable};

/// The query parameter that makes an address a link. It is always the last one: everything before it is what the link is for.
pub const LINK: &str = "link";

/// Most bytes of filters that are noted. Everything a filter may say fits.
const MOST_NOTED: usize = 600;

/// Passes the operator's requests, refuses all others. An unset operator token refuses everybody.
pub fn require_operator(request: &Request, operator_token: &str) -> Result<(), Response> {
    let presented = bearer(request).ok_or_else(missing)?;
    // Hashed first: comparing in constant time must not tell the length either.
    let same =
        sha256_hex(presented.as_bytes()).as_bytes().ct_eq(sha256_hex(operator_token.as_bytes()).as_bytes());
    if !operator_token.is_empty() && bool::from(same) { Ok(()) } else { Err(refused("an operator")) }
}

/// Passes whoever has a token of this very site, or a link made with one, that is neither expired nor revoked and allows what
/// is wanted. Has the use noted, and says what the token allows: withholding fields is up to the caller.
pub async fn require_auditor<S: Sites>(
    request: &Request,
    sites: &S,
    site: &SiteId,
    wanted: Wanted,
) -> Result<Scope, Response> {
    let credential = presented(request)?;
    match sites.call(site, &SiteCall::TokenUse { credential, wanted }).await {
        Ok(SiteReply::Access(Access::Granted(scope))) => Ok(scope),
        other => Err(not_granted(request, other)),
    }
}

/// Has the site's object make a link, for whoever has a token that allows what the link will show. Says when the link stops
/// working, in milliseconds, and what to add to the query.
pub async fn make_link<S: Sites>(
    request: &Request,
    sites: &S,
    site: &SiteId,
    wanted: Wanted,
    (path, query, minutes): (&str, &str, u32),
) -> Result<(u64, String), Response> {
    let credential = token(request)?;
    let id = match &credential {
        Credential::Token { id, .. } | Credential::Link { id, .. } => id.clone(),
    };
    let key = sha256_hex(&[b"link key", request.edge.entropy.as_slice()].concat());
    let link = NewLink { credential, wanted, path: path.into(), query: query.into(), minutes, key };
    match sites.call(site, &SiteCall::Link(link)).await {
        Ok(SiteReply::Link(expires, mac)) => Ok((expires, format!("{LINK}={id}.{expires}.{mac}"))),
        other => Err(not_granted(request, other)),
    }
}

/// What a request wants of the log, as it is noted: its path and those filters that were understood.
pub fn wanted(
    request: &Request,
    filters: &[&str],
    format: Option<Format>,
    records: Option<TimeRange>,
) -> Wanted {
    let mut noted = form_urlencoded::Serializer::new(String::new());
    for name in filters {
        match request.parameter(name) {
            // As `hide_id` has it.
            Some(_) if *name == "id" => drop(noted.append_pair(name, "ID")),
            Some(value) => drop(noted.append_pair(name, &value)),
            None => {}
        }
    }
    let mut filters = noted.finish();
    filters.truncate(MOST_NOTED);
    Wanted { path: request.path.clone(), filters, format, records, personal: false }
}

/// The same for one record asked for by its number. Who knows the number knows whose it is, so nothing is left without the
/// visitor's part; and the number is not noted, because the note would outlive an erasure.
pub fn hide_id(id: &str, wanted: Wanted) -> Wanted {
    Wanted { path: wanted.path.replace(id, "ID"), personal: true, ..wanted }
}

/// Passes a record that was received in the scope's time. For one whose time nobody knew before it was found.
pub fn require_time(scope: &Scope, received: UnixMillis) -> Result<(), Response> {
    let moment = TimeRange { from: Some(received.0), to: Some(received.0.saturating_add(1)) };
    if scope.records.contains(&moment) { Ok(()) } else { Err(outside(scope)) }
}

/// Makes a token from fresh random bytes; returns what is shown once and what is kept.
pub fn new_token(request: &Request, name: &str, days: u16, scope: Scope) -> (TokenGrant, TokenRow) {
    let (id, rest) = request.edge.entropy.split_at(8);
    let (id, secret) = (serialize_hex(id), serialize_hex(rest.get(..32).unwrap_or(rest)));
    let (created, expires) = (request.edge.now, request.edge.now.plus_days(days));
    let grant = TokenGrant {
        id: id.clone(),
        token: format!("{TOKEN_PREFIX}_{id}_{secret}"),
        expires: serialize_time(expires),
    };
    let hash = sha256_hex(secret.as_bytes());
    let row = TokenRow { id, name: name.into(), hash, created: created.0, expires: expires.0, scope };
    (grant, row)
}

/// A link where there is one, else the token of the header.
fn presented(request: &Request) -> Result<Credential, Response> {
    link(request).map_or_else(|| token(request), Ok)
}

fn token(request: &Request) -> Result<Credential, Response> {
    let presented = bearer(request).ok_or_else(missing)?;
    let mut parts = presented.split('_');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(TOKEN_PREFIX), Some(id), Some(secret), None) => {
            Ok(Credential::Token { id: id.into(), hash: sha256_hex(secret.as_bytes()) })
        }
        _ => Err(refused("an auditor")),
    }
}

/// The link in a query. Read from its raw text, because that is what the code is over.
fn link(request: &Request) -> Option<Credential> {
    let (query, last) = request.query.rsplit_once('&').unwrap_or(("", &request.query));
    let mut parts = last.strip_prefix(LINK)?.strip_prefix('=')?.split('.');
    let (id, expires, mac) = (parts.next()?, parts.next()?, parts.next()?);
    let expires = expires.parse::<u64>().ok().filter(|number| number.to_string() == expires)?;
    // The code's own form, so that a link has one spelling.
    parse_hex::<32>(mac)?;
    parts.next().is_none().then(|| Credential::Link {
        id: id.into(),
        path: request.path.clone(),
        query: query.into(),
        expires,
        mac: mac.into(),
    })
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

fn not_granted(request: &Request, reply: Result<SiteReply, Unreachable>) -> Response {
    match reply {
        Ok(SiteReply::Access(Access::Refused)) if link(request).is_some() => problem(
            403,
            "link-refused",
            "This link does not work",
            "A link works exactly as it was made, until it expires or its token is revoked; ask for a new one",
        ),
        Ok(SiteReply::Access(Access::Refused)) => refused("an auditor"),
        Ok(SiteReply::Access(Access::Outside(scope))) => outside(&scope),
        Ok(_) => unavailable(1, "The token could not be checked; try again"),
        Err(error) => unavailable(1, format!("The token could not be checked; try again ({error})")),
    }
}

/// The token is good, but not for this. Says what it allows.
fn outside(scope: &Scope) -> Response {
    problem(403, "token-scope", "The token does not go that far", describe(scope))
}

/// What a token allows, in words that say how to ask.
fn describe(scope: &Scope) -> String {
    let formats: Vec<&str> = scope.formats.iter().map(|format| format.as_str()).collect();
    let fields = match scope.fields {
        Fields::All => "",
        Fields::NonPersonal => " without the visitor's part",
    };
    let time = |time: u64| serialize_time(UnixMillis(time));
    let records = match (scope.records.from, scope.records.to) {
        (None, None) => String::new(),
        (Some(from), None) => format!(", received from {} on: send `from`, no earlier", time(from)),
        (None, Some(to)) => format!(", received before {}: send `to`, no later", time(to)),
        (Some(from), Some(to)) => {
            format!(", received from {} until {}: send `from` and `to` within that", time(from), time(to))
        }
    };
    format!("It allows {}; records{fields}{records}", formats.join(", "))
}
