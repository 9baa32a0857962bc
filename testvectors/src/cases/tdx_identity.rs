//! The QE identity (adversarial.md, T09 and T11).

use super::tdx::{case, refused};
use crate::case::{Case, Expect};
use crate::intel::{P256Key, Step, pem};

cases![
    empty_object,
    forged,
    zero_signature,
    short_signature,
    white_space,
    chain_absent,
    chain_one,
    chain_three,
    chain_other_root,
    signer_by_stranger,
    signer_name,
    signer_revoked,
    of_sgx,
    version_1,
    version_3,
    duplicate,
    trailing,
    unknown_status,
    no_levels,
    levels_ascending,
    short_signer,
    expired,
    future,
    signer_expired,
    evaluation,
    other_signer,
    other_product,
    other_attributes,
    other_misc,
    below_levels,
    out_of_date,
    out_of_date_and_misconfigured,
    misconfigured,
    revoked,
];

const SIGNATURE: &str = "tdx.qe_identity.signature";
const SIGNER: &str = "tdx.qe_identity.signer";
const CONTENT: &str = "tdx.qe_identity.content";
const VERSION: &str = "tdx.qe_identity.version";
const CURRENT: &str = "tdx.qe_identity.current";
const IDENTITY: &str = "tdx.qe.identity";

fn empty_object() -> Case {
    refused("qe-identity-empty", "T09", "`{}` for QE identity", SIGNATURE, |td| {
        td.change(Step::QeIdentityAfter, |text| *text = b"{}".to_vec());
    })
    .advisory("CVE-2026-22696")
}

fn forged() -> Case {
    refused("qe-identity-forged", "T09", "a QE identity with an attacker's MRSIGNER", SIGNATURE, |td| {
        td.replace(Step::QeIdentityAfter, "DCDC", "ABAB");
    })
    .advisory("CVE-2026-22696")
}

fn zero_signature() -> Case {
    refused("qe-identity-zero-signature", "T09", "a signature of zeros", SIGNATURE, |td| {
        td.put(Step::QeIdentitySignature, 0, &[0; 64]);
    })
    .advisory("CVE-2026-22696")
}

fn short_signature() -> Case {
    refused("qe-identity-short-signature", "T09", "a signature of 63 bytes", SIGNATURE, |td| {
        td.change(Step::QeIdentitySignature, |signature| signature.truncate(63));
    })
}

