//! From a policy file to a policy that holds together, or to the place in the file that does not.

use std::collections::{BTreeMap, BTreeSet};

use consentry_core::category::{BUILT_IN, LONGEST_CATEGORY};
use consentry_core::policy::{MOST_SERVICES, Service, SignalEffect};
use consentry_core::{CategoryId, Jurisdiction, Model, Policy, PolicyError, PolicyParts, ServiceId, SiteId};

use super::disclosure::check_disclosure;
use super::file::{CategoryEntry, Effect, Localised, MOST_SHARDS, ModelWord, PolicyFile};
use super::integrations::check_integrations;
use super::naming::check_names;
use super::places::{check_places, instead_of_model};
use super::prominence::{check_pair, check_prominence};
use super::reach::check_reach;
use super::sharing::check_sharing;
use super::tags::check_tags;
use super::theme::check_theme;
use super::variants::check_variants;
use super::wording::check_wording;
use crate::texts::{PURPOSE_PREFIX, TextError, texts};

/// What is wrong, where, and what would be right. Nothing is published, the policy in force stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The place in the file: `services[2].category`, `texts.de.titel`.
    pub path: String,
    /// What is wrong there.
    pub problem: String,
    /// What is allowed instead.
    pub allowed: String,
}

/// A checked file: its rules and its words.
#[derive(Debug, Clone)]
pub struct Published {
    /// What decisions need.
    pub policy: Policy,
    /// What people read.
    pub file: PolicyFile,
    /// Entries for every category in bit order, the built-in ones included.
    pub categories: Vec<CategoryEntry>,
}

/// The Google Consent Mode v2 types.
pub const CONSENT_TYPES: [&str; 7] = [
    "ad_storage",
    "ad_user_data",
    "ad_personalization",
    "analytics_storage",
    "functionality_storage",
    "personalization_storage",
    "security_storage",
];

/// Checks a policy file that is to be published. All places that are wrong are reported at once.
pub fn check(mut file: PolicyFile) -> Result<Published, Vec<Problem>> {
    let mut problems = Problems::default();
    check_tags(&mut file, &mut problems);
    check_places(&file, &mut problems);
    check_wording(&file, &mut problems);
    check_pair(&file, &mut problems);
    check_names(&file, &mut problems);
    hold_together(file, problems)
}

/// Checks what was published once, perhaps before a question of [`check`] was thought of: its records are read by it, and
/// visitors are shown it until another is published. Only what nothing could work without is asked.
pub fn check_published(file: PolicyFile) -> Result<Published, Vec<Problem>> {
    hold_together(file, Problems::default())
}

fn hold_together(file: PolicyFile, mut problems: Problems) -> Result<Published, Vec<Problem>> {
    let site = SiteId::parse(&file.site);
    if site.is_none() {
        problems.add(
            "site",
            format!("\"{}\" is no site identifier", file.site),
            "1-40 of a-z, 0-9 and -, starting with a letter or digit",
        );
    }
    check_origins(&file, &mut problems);
    check_sharing(&file, &mut problems);
    check_languages(&file, &mut problems);
    check_prominence(&file, &mut problems);
    check_links(&file, &mut problems);
    check_disclosure(&file, &mut problems);
    check_dates(&file, &mut problems);
    if !(1..=MOST_SHARDS).contains(&file.log.shards) {
        problems.add(
            "log.shards",
            format!("a log cannot have {} parts", file.log.shards),
            format!("1 to {MOST_SHARDS}; 1 is right for almost everybody"),
        );
    }
    check_theme(&file.theme, &mut |path, problem, allowed| problems.add(path, problem, allowed));
    check_variants(&file, &mut problems);
    check_integrations(&file, &mut problems);
    let categories = categories(&file, &mut problems);
    let services = services(&file, &categories, &mut problems);
    check_reach(&file, &mut problems);
    let models = models(&file, &mut problems);
    let (Some(site), true) = (site, problems.0.is_empty()) else { return Err(problems.0) };
    let parts = PolicyParts {
        site,
        categories: categories.iter().filter_map(|entry| CategoryId::parse(&entry.id)).collect(),
        services,
        default_model: file.models.default.map(model),
        models,
        signal_effect: match file.signals.effect {
            Effect::NonRequired => SignalEffect::NonRequired,
            Effect::Advertising => SignalEffect::Advertising,
        },
        choice_days: file.lifetimes.choice_days,
        cooldown_days: file.lifetimes.cooldown_days,
    };
    match Policy::new(parts) {
        Ok(policy) => Ok(Published { policy, file, categories }),
        Err(error) => Err(vec![from_core(&error)]),
    }
}

