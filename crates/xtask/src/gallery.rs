//! `cargo xtask gallery`: pictures of everything visitors see, in `target/gallery`, and a contact sheet of them for the
//! documentation. An interrupted run goes on where it was; after a change of what is served it starts over.

use anyhow::{Context, Result};

use crate::shell::{cargo, note, run, step};
use crate::stamp::{Inputs, Stamp};
use crate::{build, paths, service, tools};

/// The contact sheet, as the documentation shows it.
const SHEET: &str = "docs/images/gallery.png";
/// The test that makes the pictures.
const MAKER: &str = "gallery::gallery_of_every_state_is_complete";

/// What `gallery` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// Make every picture anew
    #[arg(long)]
    fresh: bool,
    /// Take only those that the contact sheet shows
    #[arg(long)]
    few: bool,
    /// Leave the contact sheet of the documentation as it is
    #[arg(long)]
    no_sheet: bool,
}

/// Builds, and takes the pictures that are missing.
pub fn gallery(options: Options) -> Result<()> {
    build::build(&[])?;
    tools::for_browsers()?;
    tools::for_pictures()?;
    service::build_programs()?;
    let folder = paths::at("target/gallery");
    let inputs = Inputs::framed()
        .path(&paths::edge())?
        .path(&paths::site())?
        .path(&paths::at("www/policies/demo.toml"))?;
    let stamp = Stamp::new("gallery", inputs);
    if folder.is_dir() && (options.fresh || !stamp.is_current(&[])) {
        note("what is served has changed: every picture is made anew");
        std::fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    stamp.keep()?;
    step("pictures", || {
        let mut maker = cargo();
        maker.args(["test", "--package", "consentry-e2e", "--test", "journeys", "--"]);
        maker.args([MAKER, "--exact", "--ignored", "--nocapture"]).env("CONSENTRY_GALLERY", &folder);
        if options.few {
            maker.env("CONSENTRY_GALLERY_FEW", "1");
        }
        if !options.no_sheet {
            maker.env("CONSENTRY_GALLERY_SHEET", paths::at(SHEET));
        }
        run(&mut maker)
    })?;
    note(&format!("the pictures are in {}", folder.display()));
    Ok(())
}
