//! Named points between a run's stages, where a test ends or holds the process.
//!
//! Only builds with debug assertions look at `TIEOUT_KILL_AT=<failpoint>` (the process is killed there) and
//! `TIEOUT_PAUSE_AT=<failpoint>:<file>` (it writes `<file>.reached` and waits for `<file>`, or for a signal).

use crate::stop::Stop;

/// One failpoint. In a release build there is nothing here.
#[cfg(not(debug_assertions))]
#[allow(clippy::unused_async, reason = "the same signature as in a debug build")]
pub async fn failpoint(_: &str, _: &Stop) {}

/// One failpoint.
#[cfg(debug_assertions)]
pub async fn failpoint(name: &str, stop: &Stop) {
    if std::env::var("TIEOUT_KILL_AT").is_ok_and(|at| at == name) {
        kill();
    }
    let pause = std::env::var("TIEOUT_PAUSE_AT").unwrap_or_default();
    let Some(file) = pause.strip_prefix(name).and_then(|rest| rest.strip_prefix(':')) else { return };
    // A test that cannot be told waits in vain and fails there.
    let _ = std::fs::write(format!("{file}.reached"), "");
    while !stop.is_set() && !std::path::Path::new(file).exists() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// SIGKILL, as from the kernel: nothing is unwound and nothing flushed.
#[cfg(debug_assertions)]
fn kill() {
    let _ = std::process::Command::new("kill").args(["-9", &std::process::id().to_string()]).status();
    std::process::abort();
}
