//! A Chromium with one tab, told over the DevTools protocol how slow its network and processor are.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use thirtyfour::{Capabilities, WebDriver};

/// How long a page may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(20);

/// Between the page and the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// 1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back; the processor four times as slow.
    Slow4g,
    /// As fast as the machine.
    Unthrottled,
}

impl Network {
    /// As in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Network::Slow4g => "slow 4G, processor 4 x slower",
            Network::Unthrottled => "unthrottled",
        }
    }
}

/// What the main thread of a page's process has done, in milliseconds of processor time.
#[derive(Clone, Copy)]
pub struct Work {
    /// Compiling and running scripts.
    pub script: f64,
    /// Everything, scripts included.
    pub tasks: f64,
}

impl Work {
    /// What is left of it without `other`.
    pub fn less(self, other: Self) -> Self {
        Self { script: self.script - other.script, tasks: self.tasks - other.tasks }
    }

    /// What was done after `start`; an error where another process counts than then.
    pub fn since(self, start: Self) -> Result<Self> {
        let work = self.less(start);
        if work.script < 0.0 || work.tasks < 0.0 {
            bail!("the page has moved to another process while its work was counted");
        }
        Ok(work)
    }
}

/// The browser.
pub struct Browser {
    page: WebDriver,
}

impl Browser {
    /// Starts it.
    pub async fn start(driver: &str) -> Result<Self> {
        let arguments = [
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
        ];
        let wanted = json!({ "browserName": "chrome", "goog:chromeOptions": { "args": arguments } });
        let Value::Object(wanted) = wanted else { bail!("no capabilities") };
        let page =
            WebDriver::new(driver, Capabilities::from(wanted)).await.context("Chromium does not start")?;
        let browser = Self { page };
        browser.devtools("Network.enable", json!({})).await?;
        Ok(browser)
    }

    /// A command of the DevTools protocol.
    pub async fn devtools(&self, method: &str, parameters: Value) -> Result<Value> {
        self.page.cdp().send_raw(method, parameters).await.with_context(|| method.to_owned())
    }

    /// From now on.
    pub async fn set_network(&self, network: Network) -> Result<()> {
        let bytes = |bits: f64| bits / 8.0;
        let (down, up, latency) = match network {
            Network::Slow4g => (bytes(1.6e6), bytes(750e3), 150),
            Network::Unthrottled => (-1.0, -1.0, 0),
        };
        let limits = json!({ "offline": false, "latency": latency, "downloadThroughput": down, "uploadThroughput": up });
        self.devtools("Network.emulateNetworkConditions", limits).await?;
        self.slow_down(if network == Network::Slow4g { 4 } else { 1 }).await
    }

    /// The processor's time is worth so many times less.
    pub async fn slow_down(&self, times: u32) -> Result<()> {
        self.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": times })).await.map(|_| ())
    }

    /// From now on [`Browser::work`] can be asked. The thread's own time, so that other programs do not count.
    pub async fn count_work(&self) -> Result<()> {
        self.devtools("Performance.enable", json!({ "timeDomain": "threadTicks" })).await.map(|_| ())
    }

    /// What the main thread has done so far.
    pub async fn work(&self) -> Result<Work> {
        let answer = self.devtools("Performance.getMetrics", json!({})).await?;
        let metrics = answer.get("metrics").and_then(Value::as_array).context("no metrics")?;
        let of = |name: &str| {
            let known = metrics.iter().find(|metric| metric.get("name").is_some_and(|known| known == name));
            let seconds = known.and_then(|metric| metric.get("value")).and_then(Value::as_f64);
            seconds.map(|seconds| seconds * 1e3).with_context(|| format!("no metric {name}"))
        };
        Ok(Work { script: of("ScriptDuration")? + of("V8CompileDuration")?, tasks: of("TaskDuration")? })
    }

    /// Leaves the page, and forgets everything that a first visitor would not have.
    pub async fn forget(&self, origin: &str) -> Result<()> {
        self.page.goto("about:blank").await?;
        self.devtools("Network.clearBrowserCache", json!({})).await?;
        self.devtools("Network.clearBrowserCookies", json!({})).await?;
        let all = json!({ "origin": origin, "storageTypes": "all" });
        self.devtools("Storage.clearDataForOrigin", all).await.map(|_| ())
    }

    /// A script for every page from now on, before any of its own; returns what takes it back.
    pub async fn before_every_page(&self, script: &str) -> Result<Value> {
        let added =
            self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await?;
        Ok(json!({ "identifier": added.get("identifier").cloned().unwrap_or_default() }))
    }

    /// Takes a script back.
    pub async fn no_longer(&self, script: Value) -> Result<()> {
        self.devtools("Page.removeScriptToEvaluateOnNewDocument", script).await.map(|_| ())
    }

    /// Loads a page, to the end of its load event.
    pub async fn goto(&self, url: &str) -> Result<()> {
        self.page.goto(url).await.with_context(|| url.to_owned())
    }

    /// Runs a function body in the page.
    pub async fn run(&self, script: &str) -> Result<Value> {
        Ok(self.page.execute(script, Vec::new()).await?.json().clone())
    }

    /// Waits until a function body returns true; false if it never does.
    pub async fn until(&self, script: &str) -> Result<bool> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if self.run(script).await? == Value::Bool(true) {
                return Ok(true);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(false)
    }

    /// Presses and releases the mouse in the middle of an element.
    pub async fn click(&self, css: &str) -> Result<()> {
        let find = format!(
            "const el = document.querySelector({css:?}); el.scrollIntoView({{ block: 'nearest', behavior: 'instant' }});
             const box = el.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2];"
        );
        let place = self.run(&find).await.with_context(|| format!("no {css}"))?;
        let (x, y) = (place.get(0).cloned(), place.get(1).cloned());
        for (kind, buttons) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let event = json!({ "type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1 });
            self.devtools("Input.dispatchMouseEvent", event).await?;
        }
        Ok(())
    }

    /// Ends it.
    pub async fn quit(self) {
        // One that has gone already cannot be asked.
        let _ = self.page.quit().await;
    }
}
