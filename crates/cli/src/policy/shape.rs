//! Compares the shape of a TOML file with the fields of the format: unknown and missing fields, wrong kinds of values.
//!
//! Deserialising would stop at the first; an author wants them all.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fields::{Field, Kind, fields_of};
use super::finding::Finding;

/// Every place where the file has another shape than the format.
pub fn check_shape(root: &Spanned<DeTable<'_>>) -> Vec<Finding> {
    let mut shape = Shape(Vec::new());
    // Nothing in the file stands for the file itself; its beginning is as good a place as any.
    shape.table(root.get_ref(), "", "", 0..0);
    shape.0.sort_by_key(|finding| finding.span.start);
    shape.0
}

struct Shape(Vec<Finding>);

impl Shape {
    fn add(&mut self, span: Range<usize>, path: &str, problem: String, allowed: String) {
        self.0.push(Finding { span, path: path.into(), problem, allowed });
    }

    fn table(&mut self, table: &DeTable<'_>, pattern: &str, path: &str, span: Range<usize>) {
        for (key, value) in table {
            let name: &str = key.get_ref();
            let at = join(path, name);
            match fields_of(pattern).find(|(known, _)| *known == name) {
                Some((_, field)) => self.value(value, &field.kind, field, &at),
                None => self.add(
                    key.span(),
                    &at,
                    format!("there is no field \"{name}\" here"),
                    suggest(pattern, name),
                ),
            }
        }
        for (name, field) in fields_of(pattern).filter(|(_, field)| field.required && !field.from_catalogue) {
            if !table.keys().any(|key| key.get_ref() == name) {
                let problem = format!("the field \"{name}\" is missing");
                self.add(span.clone(), &join(path, name), problem, field.allowed.into());
            }
        }
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, kind: &Kind, field: &Field, path: &str) {
        match (kind, value.get_ref()) {
            (Kind::Text, DeValue::String(_)) | (Kind::Flag, DeValue::Boolean(_)) => {}
            (Kind::Texts, DeValue::Array(entries)) => {
                for (at, entry) in entries.iter().enumerate() {
                    self.value(entry, &Kind::Text, field, &format!("{path}[{at}]"));
                }
            }
            (Kind::Number(most), DeValue::Integer(number)) => {
                let digits = number.as_str().replace('_', "");
                let parsed = i64::from_str_radix(&digits, number.radix());
                if !parsed.is_ok_and(|number| (0..=i64::from(*most)).contains(&number)) {
                    self.add(value.span(), path, format!("{digits} is out of range"), field.allowed.into());
                }
            }
            (Kind::Word(words), DeValue::String(word)) => {
                if !words.contains(&word.as_ref()) {
                    let problem = format!("\"{word}\" is none of the words known here");
                    let allowed = format!("one of {} ({})", words.join(", "), field.allowed);
                    self.add(
                        value.span(),
                        path,
                        problem,
                        did_you_mean(word, words.iter().copied()) + &allowed,
                    );
                }
            }
            (Kind::Table, DeValue::Table(table)) => self.table(table, field.path, path, value.span()),
            (Kind::Tables, DeValue::Array(entries)) => {
                for (at, entry) in entries.iter().enumerate() {
                    let path = format!("{path}[{at}]");
                    match entry.get_ref() {
                        DeValue::Table(table) => {
                            self.table(table, &format!("{}[]", field.path), &path, entry.span());
                        }
                        other => self.wrong_kind(entry.span(), &Kind::Table, other, field, &path),
                    }
                }
            }
            (Kind::Map(inner), DeValue::Table(table)) => {
                for (key, value) in table {
                    self.value(value, inner, field, &join(path, key.get_ref()));
                }
            }
            (_, other) => self.wrong_kind(value.span(), kind, other, field, path),
        }
    }

    fn wrong_kind(
        &mut self,
        span: Range<usize>,
        kind: &Kind,
        value: &DeValue<'_>,
        field: &Field,
        path: &str,
    ) {
        let expected = match kind {
            Kind::Text | Kind::Word(_) => "text in quotes",
            Kind::Texts => "a list of texts",
            Kind::Flag => "true or false",
            Kind::Number(_) => "a whole number",
            Kind::Table | Kind::Map(_) => "a table",
            Kind::Tables => "a list of tables",
        };
        let found = match value {
            DeValue::String(_) => "text",
            DeValue::Integer(_) => "a number",
            DeValue::Float(_) => "a fraction",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date without quotes",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let words = match kind {
            Kind::Word(words) => format!("one of {} ({})", words.join(", "), field.allowed),
            _ => field.allowed.into(),
        };
        self.add(span, path, format!("this is {found}, but {expected} belongs here"), words);
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.into() } else { format!("{path}.{name}") }
}

fn suggest(pattern: &str, name: &str) -> String {
    let known: Vec<&str> = fields_of(pattern).map(|(known, _)| known).collect();
    format!("{}allowed here: {}", did_you_mean(name, known.iter().copied()), known.join(", "))
}

/// "did you mean …?" when one of the known names is close enough to be a slip of the finger.
fn did_you_mean<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let near = known
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    near.map(|(_, known)| format!("did you mean \"{known}\"? ")).unwrap_or_default()
}
