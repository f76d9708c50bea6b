//! Single services: one is refused inside a category that is granted, or granted alone, and stays so on the next page, in the
//! reopened preferences and in the log; and the site's own links beside them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::records::agent;
use crate::support::browser::{ACCEPT, FORM, LAYER, LINK, OPEN};
use crate::support::edge::texts;
use crate::support::{Browser, Edge, Engine, Setup, journeys, settle, wait_for};

journeys! {
    service_switched_off_is_not_asked_while_others_of_its_category_are on chromium firefox webkit;
    service_switched_on_alone_runs_alone on chromium firefox webkit;
    last_service_switched_off_refuses_its_category on chromium firefox webkit;
    service_switched_off_without_javascript_is_refused on chromium firefox;
    links_of_the_site_follow_those_of_the_industry_in_the_dialog on chromium firefox webkit;
    links_of_the_site_follow_those_of_the_industry_without_javascript on chromium firefox;
}

fn switch(name: &str, id: &str) -> String {
    format!("{FORM} [name={name}][value={id}]")
}

/// Presses a switch by what belongs to it, as a pointer does.
fn turn(browser: &Browser, name: &str, id: &str) {
    browser.click(&format!("{FORM} label:has([name={name}][value={id}])"));
}

fn save(browser: &Browser) {
    browser.click(&format!("{FORM} button[value=save]"));
    browser.wait_without(FORM);
}

/// Which of these switches are on: `category advertising` is how one is named.
fn on(browser: &Browser, switches: &[&str]) -> Vec<bool> {
    let on = switches.iter().map(|one| {
        let (name, id) = one.split_once(' ').expect("a name and an identifier");
        let css = switch(name, id);
        browser.run(&format!("return document.querySelector({css:?}).checked")) == json!(true)
    });
    on.collect()
}

/// Loads another page once what this one had begun has ended, and waits until the vendors were asked for `some`; `none` must
/// not be among it.
fn assert_next_page_asks(edge: &Edge, browser: &Browser, some: &[&str], none: &[&str]) {
    browser.goto("about:blank");
    settle();
    edge.vendor.reset();
    browser.visit(&edge.url("/kit.html"));
    edge.wait_for_hits(some);
    settle();
    for path in none {
        assert_eq!(edge.vendor.count_for(path), 0, "{path}");
    }
    assert!(!browser.shows(LAYER));
}

fn service_switched_off_is_not_asked_while_others_of_its_category_are(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.click(ACCEPT);
    browser.wait_without(LAYER);
    edge.wait_for_hits(&["/gtag/js", "/pixel.gif"]);
    let first = browser.wait_until_recorded();
    browser.open_preferences(LINK);
    turn(&browser, "service", "ad_pixel");
    save(&browser);
    let saved = texts("en")["saved"].clone();
    browser.wait_until(
        "it is said, in a place that is read out",
        &format!("const said = document.querySelector('#consentry > output'); return said.getAttribute('role') == 'status' && said.textContent == {saved}"),
    );
    let second = browser.wait_until_recorded();
    assert_eq!(second.previous, Some(first.record));
    let rows = edge.wait_for_records(2);
    assert_eq!((&rows[1]["action"], &rows[1]["source"]), (&json!("save"), &json!("preferences")));
    assert_eq!(rows[1]["categories"], json!({ "required": true, "functional": true, "advertising": true }));
    assert_eq!(rows[1]["denied_services"], json!(["ad_pixel"]));
    assert_next_page_asks(&edge, &browser, &["/gtag/js", "/mixpanel/", "/video/embed"], &["/pixel.gif"]);
    assert_eq!(
        browser.run("return [consentry.get('google_tag'), consentry.get('ad_pixel')]"),
        json!([true, false])
    );
    browser.open_preferences(LINK);
    let stand = on(&browser, &["category advertising", "service google_tag", "service ad_pixel"]);
    assert_eq!(stand, [true, true, false]);
    // Saved as it is, nothing is different.
    save(&browser);
    browser.wait_until_recorded();
    assert_eq!(edge.wait_for_records(3)[2]["denied_services"], json!(["ad_pixel"]));
    assert_next_page_asks(&edge, &browser, &["/gtag/js"], &["/pixel.gif"]);
    browser.assert_no_trouble();
}

fn service_switched_on_alone_runs_alone(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.wait_for(LAYER);
    browser.wait_until_hydrated();
    browser.open_preferences(OPEN);
    turn(&browser, "service", "mixpanel");
    let stand = on(&browser, &["category functional", "service mixpanel", "service video_embed"]);
    assert_eq!(stand, [true, true, false], "the category goes with its service");
    save(&browser);
    edge.wait_for_hits(&["/mixpanel/"]);
    browser.wait_until_recorded();
    let row = edge.only_record();
    assert_eq!(row["categories"], json!({ "required": true, "functional": true, "advertising": false }));
    assert_eq!(row["denied_services"], json!(["video_embed"]));
    let others = ["/video/embed", "/gtag/js", "/pixel.gif"];
    for path in others {
        assert_eq!(edge.vendor.count_for(path), 0, "{path}");
    }
    assert_next_page_asks(&edge, &browser, &["/mixpanel/"], &others);
    browser.assert_no_trouble();
}

