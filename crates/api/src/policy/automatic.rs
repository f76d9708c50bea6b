//! What the gate's automatic part is handed: whose an address is, by this policy and the catalogue.

use consentry_enforce::automatic::{AutoTable, OwnService, table};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::file::PolicyFile;

/// Patterns of addresses, many in one text: `consentry_enforce::automatic` says what they mean and
/// how they are matched. Depends on the policy and on the release's catalogue, on nothing of the visitor's.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AutoPatterns {
    /// By identifier of the policy's services.
    pub services: BTreeMap<String, String>,
    /// Of services only the catalogue knows, by category. `required` has what is an exception and never held.
    pub categories: BTreeMap<String, String>,
}

/// The patterns for a policy. Takes some milliseconds: keep what comes out for as long as the policy is in force.
pub fn auto_patterns(file: &PolicyFile) -> AutoPatterns {
    let hosts: Vec<Vec<&str>> =
        file.services.iter().map(|service| service.hosts.iter().map(String::as_str).collect()).collect();
    let own = file.services.iter().zip(&hosts).map(|(service, hosts)| OwnService { id: &service.id, hosts });
    let AutoTable { services, categories } = table(&own.collect::<Vec<_>>());
    AutoPatterns { services, categories }
}

#[cfg(test)]
mod tests {
    use consentry_enforce::automatic::{Matcher, Owner};
    use serde_json::json;

    use super::*;

    #[test]
    fn patterns_of_a_policy_come_from_its_hosts_and_the_catalogue_and_survive_json() {
        let mut file = json!({
            "site": "shop", "origins": ["https://shop.example"], "languages": ["en"],
            "controller": { "name": "Shop Ltd", "contact": "a@shop.example", "privacy_url": "https://shop.example/p" },
            "services": [{ "id": "hotjar" }, { "id": "vimeo", "hosts": ["films.example:8080/p"] }],
        });
        assert_eq!(super::super::complete(&mut file).problems, []);
        let patterns = auto_patterns(&serde_json::from_value(file).unwrap());
        let AutoPatterns { services, categories } =
            serde_json::from_str(&serde_json::to_string(&patterns).unwrap()).unwrap();
        let table = AutoTable { services, categories };
        let matcher = Matcher::new(&table, "shop.example");
        for (url, owner) in [
            ("https://static.hotjar.com/c/hotjar-1.js", Some(Owner::Service("hotjar"))),
            ("https://films.example:8080/player.js", Some(Owner::Service("vimeo"))),
            ("https://films.example/player.js", None),
            ("https://player.vimeo.com/video/1", Some(Owner::Service("vimeo"))),
            ("https://connect.facebook.net/en_US/fbevents.js", Some(Owner::Category("advertising"))),
            ("https://js.stripe.com/v3/", None),
        ] {
            assert_eq!(matcher.owner_of_url(url), owner, "{url}");
        }
    }
}
