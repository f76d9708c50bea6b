//! Drafts at the edge: everything the gate can produce becomes a record, and each kind of nonsense is refused by name.

#![allow(clippy::unwrap_used, reason = "helpers of tests may stop at the first surprise")]

mod strategies;

use consentry_core::choice::Flags;
use consentry_core::policy::SignalEffect;
use consentry_core::record::{Arrival, commitment};
use consentry_core::*;
use proptest::prelude::*;
use strategies::gate::*;
use strategies::*;

fn grant(draft: &mut Draft, grants: [bool; 4]) {
    *draft = Draft { categories: granting(grants).categories, denied_services: vec![], ..draft.clone() };
}

fn refused(header: Signals, edit: impl FnOnce(&mut Draft)) -> Option<DraftError> {
    let mut draft = saved();
    edit(&mut draft);
    draft.accept(&arrival(&policy_of(SignalEffect::NonRequired), header)).err()
}

#[test]
fn draft_accepted_becomes_a_record_with_what_only_the_edge_knows() {
    let policy = policy_of(SignalEffect::NonRequired);
    let salt = [8; 32];
    let attested_by = AttestedBy::Operator;
    let arrival = Arrival { salt, attested_by, ..arrival(&policy, QUIET) };
    let Record { personal, evidence } = saved().accept(&arrival).unwrap();
    assert_eq!((personal.salt, personal.id), (salt, RecordId::new(NOW, [5; 10])));
    assert_eq!((personal.subject, personal.previous), (SubjectId::new([6; 16]), None));
    assert_eq!(evidence.commitment, commitment(&serialize_personal(&personal)));
    assert_eq!(evidence.site.as_str(), "shop");
    assert_eq!((evidence.server_time, evidence.late), (NOW, false));
    assert_eq!(
        evidence.valid_until,
        NOW.plus_days(366),
        "the policy's 180 days, raised to California's twelve months"
    );
    assert_eq!((evidence.model, evidence.attested_by), (Model::OptOut, attested_by), "California's");
    let named = (evidence.policy_version, evidence.policy_entry, &evidence.policy_hash);
    assert_eq!(named, PUBLISHED);
    assert_eq!(evidence.signals, SignalEvidence::default());
    assert_eq!(Record { personal, evidence }.client_time(), NOW);
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
    let aged = |age: u64| Draft { id: RecordId::new(UnixMillis(NOW.0 - age), [5; 10]), ..saved() };
    let policy = policy_of(SignalEffect::NonRequired);
    let late = |draft: Draft, header| draft.accept(&arrival(&policy, header)).map(|it| it.evidence.late);
    let ignored = Err(DraftError::SignalIgnored);
    assert_eq!(late(aged(600_000), GPC_ON), ignored, "ten minutes");
    assert_eq!(late(aged(600_000), QUIET), Ok(false));
    assert_eq!(late(aged(600_001), GPC_ON), Ok(true));
    assert_eq!(late(Draft { dom: GPC_ON, ..aged(600_001) }, QUIET), ignored, "the page spoke in time");
    assert_eq!(late(Draft { signal_seen: true, ..aged(600_001) }, QUIET), ignored);
    let told = Draft { overridden: true, ..aged(600_001) };
    assert_eq!(late(told, GPC_ON), ignored, "told of a signal that was not there yet");
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn draft_of_anything_the_gate_stores_is_accepted(sent in sent()) {
        prop_assert_eq!(parse_choice(&serialize_choice(&sent.choice)), Some(sent.choice));
        let record = sent.accepted();
        prop_assert!(record.is_ok(), "{:?}", record);
        let Record { personal, evidence } = record.unwrap();
        prop_assert_eq!(evidence.overridden, sent.choice.flags.has(Flags::OVERRIDE));
        prop_assert_eq!(evidence.signal_seen, sent.choice.flags.seen().any());
        prop_assert_eq!((personal.id, personal.previous), (sent.choice.record, sent.choice.previous));
        prop_assert_eq!((personal.subject, personal.salt), (sent.choice.subject, sent.salt));
        prop_assert_eq!(evidence.commitment, personal.commitment());
    }

    #[test]
    fn draft_that_waited_is_accepted_whatever_the_header_of_its_delivery_says(
        sent in sent(), header in signals(),
    ) {
        let waited = sent.accepted().unwrap();
        prop_assume!(waited.evidence.late);
        let record = Sent { header, ..sent }.accepted().unwrap();
        prop_assert_eq!(record.evidence.signals.header, header, "kept all the same");
        let signals = SignalEvidence { header: waited.evidence.signals.header, ..record.evidence.signals };
        prop_assert_eq!(Evidence { signals, ..record.evidence }, waited.evidence);
    }
}
