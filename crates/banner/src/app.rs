//! What every part of the banner shares, and what a click comes to.

use std::cell::{Cell, RefCell};

use consentry_api::light::PayloadBrief;
use consentry_core::bytes::serialize_hex;
use consentry_core::{Action, Choice, Grants, Source, parse_choice};
use consentry_ui::Switches;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Document, HtmlDialogElement, HtmlElement};

use crate::bridge::Bridge;
use crate::fetch::{next_action, sleep};
use crate::store::Store;

/// How long a message is shown at the least, in milliseconds.
const MESSAGE_SHOWN: i32 = 8_000;

/// The banner of this page. There is one, and it lives as long as the page.
pub struct App {
    /// The gate.
    pub bridge: Bridge,
    /// What the gate knows of the policy.
    pub payload: PayloadBrief,
    /// Absolute URL of the edge's prefix.
    pub base: String,
    /// What is kept between pages.
    pub store: Store,
    /// The page.
    pub document: Document,
    /// `#consentry`.
    pub root: HtmlElement,
    /// Records are being sent.
    pub sending: Cell<bool>,
    /// The dialog of the preferences, open or not.
    pub dialog: RefCell<Option<HtmlDialogElement>>,
    /// The last press in the dialog was on its backdrop.
    pub pressed_outside: Cell<bool>,
    /// When the dialog, or what is in it, came to be seen; in milliseconds since 1970.
    pub shown: Cell<f64>,
    /// The proof that can be copied.
    pub proof: RefCell<Option<String>>,
    /// How many messages there were.
    pub messages: Cell<u32>,
}

impl App {
    /// The stored choice.
    pub fn choice(&self) -> Option<Choice> {
        self.bridge.choice().as_deref().and_then(parse_choice)
    }

    /// What an explicit choice was about, where that is no longer what would be chosen now: 16 hexadecimal digits.
    pub fn outdated(&self) -> Option<String> {
        let choice = self.choice().filter(Choice::is_explicit)?;
        Some(serialize_hex(&choice.fingerprint.0)).filter(|made| *made != self.payload.fingerprint)
    }

    /// A word the server left on the root.
    pub fn word(&self, name: &str) -> String {
        self.root.get_attribute(name).unwrap_or_default()
    }

    /// The persistent link.
    pub fn link(&self) -> Option<HtmlElement> {
        let link = self.root.query_selector("[data-consentry-part=link]").ok().flatten();
        link.map(JsCast::unchecked_into)
    }

    /// Every category of the policy.
    pub fn everything(&self) -> Grants {
        Grants::first(self.payload.categories.len())
    }

    /// Shows a short message and has it read out; an empty one takes the last away. Set by hand: it is the only thing here
    /// that ever changes, and Leptos' reactive system would be a tenth of the banner.
    pub fn say(&self, text: &str) {
        if let Ok(Some(output)) = self.root.query_selector("output") {
            output.set_text_content(Some(text));
        }
    }

    /// Has the gate apply and store a decision, and says so. The gate tells whoever records it.
    pub fn decide(&'static self, action: Action, source: Source, switches: Switches) {
        let earlier =
            self.choice().is_some_and(|choice| choice.is_explicit() && choice.grants != Grants::REQUIRED);
        // Turning everything off that was on takes back an agreement, by whichever button.
        let action = if earlier && switches.grants == Grants::REQUIRED { Action::Withdraw } else { action };
        let denied = switches.denied.indexes().map(|index| index as u32).collect();
        self.bridge.decide(action.letter(), source.letter(), switches.grants.0, denied);
        self.announce(&self.word("data-saved"));
    }

    /// Shows a message until the visitor goes on to something else: who reads slowly is not hurried (WCAG 2.2, 2.2.1).
    pub fn announce(&'static self, text: &str) {
        self.say(text);
        let this = self.messages.get() + 1;
        self.messages.set(this);
        spawn_local(async move {
            sleep(MESSAGE_SHOWN).await;
            next_action(&self.document).await;
            // A later message has its own time.
            if self.messages.get() == this {
                self.say("");
            }
        });
    }
}
