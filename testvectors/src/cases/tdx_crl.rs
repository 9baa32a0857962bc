//! Revocation lists (adversarial.md, T12).

use super::tdx::{case, refused};
use crate::asn1;
use crate::case::{Case, Expect};
use crate::intel::{P256Key, Step, Td, name};
use crate::pki::{AUTHORITY_KEY_ID, Extension};

cases![
    root_empty,
    root_flipped,
    root_by_stranger,
    root_other_issuer,
    root_no_key_id,
    root_other_key_id,
    root_no_next_update,
    root_stale,
    root_future,
    root_too_old,
    root_critical,
    root_indirect_entry,
    root_of_ca,
    ca_revoked,
    pck_empty,
    pck_garbage,
    pck_flipped,
    pck_of_root,
    pck_no_next_update,
    pck_stale,
    pck_future,
    pck_revoked,
    stale_and_revoked,
    issuer_absent,
    issuer_other_ca,
];

const ROOT: &str = "tdx.crl.root";
const PCK: &str = "tdx.crl.pck_list";

fn root_empty() -> Case {
    refused("crl-root-empty", "T12", "an empty list of the root", ROOT, |td| {
        td.change(Step::RootList, Vec::clear)
    })
}

fn root_flipped() -> Case {
    refused("crl-root-flipped", "T12", "a root's list with a changed bit of its signature", ROOT, |td| {
        td.change(Step::RootList, |list| {
            let last = list.len() - 1;
            list[last] ^= 1;
        });
    })
}

fn root_by_stranger() -> Case {
    refused("crl-root-by-stranger", "T12", "a root's list that another key signed", ROOT, |td| {
        td.given().root_list_key = Some(P256Key::named("an attacker"));
    })
}

fn root_other_issuer() -> Case {
    refused("crl-root-other-issuer", "T12", "a root's list in another name", ROOT, |td| {
        td.given().root_list.issuer_der = name("Intel SGX Other CA");
    })
}

fn root_no_key_id() -> Case {
    refused("crl-root-no-key-id", "T12", "a root's list that names no key", ROOT, |td| {
        td.given().root_list.extensions.retain(|extension| extension.oid != AUTHORITY_KEY_ID);
    })
}

fn root_other_key_id() -> Case {
    refused("crl-root-other-key-id", "T12", "a root's list that names another key", ROOT, |td| {
        for extension in &mut td.given().root_list.extensions {
            if extension.oid == AUTHORITY_KEY_ID {
                extension.value = asn1::sequence([asn1::tlv(0x80, [7; 20])]);
            }
        }
    })
}

fn root_no_next_update() -> Case {
    let check = "tdx.crl.root_current";
    refused("crl-root-no-next-update", "T12", "a root's list without the time of the next", check, |td| {
        td.given().root_list.next_update = None;
    })
}

fn root_stale() -> Case {
    let expect = Expect::inconclusive("tdx.crl.root_current");
    case("crl-root-stale", "T12", "a root's list that is too old", expect, |td| {
        td.given().root_list.next_update = Some("260531235959Z".into());
    })
}

fn root_future() -> Case {
    let check = "tdx.crl.root_current";
    refused("crl-root-future", "T12", "a root's list of the future", check, |td| {
        td.given().root_list.this_update = "260601000001Z".into();
    })
}

fn root_too_old() -> Case {
    let expect = Expect::inconclusive("tdx.crl.root_current");
    case("crl-root-too-old", "T12", "lists older than the policy takes", expect, |_| {})
        .td_policy(|policy| policy.revocation.get_or_insert_default().maximum_age_days = Some(10))
}

fn root_critical() -> Case {
    refused("crl-root-critical", "T12", "a root's list with an unknown critical extension", ROOT, |td| {
        td.given().root_list.extensions.push(Extension::critical("2.5.29.28", asn1::sequence([])));
    })
}

