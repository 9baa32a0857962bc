//! HCL blobs with fields that lie (adversarial.md, A09, A10, A14), and evidence objects that are not
//! of the format.

use crate::azure::Hcl;
use crate::case::{Case, Expect};
use crate::scene::{Scene, Step};

cases![
    magic,
    version_0,
    version_3,
    size_short,
    size_long,
    data_size,
    runtime_length_overflow,
    runtime_length_zero,
    report_type,
    hash_type_0,
    hash_type_2,
    hash_type_3,
    padding,
    request_type,
    status,
    reserved,
    request_version,
    truncated,
    too_large,
    report_data_tail,
    report_data_whole,
    runtime_changed,
    runtime_space,
    snp_evidence,
    az_evidence_as_snp,
    evidence_version_0,
    evidence_version_2,
    upper_hex,
    standard_base64,
    extra_field,
    field_missing,
    separate_key,
];

const HCL: &str = "platforms.md, 12";

fn header(id: &str, title: &str, check: &str, change: impl FnOnce(&mut Hcl)) -> Case {
    let mut scene = Scene::azure();
    change(&mut scene.az().hcl);
    Case::new(id, "A09", title, Expect::fails(check))
        .why("nothing signs the header, so each field must have its one value", HCL)
        .bundle(&scene)
}

fn bytes(id: &str, covers: &str, title: &str, check: &str, change: impl Fn(&mut Vec<u8>) + 'static) -> Case {
    let mut scene = Scene::azure();
    scene.change(Step::Hcl, change);
    Case::new(id, covers, title, Expect::fails(check))
        .why("nothing signs the header, so each field must have its one value", HCL)
        .bundle(&scene)
}

fn magic() -> Case {
    header("az-snp/a09-magic", "another magic", "az.hcl.magic", |hcl| hcl.magic = *b"HCLB")
}

fn version_0() -> Case {
    header("az-snp/a09-version-0", "HCL version 0", "az.hcl.version", |hcl| hcl.version = 0)
}

fn version_3() -> Case {
    header("az-snp/a09-version-3", "HCL version 3", "az.hcl.version", |hcl| hcl.version = 3)
}

fn size_short() -> Case {
    header("az-snp/a09-size-short", "a size that leaves out the header", "az.hcl.size", |hcl| {
        hcl.size = Some(1184);
    })
}

fn size_long() -> Case {
    header("az-snp/a09-size-long", "a size beyond the blob", "az.hcl.size", |hcl| hcl.size = Some(u32::MAX))
}

fn data_size() -> Case {
    header("az-snp/a09-data-size", "a data size without its own header", "az.hcl.data_size", |hcl| {
        hcl.data_size = Some(1);
    })
}

fn runtime_length_overflow() -> Case {
    header(
        "az-snp/a09-length-overflow",
        "a length that overflows when 20 is added",
        "az.hcl.data_size",
        |hcl| {
            hcl.runtime_length = Some(u32::MAX);
            hcl.data_size = Some(19);
        },
    )
}

fn runtime_length_zero() -> Case {
    header("az-snp/a09-length-zero", "runtime data of no bytes", "az.hcl.data_size", |hcl| {
        hcl.runtime_length = Some(0);
        hcl.data_size = Some(20);
    })
}

fn report_type() -> Case {
    header("az-snp/a14-tdx-blob", "the blob of a TDX machine under `az-snp`", "az.hcl.report_type", |hcl| {
        hcl.report_type = 4;
    })
}

fn hash_type(id: &str, title: &str, number: u32) -> Case {
    header(id, title, "az.hcl.hash_type", |hcl| hcl.hash_type = number)
}

fn hash_type_0() -> Case {
    hash_type("az-snp/a09-hash-type-0", "hash type 0", 0)
}

fn hash_type_2() -> Case {
    hash_type("az-snp/a09-hash-type-2", "hash type 2: SHA-384", 2)
}

fn hash_type_3() -> Case {
    hash_type("az-snp/a09-hash-type-3", "hash type 3: SHA-512", 3)
}

fn padding() -> Case {
    bytes("az-snp/a09-padding", "A09", "a byte after the runtime data", "az.hcl.padding", |blob| {
        *blob.last_mut().unwrap() = 1;
    })
}

fn request_type() -> Case {
    header("az-snp/a09-request-type", "another request type", "az.hcl.request_type", |hcl| {
        hcl.request_type = 1;
    })
}

fn status() -> Case {
    bytes("az-snp/a09-status", "A09", "a status that is not zero", "az.hcl.status", |blob| blob[0x10] = 1)
}

fn reserved() -> Case {
    bytes("az-snp/a09-reserved", "A09", "a reserved byte", "az.hcl.reserved", |blob| blob[0x1f] = 1)
}

fn request_version() -> Case {
    bytes(
        "az-snp/a09-request-version",
        "A09",
        "request data of version 2",
        "az.hcl.request_version",
        |blob| {
            blob[0x4c4] = 2;
        },
    )
}

