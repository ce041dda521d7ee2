//! Exact decimal arithmetic for SQLite: `decimal_cmp`, `decimal_sub`, `decimal_mul` and `decimal_sum`,
//! with the names and meanings that the `sqlite3` shell gives them, so that what `tieout plan` prints
//! runs there as well. Also replaces `lower`, which knows ASCII only, and turns off SQLite's reading of
//! an unknown "column" as a text.
//!
//! The only unsafe module: SQLite's C interface is the one way to register a function.

use bigdecimal::BigDecimal;
use libsqlite3_sys as ffi;
use sqlx::SqliteConnection;
use std::{
    cmp::Ordering,
    ffi::{CStr, c_char, c_int, c_void},
    panic::{AssertUnwindSafe, catch_unwind},
    ptr, slice,
    str::FromStr,
};

/// Registers the functions on one connection.
///
/// # Errors
/// Where SQLite refuses, which it does only without memory.
pub async fn register(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    type Scalar = unsafe extern "C" fn(*mut ffi::sqlite3_context, c_int, *mut *mut ffi::sqlite3_value);
    let mut handle = connection.lock_handle().await?;
    let database = handle.as_raw_handle().as_ptr();
    let flags = ffi::SQLITE_UTF8 | ffi::SQLITE_DETERMINISTIC;
    let scalars: [(&CStr, c_int, Scalar); 4] = [
        (c"decimal_cmp", 2, compare),
        (c"decimal_sub", 2, subtract),
        (c"decimal_mul", 2, multiply),
        (c"lower", 1, lower),
    ];
    for (name, arguments, function) in scalars {
        // SAFETY: the handle is locked and open; the function has the signature that SQLite asks for
        // and keeps nothing.
        let code = unsafe {
            ffi::sqlite3_create_function_v2(
                database,
                name.as_ptr(),
                arguments,
                flags,
                ptr::null_mut(),
                Some(function),
                None,
                None,
                None,
            )
        };
        check(code)?;
    }
    // SAFETY: as above; `step` and `finish` share the aggregate context that SQLite allocates.
    let code = unsafe {
        ffi::sqlite3_create_function_v2(
            database,
            c"decimal_sum".as_ptr(),
            1,
            flags,
            ptr::null_mut(),
            None,
            Some(step),
            Some(finish),
            None,
        )
    };
    check(code)?;
    for option in [ffi::SQLITE_DBCONFIG_DQS_DML, ffi::SQLITE_DBCONFIG_DQS_DDL] {
        // SAFETY: these options take an int and a pointer to int, which may be null.
        let code = unsafe { ffi::sqlite3_db_config(database, option, 0 as c_int, ptr::null_mut::<c_int>()) };
        check(code)?;
    }
    Ok(())
}

fn check(code: c_int) -> Result<(), sqlx::Error> {
    if code == ffi::SQLITE_OK {
        Ok(())
    } else {
        Err(sqlx::Error::Configuration(format!("SQLite refused a function: code {code}").into()))
    }
}

/// The n-th argument as text; `None` for NULL and for what is not UTF-8.
///
/// # Safety
/// `values` holds more than `n` values, as SQLite promises to its functions, and the text is not used
/// after the function has returned to SQLite.
unsafe fn text<'a>(values: *mut *mut ffi::sqlite3_value, n: usize) -> Option<&'a str> {
    // SAFETY: SQLite keeps the text alive until the function returns; its length is in bytes.
    let text = unsafe {
        let value = *values.add(n);
        let bytes = ffi::sqlite3_value_text(value);
        if bytes.is_null() {
            return None;
        }
        let length = usize::try_from(ffi::sqlite3_value_bytes(value)).ok()?;
        slice::from_raw_parts(bytes, length)
    };
    std::str::from_utf8(text).ok()
}

/// The n-th argument as a decimal; `None` for NULL and for what is not a number.
///
/// # Safety
/// As `text`.
unsafe fn argument(values: *mut *mut ffi::sqlite3_value, n: usize) -> Option<BigDecimal> {
    // SAFETY: the caller's promise.
    BigDecimal::from_str(unsafe { text(values, n) }?).ok()
}

