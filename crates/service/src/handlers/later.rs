//! `GET SITE/later`: what the gate needs of a policy when something is not allowed. `POST SITE/later`: the cookies that only
//! the server can end.

use consentry_api::later::Later;
use consentry_api::policy::{Clearing, clearings, notice, scheme_css};
use consentry_core::SiteId;
use consentry_core::decision::{Situation, decide};
use consentry_ui::{EMBED_CSS, render_embed, render_reload};

use super::Answer;
use super::preferences::{heard, require_first_party, stored_choice};
use super::visitor::{Asked, PINNED, asked};
use crate::answer::{json, not_allowed};
use crate::http::{Method, Request, Response};
use crate::live::Live;
use crate::service::Service;
use crate::sites::Sites;

/// Where placeholders are, for the colours.
const PLACE: &str = ".consentry-embed:not(#\\_#\\_)";

/// `?policy=N&language=xx`. The `POST` reads the visitor's choice from its cookie, so it works where the site and this service
/// share an origin, and ends what a browser's scripts cannot see.
pub async fn later<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    let Asked { live, published, language, pinned } = asked(service, request, site).await?;
    let notice = notice(&published, live.version, &language);
    let kept = clearings(&published.file);
    match request.method {
        Method::Get | Method::Head => {
            let mut services: Vec<_> = notice.categories.iter().flat_map(|entry| &entry.services).collect();
            services.sort_by_key(|service| service.index);
            let later = Later {
                names: services.into_iter().map(|service| service.name.clone()).collect(),
                kept,
                embed: render_embed(&notice.texts),
                note: render_reload(&notice.texts),
                css: [&scheme_css(&published.file.theme, PLACE), EMBED_CSS].concat(),
                reload: published.file.withdrawal.reload,
            };
            let mut response = json(200, &later);
            if pinned {
                response.headers.retain(|(name, _)| *name != "cache-control");
                response = response.with("cache-control", PINNED);
            }
            Ok(response
                .with("access-control-allow-origin", "*")
                .with("cross-origin-resource-policy", "cross-origin")
                .with("vary", "Accept-Language"))
        }
        Method::Post => {
            require_first_party(&live, request)?;
            let allowed = allowed(&live, request);
            Ok(end(request, &kept, &allowed))
        }
        _ => Err(not_allowed("GET, HEAD, POST")),
    }
}

/// Which services may run, by position, as the choice in the request's cookie and its signals have it.
fn allowed(live: &Live, request: &Request) -> Vec<bool> {
    let policy = &live.published.policy;
    let regime = policy.regime(request.edge.jurisdiction);
    let choice = stored_choice(live, request);
    let (signals, now) = (heard(request), request.edge.now);
    let decision = decide(&Situation { policy, regime, choice: choice.as_ref(), signals, now });
    let refused = choice.filter(|choice| choice.fingerprint == policy.fingerprint());
    let may = |(index, service): (usize, &consentry_core::policy::Service)| {
        let category = policy.category_index(&service.category).unwrap_or(0);
        let refused = refused.as_ref().is_some_and(|choice| choice.denied_services.has(index));
        decision.grants.has(category) && !(category > 0 && refused)
    };
    policy.parts().services.iter().enumerate().map(may).collect()
}

/// Ends every cookie of the request that belongs to services which may not run, and to none that may: on this host and on
/// every domain above it, since a request does not say where a cookie is from.
fn end(request: &Request, kept: &[Clearing], allowed: &[bool]) -> Response {
    let host = request.origin.split_once("://").map_or("", |(_, host)| host);
    let host = host.split(':').next().unwrap_or_default();
    let names = request.header("cookie").unwrap_or_default().split(';');
    let names = names.filter_map(|pair| pair.trim().split_once('=').map(|(name, _)| name));
    let of = |name: &str, may: bool| {
        kept.iter().zip(allowed).any(|(kept, allowed)| {
            *allowed == may && kept.cookies.iter().any(|pattern| matches(pattern, name))
        })
    };
    let mut response = Response::empty(204).with("cache-control", "no-store");
    for name in names.filter(|name| of(name, false) && !of(name, true)).take(MOST_ENDED) {
        response = response.with("set-cookie", format!("{name}=; Path=/; Max-Age=0"));
        for domain in domains(host) {
            response = response.with("set-cookie", format!("{name}=; Path=/; Max-Age=0; Domain={domain}"));
        }
    }
    response
}

/// More than any site has.
const MOST_ENDED: usize = 60;

/// A host and the domains above it that a cookie could be on. (Browsers refuse those that are public suffixes.)
fn domains(host: &str) -> impl Iterator<Item = &str> {
    let address = host.parse::<std::net::IpAddr>().is_ok();
    let all = std::iter::successors(Some(host), |domain| domain.split_once('.').map(|(_, rest)| rest));
    all.take_while(move |domain| !address && domain.contains('.'))
}

/// Whether a name is meant by a pattern, in which `*` stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(start) else { return false };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let end = pieces.pop().unwrap_or_default();
    for piece in pieces {
        match name.split_once(piece) {
            Some((_, rest)) => name = rest,
            None => return false,
        }
    }
    name.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pattern_matches_what_its_stars_leave_open() {
        for (pattern, name, fits) in [
            ("_ga", "_ga", true),
            ("_ga", "_gat", false),
            ("_ga_*", "_ga_ABC", true),
            ("_ga_*", "_ga", false),
            ("*_session", "my_session", true),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "a1c2b", false),
            ("a*a", "a", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn domains_of_a_host_end_before_the_top() {
        let of = |host| domains(host).collect::<Vec<_>>();
        assert_eq!(of("www.shop.example.com"), ["www.shop.example.com", "shop.example.com", "example.com"]);
        assert_eq!(of("localhost"), [""; 0]);
        assert_eq!(of("127.0.0.1"), [""; 0]);
    }
}
