//! Puts together, in order, what workers have learnt: whether the rows are the log, the whole log, and nothing else.

use std::mem;
use std::sync::Arc;

use consentry_core::UnixMillis;
use consentry_core::time::CLOCKS_DIFFER;
use consentry_log::Hash;

use crate::batch::{Batch, Counts, Run};
use crate::finding::{Finding, Place, Problem};
use crate::heads::Heads;
use crate::ids::Ids;
use crate::part::Part;
use crate::plan::Plan;
use crate::publications::Publications;
use crate::report::{PartReport, Report};
use crate::statement::Statement;

/// Findings that are kept; further ones are only counted.
const MOST_FINDINGS: usize = 100;

/// What is wrong, as far as it is kept.
#[derive(Debug, Default)]
struct Found {
    findings: Vec<Finding>,
    count: u64,
}

impl Found {
    fn push(&mut self, place: Place, problem: Problem) {
        self.count += 1;
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(Finding { place, problem });
        }
    }
}

/// One who puts it all together.
pub struct Verifier {
    plan: Arc<Plan>,
    found: Found,
    rows: u64,
    counts: Counts,
    part: Part,
    parts: Vec<PartReport>,
    publications: Publications,
    heads: Heads,
    ids: Ids,
    /// What is found in the batch at hand, each with the row that it belongs behind.
    seen: Vec<(u64, Finding)>,
}

impl Verifier {
    /// Begins with what was found in the snapshot.
    pub fn new(plan: Arc<Plan>, findings: Vec<Finding>) -> Self {
        let mut found = Found::default();
        findings.into_iter().for_each(|finding| found.push(finding.place, finding.problem));
        Self {
            part: Part::new(&plan, 0, Vec::new()),
            plan,
            found,
            rows: 0,
            counts: Counts::default(),
            parts: Vec::new(),
            publications: Publications::default(),
            heads: Heads::default(),
            ids: Ids::default(),
            seen: Vec::new(),
        }
    }

    /// Adds what was found elsewhere: in the manifest, in the log that is served to everybody.
    pub fn find(&mut self, finding: Finding) {
        self.found.push(finding.place, finding.problem);
    }

    /// How many rows there were so far.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// How much is wrong so far.
    pub const fn found(&self) -> u64 {
        self.found.count
    }

    /// Takes the next rows. Batches must come in the order of the rows.
    pub fn take(&mut self, mut batch: Batch) {
        batch.move_behind(self.rows);
        self.found.count += batch.found - batch.findings.len() as u64;
        mem::take(&mut batch.findings).into_iter().for_each(|one| self.see(one.place, one.problem));
        batch.runs.iter().for_each(|run| self.run(run));
        self.part.unreadable += batch.unreadable;
        self.rows += batch.rows;
        self.counts.add(&batch.counts);
        self.tell();
    }

    fn see(&mut self, place: Place, problem: Problem) {
        self.seen.push((row(place, self.rows), Finding { place, problem }));
    }

    /// Puts what was seen in the order of the rows.
    fn tell(&mut self) {
        let mut seen = mem::take(&mut self.seen);
        seen.sort_by_key(|(row, _)| *row);
        seen.into_iter().for_each(|(_, finding)| self.found.push(finding.place, finding.problem));
    }

    fn run(&mut self, run: &Run) {
        let plan = self.plan.clone();
        if !self.turn_to(&plan, run) {
            return;
        }
        let (seen, rows) = (&mut self.seen, run.rows_before);
        let newest = self.part.newest;
        self.part.take(&plan, run, &mut |place, problem| {
            seen.push((row(place, rows), Finding { place, problem }))
        });
        if run.earliest.saturating_add(CLOCKS_DIFFER) < newest {
            self.check_clock(run, newest);
        }
        for (index, id) in &run.ids {
            if self.ids.is_known(*id) {
                self.see(run.place(*index), Problem::SameId);
            }
        }
        for used in &run.uses {
            // In a part of the log alone nobody knows when a policy was published, only where.
            if (plan.complete || run.part == 0)
                && let Some((index, entry)) = self.publications.check(&plan, run.part, used)
            {
                self.see(run.place(index), Problem::PolicyLater(entry));
            }
        }
        for (index, statement) in run.statements.iter().filter(|_| plan.complete) {
            let place = run.place(*index);
            if let Some(problem) = self.statement((run.part, *index), statement, place) {
                self.see(place, problem);
            }
        }
    }

