//! ISO/IEC TS 27560:2023 consent records inside consent receipts, as the W3C DPV community group's guide `consent-27560` has them.
//!
//! The names are those of the standard, as the guide quotes them (§7.2), in its four sections: header, processing, parties, event. The
//! context makes the very same JSON the graph of the guide (§8). Terms are written in full, so that nobody needs the context to tell a refusal from an agreement.
//!
//! Only purposes that ask for consent are in it.

mod context;
mod shape;

pub use context::CONTEXT;
pub use shape::*;

use consentry_core::UnixMillis;

use super::Recorded;
use super::state::{Expression, State};
use super::terms::{Party, Purpose, Retention, Terms};
use super::vocabulary::{Data, NOT_STATED, dpv};
use crate::digest::sha256;
use crate::export::ExportRow;
use crate::policy::Address;
use crate::time::serialize_time;

/// The profile of a record.
pub const RECORD: &str = "https://w3id.org/dpv/schema/dpv-27560#record";
/// The profile of a receipt that carries a copy of the record.
pub const RECEIPT: &str = "https://w3id.org/dpv/schema/dpv-27560#receipt-record";

/// The receipt of a record under its terms, issued now.
pub fn receipt<'a>(terms: &'a Terms, recorded: &'a Recorded<'a>, now: UnixMillis) -> Receipt<'a> {
    let receipt_id = receipt_id(recorded.row);
    let record_id = recorded.id();
    let record_iri =
        if record_id.contains(':') { record_id.clone() } else { format!("urn:uuid:{record_id}") };
    let decided: Vec<Decided<'_>> = terms
        .with_consent()
        .map(|purpose| Decided {
            purpose,
            iri: format!("{record_iri}#{}", purpose.id),
            state: recorded.state(purpose),
        })
        .collect();
    Receipt {
        context: &CONTEXT,
        iri: format!("urn:uuid:{receipt_id}"),
        kind: dpv!("ConsentReceipt"),
        schema_version: RECEIPT,
        receipt_id,
        receipt_time: serialize_time(now),
        record: Record {
            iri: record_iri,
            kind: dpv!("ConsentRecord"),
            header: Header {
                schema_version: RECORD,
                record_id,
                pii_principal_id: recorded.principal(),
                previous_record_id: &recorded.row.previous_record_id,
            },
            party_identification: terms
                .parties
                .iter()
                .enumerate()
                .filter(|(at, _)| *at == 0 || decided.iter().any(|decided| decided.purpose.recipient == *at))
                .map(|(at, party)| of_party(party, at == 0))
                .collect(),
            event: events(recorded, &decided),
            pii_processing: processing(terms, recorded, &decided),
            provenance: provenance(recorded),
        },
    }
}

/// A purpose as one record speaks of it.
struct Decided<'a> {
    purpose: &'a Purpose,
    /// Of this record: what it says of a purpose must not run into what another one says of the same.
    iri: String,
    state: (State, Expression),
}

