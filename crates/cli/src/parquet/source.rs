//! A file that several threads read at once: each keeps its own place. (The library's own way shares one place among all.)

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::errors::{ParquetError as Library, Result};
use parquet::file::reader::{ChunkReader, Length};

/// The file, and how long it was when it was opened.
#[derive(Clone)]
pub struct Source {
    file: Arc<Mutex<File>>,
    length: u64,
}

impl Source {
    pub fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { file: Arc::new(Mutex::new(file)), length })
    }
}

impl Length for Source {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Source {
    type T = BufReader<Place>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(BufReader::with_capacity(64 * 1024, Place { source: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // Looked at before memory is asked for: a damaged file may say anything.
        if start.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(Library::EOF("the file ends before what it says to have".into()));
        }
        let mut bytes = vec![0; length];
        Place { source: self.clone(), at: start }.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// A place in the file.
pub struct Place {
    source: Source,
    at: u64,
}

impl Read for Place {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Whoever panicked while holding it left nothing half done: the place is set anew each time.
        let mut file = self.source.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}
