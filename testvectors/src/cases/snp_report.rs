//! Reports that are damaged, forged or not of this format (adversarial.md, S20 to S26, S31, S32).

use crate::case::{Case, Expect};
use crate::keys::{EcKey, P384_ORDER};
use crate::pki::SPL_MICROCODE;
use crate::product::{Product, VekKind};
use crate::report::{SIGNED, offset};
use crate::scene::{Scene, Step};

cases![
    size_1183,
    size_1185,
    size_0,
    version_0,
    version_1,
    version_6,
    version_huge,
    version_2_unasked,
    version_2_cpuid,
    flip_first,
    flip_measurement,
    flip_report_data,
    flip_last_signed,
    flip_r,
    flip_s,
    other_key,
    padding_r,
    padding_s,
    padding_tail,
    padding_last,
    r_zero,
    s_zero,
    r_order,
    big_endian,
    r_s_swapped,
    algorithm_0,
    algorithm_2,
    reserved_flags,
    reserved_4c,
    reserved_18b,
    reserved_1eb,
    reserved_1ef,
    reserved_208,
    reserved_last,
    reserved_vectors,
    reserved_tcb,
    turin_as_milan,
    milan_as_turin,
    level_above_127,
    unknown_milan_model,
    unknown_turin_model,
    unknown_family,
];

const LAYOUT: &str = "platforms.md, 6";

fn case(id: &str, covers: &str, title: &str, check: &str, scene: &Scene) -> Case {
    Case::new(id, covers, title, Expect::fails(check))
        .why("the report is 1184 bytes of one layout, signed by the processor's key", LAYOUT)
        .bundle(scene)
}

/// A report with other bytes before it is signed.
fn said(id: &str, covers: &str, title: &str, check: &str, place: usize, bytes: &[u8]) -> Case {
    let mut scene = Scene::snp();
    scene.machine.report.put(place, bytes);
    case(id, covers, title, check, &scene)
}

/// A report with other bytes after it was signed.
fn damaged(
    id: &str,
    covers: &str,
    title: &str,
    check: &str,
    change: impl Fn(&mut Vec<u8>) + 'static,
) -> Case {
    let mut scene = Scene::snp();
    scene.change(Step::Report, change);
    case(id, covers, title, check, &scene)
}

fn size_1183() -> Case {
    damaged("snp/s20-1183", "S20 G02", "a report of 1183 bytes", "snp.report.size", |report| {
        report.pop();
    })
}

fn size_1185() -> Case {
    damaged("snp/s20-1185", "S20", "a report of 1185 bytes", "snp.report.size", |report| report.push(0))
}

fn size_0() -> Case {
    damaged("snp/s20-empty", "S20 G02", "an empty report", "snp.report.size", Vec::clear)
}

fn version(id: &str, title: &str, version: u32) -> Case {
    said(id, "S21", title, "snp.report.version", offset::VERSION, &version.to_le_bytes())
}

fn version_0() -> Case {
    version("snp/s21-version-0", "a report of version 0", 0).advisory("project-oak fake platform")
}

fn version_1() -> Case {
    version("snp/s21-version-1", "a report of version 1", 1)
}

fn version_6() -> Case {
    version("snp/s21-version-6", "a report of version 6, which nobody knows", 6)
}

fn version_huge() -> Case {
    version("snp/s21-version-huge", "a report of version 0x80000003", 0x8000_0003)
}

fn version_2_unasked() -> Case {
    version("snp/s21-version-2", "a report of version 2 where the policy does not name it", 2)
}

fn version_2_cpuid() -> Case {
    let mut scene = Scene::snp();
    scene.machine.report.put_u32(offset::VERSION, 2);
    case(
        "snp/s21-version-2-cpuid",
        "S21 S26",
        "a report of version 2 that names its processor",
        "snp.report.reserved",
        &scene,
    )
    .policy(|policy| policy.snp.get_or_insert_default().report_versions = Some(vec![2, 3]))
}

fn flip(id: &str, title: &str, place: usize) -> Case {
    damaged(id, "S22 G01", title, "snp.report.signature", move |report| report[place] ^= 1)
        .mutated_from("snp/ok-milan")
}

fn flip_first() -> Case {
    flip("snp/s22-guest-svn", "one bit of the guest's security version", 4)
}

fn flip_measurement() -> Case {
    flip("snp/s22-measurement", "one bit of the launch digest", offset::MEASUREMENT)
}

fn flip_report_data() -> Case {
    flip("snp/s22-report-data", "one bit of the report data", offset::REPORT_DATA + 31)
}

fn flip_last_signed() -> Case {
    flip("snp/s22-last-byte", "one bit of the last signed byte", SIGNED - 1)
}

fn flip_r() -> Case {
    flip("snp/s22-r", "one bit of r", offset::R)
}

fn flip_s() -> Case {
    flip("snp/s22-s", "one bit of s", offset::S + 47)
}

fn other_key() -> Case {
    let mut scene = Scene::snp();
    scene.machine.key = EcKey::named("an attacker's");
    case("snp/s22-other-key", "S22 P08", "another key signed the report", "snp.report.signature", &scene)
}

fn padding(id: &str, title: &str, place: usize) -> Case {
    damaged(id, "S23", title, "snp.report.signature_padding", move |report| report[place] = 1)
        .advisory("microsoft/TEE-Attestation-Verification#141")
}

fn padding_r() -> Case {
    padding("snp/s23-r", "a byte above the 48 of r", offset::R + 48)
}

fn padding_s() -> Case {
    padding("snp/s23-s", "a byte above the 48 of s", offset::S + 71)
}

