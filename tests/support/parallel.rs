//! The same test body on every kind of server at once.

use super::{EVERY_KIND, Kind};

/// Runs `body` on every server in a thread of its own and gives what each came to, in the order of
/// `EVERY_KIND`. The first failure is passed on, named by its server.
pub fn on_every_server_at_once<T: Send>(body: impl Fn(Kind) -> T + Sync) -> Vec<T> {
    let body = &body;
    let results: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = EVERY_KIND.map(|kind| (kind, scope.spawn(move || body(kind)))).into();
        threads.into_iter().map(|(kind, thread)| (kind, thread.join())).collect()
    });
    let failed: Vec<Kind> =
        results.iter().filter(|(_, result)| result.is_err()).map(|(kind, _)| *kind).collect();
    if !failed.is_empty() {
        eprintln!("--- the failure above was on {failed:?}");
    }
    let unwrap =
        |result: std::thread::Result<T>| result.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    results.into_iter().map(|(_, result)| unwrap(result)).collect()
}
