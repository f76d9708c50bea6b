//! The first layer in each of its places: what it covers, whom it lets through, how it looks on screens, paper and in
//! forced colours; and that it and the page leave each other alone.

use serde_json::{Value, json};

use crate::support::browser::{ACCEPT, LAYER, LINK, OPEN, REJECT, STATUS};
use crate::support::{Browser, Edge, Engine, Setup, axe, journeys, settle};

journeys! {
    first_layer_in_every_place_leaves_the_focus_in_sight on chromium firefox;
    first_layer_zoomed_in_takes_half_the_height_and_keeps_its_buttons on chromium;
    first_layer_answers_look_the_same_in_every_language_and_place on chromium;
    first_layer_in_every_theme_satisfies_axe on chromium;
    first_layer_in_forced_colours_has_edges on chromium;
    first_layer_status_and_link_are_not_printed on chromium;
    first_layer_in_a_rude_page_looks_like_itself on chromium firefox;
    first_layer_leaves_the_page_as_it_is on chromium firefox;
    link_and_status_let_the_focus_be_seen on chromium;
}

const PLACES: [&str; 3] = ["bar", "card", "centre"];

/// The focused element, with how many of fifteen points on it are not covered by anything else.
const FOCUS_SEEN: &str = "
    const element = document.activeElement, box = element.getBoundingClientRect();
    let seen = 0;
    for (const x of [.1, .3, .5, .7, .9]) for (const y of [.2, .5, .8]) {
        const there = document.elementFromPoint(box.x + x * box.width, box.y + y * box.height);
        if (element === there || element.contains(there)) seen++;
    }
    return [element.id || element.tagName, !!element.closest('#consentry'), seen]";

fn place(edge: &Edge, position: &str) {
    edge.publish_theme(&format!("position = \"{position}\""));
}

/// Tabs from the top until the last link of the page has the focus; every stop must be in sight.
fn walk(browser: &Browser, what: &str) {
    browser.run("scrollTo(0, 0); document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')");
    let mut ours = 0;
    for stop in 0..60 {
        browser.key("\u{e004}");
        let seen = browser.run(FOCUS_SEEN);
        assert!(seen[2].as_u64() > Some(0), "{what}: stop {stop} is hidden: {seen}");
        ours += u32::from(seen[1] == true);
        if seen[0] == "end" {
            // The link to the privacy notice, three buttons; a text that scrolls may be a stop, too.
            assert!((4..=5).contains(&ours), "{what}: {ours} stops of ours");
            return;
        }
    }
    panic!("{what}: the end of the page was not reached");
}

fn first_layer_in_every_place_leaves_the_focus_in_sight(engine: Engine) {
    let edge = Edge::start();
    for position in PLACES {
        place(&edge, position);
        let browser = Browser::start(engine);
        browser.visit(&edge.url("/keyboard.html"));
        browser.wait_for(LAYER);
        browser.wait_until_hydrated();
        walk(&browser, position);
        if engine == Engine::Chromium {
            assert_eq!(browser.run("return shifts"), json!([]), "{position}: nothing moves");
            for (width, height) in [(320, 720), (768, 1024)] {
                browser.resize(width, height);
                walk(&browser, &format!("{position} {width}"));
            }
        }
        // No scroll lock: the wheel still belongs to the page.
        let scrolls =
            "scrollTo(0, 0); scrollBy(0, 50); return scrollY > 0 && getComputedStyle(document.body).overflow";
        assert_eq!(browser.run(scrolls), "visible", "{position}");
    }
}

fn first_layer_zoomed_in_takes_half_the_height_and_keeps_its_buttons(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    for position in PLACES {
        place(&edge, position);
        browser.devtools("Network.clearBrowserCache", json!({}));
        // 200 % of 1280 × 900; 400 % of the same, upright; a small phone; the same with its keyboard open.
        for (width, height) in [(640, 450), (320, 720), (320, 480), (320, 360)] {
            browser.resize(width, height);
            browser.visit(&edge.url("/keyboard.html"));
            browser.wait_for(LAYER);
            let what = format!("{position} {width}x{height}");
            let tall = browser
                .run(&format!("return document.querySelector('{LAYER}').getBoundingClientRect().height"));
            assert!(
                tall.as_f64().is_some_and(|tall| tall <= f64::from(height) / 2.0 + 1.0),
                "{what}: {tall}"
            );
            let wide = browser.run("return document.documentElement.scrollWidth - innerWidth");
            assert!(wide.as_f64() <= Some(0.0), "{what}: scrolls sideways by {wide}");
            for button in [REJECT, ACCEPT, OPEN] {
                browser.run(&format!("document.querySelector('{button}').focus()"));
                let seen = browser.run(FOCUS_SEEN);
                assert!(seen[2].as_u64() > Some(9), "{what}: {button}: {seen}");
            }
            browser.run(&format!("document.querySelector('{LAYER} p a').focus()"));
            assert!(browser.run(FOCUS_SEEN)[2].as_u64() > Some(0), "{what}: the link in the text");
        }
    }
}

