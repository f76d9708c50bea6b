//! The words of the policy file in the vocabularies of the receipts: W3C DPV 2.3, and the category lists that Kantara's
//! working group recommends with Consent Receipt 1.1.

/// The IRI of a term of the Data Privacy Vocabulary.
macro_rules! dpv {
    ($term:literal) => {
        concat!("https://w3id.org/dpv#", $term)
    };
}
pub(crate) use dpv;

macro_rules! pd {
    ($term:literal) => {
        concat!("https://w3id.org/dpv/pd#", $term)
    };
}

/// What is said where the policy says nothing and a standard wants a text all the same.
pub const NOT_STATED: &str = "not stated";

/// How much care a kind of data needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// Personal data like any other.
    Usual,
    /// Sensitive without being named by GDPR Art. 9: a place to the metre, means of payment.
    Sensitive,
    /// A special category (GDPR Art. 9(1)).
    Special,
}

/// A kind of data that a service may learn of a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Data {
    /// The word of the policy file.
    pub word: &'static str,
    /// Its term in DPV's extension for personal data.
    pub iri: &'static str,
    /// Its category in Kantara's list.
    pub kantara: &'static str,
    /// How much care it needs.
    pub care: Care,
}

impl Data {
    /// The DPV class of such data.
    pub const fn class(&self) -> &'static str {
        match self.care {
            Care::Usual => dpv!("PersonalData"),
            Care::Sensitive => dpv!("SensitivePersonalData"),
            Care::Special => dpv!("SpecialCategoryPersonalData"),
        }
    }
}

const BIOGRAPHICAL: &str = "1 - Biographical";
const CONTACT: &str = "2 - Contact";
const NETWORK: &str = "5 - Network/Service";
const HEALTH: &str = "6 - Health";
const FINANCIAL: &str = "7 - Financial";
const BEHAVIOURAL: &str = "15 - Behavioral";
const PROFILING: &str = "16 - Profiling";

const fn data(word: &'static str, iri: &'static str, kantara: &'static str) -> Data {
    Data { word, iri, kantara, care: Care::Usual }
}

const fn sensitive(word: &'static str, iri: &'static str, kantara: &'static str) -> Data {
    Data { word, iri, kantara, care: Care::Sensitive }
}

const fn special(word: &'static str, iri: &'static str, kantara: &'static str) -> Data {
    Data { word, iri, kantara, care: Care::Special }
}

/// Every kind of data that a policy file may name.
pub const DATA: &[Data] = &[
    data("ip_address", pd!("IPAddress"), NETWORK),
    data("identifier", pd!("UID"), NETWORK),
    data("device", pd!("DeviceBased"), NETWORK),
    data("user_agent", pd!("UserAgent"), NETWORK),
    data("fingerprint", pd!("BrowserFingerprint"), NETWORK),
    data("language", pd!("Language"), NETWORK),
    data("location", pd!("Location"), NETWORK),
    sensitive("precise_location", pd!("GPSCoordinate"), NETWORK),
    data("browsing", pd!("BrowsingBehaviour"), BEHAVIOURAL),
    data("referrer", pd!("BrowsingReferral"), BEHAVIOURAL),
    data("clicks", pd!("LinkClicked"), BEHAVIOURAL),
    data("interactions", pd!("Interaction"), BEHAVIOURAL),
    data("viewing", pd!("ServiceConsumptionBehaviour"), BEHAVIOURAL),
    data("purchases", pd!("Purchase"), BEHAVIOURAL),
    data("preferences", pd!("Preference"), BEHAVIOURAL),
    data("interests", pd!("Interest"), PROFILING),
    data("profile", pd!("Profile"), PROFILING),
    data("account", pd!("AccountIdentifier"), NETWORK),
    data("name", pd!("Name"), BIOGRAPHICAL),
    data("age", pd!("Age"), BIOGRAPHICAL),
    data("gender", pd!("Gender"), BIOGRAPHICAL),
    data("email", pd!("EmailAddress"), CONTACT),
    data("phone", pd!("TelephoneNumber"), CONTACT),
    data("postal_address", pd!("PhysicalAddress"), CONTACT),
    data("messages", pd!("Communication"), "4 - Communications/Social"),
    data("social_media", pd!("SocialMedia"), "4 - Communications/Social"),
    sensitive("payment", pd!("PaymentCard"), FINANCIAL),
    special("health", pd!("Health"), HEALTH),
    special("genetic", pd!("Genetic"), HEALTH),
    special("biometric", pd!("Biometric"), "3 - Biometric"),
    special("ethnic_origin", pd!("EthnicOrigin"), BIOGRAPHICAL),
    special("political_opinion", pd!("PoliticalOpinion"), BIOGRAPHICAL),
    special("religion", pd!("ReligiousBelief"), BIOGRAPHICAL),
    special("sexual_orientation", pd!("SexualPreference"), BIOGRAPHICAL),
    special("trade_union", pd!("TradeUnionMembership"), "14 - Membership"),
];

