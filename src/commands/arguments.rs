//! What was typed, as what it means: feeds, the database, parameters. What of it may stand in the environment is read here.

use super::terminal::note;
use crate::{
    cli::DatabaseArgs,
    convert,
    database::Target,
    error::{Code, Error, Result, printable},
    feed::{self, Feed, Secret, Timeouts},
    files, sql,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// A variable of the environment.
pub fn environment(name: &str) -> Option<String> {
    // One that is not UTF-8 is wrong, and not unset: what reads it refuses the replacement character.
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// One feed per row set, at least one. Where another database is named `elsewhere`, or none is needed, the feed's own URL
/// is not read.
pub fn load_feeds(file: &Path, elsewhere: bool) -> Result<Vec<Feed>> {
    feed::load_for(file, &environment, elsewhere)
}

/// The same with the values of `--set`. What no condition on theirs can mean is refused here, before anything is read.
pub fn load_feeds_with(file: &Path, set: &[String], elsewhere: bool) -> Result<Vec<Feed>> {
    let mut feeds = load_feeds(file, elsewhere)?;
    let given = parameters(set)?;
    let mut used = BTreeSet::new();
    for feed in &mut feeds {
        feed.parameters.clone_from(&given);
        used.extend(convert::parameters(feed)?);
        used.extend(sql::parameter_names(feed));
        used.extend(feed.timing.iter().filter_map(|timing| timing.parameter()).map(str::to_owned));
        // A pattern names its day with it.
        used.extend(feed.source.iter().filter(|source| source.is_dated()).map(|_| "date".to_owned()));
    }
    for name in given.keys().filter(|name| !used.contains(*name)) {
        note(&format!("--set {}: nothing in the feed uses :{0}", printable(name)));
    }
    Ok(feeds)
}

/// The database that is named: by `--database`, the feed, or `DATABASE_URL`.
pub fn database_url(arguments: &DatabaseArgs, feed: Option<&Feed>) -> Option<Secret> {
    (arguments.database.clone().map(Secret::new))
        .or_else(|| feed.and_then(|feed| feed.database.as_ref()).map(|settings| settings.url.clone()))
        .or_else(|| environment("DATABASE_URL").map(Secret::new))
}

/// The database: `--database`, the feed's, `DATABASE_URL`, or the embedded one, which is said.
pub fn target(arguments: &DatabaseArgs, feed: Option<&Feed>) -> Result<Target> {
    if let Some(target) = named_target(arguments, feed)? {
        return Ok(target);
    }
    files::make_folder(&arguments.out)?;
    let path = embedded(arguments);
    note(&format!("no database is named: using the embedded SQLite database {}", path.display()));
    Target::embedded(&path, timeouts(feed))
}

/// The same for a command that only looks: it makes no database and no folder.
pub fn existing_target(arguments: &DatabaseArgs, feed: Option<&Feed>) -> Result<Target> {
    if let Some(target) = named_target(arguments, feed)? {
        return Ok(target.only_existing());
    }
    let path = embedded(arguments);
    if !path.exists() {
        let looked = "--database, the feed's [database] url and DATABASE_URL name none";
        let what = format!("{looked}, and there is no {}", printable(&path.display().to_string()));
        return Err(Error::new(Code::NoDatabaseThere, what));
    }
    Ok(Target::embedded(&path, timeouts(feed))?.only_existing())
}

fn named_target(arguments: &DatabaseArgs, feed: Option<&Feed>) -> Result<Option<Target>> {
    let Some(url) = database_url(arguments, feed) else { return Ok(None) };
    let password =
        feed.and_then(|feed| feed.database.as_ref()).and_then(|settings| settings.password.as_ref());
    Target::parse(&url, timeouts(feed))?.with_password(password, &environment).map(Some)
}

fn embedded(arguments: &DatabaseArgs) -> PathBuf {
    arguments.out.join("tieout.sqlite")
}

fn timeouts(feed: Option<&Feed>) -> Timeouts {
    let settings = feed.and_then(|feed| feed.database.as_ref());
    settings.map_or_else(Timeouts::default, |settings| settings.timeouts)
}

/// `--set NAME=VALUE`.
pub fn parameters(set: &[String]) -> Result<BTreeMap<String, String>> {
    let mut values = BTreeMap::new();
    for text in set {
        let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return Err(Error::new(Code::BadParameter, format!("--set {text} is not NAME=VALUE")));
        };
        if values.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(Error::new(Code::BadParameter, format!("--set {name} is given twice")));
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_given_once() {
        let set = |given: &[&str]| parameters(&given.iter().map(|&one| one.to_owned()).collect::<Vec<_>>());
        assert_eq!(set(&["a=1", "b="]).unwrap().len(), 2);
        assert!(set(&["a=1", "a=2"]).unwrap_err().to_string().contains("--set a is given twice"));
        assert!(set(&["a"]).is_err());
    }
}
