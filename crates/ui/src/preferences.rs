//! The preference form: the whole second layer, the same in the banner's dialog and on the page that needs no script.

use consentry_api::Notice;
use consentry_api::notice::Link;
use leptos::ev::{Event, SubmitEvent};
use leptos::prelude::*;

use crate::category::{CategoryField, Labels, Outward};
use crate::switches::Switches;
use crate::text::{fill, safe_url};

/// Whether the log holds the record of a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandingState {
    /// Acknowledged.
    Recorded,
    /// On its way.
    Unrecorded,
    /// Refused for good; the choice holds all the same.
    NotRecorded,
}

/// The visitor's choice so far, in words.
#[derive(Debug, Clone)]
pub struct Standing {
    /// When it was made, for people.
    pub time: String,
    /// The record's identifier.
    pub record: String,
    /// Whether the log holds it.
    pub state: StandingState,
}

/// Everything about this visitor that the form shows.
#[derive(Debug, Clone, Default)]
pub struct PreferenceState {
    /// How the switches stand.
    pub switches: Switches,
    /// The signals heard, by name ("Global Privacy Control"); empty when none.
    pub signal: String,
    /// The choice so far.
    pub standing: Option<Standing>,
    /// There may be records of this visitor to erase: also where only a signal was noted.
    pub erasable: bool,
    /// Where the form goes.
    pub choice_url: String,
    /// Where the form leads back to; empty when the server knows.
    pub return_to: String,
}

/// What the button that erases sends as `action`.
pub const ERASE: &str = "erase";
/// The form that erases. A form of its own: the first button of a form is what the Enter key presses.
const ERASE_FORM: &str = "consentry-erase";
/// Where the banner says that erasing did not work.
pub const ERASE_STATUS: &str = "cy-failed";

/// The form. Fields: `action` (`reject_all`, `save`, `accept_all`), `category` and `service` once for each that is on,
/// `policy`, `language`, `return`. Beside it a second one, `action` being [`ERASE`], with `return`.
#[component]
pub fn PreferenceForm<S, C>(
    /// What it says.
    notice: Notice,
    /// How it stands.
    state: PreferenceState,
    /// Hears the form being sent; does nothing on the server.
    on_submit: S,
    /// Hears a switch being turned; does nothing on the server.
    on_change: C,
) -> impl IntoView
where
    S: Fn(SubmitEvent) + Clone + 'static,
    C: Fn(Event) + 'static,
{
    let texts = notice.texts;
    let labels = Labels {
        on: texts.on,
        off: texts.off,
        services: texts.services,
        provider: texts.provider,
        cookies: texts.cookies,
        opt_out: texts.opt_out,
        privacy_notice: texts.privacy_notice.clone(),
        required_reason: texts.required_reason,
    };
    let switches = state.switches;
    let categories = notice
        .categories
        .into_iter()
        .enumerate()
        .map(|(position, category)| {
            view! { <CategoryField category position switches labels=labels.clone() /> }
        })
        .collect::<Vec<_>>();
    let no_signal = state.signal.is_empty();
    let contact = contact_url(&notice.controller.contact);
    let privacy = safe_url(notice.controller.privacy_url);
    let standing = state.standing.map(|standing| {
        let sentence = match standing.state {
            StandingState::Recorded => texts.recorded,
            StandingState::Unrecorded => texts.unrecorded,
            StandingState::NotRecorded => texts.not_recorded,
        };
        view! {
            <dl>
                <dt>{texts.choice_time}</dt>
                <dd>{standing.time}</dd>
                <dt>{texts.choice_record}</dt>
                <dd>
                    <code>{standing.record}</code>
                </dd>
            </dl>
            <p>{sentence}</p>
        }
    });
    let no_standing = standing.is_none();
    let (choice_url, return_to) = (state.choice_url.clone(), state.return_to.clone());
    view! {
        <form id=ERASE_FORM method="post" action=choice_url on:submit=on_submit.clone()>
            <input type="hidden" name="return" value=return_to />
        </form>
        <form class="cy-form" method="post" action=state.choice_url on:submit=on_submit on:change=on_change>
            <input type="hidden" name="policy" value=notice.policy.to_string() />
            <input type="hidden" name="language" value=notice.language />
            <input type="hidden" name="return" value=state.return_to />
            <p>{texts.centre_intro}</p>
            <div class="cy-panel cy-heard" hidden=no_signal>
                <h3>{texts.honoured_title}</h3>
                <p>{fill(&texts.signal_heard, &state.signal)}</p>
                <p>{texts.signal_override}</p>
            </div>
            {categories}
            <p class="cy-small">{texts.cookies_explained}</p>
            <div class="cy-panel">
                <h3>{texts.choice_title}</h3>
                <p hidden=!no_standing>{texts.choice_none}</p>
                {standing}
                <details hidden=!state.erasable>
                    <summary>{texts.erase}</summary>
                    <p>{texts.erase_explained}</p>
                    <button class="cy-button cy-quiet" form=ERASE_FORM name="action" value=ERASE>
                        {texts.erase_confirm}
                    </button>
                    <p class=ERASE_STATUS role="status"></p>
                </details>
            </div>
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
