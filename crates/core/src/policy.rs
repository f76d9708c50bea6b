//! A site's rules, as far as decisions need them, with one fallible constructor.
//!
//! Texts, colours and cookie tables live in `consentry-api`: they change what is shown, never what is allowed.

use alloc::string::String;
use alloc::vec::Vec;

use sha2::{Digest, Sha256};

use crate::category::{BUILT_IN, CategoryId, Grants, MOST_CATEGORIES};
use crate::id::{ServiceId, SiteId};
use crate::jurisdiction::{Jurisdiction, Model};
use crate::time::{LONGEST_COOKIE_DAYS, UnixMillis};

/// Most services a policy may have: one bit each in the choice cookie, which stays below 200 bytes.
pub const MOST_SERVICES: usize = 160;

/// What a signal switches off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignalEffect {
    /// Every category but required: the default, and what the product promises.
    #[default]
    NonRequired,
    /// Only advertising: the least that the laws behind the signals ask for.
    Advertising,
}

/// A service and the category it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its identifier, unique in the policy.
    pub id: ServiceId,
    /// The category whose grant it needs.
    pub category: CategoryId,
    /// What it is for, as identifiers (`measure_audience`): material, unlike the prose that explains them.
    pub purposes: Vec<String>,
}

/// What a policy is made of, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyParts {
    /// The site it is for.
    pub site: SiteId,
    /// Categories in bit order; the first three are the built-in ones.
    pub categories: Vec<CategoryId>,
    /// Services, in the order of the choice cookie's service bits.
    pub services: Vec<Service>,
    /// The model where no entry below matches and the law's own table is not wanted; `None` keeps that table.
    pub default_model: Option<Model>,
    /// Models by country or region; the region wins over its country.
    pub models: Vec<(Jurisdiction, Model)>,
    /// What a signal switches off.
    pub signal_effect: SignalEffect,
    /// How long a choice holds, in days: 1 to 400, the longest a browser keeps it.
    pub choice_days: u16,
    /// How long after a refusal nobody is asked again, in days. CNIL, Garante: about six months.
    pub cooldown_days: u16,
}

/// A policy that holds together. Made by [`Policy::new`] only, so whoever has one need not check again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    parts: PolicyParts,
    fingerprint: Fingerprint,
}

/// What applies to a visitor: how consent works where they are, and how long answers hold there. See [`Policy::regime`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Regime {
    /// The consent model.
    pub model: Model,
    /// How long a choice holds, in days.
    pub choice_days: u16,
    /// How long after a refusal nobody is asked again, in days.
    pub cooldown_days: u16,
}

impl Regime {
    /// How long the browser is to remember the choice, in days. As long as it matters; and where things run until refused, as
    /// long as browsers can: a refusal, or a signal, that is forgotten would be an agreement.
    pub fn cookie_days(&self) -> u16 {
        match self.model {
            Model::OptIn => self.choice_days.max(self.cooldown_days),
            Model::OptOut | Model::Notice => LONGEST_COOKIE_DAYS,
        }
    }
}

/// What consent was given *to*: changes when categories, services, purposes or models do, never on a copy edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 8]);

/// Why a policy cannot be used. Nothing is published, the policy in force stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyError {
    /// The first three categories are not `required`, `functional`, `advertising` in this order.
    BuiltInMissing,
    /// More than eight categories; their bits would not fit.
    TooManyCategories,
    /// Two categories have one identifier. Holds the position of the second.
    CategoryTwice(usize),
    /// More than [`MOST_SERVICES`] services; the choice cookie would not hold them.
    TooManyServices,
    /// Two services have one identifier. Holds the position of the second.
    ServiceTwice(usize),
    /// A service names a category that the policy lacks. Holds its position.
    ServiceCategoryUnknown(usize),
    /// One jurisdiction has two models. Holds the position of the second.
    ModelTwice(usize),
    /// `choice_days` is not between 1 and 400.
    ChoiceDays,
    /// `cooldown_days` is longer than 400, so the browser would forget the refusal before.
    CooldownDays,
}

impl Policy {
    /// Checks that the parts hold together.
    pub fn new(parts: PolicyParts) -> Result<Self, PolicyError> {
        let categories = &parts.categories;
        if !categories.iter().map(CategoryId::as_str).take(BUILT_IN.len()).eq(BUILT_IN) {
            return Err(PolicyError::BuiltInMissing);
        }
        if categories.len() > MOST_CATEGORIES {
            return Err(PolicyError::TooManyCategories);
        }
        if let Some(at) = second_of_a_pair(categories) {
            return Err(PolicyError::CategoryTwice(at));
        }
        if parts.services.len() > MOST_SERVICES {
            return Err(PolicyError::TooManyServices);
        }
        let ids: Vec<&ServiceId> = parts.services.iter().map(|service| &service.id).collect();
        if let Some(at) = second_of_a_pair(&ids) {
            return Err(PolicyError::ServiceTwice(at));
        }
        if let Some(at) = parts.services.iter().position(|service| !categories.contains(&service.category)) {
            return Err(PolicyError::ServiceCategoryUnknown(at));
        }
        let places: Vec<Jurisdiction> = parts.models.iter().map(|(place, _)| *place).collect();
        if let Some(at) = second_of_a_pair(&places) {
            return Err(PolicyError::ModelTwice(at));
        }
        if !(1..=LONGEST_COOKIE_DAYS).contains(&parts.choice_days) {
            return Err(PolicyError::ChoiceDays);
        }
        if parts.cooldown_days > LONGEST_COOKIE_DAYS {
            return Err(PolicyError::CooldownDays);
        }
        let fingerprint = fingerprint(&parts);
        Ok(Self { parts, fingerprint })
    }

