//! Progress on stderr: a bar on a terminal, elsewhere a line now and then.

use crate::{
    cli::{Global, LogFormat},
    convert::Progress,
    error::Result,
    log::{REMARK, plain_terminal},
    model::Summary,
    run::Tell,
};
use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressStyle};
use std::{
    io::IsTerminal,
    path::Path,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};

/// Between two lines where stderr is no terminal.
const PAUSE: Duration = Duration::from_secs(30);
/// Seconds between two lines instead.
const PAUSE_VARIABLE: &str = "TIEOUT_PROGRESS_SECONDS";

/// Shows what the counters say until it is dropped.
pub struct Shown {
    pub counters: Arc<Progress>,
    stage: Arc<Mutex<Stage>>,
    bar: Option<ProgressBar>,
    ticker: Option<tokio::task::JoinHandle<()>>,
}

/// What is being done, and since when.
struct Stage {
    name: String,
    begun: Instant,
}

impl Shown {
    pub fn start(global: &Global) -> Self {
        let counters = Arc::new(Progress::default());
        let stage = Arc::new(Mutex::new(Stage { name: "starting".into(), begun: Instant::now() }));
        let shown = |bar, ticker| Self { counters: counters.clone(), stage: stage.clone(), bar, ticker };
        if global.no_progress || global.quiet {
            return shown(None, None);
        }
        if global.log_format == LogFormat::Json || plain_terminal() || !std::io::stderr().is_terminal() {
            return shown(None, Some(tokio::spawn(lines(counters.clone(), stage.clone()))));
        }
        let bar = ProgressBar::new(0);
        let form = "{spinner} {msg} {bytes}/{total_bytes} {wide_bar} {prefix} rows {elapsed}";
        bar.set_style(ProgressStyle::with_template(form).unwrap_or_else(|_| ProgressStyle::default_bar()));
        let ticker = {
            let (bar, counters) = (bar.clone(), counters.clone());
            tokio::spawn(async move {
                loop {
                    bar.set_length(counters.total.load(Ordering::Relaxed));
                    bar.set_position(counters.bytes.load(Ordering::Relaxed));
                    bar.set_prefix(counters.rows.load(Ordering::Relaxed).to_string());
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            })
        };
        shown(Some(bar), Some(ticker))
    }

    /// What prints to stdout while the bar stands on a terminal.
    pub fn beside(&self, print: impl Fn(&Summary, &Path) -> Result<()> + Send + Sync + 'static) -> Arc<Tell> {
        match self.bar.clone() {
            Some(bar) => Arc::new(move |summary, folder| bar.suspend(|| print(summary, folder))),
            None => Arc::new(print),
        }
    }

    /// What is called when a stage begins: the one before has ended.
    pub fn stage(&self) -> Arc<dyn Fn(&str) + Send + Sync> {
        let (bar, stage, counters) = (self.bar.clone(), self.stage.clone(), self.counters.clone());
        Arc::new(move |name| {
            if let Some(bar) = &bar {
                bar.set_message(name.to_owned());
            }
            let mut stage = stage.lock().unwrap_or_else(PoisonError::into_inner);
            let seconds = stage.begun.elapsed().as_secs_f64();
            let rows = counters.rows.load(Ordering::Relaxed);
            tracing::debug!(stage = stage.name, seconds, rows, "stage ended");
            *stage = Stage { name: name.to_owned(), begun: Instant::now() };
            drop(stage);
            tracing::Span::current().record("stage", name);
            tracing::info!("{name}");
        })
    }
}

/// Says every half minute what is done and how far it is.
async fn lines(counters: Arc<Progress>, stage: Arc<Mutex<Stage>>) {
    let seconds = std::env::var(PAUSE_VARIABLE).ok().and_then(|text| text.parse().ok());
    let pause = seconds.filter(|&seconds| seconds > 0).map_or(PAUSE, Duration::from_secs);
    loop {
        tokio::time::sleep(pause).await;
        let (name, begun) = {
            let stage = stage.lock().unwrap_or_else(PoisonError::into_inner);
            (stage.name.clone(), stage.begun)
        };
        let [bytes, total, rows] =
            [&counters.bytes, &counters.total, &counters.rows].map(|counter| counter.load(Ordering::Relaxed));
        tracing::info!(target: REMARK, "{}", line(&name, begun.elapsed(), bytes, total, rows));
    }
}

/// `converting and loading, 31 seconds: 12.00 MiB of 360.00 MiB, 41000 rows, about 15 minutes left`
fn line(stage: &str, since: Duration, bytes: u64, total: u64, rows: u64) -> String {
    let elapsed = HumanDuration(since);
    if bytes == 0 || total == 0 {
        return format!("{stage}, {elapsed}");
    }
    let read = format!("{stage}, {elapsed}: {} of {}, {rows} rows", HumanBytes(bytes), HumanBytes(total));
    if bytes >= total {
        return read;
    }
    // Bytes come evenly; as a product, it cannot overflow in an f64.
    #[expect(clippy::cast_precision_loss, reason = "an estimate for people")]
    let left = since.as_secs_f64() * (total - bytes) as f64 / bytes as f64;
    format!("{read}, about {} left", HumanDuration(Duration::from_secs_f64(left)))
}

impl Drop for Shown {
    fn drop(&mut self) {
        if let Some(ticker) = &self.ticker {
            ticker.abort();
        }
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_it_is_and_what_is_left() {
        let (since, mib) = (Duration::from_secs(30), 1 << 20);
        assert_eq!(
            line("converting and loading", since, 12 * mib, 36 * mib, 41),
            "converting and loading, 30 seconds: 12.00 MiB of 36.00 MiB, 41 rows, about 60 seconds left"
        );
        assert_eq!(line("x", since, mib, mib, 4), "x, 30 seconds: 1.00 MiB of 1.00 MiB, 4 rows");
        assert_eq!(line("reconciling", since, 0, 0, 0), "reconciling, 30 seconds");
    }
}
