//! Authentic reports of machines that the policy does not take (adversarial.md, S27 to S39).

use kettle_verifier_core::policy::{
    Claimed, Generation, PolicyDocument, ProductFloor, SnpRules, TcbFloor, Waiver,
};

use crate::case::{Case, Expect};
use crate::hex;
use crate::pki::SPL_SNP;
use crate::product::{Product, VekKind};
use crate::report::offset;
use crate::scene::{CHIP, Scene};

cases![
    bit_17,
    bit_26,
    bit_63,
    bit_tolerated,
    abi_above_firmware,
    abi_below_policy,
    debug,
    debug_taken,
    migration_agent,
    smt,
    smt_off,
    single_socket,
    vmpl_1,
    vmpl_3,
    vmpl_host,
    committed_above_current,
    reported_above_committed,
    launch_below_committed,
    launch_waived,
    minimum_tcb,
    minimum_unnamed_generation,
    minimum_launch,
    measurement_floor,
    floor_milan,
    floor_genoa,
    floor_waived,
    alias_check,
    alias_check_done,
    generations,
    measurement_zero,
    measurement_other,
    measurement_other_platform,
    author_flag,
    author_key,
    author_key_absent,
    id_key,
    migration_id,
    guest_svn,
    host_data,
    family_id,
    image_id,
    report_id,
    csp_id,
    csp_id_absent,
    chip_denied,
    chip_not_allowed,
    chip_allowed,
    masked_not_allowed,
];

const GUEST: &str = "platforms.md, 8";
const FIRMWARE: &str = "platforms.md, 10";
const DEMANDS: &str = "platforms.md, 11";

/// A report with other bytes before it is signed, under the shared policy.
fn said(place: usize, bytes: &[u8]) -> Scene {
    let mut scene = Scene::snp();
    scene.machine.report.put(place, bytes);
    scene
}

fn rules(change: impl FnOnce(&mut SnpRules)) -> impl FnOnce(&mut PolicyDocument) {
    |policy| change(policy.snp.get_or_insert_default())
}

fn waived(id: &str) -> impl FnOnce(&mut PolicyDocument) {
    let waiver = Waiver { id: id.into(), reason: "a test of waivers".into() };
    |policy| policy.waivers = Some(vec![waiver])
}

fn guest(id: &str, covers: &str, title: &str, expect: Expect, bits: u64) -> Case {
    Case::new(id, covers, title, expect)
        .why("the guest policy says what the host may do to the guest", GUEST)
        .bundle(&said(offset::POLICY, &bits.to_le_bytes()))
}

fn bit_17() -> Case {
    guest(
        "snp/s27-bit-17",
        "S27",
        "bit 17 of the guest policy is zero",
        Expect::fails("snp.policy.reserved_bits"),
        0x1_0000,
    )
}

fn bit_26() -> Case {
    guest(
        "snp/s27-bit-26",
        "S27",
        "bit 26, reserved, is set",
        Expect::fails("snp.policy.reserved_bits"),
        0x3_0000 | 1 << 26,
    )
}

fn bit_63() -> Case {
    guest(
        "snp/s27-bit-63",
        "S27",
        "bit 63, reserved, is set",
        Expect::fails("snp.policy.reserved_bits"),
        0x3_0000 | 1 << 63,
    )
}

fn bit_tolerated() -> Case {
    guest(
        "snp/s27-bit-tolerated",
        "S27",
        "bit 26 is set, and the policy tolerates it",
        Expect::verified(),
        0x3_0000 | 1 << 26,
    )
    .policy(rules(|rules| rules.guest_policy.get_or_insert_default().tolerate_bits = Some(vec![26])))
}

fn abi_above_firmware() -> Case {
    guest(
        "snp/s27-abi-above",
        "S27",
        "the guest demands firmware 1.56, and 1.55 runs",
        Expect::fails("snp.policy.abi"),
        0x3_0000 | 1 << 8 | 0x38,
    )
}

fn abi_below_policy() -> Case {
    guest(
        "snp/s27-abi-below",
        "S27",
        "the guest takes firmware 0.0, and the policy demands 1.31",
        Expect::fails("snp.policy.abi"),
        0x3_0000,
    )
    .policy(rules(|rules| rules.guest_policy.get_or_insert_default().minimum_abi = Some(0x011f)))
}

fn debug() -> Case {
    guest("snp/s28-debug", "S28", "a debug guest", Expect::fails("snp.policy.debug"), 0xb_0000)
}

fn debug_taken() -> Case {
    guest(
        "snp/s28-debug-taken",
        "S28",
        "a debug guest where the policy spells out the danger",
        Expect::verified(),
        0xb_0000,
    )
    .policy(|policy| policy.insecure_allow_debug = true)
}

