//! `tieout infer`: reads samples, prints a feed to start from.

mod pair;
mod sample;

use super::{
    progress::Shown,
    terminal::{note, print},
};
use crate::{
    blocking::blocking,
    cli::{self, Global},
    convert::Progress,
    error::{Code, Error, Result},
    feed::{self, Unpack, Xml},
    infer::{
        self, Draft, DraftKey, Facts, counted,
        measure::{HELD_ROWS, Measured, Samples, Wanted, measure, settle},
    },
    profile::{DOCUMENT, Profile},
    source::{self, InputFile},
    stop::{Flag, Stop},
};
use std::{fmt::Write as _, path::Path, sync::atomic::Ordering};

/// What the samples gave.
struct Inferred {
    profile: Profile,
    draft: Draft,
    measured: Measured,
}

/// Prints the feed.
pub async fn infer(arguments: cli::InferArgs, global: &Global, stop: Stop) -> Result<u8> {
    let table = pair::table(&arguments)?;
    if let Some(name) = &arguments.name {
        check_name(name)?;
    }
    let files = source::given(&arguments.files, &Unpack::default(), stop.flag())?;
    // Two readings: one for the structure, one by the converter.
    let shown = Shown::start(global);
    let counters = shown.counters.clone();
    counters.total.store(files.iter().map(|file| file.unpacked * 2).sum(), Ordering::Relaxed);
    let (name, sampled) = (arguments.name.clone(), files.clone());
    let (flag, values) = (stop.clone(), table.is_some());
    let work = move || first_look(name.as_deref(), &sampled, &counters, flag.flag(), values);
    let mut inferred = blocking(work).await?;
    let side = match &table {
        None => None,
        Some(table) => {
            pair::pair(table, &inferred.profile, &mut inferred.draft, &mut inferred.measured).await?
        }
    };
    let counters = shown.counters.clone();
    let text = blocking(move || finish(inferred, &files, &counters, stop.flag(), side)).await?;
    drop(shown);
    print(&text)?;
    Ok(0)
}

/// The name goes through the feed's own check.
fn check_name(name: &str) -> Result<()> {
    if feed::is_name(name) {
        return Ok(());
    }
    Err(Error::new(Code::BadFeedName, format!("--name {name} is no name of a feed")))
}

fn first_look(
    name: Option<&str>,
    files: &[InputFile],
    progress: &Progress,
    stop: &Flag,
    values: bool,
) -> Result<Inferred> {
    let mut profile = Profile::default();
    for file in files {
        let bytes = profile.read(file.open()?, &file.name, &Xml::default(), progress)?;
        file.unchanged(bytes)?;
    }
    profile.merge_facts();
    let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
    let mut draft = infer::draft(&profile, name, &names)?;
    let measured = settle(&mut draft, &Samples { files, stop, progress }, values)?;
    Ok(Inferred { profile, draft, measured })
}

/// Chooses the key and writes the feed.
fn finish(
    inferred: Inferred,
    files: &[InputFile],
    progress: &Progress,
    stop: &Flag,
    side: Option<pair::PairedSide>,
) -> Result<String> {
    let Inferred { profile, mut draft, mut measured } = inferred;
    let samples = Samples { files, stop, progress };
    if let Some(side) = &side
        && (infer::join_details(&mut draft, &profile, |n| side.ours.pairs[n].is_some()) || side.retyped)
    {
        measured = settle(&mut draft, &samples, false)?;
    }
    if let Some(side) = &side
        && side.unique.iter().flatten().any(|n| !measured.hashes.contains_key(n))
    {
        let keys =
            infer::candidates(&draft).into_iter().chain(side.unique.iter().flatten().copied()).collect();
        measured = measure(&draft, &samples, &Wanted { keys, rows: HELD_ROWS, values: false })?;
    }
    let lengths: Vec<usize> =
        draft.columns.iter().map(|column| profile.node(column.node).values.longest).collect();
    let counts: Vec<bool> = draft.columns.iter().map(|column| profile.counts(column.node)).collect();
    let seen = infer::keys::Seen { lengths: &lengths, counts: &counts };
    let indexes = side.as_ref().map(|side| side.unique.as_slice());
    draft.key = infer::keys::choose(&draft, &measured, &seen, indexes, &samples)?;
    let mut side = side.map(|side| side.ours);
    if let (Some(_), DraftKey::Ordinal { .. }) = (&side, &draft.key) {
        // Ours knows no place in a file: only columns of it can be a key.
        if let Some((set, said)) = infer::keys::nearest(&draft, &measured) {
            draft.key = DraftKey::Parts(set, format!("{said}; repeated ones are reported as duplicates"));
        } else {
            note("no column that could be a key was paired with one of ours: the feed has no [ours]");
            for column in &mut draft.columns {
                column.carried = false;
            }
            side = None;
        }
    }
    let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
    let values: Vec<Option<String>> =
        draft.columns.iter().map(|column| profile.node(column.node).values.sample.clone()).collect();
    let facts = Facts {
        files: &names,
        rows: measured.rows,
        nulls: &measured.nulls,
        samples: &values,
        layout: describe(&profile, &draft),
        shipped: &super::feeds::reading(&profile),
        ours: side.as_ref(),
    };
    let text = infer::render(&draft, Some(&facts));
    // What is printed is a feed, whatever the samples held.
    feed::parse(&text, Path::new("the inferred feed"), &|_| None)
        .map_err(|cause| Error::internal(cause.to_string()))?;
    Ok(text)
}

/// How often the row and its detail occur.
fn describe(profile: &Profile, draft: &Draft) -> String {
    let layout = &draft.layout;
    let node = profile.node(layout.row);
    // Writing to a String cannot fail, here and below.
    let mut text = format!("{} occurs {}", profile.shown(layout.row), counted(node.count, "time"));
    if node.parent != DOCUMENT && node.most > 1 {
        let _ = write!(text, ", up to {} in one {}", node.most, profile.node(node.parent).name);
    }
    if let Some((detail, path)) = &layout.explode {
        let details = profile.node(*detail);
        let _ = write!(
            text,
            "; {path} in it {}, and each makes a row of its own",
            counted(details.count, "time")
        );
    }
    text + "."
}
