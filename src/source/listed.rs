//! Which of the files that lie in a source are wanted, by their names and by what lies beside them. Nothing is fetched
//! or read here.

use super::{companion::Algorithm, remote::RemoteFile};
use crate::{
    error::{Code, Error, Result, printable},
    feed::{Feed, FileOrder, FilePattern, Source, SourceLocation},
    model::PassedOver,
};
use globset::GlobMatcher;
use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};
use std::{collections::HashMap, path::PathBuf};

/// Endings of names that go with a file, or of one that is half written. Upper case is no other ending.
const COMPANIONS: [&str; 10] =
    [".md5", ".sha256", ".sha512", ".sig", ".asc", ".done", ".tmp", ".part", ".filepart", ".crdownload"];

/// A file of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// What its server, or this machine, says of it.
    pub file: RemoteFile,
    /// Where it lies on this machine; `None`: it must be fetched.
    pub path: Option<PathBuf>,
}

impl RemoteFile {
    /// Whether it is the same file a little later. A server may say less of one file than it lists of all.
    pub(super) fn agrees_with(&self, now: &Self) -> bool {
        fn agree<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
            one.is_none() || other.is_none() || one == other
        }
        agree(self.bytes.as_ref(), now.bytes.as_ref())
            && agree(self.modified.as_ref(), now.modified.as_ref())
            && agree(self.version.as_ref(), now.version.as_ref())
    }
}

/// A file that is wanted, and the files beside it that hold its digest.
#[derive(Debug, Clone)]
pub struct WantedFile {
    /// The file.
    pub listed: ListedFile,
    /// Files with its digest.
    pub digests: Vec<(Algorithm, ListedFile)>,
    /// Files that belong to it, those with its digest among them.
    pub companions: Vec<ListedFile>,
}

/// What a source holds.
#[derive(Debug, Default)]
pub struct Selection {
    /// Files to take, in order.
    pub wanted: Vec<WantedFile>,
    /// What stands beside them.
    pub passed_over: Vec<PassedOver>,
}

/// Whether a name is one that is left alone: of a companion, of something half written, or hidden.
pub(super) fn is_companion(name: &str) -> bool {
    let name = name.to_lowercase();
    name.starts_with('.') || COMPANIONS.iter().any(|ending| name.ends_with(ending))
}

/// The names that a source wants on a day.
struct Names<'a> {
    source: &'a Source,
    wanted: Vec<GlobMatcher>,
    /// The same where upper and lower case are not told apart.
    wanted_in_any_case: Vec<GlobMatcher>,
    excluded: Vec<GlobMatcher>,
}

impl<'a> Names<'a> {
    fn new(source: &'a Source, today: Date) -> Result<Self> {
        let all = |patterns: &[FilePattern], ignore_case: bool| {
            let one = |pattern: &FilePattern| {
                pattern.matcher(today, ignore_case).map_err(|what| {
                    Error::new(Code::BadParameter, format!("[source] `{}` {what}", printable(&pattern.text)))
                })
            };
            patterns.iter().map(one).collect::<Result<Vec<_>>>()
        };
        Ok(Self {
            source,
            wanted: all(&source.patterns, source.ignore_case)?,
            wanted_in_any_case: all(&source.patterns, true)?,
            excluded: all(&source.exclude, source.ignore_case)?,
        })
    }

    /// Why a name is not wanted; `None`: it is.
    fn passed_over(&self, name: &str) -> Option<&'static str> {
        let fits = |patterns: &[GlobMatcher]| patterns.iter().any(|pattern| pattern.is_match(name));
        if self.is_left_alone(name) {
            Some(PassedOver::COMPANION)
        } else if fits(&self.excluded) {
            Some(PassedOver::EXCLUDED)
        } else if fits(&self.wanted) {
            None
        } else {
            if fits(&self.wanted_in_any_case) {
                tracing::warn!(
                    "{} differs from the pattern by upper and lower case only, and is passed over: [source] ignore_case = true takes it",
                    printable(name)
                );
            }
            Some(PassedOver::PATTERN)
        }
    }

    /// Companions are, but for those whose ending a pattern names itself.
    fn is_left_alone(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        if self.source.ready.as_ref().is_some_and(|ready| lower.ends_with(&ready.to_lowercase())) {
            return true;
        }
        let named = |pattern: &FilePattern| {
            let pattern = pattern.text.to_lowercase();
            let same_end =
                COMPANIONS.iter().any(|ending| lower.ends_with(ending) && pattern.ends_with(ending));
            same_end || (lower.starts_with('.') && pattern.starts_with('.'))
        };
        is_companion(name) && !self.source.patterns.iter().any(named)
    }
}

/// Endings of names of files that belong to the one that is called as they are without.
const BELONGING: [&str; 6] = [".md5", ".sha256", ".sha512", ".sig", ".asc", ".done"];

