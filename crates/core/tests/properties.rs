//! What must hold for every policy, choice, signal and time: the invariants of decisions, of the cookie and of what is read from outside.

#![allow(clippy::unwrap_used, reason = "helpers of tests may stop at the first surprise")]

mod strategies;

use consentry_core::bytes::serialize_hex;
use consentry_core::choice::{Flags, LONGEST_VALUE, ServiceSet};
use consentry_core::decision::{Standing, service_granted};
use consentry_core::policy::SignalEffect;
use consentry_core::signal::{InForce, parse_dnt, parse_sec_gpc};
use consentry_core::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use strategies::*;

fn decided(policy: &Policy, model: Model, choice: Option<&Choice>, signals: InForce) -> Decision {
    decide(&Situation { policy, regime: regime(policy, model), choice, signals, now: NOW })
}

fn services(decision: &Decision, choice: Option<&Choice>, policy: &Policy) -> Vec<bool> {
    (0..policy.parts().services.len()).map(|at| service_granted(decision, choice, policy, at)).collect()
}

fn none_wider(after: &[bool], before: &[bool]) -> bool {
    after.iter().zip(before).all(|(after, before)| *before || !*after)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn signal_heard_now_never_widens(
        (policy, choice) in policy_and_choice(), model in model(), first in in_force(), second in in_force(),
    ) {
        let choice = choice.as_ref();
        let before = decided(&policy, model, choice, first);
        let after = decided(&policy, model, choice, first.or(second));
        prop_assert!(after.grants.within(before.grants));
        prop_assert!(none_wider(&services(&after, choice, &policy), &services(&before, choice, &policy)));
        prop_assert!(before.ask || !after.ask, "a signal is an answer");
    }

    #[test]
    fn signal_noted_in_the_choice_never_widens(
        (policy, choice) in policy_and_choice(), model in model(), noted in in_force(), heard in in_force(),
    ) {
        prop_assume!(choice.is_some());
        let choice = choice.unwrap();
        let noting = Choice { flags: choice.flags.noting(noted), ..choice };
        let before = decided(&policy, model, Some(&choice), heard);
        let after = decided(&policy, model, Some(&noting), heard);
        prop_assert!(after.grants.within(before.grants));
        // What was noted is remembered: hearing it or not makes no difference any more.
        prop_assert_eq!(decided(&policy, model, Some(&noting), heard.or(noted)), after);
    }

    #[test]
    fn signal_without_override_grants_nothing_it_denies(
        (policy, choice) in policy_and_choice(), model in model(), heard in in_force(),
    ) {
        let decision = decided(&policy, model, choice.as_ref(), heard);
        if decision.honoured {
            prop_assert_eq!(decision.grants.and(policy.denied_by_signal()), Grants::NONE);
            prop_assert!(!decision.ask);
        } else if heard.any() {
            prop_assert!(choice.is_some_and(|choice| choice.flags.has(Flags::OVERRIDE | Flags::EXPLICIT)));
        }
    }

    #[test]
    fn required_is_always_granted(
        (policy, choice) in policy_and_choice(), model in model(), heard in in_force(),
    ) {
        let decision = decided(&policy, model, choice.as_ref(), heard);
        prop_assert!(decision.grants.has(0));
        prop_assert_eq!(decision.outcomes.first().unwrap().reason, Reason::Required);
        for (service, granted) in policy.parts().services.iter().zip(services(&decision, choice.as_ref(), &policy)) {
            prop_assert!(granted || service.category != category("required"), "{}", service.id);
        }
    }

    #[test]
    fn decision_tells_one_reason_per_category_and_grants_none_beyond(
        (policy, choice) in policy_and_choice(), model in model(), heard in in_force(),
    ) {
        let decision = decided(&policy, model, choice.as_ref(), heard);
        prop_assert_eq!(decision.outcomes.len(), policy.parts().categories.len());
        prop_assert!(decision.grants.within(policy.all()));
        for (at, outcome) in decision.outcomes.iter().enumerate() {
            prop_assert_eq!(outcome.granted, decision.grants.has(at));
            let by_signal = matches!(outcome.reason, Reason::Gpc | Reason::Dnt);
            prop_assert!(!(by_signal && outcome.granted), "a signal grants nothing");
        }
    }

    #[test]
    fn outdated_choice_never_grants_what_it_refused(
        (policy, choice) in policy_and_choice(), model in model(), heard in in_force(), days in 0..2_000_u16,
    ) {
        prop_assume!(choice.is_some_and(|choice| choice.is_explicit()));
        let choice = choice.unwrap();
        let now = NOW.plus_days(days);
        let regime = regime(&policy, model);
        let decision = decide(&Situation { policy: &policy, regime, choice: Some(&choice), signals: heard, now });
        prop_assert!(decision.standing != Standing::None);
        prop_assert!(decision.grants.within(choice.grants));
        if choice.is_refusal() {
            prop_assert_eq!(decision.grants, Grants::REQUIRED);
        }
    }

    #[test]
    fn opt_in_grants_nothing_without_a_valid_choice(
        (policy, choice) in policy_and_choice(), heard in in_force(),
    ) {
        let decision = decided(&policy, Model::OptIn, choice.as_ref(), heard);
        prop_assert!(decision.standing == Standing::Valid || decision.grants == Grants::REQUIRED);
    }

    #[test]
    fn choice_serialized_and_parsed_comes_back_and_is_short(choice in choice()) {
        let value = serialize_choice(&choice);
        prop_assert!(value.len() <= LONGEST_VALUE && LONGEST_VALUE < 200, "{} bytes", value.len());
        prop_assert!(value.bytes().all(|byte| byte == b'.' || byte.is_ascii_digit() || byte.is_ascii_lowercase()));
        prop_assert_eq!(parse_choice(&value), Some(choice));
    }

    #[test]
    fn choice_from_any_text_is_none_or_its_only_spelling(text in "\\PC*|[0-9a-f.]{0,200}|1(\\.[0-9a-z]{0,40}){9}") {
        if let Some(choice) = parse_choice(&text) {
            prop_assert_eq!(serialize_choice(&choice), text);
        }
    }

    #[test]
    fn choice_from_a_damaged_cookie_is_none_or_its_only_spelling(
        choice in choice(), at in any::<Index>(), with in "[0-9a-zA-F.é ]{0,2}", taken in 0..3_usize,
    ) {
        let mut value = serialize_choice(&choice);
        let start = at.index(value.len() + 1);
        value.replace_range(start..(start + taken).min(value.len()), &with);
        if let Some(choice) = parse_choice(&value) {
            prop_assert_eq!(serialize_choice(&choice), value);
        }
    }

    #[test]
    fn parsers_take_any_text_without_panic(text in "\\PC*|[01, \t;xA-Z-]{0,12}") {
        let _ = (parse_sec_gpc(&text), parse_dnt(&text), Jurisdiction::new(Some(&text), Some(&text)));
        if let Some(place) = Jurisdiction::parse(&text) {
            prop_assert_eq!(place.to_string(), text.clone());
        }
        if let Some(id) = RecordId::parse(&text) {
            prop_assert!(id.to_string() == text || id.to_hex() == text);
        }
        prop_assert!(CategoryId::parse(&text).is_none_or(|id| id.as_str() == text));
        prop_assert!(AttestedBy::parse(&text).is_none_or(|word| word.as_str() == text));
        prop_assert!(SiteId::parse(&text).is_none_or(|id| id.as_str() == text));
    }

    #[test]
    fn service_set_holds_exactly_what_was_put_in(mut indexes in vec(0..200_usize, 0..40)) {
        let set: ServiceSet = indexes.iter().copied().collect();
        indexes.retain(|&index| index < 160);
        indexes.sort_unstable();
        indexes.dedup();
        prop_assert_eq!(set.is_empty(), indexes.is_empty());
        prop_assert_eq!(set.indexes().collect::<Vec<_>>(), indexes);
    }

    #[test]
    fn fingerprint_stays_when_nothing_material_changes(parts in policy_parts(), days in 1..=400_u16) {
        let mut edited = parts.clone();
        edited.site = SiteId::parse("another").unwrap();
        edited.signal_effect = SignalEffect::Advertising;
        (edited.choice_days, edited.cooldown_days) = (days, days);
        edited.models.reverse();
        edited.services.iter_mut().for_each(|service| service.purposes.reverse());
        prop_assert_eq!(fingerprint(parts), fingerprint(edited));
    }

    #[test]
    fn fingerprint_changes_with_anything_material(
        mut parts in policy_parts(), at in any::<Index>(), edit in select(EDITS),
    ) {
        // Room for every edit: a category to add and two services to work on.
        parts.categories.truncate(7);
        parts.services.truncate(20);
        parts.services.iter_mut().for_each(|service| {
            if service.category == category("maps") {
                service.category = category("functional");
            }
        });
        parts.services.push(service(900, &category("functional"), &["measure"]));
        parts.services.push(service(901, &category("advertising"), &["measure"]));
        let mut edited = parts.clone();
        edit(&mut edited, at);
        prop_assert_ne!(fingerprint(parts), fingerprint(edited));
    }
}

