//! What the documents tell people to put into a policy or to type: every block goes through the program as it is run.
//!
//! What the gate's parts are handed for each policy goes into `tests/vectors/documents.json`, so that the gate's own test of the
//! documents runs with the settings a page names. A stale file fails; `CONSENTRY_WRITE=1` writes it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may stop at the first surprise")]

mod support;

use std::path::{Path, PathBuf};

use consentry_api::policy::{PolicyFile, check, integrations};
use consentry_core::Jurisdiction;
use serde_json::{Value, json};
use support::{code, consentry, stderr, stdout};

/// A policy to put the blocks into.
const WHOLE: &str = r#"site = "shop"
origins = ["https://www.example.com"]
languages = ["en", "de"]

[controller]
name = "Example Ltd"
contact = "privacy@example.com"
privacy_url = "https://www.example.com/privacy"
"#;

/// Where consent comes first, and where things run until they are refused.
const PLACES: [&str; 2] = ["DE", "US-CA"];

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

/// The pages whose blocks are run: their names below `docs` and their texts.
fn pages() -> Vec<(String, String)> {
    let mut names: Vec<String> =
        ["automatic", "gpp", "install", "services"].map(|name| format!("{name}.md")).into();
    for entry in std::fs::read_dir(docs().join("integrations")).unwrap() {
        names.push(format!("integrations/{}", entry.unwrap().file_name().to_string_lossy()));
    }
    names.sort();
    names
        .into_iter()
        .map(|name| {
            let text = std::fs::read_to_string(docs().join(&name)).unwrap();
            (name, text)
        })
        .collect()
}

/// The blocks of one language on a page, in order.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let start = format!("\n```{language}\n");
    page.split(start.as_str()).skip(1).filter_map(|rest| rest.split("\n```").next()).collect()
}

/// The block in a whole policy. Fields of the file take the place of those that are there; services that the block only names
/// are added, in the category in which the page's HTML marks them.
fn whole(page: &str, block: &str) -> String {
    let at = if block.starts_with('[') { 0 } else { block.find("\n[").map_or(block.len(), |at| at + 1) };
    let (fields, tables) = block.split_at(at);
    let known = |line: &str| {
        line.split(" = ")
            .next()
            .is_some_and(|name| fields.lines().any(|own| own.starts_with(&format!("{name} = "))))
    };
    let kept: Vec<&str> = WHOLE.lines().filter(|line| !line.contains(" = ") || !known(line)).collect();
    let mut text = format!("{fields}\n{}\n", kept.join("\n"));
    for id in named(block) {
        let mark = format!("data-service=\"{id}\"");
        let before = page.split(&mark).next().filter(|before| before.len() < page.len());
        let category = before
            .and_then(|before| before.rsplit("data-category=\"").next()?.split('"').next())
            .unwrap_or("advertising");
        text.push_str(&format!(
            "\n[[services]]\nid = \"{id}\"\nname = \"{id}\"\ncategory = \"{category}\"\ncontroller = \"X\"\n\
             description = {{ en = \"x\", de = \"x\" }}\n"
        ));
    }
    format!("{text}\n{tables}\n")
}

/// Services an integration in a block names.
fn named(block: &str) -> Vec<&str> {
    let lines = block.lines().filter(|line| {
        ["service = ", "services = ", "uet = ", "clarity = "].iter().any(|field| line.starts_with(field))
    });
    lines.flat_map(|line| line.split('"').skip(1).step_by(2)).collect()
}

/// What `policy check` makes of it.
fn checked(text: &str) -> Result<Value, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.toml");
    std::fs::write(&file, text).unwrap();
    let output = consentry(&["policy", "check", file.to_str().unwrap(), "--completed"]);
    if code(&output) != 0 {
        return Err(stderr(&output));
    }
    Ok(serde_json::from_slice(&output.stdout).unwrap())
}

/// What the gate is handed in each of [`PLACES`].
fn handed(policy: Value) -> Value {
    let file: PolicyFile = serde_json::from_value(policy).unwrap();
    let published = check(file).unwrap();
    let policy = &published.policy;
    let parts = PLACES.map(|place| {
        let jurisdiction = Jurisdiction::parse(place).unwrap();
        let model = policy.regime(jurisdiction).model;
        let parts = integrations::parts(&published.file, policy, model, jurisdiction);
        (place.to_owned(), json!({ "model": model.as_str(), "parts": parts }))
    });
    let categories = &policy.parts().categories;
    let services: Vec<Value> = policy
        .parts()
        .services
        .iter()
        .map(|one| json!([one.id.to_string(), policy.category_index(&one.category)]))
        .collect();
    let categories: Vec<String> = categories.iter().map(ToString::to_string).collect();
    json!({ "categories": categories, "services": services, "places": parts.into_iter().collect::<serde_json::Map<_, _>>() })
}

