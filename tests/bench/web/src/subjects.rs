//! Who is compared: what each puts into the page, from which files, and how its banner and buttons are found.

/// One page to measure.
pub struct Subject {
    /// As in the table, and in the page's address.
    pub name: &'static str,
    /// What takes the place of our tag in the demo page. `/s/` is where its files are.
    pub head: &'static str,
    /// Its files: the address below `/s/`, and the path below `node_modules` or `subjects`.
    pub files: &'static [(&'static str, &'static str)],
    /// A selector of what must be seen; empty where there is nothing to wait for.
    pub banner: &'static str,
    /// The part of an address that says that a script is the subject's.
    pub scripts: &'static str,
    /// Its buttons: a name, and the selectors to click on the way to it. The last one is what is measured.
    pub buttons: &'static [(&'static str, &'static [&'static str])],
}

/// The page without any banner.
pub const BARE: &str = "bare page";
/// Ours.
pub const OURS: &str = "Consentry";
/// The one our goals for first visits name.
pub const FASTEST: &str = "Orejime";
/// The one our goal for later visits names.
pub const PEER: &str = "vanilla-cookieconsent";

const LAYER: &str = "#consentry [data-consentry-part=layer]";
const OPEN: &str = "#consentry [data-consentry-part=layer] [data-consentry=open]";

