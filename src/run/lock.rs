//! The locks of a job: one per row set, all or none.

use super::request::Request;
use crate::{database::Lock, error::Result};

/// Held until they are released.
pub struct Locks(Vec<Lock>);

impl Locks {
    /// Takes the lock of every feed, in order.
    ///
    /// # Errors
    /// `Locked` where another run holds one; `Database`; `Machine`. Those that were taken are given back.
    pub async fn take(request: &Request) -> Result<Self> {
        let mut locks = Self(Vec::new());
        for feed in &request.feeds {
            match Lock::take(&request.target, &feed.name).await {
                Ok(lock) => locks.0.push(lock),
                Err(cause) => {
                    locks.release().await;
                    return Err(cause);
                }
            }
        }
        Ok(locks)
    }

    /// Gives them back.
    pub async fn release(self) {
        for lock in self.0 {
            lock.release().await;
        }
    }
}
