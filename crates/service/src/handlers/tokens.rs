//! `v1/sites/SITE/tokens`: the operator makes and revokes auditors' tokens, and sees what they were used for.

use consentry_api::object::{Scope, SiteCall, SiteReply, TimeRange, TokenState, UseRow};
use consentry_api::time::{parse_time, serialize_time};
use consentry_api::token::{Format, TokenInfo, TokenList, TokenRequest, TokenScope, TokenUse, TokenUses};
use consentry_core::time::LONGEST_COOKIE_DAYS;
use consentry_core::{SiteId, UnixMillis};

use super::Answer;
use crate::access::{new_token, require_operator};
use crate::answer::{json, not_allowed, problem, unavailable};
use crate::http::{Method, Request, Response};
use crate::service::Service;
use crate::sites::{Sites, Unreachable};

/// Uses in one answer, unless `limit` says otherwise; it may say up to ten times as much.
const USES: u32 = 100;

/// `GET` and `POST v1/sites/SITE/tokens`
pub async fn tokens<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    match request.method {
        Method::Get | Method::Head => list(service, request, site).await,
        Method::Post => create(service, request, site).await,
        _ => Err(not_allowed("GET, HEAD, POST")),
    }
}

async fn list<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    require_operator(request, &service.config.operator_token)?;
    match service.sites.call(site, &SiteCall::Tokens).await {
        Ok(SiteReply::Tokens(tokens)) => {
            Ok(json(200, &TokenList { tokens: tokens.into_iter().map(info).collect() }))
        }
        other => Err(failed("The tokens could not be read", &other)),
    }
}

async fn create<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    require_operator(request, &service.config.operator_token)?;
    let asked: TokenRequest =
        serde_json::from_slice(request.body.as_deref().unwrap_or_default()).map_err(|error| {
            problem(
                400,
                "token-form",
                "This asks for no token",
                format!("{error}. Send {{\"name\":\"…\",\"days\":30}}"),
            )
        })?;
    let scope =
        scope(&asked).map_err(|detail| problem(422, "token-invalid", "This token cannot be made", detail))?;
    let (grant, row) = new_token(request, &asked.name, asked.days, scope);
    match service.sites.call(site, &SiteCall::TokenCreate(row)).await {
        Ok(SiteReply::Flag(true)) => Ok(json(201, &grant)),
        other => Err(failed("The token was not stored", &other)),
    }
}

/// What a request asks to be allowed, or what is wrong with it.
fn scope(asked: &TokenRequest) -> Result<Scope, &'static str> {
    if !(1..=LONGEST_COOKIE_DAYS).contains(&asked.days) {
        return Err("`days` is 1 to 400");
    }
    if asked.name.trim().is_empty() || asked.name.len() > 100 || asked.name.chars().any(char::is_control) {
        return Err("`name` says whose it is, in at most 100 bytes on one line");
    }
    let time = |text: &Option<String>, wrong: &'static str| {
        let time = text.as_deref().map(|text| parse_time(text).ok_or(wrong)).transpose()?;
        Ok::<_, &'static str>(time.map(|UnixMillis(millis)| millis))
    };
    let records = TimeRange {
        from: time(&asked.from, "`from` is a date or an RFC 3339 time: 2026-11-21 or 2026-11-21T09:30:00Z")?,
        to: time(&asked.to, "`to` is a date or an RFC 3339 time: 2026-11-21 or 2026-11-21T09:30:00Z")?,
    };
    if records.from.zip(records.to).is_some_and(|(from, to)| from >= to) {
        return Err("`from` must be before `to`");
    }
    let limited = records != TimeRange::ALL;
    let listed = |format: &Format| match &asked.formats {
        Some(formats) => formats.contains(format),
        None => !limited || *format != Format::Entries,
    };
    let formats: Vec<Format> = Format::ALL.into_iter().filter(listed).collect();
    if formats.is_empty() {
        return Err("`formats` names at least one of ndjson, csv and entries; leave it out for all");
    }
    if limited && formats.contains(&Format::Entries) {
        return Err("`entries` goes with neither `from` nor `to`: a bundle shows records of any time");
    }
    Ok(Scope { records, fields: asked.fields, formats })
}

/// `DELETE v1/sites/SITE/tokens/ID`
pub async fn token<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId, id: &str) -> Answer {
    if request.method != Method::Delete {
        return Err(not_allowed("DELETE"));
    }
    require_operator(request, &service.config.operator_token)?;
    match service.sites.call(site, &SiteCall::TokenRevoke { id: id.into() }).await {
        Ok(SiteReply::Flag(true)) => Ok(Response::empty(204)),
        Ok(SiteReply::Flag(false)) => Err(unknown()),
        other => Err(failed("The token was not revoked", &other)),
    }
}

/// `GET v1/sites/SITE/tokens/ID/uses?before&limit`
pub async fn token_uses<S: Sites>(
    service: &Service<S>,
    request: &Request,
    site: &SiteId,
    id: &str,
) -> Answer {
    if !matches!(request.method, Method::Get | Method::Head) {
        return Err(not_allowed("GET, HEAD"));
    }
    require_operator(request, &service.config.operator_token)?;
    let filter = |detail| problem(400, "filter", "A filter cannot be read", detail);
    let before = match request.parameter("before") {
        None => None,
        Some(text) => {
            Some(text.parse().map_err(|_| filter("`before` must be what `next` said: a whole number"))?)
        }
    };
    let limit = match request.parameter("limit") {
        None => USES,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=10 * USES).contains(limit))
            .ok_or_else(|| filter("`limit` must be 1 to 1000"))?,
    };
    match service.sites.call(site, &SiteCall::TokenUses { id: id.into(), before, limit }).await {
        Ok(SiteReply::Uses(total, uses)) => {
            // The oldest of all is the first; what is older than the kept ones is gone, and the next answer is empty.
            let full = uses.len() == limit as usize;
            let next = uses.last().map(|row| row.nth).filter(|nth| full && *nth > 1);
            Ok(json(200, &TokenUses { total, uses: uses.into_iter().map(one_use).collect(), next }))
        }
        Ok(SiteReply::Absent) => Err(unknown()),
        other => Err(failed("The uses could not be read", &other)),
    }
}

fn info(token: TokenState) -> TokenInfo {
    let time = |millis| serialize_time(UnixMillis(millis));
    let Scope { records, fields, formats } = token.scope;
    TokenInfo {
        id: token.id,
        name: token.name,
        scope: TokenScope { from: records.from.map(time), to: records.to.map(time), fields, formats },
        created: time(token.created),
        expires: time(token.expires),
        revoked: token.revoked,
        uses: token.uses,
        last_used: token.last_used.map(time),
    }
}

fn one_use(row: UseRow) -> TokenUse {
    TokenUse {
        nth: row.nth,
        time: serialize_time(UnixMillis(row.time)),
        path: row.path,
        filters: row.filters,
        format: row.format,
        link: row.link,
    }
}

fn unknown() -> Response {
    problem(
        404,
        "token-unknown",
        "There is no such token",
        "The identifier is the middle part of cya_ID_SECRET; the list of tokens has it",
    )
}

fn failed(what: &str, reply: &Result<SiteReply, Unreachable>) -> Response {
    match reply {
        Ok(other) => unavailable(1, format!("{what}; try again ({other:?})")),
        Err(error) => unavailable(1, format!("{what}; try again ({error})")),
    }
}
