//! What the operator does: publish policies.

use consentry_api::digest::sha256_hex;
use consentry_api::object::{LogSettings, NewPolicy, SiteCall, SiteReply, StoredPolicy};
use consentry_api::policy::{PolicyFile, PolicyReceipt, Problem, Published, check, complete, notice};
use consentry_api::problem::PlaceError;
use consentry_api::shown::serialize_shown;
use consentry_api::time::serialize_time;
use consentry_core::bytes::serialize_hex;
use consentry_core::{SiteId, UnixMillis};

use super::Answer;
use super::snapshot::{most_shards, policies};
use crate::access::require_operator;
use crate::answer::{json, not_allowed, problem, problem_with, unavailable};
use crate::http::{Method, Request, Response};
use crate::service::Service;
use crate::sites::Sites;

/// `GET` and `PUT v1/sites/SITE/policy`
pub async fn policy<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    match request.method {
        Method::Get | Method::Head => {
            let live = service.newest(request, site).await?;
            Ok(Response::new(200, "application/json", live.json.clone())
                .with("cache-control", "no-store")
                .with("consentry-policy-version", live.version.to_string())
                .with("consentry-policy-hash", serialize_hex(&live.hash)))
        }
        Method::Put => publish(service, request, site).await,
        _ => Err(not_allowed("GET, HEAD, PUT")),
    }
}

async fn publish<S: Sites>(service: &Service<S>, request: &Request, site: &SiteId) -> Answer {
    require_operator(request, &service.config.operator_token)?;
    let (file, json_text) = read(request.body.as_deref().unwrap_or_default())?;
    if file.site != site.as_str() {
        return Err(problem(
            409,
            "policy-site",
            "The policy is for another site",
            format!("The file says site = \"{}\", the path says {site}", file.site),
        ));
    }
    let checked = check(file).map_err(invalid)?;
    let log = log_settings(service, request, site, &checked);
    let call = SiteCall::Publish(NewPolicy {
        json: json_text,
        gate_hash: sha256_hex(&service.artefacts.gate_code()),
        banner_hash: sha256_hex(
            &[service.artefacts.banner_js.plain, service.artefacts.banner_wasm.plain].concat(),
        ),
        texts: texts(&checked)?,
        log: log.clone(),
    });
    let stored = match service.sites.call(site, &call).await {
        Ok(SiteReply::Policy(Some(stored))) => stored,
        Ok(SiteReply::NoKey(what)) => {
            return Err(problem(503, "log-key", "The log has no key to sign with", what));
        }
        Ok(other) => return Err(unavailable(1, format!("The policy was not stored; try again ({other:?})"))),
        Err(error) => {
            return Err(unavailable(
                1,
                format!("Whether the policy was stored is unknown; try again ({error})"),
            ));
        }
    };
    service.cache.forget(site);
    // Also parts that only earlier versions write to: they keep records as long as the newest one says.
    for shard in 1..most_shards(&policies(service, site).await?) {
        let origin = format!("{}/{shard}", log.origin);
        let part = SiteCall::Open(LogSettings { shard, origin, ..log.clone() });
        match service.sites.call_part(site, shard, &part).await {
            Ok(SiteReply::Flag(true)) => {}
            other => {
                return Err(unavailable(
                    1,
                    format!(
                        "The policy is stored, part {shard} of its log is not open; publish it again ({other:?})"
                    ),
                ));
            }
        }
    }
    let StoredPolicy { version, hash, published, .. } = stored;
    let fingerprint = serialize_hex(&checked.policy.fingerprint().0);
    Ok(json(
        200,
        &PolicyReceipt { version, hash, fingerprint, published: serialize_time(UnixMillis(published)) },
    ))
}

/// The policy that was sent, and the text that is stored. A complete one is stored byte for byte; one that leaves services to the
/// vendor catalogue is completed and written anew, so that nothing of what is in force is anywhere else.
fn read(body: &[u8]) -> Result<(PolicyFile, String), Response> {
    let form = |error: serde_json::Error| {
        problem(
            400,
            "policy-form",
            "This is no policy file",
            format!("{error}. `consentry policy check FILE` shows the place"),
        )
    };
    let mut draft = serde_json::from_slice(body).map_err(form)?;
    let completion = complete(&mut draft);
    if !completion.problems.is_empty() {
        return Err(invalid(completion.problems));
    }
    if completion.changed {
        let file: PolicyFile = serde_json::from_value(draft).map_err(form)?;
        let text = serde_json::to_string(&file).map_err(form)?;
        return Ok((file, text));
    }
    let file = serde_json::from_slice(body).map_err(form)?;
    let text = String::from_utf8(body.to_vec())
        .map_err(|_| problem(400, "policy-form", "This is no policy file", "It must be UTF-8"))?;
    Ok((file, text))
}

fn invalid(problems: Vec<Problem>) -> Response {
    let errors: Vec<PlaceError> = problems
        .into_iter()
        .map(|found| PlaceError { path: found.path, problem: found.problem, allowed: found.allowed })
        .collect();
    let detail = format!("{} place(s) to mend", errors.len());
    problem_with(422, "policy-invalid", "The policy does not hold together", detail, errors)
}

/// Where the site's log is and how long it keeps records.
fn log_settings<S: Sites>(
    service: &Service<S>,
    request: &Request,
    site: &SiteId,
    checked: &Published,
) -> LogSettings {
    let host = request.origin.split_once("://").map_or(request.origin.as_str(), |(_, host)| host);
    let base = service.config.log_origin.clone();
    let base = base.unwrap_or_else(|| format!("{host}{}/log", service.config.prefix));
    LogSettings {
        site: site.to_string(),
        shard: 0,
        origin: format!("{base}/{site}"),
        record_months: checked.file.lifetimes.record_months,
    }
}

/// For each language, and each variant with words of its own in it, the hash of everything a visitor reads.
fn texts(checked: &Published) -> Result<Vec<(String, String)>, Response> {
    let hash = |(language, variant): (&str, Option<&str>)| {
        // Not the version: the same words have the same hash in every version.
        let json = serde_json::to_vec(&notice(&checked.with_variant(variant), 0, language))
            .map_err(|error| problem(500, "internal", "The texts could not be written", error.to_string()))?;
        Ok((serialize_shown(language, variant), sha256_hex(&json)))
    };
    checked.file.all_shown().map(hash).collect()
}
