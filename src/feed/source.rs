//! `[source]`: where files come from, which of them are wanted, in which order, and what becomes of them.

use super::{
    Access, Secret,
    beside::FeedPath,
    file_pattern::FilePattern,
    formats,
    path::PathError,
    settings,
    table::{KnownTable, Text},
};
use crate::calendar::{BusinessDays, Expected, Misread};
use percent_encoding::percent_decode_str;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use url::{Host, Url};

const SCHEMES: [&str; 9] = ["file", "ftp", "ftps", "sftp", "s3", "gs", "azblob", "http", "https"];
pub(super) const SOURCE: &[&str] = &[
    "url",
    "list",
    "user",
    "password",
    "password_file",
    "identity",
    "host_key",
    "endpoint",
    "ca_file",
    "insecure",
    "timeout",
    "pattern",
    "exclude",
    "ignore_case",
    "timezone",
    "ready",
    "settle",
    "order",
    "limit",
    "max_bytes_per_second",
    "max_spool",
    "after",
    "archive",
    "allow_none",
    "all_or_nothing",
    "expect",
    "calendar",
];
/// What only means something where a server is asked, by the schemes that know it; none: all of them.
const OF_SERVERS: [(&str, &[&str]); 12] = [
    ("list", &["http", "https"]),
    ("user", &[]),
    ("password", &[]),
    ("password_file", &[]),
    ("identity", &["sftp"]),
    ("host_key", &["sftp"]),
    ("endpoint", &["s3", "gs", "azblob"]),
    ("ca_file", &["ftps", "s3", "gs", "azblob", "https"]),
    ("insecure", &[]),
    ("timeout", &[]),
    ("max_bytes_per_second", &[]),
    ("max_spool", &[]),
];
/// Files of a server must have stood still for so long.
const SETTLE: Duration = Duration::from_secs(5);
/// A server may take so long for an answer.
const TIMEOUT: Duration = Duration::from_mins(1);

/// `[source]`.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where its files lie.
    pub location: SourceLocation,
    /// Which names are wanted: any of these …
    pub patterns: Vec<FilePattern>,
    /// … and none of these.
    pub exclude: Vec<FilePattern>,
    /// Patterns do not tell upper from lower case.
    pub ignore_case: bool,
    /// The time zone of a pattern's day; UTC where none is named.
    pub timezone: Option<String>,
    /// A file is wanted once a file stands beside it that is called as it is, with this behind.
    pub ready: Option<String>,
    /// How long a file must have stood still; none: it is taken as it is.
    pub settle: Option<Duration>,
    /// In which order files are taken.
    pub order: FileOrder,
    /// So many files a run.
    pub limit: Option<u64>,
    /// Bytes per second that are fetched at most.
    pub max_bytes_per_second: Option<u64>,
    /// Bytes that the spool may hold; none: what the disk has, but for a reserve.
    pub max_spool: Option<u64>,
    /// What becomes of a file that is done with.
    pub after: AfterFile,
    /// No new file is success instead of status 5.
    pub allow_none: bool,
    /// One bad file refuses all of them.
    pub all_or_nothing: bool,
    /// What a day is to bring.
    pub expect: Option<Expected>,
}

impl Source {
    /// Whether a pattern names a day, which `--set date=` says.
    #[must_use]
    pub fn is_dated(&self) -> bool {
        self.patterns.iter().chain(&self.exclude).any(FilePattern::is_dated)
    }
}

/// Where a source's files lie.
#[derive(Debug, Clone)]
pub enum SourceLocation {
    /// In a folder of this machine.
    Folder(FeedPath),
    /// On a server.
    Server(Box<Access>),
}

/// In which order files are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileOrder {
    /// By when they were last changed, then by name.
    Oldest,
    /// By name.
    Name,
}

/// What becomes of a file whose results are committed and exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterFile {
    /// It stays.
    Leave,
    /// It is moved into this folder, which is there.
    Archive(String),
    /// It is removed.
    Delete,
}

