//! The locks of a job: one per row set, all or none.

use super::{request::Request, start::StartedRun};
use crate::{
    database::{Connection, Lock},
    error::{Code, Error, ErrorKind, Result},
    ledger::Fence,
    sql::Ledger,
};

/// What a session says that another one has ended.
const ENDED: [Code; 3] = [Code::SessionEnded, Code::CannotConnect, Code::DriverFailed];

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

    /// That of one of the feeds.
    ///
    /// # Errors
    /// `Internal` where it is none of the request's.
    pub fn of(&mut self, feed: &str) -> Result<&mut Lock> {
        let lock = self.0.iter_mut().find(|lock| lock.feed() == feed);
        lock.ok_or_else(|| Error::internal(format!("the lock of feed {feed} was not taken")))
    }

    /// What a failure of this machine, of our own account or of a session means where a run has lost its lock: another run,
    /// which takes it for dead, removes its chunks and its rows, and ends its sessions.
    pub async fn lost(&mut self, request: &Request, runs: &[StartedRun<'_>], cause: Error) -> Error {
        let is_of_this_machine = matches!(cause.kind(), ErrorKind::Machine | ErrorKind::Internal);
        if !is_of_this_machine && !ENDED.contains(&cause.code()) {
            return cause;
        }
        // That of the run may be what was ended.
        let Ok(mut connection) = Connection::open(&request.target).await else { return cause };
        for run in runs {
            let (run_id, feed) = (&run.run_id, &run.feed.name);
            let fence = Ledger(connection.dialect()).fence_holder(feed);
            // Where the ledger does not answer, nothing is known of the lock either.
            let Ok(Some(fence)) = connection.read_first::<Fence>(&fence).await else { continue };
            let held = match self.of(feed) {
                Ok(lock) => lock.held().await.is_ok(),
                Err(_) => true,
            };
            if fence.run_id != **run_id || !held {
                let what = format!("run {run_id} lost its lock, and then: {cause}");
                return Error::new(Code::LostLock, what).because(cause);
            }
        }
        cause
    }

    /// Lets other runs of the feeds begin; what was locked beside is still held.
    pub async fn open_feeds(&mut self) {
        for lock in &mut self.0 {
            lock.open_feed().await;
        }
    }

    /// Gives them back.
    pub async fn release(self) {
        for lock in self.0 {
            lock.release().await;
        }
    }
}
