//! Everything we build on must be usable by whoever uses us, under licences we have read.

use super::Metadata;

/// Licences that ask for no more than naming the author.
const READ: [&str; 15] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Packages under a licence that asks for more, and why that is fine for the way we use them.
const EXCUSED: [(&str, &str); 0] = [];

/// Breaches: packages that can only be had under a licence nobody here has read.
pub fn check(metadata: &Metadata) -> Vec<String> {
    metadata
        .packages
        .iter()
        .filter(|package| !EXCUSED.iter().any(|(name, _)| *name == package.name))
        .filter(|package| !package.license.as_deref().is_some_and(allows))
        .map(|package| {
            let licence = package.license.as_deref().unwrap_or("no licence");
            format!(
                "{} {} is under {licence}: read it, then name it in tidy/licences.rs",
                package.name, package.version
            )
        })
        .collect()
}

/// True when an SPDX expression can be met with licences we have read. `/` is the old spelling of `OR`.
fn allows(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    either(&expression)
}

fn either(expression: &str) -> bool {
    split(expression, " OR ").iter().any(|part| split(part, " AND ").iter().all(|part| single(part)))
}

fn single(term: &str) -> bool {
    let term = term.trim();
    match term.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => either(inner),
        None => READ.contains(&term),
    }
}

/// Splits at a word outside of parentheses.
fn split<'a>(expression: &'a str, word: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in expression.match_indices(word) {
        let before = expression.get(..at).unwrap_or_default();
        if before.matches('(').count() == before.matches(')').count() {
            parts.push(expression.get(start..at).unwrap_or_default());
            start = at + word.len();
        }
    }
    parts.push(expression.get(start..).unwrap_or_default());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licence_that_can_be_met_is_allowed() {
        for expression in [
            "MIT",
            "MIT/Apache-2.0",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "GPL-3.0 OR MIT",
            "Apache-2.0 WITH LLVM-exception OR GPL-2.0",
            "Zlib OR (GPL-2.0 AND MIT)",
        ] {
            assert!(allows(expression), "{expression}");
        }
    }

    #[test]
    fn licence_that_cannot_be_met_is_not() {
        for expression in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR GPL-2.0) AND LGPL-3.0", "", "mit"] {
            assert!(!allows(expression), "{expression}");
        }
    }
}
