//! Reads the rows of a Parquet file back, one after the other, without memory of its own for each.

use std::fs::File;

use consentry_api::export::ExportRow;
use parquet::errors::{ParquetError as Library, Result as LibraryResult};
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};

use super::cursor::{self, Column, Take};
use super::guard::guarded;
use super::source::Source;
use super::{CellError, ParquetError, categories, for_each_column, schema};

/// Rows in memory at a time.
const BATCH: usize = 2_048;

macro_rules! columns {
    ($($name:ident: $kind:ident,)*) => {
        /// A group of rows being read, column by column.
        struct Columns {
            $($name: cursor::$kind,)*
            categories_alone: Vec<cursor::Flag>,
        }

        impl Columns {
            fn open(group: &dyn RowGroupReader, categories: usize) -> LibraryResult<Self> {
                let mut columns = 0..;
                let mut next = || columns.next().unwrap_or_default();
                $(let $name = cursor::$kind::open(group, next())?;)*
                let alone = (0..categories).map(|_| cursor::Flag::open(group, next()));
                let categories_alone = alone.collect::<LibraryResult<_>>()?;
                Ok(Self { $($name,)* categories_alone })
            }

            /// Reads so many rows of each column, or names the first column that has not as many.
            fn fill(&mut self, rows: usize) -> LibraryResult<Result<(), &'static str>> {
                $(if self.$name.fill(rows)? != rows { return Ok(Err(stringify!($name))); })*
                for column in &mut self.categories_alone {
                    if column.fill(rows)? != rows {
                        return Ok(Err("categories"));
                    }
                }
                Ok(Ok(()))
            }

            fn cursors(&self) -> Cursors<'_> {
                Cursors {
                    $($name: self.$name.cursor(),)*
                    categories_alone: self.categories_alone.iter().map(cursor::Flag::cursor).collect(),
                }
            }

            /// True if every column is at its end.
            fn is_at_end(&mut self) -> LibraryResult<bool> {
                $(if self.$name.fill(1)? != 0 { return Ok(false); })*
                for column in &mut self.categories_alone {
                    if column.fill(1)? != 0 {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
        }

        /// Where we are in a batch.
        struct Cursors<'a> {
            $($name: <cursor::$kind as Column>::Cursor<'a>,)*
            categories_alone: Vec<<cursor::Flag as Column>::Cursor<'a>>,
        }

        impl<'a> Cursors<'a> {
            /// Makes the row the next one. Every field is set.
            fn next(&mut self, row: &mut ExportRow<'a>, ids: &[String]) -> Result<(), (&'static str, CellError)> {
                $(self.$name.take(&mut row.$name).map_err(|problem| (stringify!($name), problem))?;)*
                for (id, cursor) in ids.iter().zip(&mut self.categories_alone) {
                    let mut flag = None;
                    cursor.take(&mut flag).map_err(|problem| ("categories", problem))?;
                    // Whoever looks at a category's own column must see what was hashed.
                    if flag != row.categories.get(id) {
                        return Err(("categories", CellError::Category));
                    }
                }
                Ok(())
            }
        }
    };
}

for_each_column!(columns);

/// A Parquet file with the columns of an export.
pub struct ParquetReader {
    file: SerializedFileReader<Source>,
    categories: Vec<String>,
    /// For each group, how many rows are before it.
    before: Vec<u64>,
    rows: u64,
}

impl ParquetReader {
    /// Opens a file, if its columns are those that [`super::ParquetWriter`] writes.
    pub fn open(file: File) -> Result<Self, ParquetError> {
        let source = Source::new(file).map_err(Library::from)?;
        let file = guarded(|| SerializedFileReader::new(source))?;
        let metadata = file.metadata();
        let found = metadata.file_metadata().schema();
        let categories = categories(found);
        let expected = schema(&categories)?;
        if expected.get_fields() != found.get_fields() {
            let names = found.get_fields().iter().map(|field| field.name()).collect::<Vec<_>>().join(", ");
            return Err(ParquetError::Columns(names));
        }
        let mut rows = 0_u64;
        let mut before = Vec::with_capacity(metadata.num_row_groups());
        for group in metadata.row_groups() {
            before.push(rows);
            rows = rows.saturating_add(u64::try_from(group.num_rows()).unwrap_or_default());
        }
        Ok(Self { file, categories, before, rows })
    }

    /// How many rows it says to have.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// How many groups of rows there are. They can be read at the same time, on several threads.
    pub fn groups(&self) -> usize {
        self.before.len()
    }

    /// Calls `visit` with every row and its number, counted from 1, until it fails.
    pub fn visit<E: From<ParquetError>>(
        &self,
        mut visit: impl FnMut(u64, &ExportRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        (0..self.groups()).try_for_each(|group| self.visit_group(group, &mut visit))
    }

    /// [`Self::visit`] for the rows of one group.
    pub fn visit_group<E: From<ParquetError>>(
        &self,
        group: usize,
        mut visit: impl FnMut(u64, &ExportRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut number = self.before.get(group).copied().unwrap_or(self.rows);
        let group = self.file.get_row_group(group).map_err(ParquetError::from)?;
        let mut left = usize::try_from(group.metadata().num_rows()).unwrap_or_default();
        let columns = guarded(|| Columns::open(&*group, self.categories.len()));
        let mut columns = columns.map_err(ParquetError::from)?;
        while left > 0 {
            let rows = left.min(BATCH);
            let missing = |column: &str| ParquetError::Cell {
                row: number + 1,
                column: column.into(),
                problem: CellError::Missing,
            };
            guarded(|| columns.fill(rows)).map_err(ParquetError::from)?.map_err(missing)?;
            let mut cursors = columns.cursors();
            let mut row = ExportRow::default();
            for _ in 0..rows {
                number += 1;
                cursors.next(&mut row, &self.categories).map_err(|(column, problem)| ParquetError::Cell {
                    row: number,
                    column: column.into(),
                    problem,
                })?;
                visit(number, &row)?;
            }
            left -= rows;
        }
        if guarded(|| columns.is_at_end()).map_err(ParquetError::from)? {
            return Ok(());
        }
        Err(ParquetError::Columns("some of them go on behind the last row".into()).into())
    }
}
