//! Exported rows out of their CSV form: the inverse of [`ExportRow::to_csv`], and no more lenient.

use std::borrow::Cow;
use std::fmt;

use consentry_core::category::BUILT_IN;

use crate::csv::CSV_COLUMNS;
use crate::export::ExportRow;
use crate::pairs::Pairs;

/// Why a line is no exported row. Nothing in it can be relied on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CsvError {
    /// A quote that is not closed, or one where none may be.
    Quotes,
    /// More or fewer cells than columns.
    Cells,
    /// A cell says nothing its column can say. Holds the column.
    Cell(&'static str),
    /// The column of a built-in category says something else than `categories`. Holds the column.
    Contradiction(&'static str),
}

impl fmt::Display for CsvError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quotes => out.write_str("a quote that is not closed, or is out of place"),
            Self::Cells => out.write_str("more or fewer cells than columns"),
            Self::Cell(column) => write!(out, "`{column}` has a value it cannot have"),
            Self::Contradiction(column) => write!(out, "`{column}` contradicts `categories`"),
        }
    }
}

impl std::error::Error for CsvError {}

/// The cells of one line.
struct Cells<'a> {
    rest: Option<&'a str>,
}

impl<'a> Cells<'a> {
    /// The text of the next cell, without quotes and without the mark that defuses formulas.
    fn next(&mut self) -> Result<Cow<'a, str>, CsvError> {
        let rest = self.rest.ok_or(CsvError::Cells)?;
        let (text, rest) = match rest.strip_prefix('"') {
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                let (text, rest) = rest.split_at_checked(end).ok_or(CsvError::Quotes)?;
                if text.contains('"') {
                    return Err(CsvError::Quotes);
                }
                (Cow::Borrowed(text), rest)
            }
            Some(quoted) => unquote(quoted)?,
        };
        self.rest = match rest.strip_prefix(',') {
            Some(rest) => Some(rest),
            None if rest.is_empty() => None,
            None => return Err(CsvError::Quotes),
        };
        let formula = |text: &str| text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
        Ok(match text {
            Cow::Borrowed(text) => {
                Cow::Borrowed(text.strip_prefix('\'').filter(|text| formula(text)).unwrap_or(text))
            }
            Cow::Owned(text) => match text.strip_prefix('\'') {
                Some(inner) if formula(inner) => Cow::Owned(inner.into()),
                _ => Cow::Owned(text),
            },
        })
    }

    fn flag(&mut self, column: &'static str) -> Result<Option<bool>, CsvError> {
        match &*self.next()? {
            "" => Ok(None),
            "true" => Ok(Some(true)),
            "false" => Ok(Some(false)),
            _ => Err(CsvError::Cell(column)),
        }
    }

    fn number<T: std::str::FromStr>(&mut self, column: &'static str) -> Result<Option<T>, CsvError> {
        let text = self.next()?;
        // One spelling: no sign, no leading zeros.
        let plain =
            text.bytes().all(|byte| byte.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
        match text.parse() {
            _ if text.is_empty() => Ok(None),
            Ok(number) if plain => Ok(Some(number)),
            _ => Err(CsvError::Cell(column)),
        }
    }

    /// The columns of the built-in categories, and the one of all categories, which says the same.
    fn categories(&mut self) -> Result<Pairs<'a>, CsvError> {
        let [first, second, third] = BUILT_IN;
        let said = [(first, self.flag(first)?), (second, self.flag(second)?), (third, self.flag(third)?)];
        let all = pairs(self.next()?)?;
        match said.into_iter().find(|(id, said)| all.get(id) != *said) {
            Some((id, _)) => Err(CsvError::Contradiction(id)),
            None => Ok(all),
        }
    }
}

/// What is in quotes, and what follows them.
fn unquote(quoted: &str) -> Result<(Cow<'_, str>, &str), CsvError> {
    let mut text = String::new();
    let mut rest = quoted;
    loop {
        let (before, after) = rest.split_once('"').ok_or(CsvError::Quotes)?;
        text.push_str(before);
        match after.strip_prefix('"') {
            Some(after) => {
                text.push('"');
                rest = after;
            }
            None => return Ok((Cow::Owned(text), after)),
        }
    }
}

/// Several values in one cell.
fn list<'a>(text: Cow<'a, str>) -> Vec<Cow<'a, str>> {
    match text {
        text if text.is_empty() => Vec::new(),
        Cow::Borrowed(text) => text.split(';').map(Cow::Borrowed).collect(),
        Cow::Owned(text) => text.split(';').map(|one| Cow::Owned(one.into())).collect(),
    }
}

