//! The layout of quotes (adversarial.md, T01 to T04).

use super::tdx::{accepted, refused};
use crate::case::Case;
use crate::intel::Step;

cases![
    version_3,
    version_6,
    version_not_taken,
    sgx,
    key_type,
    vendor,
    reserved,
    too_small,
    too_large,
    body_kind,
    body_size,
    body_kind_of_other_size,
    body_truncated,
    signature_data_short,
    signature_data_long,
    signature_data_huge,
    certification_1,
    certification_4,
    certification_5,
    certification_6_in_6,
    certification_7_in_6,
    qe_data_short,
    qe_data_long,
    text_after,
    zeros_after,
    version_4,
    td15ex,
    evidence_unknown_field,
    evidence_no_quote,
    evidence_url_safe,
    gcp,
];

fn version_3() -> Case {
    refused("version-3", "T01", "a quote of version 3", "tdx.quote.version", |td| td.version = 3)
}

fn version_6() -> Case {
    refused("version-6", "T01", "a quote of version 6", "tdx.quote.version", |td| td.version = 6)
}

fn version_not_taken() -> Case {
    refused(
        "version-not-taken",
        "T01",
        "a version that the policy does not take",
        "tdx.quote.version",
        |_| {},
    )
    .td_policy(|policy| policy.tdx.get_or_insert_default().quote_versions = Some(vec![4]))
}

fn sgx() -> Case {
    refused("sgx", "T01", "a quote of an SGX enclave", "tdx.quote.tee_type", |td| {
        td.put(Step::Header, 4, &[0])
    })
}

fn key_type() -> Case {
    refused("key-type", "T01", "an attestation key of P-384", "tdx.quote.key_type", |td| {
        td.put(Step::Header, 2, &[3]);
    })
}

fn vendor() -> Case {
    refused("vendor", "T01", "a quoting enclave of another vendor", "tdx.quote.qe_vendor", |td| {
        td.flip(Step::Header, 27);
    })
}

fn reserved() -> Case {
    refused("reserved", "T01", "a reserved byte of the header", "tdx.quote.reserved", |td| {
        td.put(Step::Header, 11, &[1]);
    })
}

fn too_small() -> Case {
    refused("too-small", "T03", "a quote cut within its header", "tdx.quote.size", |td| {
        td.change(Step::Quote, |quote| quote.truncate(47));
    })
}

fn too_large() -> Case {
    refused("too-large", "T03", "a quote with more zeros than any buffer has", "tdx.quote.size", |td| {
        td.change(Step::Quote, |quote| quote.resize(128 * 1024 + 1, 0));
    })
}

fn body_kind() -> Case {
    refused("body-kind", "T02", "a body of an unknown kind", "tdx.quote.body", |td| {
        td.put(Step::Descriptor, 0, &[5]);
    })
}

fn body_size() -> Case {
    refused("body-size", "T02", "a body of a huge size", "tdx.quote.body", |td| {
        td.put(Step::Descriptor, 2, &[0xff; 4]);
    })
}

fn body_kind_of_other_size() -> Case {
    refused("body-kind-size", "T02", "TD 1.0's kind with TD 1.5's size", "tdx.quote.body", |td| {
        td.put(Step::Descriptor, 0, &[2]);
    })
}

fn body_truncated() -> Case {
    refused("body-truncated", "T02", "a quote cut within its body", "tdx.quote.body", |td| {
        td.change(Step::Quote, |quote| quote.truncate(600));
    })
}

const DATA: &str = "tdx.quote.signature_data";

/// Where the size of the signature data stands.
const SIZE: usize = 54 + 0x288;

fn signature_data_short() -> Case {
    refused("signature-data-short", "T03", "signature data one byte longer than its size", DATA, |td| {
        td.change(Step::Quote, |quote| quote[SIZE] = quote[SIZE].wrapping_sub(1));
    })
}

