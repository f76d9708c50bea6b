//! Every language the banner ships in, on a phone: found by the page's own language, written in its direction, nothing cut off,
//! and all answers alike.

use serde_json::json;

use crate::accessible::ANSWERS;
use crate::support::browser::{ACCEPT, DIALOG, FORM, LAYER, LINK, OPEN, REJECT};
use crate::support::edge::texts;
use crate::support::{Browser, Edge, Engine, fit, journeys, prominence};

journeys! {
    first_layer_of_every_language_fits_a_phone on chromium;
    first_layer_in_its_other_wordings_fits_a_phone_in_every_language on chromium;
    preferences_and_placeholders_of_every_language_fit_a_phone on chromium;
    first_layer_speaks_the_language_of_the_page_before_the_browsers on chromium firefox;
}

/// Of each element: its name, and whether its text is wider or higher than it. Of the answers: their sizes. Of the page: whether
/// it can be scrolled sideways.
const FIT: &str = "
    const [layer, reject, accept, open] = arguments_;
    const cut = (element) => element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
    const size = (element) => [element.offsetWidth, element.offsetHeight];
    return { cut: [reject, accept, open].filter(cut).map((element) => element.textContent), wide: layer.scrollWidth > layer.clientWidth,
        same: `${size(reject)}` == `${size(accept)}`, share: layer.offsetHeight / innerHeight,
        sideways: document.documentElement.scrollWidth > innerWidth, lang: layer.closest('[lang]').lang, dir: getComputedStyle(layer).direction }";

/// Every tag there are texts for.
fn languages() -> Vec<String> {
    let folder = consentry_e2e::workerd::root().join("crates/api/texts");
    let files = std::fs::read_dir(folder).expect("the texts").flatten();
    let mut tags: Vec<String> =
        files.filter_map(|file| Some(file.file_name().to_str()?.strip_suffix(".json")?.to_owned())).collect();
    tags.sort();
    tags
}

/// A page of the site in another language. Its tag does not say so: the gate has to see it.
fn page_in(edge: &Edge, language: &str) -> String {
    translated(edge, "kit", language)
}

fn translated(edge: &Edge, page: &str, language: &str) -> String {
    let name = format!("{page}-{language}.html");
    let page = std::fs::read_to_string(edge.pages().join(page).with_extension("html")).expect("a page");
    let page = page.replace("<html lang=\"en\"", &format!("<html lang=\"{language}\""));
    assert!(page.contains(&format!("lang=\"{language}\"")));
    std::fs::write(edge.pages().join(&name), page).expect("room for a page");
    edge.url(&format!("/{name}"))
}

