//! The sequencer against a storage that fails and lies: what is acknowledged stays, nothing is doubled, nothing forks.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may stop at the first surprise"
)]

mod faults;
mod storage;

use consentry_log::{
    AppendError, Bundle, Hash, LeafIndex, LeafRange, LogKey, Newer, Older, OpenError, Origin, Sequencer,
    SigningKey, TileSet, TreeHead, TreeSize, Trust, leaf_hash, new_bundles, new_tiles, parse_bundle,
    parse_tlog_proof, prove_consistency, tree_hash, verify_checkpoint, verify_consistency, verify_tlog_proof,
};
use storage::{Failed, Shared};

type Log = Sequencer<Shared, Shared>;

fn origin() -> Origin {
    Origin::new("log.example/site").unwrap()
}

fn secret() -> SigningKey {
    SigningKey::from_seed("log.example/site", &[7; 32]).unwrap()
}

fn keys() -> Vec<LogKey> {
    vec![secret().public().clone()]
}

fn create(disk: &Shared) -> Result<Log, OpenError<Failed>> {
    Log::create(disk.clone(), disk.clone(), origin(), vec![Box::new(secret())], &keys())
}

fn open(disk: &Shared) -> Result<Log, OpenError<Failed>> {
    Log::open(disk.clone(), disk.clone(), origin(), vec![Box::new(secret())], &keys())
}

/// Entries that nobody else has.
struct Source(u64);

impl Source {
    fn take(&mut self, count: u64) -> Vec<Vec<u8>> {
        self.0 += count;
        (self.0 - count..self.0).map(|number| format!("entry {number}").into_bytes()).collect()
    }
}

