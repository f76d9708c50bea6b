//! Names found in a browser, and the services that keep them.

use consentry_enforce::catalogue::{Retention, Storage, services_storing};

fn found(storage: Storage, name: &str) -> Vec<&'static str> {
    services_storing(storage, name).map(|(service, _)| service.id).collect()
}

#[test]
fn cookie_of_the_site_leads_to_the_services_that_set_it() {
    for (name, ids) in [
        ("_ga", &["google_analytics"][..]),
        ("_ga_ABC123", &["google_analytics"]),
        ("_gid", &["google_analytics"]),
        ("_gcl_au", &["google_ads"]),
        ("_fbp", &["meta_pixel"]),
        ("_ttp", &["tiktok_pixel"]),
        ("_uetsid", &["microsoft_advertising"]),
        ("_clck", &["microsoft_clarity"]),
        ("mp_0123abcd_mixpanel", &["mixpanel"]),
        ("ajs_anonymous_id", &["segment"]),
        ("_hjSessionUser_12345", &["hotjar"]),
        ("_hp2_id.12345", &["heap"]),
        ("_ce.s", &["crazy_egg"]),
        ("optimizelyEndUserId", &["optimizely"]),
        ("ki_t", &["qualaroo"]),
        ("__adroll_fpc", &["adroll"]),
        ("hubspotutk", &["hubspot"]),
        ("_mkto_trk", &["marketo"]),
        ("AMCV_ABC%40AdobeOrg", &["adobe_analytics", "adobe_audience_manager"]),
        ("_pk_id.1.abcd", &["matomo", "piwik_pro"]),
        ("OptanonConsent", &["onetrust"]),
        ("__cf_bm", &["cloudflare"]),
        ("__stripe_mid", &["stripe"]),
        ("cart", &["shopify"]),
        ("_shopify_y", &["shopify_analytics"]),
    ] {
        let mut all = found(Storage::Cookie, name);
        all.sort_unstable();
        assert_eq!(all, ids, "{name}");
    }
}

#[test]
fn cookie_of_a_vendor_is_not_taken_for_one_of_the_site() {
    assert!(found(Storage::VendorCookie, "IDE").contains(&"google_marketing_platform"));
    assert_eq!(found(Storage::VendorCookie, "uuid2"), ["microsoft_monetize"]);
    for name in ["IDE", "uuid2", "uid", "c", "i", "id5", "sess", "token"] {
        assert!(found(Storage::Cookie, name).is_empty(), "{name}");
    }
}

#[test]
fn name_of_nobody_in_the_catalogue_is_left_alone() {
    for name in [
        "",
        "session",
        "PHPSESSID",
        "csrftoken",
        "_",
        "__Host-consentry",
        "ga",
        "_gaX",
        "wordpress_logged_in",
    ] {
        assert!(found(Storage::Cookie, name).is_empty(), "{name}");
    }
}

#[test]
fn name_in_another_storage_leads_to_the_service_there() {
    assert_eq!(found(Storage::LocalStorage, "_uetvid"), ["microsoft_advertising"]);
    assert_eq!(found(Storage::LocalStorage, "ajs_user_id"), ["segment"]);
    assert_eq!(found(Storage::SessionStorage, "hjViewportId"), ["hotjar"]);
    assert_eq!(found(Storage::IndexedDb, "ONE_SIGNAL_SDK_DB"), ["onesignal"]);
    assert!(found(Storage::SessionStorage, "_uetvid").is_empty());
    for (path, ids) in [
        ("/OneSignalSDKWorker.js", &["onesignal"][..]),
        ("/push/onesignal/OneSignalSDKUpdaterWorker.js.php", &["onesignal"]),
        ("/firebase-messaging-sw.js", &["firebase"]),
        ("/assets/js/clevertap_sw.js", &["clevertap"]),
        ("/pushwoosh-service-worker.js", &["pushwoosh"]),
        ("/service-worker.js", &[]),
        ("/sw.js", &[]),
    ] {
        assert_eq!(found(Storage::ServiceWorker, path), ids, "{path}");
    }
}

#[test]
fn retention_is_the_one_of_the_entry() {
    let retention = |name| services_storing(Storage::Cookie, name).map(|(_, stored)| stored.retention).next();
    assert_eq!(retention("_ga"), Some(Retention::Days(730)));
    assert_eq!(retention("s_cc"), Some(Retention::Session));
}
