//! What publishing a file would change, place by place, and which of the changes visitors are asked about again.

use consentry_api::policy::Published;
use serde::Serialize;
use serde_json::Value;

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Where: `services.video.category`. Entries of lists go by their identifier, not by their position.
    pub path: String,
    /// What is published; absent when it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<Value>,
    /// What the file says; absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Value>,
    /// Consent was given to this very thing: changing it asks visitors again.
    pub material: bool,
}

/// All changes, and whether visitors would be asked again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Differences {
    /// The fingerprints differ: stored choices no longer count, every visitor is asked again.
    pub asks_again: bool,
    /// Every change, in the order of the format.
    pub changes: Vec<Difference>,
}

/// Compares two checked policies.
pub fn compare(published: &Published, file: &Published) -> Differences {
    let mut changes = Vec::new();
    let [old, new] = [published, file].map(|side| serde_json::to_value(&side.file).unwrap_or_default());
    walk("", Some(&old), Some(&new), &mut changes);
    Differences { asks_again: published.policy.fingerprint() != file.policy.fingerprint(), changes }
}

fn walk(path: &str, old: Option<&Value>, new: Option<&Value>, changes: &mut Vec<Difference>) {
    match (old, new) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let added = new.keys().filter(|name| !old.contains_key(*name));
            for name in old.keys().chain(added) {
                walk(&join(path, name), old.get(name), new.get(name), changes);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new)))
            if old.iter().chain(new).all(|entry| name(entry).is_some()) =>
        {
            lists(path, old, new, changes);
        }
        (old, new) if old != new => changes.push(Difference {
            path: path.into(),
            published: old.cloned(),
            file: new.cloned(),
            material: is_material(path),
        }),
        _ => {}
    }
}

fn lists(path: &str, old: &[Value], new: &[Value], changes: &mut Vec<Difference>) {
    let find = |list: &[Value], wanted: &str| {
        list.iter().find(|entry| name(entry).is_some_and(|name| name == wanted)).cloned()
    };
    let names = |list: &[Value]| list.iter().filter_map(name).collect::<Vec<_>>();
    let (before, after) = (names(old), names(new));
    for entry in before.iter().chain(after.iter().filter(|entry| !before.contains(entry))) {
        walk(&join(path, entry), find(old, entry).as_ref(), find(new, entry).as_ref(), changes);
    }
    let kept = |one: &[String], other: &[String]| {
        one.iter().filter(|entry| other.contains(entry)).cloned().collect::<Vec<_>>()
    };
    if kept(&before, &after) != kept(&after, &before) {
        let order = |names: &[String]| Some(Value::from(names.to_vec()));
        let path = format!("{path} (order)");
        let material = is_material(&path);
        changes.push(Difference { path, published: order(&before), file: order(&after), material });
    }
}

/// What an entry of a list goes by: services and categories by identifier, cookies by name and, as a service may keep two
/// things of one name, by storage; links by address.
fn name(entry: &Value) -> Option<String> {
    let text = |field: &&str| entry.get(field).and_then(Value::as_str);
    let name = ["id", "name", "url"].iter().find_map(text)?;
    match text(&"storage").filter(|storage| *storage != "cookie") {
        Some(storage) => Some(format!("{name} ({storage})")),
        None => Some(name.to_owned()),
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.into() } else { format!("{path}.{name}") }
}

/// The parts of a policy that its fingerprint covers. A test holds this against the fingerprint itself.
fn is_material(path: &str) -> bool {
    let parts: Vec<&str> = path.split('.').collect();
    match parts.as_slice() {
        ["services" | "categories" | "services (order)" | "categories (order)"] | ["models", ..] => true,
        // The built-in categories are always there; an entry only gives them other words.
        ["categories", id] => !consentry_core::category::BUILT_IN.contains(id),
        ["services", _] => true,
        ["services", _, field] => matches!(*field, "id" | "category" | "purposes"),
        _ => false,
    }
}

impl Difference {
    /// One line: `~ path  before → after`, `+ path  after`, `- path  before`.
    pub fn show(&self) -> String {
        let short = |value: &Value| {
            let text = value.to_string();
            let cut: String = text.chars().take(60).collect();
            if cut.len() < text.len() { cut + "…" } else { cut }
        };
        let line = match (&self.published, &self.file) {
            (Some(old), Some(new)) => format!("~ {}  {} → {}", self.path, short(old), short(new)),
            (Some(old), None) => format!("- {}  {}", self.path, short(old)),
            (None, Some(new)) => format!("+ {}  {}", self.path, short(new)),
            (None, None) => self.path.clone(),
        };
        if self.material { line + "  [material]" } else { line }
    }
}

#[cfg(test)]
mod tests {
    use consentry_api::policy::{Address, PolicyFile, check};

    use super::*;

    fn demo() -> PolicyFile {
        toml::from_str(include_str!("../../../../www/policies/us-optout.toml")).unwrap()
    }

    #[test]
    fn things_of_one_name_in_two_storages_are_told_apart() {
        let with = |days: u16| {
            let mut file = demo();
            file.services[0].cookies = serde_json::from_value(serde_json::json!([
                { "name": "x", "retention_days": 1 },
                { "name": "x", "retention_days": days, "storage": "local_storage" },
            ]))
            .unwrap();
            check(file).unwrap()
        };
        let found = compare(&with(2), &with(3));
        let paths: Vec<&str> = found.changes.iter().map(|change| change.path.as_str()).collect();
        assert_eq!(paths, ["services.visit_counter.cookies.x (local_storage).retention_days"]);
    }

    #[test]
    fn change_is_marked_material_exactly_when_the_fingerprint_moves() {
        type Edit = fn(&mut PolicyFile);
        let edits: [(&str, Edit); 16] = [
            ("nothing", |_| {}),
            ("controller", |file| file.controller.name = "Another Ltd".into()),
            ("controller address", |file| {
                file.controller.address = Some(Address { country: "US".into(), ..Address::default() });
            }),
            ("category data", |file| file.categories[0].data.push("ip_address".into())),
            ("service data, places, retention", |file| {
                let service = &mut file.services[0];
                service.data.push("ip_address".into());
                service.stored_in.push("US".into());
                service.retention_days = Some(30);
                service.contact = "dpo@example.com".into();
            }),
            ("origin", |file| file.origins.push("https://other.example.com".into())),
            ("service name", |file| file.services[0].name = "Another".into()),
            ("service hosts", |file| file.services[0].hosts.push("example.net".into())),
            ("service category", |file| file.services[1].category = "functional".into()),
            ("service purposes", |file| file.services[1].purposes = vec!["profile".into()]),
            ("service gone", |file| drop(file.services.pop())),
            ("service order", |file| file.services.reverse()),
            ("own category gone", |file| {
                file.categories.retain(|entry| entry.id != "analytics");
                file.services.iter_mut().for_each(|service| service.category = "functional".into());
            }),
            ("consent types", |file| file.categories[0].consent_types.clear()),
            ("models", |file| file.models.default = Some(consentry_api::policy::ModelWord::OptIn)),
            ("choice days", |file| file.lifetimes.choice_days = 7),
        ];
        let old = check(demo()).unwrap();
        for (name, edit) in edits {
            let mut file = demo();
            edit(&mut file);
            let found = compare(&old, &check(file).unwrap());
            assert_eq!(
                found.changes.iter().any(|change| change.material),
                found.asks_again,
                "{name}: {found:#?}"
            );
            assert_eq!(found.changes.is_empty(), name == "nothing", "{name}: {found:#?}");
        }
    }
}
