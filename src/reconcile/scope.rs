//! What a run asks of ours, as a digest: two runs with the same one have looked at the same rows of ours, unless those
//! changed themselves. Only then is a row that ours has no more a break that is gone.

use super::Task;
use crate::{
    feed::{Column, Relation},
    model::{Correctable, checksum},
};

/// Words that mean another thing on another day, or look at more than the row.
const VOLATILE: [&str; 9] = [
    "select",
    "current_date",
    "current_time",
    "current_timestamp",
    "localtime",
    "localtimestamp",
    "utc_date",
    "utc_timestamp",
    "sysdate",
];
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
            parts.push(format!("{name}={value}"));
        }
    }
    for column in task.feed.columns.iter().filter(|column| Column::is_key(column)) {
        let expression = ours.expressions.get(&column.name).unwrap_or(&column.name);
        parts.push(format!("{} {} {expression}", column.name, column.kind.name()));
    }
    checksum::sha256_hex(checksum::encode(parts.iter().map(String::as_str)).as_bytes())
}

/// Whether a condition says the same of a row whenever it is asked: it calls no function, and names neither theirs nor the
/// clock nor another table. What is not surely so is not.
fn is_fixed(condition: &str) -> bool {
    if condition.contains(['{', '@', ';', '\\', '$', '#'])
        || ["--", "/*"].iter().any(|mark| condition.contains(mark))
    {
        return false;
    }
    let (mut plain, mut quote) = (String::new(), None);
    for c in condition.to_lowercase().chars() {
        match quote {
            Some(end) if c == end => quote = None,
            Some(_) => {}
            None if matches!(c, '\'' | '"' | '`') => {
                quote = Some(c);
                plain.push('_');
            }
            None => plain.push(c),
        }
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let calls = plain.match_indices('(').any(|(at, _)| {
        let before = plain[..at].trim_end();
        let word = before.rsplit(|c| !is_word(c)).next().unwrap_or_default();
        !word.is_empty() && !OPERATORS.contains(&word)
    });
    !calls && !plain.split(|c| !is_word(c)).any(|word| VOLATILE.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::is_fixed;

    #[test]
    fn what_may_change_by_itself_is_not_fixed() {
        for fixed in [
            "",
            "booked_on between :from and :to",
            "(a = 1 or b in ('x', 'now()')) and not (c is null)",
            "\"select\" = 'current_date'",
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
            "a = 1 -- ('",
            "a = 'it\\'s' or now() > b or c = '",
        ] {
            assert!(!is_fixed(other), "{other}");
        }
    }
}
