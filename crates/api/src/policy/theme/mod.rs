//! The theme: its colours as the visitor will get them, what a publisher may not do with them, and the CSS they become.

mod check;
mod colour;
mod css;

pub(super) use check::check_theme;
pub use colour::{Colour, contrast};
pub use css::{layer_css, theme_css, theme_css_at};

use super::file::Theme;
use colour::parse_colour;

/// The colours a theme starts from, for one colour scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheme {
    /// What everything is drawn on.
    pub surface: Colour,
    /// Headings and buttons without a colour of their own.
    pub text: Colour,
    /// Buttons and focus rings.
    pub accent: Colour,
}

/// The built-in colours, light and dark.
const BUILT_IN_SCHEMES: [Scheme; 2] = [
    Scheme { surface: [255, 255, 255], text: [28, 34, 48], accent: [31, 95, 214] },
    Scheme { surface: [24, 26, 31], text: [238, 240, 244], accent: [143, 180, 255] },
];

/// One colour of a theme as the file has it: its field, and what is written there.
type Own<'a> = (&'static str, Option<&'a str>);

/// The colours of a file for one scheme.
struct OwnColours<'a> {
    surface: Own<'a>,
    text: Own<'a>,
    accent: Own<'a>,
}

/// The file's colours for light and dark, in the order of [`BUILT_IN_SCHEMES`].
fn own_colours(theme: &Theme) -> [OwnColours<'_>; 2] {
    [
        OwnColours {
            surface: ("theme.surface", theme.surface.as_deref()),
            text: ("theme.text", theme.text.as_deref()),
            accent: ("theme.accent", theme.accent.as_deref()),
        },
        OwnColours {
            surface: ("theme.surface_dark", theme.surface_dark.as_deref()),
            text: ("theme.text_dark", theme.text_dark.as_deref()),
            accent: ("theme.accent_dark", theme.accent_dark.as_deref()),
        },
    ]
}

/// The colours as they will be seen: the file's where it has any that can be read, the built-in ones elsewhere.
fn effective(own: &OwnColours, built_in: Scheme) -> Scheme {
    let or = |own: Own, built_in: Colour| own.1.and_then(parse_colour).unwrap_or(built_in);
    Scheme {
        surface: or(own.surface, built_in.surface),
        text: or(own.text, built_in.text),
        accent: or(own.accent, built_in.accent),
    }
}
