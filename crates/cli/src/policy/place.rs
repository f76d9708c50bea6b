//! From a path in a policy (`services[2].category`) to its place in the TOML file.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Tables whose names are the author's own. What is wrong about an entry there is its name.
const OPEN_TABLES: [&str; 4] = ["texts", "models.places", "description", "name"];

/// The place of the value at `path`, of its name where the name is what is wrong, or of the closest table around it when it
/// is not in the file at all.
pub fn find_place(root: &Spanned<DeTable<'_>>, path: &str) -> Range<usize> {
    in_table(root.get_ref(), path, path).unwrap_or(0..0)
}

fn in_table(table: &DeTable<'_>, rest: &str, path: &str) -> Option<Range<usize>> {
    // A name may itself contain the signs that separate names: the longest that is there wins.
    let ends = rest.char_indices().filter(|(_, sign)| matches!(sign, '.' | '[')).map(|(at, _)| at);
    let mut ends: Vec<usize> = ends.collect();
    ends.push(rest.len());
    ends.iter().rev().find_map(|&end| {
        let (name, rest) = rest.split_at_checked(end)?;
        let (key, value) = table.iter().find(|(key, _)| key.get_ref() == name)?;
        let parent = path.strip_suffix(rest)?.strip_suffix(name)?.trim_end_matches('.');
        let is_name = rest.is_empty() && OPEN_TABLES.iter().any(|open| is_open(parent, open));
        if is_name { Some(key.span()) } else { Some(in_value(value, rest, path)) }
    })
}

fn is_open(parent: &str, open: &str) -> bool {
    let first = parent.split(['.', '[']).next();
    match open {
        "texts" => first == Some("texts"),
        "models.places" => parent == "models.places",
        _ => parent.rsplit_once('.').is_some_and(|(_, last)| last == open) && first != Some("controller"),
    }
}

fn in_value(value: &Spanned<DeValue<'_>>, rest: &str, path: &str) -> Range<usize> {
    let deeper = match value.get_ref() {
        DeValue::Table(table) => rest.strip_prefix('.').and_then(|rest| in_table(table, rest, path)),
        DeValue::Array(entries) => rest.strip_prefix('[').and_then(|rest| {
            let (index, rest) = rest.split_once(']')?;
            let entry = entries.get(index.parse::<usize>().ok()?)?;
            Some(in_value(entry, rest, path))
        }),
        _ => None,
    };
    deeper.unwrap_or_else(|| value.span())
}
