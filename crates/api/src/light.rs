//! Reading and writing the wire's shapes without serde: in the browser the platform parses JSON already, and a second
//! parser would cost the banner a third of its size.
//!
//! The names are the same as in the derived code; tests below hold both to one another.

use consentry_core::{CategoryId, Draft, Grants, Model, RecordId, ServiceId, SubjectId};

use crate::record::{dnt_word, gpc_word};

/// A parsed object or array. An array's members are named `0`, `1`, …
pub trait Source: Sized {
    /// A member that is a string.
    fn text(&self, key: &str) -> Option<String>;
    /// A member that is a number.
    fn number(&self, key: &str) -> Option<f64>;
    /// A member that is `true`.
    fn flag(&self, key: &str) -> bool;
    /// A member that is an object or an array.
    fn child(&self, key: &str) -> Option<Self>;
    /// How many members an array has.
    fn length(&self) -> u32;
}

/// An object being written. Members follow one another in the order of the calls.
pub trait Sink {
    /// A string member.
    fn text(&mut self, key: &str, value: &str);
    /// A number member.
    fn number(&mut self, key: &str, value: f64);
    /// A boolean member.
    fn flag(&mut self, key: &str, value: bool);
    /// A member that is an object of booleans.
    fn flags(&mut self, key: &str, values: &mut dyn Iterator<Item = (&str, bool)>);
    /// A member that is an array of strings.
    fn texts(&mut self, key: &str, values: &mut dyn Iterator<Item = &str>);
}

/// What the banner needs of a [`GatePayload`](crate::GatePayload).
#[derive(Debug, Clone, PartialEq)]
pub struct PayloadBrief {
    /// The site's identifier.
    pub site: String,
    /// The published policy version.
    pub policy: u32,
    /// What consent is given to, 16 hexadecimal digits.
    pub fingerprint: String,
    /// Language of the texts.
    pub language: String,
    /// Categories in bit order.
    pub categories: Vec<CategoryId>,
    /// Services in bit order.
    pub services: Vec<ServiceId>,
    /// The category of each, by position.
    pub places: Vec<usize>,
    /// Categories that a signal denies.
    pub denied: Grants,
    /// Things run at this visitor's place until they are refused.
    pub opt_out: bool,
    /// Signals in the headers of the request for the gate.
    pub header: u8,
    /// The `Domain` of the choice cookie; empty when it belongs to the host alone.
    pub domain: String,
}

impl PayloadBrief {
    /// Reads it; `None` when anything has another form.
    pub fn read(source: &impl Source) -> Option<Self> {
        let (names, pairs) = (source.child("categories")?, source.child("services")?);
        let (mut categories, mut services, mut places) = (Vec::new(), Vec::new(), Vec::new());
        for at in 0..names.length() {
            categories.push(CategoryId::parse(&names.text(&at.to_string())?)?);
        }
        for at in 0..pairs.length() {
            let pair = pairs.child(&at.to_string())?;
            services.push(ServiceId::parse(&pair.text("0")?)?);
            places.push(pair.number("1")? as usize);
        }
        Some(Self {
            site: source.text("site")?,
            policy: source.number("policy")? as u32,
            fingerprint: source.text("fingerprint")?,
            language: source.text("language")?,
            categories,
            services,
            places,
            denied: Grants(source.number("denied")? as u8),
            opt_out: source.text("model").as_deref() == Some(Model::OptOut.as_str()),
            header: source.number("header")? as u8,
            domain: source.text("domain").unwrap_or_default(),
        })
    }
}

/// Writes a draft as the submission [`crate::RecordSubmission::from_draft`] makes of it.
pub fn write_draft(draft: &Draft, sink: &mut impl Sink) {
    sink.text("id", &draft.id.to_hex());
    sink.text("subject", &draft.subject.to_hex());
    if let Some(previous) = &draft.previous {
        sink.text("previous", &previous.to_hex());
    }
    sink.text("action", draft.action.as_str());
    sink.text("source", draft.source.as_str());
    sink.flags("categories", &mut draft.categories.iter().map(|(id, granted)| (id.as_str(), *granted)));
    sink.texts("denied_services", &mut draft.denied_services.iter().map(ServiceId::as_str));
    sink.text("gpc", gpc_word(draft.dom.gpc));
    sink.text("dnt", dnt_word(draft.dom.dnt));
    sink.flag("overridden", draft.overridden);
    sink.flag("signal_seen", draft.signal_seen);
    sink.number("policy", draft.policy_version.into());
    sink.text("language", &draft.language);
}

