//! What pages and their visitors call.

#![allow(dead_code, reason = "only what is said about these is used")]

use super::Bytes;
use crate::erasure::{ErasureReceipt, VisitorRecords, VisitorRequest};
use crate::gpc::GpcStatement;
use crate::later::Later;
use crate::notice::Notice;
use crate::record::{Receipt, Submission};
use crate::stats::ShownReport;

/// The gate
///
/// The script that every page includes: the gate's code with the decision table for the visitor's place, the language and the
/// signals in the headers of this very request. It depends on no cookie. Cached for ten minutes, and has an `ETag`.
#[utoipa::path(
    get, path = "/{site}.js", tag = "Visitors",
    params(
        ("site" = String, Path, description = "The site."),
        ("lang" = Option<String>, Query, description = "The language of the texts (BCP 47). Without it: what the browser prefers."),
        ("mode" = Option<String>, Query, description = "`auto`: also holds what nobody marked, as the policy's `mode` does."),
    ),
    responses(
        (status = 200, description = "The script, the same for everybody in the same situation.", body = String,
            content_type = "text/javascript"),
        (status = 304, description = "It has not changed."),
        (status = 404, description = "`site-unknown`: no policy is published for this site."),
    ),
)]
pub fn gate() {}

/// The banner's code
///
/// The gate names it. It never changes: another build has another name.
#[utoipa::path(
    get, path = "/banner-{hash}.js", tag = "Visitors",
    params(("hash" = String, Path, description = "Names the build.")),
    responses(
        (status = 200, description = "The module.", body = String, content_type = "text/javascript"),
        (status = 404, description = "`banner-unknown`: it is of another build; reload the page."),
    ),
)]
pub fn banner_code() {}

/// The banner's WebAssembly
///
/// The banner's code loads it.
#[utoipa::path(
    get, path = "/banner-{hash}.wasm", tag = "Visitors",
    params(("hash" = String, Path, description = "Names the build.")),
    responses(
        (status = 200, description = "The module.", body = Bytes, content_type = "application/wasm"),
        (status = 404, description = "`banner-unknown`: it is of another build; reload the page."),
    ),
)]
pub fn banner_wasm() {}

/// The preferences as a plain page
///
/// For browsers without JavaScript or WebAssembly. Works on the site's own host only, because it sets the site's cookie.
#[utoipa::path(
    get, path = "/{site}/preferences", tag = "Visitors",
    params(
        ("site" = String, Path, description = "The site."),
        ("lang" = Option<String>, Query, description = "The language of the texts (BCP 47)."),
        ("return" = Option<String>, Query, description = "A path on this host to lead back to."),
    ),
    responses(
        (status = 200, description = "The page.", body = String, content_type = "text/html"),
        (status = 404, description = "`site-unknown`: no policy is published for this site."),
        (status = 409, description = "`not-first-party`: this host is none of the site's origins."),
    ),
)]
pub fn preferences() {}

/// What the form of that page says.
#[derive(utoipa::ToSchema)]
pub struct ChoiceForm {
    /// `accept_all`, `reject_all` or `save`; `withdraw`, which takes back what was agreed to; or `erase`, which has all of the visitor's records erased and the cookie removed.
    action: String,
    /// With `save`: every category that is granted.
    category: Vec<String>,
    /// With `save`: every service that is switched on.
    service: Vec<String>,
    /// The policy version that the page showed. A newer one is shown again instead of being decided unseen.
    policy: Option<u32>,
    /// The language of the page.
    language: Option<String>,
    /// A path on this host to lead back to.
    #[schema(rename = "return")]
    return_to: Option<String>,
}

/// Decide with a plain form
///
/// Records the decision, sets the choice cookie and leads back to the preferences. If the log cannot be reached, the cookie
/// says so and the gate sends the record later. With `erase` it is the other way round: the cookie goes when the records have.
#[utoipa::path(
    post, path = "/{site}/choice", tag = "Visitors",
    params(("site" = String, Path, description = "The site.")),
    request_body(content = ChoiceForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "Decided, or erased; or asked again, because the policy has changed."),
        (status = 403, description = "`origin-refused`: the form came from another site."),
        (status = 404, description = "`site-unknown`: no policy is published for this site."),
        (status = 409, description = "`not-first-party`: this host is none of the site's origins."),
        (status = 422, description = "`choice-action`: the form says nothing we understand. Or as for a record."),
        (status = 429, description = "`rate`: too many at once; `Retry-After` says when to come back."),
    ),
)]
pub fn choice() {}

