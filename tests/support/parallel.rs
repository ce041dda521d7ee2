//! The same test body on every kind of server, or on every item of a list, at once.

use super::{EVERY_KIND, Kind};
use std::sync::{Mutex, PoisonError};

/// Runs `body` on every item, on as many threads as there are cores, each with what `begin` gives it.
pub fn for_each<I: Send, P>(items: Vec<I>, begin: impl Fn() -> P + Sync, body: impl Fn(&mut P, I) + Sync) {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let items = Mutex::new(items.into_iter());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut own = begin();
                loop {
                    // Taken before the body runs, so that the lock is not held meanwhile.
                    let item = items.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some(item) = item else { return };
                    body(&mut own, item);
                }
            });
        }
    });
}

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