fn first_layer_answers_look_the_same_in_every_language_and_place(engine: Engine) {
    let edge = Edge::start();
    let page = std::fs::read_to_string(edge.pages().join("keyboard.html")).expect("the fixture");
    for language in ["en", "de", "fr", "ar"] {
        let page = page.replace("demo.js", &format!("demo.js?lang={language}"));
        std::fs::write(edge.pages().join(format!("in-{language}.html")), page).expect("room for a page");
    }
    let browser = Browser::start(engine);
    for position in PLACES {
        place(&edge, position);
        for language in ["en", "de", "fr", "ar"] {
            browser.devtools("Network.clearBrowserCache", json!({}));
            browser.visit(&edge.url(&format!("/in-{language}.html")));
            browser.wait_for(LAYER);
            for (width, height) in [(320, 720), (768, 1024), (1280, 800)] {
                browser.resize(width, height);
                let [reject, accept] = [REJECT, ACCEPT].map(|button| look(&browser, button));
                assert_eq!(reject, accept, "{position} {language} {width}");
            }
        }
    }
}

/// Everything that is computed about a button, and its size: grid columns may differ by a 64th of a pixel.
fn look(browser: &Browser, button: &str) -> Value {
    browser.run(&format!(
        "const button = document.querySelector('{button}'), {{ width, height }} = button.getBoundingClientRect();
         const style = getComputedStyle(button);
         const all = [...style].filter((name) => !/origin|^(width|inline-size)$/.test(name)).map((name) => name + ': ' + style.getPropertyValue(name));
         return [width > 60 && height >= 44, Math.round(width * 4), height, ...all]"
    ))
}

fn first_layer_in_every_theme_satisfies_axe(engine: Engine) {
    let edge = Edge::start();
    let [none, demo, sand] = axe::COLOURS;
    let browser = Browser::start(engine);
    for (theme, position) in
        [(none, "bar"), (none, "card"), (none, "centre"), (demo, "bar"), (sand, "bar"), (sand, "card")]
    {
        edge.publish_theme(&format!("position = \"{position}\"\n{theme}"));
        browser.devtools("Network.clearBrowserCache", json!({}));
        for (scheme, forced) in [("light", "none"), ("dark", "none"), ("light", "active")] {
            browser.prefer("", &[("prefers-color-scheme", scheme), ("forced-colors", forced)]);
            for width in [320, 1280] {
                browser.resize(width, 800);
                browser.visit(&edge.url("/keyboard.html"));
                browser.wait_for(LAYER);
                let what = format!("{position} {scheme} {forced} {width} {theme}");
                assert_eq!(browser.axe("#consentry"), Vec::<String>::new(), "{what}");
            }
        }
    }
    browser.assert_no_trouble();
}

fn first_layer_in_forced_colours_has_edges(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.prefer("", &[("forced-colors", "active")]);
    browser.visit(&edge.url("/keyboard.html"));
    browser.wait_for(LAYER);
    assert_eq!(browser.run("return matchMedia('(forced-colors: active)').matches"), true);
    for edged in [LAYER, REJECT, ACCEPT, OPEN] {
        let differs = browser.run(&format!(
            "const style = getComputedStyle(document.querySelector('{edged}'));
             return parseFloat(style.borderTopWidth) >= 1 && style.borderTopStyle == 'solid' && style.borderTopColor != style.backgroundColor"
        ));
        assert_eq!(differs, true, "{edged}");
    }
}

fn first_layer_status_and_link_are_not_printed(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::with(engine, Setup { gpc: true, ..Setup::default() });
    browser.visit(&edge.url("/keyboard.html"));
    browser.wait_for(STATUS);
    browser.wait_for(LINK);
    browser.prefer("print", &[]);
    assert!(!browser.shows(STATUS) && !browser.shows(LINK));
    // What somebody without the signal is asked.
    browser.run(&format!("document.querySelector('{LAYER}').hidden = false"));
    assert!(!browser.shows(LAYER));
    assert_eq!(browser.run("return getComputedStyle(document.documentElement, '::after').content"), "none");
    browser.prefer("screen", &[]);
    assert!(browser.shows(LAYER), "the page on the screen has it still");
}

