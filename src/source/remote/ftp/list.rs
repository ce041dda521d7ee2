//! What a server says of its files. `MLSD` (RFC 3659) says everything; `NLST` says names, and `SIZE` and `MDTM` the rest;
//! `LIST` was made for people to read, and is the last resort.

use super::{super::RemoteFile, failure::Failure, session::FtpSession};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use suppaftp::{Status, list::ListParser};

/// The commands by which a server tells of its files: the same ones as long as it is asked, so that answers can be
/// compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListWay {
    /// `MLSD`, and `MLST` for one.
    Facts,
    /// `NLST`, `SIZE` and `MDTM`.
    Names,
    /// `LIST`, whose times are of a minute or a day.
    Lines,
}

/// The files of the folder, in the best way that the server knows, or in the one that it was asked in before.
pub(super) async fn files(
    session: &mut FtpSession,
    way: &mut Option<ListWay>,
) -> Result<Vec<RemoteFile>, Failure> {
    if let Some(way) = *way {
        return in_way(session, way).await;
    }
    for candidate in [ListWay::Facts, ListWay::Names, ListWay::Lines] {
        match in_way(session, candidate).await {
            Err(failure) if failure.is_unknown_command() && candidate != ListWay::Lines => {}
            // Some servers have no other word for an empty folder; LIST tells.
            Err(Failure::Refused {
                status: Status::FileUnavailable | Status::RequestFileActionIgnored,
                ..
            }) if candidate == ListWay::Names => {}
            done => {
                let files = done?;
                *way = Some(candidate);
                return Ok(files);
            }
        }
    }
    Ok(Vec::new())
}

