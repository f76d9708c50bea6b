//! What the law of the visitor's place makes of a visit: where things run until they are refused, where a notice is enough, and
//! what happens to a choice once the policy it was about has changed.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::browser::{ACCEPT, DIALOG, FORM, LAYER, LINK, OPEN, REJECT, STATUS};
use crate::support::edge::texts;
use crate::support::{Browser, Edge, Engine, Setup, journeys, settle, wait_for};

journeys! {
    first_visit_in_california_runs_everything_and_says_how_to_refuse on chromium firefox webkit;
    link_in_california_has_its_name_and_the_opt_out_icon on chromium firefox webkit;
    preferences_in_california_tell_how_not_to_be_sold_or_shared on chromium firefox webkit;
    refusal_in_california_ends_what_ran_and_is_recorded_with_its_law on chromium firefox webkit;
    signal_in_california_lets_nothing_run_and_is_said_to_be_honoured on chromium firefox;
    visit_where_a_notice_is_enough_is_not_asked_and_can_refuse on chromium firefox webkit;
    signal_where_a_notice_is_enough_lets_nothing_run on chromium firefox;
    policy_with_other_words_asks_nobody_again on chromium firefox webkit;
    policy_with_a_new_service_asks_again_and_names_it on chromium firefox webkit;
    policy_with_a_new_service_does_not_ask_who_has_refused on chromium firefox;
    policy_with_a_new_service_leaves_what_ran_in_california_and_asks on chromium firefox;
}

/// Things run until they are refused, and the link has a name by law.
const CALIFORNIA: &str = "US-CA";
/// A notice is enough.
const WYOMING: &str = "US-WY";

/// What the home page loads once it may.
const ALL: [&str; 4] = ["/mixpanel/", "/video/embed", "/gtag/js", "/pixel.gif"];

/// Parts of the preferences, in the dialog and on the page alike.
const SELL: &str = "#consentry [data-cy=sell]";
const CHANGED: &str = "#consentry [data-cy=changed]";

fn word(key: &str) -> String {
    texts("en")[key].as_str().unwrap_or_else(|| panic!("no text {key}")).to_owned()
}

/// What something says, whether it is to be seen or not.
fn content(browser: &Browser, css: &str) -> String {
    let said = browser.run(&format!("return document.querySelector({css:?}).textContent.trim()"));
    said.as_str().expect("a text").to_owned()
}

/// Whether each switch of the preferences is on, those of categories and services alike.
fn switches(browser: &Browser) -> Value {
    browser.run(&format!(
        "return [...document.querySelectorAll('{FORM} [role=switch]')].map((one) => one.checked)"
    ))
}

/// Loads another page once what this one had begun has ended. Nobody may be asked by it.
fn assert_nothing_runs_on_the_next_page(edge: &Edge, browser: &Browser) {
    browser.goto("about:blank");
    settle();
    edge.vendor.reset();
    browser.visit(&edge.url("/"));
    assert!(!browser.shows(LAYER) && browser.shows(LINK));
    edge.assert_no_hits();
    assert_eq!(browser.run("return consentry.get('functional') || consentry.get('advertising')"), false);
}

fn assert_made_in(row: &Value, place: &str, model: &str) {
    assert_eq!((&row["jurisdiction"], &row["model"]), (&json!(place), &json!(model)), "{row}");
}

fn first_visit_in_california_runs_everything_and_says_how_to_refuse(engine: Engine) {
    let edge = Edge::start_in(CALIFORNIA);
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.wait_for(LAYER);
    edge.wait_for_hits(&ALL);
    assert_eq!(browser.run("return consentry.get('functional') && consentry.get('advertising')"), true);
    assert!(browser.shows(ACCEPT) && browser.shows(REJECT) && browser.shows(OPEN));
    let said = browser.text(&format!("{LAYER} p"));
    assert!(said.starts_with(&word("body_opt_out")), "{said}");
    assert!(!browser.shows(STATUS), "there is no signal");
    // Nobody has said anything yet: that things run is no choice.
    assert_eq!(browser.choice(), None);
    browser.visit(&edge.url("/kit.html"));
    browser.wait_for(LAYER);
    edge.wait_for_records(0);
    browser.assert_no_trouble();
}