#[derive(Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    #[cfg(test)]
    pub(super) fn into_paths(self) -> Vec<String> {
        self.0.into_iter().map(|problem| problem.path).collect()
    }

    #[cfg(test)]
    pub(super) fn into_told(self) -> Vec<(String, String)> {
        self.0.into_iter().map(|problem| (problem.path, problem.allowed)).collect()
    }

    pub(super) fn add(
        &mut self,
        path: impl Into<String>,
        problem: impl Into<String>,
        allowed: impl Into<String>,
    ) {
        self.0.push(Problem { path: path.into(), problem: problem.into(), allowed: allowed.into() });
    }
}

fn check_origins(file: &PolicyFile, problems: &mut Problems) {
    if file.origins.is_empty() {
        problems.add(
            "origins",
            "no page could send a record",
            "at least one origin, such as \"https://www.example.com\"",
        );
    }
    for (at, origin) in file.origins.iter().enumerate() {
        if !is_origin(origin) {
            problems.add(
                format!("origins[{at}]"),
                format!("\"{origin}\" is not an exact origin"),
                "scheme, host and port only, no path and no wildcard: \"https://www.example.com\"",
            );
        }
    }
}

pub(super) fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.'
}

fn is_origin(text: &str) -> bool {
    let Some(host) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return false;
    };
    let (host, port) = host.split_once(':').unwrap_or((host, "443"));
    !host.is_empty() && host.bytes().all(is_host_byte) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

/// A name for a purpose that no service has is a slip.
fn check_purposes(file: &PolicyFile, problems: &mut Problems) {
    let known: BTreeSet<&str> =
        file.services.iter().flat_map(|service| &service.purposes).map(String::as_str).collect();
    for (language, own) in &file.texts {
        let named = own.keys().filter_map(|key| key.strip_prefix(PURPOSE_PREFIX));
        for purpose in named.filter(|purpose| !known.contains(purpose)) {
            problems.add(
                format!("texts.{language}.{PURPOSE_PREFIX}{purpose}"),
                "no service has this purpose",
                format!(
                    "{PURPOSE_PREFIX} before one of: {}",
                    known.iter().copied().collect::<Vec<_>>().join(", ")
                ),
            );
        }
    }
}

fn check_languages(file: &PolicyFile, problems: &mut Problems) {
    if file.languages.is_empty() {
        problems.add(
            "languages",
            "no language is offered",
            "at least one, the fallback first: [\"en\", \"de\"]",
        );
    }
    let none = BTreeMap::new();
    for (at, language) in file.languages.iter().enumerate() {
        let own = file.texts.get(language).unwrap_or(&none);
        match texts(language, own) {
            Ok(_) => {}
            Err(TextError::KeyUnknown(key)) => problems.add(
                format!("texts.{language}.{key}"),
                "no text has this name",
                format!("one of {}", crate::notice::Texts::KEYS.join(", ")),
            ),
            Err(TextError::LanguageIncomplete(key)) => problems.add(
                format!("languages[{at}]"),
                format!("\"{language}\" has no built-in texts, and [texts.{language}] lacks \"{key}\""),
                format!("a built-in language ({}), or all texts", built_in_languages()),
            ),
        }
    }
    check_purposes(file, problems);
    for language in file.texts.keys().filter(|language| !file.languages.contains(language)) {
        problems.add(
            format!("texts.{language}"),
            "this language is not offered",
            "a language listed in `languages`",
        );
    }
}

