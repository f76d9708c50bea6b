//! What the browser really paints: pictures of elements, compared pixel by pixel (Chromium only).

use serde_json::{Value, json};

use super::Browser;

/// How far around an element its picture reaches, in CSS pixels: a focus ring is outside.
const MARGIN: f64 = 8.0;

/// An element's picture as the luminance of each of its pixels (WCAG 2.2's relative luminance), and the size of its box.
pub struct Painted {
    luminance: Vec<f64>,
    /// Width and height of the element, without the margin.
    pub size: (f64, f64),
}

impl Painted {
    /// Takes the picture, where the element is in view.
    pub fn of(browser: &Browser, css: &str) -> Self {
        let place = browser.run(&format!(
            "const box = document.querySelector({css:?}).getBoundingClientRect();
             return [box.x + scrollX, box.y + scrollY, box.width, box.height]"
        ));
        let at = |index: usize| place[index].as_f64().unwrap_or_else(|| panic!("{css}: {place}"));
        let (width, height) = (at(2), at(3));
        let clip = json!({
            "x": (at(0) - MARGIN).round(), "y": (at(1) - MARGIN).round(), "scale": 1,
            "width": (width + 2.0 * MARGIN).round(), "height": (height + 2.0 * MARGIN).round(),
        });
        let shot = browser.devtools("Page.captureScreenshot", json!({ "format": "png", "clip": clip }));
        let luminance = browser.run_async(&format!(
            "const bytes = Uint8Array.from(atob({}), (letter) => letter.charCodeAt(0));
             const picture = await createImageBitmap(new Blob([bytes], {{ type: 'image/png' }}));
             const canvas = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
             canvas.drawImage(picture, 0, 0);
             const {{ data }} = canvas.getImageData(0, 0, picture.width, picture.height);
             const part = (channel) => channel <= 10 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4;
             return Array.from({{ length: data.length / 4 }}, (_, at) =>
               0.2126 * part(data[4 * at]) + 0.7152 * part(data[4 * at + 1]) + 0.0722 * part(data[4 * at + 2]))",
            shot["data"]
        ));
        let luminance: Vec<f64> =
            luminance.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        assert!(luminance.len() > 300, "{css}: a picture of {} pixels", luminance.len());
        Self { luminance, size: (width, height) }
    }

    /// How many pixels differ from another picture of the same place by a contrast of 3 at least.
    pub fn changed(&self, other: &Self) -> usize {
        assert_eq!(self.luminance.len(), other.luminance.len(), "two pictures of the same place");
        self.luminance.iter().zip(&other.luminance).filter(|(one, other)| contrast(**one, **other)).count()
    }

    /// How many pixels have a contrast of 3 at least to what is around: the picture's first corner.
    pub fn standing_out(&self) -> usize {
        let around = self.luminance.first().copied().unwrap_or_default();
        self.luminance.iter().filter(|one| contrast(**one, around)).count()
    }
}

/// WCAG's contrast of two luminances, or as good as that: rounding of colours costs a hundredth.
fn contrast(one: f64, other: f64) -> bool {
    (one.max(other) + 0.05) / (one.min(other) + 0.05) >= 2.99
}
