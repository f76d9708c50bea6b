//! Signed notes: a text, and under it the signatures of any number of keys.
//!
//! By [C2SP signed-note](https://c2sp.org/signed-note#format). A parsed note says nothing yet: its text may be used only after
//! [`verify_note`].

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::key::{KeyId, LogKey, is_key_name};

/// Most signatures a note may have here. The specification asks for 16 at least; the rest is room for witnesses.
pub const MOST_SIGNATURES: usize = 64;

const DASH: &str = "\u{2014} ";

/// A line under a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature<'a> {
    name: &'a str,
    id: KeyId,
    bytes: Vec<u8>,
}

impl<'a> Signature<'a> {
    /// `None` if the name cannot stand in a note or there is nothing after the id.
    pub fn new(name: &'a str, id: KeyId, bytes: Vec<u8>) -> Option<Self> {
        (is_key_name(name) && !bytes.is_empty()).then_some(Self { name, id, bytes })
    }

    /// The name of the key that is said to have signed.
    pub const fn name(&self) -> &'a str {
        self.name
    }

    /// The id of that key.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The signature, in the format of its kind of key.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// A note, borrowed from its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note<'a> {
    text: &'a str,
    signatures: Vec<Signature<'a>>,
}

/// Why bytes are no note, or no note to believe. Nothing in its text may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoteError {
    /// Not UTF-8, or with control characters.
    Characters,
    /// A text that does not end its last line, or no empty line between text and signatures.
    Text,
    /// A line under the text that is no signature. Holds its number, from 1.
    Signature(usize),
    /// More signatures than [`MOST_SIGNATURES`].
    TooMany,
    /// No known key signed it.
    Unknown,
    /// A known key's signature is wrong: the text was changed, or somebody pretends. Holds the key's name.
    Wrong(String),
    /// Two different known keys have this name and the same id: nobody can tell which of them signed.
    Ambiguous(String),
    /// The signer could not sign, or gave no signature that a note can hold.
    Signer,
}

impl fmt::Display for NoteError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Characters => out.write_str("a note that is not plain text"),
            Self::Text => out.write_str("a note without a text that ends in an empty line"),
            Self::Signature(line) => write!(out, "a note whose signature line {line} is none"),
            Self::TooMany => write!(out, "a note of more than {MOST_SIGNATURES} signatures"),
            Self::Unknown => out.write_str("a note that no known key signed"),
            Self::Wrong(name) => write!(out, "a note whose signature of {name} is wrong"),
            Self::Ambiguous(name) => write!(out, "two known keys of {name} have one id"),
            Self::Signer => out.write_str("the signer could not sign"),
        }
    }
}

impl core::error::Error for NoteError {}

fn check_text(text: &str) -> Result<(), NoteError> {
    if text.chars().any(|character| character < ' ' && character != '\n') {
        return Err(NoteError::Characters);
    }
    if text.ends_with('\n') { Ok(()) } else { Err(NoteError::Text) }
}

impl<'a> Note<'a> {
    /// A note without signatures yet. The text must end in a newline.
    pub fn new(text: &'a str) -> Result<Self, NoteError> {
        check_text(text).map(|()| Self { text, signatures: Vec::new() })
    }

    /// What was signed, with its last newline.
    pub const fn text(&self) -> &'a str {
        self.text
    }

    /// The lines under it, known or not, true or not.
    pub fn signatures(&self) -> &[Signature<'a>] {
        &self.signatures
    }

    /// Adds a signature: a witness's, say.
    pub fn add(&mut self, signature: Signature<'a>) -> Result<(), NoteError> {
        if self.signatures.len() == MOST_SIGNATURES {
            return Err(NoteError::TooMany);
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// The note as it is stored and sent.
    pub fn serialize(&self) -> String {
        let mut note = alloc::format!("{}\n", self.text);
        for Signature { name, id, bytes } in &self.signatures {
            let signature = STANDARD.encode([id.0.as_slice(), bytes].concat());
            note.extend([DASH, name, " ", &signature, "\n"]);
        }
        note
    }
}

/// A note from its bytes. Signatures are read, not verified.
pub fn parse_note(bytes: &[u8]) -> Result<Note<'_>, NoteError> {
    let note = str::from_utf8(bytes).map_err(|_| NoteError::Characters)?;
    // The last empty line separates: the text may have empty lines of its own.
    let at = note.rfind("\n\n").ok_or(NoteError::Text)?;
    let (text, rest) = note.split_at_checked(at + 1).ok_or(NoteError::Text)?;
    check_text(note)?;
    let lines = rest.strip_prefix('\n').and_then(|rest| rest.strip_suffix('\n')).ok_or(NoteError::Text)?;
    let mut parsed = Note::new(text)?;
    for (line, number) in lines.split('\n').zip(1..) {
        parsed.add(parse_signature(line).ok_or(NoteError::Signature(number))?)?;
    }
    Ok(parsed)
}

fn parse_signature(line: &str) -> Option<Signature<'_>> {
    let (name, signature) = line.strip_prefix(DASH)?.split_once(' ')?;
    let signature = STANDARD.decode(signature).ok()?;
    let (id, bytes) = signature.split_first_chunk::<4>()?;
    Signature::new(name, KeyId(*id), bytes.to_vec())
}

/// A known key: what it takes to verify a signature line. Other algorithms can be added from outside.
pub trait Verifier {
    /// The key's name.
    fn name(&self) -> &str;
    /// The key's id.
    fn id(&self) -> KeyId;
    /// True if the signature over this text is this key's.
    fn verify(&self, text: &str, signature: &[u8]) -> bool;
}

impl Verifier for LogKey {
    fn name(&self) -> &str {
        &self.0.name
    }

    fn id(&self) -> KeyId {
        self.0.id
    }

    fn verify(&self, text: &str, signature: &[u8]) -> bool {
        self.0.verify(text.as_bytes(), signature)
    }
}

/// A signature that was verified, and the position of its key among the known ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified<'n, 'a> {
    /// Which of the known keys.
    pub key: usize,
    /// What it signed with.
    pub signature: &'n Signature<'a>,
}

/// Checks the signatures of known keys. Those of unknown keys are ignored; one wrong signature of a known key refuses the
/// note, and so does having none. Returns one signature for each known key that signed.
pub fn verify_note<'n, 'a>(
    note: &'n Note<'a>,
    known: &[&dyn Verifier],
) -> Result<Vec<Verified<'n, 'a>>, NoteError> {
    let mut verified: Vec<Verified<'n, 'a>> = Vec::new();
    for signature in note.signatures() {
        let is_signer = |key: &&dyn Verifier| key.id() == signature.id && key.name() == signature.name;
        let mut signers = known.iter().enumerate().filter(|(_, key)| is_signer(key));
        let Some((key, signer)) = signers.next() else { continue };
        if signers.next().is_some() {
            return Err(NoteError::Ambiguous(signature.name.into()));
        }
        if !signer.verify(note.text, &signature.bytes) {
            return Err(NoteError::Wrong(signature.name.into()));
        }
        if verified.iter().all(|other| other.key != key) {
            verified.push(Verified { key, signature });
        }
    }
    if verified.is_empty() { Err(NoteError::Unknown) } else { Ok(verified) }
}
