//! `[[sequence]]` and `[[continuity]]`: whether what the files of a run hold follows what earlier runs noted. It is
//! decided in the verdict's transaction, and what is noted for the next run is written by the same commit.

mod continuity;
mod element;
mod sequence;
mod subjects;
#[cfg(test)]
mod tests;
mod years;

use crate::{
    database::Connection,
    error::{Code, Error, Place, Result},
    feed::{Absent, Feed, Succession, SuccessionRule},
    ledger::PositionRow,
    model::{ControlCheck, ControlExample, ControlSummary, Converted, Standing, StandingOf, checksum},
    sql::{Ledger, Statement},
};
use element::{Element, FollowFinding};
use std::collections::{BTreeMap, HashMap, HashSet, hash_map::Entry};

/// A file of a run, and what was read of it.
#[derive(Debug, Clone, Copy)]
pub struct ReadFile<'f> {
    /// Its name.
    pub name: &'f str,
    /// Its digest.
    pub sha256: &'f str,
    /// What was read.
    pub converted: &'f Converted,
}

/// What a run noted, for the runs after it.
pub struct NotedStanding<'f> {
    /// Which of the feed's successions.
    succession: usize,
    by: String,
    subject: String,
    file: ReadFile<'f>,
    position: &'f Standing,
}

/// Whether everything followed.
#[derive(Default)]
pub struct Followed<'f> {
    /// Per succession of the feed, in order.
    pub controls: Vec<ControlSummary>,
    /// Sentences for the summary: what failed, and what is missing since an earlier run.
    pub warnings: Vec<String>,
    /// What is to be noted.
    pub noted: Vec<NotedStanding<'f>>,
}

/// Decides it for all files of a run, within the transaction that will commit the run.
///
/// # Errors
/// `Refused` where something does not follow and the feed says `refuse`; `Database`; `Internal` where the ledger
/// holds what tieout does not write.
pub async fn follow<'f>(
    connection: &mut Connection,
    feed: &Feed,
    files: &[ReadFile<'f>],
) -> Result<Followed<'f>> {
    let mut followed = Followed::default();
    for (n, one) in feed.successions.iter().enumerate() {
        let mut findings = Vec::new();
        for (group, new) in &groups(n, one, files) {
            let subject = digest(one, group);
            let known: Vec<PositionRow> =
                connection.read(&Ledger(connection.dialect()).positions(&feed.name, &subject)).await?;
            let judged = subjects::judge(one, &elements(known, new), &mut followed.warnings);
            let says = |(_, position): &&(ReadFile<'f>, &Standing)| match one.rule {
                // What has no amount stands between those that have some, also in later runs.
                SuccessionRule::Continuity { .. } => true,
                SuccessionRule::Sequence { .. } => {
                    judged.waits || position.problem.is_empty() && !position.number.is_empty()
                }
            };
            findings.extend(judged.findings);
            followed.noted.extend(new.iter().filter(says).map(|(file, position)| NotedStanding {
                succession: n,
                by: checksum::encode(subjects::values(one, position).iter().map(String::as_str)),
                subject: subject.clone(),
                file: *file,
                position,
            }));
        }
        followed.controls.push(summary(one, findings, files)?);
    }
    let told = followed.controls.iter().zip(&feed.successions);
    let told: Vec<String> = told.flat_map(|(one, of)| one.told(of.absent == Absent::Warn)).collect();
    followed.warnings.splice(0..0, told);
    Ok(followed)
}