fn root_indirect_entry() -> Case {
    refused("crl-root-indirect", "T12", "a root's list whose entries name other issuers", ROOT, |td| {
        td.given().root_list.entry_extensions = vec![Extension::critical("2.5.29.29", asn1::sequence([]))];
    })
}

fn root_of_ca() -> Case {
    refused("crl-root-of-ca", "T12", "the CA's list in the root's place", ROOT, |td| {
        let list = td.given().pck_list.clone();
        td.given().root_list = list;
        td.given().root_list_key = Some(td.keys.ca.clone());
    })
}

fn ca_revoked() -> Case {
    refused("crl-ca-revoked", "T12", "a revoked PCK CA", "tdx.crl.ca", |td| {
        td.given().root_list.revoked.push(vec![0x51, 2]);
    })
}

fn pck_empty() -> Case {
    refused("crl-pck-empty", "T12", "an empty list of the CA", PCK, |td| td.change(Step::PckList, Vec::clear))
}

fn pck_garbage() -> Case {
    refused("crl-pck-garbage", "T12", "hex that is none, for the CA's list", PCK, |td| {
        td.change(Step::Collateral, |text| {
            let mut value: serde_json::Value = serde_json::from_slice(text).unwrap();
            value["pck_crl"] = "30zz".into();
            *text = value.to_string().into_bytes();
        });
    })
}

fn pck_flipped() -> Case {
    refused("crl-pck-flipped", "T12", "a CA's list with a changed serial number", PCK, |td| {
        td.change(Step::PckList, |list| {
            let at = list.windows(3).position(|bytes| bytes == [0x02, 0x01, 0x42]).unwrap();
            list[at + 2] ^= 1;
        });
    })
}

fn pck_of_root() -> Case {
    refused("crl-pck-of-root", "T12", "the root's list in the CA's place", PCK, |td| {
        let list = td.given().root_list.clone();
        td.given().pck_list = list;
        td.given().pck_list_key = Some(td.keys.root.clone());
    })
}

fn pck_no_next_update() -> Case {
    let check = "tdx.crl.pck_current";
    refused("crl-pck-no-next-update", "T12", "a CA's list without the time of the next", check, |td| {
        td.given().pck_list.next_update = None;
    })
}

fn pck_stale() -> Case {
    let expect = Expect::inconclusive("tdx.crl.pck_current");
    case("crl-pck-stale", "T12", "a CA's list that is too old", expect, |td| {
        td.given().pck_list.next_update = Some("260531235959Z".into());
    })
}

fn pck_future() -> Case {
    refused("crl-pck-future", "T12", "a CA's list of the future", "tdx.crl.pck_current", |td| {
        td.given().pck_list.this_update = "260601000001Z".into();
    })
}

fn revoke_pck(td: &mut Td) {
    td.given().pck_list.revoked.push(vec![0x51, 3]);
}

fn pck_revoked() -> Case {
    refused("crl-pck-revoked", "T12", "a revoked processor", "tdx.crl.pck", revoke_pck)
}

fn stale_and_revoked() -> Case {
    refused("crl-pck-stale-revoked", "T12", "a processor that an old list revokes", "tdx.crl.pck", |td| {
        revoke_pck(td);
        td.given().pck_list.next_update = Some("260531235959Z".into());
    })
}

fn issuer_absent() -> Case {
    let check = "tdx.crl.pck_issuer";
    refused("crl-pck-issuer-absent", "T11", "no issuer chain of the CA's list", check, |td| {
        td.change(Step::ListChain, Vec::clear);
    })
}

fn issuer_other_ca() -> Case {
    let check = "tdx.crl.pck_issuer";
    refused("crl-pck-issuer-other", "T12", "the issuer chain of another CA's list", check, |td| {
        td.change(Step::ListChain, |chain| {
            let end = "-----END CERTIFICATE-----\n";
            let text = String::from_utf8(chain.clone()).unwrap();
            let root = text.split_inclusive(end).nth(1).unwrap();
            *chain = format!("{root}{root}").into_bytes();
        });
    })
}
