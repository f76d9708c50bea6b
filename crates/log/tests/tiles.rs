//! Tiles: counts of the specification, coordinates and contents of another implementation, and proofs from just those planned.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may stop at the first surprise"
)]

mod common;

use std::collections::BTreeSet;

use common::{LEAVES, ORACLE, TREE, entry, head, leaves};
use consentry_log::{
    Bundle, BundleError, Edge, Joined, LeafIndex, MissingTile, Newer, Older, ProveError, Tile,
    TileLengthError, TileNodes, TileSet, TreeSize, Width, consistency_tiles, edge_tiles, inclusion_tiles,
    leaf_hash, new_bundles, new_tiles, parse_bundle, parse_tile_path, prove_consistency, prove_inclusion,
    serialize_bundle, verify_inclusion,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn all_tiles(size: u64) -> Vec<Tile> {
    new_tiles(Older(TreeSize(0)), Newer(TreeSize(size))).collect()
}

/// `tlog_tiles` names the height first, as the Go checksum database does.
fn path_of_theirs(tile: &tlog_tiles::Tile) -> String {
    tile.path().replacen("tile/8/", "tile/", 1)
}

fn theirs(tile: Tile) -> tlog_tiles::Tile {
    tlog_tiles::Tile::new(8, tile.level(), tile.index(), tile.width().get() as u32, false)
}

fn store(tiles: &[Tile]) -> TileSet {
    let mut set = TileSet::new();
    for tile in tiles {
        set.insert(*tile, &theirs(*tile).read_data(&*ORACLE).unwrap()).unwrap();
    }
    set
}

#[test]
fn tiles_of_the_specifications_examples_are_counted_right() {
    let count = |size: u64, level: u8| {
        let tiles: Vec<_> = all_tiles(size).into_iter().filter(|tile| tile.level() == level).collect();
        let (full, partial): (Vec<Tile>, Vec<Tile>) =
            tiles.into_iter().partition(|tile| tile.width().is_full());
        (full.len(), partial.iter().map(|tile| tile.width().get()).collect::<Vec<_>>())
    };
    assert_eq!(
        [0, 1, 2, 3].map(|level| count(70_000, level)),
        [(273, vec![112]), (1, vec![17]), (0, vec![1]), (0, vec![])]
    );
    assert_eq!([0, 1, 2].map(|level| count(256, level)), [(1, vec![]), (0, vec![1]), (0, vec![])]);
    assert_eq!(all_tiles(0), []);
    assert_eq!(new_bundles(Older(TreeSize(0)), Newer(TreeSize(70_000))).count(), 274);
}

#[test]
fn tile_of_a_tree_is_in_it_and_in_every_larger_one() {
    let tile = Tile::of_tree(0, 273, TreeSize(70_000)).unwrap();
    assert_eq!((tile.width().get(), tile.path().as_str()), (112, "tile/0/273.p/112"));
    assert!(tile.is_in(TreeSize(70_000)) && tile.is_in(TreeSize(80_000)));
    assert!(!tile.is_in(TreeSize(69_999)));
    assert_eq!(Tile::of_tree(0, 274, TreeSize(70_000)), None);
    assert_eq!(Tile::of_tree(1, 0, TreeSize(255)), None);
    for level in [8, 63] {
        assert_eq!(Tile::of_tree(level, 0, TreeSize(u64::MAX)), None, "no tree is so high");
    }
    let last = Bundle::of_tree(1, TreeSize(257)).unwrap();
    assert_eq!((last.width.get(), last.start()), (1, Some(LeafIndex(256))));
    assert!(last.is_in(TreeSize(257)) && !last.is_in(TreeSize(256)));
}

#[test]
fn bundle_holds_what_was_put_in_and_nothing_else() {
    let entries: Vec<Vec<u8>> = (0..5).map(entry).collect();
    let bytes = serialize_bundle(entries.iter().map(Vec::as_slice)).unwrap();
    assert_eq!(bytes[..4], [0, 0, 0, 7], "an empty entry, then one of seven bytes");
    let width = |width| Width::new(width).unwrap();
    assert_eq!(parse_bundle(&bytes, width(5)).unwrap(), entries);
    assert_eq!(parse_bundle(&bytes, width(6)), Err(BundleError::Width { needed: 6, found: 5 }));
    assert_eq!(parse_bundle(&bytes, width(4)), Err(BundleError::Width { needed: 4, found: 5 }));
    assert_eq!(parse_bundle(&bytes[..bytes.len() - 1], width(5)), Err(BundleError::Truncated));
    assert_eq!(parse_bundle(&[0], width(1)), Err(BundleError::Truncated));
    let longest = vec![7; 65_535];
    assert_eq!(serialize_bundle([longest.as_slice()]).unwrap().len(), 65_537);
    assert_eq!(serialize_bundle([vec![7; 65_536].as_slice()]), Err(BundleError::TooLong(65_536)));
    assert_eq!((Width::new(0), Width::new(257)), (None, None));
}

#[test]
fn tile_of_another_length_is_refused_and_a_wider_one_is_kept() {
    let nodes = TileNodes::parse(&[7; 64], Width::new(2).unwrap()).unwrap();
    assert_eq!((nodes.hashes().len(), nodes.root(), nodes.to_bytes()), (2, None, vec![7; 64]));
    for length in [0, 32, 63, 65, 96] {
        assert_eq!(TileNodes::parse(&vec![7; length], Width::new(2).unwrap()), Err(TileLengthError));
    }
    let mut set = store(&all_tiles(300));
    set.insert(Tile::of_tree(0, 1, TreeSize(260)).unwrap(), &[0; 4 * 32]).unwrap();
    assert_eq!(set.get(0, 1).unwrap().hashes().len(), 44);
}

#[test]
fn proof_from_tiles_that_lack_one_names_it() {
    let tiles: Vec<Tile> = all_tiles(1_000).into_iter().filter(|tile| tile.index() != 2).collect();
    let missing = MissingTile { level: 0, index: 2 };
    let proof = prove_inclusion(LeafIndex(600), TreeSize(1_000), &store(&tiles));
    assert_eq!(proof, Err(ProveError::Node(missing)));
    assert_eq!(
        Edge::from_tiles(TreeSize(1_000), &TileSet::new()).unwrap_err(),
        MissingTile { level: 0, index: 3 }
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn new_tiles_of_any_growth_are_those_of_the_other(older in 0..5_000_000_u64, more in 0..100_000_u64) {
        let newer = older + more;
        let ours: BTreeSet<String> = new_tiles(Older(TreeSize(older)), Newer(TreeSize(newer))).map(Tile::path).collect();
        let other: BTreeSet<String> = tlog_tiles::Tile::new_tiles(8, older, newer).iter().map(path_of_theirs).collect();
        prop_assert_eq!(ours, other);
    }

    #[test]
    fn tile_path_of_any_tile_is_that_of_the_other(level in 0..64_u8, index in 0..=u64::MAX >> 1, width in 1..=256_u16) {
        let tile = Tile::new(level, index, Width::new(width).unwrap()).unwrap();
        prop_assert_eq!(tile.path(), path_of_theirs(&theirs(tile)));
        prop_assert_eq!(parse_tile_path(&tile.path()), Ok(consentry_log::TilePath::Tile(tile)));
    }

    #[test]
    fn edge_grown_in_any_batches_writes_the_tiles_of_the_other(batches in vec(0..900_u64, 1..12)) {
        let mut edge = Edge::new();
        let mut stored = TileSet::new();
        let mut size = 0;
        for batch in batches {
            let newer = (size + batch).min(LEAVES);
            let changed = edge.append(&leaves()[size as usize..newer as usize]).unwrap();
            prop_assert_eq!(edge.head(), head(newer));
            let tiles: Vec<Tile> = changed.iter().map(|(tile, _)| tile).collect();
            prop_assert_eq!(&tiles, &new_tiles(Older(TreeSize(size)), Newer(TreeSize(newer))).collect::<Vec<_>>());
            for (tile, nodes) in changed.iter() {
                prop_assert_eq!(nodes.to_bytes(), theirs(tile).read_data(&*ORACLE).unwrap());
                stored.insert(tile, &nodes.to_bytes()).unwrap();
            }
            // Proofs about the batch need nothing that has to be read.
            for index in [size, (size + newer) / 2, newer.saturating_sub(1)] {
                if size <= index && index < newer {
                    let proof = prove_inclusion(LeafIndex(index), TreeSize(newer), &Joined(&changed, &edge)).unwrap();
                    prop_assert_eq!(verify_inclusion(&proof, &leaf_hash(&entry(index)), &head(newer)), Ok(()));
                }
            }
            prop_assert_eq!(&Edge::from_tiles(TreeSize(newer), &stored).unwrap(), &edge);
            size = newer;
        }
    }

    #[test]
    fn proofs_from_the_planned_tiles_alone_are_the_same(size in 1..=LEAVES, at in any::<[prop::sample::Index; 2]>()) {
        let (index, older) = (at[0].index(size as usize) as u64, at[1].index(size as usize + 1) as u64);
        let (index, older, size) = (LeafIndex(index), TreeSize(older), TreeSize(size));
        let tiles = inclusion_tiles(index, size).unwrap();
        prop_assert!(tiles.iter().all(|tile| tile.is_in(size)));
        let proof = prove_inclusion(index, size, &store(&tiles)).unwrap();
        prop_assert_eq!(proof, prove_inclusion(index, size, &*TREE).unwrap());
        let tiles = consistency_tiles(Older(older), Newer(size)).unwrap();
        let proof = prove_consistency(Older(older), Newer(size), &store(&tiles)).unwrap();
        prop_assert_eq!(proof, prove_consistency(Older(older), Newer(size), &*TREE).unwrap());
        let edge = Edge::from_tiles(size, &store(&edge_tiles(size))).unwrap();
        prop_assert_eq!(edge.head(), head(size.0));
    }
}
