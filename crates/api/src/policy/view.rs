//! What visitors see of a policy: the notice in their language, and the theme as CSS.

use std::collections::BTreeMap;

use consentry_core::choice::{HOST_PREFIX, NAME, SHARED_PREFIX};

use super::check::Published;
use super::file::{CategoryEntry, CookieEntry, Localised, Storage, Theme};
use crate::notice::{CategoryNotice, Controller, CookieNotice, Link, Notice, ServiceNotice, Texts};
use crate::texts::{direction, texts};

/// Where the advertising industry takes opt-outs, shown in every preference centre.
const INDUSTRY: [(&str, &str); 3] = [
    ("Your Online Choices (EU)", "https://www.youronlinechoices.com/"),
    ("Network Advertising Initiative (US)", "https://optout.networkadvertising.org/"),
    ("Digital Advertising Alliance (US)", "https://optout.aboutads.info/"),
];

/// The notice of a published policy in one of its languages.
pub fn notice(published: &Published, version: u32, language: &str) -> Notice {
    let file = &published.file;
    let fallback = file.languages.first().map_or("en", String::as_str);
    let none = BTreeMap::new();
    // `check` has made sure that every offered language is complete.
    let texts = texts(language, file.texts.get(language).unwrap_or(&none)).unwrap_or_default();
    let word =
        |words: &Localised| words.get(language).or_else(|| words.get(fallback)).cloned().unwrap_or_default();
    let categories =
        published.categories.iter().map(|entry| category(published, entry, &texts, &word)).collect();
    let industry = INDUSTRY.iter().map(|(text, url)| Link { text: (*text).into(), url: (*url).into() });
    Notice {
        site: file.site.clone(),
        policy: version,
        language: language.into(),
        dir: direction(language).into(),
        controller: Controller {
            name: file.controller.name.clone(),
            contact: file.controller.contact.clone(),
            privacy_url: file.controller.privacy_url.clone(),
        },
        categories,
        own: own(published, &texts),
        links: industry.chain(file.links.iter().cloned()).collect(),
        texts,
    }
}

fn category(
    published: &Published,
    entry: &CategoryEntry,
    texts: &Texts,
    word: &dyn Fn(&Localised) -> String,
) -> CategoryNotice {
    let (name, description, warning) = match entry.id.as_str() {
        "required" => (&texts.required_name, &texts.required_description, ""),
        "functional" => {
            (&texts.functional_name, &texts.functional_description, texts.functional_warning.as_str())
        }
        "advertising" => (&texts.advertising_name, &texts.advertising_description, ""),
        _ => (&entry.id, &entry.id, ""),
    };
    let or = |own: String, built_in: &String| if own.is_empty() { built_in.clone() } else { own };
    let services =
        published.file.services.iter().enumerate().filter(|(_, service)| service.category == entry.id);
    CategoryNotice {
        id: entry.id.clone(),
        name: or(word(&entry.name), name),
        description: or(word(&entry.description), description),
        warning: warning.into(),
        locked: entry.id == "required",
        services: services
            .map(|(index, service)| ServiceNotice {
                id: service.id.clone(),
                index: index as u32,
                name: service.name.clone(),
                controller: service.controller.clone(),
                description: word(&service.description),
                purposes: service.purposes.clone(),
                privacy_url: service.privacy_url.clone(),
                opt_out_url: service.opt_out_url.clone(),
                cookies: service.cookies.iter().map(|cookie| stored(cookie, texts)).collect(),
            })
            .collect(),
    }
}

fn stored(cookie: &CookieEntry, texts: &Texts) -> CookieNotice {
    CookieNotice {
        name: cookie.name.clone(),
        lifetime: match (cookie.storage.is_kept(), cookie.retention_days) {
            (false, _) => String::new(),
            (true, 0) => texts.session.clone(),
            (true, days) => texts.days.replace("{count}", &days.to_string()),
        },
        session: cookie.retention_days == 0,
        storage: cookie.storage.as_str().into(),
    }
}

