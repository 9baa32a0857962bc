//! A certificate or a list, read by the walk of the verifier and by a library that decodes it and encodes
//! it again: both take the same documents, and see the same in them.

#![no_main]

use der::asn1::BitString;
use der::{Decode as _, Encode as _};
use kettle_verifier_core::x509::{Certificate, RevocationList, X509Error, X509ErrorKind};
use libfuzzer_sys::fuzz_target;
use x509_cert::crl::TbsCertList;
use x509_cert::ext::Extension;
use x509_cert::name::Name;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::spki::der::asn1::ObjectIdentifier;
use x509_cert::time::Time;
use x509_cert::{TbsCertificate, Version};

/// `SEQUENCE { signed part, algorithm, signature }`; the signed part is looked at by itself.
#[derive(der::Sequence)]
struct Signed {
    tbs: der::Any,
    algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
}

fn signed(input: &[u8]) -> Option<(Vec<u8>, AlgorithmIdentifierOwned)> {
    let whole = Signed::from_der(input).ok()?;
    let same = whole.to_der().ok()? == input && whole.signature.as_bytes().is_some();
    same.then_some((whole.tbs.to_der().ok()?, whole.algorithm))
}

/// What X.690 demands in section 11.2.1, and the other library leaves to its users.
fn unused_are_zero(bits: &BitString) -> bool {
    let zeros = bits.raw_bytes().last().map_or(u32::MAX, |last| last.trailing_zeros());
    zeros >= u32::from(bits.unused_bits())
}

/// What X.690 demands in section 8.19.2, which the other library leaves to its users, too: each id is spelt as
/// it comes out when it is read from its numbers.
fn are_shortest(
    algorithms: &[&AlgorithmIdentifierOwned],
    names: &[&Name],
    extensions: Option<&Vec<Extension>>,
) -> bool {
    let algorithms = algorithms.iter().map(|algorithm| algorithm.oid);
    let attributes = names.iter().flat_map(|name| name.iter()).map(|attribute| attribute.oid);
    let extensions = extensions.into_iter().flatten().map(|extension| extension.extn_id);
    let shortest = |oid: ObjectIdentifier| ObjectIdentifier::new(&oid.to_string()) == Ok(oid);
    algorithms.chain(attributes).chain(extensions).all(shortest)
}

/// Through 2049 a time is a UTCTime. The other library sees to it in a validity only.
fn is_usual(time: Time) -> bool {
    matches!(time, Time::UtcTime(_)) || time.to_date_time().year() >= 2050
}

fn certificate(input: &[u8]) -> Option<TbsCertificate> {
    let (bytes, algorithm) = signed(input)?;
    let tbs = TbsCertificate::from_der(&bytes).ok()?;
    let seconds = |time: Time| time.to_unix_duration().as_secs();
    let validity = tbs.validity();
    let unique = [tbs.issuer_unique_id().as_ref(), tbs.subject_unique_id().as_ref()];
    let key = &tbs.subject_public_key_info().subject_public_key;
    let algorithms = [&algorithm, &tbs.subject_public_key_info().algorithm];
    let canonical = unused_are_zero(key) && unique.into_iter().flatten().all(unused_are_zero);
    let holds = tbs.to_der().ok()? == bytes
        && *tbs.signature() == algorithm
        && canonical
        && are_shortest(&algorithms, &[tbs.issuer(), tbs.subject()], tbs.extensions())
        && seconds(validity.not_before) <= seconds(validity.not_after);
    holds.then_some(tbs)
}

fn list(input: &[u8]) -> Option<TbsCertList> {
    let (bytes, algorithm) = signed(input)?;
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

/// Larger than we read: the other library has no such bound.
fn is_too_large(error: Option<&X509Error>) -> bool {
    error.is_some_and(|error| error.kind == X509ErrorKind::TooLarge)
}

fuzz_target!(|input: &[u8]| {
    let (ours, other) = (Certificate::from_der(input), certificate(input));
    assert!(ours.is_ok() == other.is_some() || is_too_large(ours.as_ref().err()), "{:?}", ours.err());
    if let (Ok(ours), Some(other)) = (ours, other) {
        assert_eq!(ours.serial(), other.serial_number().as_bytes());
        assert_eq!(ours.issuer(), other.issuer().to_der().unwrap());
        assert_eq!(ours.subject(), other.subject().to_der().unwrap());
        let extensions = other.extensions().into_iter().flatten();
        assert!(ours.extensions().map(|one| one.value).eq(extensions.map(|one| one.extn_value.as_bytes())));
    }
    let (ours, other) = (RevocationList::from_der(input), list(input));
    assert!(ours.is_ok() == other.is_some() || is_too_large(ours.as_ref().err()), "{:?}", ours.err());
    if let (Ok(ours), Some(other)) = (ours, other) {
        let entries = other.revoked_certificates.into_iter().flatten();
        assert!(
            ours.revoked()
                .map(<[u8]>::to_vec)
                .eq(entries.map(|entry| entry.serial_number.as_bytes().to_vec()))
        );
    }
});
