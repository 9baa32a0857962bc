//! Genuine evidence from published packages (`real/NOTICE.md`), under the vendor's own roots.

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use kettle_verifier_core::policy::{PolicyDocument, Waiver};

use crate::case::{Case, Expect, Input};
use crate::intel;
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
    azure_td,
    azure_td_as_snp,
    azure_td_foreign_quote,
    tdx,
    tdx_named,
    tdx_extended,
    tdx_below_levels,
    tdx_other_collateral,
    enclave,
];

const VCEK: &[u8] = include_bytes!("../../real/sev-8.0.0/vcek_milan.der");
const HCL: &[u8] = include_bytes!("../../real/az-snp-vtpm-0.8.2/hcl-report-snp.bin");
const TD_HCL: &[u8] = include_bytes!("../../real/az-tdx-vtpm-0.8.2/hcl-report-tdx.bin");

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

/// The blob of a TD on Azure, with these members beside it.
fn td_blob(id: &str, covers: &str, title: &str, expect: Expect, label: &str, members: &str) -> Case {
    let blob = Base64UrlUnpadded::encode_string(TD_HCL);
    let evidence = format!(
        r#"{{"platform":"{label}","evidence":{{"version":1,"tpm_quote":null,"hcl_report":"{blob}",{members}}}}}"#
    );
    Case::new(id, covers, title, expect)
        .why("a TD on Azure made this blob", "platforms.md, 12 and 13")
        .evidence(evidence.into_bytes(), None)
        .pinned_roots()
        .real()
        .policy_file(Input::Shared(policies::EMPTY))
}

fn azure_td() -> Case {
    let expect = Expect::inconclusive("az.td_quote.present");
    let title = "a genuine blob of a TD without its TD quote";
    td_blob("real/az-tdx", "A07", title, expect, "az-tdx", r#""td_quote":null"#)
}

fn azure_td_as_snp() -> Case {
    let expect = Expect::fails("az.hcl.report_type");
    let title = "a genuine blob of a TD under `az-snp`";
    td_blob("real/az-tdx-as-snp", "A14", title, expect, "az-snp", r#""vcek":null"#)
}

/// A quote of the crate `dcap-qvl` with a piece of its collateral stapled to it.
fn stapled(id: &str, title: &str, expect: Expect, quote: &[u8], collateral: &str, now: &str) -> Case {
    let quote = Base64::encode_string(quote);
    let evidence = format!(
        r#"{{"platform":"tdx","evidence":{{"quote":"{quote}","cc_eventlog":null,"collateral":{collateral}}}}}"#
    );
    Case::new(id, "T13", title, expect)
        .why("an Intel machine made this quote, and Intel signed the collateral", "platforms.md, 19 to 25")
        .evidence(evidence.into_bytes(), None)
        .pinned_roots()
        .real()
        .policy_file(Input::Shared(policies::EMPTY))
        .now(now)
}

macro_rules! quote {
    ($name:literal) => {
        (
            include_bytes!(concat!("../../real/dcap-qvl-0.7.1/", $name)).as_slice(),
            include_str!(concat!("../../real/dcap-qvl-0.7.1/", $name, "_collateral.json")),
        )
    };
}

const JUNE_2025: &str = "2025-06-25T00:00:00Z";

fn td(id: &str, title: &str, expect: Expect) -> Case {
    let (bytes, collateral) = quote!("tdx_quote");
    stapled(id, title, expect, bytes, collateral, JUNE_2025)
}

fn tdx() -> Case {
    let expect = Expect::unpinned("machine.measurement");
    td("real/tdx", "a genuine quote of version 4 with collateral of its time", expect)
}

fn tdx_named() -> Case {
    let case = td("real/tdx-named", "the same quote, with its MRTD named", Expect::unpinned("machine.pcrs"));
    case.policy(|policy| {
        let mrtd = hex(&quote!("tdx_quote").0[48 + 0x88..48 + 0xb8]);
        let mut image = intel::policy().measurements.unwrap().remove(0);
        (image.launch_digest, image.rtmrs) = (mrtd, None);
        policy.measurements = Some(vec![image]);
        policy.source = None;
    })
}

fn tdx_extended() -> Case {
    let (bytes, collateral) = quote!("tdx_quote_td15ex");
    let title = "a genuine quote of version 5 with the longest body";
    let expect = Expect::unpinned("machine.measurement");
    stapled("real/tdx-15ex", title, expect, bytes, collateral, "2026-10-20T00:00:00Z")
}

fn tdx_below_levels() -> Case {
    let (bytes, collateral) = quote!("tdx_quote_outdated");
    let title = "a genuine quote of a platform below every level that Intel lists";
    let expect = Expect::fails("tdx.tcb.level");
    stapled("real/tdx-below-levels", title, expect, bytes, collateral, "2026-03-01T00:00:00Z")
}

fn tdx_other_collateral() -> Case {
    let (bytes, collateral) = (quote!("tdx_quote").0, quote!("tdx_quote_outdated").1);
    let title = "a genuine quote with genuine collateral of another platform";
    let expect = Expect::fails("tdx.tcb.platform");
    stapled("real/tdx-other-collateral", title, expect, bytes, collateral, "2026-03-01T00:00:00Z")
}

fn enclave() -> Case {
    let (bytes, collateral) = quote!("sgx_quote");
    let expect = Expect::fails("tdx.quote.version");
    stapled(
        "real/sgx",
        "a genuine quote of an SGX enclave in a TD's place",
        expect,
        bytes,
        collateral,
        JUNE_2025,
    )
}

fn azure_td_foreign_quote() -> Case {
    let (quote, collateral) = quote!("tdx_quote");
    let quote = Base64UrlUnpadded::encode_string(quote);
    let members = format!(r#""td_quote":"{quote}","collateral":{}"#, collateral.trim());
    let expect = Expect::fails("az.td_report.quoted");
    let title = "a genuine blob of a TD with another machine's genuine TD quote";
    td_blob("real/az-tdx-foreign-quote", "A13", title, expect, "az-tdx", &members).now(JUNE_2025)
}
