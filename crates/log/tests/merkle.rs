//! Hashes and frontiers against the well-known vectors of Certificate Transparency, and against another implementation.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may stop at the first surprise"
)]

use consentry_log::{Frontier, Hash, LeafIndex, Span, TreeSize, leaf_hash, tree_hash};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::collection::vec;
use proptest::prelude::*;
use serde::Deserialize;
use sha2_of_oracle::Sha256;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    leaves: Vec<LeafVector>,
    /// Over the first `size` of the leaves.
    trees: Vec<TreeVector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LeafVector {
    entry: String,
    hash: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TreeVector {
    size: usize,
    root: String,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../../tests/vectors/leaf_hash.json")).unwrap()
}

fn parse_bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks_exact(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn frontier_of(leaves: &[Hash]) -> Frontier {
    let mut frontier = Frontier::new();
    for (at, leaf) in leaves.iter().enumerate() {
        assert_eq!(frontier.append(*leaf), LeafIndex(at as u64));
    }
    frontier
}

fn root_by_oracle(entries: &[Vec<u8>]) -> Hash {
    let mut tree = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    entries.iter().for_each(|entry| tree.push(entry.clone()));
    Hash::new(tree.root().as_bytes()[..].try_into().unwrap())
}

#[test]
fn leaf_hashes_match_the_vectors() {
    for vector in vectors().leaves {
        assert_eq!(leaf_hash(&parse_bytes(&vector.entry)).to_hex(), vector.hash, "{}", vector.entry);
    }
}

#[test]
fn roots_match_the_vectors() {
    let Vectors { leaves, trees } = vectors();
    assert_eq!(trees.len(), 9, "the empty tree and sizes 1 to 8");
    let entries: Vec<Vec<u8>> = leaves.iter().map(|leaf| parse_bytes(&leaf.entry)).collect();
    let hashes: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    for TreeVector { size, root } in trees {
        assert_eq!(tree_hash(&hashes[..size]).to_hex(), root, "size {size}");
        assert_eq!(frontier_of(&hashes[..size]).root().to_hex(), root, "size {size}");
        assert_eq!(root_by_oracle(&entries[..size]).to_hex(), root, "size {size}");
    }
}

#[test]
fn frontier_matches_the_reference_at_every_size_around_powers_of_two() {
    let hashes: Vec<Hash> = (0..520_u32).map(|leaf| leaf_hash(&leaf.to_be_bytes())).collect();
    let mut frontier = Frontier::new();
    for size in 0..hashes.len() {
        assert_eq!(frontier.root(), tree_hash(&hashes[..size]), "size {size}");
        frontier.append(hashes[size]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn frontier_of_any_entries_has_the_root_that_others_compute(
        entries in vec(vec(any::<u8>(), 0..24), 0..2_000),
    ) {
        let hashes: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        let frontier = frontier_of(&hashes);
        prop_assert_eq!(frontier.size(), TreeSize(entries.len() as u64));
        prop_assert_eq!(frontier.root(), tree_hash(&hashes));
        prop_assert_eq!(frontier.root(), root_by_oracle(&entries));
    }

    #[test]
    fn frontier_stored_and_loaded_anywhere_ends_at_the_same_root(
        entries in vec(any::<u64>(), 0..2_000), at in any::<prop::sample::Index>(),
    ) {
        let hashes: Vec<Hash> = entries.iter().map(|entry| leaf_hash(&entry.to_be_bytes())).collect();
        let (before, after) = hashes.split_at(at.index(hashes.len() + 1));
        let mut frontier = Frontier::from_bytes(&frontier_of(before).to_bytes()).unwrap();
        for leaf in after {
            frontier.append(*leaf);
        }
        prop_assert_eq!(frontier, frontier_of(&hashes));
    }

    #[test]
    fn spans_cut_anywhere_and_appended_in_order_make_the_same_frontier(
        leaves in 0..2_000_u32, cuts in vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let hashes: Vec<Hash> = (0..leaves).map(|leaf| leaf_hash(&leaf.to_be_bytes())).collect();
        let mut cuts: Vec<usize> = cuts.iter().map(|at| at.index(hashes.len() + 1)).collect();
        cuts.extend([0, hashes.len()]);
        cuts.sort_unstable();
        let mut frontier = Frontier::new();
        for pair in cuts.windows(2) {
            let mut span = Span::new(LeafIndex(pair[0] as u64));
            hashes[pair[0]..pair[1]].iter().for_each(|leaf| span.push(*leaf));
            prop_assert!(span.subtrees().len() <= 2 * 11, "{} subtrees are left", span.subtrees().len());
            let skipped = Span::new(LeafIndex(pair[0] as u64 + 1));
            prop_assert!(!frontier.append_span(&skipped));
            prop_assert!(frontier.append_span(&span));
            prop_assert_eq!(span.end(), LeafIndex(pair[1] as u64));
        }
        prop_assert_eq!(frontier, frontier_of(&hashes));
    }

    #[test]
    fn frontier_from_any_bytes_is_refused_or_comes_back(
        size in prop_oneof![any::<u64>(), 0..300_u64], hashes in 0..70_usize, rest in 0..3_usize,
    ) {
        let bytes = [size.to_be_bytes().to_vec(), vec![7; hashes * 32 + rest]].concat();
        if let Ok(frontier) = Frontier::from_bytes(&bytes) {
            prop_assert_eq!(frontier.to_bytes(), bytes);
        }
    }
}
