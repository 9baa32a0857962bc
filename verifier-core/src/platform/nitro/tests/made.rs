//! Made documents with every kind of fault: adversarial.md, group 5.

use alloc::vec;

use super::*;
use crate::platform::nitro::testing::{
    Cbor, CertificateSpec, ECDSA_SHA256, MADE, MADE_TEXT, Maker, ca, ec_spki, extension, key, roots, spki,
    tlv, usage,
};
use crate::trust::TrustErrorKind;

fn run(maker: &Maker) -> Verdict {
    run_under(maker, "", MADE_TEXT)
}

fn run_under(maker: &Maker, rest: &str, now: &str) -> Verdict {
    appraised(&maker.document(), &policy(rest), &roots(), now)
}

/// The document is refused at this check.
fn refused(maker: &Maker, check: &str) {
    assert_eq!(failed(&run(maker)), check);
}

/// The document is genuine under the tests' root.
fn taken(maker: &Maker) {
    let verdict = run(maker);
    assert_eq!(verdict.outcome, Outcome::Unpinned, "{}", verdict.sentence);
}

fn bytes(count: usize) -> Cbor {
    Cbor::Bytes(vec![7; count])
}

#[test]
fn the_sound_document_is_taken() {
    taken(&Maker::new());
}

#[test]
fn n01_the_protected_header_is_es384_and_nothing_else() {
    let with = |protected: &[u8]| Maker { protected: protected.to_vec(), ..Maker::new() };
    for protected in [
        &[0xa1, 0x01, 0x26][..],   // ES256
        &[0xa1, 0x01, 0x38, 0x23], // ES512
        &[0xa1, 0x01, 0x65, b'E', b'S', b'3', b'8', b'4'],
        &[0xa0], // none
        &[],     // none, without a map
        &[0xa2, 0x01, 0x38, 0x22, 0x04, 0x40],
        &[0xa2, 0x01, 0x38, 0x22, 0x01, 0x38, 0x22],
        &[0xa1, 0x61, b'1', 0x38, 0x22],
        &[0xa1, 0x01, 0x38, 0x22, 0x00],
        &[0x38, 0x22],
    ] {
        refused(&with(protected), "cose.algorithm");
    }
    taken(&with(&[0xbf, 0x01, 0x38, 0x22, 0xff]));
    let unprotected = |unprotected: &[u8], protected: &[u8]| Maker {
        unprotected: unprotected.to_vec(),
        protected: protected.to_vec(),
        ..Maker::new()
    };
    let es384 = [0xa1, 0x01, 0x38, 0x22];
    refused(&unprotected(&es384, &[0xa0]), "cose.algorithm");
    refused(&unprotected(&es384, &es384), "cose.unprotected");
    refused(&unprotected(&[0xa1, 0x04, 0x41, 0x01], &es384), "cose.unprotected");
    refused(&unprotected(&[0xbf, 0xff], &es384), "cose.unprotected");
    refused(&unprotected(&[0xf6], &es384), "cose.structure");
    refused(&unprotected(&[0x80], &es384), "cose.structure");
}

#[test]
fn n02_only_an_untagged_or_tagged_envelope_with_a_payload() {
    let before = |before: &[u8]| Maker { before: before.to_vec(), ..Maker::new() };
    taken(&before(&[0xd2]));
    for tag in [&[0xd1][..], &[0xd8, 98], &[0xd2, 0xd2], &[0xd8, 61, 0xd2]] {
        refused(&before(tag), "cose.structure");
    }
    refused(&Maker { payload: Some(Vec::new()), ..Maker::new() }, "cose.structure");
    refused(&Maker { after: vec![0], ..Maker::new() }, "cose.structure");
    refused(&Maker { after: vec![0xf6], ..Maker::new() }, "cose.structure");

    let sound = Maker::new().document();
    let (roots, policy) = (roots(), policy(""));
    let first = |document: &[u8]| failed(&appraised(document, &policy, &roots, MADE_TEXT));
    // A detached payload: nil in its place.
    let payload = sound.windows(2).position(|pair| pair == [0xa0, 0x59]).unwrap() + 1;
    let detached = [&sound[..payload], &[0xf6], &sound[sound.len() - 98..]].concat();
    assert_eq!(first(&detached), "cose.structure");
    // The array of indefinite length, of three and of five.
    let indefinite = [&[0x9f], &sound[1..], &[0xff]].concat();
    assert_eq!(first(&indefinite), "cose.structure");
    assert_eq!(first(&[&[0x83], &sound[1..]].concat()), "cose.structure");
    assert_eq!(first(&[&[0x85], &sound[1..], &[0xf6]].concat()), "cose.structure");
    assert_eq!(first(b""), "cose.structure");
    assert_eq!(first(&vec![0x84; 40_000]), "nitro.document.size");
}

