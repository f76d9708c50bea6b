//! `integrations.gpp`: IAB GPP strings for advertising systems in the United States. Off unless a section is named.

use consentry_core::Jurisdiction;
use consentry_core::category::BUILT_IN;
use serde::{Deserialize, Serialize};

/// Which sections the page's `__gpp` answers for. `docs/gpp.md` says what they say.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GppRules {
    /// The sections; without any there is no `__gpp`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<GppSection>,
}

/// A section of a GPP string.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum GppSection {
    /// US National, section 7.
    UsNat,
}

impl GppRules {
    /// What the gate's part `gpp` is handed at this place; `None` where the policy names no section. It applies in the United
    /// States and where nobody knows, as readers take *none applies* for leave to go ahead; elsewhere the part says so.
    pub fn config(&self, place: Jurisdiction) -> Option<consentry_gpp::Config> {
        let [.., advertising] = BUILT_IN;
        let states = Jurisdiction::new(Some("US"), None);
        let may_be_there = [states, Jurisdiction::UNKNOWN].contains(&place.without_region());
        let applies = if may_be_there { consentry_gpp::Applies::Yes } else { consentry_gpp::Applies::No };
        self.sections.contains(&GppSection::UsNat).then(|| consentry_gpp::config(applies, advertising))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(json: &str) -> Result<GppRules, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn rules_name_known_sections_and_nothing_else() {
        assert_eq!(rules(r#"{"sections":["usnat"]}"#), Ok(GppRules { sections: vec![GppSection::UsNat] }));
        assert_eq!(rules("{}"), Ok(GppRules::default()));
        for wrong in [r#"{"sections":["tcfeuv2"]}"#, r#"{"sections":"usnat"}"#, r#"{"cmp":31}"#] {
            assert!(rules(wrong).is_err(), "{wrong}");
        }
        let written = serde_json::to_string(&GppRules { sections: vec![GppSection::UsNat] }).unwrap();
        assert_eq!(written, r#"{"sections":["usnat"]}"#);
    }

    #[test]
    fn section_is_in_force_in_the_united_states_and_where_nobody_knows() {
        let rules = GppRules { sections: vec![GppSection::UsNat] };
        for (place, applicable) in
            [("US", 7), ("US-CA", 7), ("US-WY", 7), ("DE", -1), ("CA-QC", -1), ("unknown", 7)]
        {
            let config = rules.config(Jurisdiction::parse(place).unwrap()).unwrap();
            let json = serde_json::to_value(config).unwrap();
            assert_eq!(json["applicable"], applicable, "{place}");
            assert_eq!(json["category"], "advertising");
        }
    }

    #[test]
    fn policy_without_a_section_has_no_part() {
        assert_eq!(GppRules::default().config(Jurisdiction::parse("US-CA").unwrap()), None);
    }
}
