//! One page that asks for everything at once: a strict policy and Trusted Types enforced, nothing for axe to find, a keyboard
//! walk, refusing as prominent as accepting, a tool that refuses, a signal honoured and shown.

use serde_json::json;

use crate::support::autoconsent::{Autoconsent, Wish};
use crate::support::browser::{ACCEPT, FORM, LAYER, LINK, OPEN, REJECT, STATUS};
use crate::support::keyboard::{ENTER, ESCAPE, focus, position, walk};
use crate::support::{Browser, Edge, Engine, Setup, axe, journeys, prominence};

journeys! {
    clean_page_is_what_no_banner_makes_dirty on chromium firefox webkit;
    clean_page_under_a_signal_says_that_it_is_honoured on chromium firefox;
}

/// A nonce for scripts and styles and no other way in, `'strict-dynamic'`, Trusted Types with our policy's name alone.
const CLEAN: &str = "/clean.html";

fn clean_page_is_what_no_banner_makes_dirty(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url(CLEAN));
    browser.wait_for(LAYER);
    browser.wait_until_hydrated();
    assert_enforced(&browser, engine);
    axe::assert_clean(&browser, engine, "first layer");
    prominence::assert_equal(&browser, REJECT, ACCEPT, "first layer");
    // WebKitGTK's keys do not reach the page under a display nobody sees; the rest of the walk is the same for every engine.
    if engine != Engine::WebKit {
        walks_by_keyboard(&browser);
    }
    preferences_are_modal_and_clean(&browser, engine);
    assert_eq!(browser.choice(), None);
    edge.assert_no_hits();
    edge.wait_for_records(0);

    let tool = Autoconsent::start(&browser, Wish::OptOut, None);
    assert_eq!(tool.wait_for("cmpDetected")["cmp"], "HEURISTIC-REJECT");
    assert_eq!(tool.wait_for("optOutResult")["result"], true);
    browser.wait_without(LAYER);
    assert!(browser.wait_until_recorded().is_refusal());
    assert_eq!(edge.only_record()["action"], "reject_all");
    axe::assert_clean(&browser, engine, "after the choice");
    edge.assert_no_hits();
    assert_untouched(&browser);
}

/// That the page's policy holds is part of the claim: it must refuse what it is there to refuse.
pub(crate) fn assert_enforced(browser: &Browser, engine: Engine) {
    assert_untouched(browser);
    let style = "const probe = document.createElement('p'); document.body.append(probe);
        probe.setAttribute('style', 'opacity: 0.5');
        const refused = getComputedStyle(probe).opacity == '1'; probe.remove(); return refused;";
    assert_eq!(browser.run(style), true, "styles in attributes are refused");
    if browser.run("return !!window.trustedTypes") == true {
        let markup =
            "try { document.createElement('p').innerHTML = '<b>x</b>'; return false } catch { return true }";
        assert_eq!(browser.run(markup), true, "markup from strings is refused");
    } else {
        assert_ne!(engine, Engine::Chromium, "Chromium has Trusted Types");
    }
    // What was just tried is not the banner's doing.
    browser.wait_until("the refusals are told", "return refused.length > 0");
    browser.run("refused.length = 0");
}

/// Nothing was refused by the policy, nothing thrown.
pub(crate) fn assert_untouched(browser: &Browser) {
    assert_eq!(browser.run("return refused"), json!([]), "refused by the page's policy");
    browser.assert_no_trouble();
}

