//! A quote's layout.
//!
//! | offset | bytes | field |
//! |---|---|---|
//! | 0x00 | 2 | version: 4 or 5 |
//! | 0x02 | 2 | attestation key type: 2, ECDSA P-256 |
//! | 0x04 | 4 | TEE type: 0x81, TDX |
//! | 0x08 | 4 | zero |
//! | 0x0c | 16 | vendor of the quoting enclave |
//! | 0x1c | 20 | user data of the quoting enclave |
//! | 0x30 | 2 + 4 | version 5 only: kind and size of the body |
//! | | | the body |
//! | | 4 | size of the signature data |
//! | | 64 | signature by the attestation key over all bytes before its size |
//! | | 64 | attestation key: x and y |
//! | | 2 + 4 | 6, and the size of what follows |
//! | | 384 | report of the quoting enclave |
//! | | 64 | signature by the PCK over that report |
//! | | 2 + n | size of the authentication data, and the data |
//! | | 2 + 4 + n | 5, the size, and the PCK's certificate chain as PEM |
//! | | | zeros, where whoever read the quote gave its whole buffer |
//!
//! All numbers are little-endian, signatures and keys big-endian. Intel TDX DCAP Quoting Library
//! API, appendix A.3 and A.4.

use alloc::format;
use alloc::string::ToString as _;

use super::body::{BodyKind, TdBody};
use super::checks;
use super::qe::QeReport;
use crate::limits::QUOTE_BYTES;
use crate::log::{Finding, Log, Stopped};
use crate::policy::Policy;
use crate::reader::{LayoutError, Reader};
use crate::text::{hex, range};
use crate::verdict::NoteKind;

const HEADER_BYTES: usize = 0x30;
const TDX: u32 = 0x81;
const ECDSA_P256: u16 = 2;
/// 939a7233-f79c-4ca9-940a-0db3957f0607, Intel's quoting enclave.
const INTEL: [u8; 16] =
    [0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07];
const QE_REPORT_DATA: u16 = 6;
const PCK_CHAIN: u16 = 5;

/// r and s of a signature, big-endian.
pub(super) type Scalars = ([u8; 32], [u8; 32]);

/// Bytes in the layout of a quote. Nothing says yet who signed them.
pub(super) struct Quote<'a> {
    pub(super) version: u16,
    /// Header and body: what the attestation key signed.
    pub(super) signed: &'a [u8],
    pub(super) body: TdBody,
    pub(super) signature: Scalars,
    /// x and y.
    pub(super) attestation_key: [u8; 64],
    pub(super) qe_report: QeReport<'a>,
    pub(super) qe_signature: Scalars,
    pub(super) authentication_data: &'a [u8],
    /// PEM.
    pub(super) chain: &'a [u8],
}

struct Header<'a> {
    version: u16,
    key_type: u16,
    tee_type: u32,
    reserved: [u8; 4],
    vendor: &'a [u8],
}

/// Reads a quote, before anything in it is believed.
pub(super) fn read<'a>(bytes: &'a [u8], policy: &Policy, log: &mut Log<'_>) -> Result<Quote<'a>, Stopped> {
    let header = log.obtain(&checks::SIZE, header(bytes))?;
    accept(&header, policy, log)?;
    let version = header.version;
    let (body, start) = log.obtain(&checks::BODY, body(bytes, version))?;
    let end = start.saturating_add(body.kind().size());
    let signed = bytes.get(..end).unwrap_or_default();
    let (outer, tail) = log.obtain(&checks::SIGNATURE_DATA, signature_data(bytes, end))?;
    kind(&checks::CERTIFICATION, outer.kind, QE_REPORT_DATA, log)?;
    let inner = log.obtain(&checks::QE_DATA, qe_data(outer.data))?;
    kind(&checks::CHAIN_KIND, inner.kind, PCK_CHAIN, log)?;
    zeros(bytes, tail, log)?;
    Ok(Quote {
        version,
        signed,
        body,
        signature: outer.signature,
        attestation_key: outer.key,
        qe_report: inner.report,
        qe_signature: inner.signature,
        authentication_data: inner.authentication_data,
        chain: inner.chain,
    })
}

fn header(bytes: &[u8]) -> Result<(Header<'_>, Finding), Finding> {
    let expected = format!("from {HEADER_BYTES} to {QUOTE_BYTES} bytes");
    let finding = Finding::new(expected, format!("{} bytes", bytes.len())).at("quote");
    let fields = || {
        let mut reader = Reader::new(bytes.get(..HEADER_BYTES).unwrap_or_default());
        let header = Header {
            version: reader.u16_le()?,
            key_type: reader.u16_le()?,
            tee_type: reader.u32_le()?,
            reserved: reader.array()?,
            vendor: reader.take(16)?,
        };
        reader.take(20)?;
        reader.finish()?;
        Ok::<_, LayoutError>(header)
    };
    match fields() {
        Ok(header) if bytes.len() <= QUOTE_BYTES => Ok((header, finding)),
        _ => Err(finding),
    }
}

