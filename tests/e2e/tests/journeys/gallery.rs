//! Pictures of everything visitors see, for people to look at: made by `cargo xtask gallery`, one file at a time, so that what
//! was interrupted goes on where it was.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use crate::support::browser::{ACCEPT, FORM, LAYER, LINK, OPEN, REJECT, STATUS};
use crate::support::edge::themed;
use crate::support::{Browser, Edge, Engine, Setup};

/// What there is to see.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Layer,
    /// The first layer where things run until refused.
    California,
    /// The first layer after a change of what was agreed to.
    Again,
    Link,
    Centre,
    /// The same after a choice, with everything that can be unfolded.
    Unfolded,
    Page,
    Honoured,
    Embed,
}

/// Name, state, and the place of the first layer it belongs to. Those that need another service or browser come last.
const STATES: [(&str, State, &str); 11] = [
    ("layer-bar", State::Layer, "bar"),
    ("link", State::Link, "bar"),
    ("again", State::Again, "bar"),
    ("centre", State::Centre, "bar"),
    ("unfolded", State::Unfolded, "bar"),
    ("page", State::Page, "bar"),
    ("embed", State::Embed, "bar"),
    ("layer-card", State::Layer, "card"),
    ("layer-centre", State::Layer, "centre"),
    ("california", State::California, "card"),
    ("honoured", State::Honoured, "bar"),
];

/// Name, colour scheme, forced colours, and the policy's colours.
const THEMES: [(&str, &str, &str, &str); 4] = [
    ("light", "light", "none", ""),
    ("dark", "dark", "none", ""),
    ("forced", "light", "active", ""),
    ("demo", "light", "none", "accent = \"#1f5a50\"\naccent_dark = \"#8fd0bf\"\nradius = 10"),
];

const SIZES: [(u32, u32); 3] = [(320, 720), (768, 1024), (1280, 800)];
const LANGUAGES: [&str; 4] = ["en", "de", "ar", "ja"];
/// What a site shows in the place of an embed that may not load yet.
const PLACEHOLDER: &str = ".consentry-embed";

/// One picture to take.
struct Shot {
    name: String,
    state: State,
    size: (u32, u32),
    language: &'static str,
}

/// Everything that looks the same to the service: one policy, one browser setting.
struct Group {
    gpc: bool,
    /// Where the visitor is.
    place: &'static str,
    scheme: &'static str,
    forced: &'static str,
    theme: String,
    shots: Vec<Shot>,
}

#[test]
#[ignore = "makes pictures: cargo xtask gallery"]
fn gallery_of_every_state_is_complete() {
    let folder = PathBuf::from(std::env::var_os("CONSENTRY_GALLERY").expect("a folder: cargo xtask gallery"));
    let sheet = std::env::var_os("CONSENTRY_GALLERY_SHEET").map(PathBuf::from);
    fs::create_dir_all(&folder).expect("a folder for pictures");
    let mut edge = Edge::start();
    let mut place = "DE";
    let languages = offered(&edge);
    let mut groups = groups(&languages);
    if std::env::var_os("CONSENTRY_GALLERY_FEW").is_some() {
        let shown = |shot: &Shot| SHEET.iter().any(|(_, names)| names.contains(&shot.name.as_str()));
        groups.iter_mut().for_each(|group| group.shots.retain(shown));
    }
    let total: usize = groups.iter().map(|group| group.shots.len()).sum();
    let mut done = 0;
    let mut open: Option<(bool, Browser)> = None;
    for group in groups {
        let file = |shot: &Shot| folder.join(&shot.name).with_extension("png");
        let (there, missing): (Vec<Shot>, Vec<Shot>) =
            group.shots.into_iter().partition(|shot| file(shot).is_file());
        done += there.len();
        if missing.is_empty() {
            continue;
        }
        if place != group.place {
            place = group.place;
            edge = Edge::start_in(place);
            offered(&edge);
        }
        edge.publish_changed(|policy| {
            let more: String = languages
                .iter()
                .filter(|language| !policy.contains(&format!("\"{language}\"")))
                .map(|language| format!(", \"{language}\""))
                .collect();
            themed(&policy, &group.theme).replacen(
                "languages = [\"en\"",
                &format!("languages = [\"en\"{more}"),
                1,
            )
        });
        if open.as_ref().is_none_or(|(gpc, _)| *gpc != group.gpc) {
            // The old one ends before the new one starts.
            open = None;
        }
        let (_, browser) = open.get_or_insert_with(|| {
            let setup = Setup { gpc: group.gpc, ..Setup::default() };
            (group.gpc, Browser::with(Engine::Chromium, setup))
        });
        browser.prefer("", &[("prefers-color-scheme", group.scheme), ("forced-colors", group.forced)]);
        for shot in missing {
            browser.resize(shot.size.0, shot.size.1);
            done += 1;
            show(browser, &edge, shot.state, shot.language);
            std::thread::sleep(Duration::from_millis(150));
            browser.picture(&file(&shot));
            eprintln!("[{done}/{total}] {}", shot.name);
        }
    }
    if let Some(sheet) = sheet {
        contact_sheet(&folder, &sheet);
    }
}

