//! The preferences and what leads to them for who does not see them or has no mouse: what the browser tells assistive technology,
//! and the way the Tab key goes. Run with `--nocapture`, each test prints the accessibility tree as it was.

use std::fmt;

use serde_json::{Value, json};

use crate::support::browser::{ACCEPT, DIALOG, FORM, LAYER, LINK, OPEN, REJECT};
use crate::support::edge::texts;
use crate::support::keyboard::{ENTER, ESCAPE, TAB, assert_in_order_and_in_sight, focus, round};
use crate::support::{Browser, Edge, Engine, Setup, journeys};

journeys! {
    first_layer_is_told_as_a_named_region_with_its_buttons on chromium;
    preferences_are_told_as_a_modal_dialog_with_named_switches on chromium;
    preferences_page_is_told_with_its_landmark_headings_and_switches on chromium;
    placeholders_are_told_as_groups_and_buttons_that_name_the_service on chromium;
    messages_are_told_as_statuses_that_were_there_before on chromium;
    keyboard_goes_through_the_preferences_as_they_are_read on chromium firefox;
    keyboard_goes_through_the_preferences_page_without_javascript on chromium;
    keyboard_element_by_element_leads_into_the_preferences_and_back on webkit;
}

/// What stands in the place of a film.
const FILM: &str = ".consentry-embed:has(+ #film)";
/// States worth telling; the others are on nearly everything.
const STATES: [&str; 7] = ["modal", "focused", "checked", "disabled", "expanded", "level", "live"];

/// One thing that assistive technology is told of.
#[derive(Debug)]
struct Node {
    role: String,
    name: String,
    /// Such as `checked=true` or `level=2`.
    states: Vec<String>,
    depth: usize,
}

impl Node {
    fn is(&self, state: &str) -> bool {
        self.states.iter().any(|known| known == state)
    }
}

/// What assistive technology is told, in reading order.
struct Tree(Vec<Node>);

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Node { role, name, states, depth } in &self.0 {
            writeln!(f, "{:indent$}{role} {name:?} {}", "", states.join(" "), indent = 2 * depth)?;
        }
        Ok(())
    }
}

impl Tree {
    /// Everything from this element on down.
    fn below(browser: &Browser, css: &str) -> Self {
        let document = browser.devtools("DOM.getDocument", json!({ "depth": 0 }));
        let wanted = json!({ "nodeId": document["root"]["nodeId"], "selector": css });
        let element = browser.devtools("DOM.querySelector", wanted);
        let element = browser.devtools("DOM.describeNode", json!({ "nodeId": element["nodeId"] }));
        Self::from(browser, css, |node| node["backendDOMNodeId"] == element["node"]["backendNodeId"])
    }

    /// The whole page.
    fn of_page(browser: &Browser) -> Self {
        Self::from(browser, "the page", |node| node["parentId"].is_null())
    }

    fn from(browser: &Browser, what: &str, is_first: impl Fn(&Value) -> bool) -> Self {
        let all = browser.devtools("Accessibility.getFullAXTree", json!({}));
        let all = all["nodes"].as_array().expect("nodes");
        let first = all.iter().find(|node| is_first(node));
        let mut tree = Self(Vec::new());
        tree.add(all, first.unwrap_or_else(|| panic!("{what} is not in the tree")), 0, "");
        println!("{what}\n{tree}");
        tree
    }

    fn add(&mut self, all: &[Value], node: &Value, depth: usize, around: &str) {
        let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
        let (role, name) = (text(&node["role"]), text(&node["name"]));
        // The words of a button are its name already.
        let told = node["ignored"] != true
            && role != "InlineTextBox"
            && !(role == "StaticText" && (name == around || name.trim().is_empty()));
        let (below, around) = if told { (depth + 1, name.clone()) } else { (depth, around.to_owned()) };
        if told {
            let states = node["properties"].as_array().into_iter().flatten();
            let states = states.filter(|state| STATES.contains(&state["name"].as_str().unwrap_or_default()));
            let states = states.map(|state| {
                let value = &state["value"]["value"];
                let value = value.as_str().map_or_else(|| value.to_string(), Into::into);
                format!("{}={value}", state["name"].as_str().unwrap_or_default())
            });
            self.0.push(Node { role, name, states: states.collect(), depth });
        }
        for id in node["childIds"].as_array().into_iter().flatten() {
            if let Some(child) = all.iter().find(|child| &child["nodeId"] == id) {
                self.add(all, child, below, &around);
            }
        }
    }

