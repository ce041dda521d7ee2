//! The list of all cases, and how they are run: at once, each under the time limit of every test.

use crate::support::watch;
use libtest_mimic::{Arguments, Completion, Conclusion, Trial};
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// For each core; the cases mostly wait for a server.
const THREADS: usize = 4;
/// How many of the slowest are told.
const SLOWEST: usize = 10;

static TIMES: Mutex<Vec<(Duration, String)>> = Mutex::new(Vec::new());

/// All cases that are to run.
pub struct Trials {
    arguments: Arguments,
    /// With each its place in what it shares with others: the first does the work for all of them.
    all: Vec<(usize, Trial)>,
}

impl Trials {
    pub fn new(mut arguments: Arguments) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        arguments.test_threads.get_or_insert(cores * THREADS);
        Self { arguments, all: Vec::new() }
    }

    /// Whether the case of this name is to run; a case that shares its work asks before it does the work for others.
    pub fn wants(&self, name: &str) -> bool {
        let trial = Trial::test(name, || Ok(()));
        !self.arguments.is_filtered_out(&trial) && !self.arguments.is_ignored(&trial)
    }

    /// A case that shares nothing.
    pub fn add(&mut self, name: String, body: impl FnOnce() -> Result<(), String> + Send + 'static) {
        self.add_shared(0, name, body);
    }

    /// A case whose work is shared with others, whose `place`-th it is.
    pub fn add_shared(
        &mut self,
        place: usize,
        name: String,
        body: impl FnOnce() -> Result<(), String> + Send + 'static,
    ) {
        let shown = name.clone();
        let timed = move || {
            let begun = Instant::now();
            let result = watch::case(&shown, body);
            let mut times = TIMES.lock().unwrap_or_else(PoisonError::into_inner);
            times.push((begun.elapsed(), shown));
            result.map_err(Into::into)
        };
        self.all.push((place, Trial::test(name, timed)));
    }

    /// What is wrong with the cases themselves.
    pub fn fault(&mut self, name: String, what: String) {
        self.add(name, || Err(what));
    }

    /// What cannot run here: it is told as ignored, never as passed.
    pub fn not_run(&mut self, name: impl Into<String>, reason: &'static str) {
        let trial = Trial::ignorable_test(name, move || Ok(Completion::ignored_with(reason)));
        self.all.push((0, trial));
    }

    /// Runs all of them, the first of each shared work before those that would only wait for it.
    pub fn run(self) -> Conclusion {
        let Self { arguments, mut all } = self;
        if !arguments.list {
            all.sort_by_key(|(place, _)| (*place).min(2));
        }
        let conclusion = libtest_mimic::run(&arguments, all.into_iter().map(|(_, trial)| trial).collect());
        let mut times = std::mem::take(&mut *TIMES.lock().unwrap_or_else(PoisonError::into_inner));
        times.sort_by(|a, b| b.cmp(a));
        if let Some(path) = std::env::var_os("TIEOUT_TEST_TIMES") {
            let lines: String =
                times.iter().map(|(time, name)| format!("{:.3}\t{name}\n", time.as_secs_f64())).collect();
            std::fs::write(path, lines).expect("the file that TIEOUT_TEST_TIMES names");
        }
        if times.len() > SLOWEST {
            println!("the slowest:");
            for (time, name) in &times[..SLOWEST] {
                println!("{:8.2}s {name}", time.as_secs_f64());
            }
            println!();
        }
        conclusion
    }
}
