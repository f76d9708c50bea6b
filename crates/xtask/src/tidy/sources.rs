//! Every source file says what it is, stays small enough to be read, and leaves no unfinished business.

use std::path::Path;

use walkdir::{DirEntry, WalkDir};

/// Above this many lines a file is two files. The aim is about 120; above 400 think again.
const LONGEST: usize = 600;
/// Data tables: long because there is much to say, not because much is going on.
const LONG_TABLES: [&str; 0] = [];
/// Folders that hold nothing written by hand.
const SKIPPED: [&str; 5] = ["target", "node_modules", ".git", ".wrangler", "snapshots"];
/// What nobody may find in a source: notes to oneself, and paths of the machine it was written on. In halves, because this
/// file is a source too.
const UNWANTED: [&str; 6] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("//! Place", "holder"),
    concat!("\"/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
];

/// Breaches in all files below the root.
pub fn check(root: &Path) -> Vec<String> {
    let wanted = |entry: &DirEntry| !SKIPPED.iter().any(|name| entry.file_name() == *name);
    let mut breaches = Vec::new();
    for entry in WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(wanted).flatten() {
        let name = entry.path().strip_prefix(root).unwrap_or(entry.path()).to_string_lossy().into_owned();
        let ending = entry.path().extension().unwrap_or_default().to_string_lossy().into_owned();
        let is_code = openings(&ending).is_some();
        if !entry.file_type().is_file()
            || !(is_code || matches!(ending.as_str(), "md" | "toml" | "html" | "capnp"))
        {
            continue;
        }
        match std::fs::read_to_string(entry.path()) {
            Ok(text) => {
                breaches.extend(problems(&ending, &text, &name).map(|problem| format!("{name}: {problem}")))
            }
            Err(error) => breaches.push(format!("{name}: {error}")),
        }
    }
    breaches
}

/// How a file of this kind may open; `None` for what is not code.
fn openings(ending: &str) -> Option<&'static [&'static str]> {
    match ending {
        "rs" => Some(&["//! "]),
        "ts" | "mts" | "js" | "mjs" | "css" => Some(&["/** ", "/**\n", "/*! "]),
        _ => None,
    }
}

fn problems(ending: &str, text: &str, name: &str) -> impl Iterator<Item = String> {
    let opening =
        openings(ending).filter(|openings| !openings.iter().any(|opening| text.starts_with(opening)));
    let opening = opening.map(|openings| {
        let wanted = openings.first().unwrap_or(&"").trim_end();
        format!("must open with a `{wanted}` sentence that says what it is")
    });
    let lines = text.lines().count();
    let is_long = openings(ending).is_some() && lines > LONGEST && !LONG_TABLES.contains(&name);
    let long = is_long.then(|| format!("{lines} lines, more than {LONGEST}"));
    let unwanted =
        UNWANTED.iter().filter(|word| text.contains(**word)).map(|word| format!("contains `{word}`"));
    opening.into_iter().chain(long).chain(unwanted).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(ending: &str, text: &str) -> Vec<String> {
        problems(ending, text, "file").collect()
    }

    #[test]
    fn source_that_says_what_it_is_passes() {
        assert!(found("rs", "//! What it is.\nfn f() {}\n").is_empty());
        assert!(found("ts", "/** What it is. */\n").is_empty());
        assert!(found("css", "/*! What it is. */\n").is_empty());
        assert!(found("md", "# Title\n").is_empty());
    }

    #[test]
    fn source_with_no_opening_too_many_lines_or_a_leftover_is_reported() {
        assert_eq!(found("rs", "fn f() {}\n").len(), 1);
        assert_eq!(found("rs", &format!("//! Long.\n{}", "\n".repeat(LONGEST))).len(), 1);
        assert_eq!(found("md", UNWANTED[0]).len(), 1);
    }
}
