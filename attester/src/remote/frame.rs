//! What is said over a connection: a kind, a length of four bytes (big-endian), and so many bytes. What is
//! larger than one frame is an item: its head, pieces, and an end.

use std::io::{Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Item, Refusal};
use crate::failure::{Done, Failure, Kind as Fault};

/// Bytes of one frame.
const FRAME_BYTES: usize = 1 << 20;

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// [`super::Hello`].
    Hello,
    /// [`super::Order`].
    Order,
    /// The head of an item.
    Item,
    /// A piece of an item.
    Piece,
    /// The end of an item, or of a list of them.
    End,
    /// Something happened: an event, as JSON.
    Event,
    /// It goes no further: why.
    Refusal,
}

const KINDS: [(u8, Kind); 7] = [
    (1, Kind::Hello),
    (2, Kind::Order),
    (3, Kind::Item),
    (4, Kind::Piece),
    (5, Kind::End),
    (6, Kind::Event),
    (7, Kind::Refusal),
];

fn lost(error: impl core::fmt::Display) -> Failure {
    Failure::build(format!("the connection was lost: {error}"))
}

fn strange(what: &str) -> Failure {
    Failure::build(format!("the other side says {what}; is it `kettle-attest` of the same version?"))
}

/// Writes one frame.
///
/// # Errors
/// [`Failure`] where the connection is lost, or where there are too many bytes for a frame.
pub fn write(stream: &mut impl Write, kind: Kind, bytes: &[u8]) -> Done {
    let number = KINDS.iter().find(|(_, known)| *known == kind).map_or(0, |(number, _)| *number);
    let length = u32::try_from(bytes.len()).ok().filter(|_| bytes.len() <= FRAME_BYTES);
    let length = length.ok_or_else(|| Failure::usage("an order is larger than 1 MiB"))?;
    let head = [&[number], length.to_be_bytes().as_slice()].concat();
    stream.write_all(&head).and_then(|()| stream.write_all(bytes)).and_then(|()| stream.flush()).map_err(lost)
}

/// Reads one frame.
///
/// # Errors
/// [`Failure`] where the connection is lost, or where the other side says that it goes no further.
pub fn read(stream: &mut impl Read) -> Done<(Kind, Vec<u8>)> {
    let mut head = [0; 5];
    stream.read_exact(&mut head).map_err(lost)?;
    let [number, length @ ..] = head;
    let kind = KINDS.iter().find(|(known, _)| *known == number).map(|(_, kind)| *kind);
    let kind = kind.ok_or_else(|| strange("what nobody knows"))?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > FRAME_BYTES {
        return Err(strange("more at once than is taken"));
    }
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).map_err(lost)?;
    if kind == Kind::Refusal {
        let refusal: Refusal = parse(&bytes)?;
        let fault = if refusal.build { Fault::Build } else { Fault::Usage };
        let message = refusal.message.chars().filter(|one| !one.is_control()).collect();
        return Err(Failure { kind: fault, message });
    }
    Ok((kind, bytes))
}

/// Writes a document.
pub(super) fn write_json(stream: &mut impl Write, kind: Kind, document: &impl Serialize) -> Done {
    let bytes = serde_json::to_vec(document).map_err(|error| Failure::build(error.to_string()))?;
    write(stream, kind, &bytes)
}

/// Reads a document of this kind and no other.
pub(super) fn read_json<T: DeserializeOwned>(stream: &mut impl Read, kind: Kind) -> Done<T> {
    match read(stream)? {
        (found, bytes) if found == kind => parse(&bytes),
        _ => Err(strange("something else than what comes now")),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Done<T> {
    serde_json::from_slice(bytes).map_err(|_| strange("something that can't be read"))
}

/// Tells the other side that it goes no further.
pub(super) fn refuse(stream: &mut impl Write, failure: &Failure) {
    let message = failure.message.chars().take(4096).collect();
    let refusal = Refusal { build: failure.kind == Fault::Build, message };
    // Who doesn't listen any more misses it.
    let _ = write_json(stream, Kind::Refusal, &refusal);
}

/// Writes an item.
pub(super) fn write_item(stream: &mut impl Write, item: &Item, mut bytes: impl Read) -> Done {
    write_json(stream, Kind::Item, item)?;
    let mut buffer = vec![0; 1 << 18];
    loop {
        let count = bytes.read(&mut buffer).map_err(lost)?;
        let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else { break };
        write(stream, Kind::Piece, piece)?;
    }
    write(stream, Kind::End, &[])
}

impl Item {
    /// An item that is no program.
    pub(super) fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), executable: false }
    }
}

/// Ends a list of items.
pub(super) fn end(stream: &mut impl Write) -> Done {
    write(stream, Kind::End, &[])
}

/// How much the other side may still send.
pub(super) struct Budget {
    /// Bytes, all in all.
    pub(super) bytes: u64,
    /// Items.
    pub(super) items: u64,
}

impl Budget {
    fn take(&mut self, bytes: usize) -> Done {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.bytes = self.bytes.checked_sub(bytes).ok_or_else(|| strange("more than is taken"))?;
        Ok(())
    }
}

/// The head of the next item, whose bytes [`pieces`] reads; none at the end of the list. `event` is told
/// what comes between items.
pub(super) fn next_item(
    stream: &mut impl Read,
    budget: &mut Budget,
    event: &mut dyn FnMut(&[u8]),
) -> Done<Option<Item>> {
    loop {
        match read(stream)? {
            (Kind::Event, bytes) => event(&bytes),
            (Kind::End, _) => return Ok(None),
            (Kind::Item, bytes) => {
                budget.items = budget.items.checked_sub(1).ok_or_else(|| strange("more than is taken"))?;
                return parse(&bytes).map(Some);
            }
            _ => return Err(strange("something else than what comes now")),
        }
    }
}

/// Reads the bytes of an item to its end.
pub(super) fn pieces(stream: &mut impl Read, into: &mut impl Write, budget: &mut Budget) -> Done {
    loop {
        match read(stream)? {
            (Kind::Piece, bytes) => {
                budget.take(bytes.len())?;
                into.write_all(&bytes).map_err(|error| Failure::usage(format!("can't write: {error}")))?;
            }
            (Kind::End, _) => return Ok(()),
            _ => return Err(strange("something else than what comes now")),
        }
    }
}
