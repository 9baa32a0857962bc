//! SEV-SNP evidence that must be taken: what genuine hardware does.

use crate::case::{Case, Expect};
use crate::keys::negate_p384;
use crate::pki::{AUTHORITY_KEY_ID, BASIC_CONSTRAINTS, HWID, KEY_USAGE, SPL_MICROCODE};
use crate::product::{Product, VekKind};
use crate::report::offset;
use crate::scene::{Brought, Scene, Step};

cases![
    milan,
    genoa,
    turin,
    gcp_label,
    genoa_a0,
    vlek,
    version_2,
    version_4,
    version_5,
    reported_below_committed,
    platform_info_unknown,
    policy_bit_25,
    spl_127,
    high_s,
    author_key,
    migration_agent,
    beside,
    beside_among_others,
    beside_another_machine,
];

const CHAIN: &str = "platforms.md, 3 and 4";
const REPORT: &str = "platforms.md, 6 to 10";

fn milan() -> Case {
    let scene = Scene::on(Product::Milan, VekKind::Vcek);
    let vek = &scene.machine.vek;
    assert_eq!(vek.serial, [0]);
    let profile = [AUTHORITY_KEY_ID, BASIC_CONSTRAINTS, KEY_USAGE];
    assert!(vek.extensions.iter().all(|extension| !profile.contains(&extension.oid.as_str())));
    let mut sorted = vek.extensions.clone();
    sorted.sort_by(|one, two| one.oid.cmp(&two.oid));
    assert_ne!(sorted, vek.extensions);
    Case::new("snp/ok-milan", "S10 S11 S18 G03 G06", "a Milan machine with a VCEK", Expect::verified())
        .why("the sound bundle that other cases change in one place; its VCEK is as AMD's are", CHAIN)
        .accepts("vek-serial-0-no-aki-no-key-usage-no-basic-constraints")
        .accepts("amd-extensions-unsorted")
        .accepts("spl-above-127-in-two-octets")
        .bundle(&scene)
}

fn genoa() -> Case {
    Case::new("snp/ok-genoa", "S35", "a Genoa machine with a VCEK", Expect::verified())
        .why("the second generation", CHAIN)
        .bundle(&Scene::on(Product::Genoa, VekKind::Vcek))
}

fn turin() -> Case {
    Case::new(
        "snp/ok-turin",
        "S31",
        "a Turin machine: its own patch level layout and a short chip id",
        Expect::verified(),
    )
    .why("Turin puts the FMC first, has no `.3.4` and a chip id of 8 bytes", "platforms.md, 4")
    .bundle(&Scene::on(Product::Turin, VekKind::Vcek))
}

fn gcp_label() -> Case {
    let mut scene = Scene::on(Product::Milan, VekKind::Vcek);
    scene.label = "gcp-snp".into();
    Case::new("gcp-snp/ok-milan", "P04", "the same bytes under the label `gcp-snp`", Expect::verified())
        .why("the label is a claim: the same report is valid under both", "kettle-bundle.md, evidence.json")
        .bundle(&scene)
}

fn genoa_a0() -> Case {
    let mut scene = Scene::on(Product::Genoa, VekKind::Vcek);
    scene.machine.report.put(offset::CPUID, &[0x19, 0xa0, 0x02]);
    Case::new(
        "snp/ok-genoa-a0",
        "S35",
        "family 19, model A0, stepping 2 stands under the Genoa root",
        Expect::verified(),
    )
    .why("Bergamo and Siena are of the Genoa family", "platforms.md, 7")
    .accepts("cpuid-19-a0-02")
    .bundle(&scene)
}

fn vlek() -> Case {
    let mut scene = Scene::on(Product::Milan, VekKind::Vlek);
    scene.machine.report.put_u32(offset::VMPL, 1);
    Case::new(
        "snp/ok-vlek",
        "S13 S18 S29",
        "a VLEK, a masked chip id and privilege level 1",
        Expect::verified(),
    )
    .why("so do guests on AWS look", "platforms.md, 4 and 9")
    .accepts("vlek-with-vmpl-1-and-masked-chip-id")
    .policy(|policy| {
        let rules = policy.snp.get_or_insert_default();
        rules.vmpl = Some(vec![0, 1]);
        rules.csp_ids = Some(vec!["CN=cc-test-1.cloud.example".into()]);
    })
    .bundle(&scene)
}

