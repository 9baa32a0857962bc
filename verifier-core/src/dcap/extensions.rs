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
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use const_oid::ObjectIdentifier;
use der::asn1::{AnyRef, OctetStringRef};
use der::{Decode, Reader as _, SliceReader};

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
    let values = Values::read(extension.extn_value.as_bytes(), SGX).map_err(|found| refused(&found))?;
    let known = fields(&values).map_err(|found| refused(&found))?;
    Ok((known, Finding::new(expected, format!("{} values", values.0.len()))))
}

fn fields(values: &Values<'_>) -> Result<PckExtensions, String> {
    values.only(7)?;
    let tcb = Values::read_any(values.one(2)?, &arc(SGX, 2)?)?;
    tcb.only(18)?;
    let mut components = [0; 16];
    for (slot, number) in components.iter_mut().zip(1..) {
        *slot = integer(tcb.one(number)?).ok_or_else(|| format!("`.2.{number}` is no level"))?;
    }
    // CPUSVN is the same levels once more.
    if octets::<16>(tcb.one(18)?)? != components {
        return Err("a CPUSVN that is not its components".into());
    }
    values.one(5)?.decode_as::<SgxType>().map_err(|_| "an unknown SGX type")?;
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

/// Scalable, and scalable with integrity, and the standard type of single-package processors.
#[derive(Clone, Copy, PartialEq, Eq, der::Enumerated)]
#[repr(u8)]
enum SgxType {
    Standard = 0,
    Scalable = 1,
    ScalableWithIntegrity = 2,
}

fn configuration(any: AnyRef<'_>) -> Result<Option<bool>, String> {
    let values = Values::read_any(any, &arc(SGX, 7)?)?;
    values.only(3)?;
    let flag = |any: AnyRef<'_>| any.decode_as::<bool>().map_err(|_| String::from("`.7` with no BOOLEAN"));
    for number in 1..=3 {
        values.maybe(number).map(flag).transpose()?;
    }
    values.maybe(3).map(flag).transpose()
}

/// Values named by the last number below an arc.
struct Values<'a>(Vec<(u32, AnyRef<'a>)>);

impl<'a> Values<'a> {
    fn read(der: &'a [u8], above: ObjectIdentifier) -> Result<Self, String> {
        let any = AnyRef::from_der(der).map_err(|error| error.to_string())?;
        Self::read_any(any, &above)
    }

    /// `SEQUENCE OF SEQUENCE { name OBJECT IDENTIFIER, value ANY }`
    fn read_any(any: AnyRef<'a>, above: &ObjectIdentifier) -> Result<Self, String> {
        let entry = |reader: &mut SliceReader<'a>| {
            reader.sequence(|reader| {
                let name = ObjectIdentifier::decode(reader)?;
                Ok::<_, der::Error>((name, AnyRef::decode(reader)?))
            })
        };
        let all = |reader: &mut SliceReader<'a>| {
            let mut found = Vec::new();
            while !reader.is_finished() {
                found.push(entry(reader)?);
            }
            Ok::<_, der::Error>(found)
        };
        let mut values: Vec<(u32, AnyRef<'a>)> = Vec::new();
        for (name, value) in any.sequence(all).map_err(|error| error.to_string())? {
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

    fn maybe(&self, number: u32) -> Option<AnyRef<'a>> {
        self.0.iter().find(|(known, _)| *known == number).map(|(_, value)| *value)
    }

    fn one(&self, number: u32) -> Result<AnyRef<'a>, String> {
        self.maybe(number).ok_or_else(|| format!("no value `.{number}`"))
    }
}

fn arc(above: ObjectIdentifier, number: u32) -> Result<ObjectIdentifier, String> {
    above.push_arc(number).map_err(|_| "a name that is too long".into())
}

fn octets<const N: usize>(any: AnyRef<'_>) -> Result<[u8; N], String> {
    let octets: &OctetStringRef = any.decode_as().map_err(|_| "a value that is no OCTET STRING")?;
    octets.as_bytes().try_into().map_err(|_| format!("an OCTET STRING that is not {N} bytes long"))
}

fn integer<'a, T: der::DecodeValue<'a, Error = der::Error> + der::FixedTag + 'a>(
    any: AnyRef<'a>,
) -> Option<T> {
    any.decode_as::<T>().ok()
}
