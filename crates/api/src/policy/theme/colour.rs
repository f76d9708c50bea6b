//! Colours as WCAG 2.2 sees them: relative luminance, contrast ratio, and mixtures that keep enough of it.

/// A colour in sRGB.
pub type Colour = [u8; 3];

/// White.
pub const WHITE: Colour = [255, 255, 255];
/// Black.
pub const BLACK: Colour = [0, 0, 0];

/// Reads `#rrggbb`.
pub fn parse_colour(text: &str) -> Option<Colour> {
    let digits = text.strip_prefix('#')?.to_ascii_lowercase();
    consentry_core::bytes::parse_hex(&digits)
}

/// Writes `#rrggbb`.
pub fn serialize_colour([r, g, b]: Colour) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// Contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of *contrast ratio*).
pub fn contrast(one: Colour, other: Colour) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Brightness, from 0 for black to 1 for white (WCAG 2.2, definition of *relative luminance*).
pub fn luminance([r, g, b]: Colour) -> f64 {
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/// White or black, whichever reads better on this colour. One of them always has 4.58:1, the square root of 21: no button
/// can be given a text that is too faint.
pub fn text_on(background: Colour) -> Colour {
    if contrast(background, WHITE) >= contrast(background, BLACK) { WHITE } else { BLACK }
}

/// As much of `back` mixed into `front` as wanted (in eighths), or less, so that the contrast with `back` stays at least
/// this. With `front` itself below it, `front`.
pub fn fade(front: Colour, back: Colour, eighths: u16, least: f64) -> Colour {
    let mix = |eighths: u16| {
        let channel = |at: usize| -> u8 {
            let (Some(&front), Some(&back)) = (front.get(at), back.get(at)) else { return 0 };
            ((u16::from(front) * (8 - eighths) + u16::from(back) * eighths) / 8) as u8
        };
        [channel(0), channel(1), channel(2)]
    };
    (0..=eighths.min(8)).rev().map(mix).find(|&mixed| contrast(mixed, back) >= least).unwrap_or(front)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: f64, expected: f64) {
        assert!((value - expected).abs() < 0.01, "{value} is not {expected}");
    }

    #[test]
    fn luminance_of_the_primaries_is_their_weight_in_the_definition() {
        close(luminance(BLACK), 0.0);
        close(luminance(WHITE), 1.0);
        for (colour, weight) in [([255, 0, 0], 0.2126), ([0, 255, 0], 0.7152), ([0, 0, 255], 0.0722)] {
            close(luminance(colour), weight);
        }
        // In the linear part of the curve: 10/255/12.92.
        assert!((luminance([10, 10, 10]) - 0.003_035).abs() < 1e-6);
    }

    /// Black on white is the definition's own extreme. #767676 and #949494 are the lightest greys that the understanding
    /// documents of 1.4.3 and 1.4.11 accept on white, #777777 is their example of one just too light.
    #[test]
    fn contrast_of_well_known_pairs_is_what_the_understanding_documents_say() {
        for (one, other, expected) in [
            ("#000000", "#ffffff", 21.0),
            ("#ffffff", "#ffffff", 1.0),
            ("#767676", "#ffffff", 4.54),
            ("#777777", "#ffffff", 4.48),
            ("#949494", "#ffffff", 3.03),
            ("#959595", "#ffffff", 2.99),
            ("#ff0000", "#ffffff", 4.0),
            ("#0000ff", "#ffffff", 8.59),
        ] {
            let pair = (parse_colour(one).expect("a colour"), parse_colour(other).expect("a colour"));
            close(contrast(pair.0, pair.1), expected);
            close(contrast(pair.1, pair.0), expected);
        }
    }

    #[test]
    fn text_on_any_grey_and_on_every_sixteenth_colour_can_be_read() {
        let steps = || (0..=255).step_by(17);
        let colours = steps().flat_map(|r| steps().flat_map(move |g| steps().map(move |b| [r, g, b])));
        for background in colours.chain((0..=255).map(|grey| [grey; 3])) {
            let ratio = contrast(text_on(background), background);
            assert!(ratio >= 4.5, "{background:?}: {ratio}");
        }
    }

    #[test]
    fn fade_stops_where_the_contrast_would_fall_short() {
        assert_eq!(fade(BLACK, WHITE, 2, 4.5), [63, 63, 63]);
        let text = [90, 90, 90];
        let faded = fade(text, WHITE, 4, 4.5);
        assert!(contrast(faded, WHITE) >= 4.5 && faded[0] > text[0] && faded[0] < 130, "{faded:?}");
        assert_eq!(fade([200; 3], WHITE, 4, 4.5), [200; 3], "what is too faint already is left as it is");
    }

    #[test]
    fn colour_written_otherwise_than_in_six_digits_is_none() {
        for text in ["", "#", "#fff", "fff000", "#ggg000", "#ff00ff00", "red"] {
            assert_eq!(parse_colour(text), None, "{text}");
        }
        assert_eq!(parse_colour("#0B57d0").map(serialize_colour), Some("#0b57d0".into()));
    }
}
