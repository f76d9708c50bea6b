//! Everything a visitor sees, for those who read differently: with more space between letters, larger, without motion, in few
//! colours, on paper.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::axe::{COLOURS, Theme};
use crate::support::browser::{ACCEPT, DIALOG, FORM, LAYER, LINK, OPEN, REJECT};
use crate::support::pixels::Painted;
use crate::support::{Browser, Edge, Engine, fit, journeys, wait_for};

journeys! {
    text_with_more_space_around_is_neither_cut_off_nor_lost on chromium firefox;
    text_of_twice_the_size_is_neither_cut_off_nor_lost on chromium firefox;
    window_zoomed_in_loses_nothing on chromium;
    motion_that_is_not_wanted_does_not_happen on chromium;
    focus_is_painted_with_contrast_in_every_theme on chromium;
    switches_are_painted_with_contrast_in_every_theme on chromium;
    more_contrast_gives_secondary_text_and_borders_the_colour_of_text on chromium;
    preferences_on_paper_are_unfolded_and_without_buttons on chromium;
    messages_and_the_link_do_not_cover_each_other on chromium;
    placeholders_are_printed_and_the_word_on_reloading_is_not on chromium;
}

/// What stands in the place of a film.
const FILM: &str = ".consentry-embed:has(+ #film)";
const PAGE: &str = "/_c/demo/preferences?return=%2F";
const UNFOLD: &str = "document.querySelectorAll('details').forEach((details) => (details.open = true))";

/// Brings a first visitor to everything there is to see, one after the other, and calls back with what it is and where.
fn everywhere(edge: &Edge, browser: &Browser, mut look: impl FnMut(&str, &str)) {
    browser.goto(&edge.url("/own.js"));
    browser.forget();
    browser.visit(&edge.url("/embeds.html"));
    browser.wait_for(LAYER);
    browser.wait_until_hydrated();
    look("first layer", LAYER);
    browser.open_preferences(OPEN);
    browser.run(UNFOLD);
    look("preferences", DIALOG);
    browser.run("document.querySelector('#consentry .cy-close').click()");
    browser.run(&format!("document.querySelector({REJECT:?}).click()"));
    browser.wait_without(LAYER);
    browser.wait_for(FILM);
    look("placeholders", "main .consentry-embed");
    look("link", "#consentry");
    browser.goto(&edge.url(PAGE));
    browser.run(UNFOLD);
    look("preferences page", "#consentry");
}

/// Fails unless everything can be read, and on the first layer both answers are in sight.
fn assert_readable(browser: &Browser, what: &str, within: &str) {
    assert_eq!(fit::lost(browser, within), Vec::<String>::new(), "{what}");
    if within == LAYER {
        let seen = browser.run(&format!(
            "return [{REJECT:?}, {ACCEPT:?}].every((css) => {{
                const {{ top, bottom }} = document.querySelector(css).getBoundingClientRect();
                return top >= 0 && bottom <= innerHeight + 1;
            }})"
        ));
        assert_eq!(seen, true, "{what}: both answers are in sight");
    }
}

/// Text spacing as WCAG 2.2 has it (1.4.12), put over everything by the visitor's own style.
const SPACING: &str = "
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }');
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return getComputedStyle(document.querySelector(within)).letterSpacing";

fn text_with_more_space_around_is_neither_cut_off_nor_lost(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    let sizes: &[(u32, u32)] =
        if engine == Engine::Chromium { &[(1280, 800), (320, 720)] } else { &[(0, 0)] };
    for (width, height) in sizes {
        if *width > 0 {
            browser.resize(*width, *height);
        }
        everywhere(&edge, &browser, |what, within| {
            let spaced = browser.run(&format!("const within = {within:?};{SPACING}"));
            assert!(spaced.as_str().is_some_and(|spaced| spaced.ends_with("px")), "{what}: {spaced}");
            assert_readable(&browser, &format!("{what} {width}"), within);
        });
    }
}

