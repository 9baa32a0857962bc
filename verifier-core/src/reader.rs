//! Reading fixed layouts from hostile bytes: every read is bounded, every error has a position, and
//! a reader must be finished.

use core::fmt;

/// Reads little- or big-endian fields one after another.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
}

/// A layout that does not hold, with the byte position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayoutError {
    /// What is wrong.
    pub kind: LayoutErrorKind,
    /// The byte position.
    pub position: usize,
}

/// What is wrong with a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LayoutErrorKind {
    /// The bytes end within a field.
    Truncated {
        /// Bytes that the field needs.
        needed: usize,
    },
    /// Bytes are left after the last field.
    Trailing {
        /// How many.
        count: usize,
    },
    /// A field that must have one value has another.
    Unexpected {
        /// The field.
        field: &'static str,
    },
}

impl fmt::Display for LayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            LayoutErrorKind::Truncated { needed } => {
                write!(f, "the bytes end at {}, within a field of {needed}", self.position)
            }
            LayoutErrorKind::Trailing { count } => {
                write!(f, "{count} bytes after the last field, at {}", self.position)
            }
            LayoutErrorKind::Unexpected { field } => {
                write!(f, "an unexpected value of `{field}` at {}", self.position)
            }
        }
    }
}

impl core::error::Error for LayoutError {}

impl<'a> Reader<'a> {
    /// A reader at the first byte.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// The position of the next byte.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    /// [`LayoutErrorKind::Truncated`].
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], LayoutError> {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let Some(taken) = rest.get(..count) else {
            return Err(LayoutErrorKind::Truncated { needed: count }.at(self.position));
        };
        self.position = self.position.saturating_add(count);
        Ok(taken)
    }

    /// The next `N` bytes.
    ///
    /// # Errors
    /// [`LayoutErrorKind::Truncated`].
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], LayoutError> {
        let at = self.position;
        self.take(N)?.try_into().map_err(|_| LayoutErrorKind::Truncated { needed: N }.at(at))
    }

    /// An unsigned number of one byte.
    ///
    /// # Errors
    /// [`LayoutErrorKind::Truncated`].
    pub fn u8(&mut self) -> Result<u8, LayoutError> {
        self.array().map(u8::from_le_bytes)
    }

    /// An unsigned little-endian number of two bytes.
    ///
    /// # Errors
    /// [`LayoutErrorKind::Truncated`].
    pub fn u16_le(&mut self) -> Result<u16, LayoutError> {
        self.array().map(u16::from_le_bytes)
    }

    /// An unsigned little-endian number of four bytes.
    ///
    /// # Errors
    /// [`LayoutErrorKind::Truncated`].
    pub fn u32_le(&mut self) -> Result<u32, LayoutError> {
        self.array().map(u32::from_le_bytes)
    }

    /// An unsigned little-endian number of eight bytes.
    ///
    /// # Errors
    /// [`LayoutErrorKind::Truncated`].
    pub fn u64_le(&mut self) -> Result<u64, LayoutError> {
        self.array().map(u64::from_le_bytes)
    }

    /// An unsigned big-endian number of two bytes.
    ///
    /// # Errors
    /// [`LayoutErrorKind::Truncated`].
    pub fn u16_be(&mut self) -> Result<u16, LayoutError> {
        self.array().map(u16::from_be_bytes)
    }

    /// An unsigned big-endian number of four bytes.
    ///
    /// # Errors
    /// [`LayoutErrorKind::Truncated`].
    pub fn u32_be(&mut self) -> Result<u32, LayoutError> {
        self.array().map(u32::from_be_bytes)
    }

    /// An unsigned big-endian number of eight bytes.
    ///
    /// # Errors
    /// [`LayoutErrorKind::Truncated`].
    pub fn u64_be(&mut self) -> Result<u64, LayoutError> {
        self.array().map(u64::from_be_bytes)
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`LayoutErrorKind::Trailing`] when bytes are left.
    pub fn finish(self) -> Result<(), LayoutError> {
        match self.bytes.len().saturating_sub(self.position) {
            0 => Ok(()),
            count => Err(LayoutErrorKind::Trailing { count }.at(self.position)),
        }
    }
}

impl LayoutErrorKind {
    /// The error at a position.
    #[must_use]
    pub const fn at(self, position: usize) -> LayoutError {
        LayoutError { kind: self, position }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_in_order_and_must_be_finished() {
        let mut reader = Reader::new(&[1, 2, 0, 0, 0, 9]);
        assert_eq!(reader.u8(), Ok(1));
        assert_eq!(reader.u32_le(), Ok(2));
        assert_eq!(reader.clone().finish(), Err(LayoutErrorKind::Trailing { count: 1 }.at(5)));
        assert_eq!(reader.u16_be(), Err(LayoutErrorKind::Truncated { needed: 2 }.at(5)));
        assert_eq!(reader.u8(), Ok(9));
        assert_eq!(reader.finish(), Ok(()));
    }
}
