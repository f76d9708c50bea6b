//! From a policy file to a checked policy, or to everything that is wrong with it.

use std::path::Path;

use consentry_api::policy::{PolicyFile, Problem, Published, check, complete};
use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, Deserializer, Error};

use super::finding::{Finding, Source};
use super::place::find_place;
use super::shape::check_shape;
use crate::failure::Failure;

/// Reads a file.
pub fn read_source(file: &Path) -> Result<Source, Failure> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Source { name: file.display().to_string(), text }),
        Err(error) => Err(Failure::refused(
            format!("{} cannot be read: {error}", file.display()),
            "give the path of a policy file: TOML, in UTF-8",
        )),
    }
}

/// Parses, completes from the vendor catalogue, and checks. `origins` are added to the file's own before it is checked.
pub fn parse_policy(source: &Source, origins: &[String]) -> Result<Published, Vec<Finding>> {
    let (root, errors) = DeTable::parse_recoverable(&source.text);
    if !errors.is_empty() {
        return Err(mistakes(&errors));
    }
    let mut findings = check_shape(&root);
    let as_toml = |error| vec![from_toml(&error)];
    let mut file = Value::deserialize(Deserializer::from(root.clone())).map_err(as_toml)?;
    findings.extend(complete(&mut file).problems.into_iter().map(|wrong| place(&root, wrong)));
    if !findings.is_empty() {
        return Err(in_order(findings));
    }
    let mut file: PolicyFile = serde_json::from_value(file).map_err(|error| vec![misshapen(&error)])?;
    for origin in origins {
        if !file.origins.contains(origin) {
            file.origins.push(origin.clone());
        }
    }
    check(file).map_err(|problems| in_order(problems.into_iter().map(|wrong| place(&root, wrong)).collect()))
}

fn place(root: &Spanned<DeTable<'_>>, wrong: Problem) -> Finding {
    Finding {
        span: find_place(root, &wrong.path),
        path: wrong.path,
        problem: wrong.problem,
        allowed: wrong.allowed,
    }
}

fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| finding.span.start);
    findings
}

/// Mistakes in the TOML itself, in the order of the file. After an unclosed header the parser takes later tables for
/// duplicates; those are left out, since mending the header mends them.
fn mistakes(errors: &[Error]) -> Vec<Finding> {
    let is_duplicate = |error: &&Error| error.message().contains("duplicate key");
    let (duplicates, others): (Vec<&Error>, Vec<&Error>) = errors.iter().partition(is_duplicate);
    let worth_showing = if others.is_empty() { duplicates } else { others };
    in_order(worth_showing.into_iter().map(from_toml).collect())
}

/// A value that has the right kind and still is none the format takes.
fn misshapen(error: &serde_json::Error) -> Finding {
    Finding {
        span: 0..0,
        path: String::new(),
        problem: format!("this is no policy file: {error}"),
        allowed: "the fields as docs/policy.md describes them".into(),
    }
}

fn from_toml(error: &Error) -> Finding {
    let (problem, allowed) = match error.message().split_once(", expected ") {
        Some((problem, expected)) => (problem, format!("expected here: {expected}")),
        None => (error.message(), "TOML as https://toml.io describes it".into()),
    };
    Finding {
        span: error.span().unwrap_or(0..0),
        path: String::new(),
        problem: format!("this is not TOML: {problem}"),
        allowed,
    }
}
