//! The fields of a policy file. `docs/policy.md` explains every one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::integrations::Integrations;
use crate::notice::Link;

/// Texts by language (BCP 47); the file's first language is the fallback.
pub type Localised = BTreeMap<String, String>;

/// A whole policy file.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicyFile {
    /// The site it is for: `a-z 0-9 -`, at most 40.
    pub site: String,
    /// Exact origins of the pages that may send records: `https://www.example.com`.
    pub origins: Vec<String>,
    /// Languages offered, the fallback first.
    pub languages: Vec<String>,
    /// The `Domain` to share the choice across subdomains; without it the choice stays on its host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_domain: Option<String>,
    /// Whether what loads from known services is held though nobody marked it.
    #[serde(default, skip_serializing_if = "Mode::is_marked")]
    pub mode: Mode,
    /// Who decides about the data.
    pub controller: ControllerEntry,
    /// How long things hold.
    #[serde(default)]
    pub lifetimes: Lifetimes,
    /// What signals do.
    #[serde(default)]
    pub signals: SignalRules,
    /// How the log is kept.
    #[serde(default)]
    pub log: LogRules,
    /// What happens when something that ran is not allowed any more.
    #[serde(default)]
    pub withdrawal: WithdrawalRules,
    /// Consent models.
    #[serde(default)]
    pub models: Models,
    /// Colours and place.
    #[serde(default)]
    pub theme: Theme,
    /// Categories beyond the built-in three, or other words for those.
    #[serde(default)]
    pub categories: Vec<CategoryEntry>,
    /// Services (vendors).
    #[serde(default)]
    pub services: Vec<ServiceEntry>,
    /// Links of the site's own, shown after the industry opt-out pages.
    #[serde(default)]
    pub links: Vec<Link>,
    /// Other words for built-in texts, by language and then by name.
    #[serde(default)]
    pub texts: BTreeMap<String, BTreeMap<String, String>>,
    /// Several first layers, one of them drawn for each visit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<VariantEntry>,
    /// Who is told of the choice, beside the elements that wait for it.
    #[serde(default, skip_serializing_if = "Integrations::is_empty")]
    pub integrations: Integrations,
}

/// What waits for a choice.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The elements that the site's authors have marked.
    #[default]
    Marked,
    /// Those, and what loads from the policy's services and the catalogue's.
    Auto,
}

impl Mode {
    // Published files of before stay what they are, to the byte.
    fn is_marked(&self) -> bool {
        *self == Self::Marked
    }
}

/// Who decides about the data (GDPR Art. 4(7)). The first three fields are shown to visitors; receipts want the others too.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ControllerEntry {
    /// Legal name.
    pub name: String,
    /// Where to write: a mail address or a URL.
    pub contact: String,
    /// The privacy notice.
    pub privacy_url: String,
    /// Who answers: a person, an office, the data protection officer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contact_person: String,
    /// A mail address, where `contact` is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// In international form: `+44 20 7946 0018`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// The company's own site.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// Where people exercise their rights (GDPR Art. 12(2)); the privacy notice without it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rights_url: String,
    /// Where the company is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

/// A postal address, in the parts that both receipt formats name.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Street and number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub street: String,
    /// Town or city.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub city: String,
    /// Postal code.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub postal_code: String,
    /// State, province or county, where letters need it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// Country, ISO 3166-1 alpha-2: `DE`.
    pub country: String,
}

/// How long things hold.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Lifetimes {
    /// A choice, in days: 1 to 400. CNIL's good practice is six months.
    pub choice_days: u16,
    /// After a refusal nobody is asked again for so many days.
    pub cooldown_days: u16,
    /// Records are kept for so many months (California asks for 24 at least: 11 CCR §7101).
    pub record_months: u16,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self { choice_days: 180, cooldown_days: 180, record_months: 36 }
    }
}

/// How the log is kept.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct LogRules {
    /// In how many parts, 1 to 16: one object takes some thousand records a second, more parts take more. Records
    /// decided under this version go to these parts; earlier ones stay where they are.
    pub shards: u8,
}

