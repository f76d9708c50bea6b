//! The notice: everything the preference centre tells a visitor, in one language.

use serde::{Deserialize, Serialize};

/// The full notice of one policy version in one language.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notice {
    /// The site's identifier.
    pub site: String,
    /// The published policy version it describes.
    pub policy: u32,
    /// BCP 47 tag of the texts.
    pub language: String,
    /// `ltr` or `rtl`.
    pub dir: String,
    /// Who decides about the data.
    pub controller: Controller,
    /// In bit order.
    pub categories: Vec<CategoryNotice>,
    /// What Consentry itself stores to remember the choice; belongs to the required category.
    #[serde(default)]
    pub own: Vec<CookieNotice>,
    /// Where the advertising industry takes opt-outs, and links of the site's own.
    pub links: Vec<Link>,
    /// Every word of the interface.
    pub texts: Texts,
}

/// Who decides about the data (GDPR Art. 4(7)).
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// Legal name.
    pub name: String,
    /// Where to write: a mail address or a URL.
    pub contact: String,
    /// The privacy notice.
    pub privacy_url: String,
}

/// One category as a visitor reads it.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryNotice {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What refusing it may cost the visitor; empty when nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub warning: String,
    /// Cannot be switched off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locked: bool,
    /// In the order of the file.
    pub services: Vec<ServiceNotice>,
}

/// One service as a visitor reads it.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceNotice {
    /// Its identifier.
    pub id: String,
    /// Its position in the policy: the bit in the choice cookie.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// The company behind it.
    pub controller: String,
    /// What it is used for here.
    pub description: String,
    /// What it is used for, in a few words each.
    #[serde(default)]
    pub purposes: Vec<String>,
    /// Its privacy notice.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub privacy_url: String,
    /// Where to opt out at the vendor.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub opt_out_url: String,
    /// What it stores.
    pub cookies: Vec<CookieNotice>,
}

/// One thing stored in the browser.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CookieNotice {
    /// Its name, `*` standing for a varying part.
    pub name: String,
    /// In words: "Session", "90 days"; empty for a pixel, which stores nothing.
    pub lifetime: String,
    /// Gone when the browser closes.
    pub session: bool,
    /// `cookie`, `local_storage`, `session_storage`, `indexed_db`, `cache`, `service_worker` or `pixel`.
    pub storage: String,
}

/// A link with its text.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What it is called.
    pub text: String,
    /// Where it leads.
    pub url: String,
}

