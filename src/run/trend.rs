//! The trend guard: what of a run is unlike the runs before it. It knows counts of rows, and no time that anything took.

use crate::{
    database::Connection,
    error::Result,
    ledger::RunDetail,
    model::{Counts, Summary},
    sql::Ledger,
};

/// With fewer runs nothing is usual.
const LEAST_RUNS: usize = 5;
/// So many points below the median is a fall.
const POINTS: f64 = 5.0;
/// So far from the median a count of rows must be, too: a feed that never changes has no range.
const SHARE: f64 = 0.2;

/// What is unlike the feed's last 30 runs, as sentences.
///
/// # Errors
/// `Database`; `Internal` where a summary cannot be read.
pub async fn unusual(connection: &mut Connection, feed: &str, counts: &Counts) -> Result<Vec<String>> {
    let runs: Vec<RunDetail> = connection.read(&Ledger(connection.dialect()).runs_before(feed)).await?;
    let before: Vec<Option<Summary>> = runs.iter().map(RunDetail::summary).collect::<Result<_>>()?;
    let before: Vec<Counts> = before.into_iter().flatten().map(|summary| summary.counts).collect();
    Ok(against(counts, &before))
}

fn against(counts: &Counts, before: &[Counts]) -> Vec<String> {
    if before.len() < LEAST_RUNS {
        return Vec::new();
    }
    let runs = before.len();
    let mut told = Vec::new();
    let rates: Vec<f64> = sorted(before.iter().filter_map(match_rate));
    if let (Some(rate), true) = (match_rate(counts), rates.len() >= LEAST_RUNS) {
        let median = quantile(&rates, 0.5);
        if median - rate > POINTS {
            told.push(format!(
                "the match rate fell to {rate:.1} %, from {median:.1} % in the median of {runs} runs"
            ));
        }
    }
    for (rows, whose) in [((|c| c.theirs) as fn(&Counts) -> u64, "theirs"), (|c| c.ours, "ours")] {
        told.extend(of_rows(rows(counts), &sorted(before.iter().map(|c| number(rows(c)))), whose));
    }
    told
}

/// Where a count lies far out: more than three times the middle half beyond it, and a fifth from the median.
fn of_rows(rows: u64, before: &[f64], whose: &str) -> Option<String> {
    let [low, median, high] = [0.25, 0.5, 0.75].map(|part| quantile(before, part));
    let (reach, now) = (3.0 * (high - low), number(rows));
    let outside = now < low - reach || now > high + reach;
    let far = (now - median).abs() > SHARE * median;
    (outside && far).then(|| format!("{rows} rows of {whose}, where {low:.0} to {high:.0} are usual"))
}

/// Matched rows per 100; none where there was nothing.
fn match_rate(counts: &Counts) -> Option<f64> {
    let all = counts.matched + counts.breaks();
    (all > 0).then(|| number(counts.matched) * 100.0 / number(all))
}

#[expect(clippy::cast_precision_loss, reason = "it says what is usual, and proves nothing")]
fn number(rows: u64) -> f64 {
    rows as f64
}

fn sorted(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut all: Vec<f64> = numbers.collect();
    all.sort_by(f64::total_cmp);
    all
}

/// Between the two nearest numbers of a sorted list that is not empty.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list of 30")]
fn quantile(sorted: &[f64], part: f64) -> f64 {
    let place = part * number(sorted.len().saturating_sub(1) as u64);
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(theirs: u64, matched: u64) -> Counts {
        Counts { theirs, ours: theirs, matched, missing_in_ours: theirs - matched, ..Counts::default() }
    }

    #[test]
    fn a_fall_and_a_count_far_out_are_told() {
        let before =
            [counts(1000, 990), counts(1010, 1000), counts(990, 985), counts(1005, 1000), counts(1000, 998)];
        assert_eq!(against(&counts(1002, 960), &before), Vec::<String>::new());
        assert_eq!(
            against(&counts(1190, 1180), &before),
            Vec::<String>::new(),
            "within a fifth of the median"
        );
        let told = against(&counts(1000, 940), &before);
        assert_eq!(told, ["the match rate fell to 94.0 %, from 99.5 % in the median of 5 runs"]);
        let told = against(&counts(100, 100), &before);
        assert_eq!(told[0], "100 rows of theirs, where 1000 to 1005 are usual");
        assert_eq!(told.len(), 2, "{told:?}");
    }

    #[test]
    fn nothing_is_usual_before_the_fifth_run() {
        assert!(against(&counts(1, 0), &[(); 4].map(|()| counts(1000, 1000))).is_empty());
    }

    #[test]
    fn what_varies_may_vary() {
        let before = [10, 2000, 500, 4000, 100, 900].map(|rows| counts(rows, rows));
        assert!(against(&counts(6000, 6000), &before).is_empty());
        assert!(against(&counts(0, 0), &before).is_empty());
    }
}
