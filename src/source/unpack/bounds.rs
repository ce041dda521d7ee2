//! How much may come out of a packed file, and what its damage is called.

use crate::{
    error::{Code, Error, Place, Result, printable},
    feed::Unpack,
};
use std::io::{self, Read};

/// So much may come out of any file, however small it is.
pub(super) const ALWAYS_ALLOWED: u64 = 64 << 20;

/// Refuses what unpacks to far more than it is. `name` is printable.
pub(super) fn check_ratio(name: &str, unpacked: u64, packed: u64, limits: &Unpack) -> Result<()> {
    if unpacked <= packed.saturating_mul(limits.ratio).max(ALWAYS_ALLOWED) {
        return Ok(());
    }
    Err(Error::new(
        Code::Bomb,
        format!("it unpacks to more than {} times its size, as a decompression bomb does", limits.ratio),
    )
    .at(Place::file(name)))
}

/// So much of the document stands in each part of a packed stream, on average; the first ones may hold less.
const PART: u64 = 1024;

/// Refuses a stream of many parts that hold nearly nothing: each takes time to begin. `name` is printable.
pub(super) fn check_parts(name: &str, kind: &str, parts: u64, unpacked: u64, limits: &Unpack) -> Result<()> {
    if parts <= limits.members.saturating_add(unpacked / PART) {
        return Ok(());
    }
    let what = format!("its {kind} data has more than {} parts that hold nearly nothing", limits.members);
    Err(Error::limit("max_members", what).at(Place::file(name)))
}

/// Unpacked data, in bounds; its errors say what is wrong with which file.
pub(super) struct Bounded<R> {
    input: R,
    kind: &'static str,
    name: String,
    packed: u64,
    unpacked: u64,
    limits: Unpack,
}

impl<R> Bounded<R> {
    pub fn new(input: R, kind: &'static str, name: &str, packed: u64, limits: &Unpack) -> Self {
        Self { input, kind, name: printable(name), packed, unpacked: 0, limits: limits.clone() }
    }

    fn check(&self) -> Result<()> {
        let Self { name, limits, .. } = self;
        if self.unpacked > limits.unpacked {
            return Err(Error::limit(
                "max_unpacked",
                format!("it unpacks to more than {} bytes", limits.unpacked),
            )
            .at(Place::file(name)));
        }
        check_ratio(name, self.unpacked, self.packed, limits)
    }

    fn damaged(&self, cause: io::Error) -> Error {
        let Self { name, kind, .. } = self;
        let what = match cause.kind() {
            io::ErrorKind::UnexpectedEof => format!("its {kind} data is cut short"),
            _ => format!("its {kind} data is damaged: {}", printable(&cause.to_string())),
        };
        Error::new(Code::ArchiveDamaged, what).at(Place::file(name)).because(cause)
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
                Err(self.damaged(cause).into_io())
            }
            Err(cause) => Err(cause),
        }
    }
}
