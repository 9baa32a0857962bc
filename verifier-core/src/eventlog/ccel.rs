//! The event log of a confidential VM's firmware (CCEL): a TCG log in its crypto-agile form.
//!
//! | bytes | field of the first event |
//! |---|---|
//! | 4 | register, of no meaning |
//! | 4 | 3, EV_NO_ACTION |
//! | 20 | zero |
//! | 4 + n | size and content: `Spec ID Event03`, class, versions, algorithms with digest sizes, vendor |
//!
//! | bytes | field of every other event |
//! |---|---|
//! | 4 | register: 1 to 4 for RTMR0 to RTMR3 |
//! | 4 | type |
//! | 4 | number of digests |
//! | 2 + n | algorithm and digest, each |
//! | 4 + n | size and content |
//!
//! All numbers are little-endian. The log ends with its bytes, or where nothing but zeros or nothing
//! but ones is left of the buffer that it lies in. TCG PC Client Platform Firmware Profile
//! Specification, section 10; UEFI Specification, section 38.4, for the registers.

use alloc::vec::Vec;

use super::Event;
use super::error::{EventLogError, EventLogErrorKind};
use crate::limits::EVENT_LOG_EVENTS;
use crate::reader::{LayoutError, Reader};

const NO_ACTION: u32 = 3;
const SHA384: u16 = 0x0c;
const SIGNATURE: &[u8] = b"Spec ID Event03\0";

/// A log that can be read. Nothing says yet that anything of it was measured.
#[derive(Debug)]
pub(crate) struct Ccel<'a> {
    /// What was measured, in the log's order.
    pub(crate) events: Vec<Event<'a>>,
    /// Events at the beginning that measure nothing.
    pub(crate) remarks: usize,
}

/// Reads a log.
///
/// # Errors
/// [`EventLogError`] with the byte position of the event.
pub(crate) fn read(bytes: &[u8]) -> Result<Ccel<'_>, EventLogError> {
    let mut reader = Reader::new(bytes);
    header(&mut reader)?;
    let mut log = Ccel { events: Vec::new(), remarks: 0 };
    while let Some(position) = next(bytes, &reader) {
        if log.events.len().saturating_add(log.remarks) >= EVENT_LOG_EVENTS {
            return Err(EventLogErrorKind::TooMany.at(position));
        }
        let (index, event) = event(&mut reader, position)?;
        let measures_nothing = event.kind == NO_ACTION && event.digest == [0; 48];
        match index {
            // Reference manifests (SP 800-155) stand before everything else and are not measured.
            0 | 1 if measures_nothing && log.events.is_empty() => {
                log.remarks = log.remarks.saturating_add(1);
            }
            _ if event.kind == NO_ACTION => return Err(EventLogErrorKind::NoAction.at(position)),
            1..=4 => log.events.push(event),
            _ => return Err(EventLogErrorKind::Register(index).at(position)),
        }
    }
    Ok(log)
}

/// Where the next event begins; `None` at the end of the log.
fn next(bytes: &[u8], reader: &Reader<'_>) -> Option<usize> {
    let rest = bytes.get(reader.position()..).unwrap_or_default();
    let unused = rest.iter().all(|byte| *byte == 0) || rest.iter().all(|byte| *byte == 0xff);
    (!unused).then_some(reader.position())
}

fn header(reader: &mut Reader<'_>) -> Result<(), EventLogError> {
    match header_fields(reader) {
        Ok((NO_ACTION, digest, content)) if digest == [0; 20] && sha384_only(content) == Some(true) => Ok(()),
        _ => Err(EventLogErrorKind::Header.at(0)),
    }
}

type HeaderFields<'a> = (u32, [u8; 20], &'a [u8]);

fn header_fields<'a>(reader: &mut Reader<'a>) -> Result<HeaderFields<'a>, LayoutError> {
    reader.take(4)?;
    let (kind, digest) = (reader.u32_le()?, reader.array()?);
    let size = reader.u32_le()?;
    Ok((kind, digest, reader.take(usize::try_from(size).unwrap_or(usize::MAX))?))
}

/// Whether the header names SHA-384 and no other algorithm; `None` where it can't be read.
fn sha384_only(content: &[u8]) -> Option<bool> {
    let mut reader = Reader::new(content);
    let signature = reader.take(SIGNATURE.len()).ok()?;
    // Platform class, minor and major version, errata, size of UINTN.
    reader.take(8).ok()?;
    let count = reader.u32_le().ok()?;
    let algorithm = (reader.u16_le().ok()?, reader.u16_le().ok()?);
    let vendor = reader.u8().ok()?;
    reader.take(usize::from(vendor)).ok()?;
    reader.finish().ok()?;
    Some(signature == SIGNATURE && count == 1 && algorithm == (SHA384, 48))
}

