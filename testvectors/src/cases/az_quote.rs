//! Quotes that are forged, cut or not over what they say (adversarial.md, A01 to A05, A08, A13).

use crate::azure::{
    ATTRIBUTES, ENDORSEMENT_HIERARCHY, Selection, TPM_ALG_SHA1, TPM_ALG_SHA384, qualified_name,
};
use crate::case::{Case, Expect};
use crate::keys;
use crate::scene::{Scene, Step};
use crate::signing::{Hash, Scheme, digest_info, emsa_pkcs1};

cases![
    magic,
    magic_zero,
    certify,
    session_audit,
    extra_prefix,
    extra_tail,
    extra_empty,
    extra_shifted,
    extra_64,
    extra_33,
    unselected,
    permuted,
    bank_sha1,
    bank_sha384,
    no_selection,
    nothing_selected,
    select_0,
    select_2,
    select_4,
    select_255,
    two_banks,
    many_selections,
    length_20,
    length_31,
    length_33,
    values_23,
    values_25,
    value_changed,
    digest_other,
    trailing,
    truncated,
    signature_255,
    signature_257,
    signature_pss,
    signature_sha1,
    signature_garbage,
    signature_no_null,
    signature_above_modulus,
    signature_zero,
    message_flip,
    signer_owner,
    signer_unrestricted,
    signer_empty,
    signer_other_key,
    transplant_quote,
    transplant_hardware,
    transplant_same_key,
    clock_unsafe,
    clock_waived,
    safe_2,
];

const QUOTE: &str = "platforms.md, 15";
const PCRS: &str = "platforms.md, 16";

fn quote(id: &str, covers: &str, title: &str, check: &str, change: impl FnOnce(&mut Scene)) -> Case {
    let mut scene = Scene::azure();
    change(&mut scene);
    let clause = if check.contains("select") || check.contains("pcr") { PCRS } else { QUOTE };
    Case::new(id, covers, title, Expect::fails(check))
        .why("the quote is the TPM's own structure, read to its end, signed by the attestation key", clause)
        .bundle(&scene)
}

fn magic() -> Case {
    quote("az-snp/a01-magic", "A01", "a magic that is off by one", "az.quote.magic", |scene| {
        scene.az().quote.magic = 0xff54_4346;
    })
    .advisory("CVE-2024-29038")
}

fn magic_zero() -> Case {
    quote(
        "az-snp/a01-magic-zero",
        "A01",
        "bytes that the TPM signed for somebody else",
        "az.quote.magic",
        |scene| {
            scene.az().quote.magic = 0;
        },
    )
    .advisory("CVE-2024-29038")
}

fn kind(id: &str, title: &str, number: u16) -> Case {
    quote(id, "A01", title, "az.quote.type", |scene| scene.az().quote.kind = number)
}

fn certify() -> Case {
    kind("az-snp/a01-certify", "a certification (8017) with the bytes of a quote", 0x8017)
}

fn session_audit() -> Case {
    kind("az-snp/a01-nv-certify", "an NV certification (8014) with the bytes of a quote", 0x8014)
}

fn attested(id: &str, title: &str, check: &str, change: impl Fn(&mut Vec<u8>) + 'static) -> Case {
    let mut scene = Scene::azure();
    scene.nonce = [0x5a; 16];
    scene.change(Step::Attested, change);
    Case::new(id, "A02", title, Expect::fails(check))
        .why("extraData is exactly the attested bytes: never a beginning, never more", PCRS)
        .bundle(&scene)
}

fn extra_prefix() -> Case {
    attested("az-snp/a02-prefix", "the first 16 bytes of the digest", "binding.field", |bytes| {
        bytes.truncate(16);
    })
}

fn extra_tail() -> Case {
    attested("az-snp/a02-tail", "50 bytes with a tail that is not zero", "binding.field", |bytes| {
        bytes.extend([0, 1]);
    })
}

fn extra_empty() -> Case {
    attested("az-snp/a02-empty", "no extraData, as a genuine quote has it", "binding.field", Vec::clear)
}

fn extra_shifted() -> Case {
    attested("az-snp/a02-shifted", "the nonce before the digest", "binding.provenance_digest", |bytes| {
        bytes.rotate_left(32);
    })
}

