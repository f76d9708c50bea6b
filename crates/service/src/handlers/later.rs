//! `GET SITE/later`: what the gate needs of a policy when something is not allowed. `POST SITE/later`: the cookies that only
//! the server can end.

use consentry_api::later::Later;
use consentry_api::policy::{clearings, notice, theme_css_at};
use consentry_core::SiteId;
use consentry_ui::{EMBED_CSS, render_embed, render_reload};

use super::Answer;
use super::cookies::without_refused;
use super::preferences::{require_first_party, stored_choice};
use super::visitor::{Asked, asked, kept_for_a_day};
use crate::answer::{json, not_allowed};
use crate::http::{Method, Request, Response};
use crate::service::Service;
use crate::sites::Sites;

/// Where placeholders are, for the colours.
const PLACE: &str = ".consentry-embed:not(#\\_#\\_)";

/// `?policy=N&language=xx`. The `POST` reads the visitor's choice from its cookie, so it works where the site and this service
/// share an origin, and ends what a browser's scripts cannot see.
pub async fn later<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    let Asked { live, published, language, pinned } = asked(service, request, site).await?;
    match request.method {
        Method::Get | Method::Head => {
            let notice = notice(&published, live.version, &language);
            let mut services: Vec<_> = notice.categories.iter().flat_map(|entry| &entry.services).collect();
            services.sort_by_key(|service| service.index);
            let later = Later {
                names: services.into_iter().map(|service| service.name.clone()).collect(),
                kept: clearings(&published.file),
                embed: render_embed(&notice),
                note: render_reload(&notice),
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
            let answer = Response::empty(204).with("cache-control", "no-store");
            Ok(without_refused(answer, request, &live, stored_choice(&live, request).as_ref()))
        }
        _ => Err(not_allowed("GET, HEAD, POST")),
    }
}
