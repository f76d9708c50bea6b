//! What a policy says, as HTML made here so that nobody has to download the code that makes it: the preference centre for the
//! banner, and the cookie declaration for a site's cookie notice.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use consentry_api::digest::sha256;
use consentry_api::policy::{Effect, notice};
use consentry_core::SiteId;
use consentry_core::bytes::parse_hex;
use consentry_core::policy::Fingerprint;
use consentry_ui::{CentreView, DECLARATION_CSS, render_centre, render_declaration, render_declaration_page};

use super::Answer;
use super::visitor::{Asked, PINNED, asked};
use crate::answer::not_allowed;
use crate::changes::changes_since;
use crate::http::{Method, Request, Response};
use crate::live::Live;
use crate::service::Service;
use crate::sites::Sites;

/// How long the newest is kept where no version is named. Short: it is what a site says about its cookies today.
const NEWEST: &str = "public, max-age=300";

/// `GET SITE/centre?policy=N&language=xx&since=FINGERPRINT`: the content of the banner's dialog, with nothing of any visitor's own
/// in it. With version and language it never changes. `since` is what an earlier choice was about: what changed comes first.
pub async fn centre<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    if !matches!(request.method, Method::Get | Method::Head) {
        return Err(not_allowed("GET, HEAD"));
    }
    let Asked { live, published, language, pinned } = asked(service, request, site).await?;
    let since = request.parameter("since").and_then(|text| parse_hex(&text)).map(Fingerprint);
    let changed = match since {
        Some(fingerprint) => changes_since(service, site, &live, fingerprint).await,
        None => None,
    };
    let html = render_centre(&CentreView {
        notice: &notice(&published, live.version, &language),
        changed: changed.as_ref(),
        choice_url: &format!("{}/{site}/choice", service.config.prefix),
        advertising_only: advertising_only(&live),
    });
    // Nobody is meant to look at it as a page: its forms and links are for the page that takes it in.
    let csp = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    Ok(words(html, if pinned { PINNED } else { "no-store" }).with("content-security-policy", csp))
}

/// `GET SITE/declaration?policy=N&language=xx`: every category, service and cookie, as a page that any site may frame; with
/// `part=body` as one element, for a page to include.
pub async fn declaration<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    if !matches!(request.method, Method::Get | Method::Head) {
        return Err(not_allowed("GET, HEAD"));
    }
    let Asked { live, published, language, pinned } = asked(service, request, site).await?;
    let notice = notice(&published, live.version, &language);
    let html = match request.parameter("part").as_deref() {
        Some("body") => render_declaration(&notice),
        _ => render_declaration_page(&notice),
    };
    let style = STANDARD.encode(sha256(DECLARATION_CSS.as_bytes()));
    let csp = format!("default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'");
    Ok(words(html, if pinned { PINNED } else { NEWEST }).with("content-security-policy", csp))
}

/// Whether signals deny advertising only.
pub fn advertising_only(live: &Live) -> bool {
    live.published.file.signals.effect == Effect::Advertising
}

/// HTML that is the same for everybody and may be read from any origin.
fn words(html: String, cache: &str) -> Response {
    Response::new(200, "text/html; charset=utf-8", html)
        .with("cache-control", cache)
        .with("access-control-allow-origin", "*")
        .with("cross-origin-resource-policy", "cross-origin")
        .with("vary", "Accept-Language")
}
