//! The JSON of a receipt: names of ISO/IEC TS 27560, classes and values of DPV.

use serde::Serialize;
use serde_json::Value;

/// A consent receipt.
#[derive(Debug, Clone, Serialize)]
pub struct Receipt<'a> {
    /// The JSON-LD context.
    #[serde(rename = "@context")]
    pub context: &'static Value,
    /// Names it in the graph.
    #[serde(rename = "@id")]
    pub iri: String,
    /// Its class in DPV or schema.org.
    #[serde(rename = "@type")]
    pub kind: &'static str,
    /// [`super::RECEIPT`].
    pub schema_version: &'static str,
    /// A UUID made from the record's leaf: the same whenever the receipt is issued again.
    pub receipt_id: String,
    /// When it was issued.
    pub receipt_time: String,
    /// The record.
    pub record: Record<'a>,
}

/// A consent record.
#[derive(Debug, Clone, Serialize)]
pub struct Record<'a> {
    /// Names it in the graph.
    #[serde(rename = "@id")]
    pub iri: String,
    /// Its class in DPV or schema.org.
    #[serde(rename = "@type")]
    pub kind: &'static str,
    /// About the record itself.
    pub header: Header<'a>,
    /// About what happens to data.
    pub pii_processing: Processing<'a>,
    /// About who is involved.
    pub party_identification: Vec<PartyOf<'a>>,
    /// About what the visitor did: one event for each state a purpose is in now.
    pub event: Vec<Event<'a>>,
    /// Where the log has it.
    pub provenance: Provenance<'a>,
}

/// About the record itself.
#[derive(Debug, Clone, Serialize)]
pub struct Header<'a> {
    /// [`super::RECORD`].
    pub schema_version: &'static str,
    /// The record, or its leaf in the log where the record's identifier was erased.
    pub record_id: String,
    /// The visitor on this site, or `redacted`.
    pub pii_principal_id: &'a str,
    /// The record this one supersedes.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub previous_record_id: &'a str,
}

/// About what happens to data.
#[derive(Debug, Clone, Serialize)]
pub struct Processing<'a> {
    /// The notice as shown, then the privacy notice it links to.
    pub privacy_notice: [Notice<'a>; 2],
    /// The language of the texts shown.
    pub language: &'a str,
    /// By their identifiers in the section of parties.
    pub pii_controllers: [&'a str; 1],
    /// Where the visitor was.
    pub jurisdiction: String,
    /// How consent is withdrawn.
    pub withdrawal_method: Control<'a>,
    /// How other rights are exercised.
    pub privacy_rights: Control<'a>,
    /// What consent was asked for.
    pub purposes: Vec<PurposeOf<'a>>,
}

/// A notice.
#[derive(Debug, Clone, Serialize)]
pub struct Notice<'a> {
    /// Names it in the graph.
    #[serde(rename = "@id")]
    pub iri: &'a str,
    /// Its class in DPV or schema.org.
    #[serde(rename = "@type")]
    pub kind: &'static str,
    /// The language of its words.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub language: &'a str,
}

/// Something a visitor can do, and where.
#[derive(Debug, Clone, Serialize)]
pub struct Control<'a> {
    /// Its class in DPV or schema.org.
    #[serde(rename = "@type")]
    pub kind: &'static str,
    /// A page.
    pub exercised_at: &'a str,
}

/// One purpose: a service, or a category without services.
#[derive(Debug, Clone, Serialize)]
pub struct PurposeOf<'a> {
    /// Names it in the graph.
    #[serde(rename = "@id")]
    pub iri: String,
    /// Its class in DPV or schema.org.
    #[serde(rename = "@type")]
    pub kind: &'static str,
    /// What it is for.
    pub purpose: Description<'a>,
    /// The state of consent for it.
    pub consent_state: &'static str,
    /// Consent, unless the law's default lets it run without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lawful_basis: Option<&'static str>,
    /// What is learnt.
    pub pii_information: Vec<Pii>,
    /// Where it is kept.
    pub storage_locations: Vec<StorageLocation>,
    /// For how long.
    pub retention_period: StorageDuration,
    /// The service.
    pub service: Named<'a>,
    /// Who receives the data; the controller itself when nobody else does.
    pub recipient_third_parties: [&'a str; 1],
}

/// What a purpose is.
#[derive(Debug, Clone, Serialize)]
pub struct Description<'a> {
    /// Its class in DPV or schema.org.
    #[serde(rename = "@type")]
    pub kind: &'static str,
    /// In the visitor's language.
    pub description: &'a str,
    /// In DPV.
    pub purpose_type: Vec<&'static str>,
}

/// A kind of data.
#[derive(Debug, Clone, Serialize)]
pub struct Pii {
    /// Its class in DPV or schema.org.
    #[serde(rename = "@type")]
    pub kind: &'static str,
    /// In DPV.
    pub pii_type: &'static str,
}