/// Whether the header is that of a quote which this verifier and the policy take.
fn accept(header: &Header<'_>, policy: &Policy, log: &mut Log<'_>) -> Result<(), Stopped> {
    let rules = policy.document().tdx.as_ref();
    let taken = rules.and_then(|rules| rules.quote_versions.as_deref()).unwrap_or(&[4, 5]);
    let names: alloc::vec::Vec<_> = taken.iter().map(u32::to_string).collect();
    let version = u32::from(header.version);
    log.require(
        &checks::VERSION,
        taken.contains(&version) && (4..=5).contains(&version),
        Finding::new(format!("version {}", names.join(" or ")), format!("version {version}"))
            .at("quote[0x0..0x2]"),
    )?;
    log.require(
        &checks::KEY_TYPE,
        header.key_type == ECDSA_P256,
        Finding::new("2", header.key_type.to_string()).at("quote[0x2..0x4]"),
    )?;
    log.require(
        &checks::TEE_TYPE,
        header.tee_type == TDX,
        Finding::new("0x81", format!("{:#x}", header.tee_type)).at("quote[0x4..0x8]"),
    )?;
    log.require(
        &checks::HEADER_RESERVED,
        header.reserved == [0; 4],
        Finding::new("zeros", hex(&header.reserved)).at("quote[0x8..0xc]"),
    )?;
    log.require(
        &checks::QE_VENDOR,
        header.vendor == INTEL,
        Finding::new(hex(&INTEL), hex(header.vendor)).at("quote[0xc..0x1c]"),
    )
}

/// The body, and where it begins.
fn body(bytes: &[u8], version: u16) -> Result<((TdBody, usize), Finding), Finding> {
    let expected = "a body of a known kind, and as long as its kind is";
    let rest = bytes.get(HEADER_BYTES..).unwrap_or_default();
    let refused = |found: &str| Finding::new(expected, found).at(range("quote", HEADER_BYTES, bytes.len()));
    let mut reader = Reader::new(rest);
    let truncated = |_| refused("the quote ends within its body");
    let kind = if version == 4 {
        BodyKind::Td10
    } else {
        let number = reader.u16_le().map_err(truncated)?;
        let size = reader.u32_le().map_err(truncated)?;
        let known = BodyKind::of(number).filter(|kind| u32::try_from(kind.size()) == Ok(size));
        known.ok_or_else(|| refused(&format!("kind {number} of {size} bytes")))?
    };
    let start = HEADER_BYTES.saturating_add(reader.position());
    let body = TdBody::new(kind, reader.take(kind.size()).map_err(truncated)?, start);
    let body = body.ok_or_else(|| refused("another size"))?;
    let finding = Finding::new(expected, kind.name()).at(body.place(0, kind.size()));
    Ok(((body, start), finding))
}

struct Outer<'a> {
    signature: Scalars,
    key: [u8; 64],
    kind: u16,
    data: &'a [u8],
}

/// The signature data, and where what follows it begins.
fn signature_data(bytes: &[u8], start: usize) -> Result<((Outer<'_>, usize), Finding), Finding> {
    let expected = "signature data whose sizes fit each other exactly";
    let mut reader = Reader::new(bytes);
    let mut fields = || {
        reader.take(start)?;
        let size = reader.u32_le()?;
        let mut data = Reader::new(reader.take(usize::try_from(size).unwrap_or(usize::MAX))?);
        let outer = Outer {
            signature: (data.array()?, data.array()?),
            key: data.array()?,
            kind: data.u16_le()?,
            data: sized(&mut data)?,
        };
        data.finish()?;
        Ok::<_, LayoutError>(outer)
    };
    let result = fields();
    let at = range("quote", start, bytes.len());
    match result {
        Ok(outer) => Ok(((outer, reader.position()), Finding::new(expected, "they do").at(at))),
        Err(error) => Err(Finding::new(expected, error.to_string()).at(at)),
    }
}

struct Inner<'a> {
    report: QeReport<'a>,
    signature: Scalars,
    authentication_data: &'a [u8],
    kind: u16,
    chain: &'a [u8],
}

fn qe_data(bytes: &[u8]) -> Result<(Inner<'_>, Finding), Finding> {
    let expected = "the quoting enclave's report, signature, data and certification";
    let fields = || {
        let mut reader = Reader::new(bytes);
        let report = QeReport::new(reader.take(QeReport::BYTES)?);
        let signature = (reader.array()?, reader.array()?);
        let size = usize::from(reader.u16_le()?);
        let authentication_data = reader.take(size)?;
        let kind = reader.u16_le()?;
        let chain = sized(&mut reader)?;
        reader.finish()?;
        Ok::<_, LayoutError>(Inner { report, signature, authentication_data, kind, chain })
    };
    match fields() {
        Ok(inner) => Ok((inner, Finding::new(expected, "they are there").at("certification data"))),
        Err(error) => Err(Finding::new(expected, error.to_string()).at("certification data")),
    }
}

fn sized<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], LayoutError> {
    let size = reader.u32_le()?;
    reader.take(usize::try_from(size).unwrap_or(usize::MAX))
}

fn kind(
    spec: &'static crate::verdict::CheckSpec,
    found: u16,
    expected: u16,
    log: &mut Log<'_>,
) -> Result<(), Stopped> {
    let finding = Finding::new(format!("kind {expected}"), format!("kind {found}")).at("certification data");
    log.require(spec, found == expected, finding)
}

/// What follows the signature data may be zeros only.
fn zeros(bytes: &[u8], start: usize, log: &mut Log<'_>) -> Result<(), Stopped> {
    let tail = bytes.get(start..).unwrap_or_default();
    let at = range("quote", start, bytes.len());
    let first = tail.iter().position(|byte| *byte != 0);
    let found = match first {
        Some(place) => format!("another byte at {:#x}", start.saturating_add(place)),
        None => format!("{} zeros", tail.len()),
    };
    log.require(&checks::TAIL, first.is_none(), Finding::new("nothing, or zeros", found).at(&at))?;
    if !tail.is_empty() {
        let text = format!("the quote is followed by {} zeros, which nothing signs", tail.len());
        log.note(NoteKind::Information, "tdx.quote.tail", text, &at);
        log.unauthenticated(format!("{at}: the length of the quote's tail of zeros"));
    }
    Ok(())
}
