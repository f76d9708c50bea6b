//! Every field of the policy file: its shape and what is allowed in it. `docs/policy.md` explains them in full.

/// What kind of value a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text in quotes.
    Text,
    /// A list of texts.
    Texts,
    /// `true` or `false`.
    Flag,
    /// A whole number, 0 to this.
    Number(u32),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A table with fields of its own.
    Table,
    /// A list of tables with fields of their own.
    Tables,
    /// A table whose names are the author's own: languages, places.
    Map(&'static Kind),
}

/// One field.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Where it is, `[]` standing for any entry of a list: `services[].cookies[].name`.
    pub path: &'static str,
    /// What kind of value it takes.
    pub kind: Kind,
    /// Whether what is published is incomplete without it.
    pub required: bool,
    /// Whether a file may leave it out where the vendor catalogue has it.
    pub from_catalogue: bool,
    /// What to write there.
    pub allowed: &'static str,
}

const MODELS: &[&str] = &["opt_in", "opt_out", "notice"];
const EFFECTS: &[&str] = &["non_required", "advertising"];
const STORAGES: &[&str] = &[
    "cookie",
    "vendor_cookie",
    "local_storage",
    "session_storage",
    "indexed_db",
    "cache",
    "service_worker",
    "pixel",
];
const FONTS: &[&str] = &["system", "inherit"];
const POSITIONS: &[&str] = &["bar", "card", "centre"];
const CORNERS: &[&str] = &["end", "start"];
const RELOADS: &[&str] = &["offer", "always", "never"];
const MODES: &[&str] = &["marked", "auto"];
const HOWS: &[&str] = &["call", "push", "set"];
const WORDS: Kind = Kind::Map(&Kind::Text);
const DAYS: Kind = Kind::Number(u16::MAX as u32);
const COOKIE_DAYS: &str = "a whole number of days, 0 to 65535; 0 for a session cookie";
const DATA: &str = "kinds of data: data = [\"ip_address\", \"browsing\"]";
const STREET: &str = "street and number: street = \"1 Example Street\"";
const CITY: &str = "the town: city = \"London\"";
const POSTAL_CODE: &str = "the postal code: postal_code = \"W1A 1AA\"";
const REGION: &str = "state or province: region = \"CA\"";
const COUNTRY: &str = "two letters: country = \"GB\"";

const SERVICE: &str = "the service of this policy that it is: service = \"ads\"";

const fn must(path: &'static str, kind: Kind, allowed: &'static str) -> Field {
    Field { path, kind, required: true, from_catalogue: false, allowed }
}

const fn known(path: &'static str, kind: Kind, allowed: &'static str) -> Field {
    Field { path, kind, required: true, from_catalogue: true, allowed }
}

const fn may(path: &'static str, kind: Kind, allowed: &'static str) -> Field {
    Field { path, kind, required: false, from_catalogue: false, allowed }
}

