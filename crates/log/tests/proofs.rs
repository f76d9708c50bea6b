//! Inclusion and consistency proofs: the same bytes as two other implementations make, and refused when anything is changed.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may stop at the first surprise"
)]

mod common;

use common::{LEAVES, ORACLE, TREE, entry, head, leaves, ours, theirs};
use consentry_log::{
    ConsistencyProof, Hash, InclusionProof, LARGEST_TREE, LeafIndex, LeafRange, Newer, Older, ProofError,
    ProveError, RangeError, TreeHead, TreeSize, leaf_hash, prove_consistency, prove_inclusion, tree_hash,
    verify_consistency, verify_inclusion,
};
use ct_merkle::RootHash;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use sha2_of_oracle::Sha256;
use tlog_tiles::{check_record, check_tree, prove_record, prove_tree};

fn include(index: u64, size: u64) -> InclusionProof {
    prove_inclusion(LeafIndex(index), TreeSize(size), &*TREE).unwrap()
}

fn extend(older: u64, newer: u64) -> ConsistencyProof {
    prove_consistency(Older(TreeSize(older)), Newer(TreeSize(newer)), &*TREE).unwrap()
}

fn bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

fn root_for_ct(head: &TreeHead) -> RootHash<Sha256> {
    RootHash::new((*head.root.as_bytes()).into(), head.size.0)
}

/// Ours equals `tlog_tiles`' byte for byte; all three verifiers take it.
fn check_inclusion(index: u64, size: u64) {
    let (proof, head, leaf) = (include(index, size), head(size), leaves()[index as usize]);
    let other = prove_record(size, index, &*ORACLE).unwrap();
    assert_eq!(proof.hashes, other.iter().map(ours).collect::<Vec<_>>(), "{index} in {size}");
    assert_eq!(verify_inclusion(&proof, &leaf, &head), Ok(()), "{index} in {size}");
    check_record(&other, size, theirs(&head.root), index, theirs(&leaf)).unwrap();
    let ct = ct_merkle::InclusionProof::try_from_bytes(bytes(&proof.hashes)).unwrap();
    root_for_ct(&head).verify_inclusion(&entry(index), index, &ct).unwrap();
}

fn check_consistency(older: u64, newer: u64) {
    let (proof, old, new) = (extend(older, newer), head(older), head(newer));
    assert_eq!(verify_consistency(&proof, Older(&old), Newer(&new)), Ok(()), "{older} to {newer}");
    if older == 0 {
        assert_eq!(proof, ConsistencyProof::default());
        return;
    }
    let other = prove_tree(newer, older, &*ORACLE).unwrap();
    assert_eq!(proof.hashes, other.iter().map(ours).collect::<Vec<_>>(), "{older} to {newer}");
    check_tree(&other, newer, theirs(&new.root), older, theirs(&old.root)).unwrap();
    let ct = ct_merkle::ConsistencyProof::try_from_bytes(bytes(&proof.hashes)).unwrap();
    root_for_ct(&new).verify_consistency(&root_for_ct(&old), &ct).unwrap();
}

#[test]
fn proofs_of_every_small_tree_match_the_others() {
    for size in 0..=40 {
        assert_eq!(head(size).root, tree_hash(&leaves()[..size as usize]), "size {size}");
        (0..size).for_each(|index| check_inclusion(index, size));
        (0..=size).for_each(|older| check_consistency(older, size));
    }
}