fn built_in_languages() -> String {
    crate::texts::BUILT_IN.iter().map(|(tag, _)| *tag).collect::<Vec<_>>().join(", ")
}

fn check_links(file: &PolicyFile, problems: &mut Problems) {
    let allowed = "a full address: https://…";
    let mut url = |path: String, text: &str, required: bool| {
        let fine = if text.is_empty() { !required } else { is_link(text) };
        if !fine {
            problems.add(path, format!("\"{text}\" is no link"), allowed);
        }
    };
    url("controller.privacy_url".into(), &file.controller.privacy_url, true);
    url("controller.url".into(), &file.controller.url, false);
    url("controller.rights_url".into(), &file.controller.rights_url, false);
    for (at, service) in file.services.iter().enumerate() {
        url(format!("services[{at}].privacy_url"), &service.privacy_url, false);
        url(format!("services[{at}].opt_out_url"), &service.opt_out_url, false);
    }
    for (at, link) in file.links.iter().enumerate() {
        url(format!("links[{at}].url"), &link.url, true);
    }
    if file.controller.name.trim().is_empty() {
        problems.add(
            "controller.name",
            "nobody is named",
            "the legal name of who decides about the data (GDPR Art. 4(7))",
        );
    }
    check_contact("controller.contact".into(), &file.controller.contact, problems);
}

pub(super) fn check_contact(path: String, contact: &str, problems: &mut Problems) {
    if !(is_link(contact) || contact.contains('@')) {
        problems.add(
            path,
            format!("\"{contact}\" cannot be written to"),
            "a mail address or a full address: https://…",
        );
    }
}

fn check_dates(file: &PolicyFile, problems: &mut Problems) {
    let is_date = |text: &String| text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok();
    if let Some(since) = file.signals.gpc_since.as_ref().filter(|since| !is_date(since)) {
        problems.add(
            "signals.gpc_since",
            format!("\"{since}\" is no date"),
            "YYYY-MM-DD, such as 2026-11-21",
        );
    }
    if file.lifetimes.record_months == 0 {
        problems.add(
            "lifetimes.record_months",
            "no record would be kept",
            "at least 1; California asks for 24",
        );
    }
}

/// Only these two schemes: a link is shown to visitors, and `javascript:` is a link too.
fn is_link(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || c.is_control()))
}

/// The built-in categories first, in their fixed order, with the file's words if it has any; then the file's own.
fn categories(file: &PolicyFile, problems: &mut Problems) -> Vec<CategoryEntry> {
    let entry = |id: &str| file.categories.iter().find(|entry| entry.id == id).cloned();
    let plain = |id: &str| CategoryEntry {
        id: id.into(),
        name: Localised::new(),
        description: Localised::new(),
        consent_types: Vec::new(),
        data: Vec::new(),
    };
    let mut all: Vec<CategoryEntry> =
        BUILT_IN.iter().map(|id| entry(id).unwrap_or_else(|| plain(id))).collect();
    for (at, own) in file.categories.iter().enumerate() {
        let path = |field: &str| format!("categories[{at}].{field}");
        if CategoryId::parse(&own.id).is_none() {
            problems.add(
                path("id"),
                format!("\"{}\" is no category identifier", own.id),
                format!("1-{LONGEST_CATEGORY} of a-z, 0-9 and _, starting with a letter"),
            );
        }
        if file.categories.iter().take(at).any(|earlier| earlier.id == own.id) {
            problems.add(path("id"), format!("\"{}\" is there twice", own.id), "each category once");
        }
        for (nth, kind) in
            own.consent_types.iter().enumerate().filter(|(_, kind)| !CONSENT_TYPES.contains(&kind.as_str()))
        {
            problems.add(
                path(&format!("consent_types[{nth}]")),
                format!("\"{kind}\" is no consent type"),
                format!("one of {}", CONSENT_TYPES.join(", ")),
            );
        }
        if !BUILT_IN.contains(&own.id.as_str()) {
            for (field, words) in [("name", &own.name), ("description", &own.description)] {
                check_words(&path(field), words, file, problems);
            }
            all.push(own.clone());
        }
    }
    all
}

