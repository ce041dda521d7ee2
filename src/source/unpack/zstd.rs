//! zstd frames one after the other (RFC 8878): data frames, skippable frames, checksums.

// ruzstd and not libzstd: safe to build and to feed, a third of the build time; about 300 MB/s (libzstd: 900) is more
// than any conversion takes. What stands between and at the end of frames is checked here.
use super::bounds::check_parts;
use crate::{
    error::{Code, Error, Place, printable},
    feed::Unpack,
};
use ruzstd::decoding::{
    BlockDecodingStrategy, FrameDecoder,
    errors::{FrameDecoderError, ReadFrameHeaderError},
};
use std::io::{self, ErrorKind, Read};

/// Unpacks all frames of a stream.
pub(super) struct Frames<R> {
    input: Watched<R>,
    decoder: FrameDecoder,
    state: State,
    /// A frame was read.
    any: bool,
    /// Bytes that the current frame gave.
    given: u64,
    /// Frames of any kind that began so far, and bytes that they gave.
    begun: u64,
    unpacked: u64,
    name: String,
    limits: Unpack,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Between,
    Within,
    Ended,
}

impl<R: Read> Frames<R> {
    /// `name` is the file's in messages.
    pub fn new(input: R, name: &str, limits: &Unpack) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(limits.window);
        Self {
            input: Watched { input, ended: false, failure: None },
            decoder,
            state: State::Between,
            any: false,
            given: 0,
            begun: 0,
            unpacked: 0,
            name: printable(name),
            limits: limits.clone(),
        }
    }

    /// Says of an error which file it is about, for a reader.
    fn refused(&self, error: Error) -> io::Error {
        error.at(Place::file(&self.name)).into_io()
    }

    /// Begins the next frame, or skips one.
    fn begin(&mut self) -> io::Result<()> {
        let mut magic = [0; 4];
        if self.input.read(&mut magic[..1])? == 0 {
            self.state = State::Ended;
            return if self.any { Ok(()) } else { Err(ErrorKind::UnexpectedEof.into()) };
        }
        self.input.read_exact(&mut magic[1..])?;
        self.begun += 1;
        check_parts(&self.name, "zstd", self.begun, self.unpacked, &self.limits).map_err(Error::into_io)?;
        match self.decoder.reset(magic.chain(&mut self.input)) {
            Ok(()) => {
                (self.state, self.any, self.given) = (State::Within, true, 0);
                Ok(())
            }
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length, ..
            })) => {
                let skipped = io::copy(&mut self.input.by_ref().take(length.into()), &mut io::sink())?;
                if skipped < u64::from(length) {
                    return Err(ErrorKind::UnexpectedEof.into());
                }
                self.any = true;
                Ok(())
            }
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::BadMagicNumber(_))) => {
                Err(wrong("bytes that are no zstd data follow it"))
            }
            Err(FrameDecoderError::WindowSizeTooBig { requested, max }) => Err(self.refused(
                Error::new(
                    Code::LimitExceeded,
                    format!("its zstd data needs {requested} bytes of memory, more than {max}"),
                )
                .with_hint("raise max_window under [xml], or pack it without --ultra and --long"),
            )),
            Err(FrameDecoderError::DictNotProvided { .. }) => {
                Err(self.refused(Error::new(Code::Dictionary, "its zstd data needs a dictionary")))
            }
            Err(cause) => Err(self.input.explain(&cause)),
        }
    }

    /// Checks what a finished frame says about itself.
    fn finish(&mut self) -> io::Result<()> {
        let declared = self.decoder.get_checksum_from_data();
        if declared.is_some() && declared != self.decoder.get_calculated_checksum() {
            return Err(wrong("its checksum is wrong"));
        }
        let size = self.decoder.content_size();
        // Zero stands for a size that is not declared, too.
        if size != 0 && size != self.given {
            return Err(wrong("its declared size is wrong"));
        }
        self.state = State::Between;
        Ok(())
    }
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while !buf.is_empty() {
            match self.state {
                State::Ended => break,
                State::Between => self.begin()?,
                State::Within if self.decoder.can_collect() > 0 => {
                    let n = self.decoder.read(buf)?;
                    self.given += n as u64;
                    self.unpacked += n as u64;
                    return Ok(n);
                }
                State::Within if self.decoder.is_finished() => self.finish()?,
                State::Within => {
                    let one = BlockDecodingStrategy::UptoBlocks(1);
                    if let Err(cause) = self.decoder.decode_blocks(&mut self.input, one) {
                        return Err(self.input.explain(&cause));
                    }
                }
            }
        }
        Ok(0)
    }
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

/// Remembers how reading ended, since the decoder's errors hide it.
struct Watched<R> {
    input: R,
    ended: bool,
    failure: Option<io::Error>,
}

impl<R> Watched<R> {
    /// Why the decoder failed: the input failed, it ended, or it is damaged.
    fn explain(&mut self, cause: &FrameDecoderError) -> io::Error {
        match self.failure.take() {
            Some(failure) => failure,
            None if self.ended => ErrorKind::UnexpectedEof.into(),
            None => wrong(&cause.to_string()),
        }
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self.input.read(buf) {
            Ok(n) => {
                self.ended |= n == 0 && !buf.is_empty();
                Ok(n)
            }
            Err(cause) if cause.kind() == ErrorKind::Interrupted => Err(cause),
            Err(cause) => {
                let kind = cause.kind();
                self.failure = Some(cause);
                Err(kind.into())
            }
        }
    }
}
