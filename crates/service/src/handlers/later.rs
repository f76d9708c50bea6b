//! `GET SITE/later`: what the gate needs of a policy when something is not allowed. `POST SITE/later`: the cookies that only
//! the server can end.

use consentry_api::later::Later;
use consentry_api::policy::{Clearing, clearings, notice, theme_css_at};
use consentry_core::SiteId;
use consentry_ui::{EMBED_CSS, render_embed, render_reload};

use super::Answer;
use super::preferences::{decision, require_first_party, stored_choice};
use super::visitor::{Asked, asked, kept_for_a_day};
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
    let kept = clearings(&published.file);
    match request.method {
        Method::Get | Method::Head => {
            let notice = notice(&published, live.version, &language);
            let mut services: Vec<_> = notice.categories.iter().flat_map(|entry| &entry.services).collect();
            services.sort_by_key(|service| service.index);
            let later = Later {
                names: services.into_iter().map(|service| service.name.clone()).collect(),
                kept,
                embed: render_embed(&notice.texts),
                note: render_reload(&notice.texts),
                css: [&theme_css_at(&published.file.theme, PLACE), EMBED_CSS].concat(),
                reload: published.file.withdrawal.reload,
            };
            Ok(kept_for_a_day(json(200, &later), pinned)
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
    let choice = stored_choice(live, request);
    let decision = decision(live, request, choice.as_ref());
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
        kept.iter().zip(allowed).any(|(kept, allowed)| *allowed == may && kept.has_cookie(name))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_of_a_host_end_before_the_top() {
        let of = |host| domains(host).collect::<Vec<_>>();
        assert_eq!(of("www.shop.example.com"), ["www.shop.example.com", "shop.example.com", "example.com"]);
        assert_eq!(of("localhost"), [""; 0]);
        assert_eq!(of("127.0.0.1"), [""; 0]);
    }
}
