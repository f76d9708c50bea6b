//! Completing the services of a policy file from the vendor catalogue, before anything else looks at the file.
//!
//! Done to the file as JSON, because only there *left out* and *empty* are two things: `cookies = []` says that nothing is
//! stored, no `cookies` that the catalogue knows. What comes out is what is published, hashed and logged, so that whoever
//! reads a policy later needs no catalogue, and a later release of it changes nothing that was published.

use consentry_enforce::catalogue::{self, Retention, find_service, services};
use serde_json::{Map, Value, json};

use super::check::Problem;
use super::file::{CookieEntry, Storage};
use super::tags::meant;

/// What completing a file came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The file says more now than it did: it has to be written again to be published.
    pub changed: bool,
    /// Services that are still incomplete. The file is no policy then.
    pub problems: Vec<Problem>,
}

/// What every service must have, and how that is written.
const NEEDED: [(&str, &str); 4] = [
    ("name", "name = \"Example Video\""),
    ("category", "category = \"functional\""),
    ("controller", "controller = \"Example Ltd\""),
    ("description", "description.en = \"Shows films.\""),
];

/// From this likeness on (Jaro-Winkler) another identifier is suggested.
const LIKE: f64 = 0.88;

/// Gives every service whose identifier the catalogue knows (aliases included) what it leaves out, and puts `more_cookies`
/// into `cookies`. Completing twice changes nothing. What is misshapen is left for those who check shapes.
pub fn complete(file: &mut Value) -> Completion {
    let languages = languages(file);
    let mut all = Completion::default();
    let entries = file.get_mut("services").and_then(Value::as_array_mut).into_iter().flatten();
    for (at, entry) in entries.enumerate() {
        let Some(entry) = entry.as_object_mut() else { continue };
        let id = entry.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let service = find_service(&id);
        if let Some(service) = service {
            all.changed |= fill(entry, service, &languages);
        }
        all.changed |= add_cookies(entry);
        all.problems.extend(lacking(at, &id, entry, service, &languages));
    }
    all
}

/// The languages offered, each as it is meant: whoever writes `EN` is told so by the check, and not that English is missing.
fn languages(file: &Value) -> Vec<String> {
    let own = |tag: &str| {
        let own = file.get("texts").and_then(|texts| texts.get(tag));
        own.and_then(|own| serde_json::from_value(own.clone()).ok()).unwrap_or_default()
    };
    let tags = file.get("languages").and_then(Value::as_array).into_iter().flatten();
    tags.filter_map(Value::as_str).map(|tag| meant(tag, &own(tag)).unwrap_or_else(|| tag.into())).collect()
}

fn fill(entry: &mut Map<String, Value>, service: &catalogue::Service, languages: &[String]) -> bool {
    let cookies: Vec<CookieEntry> = service.stored.iter().map(cookie).collect();
    let known = [
        ("name", json!(service.name)),
        ("category", json!(service.category.as_str())),
        ("controller", json!(service.controller)),
        ("hosts", json!(service.loads)),
        ("privacy_url", json!(service.privacy_url)),
        ("opt_out_url", json!(service.opt_out_url.unwrap_or_default())),
        ("cookies", json!(cookies)),
    ];
    let mut changed = false;
    for (field, value) in known {
        if !entry.contains_key(field) {
            entry.insert(field.into(), value);
            changed = true;
        }
    }
    changed | describe(entry, service.purpose, languages)
}

/// The catalogue speaks English: its sentence goes to every English offered, if the file has no English of its own.
fn describe(entry: &mut Map<String, Value>, purpose: &str, languages: &[String]) -> bool {
    let mut english = languages.iter().filter(|language| is_english(language)).peekable();
    if english.peek().is_none() {
        return false;
    }
    let description = entry.entry("description").or_insert_with(|| json!({}));
    let Some(words) = description.as_object_mut() else { return false };
    if words.keys().any(|language| is_english(language)) {
        return false;
    }
    words.extend(english.map(|language| (language.clone(), json!(purpose))));
    true
}

fn is_english(language: &str) -> bool {
    language.split('-').next() == Some("en")
}

fn cookie(stored: &catalogue::Stored) -> CookieEntry {
    CookieEntry {
        name: stored.name.into(),
        retention_days: match stored.retention {
            Retention::Session => Some(0),
            Retention::Days(days) => Some(days),
            Retention::Unlimited => None,
        },
        storage: match stored.storage {
            catalogue::Storage::Cookie => Storage::Cookie,
            catalogue::Storage::VendorCookie => Storage::VendorCookie,
            catalogue::Storage::LocalStorage => Storage::LocalStorage,
            catalogue::Storage::SessionStorage => Storage::SessionStorage,
            catalogue::Storage::IndexedDb => Storage::IndexedDb,
            catalogue::Storage::Cache => Storage::Cache,
            catalogue::Storage::ServiceWorker => Storage::ServiceWorker,
        },
    }
}

