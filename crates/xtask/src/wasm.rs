//! From a crate to a WebAssembly module a browser or the Workers runtime loads: cargo, wasm-bindgen, wasm-opt.
//!
//! One package per cargo call and one target folder per package: features never leak from one program into the other,
//! and changing one does not rebuild the other's dependencies.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow};
use wasm_bindgen_cli_support::Bindgen;

use crate::paths;
use crate::shell::{self, capture, command, run, step, write_if_changed};
use crate::shrink;
use crate::stamp::{Inputs, Stamp};
use crate::tools;

/// A program of ours that runs as WebAssembly.
pub struct Program {
    /// Its package, built as a `cdylib`.
    pub package: &'static str,
    /// Where it runs.
    pub host: Host,
}

/// Who loads the module.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// A page, through an ES module with a default export that takes the module's address.
    Browser,
    /// The Workers runtime, which hands the compiled module over as an import.
    Worker,
}

/// What rustc may emit and every browser since 2022 understands. Named one by one: a newer wasm-opt must not
/// start to use a feature nobody asked for.
const FEATURES: [&str; 6] = [
    "bulk-memory",
    "nontrapping-float-to-int",
    "sign-ext",
    "mutable-globals",
    "reference-types",
    "multivalue",
];

/// Flags for code that visitors download: every panic becomes a single trap instruction, no source locations, and `{:?}`
/// writes nothing (so the banner shows nothing to people through `Debug`). All unstable, see [`compile`].
const SMALL_CODE: &str = "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none";

/// Builds a program into `target/xtask/PACKAGE/{index.js,index_bg.wasm,snippets/…}` and returns that folder.
pub fn build(program: &Program, environment: &[(&str, &Path)]) -> Result<PathBuf> {
    let package = program.package;
    let out = paths::scratch().join(package);
    let module = step(&format!("{package}: compile"), || compile(program, environment))?;
    let compiled = std::fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?;
    // The post-processing is code of ours, so its source is one of the inputs.
    let inputs =
        Inputs::framed().bytes(&compiled).bytes(include_bytes!("wasm.rs")).bytes(include_bytes!("shrink.rs"));
    let inputs = inputs.path(&paths::at("node_modules/binaryen/package.json"))?;
    let stamp = Stamp::new(&format!("{package}.module"), inputs);
    if !stamp.is_current(&[out.join("index.js"), out.join("index_bg.wasm")]) {
        if out.exists() {
            std::fs::remove_dir_all(&out).with_context(|| format!("cannot empty {}", out.display()))?;
        }
        step(&format!("{package}: bind"), || bind(program, &module, &out))?;
        if program.host == Host::Browser {
            copy(
                &paths::at("crates").join(package.trim_start_matches("consentry-")).join("entry.js"),
                &out.join("entry.js"),
            )?;
            step(&format!("{package}: optimize"), || {
                shrink::shrink(&out, &std::fs::read_to_string(bundle_glue(&out)?)?)?;
                optimize(&out.join("index_bg.wasm"))
            })?;
        }
        stamp.keep()?;
    }
    Ok(out)
}

/// Runs cargo and returns the path of the module it made.
///
/// The banner is downloaded by visitors, so it gets a standard library built for size in which a panic is one trap
/// without message or formatting code. Measured with a small hydrating Leptos 0.8 program after wasm-opt, brotli: 41.9 kB
/// with the ordinary library, 35.4 kB with this one, 31.8 kB without locations and `Debug` too. The flags are only taken
/// under `RUSTC_BOOTSTRAP=1`; should a release no longer know them, the ordinary library is used and `size` tells.
fn compile(program: &Program, environment: &[(&str, &Path)]) -> Result<PathBuf> {
    let package = program.package;
    let folder = paths::at("target/wasm").join(package);
    let profile = match program.host {
        Host::Browser => "banner",
        Host::Worker => "worker",
    };
    let mut cargo = shell::cargo();
    // A crate that is also an `rlib` (for its tests) would silently lose link-time optimization: only the `cdylib` is wanted.
    cargo.args([
        "rustc",
        "--crate-type",
        "cdylib",
        "--profile",
        profile,
        "--lib",
        "--target",
        "wasm32-unknown-unknown",
        "--package",
        package,
    ]);
    cargo.arg("--target-dir").arg(&folder);
    // The macro of wasm-bindgen then needs no wasm-bindgen-futures; the `worker` crate counts on it.
    cargo.env("WASM_BINDGEN_USE_JS_SYS", "1");
    cargo.env("CONSENTRY_ESBUILD", tools::esbuild()?);
    cargo.envs(environment.iter().copied());
    // Paths of the machine it was built on have no place in what ships, and would make two builds differ.
    let mut flags = format!("--remap-path-prefix={}=.", paths::root().display());
    if let Some(home) = std::env::home_dir() {
        flags += &format!(" --remap-path-prefix={}=~", home.display());
    }
    if program.host == Host::Browser && knows_small_code() {
        cargo.env("RUSTC_BOOTSTRAP", "1");
        cargo.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
        flags = format!("{SMALL_CODE} {flags}");
    }
    cargo.env("RUSTFLAGS", flags);
    run(&mut cargo)?;
    Ok(folder
        .join("wasm32-unknown-unknown")
        .join(profile)
        .join(package.replace('-', "_"))
        .with_extension("wasm"))
}

