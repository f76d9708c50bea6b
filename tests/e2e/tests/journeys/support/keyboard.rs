//! A visitor without a mouse: the Tab key, and what it leads to.

use serde::Deserialize;
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

/// What a walk is to say of where the focus is: a name; the element's place in the document; its place as read, from the top of
/// all that scrolls, or nothing where it sticks to an edge; whether the focus is marked; and what covers any of fifteen points.
const STOP: &str = "
    const at = document.activeElement;
    if (!at || at === document.body || at === document.documentElement || at.localName == 'dialog') return null;
    const words = at.ariaLabel || at.textContent.trim() || at.name;
    const style = getComputedStyle(at), box = at.getBoundingClientRect();
    let top = box.top + scrollY, sticks = false;
    for (let el = at.parentElement; el && el !== document.body; el = el.parentElement) {
      if (getComputedStyle(el).position == 'sticky') sticks = true;
      top += el.scrollTop;
    }
    const covered = new Set();
    // Where it leaves room for another control, that may be.
    const [start, end] = [parseFloat(style.paddingLeft), parseFloat(style.paddingRight)];
    for (const part of at.getClientRects()) for (const x of [.1, .3, .5, .7, .9]) for (const y of [.15, .5, .85]) {
      const point = [part.x + start + x * (part.width - start - end), part.y + y * part.height], there = document.elementFromPoint(...point);
      if (!there || !(at.contains(there) || there.contains(at))) covered.add(there ? `${there.localName}.${there.className}` : `the edge of the window at ${point.map(Math.round)}`);
    }
    return { what: `${at.localName} ${words.replace(/\\s+/g, ' ').slice(0, 40)}`, order: [...document.querySelectorAll('*')].indexOf(at),
      top, left: box.left, height: box.height, sticks, marked: style.outlineStyle != 'none' && parseFloat(style.outlineWidth) >= 2,
      covered: [...covered], dialog: !!at.closest('dialog') };";

/// One stop of a walk.
#[derive(Debug, Deserialize)]
pub struct Stop {
    pub what: String,
    order: usize,
    top: f64,
    left: f64,
    height: f64,
    sticks: bool,
    marked: bool,
    covered: Vec<String>,
    /// Inside of a dialog.
    pub dialog: bool,
}

/// Goes on by these means until the focus leaves the page or is somewhere it was before: every stop after the first of all, once.
pub fn round(browser: &Browser, mut go_on: impl FnMut()) -> Vec<Stop> {
    let mut stops: Vec<Stop> = Vec::new();
    for _ in 0..120 {
        go_on();
        let Ok(stop) = serde_json::from_value::<Stop>(browser.run(STOP)) else { break };
        if stops.iter().any(|known| known.order == stop.order) {
            break;
        }
        stops.push(stop);
    }
    stops
}

/// Fails unless the stops come in the order in which they are read, from top to bottom and from left to right, each with the focus
/// marked and in full sight.
pub fn assert_in_order_and_in_sight(stops: &[Stop], what: &str) {
    for stop in stops {
        assert!(stop.covered.is_empty(), "{what}: covered by {:?}: {}", stop.covered, stop.what);
        assert!(stop.marked, "{what}: the focus is not marked: {}", stop.what);
    }
    for (one, next) in stops.iter().zip(stops.iter().skip(1)) {
        assert!(one.order < next.order, "{what}: {} before {}", one.what, next.what);
        // In one row if the middle of one is within the other's height.
        let middle = |stop: &Stop| stop.top + stop.height / 2.0;
        let row = (middle(one) - middle(next)).abs() < one.height.max(next.height) / 2.0;
        let after = if row { next.left > one.left } else { middle(next) > middle(one) };
        assert!(after || one.sticks || next.sticks, "{what}: {} is read before {}", next.what, one.what);
    }
}

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
