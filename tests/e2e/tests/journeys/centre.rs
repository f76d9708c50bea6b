//! The preference centre: by keyboard, by search, with its receipt, under strict policies, and what axe says of it.

use serde_json::json;

use crate::support::browser::{ACCEPT, DIALOG, FORM, LAYER, LINK, OPEN};
use crate::support::{Browser, Edge, Engine, Setup, journeys, settle, wait_for};

journeys! {
    centre_keeps_the_keyboard_inside_and_gives_the_focus_back on chromium firefox;
    backdrop_pressed_closes_the_centre_and_decides_nothing on chromium firefox;
    second_of_two_quick_clicks_neither_decides_nor_leaves on chromium;
    search_in_a_long_list_shows_what_matches_and_sends_nothing on chromium firefox;
    receipt_in_the_centre_verifies_and_the_record_is_the_logs on chromium firefox;
    copied_receipt_is_the_one_the_link_saves_and_it_verifies on chromium firefox webkit;
    receipt_is_copied_also_where_scripts_have_no_clipboard on chromium firefox webkit;
    receipt_that_could_not_be_copied_is_not_said_to_be on chromium firefox webkit;
    withdrawal_takes_back_everything_and_is_recorded_as_such on chromium firefox;
    signal_panel_says_what_was_heard_and_what_became_of_it on chromium firefox;
    centre_under_strict_policies_works_in_the_page on chromium firefox;
    centre_page_and_declaration_have_nothing_axe_objects_to on chromium;
    declaration_in_the_cookie_notice_lists_what_the_policy_does on chromium firefox;
}

const TAB: &str = "\u{e004}";
const SHIFT: &str = "\u{e008}";
const ESCAPE: &str = "\u{e00c}";
const ENTER: &str = "\u{e007}";
/// Where in the window nothing but the backdrop is.
const OUTSIDE: (i64, i64) = (20, 20);

fn place(name: &str) -> String {
    format!("{DIALOG} [data-cy={name}]")
}

fn focused(browser: &Browser, css: &str) -> bool {
    browser.run(&format!("return document.activeElement === document.querySelector({css:?})")) == json!(true)
}

/// A page with the centre open; nothing was chosen.
fn opened(edge: &Edge, browser: &Browser) {
    browser.visit(&edge.url("/"));
    browser.wait_for(LAYER);
    browser.wait_until_hydrated();
    browser.open_preferences(OPEN);
}

fn centre_keeps_the_keyboard_inside_and_gives_the_focus_back(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.wait_for(LAYER);
    browser.wait_until_hydrated();
    browser.press(OPEN, ENTER);
    browser.wait_for(FORM);
    assert!(focused(&browser, "#consentry-title"), "a reader starts at the top");
    // Once around: every control of the centre, in its order, and nothing of the page behind it.
    let walk = "const at = document.activeElement; const inside = at.closest('#consentry dialog');
        return inside ? 1 + [...inside.querySelectorAll('*')].indexOf(at) : at === document.body ? 0 : -1";
    let mut stops = Vec::new();
    for _ in 0..60 {
        browser.key(TAB);
        let stop = browser.run(walk).as_i64().expect("a number");
        assert!(stop >= 0, "the focus went behind the dialog after {stops:?}");
        if stops.contains(&stop) {
            break;
        }
        stops.push(stop);
    }
    let inside: Vec<i64> = stops.iter().copied().filter(|stop| *stop > 0).collect();
    assert!(inside.len() > 15 && inside.is_sorted(), "{stops:?}");
    browser.key(&format!("{SHIFT}{TAB}"));
    assert!(browser.run(walk).as_i64() >= Some(0), "nor backwards");
    browser.key(ESCAPE);
    browser.wait_without(FORM);
    assert!(focused(&browser, OPEN) && browser.shows(LAYER));
    assert_eq!(browser.choice(), None);
    edge.wait_for_records(0);
    browser.assert_no_trouble();
}

fn second_of_two_quick_clicks_neither_decides_nor_leaves(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.wait_until_hydrated();
    // Once before, so that everything is there at the second click.
    browser.open_preferences(OPEN);
    browser.run("document.querySelector('#consentry dialog').close()");
    let mut met = Vec::new();
    for (width, height) in [(320, 568), (800, 600), (1280, 900)] {
        browser.resize(width, height);
        let middle = format!(
            "const box = document.querySelector({OPEN:?}).getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2].map(Math.round)"
        );
        let middle = browser.run(&middle);
        let (x, y) = (middle[0].as_i64().expect("a place"), middle[1].as_i64().expect("a place"));
        browser.click_at(x, y);
        browser.click_at(x, y);
        browser.wait_for(FORM);
        let under = browser.run(&format!(
            "return document.elementFromPoint({x}, {y}).closest('[name=action], dialog').localName"
        ));
        met.push(under.as_str().expect("an element").to_owned());
        settle();
        assert!(browser.shows(FORM) && browser.choice().is_none(), "{width}: {met:?}");
        browser.run("document.querySelector('#consentry dialog').close()");
    }
    assert!(met.contains(&"button".to_owned()), "a click at the same place would decide: {met:?}");
    browser.assert_no_trouble();
}