    /// The only thing of this role and name.
    fn one(&self, role: &str, name: &str) -> &Node {
        let found: Vec<&Node> = self.0.iter().filter(|node| node.role == role && node.name == name).collect();
        assert_eq!(found.len(), 1, "{role} {name:?} in\n{self}");
        found[0]
    }

    /// The names of everything with this role.
    fn names(&self, role: &str) -> Vec<&str> {
        self.0.iter().filter(|node| node.role == role).map(|node| node.name.as_str()).collect()
    }

    /// Every switch: its name, whether it is on, whether it can be changed.
    fn switches(&self) -> Vec<(&str, bool, bool)> {
        let switches = self.0.iter().filter(|node| node.role == "switch");
        switches
            .map(|node| (node.name.as_str(), node.is("checked=true"), !node.is("disabled=true")))
            .collect()
    }

    /// Fails if anything that can be operated has no name.
    fn assert_named(&self) {
        let operated =
            ["button", "link", "switch", "textbox", "searchbox", "DisclosureTriangle", "dialog", "region"];
        for node in &self.0 {
            assert!(!operated.contains(&node.role.as_str()) || !node.name.trim().is_empty(), "{self}");
        }
    }
}

fn word(name: &str) -> String {
    texts("en")[name].as_str().expect("a text").to_owned()
}

fn words<const N: usize>(names: [&str; N]) -> [String; N] {
    names.map(word)
}

fn first_layer_is_told_as_a_named_region_with_its_buttons(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/keyboard.html"));
    browser.wait_for(LAYER);
    browser.wait_until_hydrated();
    let tree = Tree::below(&browser, "#consentry");
    tree.assert_named();
    assert_eq!((tree.0[0].role.as_str(), tree.0[0].name.as_str()), ("complementary", &*word("link")));
    tree.one("region", &word("title"));
    assert!(tree.one("heading", &word("title")).is("level=2"));
    assert_eq!(tree.names("link"), words(["privacy_notice"]), "the link to the preferences comes afterwards");
    assert_eq!(tree.names("button"), words(["reject_all", "accept_all", "preferences"]));
    assert!(tree.names("dialog").is_empty(), "it holds nobody up");
    assert_eq!(browser.run("return document.activeElement === document.body"), true, "nor takes the focus");
    // Read before the page, where everybody meets it.
    let page = Tree::of_page(&browser);
    let position = |role: &str| page.0.iter().position(|node| node.role == role);
    assert!(position("complementary") < position("navigation"), "{page}");
}

/// The demo's switches, those of the required category first, with the two other categories like this.
fn demo(functional: bool, advertising: bool) -> Vec<(&'static str, bool, bool)> {
    let (required, mixpanel) = (("Required", true, false), ("Mixpanel", functional, true));
    let (video, tag, pixel) = ("Video player", "Google tag", "Ad pixel");
    let categories = (("Functional", functional, true), ("Advertising", advertising, true));
    let rest = [(tag, advertising, true), (pixel, advertising, true)];
    [required, categories.0, mixpanel, (video, functional, true), categories.1]
        .into_iter()
        .chain(rest)
        .collect()
}

fn preferences_are_told_as_a_modal_dialog_with_named_switches(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/keyboard.html"));
    browser.wait_for(LAYER);
    browser.wait_until_hydrated();
    browser.open_preferences(OPEN);
    let tree = Tree::below(&browser, DIALOG);
    tree.assert_named();
    assert_eq!((tree.0[0].role.as_str(), tree.0[0].name.as_str()), ("dialog", &*word("link")));
    assert!(tree.0[0].is("modal=true"), "{tree}");
    let heading = tree.one("heading", &word("link"));
    assert!(heading.is("focused=true") && heading.is("level=2"), "{tree}");
    assert_eq!(tree.switches(), demo(false, false));
    for category in ["required_name", "functional_name", "advertising_name"] {
        assert!(tree.one("heading", &word(category)).is("level=3"), "{tree}");
    }
    // Why it cannot be changed is said in words.
    tree.one("StaticText", &word("required_reason"));
    for service in ["Mixpanel", "Video player", "Google tag", "Ad pixel"] {
        assert!(tree.one("DisclosureTriangle", service).is("expanded=false"), "{tree}");
    }
    let buttons = tree.names("button");
    assert_eq!(buttons.first(), Some(&word("close").as_str()), "{tree}");
    assert!(buttons.ends_with(&words(["reject_all", "save", "accept_all"]).each_ref().map(|name| &**name)));
    // There is nothing beside it while it is open.
    let page = Tree::of_page(&browser);
    assert!(page.names("navigation").is_empty() && page.names("region").len() <= 2, "{page}");

    browser.click(&format!("{FORM} label:has([name=category][value=functional])"));
    browser.click(&format!("{FORM} summary:has(+ p)"));
    let tree = Tree::below(&browser, DIALOG);
    assert_eq!(tree.switches(), demo(true, false), "the services follow their category");
    assert!(tree.0.iter().any(|node| node.is("expanded=true")), "{tree}");
}

