//! A CBOR writer that checks nothing: malformed values are made of the same few functions as sound
//! ones (RFC 8949, section 3).

/// A value as it is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cbor {
    /// Major type 0.
    Unsigned(u64),
    /// Major type 1: the value is -1 minus this number.
    Negative(u64),
    /// Major type 2.
    Bytes(Vec<u8>),
    /// Major type 3.
    Text(&'static str),
    /// Major type 4, of definite length.
    Array(Vec<Self>),
    /// Major type 5, of definite length.
    Map(Vec<Entry>),
    /// An array that ends with a break.
    OpenArray(Vec<Self>),
    /// A map that ends with a break.
    OpenMap(Vec<Entry>),
    /// Null.
    Null,
    /// Bytes as they are.
    Raw(Vec<u8>),
}

/// A key and its value.
pub type Entry = (Cbor, Cbor);

impl Cbor {
    /// A byte string of one value throughout.
    #[must_use]
    pub fn filled(byte: u8, count: usize) -> Self {
        Self::Bytes(vec![byte; count])
    }

    /// The encoding; lengths are the shortest.
    ///
    /// ```
    /// use kettle_testvectors::nitro::Cbor;
    /// assert_eq!(Cbor::Negative(34).encode(), [0x38, 0x22]);
    /// ```
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let entries = |entries: &[Entry]| -> Vec<u8> {
            entries.iter().flat_map(|(key, value)| [key.encode(), value.encode()].concat()).collect()
        };
        let elements = |values: &[Self]| -> Vec<u8> { values.iter().flat_map(Self::encode).collect() };
        match self {
            Self::Unsigned(value) => head(0, *value),
            Self::Negative(value) => head(1, *value),
            Self::Bytes(bytes) => counted(2, bytes.len(), bytes),
            Self::Text(text) => counted(3, text.len(), text.as_bytes()),
            Self::Array(values) => counted(4, values.len(), &elements(values)),
            Self::Map(pairs) => counted(5, pairs.len(), &entries(pairs)),
            Self::OpenArray(values) => [&[0x9f], elements(values).as_slice(), &[0xff]].concat(),
            Self::OpenMap(pairs) => [&[0xbf], entries(pairs).as_slice(), &[0xff]].concat(),
            Self::Null => vec![0xf6],
            Self::Raw(bytes) => bytes.clone(),
        }
    }
}

fn counted(major: u8, count: usize, content: &[u8]) -> Vec<u8> {
    [head(major, u64::try_from(count).unwrap()).as_slice(), content].concat()
}

/// The shortest head of a major type with an argument.
fn head(major: u8, argument: u64) -> Vec<u8> {
    let bytes = argument.to_be_bytes();
    let (information, width) = match argument {
        0..=23 => return vec![major << 5 | bytes[7]],
        24..=0xff => (24, 1),
        0x100..=0xffff => (25, 2),
        0x1_0000..=0xffff_ffff => (26, 4),
        _ => (27, 8),
    };
    [&[major << 5 | information], &bytes[8 - width..]].concat()
}
