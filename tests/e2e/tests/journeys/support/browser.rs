//! A browser with one visitor in it, and what a test does and sees there.

use std::path::Path;
use std::time::Duration;

use consentry_core::choice::Flags;
use consentry_core::{Choice, parse_choice};
use serde_json::{Value, json};
use thirtyfour::prelude::*;
use tokio::runtime::Runtime;

use super::driver::{self, Driver, Engine, Setup};
use super::{settle, wait_for};

/// How long a page may take for anything.
const PATIENCE: Duration = Duration::from_secs(15);

/// The first layer's buttons.
pub const ACCEPT: &str = "[data-consentry-part=layer] [data-consentry=accept]";
pub const REJECT: &str = "[data-consentry-part=layer] [data-consentry=reject]";
pub const OPEN: &str = "[data-consentry-part=layer] [data-consentry=open]";
/// The link that is always there.
pub const LINK: &str = "[data-consentry-part=link]";
/// What the gate shows and hides.
pub const LAYER: &str = "[data-consentry-part=layer]";
pub const STATUS: &str = "[data-consentry-part=status]";
/// The preference form, in the dialog or on the page.
pub const FORM: &str = "#consentry form.cy-form";

/// The identifier of the record, in the form.
pub const RECEIPT: &str = "#consentry [data-cy=record]";
/// The dialog that the banner opens.
pub const DIALOG: &str = "#consentry dialog";

/// A browser that is closed when dropped.
pub struct Browser {
    page: WebDriver,
    runtime: Runtime,
    // Last: the session ends before its server does.
    _driver: Driver,
}

impl Browser {
    /// A fresh profile, as it comes.
    pub fn start(engine: Engine) -> Self {
        Self::with(engine, Setup::default())
    }

    /// A fresh profile with the visitor's settings.
    pub fn with(engine: Engine, setup: Setup) -> Self {
        Self::open(engine, driver::capabilities(engine, setup))
    }

    /// A fresh profile that keeps the cookies of vendors, too, where the engine lets itself be told.
    pub fn with_foreign_cookies(engine: Engine) -> Self {
        let mut capabilities = driver::capabilities(engine, Setup::default());
        driver::keep_foreign_cookies(&mut capabilities);
        Self::open(engine, capabilities)
    }