/// A purpose in both vocabularies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PurposeKind {
    /// Its term in DPV.
    pub iri: &'static str,
    /// Its category in Kantara's list; empty when the list has none.
    pub kantara: &'static str,
}

const fn kind(iri: &'static str, kantara: &'static str) -> PurposeKind {
    PurposeKind { iri, kantara }
}

const CORE: &str = "1 - Core Function";
const CONTRACTED: &str = "2 - Contracted Service";
const REQUESTED: &str = "4 - Contact Requested";
const PERSONALISE: &str = "5 - Personalize Experience";
const MARKETING: &str = "6 - Marketing";
const OTHERS_MARKETING: &str = "7 - Marketing Third Parties";
const INTERESTS: &str = "15 - Protecting Our Interests";
const PERFORMANCE: &str = "16 - Improve Performance";

/// Purposes that have a counterpart. Purposes are identifiers of the operator's own choosing, so this list is no limit.
pub const PURPOSES: &[(&str, PurposeKind)] = &[
    ("shopping_basket", kind(dpv!("RequestedServiceProvision"), CONTRACTED)),
    ("sign_in", kind(dpv!("RequestedServiceProvision"), CONTRACTED)),
    ("payment", kind(dpv!("PaymentManagement"), CONTRACTED)),
    ("security", kind(dpv!("EnforceSecurity"), INTERESTS)),
    ("prevent_fraud", kind(dpv!("FraudPreventionAndDetection"), INTERESTS)),
    ("balance_load", kind(dpv!("TechnicalServiceProvision"), CORE)),
    ("measure_audience", kind(dpv!("ServiceUsageAnalytics"), PERFORMANCE)),
    ("improve_service", kind(dpv!("ServiceOptimisation"), PERFORMANCE)),
    ("test_variants", kind(dpv!("ServiceOptimisation"), PERFORMANCE)),
    ("show_video", kind(dpv!("RequestedServiceProvision"), CONTRACTED)),
    ("show_map", kind(dpv!("RequestedServiceProvision"), CONTRACTED)),
    ("chat", kind(dpv!("CommunicationForCustomerCare"), REQUESTED)),
    ("remember_settings", kind(dpv!("UserInterfacePersonalisation"), PERSONALISE)),
    ("personalise", kind(dpv!("ServicePersonalisation"), PERSONALISE)),
    ("recommend", kind(dpv!("ProvidePersonalisedRecommendations"), PERSONALISE)),
    ("social_media", kind(dpv!("SocialMediaMarketing"), MARKETING)),
    ("show_advertising", kind(dpv!("Advertising"), OTHERS_MARKETING)),
    ("measure_advertising", kind(dpv!("Marketing"), MARKETING)),
    ("profile", kind(dpv!("TargetedAdvertising"), OTHERS_MARKETING)),
];

/// The purpose a word of the policy stands for; that of its category when the word is the operator's own.
pub fn purpose_kind(word: &str, category: &str) -> PurposeKind {
    let known = PURPOSES.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind);
    known.unwrap_or_else(|| category_kind(category))
}

/// What a category is for in general.
pub fn category_kind(category: &str) -> PurposeKind {
    match category {
        "required" => kind(dpv!("ServiceProvision"), CORE),
        "functional" => kind(dpv!("ServiceOptimisation"), PERSONALISE),
        "advertising" => kind(dpv!("Advertising"), MARKETING),
        // A category of the site's own can be for anything.
        _ => kind(dpv!("Purpose"), ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_each_table_are_there_once() {
        let data: Vec<&str> = DATA.iter().map(|data| data.word).collect();
        let purposes: Vec<&str> = PURPOSES.iter().map(|(word, _)| *word).collect();
        for words in [data, purposes] {
            for (at, word) in words.iter().enumerate() {
                assert_eq!(words.iter().position(|other| other == word), Some(at), "{word}");
            }
        }
    }

    #[test]
    fn documentation_names_every_word() {
        let page = include_str!("../../../../docs/receipts.md");
        for word in DATA.iter().map(|data| data.word).chain(PURPOSES.iter().map(|(word, _)| *word)) {
            assert!(page.contains(&format!("`{word}`")), "docs/receipts.md lacks {word}");
        }
    }

    #[test]
    fn special_categories_are_those_of_article_nine() {
        let special: Vec<&str> =
            DATA.iter().filter(|data| data.care == Care::Special).map(|data| data.word).collect();
        // Racial or ethnic origin, political opinions, religious beliefs, trade union membership, genetic and biometric data,
        // health, sex life and sexual orientation.
        assert_eq!(
            special,
            [
                "health",
                "genetic",
                "biometric",
                "ethnic_origin",
                "political_opinion",
                "religion",
                "sexual_orientation",
                "trade_union"
            ]
        );
    }

    #[test]
    fn purpose_that_is_the_operators_own_goes_by_its_category() {
        assert_eq!(purpose_kind("measure_audience", "advertising").kantara, PERFORMANCE);
        assert_eq!(purpose_kind("count_sheep", "advertising"), category_kind("advertising"));
        assert_eq!(purpose_kind("count_sheep", "sheep").iri, dpv!("Purpose"));
    }
}