fn padding_tail() -> Case {
    padding("snp/s23-tail", "a byte after the signature", offset::TAIL)
}

fn padding_last() -> Case {
    padding("snp/s23-last", "the report's last byte", 1183)
}

fn signature(id: &str, title: &str, change: impl Fn(&mut Vec<u8>) + 'static) -> Case {
    damaged(id, "S24", title, "snp.report.signature", change)
}

fn r_zero() -> Case {
    signature("snp/s24-r-zero", "r is zero", |report| report[offset::R..offset::R + 48].fill(0))
}

fn s_zero() -> Case {
    signature("snp/s24-s-zero", "s is zero", |report| report[offset::S..offset::S + 48].fill(0))
}

fn r_order() -> Case {
    signature("snp/s24-r-order", "r is the order of the group", |report| {
        let mut order = P384_ORDER;
        order.reverse();
        report[offset::R..offset::R + 48].copy_from_slice(&order);
    })
}

fn big_endian() -> Case {
    signature("snp/s24-big-endian", "r and s are big-endian", |report| {
        report[offset::R..offset::R + 48].reverse();
        report[offset::S..offset::S + 48].reverse();
    })
}

fn r_s_swapped() -> Case {
    signature("snp/s24-swapped", "r and s change places", |report| {
        let r = report[offset::R..offset::S].to_vec();
        report.copy_within(offset::S..offset::TAIL, offset::R);
        report[offset::S..offset::TAIL].copy_from_slice(&r);
    })
}

fn algorithm(id: &str, title: &str, number: u32) -> Case {
    let check = "snp.report.signature_algorithm";
    said(id, "S25", title, check, offset::SIGNATURE_ALGO, &number.to_le_bytes())
}

fn algorithm_0() -> Case {
    algorithm("snp/s25-algorithm-0", "signature algorithm 0: none", 0)
}

fn algorithm_2() -> Case {
    algorithm("snp/s25-algorithm-2", "signature algorithm 2: reserved", 2)
}

fn reserved(id: &str, title: &str, place: usize) -> Case {
    said(id, "S26", title, "snp.report.reserved", place, &[0x80])
}

fn reserved_flags() -> Case {
    reserved("snp/s26-flags", "a reserved bit beside SIGNING_KEY", offset::FLAGS + 3)
}

fn reserved_4c() -> Case {
    reserved("snp/s26-4c", "a reserved byte before the report data", 0x4c)
}

fn reserved_18b() -> Case {
    reserved("snp/s26-18b", "a reserved byte after the processor's stepping", 0x18b)
}

fn reserved_1eb() -> Case {
    reserved("snp/s26-1eb", "a reserved byte after the current firmware version", 0x1eb)
}

fn reserved_1ef() -> Case {
    reserved("snp/s26-1ef", "a reserved byte after the committed firmware version", 0x1ef)
}

fn reserved_208() -> Case {
    reserved("snp/s26-208", "a reserved byte after the mitigation vectors", 0x208)
}

fn reserved_last() -> Case {
    reserved("snp/s26-last", "the last reserved byte", SIGNED - 1)
}

fn reserved_vectors() -> Case {
    reserved("snp/s26-vectors", "mitigation vectors in a report of version 3, which has none", 0x1f8)
}

fn reserved_tcb() -> Case {
    reserved("snp/s26-tcb", "a reserved byte of the current patch levels", offset::CURRENT_TCB + 3)
}

fn layout_of(id: &str, title: &str, product: Product, tcb: [u8; 8]) -> Case {
    let mut scene = Scene::on(product, VekKind::Vcek);
    for place in [offset::CURRENT_TCB, offset::REPORTED_TCB, offset::COMMITTED_TCB, offset::LAUNCH_TCB] {
        scene.machine.report.put(place, &tcb);
    }
    case(id, "S31", title, "snp.report.reserved", &scene).advisory("virtee/sev#98")
}

fn turin_as_milan() -> Case {
    layout_of(
        "snp/s31-turin-as-milan",
        "a Turin report with patch levels in Milan's layout",
        Product::Turin,
        [1, 1, 0, 0, 0, 0, 4, 0x51],
    )
}

fn milan_as_turin() -> Case {
    layout_of(
        "snp/s31-milan-as-turin",
        "a Milan report with patch levels in Turin's layout",
        Product::Milan,
        [0, 4, 0, 0x18, 0, 0, 0, 0xdb],
    )
}

fn level_above_127() -> Case {
    let mut scene = Scene::snp();
    scene.machine.vek.extension(SPL_MICROCODE).value = vec![2, 2, 0, 0xd9];
    case(
        "snp/s32-above-127",
        "S32 S30",
        "the certificate is for microcode D9, the report says DB",
        "snp.report.reported_tcb",
        &scene,
    )
    .advisory("go-sev-guest ComposeTCBParts")
}

fn cpuid(id: &str, title: &str, cpuid: [u8; 3]) -> Case {
    said(id, "S35", title, "snp.chain.generation", offset::CPUID, &cpuid)
}

fn unknown_milan_model() -> Case {
    cpuid("snp/s35-model-20", "family 19, model 20: no EPYC that anybody knows", [0x19, 0x20, 0])
}

fn unknown_turin_model() -> Case {
    cpuid("snp/s35-model-12", "family 1A, model 12: beyond Turin", [0x1a, 0x12, 0])
}

fn unknown_family() -> Case {
    cpuid("snp/s35-family-17", "family 17: Rome has no SEV-SNP", [0x17, 0x31, 0])
}