/// `[source]`.
pub(super) fn source(table: &KnownTable<'_>) -> Option<Source> {
    table.require("url", "write it like \"file:///var/spool/acme\", or leave [source] out and give files");
    let location = location(table);
    let is_server = matches!(location, Some(SourceLocation::Server(_)));
    let patterns =
        patterns(table, "pattern").unwrap_or_else(|| FilePattern::parse("*.xml*").into_iter().collect());
    if patterns.is_empty() {
        table.mistake("pattern", "is empty, so no file would be wanted; leave it out for \"*.xml*\"");
    }
    let timezone = table.word("timezone");
    if let Some(zone) = &timezone
        && let Err(what) = formats::timezone(&zone.value, &zone.written)
    {
        table.mistake_at(zone.at, "timezone", what);
    }
    let orders = [("oldest", FileOrder::Oldest), ("name", FileOrder::Name)];
    let number = |key| table.has(key).then(|| table.number(key, 1, 1));
    let size = |key| table.has(key).then(|| table.size(key, 1));
    let after = after(table, location.as_ref());
    Some(Source {
        patterns,
        exclude: self::patterns(table, "exclude").unwrap_or_default(),
        ignore_case: table.flag("ignore_case", false),
        timezone: timezone.map(|text| text.value),
        ready: ready(table),
        settle: table.duration("settle").or(is_server.then_some(SETTLE)),
        order: table.choice("order", &orders).unwrap_or(FileOrder::Oldest),
        limit: number("limit"),
        max_bytes_per_second: size("max_bytes_per_second"),
        max_spool: size("max_spool"),
        after,
        allow_none: table.flag("allow_none", false),
        all_or_nothing: table.flag("all_or_nothing", false),
        expect: expect(table),
        location: location?,
    })
}

fn patterns(table: &KnownTable<'_>, key: &str) -> Option<Vec<FilePattern>> {
    let texts = table.texts(key)?;
    let read = |text: &Text| {
        let note = |what: String| table.mistake_at(text.at, key, format!("`{}` {what}", text.written));
        FilePattern::parse(&text.value).map_err(note).ok()
    };
    Some(texts.iter().filter_map(read).collect())
}

fn expect(table: &KnownTable<'_>) -> Option<Expected> {
    let business = business_days(table);
    if table.has("calendar") && !table.has("expect") {
        table.mistake("calendar", "is used with `expect` only; add it, or leave the calendar out");
    }
    let (text, business) = (table.text("expect")?, business?);
    let read = |text: &str| {
        let refused = |Misread { offset, what }| PathError { message: what, offset };
        Expected::parse(text, &business).map_err(refused)
    };
    table.parsed("expect", &text, read)
}

/// `weekdays`, or a file of holidays beside the feed file.
pub(super) fn business_days(table: &KnownTable<'_>) -> Option<BusinessDays> {
    let Some(text) = table.word("calendar").filter(|text| text.value != "weekdays") else {
        return Some(BusinessDays::weekdays());
    };
    let path = FeedPath::of(table.reading.path, Path::new(&text.value)).path;
    let read =
        std::fs::read_to_string(path).map_err(|cause| format!("`{}` cannot be read: {cause}", text.written));
    let read = read.and_then(|holidays| {
        BusinessDays::parse(&holidays).map_err(|refused| format!("`{}`: {}", text.written, refused.what))
    });
    read.map_err(|what| table.mistake_at(text.at, "calendar", what)).ok()
}

fn ready(table: &KnownTable<'_>) -> Option<String> {
    let text = table.word("ready")?;
    if text.value.contains(['/', '*']) {
        table.mistake_at(
            text.at,
            "ready",
            "is what stands behind a file's name, like \".done\"; write no pattern",
        );
    }
    Some(text.value)
}

fn after(table: &KnownTable<'_>, location: Option<&SourceLocation>) -> AfterFile {
    let folder = table.word("archive");
    let words = [("leave", 0), ("archive", 1), ("delete", 2)];
    let after = table.choice("after", &words).unwrap_or(0);
    if let Some(SourceLocation::Server(access)) = location
        && after > 0
        && access.url.scheme().starts_with("http")
    {
        table.mistake("after", "cannot be done over http; leave it out");
    }
    match (after, folder) {
        (1, Some(folder)) => {
            let below =
                !matches!(location, Some(SourceLocation::Server(_))) || !folder.value.starts_with('/');
            let plain =
                !folder.value.contains(char::is_control) && !folder.value.split('/').any(|part| part == "..");
            let here = folder.value.split('/').all(|part| matches!(part, "" | "."));
            if !below || !plain || here {
                table.mistake_at(
                    folder.at,
                    "archive",
                    "names a folder below that of the files, like \"done\"",
                );
            }
            return AfterFile::Archive(folder.value);
        }
        (1, None) => table.mistake("after", "needs a folder; add archive = \"done\""),
        (_, Some(_)) => table.mistake("archive", "is used with after = \"archive\" only; add it"),
        (2, None) => return AfterFile::Delete,
        _ => {}
    }
    AfterFile::Leave
}

