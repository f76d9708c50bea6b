//! What a theme may not do: be hard to read, hide its buttons, or load what is no picture.
//!
//! Making one of the two answers look better than the other cannot be written down in the first place: one colour is that of
//! both buttons, and so is one rule of the style sheet. Their texts are looked at in `prominence.rs`.

use super::colour::{contrast, parse_colour};
use super::{BUILT_IN_SCHEMES, OwnColours, Scheme, effective, own_colours};
use crate::policy::file::Theme;

/// Text on the surface (WCAG 2.2, 1.4.3).
const TEXT: f64 = 4.5;
/// Buttons and focus rings on the surface (WCAG 2.2, 1.4.11).
const BOUNDARY: f64 = 3.0;
/// The longest address of a logo.
const LONGEST_LOGO: usize = 500;

/// Reports every place that is wrong: path, problem, what is allowed.
pub(in crate::policy) fn check_theme(theme: &Theme, report: &mut dyn FnMut(&str, String, String)) {
    for (own, built_in) in own_colours(theme).iter().zip(BUILT_IN_SCHEMES) {
        check_scheme(own, effective(own, built_in), report);
    }
    if theme.radius.is_some_and(|radius| radius > 32) {
        report("theme.radius", "too round for the smallest button".into(), "0 to 32".into());
    }
    if let Some(logo) = theme.logo.as_ref().filter(|logo| !is_picture(logo)) {
        report(
            "theme.logo",
            format!("\"{logo}\" is no address of a picture"),
            format!(
                "https://… or a path on the site's own origin (/logo.svg), without spaces, quotes or brackets, at most {LONGEST_LOGO} characters"
            ),
        );
    }
}

fn check_scheme(own: &OwnColours, colours: Scheme, report: &mut dyn FnMut(&str, String, String)) {
    let mut readable = true;
    for (path, text) in [own.surface, own.text, own.accent] {
        if let Some(text) = text.filter(|text| parse_colour(text).is_none()) {
            readable = false;
            report(path, format!("\"{text}\" is no colour"), "#rrggbb".into());
        }
    }
    if !readable {
        return;
    }
    // The finding is shown where the file has something to change: at the colour itself, else at its surface.
    let place = |(path, text): super::Own| if text.is_some() { path } else { own.surface.0 };
    let is_own = |(_, text): super::Own| text.is_some() || own.surface.1.is_some();
    let ratio = contrast(colours.text, colours.surface);
    if is_own(own.text) && ratio < TEXT {
        report(
            place(own.text),
            format!("text has a contrast of {ratio:.2}:1 with the banner's surface"),
            format!(
                "at least 4.5:1 (WCAG 2.2, 1.4.3), so that it can be read: another colour for {} or {}",
                own.text.0, own.surface.0
            ),
        );
    }
    let ratio = contrast(colours.accent, colours.surface);
    if is_own(own.accent) && ratio < BOUNDARY {
        report(
            place(own.accent),
            format!("buttons and focus rings have a contrast of {ratio:.2}:1 with the banner's surface"),
            format!(
                "at least 3:1 (WCAG 2.2, 1.4.11 and 2.4.7), so that the buttons and the focus can be seen: another colour for {} or {}",
                own.accent.0, own.surface.0
            ),
        );
    }
}

/// It ends up inside `url("…")` of a style sheet, so nothing that could end that is let through.
fn is_picture(address: &str) -> bool {
    let path = match address.strip_prefix("https://") {
        Some(rest) => rest,
        // `//host/…` would be another origin.
        None => match address.strip_prefix('/') {
            Some(rest) if !rest.starts_with('/') => rest,
            _ => return false,
        },
    };
    let harmless =
        |letter: char| !letter.is_whitespace() && !letter.is_control() && !"\"'\\()<>{}".contains(letter);
    !path.is_empty() && address.len() <= LONGEST_LOGO && address.chars().all(harmless)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(theme: &Theme) -> Vec<(String, String, String)> {
        let mut all = Vec::new();
        check_theme(theme, &mut |path, problem, allowed| all.push((path.into(), problem, allowed)));
        all
    }

    fn own(text: &str) -> Option<String> {
        Some(text.into())
    }

    #[test]
    fn theme_that_is_hard_to_read_is_refused_where_it_says_so_and_told_the_rule() {
        let plain = Theme::default;
        for (theme, place, rule) in [
            (Theme { text: own("#8a8a8a"), ..plain() }, "theme.text", "1.4.3"),
            (Theme { text_dark: own("#555555"), ..plain() }, "theme.text_dark", "1.4.3"),
            // The built-in text and buttons no longer fit the site's own surface.
            (Theme { surface: own("#7a8088"), accent: own("#000000"), ..plain() }, "theme.surface", "1.4.3"),
            (
                Theme { surface_dark: own("#9a9a9a"), accent_dark: own("#000000"), ..plain() },
                "theme.surface_dark",
                "1.4.3",
            ),
            (Theme { accent: own("#aaaaaa"), ..plain() }, "theme.accent", "1.4.11"),
            (Theme { accent_dark: own("#404040"), ..plain() }, "theme.accent_dark", "1.4.11"),
            (Theme { surface: own("#2d5fb0"), text: own("#ffffff"), ..plain() }, "theme.surface", "1.4.11"),
        ] {
            let found = found(&theme);
            assert_eq!(found.len(), 1, "{theme:?}: {found:?}");
            assert!(found[0].0 == place && found[0].2.contains(rule), "{found:?}");
            assert!(found[0].1.contains(":1"), "says how much it is: {found:?}");
        }
    }

    #[test]
    fn theme_of_a_dark_brand_in_both_schemes_is_fine() {
        let dark = Theme {
            surface: own("#10201c"),
            text: own("#f3f0e8"),
            accent: own("#8fd0bf"),
            surface_dark: own("#000000"),
            text_dark: own("#ffffff"),
            accent_dark: own("#ffd400"),
            logo: own("/brand/logo.svg?v=2"),
            ..Theme::default()
        };
        assert_eq!(found(&dark), []);
        assert_eq!(found(&Theme::default()), []);
    }

    #[test]
    fn colour_that_is_none_is_named_and_its_contrast_not_guessed() {
        let found = found(&Theme { surface: own("white"), text: own("#777"), ..Theme::default() });
        let places: Vec<&str> = found.iter().map(|(path, ..)| path.as_str()).collect();
        assert_eq!(places, ["theme.surface", "theme.text"]);
    }

    #[test]
    fn logo_from_elsewhere_than_https_or_the_own_origin_is_refused() {
        for fine in ["/logo.svg", "https://cdn.example/a/logo.png?x=1&y=2", "/ü.svg"] {
            assert!(is_picture(fine), "{fine}");
        }
        for bad in [
            "",
            "/",
            "logo.svg",
            "//cdn.example/logo.svg",
            "http://example.com/a.png",
            "https://",
            "data:image/svg+xml,x",
            "javascript:1",
            "/a\"){}*{color:red",
            "/a b.svg",
            "/a'b",
            "/a\\b",
            "/<svg>",
        ] {
            assert!(!is_picture(bad), "{bad}");
        }
        assert!(!is_picture(&format!("/{}", "x".repeat(500))));
    }
}
