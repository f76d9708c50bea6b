//! One column of a group of rows in memory, for each kind of column, until the group is full and written.

use std::borrow::Cow;
use std::io::Write;
use std::ops::Range;

use bytes::Bytes;
use consentry_api::pairs;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int64Type};
use parquet::errors::{ParquetError as Library, Result};
use parquet::file::writer::SerializedRowGroupWriter;

use super::CellError;
use super::clock::Clock;

/// Takes a field of a row.
pub trait Push<T: ?Sized> {
    /// Appends it, or says why it could not come back.
    fn push(&mut self, value: &T) -> std::result::Result<(), CellError>;
}

/// Values of a fixed size and, for each row, whether it has one.
#[derive(Debug, Default)]
pub struct Values<T> {
    values: Vec<T>,
    levels: Vec<i16>,
}

impl<T> Values<T> {
    fn add(&mut self, value: Option<T>) {
        self.levels.push(i16::from(value.is_some()));
        self.values.extend(value);
    }

    fn write<D: DataType<T = T>>(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, impl Write + Send>,
    ) -> Result<()> {
        put::<D>(group, &self.values, &self.levels, None)?;
        self.values.clear();
        self.levels.clear();
        Ok(())
    }
}

/// Whole numbers.
#[derive(Debug, Default)]
pub struct Number(Values<i64>);

impl Push<u8> for Number {
    fn push(&mut self, value: &u8) -> std::result::Result<(), CellError> {
        self.0.add(Some((*value).into()));
        Ok(())
    }
}

impl Push<u64> for Number {
    fn push(&mut self, value: &u64) -> std::result::Result<(), CellError> {
        self.0.add(Some(i64::try_from(*value).map_err(|_| CellError::Number)?));
        Ok(())
    }
}

impl Push<Option<u32>> for Number {
    fn push(&mut self, value: &Option<u32>) -> std::result::Result<(), CellError> {
        self.0.add(value.map(i64::from));
        Ok(())
    }
}

impl Push<Option<u64>> for Number {
    fn push(&mut self, value: &Option<u64>) -> std::result::Result<(), CellError> {
        self.0.add(value.map(i64::try_from).transpose().map_err(|_| CellError::Number)?);
        Ok(())
    }
}

impl Number {
    pub fn write(&mut self, group: &mut SerializedRowGroupWriter<'_, impl Write + Send>) -> Result<()> {
        self.0.write::<Int64Type>(group)
    }
}

/// Yes, no, or nothing.
#[derive(Debug, Default)]
pub struct Flag(Values<bool>);

impl Push<Option<bool>> for Flag {
    fn push(&mut self, value: &Option<bool>) -> std::result::Result<(), CellError> {
        self.0.add(*value);
        Ok(())
    }
}

impl Flag {
    pub fn write(&mut self, group: &mut SerializedRowGroupWriter<'_, impl Write + Send>) -> Result<()> {
        self.0.write::<BoolType>(group)
    }
}

/// Times.
#[derive(Debug, Default)]
pub struct Time(Values<i64>, Clock);

impl Push<Cow<'_, str>> for Time {
    fn push(&mut self, value: &Cow<'_, str>) -> std::result::Result<(), CellError> {
        let time = match &**value {
            "" => None,
            text => Some(self.1.parse(text).ok_or(CellError::Time)?),
        };
        self.0.add(time);
        Ok(())
    }
}

impl Time {
    pub fn write(&mut self, group: &mut SerializedRowGroupWriter<'_, impl Write + Send>) -> Result<()> {
        self.0.write::<Int64Type>(group)
    }
}

/// Texts, one after the other; the same one many times in a row is there once.
#[derive(Debug, Default)]
pub struct Text {
    text: Vec<u8>,
    places: Vec<Range<usize>>,
    levels: Vec<i16>,
}

/// Texts that hardly ever come twice.
pub type Unique = Text;

