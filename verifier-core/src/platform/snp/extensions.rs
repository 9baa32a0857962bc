//! AMD's extensions in a VCEK or VLEK: 1.3.6.1.4.1.3704.1.*
//!
//! | arc | name | encoding |
//! |---|---|---|
//! | .1 | struct version | INTEGER, 0 or 1 |
//! | .2 | product name | IA5String |
//! | .3.1 | blSPL | INTEGER |
//! | .3.2 | teeSPL | INTEGER |
//! | .3.3 | snpSPL | INTEGER |
//! | .3.4 | spl4, not on Turin | INTEGER |
//! | .3.5 to .3.7 | spl5 to spl7 | INTEGER |
//! | .3.8 | ucodeSPL | INTEGER |
//! | .3.9 | fmcSPL, Turin only | INTEGER |
//! | .4 | hwID, VCEK only | the raw octets: 64, on Turin 8 |
//! | .5 | cspID, VLEK only | IA5String |
//!
//! Genuine certificates have them in an order of their own.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use const_oid::ObjectIdentifier;
use der::Tag;

use super::tcb::Tcb;
use super::vek::Kind;
use crate::asn1::{Cursor, Element, unsigned};
use crate::log::Finding;
use crate::policy::Generation;
use crate::x509::Certificate;

const AMD: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.3704.1");

/// What AMD's extensions say.
#[derive(Debug, Clone)]
pub(super) struct Extensions {
    /// The product name as it is spelt.
    pub(super) product: String,
    /// The patch levels, in the report's layout.
    pub(super) tcb: Tcb,
    /// The chip's id, in a VCEK.
    pub(super) hwid: Option<Vec<u8>>,
    /// The cloud service provider, in a VLEK.
    pub(super) csp_id: Option<String>,
}

/// Reads the extensions of a certificate that stands under the root of `generation`.
pub(super) fn read(
    certificate: &Certificate<'_>,
    kind: Kind,
    generation: Generation,
) -> Result<(Extensions, Finding), Finding> {
    let expected = "each of AMD's extensions once, and no other of its arc";
    let refused = |found: String, at: &str| Finding::new(expected, found).at(format!("vek {at}"));
    let mut seen: Vec<(Arc, &[u8])> = Vec::new();
    for extension in certificate.extensions() {
        let name = format!("{}", extension.oid);
        let Some(arc) = Arc::of(&extension.oid, kind, generation) else {
            // Extensions outside AMD's arc say nothing to this verifier; critical ones were refused
            // with the profile.
            if below_amd(&extension.oid) {
                return Err(refused("an unknown extension".into(), &name));
            }
            continue;
        };
        if seen.iter().any(|(known, _)| *known == arc) {
            return Err(refused("the same extension twice".into(), &name));
        }
        seen.push((arc, extension.value));
    }
    let value = |arc: Arc| {
        let found = seen.iter().find(|(known, _)| *known == arc).map(|(_, value)| *value);
        found.ok_or_else(|| refused("none".into(), arc.name()))
    };
    let malformed = |arc: Arc, what: &str| refused(what.into(), arc.name());
    version(value(Arc::Version)?).ok_or_else(|| malformed(Arc::Version, "another value than 0 or 1"))?;
    let mut levels = [0; 8];
    for (slot, arc) in levels.iter_mut().zip(Arc::levels(generation)) {
        *slot = level(value(arc)?).ok_or_else(|| malformed(arc, "no minimal INTEGER from 0 to 255"))?;
    }
    let text = |arc: Arc| ia5(value(arc)?).map(String::from).ok_or_else(|| malformed(arc, "no IA5String"));
    let (hwid, csp_id) = match kind {
        Kind::Vcek => (
            Some(hwid(value(Arc::HwId)?, generation).ok_or_else(|| malformed(Arc::HwId, "another length"))?),
            None,
        ),
        Kind::Vlek => (None, Some(text(Arc::CspId)?)),
    };
    let extensions =
        Extensions { product: text(Arc::Product)?, tcb: Tcb::new(levels, generation), hwid, csp_id };
    Ok((extensions, Finding::new(expected, format!("{} extensions", seen.len()))))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arc {
    Version,
    Product,
    Level(u32),
    HwId,
    CspId,
}

impl Arc {
    fn of(oid: &ObjectIdentifier, kind: Kind, generation: Generation) -> Option<Self> {
        let mut rest = oid.arcs().skip(AMD.arcs().count());
        if !below_amd(oid) {
            return None;
        }
        let arc = match (rest.next()?, rest.next()) {
            (1, None) => Self::Version,
            (2, None) => Self::Product,
            (3, Some(level)) => Self::Level(level),
            (4, None) if kind == Kind::Vcek => Self::HwId,
            (5, None) if kind == Kind::Vlek => Self::CspId,
            _ => return None,
        };
        let known = match arc {
            Self::Level(_) => Self::levels(generation).contains(&arc),
            _ => true,
        };
        (known && rest.next().is_none()).then_some(arc)
    }

    /// The level extensions in the order of the report's eight bytes.
    const fn levels(generation: Generation) -> [Self; 8] {
        let order = match generation {
            Generation::Turin => [9, 1, 2, 3, 5, 6, 7, 8],
            Generation::Milan | Generation::Genoa => [1, 2, 4, 5, 6, 7, 3, 8],
        };
        let [a, b, c, d, e, f, g, h] = order;
        [
            Self::Level(a),
            Self::Level(b),
            Self::Level(c),
            Self::Level(d),
            Self::Level(e),
            Self::Level(f),
            Self::Level(g),
            Self::Level(h),
        ]
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Version => "struct version",
            Self::Product => "product name",
            Self::Level(1) => "blSPL",
            Self::Level(2) => "teeSPL",
            Self::Level(3) => "snpSPL",
            Self::Level(4) => "spl4",
            Self::Level(5) => "spl5",
            Self::Level(6) => "spl6",
            Self::Level(7) => "spl7",
            Self::Level(8) => "ucodeSPL",
            Self::Level(_) => "fmcSPL",
            Self::HwId => "hwID",
            Self::CspId => "cspID",
        }
    }
}

