//! Strings known from elsewhere, a reader written by somebody else, and every section there and back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use consentry_gpp::{Consent, DecodeError, Mspa, Notice, Right, UsNat, Visitor, decode, encode, usnat};
use iab_gpp::sections::usnat::{Core, CoreV2};
use iab_gpp::sections::{Section, SectionId};
use iab_gpp::v1::GPPString;
use proptest::prelude::*;

fn visitor(advertising: bool, gpc: bool) -> UsNat {
    usnat(Visitor { advertising, gpc, noticed: true })
}

/// Worked out bit by bit from the tables of the specification.
const KNOWN: [(bool, bool, &str); 4] = [
    (false, false, "DBABLA~CVQVAAAAAACA.QA"),
    (true, false, "DBABLA~CVQqAAAAAACA.QA"),
    (false, true, "DBABLA~CVQVAAAAAACA.YA"),
    (true, true, "DBABLA~CVQqAAAAAACA.YA"),
];

#[test]
fn string_of_each_visitor_is_the_known_one() {
    for (advertising, gpc, text) in KNOWN {
        assert_eq!(encode(Some(&visitor(advertising, gpc))), text);
        assert_eq!(decode(text), Ok(Some(visitor(advertising, gpc))));
    }
    assert_eq!(encode(None), "DBAA");
    assert_eq!(decode("DBAA"), Ok(None));
}

#[test]
fn documentation_has_the_strings_that_are_written() {
    let page = include_str!("../../../docs/gpp.md");
    for (advertising, gpc, text) in KNOWN {
        let advertising = if advertising { "granted" } else { "denied" };
        let gpc = if gpc { "on" } else { "off" };
        assert!(page.contains(&format!("| {advertising} | {gpc} | `{text}` |")), "{text}");
    }
}

#[test]
fn visitor_nobody_told_is_said_to_have_been_told_nothing_and_to_have_chosen_nothing() {
    for advertising in [false, true] {
        let core = usnat(Visitor { advertising, gpc: false, noticed: false }).core();
        assert_eq!(
            [core.sharing_notice, core.sale_opt_out_notice, core.targeted_advertising_opt_out_notice],
            [2; 3]
        );
        assert_eq!([core.sale_opt_out, core.sharing_opt_out, core.targeted_advertising_opt_out], [0; 3]);
    }
}

#[test]
fn visitor_is_never_said_to_be_covered_by_an_agreement_nobody_here_signed() {
    for bits in 0..8 {
        let [advertising, gpc, noticed] = [1, 2, 4].map(|bit| bits & bit != 0);
        let core = usnat(Visitor { advertising, gpc, noticed }).core();
        assert_eq!(
            (core.mspa_covered_transaction, core.mspa_opt_out_option_mode, core.mspa_service_provider_mode),
            (2, 0, 0)
        );
    }
}

#[test]
fn string_that_is_not_ours_is_refused_for_its_reason() {
    for (text, error) in [
        ("", DecodeError::Header),
        ("nothing", DecodeError::Header),
        ("~CVQVAAAAAACA.QA", DecodeError::Header),
        // European TCF, and a header that promises more or less than there is.
        ("DBABMA~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA", DecodeError::Sections),
        ("DBABLA", DecodeError::Sections),
        ("DBAA~CVQVAAAAAACA.QA", DecodeError::Sections),
        // Broken off; without, or with another, sub-section; version 1; letters that are none.
        ("DBABLA~CVQVAAAAAA.QA", DecodeError::UsNat),
        ("DBABLA~CVQVAAAAAACA", DecodeError::UsNat),
        ("DBABLA~CVQVAAAAAACA.AA", DecodeError::UsNat),
        ("DBABLA~BVQVAAAAAACA.QA", DecodeError::UsNat),
        ("DBABLA~CVQVAAAAAAC+.QA", DecodeError::UsNat),
        ("DBABLA~CVQVAAAAAACA.QA~", DecodeError::UsNat),
        // Not told of the sale and opted out of it; covered by the agreement: 0, which is no answer.
        ("DBABLA~CRQVAAAAAACA.QA", DecodeError::UsNat),
        ("DBABLA~CVQVAAAAAAAA.QA", DecodeError::UsNat),
        // More after the end than padding.
        ("DBABLA~CVQVAAAAAACB.QA", DecodeError::UsNat),
        ("DBABLA~CVQVAAAAAACAAAAA.QA", DecodeError::UsNat),
    ] {
        assert_eq!(decode(text), Err(error), "{text}");
    }
}