/// Tab leads to refusing and accepting one after the other and out again; Escape decides nothing.
fn walks_by_keyboard(browser: &Browser) {
    browser.run("document.activeElement.blur(); window.scrollTo(0, 0)");
    let stops = walk(browser, 7);
    let (reject, accept) = (position(&stops, "action:reject"), position(&stops, "action:accept"));
    assert!(reject < 4 && reject.abs_diff(accept) == 1, "{stops:?}");
    assert!(position(&stops, "action:open") < 5, "{stops:?}");
    assert!(stops.iter().skip(reject.max(accept) + 2).any(|stop| stop == "a"), "out again: {stops:?}");
    assert!(!stops.iter().any(|stop| stop.ends_with("unseen")), "{stops:?}");
    browser.press(REJECT, ESCAPE);
    // Put away for this page, and asked again on the next.
    browser.wait_without(LAYER);
    assert_eq!(browser.choice(), None);
    browser.visit(&browser.address());
    browser.wait_for(LAYER);
    browser.wait_until_hydrated();
}

/// The preferences keep the focus while they are open, give it back when Escape closes them, and decide nothing by it.
fn preferences_are_modal_and_clean(browser: &Browser, engine: Engine) {
    if engine == Engine::WebKit {
        // Not with the mouse, which would rest on one of the buttons to be compared.
        browser.run(&format!("document.querySelector('{OPEN}').click()"));
    } else {
        browser.press(OPEN, ENTER);
    }
    browser.wait_for(FORM);
    assert_eq!(browser.run("return !!document.querySelector('#consentry dialog:modal')"), true);
    axe::assert_clean(browser, engine, "preferences");
    let button = |value: &str| format!("{FORM} button[name=action][value={value}]");
    browser.run(&format!("document.querySelector('{}').scrollIntoView()", button("reject_all")));
    prominence::assert_equal(browser, &button("reject_all"), &button("accept_all"), "preferences");
    if engine == Engine::WebKit {
        browser.press("#consentry dialog [tabindex='-1']", ESCAPE);
    } else {
        let stops = walk(browser, 90);
        let outside: Vec<_> =
            stops.iter().filter(|stop| !stop.contains("in dialog") && !stop.starts_with("page")).collect();
        assert!(outside.is_empty(), "{outside:?}");
        let (reject, accept) = (position(&stops, "form:reject_all"), position(&stops, "form:accept_all"));
        assert!(reject.abs_diff(accept) <= 2, "{stops:?}");
        position(&stops, "form:save");
        let round = stops.iter().filter(|stop| stop.starts_with("form:reject_all")).count();
        assert!(round > 1, "the focus goes round: {stops:?}");
        // Firefox without a window does not come back from its own controls, where every walk leads once.
        let mut within =
            stops.iter().take_while(|stop| engine == Engine::Chromium || !stop.starts_with("page"));
        assert!(!within.any(|stop| stop.ends_with("unseen")), "{stops:?}");
        if engine == Engine::Firefox {
            browser.click("#consentry dialog h2");
        }
        browser.key(ESCAPE);
    }
    browser.wait_without(FORM);
    assert!(browser.shows(LAYER));
    if engine != Engine::WebKit {
        assert!(focus(browser).starts_with("action:open"), "{}", focus(browser));
    }
}

fn clean_page_under_a_signal_says_that_it_is_honoured(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::with(engine, Setup { gpc: true, ..Setup::default() });
    browser.visit(&edge.url(CLEAN));
    browser.wait_for(STATUS);
    assert!(!browser.shows(LAYER) && browser.shows(LINK));
    let words = crate::support::edge::texts("en");
    assert!(browser.text(STATUS).contains(words["honoured_title"].as_str().expect("words")));
    assert_eq!(browser.run("return document.querySelector('[data-consentry-part=status]').role"), "status");
    assert!(!browser.wait_until_recorded().is_explicit());
    let row = edge.only_record();
    assert_eq!(
        (&row["action"], &row["source"], &row["gpc_dom"]),
        (&json!("signal"), &json!("gpc"), &json!("on"))
    );
    axe::assert_clean(&browser, engine, "signal honoured");
    browser.open_preferences(LINK);
    assert!(browser.text(FORM).contains("Global Privacy Control"));
    axe::assert_clean(&browser, engine, "preferences under a signal");
    edge.assert_no_hits();
    assert_untouched(&browser);
}
