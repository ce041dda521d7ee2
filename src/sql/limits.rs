//! How long a session's statements may wait and take, and who says it. Knows no statement.

use crate::feed::Timeouts;
use std::time::Duration;

/// How long a statement may take where neither the feed nor the server says it.
const STATEMENT: Duration = Duration::from_hours(6);

/// How long the statements of a session may wait and take.
#[derive(Debug, Clone, Copy)]
pub struct SessionLimits {
    /// For a lock, where the feed says it.
    pub lock: Option<Duration>,
    /// For a whole statement.
    pub statement: Duration,
    /// The server has a limit of its own for this role, which nothing of the feed replaces.
    pub by_server: bool,
}

impl SessionLimits {
    /// What the feed says comes first, then the session's `own` limit, of its role or server, then the default. A limit
    /// that is not one of every statement says nothing of the others.
    #[must_use]
    pub fn new(timeouts: &Timeouts, own: Option<Duration>, of_every_statement: bool) -> Self {
        let own = own.filter(|own| timeouts.statement.is_none() && !own.is_zero());
        let statement = match own {
            Some(own) if of_every_statement => own,
            Some(own) => own.max(STATEMENT),
            None => timeouts.statement.unwrap_or(STATEMENT),
        };
        Self { lock: timeouts.lock, statement, by_server: own.is_some() }
    }

    /// The limit that the server is told; none where its own one stays.
    #[must_use]
    pub fn told(&self) -> Option<Duration> {
        (!self.by_server).then_some(self.statement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feeds_limit_comes_before_the_servers_and_that_before_the_default() {
        let [three, nine] = [3, 9].map(Duration::from_secs);
        let of = |feed, own, every| {
            let limits = SessionLimits::new(&Timeouts { statement: feed, ..Timeouts::default() }, own, every);
            (limits.statement, limits.told())
        };
        assert_eq!(of(Some(three), Some(nine), true), (three, Some(three)));
        assert_eq!(of(None, Some(nine), true), (nine, None));
        assert_eq!(of(None, Some(nine), false), (STATEMENT, None));
        assert_eq!(of(None, Some(Duration::ZERO), true), (STATEMENT, Some(STATEMENT)));
        assert_eq!(of(None, None, true), (STATEMENT, Some(STATEMENT)));
    }
}