/// Moves `more_cookies` to the end of `cookies`; one of the same name and storage gives way to it.
fn add_cookies(entry: &mut Map<String, Value>) -> bool {
    if !entry.get("more_cookies").is_some_and(Value::is_array)
        || !entry.get("cookies").is_none_or(Value::is_array)
    {
        return false;
    }
    let Some(Value::Array(more)) = entry.remove("more_cookies") else { return false };
    if let Some(cookies) = entry.entry("cookies").or_insert_with(|| json!([])).as_array_mut() {
        cookies.retain(|cookie| !more.iter().any(|added| is_same(cookie, added)));
        cookies.extend(more);
    }
    true
}

fn is_same(one: &Value, other: &Value) -> bool {
    let storage =
        |cookie: &Value| cookie.get("storage").and_then(Value::as_str).unwrap_or("cookie").to_owned();
    one.get("name") == other.get("name") && storage(one) == storage(other)
}

fn lacking(
    at: usize,
    id: &str,
    entry: &Map<String, Value>,
    service: Option<&catalogue::Service>,
    languages: &[String],
) -> Option<Problem> {
    let lacking: Vec<_> = NEEDED.iter().filter(|(field, _)| !entry.contains_key(*field)).collect();
    if lacking.is_empty() {
        return None;
    }
    if let Some(service) = service {
        // English is not offered, and nothing but the description can be missing.
        let fallback = languages.first().map_or("en", String::as_str);
        return Some(Problem {
            path: format!("services[{at}].id"),
            problem: format!(
                "the catalogue describes {} in English only, which is not offered",
                service.name
            ),
            allowed: format!("add description.{fallback} = \"…\": {}", service.purpose),
        });
    }
    let fields: Vec<&str> = lacking.iter().map(|(field, _)| *field).collect();
    let examples: Vec<&str> = lacking.iter().map(|(_, example)| *example).collect();
    let (path, known) = match id {
        "" => (format!("services[{at}]"), String::new()),
        _ => (format!("services[{at}].id"), format!("the catalogue has no service \"{id}\", and ")),
    };
    let meant = suggest(id).map(|known| format!("did you mean \"{known}\"? Otherwise ")).unwrap_or_default();
    Some(Problem {
        path,
        problem: format!("{known}the entry lacks {}", fields.join(", ")),
        allowed: format!("{meant}give {}", examples.join(", ")),
    })
}

