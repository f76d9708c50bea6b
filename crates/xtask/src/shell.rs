//! Running other programs, and saying on the terminal what is going on and how long it took.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::paths;

/// Announces a piece of work, does it, and says how long it took.
pub fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("→ {what}");
    let start = Instant::now();
    let result = work().with_context(|| format!("{what}: failed"));
    let mark = if result.is_ok() { "✓" } else { "✗" };
    eprintln!("{mark} {what} ({:.1} s)", start.elapsed().as_secs_f32());
    result
}

/// One line about something that needed no work.
pub fn note(text: &str) {
    eprintln!("· {text}");
}

/// A command that runs at the root, free of the variables `cargo run` sets for this tool: some build scripts watch them
/// and would rebuild at every other call.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(paths::root());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "LD_LIBRARY_PATH"
        {
            command.env_remove(name.as_ref());
        }
    }
    command
}

/// `cargo` of the toolchain this repository asks for, always building below `target/`.
pub fn cargo() -> Command {
    let mut command = command("cargo");
    command.env_remove("CARGO_TARGET_DIR");
    command
}

/// Runs a command whose output the person at the terminal sees.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", describe(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", describe(command));
    }
    Ok(())
}

/// Runs a command silently and returns its standard output; on failure the error carries everything it printed.
pub fn capture(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", describe(command)))?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!("{} ended with {}\n{stdout}{stderr}", describe(command), output.status);
    }
    Ok(stdout)
}

/// True when a program of this name is on the search path.
pub fn on_path(program: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else { return false };
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Writes a file unless it already holds exactly this: an untouched modification time keeps builds from starting again.
pub fn write_if_changed(file: &Path, bytes: &[u8]) -> Result<bool> {
    if std::fs::read(file).is_ok_and(|old| old == bytes) {
        return Ok(false);
    }
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    std::fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(true)
}

fn describe(command: &Command) -> String {
    let program =
        Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let arguments = command.get_args().take(4).map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(program).chain(arguments).collect::<Vec<_>>().join(" ")
}