fn white_space() -> Case {
    refused("qe-identity-white-space", "T09", "the same JSON with a space", SIGNATURE, |td| {
        td.replace(Step::QeIdentityAfter, r#","version""#, r#", "version""#);
    })
}

fn chain_absent() -> Case {
    refused("qe-identity-chain-absent", "T11", "no issuer chain of the QE identity", SIGNER, |td| {
        td.change(Step::QeIdentityChain, Vec::clear);
    })
}

fn chain_one() -> Case {
    refused("qe-identity-chain-one", "T11", "a signer without its root", SIGNER, |td| {
        td.change(Step::QeIdentityChain, |chain| chain.truncate(chain.len() / 2));
    })
}

fn chain_three() -> Case {
    refused("qe-identity-chain-three", "T11", "a chain of three", SIGNER, |td| {
        td.change(Step::QeIdentityChain, |chain| chain.extend_from_within(..));
    })
}

fn chain_other_root() -> Case {
    refused("qe-identity-other-root", "T11", "a signer under an attacker's root", SIGNER, |td| {
        td.change(Step::QeIdentityChain, |chain| {
            let end = "-----END CERTIFICATE-----\n";
            let text = String::from_utf8(chain.clone()).unwrap();
            let signer = text.split_inclusive(end).next().unwrap();
            let root = crate::intel::root(&P256Key::named("an attacker"));
            *chain = format!("{signer}{}", pem(&root)).into_bytes();
        });
    })
}

fn signer_by_stranger() -> Case {
    // Both documents have one signer, and the TCB info is looked at first.
    refused("tcb-signer-by-stranger", "T11", "a signer that the root did not sign", "tdx.tcb.signer", |td| {
        td.given().signer_issuer = Some(P256Key::named("an attacker"));
    })
}

fn signer_name() -> Case {
    refused("tcb-signer-name", "T11", "a certificate that is no TCB signer's", "tdx.tcb.signer", |td| {
        td.given().signer.subject_der = crate::intel::name("Intel SGX PCK Certificate");
    })
}

fn signer_revoked() -> Case {
    refused("tcb-signer-revoked", "T12", "a revoked TCB signer", "tdx.tcb.signer", |td| {
        td.given().root_list.revoked.push(vec![0x51, 4]);
    })
}

fn of_sgx() -> Case {
    refused("qe-identity-sgx", "T09", "the identity of the quoting enclave of SGX", VERSION, |td| {
        td.replace(Step::QeIdentity, "TD_QE", "QE");
    })
}

fn version_1() -> Case {
    refused("qe-identity-version-1", "T09", "a QE identity of version 1", VERSION, |td| {
        td.replace(Step::QeIdentity, r#""version":2"#, r#""version":1"#);
    })
}

fn version_3() -> Case {
    refused("qe-identity-version-3", "T09", "a QE identity of version 3", VERSION, |td| {
        td.replace(Step::QeIdentity, r#""version":2"#, r#""version":3"#);
    })
}

fn duplicate() -> Case {
    refused("qe-identity-duplicate", "T09", "two `mrsigner`s in a signed QE identity", CONTENT, |td| {
        td.replace(Step::QeIdentity, r#""isvprodid""#, r#""mrsigner":"00","isvprodid""#);
    })
}

fn trailing() -> Case {
    refused("qe-identity-trailing", "T09", "signed bytes after the JSON", CONTENT, |td| {
        td.change(Step::QeIdentity, |text| text.push(b'x'));
    })
}

fn unknown_status() -> Case {
    refused("qe-identity-unknown-status", "T09", "a status that nobody knows", CONTENT, |td| {
        td.replace(Step::QeIdentity, r#""OutOfDate""#, r#""Splendid""#);
    })
}

fn no_levels() -> Case {
    refused("qe-identity-no-levels", "T09", "no levels", CONTENT, |td| {
        td.change(Step::QeIdentity, |text| {
            let whole = String::from_utf8(text.clone()).unwrap();
            let (before, _) = whole.split_once(r#""tcbLevels""#).unwrap();
            *text = format!(r#"{before}"tcbLevels":[]}}"#).into_bytes();
        });
    })
}

fn levels_ascending() -> Case {
    refused("qe-identity-ascending", "T09", "levels that ascend", CONTENT, |td| {
        td.replace(Step::QeIdentity, r#""isvsvn":4"#, r#""isvsvn":2"#);
    })
}

fn short_signer() -> Case {
    refused("qe-identity-short-mrsigner", "T09", "an MRSIGNER of 31 bytes", CONTENT, |td| {
        td.replace(Step::QeIdentity, r#""mrsigner":"DC"#, r#""mrsigner":""#);
    })
}

fn expired() -> Case {
    case("qe-identity-expired", "T09", "a QE identity that is too old", Expect::inconclusive(CURRENT), |td| {
        td.replace(Step::QeIdentity, "2026-06-19", "2026-05-31");
    })
}

fn future() -> Case {
    refused("qe-identity-future", "T09", "a QE identity of the future", CURRENT, |td| {
        td.replace(Step::QeIdentity, "2026-05-20", "2026-06-02");
    })
}

fn signer_expired() -> Case {
    let expect = Expect::inconclusive("tdx.tcb.current");
    case("tcb-signer-expired", "T11", "a signer whose time is over", expect, |td| {
        td.given().signer.set_validity("240101000000Z", "260531000000Z");
    })
}

fn evaluation() -> Case {
    let check = "tdx.qe_identity.evaluation_number";
    refused("qe-identity-evaluation", "T10", "a QE identity of an older evaluation", check, |td| {
        td.replace(Step::QeIdentity, r#"Number":20"#, r#"Number":19"#);
    })
    .td_policy(|policy| policy.tdx.get_or_insert_default().minimum_evaluation_data_number = Some(20))
}

fn other_signer() -> Case {
    refused("qe-other-mrsigner", "T09", "an enclave of another signer", IDENTITY, |td| {
        td.put(Step::QeReport, 0x80, &[0xab]);
    })
}

fn other_product() -> Case {
    refused("qe-other-product", "T09", "another enclave of Intel's", IDENTITY, |td| {
        td.put(Step::QeReport, 0x100, &[1]);
    })
}

fn other_attributes() -> Case {
    refused("qe-other-attributes", "T09", "an enclave that may get keys of its launch", IDENTITY, |td| {
        td.put(Step::QeReport, 0x30, &[0x35]);
    })
}

fn other_misc() -> Case {
    refused("qe-other-misc", "T09", "an enclave with another MISCSELECT", IDENTITY, |td| {
        td.put(Step::QeReport, 0x10, &[1]);
    })
}

fn below_levels() -> Case {
    refused("qe-below-levels", "T13", "an enclave older than every level", "tdx.qe.level", |td| {
        td.put(Step::QeReport, 0x102, &[2]);
    })
}

fn out_of_date() -> Case {
    refused(
        "qe-out-of-date",
        "T13",
        "an old enclave on a platform that is up to date",
        "tdx.tcb.status",
        |td| {
            td.put(Step::QeReport, 0x102, &[3]);
        },
    )
}

fn out_of_date_and_misconfigured() -> Case {
    refused(
        "qe-out-of-date-configuration",
        "T13",
        "an old and misconfigured enclave on a platform that is up to date",
        "tdx.tcb.status",
        |td| {
            td.put(Step::QeReport, 0x102, &[3]);
            td.replace(Step::QeIdentity, r#""OutOfDate""#, r#""OutOfDateConfigurationNeeded""#);
        },
    )
}

fn misconfigured() -> Case {
    refused(
        "qe-configuration",
        "T13",
        "a misconfigured enclave, which Intel's own library takes for an old one",
        "tdx.tcb.status",
        |td| {
            td.put(Step::QeReport, 0x102, &[3]);
            td.replace(Step::QeIdentity, r#""OutOfDate""#, r#""ConfigurationNeeded""#);
        },
    )
}

fn revoked() -> Case {
    refused(
        "qe-revoked",
        "T13",
        "a revoked enclave on a platform that is up to date",
        "tdx.tcb.status",
        |td| {
            td.put(Step::QeReport, 0x102, &[3]);
            td.replace(Step::QeIdentity, r#""OutOfDate""#, r#""Revoked""#);
        },
    )
    .td_policy(|policy| policy.tdx.get_or_insert_default().tcb_statuses = Some(super::tdx::every_status()))
}