async fn in_way(session: &mut FtpSession, way: ListWay) -> Result<Vec<RemoteFile>, Failure> {
    match way {
        ListWay::Facts => Ok(session.lines("MLSD").await?.iter().filter_map(|line| facts(line)).collect()),
        ListWay::Names => {
            let mut files = Vec::new();
            for name in session.lines("NLST").await? {
                files.extend(asked(session, name).await?);
            }
            Ok(files)
        }
        ListWay::Lines => {
            let lines = session.lines("LIST").await?;
            let files = lines.iter().filter(|line| !is_total(line)).map(|line| line_of_list(line));
            Ok(files.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        }
    }
}

/// One file as it is now; none where it is not there any more.
pub(super) async fn file(
    session: &mut FtpSession,
    way: &mut Option<ListWay>,
    name: &str,
) -> Result<Option<RemoteFile>, Failure> {
    if matches!(*way, Some(ListWay::Facts) | None) {
        match session.ask(&format!("MLST {name}"), &[Status::RequestedFileActionOk]).await {
            Ok(reply) => {
                *way = Some(ListWay::Facts);
                let file = reply.lines().nth(1).map(str::trim_start).and_then(facts);
                return Ok(file.map(|file| remote(name.to_owned(), file.bytes, file.modified)));
            }
            Err(failure) if failure.is_unavailable() => return Ok(None),
            Err(failure) if failure.is_unknown_command() => {}
            Err(failure) => return Err(failure),
        }
    }
    if matches!(*way, Some(ListWay::Names) | None) {
        let file = asked(session, name.to_owned()).await?;
        if way.is_some() || file.as_ref().is_some_and(|file| file.bytes.is_some()) {
            *way = Some(ListWay::Names);
            return Ok(file);
        }
    }
    Ok(files(session, way).await?.into_iter().find(|file| file.name == name))
}

fn remote(name: String, bytes: Option<u64>, modified: Option<Timestamp>) -> RemoteFile {
    RemoteFile { address: name.clone(), name, bytes, modified, version: None }
}

/// A name of `NLST`, and what `SIZE` and `MDTM` say of it; nothing where it is a folder. A name that cannot be asked for
/// stays what it is.
async fn asked(session: &mut FtpSession, name: String) -> Result<Option<RemoteFile>, Failure> {
    if matches!(name.as_str(), "." | "..") {
        return Ok(None);
    }
    if !can_be_asked_for(&name) {
        return Ok(Some(remote(name, None, None)));
    }
    let bytes = match session.ask(&format!("SIZE {name}"), &[Status::File]).await {
        Ok(reply) => number(&reply),
        Err(failure) if failure.ends_session() => return Err(failure),
        Err(failure) if failure.is_unavailable() && session.can_enter(&name).await? => return Ok(None),
        Err(_) => None,
    };
    let modified = match session.ask(&format!("MDTM {name}"), &[Status::File]).await {
        Ok(reply) => reply.split_ascii_whitespace().nth(1).and_then(time),
        Err(failure) if failure.ends_session() => return Err(failure),
        Err(_) => None,
    };
    Ok(Some(remote(name, bytes, modified)))
}

/// Whether there is something of this name.
pub(super) async fn is_there(session: &mut FtpSession, path: &str) -> Result<bool, Failure> {
    for command in [format!("SIZE {path}"), format!("MLST {path}")] {
        match session.ask(&command, &[Status::File, Status::RequestedFileActionOk]).await {
            Ok(_) => return Ok(true),
            Err(failure) if failure.ends_session() => return Err(failure),
            // A server that does not know the command says nothing of the file.
            Err(failure) if failure.is_unknown_command() => {}
            Err(_) => return Ok(false),
        }
    }
    let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
    let names = session.lines(&format!("NLST {folder}")).await?;
    Ok(names.iter().any(|other| other.rsplit('/').next() == Some(name)))
}

/// A command is a line, and a name that holds a slash names something elsewhere. What was not UTF-8 cannot be said again.
pub(super) fn can_be_asked_for(name: &str) -> bool {
    let hidden = |c: char| c.is_control() || c == '/' || c == '\\' || c == char::REPLACEMENT_CHARACTER;
    !name.is_empty() && name != "." && name != ".." && !name.contains(hidden)
}

/// The number of `213 12345`.
fn number(reply: &str) -> Option<u64> {
    reply.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// `YYYYMMDDHHMMSS`, with or without a fraction, in UTC (RFC 3659, 2.3).
fn time(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.len() != 14 || !(whole.bytes().chain(fraction.bytes())).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nanosecond: i32 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    let whole = DateTime::strptime("%Y%m%d%H%M%S", whole).ok()?;
    let moment = whole.with().subsec_nanosecond(nanosecond).build().ok()?;
    moment.to_zoned(TimeZone::UTC).ok().map(|moment| moment.timestamp())
}

/// A line of `MLSD`: facts, a space, and a name, which may hold anything (RFC 3659, 7.2). Nothing where it is a folder.
fn facts(line: &str) -> Option<RemoteFile> {
    let (facts, name) = line.split_once(' ')?;
    let (mut bytes, mut modified) = (None, None);
    for fact in facts.split(';') {
        let Some((fact, value)) = fact.split_once('=') else { continue };
        match fact.to_ascii_lowercase().as_str() {
            "type" if matches!(value.to_ascii_lowercase().as_str(), "dir" | "cdir" | "pdir") => return None,
            "size" => bytes = value.parse().ok(),
            "modify" => modified = time(value),
            _ => {}
        }
    }
    Some(remote(name.to_owned(), bytes, modified))
}

fn is_total(line: &str) -> bool {
    line.strip_prefix("total ").is_some_and(|rest| rest.trim().bytes().all(|b| b.is_ascii_digit()))
}

/// A line of `LIST`, as Unix or DOS writes it. One that nobody can read could be a file, and is no silence.
fn line_of_list(line: &str) -> Result<Option<RemoteFile>, Failure> {
    let read = ListParser::parse_posix(line).or_else(|_| ListParser::parse_dos(line));
    let file = read.map_err(|_| Failure::Broken(format!("a line of the list cannot be read: {line:.80}")))?;
    if file.is_directory() {
        return Ok(None);
    }
    let modified = Timestamp::try_from(file.modified()).ok();
    // The length of a link is that of its text.
    let bytes = (!file.is_symlink()).then_some(file.size() as u64);
    Ok(Some(remote(file.name().to_owned(), bytes, modified)))
}

#[cfg(test)]
mod tests {
    use super::{can_be_asked_for, facts, is_total, line_of_list, time};

    #[test]
    fn facts_of_a_file_are_read_in_any_order_and_case() {
        let file =
            facts("Modify=20260101120000.5;SIZE=12;Type=file;UNIX.mode=0644; a; b=c.xml").expect("a file");
        assert_eq!((file.name.as_str(), file.bytes), ("a; b=c.xml", Some(12)));
        assert_eq!(file.modified, Some("2026-01-01T12:00:00.5Z".parse().expect("a time")));
        assert_eq!(facts("type=file; a").map(|file| (file.bytes, file.modified)), Some((None, None)));
        assert_eq!(facts(" a b").map(|file| file.name), Some("a b".to_owned()));
        assert_eq!(facts("type=OS.unix=slink:/x;size=1; l").map(|file| file.name), Some("l".to_owned()));
    }

    #[test]
    fn folders_are_left_out() {
        for line in ["type=dir; in", "Type=cdir; .", "TYPE=pdir; ..", "type=Dir;size=4096; x"] {
            assert_eq!(facts(line), None, "{line}");
        }
        assert_eq!(line_of_list("drwxr-xr-x 2 u g 4096 Nov 5 13:46 in").expect("a line"), None);
    }

    #[test]
    fn a_time_that_is_none_is_not_known() {
        for text in ["", "2026", "20261301120000", "20260101120000.x", "+0260101120000", "202601011200001"] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn a_line_for_people_is_read_or_told() {
        let file = line_of_list("-rw-r--r-- 1 u g 1234 Nov 5 2024 a b.xml").expect("a line").expect("a file");
        assert_eq!((file.name.as_str(), file.bytes), ("a b.xml", Some(1234)));
        assert!(line_of_list("what is this").is_err());
        assert!(is_total("total 12") && !is_total("total 12 a"));
    }

    #[test]
    fn names_that_end_a_line_or_lead_elsewhere_are_never_sent() {
        for name in
            ["a\rDELE b", "a\nb", "..", ".", "", "../a", "/etc/passwd", "a\0b", "a\u{fffd}", "a\\b", "\u{7f}"]
        {
            assert!(!can_be_asked_for(name), "{name:?}");
        }
        for name in ["a b.xml", "-la", "Übersicht.xml", "a;b", "...", "%00", "~"] {
            assert!(can_be_asked_for(name), "{name:?}");
        }
    }
}
