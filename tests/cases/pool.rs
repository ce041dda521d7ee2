//! Places that cases of one purpose use one after the other, since making and migrating a database takes longer than
//! most cases do.

use crate::support::{Place, Server};
use std::{
    collections::HashMap,
    ops::Deref,
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
    thread,
};

/// By purpose and server. Cases of two purposes never meet in a database.
type Idle = HashMap<(&'static str, String), Vec<Place>>;

static IDLE: LazyLock<Mutex<Idle>> = LazyLock::new(Mutex::default);

fn idle() -> MutexGuard<'static, Idle> {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A place that comes back when this goes.
pub struct Lent {
    key: (&'static str, String),
    place: Option<Place>,
}

/// A place on the server for nobody else, until it goes.
pub fn lend(purpose: &'static str, server: Server) -> Lent {
    let key = (purpose, format!("{:?} {}", server.kind, server.url()));
    let place = idle().get_mut(&key).and_then(Vec::pop);
    Lent { key, place: Some(place.unwrap_or_else(|| Place::on(server))) }
}

impl Deref for Lent {
    type Target = Place;

    fn deref(&self) -> &Place {
        self.place.as_ref().expect("it is here until this goes")
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // What a panic left half done is for nobody else.
        if let Some(place) = self.place.take_if(|_| !thread::panicking()) {
            idle().entry(self.key.clone()).or_default().push(place);
        }
    }
}

/// Drops all databases.
pub fn close() {
    let all = std::mem::take(&mut *idle());
    drop(all);
}
