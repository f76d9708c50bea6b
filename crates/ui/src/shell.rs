//! The shell: the first layer, the honoured-signal status and the preferences link, all children of `#consentry`.
//!
//! Every part is always in the document, hidden when written; only the gate changes `hidden`. So what the server wrote
//! and what the banner takes over have the same structure, and nothing moves or loses the focus when it does.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// The words and addresses of the shell. The banner passes empty ones: the server's nodes keep what they say.
#[derive(Debug, Clone, Default)]
pub struct ShellWords {
    /// Heading, and name of the region.
    pub title: String,
    /// Before the paragraph where somebody is asked again, with a space at its end. The gate tells the style sheet when.
    pub ask_again: String,
    /// The paragraph, with a space at its end.
    pub body: String,
    /// Text of the link to the privacy notice.
    pub privacy_notice: String,
    /// The privacy notice; its link is hidden when empty.
    pub privacy_url: String,
    /// Button.
    pub accept_all: String,
    /// Button.
    pub reject_all: String,
    /// Button.
    pub preferences: String,
    /// The persistent link.
    pub link: String,
    /// Status.
    pub honoured_title: String,
    /// Status, one sentence.
    pub honoured_body: String,
    /// Where the form goes.
    pub choice_url: String,
    /// The preferences page.
    pub preferences_url: String,
}

/// The parts of the shell, without the root element around them.
///
/// `on_action` hears clicks on everything with `data-consentry` (`accept`, `reject`, `open`); the server passes a
/// function that does nothing. Without any script the buttons submit the form and the link opens the preferences page.
#[component]
pub fn Shell<F>(
    /// What it says.
    words: ShellWords,
    /// Called with every click on an action.
    on_action: F,
) -> impl IntoView
where
    F: Fn(MouseEvent) + Clone + 'static,
{
    let no_privacy_link = words.privacy_url.is_empty();
    let label = words.title.clone();
    let formaction = words.preferences_url.clone();
    view! {
        <section data-consentry-part="layer" aria-label=label hidden=true>
            <h2>{words.title}</h2>
            <p>
                <strong>{words.ask_again}</strong>
                {words.body}
                <a href=words.privacy_url hidden=no_privacy_link>
                    {words.privacy_notice}
                </a>
            </p>
            <form method="post" action=words.choice_url>
                <button
                    class="cy-button"
                    name="action"
                    value="reject_all"
                    data-consentry="reject"
                    on:click=on_action.clone()
                >
                    {words.reject_all}
                </button>
                <button
                    class="cy-button"
                    name="action"
                    value="accept_all"
                    data-consentry="accept"
                    on:click=on_action.clone()
                >
                    {words.accept_all}
                </button>
                <button
                    class="cy-button cy-quiet"
                    formmethod="get"
                    formaction=formaction
                    data-consentry="open"
                    on:click=on_action.clone()
                >
                    {words.preferences}
                </button>
            </form>
        </section>
        <div data-consentry-part="status" role="status" hidden=true>
            <strong>{words.honoured_title}</strong>
            <p>{words.honoured_body}</p>
        </div>
        <a
            href=words.preferences_url
            data-consentry-part="link"
            data-consentry="open"
            on:click=on_action
        >
            {words.link}
        </a>
    }
}
