//! axe on everything a visitor sees, in every theme a browser can be told to have, wide and narrow.

use serde_json::json;

use crate::support::browser::{FORM, LAYER, LINK, OPEN, REJECT, STATUS};
use crate::support::{Browser, Edge, Engine, Setup, axe, journeys, prominence};

journeys! {
    everything_visitors_see_wide_has_nothing_for_axe_to_find on chromium firefox webkit;
    everything_visitors_see_narrow_has_nothing_for_axe_to_find on chromium;
    preferences_page_without_javascript_has_nothing_for_axe_to_find on chromium firefox;
    everything_in_every_policys_colours_has_nothing_for_axe_to_find on chromium;
    answers_in_the_preferences_are_alike_at_every_width on chromium;
}

/// The buttons at the end of the preferences, refusing first.
pub(crate) const ANSWERS: [&str; 3] = [
    "#consentry .cy-actions [value=reject_all]",
    "#consentry .cy-actions [value=save]",
    "#consentry .cy-actions [value=accept_all]",
];
/// What stands in the place of a film.
const PLACEHOLDER: &str = ".consentry-embed:has(+ #film)";
const UNFOLD: &str = "document.querySelectorAll('details').forEach((details) => (details.open = true))";

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

fn everything_in_every_policys_colours_has_nothing_for_axe_to_find(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    for colours in axe::COLOURS {
        edge.publish_theme(colours);
        browser.devtools("Network.clearBrowserCache", json!({}));
        for width in [1280, 320] {
            browser.resize(width, 800);
            browser.goto(&edge.url("/own.js"));
            browser.forget();
            browser.visit(&edge.url("/embeds.html"));
            browser.wait_for(LAYER);
            browser.wait_until_hydrated();
            let clean =
                |what: &str| axe::assert_clean(&browser, engine, &format!("{what} {width} {colours}"));
            clean("first layer");
            browser.open_preferences(OPEN);
            browser.run(UNFOLD);
            clean("preferences");
            browser.click("#consentry .cy-close");
            browser.click(REJECT);
            browser.wait_for(LINK);
            browser.wait_for(PLACEHOLDER);
            browser.run("scrollTo(0, 0)");
            clean("placeholders and link");
            browser.goto(&edge.url("/_c/demo/preferences?return=%2F"));
            browser.run(UNFOLD);
            clean("preferences page");
        }
    }
}

fn answers_in_the_preferences_are_alike_at_every_width(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.wait_for(LAYER);
    browser.wait_until_hydrated();
    // Not with the mouse, which would rest on one of the buttons to be compared.
    browser.run(&format!("document.querySelector({OPEN:?}).click()"));
    browser.wait_for(FORM);
    let alike = |what: &str| {
        for width in [320, 400, 490, 512, 640, 1280] {
            for height in [800, 450] {
                browser.resize(width, height);
                prominence::assert_all_equal(&browser, &ANSWERS, &format!("{what} {width}x{height}"));
            }
        }
    };
    alike("dialog");
    browser.goto(&edge.url("/_c/demo/preferences"));
    alike("page");
}