/// A place where data is kept.
#[derive(Debug, Clone, Serialize)]
pub struct StorageLocation {
    /// Its class in DPV or schema.org.
    #[serde(rename = "@type")]
    pub kind: &'static str,
    /// In DPV, or `not stated`.
    pub location: String,
}

/// For how long data is kept.
#[derive(Debug, Clone, Serialize)]
pub struct StorageDuration {
    /// Its class in DPV or schema.org.
    #[serde(rename = "@type")]
    pub kind: &'static str,
    /// An ISO 8601 duration, an event, or `not stated`.
    pub duration: Duration,
}

/// A span of time.
#[derive(Debug, Clone, Serialize)]
pub struct Duration {
    /// Its class in DPV or schema.org.
    #[serde(rename = "@type")]
    pub kind: &'static str,
    /// In the form the type asks for.
    pub value: String,
}

/// Something with a name.
#[derive(Debug, Clone, Serialize)]
pub struct Named<'a> {
    /// Its class in DPV or schema.org.
    #[serde(rename = "@type")]
    pub kind: &'static str,
    /// Its name.
    pub name: &'a str,
}

/// Who is involved.
#[derive(Debug, Clone, Serialize)]
pub struct PartyOf<'a> {
    /// Names it in the graph.
    #[serde(rename = "@id")]
    pub iri: &'a str,
    /// Names it within this site's receipts.
    pub party_id: &'a str,
    /// Legal name.
    pub party_name: &'a str,
    /// Controller or third party.
    pub party_role: &'static str,
    /// Organisation or recipient.
    pub party_type: &'static str,
    /// Postal address, or `not stated`.
    pub party_address: AddressOf<'a>,
    /// Where to write.
    pub party_contact: Contact<'a>,
    /// Mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party_email: Option<&'a str>,
    /// Telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party_phone: Option<&'a str>,
    /// Its site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party_url: Option<&'a str>,
}

/// A postal address.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum AddressOf<'a> {
    /// In its parts.
    Stated(PostalAddress<'a>),
    /// The policy does not say.
    NotStated(&'static str),
}

/// The parts of a postal address.
#[derive(Debug, Clone, Serialize)]
pub struct PostalAddress<'a> {
    /// Its class in DPV or schema.org.
    #[serde(rename = "@type")]
    pub kind: &'static str,
    /// Street and number.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub street_address: &'a str,
    /// Town or city.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub locality: &'a str,
    /// State, province or county.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub region: &'a str,
    /// Postal code.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub postal_code: &'a str,
    /// Country, ISO 3166-1 alpha-2.
    pub country: &'a str,
}

/// Where to write.
#[derive(Debug, Clone, Serialize)]
pub struct Contact<'a> {
    /// Its class in DPV or schema.org.
    #[serde(rename = "@type")]
    pub kind: &'static str,
    /// Who answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_name: Option<&'a str>,
    /// A mail address or a web address.
    pub contact: &'a str,
}

/// What the visitor did, for purposes that came into the same state by it.
#[derive(Debug, Clone, Serialize)]
pub struct Event<'a> {
    /// In DPV: given, renewed, refused, withdrawn.
    pub event_state: &'static str,
    /// In DPV: how it was said.
    pub event_type: &'static str,
    /// When the edge received it.
    pub event_time: &'a str,
    /// Until when it holds.
    pub validity_duration: Duration,
    /// Who: the visitor.
    pub entity_id: &'a str,
    /// The action and where it was taken.
    pub indication_method: String,
    /// The purposes it is about.
    pub concerns: Vec<String>,
}

/// Where the log has the record, and what else it says.
#[derive(Debug, Clone, Serialize)]
pub struct Provenance<'a> {
    /// The part of the log.
    pub log: u8,
    /// The position in it.
    pub index: u64,
    /// SHA-256 of the leaf (RFC 6962 §2.1).
    pub leaf_hash: &'a str,
    /// Why the visitor's part is missing: `erasure`, `withheld`; empty when it is there.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub redacted: &'a str,
    /// `edge` or `operator`.
    pub attested_by: &'a str,
    /// `opt_in`, `opt_out`, `notice`.
    pub model: &'a str,
    /// The policy version.
    pub policy_version: u32,
    /// The position, in part 0, of the entry that says it was published.
    pub policy_entry: u64,
    /// SHA-256 of that policy.
    pub policy_hash: &'a str,
    /// `Sec-GPC` of the request.
    pub gpc_header: &'a str,
    /// `navigator.globalPrivacyControl`.
    pub gpc_dom: &'a str,
    /// `DNT` of the request.
    pub dnt_header: &'a str,
    /// `navigator.doNotTrack`.
    pub dnt_dom: &'a str,
    /// Chosen against a signal after being told of it.
    pub overridden: bool,
}
