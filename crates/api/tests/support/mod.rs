//! Policies and records of every kind, for the tests of receipts.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::collections::BTreeMap;

use consentry_api::export::{ExportRow, ReadEntry, record_entry};
use consentry_api::object::StoredEntry;
use consentry_api::policy::{
    Address, CategoryEntry, ControllerEntry, CookieEntry, Effect, ModelWord, Models, PolicyFile, Published,
    ServiceEntry, SignalRules, Storage, check_published,
};
use consentry_api::receipts::{DATA, Earlier, PURPOSES, Profile, Recorded, Terms, receipt_json};
use consentry_core::bytes::serialize_hex;
use consentry_core::record::Arrival;
use consentry_core::{
    Action, AttestedBy, Dnt, Draft, Gpc, Jurisdiction, Record, RecordId, ServiceId, Signals, Source,
    SubjectId, UnixMillis,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

pub const NOW: UnixMillis = UnixMillis(1_763_800_000_123);
pub const BASE: &str = "https://shop.example/_c";

/// The smallest policy: no services, nothing that only receipts ask for.
pub fn minimal() -> PolicyFile {
    serde_json::from_value(serde_json::json!({
        "site": "shop",
        "origins": ["https://shop.example"],
        "languages": ["en"],
        "controller": {
            "name": "Shop GmbH", "contact": "https://shop.example/contact", "privacy_url": "https://shop.example/privacy"
        }
    }))
    .expect("the smallest policy reads")
}

/// Policies of all layouts: up to five categories of the site's own, services in any of them, and each optional field there
/// or not.
pub fn policy() -> impl Strategy<Value = Published> {
    let own = vec(words(), 0..=5);
    (own, controller(), models(), any::<bool>(), any::<bool>())
        .prop_flat_map(|(own, controller, models, narrow, german)| {
            let names: Vec<String> = ["required", "functional", "advertising"]
                .into_iter()
                .map(str::to_owned)
                .chain((0..own.len()).map(|at| format!("own_{at}")))
                .collect();
            let services = vec(service(names), 0..6);
            let fixed = (Just(own), Just(controller), Just(models), Just(narrow), Just(german));
            (fixed, services, words(), any::<bool>())
        })
        .prop_map(|((own, controller, models, narrow, german), services, data, of_functional)| {
            let mut file = minimal();
            file.controller = controller;
            file.models = models;
            file.signals = SignalRules {
                effect: if narrow { Effect::Advertising } else { Effect::NonRequired },
                ..SignalRules::default()
            };
            if german {
                file.languages.push("de".into());
            }
            let text = |text: &str| BTreeMap::from([("en".to_owned(), text.to_owned())]);
            file.categories = own
                .into_iter()
                .enumerate()
                .map(|(at, data)| CategoryEntry {
                    id: format!("own_{at}"),
                    name: text("Own"),
                    description: text("A category of the site's own."),
                    consent_types: Vec::new(),
                    data,
                })
                .collect();
            if of_functional {
                file.categories.push(CategoryEntry {
                    id: "functional".into(),
                    name: BTreeMap::new(),
                    description: BTreeMap::new(),
                    consent_types: Vec::new(),
                    data,
                });
            }
            file.services = services;
            for (at, service) in file.services.iter_mut().enumerate() {
                service.id = format!("service_{at}");
            }
            // Services without a name or a company are published no more, but may have been.
            check_published(file).expect("a policy of the generator is in order")
        })
}

fn words() -> impl Strategy<Value = Vec<String>> {
    subsequence(DATA, 0..=3).prop_map(|some| some.iter().map(|data| data.word.to_owned()).collect())
}

fn models() -> impl Strategy<Value = Models> {
    let model = || select(vec![ModelWord::OptIn, ModelWord::OptOut, ModelWord::Notice]);
    let places = btree_map(select(vec!["DE".to_owned(), "US-CA".into(), "unknown".into()]), model(), 0..3);
    (option::of(model()), places).prop_map(|(default, places)| Models { default, places })
}

fn address() -> impl Strategy<Value = Option<Address>> {
    let part = |text: &'static str| select(vec!["", text]).prop_map(str::to_owned);
    let parts = (part("1 Main St"), part("Town"), part("12345"), part("CA"), select(vec!["US", "DE"]));
    option::of(parts.prop_map(|(street, city, postal_code, region, country)| Address {
        street,
        city,
        postal_code,
        region,
        country: country.into(),
    }))
}

fn controller() -> impl Strategy<Value = ControllerEntry> {
    let may = |text: &'static str| select(vec!["", text]).prop_map(str::to_owned);
    let contact = select(vec!["privacy@shop.example", "https://shop.example/contact"]);
    let fields = (
        contact,
        may("Jane Roe"),
        may("post@shop.example"),
        may("+49 30 1234567"),
        may("https://shop.example/"),
        may("https://shop.example/rights"),
        address(),
    );
    fields.prop_map(|(contact, contact_person, email, phone, url, rights_url, address)| ControllerEntry {
        name: "Shop GmbH".into(),
        contact: contact.into(),
        privacy_url: "https://shop.example/privacy".into(),
        contact_person,
        email,
        phone,
        url,
        rights_url,
        address,
    })
}

fn service(categories: Vec<String>) -> impl Strategy<Value = ServiceEntry> {
    let purposes = prop_oneof![
        subsequence(PURPOSES, 0..=2)
            .prop_map(|some| some.iter().map(|(word, _)| (*word).to_owned()).collect()),
        Just(vec!["a_purpose_of_its_own".to_owned()]),
    ];
    let storage = select(vec![Storage::Cookie, Storage::LocalStorage, Storage::Cache, Storage::Pixel]);
    let cookies = vec((select(vec![0_u16, 30, 365]), storage), 0..3);
    let may = |text: &'static str| select(vec!["", text]).prop_map(str::to_owned);
    let fields = (
        select(categories),
        // The same company twice, the controller itself, and nobody.
        select(vec!["Shop GmbH", "One Inc.", "Two Ltd", ""]),
        purposes,
        cookies,
        words(),
        subsequence(vec!["IE".to_owned(), "US-CA".into(), "EU".into()], 0..=2),
        option::of(0_u16..800),
        (may("https://vendor.example/privacy"), may("dpo@vendor.example"), address()),
        may("Name"),
    );
    fields.prop_map(
        |(category, controller, purposes, cookies, data, stored_in, retention_days, company, name)| {
            let (privacy_url, contact, address) = company;
            ServiceEntry {
                id: String::new(),
                name,
                category,
                controller: controller.into(),
                description: BTreeMap::from([("en".to_owned(), "Does something.".to_owned())]),
                purposes,
                hosts: Vec::new(),
                privacy_url,
                opt_out_url: String::new(),
                cookies: cookies
                    .into_iter()
                    .map(|(retention_days, storage)| CookieEntry {
                        name: "c".into(),
                        retention_days: Some(retention_days),
                        storage,
                    })
                    .collect(),
                more_cookies: Vec::new(),
                data,
                stored_in,
                retention_days,
                contact,
                address,
            }
        },
    )
}

/// How a visitor decided, as far as a policy is free to turn it into a record.
#[derive(Debug, Clone)]
pub struct Decision {
    pub action: Action,
    pub source: Source,
    /// A bit for each category, in the policy's order.
    pub grants: u8,
    /// A bit for each service.
    pub denied: u8,
    pub signal: bool,
    pub place: &'static str,
    pub attested_by: AttestedBy,
    pub language: &'static str,
    pub random: u8,
}

impl Decision {
    /// A click on the banner, in Germany.
    pub fn click(action: Action, grants: u8) -> Self {
        Self {
            action,
            source: Source::Banner,
            grants,
            denied: 0,
            signal: false,
            place: "DE",
            attested_by: AttestedBy::Edge,
            language: "en",
            random: 1,
        }
    }

    /// The record of it, which the policy must accept.
    pub fn record(&self, policy: &Published, previous: Option<RecordId>) -> Record {
        let parts = policy.policy.parts();
        let by_signal = policy.policy.denied_by_signal();
        let wanted = |at: usize| self.grants >> at & 1 == 1;
        let granted = |at: usize| match self.action {
            _ if at == 0 => true,
            Action::AcceptAll => true,
            Action::RejectAll | Action::Withdraw => false,
            Action::Save => wanted(at),
            Action::Signal => wanted(at) && !by_signal.has(at),
        };
        let categories: Vec<_> =
            parts.categories.iter().enumerate().map(|(at, id)| (id.clone(), granted(at))).collect();
        let may_be_denied = |at: usize| {
            let service = &parts.services[at];
            let category = policy.policy.category_index(&service.category).unwrap();
            self.denied >> at & 1 == 1
                && category > 0
                && granted(category)
                && self.action != Action::AcceptAll
        };
        let denied: Vec<ServiceId> = (0..parts.services.len())
            .filter(|at| may_be_denied(*at))
            .map(|at| parts.services[at].id.clone())
            .collect();
        let source = match (self.action, self.source) {
            (Action::Signal, Source::Gpc | Source::Dnt) => self.source,
            (Action::Signal, _) => Source::Gpc,
            (_, Source::Gpc | Source::Dnt) => Source::Preferences,
            (_, source) => source,
        };
        let against = (0..categories.len()).any(|at| granted(at) && by_signal.has(at));
        let told = matches!(source, Source::Banner | Source::Preferences | Source::Form);
        let signal = self.action == Action::Signal || self.signal && (told || !against);
        let heard = Signals { gpc: if signal { Gpc::On } else { Gpc::Absent }, dnt: Dnt::Unset };
        let random = [self.random; 10];
        let draft = Draft {
            id: RecordId::new(UnixMillis(NOW.0 - 1_000), random),
            subject: SubjectId::new([7; 16]),
            previous,
            action: self.action,
            source,
            categories,
            denied_services: denied,
            dom: heard,
            overridden: signal && against,
            signal_seen: signal,
            policy_version: 1,
            language: self.language.into(),
        };
        let arrival = Arrival {
            policy: &policy.policy,
            policy_hash: [9; 32],
            server_time: NOW,
            header: heard,
            jurisdiction: Jurisdiction::parse(self.place).unwrap(),
            attested_by: self.attested_by,
            policy_entry: 0,
            salt: [3; 32],
        };
        draft.accept(&arrival).expect("a decision of the generator is one the policy allows")
    }
}

/// Decisions of every action, source, layout and place.
pub fn decision() -> impl Strategy<Value = Decision> {
    let attested = select(vec![AttestedBy::Edge, AttestedBy::Operator]);
    let place = select(vec!["DE", "US-CA", "US-WY", "CA-QC", "GB", "JP", "unknown"]);
    let language = select(vec!["en", "de", "pt-BR"]);
    (
        select(Action::ALL),
        select(Source::ALL),
        any::<u8>(),
        any::<u8>(),
        any::<bool>(),
        place,
        attested,
        language,
        any::<u8>(),
    )
        .prop_map(|(action, source, grants, denied, signal, place, attested_by, language, random)| {
            Decision { action, source, grants, denied, signal, place, attested_by, language, random }
        })
}

/// Whether the visitor's part is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shown {
    All,
    Erased,
    Withheld,
}

/// The row of a record, as the export makes it.
pub fn row(record: &Record, shown: Shown) -> ExportRow<'static> {
    let entry = record_entry(&record.evidence).unwrap();
    let leaf = consentry_log::leaf_hash(&entry).to_hex();
    let stored: StoredEntry =
        (17, 1, record.evidence.server_time.0, serialize_hex(&entry), String::new(), leaf);
    let personal = (shown != Shown::Erased).then_some(record.personal);
    let read = ReadEntry::Record(Box::new(record.evidence.clone()), personal);
    ExportRow::new(0, &stored, &read, shown == Shown::Withheld)
}

/// The receipt of a record.
pub fn receipt(
    profile: Profile,
    policy: &Published,
    record: &Record,
    earlier: Option<Earlier<'_>>,
    shown: Shown,
) -> serde_json::Value {
    let terms = Terms::new(policy, 1, &record.evidence.language, BASE);
    let row = row(record, shown);
    let recorded = Recorded { row: &row, evidence: &record.evidence, earlier };
    let json = receipt_json(profile, &terms, &recorded, NOW).unwrap();
    assert!(!json.contains(&b'\n'), "a receipt is one line");
    serde_json::from_slice(&json).unwrap()
}
