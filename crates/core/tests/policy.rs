//! Policies that do not hold together: one of each kind, refused by name.

#![allow(clippy::unwrap_used, reason = "helpers of tests may stop at the first surprise")]

use consentry_core::policy::{MOST_SERVICES, Service, SignalEffect};
use consentry_core::*;

fn category(id: &str) -> CategoryId {
    CategoryId::parse(id).unwrap()
}

fn service(id: &str, of: &str) -> Service {
    Service { id: ServiceId::parse(id).unwrap(), category: category(of), purposes: vec![] }
}

fn place(text: &str) -> Jurisdiction {
    Jurisdiction::parse(text).unwrap()
}

fn sound() -> PolicyParts {
    PolicyParts {
        site: SiteId::parse("shop").unwrap(),
        categories: ["required", "functional", "advertising", "analytics"].map(category).into(),
        services: vec![service("session", "required"), service("ads", "advertising")],
        default_model: None,
        models: vec![(place("US"), Model::OptOut), (place("US-CA"), Model::OptIn)],
        signal_effect: SignalEffect::NonRequired,
        choice_days: 365,
        cooldown_days: 180,
    }
}

fn refusal(edit: impl FnOnce(&mut PolicyParts)) -> PolicyError {
    let mut parts = sound();
    edit(&mut parts);
    Policy::new(parts).unwrap_err()
}

fn accepted(edit: impl FnOnce(&mut PolicyParts)) -> Policy {
    let mut parts = sound();
    edit(&mut parts);
    Policy::new(parts).unwrap()
}

#[test]
fn policy_without_the_built_in_categories_in_order_is_refused() {
    let built_in = PolicyError::BuiltInMissing;
    assert_eq!(refusal(|parts| parts.categories.clear()), built_in);
    assert_eq!(refusal(|parts| parts.categories.truncate(2)), built_in);
    assert_eq!(refusal(|parts| parts.categories.swap(1, 2)), built_in);
    assert_eq!(refusal(|parts| parts.categories.insert(0, category("first"))), built_in);
}

#[test]
fn policy_with_more_than_eight_categories_is_refused() {
    let add = |parts: &mut PolicyParts, count| {
        parts.categories.extend((4..count).map(|at| category(&format!("own{at}"))));
    };
    assert_eq!(refusal(|parts| add(parts, 9)), PolicyError::TooManyCategories);
    assert_eq!(accepted(|parts| add(parts, 8)).all(), Grants(255));
}

#[test]
fn policy_with_a_category_twice_is_refused_with_its_position() {
    assert_eq!(refusal(|parts| parts.categories.push(category("analytics"))), PolicyError::CategoryTwice(4));
    assert_eq!(refusal(|parts| parts.categories.push(category("required"))), PolicyError::CategoryTwice(4));
}

#[test]
fn policy_with_more_services_than_the_cookie_has_bits_is_refused() {
    let fill = |parts: &mut PolicyParts, count| {
        parts.services = (0..count).map(|at| service(&format!("s{at}"), "functional")).collect();
    };
    assert_eq!(refusal(|parts| fill(parts, MOST_SERVICES + 1)), PolicyError::TooManyServices);
    assert_eq!(accepted(|parts| fill(parts, MOST_SERVICES)).parts().services.len(), 160);
}

#[test]
fn policy_with_a_service_twice_is_refused_with_its_position() {
    assert_eq!(
        refusal(|parts| parts.services.push(service("ads", "functional"))),
        PolicyError::ServiceTwice(2)
    );
}

#[test]
fn policy_with_a_service_of_an_unknown_category_is_refused_with_its_position() {
    let stray = service("map", "maps");
    assert_eq!(refusal(|parts| parts.services.insert(1, stray)), PolicyError::ServiceCategoryUnknown(1));
}

#[test]
fn policy_with_two_models_for_one_place_is_refused_with_its_position() {
    assert_eq!(refusal(|parts| parts.models.push((place("US"), Model::OptOut))), PolicyError::ModelTwice(2));
}

