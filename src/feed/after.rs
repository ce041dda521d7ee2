//! `[after]`: who is told what a run came to.

use super::{Secret, table::KnownTable};
use std::{path::PathBuf, time::Duration};
use url::{Host, Url};

pub(super) const AFTER: &[&str] = &["command", "webhook", "headers", "ca_file", "on", "timeout"];

/// `[after]`.
#[derive(Debug, Clone)]
pub struct After {
    /// argv, no shell; none where only a webhook is called.
    pub command: Option<Vec<String>>,
    /// Who gets the summary by HTTP.
    pub webhook: Option<Webhook>,
    /// When they are called.
    pub on: Vec<On>,
    /// The command is killed after this long, and the webhook is tried for this long.
    pub timeout: Duration,
}

/// When `[after]` runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// Every row matched, and no control failed.
    TiedOut,
    /// A control failed, whatever else is there.
    FailedControls,
    /// There are breaks.
    Breaks,
    /// The run failed.
    Failure,
}

/// `[after] webhook`.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Its whole address is a secret: many services know their callers by it.
    pub url: Secret,
    /// Sent with it.
    pub headers: Vec<(String, Secret)>,
    /// Certificates of authorities to believe, instead of the system's.
    pub ca_file: Option<PathBuf>,
}

impl Webhook {
    /// Who is called, for messages.
    #[must_use]
    pub fn host(&self) -> String {
        let url = Url::parse(self.url.reveal()).ok();
        url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }
}

pub(super) fn after(table: &KnownTable<'_>) -> Option<After> {
    if !table.has("webhook") {
        table.require(
            "command",
            "write the program and its arguments, like [\"./notify.sh\", \"{summary}\"], or a webhook",
        );
    }
    let command =
        table.list("command", "a list like [\"./notify.sh\", \"{summary}\"], since no shell splits it");
    if command.as_ref().is_some_and(|command| command.first().is_none_or(String::is_empty)) {
        table.mistake("command", "names no program; its first item is the program to start");
    }
    let outcomes = [
        ("tied_out", On::TiedOut),
        ("failed_controls", On::FailedControls),
        ("breaks", On::Breaks),
        ("failure", On::Failure),
    ];
    let on = table.choices("on", &outcomes);
    let on = on.unwrap_or_else(|| vec![On::FailedControls, On::Breaks, On::Failure]);
    if on.is_empty() {
        let what =
            "is empty, so nobody would ever be told; name tied_out, failed_controls, breaks or failure";
        table.mistake("on", what);
    }
    let timeout = table.duration("timeout").unwrap_or(Duration::from_mins(1));
    let webhook = webhook(table);
    (command.is_some() || webhook.is_some()).then_some(After { command, webhook, on, timeout })
}

fn webhook(table: &KnownTable<'_>) -> Option<Webhook> {
    let headers = headers(table);
    let ca_file = table.word("ca_file").map(|text| PathBuf::from(text.value));
    let text = table.word("webhook")?;
    let address = text.value.trim();
    let wrong = match Url::parse(address) {
        Err(_) => Some("is no address; write it like \"https://host/path\", or \"${HOOK_URL}\""),
        Ok(url) if !matches!(url.scheme(), "http" | "https") => {
            Some("begins with another scheme; use https://")
        }
        Ok(url) if url.scheme() == "http" && !is_this_machine(&url) => {
            Some("would send bank data in the clear; use https://")
        }
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            Some("holds a user; use headers = { Authorization = \"Basic ${…}\" }")
        }
        Ok(_) => None,
    };
    if let Some(what) = wrong {
        table.mistake_at(text.at, "webhook", what);
        return None;
    }
    Some(Webhook { url: Secret::new(address.to_owned()), headers, ca_file })
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// No message shows a value.
fn headers(table: &KnownTable<'_>) -> Vec<(String, Secret)> {
    let given = table.string_table("headers", "{ Authorization = \"Bearer ${TOKEN}\" }").unwrap_or_default();
    if !given.is_empty() && !table.has("webhook") {
        table.mistake("headers", "are sent to a webhook, and there is none; name it or take them out");
    }
    let mut headers = Vec::new();
    for (name, at, text) in given {
        let key = format!("headers.{name}");
        // RFC 9110, 5.6.2 and 5.5.
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.is_empty() || !name.chars().all(token) {
            table.mistake_at(at, &key, "is no name of a header");
        } else if !text.value.chars().all(|c| c == '\t' || (' '..='~').contains(&c)) {
            table.mistake_at(at, &key, "holds a character that no header can hold");
        } else {
            headers.push((name, Secret::new(text.value)));
        }
    }
    headers
}