fn migration_agent() -> Case {
    guest(
        "snp/s28-migration-agent",
        "S28",
        "the guest allows a migration agent",
        Expect::fails("snp.policy.migration_agent"),
        0x7_0000,
    )
}

fn smt() -> Case {
    guest(
        "snp/s28-smt",
        "S28",
        "simultaneous multithreading where the policy forbids it",
        Expect::fails("snp.policy.smt"),
        0x3_0000,
    )
    .policy(rules(|rules| rules.guest_policy.get_or_insert_default().allow_smt = Some(false)))
}

fn smt_off() -> Case {
    guest(
        "snp/s28-smt-off",
        "S28",
        "no multithreading where the policy forbids it",
        Expect::verified(),
        0x2_0000,
    )
    .policy(rules(|rules| rules.guest_policy.get_or_insert_default().allow_smt = Some(false)))
}

fn single_socket() -> Case {
    guest(
        "snp/s28-single-socket",
        "S28",
        "any number of sockets where the policy demands one",
        Expect::fails("snp.policy.single_socket"),
        0x3_0000,
    )
    .policy(rules(|rules| rules.guest_policy.get_or_insert_default().require_single_socket = Some(true)))
}

fn vmpl(id: &str, title: &str, level: u32) -> Case {
    Case::new(id, "S29", title, Expect::fails("snp.policy.vmpl"))
        .why("code of lower privilege can ask for reports too", "platforms.md, 9")
        .bundle(&said(offset::VMPL, &level.to_le_bytes()))
}

fn vmpl_1() -> Case {
    vmpl("snp/s29-vmpl-1", "privilege level 1 where the policy does not name it", 1)
}

fn vmpl_3() -> Case {
    vmpl("snp/s29-vmpl-3", "privilege level 3", 3)
}

fn vmpl_host() -> Case {
    vmpl("snp/s29-vmpl-host", "privilege level FFFFFFFF: the host asked for the report", u32::MAX)
}

fn tcb(id: &str, title: &str, expect: Expect, place: usize, bytes: [u8; 8]) -> Case {
    Case::new(id, "S30", title, expect)
        .why("reported at most committed, committed at most current and launch", FIRMWARE)
        .bundle(&said(place, &bytes))
}

fn committed_above_current() -> Case {
    tcb(
        "snp/s30-committed-above-current",
        "the committed levels are above the current ones",
        Expect::fails("snp.report.tcb_order"),
        offset::COMMITTED_TCB,
        [4, 0, 0, 0, 0, 0, 0x19, 0xdb],
    )
}

fn reported_above_committed() -> Case {
    tcb(
        "snp/s30-reported-above-committed",
        "the reported levels are above the committed ones",
        Expect::fails("snp.report.tcb_order"),
        offset::COMMITTED_TCB,
        [4, 0, 0, 0, 0, 0, 0x17, 0xdb],
    )
}

fn launch_below_committed() -> Case {
    tcb(
        "snp/s30-launch-below-committed",
        "the guest was launched below the committed levels",
        Expect::fails("snp.tcb.launch"),
        offset::LAUNCH_TCB,
        [4, 0, 0, 0, 0, 0, 0x17, 0xdb],
    )
}

fn launch_waived() -> Case {
    tcb(
        "snp/s30-launch-waived",
        "the same, waived by its id",
        Expect::verified(),
        offset::LAUNCH_TCB,
        [4, 0, 0, 0, 0, 0, 0x17, 0xdb],
    )
    .policy(waived("snp.tcb.launch"))
}

fn floor(generation: Generation, snp: u8) -> Option<Vec<ProductFloor>> {
    Some(vec![ProductFloor { generation, floor: TcbFloor { snp: Some(snp), ..TcbFloor::default() } }])
}

fn floored(id: &str, title: &str, check: &str, change: impl FnOnce(&mut PolicyDocument)) -> Case {
    Case::new(id, "S30", title, Expect::fails(check))
        .why("the policy sets a floor, for each generation by itself", FIRMWARE)
        .bundle(&Scene::snp())
        .policy(change)
}

fn minimum_tcb() -> Case {
    floored(
        "snp/s30-minimum",
        "below the policy's lowest reported level",
        "snp.tcb.minimum",
        rules(|rules| rules.minimum_tcb = floor(Generation::Milan, 0x19)),
    )
}

fn minimum_unnamed_generation() -> Case {
    floored(
        "snp/s30-minimum-other-generation",
        "the policy sets a floor for Genoa alone",
        "snp.tcb.minimum",
        rules(|rules| rules.minimum_tcb = floor(Generation::Genoa, 0x10)),
    )
}

fn minimum_launch() -> Case {
    floored(
        "snp/s30-minimum-launch",
        "below the policy's lowest level at launch",
        "snp.tcb.minimum_launch",
        rules(|rules| rules.minimum_launch_tcb = floor(Generation::Milan, 0x19)),
    )
}

