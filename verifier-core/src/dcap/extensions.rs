//! Intel's extension of a PCK certificate: 1.2.840.113741.1.13.1, a sequence of named values.
//!
//! | arc | name | encoding |
//! |---|---|---|
//! | .1 | PPID | OCTET STRING, 16 |
//! | .2 | TCB | 16 component levels `.2.1` to `.2.16` and PCESVN `.2.17`, INTEGER; CPUSVN `.2.18`, OCTET STRING, 16 |
//! | .3 | PCE-ID | OCTET STRING, 2 |
//! | .4 | FMSPC | OCTET STRING, 6 |
//! | .5 | SGX type | ENUMERATED |
//! | .6 | platform instance id, multi-package platforms only | OCTET STRING, 16 |
//! | .7 | configuration, multi-package platforms only | `.7.1` to `.7.3`, BOOLEAN |
//!
//! Intel SGX PCK Certificate and Certificate Revocation List Profile Specification, section 1.3.5.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use const_oid::ObjectIdentifier;
use der::Tag;

use crate::asn1::{Cursor, Element, Fault, unsigned};
use crate::log::Finding;
use crate::text::hex;
use crate::x509::Certificate;

const SGX: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113741.1.13.1");

/// What the extension says.
#[derive(Debug, Clone)]
pub(super) struct PckExtensions {
    /// The id of the processor's package under which Intel knows it.
    pub(super) ppid: [u8; 16],
    /// The component levels.
    pub(super) components: [u8; 16],
    pub(super) pce_svn: u16,
    pub(super) pce_id: [u8; 2],
    /// Family, model, stepping, platform and custom SKU.
    pub(super) fmspc: [u8; 6],
    pub(super) platform_instance: Option<[u8; 16]>,
    /// Whether simultaneous multithreading is on, where the certificate says so.
    pub(super) smt: Option<bool>,
}

impl PckExtensions {
    /// What collateral is looked up by.
    pub(super) fn describe(&self) -> String {
        format!("FMSPC {} and PCE-ID {}", hex(&self.fmspc), hex(&self.pce_id))
    }
}

/// Reads the extension.
pub(super) fn read(certificate: &Certificate<'_>) -> Result<(PckExtensions, Finding), Finding> {
    let expected = "each of Intel's values once, in its own encoding, and no other";
    let refused = |found: &str| Finding::new(expected, found).at("pck 1.2.840.113741.1.13.1");
    let extension = certificate.extension(SGX).ok_or_else(|| refused("no such extension, or two"))?;
    let values = Values::read(extension.value, SGX).map_err(|found| refused(&found))?;
    let known = fields(&values).map_err(|found| refused(&found))?;
    Ok((known, Finding::new(expected, format!("{} values", values.0.len()))))
}

fn fields(values: &Values<'_>) -> Result<PckExtensions, String> {
    values.only(7)?;
    let tcb = Values::read_any(values.one(2)?, &arc(SGX, 2)?)?;
    tcb.only(18)?;
    let mut components = [0; 16];
    for (slot, number) in components.iter_mut().zip(1..) {
        let level = integer(tcb.one(number)?).and_then(|level| u8::try_from(level).ok());
        *slot = level.ok_or_else(|| format!("`.2.{number}` is no level"))?;
    }
    // CPUSVN is the same levels once more.
    if octets::<16>(tcb.one(18)?)? != components {
        return Err("a CPUSVN that is not its components".into());
    }
    // Standard, scalable, and scalable with integrity.
    if !matches!((values.one(5)?.tag, values.one(5)?.value), (Tag::Enumerated, [0..=2])) {
        return Err("an unknown SGX type".into());
    }
    let smt = match values.maybe(7) {
        Some(any) => configuration(any)?,
        None => None,
    };
    Ok(PckExtensions {
        ppid: octets(values.one(1)?)?,
        components,
        pce_svn: integer(tcb.one(17)?).ok_or("`.2.17` is no level")?,
        pce_id: octets(values.one(3)?)?,
        fmspc: octets(values.one(4)?)?,
        platform_instance: values.maybe(6).map(octets).transpose()?,
        smt,
    })
}

