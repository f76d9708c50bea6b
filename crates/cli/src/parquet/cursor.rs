//! One column while it is read, for each kind of column: a batch of its values in memory, and a cursor that hands them out.
//!
//! A column fills itself with a batch, in memory it keeps; then a cursor walks over the batch, and rows borrow from it.

use std::borrow::Cow;
use std::slice::Iter;

use consentry_api::pairs;
use parquet::column::reader::{ColumnReaderImpl, get_typed_column_reader};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int64Type};
use parquet::errors::Result as LibraryResult;
use parquet::file::reader::RowGroupReader;

use super::CellError;
use super::clock::{Clock, LENGTH};

type Result<T> = std::result::Result<T, CellError>;

/// A column of a group of rows.
pub trait Column: Sized {
    /// Where we are in a batch.
    type Cursor<'a>
    where
        Self: 'a;

    /// Opens a column by its number.
    fn open(group: &dyn RowGroupReader, column: usize) -> LibraryResult<Self>;

    /// Reads so many rows; how many there were.
    fn fill(&mut self, rows: usize) -> LibraryResult<usize>;

    /// The beginning of what was read.
    fn cursor(&self) -> Self::Cursor<'_>;
}

/// Hands out the field of the next row.
pub trait Take<T> {
    /// Sets the field.
    fn take(&mut self, field: &mut T) -> Result<()>;
}

/// The values of a batch as the library reads them: those that are there, and for each row whether it has one.
pub struct Batch<D: DataType> {
    reader: ColumnReaderImpl<D>,
    values: Vec<D::T>,
    levels: Vec<i16>,
    repetitions: Vec<i16>,
}

impl<D: DataType> Column for Batch<D> {
    type Cursor<'a> = Cursor<'a, D::T>;

    fn open(group: &dyn RowGroupReader, column: usize) -> LibraryResult<Self> {
        let reader = get_typed_column_reader(group.get_column_reader(column)?);
        Ok(Self { reader, values: Vec::new(), levels: Vec::new(), repetitions: Vec::new() })
    }

    fn fill(&mut self, rows: usize) -> LibraryResult<usize> {
        self.values.clear();
        self.levels.clear();
        self.repetitions.clear();
        let (levels, repetitions) = (Some(&mut self.levels), Some(&mut self.repetitions));
        let (read, _, _) = self.reader.read_records(rows, levels, repetitions, &mut self.values)?;
        Ok(read)
    }

    fn cursor(&self) -> Cursor<'_, D::T> {
        Cursor { levels: self.levels.iter(), values: self.values.iter() }
    }
}

/// Where we are in a batch.
pub struct Cursor<'a, T> {
    levels: Iter<'a, i16>,
    values: Iter<'a, T>,
}

impl<'a, T> Cursor<'a, T> {
    /// The next row's value, if it has one.
    fn next(&mut self) -> Result<Option<&'a T>> {
        match self.levels.next() {
            None => Err(CellError::Missing),
            Some(0) => Ok(None),
            Some(_) => self.values.next().ok_or(CellError::Missing).map(Some),
        }
    }
}

/// Whole numbers.
pub type Number = Batch<Int64Type>;

macro_rules! whole {
    ($($number:ty),*) => { $(
        impl Take<Option<$number>> for Cursor<'_, i64> {
            fn take(&mut self, field: &mut Option<$number>) -> Result<()> {
                let number = self.next()?.map(|number| <$number>::try_from(*number));
                *field = number.transpose().map_err(|_| CellError::Number)?;
                Ok(())
            }
        }

        impl Take<$number> for Cursor<'_, i64> {
            fn take(&mut self, field: &mut $number) -> Result<()> {
                let mut number = None;
                self.take(&mut number)?;
                *field = number.ok_or(CellError::Number)?;
                Ok(())
            }
        }
    )* };
}
whole!(u8, u32, u64);

/// Yes, no, or nothing.
pub type Flag = Batch<BoolType>;

impl Take<Option<bool>> for Cursor<'_, bool> {
    fn take(&mut self, field: &mut Option<bool>) -> Result<()> {
        *field = self.next()?.copied();
        Ok(())
    }
}

/// Texts.
pub type Text = Batch<ByteArrayType>;

/// Texts that hardly ever come twice.
pub type Unique = Text;

impl<'a> Cursor<'a, ByteArray> {
    /// The next row's text; empty where there is none.
    fn text(&mut self) -> Result<&'a str> {
        match self.next()? {
            None => Ok(""),
            Some(value) => utf8(value).filter(|text| !text.is_empty()).ok_or(CellError::Text),
        }
    }
}

/// A file says of a text that it is UTF-8, which proves nothing.
fn utf8(value: &ByteArray) -> Option<&str> {
    value.as_utf8().ok()
}