#[test]
fn n03_the_leaf_is_a_p384_key_and_signed_the_document() {
    refused(&Maker::new().without("certificate"), "nitro.document.fields");
    refused(&Maker::new().with("certificate", Cbor::Null), "nitro.document.fields");
    refused(&Maker::new().with("certificate", bytes(0)), "nitro.document.sizes");
    refused(&Maker::new().with("certificate", bytes(9)), "nitro.chain.der");
    let leaf = |spki: Vec<u8>| Maker::new().with_chain(|chain| chain[3].spki = spki);
    let p256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    let p256_key = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    let point = p256_key.verifying_key().to_sec1_point(false);
    refused(&leaf(ec_spki(&p256, point.as_bytes())), "nitro.chain.keys");
    refused(&leaf(ec_spki(&[0x2b, 0x81, 0x04, 0x00, 0x23], &[4; 133])), "nitro.chain.keys");
    let p384 = [0x2b, 0x81, 0x04, 0x00, 0x22];
    let signer = key(4);
    refused(&leaf(ec_spki(&p384, &[&[4][..], &[9; 96]].concat())), "nitro.chain.keys");
    refused(&leaf(ec_spki(&p384, signer.verifying_key().to_sec1_point(true).as_bytes())), "nitro.chain.keys");
    let rsa = [
        0x30, 0x1c, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
        0x03, 0x0b, 0x00, 0x30, 0x08, 0x02, 0x01, 0x05, 0x02, 0x03, 0x01, 0x00, 0x01,
    ];
    refused(&leaf(rsa.to_vec()), "nitro.chain.keys");
    refused(&leaf(spki(9)), "cose.signature");
}

#[test]
fn n03_the_signature_is_r_and_s_in_96_bytes() {
    let with = |signature: fn(Vec<u8>) -> Vec<u8>| Maker { signature, ..Maker::new() };
    let der = |raw: Vec<u8>| p384::ecdsa::Signature::from_slice(&raw).unwrap().to_der().as_bytes().to_vec();
    refused(&with(der), "cose.signature_size");
    refused(&with(|raw| raw[..95].to_vec()), "cose.signature_size");
    refused(&with(|raw| [raw, vec![0]].concat()), "cose.signature_size");
    refused(&with(|_| Vec::new()), "cose.signature_size");
    refused(&with(|raw| [&[0; 48], &raw[48..]].concat()), "cose.signature");
    refused(&with(|raw| [&raw[..48], &[0; 48]].concat()), "cose.signature");
    refused(&with(|_| vec![0; 96]), "cose.signature");
    refused(&with(|_| vec![0xff; 96]), "cose.signature");
    refused(&with(|raw| [&raw[48..], &raw[..48]].concat()), "cose.signature");
    let high = |raw: Vec<u8>| {
        let signature = p384::ecdsa::Signature::from_slice(&raw).unwrap();
        let other = p384::ecdsa::Signature::from_scalars(*signature.r(), -*signature.s()).unwrap();
        other.to_bytes().to_vec()
    };
    taken(&with(high));
}