/// The body with which a visitor asks for their own records, or for their erasure: a `VisitorRequest`.
pub fn visitor_request(subject: &SubjectId, record: &RecordId) -> String {
    // Hexadecimal digits need no escaping.
    ["{\"subject\":\"", &subject.to_hex(), "\",\"record\":\"", &record.to_hex(), "\"}"].concat()
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use consentry_core::{Action, Dnt, Gpc, Signals, UnixMillis};
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::erasure::VisitorRequest;
    use crate::record::RecordSubmission;

    impl Source for Value {
        fn text(&self, key: &str) -> Option<String> {
            self.child(key)?.as_str().map(String::from)
        }
        fn number(&self, key: &str) -> Option<f64> {
            self.child(key)?.as_f64()
        }
        fn flag(&self, key: &str) -> bool {
            self.child(key).is_some_and(|value| value == Value::Bool(true))
        }
        fn child(&self, key: &str) -> Option<Self> {
            let at = || self.get(key.parse::<usize>().ok()?);
            self.get(key).or_else(at).cloned()
        }
        fn length(&self) -> u32 {
            self.as_array().map_or(0, |members| members.len() as u32)
        }
    }

    impl Sink for Map<String, Value> {
        fn text(&mut self, key: &str, value: &str) {
            self.insert(key.into(), value.into());
        }
        fn number(&mut self, key: &str, value: f64) {
            self.insert(key.into(), (value as u64).into());
        }
        fn flag(&mut self, key: &str, value: bool) {
            self.insert(key.into(), value.into());
        }
        fn flags(&mut self, key: &str, values: &mut dyn Iterator<Item = (&str, bool)>) {
            let object = values.map(|(id, on)| (id.to_owned(), on.into())).collect::<Map<_, _>>();
            self.insert(key.into(), object.into());
        }
        fn texts(&mut self, key: &str, values: &mut dyn Iterator<Item = &str>) {
            self.insert(key.into(), json!(values.collect::<Vec<_>>()));
        }
    }

    #[test]
    fn draft_written_lightly_is_the_submission_made_of_it() {
        let draft = |previous, denied: &[&str], on| Draft {
            id: RecordId::new(UnixMillis(1_763_771_000_123), [7; 10]),
            subject: SubjectId::new([9; 16]),
            previous,
            action: Action::Save,
            source: consentry_core::Source::Preferences,
            categories: vec![
                (CategoryId::parse("required").unwrap(), true),
                (CategoryId::parse("advertising").unwrap(), on),
            ],
            denied_services: denied.iter().filter_map(|id| ServiceId::parse(id)).collect(),
            dom: Signals { gpc: Gpc::On, dnt: Dnt::Unset },
            overridden: on,
            signal_seen: on,
            policy_version: 7,
            language: "en".into(),
        };
        let earlier = RecordId::new(UnixMillis(1_763_771_000_000), [1; 10]);
        for draft in [draft(None, &[], false), draft(Some(earlier), &["ads", "video"], true)] {
            let mut written = Map::new();
            write_draft(&draft, &mut written);
            let read = serde_json::from_value::<RecordSubmission>(written.into()).unwrap();
            assert_eq!(read, RecordSubmission::from_draft(&draft));
        }
    }

    #[test]
    fn visitor_request_written_lightly_is_the_one_the_edge_reads() {
        let (subject, record) =
            (SubjectId::new([9; 16]), RecordId::new(UnixMillis(1_763_771_000_123), [7; 10]));
        let read: VisitorRequest = serde_json::from_str(&visitor_request(&subject, &record)).unwrap();
        assert_eq!((read.subject, read.record), (subject.to_hex(), record.to_hex()));
    }

    #[test]
    fn payload_brief_of_a_foreign_form_is_none() {
        let payload = json!({"site": "demo", "policy": 2, "fingerprint": "00", "language": "en", "header": 1, "denied": 6, "model": "opt_out",
            "categories": ["required", "functional"], "services": [["ads", 1]]});
        let brief = PayloadBrief::read(&payload).unwrap();
        assert_eq!((brief.categories.len(), brief.services.len(), brief.header), (2, 1, 1));
        assert_eq!((brief.places, brief.denied, brief.opt_out), (vec![1], Grants(6), true));
        assert_eq!(PayloadBrief::read(&json!({})), None);
        assert_eq!(PayloadBrief::read(&json!(null)), None);
    }
}
