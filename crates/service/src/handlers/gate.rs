//! `GET SITE.js`, the gate with its decision table, and the banner's files.

use std::rc::Rc;

use consentry_api::digest::sha256_hex;
use consentry_api::gate::{GatePayload, HEADER_DNT, HEADER_GPC, table_rows};
use consentry_api::policy::{Position, Theme, layer_css, theme_css};
use consentry_api::texts::{direction, negotiate};
use consentry_core::bytes::serialize_hex;
use consentry_core::{DecisionTable, Model, Signals, SiteId};
use consentry_ui::{BAR_CSS, CARD_CSS, FIRST_LAYER_CSS, MIDDLE_CSS, ShellView, render_shell};

use super::Answer;
use crate::answer::{is_fresh, not_allowed, problem};
use crate::http::{Body, Method, Request, Response};
use crate::live::{Live, Script};
use crate::service::Service;
use crate::sites::Sites;

/// Ten minutes without a question, then an hour in which the old one is still used while the new one is fetched.
const CACHE: &str = "private, max-age=600, stale-while-revalidate=3600";
/// What the answer depends on besides the URL and where the visitor is; never cookies.
const VARY: &str = "Sec-GPC, DNT, Accept-Language";

/// The gate script of a site.
pub async fn gate<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    if !matches!(request.method, Method::Get | Method::Head) {
        return Err(not_allowed("GET, HEAD"));
    }
    let live = service.newest(request, site).await?;
    let model = live.published.policy.model(request.edge.jurisdiction);
    let signals = Signals::from_headers(request.header("sec-gpc"), request.header("dnt")).in_force();
    let header = u8::from(signals.gpc) * HEADER_GPC + u8::from(signals.dnt) * HEADER_DNT;
    let language = language(&live, request);
    let key = format!("{} {language} {header}", model.as_str());
    let cached = live.gates.borrow().get(&key).cloned();
    let made = match cached {
        Some(made) => made,
        None => {
            let made = Rc::new(script(service, &live, model, header, language)?);
            live.gates.borrow_mut().insert(key, made.clone());
            made
        }
    };
    let Script { etag, body } = &*made;
    let response = if is_fresh(request, etag) {
        Response::empty(304)
    } else {
        Response::new(200, "text/javascript; charset=utf-8", body.clone())
    };
    Ok(response
        .with("etag", etag.clone())
        .with("cache-control", CACHE)
        .with("vary", VARY)
        .with("access-control-allow-origin", "*")
        .with("cross-origin-resource-policy", "cross-origin"))
}

/// The language of the texts: `?lang=` on the script's URL, else what the browser prefers, else the policy's first.
pub fn language<'a>(live: &'a Live, request: &Request) -> &'a str {
    let offered: Vec<&str> = live.published.file.languages.iter().map(String::as_str).collect();
    let asked = request.parameter("lang");
    negotiate(asked.as_deref().or(request.header("accept-language")).unwrap_or_default(), &offered)
}

fn script<S: Sites>(
    service: &Service<S>,
    live: &Live,
    model: Model,
    header: u8,
    language: &str,
) -> Result<Script, Response> {
    let policy = &live.published.policy;
    let notice = consentry_api::policy::notice(&live.published, live.version, language);
    let html = render_shell(&ShellView {
        texts: &notice.texts,
        language,
        dir: direction(language),
        choice_url: &format!("{}/{}/choice", service.config.prefix, policy.parts().site),
        privacy_url: &notice.controller.privacy_url,
    });
    let category = |service: &consentry_core::policy::Service| {
        policy.category_index(&service.category).unwrap_or(0) as u8
    };
    let payload = GatePayload {
        site: policy.parts().site.to_string(),
        policy: live.version,
        fingerprint: serialize_hex(&policy.fingerprint().0),
        categories: policy.parts().categories.iter().map(ToString::to_string).collect(),
        services: policy
            .parts()
            .services
            .iter()
            .map(|entry| (entry.id.to_string(), category(entry)))
            .collect(),
        table: table_rows(&DecisionTable::new(policy, model)),
        denied: policy.denied_by_signal().0,
        header,
        model: model.as_str().into(),
        choice_days: policy.parts().choice_days,
        cooldown_days: policy.parts().cooldown_days,
        domain: live.published.file.share_domain.clone(),
        language: language.into(),
        banner: format!("banner-{}.js", service.artefacts.banner_hash),
        html,
        css: shell_css(&live.published.file.theme),
    };
    let json = serde_json::to_string(&payload)
        .map_err(|error| problem(500, "internal", "The gate could not be written", error.to_string()))?;
    // JSON is JavaScript since ES2019; `</script` matters only where the script is inlined, and costs two bytes here.
    let json = json.replace("</", "<\\/");
    let body = format!("(PAYLOAD=>{{{}}})({json})", service.artefacts.gate).into_bytes();
    let etag = format!("\"{}\"", sha256_hex(&body).get(..32).unwrap_or_default());
    Ok(Script { etag, body })
}

/// The style of the first layer: what all have, what its position needs, what the policy's theme changes.
fn shell_css(theme: &Theme) -> String {
    let position = match theme.position {
        Position::Bar => BAR_CSS,
        Position::Card => CARD_CSS,
        Position::Centre => MIDDLE_CSS,
    };
    [FIRST_LAYER_CSS, position, &theme_css(theme), &layer_css(theme)].concat()
}

/// `banner-HASH.js` and `banner-HASH.wasm`: immutable, for every origin.
pub fn banner<S: Sites>(service: &Service<S>, request: &Request, file: &str) -> Answer {
    if !matches!(request.method, Method::Get | Method::Head) {
        return Err(not_allowed("GET, HEAD"));
    }
    let name = format!("banner-{}", service.artefacts.banner_hash);
    let (artefact, content_type) = match file.strip_prefix(name.as_str()) {
        Some(".js") => (service.artefacts.banner_js, "text/javascript; charset=utf-8"),
        Some(".wasm") => (service.artefacts.banner_wasm, "application/wasm"),
        // Another build's file: a page that was open during a deployment falls back to the plain preferences page.
        _ => {
            return Err(problem(
                404,
                "banner-unknown",
                "This build of the banner is gone",
                "Reload the page",
            ));
        }
    };
    let brotli = !artefact.brotli.is_empty()
        && request
            .header("accept-encoding")
            .is_some_and(|accepted| accepted.split(',').any(|part| part.trim() == "br"));
    let body = if brotli { Body::Brotli(artefact.brotli) } else { Body::Static(artefact.plain) };
    Ok(Response { status: 200, headers: vec![("content-type", content_type.into())], body }
        .with("cache-control", "public, max-age=31536000, immutable")
        .with("vary", "Accept-Encoding")
        .with("access-control-allow-origin", "*")
        .with("cross-origin-resource-policy", "cross-origin"))
}
