//! `cargo xtask test`: everything that says whether the house stands, in the order in which a mistake is cheapest to find.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};
use walkdir::WalkDir;

use crate::report::{self, Counts};
use crate::shell::{capture, cargo, command, run, step};
use crate::{build, gate, mirror, paths, service, size, tidy, tools};

/// Built for WebAssembly only, each by itself.
const WASM_CRATES: [&str; 2] = ["consentry-edge", "consentry-banner"];
/// Has its own step, because it needs browsers and the built Worker.
const BROWSER_TESTS: &str = "consentry-e2e";
/// So many browser tests may be the machine's fault. More are not.
const SECOND_CHANCES: usize = 3;

/// Runs everything, or only what needs neither WebAssembly nor a browser.
pub fn test(fast: bool) -> Result<()> {
    let suite = Suite { fast, ..Suite::default() };
    tools::for_build()?;

    suite.check("format", format);
    suite.check("house rules", tidy::tidy);
    suite.check("wire constants", || mirror::wire(true));
    suite.check("description of the API", || mirror::openapi(true));
    suite.check("gate types", || gate::types(true));
    suite.check("lints", native_lints);
    suite.count("unit tests", || report::libtest(native("test").arg("--no-fail-fast")));
    suite.count("gate tests", gate_tests);
    suite.check("documentation", || {
        run(native("doc")
            .args(["--no-deps", "--document-private-items", "--quiet"])
            .env("RUSTDOCFLAGS", "-D warnings"))
    });

    for package in WASM_CRATES {
        suite.slow(&format!("lints of {package}"), || wasm_lints(package));
    }
    let built = suite.slow("build", || build::build(&[]));
    suite.after(built, "size", || size::size().map(|()| Counts::ONE));
    suite.after(built, "deployable", || deployable().map(|()| Counts::ONE));
    let ready =
        built && suite.slow("browsers", || tools::for_browsers().and_then(|()| service::build_programs()));
    suite.after(ready, "browser tests", browser_tests);
    suite.finish()
}

/// Format and lints of everything, and nothing else.
pub fn lint() -> Result<()> {
    tools::for_build()?;
    step("format", format)?;
    step("lints", native_lints)?;
    WASM_CRATES.iter().try_for_each(|package| step(&format!("lints of {package}"), || wasm_lints(package)))
}

fn format() -> Result<()> {
    capture(cargo().args(["fmt", "--all", "--check"])).map(|_| ())
}

fn native_lints() -> Result<()> {
    run(native("clippy").args(["--all-targets", "--quiet", "--", "-D", "warnings"]))?;
    // Nothing that is built for a test has this feature, so nothing above looked at it.
    let mut description = cargo();
    description.args([
        "clippy",
        "--package",
        "consentry-api",
        "--features",
        "openapi",
        "--all-targets",
        "--quiet",
    ]);
    run(description.args(["--", "-D", "warnings"]))?;
    run(cargo().args([
        "clippy",
        "--package",
        BROWSER_TESTS,
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]))
}

/// Cargo on everything that runs on this machine without a browser.
fn native(task: &str) -> Command {
    let mut cargo = cargo();
    cargo.args([task, "--workspace", "--exclude", BROWSER_TESTS]);
    for package in WASM_CRATES {
        cargo.args(["--exclude", package]);
    }
    cargo
}

fn wasm_lints(package: &str) -> Result<()> {
    let mut clippy = cargo();
    clippy.args(["clippy", "--quiet", "--package", package, "--target", "wasm32-unknown-unknown"]);
    clippy.args(["--target-dir", "target/wasm/lints", "--", "-D", "warnings"]);
    run(&mut clippy)
}

/// What goes to Cloudflare is accepted by its own tool; nothing is uploaded.
fn deployable() -> Result<()> {
    let mut wrangler = command("node");
    wrangler.args(["node_modules/wrangler/bin/wrangler.js", "deploy", "--dry-run"]);
    capture(wrangler.env("WRANGLER_SEND_METRICS", "false").env("CI", "1")).map(|_| ())
}

/// The gate's own tests: each `*.test.ts` bundled with what it tests, run by Node.
fn gate_tests() -> Result<Counts> {
    let out = paths::scratch().join("gate-tests");
    let tests: Vec<PathBuf> = WalkDir::new(paths::at("www/gate"))
        .sort_by_file_name()
        .into_iter()
        .flatten()
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.to_string_lossy().ends_with(".test.ts"))
        .collect();
    if tests.is_empty() {
        bail!("no *.test.ts below www/gate");
    }
    // A test that is gone from the sources must not run on; there may be none yet.
    let _ = std::fs::remove_dir_all(&out);
    let mut esbuild = command(tools::esbuild()?);
    esbuild.args([
        "--bundle",
        "--platform=node",
        "--format=esm",
        "--out-extension:.js=.mjs",
        "--sourcemap=inline",
    ]);
    esbuild.args(["--log-level=warning", "--target=es2022", "--outbase=www/gate"]);
    capture(esbuild.arg(format!("--outdir={}", out.display())).args(&tests))?;
    let mut node = command("node");
    node.args(["--enable-source-maps", "--test", "--test-reporter=tap"]);
    report::tap(node.args(bundles(&out)))
}

