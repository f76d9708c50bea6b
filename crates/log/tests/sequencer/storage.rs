//! A storage in memory that fails on command: before it writes, or after, so that it lies.

#![allow(clippy::unwrap_used, reason = "helpers of tests may stop at the first surprise")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use consentry_log::{HeadCell, Newer, Objects, Older, Swap};

/// What was made to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed;

impl std::fmt::Display for Failed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("made to fail")
    }
}

/// Which writes fail: those whose path begins so. The head's cell is called `head`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    pub path: &'static str,
    /// Reported as failed, but there.
    pub is_persisted: bool,
}

#[derive(Default)]
pub struct Disk {
    pub objects: BTreeMap<String, Vec<u8>>,
    pub head: Option<Vec<u8>>,
    pub fault: Option<Fault>,
    /// Writes left before the power fails; from then on nothing is written and nothing can be read.
    pub power: Option<u32>,
}

impl Disk {
    fn fails(&mut self, path: &str, write: impl FnOnce(&mut Self)) -> Result<(), Failed> {
        match &mut self.power {
            Some(0) => return Err(Failed),
            Some(left) => *left -= 1,
            None => (),
        }
        match self.fault.filter(|fault| path.starts_with(fault.path)) {
            Some(fault) => {
                if fault.is_persisted {
                    write(self);
                }
                Err(Failed)
            }
            None => {
                write(self);
                Ok(())
            }
        }
    }
}

/// Handles on one disk, as many as there are processes that believe it is theirs.
#[derive(Clone, Default)]
pub struct Shared(pub Rc<RefCell<Disk>>);

impl Shared {
    pub fn set(&self, fault: Option<Fault>) {
        self.0.borrow_mut().fault = fault;
    }

    pub fn object(&self, path: &str) -> Option<Vec<u8>> {
        self.0.borrow().objects.get(path).cloned()
    }
}

impl Objects for Shared {
    type Error = Failed;

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failed> {
        let disk = self.0.borrow();
        if disk.power == Some(0) { Err(Failed) } else { Ok(disk.objects.get(path).cloned()) }
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), Failed> {
        self.0.borrow_mut().fails(path, |disk| {
            let old = disk.objects.insert(path.into(), bytes.into());
            let is_the_same = old.is_none_or(|old| old == bytes);
            assert!(path == "checkpoint" || is_the_same, "{path} was written twice, with other bytes");
        })
    }

    fn delete(&mut self, path: &str) -> Result<(), Failed> {
        assert!(path.starts_with("staging/"), "{path} is for ever");
        self.0.borrow_mut().fails(&format!("delete {path}"), |disk| {
            disk.objects.remove(path);
        })
    }
}

impl HeadCell for Shared {
    type Error = Failed;

    fn read(&self) -> Result<Option<Vec<u8>>, Failed> {
        let disk = self.0.borrow();
        if disk.power == Some(0) { Err(Failed) } else { Ok(disk.head.clone()) }
    }

    fn replace(&mut self, older: Older<Option<&[u8]>>, newer: Newer<&[u8]>) -> Result<Swap, Failed> {
        let mut disk = self.0.borrow_mut();
        if disk.head.as_deref() != older.0 {
            return Ok(Swap::Moved);
        }
        disk.fails("head", |disk| disk.head = Some(newer.0.into())).map(|()| Swap::Done)
    }
}
