//! The time limit of every test, and what a test is doing when it comes to its limit.
//!
//! A test begins to be watched with the first thing that it asks of this module's neighbours (a place, a program), and
//! ends with its thread; a case of `tests/cases` is watched from `case` on. What waits (for a program, for SQL, for an
//! event) asks `left` how long it may, and fails the test by itself. A test that hangs elsewhere is named by a thread
//! that only looks, which then ends the whole process: no thread can be ended from outside.

use std::{
    cell::{Cell, RefCell},
    fmt::Write as _,
    io::Write as _,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// How long a test may take, in seconds, unless `TIEOUT_TEST_LIMIT` says otherwise.
const LIMIT: u64 = 300;
/// What a test that has come to its limit is given to fail by itself.
const GRACE: Duration = Duration::from_secs(20);

/// A test at work.
pub struct Test {
    name: String,
    begun: Instant,
    /// One thing a thread, the newest last.
    doing: Mutex<Vec<(thread::ThreadId, String, Instant)>>,
}

static AT_WORK: Mutex<Vec<Arc<Test>>> = Mutex::new(Vec::new());

thread_local! {
    static HERE: RefCell<Option<Watched>> = const { RefCell::new(None) };
}

/// Ends the watch when it goes, with its thread or before.
struct Watched {
    test: Arc<Test>,
    /// Of a thread that only works for the test.
    helps: bool,
}

impl Drop for Watched {
    fn drop(&mut self) {
        if !self.helps {
            locked(&AT_WORK).retain(|test| !Arc::ptr_eq(test, &self.test));
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long any test may take.
pub fn limit() -> Duration {
    static GIVEN: OnceLock<Duration> = OnceLock::new();
    *GIVEN.get_or_init(|| {
        let given = std::env::var("TIEOUT_TEST_LIMIT").ok();
        Duration::from_secs(given.map_or(LIMIT, |text| text.parse().expect("TIEOUT_TEST_LIMIT is seconds")))
    })
}

/// The test of this thread; a test that nobody has begun is called like its thread, as the test runner names it.
pub fn here() -> Arc<Test> {
    HERE.with_borrow_mut(|here| {
        here.get_or_insert_with(|| begin(thread::current().name().unwrap_or("a test"))).test.clone()
    })
}

/// Makes this thread work for a test that another thread has begun.
pub fn helping(test: Arc<Test>) {
    HERE.set(Some(Watched { test, helps: true }));
}

/// Runs a case in a thread of its own; `Err` says what went wrong, a limit that was reached included.
pub fn case(name: &str, body: impl FnOnce() -> Result<(), String> + Send + 'static) -> Result<(), String> {
    let (done, ended) = std::sync::mpsc::channel();
    let (test, worked_for) = std::sync::mpsc::channel();
    let worker = thread::Builder::new().name(name.to_owned()).spawn(move || {
        let _ = test.send(here());
        let result = body();
        HERE.set(None);
        let _ = done.send(result);
    });
    let worker = worker.expect("a thread for the case");
    let test = worked_for.recv().expect("the thread begins");
    match ended.recv_timeout(limit() + GRACE / 2) {
        Ok(result) => result,
        Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
            // The thread stays behind, and with it whatever it waits for.
            locked(&AT_WORK).retain(|other| !Arc::ptr_eq(other, &test));
            Err(test.told())
        }
        Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => {
            let panic = worker.join().err();
            let text = panic.as_ref().and_then(|panic| {
                panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied())
            });
            Err(text.unwrap_or("it panicked; the message is above").to_owned())
        }
    }
}

fn begin(name: &str) -> Watched {
    static LOOKS: OnceLock<()> = OnceLock::new();
    LOOKS.get_or_init(|| drop(thread::spawn(look)));
    let test = Arc::new(Test { name: name.to_owned(), begun: Instant::now(), doing: Mutex::default() });
    locked(&AT_WORK).push(test.clone());
    Watched { test, helps: false }
}

/// Ends the process when a test has come to its limit and does not fail by itself.
fn look() {
    loop {
        thread::sleep(Duration::from_millis(500));
        let late = locked(&AT_WORK).iter().find(|test| test.begun.elapsed() > limit() + GRACE).cloned();
        if let Some(test) = late {
            // Past the test harness, which shows what a test prints only where it fails.
            let _ = writeln!(std::io::stderr(), "\nTIME LIMIT: {}", test.told());
            std::process::exit(101);
        }
    }
}

/// What a test that has come to its limit may still take to give back what it has.
const CLEAN_UP: Duration = Duration::from_secs(5);

thread_local! {
    static CLEANING_UP: Cell<bool> = const { Cell::new(false) };
}

/// A thread that gives back what its test has, until this goes.
pub struct CleaningUp(());

/// Gives this thread some time, whatever its test has left.
pub fn cleaning_up() -> CleaningUp {
    CLEANING_UP.set(true);
    CleaningUp(())
}

impl Drop for CleaningUp {
    fn drop(&mut self) {
        CLEANING_UP.set(false);
    }
}

/// What a thread does, until this goes.
pub struct Doing(Arc<Test>);

/// Notes what this thread's test is doing.
pub fn doing(what: impl Into<String>) -> Doing {
    let test = here();
    locked(&test.doing).push((thread::current().id(), what.into(), Instant::now()));
    Doing(test)
}

impl Drop for Doing {
    fn drop(&mut self) {
        let mut doing = locked(&self.0.doing);
        let own = thread::current().id();
        if let Some(newest) = doing.iter().rposition(|(thread, ..)| *thread == own) {
            doing.remove(newest);
        }
    }
}

impl Test {
    /// How much time it has left for what this thread does.
    pub fn left(&self) -> Duration {
        let least = if CLEANING_UP.get() { CLEAN_UP } else { Duration::ZERO };
        limit().saturating_sub(self.begun.elapsed()).max(least)
    }

    /// That it has taken too long, and at what.
    pub fn told(&self) -> String {
        let mut text = format!(
            "{} has run for {} s, and {} s are its limit (TIEOUT_TEST_LIMIT)",
            self.name,
            self.begun.elapsed().as_secs(),
            limit().as_secs()
        );
        for (_, what, since) in &*locked(&self.doing) {
            let _ = write!(text, "\n  for {} s: {what}", since.elapsed().as_secs());
        }
        text
    }
}
