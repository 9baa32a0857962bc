//! TDs on Azure: what joins the two layers (adversarial.md, A13, A14), and the cases of either layer
//! alone that hold for both together.

use base64ct::{Base64UrlUnpadded, Encoding as _};

use super::{
    Generator, az_accepted, az_hcl, az_policy, az_quote, az_runtime, tdx_chain, tdx_crl, tdx_identity,
    tdx_quote, tdx_signature, tdx_tcb, tdx_td,
};
use crate::azure::RuntimeData;
use crate::case::{Case, Expect};
use crate::intel::{self, Td};
use crate::keys;
use crate::policies;
use crate::scene::{Brought, Scene, Step};

cases![
    sound,
    genuine_like,
    hcl_version_1,
    other_registers,
    no_quote,
    no_pcrs_named,
    pcr_other,
    report_field,
    report_data,
    report_padding,
    report_rest,
    quote_of_other_boot,
    quote_of_other_td,
    snp_blob,
    snp_evidence,
    td_evidence_as_snp,
    td_blob_as_snp,
    td_report_as_snp,
    bare_evidence,
    az_evidence_as_bare,
    collateral_text,
    collateral_list,
];

const AZURE: &str = "platforms.md, 12 to 25";
const JOINED: &str = "platforms.md, 13";
const LABELS: &str = "kettle-bundle.md, evidence.json";

fn scene() -> Scene {
    Scene::azure().in_td(Td::sound())
}

fn case(id: &str, covers: &str, title: &str, expect: Expect, scene: &Scene) -> Case {
    Case::new(&format!("az-tdx/{id}"), covers, title, expect)
        .why("one machine: blob, TD quote and TPM quote are of one boot", JOINED)
        .azure_td(scene)
}

fn accepted(id: &str, covers: &str, title: &str, scene: &Scene) -> Case {
    case(id, covers, title, Expect::verified(), scene)
}

fn refused(id: &str, covers: &str, title: &str, check: &str, scene: &Scene) -> Case {
    case(id, covers, title, Expect::fails(check), scene)
}

fn sound() -> Case {
    accepted("ok", "A02 A09", "a TD on Azure with its collateral", &scene())
        .why("the sound bundle that other cases of this folder change in one place", AZURE)
}

fn genuine_like() -> Case {
    let mut td = Td::sound();
    td.version = 4;
    td.put(intel::Step::Body, 0x78, &[0; 8]);
    td.put(intel::Step::Body, 0x148, &[0; 192]);
    td.change(intel::Step::Quote, |quote| quote.resize(quote.len() + 70, 0));
    let mut scene = Scene::azure().in_td(td);
    scene.az().hcl.version = 2;
    let title =
        "as genuine machines are: version 4, zeros after the quote, no SEPT_VE_DISABLE, RTMRs of zeros";
    accepted("ok-as-genuine", "T03 T15 A09", title, &scene)
        .why("older machines of Azure are so, and the policy may take them", AZURE)
        .td_policy(|policy| policy.tdx.get_or_insert_default().require_sept_ve_disable = Some(false))
}

fn hcl_version_1() -> Case {
    let mut scene = scene();
    scene.az().hcl.version = 2;
    accepted("ok-hcl-version-2", "A09", "HCL version 2", &scene)
}

fn other_registers() -> Case {
    let mut td = Td::sound();
    td.put(intel::Step::Body, 0x148, &[0x77; 192]);
    accepted("ok-rtmrs", "A03", "RTMRs of any value: the guest is in the PCRs", &Scene::azure().in_td(td))
}

fn no_quote() -> Case {
    let mut scene = scene();
    scene.brought = Brought::Nothing;
    let expect = Expect::inconclusive("az.td_quote.present");
    case("td-quote-missing", "T11", "an HCL blob without a TD quote", expect, &scene)
        .why("the processor alone can check a TD report, so only a quote makes it somebody's word", JOINED)
}

fn no_pcrs_named() -> Case {
    let expect = Expect::unpinned("machine.pcrs");
    case("no-pcrs-named", "A03 P08", "the policy names MRTD and no PCRs", expect, &scene())
        .why("on Azure MRTD is the cloud's paravisor; the guest is in the PCRs", "platforms.md, 18")
        .td_policy(|policy| policy.measurements.as_mut().unwrap()[1].pcrs = None)
}

fn pcr_other() -> Case {
    let title = "a PCR of another value than the policy's";
    refused("pcr-other", "A03", title, "machine.pcrs", &scene())
        .why("the guest is in the PCRs", "platforms.md, 18")
        .td_policy(|policy| {
            let pcrs = policy.measurements.as_mut().unwrap()[1].pcrs.as_mut().unwrap();
            pcrs[4].sha256 = Some("11".repeat(32));
        })
}

const QUOTED: &str = "az.td_report.quoted";

fn reported(id: &str, title: &str, expect: Expect, at: usize) -> Case {
    let mut scene = scene();
    scene.change(Step::Report, move |report| report[at] ^= 1);
    case(id, "A13", title, expect, &scene)
}

