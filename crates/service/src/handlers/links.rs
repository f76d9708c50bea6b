//! `POST v1/sites/SITE/links`: an address that downloads one export without a header, for as long as was asked.

use consentry_api::time::serialize_time;
use consentry_api::token::{Format, LONGEST_LINK, LinkGrant, LinkRequest};
use consentry_core::{SiteId, UnixMillis};

use super::{Answer, export};
use crate::access::{make_link, wanted};
use crate::answer::{json, not_allowed, problem};
use crate::http::{Method, Request};
use crate::service::Service;
use crate::sites::Sites;

/// Makes a link that shows no more than its token does.
pub async fn links<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    if request.method != Method::Post {
        return Err(not_allowed("POST"));
    }
    let asked: LinkRequest =
        serde_json::from_slice(request.body.as_deref().unwrap_or_default()).map_err(|error| {
            problem(
                400,
                "link-form",
                "This asks for no link",
                format!(
                    "{error}. Send {{\"format\":\"csv\",\"minutes\":60}} and filters as an export has them"
                ),
            )
        })?;
    let invalid = |detail| problem(422, "link-invalid", "This link cannot be made", detail);
    if !(1..=LONGEST_LINK).contains(&asked.minutes) {
        return Err(invalid("`minutes` is 1 to 10080, which is seven days"));
    }
    if asked.format == Format::Entries {
        return Err(invalid("`format` is ndjson or csv: links are for exports"));
    }
    let query = query(&asked);
    let export = export::parse(&query)?;
    // The use is noted as if the filters had been in the address.
    let filtered = Request { query: query.clone(), ..request.clone() };
    let wanted = wanted(&filtered, &export::FILTERS, Some(export.format), Some(export.records()));
    let path = format!("{}/v1/sites/{site}/records", service.config.prefix);
    let (expires, link) =
        make_link(request, &service.sites, site, wanted, (&path, &query, asked.minutes)).await?;
    // Whoever opens the link could not mend it.
    export::require_category(service, request, site, &export).await?;
    let url = format!("{}{path}?{query}&{link}", request.origin);
    let grant = LinkGrant { url, expires: serialize_time(UnixMillis(expires)) };
    Ok(json(201, &grant).with("referrer-policy", "no-referrer"))
}

/// The query of the export that a link is for.
fn query(asked: &LinkRequest) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("format", asked.format.as_str());
    for (name, value) in [
        ("profile", &asked.profile),
        ("from", &asked.from),
        ("to", &asked.to),
        ("category", &asked.category),
        ("action", &asked.action),
        ("signal", &asked.signal),
        ("sizes", &asked.sizes),
    ] {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    query.finish()
}
