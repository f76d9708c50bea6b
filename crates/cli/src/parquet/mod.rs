//! Exported rows as Apache Parquet: what each column is, written from NDJSON rows and read back to the very same rows.
//!
//! | rows have | columns have |
//! |---|---|
//! | a text | `STRING`; null where it is empty |
//! | a number | 64-bit integer |
//! | a time | `TIMESTAMP(MILLIS, UTC)`, which is all a row's time says |
//! | yes, no, or nothing | `BOOLEAN`, nullable |
//! | `categories` | `STRING`, `required=true;functional=false`, in the order that is hashed; and for each category of any policy version a `BOOLEAN` called `category_…`, null where the row's policy lacks it |
//! | `denied_services` | `LIST` of `STRING`, never null |
//!
//! Nothing is lost: a row that could not come back is refused when it is written, and a file whose `category_…` columns say
//! something else than its `categories` is refused when it is read. Compression is Snappy, which every reader has. The
//! columns of random digits (identifiers, salts, hashes) are stored as they are; all others have a dictionary.

mod buffer;
mod clock;
mod cursor;
mod guard;
mod read;
mod source;
mod write;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use parquet::errors::ParquetError as Library;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{Type, TypePtr};

pub use read::ParquetReader;
pub use write::ParquetWriter;

/// Calls a macro with every field of an `ExportRow`, in the order of the file, and the kind of its column.
macro_rules! for_each_column {
    ($use:ident) => {
        $use! {
            log: Number,
            index: Number,
            kind: Text,
            redacted: Text,
            record_id: Unique,
            subject_id: Unique,
            previous_record_id: Unique,
            site_id: Text,
            server_time: Time,
            client_time: Time,
            late: Flag,
            attested_by: Text,
            action: Text,
            source: Text,
            categories: Pairs,
            denied_services: List,
            gpc_header: Text,
            gpc_dom: Text,
            dnt_header: Text,
            dnt_dom: Text,
            signal_seen: Flag,
            overridden: Flag,
            jurisdiction: Text,
            model: Text,
            policy_version: Number,
            policy_entry: Number,
            policy_hash: Text,
            language: Text,
            valid_until: Time,
            salt: Unique,
            commitment: Unique,
            entry: Unique,
            leaf_hash: Unique,
        }
    };
}
use for_each_column;

macro_rules! table {
    ($($name:ident: $kind:ident,)*) => {
        /// The columns that every file has, in order. Those of the categories follow.
        const COLUMNS: &[(&str, Kind)] = &[$((stringify!($name), Kind::$kind)),*];
    };
}
for_each_column!(table);

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    /// A text that hardly ever comes twice.
    Unique,
    Time,
    Flag,
    Pairs,
    List,
}

/// What the names of the categories' own columns begin with, so that none can have the name of another column.
const CATEGORY: &str = "category_";

/// Rows in a group: a group of them is in memory while it is written, and readers work on a group at a time.
const GROUP: usize = 65_536;

/// The schema of a file, for these categories.
fn schema(categories: &[String]) -> Result<TypePtr, Library> {
    let mut text = String::from("message consent_log {\n");
    for (name, kind) in COLUMNS {
        text += &match kind {
            Kind::Number => format!("  OPTIONAL INT64 {name};\n"),
            Kind::Text | Kind::Unique | Kind::Pairs => format!("  OPTIONAL BYTE_ARRAY {name} (STRING);\n"),
            Kind::Time => format!("  OPTIONAL INT64 {name} (TIMESTAMP(MILLIS,true));\n"),
            Kind::Flag => format!("  OPTIONAL BOOLEAN {name};\n"),
            Kind::List => format!(
                "  REQUIRED GROUP {name} (LIST) {{ REPEATED GROUP list {{ REQUIRED BYTE_ARRAY element (STRING); }} }}\n"
            ),
        };
    }
    for id in categories {
        text += &format!("  OPTIONAL BOOLEAN {CATEGORY}{id};\n");
    }
    text.push('}');
    parse_message_type(&text).map(Arc::new)
}

/// The categories that a file's schema has columns for.
fn categories(schema: &Type) -> Vec<String> {
    let names = schema.get_fields().iter().skip(COLUMNS.len()).map(|field| field.name());
    names.filter_map(|name| name.strip_prefix(CATEGORY)).map(Into::into).collect()
}

/// Why rows cannot be written to, or read from, a Parquet file. What was read so far may be used, the file as a whole must
/// not.
#[derive(Debug)]
pub enum ParquetError {
    /// The file cannot be written or read, is damaged, or is no Parquet at all.
    File(Library),
    /// It has other columns than an export. Holds what they are.
    Columns(String),
    /// A row has something in it that no exported row has.
    Cell {
        /// The row, counted from 1.
        row: u64,
        /// The column.
        column: String,
        /// What is wrong.
        problem: CellError,
    },
}

/// What is wrong with one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellError {
    /// A number out of range, or missing where there always is one.
    Number,
    /// Not a time as exports write it: `2026-11-21T09:30:00.123Z`.
    Time,
    /// An empty text, or one that is not UTF-8.
    Text,
    /// Not of the form `required=true;functional=false`, or a name that could not stand in it.
    Pairs,
    /// Not what `categories` says.
    Category,
    /// More or fewer rows than the other columns have.
    Missing,
}

impl From<Library> for ParquetError {
    fn from(error: Library) -> Self {
        Self::File(error)
    }
}

impl fmt::Display for ParquetError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(out),
            Self::Columns(what) => write!(out, "these are not the columns of an export: {what}"),
            Self::Cell { row, column, problem } => write!(out, "row {row}, {column}: {problem}"),
        }
    }
}

impl fmt::Display for CellError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Number => "a number that cannot be",
            Self::Time => "not a time of the form 2026-11-21T09:30:00.123Z",
            Self::Text => "an empty text, or one that is not UTF-8",
            Self::Pairs => "not of the form required=true;functional=false",
            Self::Category => "something else than `categories` says",
            Self::Missing => "not as many rows as the other columns",
        })
    }
}