fn truncated() -> Case {
    bytes("az-snp/a09-truncated", "A09 G02", "a blob that ends within its headers", "az.hcl.length", |blob| {
        blob.truncate(0x4d3);
    })
}

fn too_large() -> Case {
    bytes("az-snp/a09-too-large", "A09", "a blob of 200 kB", "az.hcl.length", |blob| blob.resize(200_000, 0))
}

fn report_data(id: &str, title: &str, tail: &'static [u8]) -> Case {
    let mut scene = Scene::azure();
    scene.change(Step::ReportData, move |data| data.extend(tail));
    Case::new(id, "A10", title, Expect::fails("az.runtime.tail"))
        .why(
            "the paravisor leaves the second half zero; whatever else lies there was not made by it",
            "platforms.md, 13",
        )
        .bundle(&scene)
}

fn report_data_tail() -> Case {
    report_data("az-snp/a10-tail", "a byte after the digest in the report data", &[1])
}

fn report_data_whole() -> Case {
    report_data("az-snp/a10-last", "the last byte of the report data", &LAST)
}

fn runtime_changed() -> Case {
    bytes(
        "az-snp/a07-runtime-changed",
        "A07 G01",
        "one bit of the runtime data",
        "az.runtime.digest",
        |blob| {
            blob[0x4d4 + 40] ^= 1;
        },
    )
    .mutated_from("az-snp/ok-milan")
}

fn runtime_space() -> Case {
    let mut scene = Scene::azure();
    let runtime = scene.az().runtime.json();
    scene.change(Step::Hcl, move |blob| {
        *blob = Hcl::of_version(1).blob(&blob[32..32 + 1184], format!("{runtime} ").as_bytes());
    });
    Case::new(
        "az-snp/a07-runtime-space",
        "A07",
        "a space after the runtime data",
        Expect::fails("az.runtime.digest"),
    )
    .why("the digest is over the bytes, not over the JSON", "platforms.md, 13")
    .bundle(&scene)
}

fn layout(id: &str, covers: &str, title: &str, scene: &Scene) -> Case {
    Case::new(id, covers, title, Expect::fails("az.evidence.layout"))
        .why(
            "the evidence has exactly its fields, each in its one encoding",
            "kettle-bundle.md, evidence.json",
        )
        .bundle(scene)
}

fn respelt(id: &str, covers: &str, title: &str, from: &str, to: &str) -> Case {
    let mut scene = Scene::azure();
    scene.replace(Step::Envelope, from, to);
    layout(id, covers, title, &scene)
}

fn snp_evidence() -> Case {
    let mut scene = Scene::snp();
    scene.label = "az-snp".into();
    layout("az-snp/p04-snp-evidence", "P04 A14", "evidence of a bare machine under `az-snp`", &scene)
}

fn az_evidence_as_snp() -> Case {
    let mut scene = Scene::azure();
    scene.label = "snp".into();
    Case::new(
        "snp/p04-az-evidence",
        "P04 A14",
        "Azure's evidence under `snp`",
        Expect::fails("snp.evidence.layout"),
    )
    .why("the label selects the decoder; the bytes decide", "kettle-bundle.md, evidence.json")
    .bundle(&scene)
}

fn evidence_version_0() -> Case {
    respelt("az-snp/p11-version-0", "P11", "evidence of version 0", r#""version":1"#, r#""version":0"#)
}

fn evidence_version_2() -> Case {
    respelt("az-snp/p11-version-2", "P11", "evidence of version 2", r#""version":1"#, r#""version":2"#)
}

fn upper_hex() -> Case {
    respelt("az-snp/p11-upper-hex", "P11", "the quote in upper-case hex", "ff544347", "FF544347")
}

fn standard_base64() -> Case {
    let mut scene = Scene::azure();
    scene.change(Step::Envelope, |json| {
        let text = std::str::from_utf8(json).unwrap();
        let (before, blob) = text.split_once(r#""hcl_report":"#).unwrap();
        assert!(blob.contains(['-', '_']));
        *json = format!(r#"{before}"hcl_report":{}"#, blob.replace('-', "+").replace('_', "/")).into_bytes();
    });
    layout("az-snp/p11-standard-base64", "P11", "standard base64 in place of base64url", &scene)
}

fn extra_field() -> Case {
    respelt(
        "az-snp/p11-extra-field",
        "P11",
        "a field that the format does not have",
        r#""version":1,"#,
        r#""version":1,"comment":"hello","#,
    )
}

fn field_missing() -> Case {
    respelt("az-snp/p11-field-missing", "P11", "no version", r#""version":1,"#, "")
}

fn separate_key() -> Case {
    respelt(
        "az-snp/a07-separate-key",
        "A07",
        "an attestation key that lies beside the runtime data",
        r#""version":1,"#,
        r#""version":1,"ak_pub":"AAEACwAFBHIAAAAQABQACwgAAAAAAAEA","#,
    )
    .advisory("CVE-2025-49707")
}

/// 32 bytes of which only the last is not zero.
const LAST: [u8; 32] = {
    let mut tail = [0; 32];
    tail[31] = 1;
    tail
};
