//! A checked theme as CSS: custom properties on the root, and what only some themes need of the first layer.

use super::colour::{fade, serialize_colour, text_on};
use super::{BUILT_IN_SCHEMES, Scheme, effective, own_colours};
use crate::policy::file::{Corner, Font, Position, Theme};

/// The root as the style sheets of `consentry-ui` name it; theirs come first and have the same weight.
const ROOT: &str = "#consentry#consentry";

/// The built-in corner radius in CSS pixels.
const RADIUS: u8 = 12;

/// Muted text keeps more than it must (WCAG 2.2, 1.4.3: 4.5), because some of it is on tinted panels.
const MUTED: f64 = 5.0;
/// Lines are the edge of quiet buttons and of the switches (WCAG 2.2, 1.4.11).
const LINE: f64 = 3.0;

/// Colours and corner of everything we draw: the policy's own, and the built-in ones where it has none.
pub fn theme_css(theme: &Theme) -> String {
    theme_css_at(theme, ROOT)
}

/// The same for what stands outside of the root: `place` is its selector.
pub fn theme_css_at(theme: &Theme, place: &str) -> String {
    let [light, dark] = own_colours(theme);
    let [built_in_light, built_in_dark] = BUILT_IN_SCHEMES;
    let radius = theme.radius.unwrap_or(RADIUS);
    // Each colour was checked against its own surface only: the dark rule sets all that the light one does.
    format!(
        "{place}{{--cy-radius:{radius}px;{}}}@media(prefers-color-scheme:dark){{{place}{{{}}}}}",
        colours_css(&effective(&light, built_in_light)),
        colours_css(&effective(&dark, built_in_dark)),
    )
}

fn colours_css(colours: &Scheme) -> String {
    let Scheme { surface, text, accent } = *colours;
    let all = [
        ("accent", accent),
        ("on-accent", text_on(accent)),
        ("surface", surface),
        ("text", text),
        ("muted", fade(text, surface, 2, MUTED)),
        ("line", fade(text, surface, 4, LINE)),
    ];
    all.map(|(name, colour)| format!("--cy-{name}:{}", serialize_colour(colour))).join(";")
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
    use crate::policy::theme::{contrast, parse_colour};

    fn own(text: &str) -> Option<String> {
        Some(text.into())
    }

    /// What a theme makes of a colour, light and dark.
    fn both(css: &str, name: &str) -> [String; 2] {
        let start = format!("--cy-{name}:");
        let mut found = css.split(&start).skip(1);
        [(); 2].map(|()| {
            let rest = found.next().expect("it is set");
            rest[..rest.find([';', '}']).expect("it ends")].to_owned()
        })
    }

    #[test]
    fn colour_of_a_theme_is_used_only_on_the_surface_it_was_checked_against() {
        let css = theme_css(&Theme { accent: own("#1f5c4d"), ..Theme::default() });
        assert_eq!(both(&css, "accent"), ["#1f5c4d", "#8fb4ff"]);
        assert_eq!(both(&css, "on-accent"), ["#ffffff", "#000000"]);
        let css = theme_css(&Theme { accent_dark: own("#8fd3bf"), radius: Some(3), ..Theme::default() });
        assert_eq!(both(&css, "accent"), ["#1f5fd6", "#8fd3bf"]);
        assert!(css.starts_with("#consentry#consentry{--cy-radius:3px;"), "{css}");
    }

    #[test]
    fn muted_text_and_lines_of_a_surface_of_the_sites_own_can_be_seen_on_it() {
        // Text that just passes leaves nothing to mute.
        for (surface, text) in [("#fdf6e3", "#073642"), ("#ffffff", "#757575"), ("#123456", "#fefefe")] {
            let css = theme_css(&Theme { surface: own(surface), text: own(text), ..Theme::default() });
            let colour = |name: &str| parse_colour(&both(&css, name)[0]).expect("a colour");
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
