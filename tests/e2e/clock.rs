//! A wall clock that can be turned: loaded into workerd before the C library (`LD_PRELOAD`), it adds as many seconds as the file
//! named by `OTHER_CLOCK` says. Compiled by the journey that uses it; libfaketime makes workerd hang before it starts.

use std::ffi::{c_char, c_int, c_long, c_void};

#[cfg(target_arch = "x86_64")]
const CLOCK_GETTIME: c_long = 228;
#[cfg(target_arch = "aarch64")]
const CLOCK_GETTIME: c_long = 113;
/// The wall clock.
const REALTIME: c_int = 0;

/// `struct timespec`.
#[repr(C)]
pub struct Time {
    seconds: i64,
    nanoseconds: c_long,
}

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
    fn getenv(name: *const c_char) -> *const c_char;
    fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    fn read(file: c_int, into: *mut c_void, length: usize) -> isize;
    fn close(file: c_int) -> c_int;
}

/// In place of the C library's. Nothing here may allocate: whoever allocates asks for the time first.
///
/// # Safety
/// As for the C library's: `time` points to writable memory or is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(clock: c_int, time: *mut Time) -> c_int {
    let done = unsafe { syscall(CLOCK_GETTIME, clock, time) } as c_int;
    if clock == REALTIME
        && done == 0
        && let Some(time) = unsafe { time.as_mut() }
    {
        time.seconds += unsafe { offset() };
    }
    done
}

/// What the file says: a whole number of seconds, or nothing.
unsafe fn offset() -> i64 {
    let path = unsafe { getenv(c"OTHER_CLOCK".as_ptr()) };
    if path.is_null() {
        return 0;
    }
    let file = unsafe { open(path, 0) };
    let mut text = [0_u8; 24];
    let length = unsafe { read(file, text.as_mut_ptr().cast(), text.len()) };
    unsafe { close(file) };
    let text = usize::try_from(length).ok().and_then(|length| text.get(..length)).unwrap_or_default();
    let digits = text.iter().filter(|byte| byte.is_ascii_digit());
    let number = digits.fold(0, |number: i64, digit| number * 10 + i64::from(digit - b'0'));
    if text.first() == Some(&b'-') { -number } else { number }
}