/// The statements by which [`follow`] asks what is known.
#[must_use]
pub fn asked(ledger: Ledger, feed: &Feed, files: &[ReadFile<'_>]) -> Vec<Statement> {
    let of = |(n, one)| {
        let groups = groups(n, one, files);
        groups.into_keys().map(move |group| ledger.positions(&feed.name, &digest(one, &group)))
    };
    feed.successions.iter().enumerate().flat_map(of).collect()
}

/// What the ledger calls a group.
fn digest(one: &Succession, group: &str) -> String {
    checksum::sha256_hex(checksum::encode([one.name.as_str(), group]).as_bytes())
}

/// The statements that write down what a run of this id and number noted.
#[must_use]
pub fn note(
    ledger: Ledger,
    feed: &Feed,
    (run_id, number): (&str, i64),
    noted: &[NotedStanding<'_>],
) -> Vec<Statement> {
    let add = |(n, one): (usize, &NotedStanding<'_>)| {
        let of = StandingOf {
            feed: &feed.name,
            succession: &feed.successions[one.succession].name,
            subject: &one.subject,
            by: &one.by,
            file_name: one.file.name,
            file_sha256: one.file.sha256,
            position: one.position,
        };
        let seq = i64::try_from(n).unwrap_or(i64::MAX) + 1;
        ledger.position_add(run_id, seq, number, of)
    };
    noted.iter().enumerate().map(add).collect()
}

/// Positions with their files, in the order of the files, by what they are judged together within.
type PositionGroups<'f> = BTreeMap<String, Vec<(ReadFile<'f>, &'f Standing)>>;

fn groups<'f>(n: usize, one: &Succession, files: &[ReadFile<'f>]) -> PositionGroups<'f> {
    let mut groups = PositionGroups::new();
    for file in files {
        for position in file.converted.positions.get(n).into_iter().flatten() {
            groups.entry(subjects::group(one, position)).or_default().push((*file, position));
        }
    }
    groups
}

/// What is known and what is new. A file that is read once more counts once: as it is read now, at its own place.
fn elements(known: Vec<PositionRow>, new: &[(ReadFile<'_>, &Standing)]) -> Vec<Element> {
    let read = |sha256: &str| {
        let of = new.iter().filter(|(file, _)| file.sha256 == sha256);
        of.map(|(file, position)| Element::new(file.name, file.sha256, position)).collect::<Vec<Element>>()
    };
    let read_now: HashSet<&str> = new.iter().map(|(file, _)| file.sha256).collect();
    let mut placed: HashSet<String> = HashSet::new();
    let mut elements: Vec<Element> = Vec::new();
    let mut places: HashMap<(String, u64, Vec<String>), usize> = HashMap::new();
    for row in known {
        if read_now.contains(row.file_sha256.as_str()) {
            if placed.insert(row.file_sha256.clone()) {
                elements.extend(read(&row.file_sha256));
            }
            continue;
        }
        let (by, element) = (row.position.by.clone(), Element::known(row));
        let (sha256, ordinal) = element.identity();
        match places.entry((sha256, ordinal, by)) {
            Entry::Occupied(place) => elements[*place.get()] = element,
            Entry::Vacant(place) => {
                place.insert(elements.len());
                elements.push(element);
            }
        }
    }
    let rest = new.iter().filter(|(file, _)| !placed.contains(file.sha256));
    elements.extend(rest.map(|(file, position)| Element::new(file.name, file.sha256, position)));
    elements
}

/// All findings of one succession, in the order of the files.
fn summary(
    one: &Succession,
    mut findings: Vec<FollowFinding>,
    files: &[ReadFile<'_>],
) -> Result<ControlSummary> {
    let file_no = |finding: &FollowFinding| files.iter().position(|file| file.sha256 == finding.sha256);
    findings.sort_by_cached_key(|finding| (file_no(finding), finding.ordinal));
    let mut summary = ControlSummary::new(&one.name, "");
    one.kind().clone_into(&mut summary.kind);
    for mut found in findings {
        if found.check == ControlCheck::NotDeclared && one.absent == Absent::Accept {
            found.check = ControlCheck::Skipped;
        }
        let refused = match found.check {
            ControlCheck::Failed if one.refuse => Some(Code::DoesNotFollow),
            ControlCheck::NotDeclared if one.absent == Absent::Refuse => Some(Code::NothingFollows),
            _ => None,
        };
        if let Some(code) = refused {
            let place = Place::file(&found.file);
            let what = format!("{place}: {} {:?}: {}", one.kind(), one.name, found.problem);
            return Err(Error::new(code, what).about(place));
        }
        let (file, ordinal, line) = (found.file, found.ordinal, found.line);
        let FollowFinding { declared, counted, problem, .. } = found;
        let group = String::new();
        summary.add(found.check, ControlExample { file, ordinal, line, group, declared, counted, problem });
    }
    if summary.outcome.is_empty() {
        // No element of it in any file.
        "skipped".clone_into(&mut summary.outcome);
    }
    Ok(summary)
}
