//! What is read here is compared with what the crate `x509-cert` decodes and encodes again: every
//! genuine certificate and list, and each with every byte changed, taken away and put in twice.

use alloc::vec::Vec;
use std::path::Path;

use const_oid::ObjectIdentifier;
use der::{Decode as _, Encode as _};
use x509_cert::crl::TbsCertList;
use x509_cert::ext::Extension;
use x509_cert::name::Name;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::time::Time;
use x509_cert::{TbsCertificate, Version};

use super::{Certificate, RevocationList};

const MILAN_ARK: &[u8] = include_bytes!("../platform/snp/roots/milan-ark.der");
const TURIN_ASVK: &[u8] = include_bytes!("../platform/snp/roots/turin-asvk.der");
const INTEL: &[u8] = include_bytes!("../platform/tdx/roots/intel-sgx-root-ca.der");
const NITRO: &[u8] = include_bytes!("../platform/nitro/roots/aws-nitro-g1.der");

/// A file of the corpus, which lies beside the crate in the repository.
fn corpus(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testvectors").join(name);
    std::fs::read(path).expect("a file of the corpus")
}

/// The signed part, the algorithm and the signature as the other library sees them.
fn outer(der: &[u8]) -> Option<(Vec<u8>, AlgorithmIdentifierOwned)> {
    use der::asn1::{AnyRef, BitStringRef};
    use der::{Reader as _, SliceReader};
    let any = AnyRef::from_der(der).ok()?;
    if der::Tagged::tag(&any) != der::Tag::Sequence {
        return None;
    }
    let mut body = SliceReader::new(any.value()).ok()?;
    let tbs = body.tlv_bytes().ok()?.to_vec();
    let algorithm = AlgorithmIdentifierOwned::decode(&mut body).ok()?;
    let bits = BitStringRef::decode(&mut body).ok()?;
    body.finish().ok()?;
    bits.as_bytes()?;
    Some((tbs, algorithm))
}

/// The bits of the last octet that don't count are zero (ITU-T X.690, section 11.2.1), which the other
/// library leaves to its users.
fn unused_are_zero(bits: &der::asn1::BitString) -> bool {
    let last = bits.raw_bytes().last().copied().unwrap_or_default();
    last.trailing_zeros() >= u32::from(bits.unused_bits()).min(8)
}

/// Whether ids are spelt as they come out when they are read from their numbers (ITU-T X.690, section
/// 8.19.2), which the other library leaves to its users, too.
fn are_shortest(
    algorithms: &[&AlgorithmIdentifierOwned],
    names: &[&Name],
    extensions: Option<&Vec<Extension>>,
) -> bool {
    let algorithms = algorithms.iter().map(|algorithm| algorithm.oid);
    let attributes = names.iter().flat_map(|name| name.iter()).map(|attribute| attribute.oid);
    let extensions = extensions.into_iter().flatten().map(|extension| extension.extn_id);
    let shortest = |oid: ObjectIdentifier| ObjectIdentifier::new(&alloc::format!("{oid}")) == Ok(oid);
    algorithms.chain(attributes).chain(extensions).all(shortest)
}

/// Through 2049 a time is a UTCTime. The other library sees to it in a validity only.
fn is_usual(time: Time) -> bool {
    matches!(time, Time::UtcTime(_)) || time.to_date_time().year() >= 2050
}

fn other_certificate(der: &[u8]) -> Option<TbsCertificate> {
    let (bytes, algorithm) = outer(der)?;
    let tbs = TbsCertificate::from_der(&bytes).ok()?;
    let seconds = |time: Time| time.to_unix_duration().as_secs();
    let validity = tbs.validity();
    let algorithms = [&algorithm, &tbs.subject_public_key_info().algorithm];
    let holds = tbs.to_der().ok()? == bytes
        && *tbs.signature() == algorithm
        && are_shortest(&algorithms, &[tbs.issuer(), tbs.subject()], tbs.extensions())
        && unused_are_zero(&tbs.subject_public_key_info().subject_public_key)
        && seconds(validity.not_before) <= seconds(validity.not_after);
    holds.then_some(tbs)
}

