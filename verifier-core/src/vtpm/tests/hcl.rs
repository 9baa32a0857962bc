//! A09 and A14 of adversarial.md: headers that lie.

use alloc::vec::Vec;

use crate::policy::Policy;
use crate::vtpm::evidence::Given;
use crate::vtpm::hcl::ReportType;
use crate::vtpm::testing::{Quote, given, run, run_with};

fn changed(change: impl Fn(&mut Vec<u8>)) -> Given {
    let mut given = given(Quote::default().signed());
    change(&mut given.hcl_report);
    given
}

fn failure(change: impl Fn(&mut Vec<u8>)) -> alloc::string::String {
    run(&changed(change)).failure().unwrap().into()
}

fn number(blob: &mut [u8], offset: usize, value: u32) {
    blob[offset..offset + 4].copy_from_slice(&value.to_le_bytes());
}

fn read(blob: &[u8], offset: usize) -> u32 {
    u32::from_le_bytes(blob[offset..offset + 4].try_into().unwrap())
}

#[test]
fn every_field_has_its_value() {
    assert_eq!(failure(|blob| blob[0] = b'h'), "az.hcl.magic");
    for version in [0, 3, 0x0100_0000] {
        assert_eq!(failure(|blob| number(blob, 4, version)), "az.hcl.version");
    }
    assert_eq!(failure(|blob| number(blob, 12, 1)), "az.hcl.request_type");
    assert_eq!(failure(|blob| number(blob, 16, 1)), "az.hcl.status");
    assert_eq!(failure(|blob| blob[31] = 1), "az.hcl.reserved");
    assert_eq!(failure(|blob| number(blob, 0x4c4, 2)), "az.hcl.request_version");
    for hash in [0, 2, 3] {
        assert_eq!(failure(|blob| number(blob, 0x4cc, hash)), "az.hcl.hash_type");
    }
}

#[test]
fn both_versions_are_genuine() {
    assert_eq!(run(&changed(|blob| number(blob, 4, 2))).failure(), None);
}

#[test]
fn sizes_agree() {
    for off in [1_u32, u32::MAX] {
        assert_eq!(
            failure(|blob| {
                let size = read(blob, 8);
                number(blob, 8, size.wrapping_add(off));
            }),
            "az.hcl.size"
        );
        assert_eq!(
            failure(|blob| {
                let size = read(blob, 0x4c0);
                number(blob, 0x4c0, size.wrapping_add(off));
            }),
            "az.hcl.data_size"
        );
    }
    for size in [0, u32::MAX, u32::MAX - 19, 0x8000_0000] {
        assert_eq!(failure(|blob| number(blob, 0x4d0, size)), "az.hcl.data_size");
    }
    // Sizes that agree with each other but not with the blob.
    for (runtime, size) in [(5_000, "az.hcl.size"), (u32::MAX - 20, "az.hcl.size")] {
        let lie = |blob: &mut Vec<u8>| {
            number(blob, 0x4d0, runtime);
            number(blob, 0x4c0, runtime + 20);
            number(blob, 8, runtime.wrapping_add(20 + 1216));
        };
        assert_eq!(failure(lie), size);
    }
    // No runtime data at all.
    let none = |blob: &mut Vec<u8>| {
        number(blob, 0x4d0, 0);
        number(blob, 0x4c0, 20);
        number(blob, 8, 1236);
        blob[0x4d4..].fill(0);
    };
    assert_eq!(failure(none), "az.hcl.data_size");
}

#[test]
fn a_shorter_runtime_leaves_bytes_that_are_not_zero() {
    let shorter = |blob: &mut Vec<u8>| {
        for offset in [8, 0x4c0, 0x4d0] {
            let size = read(blob, offset);
            number(blob, offset, size - 1);
        }
    };
    assert_eq!(failure(shorter), "az.hcl.padding");
}

#[test]
fn padding_is_zero_and_bounded() {
    assert_eq!(failure(|blob| *blob.last_mut().unwrap() = 1), "az.hcl.padding");
    assert_eq!(failure(|blob| blob.push(1)), "az.hcl.padding");
    assert_eq!(run(&changed(|blob| blob.push(0))).failure(), None);
    assert_eq!(failure(|blob| blob.resize(16 * 1024 + 1, 0)), "az.hcl.length");
    for short in [0, 1, 1235] {
        assert_eq!(failure(|blob| blob.truncate(short)), "az.hcl.length");
    }
}

#[test]
fn the_report_type_is_that_of_the_platform() {
    assert_eq!(failure(|blob| number(blob, 0x4c8, 4)), "az.hcl.report_type");
    for other in [0, 1, 3, 5] {
        assert_eq!(failure(|blob| number(blob, 0x4c8, other)), "az.hcl.report_type");
    }
    let snp = given(Quote::default().signed());
    let ran = run_with(&snp, ReportType::Tdx, &Policy::default());
    assert_eq!(ran.failure(), Some("az.hcl.report_type"));
}