/// Text alone grows, as in browsers that can be told so; what is around keeps its size.
const TWICE: &str = "
    const all = [...document.querySelectorAll('#consentry, #consentry *, .consentry-embed, .consentry-embed *')];
    all.forEach((el) => el.style.removeProperty('font-size'));
    const sizes = all.map((el) => parseFloat(getComputedStyle(el).fontSize));
    all.forEach((el, at) => el.style.setProperty('font-size', `${2 * sizes[at]}px`, 'important'));";

fn text_of_twice_the_size_is_neither_cut_off_nor_lost(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    everywhere(&edge, &browser, |what, within| {
        browser.run(TWICE);
        assert_readable(&browser, what, within);
    });
}

fn window_zoomed_in_loses_nothing(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    // 200 % of 1280 × 900, and 400 % of 1280 × 1024.
    for (width, height) in [(640, 450), (320, 256)] {
        browser.resize(width, height);
        everywhere(&edge, &browser, |what, within| {
            assert_eq!(fit::lost(&browser, within), Vec::<String>::new(), "{what} {width}x{height}");
        });
    }
}

/// Everything of ours that would take longer than 0.01 s to change, and what is moving.
const MOVING: &str = "
    const slow = [], seconds = (list) => Math.max(...list.split(',').map((one) => parseFloat(one) * (/ms/.test(one) ? 0.001 : 1)));
    for (const el of document.querySelectorAll('#consentry, #consentry *, .consentry-embed, .consentry-embed *'))
      for (const part of [null, '::before', '::after', '::backdrop']) {
        const style = getComputedStyle(el, part);
        if (style.transitionProperty != 'none' && seconds(style.transitionDuration) > 0.01) slow.push(`${el.localName}.${el.className}${part || ''}`);
        if (style.animationName != 'none' && seconds(style.animationDuration) > 0.01) slow.push(`${el.localName}.${el.className}${part || ''}`);
        if (style.scrollBehavior == 'smooth') slow.push('scrolling');
      }
    return [...new Set(slow)]";

fn motion_that_is_not_wanted_does_not_happen(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    let moving = || {
        let found = browser.run(MOVING);
        found.as_array().expect("what moves").clone()
    };
    let mut by_itself = 0;
    everywhere(&edge, &browser, |what, _| {
        browser.prefer("", &[("prefers-reduced-motion", "no-preference")]);
        by_itself += moving().len();
        browser.prefer("", &[("prefers-reduced-motion", "reduce")]);
        assert_eq!(moving(), Vec::<Value>::new(), "{what}");
    });
    assert!(by_itself > 0, "there is motion to be had without the wish");
}

/// Everything that can have the focus and looks different from the others.
const FOCUSABLE: [(&str, &[&str]); 4] = [
    ("first layer", &[REJECT, OPEN, "#consentry section p a"]),
    (
        "preferences",
        &[
            "#consentry .cy-close",
            "#consentry .cy-category summary",
            "#consentry .cy-category p:not([hidden]) > a:not([hidden])",
            "#consentry [value=functional]",
            "#consentry [value=mixpanel]",
            "#consentry .cy-small a",
            "#consentry .cy-actions [value=save]",
        ],
    ),
    ("placeholders", &[".consentry-embed [data-consentry-embed=once]"]),
    ("link", &[LINK]),
];

fn in_every_theme(browser: &Browser, engine: Engine, mut look: impl FnMut(Theme)) {
    for theme in Theme::of(engine) {
        theme.set(browser, engine);
        look(*theme);
    }
    Theme::Light.set(browser, engine);
}