fn backdrop_pressed_closes_the_centre_and_decides_nothing(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    opened(&edge, &browser);
    browser.run(&format!("document.querySelector({FORM:?}).elements.category[1].checked = true"));
    // A text that is being marked may end outside; that is no wish to leave.
    browser.drag((640, 300), OUTSIDE);
    assert!(browser.shows(FORM));
    settle();
    browser.click_at(OUTSIDE.0, OUTSIDE.1);
    browser.wait_without(FORM);
    assert!(focused(&browser, OPEN) && browser.shows(LAYER));
    assert_eq!(browser.choice(), None);
    // Opened again, the switches are the visitor's choice, not what was left behind.
    browser.open_preferences(OPEN);
    let on = format!("return document.querySelector({FORM:?}).elements.category[1].checked");
    assert_eq!(browser.run(&on), false);
    edge.assert_no_hits();
    edge.wait_for_records(0);
    browser.assert_no_trouble();
}

/// The demo policy with more services than fit into one look.
fn publish_long_list(edge: &Edge) {
    let policy = consentry_e2e::workerd::root().join("www/policies/demo.toml");
    let mut policy = std::fs::read_to_string(policy).expect("the demo policy");
    let links = policy.split_off(policy.find("[[links]]").expect("links"));
    for number in 0..10 {
        policy.push_str(&format!(
            "[[services]]\nid = \"partner_{number}\"\nname = \"Partner {number}\"\ncategory = \"advertising\"\n\
             controller = \"Partner {number} SARL\"\ndescription.en = \"Shows advertisements.\"\n\n"
        ));
    }
    let file = edge.pages().join("long.toml");
    std::fs::write(&file, [policy, links].concat()).expect("room for a policy");
    edge.publish(file.to_str().expect("a path"));
}

fn search_in_a_long_list_shows_what_matches_and_sends_nothing(engine: Engine) {
    let edge = Edge::start();
    publish_long_list(&edge);
    let browser = Browser::start(engine);
    wait_for("the new policy", std::time::Duration::from_secs(15), || {
        browser.visit(&edge.url("/"));
        let known =
            "return document.querySelectorAll('#consentry').length && consentry.get('partner_9') === false";
        (browser.run(known) == json!(true)).then_some(())
    });
    browser.wait_until_hydrated();
    browser.open_preferences(OPEN);
    wait_for("the search", std::time::Duration::from_secs(10), || {
        browser.shows(&place("search")).then_some(())
    });
    let shown = || {
        let names = browser.run(
            "return [...document.querySelectorAll('#consentry [data-cy=service]:not([hidden]) summary')].map((one) => one.textContent)",
        );
        names.as_array().expect("names").len()
    };
    assert_eq!(shown(), 16, "five of the demo, ten partners, and Consentry itself");
    browser.press(&place("search"), "partner 3");
    assert_eq!(shown(), 1);
    assert!(!browser.shows(&format!("{FORM} [value=functional]")), "categories without a match step back");
    browser.press(&place("search"), "33");
    assert_eq!(shown(), 0);
    assert!(browser.shows(&place("search-none")));
    browser.press(&place("search"), ENTER);
    assert!(browser.shows(FORM), "the Enter key presses no button from here");
    assert_eq!(browser.choice(), None);
    browser.run(&format!(
        "const field = document.querySelector({:?}); field.value = ''; field.dispatchEvent(new InputEvent('input', {{ bubbles: true }}))",
        place("search")
    ));
    assert_eq!(shown(), 16);
    assert!(!browser.shows(&place("search-none")));
    browser.assert_no_trouble();
}