fn other_list(der: &[u8]) -> Option<TbsCertList> {
    let (bytes, algorithm) = outer(der)?;
    let tbs = TbsCertList::from_der(&bytes).ok()?;
    let entries = || tbs.revoked_certificates.iter().flatten();
    let mut times =
        entries().map(|entry| entry.revocation_date).chain([tbs.this_update]).chain(tbs.next_update);
    let holds = tbs.to_der().ok()? == bytes
        && tbs.signature == algorithm
        && tbs.version == Version::V2
        && times.all(is_usual)
        && entries().all(|entry| are_shortest(&[], &[], entry.crl_entry_extensions.as_ref()))
        && are_shortest(&[&algorithm], &[&tbs.issuer], tbs.crl_extensions.as_ref());
    holds.then_some(tbs)
}

fn same_certificate(der: &[u8]) -> bool {
    let (ours, other) = (Certificate::from_der(der), other_certificate(der));
    let (Ok(ours), Some(other)) = (&ours, &other) else {
        assert_eq!(ours.is_ok(), other.is_some(), "{:?}: {}", ours.err(), crate::text::hex(der));
        return false;
    };
    assert_eq!(ours.serial(), other.serial_number().as_bytes());
    assert_eq!(ours.issuer(), other.issuer().to_der().unwrap());
    assert_eq!(ours.subject(), other.subject().to_der().unwrap());
    let extensions = other.extensions().map_or(&[][..], Vec::as_slice);
    assert_eq!(ours.extensions().count(), extensions.len());
    for (ours, other) in ours.extensions().zip(extensions) {
        assert_eq!((ours.oid, ours.critical), (other.extn_id, other.critical));
        assert_eq!(ours.value, other.extn_value.as_bytes());
    }
    assert_eq!(
        ours.validity().from.unwrap().unix(),
        other.validity().not_before.to_unix_duration().as_secs()
    );
    assert_eq!(
        ours.validity().until.unwrap().unix(),
        other.validity().not_after.to_unix_duration().as_secs()
    );
    true
}

fn same_list(der: &[u8]) -> bool {
    let (ours, other) = (RevocationList::from_der(der), other_list(der));
    let (Ok(ours), Some(other)) = (&ours, &other) else {
        assert_eq!(ours.is_ok(), other.is_some(), "{:?}: {}", ours.err(), crate::text::hex(der));
        return false;
    };
    assert_eq!(ours.issuer(), other.issuer.to_der().unwrap());
    let seconds = |time: Time| time.to_unix_duration().as_secs();
    assert_eq!(ours.this_update().map(crate::Timestamp::unix), Some(seconds(other.this_update)));
    assert_eq!(ours.next_update().map(crate::Timestamp::unix), other.next_update.map(seconds));
    let entries: Vec<_> = other.revoked_certificates.iter().flatten().collect();
    assert!(ours.revoked().eq(entries.iter().map(|entry| entry.serial_number.as_bytes())));
    let mut extensions = entries.iter().flat_map(|entry| entry.crl_entry_extensions.iter().flatten());
    assert_eq!(ours.has_critical_entries(), extensions.any(|extension| extension.critical));
    let extensions = other.crl_extensions.iter().flatten();
    assert!(ours.extensions().map(|one| (one.oid, one.critical, one.value)).eq(extensions.map(|one| (
        one.extn_id,
        one.critical,
        one.extn_value.as_bytes()
    ))));
    true
}

/// Every document that differs in one byte: changed in each bit and to the ends of the range, gone, or
/// there twice.
fn spoilt(der: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    (0..der.len()).flat_map(move |at| {
        let changed = (0..8).map(move |bit| der[at] ^ (1 << bit)).chain([0, 0xff]);
        let changed = changed.map(move |byte| {
            let mut spoilt = der.to_vec();
            spoilt[at] = byte;
            spoilt
        });
        let without = [&der[..at], &der[at + 1..]].concat();
        let twice = [&der[..=at], &der[at..]].concat();
        changed.chain([without, twice])
    })
}

#[test]
fn certificates_are_what_another_library_reads_and_writes_again() {
    let vcek = corpus("real/sev-8.0.0/vcek_milan.der");
    for der in [MILAN_ARK, TURIN_ASVK, INTEL, NITRO, &vcek] {
        assert!(same_certificate(der));
        // Most of an RSA certificate is its modulus and signature, where any byte is as good.
        let (mut taken, mut refused) = (0, 0);
        for spoilt in spoilt(der) {
            if same_certificate(&spoilt) { taken += 1 } else { refused += 1 }
        }
        assert!(taken > 100 && refused > 1000, "{taken} {refused}");
    }
}