/// Most parts of a log.
pub const MOST_SHARDS: u8 = 16;

impl Default for LogRules {
    fn default() -> Self {
        Self { shards: 1 }
    }
}

/// What happens when something that ran is not allowed any more. What it stored is cleared in any case.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct WithdrawalRules {
    /// Scripts that ran cannot be taken back; only loading the page again ends them.
    pub reload: Reload,
}

/// Whether the page is loaded again.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reload {
    /// The visitor is told, and has a button.
    #[default]
    Offer,
    /// At once, without a word. What they were typing is lost.
    Always,
    /// Not by us: the site sees to it.
    Never,
}

/// What signals do.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct SignalRules {
    /// What GPC and DNT switch off.
    pub effect: Effect,
    /// Since when the site states that it honours GPC, `YYYY-MM-DD` (`lastUpdate` of `/.well-known/gpc.json`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpc_since: Option<String>,
}

/// What a signal switches off.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Everything but required.
    #[default]
    NonRequired,
    /// Advertising only.
    Advertising,
}

/// Consent models. Without an entry the law's own table applies.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Models {
    /// One model wherever `places` has no entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<ModelWord>,
    /// By country (`DE`) or region (`US-CA`).
    pub places: BTreeMap<String, ModelWord>,
}

/// A consent model.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ModelWord {
    /// Denied until granted.
    OptIn,
    /// Granted until denied.
    OptOut,
    /// Granted, with a notice.
    Notice,
}

/// Colours (`#rrggbb`), corner radius, font, logo and place.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Theme {
    /// Colour of the buttons and focus rings; needs 3:1 against `surface`. Their text is white or black, whichever reads better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accent: Option<String>,
    /// The same on dark surfaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accent_dark: Option<String>,
    /// What everything is drawn on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surface: Option<String>,
    /// The same where the visitor prefers dark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surface_dark: Option<String>,
    /// Colour of text; needs 4.5:1 against `surface`. Lines and muted text are mixed from the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The same on dark surfaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_dark: Option<String>,
    /// Corner radius in CSS pixels, 0 to 32.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius: Option<u8>,
    /// Whose font.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub font: Option<Font>,
    /// A picture above the first layer's heading: `https://…`, or a path on the site's own origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// Where the first layer is, on screens that are large enough to choose; elsewhere it is a sheet at the bottom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// In which bottom corner the link to the preferences, the status and the card are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corner: Option<Corner>,
}

/// Whose font.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Font {
    /// The system's.
    #[default]
    System,
    /// The page's.
    Inherit,
}

/// Where the first layer is. None of these keeps anybody from using the page.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// Along the bottom, as wide as the window.
    #[default]
    Bar,
    /// In a bottom corner.
    Card,
    /// In the middle.
    Centre,
}

/// A side of the window, in the direction of reading.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Corner {
    /// Where lines end: right in English, left in Arabic.
    #[default]
    End,
    /// Where lines start.
    Start,
}

/// One of several first layers. It differs from the policy in what is given here and in nothing else: not in the buttons, what
/// they say, or how they look beside each other.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VariantEntry {
    /// `a-z 0-9`, at most 8.
    pub id: String,
    /// How often it is drawn, beside the others.
    #[serde(default = "one")]
    #[cfg_attr(feature = "openapi", schema(default = 1, minimum = 1, maximum = 1000))]
    pub weight: u16,
    /// Other words for `title` and `body`, by language and then by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, BTreeMap<String, String>>,
    /// What is given here, in place of the policy's.
    #[serde(default)]
    pub theme: Theme,
}

const fn one() -> u16 {
    1
}

/// A category of the site's own, or other words for a built-in one.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CategoryEntry {
    /// `a-z 0-9 _`, at most 16, starting with a letter.
    pub id: String,
    /// Its name; a built-in category has one already.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, String>))]
    pub name: Localised,
    /// What it is for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, String>))]
    pub description: Localised,
    /// The Google Consent Mode types it stands for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consent_types: Vec<String>,
    /// What its services learn of a visitor, where a service does not say so itself: words such as
    /// `ip_address`. The documentation of receipts lists them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<String>,
}

