//! What changed since the visitor's last choice. Rendered on the server only: it is read, never clicked.

use consentry_api::changes::Changes;
use consentry_api::notice::Texts;
use leptos::prelude::*;

use crate::slots::CHANGED;
use crate::text::fill;

/// A panel with one line for each kind of change; nothing at all where nothing changed.
#[component]
pub fn ChangedPanel(
    /// What changed.
    changes: Changes,
    /// Every word.
    texts: Texts,
) -> impl IntoView {
    if changes.is_empty() {
        return None;
    }
    let lines = [
        (texts.changed_added, changes.added),
        (texts.changed_removed, changes.removed),
        (texts.changed_moved, changes.moved),
        (texts.changed_purposes, changes.purposes),
    ];
    let named = lines.into_iter().filter(|(_, names)| !names.is_empty());
    let mut items: Vec<String> = named.map(|(template, names)| fill(&template, &names.join(", "))).collect();
    items.extend(changes.rules.then_some(texts.changed_rules));
    Some(view! {
        <div class="cy-panel cy-changed" data-cy=CHANGED>
            <h3>{texts.changed_title}</h3>
            <ul>{items.into_iter().map(|line| view! { <li>{line}</li> }).collect::<Vec<_>>()}</ul>
        </div>
    })
}
