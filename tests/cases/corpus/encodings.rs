//! A file gives the same rows in UTF-8, in UTF-16 of either order and, where it has the letters, in windows-1252.

use super::manifest::File;
use crate::support::{Feed, Place};
use std::fs;

/// Whether there is anything to compare: a file in UTF-8 whose manifest names a record.
pub fn is_meant(file: &File) -> bool {
    file.well_formed && file.first.is_some() && text(file).is_some()
}

fn text(file: &File) -> Option<String> {
    String::from_utf8(fs::read(&file.path).ok()?).ok()
}

pub fn check(place: &Place, file: &File) -> Result<(), String> {
    place.feed(feed(file.first.as_deref().unwrap_or_default()));
    let text = text(file).expect("it was text a moment ago");
    let expected = rows(place, text.as_bytes())?;
    let text = text.trim_start_matches('\u{feff}');
    let wide = [utf16(text, u16::to_le_bytes), utf16(text, u16::to_be_bytes)];
    for bytes in wide.into_iter().chain(western(text)) {
        if rows(place, &bytes)? != expected {
            return Err(format!("other rows, in an encoding that begins with the bytes {:x?}", &bytes[..2]));
        }
    }
    Ok(())
}

/// Everything that is not too deep, whatever the file is.
fn feed(row: &str) -> Feed {
    let feed = Feed::new("generic").row(row).column("n", "from = \"row_number\"\nkey = true").without_ours();
    let paths = ["*", "*/*", "*/*/*", "*/*/*/*", "Amt/@Ccy"];
    let columns = paths.iter().enumerate();
    columns.fold(feed, |feed, (n, path)| {
        feed.column(&format!("c{n}"), &format!("path = \"{path}\"\nrepeat = \"join\""))
    })
}

/// The chunk that is made of a file of these bytes.
fn rows(place: &Place, bytes: &[u8]) -> Result<String, String> {
    place.write("theirs.xml", bytes);
    let _ = fs::remove_dir_all(place.path("csv"));
    let output = place.tieout(&["convert", "feed.toml", "theirs.xml", "--out", "csv"]);
    if output.status != 0 {
        return Err(output.all());
    }
    Ok(fs::read_to_string(place.path("csv/0001-000001.csv")).expect("a chunk"))
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes).collect()
}

/// In windows-1252, where the file says that it is UTF-8 and has no other letters.
fn western(text: &str) -> Option<Vec<u8>> {
    let said = ["UTF-8", "utf-8"].into_iter().find(|said| text.contains(said))?;
    let text = text.replacen(said, "windows-1252", 1);
    let (bytes, _, lost) = encoding_rs::WINDOWS_1252.encode(&text);
    (!lost).then(|| bytes.into_owned())
}
