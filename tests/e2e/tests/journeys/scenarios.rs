//! Every scenario of `tests/fixtures`: nobody is asked before a choice, after a refusal or after a withdrawal, the right ones
//! after consent, on the page itself and on the next visit.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use crate::support::browser::{ACCEPT, LAYER, REJECT};
use crate::support::{Browser, Edge, Engine, journeys, site, wait_for};

journeys! {
    marked_elements_obey_the_choice_in_every_scenario on chromium firefox webkit;
}

/// Time enough for what must not happen: the requests are made by the page in view, and nothing on it waits longer.
const QUIET: Duration = Duration::from_millis(250);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    about: String,
    /// Paths that vendors are asked for after consent: all of them, and no others.
    accept: Vec<String>,
    /// They are asked in this order.
    #[serde(default)]
    order: bool,
    /// Paths that are never asked for.
    #[serde(default)]
    absent: Vec<String>,
    /// JavaScript that becomes true after consent.
    #[serde(default)]
    after: Option<String>,
    /// Engines that cannot be asked, and why.
    #[serde(default)]
    not_in: BTreeMap<String, String>,
    /// JavaScript that is true before, and stays true after a refusal.
    #[serde(default)]
    before: Option<String>,
}

fn scenarios() -> Vec<(String, Expected)> {
    let folder: PathBuf = consentry_e2e::workerd::root().join("tests/fixtures");
    let folders =
        std::fs::read_dir(folder).expect("the fixtures").flatten().filter(|entry| entry.path().is_dir());
    let mut all: Vec<_> = folders
        .map(|entry| {
            let text = std::fs::read(entry.path().join("expect.json")).expect("what is expected");
            let expected = serde_json::from_slice(&text).expect("what is expected, in JSON");
            (entry.file_name().to_string_lossy().into_owned(), expected)
        })
        .collect();
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    all
}

fn marked_elements_obey_the_choice_in_every_scenario(engine: Engine) {
    let edge = Edge::start();
    site::add_scenarios(&edge.pages(), edge.vendor.port());
    let browser = Browser::start(engine);
    let scenarios = scenarios();
    assert!(scenarios.len() >= 40, "{} scenarios", scenarios.len());
    let only = std::env::var("CONSENTRY_SCENARIO").ok();
    let mut wrong = Vec::new();
    for (name, expected) in &scenarios {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        if let Some(why) = expected.not_in.get(&format!("{engine:?}").to_lowercase()) {
            println!("skipped in {engine:?}: {name}, as {why}");
            continue;
        }
        let walked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            walk(&edge, &browser, &edge.url(&format!("/{name}/index.html")), expected);
        }));
        if walked.is_err() {
            wrong.push(format!("{name}: {}", expected.about));
        }
    }
    assert!(wrong.is_empty(), "{} of {} scenarios: {wrong:#?}", wrong.len(), scenarios.len());
}

fn walk(edge: &Edge, browser: &Browser, url: &str, expected: &Expected) {
    let before = |when: &str| {
        std::thread::sleep(QUIET);
        assert_eq!(asked(edge), [""; 0], "{when}");
        if let Some(script) = &expected.before {
            browser.wait_until(when, &format!("return {script}"));
        }
    };
    fresh(edge, browser, url);
    before("before a choice");
    browser.click(ACCEPT);
    after(edge, browser, expected);
    edge.vendor.reset();
    browser.goto("about:blank");
    edge.vendor.reset();
    browser.visit(url);
    after(edge, browser, expected);
    assert!(!browser.shows(LAYER), "the choice is kept");
    browser.run("consentry.set({ functional: false, advertising: false })");
    // What left before the withdrawal may still arrive; the page that is asked for next must ask nobody.
    std::thread::sleep(QUIET);
    browser.goto("about:blank");
    edge.vendor.reset();
    browser.visit(url);
    before("after a withdrawal, on the next visit");

    fresh(edge, browser, url);
    browser.click(REJECT);
    browser.wait_without(LAYER);
    before("after a refusal");
    browser.visit(url);
    before("after a refusal, on the next visit");
}

/// A first visit.
fn fresh(edge: &Edge, browser: &Browser, url: &str) {
    browser.goto(&edge.url("/own.js"));
    browser.forget();
    edge.vendor.reset();
    browser.visit(url);
    browser.wait_for(LAYER);
}

fn after(edge: &Edge, browser: &Browser, expected: &Expected) {
    let wanted: BTreeSet<&String> = expected.accept.iter().collect();
    wait_for(&format!("{:?}", expected.accept), Duration::from_secs(10), || {
        let asked = asked(edge);
        let count = |path: &String| asked.iter().filter(|known| *known == path).count();
        let needed = |path: &&String| expected.accept.iter().filter(|known| known == path).count();
        wanted.iter().all(|path| count(path) >= needed(path)).then_some(())
    });
    if let Some(script) = &expected.after {
        browser.wait_until("after consent", &format!("return {script}"));
    }
    std::thread::sleep(QUIET);
    let asked = asked(edge);
    let others: Vec<_> = asked.iter().filter(|path| !wanted.contains(path)).collect();
    assert!(others.is_empty(), "{others:?} were asked for, too");
    assert!(expected.absent.iter().all(|path| !asked.contains(path)), "{asked:?}");
    if expected.order {
        let first = |path: &String| asked.iter().position(|known| known == path);
        assert!(expected.accept.is_sorted_by_key(first), "{asked:?}");
    }
}

/// The paths vendors were asked for, oldest first.
fn asked(edge: &Edge) -> Vec<String> {
    let paths = edge.vendor.requests().into_iter().map(|hit| hit.path);
    paths.filter(|path| !path.ends_with("favicon.ico")).collect()
}
