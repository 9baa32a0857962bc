//! The embedded roots are the published ones, and each intermediate hangs on its root.

use alloc::string::String;
use alloc::vec::Vec;

use super::{AmdRoot, TrustRoots};
use crate::crypto::{RsaKey, sha256};
use crate::policy::Generation;
use crate::text::hex;
use crate::x509::Certificate;

/// SHA-256 of each certificate's DER: platforms.md, pinned roots. Two independent sources agree.
const PUBLISHED: [(Generation, [&str; 3]); 3] = [
    (
        Generation::Milan,
        [
            "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd",
            "67d303bd3905fd38db8b20e0793699870e7fa612eaad5dec358293fd8c0bac1b",
            "c5e081f59b7efab1fe2f8b505e159704e72f29cab7ef7cf628a05a42439082f5",
        ],
    ),
    (
        Generation::Genoa,
        [
            "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1",
            "5464738c1546aed5f2cecf1dc98c5c960a92e8913238a61711bc90ec6e828521",
            "197e610743a917d6b9bb982a5a9226ccc0a15b611be0619e626aca9151457372",
        ],
    ),
    (
        Generation::Turin,
        [
            "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a",
            "5b77ef5fe7a7a004fd9032668fba9d0fda22f88c4442069a479636a6ae3b3185",
            "104e10a8bd060a3c20a434261a57d0588fd65a88915b4f65b08bdecaf8df1a3c",
        ],
    ),
];

fn pinned() -> Vec<(AmdRoot, [&'static str; 3])> {
    let roots = TrustRoots::pinned();
    let rows: Vec<_> = PUBLISHED
        .iter()
        .flat_map(|(generation, prints)| roots.amd(*generation).map(|root| (root.clone(), *prints)))
        .collect();
    assert_eq!(rows.len(), 3, "one entry for each generation");
    rows
}

fn intermediates(root: &AmdRoot) -> [&[u8]; 2] {
    [root.ask.der(), root.asvk.as_ref().expect("every generation has an ASVK").der()]
}

fn key(der: &[u8]) -> RsaKey {
    Certificate::from_der(der).unwrap().rsa4096_key().expect("an RSA-4096 key")
}

#[test]
fn the_digest_constant_is_the_digest_of_the_embedded_roots() {
    let roots = TrustRoots::pinned();
    assert_eq!(roots.digest(), roots.computed_digest());
}

#[test]
fn the_embedded_certificates_have_the_published_fingerprints() {
    for (root, published) in pinned() {
        let [ask, asvk] = intermediates(&root);
        let found: Vec<String> = [root.ark.der(), ask, asvk].iter().map(|der| hex(&sha256(der))).collect();
        assert_eq!(found, published, "{:?}", root.generation);
    }
}

#[test]
fn each_root_signed_itself_and_may_have_a_ca_below_it() {
    for (root, _) in pinned() {
        let ark = Certificate::from_der(root.ark.der()).unwrap();
        assert!(ark.is_ca(1), "{:?}", root.generation);
        assert!(ark.is_signed_by(&key(root.ark.der())), "{:?}", root.generation);
    }
}

#[test]
fn each_intermediate_is_a_ca_signed_by_its_own_root_and_by_no_other() {
    let rows = pinned();
    for (root, _) in &rows {
        for der in intermediates(root) {
            let intermediate = Certificate::from_der(der).unwrap();
            assert!(intermediate.is_ca(0), "{:?}", root.generation);
            for (other, _) in &rows {
                let signed = intermediate.is_signed_by(&key(other.ark.der()));
                assert_eq!(signed, root.generation == other.generation, "{:?}", root.generation);
            }
        }
    }
}

#[test]
fn the_intel_root_is_the_published_one_and_self_signed() {
    let roots = TrustRoots::pinned();
    let [root] = roots.intel() else { panic!("one Intel root") };
    let published = "44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3";
    assert_eq!(hex(&sha256(&root.certificate)), published, "platforms.md, pinned roots");
    let certificate = Certificate::from_der(&root.certificate).unwrap();
    assert!(certificate.is_ca(1) && !certificate.is_ca(2));
    assert!(certificate.is_signed_by_p256(&certificate.p256_key().unwrap()));
}

#[test]
fn the_nitro_root_is_the_published_one_and_self_signed() {
    let roots = TrustRoots::pinned();
    let [root] = roots.nitro() else { panic!("one Nitro root") };
    assert_eq!(
        hex(&sha256(&root.certificate)),
        "641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b"
    );
    let certificate = Certificate::from_der(&root.certificate).unwrap();
    assert_eq!(certificate.common_name(), Some("aws.nitro-enclaves"));
    assert!(certificate.is_ca(3) && certificate.is_signed_by_p384(&certificate.p384_key().unwrap()));
}
