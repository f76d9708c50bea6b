//! The preference centre: a modal dialog around what the service rendered, fetched when it is first opened and brought to life
//! here: filled with what is this visitor's own, and listened to from outside of it, so that nothing in it needs code.

use consentry_core::choice::ServiceSet;
use consentry_core::{Action, Grants, Source};
use consentry_ui::slots::{
    COPY, ERASE_FAILED, ERASED, RECEIPT, SEARCH, SEARCH_FORM, SEARCH_NONE, SERVICE, SLOT, STYLE,
};
use consentry_ui::{ERASE, Switches, read_switches};
use js_sys::Date;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    Document, Element, Event, HtmlButtonElement, HtmlDialogElement, HtmlElement, HtmlInputElement,
    SubmitEvent, UiEvent,
};

use crate::app::App;
use crate::erase::erase;
use crate::fetch::{fetch_document, painted};
use crate::{adopt, fill, listener, receipt};

const TITLE: &str = "consentry-title";
const BODY: &str = "cy-body";

/// For so many milliseconds what decides or leaves takes no taps: the second one of two was meant for what was there before.
const SETTLING: f64 = 600.0;

/// Puts the closed dialog into the root, ready before anybody asks for it: a click has better things to wait for.
pub fn prepare(app: &'static App) {
    *app.dialog.borrow_mut() = build(app);
}

/// Opens it. Nothing is decided by opening or closing; the browser returns the focus to where it was.
pub fn open(app: &'static App) {
    let Some(dialog) = app.dialog.borrow().clone() else { return };
    if !dialog.open() && dialog.show_modal().is_err() {
        return;
    }
    app.shown.set(Date::now());
    app.say("");
    if let Some(body) = find(&dialog, &[".", BODY].concat()) {
        body.set_scroll_top(0);
    }
    // `autofocus` has done it where the browser knows it in dialogs; to do it again is to style the page again.
    let title = find(&dialog, &["#", TITLE].concat());
    if let Some(title) = title.filter(|title| !matches!(title.matches(":focus"), Ok(true))) {
        let _ = title.focus();
    }
    if find(&dialog, "form").is_some() {
        return fill::fill(app, &dialog);
    }
    say(app, &dialog, "status", &app.word("data-loading"));
    spawn_local(async move {
        painted().await;
        let payload = &app.payload;
        let policy = payload.policy.to_string();
        let earlier = app.outdated().unwrap_or_default();
        let since = if earlier.is_empty() { "" } else { "&since=" };
        let url = [
            &app.base,
            "/",
            &payload.site,
            "/centre?policy=",
            &policy,
            "&language=",
            &payload.language,
            since,
            &earlier,
        ];
        match fetch_document(&url.concat()).await {
            Some(centre) => show(app, &dialog, &centre),
            None => show_failure(app, &dialog),
        }
    });
}

/// An element with its attributes, built by hand: a view of Leptos would be larger.
fn element(document: &Document, name: &str, attributes: &[(&str, &str)]) -> Option<HtmlElement> {
    let element = document.create_element(name).ok()?;
    for (name, value) in attributes {
        let _ = element.set_attribute(name, value);
    }
    Some(element.unchecked_into())
}

/// The empty dialog, in the root. Its name is the link's own text: the centre is not there yet.
fn build(app: &'static App) -> Option<HtmlDialogElement> {
    let new = |name, attributes: &[(&str, &str)]| element(&app.document, name, attributes);
    let dialog = new("dialog", &[("class", "cy-centre"), ("aria-labelledby", TITLE)])?;
    let header = new("header", &[("role", "none")])?;
    let title = new("h2", &[("id", TITLE), ("tabindex", "-1"), ("autofocus", "")])?;
    title.set_text_content(app.link().and_then(|link| link.text_content()).as_deref());
    let leave =
        new("button", &[("class", "cy-close"), ("type", "button"), ("aria-label", &app.word("data-close"))])?;
    leave.set_text_content(Some("\u{d7}"));
    let body = new("div", &[("class", BODY)])?;
    let _ = header.append_with_node_2(&title, &leave);
    let _ = dialog.append_with_node_2(&header, &body);
    let _ = app.root.append_with_node_1(&dialog);
    let dialog: HtmlDialogElement = dialog.unchecked_into();
    let theirs = dialog.clone();
    let heard = listener(move |event| hear(app, &theirs, &event));
    for name in ["pointerdown", "click", "change", "input", "submit", "close"] {
        let _ = dialog.add_event_listener_with_callback(name, heard.unchecked_ref());
    }
    Some(dialog)
}

