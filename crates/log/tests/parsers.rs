//! Every parser, fed with the fuzzer's seeds, with damaged seeds and with noise.

#![allow(clippy::unwrap_used, reason = "helpers of tests may stop at the first surprise")]

mod invariants;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use invariants::{TARGETS, Target};
use proptest::collection::vec;
use proptest::prelude::*;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// Every parser with its seeds.
static SEEDS: LazyLock<Vec<(Target, Vec<Vec<u8>>)>> = LazyLock::new(|| {
    let seeds = |name: &str| {
        let folder = std::fs::read_dir(fuzz().join("seeds").join(name)).unwrap();
        let seeds: Vec<Vec<u8>> = folder.map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
        assert!(!seeds.is_empty(), "{name} has no seeds");
        seeds
    };
    TARGETS.iter().map(|target| (*target, seeds(target.0))).collect()
});

#[test]
fn parser_has_a_fuzz_target_and_holds_for_its_seeds() {
    let manifest = std::fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for ((name, invariant), seeds) in SEEDS.iter() {
        assert!(fuzz().join(format!("fuzz_targets/{name}.rs")).is_file(), "{name} is not fuzzed");
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name} is not built");
        seeds.iter().for_each(|seed| invariant(seed));
    }
}

/// Something that happens to bytes on their way.
#[derive(Debug, Clone)]
enum Damage {
    Flip(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Remove(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    let byte = prop_oneof![any::<u8>(), prop::sample::select(b"\n +/=.0x-".to_vec())];
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        (at(), vec(byte, 1..4)).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        (at(), 1..40_usize).prop_map(|(at, length)| Damage::Remove(at, length)),
        (at(), 1..80_usize).prop_map(|(at, length)| Damage::Repeat(at, length)),
    ]
}

fn apply(bytes: &mut Vec<u8>, damage: Damage) {
    let range = |at: prop::sample::Index, length: usize| {
        let start = at.index(bytes.len() + 1);
        start..bytes.len().min(start + length)
    };
    match damage {
        Damage::Flip(at, bits) => {
            range(at, 1).for_each(|at| bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= bits))
        }
        Damage::Insert(at, new) => drop(bytes.splice(range(at, 0), new)),
        Damage::Remove(at, length) => drop(bytes.drain(range(at, length))),
        Damage::Repeat(at, length) => bytes.extend_from_within(range(at, length)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn parser_of_damaged_seeds_accepts_one_spelling_only(
        target in any::<prop::sample::Index>(), seed in any::<prop::sample::Index>(), damages in vec(damage(), 0..4),
    ) {
        let ((_, invariant), seeds) = target.get(&SEEDS);
        let mut bytes = seed.get(seeds).clone();
        damages.into_iter().for_each(|damage| apply(&mut bytes, damage));
        invariant(&bytes);
    }

    #[test]
    fn parser_of_noise_accepts_one_spelling_only(bytes in vec(any::<u8>(), 0..200)) {
        TARGETS.iter().for_each(|(_, invariant)| invariant(&bytes));
    }
}
