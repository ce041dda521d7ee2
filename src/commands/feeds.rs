//! `tieout feeds`: the feeds that ship inside the program, from the files in `feeds/`.
//!
//! Each file begins with three comment lines that the list is made of: `# <name>: <what it reads>`,
//! `# row: …` and `# key: …`; it ends with an `[ours]` that is commented out.

mod shipped;

use self::shipped::{Shipped, shipped};
use super::terminal::print;
use crate::{
    cli,
    error::{Code, Error, Result},
    feed::{self, advice},
    profile::{DOCUMENT, Profile, drift::fits},
};

/// Lists the feeds, or prints one.
pub fn feeds(arguments: &cli::FeedsArgs) -> Result<u8> {
    let text = match &arguments.action {
        None => list(&[]),
        Some(cli::FeedsAction::List { words }) => found(words)?,
        Some(cli::FeedsAction::Show { name }) => find(name)?.text.to_owned(),
    };
    print(&text).map(|()| 0)
}

/// Names of the shipped feeds whose rows and keys a document has.
pub fn reading(profile: &Profile) -> Vec<&'static str> {
    let root = profile.children(DOCUMENT).next().map(|id| profile.node(id).name.as_str());
    let reads = |shipped: &Shipped| {
        let feeds = feed::parse(shipped.text, shipped.name.as_ref(), &|_| None).unwrap_or_default();
        let same_root =
            |feed: &feed::Feed| feed.xml.root.as_deref().is_none_or(|wanted| Some(wanted) == root);
        feeds.iter().all(same_root) && feeds.iter().any(|feed| fits(profile, feed))
    };
    shipped().filter(|shipped| reads(shipped)).map(|shipped| shipped.name).collect()
}

/// By its own name, or as `[feed] name` writes it.
fn find(name: &str) -> Result<Shipped> {
    let found = shipped().find(|feed| feed.name == name || feed.name.replace('.', "-") == name);
    found.ok_or_else(|| {
        Error::new(Code::UnknownFeed, format!("no feed named {name} ships with tieout")).with_hint(format!(
            "{}; `tieout feeds` lists them",
            advice(name, shipped().map(|feed| feed.name))
        ))
    })
}

/// The list of those that the words find; without any, that is a mistake of the user's.
fn found(words: &[String]) -> Result<String> {
    if !words.is_empty() && !shipped().any(|feed| feed.has(words)) {
        let what = format!("no feed that ships has {} in its line", words.join(" and "));
        return Err(Error::new(Code::UnknownFeed, what).with_hint("`tieout feeds` lists them all"));
    }
    Ok(list(words))
}

/// One line a feed that has the words: name, what it reads, row, key.
fn list(words: &[String]) -> String {
    let mut rows = vec![["NAME", "READS", "ROW", "KEY"]];
    rows.extend(shipped().filter(|feed| feed.has(words)).map(Shipped::line));
    let width = |n: usize| rows.iter().map(|row| row[n].chars().count()).max().unwrap_or_default();
    let widths = [width(0), width(1), width(2)];
    rows.iter()
        .map(|[name, reads, row, key]| {
            let [a, b, c] = widths;
            format!("{name:<a$}  {reads:<b$}  {row:<c$}  {key}\n")
        })
        .collect()
}

impl Shipped {
    /// What follows `begin` in the comment lines at the top, up to the first detail.
    fn head(self, begin: &str) -> &'static str {
        let line = self.text.lines().find_map(|line| line.strip_prefix(begin)).unwrap_or_default();
        line.trim()
    }

    fn line(self) -> [&'static str; 4] {
        [self.name, self.reads(), self.row(), self.key()]
    }

    /// Whether its line holds each of the words, in any letter case.
    fn has(self, words: &[String]) -> bool {
        let line = self.line().join(" ").to_lowercase();
        words.iter().all(|word| line.contains(&word.to_lowercase()))
    }

    fn reads(self) -> &'static str {
        until(self.head(&format!("# {}:", self.name)), &[',', ';', '('])
    }

    fn row(self) -> &'static str {
        until(self.head("# row:"), &[',', ':', ';'])
    }

    fn key(self) -> &'static str {
        self.head("# key:")
    }
}

/// A sentence up to its first detail.
fn until<'t>(text: &'t str, details: &[char]) -> &'t str {
    text.split(details).next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::{Feed, parse};
    use std::path::Path;

    /// Its row sets.
    fn read(feed: Shipped, text: &str) -> Vec<Feed> {
        parse(text, Path::new(feed.name), &|_| None).unwrap_or_else(|error| panic!("{}: {error}", feed.name))
    }

    #[test]
    fn every_file_ships_and_says_what_it_is() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("feeds");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut files: Vec<String> =
            files.map(|name| name.to_string_lossy().trim_end_matches(".toml").to_owned()).collect();
        let mut names: Vec<&str> = shipped().map(|feed| feed.name).collect();
        files.sort();
        names.sort_unstable();
        assert_eq!(files, names);
        for feed in shipped() {
            assert!(!feed.reads().is_empty() && !feed.row().is_empty(), "{}", feed.name);
            assert_eq!(list(&[]).matches(&format!("\n{} ", feed.name)).count(), 1, "{}", feed.name);
        }
    }

    #[test]
    fn each_is_a_feed_as_it_stands_and_its_key_is_the_one_it_says() {
        for shipped in shipped() {
            let sets = read(shipped, shipped.text);
            assert!(sets.iter().all(|set| set.ours.is_none() && set.database.is_none()), "{}", shipped.name);
            let (feed, name) = (&sets[0], shipped.name.replace('.', "-"));
            assert!(sets.iter().all(|set| set.name.starts_with(&name)), "{}", shipped.name);
            assert!(sets.len() > 1 || feed.name == name, "{}", feed.name);
            let keys =
                feed.columns.iter().filter(|column| column.is_key()).map(|column| column.name.as_str());
            assert_eq!(keys.collect::<Vec<_>>().join(", "), shipped.key(), "{}", shipped.name);
        }
    }

    /// The text without the comment signs from `# [ours]` (or `# [set.ours]`) to the end of that block.
    fn with_our_side(text: &str) -> String {
        let mut ours = false;
        let lines = text.lines().map(|line| {
            ours = line == "# [ours]" || line == "# [set.ours]" || (ours && line.starts_with("# "));
            format!("{}\n", if ours { &line[2..] } else { line })
        });
        lines.collect()
    }

    #[test]
    fn our_side_is_right_once_the_comment_signs_are_gone() {
        for shipped in shipped() {
            let sets = read(shipped, &with_our_side(shipped.text));
            assert!(sets.iter().all(|set| set.ours.is_some()), "{}", shipped.name);
        }
    }

    #[test]
    fn words_find_the_feeds_that_have_all_of_them() {
        let statements = found(&["STATEMENT".into(), "camt".into()]).unwrap();
        assert!(statements.contains("camt.053 ") && !statements.contains("ofx "), "{statements}");
        assert_eq!(found(&["statement".into(), "telegram".into()]).unwrap_err().code(), Code::UnknownFeed);
    }

    #[test]
    fn names_are_found_and_slips_get_a_suggestion() {
        assert_eq!(find("camt.053").unwrap().name, "camt.053");
        assert_eq!(find("camt-053").unwrap().name, "camt.053");
        assert!(find("camt053").unwrap_err().hint().contains("did you mean `camt.053`?"));
        assert!(find("mt940").unwrap_err().hint().contains("known: camt.029, camt.052"));
    }
}
