//! Where a password comes from that does not stand in the URL: a file, a command, a variable, an option file of MySQL.
//! PostgreSQL's `PGPASSWORD` and `.pgpass` are read by the driver. No password is ever shown, and none is an argument.

use crate::{
    error::{Code, Error, Place, Result, printable},
    feed::Secret,
};
use std::{
    fs::{self, File},
    io::{ErrorKind, Read},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::{process::Command, sync::Mutex, time::timeout};

/// How long what a command said serves: tokens of cloud databases are good for a quarter of an hour.
const FRESH: Duration = Duration::from_mins(10);
/// How long a command may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// A file or an answer that is longer holds something else.
const LONGEST: u64 = 64 * 1024;

/// A command that says the password on its last line.
#[derive(Debug)]
pub struct PasswordCommand {
    /// The program and its arguments; no shell splits them.
    words: Vec<String>,
    last: Mutex<Option<(Instant, Secret)>>,
}

impl PasswordCommand {
    pub fn new(words: Vec<String>) -> Self {
        Self { words, last: Mutex::default() }
    }

    /// What it said lately, or says now.
    ///
    /// # Errors
    /// `PasswordCommandFailed`, which shows nothing of what it printed on stdout.
    pub async fn ask(&self) -> Result<Secret> {
        let mut last = self.last.lock().await;
        if let Some((at, password)) = &*last
            && at.elapsed() < FRESH
        {
            return Ok(password.clone());
        }
        let password = self.run().await?;
        *last = Some((Instant::now(), password.clone()));
        Ok(password)
    }

    async fn run(&self) -> Result<Secret> {
        let name = self.words.first().map_or("", String::as_str);
        let failed = |what: &str| {
            let what = format!("the [database] password_command {} {what}", printable(name));
            Error::new(Code::PasswordCommandFailed, what)
        };
        let mut command = Command::new(name);
        command.args(&self.words[1..]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = timeout(PATIENCE, command.kill_on_drop(true).output()).await;
        let output = output.map_err(|_| failed(&format!("took longer than {} s", PATIENCE.as_secs())))?;
        let output = output.map_err(|cause| failed(&format!("cannot be started: {cause}")).because(cause))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.lines().rfind(|line| !line.trim().is_empty()).map(printable).unwrap_or_default();
            return Err(failed(&format!("ended with {}: {said}", output.status)));
        }
        let text = String::from_utf8(output.stdout).map_err(|_| failed("said what is not UTF-8"))?;
        let line = text.lines().rfind(|line| !line.is_empty()).ok_or_else(|| failed("said nothing"))?;
        Ok(Secret::new(line.to_owned()))
    }
}

/// A password that is all that a file holds, but for the end of its line.
///
/// # Errors
/// `PasswordUnreadable`.
pub fn of_file(path: &Path) -> Result<Secret> {
    let text = read(path)?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() || text.contains('\n') {
        return Err(unreadable(path, "must hold one line, which is the password"));
    }
    Ok(Secret::new(text.to_owned()))
}

/// User and password of the section `[client]` of an option file of MySQL.
#[derive(Default)]
pub struct ClientSection {
    pub user: Option<String>,
    pub password: Option<Secret>,
}

/// # Errors
/// `PasswordUnreadable`.
pub fn of_option_file(path: &Path) -> Result<ClientSection> {
    Ok(client_section(&read(path)?))
}

/// The user's own option file; none where there is none, or where it is not to be believed, which is said.
pub fn of_own_option_file(home: &Path) -> Result<ClientSection> {
    let path = home.join(".my.cnf");
    match fs::metadata(&path) {
        // As MySQL's own programs do: anybody could have written it.
        Ok(metadata) if metadata.mode() & 0o002 != 0 => {
            tracing::warn!("{} is passed over, since anybody may write it", shown(&path));
            Ok(ClientSection::default())
        }
        Ok(_) => of_option_file(&path),
        Err(_) => Ok(ClientSection::default()),
    }
}

/// Says where PostgreSQL's password file is passed over: the driver does so in silence.
pub fn warn_of_pgpass(named: Option<String>, home: Option<String>) {
    let own = home.map(|home| Path::new(&home).join(".pgpass"));
    for path in named.map(PathBuf::from).into_iter().chain(own) {
        match fs::metadata(&path) {
            Ok(metadata) if metadata.mode() & 0o077 != 0 => {
                tracing::warn!("{} is passed over, since others may read it: chmod 600", shown(&path));
            }
            Err(cause) if cause.kind() != ErrorKind::NotFound => {
                tracing::warn!("{} cannot be read: {cause}", shown(&path));
            }
            _ => {}
        }
    }
}

fn shown(path: &Path) -> String {
    printable(&path.display().to_string())
}

fn read(path: &Path) -> Result<String> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text));
    match read {
        Ok(length) if length as u64 > LONGEST => Err(unreadable(path, "is too long to be one")),
        Ok(_) => Ok(text),
        Err(cause) => Err(unreadable(path, &format!("cannot be read: {cause}")).because(cause)),
    }
}

