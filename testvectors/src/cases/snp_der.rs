//! Certificates that are not canonical DER (adversarial.md, S15, S16, G02).

use crate::asn1;
use crate::case::{Case, Expect};
use crate::pki::{Extension, SPL_SNP};
use crate::scene::{Scene, Step};

cases![
    table_overflow,
    table_overlapping,
    table_unterminated,
    indefinite_length,
    length_not_minimal,
    boolean_one,
    boolean_false,
    signature_empty,
    signature_unused_bits,
    trailing,
    truncated,
    time_without_z,
    nested,
    serial_padded,
    two_certificates,
    pem,
    too_large,
    validity_reversed,
];

const DER: &str = "ITU-T X.690, section 10; RFC 5280, section 4.1";

fn changed(id: &str, covers: &str, title: &str, change: impl Fn(&mut Vec<u8>) + 'static) -> Case {
    let mut scene = Scene::snp();
    scene.change(Step::Vek, change);
    Case::new(id, covers, title, Expect::fails("snp.chain.vek_der"))
        .why("a certificate has one encoding, and anything else is refused before it is looked at", DER)
        .bundle(&scene)
}

/// A table as the SNP guest request returns it: GUID, offset, length, and zeros at its end.
fn table(entries: &[(u32, u32)], terminated: bool) -> Vec<u8> {
    let vcek_guid = crate::unhex("63da758de6644564adc5f4b93be8accd");
    let mut table = Vec::new();
    for (offset, length) in entries {
        table.extend(&vcek_guid);
        table.extend(offset.to_le_bytes());
        table.extend(length.to_le_bytes());
    }
    if terminated {
        table.extend([0; 24]);
    }
    table
}

fn table_overflow() -> Case {
    let id = "snp/s15-table-overflow";
    changed(id, "S15", "a certificate table whose offset and length overflow", |der| {
        *der = table(&[(0xffff_fff0, 0x20)], true);
    })
}

fn table_overlapping() -> Case {
    let id = "snp/s15-table-overlapping";
    changed(id, "S15", "a certificate table with two entries over the same bytes", |der| {
        let certificate = std::mem::take(der);
        let length = u32::try_from(certificate.len()).unwrap();
        *der = [table(&[(72, length), (72, length)], true), certificate].concat();
    })
}

fn table_unterminated() -> Case {
    let id = "snp/s15-table-unterminated";
    changed(id, "S15", "a certificate table without an end", |der| *der = table(&[(24, 0)], false))
}

fn indefinite_length() -> Case {
    changed("snp/s16-indefinite-length", "S16", "the certificate has an indefinite length", |der| {
        der.splice(1..4, [0x80]);
        der.extend([0, 0]);
    })
}

fn length_not_minimal() -> Case {
    changed("snp/s16-length-not-minimal", "S16", "the certificate's length has an octet too many", |der| {
        der[1] = 0x83;
        der.insert(2, 0);
    })
}

fn critical(id: &str, title: &str, octet: u8) -> Case {
    let mut scene = Scene::snp();
    scene.machine.vek.extension(SPL_SNP).critical = Some(octet);
    Case::new(id, "S16", title, Expect::fails("snp.chain.vek_der"))
        .why("TRUE is FF, and FALSE is a default that is left out", "ITU-T X.690, sections 11.1 and 11.5")
        .bundle(&scene)
}

fn boolean_one() -> Case {
    critical("snp/s16-boolean-one", "a BOOLEAN of 01", 1)
}

fn boolean_false() -> Case {
    critical("snp/s16-boolean-false", "a default that is spelt out", 0)
}

fn signature_empty() -> Case {
    let mut scene = Scene::snp();
    let vek = scene.machine.vek.clone();
    scene.change(Step::Vek, move |der| *der = vek.with_signature(&[]));
    Case::new(
        "snp/s16-signature-empty",
        "S16",
        "an empty signature",
        Expect::fails("snp.chain.vek_signature"),
    )
    .why("nothing is no signature", "RFC 8017, section 8.1.2")
    .bundle(&scene)
}

fn signature_unused_bits() -> Case {
    changed("snp/s16-unused-bits", "S16", "the signature says that seven of its bits are unused", |der| {
        let place = der.len() - 513;
        assert_eq!(der[place], 0);
        der[place] = 7;
        *der.last_mut().unwrap() &= 0x80;
    })
}

fn trailing() -> Case {
    changed("snp/s16-trailing", "S16", "a byte after the certificate", |der| der.push(0))
}

fn truncated() -> Case {
    changed("snp/s16-truncated", "S16 G02", "the certificate lacks its last byte", |der| {
        der.pop();
    })
}

fn time_without_z() -> Case {
    let mut scene = Scene::snp();
    scene.machine.vek.not_after_der = asn1::utc_time("330115000000");
    Case::new("snp/s16-time-without-z", "S16", "a time without its zone", Expect::fails("snp.chain.vek_der"))
        .why("UTCTime ends with Z", "RFC 5280, section 4.1.2.5.1")
        .bundle(&scene)
}

fn nested() -> Case {
    changed("snp/s16-nested", "S16", "99 SEQUENCEs inside each other", |der| {
        *der = (0..99).fold(asn1::null(), |inner, _| asn1::tlv(0x30, inner));
    })
}

fn serial_padded() -> Case {
    changed("snp/s16-serial-padded", "S16", "the serial number has an octet too many", |der| {
        // The serial number is the second element of the signed part.
        assert_eq!(der[13..16], [2, 1, 0]);
        der[14] = 2;
        der.insert(15, 0);
        for place in [2, 6] {
            let length = u16::from_be_bytes([der[place], der[place + 1]]) + 1;
            der[place..place + 2].copy_from_slice(&length.to_be_bytes());
        }
    })
}

fn two_certificates() -> Case {
    changed("snp/s16-two", "S16", "the certificate twice, one after the other", |der| *der = der.repeat(2))
}

fn pem() -> Case {
    changed("snp/s16-pem", "S16", "PEM in place of DER", |der| {
        *der = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_vec();
    })
}

fn too_large() -> Case {
    let mut scene = Scene::snp();
    scene.machine.vek.extensions.push(Extension::plain("1.3.6.1.4.1.311.1", vec![0; 9000]));
    Case::new(
        "snp/s16-too-large",
        "S16",
        "a certificate of more than 8 kB",
        Expect::fails("snp.chain.vek_der"),
    )
    .why("limits come before signatures", "platforms.md, 31")
    .bundle(&scene)
}

fn validity_reversed() -> Case {
    let mut scene = Scene::snp();
    scene.machine.vek.set_validity("330115000000Z", "260115000000Z");
    Case::new(
        "snp/s16-validity-reversed",
        "S16 S06",
        "a validity that ends before it begins",
        Expect::fails("snp.chain.vek_der"),
    )
    .why("no time lies in it", "RFC 5280, section 4.1.2.5")
    .bundle(&scene)
}