macro_rules! texts {
    ($($(#[doc = $doc:literal])+ $key:ident),+ $(,)?) => {
        /// Every word of the interface. The built-in ones are in `texts/LANGUAGE.json`; a policy may override each.
        #[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(deny_unknown_fields)]
        pub struct Texts { $($(#[doc = $doc])+ pub $key: String),+ }

        impl Texts {
            /// The names of all texts, as the policy file and `texts/*.json` spell them.
            pub const KEYS: &'static [&'static str] = &[$(stringify!($key)),+];
        }
    };
}
texts! {
    /// Heading of the first layer.
    title,
    /// The paragraph of the first layer.
    body,
    /// Button: agree to everything.
    accept_all,
    /// Button: refuse everything that can be refused.
    reject_all,
    /// Button: open the preference centre.
    preferences,
    /// The persistent control at the bottom right.
    link,
    /// Link to the privacy notice.
    privacy_notice,
    /// Status when a signal was honoured (11 CCR §7025(c)(6)).
    honoured_title,
    /// One sentence below it.
    honoured_body,
    /// Preference centre: which signal the browser sends. `{signal}` is replaced.
    signal_heard,
    /// Preference centre: what switching something on in spite of the signal means.
    signal_override,
    /// Heading of the preference centre.
    centre_title,
    /// Its first paragraph.
    centre_intro,
    /// Button: keep the switches as they are set.
    save,
    /// Button: leave without changing anything.
    close,
    /// Name of the required category.
    required_name,
    /// What it is for.
    required_description,
    /// Why it has no switch to turn.
    required_reason,
    /// Name of the functional category.
    functional_name,
    /// What it is for.
    functional_description,
    /// What refusing it may cost.
    functional_warning,
    /// Name of the advertising category.
    advertising_name,
    /// What it is for; covers pixels and tags that load other tags.
    advertising_description,
    /// Summary of the list of services. `{count}` is replaced.
    services,
    /// Label: company behind a service.
    provider,
    /// Label: what it stores.
    cookies,
    /// Label: link to opt out at the vendor.
    opt_out,
    /// Lifetime of a session cookie.
    session,
    /// Lifetime of a persistent cookie in days. `{count}` is replaced.
    days,
    /// What session and persistent cookies, pixels and similar techniques are.
    cookies_explained,
    /// Heading of the industry opt-out pages.
    industry_title,
    /// Sentence before them.
    industry_intro,
    /// Heading: your choice so far.
    choice_title,
    /// There is none yet.
    choice_none,
    /// Label: when.
    choice_time,
    /// Label: identifier of the record.
    choice_record,
    /// The log has acknowledged it.
    recorded,
    /// It is stored here and will be sent.
    unrecorded,
    /// The log refused it; the choice holds all the same.
    not_recorded,
    /// Disclosure, and name of what is in it: have the records of this browser deleted.
    erase,
    /// What that means, before the button.
    erase_explained,
    /// Button: do it.
    erase_confirm,
    /// Announced after it.
    erased,
    /// It did not work, or not for all of them.
    erase_failed,
    /// Announced after saving.
    saved,
    /// The policy was changed while the page was open, so the choice was not taken.
    changed,
    /// While the notice loads.
    loading,
    /// It did not load; followed by a link to the plain page.
    load_failed,
    /// That link.
    open_page,
    /// Label: who decides about the data.
    controller,
    /// State of a switch, for people who see no colour.
    on,
    /// State of a switch.
    off,
    /// Link back to the site, on the plain page.
    back,
    /// The paragraph of the first layer where the law lets things run until the visitor refuses.
    body_opt_out,
    /// The first layer, when a choice was made but what it was about has changed.
    ask_again,
    /// The persistent control where state law asks for the opt-out under this name (11 CCR §7015).
    privacy_choices,
    /// Heading in the preference centre where selling and sharing can be refused (Cal. Civ. Code §1798.135).
    do_not_sell,
    /// What that means here.
    do_not_sell_body,
    /// Button: put the first layer away on this page without choosing; nothing is allowed by it.
    dismiss,
    /// One sentence below the honoured status, where a signal reaches advertising only.
    honoured_body_advertising,
    /// Heading: what the browser sends and what became of it.
    signal_title,
    /// The browser sends no signal.
    signal_none,
    /// Which signal the browser sends, where it reaches advertising only. `{signal}` is replaced.
    signal_heard_advertising,
    /// The visitor chose against the signal. `{signal}` is replaced.
    signal_overridden,
    /// Heading: what changed between the policy of the last choice and this one.
    changed_title,
    /// Services that are new. `{names}` is replaced.
    changed_added,
    /// Services that are gone. `{names}` is replaced.
    changed_removed,
    /// Services that are in another category now. `{names}` is replaced.
    changed_moved,
    /// Services used for other purposes now. `{names}` is replaced.
    changed_purposes,
    /// Categories or consent models are different.
    changed_rules,
    /// Label of the field that filters the list of services.
    search,
    /// Nothing matches it.
    search_none,
    /// Label: what a service is used for.
    purposes,
    /// Column: name of a cookie or storage item.
    item_name,
    /// Column: what kind of storage it is.
    item_kind,
    /// Column: how long it stays.
    item_kept,
    /// Kind of storage.
    kind_cookie,
    /// Kind of storage.
    kind_local_storage,
    /// Kind of storage.
    kind_session_storage,
    /// Kind of storage.
    kind_indexed_db,
    /// Kind of storage.
    kind_cache,
    /// Kind of storage: a script that stays in the browser and works for the site.
    kind_service_worker,
    /// Kind of technique: nothing is stored.
    kind_pixel,
    /// Heading: proof that the record is in the log.
    receipt,
    /// What it is good for.
    receipt_explained,
    /// Button.
    receipt_copy,
    /// Announced after it.
    receipt_copied,
    /// Link: the proof as a file. `.tlog-proof` is its ending.
    receipt_download,
    /// Link: the record as a file.
    receipt_json,
    /// The record is not in the log yet, or its receipt was not kept.
    receipt_none,
    /// Button: take back everything that was agreed to.
    withdraw,
    /// What it does.
    withdraw_explained,
    /// Something that ran cannot be stopped on this page.
    reload_needed,
    /// Button.
    reload,
    /// Placeholder of embedded content. `{service}` is replaced.
    embed_title,
    /// Why it is not shown. `{service}` is replaced.
    embed_body,
    /// Button: show it now and remember nothing.
    embed_once,
    /// Button: allow the service from now on. `{service}` is replaced.
    embed_always,
    /// Heading of the cookie declaration.
    declaration_title,
    /// Below it. `{version}` is the number of the policy.
    declaration_version,
}
