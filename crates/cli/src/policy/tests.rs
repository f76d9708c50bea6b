//! Broken policy files, each with the line its diagnostic must point at; and the example files, which must pass.

use super::finding::{Finding, Source};
use super::read::parse_policy;

/// A whole file whose lines are all different, so that a test can name a line by its text.
const WHOLE: &str = r##"site = "shop"
origins = ["https://www.example.com"]
languages = ["en", "de"]

[controller]
name = "Example Ltd"
contact = "privacy@example.com"
privacy_url = "https://www.example.com/privacy"

[lifetimes]
choice_days = 180

[signals]
effect = "non_required"

[models]
default = "opt_in"
[models.places]
US-CA = "opt_out"

[theme]
accent = "#0b57d0"
radius = 8

[[categories]]
id = "analytics"
name = { en = "Analytics" }
description = { en = "Counts visits." }
consent_types = ["analytics_storage"]

[[services]]
id = "video"
name = "Example Video"
category = "functional"
controller = "Video Ltd"
description = { en = "Shows films.", de = "Zeigt Filme." }
hosts = ["video.example.net"]
cookies = [{ name = "_vid", retention_days = 30 }]

[[services]]
id = "adverts"
name = "Example Adverts"
category = "advertising"
controller = "Adverts Ltd"
description = { en = "Shows adverts." }

[texts.en]
title = "Cookies?"
"##;

