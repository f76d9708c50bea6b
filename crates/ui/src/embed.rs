//! In place of what may not be loaded: whose it is, why it is not there, and the ways to have it. And the word on what stops
//! only with the page.

use consentry_api::notice::Texts;
use leptos::prelude::*;

/// The placeholder of embedded content. One for all services: `{service}` is left for the page to fill in, which knows the name.
#[component]
pub(crate) fn Embed(
    /// Words.
    texts: Texts,
    /// Their language, which need not be the page's, and its direction.
    language: String,
    dir: String,
) -> impl IntoView {
    view! {
        <div class="consentry-embed" role="group" lang=language dir=dir>
            <strong>{texts.embed_title}</strong>
            <p>{texts.embed_body}</p>
            <span>
                <button type="button" data-consentry-embed="once">{texts.embed_once}</button>
                <button type="button" data-consentry-embed="always">{texts.embed_always}</button>
            </span>
        </div>
    }
}

/// What is said when something that ran is not allowed any more.
#[component]
pub(crate) fn Reload(
    /// Words.
    texts: Texts,
    /// Their language and its direction.
    language: String,
    dir: String,
) -> impl IntoView {
    view! {
        <div class="consentry-embed" data-consentry-embed="note" role="status" lang=language dir=dir>
            <p>{texts.reload_needed}</p>
            <span>
                <button type="button" data-consentry-embed="reload">{texts.reload}</button>
            </span>
        </div>
    }
}
