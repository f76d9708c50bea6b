//! The preferences as a page of their own: works with no script at all.

use consentry_api::Notice;
use consentry_api::changes::Changes;
use leptos::prelude::*;

use crate::changed::ChangedPanel;
use crate::preferences::{PreferenceForm, PreferenceState};

/// Everything inside and including `<html>`. Its style is inline, under the nonce of the response.
#[component]
pub(crate) fn PreferencesPage(
    /// What it says.
    notice: Notice,
    /// How it stands for this visitor.
    state: PreferenceState,
    /// What the visitor's last step came to; empty on a first look.
    announcement: String,
    /// What changed since their last choice; empty when nothing did.
    changed: Changes,
    /// Of this response's Content Security Policy.
    nonce: String,
    /// The policy's theme.
    theme_css: String,
) -> impl IntoView {
    let texts = notice.texts.clone();
    let (language, dir) = (notice.language.clone(), notice.dir.clone());
    let (title, heading, back_text) =
        (texts.centre_title.clone(), texts.centre_title.clone(), texts.back.clone());
    let css = [crate::FIRST_LAYER_CSS, crate::CENTRE_CSS, &theme_css].concat();
    let who = notice.controller.name.clone();
    let back = state.return_to.clone();
    let (nowhere, silent) = (back.is_empty(), announcement.is_empty());
    view! {
        <html lang=language>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="robots" content="noindex" />
                <title>{title}</title>
                <style nonce=nonce inner_html=css></style>
            </head>
            <body id="consentry" class="cy-page" dir=dir>
                <main class="cy-centre">
                    <header>
                        <h1>{who}</h1>
                        <h2>{heading}</h2>
                        <p class="cy-panel cy-saved" role="status" hidden=silent>
                            {announcement}
                        </p>
                    </header>
                    <ChangedPanel changes=changed texts=texts.clone() />
                    <PreferenceForm notice state on_submit=|_| () on_change=|_| () />
                    <p hidden=nowhere>
                        <a href=back>{back_text}</a>
                    </p>
                </main>
            </body>
        </html>
    }
}
