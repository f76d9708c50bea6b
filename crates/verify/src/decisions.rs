//! Decisions that have been replayed, so that the millionth visitor who decides like the first costs a look-up.
//!
//! What a decision is worth depends on its [terms](consentry_core::record::Terms) only: everything but who decided, when, and
//! until when it holds. Those three are checked for every record.

use std::collections::HashMap;

use consentry_api::export::ExportRow;
use consentry_api::record::{parse_dnt, parse_gpc};
use consentry_core::record::{Own, Terms, parse_evidence, push_evidence, serialize_terms};
use consentry_core::{SignalEvidence, Signals};
use foldhash::fast::FixedState;

use crate::finding::Problem;
use crate::plan::Plan;
use crate::text;

/// Different decisions kept at a time. Some hundred bytes each; beyond it all are forgotten and replayed again.
const MOST: usize = 16_384;
/// Longest word of any field, in bytes: no identifier and no language is longer.
const LONGEST_WORD: usize = 64;
/// Most categories or services that a list can count.
const MOST_LISTED: usize = 255;

/// Terms and what they are worth.
#[derive(Debug)]
pub struct Decision {
    /// Their canonical bytes.
    pub terms: Vec<u8>,
    /// What they say of the record's arrival.
    pub late: bool,
    /// The visitor, told of their signal, decided otherwise.
    pub overridden: bool,
    /// For how many days it may hold: either. Worked out once, it is asked of every record.
    pub holds: Option<[u16; 2]>,
    /// The policy they name, by its position in the plan.
    pub policy: Option<usize>,
    /// What is wrong with them, whoever decided so and whenever.
    pub problem: Option<Problem>,
}

/// Where a decision is kept, until the next one is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept(usize);

/// The decisions seen so far.
#[derive(Debug, Default)]
pub struct Decisions {
    kept: Vec<Decision>,
    by_terms: HashMap<Vec<u8>, Kept, FixedState>,
    /// By the text that spells them in a row of NDJSON.
    by_text: HashMap<Vec<u8>, Kept, FixedState>,
    terms: Vec<u8>,
}

impl Decisions {
    /// The decision at its place.
    pub fn get(&self, Kept(at): Kept) -> Option<&Decision> {
        self.kept.get(at)
    }

    /// The decision that this text spells, if it came before.
    pub fn by_text(&self, text: &[u8]) -> Option<Kept> {
        self.by_text.get(text).copied()
    }

    /// Remembers how a decision is spelled.
    pub fn spell(&mut self, text: &[u8], kept: Kept) {
        self.by_text.insert(text.to_vec(), kept);
    }

    /// The decision of a row. `own` is what else is in its evidence.
    pub fn of_row(&mut self, plan: &Plan, row: &ExportRow<'_>, own: &Own<'_>) -> Result<Kept, Problem> {
        let hash = text::hex(row.policy_hash.as_bytes()).ok_or(Problem::Field("policy_hash"))?;
        let terms = terms(row, &hash)?;
        self.terms = serialize_terms(std::mem::take(&mut self.terms), &terms);
        if let Some(kept) = self.by_terms.get(self.terms.as_slice()) {
            return Ok(*kept);
        }
        let decision = decide(plan, self.terms.clone(), own)?;
        if self.kept.len() >= MOST {
            self.kept.clear();
            self.by_terms.clear();
            self.by_text.clear();
        }
        let kept = Kept(self.kept.len());
        self.by_terms.insert(decision.terms.clone(), kept);
        self.kept.push(decision);
        Ok(kept)
    }
}

/// The terms in a row, word for word.
fn terms<'r, 'a>(
    row: &'r ExportRow<'a>,
    policy_hash: &'r [u8; 32],
) -> Result<Terms<'r, std::borrow::Cow<'a, str>, std::borrow::Cow<'a, str>>, Problem> {
    let field = Problem::Field;
    let words = [
        ("attested_by", &row.attested_by),
        ("action", &row.action),
        ("source", &row.source),
        ("jurisdiction", &row.jurisdiction),
        ("model", &row.model),
        ("language", &row.language),
    ];
    if let Some((name, _)) = words.into_iter().find(|(_, word)| word.is_empty() || word.len() > LONGEST_WORD)
    {
        return Err(field(name));
    }
    let categories = row.categories.0.as_slice();
    if categories.len() > MOST_LISTED || categories.iter().any(|(id, _)| id.len() > LONGEST_WORD) {
        return Err(field("categories"));
    }
    let denied_services = row.denied_services.as_slice();
    if denied_services.len() > MOST_LISTED || denied_services.iter().any(|id| id.len() > LONGEST_WORD) {
        return Err(field("denied_services"));
    }
    let signals = SignalEvidence {
        header: Signals {
            gpc: parse_gpc(&row.gpc_header).ok_or(field("gpc_header"))?,
            dnt: parse_dnt(&row.dnt_header).ok_or(field("dnt_header"))?,
        },
        dom: Signals {
            gpc: parse_gpc(&row.gpc_dom).ok_or(field("gpc_dom"))?,
            dnt: parse_dnt(&row.dnt_dom).ok_or(field("dnt_dom"))?,
        },
    };
    Ok(Terms {
        late: row.late.ok_or(field("late"))?,
        attested_by: &row.attested_by,
        action: &row.action,
        source: &row.source,
        categories,
        denied_services,
        signals,
        signal_seen: row.signal_seen.ok_or(field("signal_seen"))?,
        overridden: row.overridden.ok_or(field("overridden"))?,
        jurisdiction: &row.jurisdiction,
        model: &row.model,
        policy_version: row.policy_version.ok_or(field("policy_version"))?,
        policy_entry: row.policy_entry.ok_or(field("policy_entry"))?,
        policy_hash,
        language: &row.language,
    })
}

/// Reads terms back from their bytes, which refuses words that no record has, and replays them.
fn decide(plan: &Plan, terms: Vec<u8>, own: &Own<'_>) -> Result<Decision, Problem> {
    let mut bytes = Vec::new();
    push_evidence(&mut bytes, own, &terms);
    let mut evidence = parse_evidence(&bytes).map_err(Problem::Words)?;
    let (late, overridden) = (evidence.late, evidence.overridden);
    let Some((policy, published)) = plan.policy(evidence.policy_version) else {
        let problem = Some(Problem::PolicyUnknown(evidence.policy_version));
        return Ok(Decision { terms, late, overridden, holds: None, policy: None, problem });
    };
    let (mut problem, mut holds) = (None, None);
    if let Some(rules) = &published.rules {
        // Of this very record, hence not of its terms: checked with every record.
        evidence.valid_until = rules.valid_until(evidence.jurisdiction, evidence.server_time);
        holds = Some(rules.may_hold_days(evidence.jurisdiction));
        let named = (published.version, published.entry, &published.hash);
        problem = evidence.replay(rules, named, None).map_err(Problem::Decision).err();
    }
    Ok(Decision { terms, late, overridden, holds, policy: Some(policy), problem })
}