    /// Goes on to the part of a run. `false`, and found, if it cannot be its turn.
    fn turn_to(&mut self, plan: &Plan, run: &Run) -> bool {
        let is_known = usize::from(run.part) < plan.parts.len();
        // One row of another part in the middle of this one is a row whose part was changed.
        let is_stray =
            plan.complete && run.leaves.len() == 1 && self.part.number < run.part && !self.part.is_over();
        if is_known && !is_stray {
            while self.part.number < run.part {
                self.end_part(run.rows_before);
            }
        }
        if self.part.number == run.part {
            return true;
        }
        let back = is_known && run.part < self.part.number;
        let problem = if back { Problem::Disordered(self.part.next) } else { Problem::Field("log") };
        self.see(run.place(run.start()), problem);
        false
    }

    /// Names the first entry of a run that is too far behind what came before the run.
    fn check_clock(&mut self, run: &Run, newest: u64) {
        let behind = |time: &u64| *time != 0 && time.saturating_add(CLOCKS_DIFFER) < newest;
        if let Some((_, index)) = run.times.iter().zip(run.start()..).find(|(time, _)| behind(time)) {
            self.see(run.place(index), Problem::Clock(UnixMillis(newest)));
        }
    }

    fn statement(
        &mut self,
        (part, index): (u8, u64),
        statement: &Statement,
        place: Place,
    ) -> Option<Problem> {
        match statement {
            Statement::Policy(_) | Statement::Heads(_) if part != 0 => {
                Some(Problem::Statement("only part 0 speaks for the whole log".into()))
            }
            Statement::Policy(published) => {
                let sealed = self.heads.sizes();
                let known = self.publications.take(&self.plan, index, published, sealed);
                (!known).then_some(Problem::Publication)
            }
            Statement::Heads(heads) => {
                let shrunk = heads.heads.first().map(|head| Problem::PartHead(head.shard, head.size));
                if self.heads.take(heads, place) { None } else { shrunk }
            }
            Statement::Key(change) => self.part.follow(change).err().map(Problem::Key),
            Statement::Redaction(redaction) => {
                let months = self.publications.record_months(part, redaction.time);
                self.part.redact(index, redaction, months)
            }
        }
    }

    /// Ends the part. So many rows were before the next.
    fn end_part(&mut self, rows: u64) {
        let number = self.part.number;
        let next = number.saturating_add(1);
        let stops = self.heads.remove(next);
        let mut part = mem::replace(&mut self.part, Part::new(&self.plan, next, stops));
        let unseen = part.unseen(&self.plan);
        let seen = &mut self.seen;
        let mut see = |place, problem| seen.push((row(place, rows), Finding { place, problem }));
        let root: Option<Hash> = part.end(&self.plan, rows, &mut see);
        if number == 0 && self.plan.complete {
            // What the rows that are missing say, nobody knows.
            if !unseen.is_empty() {
                self.publications.lose();
            }
            let missing = self.publications.missing(&self.plan);
            for policy in missing.filter(|policy| !unseen.contains(&policy.entry)) {
                see(Place::Policy(policy.version), Problem::PolicyUnlogged);
            }
            for part in self.heads.parts().filter(|part| usize::from(*part) >= self.plan.parts.len()) {
                see(Place::Part(part), Problem::PartMissing);
            }
        }
        if let Some(planned) = self.plan.parts.get(usize::from(number))
            && let Some(root) = root
        {
            self.parts.push(PartReport { part: number, size: planned.size, root });
        }
    }

    /// Ends with the last row: what is missing can only be known now.
    pub fn end(mut self) -> Report {
        while usize::from(self.part.number) < self.plan.parts.len() {
            self.end_part(self.rows);
        }
        self.tell();
        let keys = self.plan.keys.as_ref();
        Report {
            findings: self.found.findings,
            found: self.found.count,
            rows: self.rows,
            counts: self.counts,
            parts: self.parts,
            policies: self.plan.policies.len(),
            key_changes: keys.map_or(0, |keys| keys.changes()),
            key: keys.and_then(|keys| keys.newest()).map(|key| key.to_vkey()),
            complete: self.plan.complete,
        }
    }
}

/// The row that a finding belongs behind, when so many rows came before.
const fn row(place: Place, rows: u64) -> u64 {
    match place {
        Place::Row { number, .. } | Place::Line(number) => number,
        _ => rows,
    }
}
