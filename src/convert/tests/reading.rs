//! Random documents: neither their encoding, nor how their bytes arrive, nor how rows are cut into chunks changes a row; and no
//! part of a document passes for the whole.

use super::{documents::Drip, *};
use encoding_rs::WINDOWS_1252;
use proptest::prelude::*;

const FEED: &str = "[xml]\nrow = 's/e'\nexplode = 'd'\nbad_rows = 'quarantine'\n\
    [[column]]\nname = 'k'\npath = '@k'\nkey = true\n\
    [[column]]\nname = 'statement'\npath = '../i'\n\
    [[column]]\nname = 'amount'\npath = ['d/a', 'a']\ntype = 'decimal'\n\
    [[column]]\nname = 'memo'\npath = 'd/m'\nrepeat = 'join'\nseparator = '; '\n";

/// A document in which everything that matters to reading stands somewhere. All its characters are in windows-1252.
fn document() -> impl Strategy<Value = String> {
    let text = "([a-zäöüß€é„“ \n'\"]|&amp;|&#8364;|<!-- é -->|<!\\[CDATA\\[<ü>&\\]\\]>|\r\n){0,6}";
    let amount = prop::option::weighted(0.8, "-?[0-9]{1,4}(\\.[0-9]{0,3})?|x");
    let detail = (amount.clone(), prop::collection::vec(text, 0..3));
    let entry = (0_u8..20, amount, prop::collection::vec(detail, 0..3));
    let statement = (text, prop::collection::vec(entry, 0..5));
    prop::collection::vec(statement, 1..4).prop_map(|statements| {
        let mut xml = "<?xml version='1.0' encoding='UTF-8'?>\n<ö:o xmlns:ö='urn:é'>".to_owned();
        let tag = |name: &str, amount: &Option<String>| {
            amount.as_ref().map(|text| format!("<{name}>{text}</{name}>")).unwrap_or_default()
        };
        for (id, entries) in statements {
            let _ = writeln!(xml, "<ö:s><i>{id}</i>");
            for (key, amount, details) in entries {
                let _ = write!(xml, "<e k='ü{key}'>{}", tag("a", &amount));
                for (amount, memos) in details {
                    let memos: Vec<String> = memos.iter().map(|memo| format!("<m>{memo}</m>")).collect();
                    let _ = write!(xml, "<d>{}{}</d>", tag("a", &amount), memos.concat());
                }
                xml.push_str("</e>\n");
            }
            xml.push_str("</ö:s>");
        }
        xml + "<s><e k='last'/></s></ö:o>"
    })
}

fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::iter::once('\u{feff}')
        .chain(text.chars())
        .collect::<String>()
        .encode_utf16()
        .flat_map(order)
        .collect()
}

/// The document in windows-1252, if it has no other characters.
fn western(text: &str) -> Option<Vec<u8>> {
    let (bytes, _, lost) = WINDOWS_1252.encode(text);
    (!lost).then(|| bytes.into_owned())
}

/// Gives at most so many bytes at a time.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let most = buf.len().min(self.1);
        self.0.read(&mut buf[..most])
    }
}

/// All rows as they stand in the chunks, without the headers.
fn joined(done: &Done) -> String {
    let header = done.csv.split_inclusive('\n').next().unwrap_or_default();
    done.csv.replace(header, "")
}