#[test]
fn lists_are_what_another_library_reads_and_writes_again() {
    for name in ["s14-lists-ask", "s14-stale", "s14-lists-asvk"] {
        let list = corpus(&alloc::format!("cases/snp/{name}/collateral/0.crl"));
        assert!(same_list(&list), "{name}");
        let (mut taken, mut refused) = (0, 0);
        for spoilt in spoilt(&list) {
            if same_list(&spoilt) { taken += 1 } else { refused += 1 }
        }
        assert!(taken > 100 && refused > 1000, "{taken} {refused}");
    }
}

/// An element with these contents.
fn wrap(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len();
    match length {
        0..=0x7f => [&[tag, u8::try_from(length).unwrap()], contents].concat(),
        0x80..=0xff => [&[tag, 0x81, u8::try_from(length).unwrap()], contents].concat(),
        _ => [&[tag, 0x82], &u16::try_from(length).unwrap().to_be_bytes()[..], contents].concat(),
    }
}

/// A certificate of Intel's root with other fields: version, serial number, subject and extensions.
fn certificate(version: &[u8], serial: &[u8], subject: &[u8], extensions: &[u8]) -> Vec<u8> {
    let validity = other_certificate(INTEL).unwrap().validity().to_der().unwrap();
    valid_certificate(version, serial, &validity, subject, extensions)
}

/// The same with another validity.
fn valid_certificate(
    version: &[u8],
    serial: &[u8],
    validity: &[u8],
    subject: &[u8],
    extensions: &[u8],
) -> Vec<u8> {
    let real = other_certificate(INTEL).unwrap();
    let algorithm = real.signature().to_der().unwrap();
    let fields = [
        version,
        serial,
        &algorithm,
        &real.issuer().to_der().unwrap(),
        validity,
        subject,
        &real.subject_public_key_info().to_der().unwrap(),
        extensions,
    ];
    wrap(0x30, &[wrap(0x30, &fields.concat()), algorithm, wrap(0x03, &[0, 1, 2, 3])].concat())
}

#[test]
fn what_is_not_canonical_is_refused_by_both() {
    let (v3, serial, empty) = ([0xa0, 3, 2, 1, 2], [2, 1, 5], [0x30, 0]);
    let attribute = |value: u8| wrap(0x30, &[&[6, 3, 0x55, 4, 3, 0x0c, 1][..], &[value]].concat());
    let name = |members: &[Vec<u8>]| wrap(0x30, &wrap(0x31, &members.concat()));
    let extension = |fields: &[u8]| wrap(0xa3, &wrap(0x30, &wrap(0x30, fields)));
    let known = [6, 3, 0x55, 0x1d, 0x13, 4, 2, 0x30, 0];
    let critical = |byte: u8| [&known[..5], &[1, 1, byte], &known[5..]].concat();
    let padded = [6, 4, 0x55, 0x1d, 0x80, 0x13, 4, 2, 0x30, 0];
    for (shown, expected, der) in [
        ("as it should be", true, certificate(&v3, &serial, &empty, &extension(&known))),
        ("no version, which is 1", true, certificate(&[], &serial, &empty, &[])),
        ("version 1, spelt out", false, certificate(&[0xa0, 3, 2, 1, 0], &serial, &empty, &[])),
        ("version 4", false, certificate(&[0xa0, 3, 2, 1, 3], &serial, &empty, &[])),
        ("a version of two octets", false, certificate(&[0xa0, 4, 2, 2, 0, 2], &serial, &empty, &[])),
        ("no serial number", false, certificate(&v3, &[2, 0], &empty, &[])),
        ("a serial number of 21 octets", true, certificate(&v3, &wrap(2, &[1; 21]), &empty, &[])),
        ("a serial number of 22 octets", false, certificate(&v3, &wrap(2, &[1; 22]), &empty, &[])),
        ("a negative serial number", true, certificate(&v3, &[2, 1, 0x85], &empty, &[])),
        ("a padded negative one", false, certificate(&v3, &[2, 2, 0xff, 0x85], &empty, &[])),
        ("members that ascend", true, certificate(&v3, &serial, &name(&[attribute(1), attribute(2)]), &[])),
        ("members that descend", false, certificate(&v3, &serial, &name(&[attribute(2), attribute(1)]), &[])),
        ("a member twice", true, certificate(&v3, &serial, &name(&[attribute(1), attribute(1)]), &[])),
        ("a set of none", true, certificate(&v3, &serial, &name(&[]), &[])),
        ("critical", true, certificate(&v3, &serial, &empty, &extension(&critical(0xff)))),
        ("critical, another true", false, certificate(&v3, &serial, &empty, &extension(&critical(1)))),
        ("not critical, spelt out", false, certificate(&v3, &serial, &empty, &extension(&critical(0)))),
        ("no extension", true, certificate(&v3, &serial, &empty, &wrap(0xa3, &[0x30, 0]))),
        ("a padded id", false, certificate(&v3, &serial, &empty, &extension(&padded))),
    ] {
        assert_eq!(same_certificate(&der), expected, "{shown}");
    }
}

