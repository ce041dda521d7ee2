//! Programs that a test starts. Each is killed, and fails the test, when it takes longer than it may.

use super::watch;
use std::{
    ffi::OsStr,
    io::Read,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Mutex,
        mpsc::{Receiver, channel},
    },
    thread,
    time::{Duration, Instant},
};

/// What a program printed.
#[derive(Debug)]
pub struct Output {
    /// The exit status; -1 of a program that a signal ended.
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    /// Fails unless the program ended so, and said all of this.
    #[track_caller]
    pub fn expect(&self, status: i32, words: &[&str]) {
        let text = format!("{}{}", self.stdout, self.stderr);
        let missing: Vec<&&str> = words.iter().filter(|word| !text.contains(**word)).collect();
        assert!(
            self.status == status && missing.is_empty(),
            "status {status} was expected, and the words {missing:?}:\n{}",
            self.all()
        );
    }

    pub fn all(&self) -> String {
        format!("status {}\n--- stdout\n{}--- stderr\n{}", self.status, self.stdout, self.stderr)
    }
}

/// A program, ready to be given arguments.
pub struct Program {
    command: Command,
    limit: Duration,
    captured: bool,
}

impl Program {
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        Self { command, limit: watch::limit(), captured: true }
    }

    /// The program that is tested, without the settings of whoever runs the tests.
    pub fn tieout() -> Self {
        let mut program = Self::new(env!("CARGO_BIN_EXE_tieout"));
        program.command.env_remove("DATABASE_URL").env_remove("TIEOUT_LOG");
        program
    }

    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(arguments);
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn without_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub fn current_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    pub fn stdin(mut self, from: impl Into<Stdio>) -> Self {
        self.command.stdin(from);
        self
    }

    /// Where stdout goes instead of into the `Output`.
    pub fn stdout(mut self, to: impl Into<Stdio>) -> Self {
        self.command.stdout(to);
        self.captured = false;
        self
    }

    /// Another limit than that of its test.
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Runs it to its end.
    #[track_caller]
    pub fn output(self) -> Output {
        self.start().end()
    }

    /// Starts it and comes back at once.
    #[track_caller]
    pub fn start(mut self) -> Started {
        self.command.stderr(Stdio::piped());
        if self.captured {
            self.command.stdout(Stdio::piped());
        }
        let shown = without_passwords(&format!("{:?}", self.command));
        let doing = watch::doing(shown.clone());
        let mut child = self.command.spawn().unwrap_or_else(|cause| panic!("{shown}: {cause}"));
        let stdout = child.stdout.take().map(read);
        let stderr = child.stderr.take().map(read);
        let deadline = Instant::now() + self.limit;
        Started { child, shown, deadline, streams: Mutex::new([stdout, stderr]), _doing: doing }
    }
}

/// What is shown of a command: its URLs have passwords.
fn without_passwords(command: &str) -> String {
    let mut parts = command.split("://");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let user = part.split_once('@').and_then(|(account, rest)| Some((account.split_once(':')?.0, rest)));
        match user {
            Some((user, rest)) => shown.extend(["://", user, ":***@", rest]),
            None => shown.extend(["://", part]),
        }
    }
    shown
}

/// A thread reads, so that the program never waits for the test.
fn read(mut stream: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (send, receive) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let _ = send.send(bytes);
    });
    receive
}

/// A program at work. A test that fails leaves none behind: it is killed when this goes.
pub struct Started {
    child: Child,
    shown: String,
    deadline: Instant,
    /// What it says; held so that threads may share a program at work.
    streams: Mutex<[Option<Receiver<Vec<u8>>>; 2]>,
    _doing: watch::Doing,
}

impl Started {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its status, if it has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child")
    }

    /// Sends a signal, by its name.
    pub fn signal(&self, name: &str) {
        Program::new("kill").args([format!("-{name}"), self.id().to_string()]).output().expect(0, &[]);
    }

    /// Waits for its end; a program that has not ended at its limit is killed, and fails the test.
    #[track_caller]
    pub fn end(mut self) -> Output {
        let mut read = [Vec::new(), Vec::new()];
        let streams = std::mem::take(self.streams.get_mut().expect("no panic there"));
        for (stream, bytes) in streams.iter().zip(&mut read) {
            let Some(stream) = stream else { continue };
            match stream.recv_timeout(self.left()) {
                Ok(all) => *bytes = all,
                Err(_) => self.took_too_long(stream),
            }
        }
        // Both of its streams are closed: it is about to end.
        let status = loop {
            if let Some(status) = self.ended() {
                break status;
            }
            if self.left().is_zero() {
                self.took_too_long(&channel().1);
            }
            thread::sleep(Duration::from_millis(1));
        };
        let [stdout, stderr] = read.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Output { status: status.code().unwrap_or(-1), stdout, stderr }
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now()).min(watch::here().left())
    }

    #[track_caller]
    fn took_too_long(&mut self, stream: &Receiver<Vec<u8>>) -> ! {
        let _ = self.child.kill();
        let said = stream.recv_timeout(Duration::from_secs(2)).unwrap_or_default();
        panic!(
            "killed, since it took too long: {}\n{}\nit said:\n{}",
            self.shown,
            watch::here().told(),
            String::from_utf8_lossy(&said)
        );
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill().and_then(|()| self.child.wait());
        }
    }
}

#[test]
fn no_password_is_shown() {
    let command = "tieout \"run\" \"mysql://root:secret@127.0.0.1:3306/db\" \"--source\" \"file:inbox\"";
    assert_eq!(without_passwords(command), command.replace("secret", "***"));
    assert_eq!(without_passwords("a sqlite://x b"), "a sqlite://x b");
}

#[test]
fn a_program_that_does_not_end_is_killed_and_named() {
    let begun = Instant::now();
    let panic = std::panic::catch_unwind(|| {
        Program::new("sleep").arg("1000").limit(Duration::from_millis(300)).output()
    });
    let panic = panic.expect_err("it took too long");
    let text = panic.downcast_ref::<String>().expect("a message");
    assert!(text.contains("took too long: \"sleep\" \"1000\""), "{text}");
    assert!(text.contains("a_program_that_does_not_end_is_killed_and_named has run for"), "{text}");
    assert!(begun.elapsed() < Duration::from_secs(30));
}