/// What is replaced, by what; then for each finding: its line begins with this, the words it marks, its path, and a part of
/// what it says is allowed.
type Broken =
    (&'static str, &'static str, &'static [(&'static str, &'static str, &'static str, &'static str)]);

const BROKEN: &[Broken] = &[
    // Not TOML at all.
    ("\"shop\"", "shop", &[("site =", "shop", "", "")]),
    ("[controller]", "[controller", &[("[controller", "", "", "]")]),
    ("radius = 8", "accent = \"#000000\"", &[("accent = \"#000", "accent", "", "")]),
    // Fields nobody knows.
    (
        "category = \"adv",
        "catgory = \"adv",
        &[
            ("id =", "\"adverts\"", "services[1].id", "give category = \"functional\""),
            (
                "catgory",
                "catgory",
                "services[1].catgory",
                "did you mean \"category\"? allowed here: id, name",
            ),
        ],
    ),
    ("[theme]", "[thema]", &[("[thema]", "thema", "thema", "did you mean \"theme\"?")]),
    (
        "\"_vid\", ret",
        "\"_vid\", httponly = true, ret",
        &[(
            "cookies =",
            "httponly",
            "services[0].cookies[0].httponly",
            "allowed here: name, retention_days, storage",
        )],
    ),
    // Fields that are missing.
    ("site = \"shop\"\n", "", &[("origins", "", "site", "site = \"shop\"")]),
    (
        "contact = \"privacy@example.com\"\n",
        "",
        &[("[controller]", "[controller]", "controller.contact", "mail")],
    ),
    (
        ", retention_days = 30",
        "",
        &[(
            "cookies =",
            "{ name = \"_vid\" }",
            "services[0].cookies[0].retention_days",
            "0 for a session cookie",
        )],
    ),
    // Services the catalogue does not know, or knows by another name.
    (
        "id = \"adverts\"\nname = \"Example Adverts\"\n",
        "id = \"hotjra\"\n",
        &[("id =", "\"hotjra\"", "services[1].id", "did you mean \"hotjar\"? Otherwise give name = ")],
    ),
    (
        "\"video.example.net\"",
        "\"video.example.net/x\", \"https://video.example.net\"",
        &[("hosts =", "\"https://video.example.net\"", "services[0].hosts[1]", "a host name, in lower case")],
    ),
    ("\"_vid\"", "\"*\"", &[("cookies =", "\"*\"", "services[0].cookies[0].name", "a name")]),
    (
        "cookies = [{ name = \"_vid\"",
        "more_cookies = [{ name = \"__Host-consentry\"",
        &[("[[services]]", "", "services[0].cookies[0].name", "the visitor's choice")],
    ),
    // Values of the wrong kind.
    (
        "choice_days = 180",
        "choice_days = \"180\"",
        &[("choice_days", "\"180\"", "lifetimes.choice_days", "1 to 400")],
    ),
    (
        "choice_days = 180",
        "choice_days = 70000",
        &[("choice_days", "70000", "lifetimes.choice_days", "1 to 400")],
    ),
    (
        "choice_days = 180",
        "record_months = 65536",
        &[("record_months", "65536", "lifetimes.record_months", "1 to 65535")],
    ),
    ("[theme]", "[log]\nshards = 17\n[theme]", &[("shards", "17", "log.shards", "1 to 16")]),
    (
        "retention_days = 30",
        "retention_days = 65536",
        &[("cookies", "65536", "services[0].cookies[0].retention_days", "0 to 65535")],
    ),
    (
        "hosts = [\"video",
        "retention_days = 99999\nhosts = [\"video",
        &[("retention_days", "99999", "services[0].retention_days", "0 to 65535")],
    ),
    ("radius = 8", "radius = -1", &[("radius", "-1", "theme.radius", "0 to 32")]),
    ("radius = 8", "radius = 1.5", &[("radius", "1.5", "theme.radius", "0 to 32")]),
    ("[\"en\", \"de\"]", "\"en\"", &[("languages", "\"en\"", "languages", "languages = [\"en\", \"de\"]")]),
    (
        "[\"en\", \"de\"]",
        "[\"en\", 2]",
        &[("languages", "2", "languages[1]", "languages = [\"en\", \"de\"]")],
    ),
    (
        "effect = \"non_required\"",
        "gpc_since = 2026-11-21",
        &[("gpc_since", "2026-11-21", "signals.gpc_since", "gpc_since = \"2026-11-21\"")],
    ),
    (
        "\"non_required\"",
        "\"all\"",
        &[("effect", "\"all\"", "signals.effect", "one of non_required, advertising")],
    ),
    (
        "US-CA = \"opt_out\"",
        "US-CA = \"optout\"",
        &[(
            "US-CA",
            "\"optout\"",
            "models.places.US-CA",
            "did you mean \"opt_out\"? one of opt_in, opt_out, notice",
        )],
    ),
    (
        "{ en = \"Shows adverts.\" }",
        "\"Shows adverts.\"",
        &[("description = \"Shows", "\"Shows adverts.\"", "services[1].description", "in each language")],
    ),
    // Right in shape and wrong in meaning.
    (
        "effect = \"non_required\"",
        "gpc_since = \"last week\"",
        &[("gpc_since", "\"last week\"", "signals.gpc_since", "YYYY-MM-DD")],
    ),
    (
        "choice_days = 180",
        "record_months = 0",
        &[("record_months", "0", "lifetimes.record_months", "at least 1")],
    ),
    ("\"shop\"", "\"My Shop\"", &[("site", "\"My Shop\"", "site", "1-40 of a-z")]),
    (
        "example.com\"]",
        "example.com/\"]",
        &[("origins", "\"https://www.example.com/\"", "origins[0]", "no path")],
    ),
    (
        "category = \"adv",
        "category = \"adz",
        &[(
            "category = \"adz",
            "\"adzertising\"",
            "services[1].category",
            "one of required, functional, advertising, analytics",
        )],
    ),
    (
        "id = \"adverts\"",
        "id = \"video\"",
        &[("id = \"video\"", "\"video\"", "services[1].id", "each service once")],
    ),
    ("#0b57d0", "#fafafa", &[("accent", "\"#fafafa\"", "theme.accent", "at least 3:1")]),
    ("radius = 8", "text = \"#8a8a8a\"", &[("text", "\"#8a8a8a\"", "theme.text", "WCAG 2.2, 1.4.3")]),
    (
        "radius = 8",
        "surface = \"#0b57d0\"",
        &[
            ("accent", "\"#0b57d0\"", "theme.accent", "WCAG 2.2, 1.4.11"),
            ("surface", "\"#0b57d0\"", "theme.surface", "another colour for theme.text or theme.surface"),
        ],
    ),
    ("radius = 8", "logo = \"http://a.example/b.png\"", &[("logo", "http://a", "theme.logo", "/logo.svg")]),
    (
        "radius = 8",
        "position = \"center\"",
        &[("position", "\"center\"", "theme.position", "did you mean \"centre\"? one of bar, card, centre")],
    ),
    (
        "title = \"Cookies?\"",
        "reject_all = \"Only what is strictly required for the site\"\naccept_all = \"OK\"",
        &[("reject_all", "reject_all", "texts.en.reject_all", "similar length")],
    ),
    (
        "choice_days = 180",
        "choice_days = 500",
        &[("choice_days", "500", "lifetimes.choice_days", "1 to 400")],
    ),
    ("US-CA =", "California =", &[("California", "California", "models.places.California", "US-CA")]),
    ("US-CA =", "UK =", &[("UK", "UK", "models.places.UK", "write GB")]),
    ("US-CA =", "EU =", &[("EU", "EU", "models.places.EU", "its countries one by one")]),
    ("US-CA =", "US-ZZ =", &[("US-ZZ", "US-ZZ", "models.places.US-ZZ", "one of the fifty states")]),
    // Languages and origins: what is meant is what the rest of the file is held against.
    ("[\"en\", \"de\"]", "[\"EN\", \"de\"]", &[("languages", "\"EN\"", "languages[0]", "write \"en\"")]),
    ("[\"en\", \"de\"]", "[\"en\", \"deu\"]", &[("languages", "\"deu\"", "languages[1]", "write \"de\"")]),
    (
        "[\"en\", \"de\"]",
        "[\"en\", \"de\", \"en\"]",
        &[("languages", "\"en\"", "languages[2]", "each language once")],
    ),
    (
        "example.com\"]",
        "example.com\", \"https://www.example.com\"]",
        &[("origins", "\"https://www.example.com\"", "origins[1]", "each origin once")],
    ),
    // Texts.
    ("\"Cookies?\"", "\" \"", &[("title", "title", "texts.en.title", "a text")]),
    ("\"Cookies?\"", "\"{site} asks\"", &[("title", "title", "texts.en.title", "no braces")]),
    (
        "title = \"Cookies?\"",
        "embed_always = \"Always\"\nembed_title = \"A film\"",
        &[
            ("embed_always", "embed_always", "texts.en.embed_always", "{service}"),
            ("embed_title", "embed_title", "texts.en.embed_title", "{service}"),
        ],
    ),
    (
        "title = \"Cookies?\"",
        "accept_all = \"Continue\"\nreject_all = \"continue\"",
        &[("reject_all", "reject_all", "texts.en.reject_all", "another text")],
    ),
    (
        "title = \"Cookies?\"",
        "accept_all = \"Reject all\"\nreject_all = \"Settings\"",
        &[("accept_all", "accept_all", "texts.en.accept_all", "such as \"Accept all\"")],
    ),
    // Services.
    (
        "name = \"Example Video\"",
        "name = \" \"",
        &[("name = \" \"", "\" \"", "services[0].name", "the name visitors know it by")],
    ),
    (
        "\"Video Ltd\"",
        "\"\"",
        &[("controller = \"\"", "\"\"", "services[0].controller", "the company behind it")],
    ),
    (
        "hosts = [\"video",
        "purposes = [\"show_video\", \"Show films\"]\nhosts = [\"video",
        &[("purposes", "\"Show films\"", "services[0].purposes[1]", "measure_audience")],
    ),
    (
        "\"_vid\"",
        "\"_vid=1\"",
        &[("cookies", "\"_vid=1\"", "services[0].cookies[0].name", "without its value")],
    ),
    ("title = \"C", "titel = \"C", &[("titel", "titel", "texts.en.titel", "one of title")]),
    (
        "title = \"C",
        "purpose_stalk = \"C",
        &[("purpose_stalk", "purpose_stalk", "texts.en.purpose_stalk", "purpose_ before one of")],
    ),
    ("[texts.en]", "[texts.fr]", &[("[texts.fr]", "fr", "texts.fr", "`languages`")]),
    (
        "de = \"Zeigt",
        "fr = \"Zeigt",
        &[("description = { en = \"Shows films", "fr", "services[0].description.fr", "language")],
    ),
    (
        "\"analytics_storage\"",
        "\"analytics\"",
        &[("consent_types", "\"analytics\"", "categories[0].consent_types[0]", "analytics_storage")],
    ),
    // Integrations.
    (
        "consent_types = [\"analytics_storage\"]\n",
        "[integrations.google]\nads_data_redaction = \"yes\"\n",
        &[("ads_data_redaction", "\"yes\"", "integrations.google.ads_data_redaction", "true or false")],
    ),
    (
        "[texts.en]",
        "[integrations.meta]\nservice = \"advert\"\n[[integrations.generic]]\nhow = \"set\"\npath = \"location\"\n[texts.en]",
        &[
            ("service = \"advert\"", "\"advert\"", "integrations.meta.service", "video, adverts"),
            ("path = \"location\"", "\"location\"", "integrations.generic[0].path", "below window"),
        ],
    ),
    // What only receipts say.
    (
        "contact = \"privacy@example.com\"\n",
        "contact = \"privacy@example.com\"\nphone = \"extension 12\"\nemail = \"nobody\"\n",
        &[
            ("phone", "\"extension 12\"", "controller.phone", "+44 20 7946 0018"),
            ("email", "\"nobody\"", "controller.email", "privacy@example.com"),
        ],
    ),
    (
        "contact = \"privacy@example.com\"\n",
        "contact = \"privacy@example.com\"\nurl = \"example.com\"\nrights_url = \"javascript:alert(1)\"\n",
        &[
            ("url", "\"example.com\"", "controller.url", "https://"),
            ("rights_url", "\"javascript:alert(1)\"", "controller.rights_url", "https://"),
        ],
    ),
    (
        "[lifetimes]",
        "[controller.address]\ncity = \"London\"\n[lifetimes]",
        &[("[controller.address]", "[controller.address]", "controller.address.country", "country = \"GB\"")],
    ),
    (
        "[lifetimes]",
        "[controller.address]\ncountry = \"England\"\n[lifetimes]",
        &[("country", "\"England\"", "controller.address.country", "ISO 3166-1")],
    ),
    (
        "hosts = [\"video",
        "data = [\"ip_address\", \"shoe_size\"]\nhosts = [\"video",
        &[("data", "\"shoe_size\"", "services[0].data[1]", "one of ip_address, identifier")],
    ),
    (
        "consent_types = [\"analytics_storage\"]",
        "data = [\"shoe_size\"]",
        &[("data", "\"shoe_size\"", "categories[0].data[0]", "one of ip_address")],
    ),
    (
        "hosts = [\"video",
        "stored_in = [\"IE\", \"Ireland\", \"unknown\"]\nhosts = [\"video",
        &[
            ("stored_in", "\"Ireland\"", "services[0].stored_in[1]", "a country (IE)"),
            ("stored_in", "\"unknown\"", "services[0].stored_in[2]", "a country (IE)"),
        ],
    ),
    (
        "hosts = [\"video",
        "contact = \"ask at the door\"\naddress = { country = \"ie\" }\nhosts = [\"video",
        &[
            ("contact", "\"ask at the door\"", "services[0].contact", "mail address"),
            ("address", "\"ie\"", "services[0].address.country", "ISO 3166-1"),
        ],
    ),
    (
        "hosts = [\"video",
        "retention_days = \"for ever\"\nhosts = [\"video",
        &[("retention_days", "\"for ever\"", "services[0].retention_days", "whole number of days")],
    ),
    // Several at once, in the order of the file.
    (
        "contact = \"privacy@example.com\"\nprivacy_url = \"https:",
        "contact = \"nobody\"\nprivacy_url = \"ftp:",
        &[
            ("contact", "\"nobody\"", "controller.contact", "mail address"),
            ("privacy_url", "\"ftp://www.example.com/privacy\"", "controller.privacy_url", "https://"),
        ],
    ),
];

fn source(text: String) -> Source {
    Source { name: "shop.toml".into(), text }
}

fn findings(text: &str) -> Vec<Finding> {
    parse_policy(&source(text.into()), &[]).err().unwrap_or_default()
}

#[test]
fn file_that_is_broken_is_shown_the_line_and_what_is_allowed() {
    for (from, to, expected) in BROKEN {
        let text = WHOLE.replacen(from, to, 1);
        assert_ne!(text, WHOLE, "{from} is not in the file");
        let found = findings(&text);
        assert_eq!(found.len(), expected.len(), "{to}: {found:#?}");
        for (finding, (line, marked, path, allowed)) in found.iter().zip(*expected) {
            let (number, _) = source(text.clone()).position(finding.span.start);
            let there = text.lines().nth(number - 1).unwrap();
            assert!(there.starts_with(line), "{to}: points at {there:?}: {finding:?}");
            assert!(
                text[finding.span.clone()].contains(marked),
                "{to}: marks {:?}",
                &text[finding.span.clone()]
            );
            assert_eq!(finding.path, *path, "{to}: {finding:?}");
            assert!(finding.allowed.contains(allowed), "{to}: {finding:?}");
            assert!(!finding.allowed.is_empty() && !finding.problem.is_empty());
        }
    }
}

#[test]
fn service_the_catalogue_knows_needs_its_identifier_only() {
    let short = WHOLE.replacen("[texts.en]", "[[services]]\nid = \"hotjar\"\n\n[texts.en]", 1);
    let published = parse_policy(&source(short), &[]).unwrap();
    let service = &published.file.services[2];
    assert_eq!((service.name.as_str(), service.category.as_str()), ("Hotjar", "functional"));
    assert!(service.hosts.contains(&"*.hotjar.com".to_owned()) && service.cookies.len() > 3);
    let json = serde_json::to_value(&published.file).unwrap();
    let mut again = json.clone();
    assert!(!consentry_api::policy::complete(&mut again).changed, "what is sent is complete");
}

#[test]
fn file_cut_off_anywhere_is_a_finding_or_a_policy_and_never_a_panic() {
    for end in (0..WHOLE.len()).filter(|end| WHOLE.is_char_boundary(*end)) {
        for finding in findings(&WHOLE[..end]) {
            assert!(finding.span.end <= end, "{end}: {finding:?}");
            source(WHOLE[..end].into()).show(&finding);
        }
    }
}

#[test]
fn diagnostic_shows_file_line_mark_and_help() {
    let text = WHOLE.replace("category = \"adv", "category = \"adz");
    let shown = source(text.clone()).show(&findings(&text)[0]);
    for part in [
        "× no category \"adzertising\"",
        "[shop.toml:43:12]",
        "services[1].category",
        "help: one of required",
    ] {
        assert!(shown.contains(part), "{part} is not in\n{shown}");
    }
}

#[test]
fn origin_of_the_command_line_is_added_once_and_checked() {
    let whole = source(WHOLE.into());
    let here = "http://localhost:9000".to_owned();
    let published = parse_policy(&whole, &[here.clone(), here.clone()]).unwrap();
    assert_eq!(published.file.origins, ["https://www.example.com", here.as_str()]);
    let found = parse_policy(&whole, &["localhost:9000".into()]).unwrap_err();
    assert_eq!(
        (found[0].path.as_str(), &WHOLE[found[0].span.clone()]),
        ("origins[1]", "[\"https://www.example.com\"]")
    );
}

#[test]
fn policies_that_ship_are_in_order_and_survive_the_way_through_json() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/policies");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let file = Source { name: path.display().to_string(), text };
        let published = parse_policy(&file, &[]).unwrap_or_else(|found| panic!("{}: {found:#?}", file.name));
        let json = serde_json::to_vec(&published.file).unwrap();
        let again: consentry_api::policy::PolicyFile = serde_json::from_slice(&json).unwrap();
        assert_eq!(again, published.file, "{}", file.name);
        seen += 1;
    }
    assert!(seen >= 3, "the examples are gone");
}
