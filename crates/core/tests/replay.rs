//! Records decided again from what the log kept: what was accepted holds, and every field that says otherwise is found out.
//!
//! What the rules leave free is marked so: nothing in the policy speaks against another value. The log itself does, since
//! every field is in the bytes that the leaf hashes.

#![allow(clippy::unwrap_used, reason = "helpers of tests may stop at the first surprise")]

mod strategies;

use consentry_core::policy::SignalEffect;
use consentry_core::record::{Arrival, FRESH};
use consentry_core::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use strategies::gate::*;
use strategies::*;

/// What becomes of a replay once a field was changed.
#[derive(Debug, Clone, Copy)]
enum Outcome {
    /// Still possible: the rules do not tell.
    Free,
    /// Found out, with the erasable part or without.
    Found(ReplayError),
    /// Found out only as long as the erasable part is there.
    FoundWithPersonal(ReplayError),
}
use Outcome::{Found, FoundWithPersonal, Free};

const fn refused(error: DraftError) -> Outcome {
    Found(ReplayError::Decision(error))
}

type Edit<T> = (&'static str, Outcome, fn(&mut T));

/// The fields of a struct, and whether each differs. Does not compile until it names them all.
macro_rules! fields {
    ($kind:ident: $($field:ident),+; $before:expr, $after:expr) => {{
        let (before, after): (&$kind, &$kind) = ($before, $after);
        let $kind { $($field: _),+ } = before;
        [$((stringify!($field), before.$field != after.$field)),+]
    }};
}

fn evidence_fields(before: &Evidence, after: &Evidence) -> [(&'static str, bool); 19] {
    fields!(
        Evidence: commitment, site, server_time, late, attested_by, action, source, categories, denied_services,
        signals, signal_seen, overridden, jurisdiction, model, policy_version, policy_entry, policy_hash, language,
        valid_until; before, after
    )
}

fn personal_fields(before: &Personal, after: &Personal) -> [(&'static str, bool); 4] {
    fields!(Personal: salt, id, subject, previous; before, after)
}

fn changed(fields: &[(&'static str, bool)]) -> Vec<&'static str> {
    fields.iter().filter(|(_, differs)| *differs).map(|(field, _)| *field).collect()
}

fn assert_outcome(record: &Record, policy: &Policy, (field, outcome, change): Edit<Evidence>) {
    let mut edited = record.evidence.clone();
    change(&mut edited);
    assert_eq!(changed(&evidence_fields(&record.evidence, &edited)), [field]);
    let bytes = serialize_evidence(&edited);
    assert_ne!(bytes, serialize_evidence(&record.evidence), "{field} is not in the leaf");
    assert_eq!(parse_evidence(&bytes).as_ref(), Ok(&edited), "{field}");
    let (alone, whole) = match outcome {
        Free => (Ok(()), Ok(())),
        Found(error) => (Err(error), Err(error)),
        FoundWithPersonal(error) => (Ok(()), Err(error)),
    };
    assert_eq!(edited.replay(policy, PUBLISHED, None), alone, "{field} of {edited:?}");
    assert_eq!(edited.replay(policy, PUBLISHED, Some(&record.personal)), whole, "{field} of {edited:?}");
}

/// What is found out of every record.
const EDITS: &[Edit<Evidence>] = &[
    ("commitment", FoundWithPersonal(ReplayError::Commitment), |it| it.commitment[31] ^= 1),
    ("site", Found(ReplayError::Site), |it| it.site = SiteId::parse("blog").unwrap()),
    ("server_time", Found(ReplayError::ValidUntil), |it| it.server_time.0 += 1),
    // Nobody but the log's operator could know.
    ("attested_by", Free, |it| {
        let edge = it.attested_by == AttestedBy::Edge;
        it.attested_by = if edge { AttestedBy::Operator } else { AttestedBy::Edge };
    }),
    ("action", refused(DraftError::SourceMismatch), |it| {
        it.action = if it.action == Action::Signal { Action::Save } else { Action::Signal };
    }),
    ("source", refused(DraftError::SourceMismatch), |it| {
        it.source = if it.action == Action::Signal { Source::Banner } else { Source::Gpc };
    }),
    ("categories", refused(DraftError::Categories), |it| _ = it.categories.pop()),
    ("categories", refused(DraftError::Categories), |it| it.categories.push((category("more"), false))),
    ("categories", refused(DraftError::Categories), |it| it.categories.swap(1, 2)),
    ("categories", refused(DraftError::RequiredDenied), |it| grant(it, 0, false)),
    ("denied_services", refused(DraftError::Services), |it| deny(it, "nobody")),
    ("overridden", refused(DraftError::SignalIgnored), |it| it.overridden = !it.overridden),
    ("model", Found(ReplayError::Model), |it| {
        it.model = if it.model == Model::OptIn { Model::OptOut } else { Model::OptIn };
    }),
    ("policy_version", Found(ReplayError::Policy), |it| it.policy_version += 1),
    ("policy_entry", Found(ReplayError::Policy), |it| it.policy_entry += 1),
    ("policy_hash", Found(ReplayError::Policy), |it| it.policy_hash[0] ^= 1),
    ("language", refused(DraftError::Language), |it| it.language = "english".into()),
    // Whether there were texts in it is for whoever has the publication's entry to see.
    ("language", Free, |it| it.language.push_str("-x1")),
    ("valid_until", Found(ReplayError::ValidUntil), |it| it.valid_until.0 += 1),
];

/// What is found out of a visitor who saved, having been told of the signal in their header. They could have saved anything.
const OF_AN_OVERRIDE: &[Edit<Evidence>] = &[
    ("late", refused(DraftError::SignalIgnored), |it| it.late = true),
    ("action", refused(DraftError::ActionMismatch), |it| it.action = Action::AcceptAll),
    ("action", refused(DraftError::ActionMismatch), |it| it.action = Action::RejectAll),
    ("action", refused(DraftError::ActionMismatch), |it| it.action = Action::Withdraw),
    ("source", refused(DraftError::SignalIgnored), |it| it.source = Source::Api),
    ("source", Free, |it| it.source = Source::Form),
    ("categories", Free, |it| grant(it, 1, false)),
    ("categories", Free, |it| grant(it, 2, true)),
    ("categories", refused(DraftError::Services), |it| grant(it, 3, false)),
    ("denied_services", Free, |it| it.denied_services.clear()),
    ("denied_services", Free, |it| deny(it, "service-1")),
    ("denied_services", refused(DraftError::Services), |it| deny(it, "service-0")),
    ("denied_services", refused(DraftError::Services), |it| deny(it, "service-2")),
    ("denied_services", refused(DraftError::Services), |it| deny(it, "service-3")),
    ("signals", refused(DraftError::SignalIgnored), |it| it.signals.header = QUIET),
    ("signals", Free, |it| it.signals.dom = GPC_ON),
    ("signal_seen", Free, |it| it.signal_seen = true),
    ("jurisdiction", Found(ReplayError::Model), |it| it.jurisdiction = place("DE")),
    ("jurisdiction", Found(ReplayError::Model), |it| it.jurisdiction = Jurisdiction::UNKNOWN),
    // Another state with the same model: choices hold as long as they please there, not for California's twelve months.
    ("jurisdiction", Found(ReplayError::ValidUntil), |it| it.jurisdiction = place("US-CO")),
    // Nobody knows which state: California's law, to be on the safe side.
    ("jurisdiction", Free, |it| it.jurisdiction = place("US")),
];

/// What is found out of a visitor without signals who agreed to everything.
const OF_AN_AGREEMENT: &[Edit<Evidence>] = &[
    ("late", FoundWithPersonal(ReplayError::Late), |it| it.late = true),
    ("action", refused(DraftError::ActionMismatch), |it| it.action = Action::RejectAll),
    ("action", Free, |it| it.action = Action::Save),
    ("source", Free, |it| it.source = Source::Api),
    ("categories", refused(DraftError::ActionMismatch), |it| grant(it, 3, false)),
    ("denied_services", refused(DraftError::ActionMismatch), |it| deny(it, "service-3")),
    ("signals", refused(DraftError::SignalIgnored), |it| it.signals.header = GPC_ON),
    ("signals", refused(DraftError::SignalIgnored), |it| it.signals.dom.dnt = Dnt::On),
    ("signals", Free, |it| it.signals.dom = Signals { gpc: Gpc::Off, dnt: Dnt::Allow }),
    ("signal_seen", refused(DraftError::SignalIgnored), |it| it.signal_seen = true),
];

/// What is found out of a visitor without signals who refused everything: no signal could say more.
const OF_A_REFUSAL: &[Edit<Evidence>] = &[
    ("late", FoundWithPersonal(ReplayError::Late), |it| it.late = true),
    ("action", refused(DraftError::ActionMismatch), |it| it.action = Action::AcceptAll),
    ("action", Free, |it| it.action = Action::Withdraw),
    ("categories", refused(DraftError::ActionMismatch), |it| grant(it, 1, true)),
    ("denied_services", refused(DraftError::Services), |it| deny(it, "service-1")),
    ("signals", Free, |it| it.signals.header = GPC_ON),
    ("signals", Free, |it| it.signals.dom = GPC_ON),
    ("signal_seen", Free, |it| it.signal_seen = true),
];

/// What is found out of a signal that spoke for itself, in the header and earlier.
const OF_A_SIGNAL: &[Edit<Evidence>] = &[
    ("late", FoundWithPersonal(ReplayError::Late), |it| it.late = true),
    ("action", refused(DraftError::SourceMismatch), |it| it.action = Action::RejectAll),
    ("source", refused(DraftError::SourceMismatch), |it| it.source = Source::Api),
    // Which of the two may have been heard earlier.
    ("source", Free, |it| it.source = Source::Dnt),
    ("categories", refused(DraftError::ActionMismatch), |it| grant(it, 1, true)),
    ("signals", Free, |it| it.signals.header = QUIET),
    ("signal_seen", Free, |it| it.signal_seen = false),
];

/// What is found out of an agreement that came late, with a signal in the header of its delivery.
const OF_A_LATE_AGREEMENT: &[Edit<Evidence>] = &[
    ("late", refused(DraftError::SignalIgnored), |it| it.late = false),
    ("signals", Free, |it| it.signals.header = QUIET),
    ("signals", Free, |it| it.signals.header = Signals { gpc: Gpc::On, dnt: Dnt::On }),
    ("signals", refused(DraftError::SignalIgnored), |it| it.signals.dom = GPC_ON),
    ("signal_seen", refused(DraftError::SignalIgnored), |it| it.signal_seen = true),
];

fn grant(evidence: &mut Evidence, at: usize, granted: bool) {
    evidence.categories.get_mut(at).unwrap().1 = granted;
}

fn deny(evidence: &mut Evidence, id: &str) {
    evidence.denied_services.push(ServiceId::parse(id).unwrap());
}

/// Records by what was done, the header they came with, and what is found out of them.
fn samples() -> [(Draft, Signals, &'static [Edit<Evidence>]); 5] {
    let agreement = Draft { action: Action::AcceptAll, ..granting([true; 4]) };
    let refusal = Draft { action: Action::RejectAll, ..granting([true, false, false, false]) };
    let signal = Draft { action: Action::Signal, source: Source::Gpc, signal_seen: true, ..refusal.clone() };
    let late = Draft { id: RecordId::new(UnixMillis(NOW.0 - FRESH - 1), [5; 10]), ..agreement.clone() };
    [
        (Draft { overridden: true, ..saved() }, GPC_ON, OF_AN_OVERRIDE),
        (agreement, QUIET, OF_AN_AGREEMENT),
        (refusal, QUIET, OF_A_REFUSAL),
        (signal, GPC_ON, OF_A_SIGNAL),
        (late, GPC_ON, OF_A_LATE_AGREEMENT),
    ]
}

#[test]
fn evidence_with_one_field_changed_replays_only_where_the_rules_leave_it_free() {
    let policy = policy_of(SignalEffect::NonRequired);
    for (draft, header, edits) in samples() {
        let record = draft.accept(&arrival(&policy, header)).unwrap();
        edits.iter().chain(EDITS).for_each(|edit| assert_outcome(&record, &policy, *edit));
    }
}

#[test]
fn evidence_has_no_field_that_these_tests_never_change() {
    let policy = policy_of(SignalEffect::NonRequired);
    let evidence = saved().accept(&arrival(&policy, QUIET)).unwrap().evidence;
    for (field, _) in evidence_fields(&evidence, &evidence) {
        let edits = samples().map(|(_, _, edits)| edits).concat();
        assert!(EDITS.iter().chain(&edits).any(|(edited, ..)| *edited == field), "{field}");
    }
}

const PERSONAL_EDITS: &[Edit<Personal>] = &[
    ("salt", Free, |it| it.salt[0] ^= 1),
    // Another identifier of the same moment.
    ("id", Free, |it| it.id = RecordId::new(it.id.client_time(), [9; 10])),
    ("id", Found(ReplayError::Late), |it| it.id = RecordId::new(UnixMillis(NOW.0 - FRESH - 1), [5; 10])),
    ("id", refused(DraftError::Clock), |it| it.id = RecordId::new(NOW.plus_days(2), [5; 10])),
    ("subject", Free, |it| it.subject = SubjectId::new([9; 16])),
    ("previous", Free, |it| it.previous = Some(it.id)),
];

/// [`PERSONAL_EDITS`] say what is found out once the commitment was changed too; until then it is the commitment.
#[test]
fn personal_part_changed_is_found_out_by_the_commitment_or_as_far_as_the_rules_speak_of_it() {
    let policy = policy_of(SignalEffect::NonRequired);
    let Record { personal, evidence } = saved().accept(&arrival(&policy, QUIET)).unwrap();
    for (field, outcome, change) in PERSONAL_EDITS {
        let mut edited = personal;
        change(&mut edited);
        assert_eq!(changed(&personal_fields(&personal, &edited)), [*field]);
        let replayed = evidence.replay(&policy, PUBLISHED, Some(&edited));
        assert_eq!(replayed, Err(ReplayError::Commitment), "{field}");
        let forged = Evidence { commitment: edited.commitment(), ..evidence.clone() };
        let expected = if let Found(error) = outcome { Err(*error) } else { Ok(()) };
        assert_eq!(forged.replay(&policy, PUBLISHED, Some(&edited)), expected, "{field}");
        assert_eq!(forged.replay(&policy, PUBLISHED, None), Ok(()), "{field}");
    }
    for (field, _) in personal_fields(&personal, &personal) {
        assert!(PERSONAL_EDITS.iter().any(|(edited, ..)| *edited == field), "{field}");
    }
}

#[test]
fn record_from_before_the_limits_of_its_place_still_replays_and_no_other_time_does() {
    let policy = policy_of(SignalEffect::NonRequired);
    let arrival = arrival(&policy, QUIET);
    let record = saved().accept(&arrival).unwrap();
    let held = |days: u16| {
        let evidence = Evidence { valid_until: NOW.plus_days(days), ..record.evidence.clone() };
        evidence.replay(&policy, PUBLISHED, Some(&record.personal))
    };
    assert_eq!(held(366), Ok(()), "California's twelve months");
    assert_eq!(held(180), Ok(()), "as the policy says and records said");
    for days in [0, 179, 181, 365, 367, 400] {
        assert_eq!(held(days), Err(ReplayError::ValidUntil), "{days}");
    }
}

/// What an edge that checks nothing would log.
fn unchecked(draft: &Draft, arrival: &Arrival) -> Record {
    let personal =
        Personal { salt: arrival.salt, id: draft.id, subject: draft.subject, previous: draft.previous };
    let waited = arrival.server_time.0.saturating_sub(draft.id.client_time().0);
    let evidence = Evidence {
        commitment: personal.commitment(),
        site: site(),
        server_time: arrival.server_time,
        late: waited > 600_000,
        attested_by: arrival.attested_by,
        action: draft.action,
        source: draft.source,
        categories: draft.categories.clone(),
        denied_services: draft.denied_services.clone(),
        signals: SignalEvidence { header: arrival.header, dom: draft.dom },
        signal_seen: draft.signal_seen,
        overridden: draft.overridden,
        jurisdiction: arrival.jurisdiction,
        model: arrival.policy.model(arrival.jurisdiction),
        policy_version: draft.policy_version,
        policy_entry: arrival.policy_entry,
        policy_hash: arrival.policy_hash,
        language: draft.language.clone(),
        valid_until: arrival.policy.valid_until(arrival.jurisdiction, arrival.server_time),
    };
    Record { personal, evidence }
}

/// Nonsense but for one in twenty, under the policies of [`policy_of`].
fn any_draft() -> impl Strategy<Value = Draft> {
    let acts = (select(Action::ALL), select(Source::ALL));
    let categories = prop_oneof![9 => Just(categories(4)), 1 => subsequence(categories(4), 3)];
    let grants = prop_oneof![any::<[bool; 4]>(), Just([true; 4]), Just([true, false, false, false])];
    let services = vec((0..5_usize).prop_map(|at| service(at, &category("required"), &[]).id), 0..2);
    let heard = (signals(), any::<bool>(), any::<bool>());
    let language = prop_oneof![9 => Just("en"), 1 => select(vec!["", "english"])];
    (record_id(), acts, categories, grants, services, heard, language).prop_map(
        |(id, (action, source), categories, grants, denied_services, heard, language)| Draft {
            id,
            action,
            source,
            categories: categories.into_iter().zip(grants).collect(),
            denied_services,
            dom: heard.0,
            overridden: heard.1,
            signal_seen: heard.2,
            language: language.into(),
            ..saved()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn record_accepted_replays_from_its_bytes_with_and_without_its_personal_part(sent in sent()) {
        let record = sent.accepted().unwrap();
        let evidence = parse_evidence(&serialize_evidence(&record.evidence)).unwrap();
        let personal = parse_personal(&serialize_personal(&record.personal)).unwrap();
        prop_assert_eq!(evidence.replay(&sent.policy, PUBLISHED, Some(&personal)), Ok(()));
        prop_assert_eq!(evidence.replay(&sent.policy, PUBLISHED, None), Ok(()));
    }

    #[test]
    fn record_accepted_with_one_field_changed_is_found_out(sent in sent(), at in any::<Index>()) {
        assert_outcome(&sent.accepted().unwrap(), &sent.policy, *at.get(EDITS));
    }

    #[test]
    fn record_moved_elsewhere_replays_only_under_the_same_model_and_lifetime(sent in sent(), to in jurisdiction()) {
        let Record { personal, evidence } = sent.accepted().unwrap();
        let same = sent.policy.model(to) == evidence.model;
        let holds = sent.policy.may_hold_days(to).map(|days| evidence.server_time.plus_days(days));
        let moved = Evidence { jurisdiction: to, ..evidence };
        let expected = match (same, holds.contains(&moved.valid_until)) {
            (false, _) => Err(ReplayError::Model),
            (true, false) => Err(ReplayError::ValidUntil),
            (true, true) => Ok(()),
        };
        prop_assert_eq!(moved.replay(&sent.policy, PUBLISHED, Some(&personal)), expected);
    }

    #[test]
    fn record_that_waited_replays_whatever_the_header_of_its_delivery_said(
        sent in sent(), header in signals(),
    ) {
        let Record { personal, evidence } = sent.accepted().unwrap();
        prop_assume!(evidence.late);
        let edited = Evidence { signals: SignalEvidence { header, ..evidence.signals }, ..evidence };
        prop_assert_eq!(edited.replay(&sent.policy, PUBLISHED, Some(&personal)), Ok(()));
    }

    #[test]
    fn record_said_late_or_not_against_its_identifier_is_found_out(sent in sent()) {
        let Record { personal, evidence } = sent.accepted().unwrap();
        let edited = Evidence { late: !evidence.late, ..evidence };
        let replayed = edited.replay(&sent.policy, PUBLISHED, Some(&personal));
        // Where its headers, heard or not heard now, contradict it, that is found out before.
        let ignored = ReplayError::Decision(DraftError::SignalIgnored);
        prop_assert!(replayed == Err(ReplayError::Late) || replayed == Err(ignored), "{:?}", replayed);
    }

    #[test]
    fn record_logged_unchecked_replays_exactly_if_it_would_have_been_accepted(
        draft in any_draft(), header in signals(),
        effect in select(vec![SignalEffect::NonRequired, SignalEffect::Advertising]),
    ) {
        let policy = policy_of(effect);
        let arrival = arrival(&policy, header);
        let logged = unchecked(&draft, &arrival);
        let replayed = logged.evidence.replay(&policy, PUBLISHED, Some(&logged.personal));
        match draft.accept(&arrival) {
            Ok(accepted) => {
                prop_assert_eq!(accepted, logged);
                prop_assert_eq!(replayed, Ok(()));
            }
            Err(error) => prop_assert_eq!(replayed, Err(ReplayError::Decision(error))),
        }
    }
}
