//! `GET SITE.js`, the gate with its decision table and its parts, and the files that follow it.

use std::collections::BTreeMap;
use std::rc::Rc;

use consentry_api::digest::sha256_hex;
use consentry_api::gate::{GatePayload, HEADER_DNT, HEADER_GPC, table_rows};
use consentry_api::policy::{Mode, Position, Theme, auto_patterns, integrations, layer_css, theme_css};
use consentry_api::shown::serialize_shown;
use consentry_api::texts::{direction, elsewhere, negotiate};
use consentry_core::bytes::serialize_hex;
use consentry_core::choice::{HOST_PREFIX, SHARED_PREFIX};
use consentry_core::policy::SignalEffect;
use consentry_core::time::DAY;
use consentry_core::{DecisionTable, Regime, Rules, Signals, SiteId};
use consentry_ui::{
    BAR_CSS, CARD_CSS, FIRST_LAYER_CSS, MIDDLE_CSS, OPT_OUT_ICON_CSS, ShellView, render_shell,
};

use serde_json::json;

use super::Answer;
use crate::answer::{is_fresh, not_allowed, problem};
use crate::html::without_needless_quotes;
use crate::http::{Body, Method, Request, Response};
use crate::live::{Live, Script};
use crate::service::{Artefacts, Service};
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
    let place = request.edge.jurisdiction;
    let signals = Signals::from_headers(request.header("sec-gpc"), request.header("dnt")).in_force();
    let policy = &live.published.policy;
    let regime = policy.regime(place);
    let integrations = integrations::parts(&live.published.file, policy, regime.model, place);
    let situation = Situation {
        integrations: &integrations,
        regime,
        rules: place.rules(),
        header: u8::from(signals.gpc) * HEADER_GPC + u8::from(signals.dnt) * HEADER_DNT,
        language: language(&live, request),
        // Whoever names a language means it.
        named: request.parameter("lang").is_some(),
        auto: live.published.file.mode == Mode::Auto || request.parameter("mode").as_deref() == Some("auto"),
        variant: None,
    };
    let made = |variant| -> Result<Rc<Script>, Response> {
        let situation = Situation { variant, ..situation };
        let key = situation.key();
        if let Some(made) = live.gates.borrow().get(&key) {
            return Ok(made.clone());
        }
        let made = Rc::new(script(service, &live, &situation)?);
        live.gates.borrow_mut().insert(key, made.clone());
        Ok(made)
    };
    let file = &live.published.file;
    // Whoever has the script of one variant keeps it: the entity tag is the same for everybody who was drawn it.
    if request.header("if-none-match").is_some() {
        for variant in file.each_variant() {
            let Script { etag, .. } = &*made(variant)?;
            if is_fresh(request, etag) {
                return Ok(cached(Response::empty(304), etag));
            }
        }
    }
    let [a, b, c, d, ..] = request.edge.entropy;
    let Script { etag, body } = &*made(file.draw(u32::from_be_bytes([a, b, c, d])))?;
    Ok(cached(Response::new(200, "text/javascript; charset=utf-8", body.clone()), etag))
}

/// What a script depends on beside its policy.
#[derive(Clone, Copy)]
struct Situation<'a> {
    /// Parts of the gate for others to be told, each with its settings.
    integrations: &'a [(&'static str, serde_json::Value)],
    regime: Regime,
    rules: Rules,
    header: u8,
    language: &'a str,
    named: bool,
    /// What is not marked is held too.
    auto: bool,
    variant: Option<&'a str>,
}

impl Situation<'_> {
    /// The language, and the variant if there is one, as records and counts name them.
    fn shown(&self) -> String {
        serialize_shown(self.language, self.variant)
    }

    /// Two situations with one key get the same script.
    fn key(&self) -> String {
        let Self { integrations, regime, rules, header, named, auto, .. } = self;
        let (model, days) = (regime.model.as_str(), (regime.choice_days, regime.cooldown_days));
        // Some settings depend on the place.
        let told: String = integrations.iter().map(|(_, config)| config.to_string()).collect();
        format!("{model} {days:?} {} {} {named} {auto} {header} {told}", rules.opt_out_entry, self.shown())
    }
}

fn cached(response: Response, etag: &str) -> Response {
    response
        .with("etag", etag)
        .with("cache-control", CACHE)
        .with("vary", VARY)
        .with("access-control-allow-origin", "*")
        .with("cross-origin-resource-policy", "cross-origin")
}

/// The language of the texts: `?lang=` on the URL (or `?language=`), else what the browser prefers,
/// else the policy's first. The gate asks again where the page itself is in another one.
pub fn language<'a>(live: &'a Live, request: &Request) -> &'a str {
    let asked = request.parameter("lang").or_else(|| request.parameter("language"));
    let wanted = asked.as_deref().or(request.header("accept-language"));
    negotiate(wanted.unwrap_or_default(), &offered(live))
}

fn offered(live: &Live) -> Vec<&str> {
    live.published.file.languages.iter().map(String::as_str).collect()
}

