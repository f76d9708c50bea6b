//! The banner in the page: takes over the shell the server rendered, opens the preferences, builds and sends the records.
//!
//! Everything it does can fail without harm: the gate has already applied what it may, and goes on without the banner.

mod app;
mod bridge;
mod centre;
mod erase;
mod fetch;
mod fill;
mod json;
mod receipt;
mod seen;
mod send;
mod store;

use std::cell::{Cell, RefCell};

use consentry_api::light::PayloadBrief;
use consentry_core::choice::ServiceSet;
use consentry_core::{Action, Grants, Source};
use consentry_ui::{DIALOG_CSS, Shell, ShellWords, Switches};
use js_sys::{Array, Reflect};
use leptos::mount::mount_to;
use leptos::prelude::*;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::PositionState;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{CssStyleSheet, Document, Event, HtmlElement, MouseEvent};

use crate::app::App;
use crate::bridge::Bridge;
use crate::json::Incoming;
use crate::store::Store;

/// Starts the banner. An error leaves the page to the gate.
#[wasm_bindgen]
pub fn start(bridge: Bridge) -> Result<(), JsValue> {
    let document = web_sys::window().and_then(|window| window.document()).ok_or("no document")?;
    let root: HtmlElement = document.get_element_by_id("consentry").ok_or("no shell")?.unchecked_into();
    let payload = PayloadBrief::read(&Incoming(bridge.payload())).ok_or("another payload")?;
    adopt(&document, DIALOG_CSS);

    // It lives as long as the page.
    let app: &'static App = Box::leak(Box::new(App {
        base: bridge.base(),
        store: Store::new(&payload.site),
        document,
        root: root.clone(),
        sending: Cell::new(false),
        dialog: RefCell::default(),
        pressed_outside: Cell::new(false),
        proof: RefCell::default(),
        messages: Cell::default(),
        shown: Cell::default(),
        bridge,
        payload,
    }));

    let acted = move |event: MouseEvent| {
        event.prevent_default();
        act(app, &event);
    };
    // What `hydrate_from` does, less the machinery for data the server has serialized: there is none.
    let shell = view! { <Shell words=ShellWords::default() on_action=acted /> }.into_view();
    std::mem::forget(
        shell.hydrate::<true>(&Cursor::new(root.clone().unchecked_into()), &PositionState::default()),
    );
    app.bridge.hydrated();

    // Empty until there is something to say, and there before it: a status that arrives with its text is not read out.
    mount_to(root, || view! { <output role="status"></output> }).forget();

    app.bridge.onchange(&listener(move |_| send::record_soon(app)));
    app.bridge.onopen(&listener(move |_| centre::open(app)));
    if let Some(window) = web_sys::window() {
        let _ = window
            .add_event_listener_with_callback("online", listener(move |_| send::record(app)).unchecked_ref());
    }
    send::record(app);
    seen::watch(app);
    centre::prepare(app);
    Ok(())
}

/// A click on one of the shell's actions.
fn act(app: &'static App, event: &MouseEvent) {
    let action = event.current_target().map(|target| target.unchecked_into::<HtmlElement>());
    let action = action.and_then(|element| element.get_attribute("data-consentry")).unwrap_or_default();
    let denied = ServiceSet::default();
    match action.as_str() {
        "accept" => {
            app.decide(Action::AcceptAll, Source::Banner, Switches { grants: app.everything(), denied })
        }
        "reject" => {
            app.decide(Action::RejectAll, Source::Banner, Switches { grants: Grants::REQUIRED, denied })
        }
        _ => centre::open(app),
    }
}

/// Adds a style sheet the way that needs no permission of a strict Content Security Policy. Where the browser cannot, the
/// preferences are plain but work.
fn adopt(document: &Document, css: &str) {
    let key = JsValue::from("adoptedStyleSheets");
    let Ok(sheet) = CssStyleSheet::new() else { return };
    let (Ok(()), Ok(old)) = (sheet.replace_sync(css), Reflect::get(document, &key)) else { return };
    let all = Array::from(&old);
    all.push(&sheet);
    let _ = Reflect::set(document, &key, &all);
}

/// A function the gate or the browser may call for as long as the page lives. The gate calls without an event, and nothing
/// that it calls looks at one.
fn listener(then: impl FnMut(Event) + 'static) -> JsValue {
    Closure::<dyn FnMut(Event)>::new(then).into_js_value()
}
