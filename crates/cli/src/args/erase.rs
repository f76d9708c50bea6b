//! The options of `consentry erase`.

use clap::Args;
use consentry_core::{RecordId, SiteId, SubjectId};

use super::records::parse_record;
use super::{Operator, Remote, parse_site};

/// Whose records, or which.
#[derive(Debug, Args)]
pub struct Erase {
    /// The site.
    #[arg(long, value_parser = parse_site)]
    pub site: SiteId,
    /// All records of this visitor: the 32 hexadecimal digits of their `subject_id`.
    #[arg(long, value_name = "SUBJECT", value_parser = parse_subject, required_unless_present = "record")]
    pub visitor: Option<SubjectId>,
    /// This record: its `record_id`.
    #[arg(long, value_parser = parse_record, conflicts_with = "visitor")]
    pub record: Option<RecordId>,
    /// Does not ask first. Needed where nobody can answer.
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub remote: Remote,
    #[command(flatten)]
    pub operator: Operator,
    /// Prints how many records it was as JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

fn parse_subject(text: &str) -> Result<SubjectId, String> {
    SubjectId::parse(text).ok_or_else(|| "a `subject_id`: 32 of 0-9 and a-f".into())
}
