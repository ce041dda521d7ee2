//! What a file is packed in, told by its first bytes and never by its name, and how to read through it:
//! streamed, bounded, never onto the disk. What is in it, it does not know: the converter judges that.

mod zip;
mod zstd;

pub(super) use zip::{Member, members};

use crate::{
    error::{Error, Result, printable},
    feed::Unpack,
};
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use std::io::{self, Read};

/// So much may come out of any file, however small it is.
const ALWAYS_ALLOWED: u64 = 64 << 20;

const DAMAGED: &str = "the file is damaged or was cut short: fetch it again, or ask the sender";

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
        Packing::Gzip => Box::new(Bounded::new(MultiGzDecoder::new(input), "gzip", name, packed, limits)),
        Packing::Zstd => {
            let frames = zstd::Frames::new(io::BufReader::new(input), name, limits.window);
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

/// Refuses what unpacks to far more than it is. `name` is printable.
fn check_ratio(name: &str, unpacked: u64, packed: u64, limits: &Unpack) -> Result<()> {
    if unpacked <= packed.saturating_mul(limits.ratio).max(ALWAYS_ALLOWED) {
        return Ok(());
    }
    Err(Error::refused(
        format!(
            "{name}: it unpacks to more than {} times its size, as a decompression bomb does",
            limits.ratio
        ),
        "raise max_ratio under [xml] if the file is right",
    ))
}

/// Unpacked data, in bounds; its errors say what is wrong with which file.
struct Bounded<R> {
    input: R,
    kind: &'static str,
    name: String,
    packed: u64,
    unpacked: u64,
    limits: Unpack,
}

impl<R> Bounded<R> {
    fn new(input: R, kind: &'static str, name: &str, packed: u64, limits: &Unpack) -> Self {
        Self { input, kind, name: printable(name), packed, unpacked: 0, limits: limits.clone() }
    }

    fn check(&self) -> Result<()> {
        let Self { name, limits, .. } = self;
        if self.unpacked > limits.unpacked {
            return Err(Error::refused(
                format!("{name}: it unpacks to more than {} bytes", limits.unpacked),
                "raise max_unpacked under [xml] if the file is right",
            ));
        }
        check_ratio(name, self.unpacked, self.packed, limits)
    }

    fn damaged(&self, cause: &io::Error) -> Error {
        let Self { name, kind, .. } = self;
        match cause.kind() {
            io::ErrorKind::UnexpectedEof => {
                Error::refused(format!("{name}: its {kind} data is cut short"), DAMAGED)
            }
            _ => Error::refused(
                format!("{name}: its {kind} data is damaged: {}", printable(&cause.to_string())),
                DAMAGED,
            ),
        }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        use io::ErrorKind as K;
        match self.input.read(buf) {
            Ok(n) => {
                self.unpacked += n as u64;
                self.check().map_err(Error::into_io)?;
                Ok(n)
            }
            // Decoders say so; anything else is this machine's failure, or a refusal already.
            Err(cause)
                if matches!(cause.kind(), K::InvalidData | K::InvalidInput | K::UnexpectedEof)
                    && !Error::is_in(&cause) =>
            {
                Err(self.damaged(&cause).into_io())
            }
            Err(cause) => Err(cause),
        }
    }
}

#[cfg(test)]
mod tests;
