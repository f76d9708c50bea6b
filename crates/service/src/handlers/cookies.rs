//! Cookies that only the server can end: `HttpOnly` ones are hidden from the page, but every request has them.

use consentry_api::policy::clearings;
use consentry_core::Choice;

use super::preferences::decision;
use crate::http::{Request, Response};
use crate::live::Live;

/// The answer, with the end of every cookie of the request that belongs to services which this choice does not let run, and to none that
/// may: on this host and on every domain above it, since a request does not say where a cookie is from. To be used on the site's own
/// origins only.
pub fn without_refused(
    mut answer: Response,
    request: &Request,
    live: &Live,
    choice: Option<&Choice>,
) -> Response {
    let kept = clearings(&live.published.file);
    let allowed = allowed(live, request, choice);
    let host = request.origin.split_once("://").map_or("", |(_, host)| host);
    let host = host.split(':').next().unwrap_or_default();
    let of = |name: &str, may: bool| {
        kept.iter().zip(&allowed).any(|(kept, allowed)| *allowed == may && kept.has_cookie(name))
    };
    let names = request.header("cookie").unwrap_or_default().split(';');
    let names = names.filter_map(|pair| pair.trim().split_once('=').map(|(name, _)| name));
    // Without it browsers refuse to touch what is called `__Secure-…`; others do not mind.
    let secure = if request.origin.starts_with("https://") { "; Secure" } else { "" };
    for name in names.filter(|name| of(name, false) && !of(name, true)).take(MOST_ENDED) {
        let end = format!("{name}=; Path=/; Max-Age=0{secure}");
        for domain in domains(host) {
            answer = answer.with("set-cookie", format!("{end}; Domain={domain}"));
        }
        answer = answer.with("set-cookie", end);
    }
    answer
}

/// Which services may run, by position.
fn allowed(live: &Live, request: &Request, choice: Option<&Choice>) -> Vec<bool> {
    let policy = &live.published.policy;
    let decision = decision(live, request, choice);
    let refused = choice.filter(|choice| choice.fingerprint == policy.fingerprint());
    let may = |(index, service): (usize, &consentry_core::policy::Service)| {
        let category = policy.category_index(&service.category).unwrap_or(0);
        let refused = refused.is_some_and(|choice| choice.denied_services.has(index));
        decision.grants.has(category) && !(category > 0 && refused)
    };
    policy.parts().services.iter().enumerate().map(may).collect()
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
