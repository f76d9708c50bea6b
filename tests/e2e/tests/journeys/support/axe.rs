//! axe-core in the page, with the rule on target sizes that it leaves off by itself; and the themes a visitor may have.

use serde_json::{Value, json};

use super::{Browser, Engine};

/// Colours that sites choose in their policies: none, the demo's, and some of everything a theme may say.
pub const COLOURS: [&str; 3] = [
    "",
    "accent = \"#1f5a50\"\naccent_dark = \"#8fd0bf\"\nradius = 10",
    "surface = \"#fdf6e3\"\ntext = \"#073642\"\naccent = \"#268bd2\"\nsurface_dark = \"#002b36\"\ntext_dark = \"#93a1a1\"\nfont = \"inherit\"\nlogo = \"/icon.svg\"\ncorner = \"start\"",
];

/// Everything of ours on a page.
pub const OURS: &str = "#consentry, .consentry-embed";

/// How the visitor's system wants pages to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
    /// Few colours, the system's own, as Windows' contrast themes have them.
    Forced,
}

impl Theme {
    /// Those this engine can be told to have.
    pub fn of(engine: Engine) -> &'static [Theme] {
        if engine == Engine::Chromium { &[Theme::Light, Theme::Dark, Theme::Forced] } else { &[Theme::Light] }
    }

    /// Makes the browser have it. Engines that cannot be told keep what they have, which is light.
    pub fn set(self, browser: &Browser, engine: Engine) {
        if engine != Engine::Chromium {
            return;
        }
        let (scheme, forced) = match self {
            Theme::Light => ("light", "none"),
            Theme::Dark => ("dark", "none"),
            Theme::Forced => ("dark", "active"),
        };
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "forced-colors", "value": forced },
        ]);
        browser.devtools("Emulation.setEmulatedMedia", json!({ "features": features }));
        let script = format!(
            "return matchMedia('(forced-colors: {forced}) and (prefers-color-scheme: {scheme})').matches"
        );
        assert_eq!(browser.run(&script), true, "{self:?} is not what the page sees");
    }
}

/// Fails if axe finds anything on the page, in every theme the engine can be told to have; in forced colours, anything of ours.
pub fn assert_clean(browser: &Browser, engine: Engine, what: &str) {
    for theme in Theme::of(engine) {
        theme.set(browser, engine);
        // What Chromium reports of a site's own buttons in forced colours is not what it paints.
        let within = if *theme == Theme::Forced { OURS } else { "html" };
        assert_eq!(findings(browser, within), Vec::<String>::new(), "{what}, {theme:?}");
    }
    Theme::Light.set(browser, engine);
}

/// What axe finds within an element, a line each: the rule, the element, the reason.
pub fn findings(browser: &Browser, within: &str) -> Vec<String> {
    let file = consentry_e2e::workerd::root().join("node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    // What is still fading in has not the contrast it will have.
    let script = "
        return Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})))
          .then(() => axe.run(within, { rules: { 'target-size': { enabled: true } }, resultTypes: ['violations'] }))
          .then((results) => {
            if (!results.testEngine.version || results.passes.length < 3) return ['axe has hardly looked'];
            return results.violations.flatMap((violation) => violation.nodes.map((node) =>
              `${violation.id} (${violation.impact}): ${node.target.join(' ')}: ${node.failureSummary}`));
          });";
    let found = browser.run(&format!("if (!window.axe) {{ {axe} }}\nconst within = {within:?};{script}"));
    let found = found.as_array().cloned().unwrap_or_else(|| panic!("axe answered {found}"));
    found.iter().map(|line| line.as_str().map_or_else(|| Value::to_string(line), Into::into)).collect()
}
