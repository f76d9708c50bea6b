//! Two published policies compared for visitors: what of the difference they are asked about again.

use std::collections::BTreeSet;

use consentry_core::policy::Service;

use super::check::Published;
use crate::changes::Changes;

/// What changed for visitors. Empty exactly when the fingerprints are the same: what nobody is asked about is not told either.
pub fn changes(old: &Published, new: &Published) -> Changes {
    if old.policy.fingerprint() == new.policy.fingerprint() {
        return Changes::default();
    }
    let (before, after) = (old.policy.parts(), new.policy.parts());
    let earlier = |service: &Service| before.services.iter().find(|known| known.id == service.id);
    let later = |service: &Service| after.services.iter().any(|known| known.id == service.id);
    let purposes = |service: &Service| service.purposes.iter().cloned().collect::<BTreeSet<_>>();
    let kept = |test: &dyn Fn(&Service, &Service) -> bool| {
        let differs = |service: &&Service| earlier(service).is_some_and(|known| test(known, service));
        names(new, after.services.iter().filter(differs))
    };
    let mut found = Changes {
        added: names(new, after.services.iter().filter(|service| earlier(service).is_none())),
        removed: names(old, before.services.iter().filter(|service| !later(service))),
        moved: kept(&|known, service| known.category != service.category),
        purposes: kept(&|known, service| purposes(known) != purposes(service)),
        rules: before.categories != after.categories
            || before.default_model != after.default_model
            || places(old) != places(new),
    };
    // Fingerprints differ, so something did: what is left is the order, or a purpose that was there twice.
    found.rules |= found.is_empty();
    found
}

fn places(published: &Published) -> BTreeSet<(String, &'static str)> {
    let models = published.policy.parts().models.iter();
    models.map(|(place, model)| (place.to_string(), model.as_str())).collect()
}

/// The names of services, in the order of the policy.
fn names<'a>(published: &Published, services: impl Iterator<Item = &'a Service>) -> Vec<String> {
    let entries = &published.file.services;
    services
        .map(|service| {
            let entry = entries.iter().find(|entry| entry.id == service.id.as_str());
            entry.map_or_else(|| service.id.to_string(), |entry| entry.name.clone())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{ModelWord, PolicyFile, check};

    const DEMO: &str = r##"{
        "site": "shop", "origins": ["https://shop.example"], "languages": ["en"],
        "controller": {"name": "Shop", "contact": "a@b.example", "privacy_url": "https://shop.example/p"},
        "services": [
            {"id": "video", "name": "Video", "category": "functional", "controller": "V",
             "description": {"en": "Films."}, "purposes": ["show_video", "remember"]},
            {"id": "ads", "name": "Ads", "category": "advertising", "controller": "A", "description": {"en": "Ads."},
             "purposes": ["show_advertising"]}
        ]}"##;

    fn edited(edit: impl FnOnce(&mut PolicyFile)) -> Published {
        let mut file: PolicyFile = serde_json::from_str(DEMO).unwrap();
        edit(&mut file);
        check(file).unwrap()
    }

    fn since(edit: impl FnOnce(&mut PolicyFile)) -> Changes {
        changes(&edited(|_| {}), &edited(edit))
    }

    #[test]
    fn copy_edit_of_any_kind_changes_nothing_for_visitors() {
        let found = since(|file| {
            file.services[0].name = "Films".into();
            file.services[0].description.insert("en".into(), "Other words.".into());
            file.services[0].privacy_url = "https://v.example".into();
            file.services[0].hosts.push("v.example".into());
            file.services[0].purposes.reverse();
            file.services[1]
                .cookies
                .push(serde_json::from_str(r#"{"name": "a", "retention_days": 1}"#).unwrap());
            file.controller.name = "Shop Ltd".into();
            file.lifetimes.choice_days = 90;
            file.theme.accent = Some("#004400".into());
            file.texts.entry("en".into()).or_default().insert("title".into(), "Cookies!".into());
            file.links
                .push(crate::notice::Link { text: "More".into(), url: "https://shop.example/c".into() });
        });
        assert_eq!(found, Changes::default());
        assert!(found.is_empty());
    }

    #[test]
    fn service_added_removed_moved_or_repurposed_is_named_as_visitors_know_it() {
        let found = since(|file| {
            let mut chat = file.services[0].clone();
            (chat.id, chat.name) = ("chat".into(), "Chat".into());
            file.services.push(chat);
        });
        assert_eq!(found, Changes { added: vec!["Chat".into()], ..Changes::default() });
        let found = since(|file| drop(file.services.remove(0)));
        assert_eq!(found, Changes { removed: vec!["Video".into()], ..Changes::default() });
        let found = since(|file| file.services[0].category = "advertising".into());
        assert_eq!(found, Changes { moved: vec!["Video".into()], ..Changes::default() });
        let found = since(|file| file.services[1].purposes.push("profile".into()));
        assert_eq!(found, Changes { purposes: vec!["Ads".into()], ..Changes::default() });
    }

    #[test]
    fn model_or_category_or_mere_order_that_changed_is_a_change_of_rules() {
        let rules = Changes { rules: true, ..Changes::default() };
        assert_eq!(since(|file| file.models.default = Some(ModelWord::OptIn)), rules);
        assert_eq!(since(|file| file.models.places.extend([("US-CA".into(), ModelWord::OptIn)])), rules);
        assert_eq!(since(|file| file.services.reverse()), rules);
        let own = r#"{"id": "analytics", "name": {"en": "Analytics"}, "description": {"en": "Counts."}}"#;
        assert_eq!(since(|file| file.categories.push(serde_json::from_str(own).unwrap())), rules);
    }
}