proptest! {
    // Every case writes and synchronises files.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn another_encoding_changes_nothing(xml in document(), start in 0_usize..64) {
        let feed = feed(FEED);
        let expected = converted(&feed, &xml);
        let declared = xml.replace("UTF-8", "windows-1252");
        let western = western(&declared).expect("all characters are in windows-1252");
        for bytes in [utf16(&xml, u16::to_le_bytes), utf16(&xml, u16::to_be_bytes), western] {
            for done in [converted(&feed, &bytes), try_read(&feed, Drip(&bytes, start)).unwrap()] {
                prop_assert_eq!(&done.csv, &expected.csv);
                prop_assert_eq!(&done.converted.totals, &expected.converted.totals);
                prop_assert_eq!(done.rejects.len(), expected.rejects.len());
            }
        }
    }

    #[test]
    fn small_buffers_and_a_second_time_change_nothing(xml in document(), size in 1_usize..=64) {
        let feed = feed(FEED);
        let expected = converted(&feed, &xml);
        for done in [try_read(&feed, Pieces(xml.as_bytes(), size)).unwrap(), converted(&feed, &xml)] {
            prop_assert_eq!(&done.csv, &expected.csv);
            prop_assert_eq!(&done.rejects, &expected.rejects);
            prop_assert_eq!(&done.converted, &expected.converted);
        }
    }

    #[test]
    fn chunks_joined_are_the_whole(xml in document(), rows in 1_u64..6, bytes in 100_u64..2000) {
        let whole = converted(&feed(FEED), &xml);
        prop_assert!(whole.chunks.len() <= 1);
        for limit in [format!("chunk_rows = {rows}"), format!("chunk_bytes = {bytes}")] {
            let done = converted(&feed(&FEED.replace("[xml]", &format!("[xml]\n{limit}"))), &xml);
            prop_assert_eq!(joined(&done), joined(&whole));
            if limit.contains("rows") {
                prop_assert!(done.chunks.iter().all(|chunk| chunk.rows <= rows));
                prop_assert_eq!(done.chunks.len() as u64, whole.converted.rows.div_ceil(rows));
            }
        }
    }
}

proptest! {
    // Every case converts some hundred prefixes.
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn no_prefix_passes_for_the_whole(xml in document()) {
        let feed = feed(FEED);
        for bytes in [xml.clone().into_bytes(), utf16(&xml, u16::to_le_bytes)] {
            for length in 0..bytes.len() {
                // It fails unless the file is refused.
                let message = refusal(&feed, &bytes[..length]);
                prop_assert!(message.starts_with("in/statements.xml: "), "{length}: {message}");
            }
            converted(&feed, &bytes);
        }
    }
}

/// What stands first is what is told, however far a block reaches: the same refusal for every size of pieces.
#[test]
fn the_first_thing_that_is_wrong_is_told() {
    let feed = feed(FEED);
    let long = format!("<o>{}</o>", "x".repeat(3000));
    let limited = super::feed(&FEED.replace("[xml]", "[xml]\nmax_text = \"2KiB\""));
    let mut utf16_cut = utf16("<o></p>", u16::to_le_bytes);
    utf16_cut.extend_from_slice(&[0, 0xd8, b'x', 0]);
    let nested = utf16("<o><s><e k='1'><s><e/></s></e></s></o>", u16::to_le_bytes);
    let cases: [(&Feed, &[u8], &str); 8] = [
        (&feed, b"<o></p>\xff", "not well-formed"),
        (&feed, b"<o>\xff</p>", "byte 3: invalid UTF-8"),
        (&feed, b"<o></p>\x01", "not well-formed"),
        (&feed, b"<o>\x01</p>\xff", "U+0001"),
        (&feed, b"<?xml version='1.0' encoding='us-ascii'?><o></p>\xc3\xa9", "not well-formed"),
        (&feed, &utf16_cut, "not well-formed"),
        (&feed, &nested, "a row element (e) within the row element"),
        (&limited, long.as_bytes(), "longer than 2048 bytes"),
    ];
    for (feed, bytes, expected) in cases {
        let whole = refusal(feed, bytes);
        assert!(whole.contains(expected), "{whole}");
        for size in [1, 2, 3, 7, 64, 1000, 2047, 2048, 2049] {
            let pieces = try_read(feed, Pieces(bytes, size)).expect_err("it is refused").to_string();
            assert_eq!(pieces, whole, "in pieces of {size} bytes");
        }
    }
    // As long as allowed, and one byte more.
    for (length, accepted) in [(2048, true), (2049, false)] {
        let xml = format!("<o><s><e k='1'/></s>{}</o>", "x".repeat(length));
        assert_eq!(try_convert(&limited, &xml).is_ok(), accepted, "{length}");
        assert_eq!(try_read(&limited, Pieces(xml.as_bytes(), 5)).is_ok(), accepted, "{length} in pieces");
    }
}