/// All fields, in the order of the documentation.
pub const FIELDS: &[Field] = &[
    must("site", Kind::Text, "the site's identifier: site = \"shop\""),
    must(
        "origins",
        Kind::Texts,
        "the exact origins of the site's pages: origins = [\"https://www.example.com\"]",
    ),
    must("languages", Kind::Texts, "the languages offered, the fallback first: languages = [\"en\", \"de\"]"),
    may("share_domain", Kind::Text, "the domain to share choices on: share_domain = \"example.com\""),
    may("mode", Kind::Word(MODES), "what waits for a choice: mode = \"auto\" for unmarked elements too"),
    must("controller", Kind::Table, "a table [controller] with name, contact and privacy_url"),
    must(
        "controller.name",
        Kind::Text,
        "the legal name of who decides about the data: name = \"Example Ltd\"",
    ),
    must("controller.contact", Kind::Text, "a mail or web address: contact = \"privacy@example.com\""),
    must("controller.privacy_url", Kind::Text, "the privacy notice: privacy_url = \"https://…\""),
    may("controller.contact_person", Kind::Text, "who answers: contact_person = \"Data protection officer\""),
    may("controller.email", Kind::Text, "a mail address: email = \"privacy@example.com\""),
    may("controller.phone", Kind::Text, "in international form: phone = \"+44 20 7946 0018\""),
    may("controller.url", Kind::Text, "the company's site: url = \"https://www.example.com/\""),
    may("controller.rights_url", Kind::Text, "where rights are exercised: rights_url = \"https://…\""),
    may("controller.address", Kind::Table, "a table [controller.address] with country and more"),
    may("controller.address.street", Kind::Text, STREET),
    may("controller.address.city", Kind::Text, CITY),
    may("controller.address.postal_code", Kind::Text, POSTAL_CODE),
    may("controller.address.region", Kind::Text, REGION),
    must("controller.address.country", Kind::Text, COUNTRY),
    may("lifetimes", Kind::Table, "a table [lifetimes]"),
    may("lifetimes.choice_days", DAYS, "a whole number of days, 1 to 400"),
    may("lifetimes.cooldown_days", DAYS, "a whole number of days, 0 to 400"),
    may("lifetimes.record_months", DAYS, "a whole number of months, 1 to 65535"),
    may("log", Kind::Table, "a table [log]"),
    may("log.shards", Kind::Number(16), "how many parts the log has, 1 to 16: shards = 1"),
    may("withdrawal", Kind::Table, "a table [withdrawal]"),
    may("withdrawal.reload", Kind::Word(RELOADS), "whether the page is loaded again"),
    may("signals", Kind::Table, "a table [signals]"),
    may("signals.effect", Kind::Word(EFFECTS), "what GPC and DNT switch off"),
    may("signals.gpc_since", Kind::Text, "a date in quotes: gpc_since = \"2026-11-21\""),
    may("models", Kind::Table, "a table [models]"),
    may("models.default", Kind::Word(MODELS), "one consent model for every place without its own"),
    may(
        "models.places",
        Kind::Map(&Kind::Word(MODELS)),
        "a table of places: DE = \"opt_in\", US-CA = \"opt_out\"",
    ),
    may("theme", Kind::Table, "a table [theme]"),
    may("theme.accent", Kind::Text, "a colour: accent = \"#0b57d0\""),
    may("theme.accent_dark", Kind::Text, "a colour: accent_dark = \"#a8c7fa\""),
    may("theme.surface", Kind::Text, "a colour: surface = \"#fffdf8\""),
    may("theme.surface_dark", Kind::Text, "a colour: surface_dark = \"#182725\""),
    may("theme.text", Kind::Text, "a colour: text = \"#1c2b29\""),
    may("theme.text_dark", Kind::Text, "a colour: text_dark = \"#f0eadd\""),
    may("theme.radius", Kind::Number(u8::MAX as u32), "a whole number of pixels, 0 to 32"),
    may("theme.font", Kind::Word(FONTS), "whose font"),
    may("theme.logo", Kind::Text, "a picture: logo = \"/logo.svg\""),
    may("theme.position", Kind::Word(POSITIONS), "where the first layer is"),
    may("theme.corner", Kind::Word(CORNERS), "in which corner the link is"),
    may("categories", Kind::Tables, "tables [[categories]]"),
    must("categories[].id", Kind::Text, "the category's identifier: id = \"analytics\""),
    may("categories[].name", WORDS, "its name in each language: name = { en = \"Analytics\" }"),
    may("categories[].description", WORDS, "what it is for, in each language: description = { en = \"…\" }"),
    may(
        "categories[].consent_types",
        Kind::Texts,
        "Google Consent Mode types: consent_types = [\"analytics_storage\"]",
    ),
    may("categories[].data", Kind::Texts, DATA),
    may("services", Kind::Tables, "tables [[services]]"),
    must("services[].id", Kind::Text, "the service's identifier: id = \"video\""),
    known("services[].name", Kind::Text, "the name visitors know it by: name = \"Example Video\""),
    known("services[].category", Kind::Text, "the category whose grant it needs: category = \"functional\""),
    known("services[].controller", Kind::Text, "the company behind it: controller = \"Example Ltd\""),
    known(
        "services[].description",
        WORDS,
        "what it is used for, in each language: description = { en = \"…\" }",
    ),
    may("services[].purposes", Kind::Texts, "purposes as identifiers: purposes = [\"measure_audience\"]"),
    may(
        "services[].hosts",
        Kind::Texts,
        "where its requests go: hosts = [\"*.example.com\", \"example.net/tag.js\"]",
    ),
    may("services[].privacy_url", Kind::Text, "its privacy notice: privacy_url = \"https://…\""),
    may("services[].opt_out_url", Kind::Text, "where to opt out at the vendor: opt_out_url = \"https://…\""),
    may("services[].cookies", Kind::Tables, "a list: cookies = [{ name = \"_id\", retention_days = 30 }]"),
    must("services[].cookies[].name", Kind::Text, "its name, * for a varying part: name = \"_id_*\""),
    may("services[].cookies[].retention_days", DAYS, COOKIE_DAYS),
    may("services[].cookies[].storage", Kind::Word(STORAGES), "where it is kept"),
    may(
        "services[].more_cookies",
        Kind::Tables,
        "a list, added to what the catalogue knows: more_cookies = [{ name = \"_id\", retention_days = 30 }]",
    ),
    must("services[].more_cookies[].name", Kind::Text, "its name, * for a varying part: name = \"_id_*\""),
    may("services[].more_cookies[].retention_days", DAYS, COOKIE_DAYS),
    may("services[].more_cookies[].storage", Kind::Word(STORAGES), "where it is kept"),
    may("services[].data", Kind::Texts, DATA),
    may("services[].stored_in", Kind::Texts, "countries or regions: stored_in = [\"IE\", \"US-CA\"]"),
    may("services[].retention_days", DAYS, "a whole number of days, 0 to 65535: retention_days = 395"),
    may("services[].contact", Kind::Text, "a mail or web address: contact = \"dpo@example.com\""),
    may("services[].address", Kind::Table, "a table: address = { city = \"Dublin\", country = \"IE\" }"),
    may("services[].address.street", Kind::Text, STREET),
    may("services[].address.city", Kind::Text, CITY),
    may("services[].address.postal_code", Kind::Text, POSTAL_CODE),
    may("services[].address.region", Kind::Text, REGION),
    must("services[].address.country", Kind::Text, COUNTRY),
    may("links", Kind::Tables, "tables [[links]]"),
    must("links[].text", Kind::Text, "what the link is called: text = \"Contact us\""),
    must("links[].url", Kind::Text, "where it leads: url = \"https://…\""),
    may("texts", Kind::Map(&WORDS), "tables [texts.LANGUAGE] with the texts to replace"),
    may("variants", Kind::Tables, "tables [[variants]]"),
    must("variants[].id", Kind::Text, "the variant's identifier: id = \"b\""),
    may(
        "variants[].weight",
        Kind::Number(1_000),
        "how often it is drawn beside the others, 1 to 1000: weight = 1",
    ),
    may(
        "variants[].texts",
        Kind::Map(&WORDS),
        "other words for title and body: texts.en = { title = \"…\" }",
    ),
    may("variants[].theme", Kind::Table, "a table: theme = { accent = \"#0b57d0\" }"),
    may("variants[].theme.accent", Kind::Text, "a colour: accent = \"#0b57d0\""),
    may("variants[].theme.accent_dark", Kind::Text, "a colour: accent_dark = \"#a8c7fa\""),
    may("variants[].theme.surface", Kind::Text, "a colour: surface = \"#fffdf8\""),
    may("variants[].theme.surface_dark", Kind::Text, "a colour: surface_dark = \"#182725\""),
    may("variants[].theme.text", Kind::Text, "a colour: text = \"#1c2b29\""),
    may("variants[].theme.text_dark", Kind::Text, "a colour: text_dark = \"#f0eadd\""),
    may("variants[].theme.radius", Kind::Number(u8::MAX as u32), "a whole number of pixels, 0 to 32"),
    may("variants[].theme.font", Kind::Word(FONTS), "whose font"),
    may("variants[].theme.logo", Kind::Text, "a picture: logo = \"/logo.svg\""),
    may("variants[].theme.position", Kind::Word(POSITIONS), "where the first layer is"),
    may("variants[].theme.corner", Kind::Word(CORNERS), "in which corner the link is"),
    may("integrations", Kind::Table, "a table [integrations]"),
    may("integrations.google", Kind::Table, "a table [integrations.google]; an empty one is enough"),
    may("integrations.google.services", Kind::Texts, "Google's services: services = [\"google_ads\"]"),
    may(
        "integrations.google.unrelated",
        Kind::Texts,
        "categories no consent type follows: unrelated = [\"chat\"]",
    ),
    may("integrations.google.wait_for_update", Kind::Number(10_000), "milliseconds, at most 10000"),
    may("integrations.google.ads_data_redaction", Kind::Flag, "true or false, without quotes"),
    may("integrations.google.url_passthrough", Kind::Flag, "true or false, without quotes"),
    may("integrations.google.data_layer", Kind::Text, "the name of a global: data_layer = \"dataLayer\""),
    may("integrations.google.event", Kind::Text, "the name of an event: event = \"consentry_update\""),
    may("integrations.microsoft", Kind::Table, "a table [integrations.microsoft] with uet, clarity or both"),
    may("integrations.microsoft.uet", Kind::Text, "the service that is UET: uet = \"microsoft_advertising\""),
    may("integrations.microsoft.clarity", Kind::Text, "the service that is Clarity: clarity = \"clarity\""),
    may("integrations.meta", Kind::Table, "a table [integrations.meta] with service"),
    must("integrations.meta.service", Kind::Text, SERVICE),
    may("integrations.meta.limited_data_use", Kind::Flag, "true or false, without quotes"),
    may("integrations.tiktok", Kind::Table, "a table [integrations.tiktok] with service"),
    must("integrations.tiktok.service", Kind::Text, SERVICE),
    may("integrations.linkedin", Kind::Table, "a table [integrations.linkedin] with service"),
    must("integrations.linkedin.service", Kind::Text, SERVICE),
    may("integrations.segment", Kind::Table, "a table [integrations.segment] with service"),
    must("integrations.segment.service", Kind::Text, SERVICE),
    may("integrations.segment.tell_changes", Kind::Flag, "true or false, without quotes"),
    may("integrations.generic", Kind::Tables, "one [[integrations.generic]] for each thing to tell"),
    must("integrations.generic[].how", Kind::Word(HOWS), "what is done with what the path names"),
    must("integrations.generic[].path", Kind::Text, "names below window: path = \"vendor.setConsent\""),
    may("integrations.generic[].event", Kind::Text, "the name of an event: event = \"consent\""),
    may("integrations.generic[].service", Kind::Text, SERVICE),
    may("integrations.gpp", Kind::Table, "a table [integrations.gpp]"),
    may("integrations.gpp.sections", Kind::Texts, "a list of sections: [\"usnat\"]"),
];

