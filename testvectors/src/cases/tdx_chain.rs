//! Certificates (adversarial.md, T05 to T07).

use super::tdx::{accepted, case, refused};
use crate::asn1;
use crate::case::{Case, Expect};
use crate::intel::{P256Key, SgxValue, Step, Td, name};
use crate::pki::{BASIC_CONSTRAINTS, Extension, KEY_USAGE};

cases![
    stranger,
    two,
    four,
    reordered,
    leaf_twice,
    junk_between,
    two_nuls,
    nul,
    root_reissued,
    genuine_roots,
    ca_not_ca,
    ca_path_length,
    ca_without_cert_sign,
    ca_other_name,
    ca_by_stranger,
    ca_critical,
    ca_der,
    pck_other_name,
    pck_is_ca,
    pck_by_stranger,
    pck_other_issuer,
    pck_der,
    pck_p384,
    expired,
    not_yet,
    no_extension,
    no_fmspc,
    no_pce_id,
    no_cpu_svn,
    fmspc_twice,
    fmspc_short,
    unknown_value,
    cpu_svn_other,
    component_missing,
    level_above_127,
    single_package,
];

const PEM: &str = "tdx.chain.pem";
const EXTENSIONS: &str = "tdx.chain.pck_extensions";

fn stranger() -> Case {
    let td = Td::of("stranger");
    case(
        "stranger",
        "T05",
        "a whole platform of an attacker's making",
        Expect::fails("tdx.chain.root"),
        |_| {},
    )
    .td(&td)
}

/// The certificates of a chain, as text.
fn parts(chain: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(chain).unwrap();
    text.split_inclusive("-----END CERTIFICATE-----\n").map(str::to_owned).collect()
}

fn chain(id: &str, title: &str, check: &str, order: fn(Vec<String>) -> String) -> Case {
    let mut td = Td::sound();
    td.change(Step::Chain, move |chain| *chain = order(parts(chain)).into_bytes());
    case(id, "T05", title, Expect::fails(check), |_| {}).td(&td)
}

fn two() -> Case {
    chain("chain-two", "a chain of two", PEM, |parts| parts[..2].concat())
}

fn four() -> Case {
    chain("chain-four", "a chain of four", PEM, |parts| [parts.concat(), parts[2].clone()].concat())
}

fn reordered() -> Case {
    chain("chain-reordered", "root first", "tdx.chain.root", |parts| parts.into_iter().rev().collect())
}

fn leaf_twice() -> Case {
    chain("chain-leaf-twice", "the leaf in the CA's place", "tdx.chain.ca_profile", |parts| {
        [parts[0].clone(), parts[0].clone(), parts[2].clone()].concat()
    })
}

fn junk_between() -> Case {
    chain("chain-junk", "text between certificates", PEM, |parts| parts.join("subject=CN\n"))
}

fn two_nuls() -> Case {
    chain("chain-two-nuls", "two zero bytes after the chain", PEM, |parts| format!("{}\0\0", parts.concat()))
}

fn nul() -> Case {
    accepted("chain-nul", "T05", "a zero byte after the chain", |td| {
        td.change(Step::Chain, |chain| chain.push(0));
    })
    .accepts("tdx-pem-chain-nul")
}

fn root_reissued() -> Case {
    refused(
        "root-reissued",
        "T05",
        "the root's name and key in another certificate",
        "tdx.chain.root",
        |td| {
            let key = td.keys.root.clone();
            let mut root = intel_root(&key);
            root.serial = vec![0x77];
            let der = crate::intel::sign(&root, &key);
            td.change(Step::Root, move |bytes| bytes.clone_from(&der));
        },
    )
}

fn intel_root(key: &P256Key) -> crate::pki::Certificate {
    let mut root = Td::sound().ca;
    root.subject_der = name("Intel SGX Root CA");
    root.spki_der = key.spki();
    root.extension(BASIC_CONSTRAINTS).value =
        asn1::sequence([asn1::tlv(asn1::BOOLEAN, [0xff]), asn1::unsigned(&[1])]);
    root
}