fn pairs(text: Cow<'_, str>) -> Result<Pairs<'_>, CsvError> {
    let pair = |one: Cow<'_, str>| match one.split_once('=') {
        Some((id, "true")) => Ok((id.to_owned(), true)),
        Some((id, "false")) => Ok((id.to_owned(), false)),
        _ => Err(CsvError::Cell("categories")),
    };
    let pairs = list(text).into_iter().map(|one| pair(one).map(|(id, on)| (Cow::Owned(id), on)));
    pairs.collect::<Result<_, _>>().map(Pairs)
}

impl<'a> ExportRow<'a> {
    /// The row of a line of CSV, without its line end. The header is no row: it must be [`CSV_COLUMNS`].
    pub fn parse_csv(line: &'a str) -> Result<Self, CsvError> {
        let mut cells = Cells { rest: Some(line) };
        let row = Self {
            log: cells.number("log")?.ok_or(CsvError::Cell("log"))?,
            index: cells.number("index")?.ok_or(CsvError::Cell("index"))?,
            kind: cells.next()?,
            redacted: cells.next()?,
            record_id: cells.next()?,
            subject_id: cells.next()?,
            previous_record_id: cells.next()?,
            site_id: cells.next()?,
            server_time: cells.next()?,
            client_time: cells.next()?,
            late: cells.flag("late")?,
            attested_by: cells.next()?,
            action: cells.next()?,
            source: cells.next()?,
            categories: cells.categories()?,
            denied_services: list(cells.next()?),
            gpc_header: cells.next()?,
            gpc_dom: cells.next()?,
            dnt_header: cells.next()?,
            dnt_dom: cells.next()?,
            signal_seen: cells.flag("signal_seen")?,
            overridden: cells.flag("overridden")?,
            jurisdiction: cells.next()?,
            model: cells.next()?,
            policy_version: cells.number("policy_version")?,
            policy_entry: cells.number("policy_entry")?,
            policy_hash: cells.next()?,
            language: cells.next()?,
            valid_until: cells.next()?,
            salt: cells.next()?,
            commitment: cells.next()?,
            entry: cells.next()?,
            leaf_hash: cells.next()?,
        };
        if cells.rest.is_some() { Err(CsvError::Cells) } else { Ok(row) }
    }
}

/// True if this line is the header of an export.
pub fn is_csv_header(line: &str) -> bool {
    line == CSV_COLUMNS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> ExportRow<'static> {
        ExportRow {
            log: 3,
            index: 70_000,
            kind: "record".into(),
            // Nothing that is exported begins like this, but the way there and back must not depend on it.
            language: "=a,\"b\"".into(),
            model: "-x".into(),
            late: Some(false),
            categories: Pairs(vec![
                ("required".into(), true),
                ("functional".into(), false),
                ("maps".into(), true),
            ]),
            denied_services: vec!["one".into(), "two".into()],
            policy_version: Some(0),
            ..ExportRow::default()
        }
    }

    #[test]
    fn row_written_as_csv_is_read_back() {
        for row in [row(), ExportRow::default()] {
            let line = row.to_csv();
            assert_eq!(ExportRow::parse_csv(line.trim_end()), Ok(row));
        }
        assert!(is_csv_header(CSV_COLUMNS) && !is_csv_header("log"));
    }

    #[test]
    fn line_with_other_cells_quotes_or_values_is_refused() {
        let line = row().to_csv().trim_end().to_owned();
        for (change, error) in [
            (line.strip_suffix(',').unwrap().to_owned(), CsvError::Cells),
            (format!("{line},"), CsvError::Cells),
            (line.replacen(',', "\"x\",", 1), CsvError::Quotes),
            (line.replace("\"\"b\"\"\"", "\"\"b\"\""), CsvError::Quotes),
            (line.replace("3,70000", "3,070000"), CsvError::Cell("index")),
            (line.replace("3,70000", "+3,70000"), CsvError::Cell("log")),
            (line.replace("3,70000", "256,70000"), CsvError::Cell("log")),
            (line.replace(",false,,,,true", ",no,,,,true"), CsvError::Cell("late")),
            (line.replace("maps=true", "maps=1"), CsvError::Cell("categories")),
            (line.replace("functional=false", "functional=true"), CsvError::Contradiction("functional")),
            (
                line.replace("true,false,,required", "true,false,true,required"),
                CsvError::Contradiction("advertising"),
            ),
        ] {
            assert_ne!(change, line, "{error}");
            assert_eq!(ExportRow::parse_csv(&change), Err(error), "{change}");
        }
    }
}
