//! What a policy says of programs that want to be told of the choice: Google's, Microsoft's, Meta's and others'.
//!
//! Each table here is one part of the gate (`www/gate/src/parts`), sent only to sites whose policy has it. None of it is material:
//! an integration passes on what was decided, it does not change what consent was given to.

mod check;
mod parts;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub(super) use check::check_integrations;
pub use parts::parts;

/// Who is told of the choice.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Integrations {
    /// Google Consent Mode v2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub google: Option<Google>,
    /// Microsoft UET and Clarity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub microsoft: Option<Microsoft>,
    /// Meta Pixel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Meta>,
    /// TikTok Pixel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiktok: Option<Tiktok>,
    /// LinkedIn Insight Tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linkedin: Option<Linkedin>,
    /// Segment analytics.js.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<Segment>,
    /// Anything else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub generic: Vec<Generic>,
    /// IAB Global Privacy Platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpp: Option<super::GppRules>,
}

impl Integrations {
    /// Whether nobody is told.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Google Consent Mode v2. Which types follow which category is said by the categories: `consent_types`.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Google {
    /// Google's services in this policy: refusing one by name denies the types of its category.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// Categories of the site's own that no consent type is meant to follow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unrelated: Vec<String>,
    /// How long tags that load at once wait for an update, in milliseconds: at most 10,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_for_update: Option<u16>,
    /// Whether identifiers of clicks on advertisements are removed while `ad_storage` is denied.
    pub ads_data_redaction: bool,
    /// Whether such identifiers travel in the addresses of the site's own links instead of in cookies.
    pub url_passthrough: bool,
    /// The global that Google's tags read, if it is not `dataLayer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_layer: Option<String>,
    /// An event that is pushed after each update, for triggers of a tag manager.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
}

impl Default for Google {
    fn default() -> Self {
        Self {
            services: Vec::new(),
            unrelated: Vec::new(),
            wait_for_update: None,
            ads_data_redaction: true,
            url_passthrough: false,
            data_layer: None,
            event: None,
        }
    }
}

/// Microsoft: one of the two at least.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Microsoft {
    /// The service that is Universal Event Tracking (Microsoft Advertising).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uet: Option<String>,
    /// The service that is Clarity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clarity: Option<String>,
}

/// Meta Pixel.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Meta {
    /// The service that is the pixel.
    pub service: String,
    /// Whether, where things run until refused, Meta is told to use the data for the site alone (Limited Data Use).
    #[serde(default)]
    pub limited_data_use: bool,
}

/// TikTok Pixel.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Tiktok {
    /// The service that is the pixel.
    pub service: String,
}

/// LinkedIn Insight Tag.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Linkedin {
    /// The service that is the tag.
    pub service: String,
}

/// Segment analytics.js.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// The service that is Segment.
    pub service: String,
    /// Whether changes of the choice are tracked as *Segment Consent Preference Updated*.
    #[serde(default = "yes")]
    #[cfg_attr(feature = "openapi", schema(default = true))]
    pub tell_changes: bool,
}

const fn yes() -> bool {
    true
}

/// A function, an array or a global of the page that is handed the state of all categories.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Generic {
    /// What is done with it.
    pub how: How,
    /// Where it is, below `window`: `vendor.setConsent`.
    pub path: String,
    /// A first argument of the function, or the `event` of what is pushed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// A service without whose grant nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

/// How something of the page is told.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// A function is called.
    Call,
    /// An entry is added to an array.
    Push,
    /// A global is replaced.
    Set,
}

impl How {
    /// The wire word.
    pub const fn as_str(self) -> &'static str {
        match self {
            How::Call => "call",
            How::Push => "push",
            How::Set => "set",
        }
    }
}
