//! The growth of a log from tiles: any two sizes, any change of history, any damaged tile.

#![allow(clippy::unwrap_used, reason = "helpers of tests may stop at the first surprise")]

use consentry_log::{
    Edge, Hash, Newer, Older, TileSet, TreeHead, TreeSize, Width, edge_tiles, leaf_hash, tree_hash,
};
use consentry_verify::{Growth, growth_tiles, judge};
use proptest::prelude::*;

fn leaves(size: u64, changed: Option<u64>) -> Vec<Hash> {
    let leaf =
        |index: u64| leaf_hash(&[&index.to_be_bytes()[..], &[u8::from(changed == Some(index))]].concat());
    (0..size).map(leaf).collect()
}

fn head(leaves: &[Hash]) -> TreeHead {
    TreeHead { size: TreeSize(leaves.len() as u64), root: tree_hash(leaves) }
}

/// The tiles that a log of these leaves serves, of those that are asked for; one byte of one of them changed.
fn served(leaves: &[Hash], older: &TreeHead, newer: &TreeHead, damage: Option<(usize, usize)>) -> TileSet {
    let mut all = Edge::new();
    let tiles = all.append(leaves).unwrap();
    let mut set = TileSet::new();
    let asked = growth_tiles(Older(older), Newer(newer));
    let damaged = damage.map(|(tile, byte)| (tile % asked.len().max(1), byte));
    for (at, tile) in asked.iter().enumerate() {
        let nodes = tiles.get(tile.level(), tile.index()).unwrap();
        let mut bytes = nodes.to_bytes();
        bytes.truncate(tile.width().get() * Hash::LENGTH);
        if let Some((_, byte)) = damaged.filter(|(tile, _)| *tile == at) {
            let byte = byte % bytes.len();
            *bytes.get_mut(byte).unwrap() ^= 1;
        }
        set.insert(*tile, &bytes).unwrap();
    }
    set
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn log_that_grew_is_told_from_one_that_forked_wherever_it_did(
        sizes in (1..1_500_u64, 0..1_500_u64), changed in any::<prop::sample::Index>(), forks in any::<bool>(),
    ) {
        let (older, newer) = (sizes.0, sizes.0 + sizes.1);
        let at = changed.index(newer as usize) as u64;
        let before = head(&leaves(older, None));
        let now = leaves(newer, forks.then_some(at));
        let after = head(&now);
        let tiles = served(&now, &before, &after, None);
        let expected = match (forks && at < older, older == newer) {
            (true, _) => Growth::Forked,
            (false, true) => Growth::Same,
            (false, false) => Growth::Grown,
        };
        prop_assert_eq!(judge(Older(&before), Newer(&after), &tiles), expected);
        if older < newer {
            prop_assert_eq!(judge(Older(&after), Newer(&before), &tiles), Growth::Shrunk);
        }
    }

    #[test]
    fn damaged_tile_is_never_taken_for_a_fork(
        sizes in (1..1_500_u64, 1..1_500_u64), damage in any::<(usize, usize)>(),
    ) {
        let (older, newer) = (sizes.0, sizes.0 + sizes.1);
        let before = head(&leaves(older, None));
        let now = leaves(newer, None);
        let tiles = served(&now, &before, &head(&now), Some(damage));
        let judged = judge(Older(&before), Newer(&head(&now)), &tiles);
        // Not every hash of a tile is needed.
        prop_assert!(matches!(judged, Growth::BadTiles | Growth::Grown), "{judged}");
    }
}

#[test]
fn tiles_that_are_missing_show_nothing_and_the_empty_tree_needs_none() {
    let (before, after) = (head(&leaves(300, None)), head(&leaves(700, None)));
    assert_eq!(judge(Older(&before), Newer(&after), &TileSet::new()), Growth::BadTiles);
    let empty = TreeHead::empty();
    assert!(growth_tiles(Older(&empty), Newer(&after)).is_empty());
    assert_eq!(judge(Older(&empty), Newer(&after), &TileSet::new()), Growth::Grown);
    // As the newer tree has them: what was partial and is full now may not be served in its old width any more.
    let tiles = growth_tiles(Older(&before), Newer(&after));
    let old = edge_tiles(before.size);
    assert!(old.iter().any(|tile| tile.width() == Width::new(44).unwrap()));
    assert!(tiles.iter().all(|tile| tile.is_in(after.size) && tile.width() != Width::new(44).unwrap()));
}
