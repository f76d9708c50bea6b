//! Puts the description together and says once what holds everywhere.

use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{OneOfBuilder, Schema};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, LicenseBuilder, Object, OpenApi as Document, Ref, RefOr, Required, Response,
    ResponseBuilder, Server, Type,
};
use utoipa::{OpenApi, PartialSchema, ToSchema};

use super::{auditors, log, operator, visitors};
use crate::problem::{PROBLEM_JSON, Problem};
use crate::record::{ChoiceSubmission, RecordSubmission, Submission};

/// What holds for all of it.
const DESCRIPTION: &str = "\
The HTTP API of Consentry: how pages record consent, how the operator runs a site, how auditors read the log and check it.

Paths are below a prefix, `/_c` unless configured otherwise. Wherever there is `GET` there is `HEAD`, and wherever pages send
something from another origin there is `OPTIONS`, as browsers ask for (CORS). Positions and sizes stay below 2^53. Times are RFC 3339, UTC, with milliseconds. Bytes in JSON are lower-case hexadecimal.

Errors are `application/problem+json` (RFC 9457): `type` is `urn:consentry:problem:NAME` with a stable name, `detail` says what to
change. Names are given with each path; everywhere there are `path-unknown` (404), `method` (405, with `Allow`), `too-large` (413)
and `internal` (500).";

#[derive(OpenApi)]
#[openapi(
    paths(
        visitors::gate,
        visitors::banner_code,
        visitors::banner_wasm,
        visitors::preferences,
        visitors::choice,
        visitors::centre,
        visitors::later,
        visitors::end_cookies,
        visitors::declaration,
        visitors::notice,
        visitors::submit_record,
        visitors::report_shown,
        visitors::visitor_records,
        visitors::visitor_erasure,
        visitors::gpc,
        auditors::export_records,
        auditors::snapshot,
        auditors::stats,
        auditors::read_record,
        auditors::record_proof,
        auditors::make_link,
        log::log_checkpoint,
        log::log_keys,
        log::log_tile,
        log::log_entries,
        operator::read_policy,
        operator::publish_policy,
        operator::submit_batch,
        operator::erase,
        operator::retain,
        operator::list_tokens,
        operator::create_token,
        operator::revoke_token,
        operator::list_token_uses,
        operator::openapi,
    ),
    components(schemas(Problem)),
    tags(
        (name = "Visitors", description = "What pages and their visitors call."),
        (name = "Auditors", description = "What is read with a token that the operator made."),
        (name = "Log", description = "The transparency log of a site, as C2SP tlog-tiles has it: anybody may check it."),
        (name = "Operator", description = "What is done with the operator's token, and what describes the service."),
    ),
)]
struct Api;

/// The whole document, with a line end.
pub fn generate() -> String {
    let mut document = Api::openapi();
    document.info.title = "Consentry".into();
    document.info.description = Some(DESCRIPTION.into());
    let licence = env!("CARGO_PKG_LICENSE");
    document.info.license = Some(LicenseBuilder::new().name(licence).identifier(Some(licence)).build());
    let mut prefix = Server::new("/_c");
    prefix.description =
        Some("The prefix as it is unless configured otherwise, on the site's own host.".into());
    document.servers = Some(vec![prefix]);
    describe_security(&mut document);
    let parts: Vec<(String, PathItem)> = document.paths.paths.iter().filter_map(of_part).collect();
    document.paths.paths.extend(parts);
    for (path, item) in &mut document.paths.paths {
        if path.starts_with("/.well-known/") {
            item.servers = Some(vec![Server::new("/")]);
        }
        // These two are built in; everything else asks the site's object.
        let asks = !path.starts_with("/banner-") && path != "/v1/openapi.json";
        operations(item).for_each(|operation| describe_refusals(operation, asks));
    }
    // Serialising a document in memory cannot fail.
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete].into_iter().flatten()
}

/// A log of several parts has each part beyond the first under its number.
fn of_part((path, item): (&String, &PathItem)) -> Option<(String, PathItem)> {
    let rest = path.strip_prefix("/log/{site}/")?;
    let mut item = item.clone();
    for operation in operations(&mut item) {
        operation.operation_id = operation.operation_id.as_ref().map(|id| format!("{id}_of_part"));
        operation.summary = operation.summary.as_ref().map(|summary| format!("{summary}, of one part"));
        let part = ParameterBuilder::new()
            .name("part")
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some(
                "The part of a log that a policy has split: 1 to 15. Part 0 is where no part is named.",
            ))
            .schema(Some(Object::with_type(Type::Integer)))
            .build();
        operation.parameters.get_or_insert_default().insert(1, part.into());
    }
    Some((format!("/log/{{site}}/{{part}}/{rest}"), item))
}

fn describe_security(document: &mut Document) {
    let bearer = |text: &str| {
        SecurityScheme::Http(
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(text)).build(),
        )
    };
    let link = ApiKeyValue::with_description(
        "link",
        "The last parameter of an address that `POST …/links` made. It is good for exactly that address.",
    );
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(
        "operator",
        bearer("The deployment's secret `CONSENTRY_OPERATOR_TOKEN`. Unset, it refuses everybody."),
    );
    components.add_security_scheme(
        "auditor",
        bearer("`cya_ID_SECRET`, made by the operator for one site, with a scope and an expiry."),
    );
    components.add_security_scheme("link", SecurityScheme::ApiKey(ApiKey::Query(link)));
}

const OF_TOKENS: &str = "`token-refused`: the token is unknown here, expired or revoked. `token-scope`: it does not go that far; \
    the answer says what it allows.";
const OF_LINKS: &str = "`token-refused`: the token is unknown here, expired or revoked. `token-scope`: it does not go that far; \
    the answer says what it allows. `link-refused`: the link was changed, has expired, or its token is revoked.";

/// Refusals that every operation of a kind shares, and what all refusals look like.
fn describe_refusals(operation: &mut Operation, asks: bool) {
    let schemes = serde_json::to_string(&operation.security).unwrap_or_default();
    let mut shared = Vec::new();
    if asks {
        shared.push(("503", "`unavailable`: try again after `Retry-After`; nothing was acknowledged."));
    }
    if schemes.contains("operator") {
        shared.push(("401", "`token-missing`: send `Authorization: Bearer TOKEN`."));
        shared.push(("403", "`token-refused`: this is not the operator's token."));
    } else if schemes.contains("auditor") {
        shared.push(("401", "`token-missing`: send `Authorization: Bearer TOKEN`."));
        shared.push(("403", if schemes.contains("link") { OF_LINKS } else { OF_TOKENS }));
    }
    let responses = &mut operation.responses.responses;
    for (status, text) in shared {
        let response = || RefOr::T(ResponseBuilder::new().description(text).build());
        responses.entry(status.into()).or_insert_with(response);
    }
    for (status, response) in responses.iter_mut() {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
        {
            refuse(response);
        }
    }
}

fn refuse(response: &mut Response) {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    response.content.insert(PROBLEM_JSON.into(), problem.into());
}

impl PartialSchema for Submission {
    fn schema() -> RefOr<Schema> {
        OneOfBuilder::new()
            .description(Some("A record in either of its two forms."))
            .item(Ref::from_schema_name(RecordSubmission::name()))
            .item(Ref::from_schema_name(ChoiceSubmission::name()))
            .into()
    }
}

impl ToSchema for Submission {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((RecordSubmission::name().into(), RecordSubmission::schema()));
        schemas.push((ChoiceSubmission::name().into(), ChoiceSubmission::schema()));
    }
}
