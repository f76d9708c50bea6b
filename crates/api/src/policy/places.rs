//! Checks of the places a policy names: that they exist. A model for a place that does not exist is a model for nobody, and
//! whoever was meant gets another one.

use consentry_core::Jurisdiction;

use super::check::Problems;
use super::file::{Address, PolicyFile};

/// The countries of ISO 3166-1 alpha-2, and `XK`, as networks call Kosovo. Checks alone look at it: what is reported of
/// a visitor's place is taken as it is, so that a country that is new to this list loses nothing but a model of its own.
const COUNTRIES: &str = "\
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR \
GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP \
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT \
MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW \
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG \
UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

/// The fifty states, the District of Columbia, and the territories.
const STATES: &str = "\
AK AL AR AS AZ CA CO CT DC DE FL GA GU HI IA ID IL IN KS KY LA MA MD ME MI MN MO MP MS MT NC ND NE NH NJ NM NV NY OH \
OK OR PA PR RI SC SD TN TX UM UT VA VI VT WA WI WV WY";

/// What countries are called elsewhere, and here.
const ALIASES: [(&str, &str); 2] = [("UK", "GB"), ("EL", "GR")];

/// Reports every place that is written like one and is none.
pub(super) fn check_places(file: &PolicyFile, problems: &mut Problems) {
    for place in file.models.places.keys() {
        check_place(format!("models.places.{place}"), place, problems, instead_of_model(place));
    }
    check_country("controller", file.controller.address.as_ref(), problems);
    for (at, service) in file.services.iter().enumerate() {
        check_country(&format!("services[{at}]"), service.address.as_ref(), problems);
        // Data may well be kept somewhere in the European Union, though nobody visits from there without a country.
        for (nth, place) in service.stored_in.iter().enumerate().filter(|(_, place)| *place != "EU") {
            let allowed = instead(place).unwrap_or_else(|| "a country (IE), a region (US-CA), or EU".into());
            check_place(format!("services[{at}].stored_in[{nth}]"), place, problems, allowed);
        }
    }
}

/// What to write where a model was given to something that is no place.
pub(super) fn instead_of_model(place: &str) -> String {
    let country = place.split('-').next().unwrap_or_default();
    if ["EU", "EEA"].iter().any(|union| union.eq_ignore_ascii_case(country)) {
        return "its countries one by one (DE, FR, …), as visitors come from these; or none of them and no models.default: \
                the law's own table asks for opt_in in all of them already"
            .into();
    }
    instead(place).unwrap_or_else(|| "a country (DE), a region (US-CA), or unknown".into())
}

fn check_country(path: &str, address: Option<&Address>, problems: &mut Problems) {
    let Some(Address { country, .. }) = address else { return };
    let allowed = instead(country).unwrap_or_else(|| "two letters of ISO 3166-1, such as \"DE\"".into());
    check_place(format!("{path}.address.country"), country, problems, allowed);
}

fn check_place(path: String, place: &str, problems: &mut Problems, allowed: String) {
    // What is not even written like a place is reported where it is read.
    if Jurisdiction::parse(place).is_some() && !exists(place) {
        problems.add(path, format!("there is no place \"{place}\""), allowed);
    }
}

fn exists(place: &str) -> bool {
    let is_in = |all: &str, code: &str| all.split(' ').any(|known| known == code);
    match place.split_once('-') {
        Some(("US", state)) => is_in(STATES, state),
        Some((country, _)) => is_in(COUNTRIES, country),
        None => place == "unknown" || is_in(COUNTRIES, place),
    }
}

