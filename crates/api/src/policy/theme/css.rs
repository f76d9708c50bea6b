//! A checked theme as CSS: custom properties on the root, and what only some themes need of the first layer.

use super::colour::{fade, parse_colour, serialize_colour, text_on};
use super::{BUILT_IN_SCHEMES, effective, own_colours};
use crate::policy::file::{Corner, Font, Position, Theme};

/// The root as the style sheets of `consentry-ui` name it; theirs come first and have the same weight.
const ROOT: &str = "#consentry#consentry";

/// The built-in corner radius in CSS pixels; a test in `consentry-ui` keeps it equal to the style sheet.
pub const BUILT_IN_RADIUS: u8 = 12;

/// Muted text keeps more than it must (WCAG 2.2, 1.4.3: 4.5), because some of it is on tinted panels.
const MUTED: f64 = 5.0;
/// Lines are the edge of quiet buttons and of the switches (WCAG 2.2, 1.4.11).
const LINE: f64 = 3.0;

/// Colours and corners, for everything we draw; empty when the policy keeps the built-in ones.
pub fn theme_css(theme: &Theme) -> String {
    let radius = theme.radius.map(|radius| radius_css(radius, ROOT));
    colours_css(theme, ROOT, false) + &radius.unwrap_or_default()
}

/// All colours and the corner, built-in ones too, for what stands outside of the root: `place` is its selector.
pub fn scheme_css(theme: &Theme, place: &str) -> String {
    radius_css(theme.radius.unwrap_or(BUILT_IN_RADIUS), place) + &colours_css(theme, place, true)
}

fn radius_css(radius: u8, place: &str) -> String {
    format!("{place}{{--cy-radius:{radius}px}}")
}

/// The colours of both schemes: all of them, or those that are the policy's own and what follows from them.
fn colours_css(theme: &Theme, place: &str, all: bool) -> String {
    let mut css = String::new();
    let media = ["not (prefers-color-scheme:dark)", "(prefers-color-scheme:dark)"];
    // Each colour was checked against its own surface only, so neither may be seen on the other.
    for ((own, built_in), media) in own_colours(theme).iter().zip(BUILT_IN_SCHEMES).zip(media) {
        let colours = effective(own, built_in);
        let mut rules = Vec::new();
        let mut set = |name: &str, colour| rules.push(format!("--cy-{name}:{}", serialize_colour(colour)));
        if all || own.accent.1.and_then(parse_colour).is_some() {
            set("accent", colours.accent);
            set("on-accent", text_on(colours.accent));
        }
        if all || own.surface.1.or(own.text.1).is_some() {
            set("surface", colours.surface);
            set("text", colours.text);
            set("muted", fade(colours.text, colours.surface, 2, MUTED));
            set("line", fade(colours.text, colours.surface, 4, LINE));
        }
        if !rules.is_empty() {
            css += &format!("@media {media}{{{place}{{{}}}}}", rules.join(";"));
        }
    }
    css
}

/// What only the site's own pages need: its font, the corner, the logo.
pub fn layer_css(theme: &Theme) -> String {
    let mut css = String::new();
    if theme.font == Some(Font::Inherit) {
        css += &format!("{ROOT},{ROOT} *{{font-family:inherit}}");
    }
    if theme.corner == Some(Corner::Start) {
        // Messages are in the other corner, where nothing else is; now they go above the link.
        css += &format!("{ROOT}{{--cy-start:16px;--cy-end:auto}}{ROOT}>output[role]{{bottom:72px}}");
    }
    // A background is no content: nothing to name for a screen reader, and its box is there before the picture. Phones have
    // no room for it.
    if let Some(logo) = &theme.logo {
        css += &format!(
            "{ROOT}>section::before{{content:\"\";flex:none;width:140px;height:28px;margin-bottom:12px;background:url(\"{logo}\") 0/contain no-repeat}}\
             {ROOT}[dir=rtl]>section::before{{background-position:100%}}\
             @media (max-width:559px){{{ROOT}>section::before{{display:none}}}}"
        );
        if theme.position.unwrap_or_default() == Position::Bar {
            css += &format!(
                "@media (min-width:960px){{{ROOT}>section::before{{grid-area:1/1/3;align-self:center;width:96px;margin:0;margin-inline-end:24px}}}}"
            );
        }
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::theme::contrast;

    fn own(text: &str) -> Option<String> {
        Some(text.into())
    }

    #[test]
    fn colour_of_a_theme_is_used_only_on_the_surface_it_was_checked_against() {
        let light = theme_css(&Theme { accent: own("#1f5c4d"), ..Theme::default() });
        assert_eq!(
            light,
            "@media not (prefers-color-scheme:dark){#consentry#consentry{--cy-accent:#1f5c4d;--cy-on-accent:#ffffff}}"
        );
        let dark = theme_css(&Theme { accent_dark: own("#8fd3bf"), ..Theme::default() });
        assert_eq!(
            dark,
            "@media (prefers-color-scheme:dark){#consentry#consentry{--cy-accent:#8fd3bf;--cy-on-accent:#000000}}"
        );
        assert_eq!(theme_css(&Theme::default()) + &layer_css(&Theme::default()), "");
    }

    #[test]
    fn muted_text_and_lines_of_a_surface_of_the_sites_own_can_be_seen_on_it() {
        // Text that just passes leaves nothing to mute.
        for (surface, text) in [("#fdf6e3", "#073642"), ("#ffffff", "#757575"), ("#123456", "#fefefe")] {
            let css = theme_css(&Theme { surface: own(surface), text: own(text), ..Theme::default() });
            let colour = |name: &str| {
                let (_, rest) = css.split_once(&format!("--cy-{name}:")).expect("it is set");
                parse_colour(&rest[..7]).expect("a colour")
            };
            let surface = colour("surface");
            assert!(contrast(colour("muted"), surface) >= 4.5, "{css}");
            assert!(contrast(colour("line"), surface) >= 3.0, "{css}");
        }
    }

    #[test]
    fn logo_is_told_to_the_bar_where_to_stand_and_to_others_not() {
        let theme = |position| Theme { logo: own("/logo.svg"), position, ..Theme::default() };
        assert!(layer_css(&theme(Some(Position::Bar))).contains("grid-area"));
        let card = layer_css(&theme(Some(Position::Card)));
        assert!(card.contains("url(\"/logo.svg\")") && !card.contains("grid-area"), "{card}");
    }
}