fn focus_is_painted_with_contrast_in_every_theme(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    for colours in COLOURS {
        edge.publish_theme(colours);
        browser.devtools("Network.clearBrowserCache", json!({}));
        everywhere(&edge, &browser, |place, _| {
            let Some((_, focusable)) = FOCUSABLE.iter().find(|(name, _)| *name == place) else { return };
            in_every_theme(&browser, engine, |theme| {
                for css in *focusable {
                    let what = format!("{css} {theme:?} {colours}");
                    browser.run(&format!(
                        "document.activeElement.blur(); document.querySelector({css:?}).scrollIntoView({{ block: 'center' }})"
                    ));
                    let before = Painted::of(&browser, css);
                    browser.run(&format!(
                        "document.querySelector({css:?}).focus({{ focusVisible: true, preventScroll: true }})"
                    ));
                    let after = Painted::of(&browser, css);
                    // As many as a line of one pixel around the element, and more: the ring has three.
                    let around = 2.0 * (after.size.0 + after.size.1);
                    let changed = before.changed(&after);
                    assert!(changed as f64 > 1.2 * around, "{what}: {changed} pixels for {around}");
                }
            });
        });
    }
}

fn switches_are_painted_with_contrast_in_every_theme(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.prefer("", &[("prefers-reduced-motion", "reduce")]);
    for colours in COLOURS {
        edge.publish_theme(colours);
        browser.devtools("Network.clearBrowserCache", json!({}));
        browser.goto(&edge.url("/own.js"));
        browser.forget();
        browser.goto(&edge.url(PAGE));
        let required = "#consentry [role=switch][value=required]";
        let functional = "#consentry [role=switch][value=functional]";
        in_every_theme(&browser, engine, |theme| {
            let what = format!("{theme:?} {colours}");
            let paint = |css: &str, on: bool| {
                browser.run(&format!(
                    "const one = document.querySelector({css:?}); one.checked = {on}; one.scrollIntoView({{ block: 'center' }})"
                ));
                // What changes does so at once where no motion is wanted; one frame it takes.
                browser.run_async(
                    "await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
                );
                Painted::of(&browser, css)
            };
            let off = paint(functional, false);
            // A busy machine may take its picture before the frame in which the knob has moved.
            let on = wait_for(&format!("a moved knob, {what}"), Duration::from_secs(10), || {
                Some(paint(functional, true)).filter(|on| off.changed(on) > 150)
            });
            let locked = paint(required, true);
            for (state, switch) in [("off", &off), ("on", &on), ("locked", &locked)] {
                let (pixels, perimeter) = (switch.standing_out(), 2.0 * (switch.size.0 + switch.size.1));
                assert!(pixels as f64 > perimeter, "{state} {what}: {pixels} pixels stand out");
            }
        });
    }
}

fn more_contrast_gives_secondary_text_and_borders_the_colour_of_text(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.goto(&edge.url(PAGE));
    let as_text = "const style = (css) => getComputedStyle(document.querySelector(`#consentry ${css}`));
        return [style('.cy-note').color, style('h4').color, style('.cy-switch input:not(:checked)').borderTopColor]
          .map((colour) => colour == style('h3').color)";
    for scheme in ["light", "dark"] {
        for (contrast, same) in [("no-preference", false), ("more", true)] {
            browser.prefer("", &[("prefers-color-scheme", scheme), ("prefers-contrast", contrast)]);
            browser.run_async("await Promise.all(document.getAnimations().map((one) => one.finished))");
            assert_eq!(browser.run(as_text), json!([same, same, same]), "{scheme} {contrast}");
        }
    }
}

/// Whether each of these is shown, as the list of those that are not as they should be.
fn wrong(browser: &Browser, shown: &[&str], hidden: &[&str]) -> Vec<String> {
    let state = |css: &&&str| {
        let visible = "checkVisibility({ visibilityProperty: true })";
        let any = format!(
            "return [...document.querySelectorAll({css:?})].some((one) => one.{visible} && one.offsetHeight > 0)"
        );
        browser.run(&any) == Value::Bool(true)
    };
    let missing = shown.iter().filter(|css| !state(css)).map(|css| format!("{css} is missing"));
    let there = hidden.iter().filter(state).map(|css| format!("{css} is there"));
    missing.chain(there).collect()
}

