//! Whether two buttons catch the eye alike, measured from what the browser draws: boxes, fonts, colours, contrast.

use serde_json::Value;

use super::Browser;

/// Everything that makes a button look more or less important than another.
const MEASURE: &str = "
    const channels = (color) => color.match(/[\\d.]+/g).map(Number);
    const luminance = (color) => {
      const [r, g, b] = channels(color).slice(0, 3).map((channel) => {
        const part = channel / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const surface = (el) => {
      for (; el; el = el.parentElement) {
        const color = getComputedStyle(el).backgroundColor;
        if (!/, 0\\)$|transparent/.test(color)) return color;
      }
      return 'rgb(255, 255, 255)';
    };
    const ratio = (one, other) => {
      const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
      return (high + 0.05) / (low + 0.05);
    };
    return [one, other].map((css) => {
      const el = document.querySelector(css);
      const style = getComputedStyle(el);
      const box = el.getBoundingClientRect();
      const looks = {};
      for (const name of ['fontFamily', 'fontSize', 'fontWeight', 'fontStyle', 'lineHeight', 'letterSpacing', 'textTransform',
        'textDecorationLine', 'color', 'backgroundColor', 'backgroundImage', 'borderTopColor', 'borderTopWidth', 'borderTopStyle',
        'borderTopLeftRadius', 'boxShadow', 'opacity', 'filter', 'transform', 'cursor', 'order', 'visibility', 'paddingTop',
        'paddingInlineStart', 'animationName']) looks[name] = style[name];
      return { looks, width: box.width, height: box.height, top: box.top, left: box.left, element: el.localName, parent: [...document.querySelectorAll('*')].indexOf(el.parentElement),
        contrast: ratio(style.color, surface(el)), standsOut: ratio(surface(el), surface(el.parentElement)), border: ratio(style.borderTopColor, surface(el.parentElement)),
        visible: box.top >= 0 && box.bottom <= innerHeight + 1 && box.left >= 0 && box.right <= innerWidth + 1 };
    });";

/// Fails unless refusing looks exactly like accepting: the same kind of element in the same row, as large to within 1 %, in the
/// same font and colours, with enough contrast for text (4.5) and for the button itself (3).
pub fn assert_equal(browser: &Browser, reject: &str, accept: &str, what: &str) {
    let measured = browser.run(&format!("const one = {reject:?}, other = {accept:?};{MEASURE}"));
    let (one, other) = (&measured[0], &measured[1]);
    assert_eq!(one["looks"], other["looks"], "{what}");
    assert_eq!((&one["element"], &one["parent"]), (&other["element"], &other["parent"]), "{what}");
    for side in ["width", "height"] {
        let (a, b) = (number(&one[side]), number(&other[side]));
        assert!((a - b).abs() <= 0.01 * a.max(b), "{what}: {side} {a} and {b}");
        assert!(a >= 24.0, "{what}: {side} {a}");
    }
    for button in [one, other] {
        assert_eq!(button["visible"], true, "{what}: {button}");
        assert!(number(&button["contrast"]) >= 4.5, "{what}: {button}");
        assert!(number(&button["standsOut"]).max(number(&button["border"])) >= 3.0, "{what}: {button}");
    }
}

/// Fails unless several buttons look exactly alike and are side by side or one below the other: two in a row and one in the next
/// would not be alike. Brings them into view first.
pub fn assert_all_equal(browser: &Browser, buttons: &[&str], what: &str) {
    let [first, others @ ..] = buttons else { panic!("{what}: no buttons") };
    browser
        .run(&format!("document.querySelector({first:?}).parentElement.scrollIntoView({{ block: 'end' }})"));
    for other in others {
        assert_equal(browser, first, other, what);
        let measured = browser.run(&format!("const one = {first:?}, other = {other:?};{MEASURE}"));
        let apart = |side: &str| (number(&measured[0][side]) - number(&measured[1][side])).abs();
        assert!(apart("top") <= 1.0 || apart("left") <= 1.0, "{what}: {measured}");
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}
