//! Exact decimal arithmetic for SQLite: `decimal_cmp`, `decimal_sub`, `decimal_mul` and `decimal_sum`,
//! with the names and meanings that the `sqlite3` shell gives them, so that what `tieout plan` prints
//! runs there as well. Also replaces `lower`, which knows ASCII only, and turns off SQLite's reading of
//! an unknown "column" as a text.
//!
//! Unsafe: SQLite's C interface is the one way to register a function.

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

/// What a function answers.
enum Answer {
    Text(String),
    Number(c_int),
}

/// Answers with what `work` gives; NULL where it gives nothing or panics. A panic must not cross into C.
///
/// # Safety
/// `context` is the one that SQLite called with.
unsafe fn scalar(context: *mut ffi::sqlite3_context, work: impl FnOnce() -> Option<Answer>) {
    let done = catch_unwind(AssertUnwindSafe(work)).unwrap_or(None);
    // SAFETY: the caller's promise.
    unsafe { answer(context, done) };
}

/// Gives an answer to SQLite, which copies a text; NULL where there is none.
///
/// # Safety
/// As `scalar`.
unsafe fn answer(context: *mut ffi::sqlite3_context, answer: Option<Answer>) {
    // SAFETY: the context is SQLite's; a text lives until the call returns and is copied (SQLITE_TRANSIENT).
    unsafe {
        match answer {
            Some(Answer::Text(text)) => {
                let length = c_int::try_from(text.len()).unwrap_or(0);
                let bytes = text.as_ptr().cast::<c_char>();
                ffi::sqlite3_result_text(context, bytes, length, ffi::SQLITE_TRANSIENT());
            }
            Some(Answer::Number(number)) => ffi::sqlite3_result_int(context, number),
            None => ffi::sqlite3_result_null(context),
        }
    }
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
        scalar(context, || Some(Answer::Text(text(values, 0)?.chars().map(folded).collect())));
    }
}

/// What `work` makes of two decimals; NULL where one is missing.
///
/// # Safety
/// `context` is the one that SQLite called with, `values` holds two.
unsafe fn binary(
    context: *mut ffi::sqlite3_context,
    values: *mut *mut ffi::sqlite3_value,
    work: impl FnOnce(&BigDecimal, &BigDecimal) -> Answer,
) {
    // SAFETY: the caller's promise.
    unsafe { scalar(context, || Some(work(&argument(values, 0)?, &argument(values, 1)?))) };
}

unsafe extern "C" fn compare(
    context: *mut ffi::sqlite3_context,
    _: c_int,
    values: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: SQLite calls with two values.
    unsafe {
        binary(context, values, |left, right| {
            Answer::Number(match left.cmp(right) {
                Ordering::Less => -1,
                Ordering::Equal => 0,
                Ordering::Greater => 1,
            })
        });
    };
}

unsafe extern "C" fn subtract(
    context: *mut ffi::sqlite3_context,
    _: c_int,
    values: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: SQLite calls with two values.
    unsafe { binary(context, values, |left, right| Answer::Text((left - right).to_plain_string())) };
}

unsafe extern "C" fn multiply(
    context: *mut ffi::sqlite3_context,
    _: c_int,
    values: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: SQLite calls with two values.
    unsafe { binary(context, values, |left, right| Answer::Text((left * right).to_plain_string())) };
}

/// Works on an aggregate. A panic is an error of the statement: a sum without one of its values would be a wrong one.
///
/// # Safety
/// `context` is the one that SQLite called with.
unsafe fn aggregate(context: *mut ffi::sqlite3_context, work: impl FnOnce()) {
    const BROKEN: &CStr = c"decimal_sum: the numbers cannot be added up";
    if catch_unwind(AssertUnwindSafe(work)).is_err() {
        // SAFETY: the caller's promise; SQLite copies the text, which ends in a zero (-1).
        unsafe { ffi::sqlite3_result_error(context, BROKEN.as_ptr(), -1) };
    }
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
        aggregate(context, || {
            let Some(value) = argument(values, 0) else { return };
            let slot = sum_of(context, size_of::<*mut c_void>());
            if slot.is_null() {
                ffi::sqlite3_result_error_nomem(context);
            } else if (*slot).is_null() {
                *slot = Box::into_raw(Box::new(value));
            } else {
                **slot += value;
            }
        });
    }
}