/// Asks the compiler whether it still takes the flag.
fn knows_small_code() -> bool {
    let mut rustc = command("rustc");
    rustc.env("RUSTC_BOOTSTRAP", "1").args(SMALL_CODE.split(' ')).args(["--print", "cfg"]);
    let known = capture(&mut rustc).is_ok();
    if !known {
        shell::note(
            "this compiler does not know the flags for small code: the banner gets the ordinary, larger standard library",
        );
    }
    known
}

/// Generates the JavaScript side with the wasm-bindgen that matches our crates, in this very process.
fn bind(program: &Program, module: &Path, out: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name("index").typescript(false);
    match program.host {
        // The gate says where the module is; without the default path the glue is smaller.
        Host::Browser => bindgen
            .web(true)
            .map_err(|error| anyhow!(error))?
            .omit_default_module_path(true)
            .remove_name_section(true)
            .remove_producers_section(true),
        // The Worker survives a trap by starting over with fresh memory, which needs both functions; see the shim.
        Host::Worker => bindgen
            .module(true)
            .map_err(|error| anyhow!(error))?
            .reset_state_function(true)
            .force_enable_abort_handler(true),
    };
    bindgen.generate(out).map_err(|error| anyhow!("wasm-bindgen: {error:#}"))
}

/// Shrinks a module in place. Only what visitors download: on the Worker it took longer than everything else after
/// compiling and gained 1 %.
fn optimize(module: &Path) -> Result<()> {
    let mut wasm_opt = command("node");
    wasm_opt.arg(paths::at("node_modules/binaryen/bin/wasm-opt")).arg(module).arg("-o").arg(module);
    wasm_opt.args(FEATURES.map(|feature| format!("--enable-{feature}")));
    wasm_opt.args(["-Oz", "--converge", "--strip-debug", "--strip-producers", "--strip-target-features"]);
    capture(&mut wasm_opt).map(|_| ())
}

/// The banner as two files of `target/artefacts`: an ES module and its code. The module is bundled from the crate's own
/// entry, so that of the generated glue only what it calls is left.
pub fn build_banner() -> Result<()> {
    let out = build(&Program { package: "consentry-banner", host: Host::Browser }, &[])?;
    let glue = bundle_glue(&out)?;
    let artefacts = paths::artefacts();
    copy(&glue, &artefacts.join("banner.js"))?;
    copy(&out.join("index_bg.wasm"), &artefacts.join("banner_bg.wasm"))
}

/// Bundles a browser program from its entry. What the glue would register for disposal and garbage collection lives as
/// long as the page; without those two names esbuild sees that the classes around them are unused.
fn bundle_glue(folder: &Path) -> Result<PathBuf> {
    let glue = folder.join("bundle.js");
    let forgotten = ["--define:Symbol.dispose=undefined", "--define:FinalizationRegistry=undefined"];
    bundle(&folder.join("entry.js"), &glue, &["--target=es2022", forgotten[0], forgotten[1]])?;
    Ok(glue)
}

/// The Worker as two files of `target/edge`, with the artefacts it serves inside.
pub fn build_edge() -> Result<()> {
    let artefacts = paths::artefacts();
    let program = Program { package: "consentry-edge", host: Host::Worker };
    let out = build(&program, &[("CONSENTRY_ARTEFACTS", &artefacts)])?;
    copy(&paths::at("crates/edge/shim.mjs"), &out.join("shim.mjs"))?;
    let worker = paths::scratch().join("worker.js");
    bundle(&out.join("shim.mjs"), &worker, &["--external:./index_bg.wasm", "--external:cloudflare:*"])?;
    let text = std::fs::read_to_string(&worker).context("cannot read the bundled Worker")?;
    // Source-phase imports are how wasm-bindgen asks for a compiled module; workerd's own spelling is a plain import.
    let text = text.replace("import source ", "import ");
    write_if_changed(&paths::edge().join("worker.js"), text.as_bytes())?;
    copy(&out.join("index_bg.wasm"), &paths::edge().join("index_bg.wasm"))
}

/// Bundles and minifies one ES module.
fn bundle(entry: &Path, out: &Path, more: &[&str]) -> Result<()> {
    let mut esbuild = Command::new(tools::esbuild()?);
    esbuild.current_dir(entry.parent().unwrap_or(entry)).arg(entry);
    esbuild.args(["--bundle", "--minify", "--format=esm", "--log-level=warning", "--legal-comments=none"]);
    esbuild.arg(format!("--outfile={}", out.display())).args(more);
    capture(&mut esbuild).map(|_| ())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let bytes = std::fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    write_if_changed(to, &bytes).map(|_| ())
}