/// Everything that happens in the dialog.
fn hear(app: &'static App, dialog: &HtmlDialogElement, event: &Event) {
    let Some(target) = event.target().map(|target| target.unchecked_into::<HtmlElement>()) else { return };
    // The dialog's content covers it: what reaches the dialog itself was done on the backdrop.
    let outside = target.is_same_node(Some(dialog));
    match event.type_().as_str() {
        // A press that began inside, on a text being marked perhaps, closes nothing by ending outside.
        "pointerdown" => app.pressed_outside.set(outside),
        "click" if outside && (!app.pressed_outside.get() || hasty(app, event)) => {}
        "click" if outside => dialog.close(),
        "click" => clicked(app, dialog, &target, event),
        "change" => turned(&target.unchecked_into()),
        "input" if slot_of(&target) == SEARCH => search(dialog, &target.unchecked_into()),
        "submit" => {
            event.prevent_default();
            if target.id() != SEARCH_FORM {
                submit(app, dialog, event.unchecked_ref::<SubmitEvent>().submitter());
            }
        }
        "close" => closed(app),
        _ => {}
    }
}

/// Whether it was tapped, or clicked, before anybody could have seen what. A key is pressed on what has the focus.
fn hasty(app: &App, event: &Event) -> bool {
    event.unchecked_ref::<UiEvent>().detail() > 0 && Date::now() - app.shown.get() < SETTLING
}

fn clicked(app: &'static App, dialog: &HtmlDialogElement, target: &HtmlElement, event: &Event) {
    if matches!(target.closest(".cy-close"), Ok(Some(_))) {
        return dialog.close();
    }
    // Not left to the form: in a frame that may not submit any, browsers never say that somebody tried.
    if let Ok(button @ Some(_)) = target.closest("[name=action]") {
        event.prevent_default();
        if hasty(app, event) {
            return;
        }
        return submit(app, dialog, button.map(JsCast::unchecked_into));
    }
    let at = |name: &str| matches!(target.closest(&slot(name)), Ok(Some(_)));
    if at(COPY) {
        receipt::copy(app, dialog);
    } else if target.tag_name() == "SUMMARY" && at(RECEIPT) {
        receipt::show(app, dialog);
    }
}

/// If the control that opened it has gone meanwhile, the focus goes to the link that is always there.
fn closed(app: &App) {
    let lost = |element: Element| {
        element.tag_name() == "BODY" || element.unchecked_into::<HtmlElement>().offset_width() == 0
    };
    let lost = app.document.active_element().is_none_or(lost);
    if let Some(link) = app.link().filter(|_| lost) {
        let _ = link.focus();
    }
}

/// Replaces what is in the dialog by a message; returns the element that says it.
fn say(app: &App, dialog: &HtmlDialogElement, role: &str, text: &str) -> Option<HtmlElement> {
    let message = element(&app.document, "p", &[("class", "cy-busy"), ("role", role)])?;
    message.set_text_content(Some(text));
    find(dialog, &[".", BODY].concat())?.replace_children_with_node_1(&message);
    Some(message)
}

fn show_failure(app: &App, dialog: &HtmlDialogElement) {
    let page = [&app.base, "/", &app.payload.site, "/preferences"].concat();
    let message = say(app, dialog, "alert", &[&app.word("data-failed"), " "].concat());
    let link = element(&app.document, "a", &[("href", &page)]);
    if let (Some(message), Some(link)) = (message, link) {
        link.set_text_content(app.link().and_then(|link| link.text_content()).as_deref());
        let _ = message.append_with_node_1(&link);
    }
}

/// Takes the centre in: its style the way that needs no permission, its nodes as the browser has parsed them.
fn show(app: &App, dialog: &HtmlDialogElement, centre: &Document) {
    let (Some(body), Some(content)) = (find(dialog, &[".", BODY].concat()), centre.body()) else { return };
    if let Ok(Some(style)) = centre.query_selector(&["meta[name=", STYLE, "]"].concat()) {
        adopt(&app.document, &style.get_attribute("content").unwrap_or_default());
    }
    body.set_text_content(None);
    app.shown.set(Date::now());
    while let Some(node) = content.first_child() {
        // An `append_child` that fails would be tried for ever.
        if body.append_child(&node).is_err() {
            return;
        }
    }
    fill::fill(app, dialog);
}

