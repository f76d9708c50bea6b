//! Writes rows to a Parquet file, a group of them at a time.

use std::io::Write;
use std::sync::Arc;

use consentry_api::export::ExportRow;
use parquet::basic::{Compression, Encoding};
use parquet::errors::Result as LibraryResult;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::ColumnPath;

use super::buffer::{self, Push};
use super::{COLUMNS, CellError, GROUP, Kind, ParquetError, for_each_column, schema};

/// A group ends early when its texts are this large, in bytes: policies are long, and memory is not to depend on them.
const LARGEST_GROUP: usize = 64 * 1024 * 1024;

macro_rules! buffers {
    ($($name:ident: $kind:ident,)*) => {
        /// A group of rows, column by column.
        #[derive(Default)]
        struct Buffers {
            $($name: buffer::$kind,)*
            categories_alone: Vec<buffer::Flag>,
        }

        impl Buffers {
            fn push(&mut self, row: &ExportRow<'_>, ids: &[String]) -> Result<(), (&'static str, CellError)> {
                // All fields, by name: a row that has a new one does not compile until it has a column.
                let ExportRow { $($name),* } = row;
                $(self.$name.push($name).map_err(|problem| (stringify!($name), problem))?;)*
                if row.categories.0.iter().any(|(id, _)| !ids.iter().any(|known| known == id)) {
                    return Err(("categories", CellError::Category));
                }
                for (id, column) in ids.iter().zip(&mut self.categories_alone) {
                    column.push(&row.categories.get(id)).map_err(|problem| ("categories", problem))?;
                }
                Ok(())
            }

            fn bytes(&self) -> usize {
                0 $(+ self.$name.bytes())*
            }

            fn write(&mut self, group: &mut SerializedRowGroupWriter<'_, impl Write + Send>) -> LibraryResult<()> {
                $(self.$name.write(group)?;)*
                self.categories_alone.iter_mut().try_for_each(|column| column.write(group))
            }
        }
    };
}
for_each_column!(buffers);

/// Writes rows.
pub struct ParquetWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
    categories: Vec<String>,
    buffers: Buffers,
    rows: u64,
    /// Rows that are still in memory.
    waiting: usize,
}

impl<W: Write + Send> ParquetWriter<W> {
    /// Begins a file with a column for each of these categories, in this order. A row with another one is refused.
    pub fn new(out: W, categories: Vec<String>) -> Result<Self, ParquetError> {
        let file = SerializedFileWriter::new(out, schema(&categories)?, Arc::new(properties()))?;
        let mut buffers = Buffers::default();
        buffers.categories_alone.resize_with(categories.len(), buffer::Flag::default);
        Ok(Self { file, categories, buffers, rows: 0, waiting: 0 })
    }

    /// Appends a row. After an error the file is of no use.
    pub fn push(&mut self, row: &ExportRow<'_>) -> Result<(), ParquetError> {
        self.rows += 1;
        self.buffers.push(row, &self.categories).map_err(|(column, problem)| ParquetError::Cell {
            row: self.rows,
            column: column.into(),
            problem,
        })?;
        self.waiting += 1;
        if self.waiting == GROUP || self.buffers.bytes() >= LARGEST_GROUP {
            self.flush()?;
        }
        Ok(())
    }

    /// Ends the file; hands back what it was written to.
    pub fn finish(mut self) -> Result<W, ParquetError> {
        if self.waiting > 0 {
            self.flush()?;
        }
        Ok(self.file.into_inner()?)
    }

    fn flush(&mut self) -> Result<(), ParquetError> {
        let mut group = self.file.next_row_group()?;
        self.buffers.write(&mut group)?;
        group.close()?;
        self.waiting = 0;
        Ok(())
    }
}

fn properties() -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_created_by(concat!("consentry ", env!("CARGO_PKG_VERSION")).into())
        .set_key_value_metadata(Some(vec![KeyValue::new(
            "consentry.format".into(),
            consentry_api::snapshot::MANIFEST_FORMAT.to_owned(),
        )]))
        .set_compression(Compression::SNAPPY)
        // Smallest and largest of a group let readers skip it; those of a page are more bytes than they are worth.
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true);
    for (name, kind) in COLUMNS {
        let path = ColumnPath::from(*name);
        match kind {
            Kind::Number | Kind::Time => {
                properties = properties
                    .set_column_dictionary_enabled(path.clone(), false)
                    .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
            }
            Kind::Unique => {
                properties = properties
                    .set_column_dictionary_enabled(path.clone(), false)
                    .set_column_encoding(path.clone(), Encoding::PLAIN)
                    .set_column_statistics_enabled(path, EnabledStatistics::None);
            }
            Kind::Text | Kind::Flag | Kind::Pairs | Kind::List => {}
        }
    }
    properties.build()
}
