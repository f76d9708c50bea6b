//! One look at one page: everything a first visit can be asked afterwards, and what a click takes.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::browser::{Browser, Network};
use crate::subjects::Subject;

/// How long after its load event a page is watched: banners come late, and what they load after that counts, too.
const REST: Duration = Duration::from_millis(2500);
/// How long after a click.
const AFTER_CLICK: Duration = Duration::from_millis(1200);
/// Event timing does not tell of anything faster.
pub const SHORTEST: f64 = 16.0;

/// What the page itself has noted, as `collect.js` hands it over; times in milliseconds since the navigation.
#[derive(Deserialize)]
struct Noted {
    first: Option<f64>,
    visible: Option<f64>,
    fcp: Option<f64>,
    lcp: Option<f64>,
    shift: f64,
    tasks: Vec<f64>,
    scripts: Vec<(String, f64)>,
    events: Vec<(String, f64)>,
    requests: Vec<(String, f64, f64)>,
}

/// What a first visit came to.
pub struct Visit {
    /// The banner can be seen; `None` on the bare page.
    pub visible: Option<f64>,
    /// First contentful paint.
    pub fcp: f64,
    /// Largest contentful paint of what is the page's own.
    pub lcp: Option<f64>,
    /// Cumulative layout shift.
    pub shift: f64,
    /// Long tasks, whoever's, and their sum.
    pub tasks: (usize, f64),
    /// The longest that a script of the subject's ran in a slow frame; 0 if there was none.
    pub script: f64,
    /// Bytes of everything, compressed.
    pub bytes: f64,
    /// Bytes of what had come when the banner was seen.
    pub bytes_visible: f64,
    /// Requests.
    pub requests: usize,
}

/// What clicks on one button took.
pub struct Click {
    /// Whose button.
    pub subject: &'static str,
    /// Which button.
    pub button: &'static str,
    /// From the press to the next paint, in milliseconds, once for each click.
    pub durations: Vec<f64>,
}

/// A first visit.
pub async fn first(browser: &Browser, origin: &str, subject: &Subject, network: Network) -> Result<Visit> {
    browser.set_network(network).await?;
    let noted = load(browser, origin, subject).await?;
    let fcp = noted.fcp.with_context(|| format!("{}: nothing was painted", subject.name))?;
    // Our own notes are made when a frame is handed over; the browser's when it was shown. The difference at the first
    // frame, which both have noted, is added to the banner's.
    let delay = noted.first.map_or(0.0, |first| (fcp - first).max(0.0));
    let visible = noted.visible.map(|visible| visible + delay);
    if visible.is_none() && !subject.banner.is_empty() {
        bail!("{}: its banner was never seen", subject.name);
    }
    let size =
        |until: f64| noted.requests.iter().filter(|(_, _, end)| *end <= until).map(|(_, size, _)| size).sum();
    Ok(Visit {
        visible,
        fcp,
        lcp: noted.lcp,
        shift: noted.shift,
        tasks: (noted.tasks.len(), noted.tasks.iter().fold(0.0, |sum, time| sum + time)),
        script: longest(
            noted.scripts.iter().filter(|(url, _)| url.contains(subject.scripts)).map(|(_, time)| *time),
        ),
        bytes: size(f64::INFINITY),
        bytes_visible: size(visible.unwrap_or(f64::INFINITY)),
        requests: noted.requests.len(),
    })
}

/// Clicks each button so often, each on a page of its own, with a slow processor.
pub async fn clicks(browser: &Browser, origin: &str, subject: &Subject, times: usize) -> Result<Vec<Click>> {
    browser.set_network(Network::Unthrottled).await?;
    let mut all = Vec::new();
    for (button, way) in subject.buttons {
        let mut durations = Vec::new();
        for _ in 0..times {
            load(browser, origin, subject).await?;
            browser.slow_down(4).await?;
            for (step, css) in way.iter().enumerate() {
                let there = format!("return !!document.querySelector({css:?})?.checkVisibility()");
                if !browser.until(&there).await? {
                    bail!("{}: {css} is not to be seen", subject.name);
                }
                tokio::time::sleep(AFTER_CLICK / if step == 0 { 4 } else { 1 }).await;
                browser.run("consentryBench.events.length = 0").await?;
                browser.click(css).await?;
            }
            tokio::time::sleep(AFTER_CLICK).await;
            if let Some(noted) = collect(browser).await? {
                durations.push(longest(noted.events.iter().map(|(_, time)| *time)).max(SHORTEST));
            }
            browser.slow_down(1).await?;
        }
        all.push(Click { subject: subject.name, button, durations });
    }
    Ok(all)
}

/// Loads the subject's page as for the first time, and waits until it is at rest.
async fn load(browser: &Browser, origin: &str, subject: &Subject) -> Result<Noted> {
    browser.forget(origin).await?;
    let banner = if subject.banner.is_empty() { "null".into() } else { format!("{:?}", subject.banner) };
    let probe = browser.before_every_page(&include_str!("probe.js").replace("BANNER", &banner)).await?;
    browser.goto(&format!("{origin}{}", subject.path())).await?;
    if !subject.banner.is_empty() {
        browser.until("return consentryBench.visible > 0").await?;
    }
    tokio::time::sleep(REST).await;
    let noted = collect(browser).await?;
    browser.no_longer(probe).await?;
    noted.with_context(|| format!("{} does not stay on its page", subject.name))
}

/// What the page has noted; nothing if it is not the page that was loaded.
async fn collect(browser: &Browser) -> Result<Option<Noted>> {
    let noted = browser.run(include_str!("collect.js")).await?;
    serde_json::from_value(noted).context("the page's notes cannot be read")
}

fn longest(times: impl Iterator<Item = f64>) -> f64 {
    times.fold(0.0, f64::max)
}
