//! Tables on standard output.

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
    for row in table {
        let cells = row.as_ref().iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}
