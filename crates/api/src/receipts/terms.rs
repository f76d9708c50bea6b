//! The policy's half of a receipt: who is involved, and what each purpose means for the visitor's data.

use consentry_core::policy::Fingerprint;

use super::vocabulary::{DATA, Data, NOT_STATED, PurposeKind, category_kind, purpose_kind};
use crate::notice::{CategoryNotice, ServiceNotice};
use crate::policy::{Address, ControllerEntry, CookieEntry, Published, ServiceEntry, notice};

/// The terms of one policy version in one language.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The policy version.
    pub version: u32,
    /// What stored choices are compared by: consent under another fingerprint was given to something else.
    pub fingerprint: Fingerprint,
    /// The language its words are in.
    pub language: String,
    /// The notice visitors were shown, as anybody can read it still.
    pub notice_url: String,
    /// The controller's privacy notice.
    pub privacy_url: String,
    /// Where consent is withdrawn as easily as it is given: the preferences page.
    pub preferences_url: String,
    /// Where other rights are exercised.
    pub rights_url: String,
    /// The controller first, then the companies behind services, each once.
    pub parties: Vec<Party>,
    /// In the policy's order: for each category its services, or the category itself where it has none.
    pub purposes: Vec<Purpose>,
}

/// Who is involved.
#[derive(Debug, Clone, Default)]
pub struct Party {
    /// Names it within the receipts of this site.
    pub id: String,
    /// Legal name.
    pub name: String,
    /// Who answers.
    pub person: Option<String>,
    /// Where to write.
    pub contact: String,
    /// A mail address.
    pub email: Option<String>,
    /// A telephone number.
    pub phone: Option<String>,
    /// Its site.
    pub url: Option<String>,
    /// Its postal address.
    pub address: Option<Address>,
}

/// What a service, or a category without services, is for.
#[derive(Debug, Clone)]
pub struct Purpose {
    /// Names it within a policy version: `service:mixpanel`, `category:functional`.
    pub id: String,
    /// The category whose grant it needs.
    pub category: String,
    /// The service; `None` where the category stands for itself.
    pub service: Option<String>,
    /// The name visitors know it by.
    pub name: String,
    /// The name of its category.
    pub category_name: String,
    /// What it is for, in the visitor's language.
    pub description: String,
    /// What it is for, in the vocabularies of the standards; at least one.
    pub kinds: Vec<PurposeKind>,
    /// What it learns; empty when the policy does not say.
    pub data: Vec<&'static Data>,
    /// It stores something in the browser.
    pub on_device: bool,
    /// Where else data is kept; empty when the policy does not say.
    pub stored_in: Vec<String>,
    /// For how long.
    pub retention: Retention,
    /// Who receives the data: a place in [`Terms::parties`], 0 being the controller itself.
    pub recipient: usize,
}

/// For how long data is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// So many days.
    Days(u16),
    /// Until the browser closes.
    Session,
    /// The policy does not say.
    Unknown,
}

impl Terms {
    /// The terms of a published policy. A language the policy does not offer falls back to its first. `base` is where the
    /// service is, with its prefix: `https://www.example.com/_c`.
    pub fn new(published: &Published, version: u32, language: &str, base: &str) -> Self {
        let file = &published.file;
        let fallback = file.languages.first().map_or("en", String::as_str);
        // The variant is one of the first layer's; what consent was given to is the same in all of them.
        let language = file.shown(language).map_or(fallback, |(language, _)| language);
        let shown = notice(published, version, language);
        let controller = &file.controller;
        let site = &file.site;
        let mut terms = Self {
            version,
            fingerprint: published.policy.fingerprint(),
            notice_url: format!("{base}/v1/sites/{site}/notice?policy={version}&language={language}"),
            language: language.into(),
            privacy_url: controller.privacy_url.clone(),
            preferences_url: format!("{base}/{site}/preferences"),
            rights_url: stated(&controller.rights_url).unwrap_or(&controller.privacy_url).into(),
            parties: vec![of_controller(site, controller)],
            purposes: Vec::new(),
        };
        for (entry, category) in published.categories.iter().zip(&shown.categories) {
            for service in &category.services {
                let found = file.services.iter().find(|entry| entry.id == service.id);
                let Some(found) = found else { continue };
                let recipient = terms.recipient(site, found);
                terms.purposes.push(of_service(category, (service, found), &entry.data, recipient));
            }
            if category.services.is_empty() {
                terms.purposes.push(of_category(category, &entry.data));
            }
        }
        terms
    }

