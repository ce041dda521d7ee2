//! What the files come in, and what the outputs call them then.

use super::schema::{Packing, Schema};
use crate::support::{
    digest::sha256,
    pack::{self, Entry},
    random::Random,
};

/// A file as it is given.
pub struct Given {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// A document as the summary lists it.
#[derive(Debug, PartialEq, Eq)]
pub struct Listed {
    pub name: String,
    pub sha256: String,
    pub records: usize,
}

const NAMES: [&str; 4] = ["a.xml", "b 2.xml", "ç.xml", "in/a.xml"];
const ARCHIVE: &str = "night é.zip";
/// The flag of a name that is UTF-8.
const UTF8: u16 = 0x800;
/// Names of the documents alone, where something else lies in the archive.
pub const MEMBERS: &str = "*.xml";

/// What outputs call document `n`.
pub fn name(schema: &Schema, n: usize) -> String {
    match schema.packing {
        Packing::Zip => format!("{ARCHIVE}/{}", NAMES[n]),
        _ => NAMES[n].to_owned(),
    }
}

/// Packs the documents of a schema.
pub fn packed(schema: &Schema, documents: &[Vec<u8>]) -> Vec<Given> {
    let mut random = Random::new(schema.seed ^ 0xfa);
    let random = &mut random;
    let mut entries = Vec::new();
    let mut given = Vec::new();
    for (name, document) in NAMES.iter().zip(documents) {
        let bytes = match schema.packing {
            Packing::Plain => document.clone(),
            Packing::Gzip => in_parts(random, document, pack::gzip),
            Packing::Zstd => in_parts(random, document, pack::zstd),
            Packing::Zip => {
                let stored = random.chance(30);
                let entry = if stored { Entry::stored(name, document) } else { Entry::new(name, document) };
                entries.push(Entry { flags: if name.is_ascii() { 0 } else { UTF8 }, ..entry });
                continue;
            }
        };
        given.push(Given { name: (*name).to_owned(), bytes });
    }
    if schema.packing == Packing::Zip {
        if schema.beside {
            entries.insert(0, Entry::new("READ ME.txt", b"not a document"));
        }
        if random.chance(30) {
            entries.insert(0, Entry::folder("in/"));
        }
        given.push(Given { name: ARCHIVE.to_owned(), bytes: pack::zip(&entries) });
    }
    given
}

/// The digest that the summary has of document `n`: of the file as it is given, or of the member's content.
pub fn digest(schema: &Schema, given: &[Given], documents: &[Vec<u8>], n: usize) -> String {
    match schema.packing {
        Packing::Zip => sha256(&documents[n]),
        _ => sha256(&given[n].bytes),
    }
}

/// In one piece, or in two that follow each other.
fn in_parts(random: &mut Random, document: &[u8], pack: fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    if random.chance(60) {
        return pack(document);
    }
    let middle = usize::try_from(random.below(document.len() as u64)).expect("a length");
    let (one, other) = document.split_at(middle);
    [pack(one), pack(other)].concat()
}
