//! `POST v1/sites/SITE/shown`: a page says that its first layer was there. It makes a number go up, and is forgotten.

use consentry_api::object::{Seen, Sender, SiteCall, SiteReply};
use consentry_api::stats::{Event, ShownReport};
use consentry_core::SiteId;

use super::Answer;
use super::records::{preflight, require_json, require_policy_origin};
use crate::answer::{not_allowed, problem, unavailable, with_cors};
use crate::http::{Method, Request, Response};
use crate::live::Live;
use crate::service::Service;
use crate::sites::Sites;

/// `POST`, for anyone on an origin of the policy.
pub async fn shown<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    match request.method {
        Method::Options => preflight(service, request, site).await,
        Method::Post => {
            let live = service.newest(request, site).await?;
            let answer = report(service, request, site, &live).await.unwrap_or_else(|refusal| refusal);
            Ok(with_cors(answer, request, &live.published))
        }
        _ => Err(not_allowed("POST, OPTIONS")),
    }
}

async fn report<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId, live: &Live) -> Answer {
    require_policy_origin(request, live)?;
    require_json(request)?;
    let form = |detail: String| problem(400, "shown-form", "This says nothing of a first layer", detail);
    let body = request.body.as_deref().unwrap_or_default();
    let report: ShownReport = serde_json::from_slice(body)
        .map_err(|error| form(format!("{error}. Send {{\"event\":\"shown\",\"language\":\"en\"}}")))?;
    let event = Event::parse(&report.event)
        .filter(|event| event.is_reported())
        .ok_or_else(|| form("`event` must be shown or dismissed".into()))?;
    let file = &live.published.file;
    if file.shown(&report.language).is_none() {
        return Err(problem(
            422,
            "shown-language",
            "The policy shows no such first layer",
            format!(
                "`language` must be one of {}, with -x-VARIANT after it where there is one",
                file.languages.join(", ")
            ),
        ));
    }
    let seen = Seen {
        event: event.as_str().into(),
        jurisdiction: request.edge.jurisdiction.to_string(),
        language: report.language,
        sender: Sender::Browser(request.edge.client.clone()),
    };
    // Any part will do: the numbers of all of them are added up.
    let [chance, ..] = request.edge.entropy;
    let shard = chance % file.log.shards.max(1);
    match service.sites.call_part(site, shard, &SiteCall::Count(seen)).await {
        Ok(SiteReply::Flag(_)) => Ok(Response::empty(204)),
        Ok(SiteReply::Busy(seconds)) => {
            Err(problem(429, "rate", "Too many at once", "It is not counted; the next page view will be")
                .with("retry-after", seconds.to_string()))
        }
        other => Err(unavailable(1, format!("It is not counted ({other:?})"))),
    }
}