/// The preference centre as HTML
///
/// What the banner shows in its dialog, with its style: the same for every visitor. With `policy` and `language` the answer never
/// changes and may be cached for a day.
#[utoipa::path(
    get, path = "/{site}/centre", tag = "Visitors",
    params(
        ("site" = String, Path, description = "The site."),
        ("policy" = Option<u32>, Query, description = "The policy version. Without it: the one in force."),
        ("language" = Option<String>, Query, description = "One of the policy's languages. Without it: what the browser prefers."),
    ),
    responses(
        (status = 200, description = "The centre.", body = String, content_type = "text/html"),
        (status = 400, description = "`policy-version`: `policy` is no number."),
        (status = 404, description = "`site-unknown`: there is no such policy. `language-unknown`: it has no texts in this language."),
    ),
)]
pub fn centre() {}

/// What to clear and what to show instead
///
/// For the gate, when something may not run: names of services, what each keeps in the browser, and the HTML of placeholders. With
/// `policy` and `language` the answer never changes and may be cached for a day.
#[utoipa::path(
    get, path = "/{site}/later", tag = "Visitors",
    params(
        ("site" = String, Path, description = "The site."),
        ("policy" = Option<u32>, Query, description = "The policy version. Without it: the one in force."),
        ("language" = Option<String>, Query, description = "One of the policy's languages. Without it: what the browser prefers."),
    ),
    responses(
        (status = 200, description = "All of it.", body = Later),
        (status = 400, description = "`policy-version`: `policy` is no number."),
        (status = 404, description = "`site-unknown`: there is no such policy. `language-unknown`: it has no texts in this language."),
    ),
)]
pub fn later() {}

/// End cookies that no script can see
///
/// Ends every cookie of the request that a service keeps which may not run, by the choice in the same request. Only on the site's own
/// origins. The answer to a record does the same; this is for a page that is about to be loaded again.
#[utoipa::path(
    post, path = "/{site}/later", tag = "Visitors",
    params(
        ("site" = String, Path, description = "The site."),
        ("policy" = Option<u32>, Query, description = "The policy version. Without it: the one in force."),
    ),
    responses(
        (status = 204, description = "Ended, by `Set-Cookie`; or there was none."),
        (status = 404, description = "`site-unknown`: there is no such policy."),
        (status = 409, description = "`not-first-party`: this host is none of the site's origins."),
    ),
)]
pub fn end_cookies() {}

/// The cookie declaration
///
/// Every category, service and cookie of the policy, for a site's cookie notice: as a page that any site may frame, or as one
/// element for a page to include.
#[utoipa::path(
    get, path = "/{site}/declaration", tag = "Visitors",
    params(
        ("site" = String, Path, description = "The site."),
        ("policy" = Option<u32>, Query, description = "The policy version. Without it: the one in force."),
        ("language" = Option<String>, Query, description = "One of the policy's languages. Without it: what the browser prefers."),
        ("part" = Option<String>, Query, description = "`body`: the element alone."),
    ),
    responses(
        (status = 200, description = "The declaration.", body = String, content_type = "text/html"),
        (status = 400, description = "`policy-version`: `policy` is no number."),
        (status = 404, description = "`site-unknown`: there is no such policy. `language-unknown`: it has no texts in this language."),
    ),
)]
pub fn declaration() {}

/// All that the preference centre shows
///
/// With `policy` and `language` the answer never changes and may be cached for a day.
#[utoipa::path(
    get, path = "/v1/sites/{site}/notice", tag = "Visitors",
    params(
        ("site" = String, Path, description = "The site."),
        ("policy" = Option<u32>, Query, description = "The policy version. Without it: the one in force."),
        ("language" = Option<String>, Query, description = "One of the policy's languages. Without it: what the browser prefers."),
    ),
    responses(
        (status = 200, description = "The notice.", body = Notice),
        (status = 400, description = "`policy-version`: `policy` is no number."),
        (status = 404, description = "`site-unknown`: there is no such policy. `language-unknown`: it has no texts in this language."),
    ),
)]
pub fn notice() {}

