//! The shell as a string, and how every component becomes one: synchronously, with no runtime and no executor, so it works
//! inside a Worker's request.

use consentry_api::notice::Texts;
use consentry_core::Model;
use leptos::prelude::*;

use crate::shell::{Shell, ShellWords};
use crate::text::safe_url;

/// The icon of opting out (11 CCR §7015): a pill, a tick on white in its first half, a cross on blue in the other. Our own
/// drawing, of shapes whose form no style sheet can take back. The style sheet has its colours, as a strict policy forbids them here.
const OPT_OUT_ICON: &str = concat!(
    "<svg viewBox=\"0 0 28 12\" aria-hidden=\"true\"><polyline points=\"6,6.5 8,8.5 11.5,4\"></polyline>",
    "<polygon points=\"17,0 28,0 28,12 14,12\"></polygon>",
    "<polyline points=\"19,3.5 24,8.5\"></polyline><polyline points=\"19,8.5 24,3.5\"></polyline></svg>",
);

/// What the shell is made from.
#[derive(Debug, Clone, Copy)]
pub struct ShellView<'a> {
    /// Every word.
    pub texts: &'a Texts,
    /// Their language (BCP 47).
    pub language: &'a str,
    /// `ltr` or `rtl`.
    pub dir: &'a str,
    /// How consent works where the visitor is: the first layer must not ask for what already runs.
    pub model: Model,
    /// The law there wants the persistent link to be called "Your Privacy Choices".
    pub opt_out_entry: bool,
    /// A signal reaches advertising only.
    pub advertising_only: bool,
    /// Where its form goes, `…/choice`; the preferences page is beside it.
    pub choice_url: &'a str,
    /// The site's privacy notice.
    pub privacy_url: &'a str,
}

/// The shell with its root element and every part hidden; the gate shows what this visitor is to see.
pub fn render_shell(view: &ShellView) -> String {
    let texts = view.texts.clone();
    let words = ShellWords {
        title: texts.title,
        ask_again: texts.ask_again + " ",
        body: if view.model == Model::OptIn { texts.body } else { texts.body_opt_out } + " ",
        privacy_notice: texts.privacy_notice,
        privacy_url: safe_url(view.privacy_url.into()),
        accept_all: texts.accept_all,
        reject_all: texts.reject_all,
        // The link is hidden while the layer shows: then this is the way to opt out that must be there under this name.
        preferences: if view.opt_out_entry { texts.privacy_choices.clone() } else { texts.preferences },
        link: if view.opt_out_entry { texts.privacy_choices } else { texts.link },
        honoured_title: texts.honoured_title,
        honoured_body: if view.advertising_only {
            texts.honoured_body_advertising
        } else {
            texts.honoured_body
        },
        choice_url: view.choice_url.into(),
        preferences_url: [&preferences_url(view.choice_url), "?lang=", view.language].concat(),
    };
    let (language, dir) = (view.language.to_owned(), view.dir.to_owned());
    let (loading, failed) = (texts.loading, texts.load_failed);
    let (close, saved) = (texts.close, texts.saved);
    // A landmark, so that the link that stays is in one, too.
    let name = words.link.clone();
    let html = render(move || {
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
    });
    if view.opt_out_entry { with_icon(html) } else { html }
}

/// Last in the link and in the button of the same name: the banner, which knows of no icon, walks past it when it takes over.
fn with_icon(html: String) -> String {
    ["</button></form>", "</a></aside>"]
        .iter()
        .fold(html, |html, end| html.replacen(end, &[OPT_OUT_ICON, end].concat(), 1))
}

/// The page beside the address of the form.
fn preferences_url(choice_url: &str) -> String {
    [choice_url.strip_suffix("choice").unwrap_or(choice_url), "preferences"].concat()
}

/// Renders under an owner of its own, which takes everything reactive with it when it ends.
pub(crate) fn render<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    let html = owner.with(|| view().into_view().to_html());
    owner.cleanup();
    html
}
