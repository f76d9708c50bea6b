//! The preference centre: the whole second layer, the same in the banner's dialog and on the page that needs no script.
//!
//! Rendered by the server only. The banner fetches it once and fills in what is the visitor's own (see `slots`).

use consentry_api::Notice;
use consentry_api::notice::Link;
use leptos::prelude::*;

use crate::category::{CategoryField, Outward};
use crate::labels::Labels;
use crate::signal::{SignalPanel, SignalState};
use crate::slots::{FINDER, SEARCH, SEARCH_FORM, SEARCH_NONE, SELL};
use crate::standing::{OWN_FORM, Standing, StandingPanel};
use crate::switches::Switches;
use crate::text::safe_url;

/// A list of services longer than this can be searched.
const LONG_LIST: usize = 12;

/// What the centre shows beside the notice. The default is how the banner gets it: nothing of any visitor's own.
#[derive(Debug, Clone, Default)]
pub struct CentreState {
    /// How the switches stand.
    pub switches: Switches,
    /// What became of the browser's signal.
    pub signal: SignalState,
    /// Signals deny advertising only, by policy.
    pub advertising_only: bool,
    /// The choice so far.
    pub standing: Option<Standing>,
    /// The law at the visitor's place asks for the words on selling and sharing.
    pub do_not_sell: bool,
    /// Where the forms go.
    pub choice_url: String,
    /// Where they lead back to; empty when the server knows.
    pub return_to: String,
}

/// The centre. Fields of its form: `action` (`reject_all`, `save`, `accept_all`), `category` and `service` once for each that
/// is on, `policy`, `language`, `return`. Beside it a second one, `action` being `withdraw` or [`ERASE`](crate::ERASE), with
/// `language` and `return`.
#[component]
pub(crate) fn Centre(
    /// What it says.
    notice: Notice,
    /// How it stands.
    state: CentreState,
    /// What has changed since the visitor's last choice, to be shown first.
    changed: Option<AnyView>,
) -> impl IntoView {
    let texts = notice.texts;
    let labels = Labels::new(&texts);
    let switches = state.switches;
    let long = notice.categories.iter().map(|category| category.services.len()).sum::<usize>() > LONG_LIST;
    let mut own = Some((notice.controller.name.clone(), notice.own)).filter(|(_, own)| !own.is_empty());
    let categories = notice
        .categories
        .into_iter()
        .enumerate()
        .map(|(position, category)| {
            let own = if category.locked { own.take() } else { None };
            view! { <CategoryField category own position switches labels=labels.clone() /> }
        })
        .collect::<Vec<_>>();
    let contact = contact_url(&notice.controller.contact);
    let privacy = safe_url(notice.controller.privacy_url);
    let finder = long.then(|| view! { <Finder label=texts.search.clone() none=texts.search_none.clone() /> });
    let again = (state.choice_url.clone(), state.return_to.clone(), notice.language.clone());
    view! {
        {long.then(|| view! { <form id=SEARCH_FORM></form> })}
        <form id=OWN_FORM method="post" action=again.0>
            <input type="hidden" name="return" value=again.1 />
            <input type="hidden" name="language" value=again.2 />
        </form>
        <form class="cy-form" method="post" action=state.choice_url>
            <input type="hidden" name="policy" value=notice.policy.to_string() />
            <input type="hidden" name="language" value=notice.language />
            <input type="hidden" name="return" value=state.return_to />
            <p>{texts.centre_intro.clone()}</p>
            {changed}
            <section class="cy-panel" data-cy=SELL hidden=!state.do_not_sell>
                <h3>{texts.do_not_sell.clone()}</h3>
                <p>{texts.do_not_sell_body.clone()}</p>
            </section>
            <SignalPanel texts=texts.clone() state=state.signal advertising_only=state.advertising_only />
            {finder}
            {categories}
            <p class="cy-small">{texts.cookies_explained.clone()}</p>
            <StandingPanel texts=texts.clone() standing=state.standing />
            <div class="cy-small">
                <h3>{texts.industry_title}</h3>
                <p>{texts.industry_intro}</p>
                <ul>{notice.links.into_iter().map(link_item).collect::<Vec<_>>()}</ul>
                <h3>{texts.controller}</h3>
                <p class="cy-links">
                    <span>{notice.controller.name}</span>
                    <Outward url=contact text=notice.controller.contact />
                    <Outward url=privacy text=texts.privacy_notice />
                </p>
            </div>
            <div class="cy-actions">
                <Action value="reject_all" text=texts.reject_all />
                <Action value="save" text=texts.save />
                <Action value="accept_all" text=texts.accept_all />
            </div>
        </form>
    }
}

/// The search over the services. It belongs to a form without buttons: the Enter key in it must press none.
#[component]
fn Finder(
    /// What the field is called.
    label: String,
    /// Said when nothing matches.
    none: String,
) -> impl IntoView {
    view! {
        <div class="cy-finder" role="search" data-cy=FINDER hidden=true>
            <label>
                <span>{label}</span>
                <input type="search" form=SEARCH_FORM autocomplete="off" data-cy=SEARCH />
            </label>
            <p role="status">
                <span data-cy=SEARCH_NONE hidden=true>
                    {none}
                </span>
            </p>
        </div>
    }
}

/// A button that sends the form. One component for all three: no answer looks better than another.
#[component]
fn Action(
    /// The answer it stands for.
    value: &'static str,
    /// What it is called.
    text: String,
) -> impl IntoView {
    view! {
        <button class="cy-button" name="action" value=value>
            {text}
        </button>
    }
}

fn link_item(link: Link) -> impl IntoView {
    view! {
        <li>
            <Outward url=safe_url(link.url) text=link.text />
        </li>
    }
}

/// The contact as an address to follow: a mail address gets its scheme.
fn contact_url(contact: &str) -> String {
    if contact.contains('@') && !contact.contains(':') {
        ["mailto:", contact].concat()
    } else {
        safe_url(contact.into())
    }
}