#[test]
fn proofs_made_by_another_implementation_are_accepted() {
    for size in [1, 2, 7, 256, 1_000] {
        let mut tree = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        (0..size).for_each(|index| tree.push(entry(index)));
        let head = head(size);
        assert_eq!(tree.root().as_bytes()[..], head.root.as_bytes()[..]);
        let parse = |bytes: &[u8]| bytes.as_chunks().0.iter().copied().map(Hash::new).collect::<Vec<_>>();
        for index in [0, size / 3, size - 1] {
            let hashes = parse(tree.prove_inclusion(index as usize).as_bytes());
            let proof = InclusionProof { index: LeafIndex(index), hashes };
            assert_eq!(verify_inclusion(&proof, &leaf_hash(&entry(index)), &head), Ok(()));
            let older = common::head(index + 1);
            let hashes = parse(tree.prove_consistency((size - index - 1) as usize).as_bytes());
            let proof = ConsistencyProof { hashes };
            assert_eq!(verify_consistency(&proof, Older(&older), Newer(&head)), Ok(()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn inclusion_proof_in_any_tree_matches_the_others(size in 1..=LEAVES, at in any::<prop::sample::Index>()) {
        check_inclusion(at.index(size as usize) as u64, size);
    }

    #[test]
    fn consistency_proof_of_any_trees_matches_the_others(newer in 1..=LEAVES, at in any::<prop::sample::Index>()) {
        check_consistency(at.index(newer as usize + 1) as u64, newer);
    }

    #[test]
    fn inclusion_proof_with_anything_changed_is_refused(
        size in 2..=LEAVES, at in any::<[prop::sample::Index; 3]>(), bit in 0..8_u8,
    ) {
        let index = at[0].index(size as usize) as u64;
        let (proof, head, leaf) = (include(index, size), head(size), leaves()[index as usize]);
        let flip = |hash: &Hash| {
            let mut bytes = *hash.as_bytes();
            bytes[at[2].index(32)] ^= 1 << bit;
            Hash::new(bytes)
        };
        let mut other = proof.clone();
        let which = at[1].index(other.hashes.len());
        other.hashes[which] = flip(&other.hashes[which]);
        prop_assert_eq!(verify_inclusion(&other, &leaf, &head), Err(ProofError::Root));
        prop_assert_eq!(verify_inclusion(&proof, &flip(&leaf), &head), Err(ProofError::Root));
        let forged = TreeHead { root: flip(&head.root), ..head };
        prop_assert_eq!(verify_inclusion(&proof, &leaf, &forged), Err(ProofError::Root));
        // Neighbours may hold the same entry, but not in the same place.
        let elsewhere = InclusionProof { index: LeafIndex(index ^ 1), ..proof.clone() };
        prop_assert!(verify_inclusion(&elsewhere, &leaf, &head).is_err());
        for hashes in [&proof.hashes[1..], &[&proof.hashes[..], &[leaf]].concat()[..]] {
            let other = InclusionProof { hashes: hashes.to_vec(), ..proof.clone() };
            let error = ProofError::Length { needed: proof.hashes.len(), found: hashes.len() };
            prop_assert_eq!(verify_inclusion(&other, &leaf, &head), Err(error));
        }
        let beyond = InclusionProof { index: LeafIndex(size), ..proof };
        prop_assert_eq!(verify_inclusion(&beyond, &leaf, &head), Err(ProofError::OutOfTree));
    }

    #[test]
    fn consistency_proof_with_anything_changed_is_refused(
        newer in 2..=LEAVES, at in any::<[prop::sample::Index; 3]>(), bit in 0..8_u8,
    ) {
        let older = 1 + at[0].index(newer as usize - 1) as u64;
        let (proof, old, new) = (extend(older, newer), head(older), head(newer));
        let flip = |hash: &Hash| {
            let mut bytes = *hash.as_bytes();
            bytes[at[2].index(32)] ^= 1 << bit;
            Hash::new(bytes)
        };
        let mut other = proof.clone();
        let which = at[1].index(other.hashes.len());
        other.hashes[which] = flip(&other.hashes[which]);
        prop_assert!(verify_consistency(&other, Older(&old), Newer(&new)).is_err());
        let forged = TreeHead { root: flip(&old.root), ..old };
        // A perfect older tree is a node of the newer one: then the way up starts from the forged root.
        let error = if older.is_power_of_two() { ProofError::Root } else { ProofError::OlderRoot };
        prop_assert_eq!(verify_consistency(&proof, Older(&forged), Newer(&new)), Err(error));
        let forged = TreeHead { root: flip(&new.root), ..new };
        prop_assert_eq!(verify_consistency(&proof, Older(&old), Newer(&forged)), Err(ProofError::Root));
        prop_assert_eq!(verify_consistency(&proof, Older(&new), Newer(&old)), Err(ProofError::OutOfTree));
        let shorter = ConsistencyProof { hashes: proof.hashes[1..].to_vec() };
        let error = ProofError::Length { needed: proof.hashes.len(), found: shorter.hashes.len() };
        prop_assert_eq!(verify_consistency(&shorter, Older(&old), Newer(&new)), Err(error));
    }

    #[test]
    fn proof_of_any_hashes_about_any_sizes_is_refused(
        index in any::<u64>(), sizes in any::<[u64; 2]>(), count in 0..70_usize,
    ) {
        let forged = |size: u64| TreeHead { size: TreeSize(size), root: Hash::new([1; 32]) };
        let hashes = vec![Hash::new([2; 32]); count];
        let inclusion = InclusionProof { index: LeafIndex(index), hashes: hashes.clone() };
        prop_assert!(verify_inclusion(&inclusion, &Hash::new([3; 32]), &forged(sizes[0])).is_err());
        let (old, new) = (forged(sizes[0]), TreeHead { root: Hash::new([4; 32]), ..forged(sizes[1]) });
        let consistency = ConsistencyProof { hashes };
        prop_assert!(verify_consistency(&consistency, Older(&old), Newer(&new)).is_err());
    }
}

#[test]
fn consistency_proof_of_empty_or_equal_trees_is_empty_and_still_checked() {
    let (empty, some) = (TreeHead::empty(), head(5));
    let (none, one) = (ConsistencyProof::default(), ConsistencyProof { hashes: vec![some.root] });
    let verify = |proof, old, new| verify_consistency(proof, Older(old), Newer(new));
    assert_eq!(verify(&none, &empty, &some), Ok(()));
    assert_eq!(verify(&none, &some, &some), Ok(()));
    assert_eq!(verify(&none, &empty, &empty), Ok(()));
    assert_eq!(verify(&one, &empty, &some), Err(ProofError::Length { needed: 0, found: 1 }));
    assert_eq!(verify(&one, &some, &some), Err(ProofError::Length { needed: 0, found: 1 }));
    let false_empty = TreeHead { root: some.root, ..empty };
    assert_eq!(verify(&none, &false_empty, &some), Err(ProofError::OlderRoot));
    let fork = TreeHead { root: head(6).root, ..some };
    assert_eq!(verify(&none, &some, &fork), Err(ProofError::Root));
}

#[test]
fn proof_beyond_the_tree_or_of_an_impossible_tree_is_not_made() {
    let inclusion = |index, size| prove_inclusion(LeafIndex(index), TreeSize(size), &*TREE).map(|_| ());
    let refused = |error| Err(ProveError::Range(error));
    assert_eq!(inclusion(5, 5), refused(RangeError::OutOfTree));
    assert_eq!(inclusion(0, 0), refused(RangeError::OutOfTree));
    assert_eq!(inclusion(0, LARGEST_TREE.0 + 1), refused(RangeError::TooLarge));
    let backwards = prove_consistency(Older(TreeSize(6)), Newer(TreeSize(5)), &*TREE).map(|_| ());
    assert_eq!(backwards, refused(RangeError::OutOfTree));
    let longest = consentry_log::proof::inclusion_ranges(LeafIndex(0), LARGEST_TREE).unwrap();
    assert_eq!(longest.len(), 63);
    assert_eq!(LeafRange::whole(LARGEST_TREE).subtrees().len(), 63);
}
