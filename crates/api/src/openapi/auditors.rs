//! What auditors call.

#![allow(dead_code, reason = "only what is said about these is used")]

use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Schema};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::export::ExportRow;
use crate::snapshot::Snapshot;
use crate::stats::Stats;
use crate::token::{LinkGrant, LinkRequest};

/// The parameters of an export.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportParameters {
    /// `ndjson` (the default) or `csv`.
    #[param(nullable = false)]
    format: Option<String>,
    /// `iso27560` or `kantara`: receipts of records instead of rows, with `ndjson` only.
    #[param(nullable = false)]
    profile: Option<String>,
    /// Only records received at this time or later: RFC 3339, or a date (its first moment, UTC). What the log says of itself
    /// comes whatever its time.
    #[param(nullable = false)]
    from: Option<String>,
    /// Only records received before this time.
    #[param(nullable = false)]
    to: Option<String>,
    /// Only records that grant this category, or with `CATEGORY:denied` those that deny it.
    #[param(nullable = false)]
    category: Option<String>,
    /// Only records of this action: `accept_all`, `reject_all`, `save`, `withdraw` or `signal`.
    #[param(nullable = false)]
    action: Option<String>,
    /// Only records made while this signal was on (`gpc`, `dnt`, `any`), or none was (`none`).
    #[param(nullable = false)]
    signal: Option<String>,
    /// Only the record of this number. Needs a token that shows every field.
    #[param(nullable = false)]
    id: Option<String>,
    /// The log as it was: the size of each of its parts, with commas, as a snapshot or `Consentry-Sizes` has them. Without it:
    /// as it is now.
    #[param(nullable = false)]
    sizes: Option<String>,
    /// Rows at most, 1 to 10,000. There may be fewer, and more to come, where filters let little through. Without it the whole
    /// export is streamed.
    #[param(nullable = false)]
    limit: Option<u32>,
    /// Where to go on: what `Consentry-Next-Cursor` said. Give the same `sizes` with it.
    #[param(nullable = false)]
    cursor: Option<String>,
}

/// Export the log
///
/// One row per entry, in log order, part by part: records, and what the log says of itself. `category`, `action` and `signal`
/// choose records only. What was erased, pruned or is withheld is there as `redacted`, never missing. A token with a time range
/// needs `from` and `to` within it. Rows hold everything from which the bytes that are hashed can be made again; CSV cells
/// cannot start a spreadsheet formula, which may put a `'` before a text.
///
/// A connection that ends before the body does means that something went wrong: a part is never to be taken for the whole.
#[utoipa::path(
    get, path = "/v1/sites/{site}/records", tag = "Auditors", security(("auditor" = []), ("link" = [])),
    params(("site" = String, Path, description = "The site."), ExportParameters),
    responses(
        (status = 200, description = "The export. The schema is that of one line of NDJSON; the columns of CSV have the same names.",
            content((ExportRow = "application/x-ndjson"), (String = "text/csv")),
            headers(
                ("consentry-sizes" = String, description = "The size of each part at which the export ends, with commas."),
                ("consentry-next-cursor" = String, description = "With `limit`: where the next page begins. Absent after the last row."),
            )),
        (status = 400, description = "`filter`: a parameter cannot be read."),
        (status = 404, description = "`site-unknown`: no policy is published for this site."),
    ),
)]
pub fn export_records() {}

/// The log at one moment
///
/// Checkpoints, keys and every policy ever published: with an export of the same `sizes`, all that is needed to check the log
/// offline. Names nobody; every token opens it.
#[utoipa::path(
    get, path = "/v1/sites/{site}/snapshot", tag = "Auditors", security(("auditor" = [])),
    params(("site" = String, Path, description = "The site.")),
    responses(
        (status = 200, description = "The snapshot.", body = Snapshot),
        (status = 404, description = "`site-unknown`: no policy is published for this site."),
    ),
)]
pub fn snapshot() {}

