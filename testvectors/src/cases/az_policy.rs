//! Authentic Azure machines that the policy does not take (adversarial.md, A11, A12, A15, and the
//! PCRs).

use kettle_verifier_core::policy::{AzureRules, Claimed, PcrValue};

use crate::case::{Case, Expect};
use crate::report::offset;
use crate::scene::{Scene, Step};

cases![
    pcr_other,
    secure_boot,
    secure_boot_unsaid,
    secure_boot_text,
    tpm_disabled,
    console,
    demands_met,
    user_data_prefix,
    user_data_short,
    user_data_absent,
    vm_not_allowed,
    vm_denied,
    firmware,
    reset_count,
    debug,
    measurement,
];

const DEMANDS: &str = "platforms.md, 17";

fn demanded(
    id: &str,
    covers: &str,
    title: &str,
    expect: Expect,
    change: impl FnOnce(&mut AzureRules),
) -> Case {
    Case::new(id, covers, title, expect)
        .why(
            "runtime data is hardware-signed; what the policy demands of it must be there, and equal",
            DEMANDS,
        )
        .bundle(&Scene::azure())
        .policy(|policy| change(policy.azure.get_or_insert_default()))
}

fn configured(from: &str, to: &str) -> Scene {
    let mut scene = Scene::azure();
    scene.replace(Step::Runtime, from, to);
    scene
}

fn pcr_other() -> Case {
    Case::new(
        "az-snp/pcr-other",
        "A03",
        "a PCR of another value than the policy's",
        Expect::fails("machine.pcrs"),
    )
    .why("the guest is in the PCRs", "platforms.md, 18")
    .bundle(&Scene::azure())
    .policy(|policy| {
        let other = PcrValue { index: 23, sha256: Some("11".repeat(32)), sha384: None };
        policy.measurements.as_mut().unwrap()[1].pcrs.as_mut().unwrap().push(other);
    })
}

fn secure_boot() -> Case {
    let title = "no Secure Boot where the policy demands it";
    demanded("az-snp/a11-secure-boot", "A11", title, Expect::fails("az.vm.secure_boot"), |rules| {
        rules.secure_boot = Some(true);
    })
    .bundle(&configured(r#""secure-boot":true"#, r#""secure-boot":false"#))
}

fn secure_boot_unsaid() -> Case {
    let title = "the machine does not say whether it has Secure Boot";
    demanded("az-snp/a11-secure-boot-unsaid", "A11", title, Expect::fails("az.vm.secure_boot"), |rules| {
        rules.secure_boot = Some(true);
    })
    .bundle(&configured(r#""secure-boot":true,"#, ""))
}

fn secure_boot_text() -> Case {
    let title = "`secure-boot` is a text";
    demanded("az-snp/a11-secure-boot-text", "A11", title, Expect::fails("az.vm.secure_boot"), |rules| {
        rules.secure_boot = Some(true);
    })
    .bundle(&configured(r#""secure-boot":true"#, r#""secure-boot":"true""#))
}

fn tpm_disabled() -> Case {
    let title = "the machine's TPM is off where the policy demands it";
    demanded("az-snp/a11-tpm", "A11", title, Expect::fails("az.vm.tpm_enabled"), |rules| {
        rules.tpm_enabled = Some(true);
    })
    .bundle(&configured(r#""tpm-enabled":true"#, r#""tpm-enabled":false"#))
}

fn console() -> Case {
    let title = "a serial console where the policy demands none";
    demanded("az-snp/a11-console", "A11", title, Expect::fails("az.vm.console_enabled"), |rules| {
        rules.console_enabled = Some(false);
    })
}

fn demands_met() -> Case {
    demanded(
        "az-snp/ok-demands",
        "A11 A12",
        "everything that a policy can demand",
        Expect::verified(),
        |rules| {
            rules.secure_boot = Some(true);
            rules.tpm_enabled = Some(true);
            rules.console_enabled = Some(true);
            rules.user_data = Some(vec!["00".repeat(64)]);
            rules.minimum_tpm_firmware = Some("2020031200120003".into());
            rules.reset_counts = Some(vec![1, 2]);
        },
    )
}

fn user_data(id: &str, covers: &str, title: &str, given: &str) -> Case {
    let mut scene = Scene::azure();
    scene.az().runtime.user_data = Some(given.into());
    demanded(id, covers, title, Expect::fails("az.vm.user_data"), |rules| {
        rules.user_data = Some(vec![format!("{}{}", "aa".repeat(32), "00".repeat(32))]);
    })
    .bundle(&scene)
}

fn user_data_prefix() -> Case {
    let given = format!("{}{}", "aa".repeat(32), "11".repeat(32));
    user_data("az-snp/a11-user-data-prefix", "A11", "user data that begins as the policy's does", &given)
}

fn user_data_short() -> Case {
    user_data("az-snp/a15-user-data-short", "A15", "user data shorter than the policy's", &"aa".repeat(32))
}

fn user_data_absent() -> Case {
    user_data("az-snp/a15-user-data-empty", "A15", "empty user data", "")
}

fn machine(id: &str, title: &str, allow: bool, value: &str) -> Case {
    let entry = vec![Claimed { claim: "azure.vm_unique_id".into(), value: value.into() }];
    Case::new(id, "A11", title, Expect::fails("machine.identity"))
        .why("machines can be taken or refused by their identity", "platforms.md, 30")
        .bundle(&Scene::azure())
        .policy(move |policy| {
            let rules = policy.machines.get_or_insert_default();
            *(if allow { &mut rules.allow } else { &mut rules.deny }) = Some(entry);
        })
}

fn vm_not_allowed() -> Case {
    machine(
        "az-snp/a11-vm-not-allowed",
        "a machine that the policy does not list",
        true,
        "5EE1E1F0-0000-4000-8000-7E57DA7A0002",
    )
}

fn vm_denied() -> Case {
    machine(
        "az-snp/a11-vm-denied",
        "a machine that the policy denies",
        false,
        "5EE1E1F0-0000-4000-8000-7E57DA7A0001",
    )
}

fn firmware() -> Case {
    let title = "the vTPM's firmware is below the policy's floor";
    demanded("az-snp/a12-firmware", "A12", title, Expect::fails("az.quote.firmware_version"), |rules| {
        rules.minimum_tpm_firmware = Some("2020031200120004".into());
    })
}

fn reset_count() -> Case {
    let title = "another reset count than the one of the boot that the policy names";
    demanded("az-snp/a12-reset-count", "A12", title, Expect::fails("az.quote.reset_count"), |rules| {
        rules.reset_counts = Some(vec![3]);
    })
}

fn inner(id: &str, covers: &str, title: &str, check: &str, place: usize, bytes: &[u8]) -> Case {
    let mut scene = Scene::azure();
    scene.machine.report.put(place, bytes);
    Case::new(id, covers, title, Expect::fails(check))
        .why("everything that holds for a bare machine holds for the inner layer", "platforms.md, 13")
        .bundle(&scene)
}

fn debug() -> Case {
    let bits = 0xb_0000_u64.to_le_bytes();
    inner("az-snp/s28-debug", "S28", "a debug guest", "snp.policy.debug", offset::POLICY, &bits)
}

fn measurement() -> Case {
    let other = [0x37; 48];
    inner(
        "az-snp/s37-other",
        "S37",
        "another paravisor than the policy's",
        "machine.measurement",
        offset::MEASUREMENT,
        &other,
    )
}
