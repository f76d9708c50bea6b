//! Bits in the order they are sent, and the letters they are sent as.

use alloc::string::String;
use alloc::vec::Vec;

/// Six bits a letter. Core prints `+` and `/` for the last two, which would have to be escaped in a URL; every library, its
/// own included, uses these (RFC 4648 §5).
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Bits being collected.
#[derive(Debug, Default)]
pub struct Writer(Vec<bool>);

impl Writer {
    /// The lowest `width` bits of a number, the highest first (Core, *Integer*).
    pub fn int(&mut self, value: u16, width: u32) {
        self.0.extend((0..width).rev().map(|bit| value.checked_shr(bit).is_some_and(|rest| rest & 1 == 1)));
    }

    /// One bit. Core's table of types has its values the wrong way round; its examples have not.
    pub fn flag(&mut self, value: bool) {
        self.0.push(value);
    }

    /// A number from 1 as a sum of Fibonacci numbers, the smallest first, and a one as its end (Core, *Fibonacci Integer*).
    pub fn fibonacci(&mut self, value: core::num::NonZeroU8) {
        let mut rest = u16::from(value.get());
        let used: Vec<u16> = fibonaccis().take_while(|&number| number <= rest).collect();
        let mut code: Vec<bool> = used
            .into_iter()
            .rev()
            .map(|number| {
                let fits = number <= rest;
                rest -= if fits { number } else { 0 };
                fits
            })
            .collect();
        code.reverse();
        self.0.extend(code);
        self.0.push(true);
    }

    /// The letters. What is missing to whole bytes, and then to whole letters, is zeros: what the libraries write, and not
    /// the shorter form of Core's examples, which some readers refuse.
    pub fn letters(mut self) -> String {
        for unit in [8, 6] {
            self.0.resize(self.0.len().next_multiple_of(unit), false);
        }
        let letter = |six: &[bool]| {
            let index = six.iter().fold(0, |sum, &bit| sum * 2 + usize::from(bit));
            LETTERS.get(index).copied().map(char::from)
        };
        self.0.chunks(6).filter_map(letter).collect()
    }
}

/// Bits being read; past the end there are none.
#[derive(Debug)]
pub struct Reader(alloc::vec::IntoIter<bool>);

impl Reader {
    /// `None` where a letter is none of the alphabet.
    pub fn new(letters: &str) -> Option<Self> {
        let mut bits = Vec::with_capacity(letters.len() * 6);
        for letter in letters.bytes() {
            let index = LETTERS.iter().position(|&other| other == letter)?;
            bits.extend((0..6).rev().map(|bit| index >> bit & 1 == 1));
        }
        Some(Self(bits.into_iter()))
    }

    /// A number of so many bits.
    pub fn int(&mut self, width: u32) -> Option<u16> {
        (0..width).try_fold(0u16, |sum, _| Some(sum << 1 | u16::from(self.flag()?)))
    }

    /// One bit.
    pub fn flag(&mut self) -> Option<bool> {
        self.0.next()
    }

    /// A number in Fibonacci coding; `None` for one above 255, which no section has.
    pub fn fibonacci(&mut self) -> Option<u8> {
        let mut sum = 0u16;
        let mut before = false;
        for number in fibonaccis() {
            let bit = self.flag()?;
            if bit && before {
                return u8::try_from(sum).ok();
            }
            sum += if bit { number } else { 0 };
            before = bit;
        }
        None
    }

    /// Whether nothing but padding is left: zeros, in either of the two forms.
    pub fn ended(self) -> bool {
        self.0.len() < 14 && !self.0.into_iter().any(|bit| bit)
    }
}

/// 1, 2, 3, 5, 8 …, as far as a section id can reach and one step more, which is where its end may be.
fn fibonaccis() -> impl Iterator<Item = u16> {
    core::iter::successors(Some((1u16, 2u16)), |&(low, high)| Some((high, low + high)))
        .map(|(low, _)| low)
        .take_while(|&number| number < 400)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use core::num::NonZeroU8;

    #[test]
    fn fibonacci_of_the_specification_is_written_and_read() {
        // Core, *Fibonacci coding*: the first seven numbers, worked out there.
        for (number, code) in
            [(1, "11"), (2, "011"), (3, "0011"), (4, "1011"), (5, "00011"), (6, "10011"), (7, "01011")]
        {
            let mut writer = Writer::default();
            writer.fibonacci(NonZeroU8::new(number).unwrap());
            let bits: String = writer.0.iter().map(|&bit| if bit { '1' } else { '0' }).collect();
            assert_eq!(bits, code, "{number}");
        }
    }

    #[test]
    fn fibonacci_of_every_section_id_comes_back() {
        for number in (1..=u8::MAX).filter_map(NonZeroU8::new) {
            let mut writer = Writer::default();
            writer.fibonacci(number);
            let mut reader = Reader::new(&writer.letters()).unwrap();
            assert_eq!(reader.fibonacci(), Some(number.get()));
            assert!(reader.ended(), "{number}");
        }
    }

    #[test]
    fn reader_past_the_end_has_nothing() {
        let mut reader = Reader::new("B").unwrap();
        assert_eq!(
            (reader.int(6), reader.flag(), reader.int(1), reader.fibonacci()),
            (Some(1), None, None, None)
        );
        assert!(Reader::new("A+").is_none() && Reader::new("é").is_none());
        // No end for longer than any number has digits.
        assert_eq!(Reader::new(&format!("{}w", "A".repeat(20))).unwrap().fibonacci(), None);
    }
}