/// Prose must be there in the fallback language at least.
fn check_words(path: &str, words: &Localised, file: &PolicyFile, problems: &mut Problems) {
    if let Some(fallback) = file.languages.first()
        && words.get(fallback).is_none_or(|text| text.trim().is_empty())
    {
        problems.add(
            path,
            format!("no text in \"{fallback}\", the fallback language"),
            format!("{{ {fallback} = \"…\" }}"),
        );
    }
    for language in words.keys().filter(|language| !file.languages.contains(language)) {
        problems.add(
            format!("{path}.{language}"),
            "this language is not offered",
            "a language listed in `languages`",
        );
    }
}

fn services(file: &PolicyFile, categories: &[CategoryEntry], problems: &mut Problems) -> Vec<Service> {
    let names = || categories.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>().join(", ");
    let mut all = Vec::new();
    for (at, entry) in file.services.iter().enumerate() {
        let path = |field: &str| format!("services[{at}].{field}");
        let id = ServiceId::parse(&entry.id);
        if id.is_none() {
            problems.add(
                path("id"),
                format!("\"{}\" is no service identifier", entry.id),
                "1-40 of a-z, 0-9, _ and -, starting with a letter or digit",
            );
        }
        if file.services.iter().take(at).any(|earlier| earlier.id == entry.id) {
            problems.add(path("id"), format!("\"{}\" is there twice", entry.id), "each service once");
        }
        let category = CategoryId::parse(&entry.category)
            .filter(|id| categories.iter().any(|known| known.id == id.as_str()));
        if category.is_none() {
            problems.add(
                path("category"),
                format!("no category \"{}\"", entry.category),
                format!("one of {}", names()),
            );
        }
        check_words(&path("description"), &entry.description, file, problems);
        if let (Some(id), Some(category)) = (id, category) {
            all.push(Service { id, category, purposes: entry.purposes.clone() });
        }
    }
    all
}

fn models(file: &PolicyFile, problems: &mut Problems) -> Vec<(Jurisdiction, Model)> {
    let mut all = Vec::new();
    for (place, word) in &file.models.places {
        match Jurisdiction::parse(place) {
            Some(jurisdiction) => all.push((jurisdiction, model(*word))),
            None => {
                problems.add(format!("models.places.{place}"), "this is no place", instead_of_model(place))
            }
        }
    }
    all
}

const fn model(word: ModelWord) -> Model {
    match word {
        ModelWord::OptIn => Model::OptIn,
        ModelWord::OptOut => Model::OptOut,
        ModelWord::Notice => Model::Notice,
    }
}

/// The core's word on what the checks above leave to it.
fn from_core(error: &PolicyError) -> Problem {
    let (path, problem, allowed) = match error {
        PolicyError::BuiltInMissing => {
            ("categories".into(), "a built-in category is missing", "required, functional and advertising")
        }
        PolicyError::TooManyCategories => {
            ("categories".into(), "more than eight categories", "at most five of the site's own")
        }
        PolicyError::CategoryTwice(at) => {
            (format!("categories[{at}].id"), "this category is there twice", "each once")
        }
        PolicyError::TooManyServices => {
            return Problem {
                path: "services".into(),
                problem: "too many services for the choice cookie".into(),
                allowed: format!("at most {MOST_SERVICES}"),
            };
        }
        PolicyError::ServiceTwice(at) => {
            (format!("services[{at}].id"), "this service is there twice", "each once")
        }
        PolicyError::ServiceCategoryUnknown(at) => {
            (format!("services[{at}].category"), "no such category", "one of the policy's")
        }
        PolicyError::ModelTwice(_) => ("models.places".into(), "one place has two models", "each place once"),
        PolicyError::ChoiceDays => (
            "lifetimes.choice_days".into(),
            "a choice cannot be kept so long",
            "1 to 400: browsers keep no cookie longer",
        ),
        PolicyError::CooldownDays => {
            ("lifetimes.cooldown_days".into(), "the browser forgets the refusal before", "0 to 400")
        }
    };
    Problem { path, problem: problem.into(), allowed: allowed.into() }
}