fn first_layer_of_every_language_fits_a_phone(engine: Engine) {
    let edge = Edge::start();
    let languages = languages();
    let tags: Vec<&str> = languages.iter().map(String::as_str).collect();
    assert!(tags.len() >= 40, "{tags:?}");
    edge.publish_in(&tags);
    let browser = Browser::start(engine);
    browser.resize(320, 640);
    let elements =
        [LAYER, REJECT, ACCEPT, OPEN].map(|css| format!("document.querySelector({css:?})")).join(", ");
    let fit = FIT.replace("arguments_", &format!("[{elements}]"));
    let mut wrong = Vec::new();
    for language in tags {
        browser.visit(&page_in(&edge, language));
        browser.wait_for(LAYER);
        assert_eq!(browser.text(&format!("{LAYER} h2")), texts(language)["title"], "{language}");
        let fits = browser.run(&fit);
        let share = fits["share"].as_f64().unwrap_or(1.0);
        let rtl = ["ar", "he", "fa"].contains(&language);
        let good = fits["cut"] == json!([])
            && fits["wide"] == false
            && fits["sideways"] == false
            && fits["same"] == true
            && fits["lang"] == language
            && fits["dir"] == if rtl { "rtl" } else { "ltr" }
            && share <= 0.55;
        if !good {
            wrong.push(format!("{language}: {fits}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A browser with a phone's screen in this place, and a site in all languages; calls back for each with its page just visited.
fn on_a_phone(engine: Engine, place: &str, mut look: impl FnMut(&Edge, &Browser, &str)) {
    let edge = Edge::start_in(place);
    let languages = languages();
    let tags: Vec<&str> = languages.iter().map(String::as_str).collect();
    edge.publish_in(&tags);
    let browser = Browser::start(engine);
    browser.resize(320, 640);
    for language in tags {
        browser.visit(&translated(&edge, "embeds", language));
        browser.wait_for(LAYER);
        look(&edge, &browser, language);
    }
}

/// Where consent comes first and where refusal ends it; asked for the first time and asked again; and what is there afterwards.
/// Parts are shown and words exchanged in the page: that the right ones come is for other tests.
fn first_layer_in_its_other_wordings_fits_a_phone_in_every_language(engine: Engine) {
    let mut wrong = Vec::new();
    for place in ["DE", "US-CA"] {
        on_a_phone(engine, place, |_, browser, language| {
            let texts = texts(language);
            let mut note = |what: &str, within: &str| {
                if within == LAYER {
                    prominence::assert_equal(browser, REJECT, ACCEPT, &format!("{language} {place} {what}"));
                }
                let lost = fit::lost(browser, within);
                wrong.extend(lost.iter().map(|line| format!("{language} {place}, {what}: {line}")));
            };
            let parts = "const [layer, status, link] = ['layer', 'status', 'link'].map((part) => document.querySelector(`[data-consentry-part=${part}]`));";
            let reword = |script: &str| drop(browser.run(&format!("{parts} {script}")));
            note("asked", LAYER);
            reword("layer.slot = 2");
            assert!(browser.shows(&format!("{LAYER} strong")), "{language}");
            note("asked again", LAYER);
            reword("layer.hidden = true; status.hidden = false");
            assert!(browser.shows(LINK), "{language}");
            for (width, body) in
                [(320, "honoured_body"), (600, "honoured_body"), (600, "honoured_body_advertising")]
            {
                browser.resize(width, 640);
                reword(&format!("status.querySelector('p').textContent = {}", texts[body]));
                note(body, "#consentry");
            }
            browser.resize(320, 640);
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn preferences_and_placeholders_of_every_language_fit_a_phone(engine: Engine) {
    let mut wrong = Vec::new();
    let unfold = "document.querySelectorAll('details').forEach((details) => (details.open = true))";
    on_a_phone(engine, "DE", |edge, browser, language| {
        let mut note = |what: &str, within: &str| {
            let lost = fit::lost(browser, within);
            wrong.extend(lost.iter().map(|line| format!("{language}, {what}: {line}")));
        };
        browser.wait_for(".consentry-embed");
        // Said by itself: the page around it need not be in the same language.
        assert_eq!(browser.run("return document.querySelector('.consentry-embed').lang"), language);
        note("placeholders", ".consentry-embed");
        browser.wait_until_hydrated();
        // Not with the mouse, which would rest on one of the buttons to be compared.
        browser.run(&format!("document.querySelector({OPEN:?}).click()"));
        browser.wait_for(FORM);
        for what in ["dialog", "page"] {
            if what == "page" {
                browser.assert_no_trouble();
                browser.goto(&edge.url(&format!("/_c/demo/preferences?lang={language}&return=%2F")));
            }
            prominence::assert_all_equal(browser, &ANSWERS, &format!("{language}, {what}"));
            browser.run(unfold);
            note(what, if what == "dialog" { DIALOG } else { "#consentry" });
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn first_layer_speaks_the_language_of_the_page_before_the_browsers(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    for (page, expected) in [("de", "de"), ("de-AT", "de"), ("ar", "ar"), ("xx", "en"), ("en-GB", "en")] {
        browser.visit(&page_in(&edge, page));
        browser.wait_for(LAYER);
        assert_eq!(browser.text(&format!("{LAYER} h2")), texts(expected)["title"], "{page}");
    }
    // What is decided there is recorded in the language it was asked in.
    browser.visit(&page_in(&edge, "de"));
    browser.click(REJECT);
    browser.wait_for(LINK);
    browser.wait_until_recorded();
    assert_eq!(edge.only_record()["language"], "de");
    browser.assert_no_trouble();
}
