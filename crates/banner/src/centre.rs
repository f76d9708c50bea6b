//! The preference centre: a modal dialog around the form, filled from the notice when first opened.

use consentry_api::Notice;
use consentry_core::choice::{Flags, ServiceSet};
use consentry_core::{Action, Choice, Source};
use consentry_ui::{
    ERASE, ERASE_STATUS, PreferenceForm, PreferenceState, Standing, StandingState, Switches, read_switches,
};
use js_sys::Date;
use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    Element, Event, FormData, HtmlButtonElement, HtmlDialogElement, HtmlElement, HtmlFormElement,
    HtmlInputElement,
};
use web_sys::{MouseEvent, SubmitEvent};

use crate::app::App;
use crate::erase::erase;
use crate::fetch::fetch;
use crate::json::Incoming;
use crate::send;

const TITLE: &str = "consentry-title";
/// Names from constants keep Leptos from building parts of the view through `innerHTML`, which Trusted Types forbid.
const BODY: &str = "cy-body";

/// Opens it. Nothing is decided by opening or closing; the browser returns the focus to where it was.
pub fn open(app: &'static App) {
    let known = app.dialog.borrow().clone();
    let Some(dialog) = known.or_else(|| build(app)) else { return };
    if !dialog.open() && dialog.show_modal().is_err() {
        return;
    }
    app.say("");
    focus(&dialog, &["#", TITLE].concat());
    if let Some(notice) = notice(app) {
        return show_form(app, &dialog, notice);
    }
    let loading = app.word("data-loading");
    show(app, &dialog, move || view! { <p class="cy-busy" role="status">{loading}</p> });
    spawn_local(async move {
        let payload = &app.payload;
        let policy = payload.policy.to_string();
        let site = [
            &app.base,
            "/v1/sites/",
            &payload.site,
            "/notice?policy=",
            &policy,
            "&language=",
            &payload.language,
        ];
        let answer = fetch(&site.concat(), None).await.filter(|(status, _)| *status == 200);
        *app.notice.borrow_mut() = answer.and_then(|(_, text)| Incoming::parse(&text));
        match notice(app) {
            Some(notice) => show_form(app, &dialog, notice),
            None => show_failure(app, &dialog),
        }
    });
}

/// The notice, if it is here and what this version understands.
fn notice(app: &App) -> Option<Notice> {
    Notice::read(app.notice.borrow().as_ref()?)
}

/// Puts the empty dialog into the root. Its name is the link's own text: the notice is not there yet.
fn build(app: &'static App) -> Option<HtmlDialogElement> {
    let title = app.link().and_then(|link| link.text_content()).unwrap_or_default();
    let label = app.word("data-close");
    let leave = move |_: MouseEvent| close(app);
    mount_to(app.root.clone(), move || {
        view! {
            <dialog class="cy-centre" aria-labelledby=TITLE>
                <header>
                    <h2 id=TITLE tabindex="-1">
                        {title}
                    </h2>
                    <button class="cy-close" type="button" aria-label=label on:click=leave>
                        {"\u{d7}"}
                    </button>
                </header>
                <div class=BODY></div>
            </dialog>
        }
    })
    .forget();
    let dialog: HtmlDialogElement = app.root.query_selector("dialog").ok()??.unchecked_into();
    *app.dialog.borrow_mut() = Some(dialog.clone());
    Some(dialog)
}

/// Closes it. If the control that opened it has gone meanwhile, the focus goes to the link that is always there.
fn close(app: &App) {
    if let Some(dialog) = &*app.dialog.borrow() {
        dialog.close();
    }
    let lost = |element: Element| {
        element.tag_name() == "BODY" || element.unchecked_into::<HtmlElement>().offset_width() == 0
    };
    let lost = app.document.active_element().is_none_or(lost);
    if let Some(link) = app.link().filter(|_| lost) {
        let _ = link.focus();
    }
}

fn show_failure(app: &'static App, dialog: &HtmlDialogElement) {
    let page = [&app.base, "/", &app.payload.site, "/preferences"].concat();
    let (failed, name) = (app.word("data-failed"), app.link().and_then(|link| link.text_content()));
    show(app, dialog, move || {
        view! {
            <p class="cy-busy" role="alert">
                {failed + " "}
                <a href=page>{name.unwrap_or_default()}</a>
            </p>
        }
    });
}