/// Letter by letter, as the servers do: no letter depends on its neighbours or becomes two.
unsafe extern "C" fn lower(
    context: *mut ffi::sqlite3_context,
    _: c_int,
    values: *mut *mut ffi::sqlite3_value,
) {
    let folded = |letter: char| {
        let mut lower = letter.to_lowercase();
        if lower.len() == 1 { lower.next().unwrap_or(letter) } else { letter }
    };
    // SAFETY: registered with one argument; the context is SQLite's.
    unsafe {
        match text(values, 0) {
            Some(text) => answer(context, &text.chars().map(folded).collect::<String>()),
            None => ffi::sqlite3_result_null(context),
        }
    }
}

/// Gives `text` to SQLite, which copies it.
///
/// # Safety
/// `context` is the one that SQLite called with.
unsafe fn answer(context: *mut ffi::sqlite3_context, text: &str) {
    let length = c_int::try_from(text.len()).unwrap_or(0);
    // SAFETY: the text lives until the call returns and is copied (SQLITE_TRANSIENT).
    unsafe {
        ffi::sqlite3_result_text(context, text.as_ptr().cast::<c_char>(), length, ffi::SQLITE_TRANSIENT());
    }
}

/// Runs `work` on both arguments; NULL where one is missing or anything panics.
unsafe fn binary(
    context: *mut ffi::sqlite3_context,
    values: *mut *mut ffi::sqlite3_value,
    work: impl FnOnce(&BigDecimal, &BigDecimal) -> String,
) {
    // SAFETY: registered with two arguments.
    let (left, right) = unsafe { (argument(values, 0), argument(values, 1)) };
    // A panic must not cross into C.
    let done = catch_unwind(AssertUnwindSafe(|| Some(work(&left?, &right?)))).unwrap_or(None);
    match done {
        // SAFETY: the context is SQLite's.
        Some(text) => unsafe { answer(context, &text) },
        // SAFETY: as above.
        None => unsafe { ffi::sqlite3_result_null(context) },
    }
}

unsafe extern "C" fn compare(
    context: *mut ffi::sqlite3_context,
    _: c_int,
    values: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: SQLite calls with two values.
    let (left, right) = unsafe { (argument(values, 0), argument(values, 1)) };
    let (Some(left), Some(right)) = (left, right) else {
        // SAFETY: the context is SQLite's.
        return unsafe { ffi::sqlite3_result_null(context) };
    };
    let order = match left.cmp(&right) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    };
    // SAFETY: as above.
    unsafe { ffi::sqlite3_result_int(context, order) };
}

unsafe extern "C" fn subtract(
    context: *mut ffi::sqlite3_context,
    _: c_int,
    values: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: SQLite calls with two values.
    unsafe { binary(context, values, |left, right| (left - right).to_plain_string()) };
}

unsafe extern "C" fn multiply(
    context: *mut ffi::sqlite3_context,
    _: c_int,
    values: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: SQLite calls with two values.
    unsafe { binary(context, values, |left, right| (left * right).to_plain_string()) };
}

/// The aggregate's memory: null until the first row.
unsafe fn sum_of(context: *mut ffi::sqlite3_context, size: usize) -> *mut *mut BigDecimal {
    let size = c_int::try_from(size).unwrap_or(0);
    // SAFETY: SQLite zeroes the memory at first use and frees it after `finish`.
    unsafe { ffi::sqlite3_aggregate_context(context, size).cast::<*mut BigDecimal>() }
}

unsafe extern "C" fn step(
    context: *mut ffi::sqlite3_context,
    _: c_int,
    values: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: registered with one argument; the slot is this aggregate's own.
    unsafe {
        let Some(value) = argument(values, 0) else { return };
        let slot = sum_of(context, size_of::<*mut c_void>());
        if slot.is_null() {
            ffi::sqlite3_result_error_nomem(context);
        } else if (*slot).is_null() {
            *slot = Box::into_raw(Box::new(value));
        } else {
            **slot += value;
        }
    }
}

unsafe extern "C" fn finish(context: *mut ffi::sqlite3_context) {
    // SAFETY: the slot holds what `step` put there, and nobody uses it after this.
    unsafe {
        let slot = sum_of(context, 0);
        if slot.is_null() || (*slot).is_null() {
            return ffi::sqlite3_result_null(context);
        }
        let sum = Box::from_raw(*slot);
        *slot = ptr::null_mut();
        answer(context, &sum.to_plain_string());
    }
}
