//! Mistakes in the catalogue's files, and what the build says about them.

#![allow(dead_code, reason = "the build script uses the rest")]

#[path = "../build/check.rs"]
mod check;
#[path = "../build/read.rs"]
mod read;

/// A service in which nothing is wrong.
const GOOD: &str = r#"
[one]
name = "One"
controller = "One, Inc."
privacy = "https://one.example/privacy"
category = "functional"
purpose = "Counts visits."
loads = ["cdn.one.example/tag.js"]
cookies = { _one = 30, "_one_*" = "session" }
"#;

fn problems(text: &str) -> Vec<String> {
    let (services, mut problems) = read::parse_services("x.toml", "x", text);
    problems.extend(check::check(&services));
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn entry_with_nothing_wrong_passes() {
    assert_eq!(problems(GOOD), [""; 0]);
}

#[test]
fn entry_with_a_mistake_is_reported_at_its_line() {
    for (right, wrong, says) in [
        ("[one]", "[One]", "x.toml:2: [One]: \"One\" is no identifier"),
        ("name = \"One\"", "name = \" \"", "name is empty"),
        ("name = \"One\"", "nome = \"One\"", "unknown field `nome`"),
        ("privacy = \"https", "privacy = \"http", "is no https:// address"),
        ("privacy = \"https://one.example/privacy\"\n", "", "missing field `privacy`"),
        ("\"functional\"", "\"analytics\"", "x.toml:6: [one]: unknown variant `analytics`"),
        ("visits.", "visits", "purpose must be one sentence"),
        ("visits.", "visits. Also others.", "purpose must be one sentence"),
        ("cdn.one.example", "*.example", "must start with a host in lower case of two labels"),
        ("cdn.one.example", "CDN.one.example", "must start with a host in lower case"),
        ("cdn.one.example", "c*n.one.example", "must start with a host in lower case"),
        ("/tag.js", "/", "a slash alone says nothing"),
        ("/tag.js", "/tag*", "no * at its end"),
        ("_one = 30", "_one = 0", "a number of days from 1 to 65535, or \"session\""),
        ("_one = 30", "_one = \"long\"", "a number of days from 1 to 65535, or \"session\""),
        ("_one = 30", "\"a b\" = 30", "cannot be the name of a cookie"),
        ("_one_*", "_*", "would match too much"),
        (
            "loads = [\"cdn.one.example/tag.js\"]\ncookies = { _one = 30, \"_one_*\" = \"session\" }",
            "",
            "nothing would ever be recognised",
        ),
        ("[one]", "[one", "x.toml:2: "),
    ] {
        let text = GOOD.replace(right, wrong);
        assert_ne!(text, GOOD, "{right}");
        let found = problems(&text);
        assert!(found.iter().any(|problem| problem.contains(says)), "{wrong}: {found:#?}");
    }
}

#[test]
fn two_services_with_one_name_place_or_company_but_two_notices_are_reported() {
    let second = GOOD.replace("[one]", "[two]");
    let found = problems(&format!("{GOOD}{second}"));
    assert_eq!(found, ["x.toml:11: [two]: \"cdn.one.example/tag.js\" is already claimed by [one]"]);
    let second = second.replace("cdn.", "www.");
    let aliased = second.replace("controller", "aliases = [\"one\"]\ncontroller");
    assert_eq!(
        problems(&format!("{GOOD}{aliased}")),
        ["x.toml:11: [two]: the name \"one\" is already one of [one]"]
    );
    let elsewhere = second.replace("example/privacy", "example/legal");
    let found = problems(&format!("{GOOD}{elsewhere}"));
    assert!(
        matches!(&found[..], [only] if only.contains("One, Inc. has another privacy page elsewhere")),
        "{found:?}"
    );
}
