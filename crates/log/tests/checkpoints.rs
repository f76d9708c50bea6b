//! Checkpoints, cosignatures and proofs to take home: one made by another program, and every way to tamper with one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may stop at the first surprise"
)]

use consentry_log::{
    CheckpointError, Hash, InclusionProof, LeafIndex, LogKey, NoteError, Origin, ProofError, SigningKey,
    TlogProofError, TreeHead, TreeSize, Trust, WitnessKey, leaf_hash, parse_checkpoint, parse_note,
    parse_tlog_proof, serialize_checkpoint, sign_checkpoint, verify_checkpoint, verify_tlog_proof,
};
use proptest::prelude::*;

/// Entry 2 of a log of five, signed and cosigned; made with OpenSSL and a few lines of Python.
const ELSEWHERE: &str = include_str!("../../../tests/vectors/written_elsewhere.tlog-proof");
const LOG: &str = "log.example/site+7863dbbf+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
const SECRET: &str = "PRIVATE+KEY+log.example/site+7863dbbf+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
const WITNESS: &str = "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";

struct Known {
    origin: Origin,
    keys: Vec<LogKey>,
    witnesses: Vec<WitnessKey>,
}

impl Known {
    fn new() -> Self {
        let origin = Origin::new("log.example/site").unwrap();
        let (keys, witnesses) =
            (vec![LogKey::parse(LOG).unwrap()], vec![WitnessKey::parse(WITNESS).unwrap()]);
        Self { origin, keys, witnesses }
    }

    fn trust(&self) -> Trust<'_> {
        Trust { origin: &self.origin, keys: &self.keys, witnesses: &self.witnesses }
    }

    /// What becomes of a text that claims to prove an entry.
    fn verify(&self, text: &str, entry: &[u8]) -> Result<TreeHead, TlogProofError> {
        let proof = parse_tlog_proof(text.as_bytes())?;
        verify_tlog_proof(&proof, &leaf_hash(entry), &self.trust()).map(|checkpoint| *checkpoint.head())
    }
}

#[test]
fn proof_written_by_another_program_verifies_with_its_cosignature() {
    let known = Known::new();
    let proof = parse_tlog_proof(ELSEWHERE.as_bytes()).unwrap();
    assert_eq!(proof.extra.as_deref(), Some(b"entry 2".as_slice()));
    assert_eq!(proof.serialize(), ELSEWHERE);
    let checkpoint = verify_tlog_proof(&proof, &leaf_hash(b"entry 2"), &known.trust()).unwrap();
    assert_eq!((checkpoint.head().size, proof.inclusion.index), (TreeSize(5), LeafIndex(2)));
    let [cosignature] = checkpoint.cosignatures() else { panic!("one witness") };
    assert_eq!((cosignature.witness.as_str(), cosignature.time), ("witness.example/w1", 1_679_315_147));
    // Who does not know the witness believes the log alone.
    let unwatched = Known { witnesses: vec![], ..Known::new() };
    let checkpoint = verify_tlog_proof(&proof, &leaf_hash(b"entry 2"), &unwatched.trust()).unwrap();
    assert!(checkpoint.cosignatures().is_empty());
    // Ours to the byte.
    let secret = SigningKey::parse(SECRET).unwrap();
    let signed = sign_checkpoint(&known.origin, checkpoint.head(), &[&secret]).unwrap();
    assert!(proof.checkpoint.starts_with(&signed));
}

