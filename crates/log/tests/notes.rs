//! Signed notes and keys: the specification's and Go's vectors, and what another implementation signs and accepts.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may stop at the first surprise"
)]

use consentry_log::note::MOST_SIGNATURES;
use consentry_log::{
    KeyError, KeyId, LogKey, NoteError, SignError, Signature, Signer, SigningKey, Verifier, WitnessKey,
    parse_note, sign_note, verify_note,
};
use proptest::prelude::*;
use signed_note::{Signer as _, Verifier as _};

const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PETER_SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const TEXT: &str =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const BY_PETER: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const BY_ENOCH: &str = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

fn key(vkey: &str) -> LogKey {
    LogKey::parse(vkey).unwrap()
}

/// Positions of the known keys that signed.
fn signers(note: &str, known: &[&dyn Verifier]) -> Result<Vec<usize>, NoteError> {
    let note = parse_note(note.as_bytes())?;
    Ok(verify_note(&note, known)?.iter().map(|verified| verified.key).collect())
}

#[test]
fn note_of_the_specification_verifies() {
    let key = key("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
    let note = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    assert_eq!(signers(note, &[&key]), Ok(vec![0]));
    assert_eq!(
        signers(&note.replace("an example", "no example"), &[&key]),
        Err(NoteError::Wrong("example.com/foo".into()))
    );
}

#[test]
fn note_signed_with_the_key_of_the_vectors_is_their_note() {
    let secret = SigningKey::parse(PETER_SECRET).unwrap();
    assert_eq!(secret.public().to_vkey(), PETER);
    assert_eq!(secret.to_skey(), PETER_SECRET);
    assert_eq!(format!("{secret:?}"), "SigningKey(PeterNeumann+c74f20a3)");
    assert_eq!(sign_note(TEXT, &[&secret]).unwrap(), format!("{TEXT}\n{BY_PETER}"));
    assert_eq!(sign_note(TEXT, &[]), Err(NoteError::Signer));
    assert_eq!(sign_note("abc", &[&secret]), Err(NoteError::Text));
}

#[test]
fn note_is_believed_for_known_keys_alone() {
    let (peter, enoch) = (key(PETER), key(ENOCH));
    let both = format!("{TEXT}\n{BY_PETER}{BY_ENOCH}");
    assert_eq!(signers(&both, &[&peter]), Ok(vec![0]));
    assert_eq!(signers(&both, &[&enoch, &peter]), Ok(vec![1, 0]));
    assert_eq!(signers(&both, &[]), Err(NoteError::Unknown));
    let twice = format!("{TEXT}\n{BY_PETER}{BY_PETER}");
    assert_eq!(signers(&twice, &[&peter]), Ok(vec![0]));
    // A known key's wrong signature refuses the note, wherever it stands; a stranger's is nobody's business.
    let wrong = BY_ENOCH.replace("eBzmZ", "eBzmA");
    let note = format!("{TEXT}\n{BY_PETER}{wrong}");
    assert_eq!(signers(&note, &[&peter]), Ok(vec![0]));
    assert_eq!(signers(&note, &[&peter, &enoch]), Err(NoteError::Wrong("EnochRoot".into())));
    let after = format!("{TEXT}\n{BY_ENOCH}{wrong}");
    assert_eq!(signers(&after, &[&enoch]), Err(NoteError::Wrong("EnochRoot".into())));
    // The same name with another id, or the same id with another name, is a stranger.
    let renamed = format!("{TEXT}\n{}", BY_PETER.replace("PeterNeumann", "CarmenSandiego"));
    assert_eq!(signers(&renamed, &[&peter]), Err(NoteError::Unknown));
    let other_id = format!("{TEXT}\n{}", BY_PETER.replace("x08g", "xxxx"));
    assert_eq!(signers(&other_id, &[&peter]), Err(NoteError::Unknown));
    assert_eq!(signers(&both, &[&enoch, &peter, &enoch]), Err(NoteError::Ambiguous("EnochRoot".into())));
    let only_peter = format!("{TEXT}\n{BY_PETER}");
    assert_eq!(signers(&only_peter, &[&enoch, &peter, &enoch]), Ok(vec![1]));
}

#[test]
fn note_of_wrong_form_is_refused_and_says_where() {
    let note = |text: &str| parse_note(text.as_bytes()).map(|_| ()).unwrap_err();
    assert_eq!(parse_note(b"\xff\n\n").unwrap_err(), NoteError::Characters);
    for (text, error) in [
        (TEXT.to_owned(), NoteError::Text),
        (format!("{TEXT}\n"), NoteError::Text),
        (format!("{TEXT}\n\n"), NoteError::Text),
        (format!("{TEXT}\n{}", BY_PETER.trim_end()), NoteError::Text),
        (format!("\u{1}{TEXT}\n{BY_PETER}"), NoteError::Characters),
        (format!("{TEXT}\r\n\n{BY_PETER}"), NoteError::Characters),
        (format!("{TEXT}\n{BY_PETER}unexpected\n"), NoteError::Signature(2)),
        (format!("{TEXT}\n{BY_PETER}{}", BY_PETER.replace("Peter", "Peter ")), NoteError::Signature(2)),
        (format!("{TEXT}\n{}", BY_PETER.replace("Peter", "Peter+")), NoteError::Signature(1)),
        (format!("{TEXT}\n{}", BY_PETER.replace("PeterNeumann", "")), NoteError::Signature(1)),
        (format!("{TEXT}\n{}", BY_PETER.replace("Peter", "Peter\u{a0}")), NoteError::Signature(1)),
        (format!("{TEXT}\n{}", BY_PETER.replace('—', "-")), NoteError::Signature(1)),
        (format!("{TEXT}\n— PeterNeumann x08gow==\n"), NoteError::Signature(1)),
        (format!("{TEXT}\n— PeterNeumann x08g\n"), NoteError::Signature(1)),
        (format!("{TEXT}\n{}", BY_PETER.repeat(MOST_SIGNATURES + 1)), NoteError::TooMany),
    ] {
        assert_eq!(note(&text), error, "{text:?}");
    }
    let most = format!("{TEXT}\n{}", BY_PETER.repeat(MOST_SIGNATURES));
    assert_eq!(parse_note(most.as_bytes()).unwrap().signatures().len(), MOST_SIGNATURES);
    let text_with_empty_lines = format!("\na\n\n\nb\n\n\n{BY_PETER}");
    assert_eq!(parse_note(text_with_empty_lines.as_bytes()).unwrap().text(), "\na\n\n\nb\n\n");
}

#[test]
fn key_with_anything_changed_is_refused() {
    for part in 0..PETER.len() {
        assert!(LogKey::parse(&PETER[part + 1..]).is_err() && LogKey::parse(&PETER[..part]).is_err());
        let mut other = PETER.as_bytes().to_vec();
        other[part] += 1;
        assert!(LogKey::parse(str::from_utf8(&other).unwrap()).is_err(), "{other:?}");
    }
    for part in 0..PETER_SECRET.len() {
        assert!(SigningKey::parse(&PETER_SECRET[part + 1..]).is_err());
        let mut other = PETER_SECRET.as_bytes().to_vec();
        other[part] += 1;
        assert!(SigningKey::parse(str::from_utf8(&other).unwrap()).is_err(), "{other:?}");
    }
    for (vkey, error) in [
        ("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==", KeyError::Form),
        ("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Kind),
        ("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Id),
        ("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Form),
        ("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Name),
        ("PeterNeumann", KeyError::Form),
    ] {
        assert_eq!(LogKey::parse(vkey), Err(error), "{vkey}");
    }
    assert_eq!(WitnessKey::parse(PETER), Err(KeyError::Kind), "a log is no witness");
    // The neutral element: everything would be signed by it.
    let mut weak = [0; 32];
    weak[0] = 1;
    assert_eq!(LogKey::new("weak", &weak), Err(KeyError::Point));
}

/// Says what a vault that fails, or lies, would say.
struct Broken(Result<Vec<u8>, SignError>, &'static str);

impl Signer for Broken {
    fn name(&self) -> &str {
        self.1
    }

    fn id(&self) -> KeyId {
        KeyId([0; 4])
    }

    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, SignError> {
        self.0.clone()
    }
}

#[test]
fn note_of_a_signer_that_fails_is_not_made() {
    for broken in [Broken(Err(SignError), "a"), Broken(Ok(vec![]), "a"), Broken(Ok(vec![1]), "a b")] {
        assert_eq!(sign_note(TEXT, &[&broken]), Err(NoteError::Signer));
    }
    assert_eq!(Signature::new("a+b", KeyId([0; 4]), vec![1]), None);
}

proptest! {
    #[test]
    fn note_of_any_text_and_key_is_accepted_by_the_other_and_back(
        seed in any::<[u8; 32]>(), name in "[!-*,-~äß€]{1,20}", text in "([ -~äß€\n]{0,60}\n){1,4}",
    ) {
        let secret = SigningKey::from_seed(&name, &seed).unwrap();
        let note = sign_note(&text, &[&secret]).unwrap();
        let vkey = secret.public().to_vkey();
        let verifier = signed_note::StandardVerifier::new(&vkey).unwrap();
        prop_assert_eq!(verifier.key_id().to_be_bytes(), Signer::id(&secret).0);
        let theirs = signed_note::Note::from_bytes(note.as_bytes()).unwrap();
        prop_assert_eq!(theirs.text(), text.as_bytes());
        let known = signed_note::VerifierList::new(vec![Box::new(verifier)]);
        prop_assert_eq!(theirs.verify(&known).unwrap().0.len(), 1);

        let signer = signed_note::StandardSigner::new(&secret.to_skey()).unwrap();
        prop_assert_eq!(signer.name(), name);
        let mut theirs = signed_note::Note::new(text.as_bytes(), &[]).unwrap();
        theirs.add_sigs(&[&signer]).unwrap();
        prop_assert_eq!(theirs.to_bytes(), note.as_bytes());
        prop_assert_eq!(signers(&note, &[secret.public()]), Ok(vec![0]));
        prop_assert_eq!(parse_note(note.as_bytes()).unwrap().serialize(), note);
    }
}