#[test]
fn policies_in_the_documents_pass_and_are_what_the_gate_is_tested_with() {
    let mut all = serde_json::Map::new();
    for (name, page) in pages() {
        let policies: Vec<Value> = blocks(&page, "toml")
            .into_iter()
            .map(|block| {
                let text = whole(&page, block);
                handed(checked(&text).unwrap_or_else(|wrong| panic!("{name}: {wrong}\n{text}")))
            })
            .collect();
        all.insert(name, policies.into());
    }
    let seen: usize = all.values().map(|policies| policies.as_array().unwrap().len()).sum();
    assert!(seen >= 15, "{seen} blocks");
    let text = serde_json::to_string_pretty(&sorted(all.into())).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/documents.json");
    if std::env::var_os("CONSENTRY_WRITE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == text,
        "tests/vectors/documents.json is stale: CONSENTRY_WRITE=1 cargo test -p consentry --test documents"
    );
}

/// Members in the order of their names: what other packages of the workspace switch on in `serde_json` must not matter.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(all) => all.into_iter().map(sorted).collect(),
        Value::Object(members) => {
            let members: std::collections::BTreeMap<String, Value> = members.into_iter().collect();
            members.into_iter().map(|(name, value)| (name, sorted(value))).collect()
        }
        other => other,
    }
}

#[test]
fn google_page_says_what_the_check_refuses() {
    let page = std::fs::read_to_string(docs().join("integrations/google.md")).unwrap();
    let blocks = blocks(&page, "toml");
    let [google, category] = blocks.as_slice() else { panic!("{blocks:?}") };
    let refused = |more: &str| checked(&whole(&page, &format!("{google}\n{more}"))).unwrap_err();
    let own = "[[categories]]\nid = \"chat\"\nname.en = \"Chat\"\ndescription.en = \"Talks.\"\n";
    let twice = "[[categories]]\nid = \"functional\"\nconsent_types = [\"analytics_storage\"]\n";
    let required = "[[categories]]\nid = \"required\"\nconsent_types = [\"ad_storage\"]\n";
    for (what, more) in
        [("twice", format!("{category}\n{twice}")), ("required", required.into()), ("none", own.into())]
    {
        assert!(!refused(&more).is_empty(), "{what}");
    }
    let said = format!("{google}\nunrelated = [\"chat\"]\n{own}");
    assert!(checked(&whole(&page, &said)).is_ok(), "the page says that this is how to say so");
    let unlocked = "[[categories]]\nid = \"required\"\nconsent_types = [\"functionality_storage\"]\n";
    assert!(checked(&whole(&page, &format!("{google}\n{unlocked}"))).is_ok());
}

#[test]
fn public_suffix_that_the_install_page_names_is_refused() {
    let page = std::fs::read_to_string(docs().join("install.md")).unwrap();
    let block = blocks(&page, "toml")[0];
    let shared = block.replace("\"example.co.uk\"", "\"co.uk\"");
    assert_ne!(shared, block);
    assert!(checked(&whole(&page, &shared)).is_err());
}

#[test]
fn commands_of_the_services_page_find_what_they_look_for() {
    let page = std::fs::read_to_string(docs().join("services.md")).unwrap();
    let mut seen = 0;
    for line in blocks(&page, "console").iter().flat_map(|block| block.lines()) {
        let words = line.strip_prefix("$ consentry ").unwrap_or_else(|| panic!("{line}"));
        let words: Vec<&str> = words.split('#').next().unwrap().split_whitespace().collect();
        for words in [words.clone(), [words.as_slice(), &["--json"]].concat()] {
            let output = consentry(&words);
            assert_eq!(code(&output), 0, "{words:?}: {}", stderr(&output));
            let found = stdout(&output);
            let looked_for = words.last().filter(|last| last.starts_with("hotjar"));
            assert!(looked_for.is_none() || found.contains("hotjar"), "{words:?}: {found}");
            seen += 1;
        }
    }
    assert!(seen >= 8, "{seen} commands");
}

#[test]
fn message_that_the_services_page_shows_is_the_programs() {
    let page = std::fs::read_to_string(docs().join("services.md")).unwrap();
    let shown = blocks(&page, "text")[0];
    let said = checked(&format!("{WHOLE}\n[[services]]\nid = \"gogle_analytics\"\n")).unwrap_err();
    // The page leaves out where in the file it is, and how the sentence ends.
    for line in shown.lines() {
        let line = line.trim_start_matches([' ', '×']).trim_end_matches('…').trim();
        assert!(said.contains(line), "{line}\n{said}");
    }
}
