//! Drafts at the edge: everything the gate can produce becomes a record, and each kind of nonsense is refused by name.

#![allow(clippy::unwrap_used, reason = "helpers of tests may stop at the first surprise")]

mod strategies;

use consentry_core::choice::{Flags, ServiceSet};
use consentry_core::policy::SignalEffect;
use consentry_core::record::Arrival;
use consentry_core::*;
use proptest::prelude::*;
use proptest::sample::select;
use strategies::*;

const GPC_ON: Signals = Signals { gpc: Gpc::On, dnt: Dnt::Unset };
const QUIET: Signals = Signals { gpc: Gpc::Absent, dnt: Dnt::Unset };

fn policy_of(signal_effect: SignalEffect) -> Policy {
    let categories = categories(4);
    Policy::new(PolicyParts {
        site: SiteId::parse("shop").unwrap(),
        services: categories.iter().enumerate().map(|(at, of)| service(at, of, &[])).collect(),
        categories,
        default_model: None,
        models: vec![],
        signal_effect,
        choice_days: 180,
        cooldown_days: 180,
    })
    .unwrap()
}

fn arrival(policy: &Policy, header: Signals) -> Arrival<'_> {
    let jurisdiction = Jurisdiction::parse("US-CA").unwrap();
    Arrival { policy, policy_hash: [3; 32], server_time: NOW, header, jurisdiction }
}

/// A draft that every policy of [`policy_of`] accepts: functional and analytics granted, one service refused.
fn saved() -> Draft {
    let service = |at: usize| ServiceId::parse(&format!("service-{at}")).unwrap();
    Draft {
        id: RecordId::new(NOW, [5; 10]),
        subject: SubjectId::new([6; 16]),
        previous: None,
        action: Action::Save,
        source: Source::Preferences,
        categories: categories(4).into_iter().zip([true, true, false, true]).collect(),
        denied_services: vec![service(3)],
        dom: QUIET,
        overridden: false,
        signal_seen: false,
        policy_version: 9,
        language: "en".into(),
    }
}

fn grant(draft: &mut Draft, grants: [bool; 4]) {
    draft.categories = categories(4).into_iter().zip(grants).collect();
    draft.denied_services.clear();
}

fn refused(header: Signals, edit: impl FnOnce(&mut Draft)) -> Option<DraftError> {
    let mut draft = saved();
    edit(&mut draft);
    draft.accept(&arrival(&policy_of(SignalEffect::NonRequired), header)).err()
}

#[test]
fn draft_accepted_becomes_a_record_with_what_only_the_edge_knows() {
    let policy = policy_of(SignalEffect::NonRequired);
    let record = saved().accept(&arrival(&policy, QUIET)).unwrap();
    assert_eq!(record.site.as_str(), "shop");
    assert_eq!((record.server_time, record.client_time()), (NOW, NOW));
    assert_eq!(record.valid_until, NOW.plus_days(180));
    assert_eq!(record.model, Model::OptOut, "California's");
    assert_eq!((record.policy_version, record.policy_hash), (9, [3; 32]));
    assert_eq!(record.signals, SignalEvidence::default());
}

#[test]
fn draft_with_categories_other_than_the_policys_is_refused() {
    let error = Some(DraftError::Categories);
    assert_eq!(refused(QUIET, |draft| draft.categories.clear()), error);
    assert_eq!(refused(QUIET, |draft| draft.categories.swap(1, 2)), error);
    assert_eq!(refused(QUIET, |draft| draft.categories.push((category("maps"), false))), error);
    assert_eq!(refused(QUIET, |draft| draft.categories.push((category("analytics"), true))), error);
    assert_eq!(refused(QUIET, |draft| draft.categories.truncate(3)), error);
}

#[test]
fn draft_that_denies_required_is_refused() {
    let error = Some(DraftError::RequiredDenied);
    assert_eq!(refused(QUIET, |draft| grant(draft, [false, true, false, false])), error);
    assert_eq!(refused(QUIET, |draft| grant(draft, [false; 4])), error);
}

