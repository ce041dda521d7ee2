//! gzip members one after the other (RFC 1952).

use super::bounds::check_parts;
use crate::{
    error::{Error, printable},
    feed::Unpack,
};
use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, ErrorKind, Read};

/// Unpacks all members of a stream.
pub(super) struct Members<R> {
    /// Of the current member; or what follows it, or nothing where the stream has ended.
    decoder: Option<GzDecoder<R>>,
    between: Option<R>,
    /// Members so far.
    begun: u64,
    unpacked: u64,
    name: String,
    limits: Unpack,
}

impl<R: BufRead> Members<R> {
    /// `name` is the file's in messages.
    pub fn new(input: R, name: &str, limits: &Unpack) -> Self {
        Self {
            decoder: Some(GzDecoder::new(input)),
            between: None,
            begun: 1,
            unpacked: 0,
            name: printable(name),
            limits: limits.clone(),
        }
    }

    /// Begins the next member, if there is one.
    fn begin(&mut self, mut input: R) -> io::Result<()> {
        match input.fill_buf().map(<[u8]>::is_empty) {
            Ok(true) => {}
            Ok(false) => {
                self.begun += 1;
                check_parts(&self.name, "gzip", self.begun, self.unpacked, &self.limits)
                    .map_err(Error::into_io)?;
                self.decoder = Some(GzDecoder::new(input));
            }
            Err(cause) => {
                let again = cause.kind() == ErrorKind::Interrupted;
                self.between = Some(input);
                if !again {
                    return Err(cause);
                }
            }
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(input) = self.between.take() {
                self.begin(input)?;
            }
            let Some(decoder) = &mut self.decoder else {
                match self.between {
                    Some(_) => continue,
                    None => return Ok(0),
                }
            };
            let n = decoder.read(buf)?;
            self.unpacked += n as u64;
            if n > 0 || buf.is_empty() {
                return Ok(n);
            }
            self.between = self.decoder.take().map(GzDecoder::into_inner);
        }
    }
}