fn fingerprint(parts: PolicyParts) -> String {
    serialize_hex(&Policy::new(parts).unwrap().fingerprint().0)
}

type Edit = fn(&mut PolicyParts, Index);

/// Everything that changes what consent is given to.
const EDITS: &[Edit] = &[
    |parts, _| parts.categories.push(category("added")),
    |parts, at| {
        let service = at.get_mut(&mut parts.services);
        service.id = ServiceId::parse("renamed").unwrap();
    },
    |parts, at| {
        parts.services.remove(at.index(parts.services.len()));
    },
    |parts, at| {
        parts.services.insert(at.index(parts.services.len()), service(902, &category("required"), &[]))
    },
    |parts, _| {
        let last = parts.services.len() - 1;
        parts.services.swap(last, last - 1);
    },
    |parts, at| {
        let service = at.get_mut(&mut parts.services);
        service.category =
            category(if service.category == category("required") { "functional" } else { "required" });
    },
    |parts, at| at.get_mut(&mut parts.services).purposes.push("profile".into()),
    |parts, at| {
        at.get_mut(&mut parts.services).purposes.pop();
    },
    |parts, _| {
        parts.default_model =
            if parts.default_model == Some(Model::OptIn) { None } else { Some(Model::OptIn) };
    },
    |parts, _| parts.models.push((Jurisdiction::parse("DE").unwrap(), Model::Notice)),
];
