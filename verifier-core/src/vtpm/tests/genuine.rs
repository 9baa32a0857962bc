//! Genuine evidence of Azure machines, without the inner layer.

use alloc::format;
use alloc::string::String;

use base64ct::{Base64, Encoding};

use crate::policy::Policy;
use crate::text::hex;
use crate::vectors::bytes;
use crate::verdict::Status;
use crate::vtpm::evidence::{Given, GivenQuote};
use crate::vtpm::hcl::ReportType;
use crate::vtpm::testing::{capture, given, hcl, jwk, run, run_with, runtime};

const SNP: [(&str, &str); 8] = [
    (
        "az-snp/coco-trustee/evidence-genoa.json",
        "0218488bae25d2509232bf676f1a66a30d7372add909109b36016ef136f2938ca05475f8b46094de6b64270ea35d950f",
    ),
    ("az-snp/coco-trustee/evidence-v0.json", "6368616c6c656e6765"),
    ("az-snp/coco-trustee/evidence-v1.json", "6368616c6c656e6765"),
    (
        "az-snp/coco-trustee/evidence-v2.json",
        "982f5c6e45df0ed3f10b6f60b02f0c8390e281300f3805e2279c16168cd6ae9aa398f647caa2338748cd0fd9f5f819ef",
    ),
    ("az-snp/lunal-attestation-rs/evidence-v1.json", "6368616c6c656e6765"),
    ("az-snp/lunal-attestation-rs/live-evidence.json", "6174746573746174696f6e2d746573742d66697874757265"),
    (
        "kettle/lunal-kettle/fixtures/ripgrep/evidence.json",
        "0672eef25d413c0c0326447e3a0a0635d4b2052c0e3a6abd46e042a9b1aed296",
    ),
    (
        "kettle/confidentialdotai-kettle/fixtures/ripgrep/evidence.json",
        "470ee13df2b2421b6961b602ae7a2f652b0a076d17204c8fc907a8162b220e6a000000000000000000000000000000000000",
    ),
];

const TDX: [&str; 3] = [
    "az-tdx/coco-trustee/evidence-v0.json",
    "az-tdx/coco-trustee/evidence-v1.json",
    "az-tdx/lunal-attestation-rs/live-evidence.json",
];

const KETTLE: &str = "kettle/lunal-kettle/fixtures";

/// A quote as one tool stores it: each list after its length in 8 little-endian bytes.
fn stored_quote(bytes: &[u8]) -> GivenQuote {
    let list = |at: usize| {
        let size = usize::try_from(u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())).unwrap();
        bytes[at + 8..at + 8 + size].to_vec()
    };
    let signature = list(0);
    let message = list(8 + signature.len());
    let pcrs = bytes[bytes.len() - 24 * 32..].chunks(32).map(<[u8]>::to_vec).collect();
    GivenQuote { signature, message, pcrs }
}

#[test]
fn genuine_snp_machines_pass() {
    for (path, extra_data) in SNP {
        let Some(given) = capture(path) else { continue };
        let ran = run(&given);
        assert_eq!(ran.failure(), None, "{path}");
        assert_eq!(hex(ran.attested.unwrap().field()), extra_data, "{path}");
    }
}

#[test]
fn genuine_tdx_machines_pass() {
    for path in TDX {
        let Some(given) = capture(path) else { continue };
        let ran = run_with(&given, ReportType::Tdx, &Policy::default());
        assert_eq!(ran.failure(), None, "{path}");
        assert_eq!(run(&given).failure(), Some("az.hcl.report_type"), "{path}");
    }
}

#[test]
fn an_old_blob_alone_is_undecided_and_not_refused() {
    let Some(hcl_report) = bytes("az-snp/azure-cvm-tooling/hcl-report-snp.bin") else { return };
    assert_eq!(hcl_report.len(), 2048);
    let ran = run(&Given { quote: None, hcl_report, endorsement: None });
    assert_eq!(ran.failure(), None);
    assert_eq!(ran.status("az.quote.present"), Status::Inconclusive);
    assert_eq!(ran.claim("azure.vm_unique_id"), Some("BAEFD3E1-184B-4C4C-AB88-0BDAD260505F"));
    assert_eq!(ran.claim("azure.user_data"), None);
}

#[test]
fn a_sample_whose_runtime_data_was_changed_is_refused() {
    let Some(hcl_report) = bytes("az-snp/ms-cvm-guest-attestation/ClientLibTests-hcl.bin") else { return };
    let ran = run(&Given { quote: None, hcl_report, endorsement: None });
    assert_eq!(ran.failure(), Some("az.runtime.digest"));
}

#[test]
fn a_quote_stored_with_its_key_alone_has_the_name_of_that_key() {
    let Some(pem) = bytes("az-snp/azure-cvm-tooling/akpub.pem") else { return };
    let quote = stored_quote(&bytes("az-snp/azure-cvm-tooling/quote.bin").unwrap());
    let text = String::from_utf8(pem).unwrap();
    let spki = Base64::decode_vec(&text.split("-----").nth(2).unwrap().replace('\n', "")).unwrap();
    let key = jwk("HCLAkPub", "sign", &spki[33..289]);
    let ran = run(&Given { hcl_report: hcl(runtime(&key).as_bytes()), ..given(quote) });
    assert_eq!(ran.failure(), None);
    assert_eq!(ran.claim("vtpm.ak_sha256"), Some(hex(&crate::crypto::sha256(&spki)).as_str()));
}

#[test]
fn quotes_of_another_boot_are_refused() {
    let read = |name: &str| bytes(&format!("az-snp/coco-trustee/{name}"));
    let Some(hcl_report) = read("hcl-report.bin") else { return };
    let one = |quote| run(&Given { quote: Some(quote), hcl_report: hcl_report.clone(), endorsement: None });
    let matching = stored_quote(&read("quote.bin").unwrap());
    let pcrs = matching.pcrs.clone();
    assert_eq!(one(matching).failure(), None);
    let (message, signature) = (read("tpm-quote.msg").unwrap(), read("tpm-quote.sig").unwrap());
    let older = GivenQuote { message, signature, pcrs };
    assert_eq!(one(older).failure(), Some("az.quote.signature"));
}

#[test]
fn transplanted_quotes_pass_only_where_the_machine_is_the_same() {
    let build = |name: &str| capture(&format!("{KETTLE}/{name}/evidence.json"));
    let Some((ripgrep, alejandra)) = build("ripgrep").zip(build("alejandra")) else { return };
    // One machine made both builds, so only the attested bytes tell them apart.
    let same = run(&Given { quote: alejandra.quote, ..ripgrep });
    let attested = same.attested.unwrap();
    assert_eq!(hex(attested.field())[..16], *"355ef0b891ee0a12");
    let live = capture("az-snp/lunal-attestation-rs/live-evidence.json").unwrap();
    let other = run(&Given { quote: live.quote, ..build("ripgrep").unwrap() });
    assert_eq!(other.failure(), Some("az.quote.signature"));
}
