//! What a policy may demand of the runtime data and of the virtual TPM.

use alloc::format;
use alloc::string::String;

use crate::policy::Policy;
use crate::verdict::Status;
use crate::vtpm::evidence::Given;
use crate::vtpm::hcl::ReportType;
use crate::vtpm::testing::{Quote, ak, given, hcl, run_with, runtime};

fn policy(rules: &str) -> Policy {
    Policy::from_json(format!(r#"{{"schema":"kettle-policy/v1",{rules}}}"#).as_bytes()).unwrap()
}

fn failure(runtime: &str, rules: &str) -> Option<String> {
    let given = Given { hcl_report: hcl(runtime.as_bytes()), ..given(Quote::default().signed()) };
    run_with(&given, ReportType::Snp, &policy(&format!(r#""azure":{{{rules}}}"#))).failure().map(Into::into)
}

#[test]
fn flags_are_compared_both_ways() {
    let names = ["secure", "tpm", "console"];
    let rules = ["secure_boot", "tpm_enabled", "console_enabled"];
    let members = ["secure-boot", "tpm-enabled", "console-enabled"];
    for ((name, rule), member) in names.iter().zip(rules).zip(members) {
        let id = format!("az.vm.{rule}");
        let on = runtime(&ak());
        let off = on.replace(&format!(r#""{member}":true"#), &format!(r#""{member}":false"#));
        assert_ne!(on, off, "{name}");
        let (yes, no) = (format!(r#""{rule}":true"#), format!(r#""{rule}":false"#));
        assert_eq!(failure(&on, &yes), None);
        assert_eq!(failure(&off, &no), None);
        assert_eq!(failure(&on, &no).as_deref(), Some(id.as_str()));
        assert_eq!(failure(&off, &yes).as_deref(), Some(id.as_str()));
        let text = on.replace(&format!(r#""{member}":true"#), &format!(r#""{member}":"true""#));
        assert_eq!(failure(&text, &yes).as_deref(), Some(id.as_str()));
    }
}

#[test]
fn what_the_machine_does_not_say_is_not_satisfied() {
    let silent = format!(r#"{{"keys":[{}]}}"#, ak());
    assert_eq!(failure(&silent, r#""secure_boot":false"#).as_deref(), Some("az.vm.secure_boot"));
    let user_data = format!(r#""user_data":["{}"]"#, "00".repeat(64));
    assert_eq!(failure(&silent, &user_data).as_deref(), Some("az.vm.user_data"));
}

#[test]
fn user_data_is_compared_whole() {
    let rule = format!(r#""user_data":["{}"]"#, "5a".repeat(64));
    let sound = runtime(&ak());
    assert_eq!(failure(&sound, &rule), None);
    for other in ["5a".repeat(32), "5a".repeat(63), "5a".repeat(65), String::new(), "zz".repeat(64)] {
        let runtime = sound.replace(&"5A".repeat(64), &other);
        assert_eq!(failure(&runtime, &rule).as_deref(), Some("az.vm.user_data"), "{other}");
    }
}

#[test]
fn firmware_and_reset_count() {
    let sound = runtime(&ak());
    for (rule, id) in [
        (r#""minimum_tpm_firmware":"2020031200120003""#, None),
        (r#""minimum_tpm_firmware":"0000000000000000""#, None),
        (r#""minimum_tpm_firmware":"2020031200120004""#, Some("az.quote.firmware_version")),
        (r#""minimum_tpm_firmware":"a000000000000000""#, Some("az.quote.firmware_version")),
        (r#""reset_counts":[1,2]"#, None),
        (r#""reset_counts":[3]"#, Some("az.quote.reset_count")),
    ] {
        assert_eq!(failure(&sound, rule).as_deref(), id, "{rule}");
    }
}

#[test]
fn a_waiver_shows() {
    let waiver = r#""waivers":[{"id":"az.quote.clock_safe","reason":"known clock fault of this host"}]"#;
    let given = given(Quote { safe: 0, ..Quote::default() }.signed());
    let ran = run_with(&given, ReportType::Snp, &policy(waiver));
    assert_eq!(ran.failure(), None);
    assert_eq!(ran.status("az.quote.clock_safe"), Status::Waived);
    assert!(ran.attested.is_some());
}

#[test]
fn nothing_that_binds_can_be_waived() {
    let waivable: alloc::vec::Vec<&str> = crate::vtpm::OUTER_CHECKS
        .iter()
        .chain(crate::vtpm::UPPER_CHECKS)
        .flat_map(|table| table.iter())
        .filter(|spec| spec.waivable)
        .map(|spec| spec.id)
        .collect();
    let expected = [
        "az.quote.clock_safe",
        "az.vm.secure_boot",
        "az.vm.tpm_enabled",
        "az.vm.console_enabled",
        "az.vm.user_data",
        "az.quote.firmware_version",
        "az.quote.reset_count",
    ];
    assert_eq!(waivable, expected);
}
