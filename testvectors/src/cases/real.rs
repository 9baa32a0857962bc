//! Genuine evidence from published packages (`real/NOTICE.md`), under the vendor's own roots.

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use kettle_verifier_core::policy::{PolicyDocument, Waiver};

use crate::case::{Case, Expect, Input};
use crate::policies;
use crate::{hex, unhex};

cases![
    milan_version,
    milan_firmware,
    milan_waived,
    milan_measurement,
    milan_report_data,
    milan_flipped,
    milan_before,
    milan_test_roots,
    milan_beside_test_roots,
    azure_without_vcek,
    azure_foreign_vcek,
];

const VCEK: &[u8] = include_bytes!("../../real/sev-8.0.0/vcek_milan.der");
const HCL: &[u8] = include_bytes!("../../real/az-snp-vtpm-0.8.2/hcl-report-snp.bin");

fn report() -> Vec<u8> {
    unhex(include_str!("../../real/sev-8.0.0/report_milan.hex").trim())
}

fn milan(id: &str, title: &str, expect: Expect, report: &[u8]) -> Case {
    let (report_text, vcek) = (Base64::encode_string(report), Base64::encode_string(VCEK));
    let chain = format!(r#"{{"vcek":"{vcek}","ask":null,"ark":null}}"#);
    let evidence = format!(
        r#"{{"platform":"snp","evidence":{{"attestation_report":"{report_text}","cert_chain":{chain}}}}}"#
    );
    Case::new(id, "G03", title, expect)
        .why("a Milan machine of 2023 made this report", "platforms.md, SEV-SNP")
        .evidence(evidence.into_bytes(), Some(&hex(&self::report()[0x50..0x90])))
        .pinned_roots()
        .real()
        .policy_file(Input::Shared(policies::EMPTY))
}

/// A policy that takes version 2, and firmware below the floor where it is waived.
fn old(policy: &mut PolicyDocument, waived: bool) {
    policy.measurements = None;
    policy.source = None;
    policy.snp.get_or_insert_default().report_versions = Some(vec![2, 3, 4, 5]);
    let waiver = Waiver { id: "snp.tcb.firmware_floor".into(), reason: "a capture of 2023".into() };
    policy.waivers = waived.then(|| vec![waiver]);
}

fn milan_version() -> Case {
    milan("real/milan", "a genuine report of version 2", Expect::fails("snp.report.version"), &report())
}

fn milan_firmware() -> Case {
    let expect = Expect::fails("snp.tcb.firmware_floor");
    milan("real/milan-firmware", "the same, where the policy takes version 2", expect, &report())
        .advisory("AMD-SB-3015")
        .advisory("AMD-SB-3019")
        .policy(|policy| old(policy, false))
}

fn milan_waived() -> Case {
    let expect = Expect::unpinned("machine.measurement");
    milan("real/milan-waived", "the same, with the firmware's floor waived", expect, &report())
        .policy(|policy| old(policy, true))
}

fn milan_measurement() -> Case {
    let expect = Expect::unpinned("");
    milan("real/milan-named", "the same, with its launch digest named", expect, &report()).policy(|policy| {
        let digest = hex(&report()[0x90..0xc0]);
        let mut images = policy.measurements.take().unwrap();
        images.truncate(1);
        images[0].launch_digest = digest;
        old(policy, true);
        policy.measurements = Some(images);
    })
}

fn milan_report_data() -> Case {
    let mut case = milan(
        "real/milan-report-data",
        "a genuine report with other report data than expected",
        Expect::fails("binding.report_data"),
        &report(),
    )
    .policy(|policy| old(policy, true));
    case.document.report_data = "00".repeat(64);
    case
}

fn milan_flipped() -> Case {
    let mut changed = report();
    changed[0x90] ^= 1;
    let expect = Expect::fails("snp.report.signature");
    milan("real/milan-flipped", "one bit of its launch digest", expect, &changed)
        .policy(|policy| old(policy, true))
        .mutated_from("real/milan-waived")
}

fn milan_before() -> Case {
    let expect = Expect::fails("snp.chain.vek_validity");
    milan("real/milan-before", "appraised as of a time before its VCEK", expect, &report())
        .policy(|policy| old(policy, true))
        .now("2023-04-03T19:23:42Z")
}

fn milan_test_roots() -> Case {
    let case = milan(
        "real/milan-test-roots",
        "genuine evidence where only the roots of a test are trusted",
        Expect::fails("snp.chain.vek_signature"),
        &report(),
    );
    case.policy(|policy| old(policy, true)).trust_root(|_| {})
}

fn milan_beside_test_roots() -> Case {
    let case = milan(
        "real/milan-beside-test-roots",
        "genuine evidence where the roots of a test stand beside the vendor's",
        Expect::unpinned("machine.measurement"),
        &report(),
    );
    case.policy(|policy| old(policy, true)).trust_root(|file| file.mode = "extend".into())
}

fn azure(id: &str, title: &str, expect: Expect, vcek: &str) -> Case {
    let blob = Base64UrlUnpadded::encode_string(HCL);
    let evidence = format!(
        r#"{{"platform":"az-snp","evidence":{{"version":1,"tpm_quote":null,"hcl_report":"{blob}","vcek":{vcek}}}}}"#
    );
    Case::new(id, "A07", title, expect)
        .why("an Azure machine of 2022 made this blob", "platforms.md, 12")
        .evidence(evidence.into_bytes(), None)
        .pinned_roots()
        .real()
        .policy_file(Input::Shared(policies::EMPTY))
}

fn azure_without_vcek() -> Case {
    azure(
        "real/azure",
        "a genuine blob without its VCEK",
        Expect::inconclusive("snp.chain.vek_present"),
        "null",
    )
}

fn azure_foreign_vcek() -> Case {
    let vcek = format!(r#""{}""#, Base64UrlUnpadded::encode_string(VCEK));
    let expect = Expect::fails("snp.report.signature");
    azure("real/azure-foreign-vcek", "a genuine blob with another machine's VCEK", expect, &vcek)
}