fn old_report(version: u32) -> Scene {
    let mut scene = Scene::snp();
    scene.machine.report.put_u32(offset::VERSION, version);
    if version < 3 {
        scene.machine.report.put(offset::CPUID, &[0; 3]);
    }
    scene
}

fn version_2() -> Case {
    Case::new(
        "snp/ok-version-2",
        "S21",
        "a report of version 2 where the policy takes it",
        Expect::verified(),
    )
    .why("version 2 names no processor; the chain decides the generation", REPORT)
    .policy(|policy| policy.snp.get_or_insert_default().report_versions = Some(vec![2, 3, 4, 5]))
    .bundle(&old_report(2))
}

fn version_4() -> Case {
    Case::new("snp/ok-version-4", "S21", "a report of version 4", Expect::verified())
        .why("versions 3 to 5 are taken without being named", REPORT)
        .bundle(&old_report(4))
}

fn version_5() -> Case {
    let mut scene = old_report(5);
    scene.machine.report.put(0x1f8, &[7, 0, 0, 0, 0, 0, 0, 0, 3]);
    Case::new(
        "snp/ok-version-5",
        "S21 S26",
        "a report of version 5 with mitigation vectors",
        Expect::verified(),
    )
    .why("bytes that version 5 gave a meaning are no longer reserved", REPORT)
    .bundle(&scene)
}

fn reported_below_committed() -> Case {
    let mut scene = Scene::snp();
    let newer = [4, 0, 0, 0, 0, 0, 0x1b, 0xdd];
    for place in [offset::CURRENT_TCB, offset::COMMITTED_TCB, offset::LAUNCH_TCB] {
        scene.machine.report.put(place, &newer);
    }
    Case::new(
        "snp/ok-reported-below-committed",
        "S30",
        "the reported levels are below the committed ones",
        Expect::verified(),
    )
    .why("the host chooses for which levels the certificate is; genuine machines lag behind", REPORT)
    .accepts("reported-tcb-below-committed")
    .bundle(&scene)
}

fn platform_info_unknown() -> Case {
    let mut scene = Scene::snp();
    scene.machine.report.put_u64(offset::PLATFORM_INFO, 0x8000_0000_0000_0065);
    Case::new(
        "snp/ok-platform-info-unknown",
        "S26",
        "platform_info has bits that no table names",
        Expect::verified(),
    )
    .why("unknown bits are reported and never refused", "platforms.md, 9")
    .accepts("platform-info-unknown-bits")
    .bundle(&scene)
}

fn policy_bit_25() -> Case {
    let mut scene = Scene::snp();
    scene.machine.report.put_u64(offset::POLICY, 0x3_0000 | 1 << 25);
    Case::new("snp/ok-policy-bit-25", "S27", "bit 25 of the guest policy is set", Expect::verified())
        .why("AWS sets it", "platforms.md, 8")
        .accepts("guest-policy-bit-25")
        .bundle(&scene)
}

fn spl_127() -> Case {
    let mut scene = Scene::snp();
    let (tcb, oid) = ([4, 0, 0, 0, 0, 0, 0x18, 0x7f], SPL_MICROCODE);
    for place in [offset::REPORTED_TCB, offset::CURRENT_TCB, offset::COMMITTED_TCB, offset::LAUNCH_TCB] {
        scene.machine.report.put(place, &tcb);
    }
    scene.machine.vek.extension(oid).value = vec![2, 1, 0x7f];
    Case::new("snp/ok-spl-127", "S11", "a patch level of 127 is one octet", Expect::verified())
        .why("the last level that needs no sign octet", "platforms.md, 4")
        .bundle(&scene)
}

