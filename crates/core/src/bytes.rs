//! Lower-case hexadecimal, the one text form of bytes in cookies and identifiers.

use alloc::string::String;
use alloc::vec::Vec;

/// Bytes as lower-case hexadecimal, two digits each.
pub fn serialize_hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            // Not `from_digit`: whole logs pass through here.
            text.push(if nibble < 10 { (b'0' + nibble) as char } else { (b'a' - 10 + nibble) as char });
        }
    }
    text
}

/// Bytes of any number from hexadecimal digits of either case, as SQLite writes them; `None` for anything else.
pub fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, odd) = text.as_bytes().as_chunks::<2>();
    let nibble = |character: u8| digit(character.to_ascii_lowercase());
    let bytes = pairs.iter().map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?)).collect();
    if odd.is_empty() { bytes } else { None }
}

/// Exactly `N` bytes from `2 × N` hexadecimal digits; `None` for anything else (upper case included: one spelling only).
pub fn parse_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let &[high, low] = pair else { return None };
        *byte = digit(high)? << 4 | digit(low)?;
    }
    Some(bytes)
}

const fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_of_any_byte_comes_back() {
        let all: [u8; 256] = core::array::from_fn(|index| index as u8);
        assert_eq!(parse_hex::<256>(&serialize_hex(&all)), Some(all));
    }

    #[test]
    fn hex_with_wrong_length_case_or_letter_is_refused() {
        for text in ["", "0", "000", "0G", "AB", "é"] {
            assert_eq!(parse_hex::<1>(text), None, "{text}");
        }
        assert_eq!(decode_hex("0aFf"), Some([10, 255].to_vec()));
        for text in ["0", "0g", "é"] {
            assert_eq!(decode_hex(text), None, "{text}");
        }
    }
}
