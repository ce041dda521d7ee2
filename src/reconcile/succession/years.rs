//! The year that the number of an element is of, where numbers begin anew. All pages of a statement are of one year:
//! that of its last page.

use super::element::Element;
use std::collections::{BTreeMap, BTreeSet};

/// Pages of one number whose days are further apart than this are of two statements. A month has 31 days here.
const APART: i64 = 186;

/// The year of each element. One without a day is of the year that its number fits into; 0: no element has a day.
pub fn years(elements: &[Element]) -> Vec<i64> {
    let mut years: Vec<Option<i64>> = elements.iter().map(|element| day(element).map(year)).collect();
    let mut numbers: BTreeMap<i128, Vec<(i64, usize)>> = BTreeMap::new();
    for (n, element) in elements.iter().enumerate() {
        if let (Some(number), Some(day)) = (element.number(), day(element)) {
            numbers.entry(number).or_default().push((day, n));
        }
    }
    for dated in numbers.values_mut() {
        dated.sort_unstable();
        let pages: Vec<(i64, usize)> =
            dated.iter().copied().filter(|(_, n)| elements[*n].part() != 0).collect();
        let mut rest = pages.as_slice();
        while let Some((first, _)) = rest.first() {
            let (statement, others) = rest.split_at(statement(elements, rest));
            rest = others;
            let last = statement.iter().max_by_key(|(day, n)| (elements[*n].part(), *day));
            let mut of = last.map_or(0, |(day, _)| year(*day));
            // What only opens has the day before it. Where that year has its number, this is the next one.
            let opens = |(_, n): &(i64, usize)| {
                let position = &elements[*n].position;
                !position.opening.is_empty() && position.closing.is_empty()
            };
            let taken = |(day, n): &(i64, usize)| day + APART < *first && years[*n] == Some(of);
            if statement.iter().all(opens) && dated.iter().any(taken) {
                of += 1;
            }
            for (_, n) in statement {
                years[*n] = Some(of);
            }
        }
    }
    undated(elements, years)
}

/// How many of the pages, which are in the order of their days, are of the statement of the first one.
fn statement(elements: &[Element], pages: &[(i64, usize)]) -> usize {
    let mut parts: BTreeMap<i128, i64> = BTreeMap::new();
    let mut before = pages.first().map_or(0, |(day, _)| *day);
    for (count, (day, n)) in pages.iter().enumerate() {
        let known = *parts.entry(elements[*n].part()).or_insert(year(*day));
        if day - before > APART || known != year(*day) {
            return count;
        }
        before = *day;
    }
    pages.len()
}

fn undated(elements: &[Element], mut years: Vec<Option<i64>>) -> Vec<i64> {
    let all: BTreeSet<i64> = years.iter().flatten().copied().collect();
    let numbered = elements.iter().zip(&years);
    let mut there: BTreeSet<(i64, i128)> =
        numbered.filter_map(|(element, year)| Some(((*year)?, element.number()?))).collect();
    let mut before = years.iter().flatten().next().copied().unwrap_or_default();
    for (n, element) in elements.iter().enumerate() {
        let number = element.number();
        let fits = |year: &&i64| {
            let has = |number: Option<i128>| number.is_some_and(|number| there.contains(&(**year, number)));
            let beside = has(number.and_then(|number| number.checked_sub(1)))
                || has(number.and_then(|number| number.checked_add(1)));
            if element.part() == 0 { beside && !has(number) } else { beside || has(number) }
        };
        let year = years[n].or_else(|| all.iter().rev().find(fits).copied()).unwrap_or(before);
        there.extend(number.map(|number| (year, number)));
        years[n] = Some(year);
        before = year;
    }
    years.into_iter().flatten().collect()
}

/// A number for its day, which grows with it.
fn day(element: &Element) -> Option<i64> {
    let mut fields = element.position.day.split('-').map(|field| field.parse::<i64>().ok());
    let (year, month, day) = (fields.next()??, fields.next()??, fields.next()??);
    Some(year * YEAR + month * 31 + day)
}

/// Twelve months, and room for the days of the last one.
const YEAR: i64 = 13 * 31 + 1;

const fn year(day: i64) -> i64 {
    day / YEAR
}
