//! Checks of what a policy says of integrations. Only a policy that has them is looked at: earlier ones stay in force as they are.

use consentry_core::category::BUILT_IN;

use crate::policy::check::Problems;
use crate::policy::file::PolicyFile;

/// Longest wait for an update, in milliseconds: later, nobody looks at the page any more.
const LONGEST_WAIT: u16 = 10_000;
/// Longest name of an event.
const LONGEST_EVENT: usize = 60;
/// What `required` may be followed by: it cannot be refused, and these two are all that a site may need to work.
const REQUIRED_TYPES: [&str; 2] = ["security_storage", "functionality_storage"];
/// Names that lead to more than the object they are on, or that run text as a program.
const NO_NAMES: [&str; 12] = [
    "__proto__",
    "constructor",
    "prototype",
    "eval",
    "Function",
    "setTimeout",
    "setInterval",
    "execScript",
    "write",
    "writeln",
    "document",
    "location",
];

/// Reports everything about integrations that cannot be meant.
pub(in crate::policy) fn check_integrations(file: &PolicyFile, problems: &mut Problems) {
    let all = &file.integrations;
    if all.google.is_some() || all.microsoft.is_some() {
        check_types(file, problems);
    }
    check_google(file, problems);
    if let Some(microsoft) = &all.microsoft {
        if microsoft.uet.is_none() && microsoft.clarity.is_none() {
            problems.add(
                "integrations.microsoft",
                "neither of Microsoft's two services is named",
                "uet = \"…\", clarity = \"…\" or both: identifiers of services",
            );
        }
        for (field, id) in [("uet", &microsoft.uet), ("clarity", &microsoft.clarity)] {
            check_service(file, format!("integrations.microsoft.{field}"), id.as_deref(), problems);
        }
    }
    let named = [
        ("meta", all.meta.as_ref().map(|entry| &entry.service)),
        ("tiktok", all.tiktok.as_ref().map(|entry| &entry.service)),
        ("linkedin", all.linkedin.as_ref().map(|entry| &entry.service)),
        ("segment", all.segment.as_ref().map(|entry| &entry.service)),
    ];
    for (name, id) in named {
        check_service(file, format!("integrations.{name}.service"), id.map(String::as_str), problems);
    }
    for (at, entry) in all.generic.iter().enumerate() {
        let path = |field: &str| format!("integrations.generic[{at}].{field}");
        if !is_path(&entry.path) {
            problems.add(
                path("path"),
                format!("\"{}\" is nothing that can be told", entry.path),
                "one to four names joined by dots, below window, such as \"vendor.setConsent\"; none that runs text or leaves the page",
            );
        }
        check_event(path("event"), entry.event.as_deref(), problems);
        check_service(file, path("service"), entry.service.as_deref(), problems);
    }
}

/// A type follows one category, and what cannot be refused is followed by little.
fn check_types(file: &PolicyFile, problems: &mut Problems) {
    let [required, ..] = BUILT_IN;
    for (at, category) in file.categories.iter().enumerate() {
        for (nth, kind) in category.consent_types.iter().enumerate() {
            let path = format!("categories[{at}].consent_types[{nth}]");
            let earlier = file.categories.iter().take(at).find(|other| other.consent_types.contains(kind));
            if let Some(other) = earlier {
                problems.add(
                    path.clone(),
                    format!("\"{kind}\" follows \"{}\" already", other.id),
                    "each type in one category only",
                );
            }
            if category.id == required && !REQUIRED_TYPES.contains(&kind.as_str()) {
                problems.add(
                    path,
                    format!("\"{kind}\" would be granted to everybody, as nobody can refuse \"{required}\""),
                    format!("a category that can be refused; here only {}", REQUIRED_TYPES.join(", ")),
                );
            }
        }
    }
}

fn check_google(file: &PolicyFile, problems: &mut Problems) {
    let Some(google) = &file.integrations.google else { return };
    let own = |id: &str| !BUILT_IN.contains(&id);
    for (at, category) in file.categories.iter().enumerate().filter(|(_, entry)| own(&entry.id)) {
        if category.consent_types.is_empty() && !google.unrelated.contains(&category.id) {
            problems.add(
                format!("categories[{at}].consent_types"),
                format!("no consent type follows \"{}\", so Google never hears of it", category.id),
                format!(
                    "consent_types = [\"analytics_storage\"] here, or unrelated = [\"{}\"] in [integrations.google]",
                    category.id
                ),
            );
        }
    }
    for (nth, id) in google.unrelated.iter().enumerate() {
        let plain = |entry: &&_| own(id) && category_is_plain(entry, id);
        if file.categories.iter().find(plain).is_none() {
            problems.add(
                format!("integrations.google.unrelated[{nth}]"),
                format!("\"{id}\" is no category of the site's own, or has consent types"),
                "identifiers of categories that have no consent_types",
            );
        }
    }
    for (nth, id) in google.services.iter().enumerate() {
        check_service(file, format!("integrations.google.services[{nth}]"), Some(id), problems);
    }
    if google.wait_for_update.is_some_and(|wait| wait > LONGEST_WAIT) {
        problems.add(
            "integrations.google.wait_for_update",
            "nobody waits so long",
            format!("milliseconds, at most {LONGEST_WAIT}; 500 is usual"),
        );
    }
    if google.data_layer.as_deref().is_some_and(|name| !is_name(name)) {
        problems.add(
            "integrations.google.data_layer",
            "this is no name of a global",
            "letters, digits, _ and $: \"dataLayer\"",
        );
    }
    check_event("integrations.google.event".into(), google.event.as_deref(), problems);
}

fn category_is_plain(entry: &crate::policy::CategoryEntry, id: &str) -> bool {
    entry.id == id && entry.consent_types.is_empty()
}

fn check_service(file: &PolicyFile, path: String, id: Option<&str>, problems: &mut Problems) {
    let Some(id) = id.filter(|id| !file.services.iter().any(|entry| entry.id == *id)) else { return };
    let known: Vec<&str> = file.services.iter().map(|entry| entry.id.as_str()).collect();
    let allowed = if known.is_empty() {
        format!("list it first: [[services]] with id = \"{id}\"")
    } else {
        format!("one of {}; or list it first: [[services]] with id = \"{id}\"", known.join(", "))
    };
    problems.add(path, format!("no service \"{id}\""), allowed);
}

fn check_event(path: String, event: Option<&str>, problems: &mut Problems) {
    let fits = |text: &str| {
        (1..=LONGEST_EVENT).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.: ".contains(&byte))
    };
    if event.is_some_and(|text| !fits(text)) {
        problems.add(
            path,
            "this is no name of an event",
            format!("1-{LONGEST_EVENT} letters, digits, spaces and _ - . :"),
        );
    }
}

/// A name of a property: what JavaScript calls an identifier, of ASCII.
fn is_name(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$';
    text.bytes().next().is_some_and(letter)
        && text.bytes().all(|byte| letter(byte) || byte.is_ascii_digit())
        && !NO_NAMES.contains(&text)
}

fn is_path(text: &str) -> bool {
    text.split('.').count() <= 4 && text.split('.').all(is_name)
}
