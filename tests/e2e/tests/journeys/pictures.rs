//! Pictures of what visitors see, for people to look at: written only where `CONSENTRY_SHOTS` names a folder.

use std::path::PathBuf;

use crate::support::browser::{FORM, LAYER, OPEN, STATUS};
use crate::support::{Browser, Edge, Engine, Setup};

#[test]
fn pictures_asked_for_are_taken_wide_and_narrow() {
    let Some(folder) = std::env::var_os("CONSENTRY_SHOTS").map(PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    let edge = Edge::start();
    for (width, narrow) in [(1280, false), (320, true)] {
        let start = |setup: Setup| Browser::with(Engine::Chromium, Setup { narrow, ..setup });
        let take = |browser: &Browser, name: &str| {
            std::thread::sleep(std::time::Duration::from_millis(400));
            browser.picture(&folder.join(format!("{name}-{width}.png")));
        };
        let browser = start(Setup::default());
        browser.visit(&edge.url("/"));
        browser.wait_for(LAYER);
        take(&browser, "first-layer");
        browser.open_preferences(OPEN);
        take(&browser, "preferences");
        drop(browser);
        let browser = start(Setup { gpc: true, ..Setup::default() });
        browser.visit(&edge.url("/"));
        browser.wait_for(STATUS);
        take(&browser, "signal-honoured");
        drop(browser);
        let browser = start(Setup { no_script: true, ..Setup::default() });
        browser.goto(&edge.url("/_c/demo/preferences"));
        browser.wait_for(FORM);
        take(&browser, "no-javascript");
    }
}