impl<'a> Take<Cow<'a, str>> for Cursor<'a, ByteArray> {
    fn take(&mut self, field: &mut Cow<'a, str>) -> Result<()> {
        *field = Cow::Borrowed(self.text()?);
        Ok(())
    }
}

/// Times. All of a batch are put into words at once, for rows to borrow.
pub struct Time {
    batch: Batch<Int64Type>,
    clock: Clock,
    words: String,
}

impl Column for Time {
    type Cursor<'a> = Times<'a>;

    fn open(group: &dyn RowGroupReader, column: usize) -> LibraryResult<Self> {
        Ok(Self { batch: Batch::open(group, column)?, clock: Clock::default(), words: String::new() })
    }

    fn fill(&mut self, rows: usize) -> LibraryResult<usize> {
        let read = self.batch.fill(rows)?;
        self.words.clear();
        for time in &self.batch.values {
            if self.clock.print(*time, &mut self.words).is_none() {
                // As long as a time, and none: the row that has it is named when it is its turn.
                self.words.push_str("------------------------");
            }
        }
        Ok(read)
    }

    fn cursor(&self) -> Times<'_> {
        Times { levels: self.batch.levels.iter(), words: &self.words }
    }
}

/// Where we are in a batch of times.
pub struct Times<'a> {
    levels: Iter<'a, i16>,
    words: &'a str,
}

impl<'a> Take<Cow<'a, str>> for Times<'a> {
    fn take(&mut self, field: &mut Cow<'a, str>) -> Result<()> {
        let text = match self.levels.next() {
            None => return Err(CellError::Missing),
            Some(0) => "",
            Some(_) => {
                let (word, rest) = self.words.split_at_checked(LENGTH).ok_or(CellError::Missing)?;
                self.words = rest;
                word
            }
        };
        if text.starts_with('-') {
            return Err(CellError::Time);
        }
        *field = Cow::Borrowed(text);
        Ok(())
    }
}

/// Names and flags, as a text.
pub struct Pairs(Text);

impl Column for Pairs {
    type Cursor<'a> = PairsCursor<'a>;

    fn open(group: &dyn RowGroupReader, column: usize) -> LibraryResult<Self> {
        Text::open(group, column).map(Self)
    }

    fn fill(&mut self, rows: usize) -> LibraryResult<usize> {
        self.0.fill(rows)
    }

    fn cursor(&self) -> PairsCursor<'_> {
        PairsCursor { texts: self.0.cursor(), last: "" }
    }
}

/// Where we are in a batch of names and flags.
pub struct PairsCursor<'a> {
    texts: Cursor<'a, ByteArray>,
    /// What the row has now: there are few different ones, so mostly there is nothing to do.
    last: &'a str,
}

impl<'a> Take<pairs::Pairs<'a>> for PairsCursor<'a> {
    fn take(&mut self, field: &mut pairs::Pairs<'a>) -> Result<()> {
        let text = self.texts.text()?;
        if text == self.last {
            return Ok(());
        }
        self.last = text;
        field.0.clear();
        // An empty text is no pair, not one without a name.
        for pair in text.split(';').filter(|_| !text.is_empty()) {
            let (name, flag) = match pair.split_once('=') {
                Some((name, "true")) => (name, true),
                Some((name, "false")) => (name, false),
                _ => return Err(CellError::Pairs),
            };
            if name.is_empty() {
                return Err(CellError::Pairs);
            }
            field.0.push((Cow::Borrowed(name), flag));
        }
        Ok(())
    }
}

/// Lists of texts.
pub struct List(Text);

impl Column for List {
    type Cursor<'a> = ListCursor<'a>;

    fn open(group: &dyn RowGroupReader, column: usize) -> LibraryResult<Self> {
        Text::open(group, column).map(Self)
    }

    fn fill(&mut self, rows: usize) -> LibraryResult<usize> {
        self.0.fill(rows)
    }

    fn cursor(&self) -> ListCursor<'_> {
        ListCursor { texts: self.0.cursor(), repetitions: self.0.repetitions.iter() }
    }
}

/// Where we are in a batch of lists.
pub struct ListCursor<'a> {
    texts: Cursor<'a, ByteArray>,
    /// 0 begins a row, 1 goes on with it.
    repetitions: Iter<'a, i16>,
}

impl<'a> Take<Vec<Cow<'a, str>>> for ListCursor<'a> {
    fn take(&mut self, field: &mut Vec<Cow<'a, str>>) -> Result<()> {
        field.clear();
        if self.repetitions.next() != Some(&0) {
            return Err(CellError::Missing);
        }
        loop {
            if let Some(value) = self.texts.next()? {
                field.push(Cow::Borrowed(utf8(value).ok_or(CellError::Text)?));
            }
            if self.repetitions.as_slice().first() != Some(&1) {
                return Ok(());
            }
            self.repetitions.next();
        }
    }
}