/// A UUID of version 8 (RFC 9562 §5.8): SHA-256 over the profile and the leaf.
fn receipt_id(row: &ExportRow<'_>) -> String {
    let [bytes @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
        sha256(format!("{RECEIPT}\n{}", row.leaf_hash).as_bytes());
    let mut number = u128::from_be_bytes(bytes);
    number = number & !(0xf << 76) | 8 << 76;
    number = number & !(0b11 << 62) | 0b10 << 62;
    let hex = format!("{number:032x}");
    let mut text = String::with_capacity(36);
    for (at, digit) in hex.chars().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}

fn processing<'a>(terms: &'a Terms, recorded: &'a Recorded<'a>, decided: &[Decided<'a>]) -> Processing<'a> {
    let notice = |iri, kind, language| Notice { iri, kind, language };
    Processing {
        privacy_notice: [
            notice(&terms.notice_url, dpv!("ConsentNotice"), &terms.language),
            notice(&terms.privacy_url, dpv!("PrivacyNotice"), ""),
        ],
        language: &recorded.evidence.language,
        pii_controllers: [terms.parties.first().map_or(NOT_STATED, |party| &party.id)],
        jurisdiction: location(&recorded.row.jurisdiction),
        withdrawal_method: Control { kind: dpv!("WithdrawConsent"), exercised_at: &terms.preferences_url },
        privacy_rights: Control { kind: dpv!("DataSubjectRight"), exercised_at: &terms.rights_url },
        purposes: decided.iter().map(|decided| of_purpose(terms, decided)).collect(),
    }
}

fn of_purpose<'a>(terms: &'a Terms, decided: &Decided<'a>) -> PurposeOf<'a> {
    let Decided { purpose, state: (state, expression), .. } = decided;
    let mut purpose_type: Vec<&'static str> = Vec::new();
    for kind in &purpose.kinds {
        if !purpose_type.contains(&kind.iri) {
            purpose_type.push(kind.iri);
        }
    }
    let recipient = terms.recipient_of(purpose).map_or(NOT_STATED, |party| &party.id);
    // Where something is on by default and stays so, the law's default lets it run, not consent.
    let by_default = state.is_valid() && *expression == Expression::Implied;
    PurposeOf {
        iri: decided.iri.clone(),
        kind: dpv!("Process"),
        purpose: Description { kind: dpv!("Purpose"), description: &purpose.description, purpose_type },
        consent_state: state.iri(),
        lawful_basis: (!by_default).then_some(dpv!("Consent")),
        pii_information: pii(&purpose.data),
        storage_locations: storage_locations(purpose),
        retention_period: retention(purpose.retention),
        service: Named { kind: dpv!("Service"), name: &purpose.name },
        recipient_third_parties: [recipient],
    }
}

fn pii(data: &[&'static Data]) -> Vec<Pii> {
    if data.is_empty() {
        // Personal data of a kind the policy does not say.
        return vec![Pii { kind: dpv!("PersonalData"), pii_type: dpv!("PersonalData") }];
    }
    data.iter().map(|data| Pii { kind: data.class(), pii_type: data.iri }).collect()
}

fn storage_locations(purpose: &Purpose) -> Vec<StorageLocation> {
    let device = purpose.on_device.then(|| dpv!("WithinDevice").to_owned());
    let mut places: Vec<String> =
        device.into_iter().chain(purpose.stored_in.iter().map(|place| location(place))).collect();
    if places.is_empty() {
        places.push(NOT_STATED.into());
    }
    places.into_iter().map(|location| StorageLocation { kind: dpv!("StorageLocation"), location }).collect()
}

fn retention(retention: Retention) -> StorageDuration {
    let (kind, value) = match retention {
        Retention::Days(days) => (dpv!("TemporalDuration"), format!("P{days}D")),
        Retention::Session => (dpv!("UntilEventDuration"), "the browser closes".into()),
        Retention::Unknown => (dpv!("IndeterminateDuration"), NOT_STATED.into()),
    };
    StorageDuration { kind: dpv!("StorageDuration"), duration: Duration { kind, value } }
}

/// DPV's extension for locations has the codes of ISO 3166, regions included.
fn location(place: &str) -> String {
    match place {
        "unknown" => place.into(),
        code => format!("https://w3id.org/dpv/loc#{code}"),
    }
}

fn of_party(party: &Party, controller: bool) -> PartyOf<'_> {
    let (party_role, party_type) = if controller {
        (dpv!("DataController"), dpv!("Organisation"))
    } else {
        (dpv!("ThirdParty"), dpv!("Recipient"))
    };
    PartyOf {
        iri: &party.id,
        party_id: &party.id,
        party_name: &party.name,
        party_role,
        party_type,
        party_address: party.address.as_ref().map_or(AddressOf::NotStated(NOT_STATED), postal_address),
        party_contact: Contact {
            kind: "https://schema.org/ContactPoint",
            contact_name: party.person.as_deref(),
            contact: &party.contact,
        },
        party_email: party.email.as_deref(),
        party_phone: party.phone.as_deref(),
        party_url: party.url.as_deref(),
    }
}

fn postal_address(address: &Address) -> AddressOf<'_> {
    AddressOf::Stated(PostalAddress {
        kind: "https://schema.org/PostalAddress",
        street_address: &address.street,
        locality: &address.city,
        region: &address.region,
        postal_code: &address.postal_code,
        country: &address.country,
    })
}

fn events<'a>(recorded: &'a Recorded<'a>, decided: &[Decided<'a>]) -> Vec<Event<'a>> {
    let mut kinds: Vec<(State, Expression)> = decided.iter().map(|decided| decided.state).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let evidence = recorded.evidence;
    let event = |kind: (State, Expression)| Event {
        event_state: kind.0.iri(),
        event_type: kind.1.iri(),
        event_time: &recorded.row.server_time,
        validity_duration: Duration {
            kind: dpv!("UntilTimeDuration"),
            value: serialize_time(evidence.valid_until),
        },
        entity_id: recorded.principal(),
        indication_method: format!("{} ({})", evidence.action.as_str(), evidence.source.as_str()),
        concerns: decided
            .iter()
            .filter(|decided| decided.state == kind)
            .map(|decided| decided.iri.clone())
            .collect(),
    };
    kinds.into_iter().map(event).collect()
}

fn provenance<'a>(recorded: &'a Recorded<'a>) -> Provenance<'a> {
    let (row, evidence) = (recorded.row, recorded.evidence);
    Provenance {
        log: row.log,
        index: row.index,
        leaf_hash: &row.leaf_hash,
        redacted: &row.redacted,
        attested_by: &row.attested_by,
        model: &row.model,
        policy_version: evidence.policy_version,
        policy_entry: evidence.policy_entry,
        policy_hash: &row.policy_hash,
        gpc_header: &row.gpc_header,
        gpc_dom: &row.gpc_dom,
        dnt_header: &row.dnt_header,
        dnt_dom: &row.dnt_dom,
        overridden: evidence.overridden,
    }
}
