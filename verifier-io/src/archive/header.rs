//! One header block of a tar, in the formats of old, POSIX (IEEE Std 1003.1, `pax`) and GNU.

use alloc::vec::Vec;

/// What kind of member a header announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    /// The name of the next member, where it is longer than a header has room for.
    LongName,
    /// The target of the next link.
    LongLink,
    /// What the next member's header has no room for.
    Local,
    /// The same, for all members.
    Global,
    /// Any other, in words.
    Special(&'static str),
}

/// What is read of a header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) kind: Kind,
    pub(crate) name: Vec<u8>,
    pub(crate) size: u64,
}

impl Header {
    /// Reads a block of 512 bytes; or says what is wrong with it.
    pub(crate) fn read(block: &[u8]) -> Result<Self, &'static str> {
        let field = |from: usize, to: usize| block.get(from..to).unwrap_or_default();
        if number(field(148, 156)) != Some(checksum(block)) {
            return Err("a header's checksum is wrong");
        }
        let mut name = Vec::new();
        // Only POSIX has the first part of a long name there; GNU has times.
        if field(257, 263) == b"ustar\0" {
            let prefix = text(field(345, 500));
            if !prefix.is_empty() {
                name.extend_from_slice(prefix);
                name.push(b'/');
            }
        }
        name.extend_from_slice(text(field(0, 100)));
        let size = number(field(124, 136)).ok_or("a member's size is no number")?;
        Ok(Self { kind: kind(block.get(156).copied().unwrap_or_default()), name, size })
    }
}

fn kind(flag: u8) -> Kind {
    match flag {
        b'0' | 0 => Kind::File,
        b'5' => Kind::Folder,
        b'L' => Kind::LongName,
        b'K' => Kind::LongLink,
        b'x' => Kind::Local,
        b'g' => Kind::Global,
        b'1' => Kind::Special("a hard link"),
        b'2' => Kind::Special("a symbolic link"),
        b'3' | b'4' => Kind::Special("a device"),
        b'6' => Kind::Special("a pipe"),
        b'S' => Kind::Special("a sparse member"),
        _ => Kind::Special("a member of an unknown kind"),
    }
}

/// A text ends at NUL, or with its field.
fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Octal digits among spaces, or GNU's binary form, which begins with the byte 0x80.
fn number(field: &[u8]) -> Option<u64> {
    if let [0x80, rest @ ..] = field {
        return rest
            .iter()
            .try_fold(0_u64, |value, byte| value.checked_mul(256)?.checked_add(u64::from(*byte)));
    }
    let digits = text(field).trim_ascii();
    let digit = |byte: &u8| Some(u64::from(*byte)).filter(|_| matches!(byte, b'0'..=b'7'))?.checked_sub(48);
    let value = digits.iter().try_fold(0_u64, |value, byte| value.checked_mul(8)?.checked_add(digit(byte)?));
    value.filter(|_| !digits.is_empty())
}

/// The sum of all bytes, those of the checksum itself as spaces.
fn checksum(block: &[u8]) -> u64 {
    let own = 148..156;
    let value = |(at, byte): (usize, &u8)| u64::from(if own.contains(&at) { b' ' } else { *byte });
    block.iter().enumerate().map(value).fold(0, u64::saturating_add)
}

/// What an extended header says of its member.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Extended {
    pub(crate) path: Option<Vec<u8>>,
    pub(crate) size: Option<u64>,
    pub(crate) sparse: bool,
}

impl Extended {
    /// Reads the records `LENGTH KEY=VALUE\n`; or says what is wrong with them.
    pub(crate) fn read(mut bytes: &[u8]) -> Result<Self, &'static str> {
        let mut read = Self::default();
        while !bytes.is_empty() {
            let (key, value, rest) = record(bytes).ok_or("an extended header is garbled")?;
            let before = match key {
                b"path" => read.path.replace(value.into()).is_some(),
                b"size" => {
                    let size = decimal(value).ok_or("a member's size is no number")?;
                    read.size.replace(size).is_some()
                }
                _ => false,
            };
            if before {
                return Err("an extended header says something twice");
            }
            read.sparse |= key.starts_with(b"GNU.sparse.");
            bytes = rest;
        }
        Ok(read)
    }
}

/// The key and the value of the first record, and what follows.
fn record(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = bytes.iter().position(|byte| *byte == b' ')?;
    let length = usize::try_from(decimal(bytes.get(..space)?)?).ok()?;
    let (whole, rest) = bytes.split_at_checked(length)?;
    let line = whole.get(space.checked_add(1)?..)?.strip_suffix(b"\n")?;
    let equals = line.iter().position(|byte| *byte == b'=')?;
    Some((line.get(..equals)?, line.get(equals.checked_add(1)?..)?, rest))
}

fn decimal(digits: &[u8]) -> Option<u64> {
    let all = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    core::str::from_utf8(digits).ok().filter(|_| all)?.parse().ok()
}