/// Every computed property of everything we show, and its boxes.
const OURS: &str = "
    return ['section', 'section *'].flatMap((css) => [...document.querySelectorAll('#consentry > ' + css)]).map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        const styles = [undefined, '::before', '::after'].map((part) => {
            const style = getComputedStyle(element, part);
            return [...style].map((name) => name + ': ' + style.getPropertyValue(name)).join('; ');
        });
        return [element.tagName, x, y, width, height, ...styles];
    })";

fn first_layer_in_a_rude_page_looks_like_itself(engine: Engine) {
    let edge = Edge::start();
    for position in PLACES {
        place(&edge, position);
        let browser = Browser::start(engine);
        let seen = |page: &str| {
            browser.visit(&edge.url(page));
            browser.wait_for(LAYER);
            browser.wait_until_hydrated();
            browser.run(OURS)
        };
        let (calm, rude) = (seen("/rude.html?calm"), seen("/rude.html"));
        let (calm, rude) = (calm.as_array().expect("elements"), rude.as_array().expect("elements"));
        assert!(calm.len() == rude.len() && calm.len() > 6, "{position}: {} elements", calm.len());
        for (calm, rude) in calm.iter().zip(rude) {
            assert_eq!(calm, rude, "{position}");
        }
        // Nothing of the page is in front of it, not even what has the highest z-index but one.
        browser.click(REJECT);
        browser.wait_without(LAYER);
    }
    // In a body that is transformed it is still itself, in the only place where it can be then: at the body's end.
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/rude.html?moved"));
    browser.wait_for(LAYER);
    let size = |button: &str| browser.run(&format!("return document.querySelector('{button}').offsetWidth"));
    assert!(size(REJECT).as_u64() > Some(100) && size(REJECT) == size(ACCEPT), "{}", size(REJECT));
    browser.click(REJECT);
    browser.wait_without(LAYER);
}

/// Every computed property of everything that is not ours, and its boxes. The document's own element may get room at its end
/// and scrolls what has the focus clear of us; the page's content may not notice.
const THEIRS: &str = "
    return [...document.querySelectorAll('body, body *')].filter((element) => !element.closest('#consentry')).map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect(), style = getComputedStyle(element);
        return [element.tagName, x, y, width, height, ...[...style].filter((name) => !/^--cy-/.test(name)).map((name) => name + ': ' + style.getPropertyValue(name))];
    })";

fn first_layer_leaves_the_page_as_it_is(engine: Engine) {
    let edge = Edge::start();
    for position in PLACES {
        place(&edge, position);
        let browser = Browser::start(engine);
        for page in ["/rude.html?calm", "/rude.html?"] {
            browser.goto(&edge.url(&format!("{page}&alone")));
            settle();
            let without = browser.run(THEIRS);
            browser.visit(&edge.url(page));
            browser.wait_for(LAYER);
            browser.wait_until_hydrated();
            let with = browser.run(THEIRS);
            let (without, with) = (without.as_array().expect("elements"), with.as_array().expect("elements"));
            assert!(without.len() == with.len() && with.len() > 9, "{position} {page}: {}", with.len());
            for (without, with) in without.iter().zip(with) {
                assert_eq!(without, with, "{position} {page}");
            }
        }
    }
}

fn link_and_status_let_the_focus_be_seen(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::with(engine, Setup { gpc: true, ..Setup::default() });
    for (width, height) in [(320, 720), (1280, 800)] {
        browser.resize(width, height);
        browser.visit(&edge.url("/keyboard.html"));
        browser.wait_for(STATUS);
        browser.run("document.querySelector('#end').focus({ focusVisible: true }); scrollTo(0, 1e6)");
        assert!(browser.run(FOCUS_SEEN)[2].as_u64() > Some(9), "{width}");
        browser.run(&format!("document.querySelector('{LINK}').focus({{ focusVisible: true }})"));
        assert!(browser.shows(LINK), "{width}: the link itself is there as soon as it has the focus");
        assert_eq!(browser.axe("#consentry"), Vec::<String>::new(), "{width}");
    }
}