/// The whole matrix. What needs another browser comes last.
fn groups(languages: &[&'static str]) -> Vec<Group> {
    let mut all = Vec::new();
    for (name, state, position) in STATES {
        for (theme, scheme, forced, colours) in THEMES {
            let shots = SIZES.iter().flat_map(|size| {
                languages.iter().map(|language| Shot {
                    name: format!("{name}-{theme}-{}-{language}", size.0),
                    state,
                    size: *size,
                    language,
                })
            });
            all.push(Group {
                gpc: state == State::Honoured,
                place: if state == State::California { "US-CA" } else { "DE" },
                scheme,
                forced,
                theme: format!("position = \"{position}\"\n{colours}"),
                shots: shots.collect(),
            });
        }
    }
    all
}

/// The languages of the list that this build offers, each with a page of its own whose gate is told so.
fn offered(edge: &Edge) -> Vec<&'static str> {
    let page = fs::read_to_string(edge.pages().join("index.html")).expect("the demo's page");
    let mut all = Vec::new();
    for language in LANGUAGES {
        if !edge.speaks(language) {
            eprintln!("{language}: this build does not have it, skipped");
            continue;
        }
        let direction = if language == "ar" { "rtl" } else { "ltr" };
        let page = page
            .replace("<html lang=\"en\">", &format!("<html lang=\"{language}\" dir=\"{direction}\">"))
            .replace("/_c/demo.js", &format!("/_c/demo.js?lang={language}"));
        fs::write(edge.pages().join(format!("in-{language}.html")), page).expect("room for a page");
        all.push(language);
    }
    all
}

/// Brings the browser there as a new visitor.
fn show(browser: &Browser, edge: &Edge, state: State, language: &str) {
    browser.devtools("Network.clearBrowserCookies", json!({}));
    browser.devtools("Network.clearBrowserCache", json!({}));
    let page = edge.url(&format!("/in-{language}.html"));
    if state == State::Page {
        browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
        browser.goto(&edge.url(&format!("/_c/demo/preferences?lang={language}")));
        browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": false }));
        return;
    }
    browser.visit(&page);
    match state {
        State::Honoured => browser.wait_for(STATUS),
        State::Layer | State::California => browser.wait_for(LAYER),
        State::Again => {
            browser.click(ACCEPT);
            browser.wait_without(LAYER);
            // Agreed to under a policy that is none of this site's.
            browser.run(
                "const [, value] = document.cookie.match(/consentry=([^;]*)/); \
                 document.cookie = `consentry=${value.replace(/^1\\.\\w+/, '1.0000000000000000')};path=/`",
            );
            browser.visit(&page);
            browser.wait_for(LAYER);
        }
        State::Link => {
            browser.click(REJECT);
            browser.wait_for(LINK);
        }
        State::Centre => {
            browser.wait_until_hydrated();
            browser.click(OPEN);
            browser.wait_for("#consentry dialog[open] label");
        }
        State::Unfolded => {
            browser.wait_until_hydrated();
            browser.click(ACCEPT);
            browser.wait_until_recorded();
            browser.click(LINK);
            browser.wait_for(FORM);
            browser.run("for (const one of document.querySelectorAll('#consentry details')) one.open = true");
        }
        State::Embed => {
            browser.click(REJECT);
            browser.wait_without(LAYER);
            // Far below the window; whether it is drawn is what the picture shows.
            browser.wait_until(
                "a placeholder",
                &format!("return !!document.querySelector('{PLACEHOLDER}')?.offsetHeight"),
            );
            browser.run(&format!(
                "document.querySelector('{PLACEHOLDER}').scrollIntoView({{ block: 'center' }})"
            ));
        }
        State::Page => {}
    }
}

/// Rows of the contact sheet: the pictures of one width, with the height they are shown at.
const SHEET: [(u32, &[&str]); 3] = [
    (
        168,
        &[
            "layer-bar-light-1280-en",
            "layer-card-dark-1280-de",
            "layer-centre-demo-1280-en",
            "california-light-1280-en",
        ],
    ),
    (
        168,
        &["honoured-light-1280-en", "centre-light-1280-en", "unfolded-dark-1280-de", "embed-light-1280-ja"],
    ),
    (
        292,
        &[
            "layer-bar-demo-320-en",
            "layer-bar-dark-320-de",
            "layer-bar-light-320-ar",
            "centre-light-320-ja",
            "page-dark-320-de",
            "layer-bar-forced-320-de",
            "embed-demo-320-en",
            "embed-dark-320-ar",
        ],
    ),
];

/// Some of the pictures on one, which the documentation shows.
fn contact_sheet(folder: &Path, sheet: &Path) {
    let row = |(height, names): &(u32, &[&str])| {
        let figure = |name: &&str| {
            format!(
                "<figure><img src=\"{name}.png\" height={height}><figcaption>{name}</figcaption></figure>"
            )
        };
        format!("<div>{}</div>", names.iter().map(figure).collect::<String>())
    };
    let page = format!(
        "<!DOCTYPE html><meta charset=utf-8><style>body{{margin:12px;background:#e9ebef;font:11px sans-serif;color:#333}}\
         div{{display:flex;justify-content:space-between;margin-bottom:8px}}figure{{margin:0}}img{{display:block;border:1px solid #999}}</style>{}",
        SHEET.iter().map(row).collect::<String>()
    );
    let file = folder.join("sheet.html");
    fs::write(&file, page).expect("room for a page");
    let browser = Browser::start(Engine::Chromium);
    browser.resize(1136, 730);
    browser.goto(&format!("file://{}", file.canonicalize().expect("it is there").display()));
    let missing = browser
        .run("return [...document.images].filter((image) => !image.naturalWidth).map((image) => image.src)");
    assert_eq!(missing, json!([]), "not in the gallery");
    fs::create_dir_all(sheet.parent().expect("a folder")).expect("a folder for the sheet");
    browser.picture(sheet);
    let size = fs::metadata(sheet).expect("it is there").len();
    assert!(size < 400_000, "{} has {size} bytes: too large for a repository", sheet.display());
    eprintln!("{} ({size} bytes)", sheet.display());
}