fn measurement_floor() -> Case {
    floored("snp/s30-minimum-of-image", "below the floor of this image", "machine.minimum_tcb", |policy| {
        let image = &mut policy.measurements.as_mut().unwrap()[0];
        image.minimum_tcb = Some(TcbFloor { snp: Some(0x19), ..TcbFloor::default() });
    })
}

/// A machine with an older SNP firmware, everywhere the same.
fn old_firmware(product: Product, snp: u8) -> Scene {
    let mut scene = Scene::on(product, VekKind::Vcek);
    let mut tcb = product.tcb();
    tcb.snp = snp;
    for place in [offset::CURRENT_TCB, offset::REPORTED_TCB, offset::COMMITTED_TCB, offset::LAUNCH_TCB] {
        scene.machine.report.put(place, &tcb.bytes());
    }
    scene.machine.vek.extension(SPL_SNP).value = crate::asn1::unsigned(&[snp]);
    scene
}

fn bulletin(id: &str, title: &str, expect: Expect, product: Product, snp: u8) -> Case {
    Case::new(id, "S33", title, expect)
        .why("below the floor of the bulletins reports can be forged", FIRMWARE)
        .advisory("AMD-SB-3015")
        .advisory("AMD-SB-3019")
        .bundle(&old_firmware(product, snp))
}

fn floor_milan() -> Case {
    bulletin(
        "snp/s33-milan",
        "Milan with SNP firmware 17",
        Expect::fails("snp.tcb.firmware_floor"),
        Product::Milan,
        0x17,
    )
}

fn floor_genoa() -> Case {
    bulletin(
        "snp/s33-genoa",
        "Genoa with SNP firmware 16",
        Expect::fails("snp.tcb.firmware_floor"),
        Product::Genoa,
        0x16,
    )
}

fn floor_waived() -> Case {
    bulletin(
        "snp/s33-waived",
        "Milan with SNP firmware 17, waived by id",
        Expect::verified(),
        Product::Milan,
        0x17,
    )
    .policy(waived("snp.tcb.firmware_floor"))
}

fn alias(id: &str, title: &str, expect: Expect, info: u64) -> Case {
    Case::new(id, "S33", title, expect)
        .why("memory aliases break the guest's integrity", "platforms.md, 9")
        .advisory("AMD-SB-3015")
        .bundle(&said(offset::PLATFORM_INFO, &info.to_le_bytes()))
        .policy(rules(|rules| rules.require_alias_check = Some(true)))
}

fn alias_check() -> Case {
    alias(
        "snp/s33-alias-check",
        "the alias check is not complete",
        Expect::fails("snp.policy.alias_check"),
        0x5,
    )
}

fn alias_check_done() -> Case {
    alias("snp/s33-alias-check-done", "the alias check is complete", Expect::verified(), 0x25)
}

fn generations() -> Case {
    Case::new(
        "snp/s34-generation",
        "S34",
        "Milan where the policy takes Genoa and Turin",
        Expect::fails("snp.policy.generation"),
    )
    .why("a reported extraction of Milan's seed makes any Milan report forgeable", DEMANDS)
    .advisory("arXiv:2605.12990")
    .bundle(&Scene::snp())
    .policy(rules(|rules| rules.generations = Some(vec![Generation::Genoa, Generation::Turin])))
}

fn measured(id: &str, title: &str, check: &str, byte: u8) -> Case {
    Case::new(id, "S37", title, Expect::fails(check))
        .why("the launch digest is what names the machine's image", DEMANDS)
        .bundle(&said(offset::MEASUREMENT, &[byte; 48]))
}

fn measurement_zero() -> Case {
    measured("snp/s37-zero", "the launch digest is all zero", "snp.report.measured", 0)
}

fn measurement_other() -> Case {
    measured("snp/s37-other", "a launch digest that the policy does not name", "machine.measurement", 0x37)
}

fn measurement_other_platform() -> Case {
    Case::new(
        "snp/s37-other-platform",
        "S37",
        "the policy names the launch digest for Azure alone",
        Expect::fails("machine.measurement"),
    )
    .why("a digest is named for a platform: the same bytes mean another thing on another", DEMANDS)
    .bundle(&Scene::snp())
    .policy(|policy| policy.measurements.as_mut().unwrap().retain(|image| image.platform == "az-snp"))
}

fn demanded(id: &str, covers: &str, title: &str, check: &str, change: impl FnOnce(&mut SnpRules)) -> Case {
    Case::new(id, covers, title, Expect::fails(check))
        .why("what the policy names must be there, and equal", DEMANDS)
        .bundle(&Scene::snp())
        .policy(rules(change))
}

fn author_flag() -> Case {
    Case::new(
        "snp/s38-author-flag",
        "S38",
        "an author key's digest, and no author key",
        Expect::fails("snp.report.author_key_flag"),
    )
    .why("without the flag nothing authorised the digest", DEMANDS)
    .bundle(&said(offset::AUTHOR_KEY_DIGEST, &[0xa0; 48]))
}

