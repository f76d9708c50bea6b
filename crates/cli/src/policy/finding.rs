//! A problem with its place in a file, and how it is shown to people and to programs.

use std::ops::Range;

use miette::{
    GraphicalReportHandler, LabeledSpan, MietteDiagnostic, MietteHandlerOpts, NamedSource, ReportHandler,
};
use serde_json::{Value, json};

/// One problem of a policy file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where in the file, in bytes.
    pub span: Range<usize>,
    /// Where in the policy: `services[2].category`; empty for a mistake in the TOML itself.
    pub path: String,
    /// What is wrong there.
    pub problem: String,
    /// What is allowed instead.
    pub allowed: String,
}

/// A policy file as text.
#[derive(Debug, Clone)]
pub struct Source {
    /// What it is called in diagnostics.
    pub name: String,
    /// What is in it.
    pub text: String,
}

impl Source {
    /// Line and column of a byte, both counted from 1; columns in characters.
    pub fn position(&self, byte: usize) -> (usize, usize) {
        let before = self.text.get(..byte).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }

    /// For a terminal: the line, a mark under the place, and what is allowed. Colours only where they are wanted.
    pub fn show(&self, finding: &Finding) -> String {
        struct Shown<'a>(&'a dyn ReportHandler, &'a dyn miette::Diagnostic);
        impl std::fmt::Debug for Shown<'_> {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.debug(self.1, out)
            }
        }
        let label = (!finding.path.is_empty()).then(|| finding.path.clone()).or_else(|| Some("here".into()));
        let span = LabeledSpan::new(label, finding.span.start, finding.span.len());
        let report = miette::Report::new(
            MietteDiagnostic::new(&finding.problem).with_help(&finding.allowed).with_label(span),
        )
        .with_source_code(NamedSource::new(&self.name, self.text.clone()));
        let handler: Box<dyn ReportHandler> = if cfg!(test) {
            Box::new(
                GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor()).with_width(100),
            )
        } else {
            Box::new(MietteHandlerOpts::new().context_lines(1).build())
        };
        format!("{:?}", Shown(handler.as_ref(), report.as_ref()))
    }

    /// For a program.
    pub fn to_json(&self, finding: &Finding) -> Value {
        let (line, column) = self.position(finding.span.start);
        json!({
            "line": line,
            "column": column,
            "path": finding.path,
            "problem": finding.problem,
            "allowed": finding.allowed,
        })
    }
}