/// What lies in a source, by name.
struct FilesByName<'a> {
    exact: HashMap<&'a str, &'a ListedFile>,
    in_any_case: HashMap<String, &'a ListedFile>,
}

impl<'a> FilesByName<'a> {
    fn new(all: &'a [ListedFile]) -> Self {
        Self {
            exact: all.iter().map(|one| (one.file.name.as_str(), one)).collect(),
            in_any_case: all.iter().map(|one| (one.file.name.to_lowercase(), one)).collect(),
        }
    }

    /// The file that is called as another one, with this behind; in upper or lower case where none has exactly that name.
    fn of(&self, name: &str, ending: &str) -> Option<&'a ListedFile> {
        let called = format!("{name}{ending}");
        let exact = self.exact.get(called.as_str());
        exact.or_else(|| self.in_any_case.get(&called.to_lowercase())).copied()
    }

    /// Whether a file's marker is there. One that differs by case only is told.
    fn is_ready(&self, source: &Source, name: &str, ready: &str) -> bool {
        let Some(marker) = self.of(name, ready) else { return false };
        let marker = &marker.file.name;
        if source.ignore_case || *marker == format!("{name}{ready}") {
            return true;
        }
        tracing::warn!(
            "{} differs from the marker {}{} by upper and lower case only, and does not count: [source] ignore_case = true takes it",
            printable(marker),
            printable(name),
            printable(ready)
        );
        false
    }

    /// The files that belong to one, but for those that are wanted themselves.
    fn companions(&self, names: &Names<'_>, name: &str) -> impl Iterator<Item = &'a ListedFile> {
        let ready = names.source.ready.as_deref().filter(|ready| !BELONGING.contains(ready));
        let endings = BELONGING.into_iter().chain(ready);
        endings.filter_map(|ending| self.of(name, ending)).filter(|one| names.is_left_alone(&one.file.name))
    }
}

/// Chooses what is wanted, in order.
///
/// # Errors
/// `Usage` where the day of `--set date=` is none.
pub fn select(feed: &Feed, source: &Source, all: &[ListedFile]) -> Result<Selection> {
    let names = Names::new(source, today(feed, source)?)?;
    let beside = FilesByName::new(all);
    let mut selection = Selection::default();
    let mut sorted: Vec<&ListedFile> = all.iter().collect();
    sorted.sort_by(|one, other| {
        (&one.file.name, &one.file.address).cmp(&(&other.file.name, &other.file.address))
    });
    for listed in sorted {
        let name = &listed.file.name;
        let missing = source.ready.as_ref().is_some_and(|ready| !beside.is_ready(source, name, ready));
        if let Some(reason) = names.passed_over(name).or(missing.then_some(PassedOver::NOT_READY)) {
            PassedOver::add(&mut selection.passed_over, reason, name);
            continue;
        }
        let digest = |algorithm: Algorithm| Some((algorithm, beside.of(name, algorithm.ending())?.clone()));
        let digests = Algorithm::ALL.into_iter().filter_map(digest).collect();
        let companions = beside.companions(&names, name).cloned().collect();
        selection.wanted.push(WantedFile { listed: listed.clone(), digests, companions });
    }
    if source.order == FileOrder::Oldest {
        // A stable sort: files of one moment stay in the order of their names.
        selection.wanted.sort_by_key(|one| one.listed.file.modified.unwrap_or(Timestamp::MAX));
    }
    Ok(selection)
}

/// The day that patterns name: of `--set date=`, or today.
fn today(feed: &Feed, source: &Source) -> Result<Date> {
    if let Some(given) = feed.parameters.get("date").filter(|_| source.is_dated()) {
        return given.parse().map_err(|cause| {
            let what = format!("--set date={} is no day: {cause}", printable(given));
            Error::new(Code::BadParameter, what).with_hint("write it like --set date=2026-01-31")
        });
    }
    // The feed was checked to name a zone that there is.
    let zone = source.timezone.as_deref().and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
    Ok(Zoned::now().with_time_zone(zone).date())
}

/// What a person calls the source: its folder, or its address without account and query.
#[must_use]
pub fn shown(source: &Source) -> String {
    match &source.location {
        SourceLocation::Folder(folder) => printable(&folder.path.display().to_string()),
        SourceLocation::Server(access) => printable(&access.shown()),
    }
}