fn genuine_roots() -> Case {
    refused("genuine-roots", "T05", "this software TEE under Intel's own root", "tdx.chain.root", |_| {})
        .pinned_roots()
}

fn ca_not_ca() -> Case {
    refused("ca-not-ca", "T06", "a CA whose basic constraints say no CA", "tdx.chain.ca_profile", |td| {
        td.ca.extension(BASIC_CONSTRAINTS).value = asn1::sequence([]);
    })
}

fn ca_path_length() -> Case {
    // The root's own path length of 1 is exceeded by a CA between them only; the PCK CA may have none.
    refused("ca-no-constraints", "T06", "a CA without basic constraints", "tdx.chain.ca_profile", |td| {
        td.ca.remove(BASIC_CONSTRAINTS);
    })
}

fn ca_without_cert_sign() -> Case {
    refused("ca-key-usage", "T06", "a CA that may sign lists only", "tdx.chain.ca_profile", |td| {
        td.ca.extension(KEY_USAGE).value = vec![0x03, 0x02, 0x01, 0x02];
    })
}

fn ca_other_name() -> Case {
    refused("ca-name", "T06", "a CA of another name under the root", "tdx.chain.ca_profile", |td| {
        td.ca.subject_der = name("Intel SGX PCK Server CA");
    })
}

fn ca_by_stranger() -> Case {
    refused("ca-signature", "T06", "a CA that the root did not sign", "tdx.chain.ca_signature", |td| {
        td.flip(Step::Ca, 40);
        td.change(Step::Ca, |der| {
            der[40] ^= 1;
            let last = der.len() - 1;
            der[last] ^= 1;
        });
    })
}

fn ca_critical() -> Case {
    refused("ca-critical", "T06", "a CA with an unknown critical extension", "tdx.chain.ca_profile", |td| {
        td.ca.extensions.push(Extension::critical("2.5.29.30", asn1::sequence([])));
    })
}

fn ca_der() -> Case {
    refused("ca-der", "T06", "a CA with bytes after it", "tdx.chain.ca_der", |td| {
        td.change(Step::Ca, |der| der.push(0));
    })
}

fn pck_other_name() -> Case {
    refused("pck-name", "T06", "the TCB signer in the PCK's place", "tdx.chain.pck_profile", |td| {
        td.pck.subject_der = name("Intel SGX TCB Signing");
    })
}

fn pck_is_ca() -> Case {
    refused("pck-is-ca", "T06", "a PCK certificate that is a CA", "tdx.chain.pck_profile", |td| {
        td.pck.extension(BASIC_CONSTRAINTS).value = asn1::sequence([asn1::tlv(asn1::BOOLEAN, [0xff])]);
    })
}

fn pck_by_stranger() -> Case {
    refused(
        "pck-signature",
        "T06",
        "a PCK certificate that the CA did not sign",
        "tdx.chain.pck_signature",
        |td| {
            td.change(Step::Pck, |der| {
                let last = der.len() - 1;
                der[last] ^= 1;
            });
        },
    )
}

fn pck_other_issuer() -> Case {
    refused("pck-issuer", "T06", "a PCK certificate of the other CA", "tdx.chain.pck_profile", |td| {
        td.pck.issuer_der = name("Intel SGX PCK Processor CA");
    })
}

fn pck_der() -> Case {
    refused("pck-der", "T06", "a PCK certificate with bytes after it", "tdx.chain.pck_der", |td| {
        td.change(Step::Pck, |der| der.push(0));
    })
}

fn pck_p384() -> Case {
    refused("pck-p384", "T06", "a PCK of P-384", "tdx.chain.pck_profile", |td| {
        td.pck.spki_der = crate::keys::EcKey::named("a PCK").spki();
    })
}

fn expired() -> Case {
    refused("expired", "T06", "a PCK certificate whose time is over", "tdx.chain.validity", |td| {
        td.pck.set_validity("240101000000Z", "260531235959Z");
    })
}

