//! Where the visitor is, as the edge runtime says, and how consent can work there.

use alloc::string::String;
use core::fmt;

use crate::law::{Rules, law_of};

/// How consent works in a jurisdiction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Model {
    /// Nothing non-required before the visitor agrees (ePrivacy Directive Art. 5(3), GDPR Art. 6(1)(a)).
    OptIn,
    /// On until the visitor or a signal refuses (CCPA and its siblings).
    OptOut,
    /// On, with a notice and a way to refuse; no question is asked by itself.
    Notice,
}

/// A country, and a region of it where one is known (ISO 3166-1 alpha-2, ISO 3166-2 subdivision). Never from a client header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Jurisdiction {
    country: Option<[u8; 2]>,
    region: Option<[u8; 3]>,
}

impl Jurisdiction {
    /// Nobody knows where: the strictest rules apply.
    pub const UNKNOWN: Jurisdiction = Jurisdiction { country: None, region: None };

    /// From what the edge runtime reports. `XX` (unknown), `T1` (Tor) and anything malformed become [`Self::UNKNOWN`].
    pub fn new(country: Option<&str>, region: Option<&str>) -> Self {
        let country = country.and_then(|text| <[u8; 2]>::try_from(text.as_bytes()).ok());
        match country {
            Some(code) if code.iter().all(u8::is_ascii_uppercase) && &code != b"XX" => {
                Self { country: Some(code), region: region.and_then(parse_region) }
            }
            _ => Self::UNKNOWN,
        }
    }

    /// `DE`, `US-CA`, or `unknown`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "unknown" {
            return Some(Self::UNKNOWN);
        }
        let (country, region) = match text.split_once('-') {
            Some((country, region)) => (country, Some(parse_region(region).map(|_| region)?)),
            None => (text, None),
        };
        let found = Self::new(Some(country), region);
        found.country.is_some().then_some(found)
    }

    /// Is this how the place is written? The same as comparing with [`Self::parse`], without parsing: a table is walked for
    /// every record.
    pub(crate) fn is(self, text: &str) -> bool {
        let Some((country, rest)) = text.as_bytes().split_at_checked(2) else { return false };
        self.country.is_some_and(|own| own == *country)
            && match (self.region, rest) {
                (None, []) => true,
                (Some(own), [b'-', region @ ..]) => trim(&own) == region,
                _ => false,
            }
    }

    /// What the law asks for here: the table in [`crate::law`].
    pub fn rules(self) -> Rules {
        law_of(self).rules
    }

    /// This jurisdiction without its region, for falling back from `US-CA` to `US`.
    pub fn without_region(self) -> Self {
        Self { region: None, ..self }
    }
}

fn parse_region(text: &str) -> Option<[u8; 3]> {
    let bytes = text.as_bytes();
    let fits = (1..=3).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let mut region = [b' '; 3];
    fits.then(|| {
        for (to, from) in region.iter_mut().zip(bytes) {
            *to = *from;
        }
        region
    })
}

fn trim(region: &[u8; 3]) -> &[u8] {
    region.trim_ascii_end()
}

impl fmt::Display for Jurisdiction {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |bytes: &[u8]| bytes.iter().map(|&byte| char::from(byte)).collect::<String>();
        match (&self.country, &self.region) {
            (None, _) => out.write_str("unknown"),
            (Some(country), None) => out.write_str(&text(country)),
            (Some(country), Some(region)) => write!(out, "{}-{}", text(country), text(trim(region))),
        }
    }
}

impl Model {
    /// The wire word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Model::OptIn => "opt_in",
            Model::OptOut => "opt_out",
            Model::Notice => "notice",
        }
    }

    /// From the wire word.
    pub fn parse(text: &str) -> Option<Self> {
        [Model::OptIn, Model::OptOut, Model::Notice].into_iter().find(|model| model.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn model_follows_the_table() {
        for (place, model) in [
            ("DE", Model::OptIn),
            ("NO", Model::OptIn),
            ("GB", Model::OptIn),
            ("CH", Model::OptIn),
            ("BR", Model::OptIn),
            ("IN", Model::OptIn),
            ("KR", Model::OptIn),
            ("JP", Model::OptIn),
            ("GF", Model::OptIn),
            ("unknown", Model::OptIn),
            ("US", Model::OptOut),
            ("US-CA", Model::OptOut),
            ("US-CO", Model::OptOut),
            ("US-WY", Model::Notice),
            ("CA", Model::OptOut),
            ("CA-QC", Model::OptIn),
            ("CA-ON", Model::OptOut),
            ("AU", Model::OptOut),
        ] {
            let jurisdiction = Jurisdiction::parse(place).expect(place);
            assert_eq!(jurisdiction.rules().model, model, "{place}");
            assert_eq!(jurisdiction.to_string(), place);
        }
    }

    #[test]
    fn jurisdiction_from_tor_unknown_or_junk_is_unknown() {
        for country in [None, Some("T1"), Some("XX"), Some(""), Some("de"), Some("DEU"), Some("é")] {
            assert_eq!(Jurisdiction::new(country, Some("CA")), Jurisdiction::UNKNOWN, "{country:?}");
        }
        assert_eq!(
            Jurisdiction::new(Some("US"), Some("cal if")).to_string(),
            "US",
            "a junk region is dropped"
        );
    }
}