/// Count records, and what came of the banner
///
/// `rows` say how often the first layer was shown and what visitors decided, on the whole days (UTC) between `from` and `to`. They
/// are counted, not read off records: they stay when records are erased or their time is over. A day's numbers of a jurisdiction
/// and language behind which there may be fewer than five people are put together with all others like them, as `other`: somebody
/// who knows who was there could read off what they decided.
///
/// Everything else is of records that are in the log. A token with a time range needs `from` and `to` within it. Records, entries and
/// root are those of part 0, which everybody can read off its checkpoint; rows are of all parts.
#[utoipa::path(
    get, path = "/v1/sites/{site}/stats", tag = "Auditors", security(("auditor" = [])),
    params(
        ("site" = String, Path, description = "The site."),
        ("from" = Option<String>, Query, description = "Only records received at this time or later."),
        ("to" = Option<String>, Query, description = "Only records received before this time."),
        ("by" = Option<String>, Query, description = "What rows are told apart by: one or more of `day`, `jurisdiction`, `language` and \
            `variant`, with commas. Without it there is one row for everything."),
        ("format" = Option<String>, Query, description = "`json`, or `csv` for the rows alone."),
    ),
    responses(
        (status = 200, description = "The numbers.", content((Stats = "application/json"), (String = "text/csv"))),
        (status = 400, description = "`filter`: a parameter cannot be read."),
        (status = 422, description = "`stats-large`: too many rows for one answer."),
    ),
)]
pub fn stats() {}

/// A row or a receipt.
pub struct OneRecord;

impl PartialSchema for OneRecord {
    fn schema() -> RefOr<Schema> {
        let receipt =
            ObjectBuilder::new().description(Some("With `profile=kantara`: a Kantara Consent Receipt 1.1."));
        AnyOfBuilder::new().item(Ref::from_schema_name(ExportRow::name())).item(receipt).into()
    }
}

impl ToSchema for OneRecord {}

/// One record
///
/// As the row of an export, or as a receipt. A receipt says whether a decision renewed or took back an earlier one, whatever
/// the token's time. Needs a token that shows every field, and the time of the record.
#[utoipa::path(
    get, path = "/v1/sites/{site}/records/{id}", tag = "Auditors", security(("auditor" = [])),
    params(
        ("site" = String, Path, description = "The site."),
        ("id" = String, Path, description = "`record_id` of an export, in lower case, with or without its hyphens."),
        ("profile" = Option<String>, Query, description = "`iso27560` or `kantara`: a receipt instead of the row."),
    ),
    responses(
        (status = 200, description = "The row; an ISO/IEC TS 27560 receipt as JSON-LD; or a Kantara Consent Receipt 1.1.",
            content((OneRecord = "application/json"), (serde_json::Value = "application/ld+json"))),
        (status = 400, description = "`filter`: a parameter cannot be read."),
        (status = 404, description = "`record-unknown`: there is no such record, or it was erased or pruned. `site-unknown`: no policy is \
            published for this site."),
    ),
)]
pub fn read_record() {}

/// The proof of one record
///
/// Its receipt, as of now: a [C2SP tlog-proof](https://c2sp.org/tlog-proof) that holds the whole record and verifies offline with the log's
/// public key. Needs a token that shows every field, and the time of the record.
#[utoipa::path(
    get, path = "/v1/sites/{site}/records/{id}/proof", tag = "Auditors", security(("auditor" = [])),
    params(
        ("site" = String, Path, description = "The site."),
        ("id" = String, Path, description = "`record_id` of an export, in lower case, with or without its hyphens."),
    ),
    responses(
        (status = 200, description = "The receipt.", body = String, content_type = "text/plain"),
        (status = 404, description = "`record-unknown`: there is no such record, or it was erased or pruned. `site-unknown`: no policy is \
            published for this site."),
    ),
)]
pub fn record_proof() {}

/// Make a link to an export
///
/// For people and programs that can only open an address. The link shows what its token shows, works without a header, for
/// exactly this export, as often as it is opened, until it expires or the token does or is revoked. Its use is logged like the
/// token's. Whoever gets hold of it has the export: send it like a password.
#[utoipa::path(
    post, path = "/v1/sites/{site}/links", tag = "Auditors", security(("auditor" = [])),
    params(("site" = String, Path, description = "The site.")),
    request_body = LinkRequest,
    responses(
        (status = 201, description = "The link.", body = LinkGrant),
        (status = 400, description = "`link-form`: no such request. `filter`: a filter cannot be read."),
        (status = 422, description = "`link-invalid`: it would live too long, or is for no export."),
    ),
)]
pub fn make_link() {}
