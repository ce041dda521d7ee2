//! `[after] webhook`: what a run came to, posted as JSON. It may come twice, never too seldom: the key of a run tells the
//! receiver which it has.

use crate::{
    error::{Code, Error, Result, printable},
    feed::Webhook,
    model::Summary,
    tls,
};
use reqwest::{Client, StatusCode, header::RETRY_AFTER, redirect::Policy};
use rustls::ClientConfig;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// One request may take so long.
const ONE: Duration = Duration::from_secs(15);

/// What is told.
pub enum Happened<'a> {
    /// A verdict, and its run's folder.
    Verdict {
        /// The run.
        summary: &'a Summary,
        /// Where its outputs lie on this machine.
        folder: &'a str,
        /// The exit status that it asks for, refused and missing files included.
        status: u8,
    },
    /// A run failed before it had a verdict.
    Failure {
        /// Its feed.
        feed: &'a str,
        /// Why.
        cause: &'a Error,
    },
}

impl Happened<'_> {
    fn body(&self) -> Value {
        match self {
            Self::Verdict { summary, folder, status } => json!({
                "event": summary.verdict.name(), "status": status, "feed": summary.feed, "run_id": summary.run_id,
                "folder": folder,
                "summary": serde_json::from_str::<Value>(&summary.json()).unwrap_or_default(),
            }),
            Self::Failure { feed, cause } => json!({
                "event": "failure", "status": cause.status(), "feed": feed, "code": cause.code().to_string(),
                "error": printable(&cause.to_string()), "hint": cause.hint(),
            }),
        }
    }

    /// The same for every post of one event.
    fn key(&self) -> Option<String> {
        match self {
            Self::Verdict { summary, .. } => Some(summary.run_id.to_string()),
            Self::Failure { .. } => None,
        }
    }
}

/// Posts it until the receiver has taken it, `within` this time. Connections that fail, 408, 425, 429 and 5xx are tried
/// again; redirects are not followed.
///
/// # Errors
/// `After` where the receiver did not take it: it names the host only, since an address may be a secret.
pub async fn post(to: &Webhook, within: Duration, happened: &Happened<'_>) -> Result<()> {
    let host = to.host();
    let failed = |why: String| Error::new(Code::WebhookFailed, format!("the webhook on {host} {why}"));
    let config = tls::client(to.ca_file.as_deref())?;
    let client = Client::builder()
        .tls_backend_preconfigured(ClientConfig::clone(&config))
        .redirect(Policy::none())
        .user_agent(concat!("tieout/", env!("CARGO_PKG_VERSION")))
        .timeout(ONE)
        .build()
        .map_err(|cause| failed(format!("cannot be called: {}", without_url(cause))))?;
    let body = happened.body().to_string();
    let begun = Instant::now();
    let mut pause = Duration::from_secs(1);
    loop {
        let mut request =
            client.post(to.url.reveal()).header("Content-Type", "application/json").body(body.clone());
        for (name, value) in &to.headers {
            request = request.header(name, value.reveal());
        }
        if let Some(key) = happened.key() {
            request = request.header("Idempotency-Key", key);
        }
        let left = within.saturating_sub(begun.elapsed()).max(Duration::from_secs(1));
        let (why, wait) = match request.timeout(ONE.min(left)).send().await {
            Ok(answer) if answer.status().is_success() => return Ok(()),
            Ok(answer) => {
                let status = answer.status();
                let why = format!("answered {status}");
                if !passes(status) {
                    return Err(failed(why));
                }
                let asked =
                    answer.headers().get(RETRY_AFTER).and_then(|text| text.to_str().ok()?.parse().ok());
                (why, asked.map(Duration::from_secs))
            }
            Err(cause) if cause.is_builder() => {
                return Err(failed(format!("cannot be called: {}", without_url(cause))));
            }
            Err(cause) => (format!("did not answer: {}", without_url(cause)), None),
        };
        let wait = wait.unwrap_or(pause);
        if begun.elapsed() + wait >= within {
            return Err(failed(format!("{why}, tried for {} seconds", begun.elapsed().as_secs().max(1))));
        }
        tracing::info!("the webhook on {host} {why}: tried again in {} seconds", wait.as_secs());
        tokio::time::sleep(wait).await;
        pause = (pause * 2).min(Duration::from_secs(30));
    }
}

/// Whether it may work later.
fn passes(status: StatusCode) -> bool {
    status.is_server_error()
        || [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS]
            .contains(&status)
}

/// What went wrong, down to its cause, without the address.
fn without_url(cause: reqwest::Error) -> String {
    let cause = cause.without_url();
    let mut text = cause.to_string();
    let mut next = std::error::Error::source(&cause);
    while let Some(inner) = next {
        text = format!("{text}: {inner}");
        next = inner.source();
    }
    printable(&text)
}
