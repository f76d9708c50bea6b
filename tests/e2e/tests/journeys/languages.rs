//! Every language the banner ships in, on a phone: found by the page's own language, written in its direction, nothing cut off,
//! and both answers the same size.

use serde_json::json;

use crate::support::browser::{ACCEPT, LAYER, LINK, OPEN, REJECT};
use crate::support::edge::texts;
use crate::support::{Browser, Edge, Engine, journeys};

journeys! {
    first_layer_of_every_language_fits_a_phone on chromium;
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
    let page = std::fs::read_to_string(edge.pages().join("kit.html")).expect("a page");
    let name = format!("kit-{language}.html");
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