fn below_amd(oid: &ObjectIdentifier) -> bool {
    let mut arcs = oid.arcs();
    AMD.arcs().all(|arc| arcs.next() == Some(arc)) && arcs.next().is_some()
}

fn version(der: &[u8]) -> Option<u8> {
    level(der).filter(|version| *version <= 1)
}

/// A minimal INTEGER from 0 to 255: one octet up to 127, above that a zero octet and one more
/// (ITU-T X.690, section 8.3).
fn level(der: &[u8]) -> Option<u8> {
    match unsigned(single(der, Tag::Integer)?.integer().ok()?)? {
        [value] => Some(*value),
        _ => None,
    }
}

/// The one element that the octets are.
fn single(der: &[u8], tag: Tag) -> Option<Element<'_>> {
    let mut document = Cursor::new(der).ok()?;
    let element = document.one(tag).ok()?;
    document.finish().ok()?;
    Some(element)
}

/// An IA5String: ASCII (ITU-T X.690, section 8.23).
fn ia5(der: &[u8]) -> Option<&str> {
    let text = core::str::from_utf8(single(der, Tag::Ia5String)?.value).ok()?;
    text.is_ascii().then_some(text)
}

/// The raw octets of a chip's id; never read as DER inside DER, whatever they begin with.
fn hwid(octets: &[u8], generation: Generation) -> Option<Vec<u8>> {
    let length = match generation {
        Generation::Turin => 8,
        Generation::Milan | Generation::Genoa => 64,
    };
    (octets.len() == length).then(|| octets.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_minimal_integers() {
        assert_eq!(level(&[2, 1, 0]), Some(0));
        assert_eq!(level(&[2, 1, 0x7f]), Some(0x7f));
        assert_eq!(level(&[2, 2, 0, 0xd9]), Some(0xd9));
        for wrong in [
            &[2, 1, 0xd9][..],
            &[2, 2, 0, 0x18],
            &[2, 0],
            &[2, 3, 0, 0, 0xd9],
            &[2, 2, 1, 0],
            &[2, 1, 4, 0],
            &[4, 1, 4],
            &[2, 0x81, 1, 4],
            &[],
        ] {
            assert_eq!(level(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn chip_ids_are_raw() {
        assert!(hwid(&[4, 6, 1, 2, 3, 4, 5, 6], Generation::Turin).is_some());
        assert!(hwid(&[2; 64], Generation::Milan).is_some());
        assert!(hwid(&[2; 8], Generation::Milan).is_none());
        assert!(hwid(&[2; 64], Generation::Turin).is_none());
    }

    #[test]
    fn arcs_depend_on_kind_and_generation() {
        let oid = |text| ObjectIdentifier::new_unwrap(text);
        let of = |text, kind, generation| Arc::of(&oid(text), kind, generation);
        assert_eq!(of("1.3.6.1.4.1.3704.1.3.4", Kind::Vcek, Generation::Turin), None);
        assert_eq!(of("1.3.6.1.4.1.3704.1.3.4", Kind::Vcek, Generation::Milan), Some(Arc::Level(4)));
        assert_eq!(of("1.3.6.1.4.1.3704.1.3.9", Kind::Vcek, Generation::Milan), None);
        assert_eq!(of("1.3.6.1.4.1.3704.1.3.10", Kind::Vcek, Generation::Milan), None);
        assert_eq!(of("1.3.6.1.4.1.3704.1.4", Kind::Vlek, Generation::Milan), None);
        assert_eq!(of("1.3.6.1.4.1.3704.1.4.1", Kind::Vcek, Generation::Milan), None);
        assert!(!below_amd(&oid("1.3.6.1.4.1.3704.1")));
    }
}
