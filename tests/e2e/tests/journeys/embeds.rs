//! Content of others that a visitor may want to see: in its place, at its size, who it is from and two ways to have it.

use serde_json::json;

use crate::support::browser::{LAYER, REJECT};
use crate::support::{Browser, Edge, Engine, Setup, journeys};

journeys! {
    embeds_refused_stand_behind_placeholders_that_move_nothing on chromium firefox;
    embed_shown_once_comes_alone_and_is_not_remembered on chromium firefox;
    embed_always_allowed_allows_that_service_and_no_other on chromium firefox;
    embed_that_a_signal_denies_is_allowed_only_by_the_preferences on firefox;
    player_whose_sources_wait_stands_behind_a_placeholder_until_one_may_load on chromium firefox;
    placeholder_of_a_film_that_fills_a_box_is_where_it_was_also_in_another_window on chromium;
    film_behind_a_tab_gets_its_placeholder_when_the_tab_is_opened on chromium firefox webkit;
    service_that_the_policy_does_not_have_cannot_be_allowed_always on chromium;
    placeholders_have_nothing_that_axe_finds on chromium;
}

const FILM: &str = ".consentry-embed:has(+ #film)";
const MAP: &str = ".consentry-embed:has(+ #map)";
const CLIP: &str = ".consentry-embed:has(+ #clip)";
const POST: &str = "#post > .consentry-embed";

fn refused(engine: Engine, setup: Setup) -> (Edge, Browser) {
    let edge = Edge::start();
    let browser = Browser::with(engine, setup);
    browser.visit(&edge.url("/embeds.html"));
    // What the page did to itself while it was loading is not ours.
    browser.run("window.shifts.length = 0");
    if browser.shows(LAYER) {
        browser.click(REJECT);
        browser.wait_without(LAYER);
    }
    browser.wait_for(FILM);
    browser.wait_for(MAP);
    browser.wait_for(POST);
    edge.assert_no_hits();
    (edge, browser)
}

fn embeds_refused_stand_behind_placeholders_that_move_nothing(engine: Engine) {
    let (edge, browser) = refused(engine, Setup::default());
    assert_eq!(browser.text(&format!("{FILM} strong")), "Content from Video player");
    assert_eq!(
        browser.text(&format!("{MAP} strong")),
        "Content from 127.0.0.1",
        "no service, so whose address it is"
    );
    assert_eq!(browser.text(&format!("{POST} strong")), "Content from Google tag");
    let placeholders = browser.run("return document.querySelectorAll('.consentry-embed').length");
    assert_eq!(placeholders, json!(4), "nobody misses a pixel, and a player with a film of its own has it");
    let size = "const b = document.querySelector(arguments[0] || '.consentry-embed').getBoundingClientRect(); return [Math.round(b.width), Math.round(b.height)]";
    assert_eq!(browser.run(size), json!([560, 315]));
    assert_eq!(browser.run("return window.shifts || []"), json!([]));
    let styled = "const b = document.querySelector('.consentry-embed button'); return getComputedStyle(b).display != 'none' && b.getBoundingClientRect().height >= 40";
    assert_eq!(browser.run(styled), json!(true), "the page's own rules do not reach in");
    edge.assert_no_hits();
    browser.assert_no_trouble();
}

fn embed_shown_once_comes_alone_and_is_not_remembered(engine: Engine) {
    let (edge, browser) = refused(engine, Setup::default());
    browser.click(&format!("{FILM} [data-consentry-embed=once]"));
    edge.wait_for_hits(&["/video/embed?film"]);
    browser.wait_without(FILM);
    assert!(browser.shows("#film") && browser.shows(MAP));
    browser.click(&format!("{POST} [data-consentry-embed=once]"));
    edge.wait_for_hits(&["/post.js"]);
    assert_eq!(edge.vendor.count_for("/map"), 0);
    assert_eq!(edge.only_record()["action"], "reject_all");
    edge.vendor.reset();
    browser.reload();
    browser.wait_for(FILM);
    edge.assert_no_hits();
    browser.assert_no_trouble();
}

fn embed_always_allowed_allows_that_service_and_no_other(engine: Engine) {
    let (edge, browser) = refused(engine, Setup::default());
    browser.click(&format!("{FILM} [data-consentry-embed=always]"));
    edge.wait_for_hits(&["/video/embed?film"]);
    browser.wait_without(FILM);
    assert_eq!(edge.vendor.count_for("/map"), 0);
    let allowed = "return ['video_embed', 'mixpanel', 'google_tag'].map((id) => consentry.get(id))";
    assert_eq!(browser.run(allowed), json!([true, false, false]));
    browser.wait_until_recorded();
    let rows = edge.wait_for_records(2);
    assert_eq!((&rows[1]["action"], &rows[1]["source"]), (&json!("save"), &json!("preferences")));
    browser.reload();
    browser.wait_for(MAP);
    assert!(browser.shows("#film") && !browser.shows(FILM));
    browser.assert_no_trouble();
}