/// The fields of one table: of the file itself for `""`, of any service for `services[]`.
pub fn fields_of(table: &str) -> impl Iterator<Item = (&'static str, &'static Field)> {
    FIELDS.iter().filter_map(move |field| {
        let (parent, name) = field.path.rsplit_once('.').unwrap_or(("", field.path));
        (parent == table).then_some((name, field))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use consentry_api::notice::Link;
    use consentry_api::policy::integrations::{
        Generic, Google, How, Integrations, Linkedin, Meta, Microsoft, Segment, Tiktok,
    };
    use consentry_api::policy::{
        Address, CategoryEntry, ControllerEntry, CookieEntry, Corner, Effect, Font, GppRules, GppSection,
        Lifetimes, LogRules, Mode, ModelWord, Models, PolicyFile, Position, Reload, ServiceEntry,
        SignalRules, Storage, Theme, VariantEntry, WithdrawalRules,
    };
    use serde_json::Value;

    use super::*;

    /// A value with every field set, so that a new field of the format does not compile here until it is known.
    fn full() -> PolicyFile {
        let word = || BTreeMap::from([("en".to_owned(), "x".to_owned())]);
        let address = || Address {
            street: "x".into(),
            city: "x".into(),
            postal_code: "x".into(),
            region: "x".into(),
            country: "x".into(),
        };
        PolicyFile {
            site: "x".into(),
            origins: vec!["x".into()],
            languages: vec!["x".into()],
            share_domain: Some("x".into()),
            mode: Mode::Auto,
            controller: ControllerEntry {
                name: "x".into(),
                contact: "x".into(),
                privacy_url: "x".into(),
                contact_person: "x".into(),
                email: "x".into(),
                phone: "x".into(),
                url: "x".into(),
                rights_url: "x".into(),
                address: Some(address()),
            },
            lifetimes: Lifetimes { choice_days: 1, cooldown_days: 1, record_months: 1 },
            log: LogRules { shards: 1 },
            withdrawal: WithdrawalRules { reload: Reload::Always },
            signals: SignalRules { effect: Effect::NonRequired, gpc_since: Some("x".into()) },
            models: Models {
                default: Some(ModelWord::OptIn),
                places: BTreeMap::from([("DE".into(), ModelWord::Notice)]),
            },
            theme: theme(),
            categories: vec![CategoryEntry {
                id: "x".into(),
                name: word(),
                description: word(),
                consent_types: vec!["x".into()],
                data: vec!["x".into()],
            }],
            services: vec![ServiceEntry {
                id: "x".into(),
                name: "x".into(),
                category: "x".into(),
                controller: "x".into(),
                description: word(),
                purposes: vec!["x".into()],
                hosts: vec!["x".into()],
                privacy_url: "x".into(),
                opt_out_url: "x".into(),
                cookies: vec![cookie()],
                more_cookies: vec![cookie()],
                data: vec!["x".into()],
                stored_in: vec!["x".into()],
                retention_days: Some(1),
                contact: "x".into(),
                address: Some(address()),
            }],
            links: vec![Link { text: "x".into(), url: "x".into() }],
            texts: BTreeMap::from([("en".into(), word())]),
            variants: vec![VariantEntry {
                id: "x".into(),
                weight: 1,
                texts: BTreeMap::from([("en".into(), word())]),
                theme: theme(),
            }],
            integrations: integrations(),
        }
    }

    fn integrations() -> Integrations {
        Integrations {
            google: Some(Google {
                services: vec!["x".into()],
                unrelated: vec!["x".into()],
                wait_for_update: Some(1),
                ads_data_redaction: false,
                url_passthrough: true,
                data_layer: Some("x".into()),
                event: Some("x".into()),
            }),
            microsoft: Some(Microsoft { uet: Some("x".into()), clarity: Some("x".into()) }),
            meta: Some(Meta { service: "x".into(), limited_data_use: true }),
            tiktok: Some(Tiktok { service: "x".into() }),
            linkedin: Some(Linkedin { service: "x".into() }),
            segment: Some(Segment { service: "x".into(), tell_changes: false }),
            generic: vec![Generic {
                how: How::Call,
                path: "x".into(),
                event: Some("x".into()),
                service: Some("x".into()),
            }],
            gpp: Some(GppRules { sections: vec![GppSection::UsNat] }),
        }
    }

    fn cookie() -> CookieEntry {
        CookieEntry { name: "x".into(), retention_days: Some(1), storage: Storage::Pixel }
    }

    fn theme() -> Theme {
        Theme {
            accent: Some("x".into()),
            accent_dark: Some("x".into()),
            surface: Some("x".into()),
            surface_dark: Some("x".into()),
            text: Some("x".into()),
            text_dark: Some("x".into()),
            radius: Some(1),
            font: Some(Font::Inherit),
            logo: Some("x".into()),
            position: Some(Position::Card),
            corner: Some(Corner::Start),
        }
    }

    fn paths(value: &Value, path: &str, into: &mut BTreeSet<String>) {
        let known = FIELDS.iter().find(|field| field.path == path);
        if !path.is_empty() && !path.ends_with("[]") {
            into.insert(path.into());
        }
        match value {
            Value::Object(_) if known.is_some_and(|field| matches!(field.kind, Kind::Map(_))) => {}
            Value::Object(fields) => {
                for (name, value) in fields {
                    paths(
                        value,
                        &if path.is_empty() { name.clone() } else { format!("{path}.{name}") },
                        into,
                    );
                }
            }
            Value::Array(entries) if entries.iter().all(Value::is_object) => {
                entries.iter().for_each(|entry| paths(entry, &format!("{path}[]"), into));
            }
            _ => {}
        }
    }

    #[test]
    fn fields_of_the_format_are_the_fields_of_the_table() {
        let mut there = BTreeSet::new();
        paths(&serde_json::to_value(full()).unwrap(), "", &mut there);
        let known: BTreeSet<String> = FIELDS.iter().map(|field| field.path.to_owned()).collect();
        assert_eq!(there, known);
    }

    #[test]
    fn field_that_is_required_is_the_one_the_format_refuses_to_miss() {
        for field in FIELDS {
            let mut value = serde_json::to_value(full()).unwrap();
            let pointer = format!("/{}", field.path.replace("[]", ".0").replace('.', "/"));
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            value.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
            assert_eq!(
                serde_json::from_value::<PolicyFile>(value).is_err(),
                field.required,
                "{}",
                field.path
            );
        }
    }

    #[test]
    fn word_of_a_field_is_one_the_format_knows() {
        for field in FIELDS {
            let words = match field.kind {
                Kind::Word(words) => words,
                Kind::Map(Kind::Word(words)) => words,
                _ => continue,
            };
            for word in words {
                let fits = match field.path.trim_start_matches("variants[].") {
                    "theme.font" => serde_json::from_value::<Font>((*word).into()).is_ok(),
                    "theme.position" => serde_json::from_value::<Position>((*word).into()).is_ok(),
                    "theme.corner" => serde_json::from_value::<Corner>((*word).into()).is_ok(),
                    "signals.effect" => serde_json::from_value::<Effect>((*word).into()).is_ok(),
                    "mode" => serde_json::from_value::<Mode>((*word).into()).is_ok(),
                    "withdrawal.reload" => serde_json::from_value::<Reload>((*word).into()).is_ok(),
                    "services[].cookies[].storage" | "services[].more_cookies[].storage" => {
                        serde_json::from_value::<Storage>((*word).into()).is_ok()
                    }
                    "integrations.generic[].how" => serde_json::from_value::<How>((*word).into()).is_ok(),
                    _ => serde_json::from_value::<ModelWord>((*word).into()).is_ok(),
                };
                assert!(fits, "{} {word}", field.path);
            }
        }
    }

    #[test]
    fn documentation_mentions_every_field() {
        let page = include_str!("../../../../docs/policy.md");
        for field in FIELDS {
            let row = format!("| `{}` |", field.path);
            assert!(page.contains(&row), "docs/policy.md has no row for {row}");
        }
    }
}
