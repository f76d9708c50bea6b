//! Tables, and other long texts, on standard output.

use std::io::{ErrorKind, Write, stdout};

/// Prints rows with every column as wide as its widest cell, two spaces apart.
pub fn print<R: AsRef<[String]>>(table: &[R]) {
    let mut widths: Vec<usize> = Vec::new();
    for row in table {
        for (at, cell) in row.as_ref().iter().enumerate() {
            let width = cell.chars().count();
            match widths.get_mut(at) {
                Some(known) => *known = width.max(*known),
                None => widths.push(width),
            }
        }
    }
    let mut text = String::new();
    for row in table {
        let cells = row.as_ref().iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        text += cells.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
    }
    put(&text);
}

/// Writes a text. Whoever reads may stop early (`… | head`); that is no failure.
pub fn put(text: &str) {
    let mut out = stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush())
        && error.kind() != ErrorKind::BrokenPipe
    {
        eprintln!("standard output cannot be written: {error}");
    }
}