#[test]
fn n04_the_bundle_leads_from_the_pinned_root_in_order() {
    let ders =
        |chain: &[CertificateSpec]| -> Vec<Vec<u8>> { chain.iter().map(CertificateSpec::der).collect() };
    let sound = ders(&Maker::new().chain);
    let bundle = |order: &[usize]| {
        let certificates = order.iter().map(|index| Cbor::Bytes(sound[*index].clone())).collect();
        Maker::new().with("cabundle", Cbor::Array(certificates))
    };
    taken(&bundle(&[0, 1, 2]));
    refused(&bundle(&[]), "nitro.document.sizes");
    refused(&bundle(&[2, 1, 0]), "nitro.chain.root");
    refused(&bundle(&[1, 2]), "nitro.chain.root");
    refused(&bundle(&[1, 2, 0]), "nitro.chain.root");
    refused(&bundle(&[0, 2, 1]), "nitro.chain.names");
    refused(&bundle(&[0, 2]), "nitro.chain.names");
    refused(&bundle(&[0]), "nitro.chain.names");
    refused(&bundle(&[0, 1, 1, 2]), "nitro.chain.names");
    refused(&bundle(&[0, 1, 2, 3]), "nitro.chain.names");
    refused(&bundle(&[0; 11]), "nitro.document.sizes");
    refused(&Maker::new().with("cabundle", Cbor::Array(vec![bytes(0)])), "nitro.document.sizes");
    refused(&Maker::new().with("cabundle", Cbor::Array(vec![Cbor::Null])), "nitro.document.fields");
    refused(&Maker::new().with("cabundle", Cbor::Null), "nitro.document.fields");

    let mut other_root = Maker::new();
    other_root.chain[0].spki = spki(9);
    other_root.chain[0].signer = 9;
    other_root.chain[1].signer = 9;
    other_root.certify();
    refused(&other_root, "nitro.chain.root");
    let same_key = Maker::new().with_chain(|chain| chain[0].until += 1);
    refused(&same_key, "nitro.chain.root");
}

#[test]
fn n04_a_certificate_has_at_most_1024_bytes() {
    for index in [1, 3] {
        let sized = |bytes: usize| {
            let mut maker = Maker::new();
            let der = Cbor::Bytes(maker.chain[index].clone().sized(bytes));
            if index == 3 {
                maker.set("certificate", der);
            } else {
                let others = [0, 2].map(|other| Cbor::Bytes(maker.chain[other].der()));
                let [root, last] = others;
                maker.set("cabundle", Cbor::Array(vec![root, der, last]));
            }
            maker
        };
        taken(&sized(1024));
        refused(&sized(1025), "nitro.document.sizes");
    }
}

#[test]
fn n05_every_certificate_is_used_for_what_it_is_for() {
    let with = |index: usize, extensions: Vec<Vec<u8>>| {
        Maker::new().with_chain(|chain| chain[index].extensions = extensions)
    };
    let no_ca = || extension(0x13, true, &[0x30, 0]);
    for index in [1, 2] {
        refused(&with(index, vec![no_ca(), usage(0x04)]), "nitro.chain.authorities");
        refused(&with(index, vec![usage(0x04)]), "nitro.chain.authorities");
        refused(&with(index, vec![ca(1)]), "nitro.chain.authorities");
        refused(&with(index, vec![ca(1), usage(0x80)]), "nitro.chain.authorities");
        refused(&with(index, vec![ca(1), ca(1), usage(0x04)]), "nitro.chain.authorities");
    }
    refused(&with(1, vec![ca(0), usage(0x04)]), "nitro.chain.authorities");
    taken(&with(2, vec![ca(0), usage(0x84)]));
    refused(&with(3, vec![ca(0), usage(0x80)]), "nitro.chain.leaf");
    refused(&with(3, vec![no_ca(), usage(0x84)]), "nitro.chain.leaf");
    refused(&with(3, vec![no_ca(), usage(0x40)]), "nitro.chain.leaf");
    refused(&with(3, vec![no_ca()]), "nitro.chain.leaf");
    refused(&with(3, vec![usage(0x80)]), "nitro.chain.leaf");
    let server = tlv(0x30, &tlv(6, &[0x2b, 6, 1, 5, 5, 7, 3, 1]));
    for critical in [false, true] {
        let extended = extension(0x25, critical, &server);
        refused(&with(3, vec![no_ca(), usage(0x80), extended.clone()]), "nitro.chain.purpose");
        refused(&with(1, vec![ca(1), usage(0x04), extended]), "nitro.chain.purpose");
    }
    let unknown = extension(0x63, true, &[5, 0]);
    refused(&with(1, vec![ca(1), usage(0x04), unknown]), "nitro.chain.purpose");
    taken(&with(1, vec![ca(1), usage(0x04), extension(0x63, false, &[5, 0])]));
}

