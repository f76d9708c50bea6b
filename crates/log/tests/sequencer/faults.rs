//! The fault table: what breaks, whether the entries are in the log all the same, and whether the sequencer must stop.

use consentry_log::AppendError;

use super::storage::{Failed, Fault, Shared};
use super::{Log, Source, append, create, open, read_published};

/// What a row of the fault table expects.
struct Row {
    name: &'static str,
    fault: Fault,
    /// The entries are in the log although something failed.
    progresses: bool,
    /// The sequencer stops and the log must be opened again.
    is_fatal: bool,
}

const fn row(
    name: &'static str,
    path: &'static str,
    is_persisted: bool,
    progresses: bool,
    is_fatal: bool,
) -> Row {
    Row { name, fault: Fault { path, is_persisted }, progresses, is_fatal }
}

const FAULTS: [Row; 14] = [
    //  what fails                       below                  persisted progresses fatal
    row("staging", "staging/", false, false, false),
    row("staging, but persisted", "staging/", true, false, false),
    row("head", "head", false, false, true),
    row("head, but persisted", "head", true, true, true),
    row("entries", "tile/entries/", false, true, true),
    row("entries, but persisted", "tile/entries/", true, true, true),
    row("leaf tile", "tile/0/", false, true, true),
    row("leaf tile, but persisted", "tile/0/", true, true, true),
    row("upper tile", "tile/1/", false, true, true),
    row("upper tile, but persisted", "tile/1/", true, true, true),
    row("checkpoint", "checkpoint", false, true, false),
    row("checkpoint, but persisted", "checkpoint", true, true, false),
    row("discarding", "delete ", false, true, false),
    row("discarding, but persisted", "delete ", true, true, false),
];

/// One log under test: what must be in it, in order.
struct Trial<'a> {
    row: &'a Row,
    disk: Shared,
    log: Option<Log>,
    source: Source,
    expected: Vec<Vec<u8>>,
    broken: bool,
}

impl<'a> Trial<'a> {
    fn new(row: &'a Row) -> Self {
        let disk = Shared::default();
        let log = Some(create(&disk).unwrap());
        Self { row, disk, log, source: Source(0), expected: vec![], broken: false }
    }

    fn set_broken(&mut self, broken: bool) {
        self.broken = broken;
        self.disk.set(broken.then_some(self.row.fault));
    }

    fn append(&mut self, count: u64) {
        let (name, entries) = (self.row.name, self.source.take(count));
        let result = append(self.log.as_mut().unwrap(), &entries);
        // Not every batch writes an upper tile.
        let hit =
            self.broken && (self.row.fault.path != "tile/1/" || crosses(self.expected.len() as u64, count));
        match &result {
            Ok(appended) => {
                assert!(!hit || !self.row.is_fatal, "{name}: should have stopped");
                assert!(!hit || self.row.progresses, "{name}: should not have progressed");
                assert_eq!(appended.first.0, self.expected.len() as u64, "{name}");
                assert_eq!(appended.is_published, !(hit && self.row.fault.path == "checkpoint"), "{name}");
            }
            Err(error) => {
                assert!(hit, "{name}: {error}");
                assert_eq!(error.is_fatal(), self.row.is_fatal, "{name}: {error}");
                let progressed = match error {
                    AppendError::Unknown(Failed) => self.row.fault.is_persisted,
                    AppendError::Unsettled(Failed) => true,
                    AppendError::NotCommitted(Failed) => false,
                    other => panic!("{name}: {other}"),
                };
                assert_eq!(progressed, self.row.progresses, "{name}: {error}");
            }
        }
        if !hit || self.row.progresses {
            self.expected.extend(entries);
        }
        if result.is_err_and(|error| error.is_fatal()) {
            let next = self.source.take(1);
            assert_eq!(append(self.log.as_mut().unwrap(), &next), Err(AppendError::Stopped), "{name}");
            self.reopen();
        }
        let head = self.log.as_ref().unwrap().head().unwrap();
        assert_eq!(head.size.0, self.expected.len() as u64, "{name}");
    }

    /// A new process, once the storage works again; the fault comes back afterwards.
    fn reopen(&mut self) {
        let broken = self.broken;
        self.set_broken(false);
        self.log = None;
        self.log = Some(open(&self.disk).unwrap());
        self.check_published();
        self.set_broken(broken);
    }

    fn check_published(&self) {
        let (head, entries) = read_published(&self.disk);
        assert!(
            entries == self.expected,
            "{}: {} entries, not {}",
            self.row.name,
            head.size.0,
            self.expected.len()
        );
    }
}

const fn crosses(size: u64, count: u64) -> bool {
    size >> 8 != (size + count) >> 8
}

#[test]
fn sequencer_under_every_fault_progresses_or_stops_as_the_table_says() {
    for row in &FAULTS {
        // First the same sizes that failed succeed, then others.
        for afterwards in [&[3, 3][..], &[1, 600]] {
            let mut trial = Trial::new(row);
            trial.append(254);
            trial.set_broken(true);
            trial.append(3);
            trial.append(3);
            trial.set_broken(false);
            afterwards.iter().for_each(|count| trial.append(*count));
            trial.check_published();
            trial.reopen();
            trial.append(2);
            trial.check_published();
            let left =
                trial.disk.0.borrow().objects.keys().filter(|path| path.starts_with("staging/")).count();
            // Only what was staged and never committed, or what could not be discarded.
            assert!(left <= 2, "{}: {left} staged objects left", row.name);
        }
    }
}

#[test]
fn sequencer_that_loses_power_after_any_write_loses_nothing_acknowledged() {
    for power in 0..40 {
        let disk = Shared::default();
        let mut log = create(&disk).unwrap();
        let mut source = Source(0);
        let mut acknowledged = Vec::new();
        disk.0.borrow_mut().power = Some(power);
        let unacknowledged = loop {
            let entries = source.take(130);
            match append(&mut log, &entries) {
                Ok(appended) if appended.is_published || disk.0.borrow().power != Some(0) => {
                    acknowledged.extend(entries)
                }
                Ok(_) => {
                    acknowledged.extend(entries);
                    break vec![];
                }
                Err(_) => break entries,
            }
        };
        disk.0.borrow_mut().power = None;
        // Whatever readers were promised is there at every moment, not only after recovery.
        let promised = read_published(&disk).1;
        let mut log = open(&disk).unwrap();
        let (_, entries) = read_published(&disk);
        assert!(entries.starts_with(&promised), "power {power}: something published is lost");
        assert!(entries.starts_with(&acknowledged), "power {power}: something acknowledged is lost");
        let rest = &entries[acknowledged.len()..];
        assert!(rest.is_empty() || rest == unacknowledged, "power {power}: a batch is there in part");
        append(&mut log, &source.take(5)).unwrap();
        assert_eq!(read_published(&disk).1.len(), entries.len() + 5);
    }
}