/// The identifier of the catalogue that was probably meant: `Google-Analytics`, `gogle_analytics`.
fn suggest(id: &str) -> Option<&'static str> {
    let written = &id.to_lowercase().replace(['-', ' ', '.'], "_");
    if let Some(service) = find_service(written) {
        return Some(service.id);
    }
    let all = services().iter().flat_map(|service| {
        service
            .aliases
            .iter()
            .chain([&service.id])
            .map(move |name| (strsim::jaro_winkler(written, name), service.id))
    });
    all.filter(|(likeness, _)| *likeness > LIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, id)| id)
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    fn file(languages: &[&str], services: Value) -> Value {
        json!({
            "site": "shop", "origins": ["https://shop.example"], "languages": languages,
            "controller": { "name": "Shop Ltd", "contact": "a@shop.example", "privacy_url": "https://shop.example/p" },
            "services": services,
        })
    }

    /// The services as they are published.
    fn completed(languages: &[&str], services: Value) -> Vec<Value> {
        let mut file = file(languages, services);
        let first = complete(&mut file);
        assert_eq!(first.problems, []);
        let again = complete(&mut file);
        assert_eq!(again, Completion::default(), "completing is done once");
        let published = check(serde_json::from_value(file).unwrap()).unwrap();
        let mut written = serde_json::to_value(published.file).unwrap();
        assert!(!complete(&mut written).changed, "what is published is complete");
        written["services"].as_array().unwrap().clone()
    }

    fn problem(languages: &[&str], services: Value) -> Problem {
        let mut problems = complete(&mut file(languages, services)).problems;
        assert_eq!(problems.len(), 1, "{problems:?}");
        problems.remove(0)
    }

    #[test]
    fn identifier_alone_brings_everything_the_catalogue_knows() {
        let service = &completed(&["en", "de"], json!([{ "id": "hotjar" }]))[0];
        let known = find_service("hotjar").unwrap();
        assert_eq!(service["name"], known.name);
        assert_eq!(service["category"], known.category.as_str());
        assert_eq!(service["controller"], known.controller);
        assert_eq!(service["privacy_url"], known.privacy_url);
        assert_eq!(service["hosts"], json!(known.loads));
        assert_eq!(service["description"], json!({ "en": known.purpose }));
        let cookies = service["cookies"].as_array().unwrap();
        assert_eq!(cookies.len(), known.stored.len());
        assert!(
            cookies
                .contains(&json!({ "name": "_hjSessionUser_*", "retention_days": 365, "storage": "cookie" }))
        );
    }

    #[test]
    fn every_service_of_the_catalogue_alone_is_a_policy() {
        for some in services().chunks(100) {
            let entries: Vec<Value> = some.iter().map(|service| json!({ "id": service.id })).collect();
            assert_eq!(completed(&["en"], json!(entries)).len(), some.len());
        }
    }

    #[test]
    fn alias_keeps_its_identifier_and_is_completed() {
        let (service, alias) = services()
            .iter()
            .find_map(|service| Some((service, *service.aliases.first()?)))
            .expect("some have former names");
        let found = &completed(&["en"], json!([{ "id": alias }]))[0];
        assert_eq!((&found["id"], &found["name"]), (&json!(alias), &json!(service.name)));
    }

    #[test]
    fn field_that_is_given_overrides_even_when_empty() {
        let own = json!({
            "id": "hotjar", "name": "Heat maps", "category": "advertising", "controller": "Us", "privacy_url": "",
            "opt_out_url": "", "hosts": [], "cookies": [], "description": { "en": "Watches." }, "purposes": ["watch"],
        });
        let service = &completed(&["en", "en-GB"], json!([own]))[0];
        for (field, value) in own.as_object().unwrap() {
            assert_eq!(&service[field], value, "{field}");
        }
    }

    #[test]
    fn more_cookies_add_and_replace_their_namesakes() {
        let more = json!([{ "name": "_hjSessionUser_*", "retention_days": 30 }, { "name": "_ours", "retention_days": 1 }]);
        let service = &completed(&["en"], json!([{ "id": "hotjar", "more_cookies": more }]))[0];
        let cookies = service["cookies"].as_array().unwrap();
        let kept = |name: &str| -> Vec<&Value> {
            cookies
                .iter()
                .filter(|cookie| cookie["name"] == name)
                .map(|cookie| &cookie["retention_days"])
                .collect()
        };
        assert_eq!(kept("_hjSessionUser_*"), [30]);
        assert_eq!(kept("_ours"), [1]);
        assert_eq!(cookies.len(), find_service("hotjar").unwrap().stored.len() + 1);
        assert_eq!(service.get("more_cookies"), None);
    }

    #[test]
    fn english_of_the_catalogue_goes_only_where_english_is_offered_and_not_given() {
        let purpose = find_service("hotjar").unwrap().purpose;
        let description = |languages: &[&str], given: Value| {
            completed(languages, json!([{ "id": "hotjar", "description": given }]))[0]["description"].clone()
        };
        assert_eq!(
            description(&["de", "en-GB"], json!({ "de": "D" })),
            json!({ "de": "D", "en-GB": purpose })
        );
        assert_eq!(description(&["en", "en-GB"], json!({ "en": "Own" })), json!({ "en": "Own" }));
        assert_eq!(description(&["de"], json!({ "de": "D" })), json!({ "de": "D" }));
        let found = problem(&["de"], json!([{ "id": "hotjar" }]));
        assert!(
            found.problem.contains("English only") && found.allowed.contains("description.de"),
            "{found:?}"
        );
    }

    #[test]
    fn unknown_identifier_must_be_complete_and_learns_what_was_meant() {
        let found = problem(&["en"], json!([{ "id": "hotjar" }, { "id": "gogle_analytics", "name": "GA" }]));
        assert_eq!(found.path, "services[1].id");
        assert_eq!(
            found.problem,
            "the catalogue has no service \"gogle_analytics\", and the entry lacks category, controller, description"
        );
        assert!(found.allowed.starts_with("did you mean \"google_analytics\"? "), "{found:?}");
        for (written, meant) in
            [("Google-Analytics", Some("google_analytics")), ("hotjra", Some("hotjar")), ("our_shop", None)]
        {
            assert_eq!(suggest(written), meant, "{written}");
        }
    }

    #[test]
    fn file_that_is_complete_or_misshapen_is_left_as_it_is() {
        for services in [
            json!([{ "id": "ours", "name": "n", "category": "functional", "controller": "c", "description": { "en": "d" } }]),
            json!({ "id": "hotjar" }),
            json!([3, "hotjar"]),
        ] {
            let mut file = file(&["en"], services);
            let before = file.clone();
            assert_eq!(complete(&mut file), Completion::default());
            assert_eq!(file, before);
        }
    }
}