fn report_field() -> Case {
    reported(
        "td-report-mrtd",
        "an MRTD in the blob that the quote does not have",
        Expect::fails(QUOTED),
        0x210,
    )
}

fn report_data() -> Case {
    let title = "report data in the blob that the quote does not have";
    reported("td-report-data", title, Expect::fails(QUOTED), 0x80)
}

fn report_padding() -> Case {
    let expect = Expect::fails("az.td_report.padding");
    reported("td-report-padding", "a byte after the TD report", expect, 1183)
}

fn report_rest() -> Case {
    let title = "a changed MAC in the TD report, which is nobody's word and listed as such";
    reported("ok-td-report-mac", title, Expect::verified(), 0xe0)
}

/// The TD quote of a machine that differs in what the change says.
fn transplanted(id: &str, title: &str, check: &str, other: &mut Scene) -> Case {
    let td_quote = |scene: &Scene| {
        let evidence: serde_json::Value = serde_json::from_slice(&scene.mint().evidence).unwrap();
        evidence["evidence"]["td_quote"].as_str().unwrap().to_owned()
    };
    let mut scene = scene();
    scene.replace(Step::Envelope, &td_quote(&scene.clone()), &td_quote(other));
    refused(id, "A13", title, check, &scene)
}

fn quote_of_other_boot() -> Case {
    let mut other = scene();
    other.az().runtime = RuntimeData::sound(&keys::AK_OTHER);
    transplanted("a13-other-boot", "the TD quote of another boot beside the blob", QUOTED, &mut other)
}

fn quote_of_other_td() -> Case {
    let mut td = Td::sound();
    td.put(intel::Step::Body, 0x10, &[0x5f; 48]);
    let mut other = Scene::azure().in_td(td);
    transplanted("a13-other-td", "the TD quote of another machine with the same key", QUOTED, &mut other)
}

fn labelled(id: &str, covers: &str, title: &str, check: &str, scene: &Scene) -> Case {
    let case = Case::new(id, covers, title, Expect::fails(check));
    case.why("the label selects the decoder; the bytes decide", LABELS).azure_td(scene)
}

fn snp_blob() -> Case {
    let mut scene = scene();
    scene.az().hcl.report_type = 2;
    labelled("az-tdx/a14-snp-blob", "A14", "an SNP blob under `az-tdx`", "az.hcl.report_type", &scene)
}

fn snp_evidence() -> Case {
    let mut scene = Scene::azure();
    scene.label = "az-tdx".into();
    let title = "the evidence of an SNP machine under `az-tdx`";
    labelled("az-tdx/a14-snp-evidence", "A14 P04", title, "az.evidence.layout", &scene)
}

fn as_snp(id: &str, title: &str, check: &str, change: impl FnOnce(&mut Scene)) -> Case {
    let mut td = Td::sound();
    td.collateral = None;
    let mut scene = Scene::azure().in_td(td);
    scene.label = "az-snp".into();
    change(&mut scene);
    labelled(id, "A14 P04", title, check, &scene).policy_file(crate::case::Input::Shared(policies::PINNED))
}

fn td_evidence_as_snp() -> Case {
    let title = "the evidence of a TD under `az-snp`";
    as_snp("az-snp/a14-td-evidence", title, "az.evidence.layout", |_| {})
}

