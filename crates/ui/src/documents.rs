//! The documents a service sends, from plain values to HTML. (The shell, which travels with the gate, is in `render`.)

use consentry_api::Notice;
use consentry_api::changes::Changes;
use consentry_core::Grants;
use leptos::prelude::*;

use crate::centre::CentreState;
use crate::declaration::Declaration;
use crate::embed::{Embed, Reload};
use crate::page::{CentreDocument, DeclarationPage, PreferencesPage};
use crate::render::render;
use crate::signal::SignalState;
use crate::standing::Standing;
use crate::switches::Switches;

/// What the preferences page is made from.
#[derive(Debug, Clone)]
pub struct PageView<'a> {
    /// Everything it explains.
    pub notice: &'a Notice,
    /// Where its form goes.
    pub choice_url: &'a str,
    /// Categories granted now.
    pub granted: Grants,
    /// Services refused inside them, by position.
    pub denied_services: &'a [u32],
    /// What became of the browser's signal.
    pub signal: SignalState,
    /// Signals deny advertising only, by policy.
    pub advertising_only: bool,
    /// The law at the visitor's place asks for the words on selling and sharing.
    pub do_not_sell: bool,
    /// The choice so far.
    pub standing: Option<Standing>,
    /// What changed since that choice, if anything did that asks again.
    pub changed: Option<&'a Changes>,
    /// What the page has to answer.
    pub last_step: LastStep,
    /// Path on the site to go back to.
    pub return_to: Option<&'a str>,
    /// Nonce of the response's Content Security Policy.
    pub nonce: &'a str,
    /// Theme of the policy; CSS that the policy's check has made safe.
    pub theme_css: &'a str,
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

/// What the centre is made from that the banner fetches: the same for everybody.
#[derive(Debug, Clone, Copy)]
pub struct CentreView<'a> {
    /// Everything it explains.
    pub notice: &'a Notice,
    /// What changed since the choice the address speaks of.
    pub changed: Option<&'a Changes>,
    /// Where its forms would go, should nothing hear them.
    pub choice_url: &'a str,
    /// Signals deny advertising only, by policy.
    pub advertising_only: bool,
}

/// The preferences page: a whole HTML document.
pub fn render_preferences_page(view: &PageView) -> String {
    let state = CentreState {
        switches: Switches {
            grants: view.granted,
            denied: view.denied_services.iter().map(|&index| index as usize).collect(),
        },
        signal: view.signal.clone(),
        advertising_only: view.advertising_only,
        standing: view.standing.clone(),
        do_not_sell: view.do_not_sell,
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
    let changes = view.changed.cloned().unwrap_or_default();
    document(move || view! { <PreferencesPage notice state announcement changes nonce theme_css /> })
}

/// The centre as the banner fetches it: a whole HTML document, nothing in it any visitor's own.
pub fn render_centre(view: &CentreView) -> String {
    let state = CentreState {
        advertising_only: view.advertising_only,
        choice_url: view.choice_url.into(),
        ..CentreState::default()
    };
    let (notice, changes) = (view.notice.clone(), view.changed.cloned().unwrap_or_default());
    document(move || view! { <CentreDocument notice state changes /> })
}

/// The placeholder of embedded content, for the page to put in its place.
pub fn render_embed(notice: &Notice) -> String {
    let Notice { texts, language, dir, .. } = notice.clone();
    render(move || view! { <Embed texts language dir /> })
}

/// The word on what stops only with the page.
pub fn render_reload(notice: &Notice) -> String {
    let Notice { texts, language, dir, .. } = notice.clone();
    render(move || view! { <Reload texts language dir /> })
}

/// The cookie declaration as a page of its own. Its only style is [`DECLARATION_CSS`](crate::DECLARATION_CSS), to be allowed by
/// its hash.
pub fn render_declaration_page(notice: &Notice) -> String {
    let notice = notice.clone();
    document(move || view! { <DeclarationPage notice /> })
}

/// The cookie declaration as one element, for a page that includes it.
pub fn render_declaration(notice: &Notice) -> String {
    let notice = notice.clone();
    render(move || view! { <Declaration notice /> })
}

fn document<V: IntoView>(view: impl FnOnce() -> V) -> String {
    ["<!DOCTYPE html>", &render(view)].concat()
}