fn preferences_page_is_told_with_its_landmark_headings_and_switches(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::with(engine, Setup { no_script: true, ..Setup::default() });
    let page = edge.url("/_c/demo/preferences?return=%2F");
    browser.goto(&page);
    browser.wait_for(FORM);
    let tree = Tree::of_page(&browser);
    tree.assert_named();
    assert_eq!(tree.names("main").len(), 1, "{tree}");
    assert!(tree.one("heading", "Tarn & Ember Ltd").is("level=1"));
    assert!(tree.one("heading", &word("centre_title")).is("level=2"));
    assert_eq!(tree.0[0].name, word("centre_title"), "the title of the document");
    assert_eq!(tree.switches(), demo(false, false));
    assert_eq!(tree.names("button"), words(["reject_all", "save", "accept_all"]));
    tree.one("link", &word("back"));
    browser.click(&format!("{FORM} button[value=accept_all]"));
    browser.wait_for(".cy-saved");
    let tree = Tree::of_page(&browser);
    assert_eq!(tree.switches(), demo(true, true));
    assert!(tree.0.iter().any(|node| node.role == "status" && node.is("live=polite")), "{tree}");
    tree.one("StaticText", &word("saved"));
}

fn placeholders_are_told_as_groups_and_buttons_that_name_the_service(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/embeds.html"));
    browser.click(REJECT);
    browser.wait_for(FILM);
    let service = "Video player";
    let tree = Tree::below(&browser, FILM);
    tree.assert_named();
    let title = word("embed_title").replace("{service}", service);
    assert_eq!((tree.0[0].role.as_str(), tree.0[0].name.as_str()), ("group", &*title));
    let [once, always] = words(["embed_once", "embed_always"]).map(|text| text.replace("{service}", service));
    let buttons = tree.names("button");
    assert_eq!(buttons.len(), 2, "{tree}");
    // What is seen on a button is part of its name, so that it can be said to a computer.
    assert!(buttons[0].contains(&once) && buttons[1].contains(&always), "{tree}");
    // In a list of all buttons of the page it says whose content it is about.
    assert!(buttons.iter().all(|name| name.contains(service)), "{tree}");
}

fn messages_are_told_as_statuses_that_were_there_before(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/keyboard.html"));
    browser.wait_for(LAYER);
    browser.wait_until_hydrated();
    // An element that arrives together with its words is not read out everywhere.
    browser.run("window.before = document.querySelector('#consentry > output')");
    browser.click(ACCEPT);
    browser.wait_until("it says so", "return before.isConnected && before.textContent.length > 0");
    let tree = Tree::below(&browser, "#consentry");
    tree.assert_named();
    assert!(tree.0.iter().any(|node| node.role == "status" && node.is("live=polite")), "{tree}");
    tree.one("StaticText", &word("saved"));
    assert_eq!(tree.names("link"), words(["link"]), "what is always there");
    assert_eq!(
        browser.run(&format!("return document.activeElement === document.querySelector('{LINK}')")),
        true
    );

    let browser = Browser::with(engine, Setup { gpc: true, ..Setup::default() });
    browser.visit(&edge.url("/keyboard.html"));
    browser.wait_for(LINK);
    let tree = Tree::below(&browser, "#consentry");
    let status = tree.0.iter().position(|node| node.role == "status").expect("a status");
    let said: Vec<&str> = tree.0[status..].iter().map(|node| node.name.as_str()).collect();
    for name in ["honoured_title", "honoured_body"] {
        assert!(said.contains(&word(name).as_str()), "{tree}");
    }
}

