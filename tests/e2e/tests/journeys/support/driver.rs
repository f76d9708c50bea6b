//! Browsers and how to start them: the WebDriver server, the capabilities, the settings a visitor would have made.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use consentry_e2e::workerd::{Running, free_port, root};
use serde_json::{Value, json};
use thirtyfour::Capabilities;

use super::wait_for;

/// Whose engine renders the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
    /// WebKitGTK's minimal browser: the engine of Safari, not its tracking prevention.
    WebKit,
}

impl Engine {
    /// From the name of a test.
    pub fn of(word: &str) -> Self {
        match word {
            "chromium" => Self::Chromium,
            "firefox" => Self::Firefox,
            _ => Self::WebKit,
        }
    }
}

/// What the visitor has set in the browser. Nothing here is simulated by script.
#[derive(Clone, Copy, Debug, Default)]
pub struct Setup {
    /// Global Privacy Control is on.
    pub gpc: bool,
    /// Do Not Track is on.
    pub dnt: bool,
    /// JavaScript is off.
    pub no_script: bool,
    /// All cookies are blocked, and with them storage.
    pub no_cookies: bool,
    /// The screen is 320 CSS pixels wide (Chromium only; the others' windows do not go below 500).
    pub narrow: bool,
    /// Every outside host is this port of this machine (Chromium only).
    pub all_hosts_at: Option<u16>,
    /// The hosts of [`NAMES`] are this machine (not in WebKit).
    pub names: bool,
}

/// Two hosts of one site, and one of another with the same public suffix.
pub const NAMES: [&str; 3] = ["www.example.co.uk", "shop.example.co.uk", "www.other.co.uk"];

/// A WebDriver server, and the display it may need.
pub struct Driver {
    pub url: String,
    _server: Running,
    _display: Option<Running>,
}

/// Starts the server of this engine.
pub fn start(engine: Engine) -> Driver {
    let port = free_port().expect("a port");
    let mut display = None;
    let mut command = match engine {
        Engine::Chromium => Command::new("chromedriver"),
        Engine::Firefox => {
            let built = root().join("target/tools/bin/geckodriver");
            let mut command = if built.is_file() { Command::new(built) } else { Command::new("geckodriver") };
            // Two of them would quarrel about the usual one.
            command.args(["--websocket-port", &free_port().expect("a port").to_string(), "--log", "error"]);
            command
        }
        Engine::WebKit => {
            let (server, name) = x_server();
            display = Some(server);
            let mut command = Command::new("WebKitWebDriver");
            command.env("DISPLAY", name).env("LANGUAGE", "en_US:en").env("LANG", "en_US.UTF-8");
            // There is no graphics hardware to fall back from.
            command.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1").env("LIBGL_ALWAYS_SOFTWARE", "1");
            command
        }
    };
    command.arg(format!("--port={port}")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let server = Running::start(&mut command).expect("the WebDriver server starts");
    wait_for("the WebDriver server", Duration::from_secs(10), || {
        std::net::TcpStream::connect(("127.0.0.1", port)).ok()
    });
    Driver { url: format!("http://127.0.0.1:{port}"), _server: server, _display: display }
}

/// A display nobody sees, for the browser that cannot do without.
fn x_server() -> (Running, String) {
    let number = free_port().expect("a number");
    let name = format!(":{number}");
    let mut command = Command::new("Xvfb");
    command.args([&name, "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]);
    let server = Running::start(command.stdout(Stdio::null()).stderr(Stdio::null())).expect("Xvfb starts");
    let socket = PathBuf::from(format!("/tmp/.X11-unix/X{number}"));
    wait_for("the display", Duration::from_secs(10), || socket.exists().then_some(()));
    (server, name)
}

/// What to ask of the server.
pub fn capabilities(engine: Engine, setup: Setup) -> Capabilities {
    let capabilities = match engine {
        Engine::Chromium => chromium(setup),
        Engine::Firefox => firefox(setup),
        Engine::WebKit => webkit(),
    };
    let Value::Object(capabilities) = capabilities else { return Capabilities::new() };
    capabilities.into()
}

/// Has Chromium keep cookies of others than the page's own host, which it refuses as long as it has no window.
pub fn keep_foreign_cookies(capabilities: &mut Capabilities) {
    if let Some(options) = capabilities.get_mut("goog:chromeOptions") {
        options["prefs"]["profile.cookie_controls_mode"] = 0.into();
        options["prefs"]["profile.block_third_party_cookies"] = false.into();
    }
}

fn chromium(setup: Setup) -> Value {
    let mut arguments: Vec<String> = [
        "--headless=new",
        // Everything runs as root in a container; there is no other user to be protected from.
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--lang=en-US",
        "--window-size=1280,900",
    ]
    .map(String::from)
    .into();
    if setup.gpc {
        arguments.push("--enable-features=GlobalPrivacyControl,GlobalPrivacyControlForce".into());
    }
    if let Some(port) = setup.all_hosts_at {
        arguments.push(format!("--host-resolver-rules=MAP * 127.0.0.1:{port}, EXCLUDE localhost"));
        arguments.push("--ignore-certificate-errors".into());
    }
    if setup.names {
        let rules = NAMES.map(|name| format!("MAP {name} 127.0.0.1")).join(", ");
        arguments.push(format!("--host-resolver-rules={rules}"));
    }
    let blocked = 2;
    let mut preferences = json!({});
    if setup.dnt {
        preferences["enable_do_not_track"] = true.into();
    }
    if setup.no_script {
        preferences["profile.default_content_setting_values.javascript"] = blocked.into();
    }
    if setup.no_cookies {
        preferences["profile.default_content_setting_values.cookies"] = blocked.into();
    }
    let mut options = json!({ "args": arguments, "prefs": preferences });
    if setup.narrow {
        let screen = json!({ "width": 320, "height": 720, "pixelRatio": 1, "touch": true });
        options["mobileEmulation"] = json!({ "deviceMetrics": screen });
    }
    json!({ "browserName": "chrome", "goog:chromeOptions": options })
}

fn firefox(setup: Setup) -> Value {
    let mut preferences = json!({
        "intl.accept_languages": "en-US, en",
        "privacy.globalprivacycontrol.enabled": setup.gpc,
        "privacy.globalprivacycontrol.functionality.enabled": setup.gpc,
        "privacy.donottrackheader.enabled": setup.dnt,
        "javascript.enabled": !setup.no_script,
    });
    if setup.no_cookies {
        let reject_all = 2;
        preferences["network.cookie.cookieBehavior"] = reject_all.into();
    }
    if setup.names {
        preferences["network.dns.localDomains"] = NAMES.join(",").into();
    }
    json!({
        "browserName": "firefox",
        "moz:firefoxOptions": {
            "binary": on_path(&["firefox-esr", "firefox"]),
            "args": ["-headless", "--width=1280", "--height=900"],
            "prefs": preferences,
        },
    })
}

fn webkit() -> Value {
    let browser = ["x86_64-linux-gnu", "aarch64-linux-gnu"]
        .map(|machine| PathBuf::from(format!("/usr/lib/{machine}/webkit2gtk-4.1/MiniBrowser")));
    let browser = browser.iter().find(|path| path.is_file()).expect("WebKitGTK's MiniBrowser");
    json!({
        "browserName": "MiniBrowser",
        "webkitgtk:browserOptions": { "binary": browser, "args": ["--automation"] },
    })
}

fn on_path(programs: &[&str]) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .flat_map(|folder| programs.iter().map(move |program| folder.join(program)))
        .find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("none of {programs:?} is on the search path"))
}
