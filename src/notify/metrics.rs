//! What monitoring reads: a text file of Prometheus' exposition format, as the textfile collector of its node exporter
//! takes it. <https://prometheus.io/docs/instrumenting/exposition_formats/>

use crate::{
    error::{Error, Result},
    files,
    model::{Outcome, Summary},
};
use std::{fmt::Write as _, fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

/// A run of the program, whatever it came to.
pub struct Past<'a> {
    /// Feeds that it was asked for, one per row set.
    pub feeds: Vec<&'a str>,
    /// What they came to, where they came to something; of two runs of a feed the later one counts.
    pub summaries: Vec<&'a Summary>,
    /// The exit status.
    pub status: u8,
    /// When it ended: seconds since 1970, UTC.
    pub ended: i64,
    /// How long it took.
    pub duration: Duration,
}

/// A metric's name, and what it means.
type Metric = (&'static str, &'static str);

const ENDED: Metric =
    ("tieout_last_run_timestamp_seconds", "When the last run ended, in seconds since 1970.");
const STATUS: Metric = ("tieout_last_run_status", "The exit status of the last run.");
const DURATION: Metric = ("tieout_last_run_duration_seconds", "How long the last run took.");
const SUCCESS: Metric =
    ("tieout_last_success_timestamp_seconds", "When a run last ended with a verdict and status 0 or 1.");
const TIED_OUT: Metric = ("tieout_tied_out", "1 if the last verdict was tied out, 0 if not.");
const ROWS: Metric = ("tieout_rows", "Rows of either side in the last verdict.");
const MATCHED: Metric = ("tieout_matched_rows", "Pairs that agree in the last verdict.");
const BREAKS: Metric = ("tieout_breaks", "Breaks of the last verdict by outcome.");
const REJECTS: Metric = ("tieout_rejects", "Records that could not be converted, in the last verdict.");
const ACCEPTED: Metric = ("tieout_accepted_breaks", "Breaks of the last verdict that a person accepted.");
const TIMING: Metric =
    ("tieout_timing_breaks", "Breaks of the last verdict that are a matter of timing, by outcome.");
const OLDEST: Metric =
    ("tieout_oldest_break_age_seconds", "For how long the oldest open break was open when the run ended.");
const CONTROLS: Metric =
    ("tieout_failed_controls", "Controls that failed and refused no file, in the last verdict.");
const ALL: [Metric; 13] = [
    ENDED, STATUS, DURATION, SUCCESS, TIED_OUT, ROWS, MATCHED, BREAKS, REJECTS, ACCEPTED, TIMING, OLDEST,
    CONTROLS,
];

/// Writes the file, readable by everybody. What it said of a feed's last verdict stays where this run reached none.
///
/// # Errors
/// `Machine`.
pub fn write(path: &Path, past: &Past<'_>) -> Result<()> {
    let before = fs::read_to_string(path).unwrap_or_default();
    files::write(path, text(past, &before).as_bytes())?;
    // It holds counts, and the collector is another user.
    let readable = fs::Permissions::from_mode(0o644);
    fs::set_permissions(path, readable).map_err(|cause| Error::machine("make readable", path, cause))
}

fn text(past: &Past<'_>, before: &str) -> String {
    let samples: Vec<Sample> = past.feeds.iter().flat_map(|feed| of_feed(past, feed, before)).collect();
    let mut out = String::new();
    for (name, help) in ALL {
        let of_it: Vec<&Sample> = samples.iter().filter(|sample| sample.name == name).collect();
        if of_it.is_empty() {
            continue;
        }
        // Writing to a String cannot fail.
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge");
        for Sample { name, labels, value } in of_it {
            let _ = writeln!(out, "{name}{{{labels}}} {value}");
        }
    }
    out
}

/// One line of the file.
struct Sample {
    name: String,
    labels: String,
    value: String,
}

