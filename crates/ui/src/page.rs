//! What is served as a document of its own: the preferences page, which works with no script at all, the centre as the
//! banner fetches it, and the cookie declaration.

use consentry_api::Notice;
use consentry_api::changes::Changes;
use leptos::prelude::*;

use crate::centre::{Centre, CentreState};
use crate::changed::ChangedPanel;
use crate::declaration::Declaration;
use crate::slots::STYLE;

/// Everything inside and including `<html>`. Its style is inline, under the nonce of the response.
#[component]
pub(crate) fn PreferencesPage(
    /// What it says.
    notice: Notice,
    /// How it stands for this visitor.
    state: CentreState,
    /// What the visitor's last step came to; empty on a first look.
    announcement: String,
    /// What changed since their last choice; empty when nothing did.
    changes: Changes,
    /// Of this response's Content Security Policy.
    nonce: String,
    /// The policy's theme.
    theme_css: String,
) -> impl IntoView {
    let texts = notice.texts.clone();
    let (language, dir) = (notice.language.clone(), notice.dir.clone());
    let (title, heading, back_text) =
        (texts.centre_title.clone(), texts.centre_title.clone(), texts.back.clone());
    let css = [crate::FIRST_LAYER_CSS, crate::DIALOG_CSS, crate::CENTRE_CSS, &theme_css].concat();
    let changed = view! { <ChangedPanel changes texts /> }.into_any();
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
                    <Centre notice state changed=Some(changed) />
                    <p hidden=nowhere>
                        <a href=back>{back_text}</a>
                    </p>
                </main>
            </body>
        </html>
    }
}

/// The centre for the banner: its style, which the banner adopts, and its content. The style is in a `meta` element: browsers hold
/// a style element to the policy of the page that fetches it, even where it never gets into that page.
#[component]
pub(crate) fn CentreDocument(
    /// What it says.
    notice: Notice,
    /// What is the same for everybody.
    state: CentreState,
    /// What changed since an earlier choice; empty when nothing did.
    changes: Changes,
) -> impl IntoView {
    let language = notice.language.clone();
    let changed = view! { <ChangedPanel changes texts=notice.texts.clone() /> }.into_any();
    view! {
        <html lang=language>
            <head>
                <meta charset="utf-8" />
                <meta name="robots" content="noindex" />
                <title>{notice.texts.centre_title.clone()}</title>
                <meta name=STYLE content=crate::CENTRE_CSS />
            </head>
            <body>
                <Centre notice state changed=Some(changed) />
            </body>
        </html>
    }
}

/// The declaration as a page, for a frame or a tab.
#[component]
pub(crate) fn DeclarationPage(
    /// What it says.
    notice: Notice,
) -> impl IntoView {
    let (language, dir) = (notice.language.clone(), notice.dir.clone());
    view! {
        <html lang=language dir=dir>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <title>{notice.texts.declaration_title.clone()}</title>
                <style inner_html=crate::DECLARATION_CSS></style>
            </head>
            <body>
                <main>
                    <h1>{notice.controller.name.clone()}</h1>
                    <Declaration notice />
                </main>
            </body>
        </html>
    }
}