impl Text {
    /// Takes what was written behind the last text as the next one.
    fn close(&mut self) {
        let start = self.places.last().map_or(0, |last| last.end);
        let last = self.places.last().and_then(|last| self.text.get(last.clone()));
        if last.is_some() && last == self.text.get(start..) {
            self.text.truncate(start);
            self.places.extend(self.places.last().cloned());
        } else {
            self.places.push(start..self.text.len());
        }
    }

    fn add(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
        self.close();
    }

    /// How much memory the texts take.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The texts, all of them parts of one piece of memory, which the column writer lets go when it is done.
    fn take(&mut self) -> Vec<ByteArray> {
        let text = Bytes::from(std::mem::take(&mut self.text));
        self.places.drain(..).map(|place| ByteArray::from(text.slice(place))).collect()
    }

    pub fn write(&mut self, group: &mut SerializedRowGroupWriter<'_, impl Write + Send>) -> Result<()> {
        let values = self.take();
        put::<ByteArrayType>(group, &values, &self.levels, None)?;
        self.levels.clear();
        Ok(())
    }
}

impl Push<Cow<'_, str>> for Text {
    fn push(&mut self, value: &Cow<'_, str>) -> std::result::Result<(), CellError> {
        self.levels.push(i16::from(!value.is_empty()));
        if !value.is_empty() {
            self.add(value);
        }
        Ok(())
    }
}

/// Names and flags, as a text.
#[derive(Debug, Default)]
pub struct Pairs(Text);

impl Push<pairs::Pairs<'_>> for Pairs {
    fn push(&mut self, value: &pairs::Pairs<'_>) -> std::result::Result<(), CellError> {
        if value.0.iter().any(|(name, _)| name.is_empty() || name.contains(['=', ';'])) {
            return Err(CellError::Pairs);
        }
        self.0.levels.push(i16::from(!value.is_empty()));
        let mut separator: &[u8] = b"";
        for (name, flag) in &value.0 {
            self.0.text.extend_from_slice(separator);
            self.0.text.extend_from_slice(name.as_bytes());
            self.0.text.extend_from_slice(if *flag { b"=true" } else { b"=false" });
            separator = b";";
        }
        if !value.is_empty() {
            self.0.close();
        }
        Ok(())
    }
}

impl Pairs {
    pub fn bytes(&self) -> usize {
        self.0.bytes()
    }

    pub fn write(&mut self, group: &mut SerializedRowGroupWriter<'_, impl Write + Send>) -> Result<()> {
        self.0.write(group)
    }
}

/// Lists of texts.
#[derive(Debug, Default)]
pub struct List {
    texts: Text,
    repetitions: Vec<i16>,
}

impl Push<Vec<Cow<'_, str>>> for List {
    fn push(&mut self, value: &Vec<Cow<'_, str>>) -> std::result::Result<(), CellError> {
        if value.is_empty() {
            self.texts.levels.push(0);
            self.repetitions.push(0);
        }
        for (text, nth) in value.iter().zip(0..) {
            self.texts.add(text);
            self.texts.levels.push(1);
            self.repetitions.push((nth > 0).into());
        }
        Ok(())
    }
}

impl List {
    pub fn bytes(&self) -> usize {
        self.texts.bytes()
    }

    pub fn write(&mut self, group: &mut SerializedRowGroupWriter<'_, impl Write + Send>) -> Result<()> {
        let values = self.texts.take();
        put::<ByteArrayType>(group, &values, &self.texts.levels, Some(&self.repetitions))?;
        self.texts.levels.clear();
        self.repetitions.clear();
        Ok(())
    }
}

/// Values of a fixed size: memory enough is known.
macro_rules! weightless {
    ($($kind:ident),*) => { $(impl $kind {
        /// Its values have a fixed size.
        pub const fn bytes(&self) -> usize { 0 }
    })* };
}
weightless!(Number, Flag, Time);

fn put<D: DataType>(
    group: &mut SerializedRowGroupWriter<'_, impl Write + Send>,
    values: &[D::T],
    levels: &[i16],
    repetitions: Option<&[i16]>,
) -> Result<()> {
    let missing = || Library::General("the file has fewer columns than a row".into());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column.typed::<D>().write_batch(values, Some(levels), repetitions)?;
    column.close()
}
