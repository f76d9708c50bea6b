//! axe on everything a visitor sees, in every theme a browser can be told to have, wide and narrow.

use crate::support::browser::{FORM, LAYER, LINK, OPEN, STATUS};
use crate::support::{Browser, Edge, Engine, Setup, axe, journeys};

journeys! {
    everything_visitors_see_wide_has_nothing_for_axe_to_find on chromium firefox webkit;
    everything_visitors_see_narrow_has_nothing_for_axe_to_find on chromium;
    preferences_page_without_javascript_has_nothing_for_axe_to_find on chromium firefox;
}

fn everything_visitors_see_wide_has_nothing_for_axe_to_find(engine: Engine) {
    look_everywhere(engine, Setup::default());
}

fn everything_visitors_see_narrow_has_nothing_for_axe_to_find(engine: Engine) {
    look_everywhere(engine, Setup { narrow: true, ..Setup::default() });
}

fn look_everywhere(engine: Engine, setup: Setup) {
    let edge = Edge::start();
    let browser = Browser::with(engine, setup);
    browser.visit(&edge.url("/"));
    browser.wait_for(LAYER);
    axe::assert_clean(&browser, engine, "first layer");
    browser.open_preferences(OPEN);
    axe::assert_clean(&browser, engine, "preferences");
    // With everything unfolded there is more to look at.
    browser
        .run("document.querySelectorAll('#consentry details').forEach((details) => (details.open = true))");
    axe::assert_clean(&browser, engine, "preferences, unfolded");
    browser.click(&format!("{FORM} button[name=action][value=save]"));
    browser.wait_without(FORM);
    browser.wait_for(LINK);
    axe::assert_clean(&browser, engine, "after the choice");
    browser.open_preferences(LINK);
    axe::assert_clean(&browser, engine, "preferences with a choice");

    if engine != Engine::WebKit {
        let browser = Browser::with(engine, Setup { gpc: true, ..setup });
        browser.visit(&edge.url("/"));
        browser.wait_for(STATUS);
        axe::assert_clean(&browser, engine, "signal honoured");
        browser.open_preferences(LINK);
        axe::assert_clean(&browser, engine, "preferences under a signal");
    }
}

fn preferences_page_without_javascript_has_nothing_for_axe_to_find(engine: Engine) {
    let edge = Edge::start();
    // The page has no script and its policy allows none, so that it looks the same with and without JavaScript; axe needs it.
    let browser = Browser::start(engine);
    browser.goto(&edge.url("/_c/demo/preferences"));
    browser.wait_for(FORM);
    axe::assert_clean(&browser, engine, "preferences page");
    browser.run("document.querySelectorAll('details').forEach((details) => (details.open = true))");
    axe::assert_clean(&browser, engine, "preferences page, unfolded");
    browser.click(&format!("{FORM} button[name=action][value=reject_all]"));
    browser.wait_until(
        "an answer",
        "return document.querySelector('[role=status]')?.textContent.trim().length > 0",
    );
    axe::assert_clean(&browser, engine, "preferences page, saved");
}