#[test]
fn every_certificate_is_signed_by_the_one_before_it() {
    for index in [1, 2, 3] {
        refused(&Maker::new().with_chain(|chain| chain[index].signer = 9), "nitro.chain.signatures");
        let sha256 = Maker::new().with_chain(|chain| chain[index].algorithm = ECDSA_SHA256);
        refused(&sha256, "nitro.chain.signatures");
        let issuer = Maker::new().with_chain(|chain| chain[index].issuer.push('x'));
        refused(&issuer, "nitro.chain.names");
    }
    let mut der = Maker::new().chain[3].der();
    der.push(0);
    refused(&Maker::new().with("certificate", Cbor::Bytes(der)), "nitro.chain.der");
}

#[test]
fn n06_certificates_are_judged_at_the_documents_own_time() {
    let at = |seconds: u64| Maker::new().with("timestamp", Cbor::Unsigned(seconds * 1000));
    let later = "2031-01-01T00:00:00Z";
    let first = |maker: &Maker| failed(&run_under(maker, "", later));
    assert_eq!(first(&at(MADE - 60)), "");
    assert_eq!(first(&at(MADE - 61)), "nitro.chain.validity");
    assert_eq!(first(&at(MADE + 10_800)), "");
    assert_eq!(first(&at(MADE + 10_801)), "nitro.chain.validity");
    for index in [1, 2] {
        let expired = Maker::new().with_chain(|chain| chain[index].until = MADE - 1);
        assert_eq!(first(&expired), "nitro.chain.validity");
    }
    let verdict = run_under(&Maker::new(), "", later);
    assert_eq!((&*verdict.valid_from, &*verdict.valid_until), (MADE_TEXT, ""));
    assert_eq!(verdict.outcome, Outcome::Unpinned);
}

#[test]
fn n06_the_timestamp_counts_milliseconds() {
    for value in [
        Cbor::Unsigned(MADE),
        Cbor::Unsigned(MADE * 1_000_000),
        Cbor::Unsigned(0),
        Cbor::Unsigned((1 << 53) + 1),
        Cbor::Unsigned(u64::MAX),
        Cbor::Negative(MADE * 1000),
    ] {
        refused(&Maker::new().with("timestamp", value), "nitro.document.timestamp");
    }
    for value in [Cbor::Null, Cbor::Text("1748779200000"), bytes(8)] {
        refused(&Maker::new().with("timestamp", value), "nitro.document.fields");
    }
    let double = Cbor::Raw([&[0xfb], &1_748_779_200_000_f64.to_be_bytes()[..]].concat());
    refused(&Maker::new().with("timestamp", double), "nitro.document.cbor");
}

#[test]
fn n06_neither_from_the_future_nor_too_old() {
    let sound = Maker::new();
    assert_eq!(failed(&run_under(&sound, "", "2025-06-01T11:59:59Z")), "nitro.policy.future");
    let aged = r#""nitro":{"maximum_age_seconds":60}"#;
    let verdict = run_under(&sound, aged, "2025-06-01T12:01:00Z");
    assert_eq!(failed(&verdict), "");
    assert_eq!(verdict.valid_until, "2025-06-01T12:01:00Z");
    assert_eq!(failed(&run_under(&sound, aged, "2025-06-01T12:01:01Z")), "nitro.policy.age");
    let demanded = verdict.demands.iter().any(|text| text.contains("60 seconds"));
    assert!(demanded, "{:?}", verdict.demands);
}

