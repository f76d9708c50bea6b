//! The vendor catalogue on the command line: finding the identifier a policy needs, and what it brings.

use consentry_enforce::catalogue::{
    Retention, Service, Storage, Stored, find_service, service_of_url, services, services_storing,
};
use serde_json::{Value, json};

use crate::args::{ServicesList, ServicesSearch, ServicesShow};
use crate::failure::Failure;
use crate::table;

/// Lists services.
pub fn list(args: &ServicesList) -> Result<(), Failure> {
    if let Some(theme) =
        args.theme.as_deref().filter(|theme| services().iter().all(|one| one.theme != *theme))
    {
        let mut themes: Vec<&str> = services().iter().map(|service| service.theme).collect();
        themes.sort_unstable();
        themes.dedup();
        return Err(Failure::usage(
            format!("there is no theme \"{theme}\""),
            format!("one of {}", themes.join(", ")),
        ));
    }
    let fits = |service: &&Service| {
        args.category.as_ref().is_none_or(|category| category == service.category.as_str())
            && args.theme.as_ref().is_none_or(|theme| theme == service.theme)
    };
    print(&services().iter().filter(fits).collect::<Vec<_>>(), args.json);
    Ok(())
}

/// Finds services; all words must fit.
pub fn search(args: &ServicesSearch) -> Result<(), Failure> {
    let found: Vec<&Service> =
        services().iter().filter(|service| args.what.iter().all(|what| fits(service, what))).collect();
    if found.is_empty() && !args.json {
        return Err(Failure::refused(
            format!("the catalogue has nothing for \"{}\"", args.what.join(" ")),
            "try a shorter word, or describe the service in the policy: docs/services.md says how",
        ));
    }
    print(&found, args.json);
    Ok(())
}

/// Whether a service is what somebody means by a word, an address or a name in storage.
fn fits(service: &Service, what: &str) -> bool {
    // An address is also copied without its scheme.
    let bare = what.contains('/').then(|| ["//", what].concat());
    if let Some(found) = service_of_url(what).or_else(|| service_of_url(&bare?)) {
        return found == service;
    }
    let word = what.to_lowercase();
    let texts = [service.id, service.name, service.controller];
    let mut texts = texts.iter().chain(service.aliases).chain(service.loads);
    texts.any(|text| text.to_lowercase().contains(&word))
        || service.stored.iter().any(|stored| stored.matches(what))
}

/// Shows one service.
pub fn show(args: &ServicesShow) -> Result<(), Failure> {
    let Some(service) = find_service(&args.id) else {
        return Err(Failure::refused(
            format!("the catalogue has no service \"{}\"", args.id),
            "consentry services search WORD finds identifiers",
        ));
    };
    if args.json {
        println!("{}", to_json(service));
        return Ok(());
    }
    table::put(
        &lines(service).iter().map(|(title, text)| format!("{title:<12}{text}\n")).collect::<String>(),
    );
    Ok(())
}

fn lines(service: &Service) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("id", service.id.to_owned()),
        ("also", service.aliases.join(", ")),
        ("name", service.name.to_owned()),
        ("controller", service.controller.to_owned()),
        ("category", service.category.as_str().to_owned()),
        ("theme", service.theme.to_owned()),
        ("purpose", service.purpose.to_owned()),
        ("privacy", service.privacy_url.to_owned()),
        ("opt out", service.opt_out_url.unwrap_or_default().to_owned()),
    ];
    all.extend(numbered("loads from", service.loads.iter().map(|load| (*load).to_owned())));
    all.extend(numbered("stores", service.stored.iter().map(stored)));
    all.retain(|(_, text)| !text.is_empty());
    all
}

/// The title on the first line only.
fn numbered(
    title: &'static str,
    texts: impl Iterator<Item = String>,
) -> impl Iterator<Item = (&'static str, String)> {
    texts.enumerate().map(move |(nth, text)| (if nth == 0 { title } else { "" }, text))
}

fn stored(stored: &Stored) -> String {
    // Several vendors may share a name; clearing one's spares what another that runs still keeps.
    let sharing = services_storing(stored.storage, stored.name).count();
    let shared = if sharing > 1 { ", shared with other services" } else { "" };
    let kept = match stored.retention {
        Retention::Session => "until the browser is closed".to_owned(),
        Retention::Days(1) => "1 day".to_owned(),
        Retention::Days(days) => format!("{days} days"),
        Retention::Unlimited => "until cleared".to_owned(),
    };
    format!("{}  ({}, {kept}{shared})", stored.name, word(stored.storage).replace('_', " "))
}

/// The word a policy has for it.
fn word(storage: Storage) -> &'static str {
    match storage {
        Storage::Cookie => "cookie",
        Storage::VendorCookie => "vendor_cookie",
        Storage::LocalStorage => "local_storage",
        Storage::SessionStorage => "session_storage",
        Storage::IndexedDb => "indexed_db",
        Storage::Cache => "cache",
        Storage::ServiceWorker => "service_worker",
    }
}

fn print(found: &[&Service], as_json: bool) {
    if as_json {
        table::put(&format!("{}\n", Value::from_iter(found.iter().map(|service| to_json(service)))));
        return;
    }
    let mut rows = vec![["ID", "NAME", "CATEGORY", "CONTROLLER"].map(str::to_owned)];
    rows.extend(found.iter().map(|service| {
        [service.id, service.name, service.category.as_str(), service.controller].map(str::to_owned)
    }));
    table::print(&rows);
}

fn to_json(service: &Service) -> Value {
    let stored = service.stored.iter().map(|stored| {
        let days = match stored.retention {
            Retention::Session => Some(0),
            Retention::Days(days) => Some(days),
            Retention::Unlimited => None,
        };
        json!({ "name": stored.name, "storage": word(stored.storage), "retention_days": days })
    });
    json!({
        "id": service.id,
        "aliases": service.aliases,
        "name": service.name,
        "controller": service.controller,
        "category": service.category.as_str(),
        "theme": service.theme,
        "purpose": service.purpose,
        "privacy_url": service.privacy_url,
        "opt_out_url": service.opt_out_url,
        "hosts": service.loads,
        "cookies": stored.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(what: &str) -> Vec<&'static str> {
        services().iter().filter(|service| fits(service, what)).map(|service| service.id).collect()
    }

    #[test]
    fn word_address_or_cookie_finds_the_service() {
        assert_eq!(found("https://static.hotjar.com/c/hotjar-1.js?sv=6"), ["hotjar"]);
        assert!(found("HotJar").contains(&"hotjar"));
        assert!(found("Google LLC").len() > 10);
        assert!(found("_ga_ABC123").contains(&"google_analytics"));
        assert_eq!(found("no such thing anywhere"), [""; 0]);
    }

    #[test]
    fn service_shows_everything_that_a_policy_gets() {
        for service in services() {
            let shown: String = lines(service).into_iter().map(|(_, text)| text + "\n").collect();
            let names = service.stored.iter().map(|stored| stored.name).chain(service.loads.iter().copied());
            for text in names.chain([service.id, service.controller, service.purpose, service.privacy_url]) {
                assert!(shown.contains(text), "{}: {text}", service.id);
            }
        }
    }
}