fn submit(app: &'static App, dialog: &HtmlDialogElement, button: Option<HtmlElement>) {
    let button = button.map(|element| element.unchecked_into::<HtmlButtonElement>().value());
    if button.as_deref() == Some(ERASE) {
        let dialog = dialog.clone();
        return spawn_local(async move {
            if erase(app).await {
                let said = find(&dialog, &slot(ERASED)).and_then(|text| text.text_content());
                app.announce(said.unwrap_or_default().trim());
                dialog.close();
            } else {
                reveal(&dialog, ERASE_FAILED, true);
            }
        });
    }
    let none = ServiceSet::default();
    let action = button.as_deref().and_then(Action::parse).unwrap_or(Action::Save);
    let switches = match action {
        Action::AcceptAll => Switches { grants: app.everything(), denied: none },
        Action::Save => {
            let payload = &app.payload;
            let on = |name: &str, id: Option<&str>| {
                id.is_some_and(|id| find(dialog, &[&input(name, id), ":checked"].concat()).is_some())
            };
            read_switches(
                payload.categories.len(),
                &payload.places,
                &|at| on("category", payload.categories.get(at).map(|id| id.as_str())),
                &|at| on("service", payload.services.get(at).map(|id| id.as_str())),
            )
        }
        _ => Switches { grants: Grants::REQUIRED, denied: none },
    };
    app.decide(action, Source::Preferences, switches);
    dialog.close();
}

/// Keeps a category's switch and its services' in step: they are read as one.
fn turned(input: &HtmlInputElement) {
    let Ok(Some(category)) = input.closest(".cy-category") else { return };
    let own = input.name() == "category";
    let wanted = if own { "[name=service]" } else { "[name=category]" };
    let on = own && input.checked()
        || !own && matches!(category.query_selector("[name=service]:checked"), Ok(Some(_)));
    each(&category, wanted, |other| other.unchecked_into::<HtmlInputElement>().set_checked(on));
}

/// Shows the services that say what is looked for, and their categories. The switches of the others stay as they are.
fn search(dialog: &HtmlDialogElement, input: &HtmlInputElement) {
    let wanted = input.value().trim().to_lowercase();
    let mut found = false;
    each(dialog, &slot(SERVICE), |service| {
        // What it says of itself, and not the words that all of them have.
        let mut text = String::new();
        each(&service, "summary,p:not(.cy-links),dd,code", |part| {
            text += &part.text_content().unwrap_or_default();
            text.push(' ');
        });
        let matches = text.to_lowercase().contains(&wanted);
        found |= matches;
        service.set_hidden(!matches);
    });
    let left = [&slot(SERVICE), ":not([hidden])"].concat();
    each(dialog, ".cy-category", |category| {
        category.set_hidden(!wanted.is_empty() && find(&category, &left).is_none());
    });
    reveal(dialog, SEARCH_NONE, !found);
}

/// The selector of a place in the centre.
pub fn slot(name: &str) -> String {
    ["[", SLOT, "=", name, "]"].concat()
}

/// The selector of a switch. Identifiers of a policy need no escaping inside quotes.
pub fn input(name: &str, id: &str) -> String {
    ["[name=", name, "][value=\"", id, "\"]"].concat()
}

fn slot_of(element: &Element) -> String {
    element.get_attribute(SLOT).unwrap_or_default()
}

/// The first element below this one.
pub fn find(below: &Element, selector: &str) -> Option<HtmlElement> {
    below.query_selector(selector).ok().flatten().map(JsCast::unchecked_into)
}

/// Every element below this one.
pub fn each(below: &Element, selector: &str, mut then: impl FnMut(HtmlElement)) {
    let Ok(all) = below.query_selector_all(selector) else { return };
    for index in 0..all.length() {
        if let Some(one) = all.item(index) {
            then(one.unchecked_into());
        }
    }
}

/// Shows or hides a place of the centre.
pub fn reveal(dialog: &Element, name: &str, shown: bool) {
    if let Some(element) = find(dialog, &slot(name)) {
        element.set_hidden(!shown);
    }
}