fn bundles(folder: &Path) -> impl Iterator<Item = PathBuf> {
    WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .flatten()
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|ending| ending == "mjs"))
}

/// All of them, and what failed once more by itself: four browsers on two cores can starve one of them, and who is left waiting
/// says nothing of the house. What fails both times does, and so do many at once. Either way both are told.
fn browser_tests() -> Result<Counts> {
    // They mostly wait for something that must not happen; twice as many as there are cores use the time.
    let (mut counts, failed) = report::libtest_failures(journeys()?.env("RUST_TEST_THREADS", "4"))?;
    let named = u32::try_from(failed.len()) == Ok(counts.failed);
    if failed.is_empty() || failed.len() > SECOND_CHANCES || !named {
        return Ok(counts);
    }
    eprintln!("· {} failed; once more, alone", failed.join(", "));
    let again =
        report::libtest(journeys()?.args(["--", "--exact"]).args(&failed).env("RUST_TEST_THREADS", "1"))?;
    eprintln!("· passed only alone, and the test is to be mended: {} of {}", again.passed, failed.join(", "));
    counts.failed = 0;
    counts.add(again);
    Ok(counts)
}

/// Cargo on the browser tests.
fn journeys() -> Result<Command> {
    let folder = tools::geckodriver_path();
    let folder = folder.parent().context("a folder of tools")?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path)))?;
    let mut tests = cargo();
    tests.args(["test", "--package", BROWSER_TESTS, "--no-fail-fast"]).env("PATH", path);
    Ok(tests)
}

/// Collects how everything went; one failure does not keep the rest from being looked at.
#[derive(Default)]
struct Suite {
    fast: bool,
    sum: RefCell<Counts>,
    failures: RefCell<Vec<String>>,
}

impl Suite {
    /// A step that counts its tests itself. True when none failed.
    fn count(&self, name: &str, work: impl FnOnce() -> Result<Counts>) -> bool {
        eprintln!("→ {name}");
        let start = Instant::now();
        let outcome = work().and_then(|counts| {
            self.sum.borrow_mut().add(counts);
            if counts.failed == 0 { Ok(()) } else { Err(anyhow!("{} tests failed", counts.failed)) }
        });
        let seconds = start.elapsed().as_secs_f32();
        match outcome {
            Ok(()) => eprintln!("✓ {name} ({seconds:.1} s)"),
            Err(error) => {
                eprintln!("✗ {name} ({seconds:.1} s)\n{error:#}");
                self.failures.borrow_mut().push(name.to_owned());
                return false;
            }
        }
        true
    }

    /// A step that is one test.
    fn check(&self, name: &str, work: impl FnOnce() -> Result<()>) -> bool {
        self.count(name, || {
            Ok(work().map_or_else(
                |error| {
                    eprintln!("{error:#}");
                    Counts::ONE_FAILED
                },
                |()| Counts::ONE,
            ))
        })
    }

    /// A step that `--fast` leaves out.
    fn slow(&self, name: &str, work: impl FnOnce() -> Result<()>) -> bool {
        if self.fast { self.skip(name) } else { self.check(name, work) }
    }

    /// A step that makes no sense unless another one succeeded.
    fn after(&self, ready: bool, name: &str, work: impl FnOnce() -> Result<Counts>) -> bool {
        if !ready {
            return self.skip(name);
        }
        let failed = |error: anyhow::Error| {
            eprintln!("{error:#}");
            Counts::ONE_FAILED
        };
        self.count(name, || Ok(work().unwrap_or_else(failed)))
    }

    fn skip(&self, name: &str) -> bool {
        eprintln!("· {name}: skipped");
        self.sum.borrow_mut().add(Counts { skipped: 1, ..Counts::default() });
        false
    }

    /// Prints the sum over all runners as the very last line.
    fn finish(self) -> Result<()> {
        let failures = self.failures.into_inner();
        let Counts { passed, failed, skipped } = self.sum.into_inner();
        if !failures.is_empty() {
            eprintln!("failed: {}", failures.join(", "));
        }
        println!("{passed} passed, {failed} failed, {skipped} skipped");
        if failures.is_empty() {
            return Ok(());
        }
        // The line above is the last one; the message would come after it.
        std::process::exit(1)
    }
}