fn unreadable(path: &Path, what: &str) -> Error {
    let place = Place::file(&path.display().to_string());
    Error::new(Code::PasswordUnreadable, format!("{place}: the file of a password {what}")).about(place)
}

/// MySQL manual, 6.2.2.2: comments, quotes and escapes of option files. Other files that it includes are not read.
fn client_section(text: &str) -> ClientSection {
    let mut found = ClientSection::default();
    let mut client = false;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[') {
            client = name.split(']').next().is_some_and(|name| name.trim() == "client");
        } else if client
            && !line.starts_with(['#', ';', '!'])
            && let Some((key, value)) = line.split_once('=')
        {
            match key.trim() {
                "user" => found.user = Some(option_value(value)),
                "password" => found.password = Some(Secret::new(option_value(value))),
                _ => {}
            }
        }
    }
    found
}

fn option_value(text: &str) -> String {
    let text = text.trim();
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    let (text, end) = match quote {
        Some(quote) => (&text[1..], quote),
        None => (text, '#'),
    };
    let mut value = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('b') => value.push('\u{8}'),
                Some('t') => value.push('\t'),
                Some('n') => value.push('\n'),
                Some('r') => value.push('\r'),
                Some('s') => value.push(' '),
                Some(escaped @ ('\\' | '"' | '\'')) => value.push(escaped),
                Some(other) => value.extend(['\\', other]),
                None => value.push('\\'),
            },
            letter if letter == end => break,
            letter => value.push(letter),
        }
    }
    if quote.is_some() { value } else { value.trim_end().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_file_is_read_as_mysql_reads_it() {
        let of = |value: &str| {
            let text = format!(
                "[mysqld]\npassword=no\n[client]\n# x\nskip-ssl\nuser = u # me\npassword = {value}\n[mysql]\npassword=no"
            );
            let ClientSection { user, password } = client_section(&text);
            assert_eq!(user.as_deref(), Some("u"));
            password.map(|password| password.reveal().to_owned())
        };
        for (written, meant) in [
            ("S3cret", "S3cret"),
            ("\"a#b c\"", "a#b c"),
            ("'a\"b'", "a\"b"),
            ("a#b", "a"),
            ("a\\sb\\\\c\\q", "a b\\c\\q"),
            ("", ""),
        ] {
            assert_eq!(of(written).as_deref(), Some(meant), "{written}");
        }
        assert!(client_section("[mysql]\npassword=x").password.is_none());
    }

    #[test]
    fn a_file_holds_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        for (text, password) in [("a b", Some("a b")), ("a\r\n", Some("a")), ("", None), ("a\nb\n", None)] {
            fs::write(&file, text).unwrap();
            let read = of_file(&file).ok().map(|secret| secret.reveal().to_owned());
            assert_eq!(read.as_deref(), password, "{text:?}");
        }
        let cause = of_file(&folder.path().join("none")).unwrap_err();
        assert_eq!(cause.code(), Code::PasswordUnreadable);
    }
}
