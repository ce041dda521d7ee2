//! The program: parse arguments, start logging, call one function, turn its error into an exit status.

use clap::Parser;
use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
};
use tieout::{
    cli::{Cli, Color, Global, LogFormat},
    commands,
    error::{Code, Error, Signal, printable},
    stop::Stop,
};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::{
    EnvFilter, Layer, filter::filter_fn, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

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
    // A panic is a bug: status 70, never 101.
    let result = std::panic::catch_unwind(|| {
        start_logging(&cli.global);
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
    let result = result.unwrap_or_else(|_| Err(Error::check(Code::Panicked, "a panic; see above")));
    ExitCode::from(match result {
        Ok(status) => status,
        Err(error) => note(&error),
    })
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

/// What happened and what to do, on stderr. Nothing can be done where stderr is gone too.
fn note(error: &Error) -> u8 {
    let mut stderr = std::io::stderr().lock();
    let text: Vec<String> = error.to_string().lines().map(printable).collect();
    let _ = writeln!(stderr, "tieout: {} [{}]", text.join("\n        "), error.code());
    let _ = writeln!(stderr, "        {}", error.hint());
    error.status()
}

/// The first signal stops at the next safe point, the second one at once.
async fn until_signal(cli: Cli) -> Result<u8, Error> {
    let stop = Stop::default();
    let listen = |kind| {
        signal(kind).map_err(|cause| Error::machine("listen for signals", "this process".as_ref(), cause))
    };
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    let mut work = std::pin::pin!(commands::execute(cli, stop.clone()));
    let came = tokio::select! {
        done = &mut work => return done,
        _ = interrupt.recv() => Signal::Interrupt,
        _ = terminate.recv() => Signal::Terminate,
    };
    // At once: the branches below are looked at in any order.
    stop.flag().set(came);
    let patience = tokio::time::sleep(std::time::Duration::from_secs(5));
    tokio::select! {
        done = async { tokio::join!(stop.cancel(), &mut work).1 } => return done,
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        () = patience => {}
    }
    stop.flag().check().map(|()| 0)
}

fn start_logging(global: &Global) {
    let level = match (global.quiet, global.verbose) {
        (true, _) => "error",
        (false, 0) => "warn",
        (false, 1) => "tieout=info,warn",
        (false, _) => "tieout=debug,warn",
    };
    let filter = EnvFilter::try_from_env("TIEOUT_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let color = match global.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => std::io::stderr().is_terminal(),
    };
    let log = fmt::layer().with_writer(std::io::stderr).with_ansi(color).with_target(false);
    let log = log.log_internal_errors(false);
    let log = match global.log_format {
        LogFormat::Text => log.without_time().boxed(),
        LogFormat::Json => log.json().boxed(),
    };
    // What libraries say may hold what we never show, such as the parameters of a URL.
    let own = filter_fn(|event| event.target().starts_with("tieout"));
    tracing_subscriber::registry().with(filter).with(log.with_filter(own)).init();
}
