//! Automatic mode and every kind of element that a script can make: by property, by attribute, under the vendors' own hosts, and on
//! a page that allows next to nothing.

use serde_json::json;

use crate::automatic::policy;
use crate::clean_page::assert_untouched;
use crate::support::browser::{ACCEPT, FORM, LAYER, LINK};
use crate::support::{Browser, Edge, Engine, Setup, journeys, settle, site};

journeys! {
    players_and_plugins_made_by_script_are_held_and_let_go on chromium firefox;
    players_and_plugins_of_the_catalogue_wait_each_for_its_category on chromium;
    sound_that_is_made_with_its_address_is_held_and_let_go on chromium firefox;
    strict_page_that_nobody_marked_is_held_let_go_and_silent_after_the_withdrawal on chromium firefox;
}

/// Everything that is neither a script, a frame nor a picture; `at` says where each of them is.
const MADE: &str = r#"
const made = (name, set) => {
  const el = document.createElement(name);
  el.preload = "auto";
  set(el);
  document.body.append(el);
};
const source = (address, set) => (el) => {
  const one = document.createElement("source");
  set(one, address);
  el.append(one);
};
made("video", (el) => { el.poster = at.poster + "?property"; el.src = at.film + "?property"; });
made("audio", (el) => { el.src = at.sound + "?property"; });
made("video", source(at.source + "?property", (el, address) => { el.src = address; }));
made("embed", (el) => { el.src = at.embedded + "?property"; });
made("object", (el) => { el.data = at.object + "?property"; });
made("video", (el) => { el.setAttribute("poster", at.poster + "?attribute"); el.setAttribute("src", at.film + "?attribute"); });
made("audio", (el) => { el.setAttribute("SRC", at.sound + "?attribute"); });
made("video", source(at.source + "?attribute", (el, address) => { el.setAttribute("src", address); }));
made("embed", (el) => { el.setAttribute("src", at.embedded + "?attribute"); });
made("object", (el) => { el.setAttribute("data", at.object + "?attribute"); });
"#;

const PATHS: [&str; 6] =
    ["/poster.jpg", "/film.mp4", "/sound.mp3", "/source.webm", "/embedded.html", "/object.html"];

/// A page on which the gate comes first, and a script makes the rest.
fn add_page(edge: &Edge, script: &str) {
    let page = format!(
        r#"<!doctype html><html lang="en"><head><title>Made</title><script src="/_c/demo.js"></script></head>
        <body><h1>Made</h1><script>{script}</script></body></html>"#
    );
    std::fs::write(edge.pages().join("made.html"), site::trapped(&page)).expect("room for a page");
}

/// The script, each element at its place.
fn made_at(hosts: [&str; 6]) -> String {
    let names = ["poster", "film", "sound", "source", "embedded", "object"];
    let mut places = String::new();
    for ((name, host), path) in names.iter().zip(hosts).zip(PATHS) {
        places.push_str(&format!("{name}: '{host}{path}', "));
    }
    format!("const at = {{ {places} }}; {MADE}")
}

/// Fails if anything of the page was asked for, then or soon. What else there is comes from the browser itself, which asks its
/// maker's hosts where all of them are this machine.
fn assert_held(edge: &Edge) {
    settle();
    let mut asked = edge.vendor.requests();
    let own = ["google.com:443", "google.com", "googleapis.com"];
    asked.retain(|hit| !hit.referer.is_empty() || !own.iter().any(|host| hit.host.ends_with(host)));
    assert_eq!(asked, [], "third parties were contacted");
}

fn visit(edge: &Edge, browser: &Browser) {
    browser.visit(&edge.url("/made.html"));
    browser.wait_for(LAYER);
    assert_held(edge);
}

fn withdraw(edge: &Edge, browser: &Browser) {
    browser.open_preferences(LINK);
    browser.click(&format!("{FORM} button[value=reject_all]"));
    browser.wait_without(FORM);
    browser.wait_until_recorded();
    settle();
    edge.vendor.reset();
    browser.reload();
    assert_held(edge);
}

/// Each way to give an element its address.
fn both(path: &str) -> [String; 2] {
    ["property", "attribute"].map(|way| format!("{path}?{way}"))
}

fn wait_for_both(edge: &Edge, paths: &[&str]) {
    for path in paths {
        edge.wait_for_hits(&both(path).each_ref().map(String::as_str));
    }
}

fn players_and_plugins_made_by_script_are_held_and_let_go(engine: Engine) {
    let edge = Edge::start();
    policy(&edge, "auto");
    let vendor = edge.vendor.url();
    add_page(&edge, &made_at([vendor.as_str(); 6]));
    let browser = Browser::start(engine);
    visit(&edge, &browser);
    // Loaders that look for what they have made find it.
    let kept = browser.run("return document.querySelector('video').src");
    assert_eq!(kept, format!("{vendor}/film.mp4?property"));
    browser.click(ACCEPT);
    wait_for_both(&edge, &PATHS);
    browser.wait_until_recorded();
    withdraw(&edge, &browser);
}

