//! Whatever a page contains, looking it up answers; and spelling a known address differently changes nothing.

use consentry_enforce::catalogue::{
    Service, Storage, find_service, service_at, service_of_url, services, services_storing,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};

const STORAGES: [Storage; 7] = [
    Storage::Cookie,
    Storage::VendorCookie,
    Storage::LocalStorage,
    Storage::SessionStorage,
    Storage::IndexedDb,
    Storage::Cache,
    Storage::ServiceWorker,
];

fn claimed() -> impl Strategy<Value = (&'static Service, String, String)> {
    let patterns =
        services().iter().flat_map(|service| service.loads.iter().map(move |load| (service, *load)));
    (select(patterns.collect::<Vec<_>>()), "[a-z0-9]{1,8}(\\.[a-z0-9]{1,8})?", "[a-z0-9/]{1,12}").prop_map(
        |((service, pattern), label, part)| {
            let (host, path) = pattern.split_at(pattern.find('/').unwrap_or(pattern.len()));
            (service, host.replace("*.", &format!("{label}.")), path.replace('*', &part))
        },
    )
}

fn address() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z]{0,6}:?[/\\\\]{0,4}[ -~]{0,40}",
        "(https?:)?//[A-Za-z0-9.@:\\[\\]*-]{0,60}[/?#\\\\]?[ -~]{0,20}",
        Just(format!("https://{}com/", "a.".repeat(5000))),
    ]
}

proptest! {
    #[test]
    fn lookup_of_anything_answers(url in address(), host in any::<String>(), path in any::<String>(), name in any::<String>()) {
        let _ = (service_of_url(&url), service_at(&host, &path), find_service(&name));
        for storage in STORAGES {
            prop_assert!(services_storing(storage, &name).all(|(_, stored)| stored.matches(&name)));
        }
    }

    /// Only a more specific claim can take an address away from the pattern it was made from.
    #[test]
    fn claimed_address_is_found_in_any_spelling((service, host, path) in claimed(), cut in any::<Index>()) {
        let found = service_at(&host, &path);
        prop_assert!(found.is_some(), "{} {host}{path}", service.id);
        let (low, high) = host.split_at(cut.index(host.len()));
        let odd = format!("{low}{}", high.to_ascii_uppercase());
        let slash = if path.is_empty() { "/" } else { "" };
        for url in [format!("https://{host}{path}"), format!(" //{odd}.:8443{slash}{path}#x"), format!("WSS:\\\\a:b@{odd}{path}")] {
            prop_assert_eq!(service_of_url(&url), found, "{}", url);
        }
    }

    #[test]
    fn stored_name_is_found_by_its_entry(at in any::<Index>(), part in "[A-Za-z0-9._-]{0,12}") {
        let all: Vec<_> = services().iter().flat_map(|service| service.stored.iter().map(move |stored| (service, stored))).collect();
        let (service, stored) = all[at.index(all.len())];
        let name = stored.name.replace('*', &part);
        prop_assert!(services_storing(stored.storage, &name).any(|found| found == (service, stored)), "{}", name);
    }
}
