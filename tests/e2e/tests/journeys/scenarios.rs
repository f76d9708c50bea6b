//! Every scenario of `tests/fixtures`: nobody is asked before a choice, after a refusal or after a withdrawal, the right ones
//! after consent, on the page itself and on the next visit.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use crate::support::browser::{ACCEPT, LAYER, REJECT};
use crate::support::{Browser, Edge, Engine, journeys, settle, site, wait_for};

journeys! {
    marked_elements_obey_the_choice_in_every_scenario on chromium firefox webkit;
    // Firefox opens nothing ahead of need while a driver has it.
    marked_hint_opens_a_connection_after_consent_and_none_before on chromium webkit;
}

/// Time enough for what must not happen: the requests are made by the page in view, and nothing on it waits longer.
const QUIET: Duration = Duration::from_millis(250);

/// The host of vendors. The pages are on another one.
const VENDORS: &str = "127.0.0.1";

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
    let walk = Walk {
        edge,
        browser: Browser::with_foreign_cookies(engine),
        engine,
        kept: Cell::new(0),
        met: Cell::new(false),
    };
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
        let walked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| walk.through(name, expected)));
        if walked.is_err() {
            wrong.push(format!("{name}: {}", expected.about));
        }
    }
    assert!(wrong.is_empty(), "{} of {} scenarios: {wrong:#?}", wrong.len(), scenarios.len());
    // Not every vendor leaves one: some are asked without.
    if only.is_none() && engine == Engine::Chromium {
        assert!(walk.kept.get() > 0, "no vendor has left a cookie, so its absence says nothing");
    }
}

struct Walk {
    edge: Edge,
    browser: Browser,
    engine: Engine,
    /// How many cookies vendors have left after consent.
    kept: Cell<usize>,
    /// A vendor has been asked, so that it may have left one.
    met: Cell<bool>,
}

impl Walk {
    fn through(&self, name: &str, expected: &Expected) {
        let Self { edge, browser, .. } = self;
        let url = &edge.url(&format!("/{name}/index.html"));
        self.first_visit(url);
        self.before(expected, "before a choice");
        browser.click(ACCEPT);
        self.after(expected);
        // A cookie from before would have come with the first request. Only Chromium can be made to forget later ones.
        if let Some(first) = edge.vendor.requests().first() {
            let met = self.met.replace(true) && self.engine != Engine::Chromium;
            assert!(met || !first.has_cookie, "a vendor's cookie from before the choice: {first:?}");
        }
        self.kept.set(self.kept.get() + self.cookies().len());
        browser.goto("about:blank");
        self.forget_vendors();
        browser.visit(url);
        self.after(expected);
        assert!(!browser.shows(LAYER), "the choice is kept");
        browser.run("consentry.set({ functional: false, advertising: false })");
        // What left before the withdrawal may still arrive; the page that is asked for next must ask nobody.
        std::thread::sleep(QUIET);
        browser.goto("about:blank");
        self.forget_vendors();
        browser.visit(url);
        self.before(expected, "after a withdrawal, on the next visit");

        self.first_visit(url);
        browser.click(REJECT);
        browser.wait_without(LAYER);
        self.before(expected, "after a refusal");
        browser.visit(url);
        self.before(expected, "after a refusal, on the next visit");
    }

    fn first_visit(&self, url: &str) {
        self.browser.goto(&self.edge.url("/own.js"));
        self.browser.forget();
        self.forget_vendors();
        self.browser.visit(url);
        self.browser.wait_for(LAYER);
    }

    /// No vendor has been asked and none has left a cookie: until now, and soon.
    fn before(&self, expected: &Expected, when: &str) {
        std::thread::sleep(QUIET);
        assert_eq!(asked(&self.edge), [""; 0], "{when}");
        assert_eq!(self.cookies(), [""; 0], "cookies of vendors {when}");
        if let Some(script) = &expected.before {
            self.browser.wait_until(when, &format!("return {script}"));
        }
    }

    fn after(&self, expected: &Expected) {
        let edge = &self.edge;
        let wanted: BTreeSet<&String> = expected.accept.iter().collect();
        wait_for(&format!("{:?}", expected.accept), Duration::from_secs(10), || {
            let asked = asked(edge);
            let count = |path: &String| asked.iter().filter(|known| *known == path).count();
            let needed = |path: &&String| expected.accept.iter().filter(|known| known == path).count();
            wanted.iter().all(|path| count(path) >= needed(path)).then_some(())
        });
        if let Some(script) = &expected.after {
            self.browser.wait_until("after consent", &format!("return {script}"));
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

    /// The names of the cookies that vendors have in this browser. Only Chromium tells of other hosts than the page's.
    fn cookies(&self) -> Vec<String> {
        if self.engine != Engine::Chromium {
            return Vec::new();
        }
        let jar = self.browser.devtools("Network.getAllCookies", json!({}));
        let all = jar["cookies"].as_array().expect("cookies").iter();
        let theirs = all.filter(|cookie| cookie["domain"] == VENDORS);
        theirs.filter_map(|cookie| cookie["name"].as_str()).map(String::from).collect()
    }

    /// As if no vendor had ever been asked.
    fn forget_vendors(&self) {
        for name in self.cookies() {
            self.browser.devtools("Network.deleteCookies", json!({ "name": name, "domain": VENDORS }));
        }
        self.edge.vendor.reset();
    }
}

/// The paths vendors were asked for, oldest first.
fn asked(edge: &Edge) -> Vec<String> {
    let paths = edge.vendor.requests().into_iter().map(|hit| hit.path);
    paths.filter(|path| !path.ends_with("favicon.ico")).collect()
}

/// In a browser of its own: where it has been before, Chromium opens connections by itself.
fn marked_hint_opens_a_connection_after_consent_and_none_before(engine: Engine) {
    let edge = Edge::start();
    site::add_scenarios(&edge.pages(), edge.vendor.port());
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/preconnect/index.html"));
    browser.wait_for(LAYER);
    settle();
    assert_eq!(edge.vendor.connections(), 0, "before a choice");
    browser.click(REJECT);
    browser.wait_without(LAYER);
    settle();
    assert_eq!(edge.vendor.connections(), 0, "after a refusal");
    browser.run("consentry.set({ advertising: true })");
    let connected = || (edge.vendor.connections() > 0).then_some(());
    wait_for("a connection to the vendor", Duration::from_secs(10), connected);
    edge.assert_no_hits();
}
