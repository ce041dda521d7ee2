//! The packets of SFTP version 3 (draft-ietf-secsh-filexfer-02) that are needed to list, read, move and remove.
//!
//! Names and handles are bytes here, as they are on the wire: made into text, a handle may not be found again and two
//! names may become one. Attributes that nobody asked for are read over, so that the name after them is read right.

use bytes::{Buf, BufMut, Bytes, BytesMut, TryGetError};

/// What a request asks for.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub(super) enum PacketKind {
    Init = 1,
    Open = 3,
    Close = 4,
    Read = 5,
    LinkAttributes = 7,
    HandleAttributes = 8,
    OpenFolder = 11,
    ReadFolder = 12,
    Remove = 13,
    Attributes = 17,
    Rename = 18,
}

/// One part of a request.
#[derive(Debug, Clone, Copy)]
pub(super) enum PacketField<'a> {
    Bytes(&'a [u8]),
    Number(u32),
    Long(u64),
}

/// What a server answers.
#[derive(Debug)]
pub(super) enum Packet {
    Version(u32),
    Status { code: u32, text: String },
    Handle(Bytes),
    Data(Bytes),
    Names(Vec<(Bytes, FileAttributes)>),
    Attributes(FileAttributes),
}

/// What a server tells about a file, as far as it tells it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct FileAttributes {
    /// Its length in bytes.
    pub size: Option<u64>,
    /// Its mode, with the kind of file in it.
    pub mode: Option<u32>,
    /// When it was last changed, in seconds since 1970.
    pub modified: Option<u32>,
}

/// Codes of a status.
pub(super) const OK: u32 = 0;
pub(super) const END: u32 = 1;
pub(super) const NO_SUCH_FILE: u32 = 2;
pub(super) const NO_PERMISSION: u32 = 3;

/// The longest packet that is taken, in bytes; OpenSSH sends none above 256 KiB.
const LONGEST: usize = 1 << 20;

/// Writes a request behind those that wait to be sent.
pub(super) fn write(out: &mut BytesMut, kind: PacketKind, id: u32, fields: &[PacketField<'_>]) {
    let length = |field: &PacketField<'_>| match field {
        PacketField::Bytes(bytes) => 4 + bytes.len(),
        PacketField::Number(_) => 4,
        PacketField::Long(_) => 8,
    };
    put_length(out, 5 + fields.iter().map(length).sum::<usize>());
    out.put_u8(kind as u8);
    out.put_u32(id);
    for field in fields {
        match field {
            PacketField::Bytes(bytes) => {
                put_length(out, bytes.len());
                out.put_slice(bytes);
            }
            PacketField::Number(number) => out.put_u32(*number),
            PacketField::Long(number) => out.put_u64(*number),
        }
    }
}

/// What is sent is made of file names and handles, all of which came in packets of [`LONGEST`] at most.
fn put_length(out: &mut BytesMut, length: usize) {
    out.put_u32(u32::try_from(length).unwrap_or(u32::MAX));
}

/// Takes the first packet out of what came, if it is there wholly: the id of its request (0 of a version) and the answer.
pub(super) fn take(came: &mut BytesMut) -> Result<Option<(u32, Packet)>, BadPacket> {
    let Some(length) = came.first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes) as usize) else {
        return Ok(None);
    };
    if length > LONGEST {
        return Err(BadPacket);
    }
    if came.len() - 4 < length {
        return Ok(None);
    }
    came.advance(4);
    let mut packet = came.split_to(length).freeze();
    let kind = packet.try_get_u8()?;
    let id = packet.try_get_u32()?;
    let answer = match kind {
        // It has a version where others have an id.
        2 => return Ok(Some((0, Packet::Version(id)))),
        101 => Packet::Status { code: packet.try_get_u32()?, text: words(&mut packet) },
        102 => Packet::Handle(bytes(&mut packet)?),
        103 => Packet::Data(bytes(&mut packet)?),
        104 => Packet::Names(names(&mut packet)?),
        105 => Packet::Attributes(attributes(&mut packet)?),
        _ => return Err(BadPacket),
    };
    Ok(Some((id, answer)))
}

/// Bytes that are no packet of this protocol.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadPacket;

impl From<TryGetError> for BadPacket {
    fn from(_: TryGetError) -> Self {
        Self
    }
}

fn bytes(packet: &mut Bytes) -> Result<Bytes, BadPacket> {
    let length = packet.try_get_u32()? as usize;
    if packet.len() < length {
        return Err(BadPacket);
    }
    Ok(packet.split_to(length))
}

/// Old servers send a status without words.
fn words(packet: &mut Bytes) -> String {
    bytes(packet).map_or_else(|_| String::new(), |text| String::from_utf8_lossy(&text).into_owned())
}