fn embed_that_a_signal_denies_is_allowed_only_by_the_preferences(engine: Engine) {
    let (edge, browser) = refused(engine, Setup { gpc: true, ..Setup::default() });
    browser.click(&format!("{FILM} [data-consentry-embed=always]"));
    browser.wait_for("#consentry form.cy-form");
    edge.assert_no_hits();
    assert_eq!(browser.run("return consentry.get('video_embed')"), json!(false));
}

fn player_whose_sources_wait_stands_behind_a_placeholder_until_one_may_load(engine: Engine) {
    let (edge, browser) = refused(engine, Setup::default());
    assert_eq!(browser.text(&format!("{CLIP} strong")), "Content from 127.0.0.1");
    let size = "const b = document.querySelector('.consentry-embed:has(+ #clip)').getBoundingClientRect(); return [b.width, b.height].map(Math.round)";
    assert_eq!(browser.run(size), json!([320, 180]));
    assert!(!browser.shows("#clip"));
    browser.click(&format!("{CLIP} [data-consentry-embed=once]"));
    edge.wait_for_hits(&["/v/a.mp4"]);
    browser.wait_without(CLIP);
    assert!(browser.shows("#clip") && browser.shows(MAP) && browser.shows("#own-clip"));
    assert_eq!(edge.vendor.count_for("/v/c.mp4"), 0, "another player's source");
    browser.reload();
    browser.wait_for(CLIP);
    browser.run("consentry.set({ advertising: true })");
    browser.wait_without(CLIP);
    assert!(browser.shows("#clip"));
    browser.run("consentry.set({ advertising: false })");
    browser.wait_for(CLIP);
    assert!(!browser.shows("#clip"));
}

fn framed(engine: Engine) -> (Edge, Browser) {
    let edge = Edge::start();
    let browser = Browser::start(engine);
    browser.visit(&edge.url("/framed.html"));
    browser.click(REJECT);
    browser.wait_for(FILM);
    (edge, browser)
}

fn placeholder_of_a_film_that_fills_a_box_is_where_it_was_also_in_another_window(engine: Engine) {
    let (_edge, browser) = framed(engine);
    let fills = "const box = (css) => { const { x, y, width, height } = document.querySelector(css).getBoundingClientRect(); return [x, y, width, height].map(Math.round).join() };
        return box('#box') == box('.consentry-embed:has(+ #film)')";
    let proportions = "const { width, height } = document.querySelector('#box').getBoundingClientRect(); return Math.abs(width * 9 / 16 - height) < 1";
    for width in [1280, 700] {
        browser.resize(width, 900);
        browser.wait_until("the placeholder fills its box", fills);
        assert_eq!(browser.run(proportions), json!(true), "{width}");
    }
    browser.click(&format!("{FILM} [data-consentry-embed=once]"));
    browser.wait_without(FILM);
    let style = browser.run("return document.querySelector('#film').style.display");
    assert_eq!(style, "block", "as its author had it");
    browser.assert_no_trouble();
}

fn film_behind_a_tab_gets_its_placeholder_when_the_tab_is_opened(engine: Engine) {
    let (edge, browser) = framed(engine);
    let second = "#tab > .consentry-embed";
    assert_eq!(browser.run(&format!("return document.querySelector({second:?})")), json!(null));
    browser.run("document.querySelector('#tab').className = ''");
    browser.wait_for(second);
    edge.assert_no_hits();
    browser.assert_no_trouble();
}

fn service_that_the_policy_does_not_have_cannot_be_allowed_always(engine: Engine) {
    let (edge, browser) = framed(engine);
    let stranger = ".consentry-embed:has(+ #stranger)";
    browser.wait_for(stranger);
    assert!(!browser.shows(&format!("{stranger} [data-consentry-embed=always]")));
    browser.click(&format!("{stranger} [data-consentry-embed=once]"));
    edge.wait_for_hits(&["/stranger"]);
}

fn placeholders_have_nothing_that_axe_finds(engine: Engine) {
    let (_edge, browser) = refused(engine, Setup::default());
    for scheme in ["light", "dark"] {
        browser.prefer("screen", &[("prefers-color-scheme", scheme)]);
        assert_eq!(browser.axe("main"), Vec::<String>::new(), "{scheme}");
    }
    if let Some(folder) = std::env::var_os("CONSENTRY_PICTURES") {
        for (width, scheme) in [(1280, "light"), (320, "dark")] {
            browser.resize(width, 1000);
            browser.prefer("screen", &[("prefers-color-scheme", scheme)]);
            browser.picture(&std::path::Path::new(&folder).join(format!("embeds-{width}-{scheme}.png")));
        }
    }
    browser.resize(320, 800);
    let wide = "return document.documentElement.scrollWidth <= 320";
    assert_eq!(browser.run(wide), json!(true), "nothing is wider than the screen");
}
