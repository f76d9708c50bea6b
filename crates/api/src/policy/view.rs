//! What visitors read of a policy: the notice in their language.

use std::collections::BTreeMap;

use consentry_core::choice::{HOST_PREFIX, NAME, SHARED_PREFIX};

use super::check::Published;
use super::file::{CategoryEntry, CookieEntry, Localised, Storage};
use crate::notice::{CategoryNotice, Controller, CookieNotice, Link, Notice, ServiceNotice, Texts};
use crate::texts::{Purposes, direction, texts};

/// Where the advertising industry takes opt-outs, shown in every preference centre.
const INDUSTRY: [(&str, &str); 3] = [
    ("Your Online Choices (EU)", "https://www.youronlinechoices.com/"),
    ("Network Advertising Initiative (US)", "https://optout.networkadvertising.org/"),
    ("Digital Advertising Alliance (US)", "https://optout.aboutads.info/"),
];

/// The notice of a published policy in one of its languages.
pub fn notice(published: &Published, version: u32, language: &str) -> Notice {
    let file = &published.file;
    let fallback = file.languages.first().map_or("en", String::as_str);
    let none = BTreeMap::new();
    // `check` has made sure that every offered language is complete.
    let overrides = file.texts.get(language).unwrap_or(&none);
    let texts = texts(language, overrides).unwrap_or_default();
    let purposes = Purposes::new(language, overrides);
    let word =
        |words: &Localised| words.get(language).or_else(|| words.get(fallback)).cloned().unwrap_or_default();
    let categories = published
        .categories
        .iter()
        .map(|entry| category(published, entry, &texts, &purposes, &word))
        .collect();
    let industry = INDUSTRY.iter().map(|(text, url)| Link { text: (*text).into(), url: (*url).into() });
    Notice {
        site: file.site.clone(),
        policy: version,
        language: language.into(),
        dir: direction(language).into(),
        controller: Controller {
            name: file.controller.name.clone(),
            contact: file.controller.contact.clone(),
            privacy_url: file.controller.privacy_url.clone(),
        },
        categories,
        own: own(published, &texts),
        links: industry.chain(file.links.iter().cloned()).collect(),
        texts,
    }
}

fn category(
    published: &Published,
    entry: &CategoryEntry,
    texts: &Texts,
    purposes: &Purposes,
    word: &dyn Fn(&Localised) -> String,
) -> CategoryNotice {
    let (name, description, warning) = match entry.id.as_str() {
        "required" => (&texts.required_name, &texts.required_description, ""),
        "functional" => {
            (&texts.functional_name, &texts.functional_description, texts.functional_warning.as_str())
        }
        "advertising" => (&texts.advertising_name, &texts.advertising_description, ""),
        _ => (&entry.id, &entry.id, ""),
    };
    let or = |own: String, built_in: &String| if own.is_empty() { built_in.clone() } else { own };
    let services =
        published.file.services.iter().enumerate().filter(|(_, service)| service.category == entry.id);
    CategoryNotice {
        id: entry.id.clone(),
        name: or(word(&entry.name), name),
        description: or(word(&entry.description), description),
        warning: warning.into(),
        locked: entry.id == "required",
        services: services
            .map(|(index, service)| ServiceNotice {
                id: service.id.clone(),
                index: index as u32,
                name: service.name.clone(),
                controller: service.controller.clone(),
                description: word(&service.description),
                purposes: service.purposes.iter().map(|id| purposes.name(id)).collect(),
                privacy_url: service.privacy_url.clone(),
                opt_out_url: service.opt_out_url.clone(),
                cookies: service.cookies.iter().map(|cookie| stored(cookie, texts)).collect(),
            })
            .collect(),
    }
}

fn stored(cookie: &CookieEntry, texts: &Texts) -> CookieNotice {
    CookieNotice {
        name: cookie.name.clone(),
        lifetime: match (cookie.storage.is_kept(), cookie.kept_days()) {
            (false, _) => String::new(),
            (true, Some(0)) => texts.session.clone(),
            (true, Some(days)) => texts.days.replace("{count}", &days.to_string()),
            (true, None) => texts.days.replace("{count}", "\u{221e}"),
        },
        session: cookie.kept_days() == Some(0),
        storage: cookie.storage.shown().into(),
    }
}

/// What Consentry itself stores: the choice, and what the banner keeps of its record. Both go with the choice.
fn own(published: &Published, texts: &Texts) -> Vec<CookieNotice> {
    let file = &published.file;
    let secure = file.origins.iter().all(|origin| origin.starts_with("https://"));
    let prefix = match (secure, &file.share_domain) {
        (false, _) => "",
        (true, None) => HOST_PREFIX,
        (true, Some(_)) => SHARED_PREFIX,
    };
    let entry = |name: String, storage| {
        stored(&CookieEntry { name, retention_days: Some(file.lifetimes.choice_days), storage }, texts)
    };
    vec![
        entry([prefix, NAME].concat(), Storage::Cookie),
        entry(format!("{NAME}.{}.*", file.site), Storage::LocalStorage),
    ]
}
