//! Checks of `share_domain`: that the browser will take the shared cookie on every page, and that nobody else's site shares it.

use std::net::Ipv4Addr;

use super::check::{Problems, is_host_byte};
use super::file::PolicyFile;

/// Reports a domain on which no browser would keep the choice: it would be asked for again on every page.
pub(super) fn check_sharing(file: &PolicyFile, problems: &mut Problems) {
    let Some(domain) = &file.share_domain else { return };
    let hosts: Vec<&str> = file.origins.iter().filter_map(|origin| host(origin)).collect();
    if !is_domain(domain) {
        problems.add("share_domain", format!("\"{domain}\" is no domain"), instead(&hosts));
    } else if is_public_suffix(domain) {
        problems.add(
            "share_domain",
            format!(
                "\"{domain}\" is a public suffix: no browser keeps a cookie on it, strangers' sites end in it"
            ),
            instead(&hosts),
        );
    } else {
        for outside in hosts.iter().filter(|host| !is_within(host, domain)) {
            problems.add(
                "share_domain",
                format!("\"{outside}\" is in `origins`, but not below \"{domain}\": it could keep no choice"),
                instead(&hosts),
            );
        }
    }
}

/// The host of what `check_origins` takes for an origin.
fn host(origin: &str) -> Option<&str> {
    let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"))?;
    rest.split(':').next()
}

/// Two labels or more, no dots at either end, no address in numbers.
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    text.contains('.')
        && text.bytes().all(is_host_byte)
        && text.split('.').all(is_label)
        && text.parse::<Ipv4Addr>().is_err()
}

fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// What to write: the domain that can be registered and that all hosts are below, where there is one and we know it.
fn instead(hosts: &[&str]) -> String {
    let shared = hosts.first().and_then(|first| registrable(first));
    match shared.filter(|domain| hosts.iter().all(|host| is_within(host, domain))) {
        Some(domain) => format!("\"{domain}\", the registrable domain of all `origins`"),
        None => "the registrable domain that the hosts of all `origins` end in, such as \"example.com\" or \
                 \"example.co.uk\", without a leading dot; where there is none, leave it out"
            .into(),
    }
}

// The list of public suffixes is 900 kB of WebAssembly: the command line has it, the Worker leaves it to browsers, which refuse
// such a cookie.
#[cfg(feature = "suffixes")]
fn is_public_suffix(domain: &str) -> bool {
    psl::suffix_str(domain) == Some(domain)
}

#[cfg(not(feature = "suffixes"))]
fn is_public_suffix(_: &str) -> bool {
    false
}

#[cfg(feature = "suffixes")]
fn registrable(host: &str) -> Option<&str> {
    psl::domain_str(host).filter(|_| is_domain(host))
}

#[cfg(not(feature = "suffixes"))]
fn registrable(_: &str) -> Option<&str> {
    None
}

#[cfg(test)]
mod tests {
    use super::super::{check, file::PolicyFile};

    /// What `share_domain` is told of this domain and these hosts.
    fn told(domain: &str, hosts: &[&str]) -> Vec<(String, String)> {
        let origins: Vec<String> = hosts.iter().map(|host| format!("https://{host}")).collect();
        let file: PolicyFile = serde_json::from_value(serde_json::json!({
            "site": "shop", "origins": origins, "languages": ["en"], "share_domain": domain,
            "controller": { "name": "Example Ltd", "contact": "privacy@example.com", "privacy_url": "https://example.com/privacy" },
        }))
        .unwrap();
        let problems = check(file).err().unwrap_or_default();
        assert!(problems.iter().all(|wrong| wrong.path == "share_domain"), "{problems:?}");
        problems.into_iter().map(|wrong| (wrong.problem, wrong.allowed)).collect()
    }

    #[test]
    fn share_domain_above_every_origin_is_taken() {
        for (domain, hosts) in [
            ("example.com", &["www.example.com", "shop.example.com:8443", "example.com"][..]),
            ("example.co.uk", &["shop.example.co.uk"]),
            ("shop.example.co.uk", &["shop.example.co.uk", "de.shop.example.co.uk"]),
            ("acme.github.io", &["acme.github.io"]),
        ] {
            assert_eq!(told(domain, hosts), [], "{domain}");
        }
    }

    #[test]
    fn share_domain_that_is_none_is_refused() {
        for domain in [
            "com",
            ".example.com",
            "example.com.",
            "a..example.com",
            "Example.com",
            "127.0.0.1",
            "-a.example",
        ] {
            let told = told(domain, &["www.example.com"]);
            assert!(told.len() == 1 && told[0].0.ends_with("is no domain"), "{domain}: {told:?}");
        }
    }

    #[test]
    fn share_domain_beside_an_origin_is_refused_for_that_origin() {
        let told = told("example.com", &["www.example.com", "www.badexample.com", "localhost:8080"]);
        assert_eq!(told.len(), 2);
        assert!(
            told[0].0.starts_with("\"www.badexample.com\"") && told[1].0.starts_with("\"localhost\""),
            "{told:?}"
        );
        assert!(told[0].1.contains("leave it out"), "nothing is above all of them: {}", told[0].1);
    }

    #[cfg(feature = "suffixes")]
    #[test]
    fn public_suffix_is_refused_with_the_domain_to_write_instead() {
        for (domain, hosts, right) in [
            ("co.uk", &["shop.example.co.uk"][..], "\"example.co.uk\""),
            ("github.io", &["acme.github.io"], "\"acme.github.io\""),
            ("com.au", &["a.example.com.au", "b.example.com.au"], "\"example.com.au\""),
        ] {
            let told = told(domain, hosts);
            assert!(told.len() == 1 && told[0].0.contains("public suffix"), "{domain}: {told:?}");
            assert!(told[0].1.starts_with(right), "{}", told[0].1);
        }
        let told = told("co.uk", &["www.example.co.uk", "www.other.co.uk"]);
        assert!(told[0].1.contains("leave it out"), "two companies share nothing: {}", told[0].1);
    }
}