/// How the gate writes the choice cookie; `;secure` is for it to add, as only it knows the page.
fn cookie(live: &Live, regime: Regime) -> (String, String) {
    let seconds = u64::from(regime.cookie_days()) * DAY / 1_000;
    let tail = format!(";path=/;max-age={seconds};samesite=lax");
    match &live.published.file.share_domain {
        None => (HOST_PREFIX.into(), tail),
        Some(domain) => (SHARED_PREFIX.into(), format!("{tail};domain={domain}")),
    }
}

fn script<S: Sites>(service: &Service<S>, live: &Live, situation: &Situation) -> Result<Script, Response> {
    let Situation { integrations, regime, rules, header, language, named, auto, variant } = *situation;
    let policy = &live.published.policy;
    let published = live.published.with_variant(variant);
    let notice = consentry_api::policy::notice(&published, live.version, language);
    let html = render_shell(&ShellView {
        texts: &notice.texts,
        language,
        dir: direction(language),
        model: regime.model,
        opt_out_entry: rules.opt_out_entry,
        advertising_only: policy.parts().signal_effect == SignalEffect::Advertising,
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
        table: table_rows(&DecisionTable::new(policy, regime.model)),
        denied: policy.denied_by_signal().0,
        header,
        model: regime.model.as_str().into(),
        choice_days: regime.choice_days,
        cooldown_days: regime.cooldown_days,
        cookie: cookie(live, regime),
        domain: live.published.file.share_domain.clone(),
        language: situation.shown(),
        banner: format!("banner-{}.js", service.artefacts.hash),
        later: format!("later-{}.js", service.artefacts.hash),
        page: format!("/{}/preferences?lang={}&return=", policy.parts().site, situation.shown()),
        html: without_needless_quotes(&html),
        css: shell_css(&published.file.theme, rules.opt_out_entry),
    };
    // In this order: whoever hands over to another script must come before anybody who does something.
    let mut parts = Vec::new();
    let better = elsewhere(language, &offered(live)).filter(|_| !named).unwrap_or_default();
    if !auto || !better.is_empty() {
        parts.push(("again", json!([better, auto])));
    }
    parts.push(("late", serde_json::Value::Null));
    parts.push(("api", serde_json::Value::Null));
    if live.published.file.share_domain.is_some() {
        parts.push(("subdomains", serde_json::Value::Null));
    }
    parts.extend_from_slice(integrations);
    if auto {
        // A table that cannot be written holds nothing, as without the part.
        let made = || serde_json::to_value(auto_patterns(&live.published.file)).unwrap_or_default();
        parts.push(("auto", live.auto.get_or_init(made).clone()));
    }
    let body = wrap(&service.artefacts, &payload, &parts)
        .map_err(|error| problem(500, "internal", "The gate could not be written", error.to_string()))?;
    let etag = format!("\"{}\"", sha256_hex(&body).get(..32).unwrap_or_default());
    Ok(Script { etag, body })
}

/// The gate with what it is handed, as one expression.
fn wrap(
    artefacts: &Artefacts,
    payload: &GatePayload,
    parts: &[(&str, serde_json::Value)],
) -> serde_json::Result<Vec<u8>> {
    // JSON is JavaScript since ES2019; what would end a script matters only where this one is inlined.
    let json = |value: String| {
        ["</sc", "</SC", "</Sc", "</sC"]
            .iter()
            .fold(value, |value, end| value.replace(end, &end.replace('/', "\\/")))
    };
    let codes: BTreeMap<String, String> = serde_json::from_str(artefacts.parts)?;
    let part = |(name, config): &(&str, serde_json::Value)| {
        let code = codes.get(*name).map_or("", String::as_str);
        // Parts without settings do not look for any.
        let config = if config.is_null() { String::new() } else { format!(",{}", json(config.to_string())) };
        format!("[(GATE,CONFIG)=>{{{code}}}{config}]")
    };
    let parts = parts.iter().map(part).collect::<Vec<_>>().join(",");
    let payload = json(serde_json::to_string(payload)?);
    Ok(format!("((PAYLOAD,PARTS)=>{{{}}})({payload},[{parts}])", artefacts.gate).into_bytes())
}

/// The style of the first layer: what all have, what its position needs, what the policy's theme changes; and of the icon.
fn shell_css(theme: &Theme, icon: bool) -> String {
    let position = match theme.position.unwrap_or_default() {
        Position::Bar => BAR_CSS,
        Position::Card => CARD_CSS,
        Position::Centre => MIDDLE_CSS,
    };
    let icon = if icon { OPT_OUT_ICON_CSS } else { "" };
    [FIRST_LAYER_CSS, position, &theme_css(theme), &layer_css(theme), icon].concat()
}

/// `banner-HASH.js`, `banner-HASH.wasm` and `later-HASH.js`: immutable, for every origin.
pub fn banner<S: Sites>(service: &Service<S>, request: &Request, file: &str) -> Answer {
    if !matches!(request.method, Method::Get | Method::Head) {
        return Err(not_allowed("GET, HEAD"));
    }
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    let Artefacts { hash, .. } = service.artefacts;
    let (artefact, content_type) = match file {
        _ if file == format!("banner-{hash}.js") => (service.artefacts.banner_js, SCRIPT),
        _ if file == format!("banner-{hash}.wasm") => (service.artefacts.banner_wasm, "application/wasm"),
        _ if file == format!("later-{hash}.js") => (service.artefacts.later, SCRIPT),
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