/// That nothing is wanted.
pub fn nothing_wanted(source: &Source, passed_over: &[PassedOver]) -> Error {
    let beside =
        PassedOver::text(passed_over).map_or_else(String::new, |text| format!("; passed over: {text}"));
    let waits =
        |one: &PassedOver| [PassedOver::NOT_READY, PassedOver::UNSETTLED].contains(&one.reason.as_str());
    let (shown, beside) = (shown(source), printable(&beside));
    if passed_over.iter().any(waits) {
        return Error::new(Code::NotReady, format!("no file in {shown} can be taken yet{beside}"));
    }
    let patterns: Vec<String> = source.patterns.iter().map(|pattern| printable(&pattern.text)).collect();
    let what = format!("no file in {shown} matches the pattern {}{beside}", patterns.join(" or "));
    Error::new(Code::NoMatchingFile, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed;

    fn listed(name: &str, second: i64) -> ListedFile {
        let file = RemoteFile {
            name: name.into(),
            address: format!("/{name}"),
            bytes: Some(1),
            modified: Some(Timestamp::new(second, 0).unwrap()),
            version: None,
        };
        ListedFile { file, path: None }
    }

    /// The names that are taken, in order, and what is passed over.
    fn chosen(source: &str, names: &[&str]) -> (Vec<String>, Option<String>) {
        let text = format!(
            "[feed]\nname = \"f\"\n[source]\nurl = \"sftp://h/in\"\n{source}\n[xml]\nrow = \"r\"\n[[column]]\nname = \"k\"\nkey = true"
        );
        let mut feed = feed::parse(&text, "f.toml".as_ref(), &|_| None).unwrap().remove(0);
        feed.parameters.insert("date".into(), "2026-03-01".into());
        let source = feed.source.clone().unwrap();
        let all: Vec<_> = (100..).zip(names).map(|(n, name)| listed(name, 200 - n)).collect();
        let selection = select(&feed, &source, &all).unwrap();
        let names = selection.wanted.iter().map(|one| one.listed.file.name.clone()).collect();
        (names, PassedOver::text(&selection.passed_over))
    }

    #[test]
    fn one_that_changed_is_another_one() {
        let file = RemoteFile { version: Some("v1".into()), ..listed("a.xml", 1).file };
        assert!(file.agrees_with(&RemoteFile { version: None, bytes: None, ..file.clone() }));
        assert!(!file.agrees_with(&RemoteFile { version: Some("v2".into()), ..file.clone() }));
        assert!(!file.agrees_with(&RemoteFile { bytes: Some(2), ..file.clone() }));
        assert!(!file.agrees_with(&RemoteFile { modified: Some(Timestamp::MAX), ..file.clone() }));
    }

    #[test]
    fn what_goes_with_a_file_is_left_alone() {
        let all =
            ["a.xml", "a.xml.md5", "A.XML.SHA256", "b.xml.filepart", ".c.xml", "d.xml.PART", "e.xml.asc"];
        let (taken, beside) = chosen("", &all);
        assert_eq!(taken, ["a.xml"]);
        assert!(beside.unwrap().starts_with("6 left alone (.c.xml, A.XML.SHA256, a.xml.md5"));
        assert_eq!(chosen("pattern = \"*.part\"", &["d.part", "d.tmp"]).0, ["d.part"]);
    }

    #[test]
    fn several_patterns_days_and_exceptions() {
        let source = "pattern = [\"*-{date:%Y%m%d}.xml\", \"x?\"]\nexclude = \"*test*\"";
        let all = ["a-20260301.xml", "a-20260302.xml", "xx", "test-20260301.xml", "A-20260301.XML"];
        let (taken, beside) = chosen(source, &all);
        assert_eq!(taken, ["xx", "a-20260301.xml"], "the oldest comes first");
        let beside = beside.unwrap();
        assert!(beside.contains("2 by pattern (A-20260301.XML, a-20260302.xml)"), "{beside}");
        assert!(beside.contains("1 excluded (test-20260301.xml)"), "{beside}");
        assert_eq!(chosen("ignore_case = true\norder = \"name\"", &["b.XML", "a.xml"]).0, ["a.xml", "b.XML"]);
    }

    #[test]
    fn a_file_waits_for_its_marker() {
        let (taken, beside) = chosen("ready = \".ok\"", &["a.xml", "a.xml.ok", "b.xml", "c.xml", "c.xml.OK"]);
        assert_eq!(taken, ["a.xml"]);
        let expected = "2 left alone (a.xml.ok, c.xml.OK), 2 without its marker (b.xml, c.xml)";
        assert_eq!(beside.unwrap(), expected, "another case is another name");
        let any_case = "ready = \".ok\"\nignore_case = true";
        assert_eq!(chosen(any_case, &["a.xml", "A.XML.OK"]).0, ["a.xml"]);
    }

    #[test]
    fn digests_stand_beside_their_file() {
        let text = "[feed]\nname = \"f\"\n[source]\nurl = \"file:in\"\n[xml]\nrow = \"r\"\n[[column]]\nname = \"k\"\nkey = true";
        let feed = feed::parse(text, "f.toml".as_ref(), &|_| None).unwrap().remove(0);
        let all = [listed("a.xml", 1), listed("a.xml.SHA256", 1), listed("b.xml.md5", 1)];
        let selection = select(&feed, feed.source.as_ref().unwrap(), &all).unwrap();
        let digests: Vec<_> = selection.wanted[0].digests.iter().map(|(_, one)| &*one.file.name).collect();
        assert_eq!(digests, ["a.xml.SHA256"]);
    }
}
