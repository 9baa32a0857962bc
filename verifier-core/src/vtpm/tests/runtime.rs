//! A06, A07, A10, A11 of adversarial.md: runtime data and the keys in it.

use alloc::format;
use alloc::string::String;

use crate::text::unhex_any;
use crate::verdict::Status;
use crate::vtpm::evidence::Given;
use crate::vtpm::testing::{MODULUS, Quote, REPORT_DATA, ak, given, hcl, jwk, run, runtime};

fn with_runtime(runtime: &[u8]) -> Given {
    Given { hcl_report: hcl(runtime), ..given(Quote::default().signed()) }
}

fn failure(runtime: &str) -> String {
    run(&with_runtime(runtime.as_bytes())).failure().unwrap().into()
}

fn with_key(key: &str) -> String {
    failure(&runtime(key))
}

#[test]
fn the_report_data_is_the_digest_and_zeros() {
    let mut given = given(Quote::default().signed());
    given.hcl_report[REPORT_DATA] ^= 1;
    assert_eq!(run(&given).failure(), Some("az.runtime.digest"));
    given.hcl_report[REPORT_DATA] ^= 1;
    given.hcl_report[REPORT_DATA + 63] = 1;
    assert_eq!(run(&given).failure(), Some("az.runtime.tail"));
}

#[test]
fn the_runtime_data_is_strict_json() {
    let sound = runtime(&ak());
    assert_eq!(failure(&format!("{sound} x")), "az.runtime.json");
    assert_eq!(failure(&format!("[{sound}]")), "az.runtime.json");
    assert_eq!(failure(&sound.replacen('{', r#"{"keys":[],"#, 1)), "az.runtime.json");
    let twice = sound.replacen(r#""kid":"#, r#""kid":"HCLEkPub","kid":"#, 1);
    assert_eq!(failure(&twice), "az.runtime.json");
    let latin = [sound.as_bytes(), b"\xff"].concat();
    assert_eq!(run(&with_runtime(&latin)).failure(), Some("az.runtime.json"));
}

#[test]
fn unknown_members_are_taken() {
    let grown = runtime(&ak()).replacen('{', r#"{"future":[1,{"a":null}],"#, 1);
    assert_eq!(run(&with_runtime(grown.as_bytes())).failure(), None);
}

#[test]
fn there_is_exactly_one_attestation_key() {
    let modulus = unhex_any(MODULUS).unwrap();
    let ek = jwk("HCLEkPub", "encrypt", &modulus);
    assert_eq!(run(&with_runtime(runtime(&format!("{ek},{}", ak())).as_bytes())).failure(), None);
    assert_eq!(with_key(""), "az.ak.unique");
    assert_eq!(with_key(&format!("{},{}", ak(), ak())), "az.ak.unique");
    assert_eq!(with_key(&jwk("HCLEkPub", "sign", &modulus)), "az.ak.unique");
    assert_eq!(with_key(&jwk("hclakpub", "sign", &modulus)), "az.ak.unique");
    assert_eq!(with_key(&ak().replace("kid", "id")), "az.ak.unique");
    assert_eq!(failure(r#"{"HCLAkPub":{}}"#), "az.ak.unique");
    assert_eq!(failure(&format!(r#"{{"keys":{}}}"#, ak())), "az.ak.unique");
}

#[test]
fn the_key_is_rsa_for_signing() {
    for other in ["EC", "rsa", "oct"] {
        assert_eq!(with_key(&ak().replace("RSA", other)), "az.ak.type");
    }
    let ek = jwk("HCLEkPub", "encrypt", &unhex_any(MODULUS).unwrap());
    for ops in [r#"["encrypt"]"#, r#"["sign","encrypt"]"#, r#""sign""#, "[]"] {
        let key = ak().replace(r#"["sign"]"#, ops);
        assert_eq!(with_key(&format!("{key},{ek}")), "az.ak.key_ops", "{ops}");
    }
}

#[test]
fn an_old_machine_has_one_key_alone_and_says_it_encrypts() {
    let old = format!(r#"{{"keys":[{}]}}"#, ak().replace("sign", "encrypt"));
    let ran = run(&with_runtime(old.as_bytes()));
    assert_eq!(ran.failure(), None);
    assert_eq!(ran.record.notes.iter().filter(|note| note.id == "az.ak.key_ops").count(), 1);
    assert_eq!(ran.status("az.vm.secure_boot"), Status::Pass);
    assert_eq!(ran.claim("azure.secure_boot"), None);
}

#[test]
fn the_exponent_is_65537() {
    // 1, 3, 65537 with a leading zero, with padding, and as a number.
    for other in [r#""AQ""#, r#""Aw""#, r#""AAEAAQ""#, r#""AQAB=""#, "65537"] {
        assert_eq!(with_key(&ak().replace(r#""AQAB""#, other)), "az.ak.exponent", "{other}");
    }
}

#[test]
fn the_modulus_has_2048_bits() {
    let modulus = unhex_any(MODULUS).unwrap();
    let key = |modulus: &[u8]| with_key(&jwk("HCLAkPub", "sign", modulus));
    assert_eq!(key(&modulus[128..]), "az.ak.modulus");
    assert_eq!(key(&[&[0], modulus.as_slice()].concat()), "az.ak.modulus");
    let mut other = modulus.clone();
    other[0] = 0;
    assert_eq!(key(&other), "az.ak.modulus");
    other[0] = 0x7f;
    assert_eq!(key(&other), "az.ak.modulus");
    other = modulus;
    other[255] &= 0xfe;
    assert_eq!(key(&other), "az.ak.modulus");
}

#[test]
fn the_modulus_has_one_spelling() {
    let sound = ak();
    let start = sound.find(r#""n":""#).unwrap() + 5;
    let end = sound.len() - 2;
    let n = &sound[start..end];
    let spelt = |n: &str| with_key(&format!("{}{n}{}", &sound[..start], &sound[end..]));
    assert_eq!(spelt(&format!("{n}==")), "az.ak.modulus");
    assert_eq!(spelt(&format!(" {n}")), "az.ak.modulus");
    assert_eq!(spelt(&format!("{}+", &n[..341])), "az.ak.modulus");
    // The last character carries four bits that are no part of the number and must be zero.
    for last in ["x", "y", "z", "3", "B"] {
        let other = format!("{}{last}", &n[..341]);
        if other != n {
            assert_eq!(spelt(&other), "az.ak.modulus", "{last}");
        }
    }
    assert_eq!(with_key(&format!("{}1{}", &sound[..start - 1], &sound[end + 1..])), "az.ak.modulus");
}
