//! The log on stderr: lines for people, or one JSON object a line. Remarks and errors of the program are events too.

use crate::{
    cli::{Color, Global, LogFormat},
    error::{Error, printable},
};
use std::{
    fmt,
    io::{IsTerminal, Write},
};
use tracing::{Event, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::filter_fn,
    fmt::{
        FmtContext, FormatEvent, FormatFields, format,
        format::{Format, Full, Writer},
    },
    layer::SubscriberExt,
    registry::LookupSpan,
    util::SubscriberInitExt,
};

/// The target of what the program says to whoever started it: a line without a level.
pub(crate) const REMARK: &str = "tieout::remark";

/// Starts the log. `TIEOUT_LOG` is a filter of the `tracing` library instead of the level that the options ask for.
pub fn start(global: &Global) {
    let json = global.log_format == LogFormat::Json;
    let level = match (global.quiet, global.verbose) {
        (true, _) => "error",
        (false, 0) if !json => "warn,tieout::remark=info",
        (false, 0 | 1) => "tieout=info,warn",
        (false, _) => "tieout=debug,warn",
    };
    let filter = EnvFilter::try_from_env("TIEOUT_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).log_internal_errors(false);
    let log = if json {
        log.json().flatten_event(true).with_target(false).with_span_list(false).boxed()
    } else {
        log.with_ansi(coloured(global.color))
            .event_format(Lines(format().with_target(false).without_time()))
            .boxed()
    };
    // What libraries say may hold what we never show, such as the parameters of a URL.
    let own = filter_fn(|event| event.target().starts_with("tieout"));
    tracing_subscriber::registry().with(filter).with(log.with_filter(own)).init();
}

/// Whether the terminal cannot move its cursor.
pub(crate) fn plain_terminal() -> bool {
    std::env::var_os("TERM").is_some_and(|kind| kind == "dumb")
}

/// Whether the user or the terminal wants no colours. <https://no-color.org>: any value but an empty one.
pub(crate) fn no_colours() -> bool {
    plain_terminal() || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

fn coloured(color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => std::io::stderr().is_terminal() && !no_colours(),
    }
}

/// What happened and what to do, on stderr, and of which feed and run as far as that is known; gives the exit status. Nothing can be done where stderr is gone too.
pub fn failure(error: &Error, form: LogFormat, feed: Option<&str>, run: Option<&str>) -> u8 {
    let status = error.status();
    let text: Vec<String> = error.to_string().lines().map(printable).collect();
    match form {
        LogFormat::Json => {
            let (code, hint) = (error.code().to_string(), error.hint());
            tracing::error!(code, status, hint, feed, run, "{}", text.join("; "));
        }
        LogFormat::Text => {
            let mut stderr = std::io::stderr().lock();
            let _ = writeln!(stderr, "tieout: {} [{}]", text.join("\n        "), error.code());
            let _ = writeln!(stderr, "        {}", error.hint());
        }
    }
    status
}

/// As the library writes lines, but for remarks, which begin with the program's name.
struct Lines(Format<Full, ()>);

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if event.metadata().target() != REMARK {
            return self.0.format_event(context, out, event);
        }
        write!(out, "tieout: ")?;
        context.format_fields(out.by_ref(), event)?;
        writeln!(out)
    }
}