fn configuration(any: Element<'_>) -> Result<Option<bool>, String> {
    let values = Values::read_any(any, &arc(SGX, 7)?)?;
    values.only(3)?;
    let flag = |any: Element<'_>| match any.boolean() {
        Ok(flag) if any.tag == Tag::Boolean => Ok(flag),
        _ => Err(String::from("`.7` with no BOOLEAN")),
    };
    for number in 1..=3 {
        values.maybe(number).map(flag).transpose()?;
    }
    values.maybe(3).map(flag).transpose()
}

/// Values named by the last number below an arc.
struct Values<'a>(Vec<(u32, Element<'a>)>);

impl<'a> Values<'a> {
    fn read(der: &'a [u8], above: ObjectIdentifier) -> Result<Self, String> {
        let mut document = Cursor::new(der).map_err(malformed)?;
        let any = document.next().map_err(malformed)?;
        document.finish().map_err(malformed)?;
        Self::read_any(any, &above)
    }

    /// `SEQUENCE OF SEQUENCE { name OBJECT IDENTIFIER, value ANY }`
    fn read_any(any: Element<'a>, above: &ObjectIdentifier) -> Result<Self, String> {
        if any.tag != Tag::Sequence {
            return Err("no SEQUENCE".into());
        }
        let mut list = any.contents().map_err(malformed)?;
        let mut values: Vec<(u32, Element<'a>)> = Vec::new();
        while !list.is_finished() {
            let (name, value) = named(&mut list).map_err(malformed)?;
            let number = name.arcs().last().unwrap_or_default();
            if arc(*above, number)? != name {
                return Err(format!("a value named `{name}`"));
            }
            if values.iter().any(|(known, _)| *known == number) {
                return Err(format!("`{name}` twice"));
            }
            values.push((number, value));
        }
        Ok(Self(values))
    }

    /// No name is beyond the last one of the profile.
    fn only(&self, last: u32) -> Result<(), String> {
        match self.0.iter().find(|(number, _)| *number == 0 || *number > last) {
            Some((number, _)) => Err(format!("an unknown value `.{number}`")),
            None => Ok(()),
        }
    }

    fn maybe(&self, number: u32) -> Option<Element<'a>> {
        self.0.iter().find(|(known, _)| *known == number).map(|(_, value)| *value)
    }

    fn one(&self, number: u32) -> Result<Element<'a>, String> {
        self.maybe(number).ok_or_else(|| format!("no value `.{number}`"))
    }
}

fn arc(above: ObjectIdentifier, number: u32) -> Result<ObjectIdentifier, String> {
    above.push_arc(number).map_err(|_| "a name that is too long".into())
}

#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn malformed(fault: Fault) -> String {
    format!("{} at DER byte {}", fault.kind(), fault.position())
}

/// `SEQUENCE { name OBJECT IDENTIFIER, value ANY }`
fn named<'a>(list: &mut Cursor<'a>) -> Result<(ObjectIdentifier, Element<'a>), Fault> {
    let mut fields = list.sequence()?;
    let found = (fields.oid()?, fields.next()?);
    fields.finish()?;
    Ok(found)
}

fn octets<const N: usize>(any: Element<'_>) -> Result<[u8; N], String> {
    if any.tag != Tag::OctetString {
        return Err("a value that is no OCTET STRING".into());
    }
    any.value.try_into().map_err(|_| format!("an OCTET STRING that is not {N} bytes long"))
}

/// An INTEGER from 0 to 65535.
fn integer(any: Element<'_>) -> Option<u16> {
    match unsigned(any.integer().ok().filter(|_| any.tag == Tag::Integer)?)? {
        [low] => Some((*low).into()),
        [high, low] => Some(u16::from_be_bytes([*high, *low])),
        _ => None,
    }
}
