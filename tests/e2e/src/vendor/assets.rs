//! The bodies the vendor server sends: two vendor programs, and something harmless of every kind.

use axum::http::HeaderValue;
use serde_json::json;

/// The Google-tag-style library.
pub const GTAG: &str = include_str!("assets/gtag.js");

/// The page inside the video embed.
pub const PLAYER: &str = include_str!("assets/player.html");

/// The page of a vendor that asks for something as long as it lives, so that its end can be seen from outside.
pub const LIVES: &str = include_str!("assets/lives.html");

/// A script that is the same wherever it is asked for, so that pages can promise its hash.
pub const SAME: &str = "window.__same = 1;\n";

/// A second of silence, as a wave file: 8000 samples of eight bits.
pub fn silence() -> Vec<u8> {
    const HEAD: [u8; 44] =
        *b"RIFF\x64\x1f\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x40\x1f\0\0";
    let mut file = HEAD.to_vec();
    // The middle of what eight bits can say.
    file.resize(HEAD.len() + 8000, 0x80);
    file
}

/// A transparent 1×1 GIF, the classic 43 bytes.
pub const PIXEL: [u8; 43] = [
    0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0x01, 0x00, 0x01, 0x00, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff,
    0xff, 0xff, 0x21, 0xf9, 0x04, 0x01, 0x00, 0x00, 0x00, 0x00, 0x2c, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00,
    0x01, 0x00, 0x00, 0x02, 0x02, 0x44, 0x01, 0x00, 0x3b,
];

/// What a request wants to be answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JavaScript.
    Script,
    /// A stylesheet.
    Style,
    /// An image.
    Image,
    /// A sound.
    Sound,
    /// JSON, for what pages fetch.
    Data,
    /// An HTML document.
    Page,
}

impl Kind {
    /// The browser's own word for it (`Sec-Fetch-Dest`, sent to trustworthy addresses only), else the file extension.
    pub fn wanted(destination: Option<&HeaderValue>, path: &str) -> Self {
        match destination.and_then(|value| value.to_str().ok()) {
            Some("script" | "worker" | "sharedworker" | "serviceworker") => return Self::Script,
            Some("style") => return Self::Style,
            Some("image") => return Self::Image,
            Some("document" | "iframe" | "frame" | "embed" | "object") => return Self::Page,
            _ => {}
        }
        let file = path.rsplit('/').next().unwrap_or_default();
        match file.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).as_deref() {
            Some("js" | "mjs") => Self::Script,
            Some("css") => Self::Style,
            Some("gif" | "png" | "jpg" | "jpeg" | "webp" | "avif" | "svg" | "ico" | "bmp") => Self::Image,
            Some("wav") => Self::Sound,
            Some("json") => Self::Data,
            _ => Self::Page,
        }
    }

    /// The media type that makes browsers take it as such.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Script => "text/javascript; charset=utf-8",
            Self::Style => "text/css; charset=utf-8",
            Self::Image => "image/gif",
            Self::Sound => "audio/wav",
            Self::Data => "application/json",
            Self::Page => "text/html; charset=utf-8",
        }
    }
}

/// The answer for an address nobody knows; a script leaves that address in `window.__ran`.
pub fn anything(kind: Kind, address: &str) -> Vec<u8> {
    match kind {
        Kind::Script => {
            format!("(window.__ran = window.__ran || []).push({});\n", json!(address)).into_bytes()
        }
        Kind::Style => b"/* nothing to style */\n".to_vec(),
        Kind::Image => PIXEL.to_vec(),
        Kind::Sound => silence(),
        Kind::Data => b"{}\n".to_vec(),
        Kind::Page => {
            b"<!doctype html><html lang=\"en\"><title>Vendor</title><p>A third party was here.</p></html>\n"
                .to_vec()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_with_destination_ignores_the_extension() {
        let script = HeaderValue::from_static("script");
        assert_eq!(Kind::wanted(Some(&script), "/gtm.png"), Kind::Script);
        let fetched = HeaderValue::from_static("empty");
        assert_eq!(Kind::wanted(Some(&fetched), "/a/config.json"), Kind::Data);
    }

    #[test]
    fn kind_without_destination_follows_the_extension() {
        assert_eq!(Kind::wanted(None, "/sdk/v1.2/LOADER.JS"), Kind::Script);
        assert_eq!(Kind::wanted(None, "/i/p.png"), Kind::Image);
        assert_eq!(Kind::wanted(None, "/v1.2/collect"), Kind::Page);
    }

    #[test]
    fn silence_is_as_long_as_its_head_says() {
        let file = silence();
        let number =
            |at: usize| file.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
        assert_eq!(number(4), u32::try_from(file.len() - 8).ok());
        assert_eq!(number(40), u32::try_from(file.len() - 44).ok());
    }

    #[test]
    fn script_for_hostile_address_stays_a_string() {
        let script = String::from_utf8(anything(Kind::Script, "x\"];alert(1)//\n")).unwrap_or_default();
        assert_eq!(script, "(window.__ran = window.__ran || []).push(\"x\\\"];alert(1)//\\n\");\n");
    }
}
