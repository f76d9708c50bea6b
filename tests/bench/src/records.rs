//! Valid records without end, each the bytes of a request in which only the identifiers change.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use consentry_api::record::RecordSubmission;
use consentry_core::{RecordId, SubjectId, UnixMillis};

use crate::client::{head, request};
use crate::plan::Consentry;

/// Stand for the identifiers until a request is sent.
const ID: &str = "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii";
const SUBJECT: &str = "ssssssssssssssssssssssssssssssss";

/// Decisions about the demo policy: accept everything, refuse everything, something in between.
fn decisions() -> [RecordSubmission; 3] {
    let decision = |action: &str, functional, advertising, denied: &[&str]| RecordSubmission {
        id: ID.into(),
        subject: SUBJECT.into(),
        previous: None,
        action: action.into(),
        source: if action == "save" { "preferences" } else { "banner" }.into(),
        categories: [("required", true), ("functional", functional), ("advertising", advertising)]
            .map(|(category, granted)| (category.to_owned(), granted))
            .into(),
        denied_services: denied.iter().map(|&service| service.into()).collect(),
        gpc: "absent".into(),
        dnt: "unset".into(),
        overridden: false,
        signal_seen: false,
        policy: 1,
        language: "en".into(),
    };
    [
        decision("accept_all", true, true, &[]),
        decision("reject_all", false, false, &[]),
        decision("save", true, false, &["video_embed"]),
    ]
}

/// Text with the two places where identifiers go.
struct Template {
    bytes: Vec<u8>,
    id: usize,
    subject: usize,
}

impl Template {
    fn new(bytes: Vec<u8>) -> Result<Self> {
        let find = |text: &str| bytes.windows(text.len()).position(|window| window == text.as_bytes());
        let (id, subject) = (find(ID).context("no place for `id`")?, find(SUBJECT).context("`subject`")?);
        Ok(Self { bytes, id, subject })
    }

    /// A record that was never there before: its identifiers are made as browsers make them.
    fn fill(&mut self) -> &[u8] {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let id = RecordId::new(UnixMillis(since.as_millis() as u64), random());
        let subject = SubjectId::new(random());
        for (at, text) in [(self.id, id.to_hex()), (self.subject, subject.to_hex())] {
            if let Some(place) = self.bytes.get_mut(at..at + text.len()) {
                place.copy_from_slice(text.as_bytes());
            }
        }
        &self.bytes
    }
}

/// Random enough for what is no secret here, and without a system call.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fastrand::fill(&mut bytes);
    bytes
}

/// Requests that bring a record each.
pub struct Records {
    templates: Vec<Template>,
    next: usize,
}

impl Records {
    /// To any server that takes a `POST` at this path.
    pub fn new(path: &str, origin: &str) -> Result<Self> {
        let fields = [format!("Origin: {origin}"), "Content-Type: application/json".into()];
        let template =
            |decision| Template::new(request("POST", path, &fields, &serde_json::to_vec(&decision)?));
        let templates = decisions().into_iter().map(template).collect::<Result<_>>()?;
        Ok(Self { templates, next: 0 })
    }

    /// The next request.
    pub fn next(&mut self) -> &[u8] {
        self.next = (self.next + 1) % self.templates.len().max(1);
        self.templates.get_mut(self.next).map_or(&[], |template| template.fill())
    }
}

/// What is around the records of a batch, and between them.
const BATCH: [&[u8]; 3] = [br#"{"jurisdiction":"DE","records":["#, b",", b"]}"];

/// Requests that bring many records each.
pub struct Batches {
    head: Vec<u8>,
    records: Vec<Template>,
    buffer: Vec<u8>,
}

impl Batches {
    /// So many records in each.
    pub fn new(consentry: &Consentry, size: usize) -> Result<Self> {
        let template = |decision| Template::new(serde_json::to_vec(&decision)?);
        let decisions = decisions().into_iter().cycle().take(size);
        let records = decisions.map(template).collect::<Result<Vec<_>>>()?;
        let [before, between, after] = BATCH.map(<[u8]>::len);
        let length: usize = records.iter().map(|record| record.bytes.len()).sum();
        let length = before + length + between * size.saturating_sub(1) + after;
        let fields = [
            format!("Authorization: Bearer {}", consentry.operator_token),
            "Content-Type: application/json".into(),
        ];
        let head = head("POST", &consentry.path("batches"), &fields, length);
        Ok(Self { head, records, buffer: Vec::new() })
    }

    /// The next request.
    pub fn next(&mut self) -> &[u8] {
        let [before, between, after] = BATCH;
        self.buffer.clear();
        self.buffer.extend(&self.head);
        self.buffer.extend(before);
        for (nth, record) in self.records.iter_mut().enumerate() {
            if nth > 0 {
                self.buffer.extend(between);
            }
            self.buffer.extend(record.fill());
        }
        self.buffer.extend(after);
        &self.buffer
    }
}

#[cfg(test)]
mod tests {
    use consentry_api::record::{BatchSubmission, RecordSubmission, Submission};

    use super::*;

    fn identifiers(record: &RecordSubmission) -> (RecordId, SubjectId) {
        let id = RecordId::parse(&record.id).expect("a record's identifier");
        (id, SubjectId::parse(&record.subject).expect("a visitor's identifier"))
    }

    #[test]
    fn records_of_one_connection_are_well_formed_and_all_different() {
        let mut records = Records::new("/records", "http://localhost:1").expect("templates");
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..100 {
            let bytes = records.next();
            let end =
                bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("an end of the head") + 4;
            let (head, body) = bytes.split_at(end);
            let length = format!("Content-Length: {}\r\n", body.len());
            assert!(String::from_utf8_lossy(head).contains(&length));
            let Submission::Record(record) = Submission::parse(body).expect("a record") else {
                unreachable!("no cookie in it")
            };
            seen.insert(identifiers(&record));
        }
        assert_eq!(seen.len(), 100);
    }

    #[test]
    fn batch_has_as_many_different_records_as_it_says() {
        let consentry = Consentry {
            port: 1,
            pid: 1,
            site: "demo".into(),
            origin: String::new(),
            operator_token: "secret".into(),
            auditor_token: String::new(),
        };
        let mut batches = Batches::new(&consentry, 50).expect("templates");
        let text = String::from_utf8(batches.next().to_vec()).expect("text");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        assert!(head.starts_with("POST /_c/v1/sites/demo/batches HTTP/1.1\r\n"));
        assert!(head.contains(&format!("Content-Length: {}", body.len())));
        let batch: BatchSubmission = serde_json::from_str(body).expect("a batch");
        let seen: std::collections::BTreeSet<_> = batch.records.iter().map(identifiers).collect();
        assert_eq!(seen.len(), 50);
    }
}
