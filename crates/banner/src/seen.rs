//! Tells the edge that the first layer was shown or put away. A number there goes up; nobody is told who it was.

use consentry_core::Source;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::app::App;
use crate::fetch::fetch;

/// Reports the first layer of this page, if there is one, and has Escape put it away: for this page, and without a decision.
pub fn watch(app: &'static App) {
    // Whoever was quicker than this program has been asked all the same.
    let answered = |choice: consentry_core::Choice| {
        let opened = web_sys::window().and_then(|window| window.performance());
        choice.source == Source::Banner
            && opened.is_some_and(|opened| choice.time().0 as f64 >= opened.time_origin())
    };
    if app.bridge.ask() || app.choice().is_some_and(answered) {
        report(app, "shown");
    }
    let Ok(Some(layer)) = app.root.query_selector("section") else { return };
    let layer: HtmlElement = layer.unchecked_into();
    let put_away = layer.clone();
    let pressed = Closure::<dyn FnMut(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            put_away.set_hidden(true);
            // The focus was in it, and what is hidden cannot have it.
            if let Some(link) = app.link() {
                let _ = link.focus();
            }
            report(app, "dismissed");
        }
    });
    let _ = layer.add_event_listener_with_callback("keydown", pressed.into_js_value().unchecked_ref());
}

/// Nobody waits for the answer.
fn report(app: &'static App, event: &'static str) {
    let url = [&app.base, "/v1/sites/", &app.payload.site, "/shown"].concat();
    let body = ["{\"event\":\"", event, "\",\"language\":\"", &app.payload.language, "\"}"].concat();
    spawn_local(async move { drop(fetch(&url, Some(&body)).await) });
}
