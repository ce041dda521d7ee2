//! Every call on a source's server has an end, and hears a signal at once.

use crate::{
    error::{Code, Error, Result},
    stop::Flag,
};
use std::{future::Future, pin::pin, time::Duration};

/// How often the flag is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// Waits for `work` no longer than `limit`, and no longer than until a signal came. `doing` reads like "list its files".
///
/// # Errors
/// Those of the work; `Fetch` where it took too long, `Interrupted`.
pub(super) async fn within<T>(
    stop: &Flag,
    limit: Duration,
    doing: &str,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let mut work = pin!(tokio::time::timeout(limit, work));
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done.unwrap_or_else(|_| Err(silent(limit, doing))),
            () = tokio::time::sleep(LOOK) => stop.check()?,
        }
    }
}

fn silent(limit: Duration, doing: &str) -> Error {
    let what = format!("the server of [source] took longer than {} s to {doing}", limit.as_secs_f64());
    Error::new(Code::SourceSilent, what)
}

/// Waits.
///
/// # Errors
/// `Interrupted`.
pub(super) async fn pause(stop: &Flag, time: Duration) -> Result<()> {
    let sleep = async {
        tokio::time::sleep(time).await;
        Ok(())
    };
    within(stop, time + LOOK, "wait", sleep).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Signal;
    use std::time::Instant;

    #[tokio::test]
    async fn a_call_ends_by_its_limit_and_by_a_signal() {
        let (stop, begun) = (Flag::default(), Instant::now());
        let never = || std::future::pending::<Result<()>>();
        let cause = within(&stop, Duration::from_millis(20), "answer", never()).await.unwrap_err();
        assert_eq!(cause.code(), Code::SourceSilent);
        stop.set(Signal::Terminate);
        let cause = within(&stop, Duration::from_mins(1), "answer", never()).await.unwrap_err();
        assert_eq!(cause.status(), 143);
        assert!(begun.elapsed() < Duration::from_secs(5));
        assert!(pause(&stop, Duration::from_mins(1)).await.is_err());
    }
}
