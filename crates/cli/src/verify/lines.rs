//! A text in blocks of whole lines, in memory that goes round.

use std::io::{self, ErrorKind, Read};
use std::sync::mpsc::{Receiver, Sender, channel};

/// Bytes in a block: about a thousand rows.
const BLOCK: usize = 1 << 20;

/// Where blocks come back to when they have been read.
pub type Spare = Sender<Vec<u8>>;

/// Cuts a text into blocks.
pub struct Blocks<R> {
    source: R,
    spare: Receiver<Vec<u8>>,
    /// The beginning of the next block: what was read behind the last line end.
    rest: Vec<u8>,
    ended: bool,
}

impl<R: Read> Blocks<R> {
    /// With nothing read yet.
    pub fn new(source: R) -> (Self, Spare) {
        let (give, spare) = channel();
        (Self { source, spare, rest: Vec::new(), ended: false }, give)
    }

    /// The next block, `None` at the end. Only the last block can end within a line, and one with a line too long for a row.
    pub fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut block = self.spare.try_recv().unwrap_or_default();
        block.resize(BLOCK, 0);
        let mut length = self.rest.len();
        if let Some(start) = block.get_mut(..length) {
            start.copy_from_slice(&self.rest);
        }
        while !self.ended && length < BLOCK {
            match self.source.read(block.get_mut(length..).unwrap_or_default()) {
                Ok(0) => self.ended = true,
                Ok(read) => length += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        block.truncate(length);
        let end = block.iter().rposition(|byte| *byte == b'\n').map_or(length, |at| at + 1);
        let end = if self.ended { length } else { end };
        self.rest.clear();
        self.rest.extend_from_slice(block.get(end..).unwrap_or_default());
        block.truncate(end);
        Ok((!block.is_empty()).then_some(block))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a few bytes at a time, as a network does.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let length = to.len().min(70_001);
            self.0.read(to.get_mut(..length).unwrap())
        }
    }

    #[test]
    fn blocks_are_whole_lines_and_together_the_text() {
        let line = "x".repeat(999) + "\n";
        for (text, blocks) in [
            (String::new(), 0),
            (line.clone(), 1),
            (line.repeat(5_000), 5),
            (line.repeat(2_000) + "cut", 2),
            ("y".repeat(BLOCK) + "\n", 2),
        ] {
            let (mut source, spare) = Blocks::new(Slow(text.as_bytes()));
            let (mut all, mut count) = (Vec::new(), 0);
            while let Some(block) = source.next().unwrap() {
                count += 1;
                assert!(block.ends_with(b"\n") || count == blocks || block.len() == BLOCK, "block {count}");
                all.extend_from_slice(&block);
                spare.send(block).unwrap();
            }
            assert_eq!((count, all), (blocks, text.into_bytes()));
        }
    }
}
