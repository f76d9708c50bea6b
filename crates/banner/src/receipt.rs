//! The receipt in the centre: the proof that came when the record did, and, once somebody asks, the record itself.

use consentry_api::light::{Source, visitor_request};
use consentry_core::Choice;
use consentry_ui::slots::{COPIED, PROOF, PROOF_FILE, PROOF_NONE, RECEIPT, RECORD_FILE};
use js_sys::{JSON, Promise, encode_uri_component};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AddEventListenerOptions, ClipboardEvent, HtmlDialogElement, HtmlDocument};

use crate::app::App;
use crate::centre::{find, reveal, slot};
use crate::fetch::fetch;
use crate::json::Incoming;
use crate::send;

#[wasm_bindgen]
extern "C" {
    /// Where pages are not served over HTTPS there is no clipboard, so this may throw.
    #[wasm_bindgen(catch, js_namespace = ["navigator", "clipboard"], js_name = writeText)]
    fn write_text(text: &str) -> Result<Promise, JsValue>;
}

/// Shows what of it this browser has kept.
pub fn prepare(app: &App, dialog: &HtmlDialogElement, choice: &Choice, recorded: bool) {
    reveal(dialog, RECEIPT, recorded);
    offer_proof(app, dialog, choice, send::receipt(app, choice, "proof"));
    reveal(dialog, RECORD_FILE, false);
}

fn offer_proof(app: &App, dialog: &HtmlDialogElement, choice: &Choice, proof: Option<String>) {
    reveal(dialog, PROOF_NONE, proof.is_none());
    reveal(dialog, PROOF, proof.is_some());
    if let Some(proof) = &proof {
        offer(dialog, PROOF_FILE, "text/plain", proof, &[&choice.record.to_string(), ".tlog-proof"].concat());
    }
    *app.proof.borrow_mut() = proof;
}

/// Makes a link save this text: an address that holds it needs no permission of the page's policy and no cleaning up.
fn offer(dialog: &HtmlDialogElement, name: &str, kind: &str, text: &str, file: &str) {
    let Some(link) = find(dialog, &slot(name)) else { return };
    let text = String::from(encode_uri_component(text));
    let _ = link.set_attribute("href", &["data:", kind, ";charset=utf-8,", &text].concat());
    let _ = link.set_attribute("download", file);
    link.set_hidden(false);
}

/// Asks the service for the record and for its proof as of now, when the receipt is unfolded.
pub fn show(app: &'static App, dialog: &HtmlDialogElement) {
    let (Some(choice), dialog) = (app.choice(), dialog.clone()) else { return };
    spawn_local(async move {
        let url = [&app.base, "/v1/sites/", &app.payload.site, "/visitor/records"].concat();
        let answer = fetch(&url, Some(&visitor_request(&choice.subject, &choice.record))).await;
        let answer = answer.filter(|(status, _)| *status == 200).and_then(|(_, text)| Incoming::parse(&text));
        // Newest first, so the first that is this choice's is soon found.
        let id = choice.record.to_string();
        let Some(records) = answer.and_then(|answer| answer.child("records")) else { return };
        for at in 0..records.length() {
            let Some(entry) = records.child(&at.to_string()) else { continue };
            let Some(record) =
                entry.child("record").filter(|record| record.text("record_id").as_ref() == Some(&id))
            else {
                continue;
            };
            let text = JSON::stringify_with_replacer_and_space(&record.0, &JsValue::NULL, &2.into());
            let text = text.map(String::from).unwrap_or_default();
            offer(&dialog, RECORD_FILE, "application/json", &text, &[&id, ".json"].concat());
            return offer_proof(app, &dialog, &choice, entry.text("proof"));
        }
    });
}

/// Copies the proof, by the browser's own command where scripts may not write to the clipboard, and says so.
pub fn copy(app: &'static App, dialog: &HtmlDialogElement) {
    let (proof, dialog) = (app.proof.borrow().clone().unwrap_or_default(), dialog.clone());
    // Hidden first: what is said again is to be heard again.
    reveal(&dialog, COPIED, false);
    let written = write_text(&proof);
    // Within the click itself: Firefox takes the command from nowhere else.
    let copied = written.is_err() && copy_by_command(app, &proof);
    spawn_local(async move {
        let written = match written {
            Ok(written) => JsFuture::from(written).await.is_ok() || copy_by_command(app, &proof),
            Err(_) => copied,
        };
        reveal(&dialog, COPIED, written);
    });
}

/// The command is answered by an event that asks what to copy. The only way over plain HTTP, and in frames without the permission.
fn copy_by_command(app: &App, text: &str) -> bool {
    let text = text.to_owned();
    let page: &HtmlDocument = app.document.unchecked_ref();
    let hand_over = Closure::once(move |event: ClipboardEvent| {
        // Sites that add a line to whatever is copied from them are not to add it to this.
        event.stop_immediate_propagation();
        event.prevent_default();
        if let Some(clipboard) = event.clipboard_data() {
            let _ = clipboard.set_data("text/plain", &text);
        }
    });
    let options = AddEventListenerOptions::new();
    options.set_capture(true);
    let listener = hand_over.as_ref().unchecked_ref();
    let _ = page.add_event_listener_with_callback_and_add_event_listener_options("copy", listener, &options);
    let copied = page.exec_command("copy") == Ok(true);
    let _ = page.remove_event_listener_with_callback_and_bool("copy", listener, true);
    copied
}
