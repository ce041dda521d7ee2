//! What a run asks of ours, as a digest: two runs with the same one have looked at the same rows of ours, unless those
//! changed themselves. Only then is a row that ours has no more a break that is gone.

use super::Task;
use crate::{
    feed::{Column, Relation},
    model::{Correctable, checksum},
};

/// Words that mean another thing on another day or to another user, that give another value each time, or that look at
/// more than the row.
const VOLATILE: [&str; 16] = [
    "all", "any", "exists", "next", "nextval", "previous", "rownum", "select", "some", "sysdate", "table",
    "user", "uuid", "value", "values", "with",
];
/// Beginnings of such words: `current_date`, `current_user`, `localtime`, `utc_time`, `session_user` and their like.
const VOLATILE_BEGINNINGS: [&str; 5] = ["current_", "local", "session_", "system_", "utc_"];
/// What PostgreSQL takes for the clock within a text.
const CLOCK: [&str; 4] = ["now", "today", "tomorrow", "yesterday"];
/// Words before a parenthesis that call no function.
const OPERATORS: [&str; 7] = ["in", "and", "or", "not", "between", "like", "is"];

/// The digest; empty where the answer may change though no row of ours does: ours is a query or a view, policies filter
/// it, or its condition reads theirs, the clock or other tables.
pub fn of_run(task: &Task<'_>) -> String {
    let Some(ours) = &task.feed.ours else { return String::new() };
    let (Relation::Table(table), Correctable::Table(_), false) =
        (&ours.relation, &task.shape.correctable, task.shape.filtered)
    else {
        return String::new();
    };
    let condition = ours.filter.as_deref().unwrap_or_default();
    if !is_fixed(condition) {
        return String::new();
    }
    let mut parts = vec![table.join("."), condition.to_owned()];
    for (name, value) in &task.shape.parameters.values {
        if condition.contains(&format!(":{name}")) {
            if names_clock(value) {
                return String::new();
            }
            parts.push(format!("{name}={value}"));
        }
    }
    for column in task.feed.columns.iter().filter(|column| Column::is_key(column)) {
        let expression = ours.expressions.get(&column.name).unwrap_or(&column.name);
        parts.push(format!("{} {} {expression}", column.name, column.kind.name()));
    }
    checksum::sha256_hex(checksum::encode(parts.iter().map(String::as_str)).as_bytes())
}

/// A digest of what the key of a break is made of: a break of another key is another one, however its text reads.
pub fn key_columns(task: &Task<'_>) -> String {
    let columns = task.feed.columns.iter().filter(|column| Column::is_key(column));
    let parts: Vec<&str> = columns.flat_map(|column| [column.name.as_str(), column.kind.name()]).collect();
    checksum::sha256_hex(checksum::encode(parts).as_bytes())
}

/// Whether a condition says the same of a row whenever it is asked: it calls no function, and names neither theirs nor the
/// clock nor the user nor another table. What is not surely so is not.
fn is_fixed(condition: &str) -> bool {
    if condition.contains(['{', '@', ';', '\\', '$', '#'])
        || ["--", "/*"].iter().any(|mark| condition.contains(mark))
    {
        return false;
    }
    let (plain, quoted) = unquoted(&condition.to_lowercase());
    let parts: Vec<&str> = plain.split_whitespace().collect();
    !names_clock(&quoted)
        && !plain.split(|c| !is_word(c)).any(is_volatile)
        // Texts that follow each other are one: 'n' 'ow'.
        && !parts.windows(2).any(|pair| pair[0].ends_with(QUOTED) && pair[1].starts_with(QUOTED))
        && plain.match_indices('(').all(|(at, _)| {
            let before = plain[..at].trim_end();
            let word = before.rsplit(|c| !is_word(c)).next().unwrap_or_default();
            word.is_empty() || OPERATORS.contains(&word)
        })
        // SQLite's `in name` is all rows of that table.
        && plain.match_indices("in").all(|(at, _)| {
            let (before, after) = (&plain[..at], &plain[at + 2..]);
            before.ends_with(is_word) || after.starts_with(is_word) || after.trim_start().starts_with('(')
        })
}

/// Stands where a text or a quoted name was.
const QUOTED: &str = "_";

/// The condition without what stands in quotes, and that. Whether double quotes hold a text depends on the server.
fn unquoted(condition: &str) -> (String, String) {
    let (mut plain, mut quoted, mut quote) = (String::new(), String::new(), None);
    for c in condition.chars() {
        match quote {
            Some(end) if c == end => {
                quote = None;
                quoted.push(' ');
            }
            Some(_) => quoted.push(c),
            None if matches!(c, '\'' | '"' | '`') => {
                quote = Some(c);
                plain.push_str(QUOTED);
            }
            None => plain.push(c),
        }
    }
    (plain, quoted)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_volatile(word: &str) -> bool {
    VOLATILE.contains(&word) || VOLATILE_BEGINNINGS.iter().any(|beginning| word.starts_with(beginning))
}

fn names_clock(text: &str) -> bool {
    text.to_lowercase().split(|c: char| !c.is_alphabetic()).any(|word| CLOCK.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::is_fixed;

    #[test]
    fn what_may_change_by_itself_is_not_fixed() {
        for fixed in [
            "",
            "booked_on between :from and :to",
            "(a = 1 or b in ('x', 'it''s', 'knows')) and not (c is null)",
            "\"select\" = 'current_date'",
            "begin_on = '2026-01-01' and origin in (1, 2)",
        ] {
            assert!(is_fixed(fixed), "{fixed}");
        }
        for other in [
            "booked_on > now() - 7",
            "booked_on > CURRENT_DATE",
            "id in (SELECT id FROM other)",
            "id in (select id from {theirs})",
            "day = \"now\" ()",
            "day = @day",
            "expires > 'now'",
            "expires > timestamp ' Today 04:05'",
            "expires > 'n'\n'ow'",
            "closes > utc_time",
            "owner = current_user",
            "owner = user",
            "id in (table wanted)",
            "id in wanted",
            "id not in main.wanted",
            "n < rownum",
            "id = any (values ('a'))",
            "a = 1 -- ('",
            "a = 'it\\'s' or now() > b or c = '",
        ] {
            assert!(!is_fixed(other), "{other}");
        }
    }
}
