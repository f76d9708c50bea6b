//! What anybody may read: the notice of a policy, and the site's statement on GPC.

use std::rc::Rc;

use consentry_api::gpc::GpcStatement;
use consentry_api::policy::{Published, notice as notice_of};
use consentry_core::SiteId;

use super::Answer;
use super::gate::language;
use crate::answer::{json, no_site, not_allowed, problem, unavailable};
use crate::http::{Method, Request, Response};
use crate::live::Live;
use crate::service::Service;
use crate::sites::Sites;

/// `GET v1/sites/SITE/notice?policy=N&language=xx`: everything the preference centre shows. With a version it never changes.
pub async fn notice<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    if !matches!(request.method, Method::Get | Method::Head) {
        return Err(not_allowed("GET, HEAD"));
    }
    let Asked { live, published, language, pinned } = asked(service, request, site).await?;
    let response = json(200, &notice_of(&published, live.version, &language));
    Ok(kept_for_a_day(response, pinned)
        .with("access-control-allow-origin", "*")
        .with("vary", "Accept-Language"))
}

/// For how long an answer is kept that names policy version and language: it never changes.
pub const PINNED: &str = "public, max-age=86400";

/// Lets an answer in JSON be kept if it is pinned; not at all otherwise.
pub fn kept_for_a_day(mut response: Response, pinned: bool) -> Response {
    if pinned {
        response.headers.retain(|(name, _)| *name != "cache-control");
        response = response.with("cache-control", PINNED);
    }
    response
}

/// What a request for words asks for.
pub struct Asked {
    /// The policy: of the version named, or the newest.
    pub live: Rc<Live>,
    /// What it says, with the words of the variant that the language names.
    pub published: Published,
    /// One of its languages.
    pub language: String,
    /// Version and language are both named.
    pub pinned: bool,
}

/// Reads `?policy=N&language=xx`, both optional.
pub async fn asked<S: Sites>(
    service: &Service<S>,
    request: &Request,
    site: &SiteId,
) -> Result<Asked, Response> {
    let (live, pinned) = match request.parameter("policy") {
        None => (service.newest(request, site).await?, false),
        Some(text) => {
            let version = text.parse().map_err(|_| {
                problem(400, "policy-version", "This is no policy version", "Give a whole number: ?policy=3")
            })?;
            let live = service.cache.version(&service.sites, site, version).await;
            (live.map_err(|error| unavailable(1, error.to_string()))?.ok_or_else(no_site)?, true)
        }
    };
    let file = &live.published.file;
    let asked = request.parameter("language");
    let (language, variant) = match &asked {
        Some(tag) => file.shown(tag).ok_or_else(|| {
            problem(
                404,
                "language-unknown",
                "The policy has no texts in this language",
                format!("\"{tag}\" is not one of {}", file.languages.join(", ")),
            )
        })?,
        None => (language(&live, request), None),
    };
    let pinned = pinned && asked.is_some();
    let (language, published) = (language.to_owned(), live.published.with_variant(variant).into_owned());
    Ok(Asked { live, published, language, pinned })
}

/// `GET /.well-known/gpc.json`
pub async fn gpc<S: Sites>(service: &Service<S>, request: &Request) -> Answer {
    if !matches!(request.method, Method::Get | Method::Head) {
        return Err(not_allowed("GET, HEAD"));
    }
    let Some(site) = &service.config.gpc_site else {
        return Err(problem(
            404,
            "gpc-unstated",
            "No GPC statement is configured for this host",
            "Set CONSENTRY_SITE to the site whose policy makes the statement",
        ));
    };
    let live = service.newest(request, site).await?;
    let statement = GpcStatement { gpc: true, last_update: live.published.file.signals.gpc_since.clone() };
    let mut response = json(200, &statement);
    response.headers.retain(|(name, _)| *name != "cache-control");
    Ok(response.with("cache-control", "public, max-age=3600").with("access-control-allow-origin", "*"))
}