/// What Consentry itself stores: the choice, and what the banner keeps of its record. Both go with the choice.
fn own(published: &Published, texts: &Texts) -> Vec<CookieNotice> {
    let file = &published.file;
    let secure = file.origins.iter().all(|origin| origin.starts_with("https://"));
    let prefix = match (secure, &file.share_domain) {
        (false, _) => "",
        (true, None) => HOST_PREFIX,
        (true, Some(_)) => SHARED_PREFIX,
    };
    let entry = |name: String, storage| {
        stored(&CookieEntry { name, retention_days: file.lifetimes.choice_days, storage }, texts)
    };
    vec![
        entry([prefix, NAME].concat(), Storage::Cookie),
        entry(format!("{NAME}.{}.*", file.site), Storage::LocalStorage),
    ]
}

/// The theme as declarations on the shell's root; empty when the policy keeps the built-in one.
pub fn theme_css(theme: &Theme) -> String {
    let mut css = String::new();
    let root = |declarations: &str| format!("#consentry{{{declarations}}}");
    // Each colour was checked against its own surface only, so neither may be seen on the other.
    for (scheme, accent) in [
        ("not (prefers-color-scheme:dark)", &theme.accent),
        ("(prefers-color-scheme:dark)", &theme.accent_dark),
    ] {
        if let Some(accent) = accent.as_deref().and_then(parse_colour) {
            css += &format!("@media {scheme}{{{}}}", root(&colour_declarations(accent)));
        }
    }
    if let Some(radius) = theme.radius {
        css += &root(&format!("--cy-radius:{radius}px"));
    }
    css
}

fn colour_declarations(accent: [u8; 3]) -> String {
    let [r, g, b] = accent;
    let text = if contrast(accent, WHITE) >= contrast(accent, BLACK) { "#fff" } else { "#000" };
    format!("--cy-accent:#{r:02x}{g:02x}{b:02x};--cy-on-accent:{text}")
}

const WHITE: [u8; 3] = [255, 255, 255];
const BLACK: [u8; 3] = [0, 0, 0];
/// The darkest and lightest surfaces the banner is drawn on; kept equal to the style sheet by a test in `consentry-ui`.
pub const SURFACES: [[u8; 3]; 2] = [[255, 255, 255], [24, 26, 31]];

pub(super) fn check_theme(theme: &Theme, report: &mut dyn FnMut(&str, String, String)) {
    for (path, colour, surface) in
        [("theme.accent", &theme.accent, SURFACES[0]), ("theme.accent_dark", &theme.accent_dark, SURFACES[1])]
    {
        let Some(text) = colour else { continue };
        match parse_colour(text) {
            None => report(path, format!("\"{text}\" is no colour"), "#rrggbb".into()),
            // WCAG 2.2, 1.4.11: the edge of a button must stand out 3:1 from what is around it.
            Some(accent) if contrast(accent, surface) < 3.0 => report(
                path,
                format!(
                    "{text} has a contrast of {:.1}:1 with the banner's surface",
                    contrast(accent, surface)
                ),
                "at least 3:1 (WCAG 2.2, 1.4.11), so that the buttons can be seen".into(),
            ),
            Some(_) => {}
        }
    }
    if theme.radius.is_some_and(|radius| radius > 32) {
        report("theme.radius", "too round for the smallest button".into(), "0 to 32".into());
    }
}

fn parse_colour(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#')?.to_ascii_lowercase();
    consentry_core::bytes::parse_hex(&digits)
}

/// Contrast ratio of two colours (WCAG 2.2, relative luminance).
pub fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance([r, g, b]: [u8; 3]) -> f64 {
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_of_a_theme_is_used_only_on_the_surface_it_was_checked_against() {
        let light = theme_css(&Theme { accent: Some("#1f5c4d".into()), ..Theme::default() });
        assert_eq!(
            light,
            "@media not (prefers-color-scheme:dark){#consentry{--cy-accent:#1f5c4d;--cy-on-accent:#fff}}"
        );
        let dark = theme_css(&Theme { accent_dark: Some("#8fd3bf".into()), ..Theme::default() });
        assert_eq!(
            dark,
            "@media (prefers-color-scheme:dark){#consentry{--cy-accent:#8fd3bf;--cy-on-accent:#000}}"
        );
        assert_eq!(theme_css(&Theme::default()), "");
    }
}
