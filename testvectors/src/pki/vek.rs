//! Endorsement certificates: VCEK and VLEK (AMD publication 57230).

use super::{Certificate, Extension, amd_name};
use crate::asn1;
use crate::keys::EcKey;
use crate::product::{Product, Tcb, VekKind};
use crate::signing::Scheme;

/// Product name.
pub const PRODUCT_NAME: &str = "1.3.6.1.4.1.3704.1.2";
/// Patch level of the boot loader.
pub const SPL_BOOTLOADER: &str = "1.3.6.1.4.1.3704.1.3.1";
/// Patch level of the TEE.
pub const SPL_TEE: &str = "1.3.6.1.4.1.3704.1.3.2";
/// Patch level of the SNP firmware.
pub const SPL_SNP: &str = "1.3.6.1.4.1.3704.1.3.3";
/// Patch level of the microcode.
pub const SPL_MICROCODE: &str = "1.3.6.1.4.1.3704.1.3.8";
/// Patch level of the FMC, Turin only.
pub const SPL_FMC: &str = "1.3.6.1.4.1.3704.1.3.9";
/// Hardware id, VCEK only.
pub const HWID: &str = "1.3.6.1.4.1.3704.1.4";
/// Cloud service provider, VLEK only.
pub const CSP_ID: &str = "1.3.6.1.4.1.3704.1.5";

const STRUCT_VERSION: &str = "1.3.6.1.4.1.3704.1.1";
const SPL_4: &str = "1.3.6.1.4.1.3704.1.3.4";
const SPL_5: &str = "1.3.6.1.4.1.3704.1.3.5";
const SPL_6: &str = "1.3.6.1.4.1.3704.1.3.6";
const SPL_7: &str = "1.3.6.1.4.1.3704.1.3.7";

/// An endorsement certificate before it is signed. `chip` is the chip id of a VCEK.
#[must_use]
pub fn vek(product: Product, kind: VekKind, tcb: Tcb, chip: &[u8; 64], key: &EcKey) -> Certificate {
    let (subject, not_after) = match kind {
        VekKind::Vcek => ("SEV-VCEK", "330115000000Z"),
        VekKind::Vlek => ("SEV-VLEK", "270115000000Z"),
    };
    Certificate {
        serial: vec![0],
        algorithm_der: Scheme::AMD.algorithm(),
        outer_algorithm_der: None,
        scheme: Scheme::AMD,
        issuer_der: amd_name(&product.signer_name(kind)),
        subject_der: amd_name(subject),
        not_before_der: asn1::utc_time("260115000000Z"),
        not_after_der: asn1::utc_time(not_after),
        spki_der: key.spki(),
        extensions: extensions(product, kind, tcb, chip),
    }
}

/// The extensions in AMD's own order, which is not that of their OIDs.
fn extensions(product: Product, kind: VekKind, tcb: Tcb, chip: &[u8; 64]) -> Vec<Extension> {
    let version = u8::from(product == Product::Turin);
    let mut list = vec![
        Extension::plain(STRUCT_VERSION, asn1::unsigned(&[version])),
        Extension::plain(PRODUCT_NAME, asn1::tlv(asn1::IA5_STRING, product_name(product, kind))),
    ];
    let spl = |oid: &str, level: u8| Extension::plain(oid, asn1::unsigned(&[level]));
    if product == Product::Turin {
        list.extend([
            spl(SPL_FMC, tcb.fmc.unwrap_or_default()),
            spl(SPL_BOOTLOADER, tcb.bootloader),
            spl(SPL_TEE, tcb.tee),
            spl(SPL_SNP, tcb.snp),
            spl(SPL_5, 0),
            spl(SPL_6, 0),
            spl(SPL_7, 0),
            spl(SPL_MICROCODE, tcb.microcode),
        ]);
    } else {
        list.extend([
            spl(SPL_BOOTLOADER, tcb.bootloader),
            spl(SPL_TEE, tcb.tee),
            spl(SPL_4, 0),
            spl(SPL_5, 0),
            spl(SPL_6, 0),
            spl(SPL_7, 0),
            spl(SPL_SNP, tcb.snp),
            spl(SPL_MICROCODE, tcb.microcode),
        ]);
    }
    list.push(match kind {
        VekKind::Vcek if product == Product::Turin => Extension::plain(HWID, chip[..8].to_vec()),
        VekKind::Vcek => Extension::plain(HWID, chip.to_vec()),
        VekKind::Vlek => Extension::plain(CSP_ID, asn1::tlv(asn1::IA5_STRING, "CN=cc-test-1.cloud.example")),
    });
    list
}

/// VCEKs of Milan carry a stepping, VLEKs do not.
fn product_name(product: Product, kind: VekKind) -> &'static str {
    match (product, kind) {
        (Product::Milan, VekKind::Vcek) => "Milan-B0",
        _ => product.name(),
    }
}
