//! What dead runs of a feed left in `--out`: chunks, and folders that were being written. The feed's lock is held, so no
//! run of it is alive. Only what a run of this ledger can have made is touched, and no link is followed.

use super::work_tables::CHUNKS;
use crate::{
    database::Connection,
    error::{Place, Result},
    feed::Feed,
    files::{NEW, OLD, is_folder, own_folder, remove_or_warn, rename_folder},
    ledger::RunDetail,
    model::RunId,
    source::spool_folder,
    sql::Ledger,
};
use std::{io::ErrorKind, path::Path};

/// Removes what was fetched for a feed and is no longer read; a process that fetches has it to itself.
pub fn remove_spool(feed: &Feed, out: &Path) {
    let folder = spool_folder(out, feed);
    if is_folder(&folder) && own_folder(&folder).is_ok() {
        remove_or_warn(&folder);
    }
}

/// Removes it. What cannot be removed is told, and tried again by the next run.
///
/// # Errors
/// `Database`; `Internal` where the ledger's row of such a run cannot be read.
pub async fn remove(connection: &mut Connection, feed: &str, out: &Path) -> Result<()> {
    let ledger = Ledger(connection.dialect());
    for (name, run_id) in named(feed, out) {
        let run: Option<RunDetail> = connection.read_first(&ledger.run_read(&run_id)).await?;
        // Another database may share the folder.
        if run.is_none_or(|run| run.run_id != run_id) {
            continue;
        }
        let (path, whole) = (out.join(&name), out.join(&*run_id));
        let shown = Place::file(&path.display().to_string());
        if !is_folder(&path) {
            tracing::warn!("{shown} is called as a folder of run {run_id} is, but is none: it is left there");
        } else if name.starts_with(OLD) && whole.symlink_metadata().is_err() {
            // The run's folder, whose new one did not come: it is better than none.
            if let Err(cause) = rename_folder(&path, &whole) {
                tracing::warn!("{shown} cannot get its name back: {cause}");
            }
        } else {
            tracing::debug!("{shown} was left by run {run_id}: it is removed");
            remove_or_warn(&path);
        }
    }
    Ok(())
}

/// What in the folder is named for a run of the feed, in order.
fn named(feed: &str, out: &Path) -> Vec<(String, RunId)> {
    let entries = match out.read_dir() {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Vec::new(),
        Err(cause) => {
            tracing::warn!("what dead runs left in {} cannot be listed: {cause}", out.display());
            return Vec::new();
        }
    };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut found: Vec<(String, RunId)> =
        names.filter_map(|name| run_of(&name).map(|run_id| (name, run_id))).collect();
    found.retain(|(_, run_id)| run_id.feed() == feed);
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

/// The run for which a folder is named: `<kind><run>`, or `<kind><run>.<random digits>`.
fn run_of(name: &str) -> Option<RunId> {
    let rest = [CHUNKS, NEW, OLD].iter().find_map(|kind| name.strip_prefix(kind))?;
    match rest.split_once('.') {
        None => RunId::parse(rest),
        Some((run_id, random)) => {
            let hex = random.len() == 8 && random.bytes().all(|byte| byte.is_ascii_hexdigit());
            RunId::parse(run_id).filter(|_| hex)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const ID: &str = "acme-20260131T070509Z-000042-ab12cd34";

    #[test]
    fn only_what_a_run_can_have_made_is_named_for_it() {
        for kind in [".chunks-", ".tmp-", ".old-"] {
            assert_eq!(run_of(&format!("{kind}{ID}")).as_deref(), Some(ID));
            assert_eq!(run_of(&format!("{kind}{ID}.0123abcd")).as_deref(), Some(ID));
            assert!(run_of(&format!("{kind}acme-20260131T070509Z-000042")).is_some(), "an older program's");
            for other in [".part", ".0123abc", ".0123abcd.x", "-x", " "] {
                assert_eq!(run_of(&format!("{kind}{ID}{other}")), None, "{other}");
            }
        }
        for name in [ID, &format!("chunks-{ID}"), ".chunks-", ".chunks-x", ".git", ".tmp-", ".old-.0123abcd"]
        {
            assert_eq!(run_of(name), None, "{name}");
        }
    }

    #[test]
    fn another_feed_and_another_file_are_nothing_of_ours() {
        let out = tempfile::tempdir().unwrap();
        for name in [format!(".chunks-{ID}"), format!(".chunks-acme-{ID}"), ID.into(), "x".into()] {
            fs::create_dir(out.path().join(name)).unwrap();
        }
        let found = named("acme", out.path());
        assert_eq!(
            found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            [format!(".chunks-{ID}")]
        );
        assert!(named("acme", &out.path().join("nowhere")).is_empty());
    }
}