fn extra_64() -> Case {
    attested("az-snp/a02-64", "64 bytes with a zero tail", "binding.field", |bytes| bytes.resize(64, 0))
}

fn extra_33() -> Case {
    attested("az-snp/a02-33", "the digest and one byte", "binding.field", |bytes| bytes.truncate(33))
}

fn selecting(id: &str, title: &str, check: &str, selections: Vec<Selection>) -> Case {
    quote(id, "A03", title, check, |scene| scene.az().quote.selections = selections)
}

fn of(bits: &[u8]) -> Vec<Selection> {
    vec![Selection { bits: bits.to_vec(), ..Selection::all() }]
}

fn bank(number: u16) -> Vec<Selection> {
    vec![Selection { bank: number, ..Selection::all() }]
}

fn unselected() -> Case {
    // All but PCR 9, whose value lies beside the quote as the policy wants it.
    selecting(
        "az-snp/a03-unselected",
        "a PCR that the quote does not select has the value of the policy",
        "machine.pcrs",
        of(&[0xff, 0xfd, 0xff]),
    )
    .advisory("CVE-2024-29039")
}

fn permuted() -> Case {
    quote("az-snp/a03-permuted", "A03", "two PCR values change places", "az.quote.pcr_digest", |scene| {
        let azure = scene.az();
        azure.quote.pcr_digest = Some(azure.quote.digest(&azure.pcrs));
        azure.pcrs.swap(3, 4);
    })
}

fn bank_sha1() -> Case {
    selecting(
        "az-snp/a03-sha1",
        "the SHA-1 bank, with values of 32 bytes",
        "az.quote.selection",
        bank(TPM_ALG_SHA1),
    )
}

fn bank_sha384() -> Case {
    selecting(
        "az-snp/a03-sha384",
        "the SHA-384 bank, with values of 32 bytes",
        "az.quote.selection",
        bank(TPM_ALG_SHA384),
    )
}

fn no_selection() -> Case {
    selecting("az-snp/a03-none", "no selection", "az.quote.selection", Vec::new())
}

fn nothing_selected() -> Case {
    selecting("az-snp/a03-empty", "a selection of no PCR", "az.quote.selected", of(&[0, 0, 0]))
}

fn select_0() -> Case {
    selecting("az-snp/a03-size-0", "a selection of 0 bytes", "az.quote.selection", of(&[]))
}

fn select_2() -> Case {
    selecting("az-snp/a03-size-2", "a selection of 2 bytes", "az.quote.selection", of(&[0xff; 2]))
}

fn select_4() -> Case {
    selecting("az-snp/a03-size-4", "a selection of 4 bytes", "az.quote.selection", of(&[0xff, 0xff, 0xff, 0]))
}

fn select_255() -> Case {
    selecting("az-snp/a03-size-255", "a selection of 255 bytes", "az.quote.selection", of(&[0; 255]))
}

fn two_banks() -> Case {
    let banks = [Selection::all(), Selection { bank: TPM_ALG_SHA1, ..Selection::all() }].to_vec();
    selecting("az-snp/a03-two-banks", "two banks", "az.quote.selection", banks)
}

fn many_selections() -> Case {
    selecting("az-snp/a03-5000", "5000 selections", "az.quote.structure", vec![Selection::all(); 5000])
        .advisory("Dstack-TEE/dstack#1267")
}

