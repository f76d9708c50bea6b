//! Whether everything that is said can be read where it is said: measured on each line of text and each control.

use serde_json::Value;

use super::Browser;

/// Looks at each line of visible text and each control below `within`: it must be inside of everything that cuts off or scrolls
/// sideways, inside of its button, inside of the window, and not on top of another text.
const LOST: &str = "
    const lost = [], seen = [], doc = document.documentElement;
    const words = (item) => `${item.parent.localName}${item.parent.className ? '.' + item.parent.className : ''}: ${item.text.trim().slice(0, 60)}`;
    const inside = (outer, inner) => inner.left >= outer.left - 1.5 && inner.right <= outer.right + 1.5;
    const items = [];
    for (const root of document.querySelectorAll(within)) {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const { data, parentElement } = walker.currentNode;
        if (!data.trim() || !parentElement.checkVisibility({ visibilityProperty: true })) continue;
        const range = document.createRange();
        range.selectNodeContents(walker.currentNode);
        items.push({ text: data, parent: parentElement, rects: [...range.getClientRects()], said: true });
      }
      for (const control of root.querySelectorAll('button, input, summary'))
        if (control.checkVisibility()) items.push({ text: '(box)', parent: control, rects: [control.getBoundingClientRect()] });
    }
    for (const item of items) {
      // For who listens, and to be read elsewhere: hidden from sight on purpose.
      const hidden = (el) => el && (getComputedStyle(el).clipPath != 'none' || hidden(el.parentElement));
      if (hidden(item.parent)) continue;
      for (const rect of item.rects) {
        if (!rect.width) continue;
        let line = { left: rect.left, right: rect.right, top: rect.top, bottom: rect.bottom }, layer = doc, scroller = doc;
        const button = item.parent.closest('button');
        // A sign may reach over the edge of its button; words may not.
        if (button && item.said && item.text.trim().length > 1) {
          const box = button.getBoundingClientRect();
          if (!inside(box, line) || line.top < box.top - 1.5 || line.bottom > box.bottom + 1.5) lost.push(`out of its button: ${words(item)}`);
        }
        for (let el = item.parent; el && el != doc; el = el.parentElement) {
          const style = getComputedStyle(el), box = el.getBoundingClientRect();
          if (!item.said && el == item.parent) continue;
          if (style.display == 'inline' || el == document.body) continue;
          if (style.overflowX != 'visible' && !inside(box, line)) lost.push(`cut off sideways by ${el.localName}.${el.className}: ${words(item)}`);
          if (/hidden|clip/.test(style.overflowY) && (line.top < box.top - 2 || line.bottom > box.bottom + 2)) lost.push(`cut off by ${el.localName}.${el.className}: ${words(item)}`);
          if (/auto|scroll/.test(style.overflowY)) {
            if (scroller == doc) scroller = el;
            const top = line.top - box.top + el.scrollTop;
            if (top < -2 || line.bottom - box.top + el.scrollTop > el.scrollHeight + 2) lost.push(`out of reach in ${el.localName}: ${words(item)}`);
            line = { ...line, top: Math.max(line.top, box.top), bottom: Math.min(line.bottom, box.bottom) };
          }
          if (/fixed|sticky/.test(style.position)) {
            if (layer == doc) layer = el;
            if (style.position == 'fixed') break;
          }
        }
        if (line.left < -1 || line.right > doc.clientWidth + 1) lost.push(`wider than the window: ${words(item)}`);
        if (!item.said) continue;
        for (const other of seen) {
          if (other.layer != layer || other.parent == item.parent) continue;
          // What has scrolled away is on top of nothing but what scrolls with it.
          const [one, two] = scroller == other.scroller ? [rect, other.rect] : [line, other.line];
          const across = Math.min(one.right, two.right) - Math.max(one.left, two.left);
          const down = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
          if (across > 2 && down > 0.35 * Math.min(rect.height, other.rect.height)) lost.push(`one on the other: ${words(item)} and ${words(other)}`);
        }
        seen.push({ ...item, rect, line, layer, scroller });
      }
    }
    if (doc.scrollWidth > innerWidth) lost.push(`the page scrolls sideways: ${doc.scrollWidth} in ${innerWidth}`);
    return seen.length > 1 ? [...new Set(lost)] : ['there was hardly anything to look at'];";

/// What cannot be read below these elements, a line each: cut off, out of its button, wider than the window, covered.
pub fn lost(browser: &Browser, within: &str) -> Vec<String> {
    let found = browser.run(&format!("const within = {within:?};{LOST}"));
    let found = found.as_array().unwrap_or_else(|| panic!("no answer but {found}"));
    found.iter().map(|line| line.as_str().map_or_else(|| Value::to_string(line), Into::into)).collect()
}