fn players_and_plugins_of_the_catalogue_wait_each_for_its_category(engine: Engine) {
    let edge = Edge::start();
    policy(&edge, "auto");
    // Whose films are functional there, and whose come with advertisements.
    let (vimeo, youtube) = ("https://player.vimeo.com", "https://www.youtube.com");
    let pictures = "https://i.vimeocdn.com";
    let hosts = [pictures, vimeo, "https://api.soundcloud.com", youtube, youtube, "https://i.ytimg.com"];
    add_page(&edge, &made_at(hosts));
    let browser = Browser::with(engine, Setup { all_hosts_at: Some(edge.vendor.port()), ..Setup::default() });
    visit(&edge, &browser);
    browser.run("consentry.set({ functional: true })");
    let (functional, advertising) = PATHS.split_at(3);
    wait_for_both(&edge, functional);
    settle();
    for path in advertising {
        assert_eq!(edge.vendor.count_for(path), 0, "{:#?}", edge.vendor.requests());
    }
    browser.run("consentry.set({ advertising: true })");
    wait_for_both(&edge, advertising);
    for host in ["player.vimeo.com", "i.vimeocdn.com", "api.soundcloud.com", "www.youtube.com", "i.ytimg.com"]
    {
        assert!(edge.vendor.count_for(host) > 0, "{host}: {:#?}", edge.vendor.requests());
    }
    browser.wait_until_recorded();
    withdraw(&edge, &browser);
}

fn sound_that_is_made_with_its_address_is_held_and_let_go(engine: Engine) {
    let edge = Edge::start();
    policy(&edge, "auto");
    let vendor = edge.vendor.url();
    add_page(&edge, &format!("window.sound = new Audio('{vendor}/loose.mp3');"));
    let browser = Browser::start(engine);
    visit(&edge, &browser);
    assert_eq!(
        browser.run("return sound instanceof HTMLAudioElement && sound.src"),
        json!(format!("{vendor}/loose.mp3"))
    );
    browser.click(ACCEPT);
    edge.wait_for_hits(&["/loose.mp3"]);
    browser.wait_until_recorded();
    withdraw(&edge, &browser);
}

/// A page whose own code hands every sink what its own policy has made, and says so of what is refused.
fn add_strict_page(edge: &Edge) {
    let vendor = edge.vendor.url();
    let page = format!(
        r#"<!doctype html><html lang="en"><head>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'; script-src 'nonce-fixture' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'nonce-fixture'; connect-src 'self' {vendor}; img-src 'self' {vendor}; media-src {vendor}; frame-src {vendor}; object-src {vendor}; form-action 'self'; require-trusted-types-for 'script'; trusted-types consentry site">
        <meta charset="utf-8"><title>Strict</title><script nonce="fixture" src="/_c/demo.js"></script></head>
        <body><h1>Strict</h1><div id="text"></div><script nonce="fixture">
        const vendor = "{vendor}";
        const same = (text) => text;
        const rules = {{ createHTML: same, createScriptURL: same }};
        const own = window.trustedTypes ? trustedTypes.createPolicy("site", rules) : rules;
        const made = (name, set) => {{
          const el = document.createElement(name);
          set(el);
          document.body.append(el);
        }};
        made("script", (el) => {{ el.src = own.createScriptURL(vendor + "/property.js"); }});
        made("script", (el) => {{ el.setAttribute("src", own.createScriptURL(vendor + "/attribute.js")); }});
        made("iframe", (el) => {{ el.title = "Made"; el.src = vendor + "/frame"; }});
        made("img", (el) => {{ el.alt = ""; el.src = vendor + "/image.gif"; }});
        made("video", (el) => {{ el.preload = "auto"; el.src = vendor + "/film.mp4"; }});
        made("embed", (el) => {{ el.src = own.createScriptURL(vendor + "/embedded"); }});
        made("object", (el) => {{ el.data = own.createScriptURL(vendor + "/object"); }});
        text.innerHTML = own.createHTML(`<img alt="" src="${{vendor}}/text.gif"><iframe title="Text" src="${{vendor}}/text-frame"></iframe>`);
        window.failed = [];
        fetch(vendor + "/fetched").catch((error) => failed.push(error.name));
        failed.push(navigator.sendBeacon(vendor + "/beacon"));
        </script></body></html>"#
    );
    std::fs::write(edge.pages().join("made.html"), site::trapped(&page)).expect("room for a page");
}

fn strict_page_that_nobody_marked_is_held_let_go_and_silent_after_the_withdrawal(engine: Engine) {
    let edge = Edge::start();
    policy(&edge, "auto");
    add_strict_page(&edge);
    let browser = Browser::start(engine);
    visit(&edge, &browser);
    assert_eq!(browser.run("return failed"), json!([false, "TypeError"]));
    assert_untouched(&browser);
    browser.click(ACCEPT);
    edge.wait_for_hits(&["/property.js", "/attribute.js", "/frame", "/image.gif", "/film.mp4"]);
    edge.wait_for_hits(&["/embedded", "/object", "/text.gif", "/text-frame"]);
    browser.wait_until(
        "the scripts have run",
        "return ['property', 'attribute'].every((name) => window.__ran?.some((url) => url.endsWith(`/${name}.js`)))",
    );
    browser.wait_until_recorded();
    assert_untouched(&browser);
    withdraw(&edge, &browser);
    assert_eq!(browser.run("return window.__ran || []"), json!([]));
    assert_untouched(&browser);
}
