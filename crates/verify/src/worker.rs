//! Checks rows one by one. Several workers can each take a share of the rows; none needs to know the others.

use std::mem;
use std::sync::Arc;

use consentry_api::export::ExportRow;
use consentry_core::UnixMillis;
use consentry_core::time::CLOCKS_DIFFER;
use consentry_log::{Hash, LARGEST_TREE};

use crate::batch::{Batch, Run, extend};
use crate::decisions::{Decisions, Kept};
use crate::finding::{Place, Problem};
use crate::ndjson;
use crate::plan::Plan;
use crate::record::{Buffers, Fields, Record, Redacted, first_of_evidence};
use crate::statement::Statement;
use crate::text;

/// One who checks rows.
pub struct Worker {
    plan: Arc<Plan>,
    tools: Tools,
    batch: Batch,
    /// Rows directly before the next that could not be read.
    unreadable: u64,
    line: Vec<u8>,
}

/// What a worker has learnt, and memory it uses again.
#[derive(Default)]
struct Tools {
    decisions: Decisions,
    buffers: Buffers,
}

/// Where the decision of a record is to be found.
enum Source<'a, 'r> {
    Known(Kept),
    Row(&'a ExportRow<'r>),
}

/// What a row has come to.
struct Checked {
    /// As it goes into the tree; `None` if nobody can know it.
    leaf: Option<Hash>,
    /// When it was received; 0 if nobody can know. Only rows that hash to their leaf say so: by a time that somebody
    /// made up, those behind them would be out of order.
    time: u64,
    problem: Option<Problem>,
}

impl Checked {
    /// What a row says of its leaf, for want of better.
    fn claimed(leaf_hash: &[u8], problem: impl Into<Option<Problem>>) -> Self {
        Self { leaf: text::hex(leaf_hash).map(Hash::new), time: 0, problem: problem.into() }
    }
}

impl Worker {
    /// With nothing checked yet.
    pub fn new(plan: Arc<Plan>) -> Self {
        Self { plan, tools: Tools::default(), batch: Batch::default(), unreadable: 0, line: Vec::new() }
    }

    /// Hands over what was learnt since the last time.
    pub fn finish(&mut self) -> Batch {
        let mut batch = mem::take(&mut self.batch);
        batch.unreadable = mem::take(&mut self.unreadable);
        batch
    }

    /// Takes lines of NDJSON.
    pub fn ndjson(&mut self, text: &[u8]) {
        let mut rest = text;
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest);
            let (line, after) = rest.split_at_checked(end.unwrap_or(rest.len())).unwrap_or((rest, &[]));
            self.line_of_json(line);
            self.check_end(end.is_some());
            rest = after.get(1..).unwrap_or_default();
        }
    }

    fn line_of_json(&mut self, line: &[u8]) {
        let split = ndjson::split(line);
        if let Some(split) = &split
            && let Some(kept) = self.tools.decisions.by_text(split.piece)
        {
            self.record((split.log, split.index), &split.fields, &Source::Known(kept));
            return;
        }
        let row = match ExportRow::parse_json(line) {
            Ok(row) => row,
            Err(why) => return self.unreadable(why),
        };
        let kept = self.take(&row);
        if let (Some(split), Some(kept)) = (split, kept)
            && ndjson::is_spelled(line, &row, &mut self.line)
        {
            self.tools.decisions.spell(split.piece, kept);
        }
    }

    /// Takes lines of CSV, without the header.
    pub fn csv(&mut self, text: &[u8]) {
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            let whole = line.strip_suffix(b"\n");
            match str::from_utf8(whole.unwrap_or(line)).map(ExportRow::parse_csv) {
                Ok(Ok(row)) => self.row(&row),
                Ok(Err(error)) => self.unreadable(error.to_string()),
                Err(error) => self.unreadable(error.to_string()),
            }
            self.check_end(whole.is_some());
        }
    }

    /// A file that ends within a line was cut, even if the line can be read.
    fn check_end(&mut self, whole: bool) {
        if !whole {
            self.batch.find(Place::Line(self.batch.rows), Problem::Unreadable("it has no line end".into()));
        }
    }

    /// Takes a row that cannot be read.
    pub fn unreadable(&mut self, why: String) {
        self.batch.rows += 1;
        self.unreadable += 1;
        self.batch.find(Place::Line(self.batch.rows), Problem::Unreadable(why));
    }

    /// Takes a row.
    pub fn row(&mut self, row: &ExportRow<'_>) {
        self.take(row);
    }

    /// Takes a row. Where it is a record, its decision is known from now on.
    fn take(&mut self, row: &ExportRow<'_>) -> Option<Kept> {
        if row.index >= LARGEST_TREE.0 {
            self.unreadable("no log is that long".into());
            return None;
        }
        let at = (row.log, row.index);
        if row.kind == "record" && row.redacted != "retention" {
            return self.record(at, &Fields::of(row), &Source::Row(row));
        }
        let run = enter(&mut self.batch, &mut self.unreadable, at)?;
        let checked = if row.kind == "record" { pruned(run, row) } else { statement(run, row) };
        let counts = &mut self.batch.counts;
        *(if row.kind == "record" { &mut counts.pruned } else { &mut counts.statements }) += 1;
        leave(&mut self.batch, at, checked);
        None
    }

    fn record(&mut self, at: (u8, u64), fields: &Fields<'_>, source: &Source<'_, '_>) -> Option<Kept> {
        let run = enter(&mut self.batch, &mut self.unreadable, at)?;
        let record = Record::read(fields, &mut self.tools.buffers);
        let (redacted, checked, kept) = match &record {
            Ok(record) => {
                let (checked, kept) = self.tools.record(&self.plan, run, (at.1, record), fields, source);
                (record.redacted, checked, kept)
            }
            Err(problem) => (Redacted::No, Checked::claimed(fields.leaf_hash, problem.clone()), None),
        };
        let counts = &mut self.batch.counts;
        match redacted {
            Redacted::No => counts.records += 1,
            Redacted::Erasure => counts.erased += 1,
            Redacted::Withheld => counts.withheld += 1,
        }
        let decision = kept.and_then(|kept| self.tools.decisions.get(kept));
        counts.overridden += u64::from(decision.is_some_and(|decision| decision.overridden));
        leave(&mut self.batch, at, checked);
        kept
    }
}