#[test]
fn draft_that_refuses_a_service_it_cannot_is_refused() {
    let refuse = |ids: &[&str]| {
        refused(QUIET, |draft| {
            draft.denied_services = ids.iter().map(|id| ServiceId::parse(id).unwrap()).collect();
        })
    };
    let error = Some(DraftError::Services);
    assert_eq!(refuse(&["nobody"]), error, "not in the policy");
    assert_eq!(refuse(&["service-1", "service-1"]), error, "twice");
    assert_eq!(refuse(&["service-2"]), error, "in a category that is denied anyway");
    assert_eq!(refuse(&["service-0"]), error, "required");
    assert_eq!(refuse(&["service-3", "service-1"]), None);
}

#[test]
fn draft_whose_action_contradicts_its_categories_is_refused() {
    let error = Some(DraftError::ActionMismatch);
    assert_eq!(refused(QUIET, |draft| draft.action = Action::AcceptAll), error);
    assert_eq!(refused(QUIET, |draft| draft.action = Action::RejectAll), error);
    assert_eq!(refused(QUIET, |draft| draft.action = Action::Withdraw), error);
    let but_one = |draft: &mut Draft| {
        draft.action = Action::AcceptAll;
        draft.categories.iter_mut().for_each(|(_, granted)| *granted = true);
    };
    assert_eq!(refused(QUIET, but_one), error, "accepted all but a service");
    let signal_that_grants = |draft: &mut Draft| {
        (draft.action, draft.source, draft.signal_seen) = (Action::Signal, Source::Gpc, true);
    };
    assert_eq!(refused(GPC_ON, signal_that_grants), error);
}

#[test]
fn draft_whose_source_cannot_have_acted_so_is_refused() {
    let error = Some(DraftError::SourceMismatch);
    assert_eq!(refused(GPC_ON, |draft| draft.source = Source::Gpc), error);
    assert_eq!(refused(GPC_ON, |draft| draft.source = Source::Dnt), error);
    assert_eq!(refused(GPC_ON, |draft| draft.action = Action::Signal), error);
}

#[test]
fn draft_that_grants_against_a_signal_is_refused_wherever_the_signal_was_heard() {
    let error = Some(DraftError::SignalIgnored);
    assert_eq!(refused(GPC_ON, |_| ()), error, "header");
    assert_eq!(refused(QUIET, |draft| draft.dom = GPC_ON), error, "page");
    assert_eq!(refused(QUIET, |draft| draft.signal_seen = true), error, "earlier");
    let told = |draft: &mut Draft| draft.overridden = true;
    assert_eq!(refused(GPC_ON, told), None, "the visitor was told and decided otherwise");
}

#[test]
fn draft_that_overrides_nothing_or_unasked_is_refused() {
    let error = Some(DraftError::SignalIgnored);
    assert_eq!(refused(QUIET, |draft| draft.overridden = true), error, "no signal");
    let by_code = |draft: &mut Draft| (draft.overridden, draft.source) = (true, Source::Api);
    assert_eq!(refused(GPC_ON, by_code), error, "the site's code cannot have told anybody");
    let refusal = |draft: &mut Draft| {
        draft.overridden = true;
        grant(draft, [true, false, false, false]);
    };
    assert_eq!(refused(GPC_ON, refusal), error, "a refusal is no override");
}

#[test]
fn draft_that_waited_is_not_judged_by_the_header_of_its_delivery() {
    let aged = |age: u64| move |draft: &mut Draft| draft.id = RecordId::new(UnixMillis(NOW.0 - age), [5; 10]);
    assert_eq!(refused(GPC_ON, aged(600_000)), Some(DraftError::SignalIgnored), "ten minutes");
    assert_eq!(refused(GPC_ON, aged(600_001)), None);
}

#[test]
fn draft_of_an_impossible_clock_is_refused() {
    let day = 86_400_000;
    let error = Some(DraftError::Clock);
    let at = |time: u64| refused(QUIET, |draft| draft.id = RecordId::new(UnixMillis(time), [5; 10]));
    assert_eq!(at(0), error);
    assert_eq!(at(1_577_836_799_999), error, "one millisecond before 2020");
    assert_eq!(at(NOW.0 + day + 1), error);
    assert_eq!(at((1 << 48) - 1), error);
    for time in [1_577_836_800_000, NOW.0 - 90 * day, NOW.0 + day] {
        assert_eq!(at(time), None, "{time}");
    }
}

