//! Checks of what names something in a policy: origins that are there twice, services, their purposes, what they store.

use super::check::Problems;
use super::file::{PolicyFile, ServiceEntry, Storage};

/// Reports every name that names nothing, or something already named.
pub(super) fn check_names(file: &PolicyFile, problems: &mut Problems) {
    for (at, origin) in file.origins.iter().enumerate() {
        if file.origins.iter().take(at).any(|earlier| earlier == origin) {
            problems.add(
                format!("origins[{at}]"),
                format!("\"{origin}\" is there twice"),
                "each origin once",
            );
        }
    }
    for (at, service) in file.services.iter().enumerate() {
        check_service(&format!("services[{at}]"), service, problems);
    }
}

fn check_service(path: &str, service: &ServiceEntry, problems: &mut Problems) {
    if service.name.trim().is_empty() {
        problems.add(format!("{path}.name"), "it says nothing", "the name visitors know it by");
    }
    if service.controller.trim().is_empty() {
        problems.add(
            format!("{path}.controller"),
            "nobody is named",
            "the company behind it, or your own: visitors are told who gets their data (GDPR Art. 13(1)(e))",
        );
    }
    for (nth, purpose) in service.purposes.iter().enumerate().filter(|(_, purpose)| !is_identifier(purpose)) {
        problems.add(
            format!("{path}.purposes[{nth}]"),
            format!("\"{purpose}\" is no identifier of a purpose"),
            "a-z, 0-9, _ and -, starting with a letter, such as \"measure_audience\"; what visitors read of it is \
             purpose_IDENTIFIER in `texts`",
        );
    }
    for (nth, cookie) in service.cookies.iter().enumerate() {
        let is_cookie = matches!(cookie.storage, Storage::Cookie | Storage::VendorCookie);
        if is_cookie && !is_cookie_name(&cookie.name) {
            problems.add(
                format!("{path}.cookies[{nth}].name"),
                format!("no cookie can be called {:?}", cookie.name),
                "its name alone, without its value: no space, \"=\" or \";\"; * stands for a part that varies",
            );
        }
    }
}

fn is_identifier(purpose: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
    purpose.starts_with(|letter: char| letter.is_ascii_lowercase()) && purpose.bytes().all(fits)
}

/// What is empty is reported where patterns are looked at.
fn is_cookie_name(name: &str) -> bool {
    !name
        .contains(|letter: char| matches!(letter, ';' | '=') || letter.is_whitespace() || letter.is_control())
}

#[cfg(test)]
mod tests {
    use crate::receipts::PURPOSES;

    fn told(service: serde_json::Value, origins: &[&str]) -> Vec<String> {
        let mut entry = serde_json::json!({
            "id": "ours", "name": "n", "category": "functional", "controller": "c", "description": { "en": "d" },
        });
        entry.as_object_mut().unwrap().extend(service.as_object().unwrap().clone());
        let file = serde_json::from_value(serde_json::json!({
            "site": "shop", "origins": origins, "languages": ["en"], "services": [entry],
            "controller": { "name": "Shop Ltd", "contact": "a@shop.example", "privacy_url": "https://shop.example/p" },
        }))
        .unwrap();
        let problems = super::super::check(file).err().unwrap_or_default();
        problems.into_iter().map(|wrong| wrong.path).collect()
    }

    fn of(service: serde_json::Value) -> Vec<String> {
        told(service, &["https://shop.example"])
    }

    #[test]
    fn service_or_company_without_a_name_is_refused() {
        for blank in ["", "  ", "\u{a0}"] {
            let found = of(serde_json::json!({ "name": blank, "controller": blank }));
            assert_eq!(found, ["services[0].name", "services[0].controller"], "{blank:?}");
        }
    }

    #[test]
    fn purpose_is_an_identifier() {
        for fine in PURPOSES.iter().map(|(word, _)| *word).chain(["a", "win-back", "phase_2"]) {
            assert_eq!(of(serde_json::json!({ "purposes": [fine] })), [""; 0], "{fine}");
        }
        for wrong in ["", "Measure", "measure audience", "2nd", "_x", "mésure", "a.b"] {
            let found = of(serde_json::json!({ "purposes": ["show_video", wrong] }));
            assert_eq!(found, ["services[0].purposes[1]"], "{wrong}");
        }
    }

    #[test]
    fn cookie_that_cannot_exist_is_refused_and_other_storage_may_be_called_so() {
        for name in ["a=b", "a;b", "a b", "a\tb", "a\u{1}", " _id", "=*"] {
            let stored = |storage: &str| serde_json::json!({ "cookies": [{ "name": name, "retention_days": 1, "storage": storage }] });
            for cookie in ["cookie", "vendor_cookie"] {
                assert_eq!(of(stored(cookie)), ["services[0].cookies[0].name"], "{name:?}");
            }
            assert_eq!(of(stored("local_storage")), [""; 0], "{name:?}");
        }
        for name in ["_ga_*", "__Secure-x", "a.b", "{1}", "ü", "$x|y"] {
            let cookies = serde_json::json!({ "cookies": [{ "name": name, "retention_days": 1 }] });
            assert_eq!(of(cookies), [""; 0], "{name}");
        }
    }

    #[test]
    fn origin_that_is_there_twice_is_refused() {
        let found =
            told(serde_json::json!({}), &["https://a.example", "https://b.example", "https://a.example"]);
        assert_eq!(found, ["origins[2]"]);
    }
}
