//! DuckDuckGo's autoconsent, as a browser brings it: its content script in the page, its own rules, and the test as the
//! background that answers it.

use serde_json::{Value, json};

use super::Browser;

/// The folder of the npm package.
const PACKAGE: &str = "node_modules/@duckduckgo/autoconsent";

/// What it does when it has found something.
#[derive(Clone, Copy)]
pub enum Wish {
    OptOut,
    OptIn,
}

/// Its content script at work in one page.
pub struct Autoconsent<'a> {
    browser: &'a Browser,
}

impl<'a> Autoconsent<'a> {
    /// Starts it in the page that is open, with all the rules it ships and, before them, `ours`.
    pub fn start(browser: &'a Browser, wish: Wish, ours: Option<Value>) -> Self {
        let mut rules: Value =
            serde_json::from_str(&read(&format!("{PACKAGE}/rules/rules.json"))).expect("its rules");
        let list = rules["autoconsent"].as_array_mut().expect("a list of rules");
        assert!(list.len() > 100, "only {} rules of its own", list.len());
        list.splice(0..0, ours);
        let config = json!({
            "enabled": true,
            "autoAction": match wish { Wish::OptOut => "optOut", Wish::OptIn => "optIn" },
            // It would write a style element, which is for an extension's own world to do.
            "enablePrehide": false,
            "enableHeuristicDetection": true,
            "heuristicMode": "reject",
            "isMainWorld": true,
            "detectRetries": 10,
            // It looks for no longer than 100 ms, which a busy machine may spend elsewhere.
            "heuristicPopupSearchTimeout": 5000,
        });
        let background = format!(
            "window.autoconsentSaid = [];
             window.autoconsentSendMessage = async (message) => {{
               autoconsentSaid.push(JSON.parse(JSON.stringify(message)));
               const answer = message.type == 'init' ? {{ type: 'initResp', config: {config}, rules: {rules} }}
                 : message.type == 'eval' ? {{ type: 'evalResp', id: message.id, result: false }} : null;
               if (answer) setTimeout(() => autoconsentReceiveMessage(answer));
             }};"
        );
        browser.run(&format!("{background}\n{}", read(&format!("{PACKAGE}/dist/autoconsent.playwright.js"))));
        Self { browser }
    }

    /// Waits for a message of this type and returns it.
    pub fn wait_for(&self, kind: &str) -> Value {
        let find = format!("autoconsentSaid.find((message) => message.type == '{kind}')");
        self.browser.wait_until(&format!("autoconsent says {kind}"), &format!("return !!{find}"));
        self.browser.run(&format!("return {find}"))
    }

    /// Lets it check its own work.
    pub fn check_itself(&self) -> Value {
        self.browser.run("autoconsentReceiveMessage({ type: 'selfTest' })");
        self.wait_for("selfTestResult")
    }
}

fn read(path: &str) -> String {
    let file = consentry_e2e::workerd::root().join(path);
    std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{} ({error}): run `npm ci`", file.display()))
}
