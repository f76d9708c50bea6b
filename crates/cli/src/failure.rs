//! Why a command did not do its work, and the exit code that says so.

use std::process::ExitCode;

use consentry_api::problem::Problem;
use miette::{MietteDiagnostic, Report};

/// Nothing was changed by a command that ends like this, unless its text says otherwise.
#[derive(Debug)]
pub enum Failure {
    /// The file or the request is not acceptable; the problems have been shown already. Exit code 1.
    Shown,
    /// What was to be verified does not hold, as has been shown. Exit code 4.
    Unverified,
    /// A log that is watched is not what it was, as has been shown. Exit code 5.
    Alarm,
    /// All that can be verified holds, and that is not everything, as has been shown. Exit code 6.
    Partial,
    /// The file or the request is not acceptable. Exit code 1.
    Refused {
        /// What happened.
        what: String,
        /// What to change.
        help: String,
    },
    /// The command was called wrongly; no request was sent. Exit code 2, as for any usage error.
    Usage {
        /// What is wrong.
        what: String,
        /// What to write instead.
        help: String,
    },
    /// The service did not answer, broke off, or cannot take requests now. Trying again may help. Exit code 3.
    Unreachable {
        /// What happened.
        what: String,
        /// What to do.
        help: String,
    },
}

impl Failure {
    /// A refusal, with what to change.
    pub fn refused(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Refused { what: what.into(), help: help.into() }
    }

    /// A wrong call, with what to write instead.
    pub fn usage(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Usage { what: what.into(), help: help.into() }
    }

    /// A silent service, with what to do.
    pub fn unreachable(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Unreachable { what: what.into(), help: help.into() }
    }

    /// The same, and what follows from it for what was to be done.
    pub fn with(mut self, consequence: &str) -> Self {
        match &mut self {
            Self::Shown | Self::Unverified | Self::Alarm | Self::Partial => {}
            Self::Refused { what, .. } | Self::Usage { what, .. } | Self::Unreachable { what, .. } => {
                *what += &format!("; {consequence}");
            }
        }
        self
    }

    /// What the service's own error means here: overload is worth another try, everything else needs a change.
    pub fn of_problem(problem: Problem) -> Self {
        let what = format!("{} (status {})", problem.title, problem.status);
        if matches!(problem.status, 429 | 502 | 503 | 504) {
            Self::unreachable(what, problem.detail)
        } else {
            Self::refused(what, problem.detail)
        }
    }

    /// The documented exit code.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Failure::Shown | Failure::Refused { .. } => ExitCode::from(1),
            Failure::Usage { .. } => ExitCode::from(2),
            Failure::Unreachable { .. } => ExitCode::from(3),
            Failure::Unverified => ExitCode::from(4),
            Failure::Alarm => ExitCode::from(5),
            Failure::Partial => ExitCode::from(6),
        }
    }

    /// For the terminal; empty when everything has been said.
    pub fn render(&self) -> String {
        match self {
            Failure::Shown | Failure::Unverified | Failure::Alarm | Failure::Partial => String::new(),
            Failure::Refused { what, help }
            | Failure::Usage { what, help }
            | Failure::Unreachable { what, help } => {
                format!("{:?}\n", Report::new(MietteDiagnostic::new(what).with_help(help)))
            }
        }
    }
}