    /// The checked parts.
    pub fn parts(&self) -> &PolicyParts {
        &self.parts
    }

    /// What consent under this policy is given to.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The model in force somewhere: the policy's entry for the region, for the country, its default, then the law's table.
    pub fn model(&self, place: Jurisdiction) -> Model {
        let entry = |place| self.parts.models.iter().find(|(at, _)| *at == place).map(|(_, model)| *model);
        entry(place)
            .or_else(|| entry(place.without_region()))
            .or(self.parts.default_model)
            .unwrap_or_else(|| place.rules().model)
    }

    /// What applies to a visitor somewhere: this policy, its lifetimes brought within what the law there allows.
    pub fn regime(&self, place: Jurisdiction) -> Regime {
        let rules = place.rules();
        Regime {
            model: self.model(place),
            choice_days: rules.choice_days_of(self.parts.choice_days),
            cooldown_days: self.parts.cooldown_days.max(rules.cooldown_days),
        }
    }

    /// Until when a decision holds that was received now from somewhere.
    pub fn valid_until(&self, place: Jurisdiction, now: UnixMillis) -> UnixMillis {
        now.plus_days(self.regime(place).choice_days)
    }

    /// For how many days a record from somewhere may say that it holds: what applies now; and what the policy itself says, for
    /// records from before the limits of the place were known.
    pub fn may_hold_days(&self, place: Jurisdiction) -> [u16; 2] {
        [self.regime(place).choice_days, self.parts.choice_days]
    }

    /// Every category.
    pub fn all(&self) -> Grants {
        Grants::first(self.parts.categories.len())
    }

    /// The categories a signal switches off here.
    pub fn denied_by_signal(&self) -> Grants {
        match self.parts.signal_effect {
            SignalEffect::NonRequired => self.all().without(Grants::REQUIRED),
            SignalEffect::Advertising => Grants::ADVERTISING,
        }
    }

    /// The position of a category.
    pub fn category_index(&self, id: &CategoryId) -> Option<usize> {
        self.parts.categories.iter().position(|known| known == id)
    }

    /// The position of a service.
    pub fn service_index(&self, id: &ServiceId) -> Option<usize> {
        self.parts.services.iter().position(|known| &known.id == id)
    }
}

/// Lists are at most 160 long: the quadratic search is shorter than a set and needs no hashing.
fn second_of_a_pair<T: PartialEq>(items: &[T]) -> Option<usize> {
    items.iter().enumerate().position(|(at, item)| items.iter().take(at).any(|earlier| earlier == item))
}

/// SHA-256 over the material parts, each length-prefixed so that no two policies share a spelling; its first 8 bytes.
///
/// Purposes and models are sorted first: their order in the file is not material. That of categories and services is,
/// because the bits of a stored choice follow it: a reordered file would silently reassign a visitor's switches.
fn fingerprint(parts: &PolicyParts) -> Fingerprint {
    let mut hash = Sha256::new();
    let mut put = |tag: u8, text: &str| {
        hash.update([tag]);
        hash.update((text.len() as u32).to_be_bytes());
        hash.update(text.as_bytes());
    };
    for category in &parts.categories {
        put(b'c', category.as_str());
    }
    for service in &parts.services {
        put(b's', service.id.as_str());
        put(b'i', service.category.as_str());
        let mut purposes: Vec<&str> = service.purposes.iter().map(String::as_str).collect();
        purposes.sort_unstable();
        purposes.iter().for_each(|purpose| put(b'p', purpose));
    }
    put(b'd', parts.default_model.map_or("", Model::as_str));
    let mut models: Vec<(String, Model)> =
        parts.models.iter().map(|(place, model)| (alloc::format!("{place}"), *model)).collect();
    models.sort_unstable();
    for (place, model) in &models {
        put(b'j', place);
        put(b'm', model.as_str());
    }
    let digest: [u8; 32] = hash.finalize().into();
    let [b0, b1, b2, b3, b4, b5, b6, b7, ..] = digest;
    Fingerprint([b0, b1, b2, b3, b4, b5, b6, b7])
}