fn receipt_in_the_centre_verifies_and_the_record_is_the_logs(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.wait_until_hydrated();
    browser.click(ACCEPT);
    let choice = browser.wait_until_recorded();
    browser.open_preferences(LINK);
    browser.click(&format!("{} > summary", place("receipt")));
    browser.wait_for(&place("record-file"));
    let saved = |name: &str| {
        let css = place(name);
        let text = browser
            .run(&format!("return fetch(document.querySelector({css:?}).href).then((file) => file.text())"));
        let file = browser.run(&format!("return document.querySelector({css:?}).download"));
        (text.as_str().expect("a text").to_owned(), file.as_str().expect("a name").to_owned())
    };
    let (proof, file) = saved("proof-file");
    assert_eq!(file, format!("{}.tlog-proof", choice.record));
    let keys = browser.run("return fetch('/_c/log/demo/keys').then((keys) => keys.json())");
    edge.verify_receipt(&proof, keys["keys"][0].as_str().expect("a key"));
    let (record, file) = saved("record-file");
    assert_eq!(file, format!("{}.json", choice.record));
    let record: serde_json::Value = serde_json::from_str(&record).expect("JSON");
    assert_eq!(record, edge.only_record());
    assert!(!browser.shows(&place("copied")));
    browser.click(&place("copy"));
    browser.wait_for(&place("copied"));
    browser.assert_no_trouble();
}

/// The receipt of who has accepted, unfolded and as the log has it now; `clipboard` is what `navigator.clipboard` is for the page.
fn unfolded_receipt(edge: &Edge, engine: Engine, clipboard: &str) -> Browser {
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.wait_until_hydrated();
    browser.click(ACCEPT);
    browser.wait_until_recorded();
    browser.run(&format!("Object.defineProperty(navigator, 'clipboard', {{ value: {clipboard} }})"));
    browser.open_preferences(LINK);
    browser.click(&format!("{} > summary", place("receipt")));
    browser.wait_for(&place("record-file"));
    browser
}

fn copied_receipt_is_the_one_the_link_saves_and_it_verifies(engine: Engine) {
    let edge = Edge::start();
    let browser = unfolded_receipt(
        &edge,
        engine,
        "{ writeText: async (text) => { (window.copies ||= []).push(text) } }",
    );
    assert_eq!(browser.run("return window.copies || null"), json!(null));
    browser.click(&place("copy"));
    browser.wait_for(&place("copied"));
    assert!(browser.shows(FORM), "the button saves nothing");
    let copies = browser.run("return window.copies");
    let saved = browser.run(&format!(
        "return decodeURIComponent(document.querySelector({:?}).href.split(',').slice(1).join(','))",
        place("proof-file")
    ));
    assert_eq!(copies, json!([saved]));
    let keys = browser.run_async("return (await fetch('/_c/log/demo/keys')).json()");
    edge.verify_receipt(saved.as_str().expect("a proof"), keys["keys"][0].as_str().expect("a key"));
    browser.assert_no_trouble();
}

fn receipt_is_copied_also_where_scripts_have_no_clipboard(engine: Engine) {
    let edge = Edge::start();
    // As on any page over plain HTTP.
    let browser = unfolded_receipt(&edge, engine, "undefined");
    // A site of the kind that adds where it was copied from.
    browser.run(
        "document.addEventListener('copy', (event) => {
            event.clipboardData.setData('text/plain', 'from example.com');
            event.preventDefault();
        }, true)",
    );
    // What the command asks for is seen before anybody else sees it.
    browser.run(
        "addEventListener('copy', ({ clipboardData }) => {
            const { setData } = clipboardData;
            clipboardData.setData = (kind, text) => { (window.copies ||= []).push(text); setData.call(clipboardData, kind, text) };
        }, true)",
    );
    browser.click(&place("copy"));
    browser.wait_for(&place("copied"));
    let saved = browser.run(&format!(
        "return decodeURIComponent(document.querySelector({:?}).href.split(',').slice(1).join(','))",
        place("proof-file")
    ));
    assert_eq!(browser.run("return window.copies.at(-1)"), saved);
    browser.assert_no_trouble();
}

fn receipt_that_could_not_be_copied_is_not_said_to_be(engine: Engine) {
    let edge = Edge::start();
    let browser = unfolded_receipt(
        &edge,
        engine,
        "{ writeText: async () => { throw new DOMException('no', 'NotAllowedError') } }",
    );
    browser.run("document.execCommand = () => { window.asked = true; return false }");
    browser.click(&place("copy"));
    browser.wait_until("the clipboard was asked", "return window.asked === true");
    settle();
    assert!(!browser.shows(&place("copied")));
    assert!(browser.shows(&place("proof-file")), "it can still be saved");
    browser.assert_no_trouble();
}

