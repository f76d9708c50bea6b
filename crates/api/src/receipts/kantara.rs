//! Kantara Consent Receipt 1.1 (`KI-CR-v1.1.0`): what the controller may do on the authority of a record.
//!
//! A receipt of this kind lists what was agreed to. What was refused or withdrawn is not in it: there is no authority to list.
//! Field names and meanings follow §4 of the specification; the JSON is that of its draft-04 schema.

use consentry_core::{Action, AttestedBy, Evidence, Source};
use serde::Serialize;

use super::Recorded;
use super::state::Expression;
use super::terms::{Party, Purpose, Retention, Terms};
use super::vocabulary::{Care, NOT_STATED};
use crate::policy::Address;
use crate::time::serialize_time;

/// The version of the specification.
pub const VERSION: &str = "KI-CR-v1.1.0";

/// A consent receipt.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt<'a> {
    /// [`VERSION`].
    pub version: &'static str,
    /// Where the visitor was: `DE`, `US-CA`, `unknown`.
    pub jurisdiction: String,
    /// When the edge received the decision, in whole seconds since 1970.
    pub consent_timestamp: u64,
    /// How the decision was made, in English.
    pub collection_method: String,
    /// The record, or its leaf in the log where the record's identifier was erased.
    #[serde(rename = "consentReceiptID")]
    pub consent_receipt_id: String,
    /// The language of the texts shown.
    pub language: &'a str,
    /// The visitor on this site, or `redacted`.
    pub pii_principal_id: &'a str,
    /// The site's controller.
    pub pii_controllers: Vec<Controller<'a>>,
    /// The privacy notice.
    pub policy_url: &'a str,
    /// What may run.
    pub services: Vec<Service<'a>>,
    /// Some of the data needs more care than usual.
    pub sensitive: bool,
    /// The categories of that data, each once.
    pub spi_cat: Vec<&'static str>,
}

/// The controller.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Controller<'a> {
    /// Legal name.
    pub pii_controller: &'a str,
    /// Who answers, or where to write.
    pub contact: &'a str,
    /// In the terms of schema.org.
    pub address: PostalAddress<'a>,
    /// Mail address.
    pub email: &'a str,
    /// Telephone number.
    pub phone: &'a str,
    /// Its site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pii_controller_url: Option<&'a str>,
}

/// A postal address; never without any part.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PostalAddress<'a> {
    /// Street and number.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub street_address: &'a str,
    /// Town or city.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub address_locality: &'a str,
    /// State, province or county.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub address_region: &'a str,
    /// Postal code.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub postal_code: &'a str,
    /// Country, ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub address_country: &'a str,
}

/// A service and what it is for.
#[derive(Debug, Clone, Serialize)]
pub struct Service<'a> {
    /// Its name.
    pub service: &'a str,
    /// What it may be used for; one.
    pub purposes: [PurposeOf<'a>; 1],
}

/// What a service may be used for.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PurposeOf<'a> {
    /// In the visitor's language.
    pub purpose: &'a str,
    /// `EXPLICIT`, `IMPLICIT`, `N/A` where no consent is needed, or in words what else it was.
    pub consent_type: &'static str,
    /// In the working group's list, or the category's own name where the list has none.
    pub purpose_category: Vec<&'a str>,
    /// In the working group's list; `not stated` where the policy does not say.
    pub pii_category: Vec<&'static str>,
    /// The site itself needs it.
    pub primary_purpose: bool,
    /// When the authority ends, and how long data is kept.
    pub termination: String,
    /// Somebody else than the controller receives the data.
    pub third_party_disclosure: bool,
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub third_party_name: Option<&'a str>,
}

/// The receipt of a record under its terms.
pub fn receipt<'a>(terms: &'a Terms, recorded: &'a Recorded<'a>) -> Receipt<'a> {
    let evidence = recorded.evidence;
    let allowed: Vec<(&Purpose, &'static str)> = terms
        .purposes
        .iter()
        .filter_map(|purpose| consent_type(purpose, recorded).map(|kind| (purpose, kind)))
        .collect();
    let mut sensitive: Vec<&'static str> = Vec::new();
    for data in allowed.iter().flat_map(|(purpose, _)| &purpose.data).filter(|data| data.care != Care::Usual)
    {
        if !sensitive.contains(&data.kantara) {
            sensitive.push(data.kantara);
        }
    }
    Receipt {
        version: VERSION,
        jurisdiction: evidence.jurisdiction.to_string(),
        consent_timestamp: evidence.server_time.0 / 1_000,
        collection_method: collection_method(evidence),
        consent_receipt_id: recorded.id(),
        language: &evidence.language,
        pii_principal_id: recorded.principal(),
        pii_controllers: terms.parties.first().map(controller).into_iter().collect(),
        policy_url: &terms.privacy_url,
        services: allowed
            .into_iter()
            .map(|(purpose, kind)| Service {
                service: &purpose.name,
                purposes: [purpose_of(terms, evidence, purpose, kind)],
            })
            .collect(),
        sensitive: !sensitive.is_empty(),
        spi_cat: sensitive,
    }
}