    /// The purposes that ask for consent. Those of `required` need none (ePrivacy Directive Art. 5(3), second sentence).
    pub fn with_consent(&self) -> impl Iterator<Item = &Purpose> {
        self.purposes.iter().filter(|purpose| !purpose.is_required())
    }

    /// The company that receives the data of a purpose; the controller, when it is nobody else.
    pub fn recipient_of(&self, purpose: &Purpose) -> Option<&Party> {
        self.parties.get(purpose.recipient)
    }

    /// The place of the company behind a service. The same company may be behind many.
    fn recipient(&mut self, site: &str, service: &ServiceEntry) -> usize {
        let name = or(&service.controller, NOT_STATED);
        if let Some(known) = self.parties.iter().position(|party| party.name == name) {
            if let Some(party) = self.parties.get_mut(known).filter(|_| known > 0) {
                // Its services may each say a part of what is known of it.
                party.address = party.address.take().or_else(|| service.address.clone());
                if party.contact == NOT_STATED {
                    party.contact = contact_of(service);
                }
            }
            return known;
        }
        self.parties.push(Party {
            id: format!("urn:consentry:party:{site}:{}", service.id),
            name,
            contact: contact_of(service),
            email: Some(service.contact.clone()).filter(|contact| is_mail(contact)),
            address: service.address.clone(),
            ..Party::default()
        });
        self.parties.len() - 1
    }
}

impl Purpose {
    /// Needs no consent.
    pub fn is_required(&self) -> bool {
        self.category == "required"
    }
}

fn of_controller(site: &str, controller: &ControllerEntry) -> Party {
    let own = |text: &str| stated(text).map(str::to_owned);
    Party {
        id: format!("urn:consentry:party:{site}"),
        name: controller.name.clone(),
        person: own(&controller.contact_person),
        contact: controller.contact.clone(),
        email: own(&controller.email).or_else(|| own(&controller.contact).filter(|contact| is_mail(contact))),
        phone: own(&controller.phone),
        url: own(&controller.url),
        address: controller.address.clone(),
    }
}

fn of_service(
    category: &CategoryNotice,
    (shown, service): (&ServiceNotice, &ServiceEntry),
    category_data: &[String],
    recipient: usize,
) -> Purpose {
    let mut kinds: Vec<PurposeKind> = Vec::new();
    for word in &service.purposes {
        let kind = purpose_kind(word, &service.category);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    if kinds.is_empty() {
        kinds.push(category_kind(&service.category));
    }
    let kept = service.cookies.iter().filter(|cookie| cookie.storage.is_kept());
    // Nobody knows for how long, when one of them has no end.
    let each: Option<Vec<u16>> = kept.clone().map(CookieEntry::kept_days).collect();
    let longest = each.and_then(|each| each.into_iter().max());
    let retention = match service.retention_days.or(longest) {
        None => Retention::Unknown,
        Some(0) => Retention::Session,
        Some(days) => Retention::Days(days),
    };
    Purpose {
        id: format!("service:{}", service.id),
        category: service.category.clone(),
        service: Some(service.id.clone()),
        name: or(&shown.name, &service.id),
        category_name: or(&category.name, &category.id),
        description: or(&shown.description, &service.id),
        kinds,
        data: data_of(if service.data.is_empty() { category_data } else { &service.data }),
        on_device: kept.count() > 0,
        stored_in: service.stored_in.clone(),
        retention,
        recipient,
    }
}

/// A category without services: whatever happens under it, the site does itself.
fn of_category(category: &CategoryNotice, data: &[String]) -> Purpose {
    Purpose {
        id: format!("category:{}", category.id),
        category: category.id.clone(),
        service: None,
        name: or(&category.name, &category.id),
        category_name: or(&category.name, &category.id),
        description: or(&category.description, &category.id),
        kinds: vec![category_kind(&category.id)],
        data: data_of(data),
        on_device: false,
        stored_in: Vec::new(),
        retention: Retention::Unknown,
        recipient: 0,
    }
}

fn data_of(words: &[String]) -> Vec<&'static Data> {
    words.iter().filter_map(|word| DATA.iter().find(|data| data.word == word)).collect()
}

/// A policy may leave words empty; what must be said in a receipt is said by the identifier then.
fn or(text: &str, otherwise: &str) -> String {
    stated(text).unwrap_or(otherwise).into()
}

fn contact_of(service: &ServiceEntry) -> String {
    stated(&service.contact).or(stated(&service.privacy_url)).unwrap_or(NOT_STATED).into()
}

fn stated(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// `check` lets through mail addresses and web addresses; a web address may hold an `@` too.
fn is_mail(contact: &str) -> bool {
    contact.contains('@') && !contact.contains("://")
}
