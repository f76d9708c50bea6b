//! Several first layers under one policy: what may differ between them, which one a visitor gets, and what it comes to.
//!
//! A variant can say something else and look different, and that is all: it has no word and no colour for one button alone. What
//! it makes of the policy's theme passes the checks of any theme, so no variant hides or dims *Reject*.

use std::borrow::Cow;

use consentry_core::record::LONGEST_LANGUAGE;

use super::check::{Problems, Published};
use super::file::{PolicyFile, Theme, VariantEntry};
use super::theme::check_theme;
use crate::shown::{parse_shown, serialize_shown};
use crate::stats::{NO_VARIANT, OTHER};

/// Most variants: with more, none would be shown often enough to tell it from chance.
pub const MOST_VARIANTS: usize = 8;
/// The texts that a variant may change.
pub const VARIANT_TEXTS: [&str; 2] = ["title", "body"];
/// Longest identifier: a subtag of a language tag (BCP 47).
const LONGEST_VARIANT: usize = 8;
/// Largest weight.
const HEAVIEST: u16 = 1_000;
/// Most different notices of one policy: the log's entry about it has room for no more.
const MOST_SHOWN: usize = 255;

impl PolicyFile {
    /// Every variant; without any, the policy as it is.
    pub fn each_variant(&self) -> impl Iterator<Item = Option<&str>> {
        let plain = self.variants.is_empty().then_some(None);
        plain.into_iter().chain(self.variants.iter().map(|variant| Some(variant.id.as_str())))
    }

    /// Draws a variant by a random number, each as often as its weight says.
    pub fn draw(&self, chance: u32) -> Option<&str> {
        let total: u32 = self.variants.iter().map(|variant| u32::from(variant.weight)).sum();
        let mut left = chance.checked_rem(total)?;
        for variant in &self.variants {
            match left.checked_sub(variant.weight.into()) {
                None => return Some(&variant.id),
                Some(rest) => left = rest,
            }
        }
        None
    }

    /// The language and the variant of a tag, if the policy has both. A variant is never needed: the preferences as a page of
    /// their own are the same for all.
    pub fn shown<'a>(&'a self, tag: &str) -> Option<(&'a str, Option<&'a str>)> {
        let language = |wanted: &str| self.languages.iter().find(|offered| *offered == wanted);
        if let Some(language) = language(tag) {
            return Some((language, None));
        }
        let (wanted, variant) = parse_shown(tag);
        let variant = self.variants.iter().find(|known| Some(known.id.as_str()) == variant)?;
        Some((language(wanted)?, Some(&variant.id)))
    }

    /// Every language, and every variant that has words of its own in it.
    pub fn all_shown(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.languages.iter().flat_map(|language| {
            let own = self.variants.iter().filter(move |variant| variant.texts.contains_key(language));
            std::iter::once((language.as_str(), None))
                .chain(own.map(move |variant| (language.as_str(), Some(variant.id.as_str()))))
        })
    }
}

impl Published {
    /// The policy as one of its variants has it. Without a variant, or one that it has: as it is.
    pub fn with_variant(&self, id: Option<&str>) -> Cow<'_, Published> {
        match self.file.variants.iter().find(|variant| Some(variant.id.as_str()) == id) {
            None => Cow::Borrowed(self),
            Some(variant) => {
                let mut varied = self.clone();
                varied.file.theme = self.file.theme.with(&variant.theme);
                for (language, texts) in &variant.texts {
                    varied.file.texts.entry(language.clone()).or_default().extend(texts.clone());
                }
                Cow::Owned(varied)
            }
        }
    }
}

impl Theme {
    /// This theme with whatever the other one says in its place.
    fn with(&self, other: &Theme) -> Theme {
        let text = |own: &Option<String>, theirs: &Option<String>| own.clone().or_else(|| theirs.clone());
        Theme {
            accent: text(&other.accent, &self.accent),
            accent_dark: text(&other.accent_dark, &self.accent_dark),
            surface: text(&other.surface, &self.surface),
            surface_dark: text(&other.surface_dark, &self.surface_dark),
            text: text(&other.text, &self.text),
            text_dark: text(&other.text_dark, &self.text_dark),
            logo: text(&other.logo, &self.logo),
            radius: other.radius.or(self.radius),
            font: other.font.or(self.font),
            position: other.position.or(self.position),
            corner: other.corner.or(self.corner),
        }
    }
}

pub(super) fn check_variants(file: &PolicyFile, problems: &mut Problems) {
    if file.variants.len() > MOST_VARIANTS {
        problems.add(
            "variants",
            format!("{} variants are more than anybody could compare", file.variants.len()),
            format!("at most {MOST_VARIANTS}"),
        );
    }
    if file.all_shown().count() > MOST_SHOWN {
        problems.add(
            "variants",
            "too many different notices for the log's entry about this policy",
            format!("languages, and variants with texts in each, {MOST_SHOWN} at most together"),
        );
    }
    for (at, variant) in file.variants.iter().enumerate() {
        let path = |field: &str| format!("variants[{at}].{field}");
        let fits = (1..=LONGEST_VARIANT).contains(&variant.id.len())
            && variant.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            && ![NO_VARIANT, OTHER].contains(&variant.id.as_str());
        if !fits {
            problems.add(
                path("id"),
                format!("\"{}\" is no identifier of a variant", variant.id),
                format!("1-{LONGEST_VARIANT} of a-z and 0-9, but not {NO_VARIANT} or {OTHER}"),
            );
        }
        if file.variants.iter().take(at).any(|earlier| earlier.id == variant.id) {
            problems.add(path("id"), format!("\"{}\" is there twice", variant.id), "each variant once");
        }
        if !(1..=HEAVIEST).contains(&variant.weight) {
            problems.add(
                path("weight"),
                "it cannot be drawn so often",
                format!("1 to {HEAVIEST}; a variant that is over is taken out"),
            );
        }
        check_texts(file, variant, &path, problems);
        check_theme(&file.theme.with(&variant.theme), &mut |field, problem, allowed| {
            problems.add(path(field), problem, allowed);
        });
    }
}

fn check_texts(
    file: &PolicyFile,
    variant: &VariantEntry,
    path: &dyn Fn(&str) -> String,
    problems: &mut Problems,
) {
    for language in &file.languages {
        // What is recorded must fit into a record, and mean one thing only.
        if serialize_shown(language, Some(&variant.id)).len() > LONGEST_LANGUAGE
            || parse_shown(language).1.is_some()
        {
            problems.add(
                path("id"),
                format!("\"{language}\" leaves no room to say which variant was shown"),
                format!("a language without -x-, and {LONGEST_LANGUAGE} letters with -x-VARIANT after it"),
            );
        }
    }
    for (language, texts) in &variant.texts {
        if !file.languages.contains(language) {
            problems.add(
                path(&format!("texts.{language}")),
                "this language is not offered",
                "a language listed in `languages`",
            );
        }
        for (name, text) in texts {
            if !VARIANT_TEXTS.contains(&name.as_str()) {
                problems.add(
                    path(&format!("texts.{language}.{name}")),
                    "a variant cannot change this text",
                    format!("one of {}: what the buttons say is the same in all", VARIANT_TEXTS.join(", ")),
                );
            } else if text.trim().is_empty() {
                problems.add(path(&format!("texts.{language}.{name}")), "it says nothing", "a text");
            }
        }
    }
}
