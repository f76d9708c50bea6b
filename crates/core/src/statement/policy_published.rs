//! A policy took force: the fingerprints of everything a visitor was shown from here on.
//!
//! "Publish a timestamped hash of the code on a public platform" is what the CNIL asks of whoever wants to prove consent
//! (recommendation 2020-092, article 4); this is that hash, and the log is the platform.

use alloc::string::String;
use alloc::vec::Vec;

use crate::id::SiteId;
use crate::time::UnixMillis;
use crate::tlv::{CanonicalError, In, Out};

const HEADER: &[u8] = b"consentry.policy.v1\n";

/// The publication of one version of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyPublished {
    /// The site.
    pub site: SiteId,
    /// The version, counted from 1.
    pub version: u32,
    /// When.
    pub time: UnixMillis,
    /// SHA-256 of the policy file as published.
    pub policy_hash: [u8; 32],
    /// SHA-256 of the gate's code: of all that may run in a page before the banner.
    pub gate_hash: [u8; 32],
    /// SHA-256 of the banner's code: its module, then its WebAssembly.
    pub banner_hash: [u8; 32],
    /// For each language (BCP 47), SHA-256 of the notice with every text shown in it. At most 255.
    pub texts: Vec<(String, [u8; 32])>,
}

/// The canonical bytes.
pub fn serialize_policy_published(published: &PolicyPublished) -> Vec<u8> {
    let mut out = Out::new(HEADER);
    out.put(1, published.site.as_str().as_bytes());
    out.put(2, &published.version.to_be_bytes());
    out.put(3, &published.time.0.to_be_bytes());
    out.put(4, &published.policy_hash);
    out.put(5, &published.gate_hash);
    out.put(6, &published.banner_hash);
    out.put(7, &[published.texts.len() as u8]);
    for (language, hash) in &published.texts {
        out.put(8, language.as_bytes());
        out.put(9, hash);
    }
    out.0
}

/// A publication from its canonical bytes.
pub fn parse_policy_published(bytes: &[u8]) -> Result<PolicyPublished, CanonicalError> {
    let mut fields = In::new(bytes, HEADER)?;
    let published = PolicyPublished {
        site: fields.word(1, SiteId::parse)?,
        version: u32::from_be_bytes(fields.array(2)?),
        time: UnixMillis(fields.number(3)?),
        policy_hash: fields.array(4)?,
        gate_hash: fields.array(5)?,
        banner_hash: fields.array(6)?,
        texts: (0..fields.count(7)?)
            .map(|_| Ok((fields.word(8, |text| Some(String::from(text)))?, fields.array(9)?)))
            .collect::<Result<_, CanonicalError>>()?,
    };
    fields.end()?;
    Ok(published)
}