fn event<'a>(reader: &mut Reader<'a>, position: usize) -> Result<(u32, Event<'a>), EventLogError> {
    let layout = |error| EventLogErrorKind::Layout(error).at(position);
    let index = reader.u32_le().map_err(layout)?;
    let kind = reader.u32_le().map_err(layout)?;
    let count = reader.u32_le().map_err(layout)?;
    let algorithm = reader.u16_le().map_err(layout)?;
    if count != 1 || algorithm != SHA384 {
        return Err(EventLogErrorKind::Digests.at(position));
    }
    let digest = reader.array().map_err(layout)?;
    let size = reader.u32_le().map_err(layout)?;
    let payload = reader.take(usize::try_from(size).unwrap_or(usize::MAX)).map_err(layout)?;
    let register = usize::try_from(index.wrapping_sub(1)).unwrap_or(usize::MAX);
    Ok((index, Event { register, kind, digest, payload, position }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::sha384;

    fn log(events: &[(u32, u32, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut content = SIGNATURE.to_vec();
        content.extend([0, 0, 0, 0, 0, 2, 0, 2]);
        content.extend([1, 0, 0, 0, 0x0c, 0, 48, 0, 0]);
        bytes.extend([1, 0, 0, 0, 3, 0, 0, 0]);
        bytes.extend([0; 20]);
        bytes.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
        bytes.extend(content);
        for (register, kind, payload) in events {
            bytes.extend(event(*register, *kind, sha384(payload), payload));
        }
        bytes
    }

    fn event(register: u32, kind: u32, digest: [u8; 48], payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(register.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend([1, 0, 0, 0, 0x0c, 0]);
        bytes.extend(digest);
        bytes.extend(u32::try_from(payload.len()).unwrap().to_le_bytes());
        bytes.extend(payload);
        bytes
    }

    fn kind(bytes: &[u8]) -> EventLogErrorKind {
        read(bytes).unwrap_err().kind
    }

    #[test]
    fn events_are_read_in_order_up_to_the_unused_rest() {
        let bytes = log(&[(1, 1, b"one"), (4, 5, b"")]);
        for tail in [&[][..], &[0; 65_536], &[0xff; 100]] {
            let mut bytes = bytes.clone();
            bytes.extend(tail);
            let read = read(&bytes).unwrap();
            assert_eq!(read.events.iter().map(|event| event.register).collect::<Vec<_>>(), [0, 3]);
            assert!(read.events.iter().all(Event::payload_is_measured));
        }
        for tail in [&[0, 0xff][..], &[0xff, 0], &[1], &[0; 13], &[0xfe; 80]] {
            let mut bytes = bytes.clone();
            bytes.extend(tail);
            assert_eq!(read(&bytes).is_ok(), tail.iter().all(|byte| *byte == 0), "{tail:?}");
        }
    }

    #[test]
    fn remarks_stand_at_the_beginning_and_measure_nothing() {
        let remark = event(0, NO_ACTION, [0; 48], b"SP800-155 Event3");
        let mut before = log(&[]);
        before.extend(&remark);
        before.extend(event(1, 4, [7; 48], &[0; 4]));
        assert_eq!(read(&before).unwrap().remarks, 1);
        before.extend(&remark);
        assert_eq!(kind(&before), EventLogErrorKind::NoAction, "after data");
        let mut measured = log(&[]);
        measured.extend(event(0, NO_ACTION, [7; 48], b""));
        assert_eq!(kind(&measured), EventLogErrorKind::NoAction);
        let mut hidden = log(&[]);
        hidden.extend(event(2, NO_ACTION, [0; 48], b""));
        assert_eq!(kind(&hidden), EventLogErrorKind::NoAction);
    }

    #[test]
    fn other_registers_and_digests_are_refused() {
        assert_eq!(kind(&log(&[(0, 1, b"")])), EventLogErrorKind::Register(0));
        assert_eq!(kind(&log(&[(5, 1, b"")])), EventLogErrorKind::Register(5));
        let good = log(&[(1, 1, b"x")]);
        let start = log(&[]).len();
        for (offset, value) in [(8, 2), (8, 0), (12, 0x0b), (12, 4)] {
            let mut bad = good.clone();
            bad[start + offset] = value;
            assert_eq!(kind(&bad), EventLogErrorKind::Digests, "{offset} {value}");
        }
    }

    #[test]
    fn sizes_that_overflow_and_every_truncation_are_refused() {
        let good = log(&[(1, 1, b"payload")]);
        let start = log(&[]).len();
        let mut huge = good.clone();
        huge[start + 62..start + 66].fill(0xff);
        assert!(matches!(kind(&huge), EventLogErrorKind::Layout(_)));
        for end in (0..good.len()).filter(|end| *end != start) {
            assert!(read(&good[..end]).is_err(), "{end}");
        }
        let mut header = good.clone();
        header[28] = header[28].wrapping_add(1);
        assert_eq!(kind(&header), EventLogErrorKind::Header);
        for place in [4, 8, 32, 56, 60] {
            let mut header = good.clone();
            header[place] ^= 0x80;
            assert_eq!(kind(&header), EventLogErrorKind::Header, "{place}");
        }
    }

    #[test]
    fn the_number_of_events_is_bounded() {
        let many: Vec<(u32, u32, &[u8])> = (0..=EVENT_LOG_EVENTS).map(|_| (1, 1, &b""[..])).collect();
        assert_eq!(kind(&log(&many)), EventLogErrorKind::TooMany);
        assert_eq!(read(&log(&many[1..])).unwrap().events.len(), EVENT_LOG_EVENTS);
    }
}