fn values(id: &str, title: &str, change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Case {
    quote(id, "A04", title, "az.quote.pcr_list", |scene| change(&mut scene.az().pcrs))
}

fn length_20() -> Case {
    values("az-snp/a04-20", "PCR values of 20 bytes", |pcrs| pcrs.iter_mut().for_each(|pcr| pcr.truncate(20)))
}

fn length_31() -> Case {
    values("az-snp/a04-31", "one PCR value of 31 bytes", |pcrs| pcrs[5].truncate(31))
}

fn length_33() -> Case {
    values("az-snp/a04-33", "one PCR value of 33 bytes", |pcrs| pcrs[5].push(0))
}

fn values_23() -> Case {
    values("az-snp/a04-23-values", "23 PCR values", |pcrs| pcrs.truncate(23))
}

fn values_25() -> Case {
    values("az-snp/a04-25-values", "25 PCR values", |pcrs| pcrs.push(vec![0; 32]))
}

fn value_changed() -> Case {
    quote("az-snp/a04-value", "A04 G01", "one bit of a PCR value", "az.quote.pcr_digest", |scene| {
        let azure = scene.az();
        azure.quote.pcr_digest = Some(azure.quote.digest(&azure.pcrs));
        azure.pcrs[7][31] ^= 1;
    })
}

fn digest_other() -> Case {
    quote("az-snp/a04-digest", "A04", "a digest over other values", "az.quote.pcr_digest", |scene| {
        scene.az().quote.pcr_digest = Some(vec![0x11; 32]);
    })
}

fn trailing() -> Case {
    quote(
        "az-snp/a05-trailing",
        "A05",
        "a byte after the quote, signed with it",
        "az.quote.structure",
        |scene| {
            scene.change(Step::Quote, |message| message.push(0));
        },
    )
}

fn truncated() -> Case {
    quote(
        "az-snp/a05-truncated",
        "A05 G02",
        "a quote without its last byte, signed as it is",
        "az.quote.structure",
        |scene| {
            scene.change(Step::Quote, |message| {
                message.pop();
            });
        },
    )
}

fn signed(id: &str, title: &str, check: &str, change: impl Fn(&mut Vec<u8>) + 'static) -> Case {
    quote(id, "A05", title, check, |scene| scene.change(Step::Signature, change))
}

/// The quote, signed in another way by the attestation key itself.
fn resigned(id: &str, title: &str, sign: impl Fn(&[u8]) -> Vec<u8> + 'static) -> Case {
    let mut scene = Scene::azure();
    let message = {
        let attested = scene.mint().attested;
        let azure = scene.az();
        azure.quote.message(&attested, &azure.pcrs)
    };
    scene.change(Step::Signature, move |signature| *signature = sign(&message));
    Case::new(id, "A05", title, Expect::fails("az.quote.signature"))
        .why("PKCS #1 v1.5 with SHA-256 is compared as a whole, never parsed", "RFC 8017, section 8.2.2")
        .bundle(&scene)
}

fn signature_255() -> Case {
    signed("az-snp/a05-255", "a signature of 255 bytes", "az.quote.signature_form", |signature| {
        signature.remove(0);
    })
}

fn signature_257() -> Case {
    signed("az-snp/a05-257", "a signature of 257 bytes", "az.quote.signature_form", |signature| {
        signature.insert(0, 0);
    })
}

fn signature_above_modulus() -> Case {
    signed(
        "az-snp/a05-above-modulus",
        "a signature that is not below the modulus",
        "az.quote.signature_form",
        |signature| {
            signature.fill(0xff);
        },
    )
}

fn signature_zero() -> Case {
    signed("az-snp/a05-zero", "a signature of zeros", "az.quote.signature", |signature| signature.fill(0))
}

fn signature_pss() -> Case {
    resigned("az-snp/a05-pss", "PSS in place of PKCS #1 v1.5", |message| {
        let scheme = Scheme::Pss { hash: Hash::Sha256, mask: Hash::Sha256, salt: 32, trailer: None };
        scheme.sign(&keys::AK, message)
    })
}

fn signature_sha1() -> Case {
    resigned("az-snp/a05-sha1", "a DigestInfo of SHA-1", |message| {
        Scheme::Pkcs1(Hash::Sha1).sign(&keys::AK, message)
    })
}

fn signature_garbage() -> Case {
    resigned("az-snp/a05-garbage", "a short padding and garbage after the DigestInfo", |message| {
        let info = digest_info(Hash::Sha256, message);
        let mut encoded = [&[0, 1], [0xff; 8].as_slice(), &[0], &info].concat();
        encoded.resize(256, 0x11);
        keys::AK.raw(&encoded)
    })
    .advisory("CVE-2006-4339")
}

fn signature_no_null() -> Case {
    resigned("az-snp/a05-no-null", "a DigestInfo without its NULL", |message| {
        let algorithm = crate::asn1::sequence([crate::asn1::oid("2.16.840.1.101.3.4.2.1")]);
        let digest = crate::asn1::octet_string(Hash::Sha256.digest(message));
        keys::AK.raw(&emsa_pkcs1(256, &crate::asn1::sequence([algorithm, digest])))
    })
}

fn message_flip() -> Case {
    quote("az-snp/a05-message", "A05 G01", "one bit of the quote's clock", "az.quote.signature", |scene| {
        scene.change(Step::QuoteAfter, |message| message[97] ^= 1);
    })
    .mutated_from("az-snp/ok-milan")
}

fn signer(id: &str, title: &str, name: Vec<u8>) -> Case {
    quote(id, "A08", title, "az.quote.signer", |scene| scene.az().quote.signer = name)
}

fn signer_owner() -> Case {
    let name = qualified_name(&keys::AK.modulus(), ATTRIBUTES, 0x4000_0001);
    signer("az-snp/a08-owner", "a key of the owner's hierarchy", name)
}

fn signer_unrestricted() -> Case {
    let name = qualified_name(&keys::AK.modulus(), ATTRIBUTES & !0x0001_0000, ENDORSEMENT_HIERARCHY);
    signer("az-snp/a08-unrestricted", "a key that is not restricted: it signs anything", name)
}

fn signer_empty() -> Case {
    signer("az-snp/a08-empty", "a quote that names no signer", Vec::new())
}

fn signer_other_key() -> Case {
    let name = qualified_name(&keys::AK_OTHER.modulus(), ATTRIBUTES, ENDORSEMENT_HIERARCHY);
    signer("az-snp/a08-other-key", "a quote that names another key", name)
}

fn transplant_quote() -> Case {
    quote("az-snp/a13-quote", "A13", "the quote of another machine's vTPM", "az.quote.signature", |scene| {
        scene.az().ak = &keys::AK_OTHER;
        scene.az().quote = crate::azure::Quote::by(&keys::AK_OTHER);
        scene.az().quote.reset_count = RESETS;
    })
    .advisory("CVE-2025-49707")
}

fn transplant_hardware() -> Case {
    quote(
        "az-snp/a13-hardware",
        "A13",
        "the blob of another machine around the own quote",
        "az.quote.signature",
        |scene| {
            scene.az().runtime = crate::azure::RuntimeData::sound(&keys::AK_OTHER);
        },
    )
}

fn transplant_same_key() -> Case {
    let mut other = Scene::azure();
    other.build.commit = "1".repeat(40);
    let other = other.mint().attested;
    let mut scene = Scene::azure();
    scene.change(Step::Attested, move |bytes| bytes.clone_from(&other));
    Case::new(
        "az-snp/a13-same-key",
        "A13 P09",
        "the quote of another build on the same machine",
        Expect::fails("binding.provenance_digest"),
    )
    .why(
        "report, key and PCRs are the same for every build of a machine; only extraData tells them apart",
        PCRS,
    )
    .bundle(&scene)
}

fn clock(id: &str, title: &str, expect: Expect) -> Case {
    let mut scene = Scene::azure();
    scene.az().quote.safe = 0;
    Case::new(id, "A12", title, expect)
        .why("after an unorderly shutdown the clock may have gone back", "platforms.md, 17")
        .bundle(&scene)
}

fn clock_unsafe() -> Case {
    clock("az-snp/a12-clock", "a clock that may have gone back", Expect::fails("az.quote.clock_safe"))
}

fn clock_waived() -> Case {
    clock("az-snp/a12-clock-waived", "the same, waived by its id", Expect::verified()).policy(|policy| {
        policy.waivers = Some(vec![kettle_verifier_core::policy::Waiver {
            id: "az.quote.clock_safe".into(),
            reason: "a test of waivers".into(),
        }]);
    })
}

fn safe_2() -> Case {
    quote("az-snp/a12-safe-2", "A12", "a `safe` that is neither yes nor no", "az.quote.structure", |scene| {
        scene.az().quote.safe = 2;
    })
}

/// Chosen so that the other machine's signature lies below this machine's modulus.
const RESETS: u32 = 3;
