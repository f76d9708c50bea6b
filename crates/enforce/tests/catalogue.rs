//! Every entry of the catalogue, and the vendors that must be in it.

use std::collections::{BTreeMap, BTreeSet};

use consentry_core::ServiceId;
use consentry_core::category::BUILT_IN;
use consentry_enforce::catalogue::{Category, Retention, Storage, find_service, service_at, services};

#[test]
fn entry_has_an_identifier_a_category_and_words() {
    for service in services() {
        let id = service.id;
        assert!(ServiceId::parse(id).is_some(), "{id}");
        assert!(BUILT_IN.contains(&service.category.as_str()), "{id}");
        assert!(
            !service.name.is_empty() && !service.controller.is_empty() && !service.theme.is_empty(),
            "{id}"
        );
        assert!(service.purpose.ends_with('.') && service.purpose.len() <= 160, "{id}: {}", service.purpose);
        for link in std::iter::once(service.privacy_url).chain(service.opt_out_url) {
            assert!(link.starts_with("https://"), "{id}: {link}");
        }
        assert!(!service.loads.is_empty() || !service.stored.is_empty(), "{id} cannot be recognised");
    }
}

#[test]
fn catalogue_is_sorted_and_found_by_every_name() {
    assert!(services().len() >= 150, "{} services", services().len());
    assert!(services().is_sorted_by(|one, other| one.id < other.id));
    for service in services() {
        for name in service.aliases.iter().chain([&service.id]) {
            assert_eq!(find_service(name), Some(service), "{name}");
        }
    }
    for name in ["", "google", "Google_Analytics", "google_analytics ", "zzz"] {
        assert_eq!(find_service(name), None, "{name}");
    }
}

#[test]
fn place_is_claimed_by_one_service_and_leads_to_it() {
    let mut owners = BTreeMap::new();
    for service in services() {
        for pattern in service.loads {
            assert_eq!(owners.insert(pattern, service.id), None, "{pattern}");
            let (host, path) = pattern.split_at(pattern.find('/').unwrap_or(pattern.len()));
            let host = host.replace("*.", "some.");
            let found = service_at(&host, &path.replace('*', "some"));
            assert_eq!(found.map(|found| found.id), Some(service.id), "{pattern}");
        }
    }
}

#[test]
fn host_that_only_has_subdomains_of_a_service_is_not_its_own() {
    assert!(service_at("cdn.hotjar.com", "/x").is_some());
    assert_eq!(service_at("hotjar.com", "/x"), None);
    assert_eq!(service_at("nothotjar.com", "/x"), None);
    assert_eq!(service_at("hotjar.com.evil.example", "/x"), None);
}

#[test]
fn stored_things_are_there_as_long_as_their_storage_lets_them() {
    for service in services() {
        let mut seen = BTreeSet::new();
        for stored in service.stored {
            let what = format!("{}: {}", service.id, stored.name);
            assert!(seen.insert((format!("{:?}", stored.storage), stored.name)), "{what} is there twice");
            assert!(!stored.name.is_empty() && stored.matches(&stored.name.replace('*', "1")), "{what}");
            let fits = match stored.storage {
                Storage::Cookie | Storage::VendorCookie => stored.retention != Retention::Unlimited,
                Storage::SessionStorage => stored.retention == Retention::Session,
                Storage::LocalStorage | Storage::IndexedDb | Storage::Cache | Storage::ServiceWorker => {
                    stored.retention == Retention::Unlimited
                }
            };
            assert!(fits && stored.retention != Retention::Days(0), "{what}");
        }
    }
}

/// What vendors are called in privacy notices, some of them long out of date; and what they are called today.
const RENAMED: [(&str, &str, &str, Category); 25] = [
    ("crazy_egg", "crazy_egg", "Crazy Egg", Category::Functional),
    ("qualaroo", "qualaroo", "Qualaroo", Category::Functional),
    ("mixpanel", "mixpanel", "Mixpanel", Category::Functional),
    ("google_analytics", "google_analytics", "Google Analytics", Category::Functional),
    ("heap", "heap", "Heap", Category::Functional),
    ("optimizely", "optimizely", "Optimizely", Category::Functional),
    ("typekit", "adobe_fonts", "Adobe Fonts", Category::Functional),
    ("adroll", "adroll", "AdRoll", Category::Advertising),
    ("appnexus", "microsoft_monetize", "Microsoft Monetize", Category::Advertising),
    ("bidswitch", "bidswitch", "BidSwitch", Category::Advertising),
    ("doubleclick", "google_marketing_platform", "Google Marketing Platform", Category::Advertising),
    ("eloqua", "eloqua", "Oracle Eloqua", Category::Advertising),
    ("facebook_custom_audience", "meta_pixel", "Meta Pixel", Category::Advertising),
    ("google_ads_conversion", "google_ads", "Google Ads", Category::Advertising),
    ("google_ads_remarketing", "google_ads", "Google Ads", Category::Advertising),
    ("google_tag_manager", "google_tag_manager", "Google Tag Manager", Category::Advertising),
    ("liveramp", "liveramp", "LiveRamp", Category::Advertising),
    ("marin", "marin", "MarinOne", Category::Advertising),
    ("openx", "openx", "OpenX", Category::Advertising),
    ("perfect_audience", "perfect_audience", "Perfect Audience", Category::Advertising),
    ("right_media", "yahoo_advertising", "Yahoo Advertising", Category::Advertising),
    ("rubicon", "magnite", "Magnite", Category::Advertising),
    ("twitter", "x_ads", "X Ads", Category::Advertising),
    ("x_ads", "x_ads", "X Ads", Category::Advertising),
    ("segment", "segment", "Twilio Segment", Category::Advertising),
];

#[test]
fn vendor_of_a_privacy_notice_is_found_under_its_present_name() {
    for (said, id, name, category) in RENAMED {
        let found = find_service(said).map(|found| (found.id, found.name, found.category));
        assert_eq!(found, Some((id, name, category)), "{said}");
    }
}

#[test]
fn category_is_required_only_where_the_visitor_asked_for_the_service() {
    const THEMES: [&str; 5] = ["commerce", "consent", "delivery", "payments", "security"];
    for service in services().iter().filter(|service| service.category == Category::Required) {
        assert!(THEMES.contains(&service.theme), "{} is required, among {}", service.id, service.theme);
    }
}
