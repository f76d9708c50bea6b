//! Checks of where services load from and what they store: what the gate holds and what it clears.

use consentry_core::choice::{HOST_PREFIX, NAME, SHARED_PREFIX};
use consentry_enforce::pattern::matches_whole;

use super::check::{Problems, is_host_byte};
use super::file::{CookieEntry, PolicyFile, Storage};

/// Reports every host that is none, and every stored thing that would not be found, or that would take ours with it.
pub(super) fn check_reach(file: &PolicyFile, problems: &mut Problems) {
    for (at, service) in file.services.iter().enumerate() {
        for (nth, host) in service.hosts.iter().enumerate().filter(|(_, host)| !is_host_pattern(host)) {
            problems.add(
                format!("services[{at}].hosts[{nth}]"),
                format!("\"{host}\" is no host pattern"),
                "a host name, in lower case, with a leading \"*.\" for its subdomains; after it, if need be, a path that \
                 addresses begin with, \"*\" standing for anything within it",
            );
        }
        for (nth, cookie) in service.cookies.iter().enumerate() {
            check_cookie(&format!("services[{at}].cookies[{nth}]"), cookie, &file.site, problems);
        }
    }
}

fn check_cookie(path: &str, cookie: &CookieEntry, site: &str, problems: &mut Problems) {
    let is_cookie = matches!(cookie.storage, Storage::Cookie | Storage::VendorCookie);
    if is_cookie && cookie.retention_days.is_none() {
        problems.add(
            format!("{path}.retention_days"),
            format!("for how long \"{}\" is kept is not said", cookie.name),
            "a whole number of days; 0 for a session cookie",
        );
    }
    if cookie.name.chars().all(|letter| letter == '*') {
        problems.add(
            format!("{path}.name"),
            "this names nothing, or everything",
            "a name, * standing for a part of it",
        );
    } else if cookie.storage == Storage::ServiceWorker && !is_script_path(&cookie.name) {
        problems.add(
            format!("{path}.name"),
            format!("\"{}\" is no path of a worker's script", cookie.name),
            "the path of the script on this site, without its query: \"/push/worker.js\", * standing for a part of it",
        );
    } else if is_ours(cookie.storage, &cookie.name, site) {
        problems.add(
            format!("{path}.name"),
            format!("\"{}\" is a name that Consentry itself uses", cookie.name),
            "a longer part of the service's own name: clearing it must not take the visitor's choice away",
        );
    }
}

/// Whether this would be the choice, or what the banner keeps of its record.
pub(super) fn is_ours(storage: Storage, pattern: &str, site: &str) -> bool {
    match storage {
        Storage::Cookie => ["", HOST_PREFIX, SHARED_PREFIX]
            .iter()
            .any(|prefix| matches_whole(pattern, &[prefix, NAME].concat())),
        Storage::LocalStorage => {
            let ours = format!("{NAME}.{site}.");
            // As far as the pattern's own beginning says: what follows ours is the banner's business.
            let start = pattern.split('*').next().unwrap_or_default();
            start.starts_with(&ours) || (pattern.contains('*') && ours.starts_with(start))
        }
        _ => false,
    }
}

/// What the path of an address can be. The query is not compared: vendors put versions into it.
fn is_script_path(pattern: &str) -> bool {
    pattern.starts_with(['/', '*']) && !pattern.contains(['?', '#', ' '])
}

/// `host`, `*.host`, `host:8080`, each with an optional path.
fn is_host_pattern(pattern: &str) -> bool {
    let (host, path) = pattern.split_at(pattern.find('/').unwrap_or(pattern.len()));
    let host = host.strip_prefix("*.").unwrap_or(host);
    let (name, port) = host.split_once(':').unwrap_or((host, "443"));
    let is_path = path.bytes().all(|byte| byte.is_ascii_graphic())
        && !path.contains(['#', '\\'])
        && !path.ends_with('*');
    !(name.is_empty() || name.starts_with('.') || name.ends_with('.'))
        && name.bytes().all(is_host_byte)
        && port.parse::<u16>().is_ok_and(|port| port > 0)
        && is_path
        && path != "/"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_pattern_is_a_host_with_port_and_path_if_need_be() {
        for fine in
            ["a.example", "*.a.example", "127.0.0.1:8788", "*.a.example:8080/x", "a.example/x?id=A-*&b"]
        {
            assert!(is_host_pattern(fine), "{fine}");
        }
        for wrong in [
            "",
            "*.",
            "*",
            "A.example",
            ".a.example",
            "a.example.",
            "https://a.example",
            "a.example/",
            "a.example:x",
            "a.example:0",
            "a.example/x*",
            "a.example/x y",
            "a.example/x#y",
            "a.*.example",
            "/x",
        ] {
            assert!(!is_host_pattern(wrong), "{wrong}");
        }
    }

    #[test]
    fn worker_is_named_by_the_path_of_its_script() {
        for fine in ["/worker.js", "/push/*.js", "*/worker.js.php", "*worker.js"] {
            assert!(is_script_path(fine), "{fine}");
        }
        for wrong in
            ["", "worker.js", "https://shop.example/worker.js", "/worker.js?v=*", "/worker.js#x", "/a b.js"]
        {
            assert!(!is_script_path(wrong), "{wrong}");
        }
    }

    #[test]
    fn name_that_would_take_the_choice_away_is_ours() {
        for (storage, pattern, ours) in [
            (Storage::Cookie, "consentry", true),
            (Storage::Cookie, "__Host-*", true),
            (Storage::Cookie, "c*y", true),
            (Storage::Cookie, "consent", false),
            (Storage::VendorCookie, "consentry", false),
            (Storage::LocalStorage, "con*", true),
            (Storage::LocalStorage, "consentry.shop.*", true),
            (Storage::LocalStorage, "consentry.other.*", false),
            (Storage::LocalStorage, "_hj*", false),
            (Storage::SessionStorage, "con*", false),
        ] {
            assert_eq!(is_ours(storage, pattern, "shop"), ours, "{pattern}");
        }
    }
}
