//! The ordinary visitor: is asked, answers, is remembered, changes their mind; the export says what was clicked.

use consentry_core::choice::Flags;
use serde_json::{Value, json};

use crate::support::browser::{ACCEPT, FORM, LAYER, LINK, OPEN, RECEIPT, REJECT, STATUS};
use crate::support::edge::record_id;
use crate::support::{Browser, Edge, Engine, journeys, settle};

/// What the demo's pages load once they may.
const FUNCTIONAL: [&str; 2] = ["/mixpanel/", "/video/embed"];
const ADVERTISING: [&str; 2] = ["/gtag/js", "/pixel.gif"];

journeys! {
    first_visit_before_a_choice_asks_and_contacts_nobody on chromium firefox webkit;
    accept_on_the_first_layer_runs_everything_and_is_recorded on chromium firefox webkit;
    reject_on_the_first_layer_runs_nothing_and_is_recorded on chromium firefox webkit;
    save_of_one_category_runs_it_alone_and_shows_its_receipt on chromium firefox;
    choice_made_is_remembered_without_the_banner on chromium firefox webkit;
    preferences_opened_again_take_back_what_was_given on chromium firefox;
    change_in_one_tab_applies_in_the_other on chromium firefox;
}

fn first_visit_before_a_choice_asks_and_contacts_nobody(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.wait_for(LAYER);
    assert!(browser.shows(ACCEPT) && browser.shows(REJECT) && browser.shows(OPEN));
    assert!(!browser.shows(STATUS));
    assert!(browser.text("h1").contains("coffee"));
    edge.assert_no_hits();
    assert_eq!(browser.cookies(), []);
    assert_eq!(browser.run("return localStorage.length + sessionStorage.length"), 0);
    browser.assert_no_trouble();
    assert_eq!(edge.records(), Vec::<Value>::new());
}

fn accept_on_the_first_layer_runs_everything_and_is_recorded(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.click(ACCEPT);
    browser.wait_without(LAYER);
    edge.wait_for_hits(&FUNCTIONAL);
    edge.wait_for_hits(&ADVERTISING);
    let choice = browser.wait_until_recorded();
    let row = edge.only_record();
    assert_eq!((&row["action"], &row["source"]), (&json!("accept_all"), &json!("banner")));
    assert_eq!(row["categories"], json!({ "required": true, "functional": true, "advertising": true }));
    assert_eq!(row["denied_services"], Value::Null, "none is not written");
    assert_eq!(record_id(&row), choice.record);
    assert_eq!(row["subject_id"], choice.subject.to_hex());
    assert_eq!((&row["gpc_header"], &row["dnt_header"]), (&json!("absent"), &json!("unset")));
    assert_eq!((&row["jurisdiction"], &row["model"]), (&json!("DE"), &json!("opt_in")));
    assert_eq!((&row["late"], &row["overridden"]), (&json!(false), &json!(false)));
    browser.assert_no_trouble();
}

fn reject_on_the_first_layer_runs_nothing_and_is_recorded(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.click(REJECT);
    browser.wait_without(LAYER);
    browser.wait_until_recorded();
    let row = edge.only_record();
    assert_eq!((&row["action"], &row["source"]), (&json!("reject_all"), &json!("banner")));
    assert_eq!(row["categories"], json!({ "required": true, "functional": false, "advertising": false }));
    browser.visit(&edge.url("/kit.html"));
    assert!(!browser.shows(LAYER) && browser.shows(LINK));
    edge.assert_no_hits();
    browser.assert_no_trouble();
}

fn save_of_one_category_runs_it_alone_and_shows_its_receipt(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.open_preferences(OPEN);
    assert_eq!(browser.run("return document.querySelector('#consentry [value=required]').disabled"), true);
    browser.click("#consentry label:has([name=category][value=functional])");
    browser.click(&format!("{FORM} button[value=save]"));
    browser.wait_without(FORM);
    assert!(!browser.shows(LAYER));
    edge.wait_for_hits(&FUNCTIONAL);
    let choice = browser.wait_until_recorded();
    let row = edge.only_record();
    assert_eq!((&row["action"], &row["source"]), (&json!("save"), &json!("preferences")));
    assert_eq!(row["categories"], json!({ "required": true, "functional": true, "advertising": false }));
    for path in ADVERTISING {
        assert_eq!(edge.vendor.count_for(path), 0, "{path}");
    }
    // The receipt in the preferences is the row of the log.
    browser.open_preferences(LINK);
    assert_eq!(browser.text(RECEIPT), choice.record.to_string());
    let said = format!(
        "return new Date({}).toLocaleString('en', {{ dateStyle: 'long', timeStyle: 'short' }})",
        row["server_time"]
    );
    assert_eq!(browser.text("#consentry [data-cy=time]"), browser.run(&said).as_str().expect("a time"));
    assert!(
        browser.shows("#consentry [data-cy=recorded]") && !browser.shows("#consentry [data-cy=unrecorded]")
    );
    browser.assert_no_trouble();
}

fn choice_made_is_remembered_without_the_banner(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.click(ACCEPT);
    browser.wait_until_recorded();
    edge.wait_for_hits(&ADVERTISING);
    for path in ["/", "/kit.html"] {
        edge.vendor.reset();
        if path == "/" {
            browser.reload()
        } else {
            browser.visit(&edge.url(path))
        }
        edge.wait_for_hits(&ADVERTISING);
        edge.wait_for_hits(&FUNCTIONAL);
        settle();
        assert!(!browser.shows(LAYER) && browser.shows(LINK), "{path}");
        assert!(!browser.fetched_banner(), "{path}: a decided visit needs no banner");
        browser.assert_no_trouble();
    }
    edge.wait_for_records(1);
}

fn preferences_opened_again_take_back_what_was_given(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.click(ACCEPT);
    let first = browser.wait_until_recorded();
    browser.visit(&edge.url("/cookies.html"));
    browser.open_preferences(LINK);
    assert_eq!(browser.run("return document.querySelector('#consentry [value=advertising]').checked"), true);
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    let second = browser.wait_until_recorded();
    assert_eq!((second.subject, second.previous), (first.subject, Some(first.record)));
    let rows = edge.wait_for_records(2);
    assert_eq!((&rows[1]["action"], &rows[1]["source"]), (&json!("withdraw"), &json!("preferences")));
    assert_eq!(rows[1]["previous_record_id"], rows[0]["record_id"]);
    assert_eq!(rows[1]["categories"], json!({ "required": true, "functional": false, "advertising": false }));
    edge.vendor.reset();
    browser.visit(&edge.url("/kit.html"));
    assert!(!browser.shows(LAYER));
    edge.assert_no_hits();
    browser.assert_no_trouble();
}

fn change_in_one_tab_applies_in_the_other(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    let (first, second) = browser.new_tab();
    browser.visit(&edge.url("/kit.html"));
    browser.wait_for(LAYER);
    browser.click(ACCEPT);
    let choice = browser.wait_until_recorded();
    edge.wait_for_hits(&["/pixel.gif?page=kit"]);
    browser.switch_to(&first);
    browser.wait_without(LAYER);
    browser.wait_until("the grant has arrived", "return consentry.get('advertising')");
    edge.wait_for_hits(&["/pixel.gif?page=home"]);
    browser.open_preferences(LINK);
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    browser.switch_to(&second);
    browser.wait_until("the refusal has arrived", "return !consentry.get('advertising')");
    let last = browser.wait_until_recorded();
    assert_eq!(last.previous, Some(choice.record));
    assert!(last.flags.has(Flags::EXPLICIT));
    edge.wait_for_records(2);
}
