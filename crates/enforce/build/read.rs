//! The catalogue's files as they are written: one table per service, one file per theme.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer};
use toml::de::{DeTable, ValueDeserializer};

/// A service and where it stands.
pub struct Found {
    /// The table's name.
    pub id: String,
    /// The file's name without its ending.
    pub theme: String,
    /// The file and the line of the table's header.
    pub place: Place,
    /// What it says.
    pub entry: Entry,
}

/// A file and a line of it, counted from 1.
#[derive(Clone)]
pub struct Place {
    pub file: String,
    pub line: usize,
}

/// Something that is wrong. The build stops.
pub struct Problem {
    pub place: Place,
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.place.file, self.place.line, self.text)
    }
}

/// What a service's table says. `services/README.md` explains the fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub name: String,
    #[serde(default)]
    pub aliases: Vec<String>,
    pub controller: String,
    pub privacy: String,
    pub opt_out: Option<String>,
    pub category: Category,
    pub purpose: String,
    #[serde(default)]
    pub loads: Vec<String>,
    #[serde(default)]
    pub cookies: BTreeMap<String, Retention>,
    #[serde(default)]
    pub vendor_cookies: BTreeMap<String, Retention>,
    #[serde(default)]
    pub local_storage: Vec<String>,
    #[serde(default)]
    pub session_storage: Vec<String>,
    #[serde(default)]
    pub indexed_db: Vec<String>,
    #[serde(default)]
    pub caches: Vec<String>,
    #[serde(default)]
    pub service_workers: Vec<String>,
}

/// The built-in categories; only a site's policy can know others.
#[derive(Deserialize, Debug, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    Required,
    Functional,
    Advertising,
}

/// How long a cookie stays: days, or `"session"`.
#[derive(Clone, Copy)]
pub enum Retention {
    Session,
    Days(u16),
}

impl<'de> Deserialize<'de> for Retention {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Retention;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a number of days from 1 to 65535, or \"session\"")
            }

            fn visit_i64<E: serde::de::Error>(self, days: i64) -> Result<Retention, E> {
                match u16::try_from(days) {
                    Ok(days @ 1..) => Ok(Retention::Days(days)),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Signed(days), &self)),
                }
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Retention, E> {
                match word {
                    "session" => Ok(Retention::Session),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(word), &self)),
                }
            }
        }
        from.deserialize_any(Reader)
    }
}

/// Every service of a folder of files, and whatever cannot be read as one.
pub fn read_services(folder: &Path) -> (Vec<Found>, Vec<Problem>) {
    let (mut services, mut problems) = (Vec::new(), Vec::new());
    let at = |path: &Path| Place { file: path.display().to_string(), line: 1 };
    let listing = match std::fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(error) => {
            return (services, vec![Problem { place: at(folder), text: error.to_string() }]);
        }
    };
    let mut paths: Vec<_> = listing.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "toml")) {
        let theme = path.file_stem().unwrap_or_default().to_string_lossy();
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let file = path.display().to_string();
                let (found, wrong) = parse_services(&file, &theme, &text);
                services.extend(found);
                problems.extend(wrong);
            }
            Err(error) => problems.push(Problem { place: at(path), text: error.to_string() }),
        }
    }
    services.sort_by(|one, other| one.id.cmp(&other.id));
    (services, problems)
}

/// The services of one file.
pub fn parse_services(file: &str, theme: &str, text: &str) -> (Vec<Found>, Vec<Problem>) {
    let (mut services, mut problems) = (Vec::new(), Vec::new());
    let place = |offset: usize| {
        let before = text.get(..offset).unwrap_or_default();
        Place { file: file.into(), line: before.matches('\n').count() + 1 }
    };
    let (root, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        problems.extend(errors.iter().map(|error| Problem {
            place: place(error.span().unwrap_or_default().start),
            text: error.message().into(),
        }));
        return (services, problems);
    }
    for (key, value) in root.into_inner() {
        let (id, header) = (key.get_ref().to_string(), key.span().start);
        match Entry::deserialize(ValueDeserializer::from(value)) {
            Ok(entry) => {
                services.push(Found { id, theme: theme.into(), place: place(header), entry });
            }
            Err(error) => problems.push(Problem {
                place: place(error.span().map_or(header, |span| span.start)),
                text: format!("[{id}]: {}", error.message()),
            }),
        }
    }
    (services, problems)
}
