//! The quoting enclave and the signatures (adversarial.md, T08, T21, T22).

use super::tdx::{accepted, refused};
use crate::case::Case;
use crate::intel::{ORDER, Step, negate};

cases![
    qe_report_flip,
    qe_signature_flip,
    qe_other_key,
    qe_other_data,
    qe_data_tail,
    qe_debug,
    authentication_empty,
    authentication_long,
    attestation_key_other,
    attestation_key_off_curve,
    attestation_key_zero,
    header_flip,
    body_flip,
    signature_r_zero,
    signature_s_zero,
    signature_order,
    signature_high_s,
    qe_signature_high_s,
];

const QE_SIGNATURE: &str = "tdx.qe.report_signature";
const QE_DATA: &str = "tdx.qe.report_data";
const SIGNATURE: &str = "tdx.quote.signature";

fn qe_report_flip() -> Case {
    refused("qe-report-flip", "T08", "a changed bit of the quoting enclave's report", QE_SIGNATURE, |td| {
        td.flip(Step::QeReportAfter, 0x41);
    })
}

fn qe_signature_flip() -> Case {
    refused("qe-signature-flip", "T08", "a changed bit of its signature", QE_SIGNATURE, |td| {
        td.flip(Step::QeSignature, 40);
    })
}

fn qe_other_key() -> Case {
    refused("qe-other-key", "T08", "a quoting enclave of another processor", QE_SIGNATURE, |td| {
        let stranger = crate::intel::P256Key::named("another processor");
        td.pck.spki_der = stranger.spki();
    })
}

fn qe_other_data() -> Case {
    refused("qe-report-data", "T08", "a quoting enclave that names another key", QE_DATA, |td| {
        td.put(Step::QeReport, 0x140, &[7; 32]);
    })
}

fn qe_data_tail() -> Case {
    refused("qe-report-data-tail", "T08", "report data with bytes after the hash", QE_DATA, |td| {
        td.put(Step::QeReport, 0x17f, &[1]);
    })
}

fn qe_debug() -> Case {
    refused("qe-debug", "T08", "a quoting enclave that can be debugged", "tdx.qe.debug", |td| {
        td.put(Step::QeReport, 0x30, &[0x17]);
    })
}

fn authentication_empty() -> Case {
    accepted("authentication-empty", "T08", "no authentication data", |td| td.authentication_data.clear())
}

fn authentication_long() -> Case {
    accepted("authentication-long", "T08", "authentication data of 65,535 bytes", |td| {
        td.authentication_data = vec![0xad; 65_535];
    })
}

fn attestation_key_other() -> Case {
    refused("attestation-key-other", "T08", "another attestation key than the enclave's", QE_DATA, |td| {
        let key = crate::intel::P256Key::named("another enclave").point();
        td.put(Step::AttestationKey, 0, &key);
    })
}

/// A key of raw bytes that the quoting enclave names nevertheless.
fn named_key(id: &str, title: &str, point: [u8; 64]) -> Case {
    let mut td = crate::intel::Td::sound();
    td.put(Step::AttestationKey, 0, &point);
    let hash = crate::signing::Hash::Sha256.digest(&[point.as_slice(), &td.authentication_data].concat());
    td.put(Step::QeReport, 0x140, &hash);
    refused(id, "T21", title, "tdx.quote.attestation_key", |_| {}).td(&td)
}

fn attestation_key_off_curve() -> Case {
    named_key("attestation-key-off-curve", "an attestation key beside the curve", [7; 64])
}

fn attestation_key_zero() -> Case {
    named_key("attestation-key-zero", "an attestation key of zeros", [0; 64])
}

fn header_flip() -> Case {
    refused("header-flip", "T08", "a changed bit of the header's user data", SIGNATURE, |td| {
        td.flip(Step::Quote, 30);
    })
}

fn body_flip() -> Case {
    refused("body-flip", "T08", "a changed bit of MRTD", SIGNATURE, |td| td.flip(Step::Quote, 54 + 0x88))
}

fn signature_r_zero() -> Case {
    refused("signature-r-zero", "T22", "a signature whose r is zero", SIGNATURE, |td| {
        td.put(Step::Signature, 0, &[0; 32]);
    })
}

fn signature_s_zero() -> Case {
    refused("signature-s-zero", "T22", "a signature whose s is zero", SIGNATURE, |td| {
        td.put(Step::Signature, 32, &[0; 32]);
    })
}

fn signature_order() -> Case {
    refused("signature-order", "T22", "a signature whose r is the order", SIGNATURE, |td| {
        td.put(Step::Signature, 0, &ORDER);
    })
}

fn signature_high_s() -> Case {
    accepted(
        "signature-other-half",
        "T22",
        "the other half of a signature, one of which has a high s",
        |td| {
            td.change(Step::Signature, |signature| {
                let s = negate(&signature[32..]);
                signature[32..].copy_from_slice(&s);
            });
        },
    )
}

fn qe_signature_high_s() -> Case {
    accepted("qe-signature-other-half", "T22", "the other half of the quoting enclave's signature", |td| {
        td.change(Step::QeSignature, |signature| {
            let s = negate(&signature[32..]);
            signature[32..].copy_from_slice(&s);
        });
    })
}
