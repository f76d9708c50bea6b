//! What is this visitor's own in the centre: the switches, what became of the signal, and the choice so far.

use consentry_core::choice::Flags;
use consentry_core::{Choice, Grants};
use consentry_ui::Switches;
use consentry_ui::slots::{
    CHANGED, CHOICE, CHOICE_NONE, COPIED, COPY, ERASE_FAILED, ERASURE, FINDER, NOT_RECORDED, RECORD,
    RECORDED, SELL, SIGNAL_HEARD, SIGNAL_NAME, SIGNAL_NONE, SIGNAL_OVERRIDDEN, TIME, UNRECORDED, WITHDRAW,
    signal_names,
};
use js_sys::{Date, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlDialogElement, HtmlInputElement};

use crate::app::App;
use crate::centre::{each, find, input, reveal, slot};
use crate::{receipt, send};

/// Fills it, each time it is opened.
pub fn fill(app: &App, dialog: &HtmlDialogElement) {
    let choice = app.choice();
    let grants = Grants(app.bridge.grants());
    switches(app, dialog, choice.as_ref(), grants);
    signal(app, dialog, choice.as_ref(), grants);
    reveal(dialog, SELL, app.payload.opt_out);
    // Told until they have chosen again.
    reveal(dialog, CHANGED, app.outdated().is_some());
    reveal(dialog, FINDER, true);
    reveal(dialog, COPY, true);
    for said in [ERASE_FAILED, COPIED] {
        reveal(dialog, said, false);
    }
    // Also where only a signal was noted there are records to erase.
    reveal(dialog, ERASURE, choice.is_some());
    let explicit = choice.filter(Choice::is_explicit);
    reveal(dialog, CHOICE_NONE, explicit.is_none());
    reveal(dialog, CHOICE, explicit.is_some());
    reveal(dialog, WITHDRAW, explicit.as_ref().is_some_and(|choice| choice.grants != Grants::REQUIRED));
    if let Some(choice) = &explicit {
        standing(app, dialog, choice);
    }
}

fn switches(app: &App, dialog: &HtmlDialogElement, choice: Option<&Choice>, grants: Grants) {
    let denied = choice.map(|choice| choice.denied_services).unwrap_or_default();
    let switches = Switches { grants, denied };
    let set = |name: &str, id: &str, on: bool| {
        if let Some(switch) = find(dialog, &input(name, id)) {
            switch.unchecked_into::<HtmlInputElement>().set_checked(on);
        }
    };
    for (position, id) in app.payload.categories.iter().enumerate() {
        set("category", id.as_str(), grants.has(position));
    }
    for (index, (id, place)) in app.payload.services.iter().zip(&app.payload.places).enumerate() {
        set("service", id.as_str(), switches.service_on(*place, index));
    }
}

fn signal(app: &App, dialog: &HtmlDialogElement, choice: Option<&Choice>, grants: Grants) {
    let said = app.bridge.signals();
    let has = |bit: u8, flag: u8| {
        app.payload.header & bit != 0 || choice.is_some_and(|choice| choice.flags.has(flag))
    };
    let gpc = said.starts_with("on,") || has(1, Flags::GPC);
    let dnt = said.ends_with(",on") || has(2, Flags::DNT);
    let names = signal_names(gpc, dnt);
    // A signal that holds leaves nothing granted of what it denies.
    let against = grants.and(app.payload.denied) != Grants::NONE;
    reveal(dialog, SIGNAL_NONE, names.is_empty());
    reveal(dialog, SIGNAL_HEARD, !names.is_empty() && !against);
    reveal(dialog, SIGNAL_OVERRIDDEN, !names.is_empty() && against);
    each(dialog, &slot(SIGNAL_NAME), |place| place.set_text_content(Some(&names)));
}

fn standing(app: &App, dialog: &HtmlDialogElement, choice: &Choice) {
    let recorded = !choice.flags.has(Flags::UNRECORDED);
    let refused = !recorded && send::is_refused(app, choice);
    reveal(dialog, RECORDED, recorded);
    reveal(dialog, NOT_RECORDED, refused);
    reveal(dialog, UNRECORDED, !recorded && !refused);
    // The edge's time where there is a receipt, else the time in the record's identifier.
    let time = match send::receipt(app, choice, "time") {
        Some(time) => JsValue::from(time),
        None => JsValue::from(choice.time().0 as f64),
    };
    let date = Date::new(&time);
    if let Some(place) = find(dialog, &slot(TIME)) {
        // The month in words: of two numbers nobody knows which it is.
        let options = Object::new();
        for (name, value) in [("dateStyle", "long"), ("timeStyle", "short")] {
            let _ = Reflect::set(&options, &name.into(), &value.into());
        }
        let shown: String = date.to_locale_string(&app.payload.language, &options).into();
        let _ = place.set_attribute("datetime", &String::from(date.to_iso_string()));
        place.set_text_content(Some(&shown));
    }
    if let Some(place) = find(dialog, &slot(RECORD)) {
        place.set_text_content(Some(&choice.record.to_string()));
    }
    receipt::prepare(app, dialog, choice, recorded);
}