fn of_feed(past: &Past<'_>, feed: &str, before: &str) -> Vec<Sample> {
    let label = format!("feed=\"{feed}\"");
    let sample = |(name, _): Metric, more: &str, value: &dyn std::fmt::Display| Sample {
        name: name.to_owned(),
        labels: format!("{label}{more}"),
        value: value.to_string(),
    };
    let mut samples = vec![
        sample(ENDED, "", &past.ended),
        sample(STATUS, "", &past.status),
        sample(DURATION, "", &past.duration.as_secs_f64()),
    ];
    let Some(summary) = past.summaries.iter().rev().find(|summary| *summary.feed == *feed) else {
        samples.extend(kept(before, &label));
        return samples;
    };
    if past.status <= 1 {
        samples.push(sample(SUCCESS, "", &past.ended));
    } else {
        samples.extend(kept(before, &label).filter(|kept| kept.name == SUCCESS.0));
    }
    let counts = &summary.counts;
    samples.push(sample(TIED_OUT, "", &u8::from(summary.verdict == crate::model::Verdict::TiedOut)));
    samples.push(sample(ROWS, ",side=\"theirs\"", &counts.theirs));
    samples.push(sample(ROWS, ",side=\"ours\"", &counts.ours));
    samples.push(sample(MATCHED, "", &counts.matched));
    for outcome in Outcome::ALL.into_iter().filter(|&outcome| outcome != Outcome::Matched) {
        samples.push(sample(BREAKS, &format!(",outcome=\"{}\"", outcome.name()), &counts.of(outcome)));
    }
    samples.push(sample(REJECTS, "", &counts.rejects));
    samples.push(sample(CONTROLS, "", &summary.failed_controls));
    if let Some(life) = &summary.life {
        samples.push(sample(ACCEPTED, "", &life.accepted));
        samples.push(sample(OLDEST, "", &age(&life.oldest_first_seen, past.ended)));
    }
    if let Some(timing) = &summary.timing {
        for outcome in [Outcome::MissingInOurs, Outcome::MissingInTheirs] {
            samples.push(sample(TIMING, &format!(",outcome=\"{}\"", outcome.name()), &timing.of(outcome)));
        }
    }
    samples
}

/// Seconds since a moment; 0 where nothing is open.
fn age(first_seen: &str, now: i64) -> i64 {
    first_seen.parse::<jiff::Timestamp>().map_or(0, |first| (now - first.as_second()).max(0))
}

/// What an earlier file says of the feed's last verdict.
fn kept<'a>(before: &'a str, label: &'a str) -> impl Iterator<Item = Sample> + 'a {
    before.lines().filter_map(move |line| {
        let (name, rest) = line.split_once('{')?;
        let (labels, value) = rest.split_once("} ")?;
        let known = ALL[3..].iter().any(|(known, _)| *known == name);
        let of_it = labels == label || labels.strip_prefix(label).is_some_and(|more| more.starts_with(','));
        let sound = value.parse::<f64>().is_ok();
        (known && of_it && sound).then(|| Sample {
            name: name.to_owned(),
            labels: labels.to_owned(),
            value: value.to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_of_the_last_verdict_stays_where_a_run_reached_none() {
        let past = Past {
            feeds: vec!["acme"],
            summaries: Vec::new(),
            status: 4,
            ended: 200,
            duration: Duration::from_millis(1500),
        };
        let before = "tieout_last_run_status{feed=\"acme\"} 1\n\
            tieout_last_success_timestamp_seconds{feed=\"acme\"} 100\n\
            tieout_breaks{feed=\"acme\",outcome=\"mismatched\"} 7\n\
            tieout_breaks{feed=\"acme-2\",outcome=\"mismatched\"} 8\n\
            tieout_rejects{feed=\"acme\"} many\n\
            rm{feed=\"acme\"} 1\n";
        let text = text(&past, before);
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            lines,
            [
                "tieout_last_run_timestamp_seconds{feed=\"acme\"} 200",
                "tieout_last_run_status{feed=\"acme\"} 4",
                "tieout_last_run_duration_seconds{feed=\"acme\"} 1.5",
                "tieout_last_success_timestamp_seconds{feed=\"acme\"} 100",
                "tieout_breaks{feed=\"acme\",outcome=\"mismatched\"} 7",
            ]
        );
    }
}