unsafe extern "C" fn finish(context: *mut ffi::sqlite3_context) {
    // SAFETY: the slot holds what `step` put there, and nobody uses it after this.
    unsafe {
        let slot = sum_of(context, 0);
        if slot.is_null() || (*slot).is_null() {
            return answer(context, None);
        }
        let sum = Box::from_raw(*slot);
        *slot = ptr::null_mut();
        aggregate(context, || answer(context, Some(Answer::Text(sum.to_plain_string()))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{AssertSqlSafe, Connection, Row};

    /// The texts of one row.
    async fn row(connection: &mut SqliteConnection, sql: &str) -> Result<Vec<Option<String>>, sqlx::Error> {
        let row = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_one(connection).await?;
        Ok((0..row.len()).map(|n| row.get_unchecked::<Option<String>, _>(n)).collect())
    }

    fn with_functions(test: impl AsyncFnOnce(SqliteConnection)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let mut connection = SqliteConnection::connect("sqlite::memory:").await.expect("a connection");
            register(&mut connection).await.expect("the functions");
            test(connection).await;
        });
    }

    #[test]
    fn numbers_and_letters() {
        with_functions(async |mut connection| {
            let sql = "SELECT decimal_cmp('1.0', '1'), decimal_sub('0.3', '0.1'), decimal_mul('1.5', '-2'), lower('ÄŸİ'), \
                       decimal_cmp(NULL, '1'), decimal_sub('x', '1'), lower(NULL), \
                       (SELECT decimal_sum(column1) FROM (VALUES ('0.1'), (NULL), ('0.2'))), (SELECT decimal_sum(1) WHERE 0)";
            let found = row(&mut connection, sql).await.expect("a row");
            let found: Vec<Option<&str>> = found.iter().map(Option::as_deref).collect();
            let some =
                [Some("0"), Some("0.2"), Some("-3.0"), Some("äÿİ"), None, None, None, Some("0.3"), None];
            assert_eq!(found, some);
        });
    }

    unsafe extern "C" fn panics(
        context: *mut ffi::sqlite3_context,
        _: c_int,
        _: *mut *mut ffi::sqlite3_value,
    ) {
        // SAFETY: the context is SQLite's.
        unsafe { scalar(context, || panic!("on purpose")) };
    }

    unsafe extern "C" fn panics_at_a_row(
        context: *mut ffi::sqlite3_context,
        _: c_int,
        _: *mut *mut ffi::sqlite3_value,
    ) {
        // SAFETY: the context is SQLite's.
        unsafe { aggregate(context, || panic!("on purpose")) };
    }

    #[test]
    fn a_panic_ends_neither_the_process_nor_a_sum_in_a_wrong_number() {
        with_functions(async |mut connection| {
            {
                let mut handle = connection.lock_handle().await.expect("the handle");
                let database = handle.as_raw_handle().as_ptr();
                let add = |name: &CStr, arguments, function, step, finish| {
                    // SAFETY: as in `register`.
                    check(unsafe {
                        ffi::sqlite3_create_function_v2(
                            database,
                            name.as_ptr(),
                            arguments,
                            ffi::SQLITE_UTF8,
                            ptr::null_mut(),
                            function,
                            step,
                            finish,
                            None,
                        )
                    })
                    .expect("registered");
                };
                add(c"panics", 0, Some(panics), None, None);
                add(c"panics_at_a_row", 1, None, Some(panics_at_a_row), Some(super::finish));
            }
            assert_eq!(row(&mut connection, "SELECT panics()").await.expect("a row"), [None]);
            let error = row(&mut connection, "SELECT panics_at_a_row(1)").await.expect_err("no sum");
            assert!(error.to_string().contains("the numbers cannot be added up"), "{error}");
        });
    }
}
