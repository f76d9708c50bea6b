//! Everything that ships, in the order in which one thing contains the other: gate and banner, then the Worker, the site.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::shell::{note, step, write_if_changed};
use crate::stamp::{Inputs, Stamp, sha256};
use crate::{gate, paths, site, tools, wasm};

/// One thing to build.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// The script on the page.
    Gate,
    /// The WebAssembly banner.
    Banner,
    /// The Worker; contains the two others as they are now.
    Edge,
    /// The demo site.
    Site,
}

/// Files of `target/artefacts` that browsers receive, and that the Worker holds compressed.
pub const SERVED: [&str; 4] = ["gate.js", "later.js", "banner.js", "banner_bg.wasm"];

/// Builds the parts asked for, or all of them.
pub fn build(parts: &[Part]) -> Result<()> {
    tools::for_build()?;
    let _turn = turn()?;
    let wanted = |part| parts.is_empty() || parts.contains(&part);
    if wanted(Part::Gate) {
        gate::build()?;
    }
    if wanted(Part::Banner) {
        wasm::build_banner()?;
    }
    if wanted(Part::Gate) || wanted(Part::Banner) {
        compress(&paths::artefacts())?;
    }
    if wanted(Part::Edge) {
        wasm::build_edge()?;
    }
    if wanted(Part::Site) {
        site::build(site::PORT)?;
    }
    Ok(())
}

/// Waits until no other build of this clone is running: two of them would write the same files. Released when dropped.
fn turn() -> Result<File> {
    std::fs::create_dir_all(paths::scratch()).context("cannot create target/xtask")?;
    let file = File::create(paths::scratch().join("lock")).context("cannot create a lock file")?;
    if file.try_lock().is_err() {
        note("waiting for another build to end");
        file.lock().context("cannot wait for the other build")?;
    }
    Ok(file)
}

/// What is known about one artefact, for people and for the evidence of what was served.
#[derive(Serialize)]
struct Entry {
    name: &'static str,
    sha256: String,
    bytes: usize,
    gzip: usize,
    brotli: usize,
}

/// Writes `NAME.br` beside each served file, and `manifest.json` about them.
fn compress(folder: &Path) -> Result<()> {
    let mut inputs = Inputs::framed();
    let present: Vec<&str> = SERVED.into_iter().filter(|name| folder.join(name).is_file()).collect();
    for name in &present {
        inputs = inputs.path(&folder.join(name))?;
    }
    let stamp = Stamp::new("compress", inputs);
    let outputs: Vec<_> = present.iter().map(|name| folder.join(format!("{name}.br"))).collect();
    if stamp.is_current(&outputs) && folder.join("manifest.json").is_file() {
        return Ok(());
    }
    step("compress what is served", || {
        let mut entries = Vec::new();
        for name in SERVED.into_iter().filter(|name| present.contains(name)) {
            let bytes = std::fs::read(folder.join(name)).with_context(|| format!("cannot read {name}"))?;
            let small = brotli(&bytes)?;
            write_if_changed(&folder.join(format!("{name}.br")), &small)?;
            let (gzip, brotli) = (gzip(&bytes)?.len(), small.len());
            entries.push(Entry { name, sha256: sha256(&bytes), bytes: bytes.len(), gzip, brotli });
        }
        write_if_changed(&folder.join("manifest.json"), serde_json::to_string_pretty(&entries)?.as_bytes())
    })?;
    stamp.keep()
}

/// Brotli at its best, as a cache would hold it.
pub fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut small = Vec::new();
    let settings = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut small, &settings).context("brotli")?;
    Ok(small)
}

/// Gzip at its best.
pub fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).context("gzip")?;
    encoder.finish().context("gzip")
}