/// The place that was probably meant.
fn instead(place: &str) -> Option<String> {
    let written = place.to_ascii_uppercase();
    let (country, rest) = written.split_at_checked(2)?;
    let country = ALIASES.iter().find(|(alias, _)| *alias == country).map_or(country, |(_, right)| right);
    let right = format!("{country}{rest}");
    if right != place && exists(&right) {
        return Some(format!("write {right}"));
    }
    let in_the_us = country == "US" && rest.starts_with('-');
    in_the_us.then(|| "one of the fifty states (US-CA), US-DC, or a territory (US-PR)".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use consentry_core::law::TABLE;
    use consentry_core::{Model, jurisdiction};

    fn file(more: serde_json::Value) -> PolicyFile {
        let mut file = serde_json::json!({
            "site": "shop", "origins": ["https://shop.example"], "languages": ["en"],
            "controller": { "name": "Shop Ltd", "contact": "a@shop.example", "privacy_url": "https://shop.example/p" },
        });
        file.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(file).unwrap()
    }

    /// What is said of a model for this place.
    fn told(place: &str) -> Vec<(String, String)> {
        let file = file(serde_json::json!({ "models": { "places": { place: "opt_in" } } }));
        let problems = super::super::check(file).err().unwrap_or_default();
        assert!(problems.iter().all(|wrong| wrong.path == format!("models.places.{place}")), "{problems:?}");
        problems.into_iter().map(|wrong| (wrong.problem, wrong.allowed)).collect()
    }

    #[test]
    fn lists_are_complete_and_in_order() {
        for (all, count) in [(COUNTRIES, 250), (STATES, 57)] {
            let codes: Vec<&str> = all.split(' ').collect();
            assert_eq!(codes.len(), count);
            assert!(codes.is_sorted_by(|one, next| one < next), "{all}");
        }
        for law in TABLE {
            assert!(exists(law.place.trim_end_matches("-*")), "{} has a law", law.place);
        }
    }

    #[test]
    fn model_of_a_place_that_exists_is_taken() {
        for place in ["DE", "GB", "GB-ENG", "XK", "US", "US-CA", "US-DC", "US-PR", "CA-QC", "unknown"] {
            assert_eq!(told(place), [], "{place}");
        }
    }

    #[test]
    fn model_of_a_place_that_does_not_exist_is_refused_with_what_to_write() {
        for (place, allowed) in [
            ("UK", "write GB"),
            ("uk", "write GB"),
            ("UK-ENG", "write GB-ENG"),
            ("EL", "write GR"),
            ("de", "write DE"),
            ("us-ca", "write US-CA"),
            ("EU", "one by one"),
            ("EEA", "one by one"),
            ("ZZ", "a country (DE)"),
            ("AN", "a country (DE)"),
            ("T1", "a country (DE)"),
            ("US-XX", "one of the fifty states"),
            ("US-ON", "one of the fifty states"),
            ("é", "a country (DE)"),
        ] {
            let told = told(place);
            assert!(told.len() == 1 && told[0].1.contains(allowed), "{place}: {told:?}");
        }
    }

    #[test]
    fn law_asks_for_opt_in_where_the_help_says_so() {
        let members =
            "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO";
        for country in members.split(' ') {
            let place = jurisdiction::Jurisdiction::parse(country).unwrap();
            assert_eq!(place.rules().model, Model::OptIn, "{country}");
        }
    }

    #[test]
    fn address_and_place_of_data_are_held_to_the_same_list() {
        let service = serde_json::json!({
            "id": "ours", "name": "n", "category": "functional", "controller": "c", "description": { "en": "d" },
            "stored_in": ["EU", "IE", "UK", "US-XX"], "address": { "country": "EU" },
        });
        let mut file = file(serde_json::json!({ "services": [service] }));
        file.controller.address = Some(Address { country: "UK".into(), ..Address::default() });
        let problems = super::super::check(file).unwrap_err();
        let found: Vec<_> =
            problems.iter().map(|wrong| (wrong.path.as_str(), wrong.allowed.as_str())).collect();
        assert_eq!(
            found,
            [
                ("controller.address.country", "write GB"),
                ("services[0].address.country", "two letters of ISO 3166-1, such as \"DE\""),
                ("services[0].stored_in[2]", "write GB"),
                (
                    "services[0].stored_in[3]",
                    "one of the fifty states (US-CA), US-DC, or a territory (US-PR)"
                ),
            ]
        );
    }

    #[test]
    fn policy_published_before_places_were_looked_up_is_still_read() {
        let old = file(serde_json::json!({ "models": { "places": { "EU": "opt_in" } } }));
        let json = serde_json::to_string(&old).unwrap();
        assert!(super::super::check(old).is_err());
        assert!(super::super::parse_published(&json).is_ok());
    }
}