fn not_yet() -> Case {
    refused("not-yet", "T06", "a PCK certificate whose time has not begun", "tdx.chain.validity", |td| {
        td.pck.set_validity("260601000001Z", "330101000000Z");
    })
}

fn no_extension() -> Case {
    refused("sgx-none", "T07", "a PCK certificate without Intel's extension", EXTENSIONS, |td| {
        td.pck.remove(crate::intel::SGX);
    })
}

fn values(id: &str, title: &str, change: fn(&mut Vec<SgxValue>)) -> Case {
    let mut td = Td::sound();
    td.sgx(change);
    case(id, "T07", title, Expect::fails(EXTENSIONS), |_| {}).td(&td)
}

fn at<'v>(values: &'v mut [SgxValue], number: &str) -> &'v mut SgxValue {
    values.iter_mut().find(|(known, _)| known == number).unwrap()
}

fn no_fmspc() -> Case {
    values("sgx-no-fmspc", "no FMSPC", |values| values.retain(|(number, _)| number != "4"))
}

fn no_pce_id() -> Case {
    values("sgx-no-pce-id", "no PCE-ID", |values| values.retain(|(number, _)| number != "3"))
}

/// The TCB with another content.
fn tcb(values: &mut [SgxValue], change: impl FnOnce(&mut Vec<SgxValue>)) {
    let mut inner: Vec<SgxValue> = crate::intel::PCK_COMPONENTS
        .iter()
        .zip(1..)
        .map(|(level, number)| (format!("2.{number}"), asn1::unsigned(&[*level])))
        .collect();
    inner.push(("2.17".into(), asn1::unsigned(&[11])));
    inner.push(("2.18".into(), asn1::octet_string(crate::intel::PCK_COMPONENTS)));
    change(&mut inner);
    at(values, "2").1 = crate::intel::sgx_sequence(&inner);
}

fn no_cpu_svn() -> Case {
    values("sgx-no-cpu-svn", "no CPUSVN", |values| {
        tcb(values, |inner| inner.retain(|(number, _)| number != "2.18"));
    })
}

fn fmspc_twice() -> Case {
    values("sgx-fmspc-twice", "two FMSPCs", |values| {
        values.push(("4".into(), asn1::octet_string([0x90, 0xc0, 0x6f, 0, 0, 0])));
    })
}

fn fmspc_short() -> Case {
    values("sgx-fmspc-short", "an FMSPC of five bytes", |values| {
        at(values, "4").1 = asn1::octet_string([0; 5]);
    })
}

fn unknown_value() -> Case {
    values("sgx-unknown", "a value that nobody knows", |values| {
        values.push(("8".into(), asn1::octet_string([0; 5])));
    })
}

fn cpu_svn_other() -> Case {
    values("sgx-cpu-svn-other", "a CPUSVN that is not its components", |values| {
        tcb(values, |inner| inner[17].1 = asn1::octet_string([9; 16]));
    })
}

fn component_missing() -> Case {
    values("sgx-component-missing", "fifteen components", |values| {
        tcb(values, |inner| {
            inner.remove(15);
        });
    })
}

fn level_above_127() -> Case {
    accepted("sgx-level-above-127", "T07", "a component level of 255", |td| {
        td.sgx(|values| {
            tcb(values, |inner| {
                let mut components = crate::intel::PCK_COMPONENTS;
                components[5] = 255;
                inner[5].1 = asn1::unsigned(&[255]);
                inner[17].1 = asn1::octet_string(components);
            });
        });
    })
}

fn single_package() -> Case {
    accepted(
        "sgx-single-package",
        "T07",
        "a platform of one package, whose certificate has no instance",
        |td| {
            td.sgx(|values| {
                values.retain(|(number, _)| !["6", "7"].contains(&number.as_str()));
                at(values, "5").1 = asn1::tlv(0x0a, [0]);
            });
        },
    )
}
