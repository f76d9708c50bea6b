//! `GET SITE/preferences`: the preference centre as a plain page, for browsers without JavaScript or WebAssembly.

use consentry_api::policy::{notice, theme_css};
use consentry_api::time::serialize_time;
use consentry_core::bytes::serialize_hex;
use consentry_core::choice::{Flags, HOST_PREFIX, NAME, SHARED_PREFIX};
use consentry_core::signal::InForce;
use consentry_core::{Choice, Decision, Grants, Model, Signals, SiteId, Situation, decide, parse_choice};
use consentry_ui::slots::signal_names;
use consentry_ui::{LastStep, PageView, SignalState, Standing, render_preferences_page};

use super::Answer;
use super::centre::advertising_only;
use super::gate::language;
use super::own::evidence_of_choice;
use crate::answer::{not_allowed, problem};
use crate::changes::changes_since;
use crate::http::{Method, Request, Response};
use crate::live::Live;
use crate::service::Service;
use crate::sites::Sites;

/// The page itself.
pub async fn preferences<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    if !matches!(request.method, Method::Get | Method::Head) {
        return Err(not_allowed("GET, HEAD"));
    }
    let live = service.newest(request, site).await?;
    require_first_party(&live, request)?;
    let policy = &live.published.policy;
    let choice = stored_choice(&live, request);
    let heard = heard(request);
    let regime = policy.regime(request.edge.jurisdiction);
    let decision = decision(&live, request, choice.as_ref());
    let in_force = choice.as_ref().map_or(heard, |choice| heard.or(choice.flags.seen()));
    let denied: Vec<u32> = choice
        .iter()
        .filter(|choice| choice.fingerprint == policy.fingerprint())
        .flat_map(|choice| choice.denied_services.indexes().collect::<Vec<_>>())
        .map(|index| index as u32)
        .collect();
    let changed = match choice.as_ref().filter(|choice| choice.is_explicit()) {
        Some(choice) => changes_since(service, site, &live, choice.fingerprint).await,
        None => None,
    };
    let names = signal_names(in_force.gpc, in_force.dnt);
    let against = decision.grants.and(policy.denied_by_signal()) != Grants::NONE;
    let signal = match (names.is_empty(), against) {
        (true, _) => SignalState::None,
        (false, false) => SignalState::Heard(names),
        (false, true) => SignalState::Overridden(names),
    };
    // What is remembered of a signal alone is no choice.
    let standing = match choice.as_ref().filter(|choice| choice.is_explicit()) {
        Some(choice) => Some(Standing {
            time: serialize_time(choice.time()),
            record: choice.record.to_string(),
            recorded: !choice.flags.has(Flags::UNRECORDED),
            agreed: choice.grants != Grants::REQUIRED,
            evidence: evidence_of_choice(service, request, site, choice).await,
        }),
        None => None,
    };
    let nonce = serialize_hex(request.edge.entropy.get(48..).unwrap_or_default());
    let return_to = return_path(request.parameter("return"));
    let html = render_preferences_page(&PageView {
        notice: &notice(&live.published, live.version, language(&live, request)),
        choice_url: &format!("{}/{site}/choice", service.config.prefix),
        granted: decision.grants,
        denied_services: &denied,
        signal,
        advertising_only: advertising_only(&live),
        do_not_sell: regime.model == Model::OptOut,
        standing,
        changed: changed.as_ref(),
        last_step: last_step(request, choice.is_some()),
        return_to: return_to.as_deref(),
        nonce: &nonce,
        theme_css: &theme_css(&live.published.file.theme),
    });
    // The form may go nowhere but home, and nothing on this page runs.
    let csp = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    Ok(Response::new(200, "text/html; charset=utf-8", html)
        .with("cache-control", "private, no-store")
        .with("vary", "Sec-GPC, DNT, Cookie, Accept-Language")
        .with("content-security-policy", csp)
        .with("referrer-policy", "same-origin"))
}

/// What the redirect after a form says of it, as far as the cookie bears it out: the address may be an old one, and cookies
/// may be blocked.
fn last_step(request: &Request, chosen: bool) -> LastStep {
    let is = |name: &str, value: &str| request.parameter(name).as_deref() == Some(value);
    if is("changed", "1") {
        LastStep::Changed
    } else if is("saved", "1") && chosen {
        LastStep::Saved
    } else if is("erased", "1") && !chosen {
        LastStep::Erased
    } else if is("erased", "0") && chosen {
        LastStep::NotErased
    } else {
        LastStep::None
    }
}

/// Whether this is one of the site's own origins: what is set here is the site's.
pub fn is_first_party(live: &Live, request: &Request) -> bool {
    live.published.file.origins.contains(&request.origin)
}

/// The page sets the site's own cookie, so it works only on the site's own host.
pub fn require_first_party(live: &Live, request: &Request) -> Result<(), Response> {
    if is_first_party(live, request) {
        return Ok(());
    }
    Err(problem(
        409,
        "not-first-party",
        "The choice cannot be set from this host",
        format!(
            "{} is not one of the site's origins ({}): open Cookie Preferences on the site itself, or route this path through it",
            request.origin,
            live.published.file.origins.join(", ")
        ),
    ))
}

/// What may run for whoever sends this request with this choice.
pub fn decision(live: &Live, request: &Request, choice: Option<&Choice>) -> Decision {
    let policy = &live.published.policy;
    let regime = policy.regime(request.edge.jurisdiction);
    decide(&Situation { policy, regime, choice, signals: heard(request), now: request.edge.now })
}

/// Signals in the headers of this very request.
pub fn heard(request: &Request) -> InForce {
    Signals::from_headers(request.header("sec-gpc"), request.header("dnt")).in_force()
}

/// The name of the choice cookie here: prefixed wherever the browser lets us.
pub fn cookie_name(live: &Live, request: &Request) -> String {
    match (request.origin.starts_with("https://"), &live.published.file.share_domain) {
        (false, _) => NAME.into(),
        (true, None) => format!("{HOST_PREFIX}{NAME}"),
        (true, Some(_)) => format!("{SHARED_PREFIX}{NAME}"),
    }
}

/// What the browser remembers.
pub fn stored_choice(live: &Live, request: &Request) -> Option<Choice> {
    request.cookie(&cookie_name(live, request)).and_then(parse_choice)
}

/// A path on this host to go back to. Anything a browser could take for another host is dropped.
pub fn return_path(text: Option<String>) -> Option<String> {
    text.filter(|path| {
        path.starts_with('/')
            && !path.starts_with("//")
            && path.len() <= 1_000
            && path.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'<' | b'>'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn return_path_to_another_host_is_dropped() {
        for text in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "",
            "shop",
            "/a\nb",
            "/\t/evil.example",
            "/é",
        ] {
            assert_eq!(return_path(Some(text.into())), None, "{text:?}");
        }
        assert_eq!(return_path(Some("/kit.html?a=1#b".into())).as_deref(), Some("/kit.html?a=1#b"));
    }
}
