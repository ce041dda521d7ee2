//! Which files a page lists: the links of an HTML page, such as servers make of a folder, or the lines of a text.

use super::super::web;
use crate::error::{Code, Error, Result, printable};
use html5gum::{Token, Tokenizer};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::collections::BTreeSet;
use url::Url;

/// What stands for itself in an address.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The names and addresses of the files that it lists right below the folder of `base`, each once. Other links are none.
/// A link is one of the page's, wherever that lies; a line is the name of a file in the folder.
///
/// # Errors
/// `Fetch` where the page is neither HTML nor text.
pub fn files(page: &Url, base: &Url, kind: &str, text: &[u8]) -> Result<Vec<(String, Url)>> {
    let (beside, links) = match kind {
        "text/html" | "application/xhtml+xml" => (page, links(text)),
        "text/plain" => (base, lines(text)),
        _ => {
            let what = format!("{} is {}, neither HTML nor plain text", web::shown(page), printable(kind));
            return Err(Error::new(Code::NoList, what));
        }
    };
    let mut seen = BTreeSet::new();
    let urls = links.iter().filter_map(|link| beside.join(link).ok());
    let files = urls.filter_map(|mut url| {
        url.set_fragment(None);
        let name = below(base, &url)?;
        seen.insert(url.to_string()).then_some((name, url))
    });
    Ok(files.collect())
}

/// The last part of an address, as a name.
pub fn name(part: &str) -> String {
    percent_decode_str(part).decode_utf8().map_or_else(|_| part.to_owned(), std::borrow::Cow::into_owned)
}

/// The name of a file right in the folder of `base`; none for what lies elsewhere or has a query.
fn below(base: &Url, url: &Url) -> Option<String> {
    let folder = base.path().rsplit_once('/')?.0;
    let part = url.path().strip_prefix(folder)?.strip_prefix('/')?;
    let is_file =
        url.origin() == base.origin() && url.query().is_none() && !part.is_empty() && !part.contains('/');
    is_file.then(|| name(part))
}

fn links(text: &[u8]) -> Vec<String> {
    let mut links = Vec::new();
    for Ok(token) in Tokenizer::new(text) {
        if let Token::StartTag(tag) = token
            && tag.name.as_slice() == b"a"
            && let Some(link) = tag.attributes.get(b"href".as_slice())
        {
            links.push(String::from_utf8_lossy(link).trim().to_owned());
        }
    }
    links
}

/// A line is a name and no address, so nothing in it has a meaning.
fn lines(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(text);
    let names = text.lines().map(str::trim).filter(|name| !name.is_empty());
    names.map(|name| format!("./{}", utf8_percent_encode(name, PLAIN))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(kind: &str, text: &str) -> Vec<String> {
        let page = Url::parse("https://bank.example/out/").unwrap();
        files(&page, &page, kind, text.as_bytes()).unwrap().into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn only_files_right_below_the_folder_of_the_same_server_are_listed_each_once() {
        let page = r#"<!DOCTYPE html><title>Index</title><!-- <a href="no.xml"> -->
            <a href="?C=N;O=D">Name</a> <a href="../">Parent</a> <a href="/out/">here</a> <a href="old/">old/</a>
            <a href="a.xml">a</a><A HREF='a.xml#top'>again</A> <a class=x href=b%20c.xml>b</a>
            <a href="https://bank.example/out/d&amp;e.xml">d</a> <a href="/out/%e4.xml">latin</a>
            <a href="https://other.example/out/f.xml">f</a> <a href="http://bank.example/out/g.xml">g</a>
            <a href="old/h.xml">h</a> <a href="i.xml?x=1">i</a> <a href="..%2fj.xml">j</a> <a name=k>k</a>"#;
        assert_eq!(listed("text/html", page), ["a.xml", "b c.xml", "d&e.xml", "%e4.xml", "../j.xml"]);
    }

    #[test]
    fn a_page_that_lies_elsewhere_lists_the_files_of_the_folder() {
        let page = Url::parse("https://bank.example/lists/today?for=us").unwrap();
        let folder = Url::parse("https://bank.example/out/").unwrap();
        let of = |kind: &str, text: &str| -> Vec<String> {
            files(&page, &folder, kind, text.as_bytes())
                .unwrap()
                .into_iter()
                .map(|(_, url)| url.into())
                .collect()
        };
        let links = r#"<a href="../out/a.xml">a</a> <a href="/out/b.xml">b</a> <a href="c.xml">c</a>
            <a href="//bank.example/out/d.xml">d</a> <a href="//other.example/out/e.xml">e</a> <a href="?x">f</a>"#;
        let expected = ["a", "b", "d"].map(|name| format!("https://bank.example/out/{name}.xml"));
        assert_eq!(of("text/html", links), expected);
        assert_eq!(of("text/plain", "a.xml\n"), expected[..1]);
    }

    #[test]
    fn a_line_of_a_text_is_a_name_whatever_it_looks_like() {
        let text = "a.xml\r\n\r\n b c.xml \nhttps://other.example/x\n..\n?d#e\n";
        assert_eq!(listed("text/plain", text), ["a.xml", "b c.xml", "https://other.example/x", "?d#e"]);
        assert!(
            files(
                &Url::parse("https://a.example/").unwrap(),
                &Url::parse("https://a.example/").unwrap(),
                "application/json",
                b"[]"
            )
            .is_err()
        );
    }
}