fn signature_data_long() -> Case {
    refused("signature-data-long", "T03", "signature data one byte shorter than its size", DATA, |td| {
        td.change(Step::Quote, |quote| quote[SIZE] = quote[SIZE].wrapping_add(1));
    })
}

fn signature_data_huge() -> Case {
    refused("signature-data-huge", "T03", "signature data of 4 GiB", DATA, |td| {
        td.put(Step::Quote, SIZE, &[0xff; 4]);
    })
}

fn certification_1() -> Case {
    refused("certification-1", "T04", "a plain PPID for certification", "tdx.quote.certification", |td| {
        td.certification.0 = 1;
    })
}

fn certification_4() -> Case {
    refused("certification-4", "T04", "a lone PCK certificate", "tdx.quote.chain_kind", |td| {
        td.certification.1 = 4;
    })
}

fn certification_5() -> Case {
    refused("certification-5", "T04", "a chain without a quoting enclave", "tdx.quote.certification", |td| {
        td.certification.0 = 5;
    })
}

fn certification_6_in_6() -> Case {
    refused(
        "certification-6-in-6",
        "T04",
        "a quoting enclave's data in another's",
        "tdx.quote.chain_kind",
        |td| {
            td.certification.1 = 6;
        },
    )
}

fn certification_7_in_6() -> Case {
    refused("certification-7-in-6", "T04", "a platform manifest", "tdx.quote.chain_kind", |td| {
        td.certification.1 = 7;
    })
}

fn qe_data_short() -> Case {
    refused("qe-data-short", "T03", "a chain cut short", "tdx.quote.qe_data", |td| {
        td.change(Step::QeData, |data| data.truncate(data.len() - 1));
    })
}

fn qe_data_long() -> Case {
    refused("qe-data-long", "T03", "a byte after the chain", "tdx.quote.qe_data", |td| {
        td.change(Step::QeData, |data| data.push(0));
    })
}

fn text_after() -> Case {
    refused("text-after", "T03", "text after the quote", "tdx.quote.tail", |td| {
        td.change(Step::Quote, |quote| quote.extend(b"\0\0extra"));
    })
}

fn zeros_after() -> Case {
    accepted("zeros-after", "T03", "the buffer that the quote was read into, 8192 bytes", |td| {
        td.change(Step::Quote, |quote| quote.resize(8192, 0));
    })
}

fn version_4() -> Case {
    accepted("version-4", "T01", "a quote of version 4, whose body is TD 1.0", |td| td.version = 4)
}

fn td15ex() -> Case {
    accepted("td15ex", "T02", "a body of TD 1.5-ex", |td| td.kind = 4)
}

const LAYOUT: &str = "tdx.evidence.layout";

fn evidence_unknown_field() -> Case {
    refused("evidence-unknown-field", "P11", "an unknown field of the evidence", LAYOUT, |td| {
        td.replace(Step::Envelope, r#""cc_eventlog":null"#, r#""cc_eventlog":null,"extra":1"#);
    })
}

fn evidence_no_quote() -> Case {
    refused("evidence-no-quote", "P11", "evidence without a quote", LAYOUT, |td| {
        td.change(Step::Envelope, |json| {
            *json = br#"{"platform":"tdx","evidence":{"cc_eventlog":null}}"#.to_vec()
        });
    })
}

fn evidence_url_safe() -> Case {
    refused("evidence-url-safe", "P11", "a quote in base64url", LAYOUT, |td| {
        td.change(Step::Envelope, |json| {
            let text = String::from_utf8(json.clone()).unwrap();
            let (quote, rest) = text.split_once(r#"","cc_eventlog"#).unwrap();
            *json =
                format!(r#"{}","cc_eventlog{rest}"#, quote.replace('/', "_").replace('+', "-")).into_bytes();
        });
    })
}

fn gcp() -> Case {
    accepted("gcp", "P04", "the label of Google's cloud, which proves nothing of it", |td| {
        td.label = "gcp-tdx".into();
    })
}