/// Everybody, in the order in which they are visited. The peers load as their documentation says; where that leaves a choice,
/// the faster one: everything in the head, deferred, side by side.
pub const SUBJECTS: [Subject; 8] = [
    Subject { name: BARE, head: "", files: &[], banner: "", scripts: "/nothing/", buttons: &[] },
    Subject {
        name: OURS,
        // As its documentation says.
        head: r#"<script async fetchpriority="high" src="/_c/demo.js"></script>"#,
        files: &[],
        banner: LAYER,
        scripts: "/_c/",
        buttons: &[
            ("reject", &["#consentry [data-consentry-part=layer] [data-consentry=reject]"]),
            ("accept", &["#consentry [data-consentry-part=layer] [data-consentry=accept]"]),
            ("preferences", &[OPEN]),
            ("preferences, reject", &[OPEN, "#consentry dialog[open] [name=action][value=reject_all]"]),
            ("preferences, save", &[OPEN, "#consentry dialog[open] [name=action][value=save]"]),
            ("preferences, accept", &[OPEN, "#consentry dialog[open] [name=action][value=accept_all]"]),
        ],
    },
    // The same, asked for when the browser likes: what the hurry is worth, and whether it costs the page anything.
    Subject {
        name: "Consentry, unhurried",
        head: r#"<script async src="/_c/demo.js"></script>"#,
        files: &[],
        banner: LAYER,
        scripts: "/_c/",
        buttons: &[],
    },
    Subject {
        name: FASTEST,
        // As its README has it, with everything deferred.
        head: r#"<link rel="stylesheet" href="/s/orejime.css">
<script defer src="/s/orejime-config.js"></script>
<script defer src="/s/orejime.js"></script>"#,
        files: &[
            ("orejime.css", "node_modules/orejime/dist/orejime-standard.css"),
            ("orejime.js", "node_modules/orejime/dist/orejime-standard-en.js"),
            ("orejime-config.js", "subjects/orejime.js"),
        ],
        banner: ".orejime-Banner",
        scripts: "/s/orejime",
        buttons: &[
            ("reject", &[".orejime-Banner-declineButton"]),
            ("accept", &[".orejime-Banner-saveButton"]),
            ("preferences", &[".orejime-Banner-learnMoreButton"]),
        ],
    },
    Subject {
        name: PEER,
        // Its guide has a module at the end of the body that imports the library; this starts both downloads at once.
        head: r#"<link rel="stylesheet" href="/s/vcc.css">
<script defer src="/s/vcc.js"></script>
<script defer src="/s/vcc-config.js"></script>"#,
        files: &[
            ("vcc.css", "node_modules/vanilla-cookieconsent/dist/cookieconsent.css"),
            ("vcc.js", "node_modules/vanilla-cookieconsent/dist/cookieconsent.umd.js"),
            ("vcc-config.js", "subjects/vanilla-cookieconsent.js"),
        ],
        banner: "#cc-main .cm",
        scripts: "/s/vcc",
        buttons: &[
            ("reject", &["#cc-main .cm [data-role=necessary]"]),
            ("accept", &["#cc-main .cm [data-role=all]"]),
            ("preferences", &["#cc-main .cm [data-role=show]"]),
        ],
    },
    Subject {
        name: "Klaro",
        head: r#"<script defer src="/s/klaro-config.js"></script>
<script defer src="/s/klaro.js"></script>"#,
        files: &[("klaro.js", "node_modules/klaro/dist/klaro.js"), ("klaro-config.js", "subjects/klaro.js")],
        banner: ".klaro .cookie-notice",
        scripts: "/s/klaro",
        buttons: &[
            ("reject", &[".klaro .cn-decline"]),
            ("accept", &[".klaro .cookie-notice .cm-btn-success"]),
            ("preferences", &[".klaro .cn-learn-more"]),
        ],
    },
    Subject {
        name: "tarteaucitron",
        // It finds its other files beside its own, minified ones beside a minified one.
        head: r#"<script defer src="/s/tac/tarteaucitron.min.js"></script>
<script defer src="/s/tac/config.js"></script>"#,
        files: &[
            ("tac/tarteaucitron.min.js", "node_modules/tarteaucitronjs/tarteaucitron.min.js"),
            (
                "tac/tarteaucitron.services.min.js",
                "node_modules/tarteaucitronjs/tarteaucitron.services.min.js",
            ),
            ("tac/lang/tarteaucitron.en.min.js", "node_modules/tarteaucitronjs/lang/tarteaucitron.en.min.js"),
            ("tac/css/tarteaucitron.min.css", "node_modules/tarteaucitronjs/css/tarteaucitron.min.css"),
            ("tac/config.js", "subjects/tarteaucitron.js"),
        ],
        banner: "#tarteaucitronAlertBig",
        scripts: "/s/tac",
        buttons: &[
            ("reject", &["#tarteaucitronAllDenied2"]),
            ("accept", &["#tarteaucitronPersonalize2"]),
            ("preferences", &["#tarteaucitronCloseAlert"]),
        ],
    },
    Subject {
        name: "Osano (open source)",
        head: r#"<link rel="stylesheet" href="/s/osano.css">
<script defer src="/s/osano.js"></script>
<script defer src="/s/osano-config.js"></script>"#,
        files: &[
            ("osano.css", "node_modules/cookieconsent/build/cookieconsent.min.css"),
            ("osano.js", "node_modules/cookieconsent/build/cookieconsent.min.js"),
            ("osano-config.js", "subjects/osano.js"),
        ],
        banner: ".cc-window",
        scripts: "/s/osano",
        buttons: &[("reject", &[".cc-window .cc-deny"]), ("accept", &[".cc-window .cc-allow"])],
    },
];

impl Subject {
    /// The path of its page.
    pub fn path(&self) -> String {
        format!("/{}.html", self.name.split(' ').next().unwrap_or_default().to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn subjects_have_pages_and_files_of_their_own() {
        let paths: BTreeSet<String> = SUBJECTS.iter().map(Subject::path).collect();
        assert_eq!(paths.len(), SUBJECTS.len());
        let files = SUBJECTS.iter().flat_map(|subject| subject.files);
        for (address, path) in files {
            assert!(path.starts_with("node_modules/") || path.starts_with("subjects/"), "{address}: {path}");
        }
    }

    #[test]
    fn heads_name_only_files_that_are_served() {
        for subject in &SUBJECTS {
            for address in subject.head.split("/s/").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(
                    subject.files.iter().any(|(name, _)| *name == address),
                    "{}: {address}",
                    subject.name
                );
            }
        }
    }
}