    fn open(engine: Engine, capabilities: Capabilities) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let driver = driver::start(engine);
        let page = runtime.block_on(WebDriver::new(&*driver.url, capabilities)).expect("a browser session");
        Self { page, runtime, _driver: driver }
    }

    fn wait<T>(&self, what: impl Future<Output = WebDriverResult<T>>) -> WebDriverResult<T> {
        self.runtime.block_on(what)
    }

    /// Loads a page, to the end of its load event.
    pub fn goto(&self, url: &str) {
        self.wait(self.page.goto(url)).expect("the page loads");
    }

    /// Loads a page and waits for the gate.
    pub fn visit(&self, url: &str) {
        self.goto(url);
        self.wait_until("the gate has run", "return !!window.consentry?.get");
    }

    /// Loads the same page again.
    pub fn reload(&self) {
        self.wait(self.page.refresh()).expect("the page loads again");
        self.wait_until("the gate has run", "return !!window.consentry?.get");
    }

    /// Runs a function body in the page.
    pub fn run(&self, script: &str) -> Value {
        let result = self.wait(self.page.execute(script, Vec::new()));
        result.unwrap_or_else(|error| panic!("{script}: {error}")).json().clone()
    }

    /// Waits until a function body returns true. A page that is just changing may fail to answer.
    pub fn wait_until(&self, what: &str, script: &str) {
        wait_for(what, PATIENCE, || {
            let result = self.wait(self.page.execute(script, Vec::new())).ok()?;
            (result.json() == &Value::Bool(true)).then_some(())
        });
    }

    /// Whether something is to be seen.
    pub fn shows(&self, css: &str) -> bool {
        let Ok(element) = self.wait(self.page.find(By::Css(css))) else { return false };
        self.wait(element.is_displayed()).unwrap_or(false)
    }

    /// Waits until something is to be seen.
    pub fn wait_for(&self, css: &str) {
        wait_for(&format!("{css} on the page"), PATIENCE, || self.shows(css).then_some(()));
    }

    /// Waits until something is gone or hidden.
    pub fn wait_without(&self, css: &str) {
        wait_for(&format!("{css} gone"), PATIENCE, || (!self.shows(css)).then_some(()));
    }

    /// Clicks like a person: scrolled into view, in the middle, on whatever is on top there.
    pub fn click(&self, css: &str) {
        self.wait_for(css);
        let element = self.wait(self.page.find(By::Css(css))).expect("it is there");
        // To the middle, clear of what sticks to the edges. Where scripts are off, the browser's own scrolling must do.
        let _ = self.wait(element.scroll_into_view());
        // What decides in the preferences takes no click before anybody can have looked at it.
        let decides = || self.wait(element.attr("name")).is_ok_and(|name| name.as_deref() == Some("action"));
        if !css.contains("data-consentry=") && decides() {
            settle();
        }
        self.wait(element.click()).unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Presses keys where the focus is.
    pub fn press(&self, css: &str, keys: &str) {
        let element = self.wait(self.page.find(By::Css(css))).expect("it is there");
        self.wait(element.send_keys(keys)).expect("keys are taken");
    }

    /// Goes to a place of the window, presses there, and lets go at another one.
    pub fn drag(&self, from: (i64, i64), to: (i64, i64)) {
        let chain = self.page.action_chain().move_to(from.0, from.1).click_and_hold();
        self.wait(chain.move_to(to.0, to.1).release().perform()).expect("a pointer");
    }

    /// Presses and lets go at one place of the window, as a click is.
    pub fn click_at(&self, x: i64, y: i64) {
        self.drag((x, y), (x, y));
    }

    /// Forgets every cookie and what scripts have stored, as a fresh profile would; the page itself stays.
    pub fn forget(&self) {
        self.wait(self.page.delete_all_cookies()).expect("cookies are deleted");
        self.run("localStorage.clear(); sessionStorage.clear()");
    }

    /// What something says, as seen.
    pub fn text(&self, css: &str) -> String {
        let element = self.wait(self.page.find(By::Css(css))).unwrap_or_else(|_| panic!("no {css}"));
        self.wait(element.text()).expect("its text")
    }

    /// The address bar.
    pub fn address(&self) -> String {
        self.wait(self.page.current_url()).expect("an address").to_string()
    }

    /// Every cookie of the page's host, whoever set it.
    pub fn cookies(&self) -> Vec<(String, String)> {
        let all = self.wait(self.page.get_all_cookies()).expect("cookies");
        all.into_iter().map(|cookie| (cookie.name, cookie.value)).collect()
    }

    /// Has the browser keep a cookie that no script sees, as the site's server would.
    pub fn add_hidden_cookie(&self, name: &str) {
        let mut cookie = Cookie::new(name, "1");
        cookie.set_path("/");
        cookie.http_only = Some(true);
        self.wait(self.page.add_cookie(cookie)).expect("a cookie");
    }

    /// The stored choice.
    pub fn choice(&self) -> Option<Choice> {
        let cookies = self.cookies();
        cookies.iter().find(|(name, _)| name == "consentry").and_then(|(_, value)| parse_choice(value))
    }

    /// Waits until the log has acknowledged the stored choice.
    pub fn wait_until_recorded(&self) -> Choice {
        wait_for("a recorded choice", PATIENCE, || {
            self.choice().filter(|choice| !choice.flags.has(Flags::UNRECORDED))
        })
    }

    /// Waits until the banner has taken over the shell. Its own status line is the first thing it adds.
    pub fn wait_until_hydrated(&self) {
        self.wait_until(
            "the banner has taken over",
            "return !!document.querySelector('#consentry > output')",
        );
    }

    /// Opens the preferences and waits for the form.
    pub fn open_preferences(&self, by: &str) {
        self.click(by);
        self.wait_for(FORM);
    }

    /// Opens the preferences, turns the switch of a category or service over, and saves.
    pub fn switch_over(&self, by: &str, name: &str, value: &str) {
        self.open_preferences(by);
        self.click(&format!("label:has([name={name}][value={value}])"));
        self.click(&format!("{FORM} button[value=save]"));
        self.wait_without(FORM);
    }

    /// Whether the banner's code was fetched for this page.
    pub fn fetched_banner(&self) -> bool {
        let script =
            "return performance.getEntriesByType('resource').some((entry) => /banner-/.test(entry.name))";
        self.run(script) == Value::Bool(true)
    }

    /// What went wrong in the page.
    pub fn trouble(&self) -> Vec<String> {
        let all = self.run("return window.trouble || ['no trap in this page']");
        all.as_array().into_iter().flatten().map(|text| text.as_str().unwrap_or_default().into()).collect()
    }

    /// Fails if anything was thrown, rejected or complained about.
    pub fn assert_no_trouble(&self) {
        assert_eq!(self.trouble(), Vec::<String>::new(), "on {}", self.address());
    }

    /// Opens another tab and goes there; returns a way back and forth.
    pub fn new_tab(&self) -> (WindowHandle, WindowHandle) {
        let first = self.wait(self.page.window()).expect("a window");
        let second = self.wait(self.page.new_tab()).expect("a tab");
        self.switch_to(&second);
        (first, second)
    }

    pub fn switch_to(&self, tab: &WindowHandle) {
        self.wait(self.page.switch_to_window(tab.clone())).expect("the tab is there");
    }

    /// From now on, everything is about the page in this frame.
    pub fn enter(&self, frame: &str) {
        let element = self.wait(self.page.find(By::Css(frame))).unwrap_or_else(|_| panic!("no {frame}"));
        self.wait(element.enter_frame()).expect("the frame is there");
    }

    /// Adds a marked pixel with this address, as a page does that changes while it is open.
    pub fn add_pixel(&self, url: &str) {
        self.run(&format!(
            "const img = new Image(); img.dataset.category = 'advertising'; img.dataset.src = '{url}'; document.body.append(img)"
        ));
    }

    /// Presses the browser's own button that leads back, as often as it takes to be at this address again.
    pub fn back_to(&self, url: &str) {
        for _ in 0..4 {
            self.wait(self.page.back()).expect("there is a page before this one");
            if self.address() == url {
                return;
            }
        }
        panic!("not back at {url}, but at {}", self.address());
    }

    /// Presses a key wherever the focus is.
    pub fn key(&self, key: &str) {
        self.wait(self.page.action_chain().send_keys(key).perform()).expect("keys are taken");
    }

    /// Asks Chromium for something only its developer tools can do.
    pub fn devtools(&self, command: &str, parameters: Value) -> Value {
        let result = self.wait(self.page.cdp().send_raw(command, parameters));
        result.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// Runs a function body that returns a promise, and waits for what it holds.
    pub fn run_async(&self, script: &str) -> Value {
        let script = format!(
            "const done = arguments[0]; (async () => {{ {script} }})().then(done, (error) => done(`${{error}}`))"
        );
        let result = self.wait(self.page.execute_async(script, Vec::new()));
        result.unwrap_or_else(|error| panic!("{error}")).json().clone()
    }

    /// Makes the window's inside so many CSS pixels wide and high (Chromium only).
    pub fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size);
    }

    /// What the visitor's system prefers, as media features (Chromium only): `[("prefers-color-scheme", "dark")]`.
    pub fn prefer(&self, media: &str, features: &[(&str, &str)]) {
        let features: Vec<Value> =
            features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": media, "features": features }));
    }

    /// What axe-core finds wrong inside these elements, target sizes included: one line for each rule and element.
    pub fn axe(&self, within: &str) -> Vec<String> {
        let axe = consentry_e2e::workerd::root().join("node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(&axe).expect("axe-core: run `npm ci`");
        self.run(&axe);
        let found = self.run_async(&format!(
            "const found = await axe.run({within:?}, {{ rules: {{ 'target-size': {{ enabled: true }} }} }});
             if (!found.passes.length) throw 'nothing was looked at';
             return found.violations.flatMap(({{ id, nodes }}) => nodes.map((node) => `${{id}}: ${{node.html}} ${{node.failureSummary}}`))"
        ));
        let Value::Array(all) = found else { panic!("axe: {found}") };
        all.iter().map(|line| line.as_str().unwrap_or_default().into()).collect()
    }

    /// Keeps what is to be seen as a picture.
    pub fn picture(&self, file: &Path) {
        self.wait(self.page.screenshot(file)).expect("a picture");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Whoever holds the session last ends it; a browser that has gone already cannot be asked.
        let _ = self.runtime.block_on(self.page.clone().quit());
    }
}