fn last_service_switched_off_refuses_its_category(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.click(ACCEPT);
    browser.wait_without(LAYER);
    browser.wait_until_recorded();
    browser.open_preferences(LINK);
    turn(&browser, "service", "google_tag");
    assert_eq!(on(&browser, &["category advertising"]), [true], "one of two is left");
    turn(&browser, "service", "ad_pixel");
    assert_eq!(on(&browser, &["category advertising"]), [false]);
    save(&browser);
    browser.wait_until_recorded();
    let row = &edge.wait_for_records(2)[1];
    assert_eq!(row["categories"], json!({ "required": true, "functional": true, "advertising": false }));
    assert_eq!(row["denied_services"], Value::Null, "the category says it");
    assert_next_page_asks(&edge, &browser, &["/mixpanel/", "/video/embed"], &["/gtag/js", "/pixel.gif"]);
    browser.assert_no_trouble();
}

fn service_switched_off_without_javascript_is_refused(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::with(engine, Setup { no_script: true, ..Setup::default() });
    browser.goto(&edge.url("/_c/demo/preferences"));
    turn(&browser, "service", "google_tag");
    browser.click(&format!("{FORM} button[value=save]"));
    browser.wait_for(".cy-saved");
    assert_eq!(browser.text(".cy-saved"), texts("en")["saved"].as_str().expect("a text"));
    let row = edge.only_record();
    assert_eq!((&row["action"], &row["source"]), (&json!("save"), &json!("form")));
    assert_eq!(row["categories"], json!({ "required": true, "functional": false, "advertising": true }));
    assert_eq!(row["denied_services"], json!(["ad_pixel"]));
    for (id, stands) in [("google_tag", true), ("ad_pixel", false)] {
        let css = format!("{}{}", switch("service", id), if stands { ":checked" } else { ":not(:checked)" });
        assert!(browser.shows(&css), "{css}");
    }
}

/// A link that the demo policy does not have, after the one it has.
const OWN_LINK: &str = "\n[[links]]\ntext = \"Our register of partners\"\nurl = \"https://partners.example/opt-out?site=demo&lang=en\"\n";

/// What leads out, in the order it is offered in.
const OFFERED: [(&str, &str); 5] = [
    ("Your Online Choices (EU)", "https://www.youronlinechoices.com/"),
    ("Network Advertising Initiative (US)", "https://optout.networkadvertising.org/"),
    ("Digital Advertising Alliance (US)", "https://optout.aboutads.info/"),
    ("How we use cookies", "http://localhost:8787/cookies.html"),
    ("Our register of partners", "https://partners.example/opt-out?site=demo&lang=en"),
];

/// Publishes the policy with it, and waits until the Worker has heard of it.
fn publish_own_link(edge: &Edge) {
    edge.publish_changed(|policy| policy + OWN_LINK);
    let agent = agent();
    wait_for("the link", Duration::from_secs(15), || {
        let mut page = agent.get(edge.url("/_c/demo/preferences")).call().ok()?;
        page.body_mut().read_to_string().ok()?.contains("Our register of partners").then_some(())
    });
}

/// Fails unless all of them are to be seen, each leading where it should, in a tab of its own.
fn assert_offered(browser: &Browser) {
    for (nth, (text, url)) in OFFERED.iter().enumerate() {
        let css = format!(
            "{FORM} .cy-small li:nth-child({}) > a[href=\"{url}\"][target=_blank][rel~=noopener]",
            nth + 1
        );
        browser.wait_for(&css);
        assert_eq!(browser.text(&css), *text);
    }
    assert!(!browser.shows(&format!("{FORM} .cy-small li:nth-child({})", OFFERED.len() + 1)));
}

fn links_of_the_site_follow_those_of_the_industry_in_the_dialog(engine: Engine) {
    let edge = Edge::start();
    publish_own_link(&edge);
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.wait_for(LAYER);
    browser.wait_until_hydrated();
    browser.open_preferences(OPEN);
    assert_offered(&browser);
    edge.assert_no_hits();
    browser.assert_no_trouble();
}

fn links_of_the_site_follow_those_of_the_industry_without_javascript(engine: Engine) {
    let edge = Edge::start();
    publish_own_link(&edge);
    let browser = Browser::with(engine, Setup { no_script: true, ..Setup::default() });
    browser.goto(&edge.url("/_c/demo/preferences"));
    assert_offered(&browser);
}