fn names(packet: &mut Bytes) -> Result<Vec<(Bytes, FileAttributes)>, BadPacket> {
    let count = packet.try_get_u32()?;
    let mut names = Vec::new();
    for _ in 0..count {
        let name = bytes(packet)?;
        // The line that `ls -l` would print.
        bytes(packet)?;
        names.push((name, attributes(packet)?));
    }
    Ok(names)
}

fn attributes(packet: &mut Bytes) -> Result<FileAttributes, BadPacket> {
    let flags = packet.try_get_u32()?;
    let mut found = FileAttributes::default();
    if flags & 1 != 0 {
        found.size = Some(packet.try_get_u64()?);
    }
    if flags & 2 != 0 {
        // User and group.
        packet.try_get_u64()?;
    }
    if flags & 4 != 0 {
        found.mode = Some(packet.try_get_u32()?);
    }
    if flags & 8 != 0 {
        // Last read, then last changed.
        packet.try_get_u32()?;
        found.modified = Some(packet.try_get_u32()?);
    }
    if flags & (1 << 31) != 0 {
        for _ in 0..packet.try_get_u32()? {
            bytes(packet)?;
            bytes(packet)?;
        }
    }
    Ok(found)
}

impl FileAttributes {
    /// Whether it is a file, as far as its mode tells; nothing where it is a link, which may lead to either.
    pub(super) fn is_file(self) -> Option<bool> {
        match self.mode.map(|mode| mode & 0o170_000) {
            // No mode, or none with a kind of file.
            None | Some(0 | 0o100_000) => Some(true),
            Some(0o120_000) => None,
            Some(_) => Some(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(packet: &[u8]) -> BytesMut {
        let mut out = BytesMut::new();
        put_length(&mut out, packet.len());
        out.put_slice(packet);
        out
    }

    fn text(out: &mut BytesMut, text: &[u8]) {
        put_length(out, text.len());
        out.put_slice(text);
    }

    #[test]
    fn a_request_is_its_length_kind_id_and_fields() {
        let mut out = BytesMut::new();
        write(
            &mut out,
            PacketKind::Read,
            7,
            &[PacketField::Bytes(&[0, 255]), PacketField::Long(1 << 32), PacketField::Number(9)],
        );
        let expected = [0, 0, 0, 23, 5, 0, 0, 0, 7, 0, 0, 0, 2, 0, 255, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9];
        assert_eq!(out[..], expected);
    }

    #[test]
    fn the_name_after_attributes_that_nobody_knows_is_read_right() {
        let mut packet = BytesMut::new();
        packet.put_u8(104);
        packet.put_u32(3);
        packet.put_u32(2);
        for (name, flags) in [(&b"a\xff"[..], 0x8000_000f), (b"b", 1)] {
            text(&mut packet, name);
            text(&mut packet, b"-rw-r--r-- 1 0 0 5 Jan 1 a");
            packet.put_u32(flags);
            packet.put_u64(5);
            if flags != 1 {
                packet.put_u64(0);
                packet.put_u32(0o100_644);
                packet.put_u64(1_700_000_000);
                packet.put_u32(1);
                text(&mut packet, b"acl@example.com");
                text(&mut packet, b"everybody");
            }
        }
        let Ok(Some((3, Packet::Names(names)))) = take(&mut framed(&packet)) else { panic!("names") };
        let whole = FileAttributes { size: Some(5), mode: Some(0o100_644), modified: Some(1_700_000_000) };
        let short = FileAttributes { size: Some(5), ..FileAttributes::default() };
        assert_eq!(names, [(Bytes::from_static(b"a\xff"), whole), (Bytes::from_static(b"b"), short)]);
    }

    #[test]
    fn half_a_packet_is_none_and_a_wrong_one_is_refused() {
        let status = [101, 0, 0, 0, 4, 0, 0, 0, 31];
        let mut whole = framed(&status);
        let mut half = BytesMut::from(&whole[..8]);
        assert!(matches!(take(&mut half), Ok(None)));
        // A code of a later version, and no words.
        let Ok(Some((4, Packet::Status { code: 31, text }))) = take(&mut whole) else { panic!("a status") };
        assert!(text.is_empty() && whole.is_empty());

        for wrong in [&[102, 0, 0, 0, 1, 0, 0, 0, 9, 1][..], &[103, 0, 0], &[250, 0, 0, 0, 1], &[]] {
            assert!(take(&mut framed(wrong)).is_err(), "{wrong:?}");
        }
        assert!(take(&mut BytesMut::from(&[255, 255, 255, 255][..])).is_err());
    }
}