/// A service (vendor). What a file leaves out comes from the vendor catalogue when it knows the identifier; what is published
/// is always complete.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ServiceEntry {
    /// `a-z 0-9 _ -`, at most 40.
    pub id: String,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub name: String,
    /// The category whose grant it needs.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub category: String,
    /// The company behind it.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub controller: String,
    /// What it is used for here. The catalogue says so in English.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, String>, required = false))]
    pub description: Localised,
    /// Purposes as identifiers (`measure_audience`): changing them asks visitors again.
    #[serde(default)]
    pub purposes: Vec<String>,
    /// Where its requests go: hosts, a leading `*.` standing for any subdomain, each with an optional port, and an optional
    /// prefix of path and query in which `*` stands for anything.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Its privacy notice. Written even when empty: left out would mean what the catalogue says.
    #[serde(default)]
    pub privacy_url: String,
    /// Where to opt out at the vendor, likewise.
    #[serde(default)]
    pub opt_out_url: String,
    /// What it stores, in place of what the catalogue says.
    #[serde(default)]
    pub cookies: Vec<CookieEntry>,
    /// What it stores here beyond that. Empty in what is published: there it is part of `cookies`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_cookies: Vec<CookieEntry>,
    /// What it learns of a visitor: words such as `ip_address`, as for a category.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<String>,
    /// Where that is kept: countries (`IE`) or regions (`US-CA`), `EU` included. What is stored in the browser goes without saying.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stored_in: Vec<String>,
    /// For how many days; without it, as long as its longest-lived cookie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u16>,
    /// Where to write to the company: a mail address or a URL. Its privacy notice without it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contact: String,
    /// Where the company is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

/// Something stored in the browser.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CookieEntry {
    /// Its name, of a service worker the path of its script; `*` stands for a varying part.
    pub name: String,
    /// Days until it goes; 0 means when the browser closes. Cookies must say so; without it, `session_storage` goes with the
    /// tab, and what else is kept stays until somebody clears it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u16>,
    /// Where it is kept.
    #[serde(default)]
    pub storage: Storage,
}

impl CookieEntry {
    /// For how many days, 0 meaning until the browser or the tab is closed; `None` until somebody clears it.
    pub fn kept_days(&self) -> Option<u16> {
        self.retention_days.or(matches!(self.storage, Storage::SessionStorage | Storage::Pixel).then_some(0))
    }
}

/// Where something is stored.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Storage {
    /// A cookie of the site's own domain, which the site can expire.
    #[default]
    Cookie,
    /// A cookie of the vendor's domain, out of the site's reach.
    VendorCookie,
    /// `localStorage`.
    LocalStorage,
    /// `sessionStorage`.
    SessionStorage,
    /// IndexedDB.
    IndexedDb,
    /// Cache Storage.
    Cache,
    /// A service worker's registration.
    ServiceWorker,
    /// Nothing stored: a web beacon (pixel), covered like a cookie.
    Pixel,
}

impl Storage {
    /// What visitors are told it is: a cookie, whoever set it.
    pub const fn shown(self) -> &'static str {
        match self {
            Storage::Cookie | Storage::VendorCookie => "cookie",
            Storage::LocalStorage => "local_storage",
            Storage::SessionStorage => "session_storage",
            Storage::IndexedDb => "indexed_db",
            Storage::Cache => "cache",
            Storage::ServiceWorker => "service_worker",
            Storage::Pixel => "pixel",
        }
    }

    /// Whether anything stays in the browser.
    pub const fn is_kept(self) -> bool {
        !matches!(self, Storage::Pixel)
    }
}

/// What publishing a policy answers.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PolicyReceipt {
    /// The version it is now, counted from 1. The same file published again keeps its version.
    pub version: u32,
    /// SHA-256 of the file as published, 64 hexadecimal digits.
    pub hash: String,
    /// The material fingerprint, 16 hexadecimal digits: when it changes, visitors are asked again.
    pub fingerprint: String,
    /// When it was published (RFC 3339, UTC).
    pub published: String,
}
