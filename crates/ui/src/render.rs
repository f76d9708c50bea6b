//! From components to strings, synchronously: no runtime, no executor, so it works inside a Worker's request.

use consentry_api::Notice;
use consentry_api::notice::Texts;
use consentry_core::Grants;
use leptos::prelude::*;

use crate::page::PreferencesPage;
use crate::preferences::{PreferenceState, Standing, StandingState};
use crate::shell::{Shell, ShellWords};
use crate::switches::Switches;
use crate::text::safe_url;

/// What the shell is made from.
#[derive(Debug, Clone, Copy)]
pub struct ShellView<'a> {
    /// Every word.
    pub texts: &'a Texts,
    /// Their language (BCP 47).
    pub language: &'a str,
    /// `ltr` or `rtl`.
    pub dir: &'a str,
    /// Where its form goes, `…/choice`; the preferences page is beside it.
    pub choice_url: &'a str,
    /// The site's privacy notice.
    pub privacy_url: &'a str,
}

/// What the preferences page is made from.
#[derive(Debug, Clone, Copy)]
pub struct PageView<'a> {
    /// Everything it explains.
    pub notice: &'a Notice,
    /// Where its form goes.
    pub choice_url: &'a str,
    /// Categories granted now.
    pub granted: Grants,
    /// Services refused inside them, by position.
    pub denied_services: &'a [u32],
    /// Name of the signal in force.
    pub signal: Option<&'a str>,
    /// The choice so far.
    pub saved: Option<SavedView<'a>>,
    /// What the page has to answer.
    pub last_step: LastStep,
    /// Path on the site to go back to.
    pub return_to: Option<&'a str>,
    /// Nonce of the response's Content Security Policy.
    pub nonce: &'a str,
    /// Theme of the policy; CSS that the policy's check has made safe.
    pub theme_css: &'a str,
}

/// A choice that is stored in the browser.
#[derive(Debug, Clone, Copy)]
pub struct SavedView<'a> {
    /// Its record.
    pub record_id: &'a str,
    /// When it was made (RFC 3339).
    pub time: &'a str,
    /// The log holds the record.
    pub recorded: bool,
}

/// What the visitor's last step on this page came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LastStep {
    /// There was none.
    #[default]
    None,
    /// The choice was taken.
    Saved,
    /// It was not: the policy had changed meanwhile.
    Changed,
    /// The records are erased, and the choice with them.
    Erased,
    /// They are not, or not all of them.
    NotErased,
}

/// The shell with its root element and every part hidden; the gate shows what this visitor is to see.
pub fn render_shell(view: &ShellView) -> String {
    let texts = view.texts.clone();
    let words = ShellWords {
        title: texts.title,
        body: texts.body + " ",
        privacy_notice: texts.privacy_notice,
        privacy_url: safe_url(view.privacy_url.into()),
        accept_all: texts.accept_all,
        reject_all: texts.reject_all,
        preferences: texts.preferences,
        link: texts.link,
        honoured_title: texts.honoured_title,
        honoured_body: texts.honoured_body,
        choice_url: view.choice_url.into(),
        preferences_url: preferences_url(view.choice_url),
        language: view.language.into(),
    };
    let (language, dir) = (view.language.to_owned(), view.dir.to_owned());
    let (loading, failed) = (texts.loading, texts.load_failed);
    let (close, saved) = (texts.close, texts.saved);
    // A landmark, so that the link that stays is in one, too.
    let name = words.link.clone();
    render(move || {
        view! {
            <aside
                id="consentry"
                lang=language
                dir=dir
                aria-label=name
                data-loading=loading
                data-failed=failed
                data-close=close
                data-saved=saved
            >
                <Shell words on_action=|_| () />
            </aside>
        }
    })
}

/// The preferences page: a whole HTML document.
pub fn render_preferences_page(view: &PageView) -> String {
    let saved = view.saved;
    let state = PreferenceState {
        switches: Switches {
            grants: view.granted,
            denied: view.denied_services.iter().map(|&index| index as usize).collect(),
        },
        signal: view.signal.unwrap_or_default().into(),
        standing: saved.map(|saved| Standing {
            time: saved.time.into(),
            record: saved.record_id.into(),
            state: if saved.recorded { StandingState::Recorded } else { StandingState::Unrecorded },
        }),
        erasable: saved.is_some(),
        choice_url: view.choice_url.into(),
        return_to: view.return_to.unwrap_or_default().into(),
    };
    let (notice, nonce, theme_css) = (view.notice.clone(), view.nonce.to_owned(), view.theme_css.to_owned());
    let texts = &notice.texts;
    let announcement = match view.last_step {
        LastStep::None => "",
        LastStep::Saved => &texts.saved,
        LastStep::Changed => &texts.changed,
        LastStep::Erased => &texts.erased,
        LastStep::NotErased => &texts.erase_failed,
    };
    let announcement = announcement.to_owned();
    let html = render(move || view! { <PreferencesPage notice state announcement nonce theme_css /> });
    ["<!DOCTYPE html>", &html].concat()
}

/// The page beside the address of the form.
fn preferences_url(choice_url: &str) -> String {
    [choice_url.strip_suffix("choice").unwrap_or(choice_url), "preferences"].concat()
}

/// Renders under an owner of its own, which takes everything reactive with it when it ends.
fn render<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    let html = owner.with(|| view().into_view().to_html());
    owner.cleanup();
    html
}
