//! What visitors see, as Leptos components: the shell with its first layer, and the preferences, as part of a page of
//! their own or of the dialog the banner opens.
//!
//! The same components render on the server (`ssr`) and in the page (`hydrate`): the forms work by themselves, and the
//! banner takes over the very nodes the server wrote.

#![forbid(unsafe_code)]

mod category;
mod preferences;
mod shell;
mod switches;
mod text;

#[cfg(feature = "ssr")]
mod page;
#[cfg(feature = "ssr")]
mod render;

pub use preferences::{ERASE, ERASE_STATUS, PreferenceForm, PreferenceState, Standing, StandingState};
pub use shell::{Shell, ShellWords};
pub use switches::{Switches, read_switches};
pub use text::safe_url;

#[cfg(feature = "ssr")]
pub use render::{LastStep, PageView, SavedView, ShellView, render_preferences_page, render_shell};

/// The style sheet of the shell; travels with the gate.
pub const FIRST_LAYER_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/first-layer.css"));
/// What makes the first layer a bar; sent after [`FIRST_LAYER_CSS`], as one of the three.
pub const BAR_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/position-bar.css"));
/// What makes it a card in a corner.
pub const CARD_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/position-card.css"));
/// What puts it into the middle.
pub const MIDDLE_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/position-centre.css"));
/// The style sheet of the preferences; travels with the banner and with the preferences page. Needs the other one.
pub const CENTRE_CSS: &str = include_str!(concat!(env!("OUT_DIR"), "/centre.css"));