#[test]
fn unique_identifiers_are_bit_strings() {
    for (unique, expected) in [
        (&[0x81, 2, 0, 7][..], true),
        (&[0x81, 2, 3, 8], true),
        (&[0x81, 2, 3, 7], false),
        (&[0x81, 0], false),
    ] {
        let der = certificate(&[0xa0, 3, 2, 1, 2], &[2, 1, 5], &[0x30, 0], unique);
        assert_eq!(Certificate::from_der(&der).is_ok(), expected, "{unique:02x?}");
    }
}

#[test]
fn ids_have_one_spelling() {
    let spelt = |id: &[u8]| {
        let subject = wrap(0x30, &wrap(0x31, &wrap(0x30, &[&wrap(6, id), &[0x0c, 1, b'x'][..]].concat())));
        let der = certificate(&[0xa0, 3, 2, 1, 2], &[2, 1, 5], &subject, &[]);
        same_certificate(&der)
    };
    for id in [&[0x55, 4, 3][..], &[0x2b, 0x81, 0], &[0x2b, 0x81, 0x80, 0], &[0]] {
        assert!(spelt(id), "{id:02x?}");
    }
    for id in [&[0x55, 4, 0x80, 3][..], &[0x55, 0x80, 4, 3], &[0x80, 0x55, 4, 3], &[0x55, 4, 0x83], &[]] {
        assert!(!spelt(id), "{id:02x?}");
    }
}

#[test]
fn times_through_2049_are_utc_times() {
    let of = |until: &[u8]| {
        let validity = wrap(0x30, &[&wrap(0x17, b"180521104510Z")[..], until].concat());
        valid_certificate(&[0xa0, 3, 2, 1, 2], &[2, 1, 5], &validity, &[0x30, 0], &[])
    };
    for (until, expected) in [
        (wrap(0x17, b"491231235959Z"), true),
        (wrap(0x18, b"20500101000000Z"), true),
        (wrap(0x18, b"99991231235959Z"), true),
        (wrap(0x18, b"20491231235959Z"), false),
        (wrap(0x18, b"20300101000000Z"), false),
        (wrap(0x18, b"20500101000000.5Z"), false),
        (wrap(0x18, b"20500101000000+0100"), false),
        (wrap(0x17, b"500101000000Z"), false),
        (wrap(0x17, b"3001010000Z"), false),
        (wrap(0x17, b"300101000060Z"), false),
    ] {
        assert_eq!(same_certificate(&of(&until)), expected, "{until:02x?}");
    }
}

#[test]
fn lists_are_of_version_2_with_the_usual_times() {
    let list = other_list(&corpus("cases/snp/s14-stale/collateral/0.crl")).unwrap();
    let built = |version: &[u8], time: &[u8]| {
        let algorithm = list.signature.to_der().unwrap();
        let issuer = list.issuer.to_der().unwrap();
        let tbs = [version, &algorithm, &issuer, time, &wrap(0x17, b"300101000000Z")].concat();
        wrap(0x30, &[wrap(0x30, &tbs), algorithm, wrap(0x03, &[0, 1])].concat())
    };
    let usual = wrap(0x17, b"260101000000Z");
    assert!(same_list(&built(&[2, 1, 1], &usual)));
    assert!(!same_list(&built(&[2, 1, 1], &wrap(0x18, b"20260101000000Z"))));
    for version in [&[2, 1, 0][..], &[2, 1, 2], &[2, 1, 0xff], &[2, 2, 0, 1], &[]] {
        assert!(!same_list(&built(version, &usual)), "{version:02x?}");
    }
}
