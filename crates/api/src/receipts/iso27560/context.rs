//! The JSON-LD context: which term of the W3C DPV guide each name of ISO/IEC TS 27560 stands for.
//!
//! Written into every receipt, so that one line of an export can be read without fetching anything.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use crate::receipts::NOT_STATED;

/// The context of every receipt.
pub static CONTEXT: LazyLock<Value> = LazyLock::new(|| {
    let mut context = Map::new();
    context.insert("@version".into(), json!(1.1));
    for (name, iri) in PREFIXES.iter().chain(KEYWORDS) {
        context.insert((*name).into(), json!(iri));
    }
    for (name, term, form) in TERMS {
        let definition = match form {
            Form::Plain => json!(term),
            Form::Set => json!({ "@id": term, "@container": "@set" }),
            Form::Iri => json!({ "@id": term, "@type": "@vocab" }),
            Form::Iris => json!({ "@id": term, "@type": "@vocab", "@container": "@set" }),
            Form::Time => json!({ "@id": term, "@type": "xsd:dateTime" }),
            Form::Json => json!({ "@id": term, "@type": "@json" }),
        };
        context.insert((*name).into(), definition);
    }
    context.into()
});

/// What a value is.
#[derive(Clone, Copy)]
enum Form {
    /// A text or a thing with fields.
    Plain,
    /// A list of things.
    Set,
    /// The name of a thing.
    Iri,
    /// A list of names.
    Iris,
    /// A time.
    Time,
    /// JSON that is not taken apart.
    Json,
}

const PREFIXES: &[(&str, &str)] = &[
    ("dpv", "https://w3id.org/dpv#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("schema", "https://schema.org/"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    // Where a name is wanted and nothing is known.
    (NOT_STATED, "urn:consentry:not-stated"),
    ("unknown", "urn:consentry:unknown"),
];

const KEYWORDS: &[(&str, &str)] = &[
    // The sections of the standard are no things of their own: what is in them belongs to the record.
    ("header", "@nest"),
    ("pii_processing", "@nest"),
    ("party_role", "@type"),
    ("party_type", "@type"),
    ("event_state", "@type"),
    ("event_type", "@type"),
];

const TERMS: &[(&str, &str, Form)] = &[
    ("schema_version", "dct:conformsTo", Form::Iri),
    ("receipt_id", "dpv:hasIdentifier", Form::Plain),
    ("receipt_time", "dct:created", Form::Time),
    ("record", "dpv:hasRecordOfActivity", Form::Plain),
    ("record_id", "dct:identifier", Form::Plain),
    ("pii_principal_id", "dpv:hasDataSubject", Form::Plain),
    ("previous_record_id", "dct:replaces", Form::Plain),
    ("privacy_notice", "dpv:hasNotice", Form::Set),
    ("language", "dct:language", Form::Plain),
    ("pii_controllers", "dpv:hasDataController", Form::Iris),
    ("jurisdiction", "dpv:hasJurisdiction", Form::Iri),
    ("withdrawal_method", "dpv:hasConsentControl", Form::Plain),
    ("privacy_rights", "dpv:hasRight", Form::Plain),
    ("exercised_at", "dpv:isExercisedAt", Form::Iri),
    ("purposes", "dpv:hasProcess", Form::Set),
    ("purpose", "dpv:hasPurpose", Form::Plain),
    ("purpose_type", "skos:broader", Form::Iris),
    ("description", "dct:description", Form::Plain),
    ("consent_state", "dpv:hasConsentStatus", Form::Iri),
    ("lawful_basis", "dpv:hasLegalBasis", Form::Iri),
    ("pii_information", "dpv:hasPersonalData", Form::Set),
    ("pii_type", "skos:broader", Form::Iri),
    ("storage_locations", "dpv:hasStorageCondition", Form::Set),
    ("location", "dpv:hasLocation", Form::Iri),
    ("retention_period", "dpv:hasStorageCondition", Form::Plain),
    ("duration", "dpv:hasDuration", Form::Plain),
    ("value", "rdf:value", Form::Plain),
    ("service", "dpv:hasService", Form::Plain),
    ("name", "dct:title", Form::Plain),
    ("recipient_third_parties", "dpv:hasRecipient", Form::Iris),
    ("party_identification", "dpv:hasEntity", Form::Set),
    ("party_id", "dpv:hasIdentifier", Form::Plain),
    ("party_name", "dpv:hasName", Form::Plain),
    ("party_address", "schema:address", Form::Plain),
    ("street_address", "schema:streetAddress", Form::Plain),
    ("locality", "schema:addressLocality", Form::Plain),
    ("region", "schema:addressRegion", Form::Plain),
    ("postal_code", "schema:postalCode", Form::Plain),
    ("country", "schema:addressCountry", Form::Plain),
    ("party_contact", "schema:contactPoint", Form::Plain),
    ("contact_name", "schema:name", Form::Plain),
    ("contact", "schema:description", Form::Plain),
    ("party_email", "schema:email", Form::Plain),
    ("party_phone", "schema:telephone", Form::Plain),
    ("party_url", "schema:url", Form::Iri),
    ("event", "dpv:hasConsentStatus", Form::Set),
    ("event_time", "dpv:isIndicatedAtTime", Form::Time),
    ("validity_duration", "dpv:hasDuration", Form::Plain),
    ("entity_id", "dpv:isIndicatedBy", Form::Plain),
    ("indication_method", "dpv:hasIndicationMethod", Form::Plain),
    ("concerns", "dpv:hasProcess", Form::Iris),
    ("provenance", "dct:provenance", Form::Json),
];