fn link_in_california_has_its_name_and_the_opt_out_icon(engine: Engine) {
    let edge = Edge::start_in(CALIFORNIA);
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.click(REJECT);
    browser.wait_for(LINK);
    assert_eq!(browser.text(LINK), "Your Privacy Choices");
    // 11 CCR §7015(b): the link under this name has the icon beside it, however it is drawn.
    let icon = format!(
        "const link = document.querySelector({LINK:?});
         const painted = (part) => {{
           const style = getComputedStyle(link, part);
           return [style.content, style.backgroundImage, style.maskImage || style.webkitMaskImage].some((image) => /url\\(/.test(image));
         }};
         return !!link.querySelector('svg, img')?.getBoundingClientRect().width || [null, '::before', '::after'].some(painted)"
    );
    assert_eq!(browser.run(&icon), true, "the link has no icon");
    browser.open_preferences(LINK);
    browser.assert_no_trouble();
}

fn preferences_in_california_tell_how_not_to_be_sold_or_shared(engine: Engine) {
    let edge = Edge::start_in(CALIFORNIA);
    let browser = Browser::start(engine);
    let panel = |browser: &Browser| {
        assert_eq!(browser.text(&format!("{SELL} h3")), word("do_not_sell"));
        assert_eq!(browser.text(&format!("{SELL} p")), word("do_not_sell_body"));
        let switches = switches(browser);
        assert!(switches.as_array().is_some_and(|all| all.iter().all(|on| on == true)), "{switches}");
    };
    browser.visit(&edge.url("/"));
    browser.wait_until_hydrated();
    browser.open_preferences(OPEN);
    panel(&browser);
    browser.goto(&edge.url("/_c/demo/preferences"));
    panel(&browser);
    // As the panel says: advertising off, and saved.
    browser.visit(&edge.url("/"));
    browser.wait_until_hydrated();
    browser.switch_over(OPEN, "category", "advertising");
    browser.wait_until_recorded();
    let row = edge.only_record();
    assert_eq!(row["categories"], json!({ "required": true, "functional": true, "advertising": false }));
    assert_made_in(&row, CALIFORNIA, "opt_out");
    browser.goto("about:blank");
    settle();
    edge.vendor.reset();
    browser.visit(&edge.url("/"));
    edge.wait_for_hits(&["/mixpanel/", "/video/embed"]);
    settle();
    assert_eq!((edge.vendor.count_for("/gtag/js"), edge.vendor.count_for("/pixel.gif")), (0, 0));
    browser.assert_no_trouble();
}

fn refusal_in_california_ends_what_ran_and_is_recorded_with_its_law(engine: Engine) {
    let edge = Edge::start_in(CALIFORNIA);
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    edge.wait_for_hits(&ALL);
    browser.click(REJECT);
    browser.wait_without(LAYER);
    assert!(browser.wait_until_recorded().is_refusal());
    let row = edge.only_record();
    assert_eq!((&row["action"], &row["source"]), (&json!("reject_all"), &json!("banner")));
    assert_eq!(row["categories"], json!({ "required": true, "functional": false, "advertising": false }));
    assert_made_in(&row, CALIFORNIA, "opt_out");
    assert_nothing_runs_on_the_next_page(&edge, &browser);
    edge.wait_for_records(1);
    browser.assert_no_trouble();
}

fn signal_in_california_lets_nothing_run_and_is_said_to_be_honoured(engine: Engine) {
    let row = signalled(engine, CALIFORNIA, "Your Privacy Choices");
    assert_made_in(&row, CALIFORNIA, "opt_out");
}

/// A visit with Global Privacy Control to where things would run without it; its record.
fn signalled(engine: Engine, place: &str, link: &str) -> Value {
    let edge = Edge::start_in(place);
    let browser = Browser::with(engine, Setup { gpc: true, ..Setup::default() });
    browser.visit(&edge.url("/"));
    browser.wait_for(STATUS);
    assert_eq!(browser.text(&format!("{STATUS} strong")), word("honoured_title"));
    assert_eq!(browser.text(&format!("{STATUS} p")), word("honoured_body"));
    assert!(!browser.shows(LAYER));
    assert_eq!(browser.text(LINK), link);
    browser.wait_until_recorded();
    browser.visit(&edge.url("/kit.html"));
    browser.wait_for(STATUS);
    edge.assert_no_hits();
    browser.open_preferences(LINK);
    assert!(browser.text("#consentry [data-cy=signal-heard]").contains("Global Privacy Control"));
    let on = switches(&browser);
    let on = on.as_array().expect("switches").iter().filter(|on| *on == &json!(true)).count();
    assert_eq!(on, 1, "what is required, and nothing else");
    browser.assert_no_trouble();
    let row = edge.only_record();
    assert_eq!((&row["action"], &row["source"]), (&json!("signal"), &json!("gpc")));
    assert_eq!(row["categories"], json!({ "required": true, "functional": false, "advertising": false }));
    row
}

fn visit_where_a_notice_is_enough_is_not_asked_and_can_refuse(engine: Engine) {
    let edge = Edge::start_in(WYOMING);
    let browser = Browser::start(engine);
    for path in ["/", "/kit.html"] {
        edge.vendor.reset();
        browser.visit(&edge.url(path));
        edge.wait_for_hits(&ALL);
        settle();
        assert!(!browser.shows(LAYER) && !browser.shows(STATUS), "{path}");
        assert_eq!(browser.text(LINK), word("link"), "{path}");
    }
    assert_eq!(browser.choice(), None);
    edge.wait_for_records(0);
    browser.open_preferences(LINK);
    assert!(!browser.shows(SELL), "no law here asks for it");
    let on = switches(&browser);
    assert!(on.as_array().is_some_and(|all| all.len() > 3 && all.iter().all(|on| on == true)), "{on}");
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    assert!(browser.wait_until_recorded().is_refusal());
    let row = edge.only_record();
    assert_eq!((&row["action"], &row["source"]), (&json!("reject_all"), &json!("preferences")));
    assert_made_in(&row, WYOMING, "notice");
    assert_nothing_runs_on_the_next_page(&edge, &browser);
    browser.assert_no_trouble();
}

fn signal_where_a_notice_is_enough_lets_nothing_run(engine: Engine) {
    let row = signalled(engine, WYOMING, &word("link"));
    assert_made_in(&row, WYOMING, "notice");
}

/// A title of the site's own, and where the gate has it.
const TITLE: &str = "Crumbs and cookies";
/// Nobody had heard of it when they chose.
const NEWCOMER: &str = r#"
[[services]]
id = "newcomer"
name = "Newcomer Adverts"
category = "advertising"
controller = "Newcomer Ltd"
description.en = "Shows advertisements."
"#;

fn with_title(policy: &str) -> String {
    format!("{policy}\n[texts.en]\ntitle = \"{TITLE}\"\n")
}

/// Publishes another policy, and has the browser take it as it would once what it keeps of the gate is too old.
fn publish_and_take(edge: &Edge, browser: &Browser, mark: &str, change: impl FnOnce(String) -> String) {
    edge.publish_changed(change);
    wait_for(&format!("a gate with {mark}"), Duration::from_secs(20), || {
        let script = format!(
            "const gate = await fetch('/_c/demo.js', {{ cache: 'reload' }}); return (await gate.text()).includes({mark:?})"
        );
        (browser.run_async(&script) == json!(true)).then_some(())
    });
    // What this page had begun is not of interest any more.
    browser.goto("about:blank");
    settle();
    edge.vendor.reset();
}

/// A site in this place, and who has answered there.
fn answered(engine: Engine, place: &str, answer: &str) -> (Edge, Browser) {
    let edge = Edge::start_in(place);
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.click(answer);
    browser.wait_without(LAYER);
    browser.wait_until_recorded();
    (edge, browser)
}

fn policy_with_other_words_asks_nobody_again(engine: Engine) {
    let (edge, browser) = answered(engine, "DE", ACCEPT);
    publish_and_take(&edge, &browser, TITLE, |policy| with_title(&policy));
    browser.visit(&edge.url("/"));
    assert_eq!(content(&browser, &format!("{LAYER} h2")), TITLE, "the new policy is here");
    edge.wait_for_hits(&ALL);
    settle();
    assert!(!browser.shows(LAYER));
    browser.open_preferences(LINK);
    assert!(!browser.shows(CHANGED), "nothing that matters has changed");
    edge.wait_for_records(1);
    browser.assert_no_trouble();
}

fn policy_with_a_new_service_asks_again_and_names_it(engine: Engine) {
    let (edge, browser) = answered(engine, "DE", ACCEPT);
    publish_and_take(&edge, &browser, "newcomer", |policy| with_title(&(policy + NEWCOMER)));
    browser.visit(&edge.url("/"));
    browser.wait_for(LAYER);
    assert_eq!(browser.text(&format!("{LAYER} strong")), word("ask_again"));
    edge.assert_no_hits();
    let named = "New: Newcomer Adverts";
    browser.wait_until_hydrated();
    browser.open_preferences(OPEN);
    browser.wait_for(CHANGED);
    assert_eq!(browser.text(&format!("{CHANGED} h3")), word("changed_title"));
    assert_eq!(browser.text(&format!("{CHANGED} ul")), named);
    browser.click(&format!("{DIALOG} .cy-close"));
    browser.wait_without(FORM);
    // The page that needs no script says the same.
    browser.goto(&edge.url("/_c/demo/preferences"));
    assert_eq!(browser.text(&format!("{CHANGED} ul")), named);
    browser.visit(&edge.url("/"));
    browser.click(ACCEPT);
    browser.wait_without(LAYER);
    edge.wait_for_hits(&ALL);
    browser.wait_until_recorded();
    let rows = edge.wait_for_records(2);
    assert_eq!(rows[1]["previous_record_id"], rows[0]["record_id"]);
    assert!(rows[1]["policy_version"].as_u64() > rows[0]["policy_version"].as_u64(), "{rows:#?}");
    browser.open_preferences(LINK);
    assert!(!browser.shows(CHANGED), "they have been told");
    browser.visit(&edge.url("/"));
    settle();
    assert!(!browser.shows(LAYER));
    browser.assert_no_trouble();
}

fn policy_with_a_new_service_does_not_ask_who_has_refused(engine: Engine) {
    let (edge, browser) = answered(engine, "DE", REJECT);
    publish_and_take(&edge, &browser, "newcomer", |policy| policy + NEWCOMER);
    browser.visit(&edge.url("/"));
    assert_eq!(browser.run("return consentry.get('newcomer')"), false, "the new policy is here");
    edge.assert_no_hits();
    assert!(!browser.shows(LAYER) && browser.shows(LINK));
    // Whoever looks is told all the same.
    browser.open_preferences(LINK);
    browser.wait_for(CHANGED);
    assert!(browser.text(CHANGED).contains("New: Newcomer Adverts"));
    edge.wait_for_records(1);
    browser.assert_no_trouble();
}

fn policy_with_a_new_service_leaves_what_ran_in_california_and_asks(engine: Engine) {
    let (edge, browser) = answered(engine, CALIFORNIA, ACCEPT);
    publish_and_take(&edge, &browser, "newcomer", |policy| policy + NEWCOMER);
    browser.visit(&edge.url("/"));
    browser.wait_for(LAYER);
    let said = browser.text(&format!("{LAYER} p"));
    assert!(said.starts_with(&word("ask_again")) && said.contains(&word("body_opt_out")), "{said}");
    edge.wait_for_hits(&ALL);
    browser.click(REJECT);
    browser.wait_without(LAYER);
    browser.wait_until_recorded();
    let rows = edge.wait_for_records(2);
    assert_made_in(&rows[1], CALIFORNIA, "opt_out");
    assert_nothing_runs_on_the_next_page(&edge, &browser);
    browser.assert_no_trouble();
}