#[test]
fn policy_with_a_choice_that_outlives_its_cookie_or_never_lives_is_refused() {
    for days in [0, 401, u16::MAX] {
        assert_eq!(refusal(|parts| parts.choice_days = days), PolicyError::ChoiceDays, "{days}");
    }
    for days in [1, 400] {
        assert_eq!(accepted(|parts| parts.choice_days = days).parts().choice_days, days);
    }
}

#[test]
fn policy_with_a_cooldown_that_outlives_its_cookie_is_refused() {
    assert_eq!(refusal(|parts| parts.cooldown_days = 401), PolicyError::CooldownDays);
    for days in [0, 400] {
        assert_eq!(accepted(|parts| parts.cooldown_days = days).parts().cooldown_days, days);
    }
}

#[test]
fn model_of_a_place_is_that_of_region_then_country_then_policy_then_law() {
    let policy = accepted(|_| ());
    for (at, model) in [
        ("US-CA", Model::OptIn),
        ("US-WY", Model::OptOut),
        ("US", Model::OptOut),
        ("DE", Model::OptIn),
        ("CA-ON", Model::OptOut),
        ("unknown", Model::OptIn),
    ] {
        assert_eq!(policy.model(place(at)), model, "{at}");
    }
    let policy = accepted(|parts| parts.default_model = Some(Model::Notice));
    assert_eq!(policy.model(place("DE")), Model::Notice);
    assert_eq!(policy.model(place("US-WY")), Model::OptOut, "an entry for the country is nearer");
}

#[test]
fn signal_denies_everything_but_required_or_advertising_alone() {
    assert_eq!(accepted(|_| ()).denied_by_signal(), Grants(0b1110));
    let narrow = accepted(|parts| parts.signal_effect = SignalEffect::Advertising);
    assert_eq!(narrow.denied_by_signal(), Grants::ADVERTISING);
}

#[test]
fn regime_brings_the_policys_days_within_the_law_of_the_place() {
    for (at, choice, cooldown, held, left_in_peace) in [
        ("DE", 180, 180, 180, 184),
        ("DE", 400, 200, 393, 200),
        ("FR", 365, 90, 181, 184),
        ("IE", 400, 400, 181, 400),
        ("IT", 30, 30, 30, 184),
        ("IT", 180, 365, 180, 365),
        ("US-CA", 30, 0, 366, 366),
        ("US-CA", 400, 400, 400, 400),
        ("US", 180, 180, 366, 366),
        ("US-TX", 180, 180, 180, 180),
        ("unknown", 400, 0, 400, 0),
    ] {
        let policy = accepted(|parts| (parts.choice_days, parts.cooldown_days) = (choice, cooldown));
        let regime = policy.regime(place(at));
        assert_eq!(
            (regime.choice_days, regime.cooldown_days),
            (held, left_in_peace),
            "{at}: {choice}, {cooldown}"
        );
    }
}

#[test]
fn regime_of_a_place_has_the_policys_model_and_the_laws_days() {
    let policy = accepted(|parts| parts.choice_days = 30);
    let regime = policy.regime(place("US-CA"));
    assert_eq!(
        (regime.model, regime.choice_days),
        (Model::OptIn, 366),
        "stricter by policy, still twelve months"
    );
}

#[test]
fn cookie_outlives_whatever_still_counts() {
    let days = |at: &str, choice, cooldown| {
        let policy = accepted(|parts| {
            (parts.choice_days, parts.cooldown_days) = (choice, cooldown);
            parts.models.clear();
        });
        policy.regime(place(at)).cookie_days()
    };
    assert_eq!(days("DE", 30, 20), 184);
    assert_eq!(days("GB", 30, 20), 30);
    assert_eq!(days("GB", 30, 365), 365, "the refusal is known for as long as nobody may be asked");
    assert_eq!(days("US-TX", 30, 20), 400, "forgetting a refusal would be an agreement");
    assert_eq!(days("US-WY", 30, 20), 400);
}
