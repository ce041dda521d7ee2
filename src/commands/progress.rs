//! Progress on stderr: a bar on a terminal, a quiet line per stage otherwise.

use crate::{cli::Global, convert::Progress, error::Result, model::Summary, run::Tell};
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    io::IsTerminal,
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

/// Shows what the counters say until it is dropped.
pub struct Shown {
    pub counters: Arc<Progress>,
    bar: Option<ProgressBar>,
    ticker: Option<tokio::task::JoinHandle<()>>,
}

impl Shown {
    pub fn start(global: &Global) -> Self {
        let counters = Arc::new(Progress::default());
        if global.no_progress || global.quiet || !std::io::stderr().is_terminal() {
            return Self { counters, bar: None, ticker: None };
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
        Self { counters, bar: Some(bar), ticker: Some(ticker) }
    }

    /// What prints to stdout while the bar stands on a terminal.
    pub fn beside(&self, print: impl Fn(&Summary, &Path) -> Result<()> + Send + Sync + 'static) -> Arc<Tell> {
        match self.bar.clone() {
            Some(bar) => Arc::new(move |summary, folder| bar.suspend(|| print(summary, folder))),
            None => Arc::new(print),
        }
    }

    /// What is called when a stage begins.
    pub fn stage(&self) -> Arc<dyn Fn(&str) + Send + Sync> {
        match self.bar.clone() {
            Some(bar) => Arc::new(move |stage| bar.set_message(stage.to_owned())),
            None => Arc::new(|stage| tracing::info!("{stage}")),
        }
    }
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
