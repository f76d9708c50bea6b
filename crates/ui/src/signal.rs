//! The panel on privacy signals: what the browser sends, what became of it, and how to decide otherwise.

use consentry_api::notice::Texts;
use leptos::prelude::*;

use crate::slots::{SIGNAL_HEARD, SIGNAL_NAME, SIGNAL_NONE, SIGNAL_OVERRIDDEN};
use crate::text::split;

/// What the browser sends and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SignalState {
    /// Not known where this is rendered; the banner fills it in.
    #[default]
    Unknown,
    /// No signal is in force.
    None,
    /// These (by name) are, and hold.
    Heard(String),
    /// These are, and the visitor chose something they deny.
    Overridden(String),
}

/// The panel. Every sentence is there; the one that is true is shown.
#[component]
pub(crate) fn SignalPanel(
    /// Every word.
    texts: Texts,
    /// Which sentence is true.
    state: SignalState,
    /// Signals deny advertising only.
    advertising_only: bool,
) -> impl IntoView {
    let heard = if advertising_only { texts.signal_heard_advertising } else { texts.signal_heard };
    let (none, is_heard, overridden, names) = match state {
        SignalState::Unknown => (false, false, false, String::new()),
        SignalState::None => (true, false, false, String::new()),
        SignalState::Heard(names) => (false, true, false, names),
        SignalState::Overridden(names) => (false, false, true, names),
    };
    view! {
        <section class="cy-panel cy-heard">
            <h3>{texts.signal_title}</h3>
            <p data-cy=SIGNAL_NONE hidden=!none>
                {texts.signal_none}
            </p>
            <div data-cy=SIGNAL_HEARD hidden=!is_heard>
                <p>{named(&heard, &names)}</p>
                <p>{texts.signal_override}</p>
            </div>
            <p data-cy=SIGNAL_OVERRIDDEN hidden=!overridden>
                {named(&texts.signal_overridden, &names)}
            </p>
        </section>
    }
}

/// A sentence with a place for the names of signals.
fn named(template: &str, names: &str) -> impl IntoView + use<> {
    let (before, after) = split(template).unwrap_or((template, ""));
    let (before, names, after) = (before.to_owned(), names.to_owned(), after.to_owned());
    view! {
        {before}
        <span data-cy=SIGNAL_NAME>{names}</span>
        {after}
    }
}