#[test]
fn draft_in_a_language_that_is_no_tag_is_refused() {
    for tag in [
        "",
        "e",
        "e1",
        "english",
        "en_US",
        "en-",
        "-en",
        "--",
        "en--US",
        "é",
        "en US",
        "=1+1",
        "en-123456789",
    ] {
        assert_eq!(refused(QUIET, |draft| draft.language = tag.into()), Some(DraftError::Language), "{tag}");
    }
    let long = "zh-Hant-TW-x-private-use";
    assert_eq!(refused(QUIET, |draft| draft.language = long.into()), Some(DraftError::Language));
    for tag in ["en", "fil", "de-CH", "zh-Hant-TW", "es-419"] {
        assert_eq!(refused(QUIET, |draft| draft.language = tag.into()), None, "{tag}");
    }
}

/// What the gate stores when a visitor (or the site's code) decides, spelled from the rules a second time.
fn gate_decides(policy: &Policy, wanted: Grants, refused: &[usize], source: Source, flags: Flags) -> Choice {
    let denied = policy.denied_by_signal();
    let told = source != Source::Api;
    let signal = flags.seen().any();
    let granted = wanted.and(policy.all()).or(Grants::REQUIRED);
    let grants = if signal && !told { granted.without(denied) } else { granted };
    let denied_services: ServiceSet = refused
        .iter()
        .copied()
        .filter(|&at| {
            let service = policy.parts().services.get(at);
            let of = service.and_then(|service| policy.category_index(&service.category));
            of.is_some_and(|of| of > 0 && grants.has(of))
        })
        .collect();
    let overrides = signal && told && grants.and(denied) != Grants::NONE;
    let action = match grants {
        all if all == policy.all() && denied_services.is_empty() => Action::AcceptAll,
        Grants::REQUIRED => Action::RejectAll,
        _ => Action::Save,
    };
    Choice {
        fingerprint: policy.fingerprint(),
        grants,
        flags: Flags(flags.0 | Flags::EXPLICIT | if overrides { Flags::OVERRIDE } else { 0 }),
        action,
        source,
        denied_services,
        subject: SubjectId::new([1; 16]),
        record: RecordId::new(NOW, [2; 10]),
        previous: None,
    }
}

/// What the gate stores when a signal is first heard.
fn gate_notes(policy: &Policy, model: Model, flags: Flags) -> Choice {
    let heard = flags.seen();
    let situation = Situation { policy, model, choice: None, signals: heard, now: NOW };
    Choice {
        grants: decide(&situation).grants,
        flags,
        action: Action::Signal,
        source: if heard.gpc { Source::Gpc } else { Source::Dnt },
        ..gate_decides(policy, Grants::REQUIRED, &[], Source::Banner, flags)
    }
}

fn sent(policy: &Policy, choice: &Choice, dom: Signals, header: Signals) -> Result<Record, DraftError> {
    let parts = policy.parts();
    let services: Vec<ServiceId> = parts.services.iter().map(|service| service.id.clone()).collect();
    let draft = Draft::from_choice(choice, &parts.categories, &services, dom, 1, "en");
    draft.accept(&arrival(policy, header))
}

proptest! {
    #[test]
    fn draft_of_any_decision_the_gate_stores_is_accepted(
        policy in policy(), wanted in any::<u8>(), refused in proptest::collection::vec(0..160_usize, 0..6),
        source in select(vec![Source::Banner, Source::Preferences, Source::Form, Source::Api]),
        dom in signals(), header in signals(), earlier in in_force(),
    ) {
        let heard = SignalEvidence { header, dom }.in_force().or(earlier);
        let flags = Flags::default().noting(heard);
        let choice = gate_decides(&policy, Grants(wanted), &refused, source, flags);
        prop_assert_eq!(parse_choice(&serialize_choice(&choice)), Some(choice));
        let record = sent(&policy, &choice, dom, header);
        prop_assert!(record.is_ok(), "{:?}", record);
        let record = record.unwrap();
        prop_assert_eq!(record.overridden, choice.flags.has(Flags::OVERRIDE));
        prop_assert_eq!(parse_record(&serialize_record(&record)), Ok(record));
    }

    #[test]
    fn draft_of_any_noted_signal_is_accepted(
        policy in policy(), model in model(), dom in signals(), header in signals(),
    ) {
        let heard = SignalEvidence { header, dom }.in_force();
        prop_assume!(heard.any());
        let choice = gate_notes(&policy, model, Flags::default().noting(heard));
        prop_assert!(sent(&policy, &choice, dom, header).is_ok());
    }
}