impl Tools {
    fn record(
        &mut self,
        plan: &Plan,
        run: &mut Run,
        (index, record): (u64, &Record),
        fields: &Fields<'_>,
        source: &Source<'_, '_>,
    ) -> (Checked, Option<Kept>) {
        if record.redacted == Redacted::Erasure {
            extend(&mut run.erased, index);
        }
        let checked = |problem: Option<Problem>, time| Checked { leaf: Some(record.leaf), time, problem };
        let site = plan.site.as_ref().map_or("", |site| site.as_str());
        if site.as_bytes() != fields.site {
            return (checked(Some(Problem::Field("site_id")), 0), None);
        }
        let kept = match source {
            Source::Known(kept) => Ok(*kept),
            Source::Row(row) if !row.entry.is_empty() => Err(Problem::Field("entry")),
            Source::Row(row) => self.decisions.of_row(plan, row, &record.own(site)),
        };
        let kept = match kept {
            Ok(kept) => kept,
            Err(problem) => return (checked(Some(problem), 0), None),
        };
        let Some(decision) = self.decisions.get(kept) else { return (checked(None, 0), None) };
        let problem = record.check(site, decision, &mut self.buffers).err();
        if problem == Some(Problem::LeafHash) {
            return (checked(problem, 0), Some(kept));
        }
        if let Some(personal) = &record.personal {
            run.ids.push((index, *personal.id.as_bytes()));
        }
        let time = record.server_time.0;
        if let Some(policy) = decision.policy {
            run.push_use(policy, index, time);
        }
        (checked(problem, time), Some(kept))
    }
}

/// Makes the last run the one that a row belongs to: it goes on, if the row follows it, or a new one begins.
fn enter<'b>(batch: &'b mut Batch, unreadable: &mut u64, (part, index): (u8, u64)) -> Option<&'b mut Run> {
    let unreadable = mem::take(unreadable);
    let follows = |run: &Run| unreadable == 0 && run.part == part && run.end() == index;
    if !batch.runs.last().is_some_and(follows) {
        batch.runs.push(Run::new(part, index, batch.rows, unreadable));
    }
    batch.rows += 1;
    batch.runs.last_mut()
}

/// Adds what became of the row to its run.
fn leave(batch: &mut Batch, (part, index): (u8, u64), checked: Checked) {
    let place = Place::Row { number: batch.rows, part, index };
    let Some(run) = batch.runs.last_mut() else { return };
    let behind = checked.time != 0 && checked.time.saturating_add(CLOCKS_DIFFER) < run.latest;
    let latest = UnixMillis(run.latest);
    run.push(checked.leaf, checked.time);
    if let Some(problem) = checked.problem {
        batch.find(place, problem);
    }
    if behind {
        batch.find(place, Problem::Clock(latest));
    }
}

fn pruned(run: &mut Run, row: &ExportRow<'_>) -> Checked {
    let latest = run.latest;
    match run.pruned.last_mut() {
        Some((range, before)) if range.end == row.index => (range.end, *before) = (row.index + 1, latest),
        _ => {
            let mut range = Vec::with_capacity(1);
            extend(&mut range, row.index);
            run.pruned.extend(range.into_iter().map(|range| (range, latest)));
        }
    }
    let field = if !row.entry.is_empty() {
        Some("entry")
    } else if !row.server_time.is_empty() {
        Some("server_time")
    } else if text::hex::<32>(row.leaf_hash.as_bytes()).is_none() {
        Some("leaf_hash")
    } else {
        first_of_evidence(row)
    };
    Checked::claimed(row.leaf_hash.as_bytes(), field.map(Problem::Field))
}

fn statement(run: &mut Run, row: &ExportRow<'_>) -> Checked {
    match Statement::read(row) {
        Ok(statement) => {
            let time = statement.time().0;
            run.statements.push((row.index, statement));
            Checked { time, ..Checked::claimed(row.leaf_hash.as_bytes(), None) }
        }
        Err(problem) => Checked::claimed(row.leaf_hash.as_bytes(), problem),
    }
}