fn keyboard_goes_through_the_preferences_as_they_are_read(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    // Of a phone, and of a window zoomed in to 200 %; only one of the engines can be told.
    let sizes: &[(u32, u32)] =
        if engine == Engine::Chromium { &[(320, 720), (640, 450), (1280, 800)] } else { &[(1280, 900)] };
    for (width, height) in sizes {
        if engine == Engine::Chromium {
            browser.resize(*width, *height);
        }
        browser.visit(&edge.url("/keyboard.html"));
        browser.wait_for(LAYER);
        browser.wait_until_hydrated();
        browser.press(OPEN, ENTER);
        browser.wait_for(FORM);
        let what = format!("{width}x{height}");
        let stops = round(&browser, || browser.key(TAB));
        assert!(stops.len() > 15, "{what}: {stops:#?}");
        assert!(stops.iter().all(|stop| stop.dialog), "{what}: {stops:#?}");
        assert_in_order_and_in_sight(&stops, &what);
        let last = stops.iter().rev().take(3).map(|stop| stop.what.as_str()).collect::<Vec<_>>();
        let answers = words(["accept_all", "save", "reject_all"]).map(|answer| format!("button {answer}"));
        assert_eq!(last, answers, "{what}");
        if engine == Engine::Firefox {
            // Without a window it does not come back from its own controls.
            browser.click("#consentry dialog h2");
        }
        browser.key(ESCAPE);
        browser.wait_without(FORM);
        assert!(browser.shows(LAYER) && focus(&browser).starts_with("action:open"), "{what}");
        assert_eq!(browser.choice(), None, "{what}");
    }
    edge.wait_for_records(0);
    edge.assert_no_hits();
    browser.assert_no_trouble();
}

fn keyboard_goes_through_the_preferences_page_without_javascript(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::with(engine, Setup { no_script: true, ..Setup::default() });
    for (width, height) in [(320, 720), (640, 450), (1280, 800)] {
        browser.resize(width, height);
        browser.goto(&edge.url("/_c/demo/preferences?return=%2F"));
        browser.wait_for(FORM);
        let what = format!("{width}x{height}");
        let stops = round(&browser, || browser.key(TAB));
        assert!(stops.len() > 15, "{what}: {stops:#?}");
        assert_in_order_and_in_sight(&stops, &what);
        let last = stops.iter().rev().take(4).map(|stop| stop.what.as_str()).collect::<Vec<_>>();
        let [back, answers @ ..] = words(["back", "accept_all", "save", "reject_all"]);
        let answers = answers.map(|answer| format!("button {answer}"));
        assert_eq!(last, [vec![format!("a {back}")], answers.into()].concat(), "{what}");
    }
    browser.press(&format!("{FORM} button[value=reject_all]"), ENTER);
    browser.wait_for(".cy-saved");
    assert!(browser.wait_until_recorded().is_refusal());
    assert_eq!(edge.only_record()["action"], "reject_all");
}

/// In WebKitGTK under a display nobody sees, keys reach the page only by way of an element.
fn keyboard_element_by_element_leads_into_the_preferences_and_back(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/keyboard.html"));
    browser.wait_for(LAYER);
    browser.wait_until_hydrated();
    browser.run(&format!("document.querySelector('{REJECT}').focus()"));
    let go_on = || {
        browser.run("document.activeElement.dataset.at = ''");
        browser.press("[data-at]", TAB);
        browser.run("document.querySelector('[data-at]').removeAttribute('data-at')");
    };
    go_on();
    assert!(focus(&browser).starts_with("action:accept"), "{}", focus(&browser));
    go_on();
    assert!(focus(&browser).starts_with("action:open"), "{}", focus(&browser));
    browser.press(OPEN, ENTER);
    browser.wait_for(FORM);
    let stops = round(&browser, go_on);
    assert!(stops.len() > 15 && stops.iter().all(|stop| stop.dialog), "{stops:#?}");
    assert_in_order_and_in_sight(&stops, "1280");
    browser.press("#consentry dialog [tabindex='-1']", ESCAPE);
    browser.wait_without(FORM);
    assert!(browser.shows(LAYER) && focus(&browser).starts_with("action:open"), "{}", focus(&browser));
    assert_eq!(browser.choice(), None);
    edge.wait_for_records(0);
}
