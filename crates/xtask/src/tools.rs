//! What a fresh machine needs beyond rustup and Node, fetched from the package registries and nowhere else.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use consentry_e2e::workerd::platform_program;

use crate::paths;
use crate::shell::{self, capture, command, note, on_path, run, step};
use crate::stamp::{Inputs, Stamp};

/// The oldest Node the npm packages run on.
const NODE: u32 = 20;
/// The WebDriver server for Firefox is not in Debian; this version is built from its crate.
const GECKODRIVER: &str = "0.37.1";
/// Browsers and their WebDriver servers: the program we look for, and the Debian package that brings it.
const BROWSERS: [(&str, &str); 5] = [
    ("chromium", "chromium"),
    ("chromedriver", "chromium-driver"),
    ("firefox-esr", "firefox-esr"),
    ("WebKitWebDriver", "webkit2gtk-driver"),
    ("Xvfb", "xvfb"),
];

/// What everything together leaves behind in a clean clone, in bytes.
const ROOM: u64 = 7_000_000_000;

/// Everything a build needs.
pub fn for_build() -> Result<()> {
    room();
    rust_parts()?;
    node_packages()
}

/// Everything the browser tests need on top.
pub fn for_browsers() -> Result<()> {
    browsers()?;
    geckodriver()
}

/// A full disk shows itself as a linker that is killed, a quarter of an hour later: better said at the start. Only said, for
/// nobody knows how much of it is built already.
fn room() {
    let Ok(disk) = rustix::fs::statvfs(paths::root()) else { return };
    let free = disk.f_bavail * disk.f_frsize;
    if free < ROOM {
        let gigabytes = |bytes: u64| bytes as f64 / 1e9;
        note(&format!(
            "only {:.1} GB free on this disk; a clean clone needs {:.0} (`cargo clean` makes room)",
            gigabytes(free),
            gigabytes(ROOM)
        ));
    }
}

/// The WebAssembly target, and the standard library's source from which the banner's own small one is built.
fn rust_parts() -> Result<()> {
    let sysroot = PathBuf::from(capture(command("rustc").args(["--print", "sysroot"]))?.trim());
    let library = sysroot.join("lib/rustlib");
    let wanted = [
        (
            "WebAssembly target",
            library.join("wasm32-unknown-unknown/lib"),
            ["target", "add", "wasm32-unknown-unknown"],
        ),
        (
            "standard library source",
            library.join("src/rust/library/Cargo.lock"),
            ["component", "add", "rust-src"],
        ),
    ];
    for (what, sign, arguments) in wanted {
        if sign.exists() {
            continue;
        }
        if !on_path("rustup") {
            bail!(
                "the {what} is missing and there is no rustup to fetch it: install rustup, or add it to {}",
                sysroot.display()
            );
        }
        step(&format!("install the {what}"), || run(command("rustup").args(arguments)))?;
    }
    Ok(())
}

/// The packages of `package-lock.json`, installed exactly; nothing to do while the lock file stays the same.
fn node_packages() -> Result<()> {
    let version = capture(command("node").arg("--version"))
        .with_context(|| format!("Node {NODE} or newer is needed: see https://nodejs.org"))?;
    let major =
        version.trim().trim_start_matches('v').split('.').next().and_then(|text| text.parse::<u32>().ok());
    if major.is_none_or(|major| major < NODE) {
        bail!("Node {NODE} or newer is needed, this is {}", version.trim());
    }
    let inputs = Inputs::framed().path(&paths::at("package-lock.json"))?.path(&paths::at("package.json"))?;
    let stamp = Stamp::new("node_modules", inputs);
    if stamp.is_current(&[paths::at("node_modules/.package-lock.json")]) {
        return Ok(());
    }
    let folder = paths::at("node_modules");
    if folder.is_symlink() {
        bail!(
            "{} is a link, and `npm ci` would empty the folder it points to: replace it by a folder",
            folder.display()
        );
    }
    // Install scripts are not needed (the programs come as platform packages), hence none is run.
    step("install node packages", || run(command("npm").args(["ci", "--ignore-scripts", "--no-progress"])))?;
    stamp.keep()
}

/// Browsers from Debian packages.
pub fn browsers() -> Result<()> {
    let missing: Vec<&str> =
        BROWSERS.iter().filter(|(program, _)| !on_path(program)).map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let programs = BROWSERS.map(|(program, _)| program).join(", ");
    install(&missing, &format!("browsers for the tests are missing: {programs}"))
}

/// A font with Japanese letters: without one the gallery shows boxes.
pub fn for_pictures() -> Result<()> {
    let fonts = capture(command("fc-list").args([":lang=ja", "family"]));
    if fonts.is_ok_and(|list| !list.trim().is_empty()) {
        return Ok(());
    }
    install(&["fonts-noto-cjk"], "a font with Japanese letters is missing for the pictures")
}

/// Debian packages; only root may install, everybody else is told what to do.
fn install(missing: &[&str], what: &str) -> Result<()> {
    let packages = missing.join(" ");
    let root = capture(command("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !(root && on_path("apt-get")) {
        bail!(
            "{what}. On Debian or Ubuntu: sudo apt-get install {packages}\n\
             Elsewhere install what provides them."
        );
    }
    step("refresh the package lists", || run(command("apt-get").args(["-qq", "update"])))?;
    step(&format!("install {packages}"), || {
        run(command("apt-get")
            .args(["-qq", "install", "--yes", "--no-install-recommends"])
            .args(missing)
            .env("DEBIAN_FRONTEND", "noninteractive"))
    })
}

/// Where [`geckodriver`] puts what it builds.
pub fn geckodriver_path() -> PathBuf {
    paths::at("target/tools/bin/geckodriver")
}

fn geckodriver() -> Result<()> {
    if geckodriver_path().is_file() || on_path("geckodriver") {
        return Ok(());
    }
    step(&format!("build geckodriver {GECKODRIVER} (once)"), || {
        run(shell::cargo()
            .args(["install", "geckodriver", "--version", GECKODRIVER, "--root", "target/tools"])
            .args(["--target-dir", "target/tools/build", "--quiet"]))
    })?;
    // Its build folder is large and of no further use.
    std::fs::remove_dir_all(paths::at("target/tools/build")).or_else(|error| {
        note(&format!("cannot remove target/tools/build: {error}"));
        Ok(())
    })
}

/// The JavaScript and CSS bundler.
pub fn esbuild() -> Result<PathBuf> {
    platform_program("@esbuild", "", "esbuild")
}