fn high_s() -> Case {
    let mut scene = Scene::snp();
    scene.change(Step::Report, |report| {
        let mut s: [u8; 48] = report[offset::S..offset::S + 48].try_into().unwrap();
        s.reverse();
        let mut twin = negate_p384(&s);
        twin.reverse();
        report[offset::S..offset::S + 48].copy_from_slice(&twin);
    });
    Case::new("snp/ok-other-s", "S24", "n - s in place of s verifies as well", Expect::verified())
        .why("hardware makes signatures with a high s and with a low one", REPORT)
        .accepts("high-s-signatures")
        .bundle(&scene)
}

fn author_key() -> Case {
    let mut scene = Scene::snp();
    scene.machine.report.put_u32(offset::FLAGS, 1);
    scene.machine.report.put(offset::ID_KEY_DIGEST, &[0x1d; 48]);
    scene.machine.report.put(offset::AUTHOR_KEY_DIGEST, &[0xa0; 48]);
    Case::new("snp/ok-id-block", "S38", "id key and author key are those of the policy", Expect::verified())
        .why("an id block says who may launch the image", "platforms.md, 11")
        .policy(|policy| {
            let rules = policy.snp.get_or_insert_default();
            rules.id_key_digests = Some(vec!["1d".repeat(48)]);
            rules.author_key_digests = Some(vec!["a0".repeat(48)]);
        })
        .bundle(&scene)
}

fn migration_agent() -> Case {
    let mut scene = Scene::snp();
    scene.machine.report.put_u64(offset::POLICY, 0x3_0000 | 1 << 18);
    scene.machine.report.put(offset::REPORT_ID_MA, &[0x3a; 32]);
    Case::new(
        "snp/ok-migration-agent",
        "S28 S39",
        "a migration agent where the policy takes one",
        Expect::verified(),
    )
    .why("an agent's report id stands in the report only where the guest allows one", REPORT)
    .policy(|policy| {
        policy.snp.get_or_insert_default().guest_policy.get_or_insert_default().allow_migration_agent =
            Some(true);
    })
    .bundle(&scene)
}

fn beside() -> Case {
    let mut scene = Scene::snp();
    scene.brought = Brought::Nothing;
    let vek = scene.mint().vek;
    Case::new("snp/ok-vcek-beside", "", "the VCEK lies beside the bundle", Expect::verified())
        .why("collateral is stapled: in the bundle or given beside it", "kettle-bundle.md, evidence.json")
        .bundle(&scene)
        .certificate(vek)
}

fn beside_among_others() -> Case {
    let mut scene = Scene::snp();
    scene.brought = Brought::Nothing;
    let vek = scene.mint().vek;
    Case::new(
        "snp/ok-vcek-among-others",
        "S04",
        "the VCEK lies beside the bundle, after ASK and ARK",
        Expect::verified(),
    )
    .why("the key server's answer brings the chain along; only the VCEK is of use", "platforms.md, 1")
    .bundle(&scene)
    .certificate(crate::trust::intermediate(Product::Milan, VekKind::Vcek))
    .certificate(crate::trust::ark(Product::Milan))
    .certificate(vek)
}

/// Whoever has several machines keeps their certificates in one place: another chip's, the same chip's of
/// older firmware, the cloud's own, and the right one last.
fn beside_another_machine() -> Case {
    let mut scene = Scene::snp();
    scene.brought = Brought::Nothing;
    let right = scene.mint().vek;
    let with = |change: fn(&mut Scene)| {
        let mut other = scene.clone();
        change(&mut other);
        other.mint().vek
    };
    let chip = with(|other| other.machine.vek.extension(HWID).value = vec![0x5a; 64]);
    let level = with(|other| other.machine.vek.extension(SPL_MICROCODE).value = vec![2, 1, 1]);
    let cloud = Scene::on(Product::Milan, VekKind::Vlek).mint().vek;
    let title = "the VCEK lies beside the bundle, after those of other chips, levels and kinds";
    let case = Case::new("snp/ok-vcek-of-several", "S12", title, Expect::verified())
        .why(
            "collateral is stapled, and what fits the report is taken of it",
            "kettle-bundle.md, evidence.json",
        )
        .bundle(&scene);
    [chip, level, cloud, right].into_iter().fold(case, Case::certificate)
}