#[test]
fn proof_tampered_with_in_any_way_is_refused_and_named() {
    use TlogProofError::{Checkpoint, Inclusion};
    let known = Known::new();
    let wrong = |name: &str| Err(Checkpoint(CheckpointError::Note(NoteError::Wrong(name.into()))));
    let (log, witness) = ("log.example/site", "witness.example/w1");
    let lines: Vec<&str> = ELSEWHERE.lines().collect();
    let without = |line: usize| {
        lines
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != line)
            .map(|(_, line)| format!("{line}\n"))
            .collect::<String>()
    };
    let head = known.verify(ELSEWHERE, b"entry 2");
    assert!(head.is_ok());
    assert_eq!(known.verify(ELSEWHERE, b"entry 3"), Err(Inclusion(ProofError::Root)), "another entry");
    for (what, text, expected) in [
        ("another place", ELSEWHERE.replace("index 2", "index 3"), Err(Inclusion(ProofError::Root))),
        ("a place outside", ELSEWHERE.replace("index 2", "index 5"), Err(Inclusion(ProofError::OutOfTree))),
        ("a hash changed", ELSEWHERE.replace("YcoRO", "YcoRA"), Err(Inclusion(ProofError::Root))),
        ("a hash missing", without(3), Err(Inclusion(ProofError::Length { needed: 3, found: 2 }))),
        (
            "a hash twice",
            ELSEWHERE.replace("index 2\n", &format!("index 2\n{}\n", lines[3])),
            Err(Inclusion(ProofError::Length { needed: 3, found: 4 })),
        ),
        ("another size", ELSEWHERE.replace("\n5\n", "\n6\n"), wrong(log)),
        ("another root", ELSEWHERE.replace("fKo0X", "fKo0Y"), wrong(log)),
        ("another origin", ELSEWHERE.replace("\nlog.example/site", "\nlog.example/other"), wrong(log)),
        ("the log's signature changed", ELSEWHERE.replace("eGPbv4O6", "eGPbv4O7"), wrong(log)),
        ("the witness's time changed", ELSEWHERE.replace("AABkGFDL", "AABkGFDM"), wrong(witness)),
        ("the witness's signature changed", ELSEWHERE.replace("TYJj1r", "TYJj1s"), wrong(witness)),
        ("the log's signature missing", without(11), Err(Checkpoint(CheckpointError::Unsigned))),
        ("the witness's signature missing", without(12), head.clone()),
        ("the hint changed", ELSEWHERE.replace("ZW50cnkgMg==", "ZW50cnkgMw=="), head.clone()),
        ("the hint missing", without(1), head),
    ] {
        assert_ne!(text, ELSEWHERE, "{what}");
        assert_eq!(known.verify(&text, b"entry 2"), expected, "{what}");
    }
}

#[test]
fn checkpoint_of_another_log_or_key_is_refused() {
    let known = Known::new();
    let checkpoint = parse_tlog_proof(ELSEWHERE.as_bytes()).unwrap().checkpoint;
    let verify = |known: &Known| verify_checkpoint(checkpoint.as_bytes(), &known.trust()).map(|_| ());
    assert_eq!(verify(&known), Ok(()));
    let origin = Origin::new("log.example/another").unwrap();
    assert_eq!(
        verify(&Known { origin, ..Known::new() }),
        Err(CheckpointError::Origin("log.example/site".into()))
    );
    let stranger = SigningKey::from_seed("log.example/site", &[9; 32]).unwrap();
    let keys = vec![stranger.public().clone()];
    assert_eq!(verify(&Known { keys, ..Known::new() }), Err(CheckpointError::Unsigned));
    let nobody = Known { keys: vec![], witnesses: vec![], ..Known::new() };
    assert_eq!(verify(&nobody), Err(CheckpointError::Note(NoteError::Unknown)));
    // While a log changes its key, both sign and either is enough.
    let old = SigningKey::parse(SECRET).unwrap();
    let both = sign_checkpoint(&known.origin, &TreeHead::empty(), &[&old, &stranger]).unwrap();
    for keys in [vec![old.public().clone()], vec![stranger.public().clone()]] {
        let trust = Trust { origin: &known.origin, keys: &keys, witnesses: &[] };
        assert_eq!(verify_checkpoint(both.as_bytes(), &trust).unwrap().head(), &TreeHead::empty());
    }
}

#[test]
fn checkpoint_of_wrong_form_is_refused_and_says_where() {
    let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    let parsed = format!("example.com/behind-the-sofa\n20852163\n{root}\nan extension\n");
    let checkpoint = parse_checkpoint(&parsed).unwrap();
    assert_eq!((checkpoint.origin, checkpoint.head.size.0), ("example.com/behind-the-sofa", 20_852_163));
    assert_eq!(checkpoint.extensions, ["an extension"]);
    for (text, line) in [
        ("".to_owned(), 1),
        ("\n".to_owned(), 1),
        (format!("\n5\n{root}\n"), 1),
        (format!("a\n5\n{root}"), 1),
        ("a\n".to_owned(), 2),
        (format!("a\n05\n{root}\n"), 2),
        (format!("a\n+5\n{root}\n"), 2),
        (format!("a\n-5\n{root}\n"), 2),
        (format!("a\n9223372036854775808\n{root}\n"), 2),
        (format!("a\n18446744073709551616\n{root}\n"), 2),
        ("a\n5\n".to_owned(), 3),
        (format!("a\n5\n{}\n", root.trim_end_matches('=')), 3),
        ("a\n5\nAAAA\n".to_owned(), 3),
        (format!("a\n5\n{root}\n\nb\n"), 4),
        (format!("a\n5\n{root}\nb\n\n"), 5),
    ] {
        assert_eq!(parse_checkpoint(&text).unwrap_err(), CheckpointError::Line(line), "{text:?}");
    }
    for origin in ["", "a b", "a+b", "a\nb", "a\u{2003}b"] {
        assert_eq!(Origin::new(origin), None, "{origin:?}");
    }
}