fn notice() -> impl Strategy<Value = Notice> {
    prop::sample::select(vec![Notice::NotApplicable, Notice::Given, Notice::NotGiven])
}

fn right() -> impl Strategy<Value = Right> {
    prop::sample::select(vec![Right::NotApplicable, Right::NotNoticed, Right::OptedOut, Right::NotOptedOut])
}

fn consent() -> impl Strategy<Value = Consent> {
    prop::sample::select(vec![Consent::NotApplicable, Consent::NotGiven, Consent::Given])
}

prop_compose! {
    fn section()(
        notices in [notice(), notice(), notice()],
        rights in [right(), right(), right()],
        sensitive in prop::array::uniform16(consent()),
        children in prop::array::uniform3(consent()),
        personal_data in consent(),
        mspa in prop::sample::select(vec![Mspa::NotCovered, Mspa::OptOutOption, Mspa::ServiceProvider]),
        gpc in any::<bool>(),
    ) -> UsNat {
        let [sharing_notice, sensitive_opt_out_notice, sensitive_limit_notice] = notices;
        let [sale, sharing, targeted_advertising] = rights;
        UsNat {
            sharing_notice, sale, sharing, targeted_advertising, sensitive_opt_out_notice, sensitive_limit_notice,
            sensitive, children, personal_data, mspa, gpc,
        }
    }
}

/// What the other reader found, as the numbers its words stand for.
fn numbers(theirs: CoreV2) -> consentry_gpp::Core {
    let (sensitive, children) =
        (theirs.sensitive_data_processing, theirs.known_child_sensitive_data_consents);
    consentry_gpp::Core {
        version: 2,
        sharing_notice: theirs.sharing_notice as u8,
        sale_opt_out_notice: theirs.sale_opt_out_notice as u8,
        sharing_opt_out_notice: theirs.sharing_opt_out_notice as u8,
        targeted_advertising_opt_out_notice: theirs.targeted_advertising_opt_out_notice as u8,
        sensitive_data_processing_opt_out_notice: theirs.sensitive_data_processing_opt_out_notice as u8,
        sensitive_data_limit_use_notice: theirs.sensitive_data_limit_use_notice as u8,
        sale_opt_out: theirs.sale_opt_out as u8,
        sharing_opt_out: theirs.sharing_opt_out as u8,
        targeted_advertising_opt_out: theirs.targeted_advertising_opt_out as u8,
        sensitive_data_processing: [
            sensitive.racial_or_ethnic_origin,
            sensitive.religious_or_philosophical_beliefs,
            sensitive.health_data,
            sensitive.sex_life_or_sexual_orientation,
            sensitive.citizenship_or_immigration_status,
            sensitive.genetic_unique_identification,
            sensitive.biometric_unique_identification,
            sensitive.precise_geolocation_data,
            sensitive.identification_documents,
            sensitive.financial_account_data,
            sensitive.union_membership,
            sensitive.mail_email_or_text_messages,
            sensitive.general_health_data,
            sensitive.crime_victim_status,
            sensitive.national_origin,
            sensitive.transgender_or_nonbinary_status,
        ]
        .map(|consent| consent as u8),
        known_child_sensitive_data_consents: [
            children.process_sensitive_data_from_13_to_16,
            children.process_sensitive_data_under_13,
            children.process_personal_data_from_16_to_17,
        ]
        .map(|consent| consent as u8),
        personal_data_consents: theirs.personal_data_consent as u8,
        mspa_covered_transaction: if theirs.mspa_covered_transaction { 1 } else { 2 },
        mspa_opt_out_option_mode: theirs.mspa_opt_out_option_mode as u8,
        mspa_service_provider_mode: theirs.mspa_service_provider_mode as u8,
    }
}

proptest! {
    #[test]
    fn string_of_any_section_comes_back(section in section()) {
        prop_assert_eq!(decode(&encode(Some(&section))), Ok(Some(section)));
    }

    #[test]
    fn string_of_any_section_reads_the_same_elsewhere(section in section()) {
        let read: GPPString = encode(Some(&section)).parse().unwrap();
        let Section::UsNat(theirs) = read.decode_section(SectionId::UsNat).unwrap() else { panic!("another section") };
        prop_assert_eq!(theirs.gpc, Some(section.gpc));
        let Core::V2(theirs) = theirs.core else { panic!("another version") };
        prop_assert_eq!(numbers(theirs), section.core());
    }

    #[test]
    fn string_from_any_text_never_panics(text in ".{0,60}|DB[A-Za-z0-9_~.-]{0,60}") {
        let _ = decode(&text);
    }
}