fn show_form(app: &'static App, dialog: &HtmlDialogElement, notice: Notice) {
    let choice = app.choice();
    let state = PreferenceState {
        switches: Switches {
            grants: consentry_core::Grants(app.bridge.grants()),
            denied: choice.as_ref().map(|choice| choice.denied_services).unwrap_or_default(),
        },
        signal: signal_name(app, choice.as_ref()),
        erasable: choice.is_some(),
        standing: choice.as_ref().filter(|choice| choice.is_explicit()).map(|choice| standing(app, choice)),
        choice_url: [&app.base, "/", &app.payload.site, "/choice"].concat(),
        return_to: String::new(),
    };
    show(app, dialog, move || {
        let submitted = move |event: SubmitEvent| {
            event.prevent_default();
            submit(app, &event);
        };
        view! { <PreferenceForm notice state on_submit=submitted on_change=turned /> }
    });
}

/// Replaces what is in the dialog's body. Built once and for all: nothing in it reacts, the form is its own state.
fn show<V: IntoView + 'static>(app: &App, dialog: &HtmlDialogElement, view: impl FnOnce() -> V + 'static) {
    let Ok(Some(body)) = dialog.query_selector(&[".", BODY].concat()) else { return };
    // First out, then in.
    app.mounted.borrow_mut().take();
    let mounted = mount_to(body.unchecked_into(), view);
    *app.mounted.borrow_mut() = Some(Box::new(mounted));
}

fn submit(app: &'static App, event: &SubmitEvent) {
    let button = event.submitter().map(|element| element.unchecked_into::<HtmlButtonElement>().value());
    let form: Option<HtmlFormElement> = event.target().map(JsCast::unchecked_into);
    let (Some(form), Some(notice)) = (form, notice(app)) else { return };
    if button.as_deref() == Some(ERASE) {
        return spawn_local(async move {
            if erase(app).await {
                app.announce(&notice.texts.erased);
                close(app);
            } else if let Ok(Some(status)) = app.root.query_selector(&[".", ERASE_STATUS].concat()) {
                status.set_text_content(Some(&notice.texts.erase_failed));
            }
        });
    }
    let none = ServiceSet::default();
    let action = button.as_deref().and_then(Action::parse).unwrap_or(Action::Save);
    let switches = match action {
        Action::AcceptAll => Switches { grants: app.everything(), denied: none },
        Action::RejectAll => Switches { grants: consentry_core::Grants::REQUIRED, denied: none },
        _ => {
            let Ok(data) = FormData::new_with_form(&form) else { return };
            let on = |name: &str| -> Vec<String> {
                data.get_all(name).iter().filter_map(|value: JsValue| value.as_string()).collect()
            };
            read_switches(&notice, &on("category"), &on("service"))
        }
    };
    app.decide(action, Source::Preferences, switches);
    close(app);
}

/// Keeps a category's switch and its services' in step: they are read as one.
fn turned(event: Event) {
    let Some(input) = event.target().map(|target| target.unchecked_into::<HtmlInputElement>()) else {
        return;
    };
    let Ok(Some(category)) = input.closest(".cy-category") else { return };
    let own = input.name() == "category";
    let wanted = if own { "[name=service]" } else { "[name=category]" };
    let on = own && input.checked()
        || !own && matches!(category.query_selector("[name=service]:checked"), Ok(Some(_)));
    let Ok(others) = category.query_selector_all(wanted) else { return };
    for index in 0..others.length() {
        if let Some(other) = others.item(index) {
            other.unchecked_into::<HtmlInputElement>().set_checked(on);
        }
    }
}

fn signal_name(app: &App, choice: Option<&Choice>) -> String {
    if !app.bridge.signal_on() {
        return String::new();
    }
    let seen = choice.is_some_and(|choice| choice.flags.has(Flags::GPC));
    let gpc = seen || app.payload.header & 1 == 1 || app.bridge.signals().starts_with("on");
    String::from(if gpc { "Global Privacy Control" } else { "Do Not Track" })
}

fn standing(app: &App, choice: &Choice) -> Standing {
    let state = match choice.flags.has(Flags::UNRECORDED) {
        false => StandingState::Recorded,
        true if send::is_refused(app, choice) => StandingState::NotRecorded,
        true => StandingState::Unrecorded,
    };
    // The edge's time where there is a receipt, else the time in the record's identifier.
    let time = match send::recorded_at(app, choice) {
        Some(time) => JsValue::from(time),
        None => JsValue::from(choice.time().0 as f64),
    };
    let time = Date::new(&time).to_locale_string(&app.payload.language, &JsValue::UNDEFINED).into();
    Standing { time, record: choice.record.to_string(), state }
}

fn focus(dialog: &HtmlDialogElement, selector: &str) {
    if let Ok(Some(element)) = dialog.query_selector(selector) {
        let _ = element.unchecked_into::<HtmlElement>().focus();
    }
}