#[test]
fn proof_text_of_wrong_form_is_refused_and_says_where() {
    use TlogProofError::{Line, Note, TooMany};
    let hash = "fKo0Xb2JKmZFTWxlEuo8PqPw0+whvj/C4jdXBf049nI=\n";
    for (text, error) in [
        (ELSEWHERE.replace("@v1", "@v2"), Line(1)),
        (String::new(), Line(1)),
        ("c2sp.org/tlog-proof@v1\n\n".into(), Line(2)),
        (ELSEWHERE.replace("extra ZW", "extra *"), Line(2)),
        (ELSEWHERE.replace("extra ", "hint "), Line(2)),
        (ELSEWHERE.replace("index 2", "index 02"), Line(3)),
        (ELSEWHERE.replace("index 2", "index"), Line(3)),
        (ELSEWHERE.replace("YcoRO", "YcoR"), Line(4)),
        (ELSEWHERE.replace("index 2\n", &format!("index 2\n{}", hash.repeat(61))), TooMany),
        (ELSEWHERE.replace("\n\nlog", "\nlog"), Line(7)),
        ("c2sp.org/tlog-proof@v1\nindex 0\n\n".into(), Note(NoteError::Text)),
        (ELSEWHERE.trim_end().into(), Note(NoteError::Text)),
    ] {
        assert_eq!(parse_tlog_proof(text.as_bytes()).unwrap_err(), error, "{text}");
    }
    let bytes = [ELSEWHERE.as_bytes(), b"\xff"].concat();
    assert_eq!(parse_tlog_proof(&bytes).unwrap_err(), Line(14));
}

#[test]
fn cosignature_of_the_specification_is_read_as_one() {
    let note = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
    let note = parse_note(note.as_bytes()).unwrap();
    let [log, witness] = note.signatures() else { panic!("two signatures") };
    assert_eq!((log.name(), log.bytes().len()), ("example.com/behind-the-sofa", 64));
    assert_eq!((witness.name(), witness.bytes().len()), ("witness.example.com/w1", 8 + 64));
    let message = consentry_log::cosignature_message(1_679_315_147, note.text());
    assert!(message.starts_with("cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"));
}

proptest! {
    #[test]
    fn checkpoint_of_any_head_is_read_alike_by_the_other(
        origin in "[!-*,-~äß€]{1,40}", size in 0..=u64::MAX >> 1, root in any::<[u8; 32]>(),
    ) {
        let head = TreeHead { size: TreeSize(size), root: Hash::new(root) };
        let origin = Origin::new(&origin).unwrap();
        let text = serialize_checkpoint(&origin, &head);
        let ours = parse_checkpoint(&text).unwrap();
        prop_assert_eq!((ours.origin, ours.head, ours.extensions.len()), (origin.as_str(), head, 0));
        let theirs = tlog_tiles::Checkpoint::from_bytes(text.as_bytes()).unwrap();
        prop_assert_eq!((theirs.origin(), theirs.size(), theirs.hash().0), (origin.as_str(), size, root));
        prop_assert_eq!(theirs.to_bytes(), text.as_bytes());
    }

    #[test]
    fn proof_of_any_content_comes_back_from_its_text(
        extra in any::<Option<Vec<u8>>>(), index in any::<u64>(), hashes in prop::collection::vec(any::<[u8; 32]>(), 0..=63),
    ) {
        let hashes = hashes.into_iter().map(Hash::new).collect();
        let inclusion = InclusionProof { index: LeafIndex(index), hashes };
        let checkpoint = "a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— a AAAAAAA=\n".into();
        let proof = consentry_log::TlogProof { extra, inclusion, checkpoint };
        prop_assert_eq!(parse_tlog_proof(proof.serialize().as_bytes()), Ok(proof));
    }
}
