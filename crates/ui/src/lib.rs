//! What visitors see, as Leptos components: the shell with its first layer, the preference centre, and the cookie declaration.
//!
//! All of it renders on the server (`ssr`). The shell also does in the page (`hydrate`), where the banner takes over the very
//! nodes the server wrote; the centre does not: the banner fetches it, and of its code only the names of the places to fill
//! are in what visitors download.

#![forbid(unsafe_code)]

mod shell;
pub mod slots;
mod switches;

#[cfg(feature = "ssr")]
mod category;
#[cfg(feature = "ssr")]
mod centre;
#[cfg(feature = "ssr")]
mod changed;
#[cfg(feature = "ssr")]
mod cookies;
#[cfg(feature = "ssr")]
mod declaration;
#[cfg(feature = "ssr")]
mod documents;
#[cfg(feature = "ssr")]
mod embed;
#[cfg(feature = "ssr")]
mod labels;
#[cfg(feature = "ssr")]
mod page;
#[cfg(feature = "ssr")]
mod render;
#[cfg(feature = "ssr")]
mod signal;
#[cfg(feature = "ssr")]
mod standing;
#[cfg(feature = "ssr")]
mod text;

pub use shell::{Shell, ShellWords};
pub use switches::{Switches, read_switches};

#[cfg(feature = "ssr")]
pub use documents::{
    CentreView, LastStep, PageView, render_centre, render_declaration, render_declaration_page, render_embed,
    render_preferences_page, render_reload,
};
#[cfg(feature = "ssr")]
pub use render::{ShellView, render_shell};
#[cfg(feature = "ssr")]
pub use signal::SignalState;
#[cfg(feature = "ssr")]
pub use standing::{Evidence, Standing};
#[cfg(feature = "ssr")]
pub use text::safe_url;

/// What the button that erases sends as `action`.
pub const ERASE: &str = "erase";

/// The style sheet of the shell; travels with the gate.
pub const FIRST_LAYER_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/first-layer.css"));
/// The style sheet of placeholders and of the word on reloading, which stand in the site's own page.
#[cfg(feature = "ssr")]
pub const EMBED_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/embed.css"));
/// The look of the icon beside "Your Privacy Choices"; sent after the first layer's where the law asks for it.
pub const OPT_OUT_ICON_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/opt-out-icon.css"));
/// What makes the first layer a bar; sent after [`FIRST_LAYER_CSS`], as one of the three.
pub const BAR_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/position-bar.css"));
/// What makes it a card in a corner.
pub const CARD_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/position-card.css"));
/// What puts it into the middle.
pub const MIDDLE_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/position-centre.css"));
/// The style sheet of the dialog around the centre; travels with the banner. Needs the first one.
pub const DIALOG_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/dialog.css"));
/// The style sheet of what is in the centre; travels with it. Needs the other two.
#[cfg(feature = "ssr")]
pub const CENTRE_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/centre.css"));
/// The style sheet of the declaration where it is a page of its own.
#[cfg(feature = "ssr")]
pub const DECLARATION_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/declaration.css"));