fn append(log: &mut Log, entries: &[Vec<u8>]) -> Result<consentry_log::Appended, AppendError<Failed>> {
    log.append(&entries.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// Reads the log as a stranger would, from the published checkpoint on, and returns its entries.
fn read_published(disk: &Shared) -> (TreeHead, Vec<Vec<u8>>) {
    let (origin, keys) = (origin(), keys());
    let trust = Trust { origin: &origin, keys: &keys, witnesses: &[] };
    let Some(checkpoint) = disk.object("checkpoint") else { return (TreeHead::empty(), vec![]) };
    let head = *verify_checkpoint(&checkpoint, &trust).unwrap().head();
    let (none, all) = (Older(TreeSize(0)), Newer(head.size));
    let mut tiles = TileSet::new();
    for tile in new_tiles(none, all) {
        tiles
            .insert(tile, &disk.object(&tile.path()).unwrap_or_else(|| panic!("{} is missing", tile.path())))
            .unwrap();
    }
    let mut entries = Vec::new();
    for bundle in new_bundles(none, all) {
        let bytes =
            disk.object(&Bundle::path(bundle)).unwrap_or_else(|| panic!("{} is missing", bundle.path()));
        entries.extend(parse_bundle(&bytes, bundle.width).unwrap().into_iter().map(<[u8]>::to_vec));
    }
    let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    assert_eq!(tree_hash(&leaves), head.root, "the entries are not those signed for");
    for (index, leaf) in leaves.iter().enumerate().step_by(97) {
        let tile = tiles.get(0, index as u64 >> 8).unwrap();
        assert_eq!(tile.hashes()[index & 255], *leaf);
    }
    for older in (0..head.size.0).step_by(101).map(TreeSize) {
        let proof = prove_consistency(Older(older), Newer(head.size), &tiles).unwrap();
        let old = TreeHead { size: older, root: LeafRange::whole(older).root(&tiles).unwrap() };
        verify_consistency(&proof, Older(&old), Newer(&head)).unwrap();
    }
    (head, entries)
}

#[test]
fn sequencer_of_two_on_one_log_lets_one_append() {
    let disk = Shared::default();
    let mut first = create(&disk).unwrap();
    let mut second = open(&disk).unwrap();
    let mut source = Source(0);
    let entries = source.take(3);
    append(&mut first, &entries).unwrap();
    // The very same batch: the loser's staged object has the winner's name, and must survive being needed.
    assert_eq!(append(&mut second, &entries), Err(AppendError::Superseded));
    assert_eq!(second.head(), None);
    append(&mut first, &source.take(1)).unwrap();
    let mut third = open(&disk).unwrap();
    append(&mut third, &source.take(300)).unwrap();
    assert_eq!(append(&mut first, &source.take(1)), Err(AppendError::Superseded));
    assert_eq!(read_published(&disk).1.len(), 304);
}

#[test]
fn sequencer_opens_after_a_late_process_published_an_older_checkpoint() {
    let disk = Shared::default();
    let mut log = create(&disk).unwrap();
    let older = append(&mut log, &Source(0).take(300)).unwrap().checkpoint;
    append(&mut log, &Source(300).take(300)).unwrap();
    disk.0.borrow_mut().objects.insert("checkpoint".into(), older.into_bytes());
    open(&disk).unwrap();
    assert_eq!(read_published(&disk).0.size.0, 600);
}

#[test]
fn sequencer_proves_every_entry_of_its_last_batch() {
    let disk = Shared::default();
    let mut log = create(&disk).unwrap();
    let (origin, keys) = (origin(), keys());
    let trust = Trust { origin: &origin, keys: &keys, witnesses: &[] };
    let mut source = Source(0);
    for count in [1, 254, 3, 700, 64] {
        let entries = source.take(count);
        let appended = append(&mut log, &entries).unwrap();
        for (entry, index) in entries.iter().zip(appended.first.0..) {
            let proof = log.prove(LeafIndex(index), Some(vec![1])).unwrap();
            let text = proof.serialize();
            let parsed = parse_tlog_proof(text.as_bytes()).unwrap();
            let checkpoint = verify_tlog_proof(&parsed, &leaf_hash(entry), &trust).unwrap();
            assert_eq!(*checkpoint.head(), appended.head);
        }
    }
    let before = log.head();
    let nothing = log.append(&[]).unwrap();
    assert_eq!((nothing.first, log.head()), (LeafIndex(1_022), before));
}

#[test]
fn sequencer_with_an_entry_too_long_appends_nothing() {
    let disk = Shared::default();
    let mut log = create(&disk).unwrap();
    assert_eq!(append(&mut log, &[vec![1], vec![0; 65_536]]), Err(AppendError::TooLong(1)));
    assert_eq!(append(&mut log, &[vec![1], vec![0; 65_535]]).unwrap().head.size.0, 2);
}

#[test]
fn sequencer_refuses_storage_that_forgot_or_forked() {
    let build = |count: u64| {
        let disk = Shared::default();
        let mut log = create(&disk).unwrap();
        append(&mut log, &Source(0).take(300)).unwrap();
        append(&mut log, &Source(300).take(count)).unwrap();
        disk
    };
    let refused = |disk: &Shared| open(disk).map(|_| ()).unwrap_err();
    let disk = build(5);
    assert_eq!(create(&disk).map(|_| ()), Err(OpenError::Exists));
    let old_head = disk.0.borrow().head.clone();

    let empty = Shared::default();
    assert_eq!(refused(&empty), OpenError::Missing);

    let lost = build(5);
    lost.0.borrow_mut().head = None;
    assert_eq!(refused(&lost), OpenError::Missing);

    let rolled_back = build(9);
    rolled_back.0.borrow_mut().head = old_head;
    let expected = OpenError::Rollback { published: TreeSize(309), head: TreeSize(305) };
    assert_eq!(refused(&rolled_back), expected);

    let forked = build(9);
    let mut other = create(&Shared::default()).unwrap();
    let fork = append(&mut other, &Source(1_000).take(305)).unwrap().checkpoint;
    forked.0.borrow_mut().objects.insert("checkpoint".into(), fork.into_bytes());
    assert_eq!(refused(&forked), OpenError::Fork);

    for path in ["tile/0/001.p/49", "tile/1/000.p/1", "tile/entries/001.p/49"] {
        let damaged = build(5);
        damaged.0.borrow_mut().objects.remove(path).unwrap();
        assert_eq!(refused(&damaged), OpenError::Incomplete(path.into()));
        let damaged = build(5);
        *damaged.0.borrow_mut().objects.get_mut(path).unwrap().last_mut().unwrap() ^= 1;
        assert_eq!(refused(&damaged), OpenError::Edge, "{path}");
    }

    let stranger = SigningKey::from_seed("log.example/site", &[8; 32]).unwrap();
    let keys = [stranger.public().clone()];
    let taken_over = Log::open(disk.clone(), disk.clone(), origin(), vec![Box::new(stranger)], &keys);
    assert!(matches!(taken_over.map(|_| ()), Err(OpenError::Checkpoint(_))));
}

#[test]
fn sequencer_with_a_new_key_goes_on_where_the_old_one_ended() {
    let disk = Shared::default();
    let mut log = create(&disk).unwrap();
    append(&mut log, &Source(0).take(10)).unwrap();
    let new = || SigningKey::from_seed("log.example/site", &[8; 32]).unwrap();
    let both = [secret().public().clone(), new().public().clone()];
    let mut log = Log::open(disk.clone(), disk.clone(), origin(), vec![Box::new(new())], &both).unwrap();
    let appended = append(&mut log, &Source(10).take(1)).unwrap();
    let origin = origin();
    let trust = Trust { origin: &origin, keys: &both[1..], witnesses: &[] };
    assert_eq!(verify_checkpoint(appended.checkpoint.as_bytes(), &trust).unwrap().head().size.0, 11);
}