/// `None` where the record gives no authority.
fn consent_type(purpose: &Purpose, recorded: &Recorded<'_>) -> Option<&'static str> {
    if purpose.is_required() {
        return Some("N/A");
    }
    let (state, expression) = recorded.state(purpose);
    state.is_valid().then_some(match expression {
        Expression::Expressed => "EXPLICIT",
        Expression::BySite => "REPORTED BY THE SITE'S OWN CODE",
        Expression::Implied => "IMPLICIT",
    })
}

fn collection_method(evidence: &Evidence) -> String {
    let done = match evidence.action {
        Action::AcceptAll => "everything accepted",
        Action::RejectAll => "everything refused that can be refused",
        Action::Save => "chosen category by category",
        Action::Withdraw => "consent withdrawn",
        Action::Signal => "a signal of the browser applied",
    };
    let how = match evidence.source {
        Source::Banner => "on the consent banner",
        Source::Preferences => "in the preference centre",
        Source::Form => "on the preferences page",
        Source::Api => "by the site's own code",
        Source::Gpc => "Global Privacy Control",
        Source::Dnt => "Do Not Track",
    };
    let handed_in = match evidence.attested_by {
        AttestedBy::Edge => "",
        AttestedBy::Operator => ", handed in by the operator",
    };
    format!("{done}: {how}{handed_in}")
}

fn controller(party: &Party) -> Controller<'_> {
    Controller {
        pii_controller: &party.name,
        contact: party.person.as_deref().unwrap_or(&party.contact),
        address: party
            .address
            .as_ref()
            .map_or(PostalAddress { street_address: NOT_STATED, ..PostalAddress::default() }, postal_address),
        email: party.email.as_deref().unwrap_or(NOT_STATED),
        phone: party.phone.as_deref().unwrap_or(NOT_STATED),
        pii_controller_url: party.url.as_deref(),
    }
}

fn postal_address(address: &Address) -> PostalAddress<'_> {
    PostalAddress {
        street_address: &address.street,
        address_locality: &address.city,
        address_region: &address.region,
        postal_code: &address.postal_code,
        address_country: &address.country,
    }
}

fn purpose_of<'a>(
    terms: &'a Terms,
    evidence: &Evidence,
    purpose: &'a Purpose,
    consent_type: &'static str,
) -> PurposeOf<'a> {
    let mut purpose_category: Vec<&str> = Vec::new();
    for kind in &purpose.kinds {
        let label = if kind.kantara.is_empty() { purpose.category_name.as_str() } else { kind.kantara };
        if !purpose_category.contains(&label) {
            purpose_category.push(label);
        }
    }
    let mut pii_category: Vec<&'static str> = Vec::new();
    for data in &purpose.data {
        if !pii_category.contains(&data.kantara) {
            pii_category.push(data.kantara);
        }
    }
    if pii_category.is_empty() {
        pii_category.push(NOT_STATED);
    }
    let recipient = terms.recipient_of(purpose).filter(|_| purpose.recipient > 0);
    PurposeOf {
        purpose: &purpose.description,
        consent_type,
        purpose_category,
        pii_category,
        primary_purpose: purpose.is_required(),
        termination: termination(terms, evidence, purpose),
        third_party_disclosure: recipient.is_some(),
        third_party_name: recipient.map(|party| party.name.as_str()),
    }
}

fn termination(terms: &Terms, evidence: &Evidence, purpose: &Purpose) -> String {
    let ends = if purpose.is_required() {
        "N/A".into()
    } else {
        let until = serialize_time(evidence.valid_until);
        format!("{until}, or when withdrawn at {}", terms.preferences_url)
    };
    match purpose.retention {
        Retention::Days(days) => format!("{ends}; data is kept for {days} days"),
        Retention::Session => format!("{ends}; data is kept until the browser closes"),
        Retention::Unknown => format!("{ends}; for how long data is kept is not stated"),
    }
}