fn withdrawal_takes_back_everything_and_is_recorded_as_such(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    opened(&edge, &browser);
    assert!(!browser.shows(&place("withdraw")), "there is nothing to take back");
    browser.click(&format!("{FORM} button[value=accept_all]"));
    browser.wait_without(FORM);
    browser.wait_until_recorded();
    browser.open_preferences(LINK);
    browser.click(&format!("{} button", place("withdraw")));
    browser.wait_without(FORM);
    assert!(browser.wait_until_recorded().is_refusal());
    let rows = edge.wait_for_records(2);
    assert_eq!((&rows[1]["action"], &rows[1]["source"]), (&json!("withdraw"), &json!("preferences")));
    assert_eq!(rows[1]["categories"], json!({ "required": true, "functional": false, "advertising": false }));
    browser.open_preferences(LINK);
    assert!(!browser.shows(&place("withdraw")));
    browser.assert_no_trouble();
}

fn signal_panel_says_what_was_heard_and_what_became_of_it(engine: Engine) {
    let edge = Edge::start();
    let said = |browser: &Browser| {
        ["signal-none", "signal-heard", "signal-overridden"].map(|name| browser.shows(&place(name)))
    };
    let browser = Browser::start(engine);
    opened(&edge, &browser);
    assert_eq!(said(&browser), [true, false, false]);
    drop(browser);
    let browser = Browser::with(engine, Setup { gpc: true, dnt: true, ..Setup::default() });
    browser.visit(&edge.url("/"));
    browser.wait_until_recorded();
    browser.open_preferences(LINK);
    assert_eq!(said(&browser), [false, true, false]);
    let heard = browser.text(&place("signal-heard"));
    assert!(heard.contains("(Global Privacy Control, Do Not Track)"), "{heard}");
    browser.click(&format!("{FORM} button[value=accept_all]"));
    browser.wait_without(FORM);
    browser.wait_until_recorded();
    browser.open_preferences(LINK);
    assert_eq!(said(&browser), [false, false, true]);
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    browser.wait_until_recorded();
    browser.open_preferences(LINK);
    assert_eq!(said(&browser), [false, true, false], "the refusal follows the signal again");
    browser.assert_no_trouble();
}

fn centre_under_strict_policies_works_in_the_page(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/strict-wasm.html"));
    browser.wait_for(LAYER);
    browser.wait_until_hydrated();
    browser.run(
        "addEventListener('securitypolicyviolation', (event) => trouble.push(`${event.violatedDirective}: ${event.sample}`))",
    );
    browser.open_preferences(OPEN);
    assert!(browser.address().ends_with("/strict-wasm.html"), "{}", browser.address());
    let styled =
        format!("return getComputedStyle(document.querySelector('{FORM} [role=switch]')).appearance");
    assert_eq!(browser.run(&styled), "none", "its style came with it");
    browser.click(&format!("{FORM} label:has([name=category][value=advertising])"));
    browser.click(&format!("{FORM} button[value=save]"));
    browser.wait_without(FORM);
    edge.wait_for_hits(&["/pixel.gif"]);
    browser.wait_until_recorded();
    let row = edge.only_record();
    assert_eq!((&row["action"], &row["source"]), (&json!("save"), &json!("preferences")));
    browser.assert_no_trouble();
}

fn centre_page_and_declaration_have_nothing_axe_objects_to(engine: Engine) {
    let edge = Edge::start();
    for narrow in [false, true] {
        let browser = Browser::with(engine, Setup { narrow, ..Setup::default() });
        browser.visit(&edge.url("/"));
        browser.wait_until_hydrated();
        browser.click(ACCEPT);
        browser.wait_until_recorded();
        let unfold = "document.querySelectorAll('details').forEach((one) => (one.open = true))";
        browser.open_preferences(LINK);
        browser.run(unfold);
        assert_eq!(browser.axe(DIALOG), Vec::<String>::new(), "narrow: {narrow}");
        browser.goto(&edge.url("/_c/demo/preferences?return=%2F"));
        browser.run(unfold);
        assert_eq!(browser.axe("html"), Vec::<String>::new(), "narrow: {narrow}");
        let wide = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
        assert_eq!(browser.run(wide), false, "nothing to scroll to the side");
        browser.goto(&edge.url("/_c/demo/declaration?language=en"));
        assert_eq!(browser.axe("html"), Vec::<String>::new(), "narrow: {narrow}");
        assert_eq!(browser.run(wide), false);
    }
}

fn declaration_in_the_cookie_notice_lists_what_the_policy_does(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/cookies.html"));
    let said = "const page = document.querySelector('iframe[src*=declaration]').contentDocument;
        return page?.readyState == 'complete' && ['mp_*', '_gid_demo', 'Demo Ads', 'consentry'].every((text) => page.body.innerText.includes(text))";
    browser.run("document.querySelector('iframe[src*=declaration]').scrollIntoView()");
    browser.wait_until("the declaration is there", said);
    edge.assert_no_hits();
    browser.assert_no_trouble();
}