fn location(table: &KnownTable<'_>) -> Option<SourceLocation> {
    let url = settings::url(table, &SCHEMES)?;
    // `url` has looked at it.
    let (scheme, rest) = url.reveal().split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    let is_folder = scheme == "file";
    for (key, schemes) in OF_SERVERS {
        if table.has(key) && (is_folder || !(schemes.is_empty() || schemes.contains(&scheme.as_str()))) {
            table.mistake(key, format!("means nothing to {scheme}:; leave it out"));
        }
    }
    if !is_folder {
        return server(table, url.reveal()).map(|access| SourceLocation::Server(Box::new(access)));
    }
    if names_an_account(rest) {
        table.mistake(
            "url",
            "names a user or a password, which a folder of this machine has not; write file:/folder",
        );
        return None;
    }
    let folder = Path::new(rest.strip_prefix("//").unwrap_or(rest));
    Some(SourceLocation::Folder(FeedPath::of(table.reading.path, folder)))
}

/// Whether there is an account before the first folder: a host's, or a user and a password of which somebody forgot
/// the `//`. A folder's own name may hold `@`.
fn names_an_account(path: &str) -> bool {
    let (host, rest) = path.strip_prefix("//").map_or((false, path), |rest| (true, rest));
    let account = rest.split('/').next().and_then(|first| first.rsplit_once('@'));
    account.is_some_and(|(account, _)| host || account.contains(':'))
}

/// No message shows the URL, which may hold a password in any of its parts where a character of it is not escaped.
fn server(table: &KnownTable<'_>, text: &str) -> Option<Access> {
    let mut url = address(table, "url", text)?;
    let behind = url.as_str().split_once("://").and_then(|(_, rest)| rest.split_once(['/', '?', '#']));
    if behind.is_some_and(|(_, behind)| behind.contains('@')) || url.fragment().is_some() {
        let what = "holds an @ or a # behind the server's name; write them as %40 and %23, and a password under password_file";
        table.mistake("url", what);
        return None;
    }
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let of_url = (url.password().map(decoded), Some(decoded(url.username())).filter(|user| !user.is_empty()));
    let (password, user) = of_url;
    // They fail where there is no host, which is known by now.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let password_file = path(table, "password_file");
    let given = [password.is_some(), table.has("password"), password_file.is_some()];
    if given.into_iter().filter(|given| *given).count() > 1 {
        table.mistake("url", "and the other keys name more than one password; keep one of them");
    }
    if user.is_some() && table.has("user") {
        table.mistake("user", "stands in the url too; keep one of them");
    }
    let list = list(table, &mut url);
    let endpoint = table.word("endpoint").and_then(|text| address(table, "endpoint", &text.value));
    Some(Access {
        list,
        user: table.word("user").map(|text| text.value).or(user),
        password: table.text("password").map(|text| text.value).or(password).map(Secret::new),
        password_file,
        identity: path(table, "identity"),
        host_keys: table.strings("host_key").unwrap_or_default(),
        endpoint,
        ca_file: path(table, "ca_file"),
        insecure: table.flag("insecure", false),
        timeout: table.duration("timeout").unwrap_or(TIMEOUT),
        url,
    })
}

/// The page that lists the files of `folder`, which ends in a slash from then on. Of another server nothing is listed.
fn list(table: &KnownTable<'_>, folder: &mut Url) -> Option<Url> {
    let text = table.word("list")?;
    if !folder.path().ends_with('/') {
        folder.set_path(&format!("{}/", folder.path()));
    }
    let page = folder.join(&text.value).ok().filter(|page| page.origin() == folder.origin());
    let page = page.filter(|page| page.username().is_empty() && page.password().is_none());
    if page.is_none() {
        let what =
            "names no page of the server of `url`; write it like \"index.html\" or \"/lists/today.txt\"";
        table.mistake_at(text.at, "list", what);
    }
    page
}

fn address(table: &KnownTable<'_>, key: &str, text: &str) -> Option<Url> {
    match Url::parse(text) {
        Ok(url) if url.host().is_some_and(|host| host != Host::Domain("")) => return Some(url),
        Ok(_) => table.mistake(key, "names no server; write it like \"sftp://files.example.com/out\""),
        Err(cause) => table
            .mistake(key, format!("cannot be read: {cause}; write it like \"sftp://files.example.com/out\"")),
    }
    None
}

/// A path, beside the feed file where it is relative.
fn path(table: &KnownTable<'_>, key: &str) -> Option<PathBuf> {
    let written = table.word(key)?.value;
    Some(FeedPath::of(table.reading.path, Path::new(&written)).path)
}
