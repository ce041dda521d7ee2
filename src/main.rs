//! The program: parse arguments, start logging, call one function, turn its error into an exit status.

use clap::Parser;
use std::{process::ExitCode, time::Instant};
use tieout::{
    cli::{Cli, LogFormat},
    commands::{self, CommandEnd},
    error::{Code, Error, Signal},
    log,
    stop::Stop,
};
use tokio::signal::unix::{SignalKind, signal};

/// Bytes from which a text is memory of its own, which the system has back when the text is gone.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: i32 = 256 << 10;

fn main() -> ExitCode {
    give_back();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(shown) => {
            let failed = shown.print().is_err();
            return ExitCode::from(if shown.use_stderr() { 2 } else { u8::from(failed) * 7 });
        }
    };
    let form = cli.global.log_format;
    let begun = Instant::now();
    // A panic is a bug: status 70, never 101.
    let result = std::panic::catch_unwind(|| {
        log::start(&cli.global);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        match runtime {
            Ok(runtime) => {
                let result = runtime.block_on(until_signal(cli));
                // A thread that still reads a file must not keep the process.
                runtime.shutdown_background();
                result
            }
            Err(cause) => Err(Error::machine("start threads", "this process".as_ref(), cause)),
        }
    });
    let ended = result.unwrap_or_else(|_| Err(Error::check(Code::Panicked, "a panic; see above")));
    let CommandEnd { status, verdict, feed, run } = ended.unwrap_or_else(CommandEnd::failed);
    let status = status.unwrap_or_else(|error| log::failure(&error, form, feed.as_deref(), run.as_deref()));
    if form == LogFormat::Json {
        let seconds = begun.elapsed().as_secs_f64();
        let verdict = verdict.map(tieout::model::Verdict::name);
        tracing::info!(status, verdict, feed, run, seconds, "ended");
    }
    ExitCode::from(status)
}

/// The GNU C library would keep the memory of long texts for the next ones: every thread its own, dozens of MB.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the setting of the C library has no safe interface")]
fn give_back() {
    // SAFETY: it takes two numbers and no pointer, and no other thread runs yet. Where it fails, nothing changes.
    unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE) };
}

/// Others do so by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_back() {}

/// The first signal stops at the next safe point, the second one at once.
async fn until_signal(cli: Cli) -> Result<CommandEnd, Error> {
    let stop = Stop::default();
    let listen = |kind| {
        signal(kind).map_err(|cause| Error::machine("listen for signals", "this process".as_ref(), cause))
    };
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    let mut work = std::pin::pin!(commands::execute(cli, stop.clone()));
    let came = tokio::select! {
        done = &mut work => return Ok(done),
        _ = interrupt.recv() => Signal::Interrupt,
        _ = terminate.recv() => Signal::Terminate,
    };
    // At once: the branches below are looked at in any order.
    stop.flag().set(came);
    let patience = tokio::time::sleep(std::time::Duration::from_secs(5));
    tokio::select! {
        done = async { tokio::join!(stop.cancel(), &mut work).1 } => return Ok(done),
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        () = patience => {}
    }
    stop.flag().check().map(|()| CommandEnd::from(Ok(0)))
}