#[test]
fn n07_debug_enclaves_are_refused() {
    let zero = |indices: &[usize]| {
        Maker::new().with_pcrs(|registers| {
            for index in indices {
                registers[*index].1 = Cbor::Bytes(vec![0; 48]);
            }
        })
    };
    for indices in [&[0][..], &[1], &[2], &[0, 1, 2]] {
        refused(&zero(indices), "nitro.policy.debug");
        let verdict = run_under(&zero(indices), r#""insecure_allow_debug":true"#, MADE_TEXT);
        assert_eq!(verdict.outcome, Outcome::Unpinned);
        assert!(verdict.notes.iter().any(|note| note.id == "nitro.debug"));
    }
    taken(&zero(&[3, 4]));
}

#[test]
fn n08_registers_have_indices_and_48_bytes() {
    type Change = fn(&mut Vec<(Cbor, Cbor)>);
    let with = |change: Change| Maker::new().with_pcrs(change);
    let changes: [Change; 14] = [
        |pcrs| drop(pcrs.remove(0)),
        |pcrs| drop(pcrs.remove(1)),
        |pcrs| drop(pcrs.remove(2)),
        |pcrs| pcrs[3].0 = Cbor::Unsigned(32),
        |pcrs| pcrs[3].0 = Cbor::Unsigned(256),
        |pcrs| pcrs[3].0 = Cbor::Negative(0),
        |pcrs| pcrs[3].0 = Cbor::Text("3"),
        |pcrs| pcrs[3].1 = bytes(47),
        |pcrs| pcrs[3].1 = bytes(49),
        |pcrs| pcrs[3].1 = bytes(32),
        |pcrs| pcrs[3].1 = bytes(64),
        |pcrs| pcrs[3].1 = bytes(0),
        |pcrs| pcrs[3].1 = Cbor::Null,
        |pcrs| pcrs[3].1 = Cbor::Text("000000000000000000000000000000000000000000000000"),
    ];
    for change in changes {
        refused(&with(change), "nitro.document.pcrs");
    }
    taken(&with(|pcrs| drop(pcrs.remove(3))));
    taken(&with(|pcrs| pcrs.push((Cbor::Unsigned(31), bytes(48)))));
    refused(&with(Vec::clear), "nitro.document.sizes");
    refused(&with(|pcrs| pcrs[3].0 = Cbor::Unsigned(2)), "nitro.document.cbor");
    refused(&with(|pcrs| pcrs[3].0 = Cbor::Raw(vec![0x18, 0x02])), "nitro.document.cbor");
    refused(&Maker::new().with("pcrs", Cbor::Array(vec![bytes(48)])), "nitro.document.fields");
}

#[test]
fn n09_the_payload_is_one_strict_map() {
    let mut twice = Maker::new();
    twice.fields.push((Cbor::Text("digest"), Cbor::Text("SHA384")));
    refused(&twice, "nitro.document.cbor");
    let mut stranger = Maker::new();
    stranger.fields.push((Cbor::Text("signer"), Cbor::Null));
    refused(&stranger, "nitro.document.fields");
    let mut number = Maker::new();
    number.fields.push((Cbor::Unsigned(1), Cbor::Null));
    refused(&number, "nitro.document.fields");
    for field in ["module_id", "digest", "timestamp", "pcrs", "cabundle"] {
        refused(&Maker::new().without(field), "nitro.document.fields");
    }

    let sound = Cbor::Map(Maker::new().fields).encode();
    let payload = |bytes: Vec<u8>| Maker { payload: Some(bytes), ..Maker::new() };
    refused(&payload([&sound[..], &[0]].concat()), "nitro.document.cbor");
    refused(&payload(sound[..sound.len() - 1].to_vec()), "nitro.document.cbor");
    refused(&payload(vec![0xff]), "nitro.document.cbor");
    refused(&payload(vec![0xa1, 0x01]), "nitro.document.cbor");
    refused(&payload(vec![0x81; 10_000]), "nitro.document.cbor");
    refused(&payload([&[0x5b], &(1_u64 << 63).to_be_bytes()[..]].concat()), "nitro.document.cbor");
    refused(&payload([&[0xc1], &sound[..]].concat()), "nitro.document.cbor");
    refused(&payload(vec![0x80]), "nitro.document.fields");
    refused(&payload(b"\xa0".to_vec()), "nitro.document.fields");

    // Maps, arrays and strings of indefinite length are genuine.
    taken(&payload([&[0xbf], &sound[1..], &[0xff]].concat()));
    let pieces = |inner: &[u8]| Cbor::Raw([&[0x5f], inner, &[0xff]].concat());
    taken(&Maker::new().with("user_data", pieces(&[0x41, 1, 0x41, 2])));
    refused(&Maker::new().with("user_data", pieces(&[0x61, b'a'])), "nitro.document.cbor");
    refused(&Maker::new().with("user_data", pieces(&[0x5f, 0xff])), "nitro.document.cbor");
    for reserved in [0x5c, 0x5d, 0x5e, 0x1c, 0xfc] {
        refused(&Maker::new().with("user_data", Cbor::Raw(vec![reserved, 0])), "nitro.document.cbor");
    }
}

#[test]
fn n11_fields_have_the_sizes_of_the_specification() {
    for (field, least, most) in [("user_data", 0, 512), ("nonce", 0, 512), ("public_key", 1, 1024)] {
        taken(&Maker::new().with(field, bytes(most)));
        taken(&Maker::new().with(field, bytes(least)));
        taken(&Maker::new().without(field));
        refused(&Maker::new().with(field, bytes(most + 1)), "nitro.document.sizes");
        refused(&Maker::new().with(field, Cbor::Text("text")), "nitro.document.fields");
    }
    refused(&Maker::new().with("public_key", bytes(0)), "nitro.document.sizes");
    refused(&Maker::new().with("module_id", Cbor::Text("")), "nitro.document.sizes");
    let claims = |maker: &Maker, id: &str| {
        let verdict = run(maker);
        verdict.claims.into_iter().find(|claim| claim.id == id).map(|claim| claim.value)
    };
    assert_eq!(claims(&Maker::new(), "nitro.user_data"), None, "null is not given");
    let empty = Maker::new().with("user_data", bytes(0));
    assert_eq!(claims(&empty, "nitro.user_data").as_deref(), Some(""), "empty is given");
}

#[test]
fn n11_public_key_and_nonce_are_compared_whole() {
    for (field, rule, check) in
        [("public_key", "public_keys", "nitro.policy.public_key"), ("nonce", "nonces", "nitro.policy.nonce")]
    {
        let demand = |value: &str| format!(r#""nitro":{{"{rule}":["00","{value}"]}}"#);
        let given = Maker::new().with(field, bytes(20));
        let first = |maker: &Maker, value: &str| failed(&run_under(maker, &demand(value), MADE_TEXT));
        assert_eq!(first(&given, &"07".repeat(20)), "");
        assert_eq!(first(&given, &"07".repeat(19)), check);
        assert_eq!(first(&given, &"07".repeat(21)), check);
        assert_eq!(first(&Maker::new(), &"07".repeat(20)), check, "not given");
        for refused in [r#"[]"#, r#"[""]"#, r#"["0"]"#, r#"["AB"]"#, "null"] {
            let file = format!(r#"{{"schema":"kettle-policy/v1","nitro":{{"{rule}":{refused}}}}}"#);
            assert!(Policy::from_json(file.as_bytes()).is_err(), "{file}");
        }
    }
    let long = Maker::new().with("public_key", bytes(1024));
    let demand = format!(r#""nitro":{{"public_keys":["{}"]}}"#, "07".repeat(1024));
    assert_eq!(failed(&run_under(&long, &demand, MADE_TEXT)), "");
}

#[test]
fn n11_a_nonce_demanded_of_every_platform_is_demanded_of_the_document() {
    let demand = format!(r#""nonce":"{}""#, "07".repeat(16));
    let first = |maker: &Maker, rest: &str| failed(&run_under(maker, rest, MADE_TEXT));
    let given = Maker::new().with("nonce", bytes(16));
    assert_eq!(first(&given, &demand), "");
    assert_eq!(first(&Maker::new(), &demand), "nitro.policy.nonce");
    assert_eq!(first(&Maker::new().with("nonce", bytes(17)), &demand), "nitro.policy.nonce");
    let both = format!(r#"{demand},"nitro":{{"nonces":["{}"]}}"#, "08".repeat(16));
    assert_eq!(first(&given, &both), "nitro.policy.nonce");
}

#[test]
fn n12_registers_are_sha384() {
    for digest in ["SHA256", "SHA512", "sha384", "SHA384 ", ""] {
        refused(&Maker::new().with("digest", Cbor::Text(digest)), "nitro.document.digest");
    }
    refused(&Maker::new().with("digest", bytes(6)), "nitro.document.fields");
}

#[test]
fn n13_only_trusted_roots() {
    let document = Maker::new().document();
    let pinned = appraised(&document, &policy(""), &TrustRoots::pinned(), MADE_TEXT);
    assert_eq!(failed(&pinned), "nitro.chain.root");
    let verdict = run(&Maker::new());
    assert!(verdict.sentence.starts_with("TEST ROOT"), "{}", verdict.sentence);
}

#[test]
fn n13_a_root_in_a_file_is_a_self_signed_p384_ca_and_has_a_window() {
    let file = |spec: &CertificateSpec, rest: &str| {
        let der = Base64::encode_string(&spec.der());
        let entry = format!(r#"{{"certificate":"{der}"{rest}}}"#);
        let head = r#""schema":"kettle-trust-root/v1","mode":"replace","test":true"#;
        TrustRoots::from_json(format!(r#"{{{head},"nitro":[{entry}]}}"#).as_bytes())
    };
    let chain = Maker::new().chain;
    assert!(file(&chain[0], "").is_ok());
    assert_eq!(file(&chain[1], "").unwrap_err().kind, TrustErrorKind::Signature);
    assert_eq!(file(&chain[3], "").unwrap_err().kind, TrustErrorKind::NotCa);
    let p256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    let other = CertificateSpec { spki: ec_spki(&p256, &[4; 65]), ..chain[0].clone() };
    assert!(matches!(file(&other, "").unwrap_err().kind, TrustErrorKind::Value { .. }));

    let window = r#","valid_from":"2025-01-01T00:00:00Z","valid_until":"2026-01-01T00:00:00Z""#;
    let roots = file(&chain[0], window).unwrap();
    let document = Maker::new().document();
    let at = |now: &str| appraised(&document, &policy(""), &roots, now);
    let verdict = at(MADE_TEXT);
    assert_eq!(failed(&verdict), "");
    assert_eq!(verdict.valid_until, "2026-01-01T00:00:00Z");
    assert_eq!(failed(&at("2026-01-01T00:00:01Z")), "nitro.chain.root");
}

#[test]
fn a_demand_for_revocation_is_undecided() {
    let verdict = run_under(&Maker::new(), r#""revocation":{"require":true}"#, MADE_TEXT);
    assert_eq!(verdict.outcome, Outcome::Inconclusive, "{}", verdict.sentence);
}

#[test]
fn machines_are_allowed_and_denied_by_module_id() {
    let rule = |kind: &str, value: &str| {
        format!(r#""machines":{{"{kind}":[{{"claim":"nitro.module_id","value":"{value}"}}]}}"#)
    };
    let first = |rest: &str| failed(&run_under(&Maker::new(), rest, MADE_TEXT));
    assert_eq!(first(&rule("allow", "i-test-enc01")), "");
    assert_eq!(first(&rule("allow", "i-test")), "machine.identity");
    assert_eq!(first(&rule("deny", "i-test-enc01")), "machine.identity");
}

#[test]
fn the_envelope_is_strict() {
    let first = |evidence: &str| {
        let evidence = format!(r#"{{"platform":"nitro","evidence":{evidence}}}"#);
        let given = EvidenceOnly { evidence: evidence.as_bytes(), ..EvidenceOnly::default() };
        let now = Timestamp::from_rfc3339(MADE_TEXT).unwrap();
        failed(&appraise_evidence(&given, &Policy::default(), &roots(), now))
    };
    let text = Base64::encode_string(&Maker::new().document());
    assert_eq!(first(&format!(r#"{{"document":"{text}"}}"#)), "");
    for evidence in [
        "{}".into(),
        format!(r#"{{"document":"{text}","nonce":null}}"#),
        format!(r#"{{"document":"{}"}}"#, text.trim_end_matches('=').replace('+', "-").replace('/', "_")),
        format!(r#"{{"document":"{text}\n"}}"#),
        r#"{"document":null}"#.into(),
        r#"{"document":["AA=="]}"#.into(),
    ] {
        assert_eq!(first(&evidence), "nitro.evidence.layout", "{evidence:.80}");
    }
    assert_eq!(first(r#"{"document":""}"#), "cose.structure");
}

#[test]
fn every_truncation_and_a_stride_of_flipped_bits_are_refused() {
    let document = Maker::new().with("user_data", bytes(32)).with("nonce", bytes(16)).document();
    let (policy, roots) = (policy(""), roots());
    for end in 0..document.len() {
        let verdict = appraised(&document[..end], &policy, &roots, MADE_TEXT);
        assert_eq!(failed(&verdict), "cose.structure", "{end}");
    }
    for bit in (0..document.len() * 8).step_by(61) {
        let mut flipped = document.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let verdict = appraised(&flipped, &policy, &roots, MADE_TEXT);
        assert_eq!(verdict.outcome, Outcome::Failed, "bit {bit}");
    }
}