fn td_blob_as_snp() -> Case {
    let title = "the blob of a TD under `az-snp`, its quote in the certificate's place";
    as_snp("az-snp/a14-td-quote", title, "az.hcl.report_type", |scene| {
        scene.replace(Step::Envelope, r#""td_quote":"#, r#""vcek":"#);
    })
}

fn td_report_as_snp() -> Case {
    let title = "a TD report in a blob that calls it an SNP report";
    as_snp("az-snp/a14-td-report", title, "snp.report.version", |scene| {
        scene.az().hcl.report_type = 2;
        scene.replace(Step::Envelope, r#""td_quote":"#, r#""vcek":"#);
    })
}

fn bare_evidence() -> Case {
    let mut td = Td::sound();
    td.label = "az-tdx".into();
    Case::new(
        "az-tdx/p04-bare-evidence",
        "P04",
        "the evidence of a bare TD",
        Expect::fails("az.evidence.layout"),
    )
    .why("the label selects the decoder; the bytes decide", LABELS)
    .td(&td)
}

fn az_evidence_as_bare() -> Case {
    let mut scene = scene();
    scene.label = "tdx".into();
    labelled("tdx/p04-az-evidence", "P04", "Azure's evidence under `tdx`", "tdx.evidence.layout", &scene)
}

fn respelt_collateral(id: &str, title: &str, change: fn(serde_json::Value) -> serde_json::Value) -> Case {
    let mut scene = scene();
    scene.change(Step::Envelope, move |json| {
        let mut value: serde_json::Value = serde_json::from_slice(json).unwrap();
        value["evidence"]["collateral"] = change(value["evidence"]["collateral"].take());
        *json = value.to_string().into_bytes();
    });
    refused(id, "P11", title, "az.evidence.layout", &scene)
        .why("the evidence has exactly its fields, each in its one encoding", LABELS)
}

fn collateral_text() -> Case {
    respelt_collateral("p11-collateral-text", "collateral as a text", |object| {
        Base64UrlUnpadded::encode_string(object.to_string().as_bytes()).into()
    })
}

fn collateral_list() -> Case {
    respelt_collateral("p11-collateral-list", "two pieces of collateral", |object| {
        vec![object.clone(), object].into()
    })
}

/// The cases of [`SHARED`] on `az-tdx`.
pub(super) fn shared() -> impl Iterator<Item = Generator> {
    SHARED.iter().flat_map(|(group, names)| {
        names.split_whitespace().map(|name| {
            let found = group.iter().find(|generator| generator.name == name);
            let generator = found.unwrap_or_else(|| panic!("no generator `{name}` to share"));
            Generator { on_az_tdx: true, ..*generator }
        })
    })
}

/// Groups of other platforms, with the names of those generators that hold on `az-tdx` too.
const SHARED: &[(&[Generator], &str)] = &[
    (az_accepted::ALL, "extra_data_50 extra_data_32 some_pcrs no_quote runtime_unknown_member"),
    (
        az_hcl::ALL,
        "magic version_0 version_3 size_short size_long data_size runtime_length_overflow runtime_length_zero
         hash_type_0 hash_type_2 hash_type_3 padding request_type status reserved request_version truncated
         report_data_tail report_data_whole runtime_changed evidence_version_0
         evidence_version_2 upper_hex extra_field field_missing separate_key",
    ),
    (
        az_runtime::ALL,
        "two_keys duplicate_member no_keys in_ek key_type key_ops exponent_1 exponent_3 even bits_1024
         leading_zeros padded invalid_utf8 nested_duplicate trailing",
    ),
    (
        az_quote::ALL,
        "magic certify session_audit extra_prefix extra_tail extra_empty extra_shifted unselected permuted
         bank_sha1 no_selection nothing_selected select_4 two_banks length_20 length_33 values_23 values_25
         value_changed trailing truncated signature_255 signature_257 signature_pss signature_sha1
         signature_garbage signature_above_modulus message_flip signer_owner signer_unrestricted
         transplant_quote transplant_hardware transplant_same_key clock_unsafe clock_waived safe_2",
    ),
    (
        az_policy::ALL,
        "secure_boot secure_boot_unsaid tpm_disabled console demands_met user_data_prefix user_data_short
         vm_not_allowed vm_denied firmware reset_count",
    ),
    (
        tdx_quote::ALL,
        "version_3 version_6 version_not_taken sgx key_type vendor reserved too_small body_kind body_size
         body_kind_of_other_size signature_data_short signature_data_huge certification_1 certification_4
         certification_6_in_6 qe_data_short qe_data_long text_after zeros_after version_4 td15ex",
    ),
    (
        tdx_chain::ALL,
        "stranger two four reordered leaf_twice junk_between nul root_reissued genuine_roots ca_not_ca
         ca_other_name ca_by_stranger ca_der pck_other_name pck_is_ca pck_by_stranger pck_der expired not_yet
         no_extension no_fmspc fmspc_twice unknown_value level_above_127",
    ),
    (
        tdx_signature::ALL,
        "qe_report_flip qe_other_key qe_other_data qe_data_tail qe_debug attestation_key_other
         attestation_key_off_curve header_flip body_flip signature_r_zero signature_s_zero signature_high_s",
    ),
    (
        tdx_identity::ALL,
        "empty_object forged zero_signature white_space chain_absent signer_by_stranger of_sgx version_1
         duplicate trailing unknown_status expired future evaluation other_signer below_levels out_of_date
         revoked",
    ),
    (
        tdx_crl::ALL,
        "root_empty root_flipped root_stale root_future ca_revoked pck_empty pck_of_root pck_no_next_update
         pck_stale pck_revoked issuer_absent issuer_other_ca",
    ),
    (
        tdx_tcb::ALL,
        "no_collateral layout_field reordered white_space zero_signature chain_absent
         duplicate_levels of_sgx version_2 other_fmspc fifteen unsorted twice expired future evaluation
         out_of_date out_of_date_taken revoked below_levels hardening module_unknown module_signer
         module_below module_out_of_date module_revoked relaunch",
    ),
    (
        tdx_td::ALL,
        "zero_svn_at_a_level debug debug_taken profiled reserved sept_ve sept_ve_taken migratable
         protection_keys key_locker performance_monitoring xfam_no_sse xfam_other xfam_cet service_td
         module_signer module_attributes unmeasured mr_seam mr_config_id_padded mr_owner mr_owner_config
         measurement unpinned denied allowed",
    ),
];
