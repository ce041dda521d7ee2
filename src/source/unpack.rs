//! What a file is packed in, told by its first bytes and never by its name, and how to read through it:
//! streamed, bounded, never onto the disk. What is in it, it does not know: the converter judges that.

mod bounds;
mod gzip;
mod zip;
mod zip_end;
mod zstd;

pub(super) use zip::{Member, members};

use crate::feed::Unpack;
use bounds::Bounded;
use flate2::read::DeflateDecoder;
use std::io::{self, Read};

/// How a file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// Not at all.
    Plain,
    /// RFC 1952, one member or several.
    Gzip,
    /// RFC 8878, one frame or several.
    Zstd,
    /// An archive: each of its files is a document of its own.
    Zip,
}

impl Packing {
    /// Bytes that [`Self::of`] looks at.
    pub const HEAD: usize = 4;

    /// Tells it by the file's first bytes.
    pub fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            // A frame, or a skippable frame before it.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            // A member, an archive of none, a part of an archive.
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => Self::Zip,
            _ => Self::Plain,
        }
    }
}

/// The document in `input`, a whole file of `packed` bytes. Errors of its reader carry the refusal
/// ([`Error::from_io`]), which names the file by `name`.
pub(super) fn document<'a>(
    packing: Packing,
    input: impl Read + Send + 'a,
    name: &str,
    packed: u64,
    limits: &Unpack,
) -> Box<dyn Read + Send + 'a> {
    match packing {
        // What a zip archive holds is read member by member.
        Packing::Plain | Packing::Zip => Box::new(input),
        Packing::Gzip => {
            let members = gzip::Members::new(io::BufReader::new(input), name, limits);
            Box::new(Bounded::new(members, "gzip", name, packed, limits))
        }
        Packing::Zstd => {
            let frames = zstd::Frames::new(io::BufReader::new(input), name, limits);
            Box::new(Bounded::new(frames, "zstd", name, packed, limits))
        }
    }
}

/// The document that is a zip archive's member; `input` is its packed bytes and no more.
pub(super) fn member(
    input: impl Read + Send + 'static,
    member: &Member,
    name: &str,
    limits: &Unpack,
) -> Box<dyn Read + Send> {
    let packed = member.packed();
    let input = input.take(packed);
    if member.stored {
        let checked = zip::Checked::new(input, member, move |input| packed - input.limit());
        return Box::new(Bounded::new(checked, "zip", name, packed, limits));
    }
    let checked = zip::Checked::new(DeflateDecoder::new(input), member, DeflateDecoder::total_in);
    Box::new(Bounded::new(checked, "zip", name, packed, limits))
}

#[cfg(test)]
mod tests;