fn preferences_on_paper_are_unfolded_and_without_buttons(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/embeds.html"));
    browser.wait_for(LAYER);
    browser.wait_until_hydrated();
    browser.open_preferences(OPEN);
    let folded = "#consentry .cy-category details > p";
    let buttons = ["#consentry .cy-actions", "#consentry .cy-actions button", "#consentry .cy-finder"];
    assert!(!wrong(&browser, &[folded], &[]).is_empty(), "folded on the screen");
    browser.prefer("print", &[]);
    assert_eq!(wrong(&browser, &[folded, "#consentry h3"], &buttons), [""; 0]);
    // What was behind the dialog is not mixed with it, and the dialog is as long as it is.
    assert_eq!(wrong(&browser, &[DIALOG], &["main", LAYER, "#consentry .cy-close"]), [""; 0]);
    let whole = format!(
        "const dialog = document.querySelector({DIALOG:?}), last = dialog.querySelector('.cy-small:last-of-type, .cy-form > div:nth-last-child(2)');
         return [getComputedStyle(dialog).overflow, getComputedStyle(dialog.querySelector('.cy-body')).overflow,
           last.getBoundingClientRect().bottom <= dialog.getBoundingClientRect().bottom + 1]"
    );
    assert_eq!(browser.run(&whole), json!(["visible", "visible", true]));
    browser.prefer("screen", &[]);
    assert_eq!(wrong(&browser, &buttons[..2], &[]), [""; 0], "on the screen they are there again");
    browser.goto(&edge.url(PAGE));
    browser.prefer("print", &[]);
    assert_eq!(wrong(&browser, &[folded, "#consentry h3", "#consentry table"], &buttons), [""; 0]);
}

fn placeholders_are_printed_and_the_word_on_reloading_is_not(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/"));
    browser.click(ACCEPT);
    browser.wait_until_recorded();
    edge.wait_for_hits(&["/gtag/js"]);
    browser.run("consentry.set({ functional: false, advertising: false })");
    let note = "[data-consentry-embed=note]";
    browser.wait_for(note);
    browser.prefer("print", &[]);
    assert_eq!(wrong(&browser, &["main"], &[note, LAYER, LINK, FORM]), [""; 0]);
    browser.visit(&edge.url("/embeds.html"));
    browser.wait_until("the placeholder is there", &format!("return !!document.querySelector({FILM:?})"));
    let printed = [FILM, &format!("{FILM} strong"), &format!("{FILM} p")];
    assert_eq!(wrong(&browser, &printed, &[LAYER, LINK]), [""; 0], "where the film would be on paper");
}

/// Which of nine points on each of the two belong to something else.
const COVERED: &str = "
    return ['output', 'a[data-consentry-part=link]'].flatMap((css) => {
      const one = document.querySelector(`#consentry > ${css}`), box = one.getBoundingClientRect(), covered = [];
      for (const x of [.1, .5, .9]) for (const y of [.2, .5, .8]) {
        const there = document.elementFromPoint(box.x + x * box.width, box.y + y * box.height);
        if (!there || !one.contains(there)) covered.push(`${css} by ${there?.localName || 'the edge of the window'}`);
      }
      return [...new Set(covered)];
    })";

fn messages_and_the_link_do_not_cover_each_other(engine: Engine) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    let page = std::fs::read_to_string(edge.pages().join("keyboard.html")).expect("the fixture");
    let right_to_left = page.replace("<html lang=\"en\"", "<html lang=\"ar\" dir=\"rtl\"");
    std::fs::write(edge.pages().join("right-to-left.html"), right_to_left).expect("room for a page");
    for corner in ["end", "start"] {
        edge.publish_theme(&format!("corner = \"{corner}\""));
        browser.devtools("Network.clearBrowserCache", json!({}));
        for page in ["/keyboard.html", "/right-to-left.html"] {
            browser.resize(1280, 800);
            browser.goto(&edge.url("/own.js"));
            browser.forget();
            browser.visit(&edge.url(page));
            browser.wait_until_hydrated();
            browser.run(&format!("document.querySelector({ACCEPT:?}).click()"));
            browser.wait_for(LINK);
            for width in [320, 600, 1280] {
                browser.resize(width, 800);
                browser.wait_for("#consentry > output");
                assert_eq!(browser.run(COVERED), json!([]), "{page}, corner {corner}, {width}");
            }
        }
    }
}