fn author_key() -> Case {
    let mut scene = said(offset::AUTHOR_KEY_DIGEST, &[0xa0; 48]);
    scene.machine.report.put_u32(offset::FLAGS, 1);
    demanded(
        "snp/s38-author-key",
        "S38",
        "another author key than the policy's",
        "snp.policy.author_key",
        |rules| {
            rules.author_key_digests = Some(vec!["a1".repeat(48)]);
        },
    )
    .bundle(&scene)
}

fn author_key_absent() -> Case {
    demanded(
        "snp/s38-author-key-absent",
        "S38",
        "no author key where the policy names one of zeros",
        "snp.policy.author_key",
        |rules| {
            rules.author_key_digests = Some(vec!["00".repeat(48)]);
        },
    )
}

fn id_key() -> Case {
    demanded("snp/s38-id-key", "S38", "another id key than the policy's", "snp.policy.id_key", |rules| {
        rules.id_key_digests = Some(vec!["1d".repeat(48)]);
    })
}

fn migration_id() -> Case {
    Case::new(
        "snp/s39-migration-id",
        "S39",
        "a migration agent's id, and the guest allows none",
        Expect::fails("snp.report.migration_id"),
    )
    .why("without an agent the field is all FF", GUEST)
    .bundle(&said(offset::REPORT_ID_MA, &[0x3a; 32]))
}

fn guest_svn() -> Case {
    demanded(
        "snp/guest-svn",
        "S30",
        "the guest's security version is below the policy's",
        "snp.policy.guest_svn",
        |rules| {
            rules.minimum_guest_svn = Some(1);
        },
    )
}

fn host_data() -> Case {
    demanded("snp/host-data", "S36", "another host data than the policy's", "snp.policy.host_data", |rules| {
        rules.host_data = Some(vec!["aa".repeat(32)]);
    })
}

fn family_id() -> Case {
    demanded("snp/family-id", "S38", "another family id than the policy's", "snp.policy.family_id", |rules| {
        rules.family_ids = Some(vec!["aa".repeat(16)]);
    })
}

fn image_id() -> Case {
    demanded("snp/image-id", "S38", "another image id than the policy's", "snp.policy.image_id", |rules| {
        rules.image_ids = Some(vec!["aa".repeat(16)]);
    })
}

fn report_id() -> Case {
    demanded("snp/report-id", "S39", "another report id than the policy's", "snp.policy.report_id", |rules| {
        rules.report_ids = Some(vec!["aa".repeat(32)]);
    })
}

fn csp_id() -> Case {
    demanded(
        "snp/s18-csp-id",
        "S18",
        "a VLEK of another cloud than the policy's",
        "snp.policy.csp_id",
        |rules| {
            rules.csp_ids = Some(vec!["CN=cc-other.cloud.example".into()]);
        },
    )
    .bundle(&Scene::on(Product::Milan, VekKind::Vlek))
}

fn csp_id_absent() -> Case {
    demanded(
        "snp/s18-csp-id-absent",
        "S18",
        "a VCEK, which names no cloud, where the policy names one",
        "snp.policy.csp_id",
        |rules| {
            rules.csp_ids = Some(vec!["CN=cc-test-1.cloud.example".into()]);
        },
    )
}

fn chip(id: &str, title: &str, expect: Expect, allow: bool, value: &str) -> Case {
    let entry = vec![Claimed { claim: "snp.chip_id".into(), value: value.into() }];
    Case::new(id, "S12", title, expect)
        .why("machines can be taken or refused by their identity", "platforms.md, 30")
        .bundle(&Scene::snp())
        .policy(move |policy| {
            let rules = policy.machines.get_or_insert_default();
            *(if allow { &mut rules.allow } else { &mut rules.deny }) = Some(entry);
        })
}

fn chip_denied() -> Case {
    chip(
        "snp/chip-denied",
        "a chip that the policy denies",
        Expect::fails("machine.identity"),
        false,
        &hex(&CHIP),
    )
}

fn chip_not_allowed() -> Case {
    chip(
        "snp/chip-not-allowed",
        "a chip that the policy does not list",
        Expect::fails("machine.identity"),
        true,
        &"11".repeat(64),
    )
}

fn chip_allowed() -> Case {
    chip("snp/ok-chip-allowed", "a chip that the policy lists", Expect::verified(), true, &hex(&CHIP))
}

fn masked_not_allowed() -> Case {
    chip(
        "snp/chip-masked-not-allowed",
        "a masked chip where the policy lists chips",
        Expect::fails("machine.identity"),
        true,
        &"00".repeat(64),
    )
    .bundle(&Scene::on(Product::Milan, VekKind::Vlek))
}