/// Record a decision
///
/// Sent by pages on the policy's origins. The answer is given when the record is durable, never before. Sending the same
/// record again, after a lost answer, is harmless: `id` names it. On the site's own origins it also ends, by `Set-Cookie`, the cookies of
/// the request that belong to services which the choice in its cookie refuses.
#[utoipa::path(
    post, path = "/v1/sites/{site}/records", tag = "Visitors",
    params(
        ("site" = String, Path, description = "The site."),
        ("origin" = String, Header, description = "One of the policy's origins, exactly."),
    ),
    request_body(
        description = "One record, at most 8 KiB. `text/plain` with the same JSON is what a beacon sends: it needs no preflight.",
        content((Submission = "application/json"), (Submission = "text/plain")),
    ),
    responses(
        (status = 201, description = "It is in the log.", body = Receipt),
        (status = 200, description = "It was in the log already; the same receipt as the first time, its proof made anew.", body = Receipt),
        (status = 400, description = "`record-form`: no consent record."),
        (status = 403, description = "`origin-refused`: the origin is none of the policy's."),
        (status = 404, description = "`site-unknown`: no policy is published for this site."),
        (status = 415, description = "`content-type`: neither `application/json` nor `text/plain`."),
        (status = 422, description = "The policy does not allow it, and sending it again will not help. `policy-version`, \
            `record-field`, `record-categories`, `record-required`, `record-services`, `record-action`, `record-source`, \
            `record-signal`, `record-clock` and `record-language` say what is wrong."),
        (status = 429, description = "`rate`: too many at once; `Retry-After` says when to send it again, under the same `id`."),
    ),
)]
pub fn submit_record() {}

/// Say that the first layer was shown
///
/// Once for each page view on which it was, without cookie or identifier: a number goes up by one, and nothing of the request is
/// kept. The answer comes before the number is stored, and nobody need wait for it or send it again.
#[utoipa::path(
    post, path = "/v1/sites/{site}/shown", tag = "Visitors",
    params(
        ("site" = String, Path, description = "The site."),
        ("origin" = String, Header, description = "One of the policy's origins, exactly."),
    ),
    request_body(content((ShownReport = "application/json"), (ShownReport = "text/plain"))),
    responses(
        (status = 204, description = "It is counted."),
        (status = 400, description = "`shown-form`: no such report."),
        (status = 403, description = "`origin-refused`: the origin is none of the policy's."),
        (status = 404, description = "`site-unknown`: no policy is published for this site."),
        (status = 415, description = "`content-type`: neither `application/json` nor `text/plain`."),
        (status = 422, description = "`shown-language`: the policy offers no such language, or has no such variant."),
        (status = 429, description = "`rate`: too many at once. It is not counted; do not send it again."),
    ),
)]
pub fn report_shown() {}

/// A visitor's own records
///
/// With their receipts as of now. Whoever names a visitor and any one of the visitor's records gets them: only the browser that
/// made them knows both. Not by `GET`, because addresses end up in histories.
#[utoipa::path(
    post, path = "/v1/sites/{site}/visitor/records", tag = "Visitors",
    params(
        ("site" = String, Path, description = "The site."),
        ("origin" = String, Header, description = "One of the policy's origins, exactly."),
    ),
    request_body = VisitorRequest,
    responses(
        (status = 200, description = "The records.", body = VisitorRecords),
        (status = 400, description = "`visitor-form`: this names no visitor."),
        (status = 403, description = "`origin-refused`: the origin is none of the policy's."),
        (status = 404, description = "`site-unknown`: no policy is published for this site. `visitor-unknown`: whatever is wrong with \
            the pair."),
        (status = 415, description = "`content-type`: neither `application/json` nor `text/plain`."),
        (status = 429, description = "`rate`: too many at once; `Retry-After` says when to come back."),
    ),
)]
pub fn visitor_records() {}

/// Erase a visitor's own records
///
/// Takes who decided from all of them, for good (GDPR Art. 17); the evidence stays, and says nothing about anybody. Sent again
/// after it has succeeded, the answer is that there is no such visitor.
#[utoipa::path(
    post, path = "/v1/sites/{site}/visitor/erasure", tag = "Visitors",
    params(
        ("site" = String, Path, description = "The site."),
        ("origin" = String, Header, description = "One of the policy's origins, exactly."),
    ),
    request_body = VisitorRequest,
    responses(
        (status = 200, description = "They are erased.", body = ErasureReceipt),
        (status = 400, description = "`visitor-form`: this names no visitor."),
        (status = 403, description = "`origin-refused`: the origin is none of the policy's."),
        (status = 404, description = "`site-unknown`: no policy is published for this site. `visitor-unknown`: whatever is wrong with \
            the pair."),
        (status = 415, description = "`content-type`: neither `application/json` nor `text/plain`."),
        (status = 429, description = "`rate`: too many at once; `Retry-After` says when to come back."),
    ),
)]
pub fn visitor_erasure() {}

/// The site's statement on Global Privacy Control
///
/// Not below the prefix (W3C GPC §4.1).
#[utoipa::path(
    get, path = "/.well-known/gpc.json", tag = "Visitors",
    responses(
        (status = 200, description = "The statement.", body = GpcStatement),
        (status = 404, description = "`gpc-unstated`: none is configured for this host."),
    ),
)]
pub fn gpc() {}
