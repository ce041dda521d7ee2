//! What was read against what is there: the manifest's records, and where details are the record, a count
//! made here without any feed.

use super::manifest::File;
use quick_xml::{Reader, events::Event};
use std::collections::BTreeMap;

/// The row elements of a feed, as the manifest calls them, and the details that its rows are (with their path
/// below the row), where it has any.
fn rows_of(feed: &str) -> (&'static [&'static str], Option<&'static str>) {
    match feed {
        "camt.052" | "camt.053" | "camt.054" => (&["Ntry"], Some("NtryDtls/TxDtls")),
        "pain.001" | "pacs.008" | "pacs.009" => (&["CdtTrfTxInf"], None),
        "pain.002" => (&["OrgnlGrpInfAndSts", "OrgnlPmtInfAndSts"], Some("TxInfAndSts")),
        "pain.008" => (&["DrctDbtTxInf"], None),
        "pacs.002" => (&["OrgnlGrpInfAndSts", "TxInfAndSts"], None),
        "fpml-trades" => (&["trade"], Some("tradeHeader/partyTradeIdentifier")),
        "ofx" => (&["STMTTRN"], None),
        "sec-13f" => (&["infoTable"], None),
        "fx-bulgaria" => (&["ROW"], None),
        "fx-turkey" => (&["Currency"], None),
        "fx-russia" => (&["Valute"], None),
        "ore-portfolio" => (&["Trade"], None),
        "sec-form4" => (&["nonDerivativeTransaction", "derivativeTransaction"], None),
        "sec-form144" => (&["securitiesSoldInPast3Months"], None),
        _ => panic!("{feed}: its row elements are not named here"),
    }
}

/// Says where the counts of `convert.json` are not those of the file.
pub fn wrong(file: &File, feed: &str, report: &serde_json::Value) -> Vec<String> {
    let (rows, detail) = rows_of(feed);
    let found = count(&std::fs::read(&file.path).expect("a file of the corpus"), rows, detail);
    let mut wrong = Vec::new();
    // The manifest names the elements that its author took for records; where a row is one, they must agree.
    for row in rows {
        if let Some(expected) = file.records.get(*row)
            && found.elements.get(*row) != Some(expected)
        {
            wrong.push(format!("the manifest says {row}={expected}, counted {:?}", found.elements.get(*row)));
        }
    }
    let sure = ["pacs.002", "ofx"].contains(&feed) || rows.iter().any(|row| file.records.contains_key(*row));
    if !sure && !file.records.contains_key("Stmt") {
        wrong.push(format!("the manifest says nothing of {rows:?}: {:?}", file.records));
    }
    let elements: u64 = found.elements.values().sum();
    let read = |what: &str| report[what].as_u64().unwrap_or(u64::MAX);
    if read("elements") != elements {
        wrong.push(format!("read {} row elements, there are {elements}", read("elements")));
    }
    if read("records") != found.records {
        wrong.push(format!("read {} records, there are {}", read("records"), found.records));
    }
    if read("rows") + read("filtered") != read("records") || read("rejects") != 0 {
        wrong.push(format!("rows + filtered are not the records: {report}"));
    }
    wrong
}

#[derive(Default)]
struct Found {
    elements: BTreeMap<String, u64>,
    /// Details, and one for each row element without any.
    records: u64,
}

/// Counts by local names.
fn count(bytes: &[u8], rows: &[&str], detail: Option<&str>) -> Found {
    // Names are ASCII, whatever the encoding; a mark or blanks before the first tag are of no interest here.
    let ascii: Vec<u8> =
        bytes.iter().map(|&b| if b.is_ascii() { b } else { b'?' }).skip_while(|&b| b != b'<').collect();
    let mut reader = Reader::from_reader(ascii.as_slice());
    let mut found = Found::default();
    let (mut open, mut buffer): (Vec<String>, _) = (Vec::new(), Vec::new());
    // Depth of the open row element, and its details so far.
    let mut row: Option<(usize, u64)> = None;
    loop {
        buffer.clear();
        let (name, empty) = match reader.read_event_into(&mut buffer).expect("XML") {
            Event::Start(tag) => (local(tag.local_name().as_ref()), false),
            Event::Empty(tag) => (local(tag.local_name().as_ref()), true),
            Event::End(_) => {
                open.pop();
                found.end(&mut row, open.len());
                continue;
            }
            Event::Eof => return found,
            _ => continue,
        };
        open.push(name);
        let name = &open[open.len() - 1];
        match &mut row {
            None if rows.contains(&name.as_str()) => {
                *found.elements.entry(name.clone()).or_default() += 1;
                row = Some((open.len(), 0));
            }
            Some((depth, details)) if detail == Some(open[*depth..].join("/").as_str()) => *details += 1,
            _ => {}
        }
        if empty {
            open.pop();
            found.end(&mut row, open.len());
        }
    }
}

impl Found {
    /// An element has ended: was it the row?
    fn end(&mut self, row: &mut Option<(usize, u64)>, depth: usize) {
        if let Some((_, details)) = row.take_if(|(row, _)| *row == depth + 1) {
            self.records += details.max(1);
        }
    }
}

fn local(name: impl AsRef<[u8]>) -> String {
    String::from_utf8_lossy(name.as_ref()).into_owned()
}
