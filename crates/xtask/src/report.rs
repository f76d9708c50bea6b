//! Reading what test runners print while a person reads it too.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

/// How many tests went which way.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Counts {
    /// As they should.
    pub passed: u32,
    /// Not so.
    pub failed: u32,
    /// Not run.
    pub skipped: u32,
}

impl Counts {
    /// One success.
    pub const ONE: Self = Self { passed: 1, failed: 0, skipped: 0 };
    /// One failure.
    pub const ONE_FAILED: Self = Self { passed: 0, failed: 1, skipped: 0 };

    /// Adds what another run counted.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// Runs `cargo test` and sums its `test result:` lines.
pub fn libtest(command: &mut Command) -> Result<Counts> {
    read(command, |line, sum| sum.add(libtest_line(line)))
}

/// The same, and the names of those that failed.
pub fn libtest_failures(command: &mut Command) -> Result<(Counts, Vec<String>)> {
    let mut names = Vec::new();
    let counts = read(command, |line, sum| {
        sum.add(libtest_line(line));
        names.extend(failed_test(line).map(str::to_owned));
    })?;
    Ok((counts, names))
}

/// Runs `node --test` with its TAP reporter and reads the totals at the end. Its other lines only matter on failure.
pub fn tap(command: &mut Command) -> Result<Counts> {
    read(command, |line, sum| sum.add(tap_line(line)))
}

/// Passes the output on line by line. A runner that fails without a failed test (it did not compile, it crashed) counts as
/// one failure: nothing that went wrong may add up to zero.
fn read(command: &mut Command, mut count: impl FnMut(&str, &mut Counts)) -> Result<Counts> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start the test runner")?;
    let output = child.stdout.take().context("the test runner has no output")?;
    let mut sum = Counts::default();
    for line in BufReader::new(output).lines() {
        let line = line.context("cannot read the test runner's output")?;
        println!("{line}");
        count(&line, &mut sum);
    }
    let status = child.wait().context("the test runner did not end")?;
    if !status.success() && sum.failed == 0 {
        sum.failed = 1;
    }
    Ok(sum)
}

/// `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.01s`
fn libtest_line(line: &str) -> Counts {
    let Some(rest) = line.strip_prefix("test result: ") else { return Counts::default() };
    let number = |word: &str| {
        let mut words = rest.split([' ', ';', '.']).filter(|word| !word.is_empty());
        let mut before = words.next();
        for next in words {
            if next == word {
                return before.and_then(|text| text.parse().ok()).unwrap_or(0);
            }
            before = Some(next);
        }
        0
    };
    Counts { passed: number("passed"), failed: number("failed"), skipped: number("ignored") }
}

/// `test choice::first_visit::chromium ... FAILED`
fn failed_test(line: &str) -> Option<&str> {
    line.strip_prefix("test ")?.strip_suffix(" ... FAILED")
}

/// `# pass 12`, `# fail 0`, `# cancelled 0`, `# skipped 1`, `# todo 0`, each on a line of its own at the left margin.
fn tap_line(line: &str) -> Counts {
    let mut words = line.strip_prefix("# ").unwrap_or_default().split(' ');
    let (word, number) = (words.next(), words.next().and_then(|text| text.parse().ok()));
    match (word, number) {
        (Some("pass"), Some(passed)) => Counts { passed, ..Counts::default() },
        (Some("fail" | "cancelled"), Some(failed)) => Counts { failed, ..Counts::default() },
        (Some("skipped" | "todo"), Some(skipped)) => Counts { skipped, ..Counts::default() },
        _ => Counts::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libtest_line_with_a_result_is_counted_and_others_are_not() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.01s";
        assert_eq!(libtest_line(line), Counts { passed: 12, failed: 3, skipped: 1 });
        assert_eq!(libtest_line("test a::b ... ok"), Counts::default());
    }

    #[test]
    fn failed_test_is_named_and_others_are_not() {
        assert_eq!(failed_test("test a::b ... FAILED"), Some("a::b"));
        assert_eq!(failed_test("test a::b ... ok"), None);
        assert_eq!(failed_test("test result: FAILED. 12 passed; 3 failed"), None);
    }

    #[test]
    fn tap_lines_of_the_summary_are_counted_and_others_are_not() {
        assert_eq!(tap_line("# pass 7"), Counts { passed: 7, ..Counts::default() });
        assert_eq!(tap_line("# cancelled 1"), Counts::ONE_FAILED);
        assert_eq!(tap_line("    # Subtest: pass 3"), Counts::default());
        assert_eq!(tap_line("ok 1 - gate"), Counts::default());
    }

    #[test]
    fn runner_that_ends_badly_without_a_failed_test_counts_as_one_failure() {
        let counts = libtest(Command::new("sh").args(["-c", "exit 3"])).expect("it ran");
        assert_eq!(counts, Counts::ONE_FAILED);
    }
}
