//! A visitor without a mouse: the Tab key, and what it leads to.

use serde_json::Value;

use super::Browser;

/// WebDriver's code for the Tab key.
pub const TAB: &str = "\u{e004}";
/// And for Enter.
pub const ENTER: &str = "\u{e007}";
/// And for Escape.
pub const ESCAPE: &str = "\u{e00c}";

/// Where the focus is: `action:NAME` on what decides or opens, `form:VALUE` on the buttons of the preferences, the tag's name
/// elsewhere, with ` in dialog` where it is inside one, and ` unseen` where the focus cannot be seen or is covered.
const WHERE: &str = "
    const at = document.activeElement;
    if (!at || at === document.body || at === document.documentElement) return 'page';
    const name = at.dataset.consentry ? `action:${at.dataset.consentry}`
      : at.name == 'action' ? `form:${at.value}` : at.localName;
    const style = getComputedStyle(at);
    const box = at.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const covered = !top || !(at.contains(top) || top.contains(at) || top.closest('label')?.contains(at));
    const marked = (style.outlineStyle != 'none' && parseFloat(style.outlineWidth) >= 1)
      || at.closest('label')?.matches(':focus-within');
    return name + (at.closest('dialog') ? ' in dialog' : '') + (marked && !covered ? '' : ' unseen');";

/// Presses Tab so many times from where the focus is, and says where it went each time.
pub fn walk(browser: &Browser, steps: usize) -> Vec<String> {
    let mut stops = Vec::new();
    for _ in 0..steps {
        browser.key(TAB);
        stops.push(focus(browser));
    }
    stops
}

/// Where the focus is.
pub fn focus(browser: &Browser) -> String {
    match browser.run(WHERE) {
        Value::String(place) => place,
        other => panic!("no place: {other}"),
    }
}

/// The position of a stop whose description starts so.
pub fn position(stops: &[String], start: &str) -> usize {
    stops
        .iter()
        .position(|stop| stop.starts_with(start))
        .unwrap_or_else(|| panic!("{start} is not in {stops:?}"))
}
