//! Azure evidence that must be taken.

use crate::azure::{Hcl, Selection};
use crate::case::{Case, Expect};
use crate::product::{Product, VekKind};
use crate::provenance::{Generation, Toolchain};
use crate::report::offset;
use crate::scene::{Brought, Machine, Scene, Step};

cases![
    milan,
    hcl_version_2,
    genoa,
    old_blob,
    old_key_ops,
    report_version_2,
    extra_data_50,
    extra_data_32,
    some_pcrs,
    padded_base64,
    beside,
    no_quote,
    no_pcrs_named,
    runtime_unknown_member,
];

const AZURE: &str = "platforms.md, 12 to 18";

fn milan() -> Case {
    Case::new(
        "az-snp/ok-milan",
        "A02 G03 G06",
        "a Milan machine on Azure, HCL version 1, extraData of 48 bytes",
        Expect::verified(),
    )
    .why("the sound bundle that other cases of this folder change in one place", AZURE)
    .accepts("hcl-version-1")
    .bundle(&Scene::azure())
}

fn hcl_version_2() -> Case {
    let mut scene = Scene::azure();
    scene.az().hcl = Hcl::of_version(2);
    Case::new("az-snp/ok-hcl-version-2", "A09", "HCL version 2", Expect::verified())
        .why("the version is no platform tag: Genoa machines have 2", AZURE)
        .accepts("hcl-version-2")
        .bundle(&scene)
}

fn genoa() -> Case {
    let mut scene = Scene::azure();
    scene.machine = Machine::of(Product::Genoa, VekKind::Vcek);
    scene.az().hcl = Hcl::of_version(2);
    Case::new("az-snp/ok-genoa", "", "a Genoa machine on Azure", Expect::verified())
        .why("the inner layer is that of any SEV-SNP machine", AZURE)
        .bundle(&scene)
}

fn old_scene() -> Scene {
    let mut scene = Scene::azure();
    let azure = scene.az();
    azure.runtime.keys.truncate(1);
    azure.runtime.vm_configuration = None;
    azure.runtime.user_data = None;
    azure.hcl.total = 2048;
    scene
}

fn old_blob() -> Case {
    Case::new(
        "az-snp/ok-old-blob",
        "A06",
        "a blob of 2022: the attestation key alone, 2048 bytes",
        Expect::verified(),
    )
    .why("old machines have neither endorsement key nor configuration", AZURE)
    .accepts("hcl-ak-only-2048-bytes")
    .bundle(&old_scene())
}

fn old_key_ops() -> Case {
    let mut scene = old_scene();
    scene.az().runtime.keys[0].key_ops = "encrypt".into();
    Case::new(
        "az-snp/ok-old-key-ops",
        "A06",
        "an old machine's only key says that it is there to encrypt",
        Expect::verified(),
    )
    .why("genuine machines of 2022 and 2023 say so; the hardware vouches for the key all the same", AZURE)
    .bundle(&scene)
}

fn report_version_2() -> Case {
    let mut scene = Scene::azure();
    scene.machine.report.put_u32(offset::VERSION, 2);
    scene.machine.report.put(offset::CPUID, &[0; 3]);
    Case::new(
        "az-snp/ok-report-version-2",
        "S21",
        "a report of version 2 inside Azure's blob",
        Expect::verified(),
    )
    .why("on Azure version 2 is genuine and needs no opt-in", "platforms.md, SEV-SNP report")
    .bundle(&scene)
}

fn extra_data_50() -> Case {
    let mut scene = Scene::azure();
    scene.az().quote.extra_tail = vec![0; 2];
    Case::new("az-snp/ok-extra-data-50", "A02", "extraData of 50 bytes with a zero tail", Expect::verified())
        .why("so builders of F2 wrote it before June 2026", "kettle-bundle.md, Where the attested bytes lie")
        .accepts("extra-data-50-with-zero-tail")
        .bundle(&scene)
}

fn extra_data_32() -> Case {
    Case::new("az-snp/ok-extra-data-32", "A02", "extraData of 32 bytes, generation F0", Expect::verified())
        .why("the first generation attests the digest alone", "kettle-bundle.md, Generations")
        .bundle(&Scene::azure().built(Generation::F0, Toolchain::Cargo))
}

fn some_pcrs() -> Case {
    let mut scene = Scene::azure();
    scene.az().quote.selections = vec![Selection { bits: vec![0xff, 0x7f, 0x00], ..Selection::all() }];
    Case::new(
        "az-snp/ok-some-pcrs",
        "A03",
        "the quote selects PCRs 0 to 14, which the policy names",
        Expect::verified(),
    )
    .why("what is not selected is listed as not authenticated", "platforms.md, 16")
    .bundle(&scene)
}

fn padded_base64() -> Case {
    let mut scene = Scene::azure();
    scene.change(Step::Envelope, |json| {
        let text = std::str::from_utf8(json).unwrap();
        let vcek = text.rsplit_once(r#""vcek":""#).unwrap().1.trim_end_matches("\"}}");
        let padding = "=".repeat((4 - vcek.len() % 4) % 4);
        assert_ne!(padding, "");
        *json = format!("{}{padding}\"}}}}", text.trim_end_matches("\"}}")).into_bytes();
    });
    Case::new("az-snp/ok-padded", "P11", "base64url with its canonical padding", Expect::verified())
        .why("a genuine capture has it; it is noted as a deviation", "kettle-bundle.md, evidence.json")
        .bundle(&scene)
}

fn beside() -> Case {
    let mut scene = Scene::azure();
    scene.brought = Brought::Nothing;
    let vek = scene.mint().vek;
    Case::new("az-snp/ok-vcek-beside", "", "the VCEK lies beside the bundle", Expect::verified())
        .why("collateral is stapled: in the bundle or given beside it", "kettle-bundle.md, evidence.json")
        .bundle(&scene)
        .certificate(vek)
}

fn no_quote() -> Case {
    let mut scene = Scene::azure();
    scene.change(Step::Envelope, |json| {
        let text = std::str::from_utf8(json).unwrap();
        let (before, rest) = text.split_once(r#""tpm_quote":"#).unwrap();
        let after = rest.split_once(r#","hcl_report""#).unwrap().1;
        *json = format!(r#"{before}"tpm_quote":null,"hcl_report"{after}"#).into_bytes();
    });
    Case::new(
        "az-snp/quote-missing",
        "A01",
        "an HCL blob without a quote",
        Expect::inconclusive("az.quote.present"),
    )
    .why("the machine is genuine, and nothing attests any bytes of the guest", AZURE)
    .bundle(&scene)
}

fn no_pcrs_named() -> Case {
    Case::new(
        "az-snp/no-pcrs-named",
        "A03 P08",
        "the policy names the launch digest and no PCRs",
        Expect::unpinned("machine.pcrs"),
    )
    .why("on Azure the launch digest is the cloud's paravisor; the guest is in the PCRs", "platforms.md, 18")
    .bundle(&Scene::azure())
    .policy(|policy| policy.measurements.as_mut().unwrap()[1].pcrs = None)
}

fn runtime_unknown_member() -> Case {
    let mut scene = Scene::azure();
    scene.replace(
        Step::Runtime,
        r#""vm-configuration":{"#,
        r#""vm-configuration":{"filtered-vpci-devices-allowed":false,"#,
    );
    Case::new(
        "az-snp/ok-runtime-unknown-member",
        "A11",
        "a member of the runtime data that nobody knows",
        Expect::verified(),
    )
    .why("the hardware signed it, and paravisors add members", AZURE)
    .bundle(&scene)
}
