//! Keeps the library's own stumbling over damaged files from ending the program.
//!
//! A file that somebody tampered with is what reading is for here, and the library panics at some of them. Only its own calls
//! are guarded: a mistake of ours ends the program as anywhere else. Where panics abort there is nothing to guard.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use parquet::errors::{ParquetError as Library, Result};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Calls the library; a panic in it is an error. What it was called on must not be used any more then.
pub fn guarded<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let loud = take_hook();
        set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                loud(panic);
            }
        }));
    });
    GUARDED.set(true);
    let result = catch_unwind(AssertUnwindSafe(call));
    GUARDED.set(false);
    result.unwrap_or_else(|_| Err(Library::General("the file is damaged".into())))
}
