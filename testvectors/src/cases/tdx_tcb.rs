//! TCB info and statuses (adversarial.md, T10, T11, T13, T14).

use super::tdx::{accepted, case, every_status, refused};
use crate::case::{Case, Expect};
use crate::intel::{Step, Td, level};

cases![
    no_collateral,
    collateral_null,
    layout_field,
    layout_missing,
    layout_number,
    reordered,
    white_space,
    zero_signature,
    chain_absent,
    duplicate_levels,
    trailing,
    of_sgx,
    version_2,
    other_fmspc,
    other_pce_id,
    fifteen,
    seventeen,
    no_tdx_components,
    unsorted,
    twice,
    negative,
    fraction,
    too_large,
    expired,
    future,
    turned,
    evaluation,
    tcb_type,
    unknown_status,
    relaunch_status,
    unknown_field,
    out_of_date,
    out_of_date_taken,
    revoked,
    below_levels,
    pce_below,
    hardening,
    configuration,
    zero_svn,
    module_unknown,
    module_signer,
    module_attributes_mask,
    module_below,
    module_out_of_date,
    module_revoked,
    module_version_0,
    current_out_of_date,
    current_below,
    relaunch,
    relaunch_taken,
];

const SIGNATURE: &str = "tdx.tcb.signature";
const CONTENT: &str = "tdx.tcb.content";
const VERSION: &str = "tdx.tcb.version";
const PLATFORM: &str = "tdx.tcb.platform";
const LEVEL: &str = "tdx.tcb.level";
const STATUS: &str = "tdx.tcb.status";
const CURRENT: &str = "tdx.tcb.current";

fn no_collateral() -> Case {
    let expect = Expect::inconclusive("tdx.collateral.present");
    case("no-collateral", "T11", "a bundle without collateral", expect, |td| td.collateral = None)
}

fn collateral_null() -> Case {
    let expect = Expect::inconclusive("tdx.collateral.present");
    case("collateral-null", "T11", "`null` for collateral", expect, |td| {
        td.collateral = None;
        td.replace(Step::Envelope, r#""cc_eventlog":null"#, r#""cc_eventlog":null,"collateral":null"#);
    })
}

const LAYOUT: &str = "tdx.collateral.layout";

fn layout_field() -> Case {
    refused("collateral-unknown-field", "T11", "an unknown field of the collateral", LAYOUT, |td| {
        td.replace(Step::Collateral, "{", r#"{"trusted":"yes","#);
    })
}

fn layout_missing() -> Case {
    refused("collateral-missing-field", "T11", "collateral without the CA's list", LAYOUT, |td| {
        td.change(Step::Collateral, |text| {
            let mut value: serde_json::Value = serde_json::from_slice(text).unwrap();
            value.as_object_mut().unwrap().remove("pck_crl");
            *text = value.to_string().into_bytes();
        });
    })
}

fn layout_number() -> Case {
    refused("collateral-number", "T11", "a number in a text's place", LAYOUT, |td| {
        td.change(Step::Collateral, |text| {
            let mut value: serde_json::Value = serde_json::from_slice(text).unwrap();
            value["qe_identity"] = 1.into();
            *text = value.to_string().into_bytes();
        });
    })
}

fn reordered() -> Case {
    refused("tcb-reordered", "T10", "keys in another order than was signed", SIGNATURE, |td| {
        td.replace(Step::TcbInfoAfter, r#""id":"TDX","version":3"#, r#""version":3,"id":"TDX""#);
    })
}

fn white_space() -> Case {
    refused("tcb-white-space", "T10", "white space that was not signed", SIGNATURE, |td| {
        td.replace(Step::TcbInfoAfter, r#""version":3"#, r#""version": 3"#);
    })
}

fn zero_signature() -> Case {
    refused("tcb-zero-signature", "T10", "a TCB info with a signature of zeros", SIGNATURE, |td| {
        td.put(Step::TcbSignature, 0, &[0; 64]);
    })
}

fn chain_absent() -> Case {
    refused("tcb-chain-absent", "T11", "no issuer chain of the TCB info", "tdx.tcb.signer", |td| {
        td.change(Step::TcbChain, Vec::clear);
    })
}

fn duplicate_levels() -> Case {
    refused("tcb-duplicate-levels", "T10", "two `tcbLevels` in one signed object", CONTENT, |td| {
        td.change(Step::TcbInfo, |text| {
            text.pop();
            text.extend(br#","tcbLevels":[]}"#);
        });
    })
}

fn trailing() -> Case {
    refused("tcb-trailing", "T10", "a signed second document", CONTENT, |td| {
        td.change(Step::TcbInfo, |text| text.extend(b"{}"));
    })
}

fn of_sgx() -> Case {
    refused("tcb-sgx", "T10", "the TCB info for SGX", VERSION, |td| {
        td.replace(Step::TcbInfo, r#""id":"TDX""#, r#""id":"SGX""#);
    })
}

fn version_2() -> Case {
    refused("tcb-version-2", "T10", "a TCB info of version 2", VERSION, |td| {
        td.replace(Step::TcbInfo, r#""version":3"#, r#""version":2"#);
    })
}

fn other_fmspc() -> Case {
    refused("tcb-other-fmspc", "T10", "a TCB info for another kind of platform", PLATFORM, |td| {
        td.replace(Step::TcbInfo, "B0C06F000000", "90C06F000000");
    })
}

fn other_pce_id() -> Case {
    refused("tcb-other-pce-id", "T10", "a TCB info for another PCE", PLATFORM, |td| {
        td.replace(Step::TcbInfo, r#""pceId":"0000""#, r#""pceId":"0001""#);
    })
}

fn fifteen() -> Case {
    refused("tcb-fifteen", "T10", "a level of fifteen components", CONTENT, |td| {
        td.replace(Step::TcbInfo, r#"{"svn":3},{"svn":3},"#, r#"{"svn":3},"#);
    })
}

fn seventeen() -> Case {
    refused("tcb-seventeen", "T10", "a level of seventeen components", CONTENT, |td| {
        td.replace(Step::TcbInfo, r#"{"svn":3},{"svn":3},"#, r#"{"svn":3},{"svn":3},{"svn":3},"#);
    })
}

fn no_tdx_components() -> Case {
    refused("tcb-no-tdx-components", "T10", "a level without TDX components", CONTENT, |td| {
        td.replace(Step::TcbInfo, "tdxtcbcomponents", "tdxtcbcomponent");
    })
}

/// The TCB info with other levels.
fn levels(td: &mut Td, levels: &[String]) {
    let info = &mut td.given().tcb_info;
    let (before, _) = info.rsplit_once(r#""tcbLevels":["#).unwrap();
    *info = format!(r#"{before}"tcbLevels":[{}]}}"#, levels.join(","));
}

fn unsorted() -> Case {
    refused("tcb-unsorted", "T10", "the lowest level first", "tdx.tcb.level_order", |td| {
        levels(
            td,
            &[
                level(2, 5, [4, 0, 2], "OutOfDate", ""),
                level(3, 11, [5, 0, 3], "UpToDate", ""),
                level(2, 11, [5, 0, 2], "OutOfDate", ""),
            ],
        );
    })
}

fn twice() -> Case {
    refused("tcb-twice", "T10", "one level with two statuses", "tdx.tcb.level_order", |td| {
        levels(td, &[level(3, 11, [5, 0, 3], "UpToDate", ""), level(3, 11, [5, 0, 3], "Revoked", "")]);
    })
}

fn negative() -> Case {
    refused("tcb-negative", "T10", "a level below zero", CONTENT, |td| {
        td.replace(Step::TcbInfo, r#""pcesvn":11"#, r#""pcesvn":-1"#);
    })
}

fn fraction() -> Case {
    refused("tcb-fraction", "T10", "a level that is no whole number", CONTENT, |td| {
        td.replace(Step::TcbInfo, r#""pcesvn":11"#, r#""pcesvn":1.5"#);
    })
}

fn too_large() -> Case {
    refused("tcb-too-large", "T10", "a component of 256", CONTENT, |td| {
        td.replace(Step::TcbInfo, r#"{"svn":3}"#, r#"{"svn":256}"#);
    })
}

fn expired() -> Case {
    case("tcb-expired", "T10", "a TCB info that is too old", Expect::inconclusive(CURRENT), |td| {
        td.replace(Step::TcbInfo, "2026-06-19", "2026-05-31");
    })
}

fn future() -> Case {
    refused("tcb-future", "T10", "a TCB info of the future", CURRENT, |td| {
        td.replace(Step::TcbInfo, "2026-05-20", "2026-06-02");
    })
}

fn turned() -> Case {
    refused("tcb-turned", "T10", "a TCB info that ends before it begins", CURRENT, |td| {
        td.replace(Step::TcbInfo, "2026-06-19", "2026-05-19");
    })
}

fn evaluation() -> Case {
    let check = "tdx.tcb.evaluation_number";
    refused("tcb-evaluation", "T10", "a TCB info of an older evaluation", check, |_| {})
        .td_policy(|policy| policy.tdx.get_or_insert_default().minimum_evaluation_data_number = Some(21))
}

fn tcb_type() -> Case {
    refused("tcb-type", "T10", "components of another meaning", CONTENT, |td| {
        td.replace(Step::TcbInfo, r#""tcbType":0"#, r#""tcbType":1"#);
    })
}

fn unknown_status() -> Case {
    refused("tcb-unknown-status", "T13", "a status that nobody knows, at a level", CONTENT, |td| {
        levels(td, &[level(3, 11, [5, 0, 3], "Fine", "")]);
    })
}

fn relaunch_status() -> Case {
    refused("tcb-relaunch-status", "T13", "a status that no TCB info has", CONTENT, |td| {
        levels(td, &[level(3, 11, [5, 0, 3], "TDRelaunchAdvised", "")]);
    })
}

fn unknown_field() -> Case {
    accepted("tcb-unknown-field", "T10", "a signed field that Intel added later", |td| {
        td.replace(Step::TcbInfo, r#""tcbType":0"#, r#""tcbType":0,"reason":"new""#);
    })
}

fn out_of_date() -> Case {
    refused("tcb-out-of-date", "T13", "a platform that is out of date", STATUS, |td| {
        levels(td, &[level(3, 12, [5, 0, 3], "UpToDate", ""), level(3, 11, [5, 0, 3], "OutOfDate", "")]);
    })
}

fn out_of_date_taken() -> Case {
    accepted("tcb-out-of-date", "T13", "a platform that is out of date, which the policy takes", |td| {
        levels(
            td,
            &[
                level(3, 12, [5, 0, 3], "UpToDate", ""),
                level(3, 11, [5, 0, 3], "OutOfDate", r#","advisoryIDs":["INTEL-SA-90009"]"#),
            ],
        );
    })
    .td_policy(|policy| policy.tdx.get_or_insert_default().tcb_statuses = Some(every_status()))
}

fn revoked() -> Case {
    refused("tcb-revoked", "T13", "a revoked platform, whatever the policy takes", STATUS, |td| {
        levels(td, &[level(3, 11, [5, 0, 3], "Revoked", "")]);
    })
    .td_policy(|policy| policy.tdx.get_or_insert_default().tcb_statuses = Some(every_status()))
}

fn below_levels() -> Case {
    refused("tcb-below-levels", "T13", "a platform below every level", LEVEL, |td| {
        levels(td, &[level(4, 11, [5, 0, 3], "UpToDate", "")]);
    })
}

fn pce_below() -> Case {
    refused("tcb-pce-below", "T13", "a provisioning enclave below every level", LEVEL, |td| {
        levels(td, &[level(3, 12, [5, 0, 3], "UpToDate", "")]);
    })
}

fn hardening() -> Case {
    accepted("tcb-hardening", "T13", "a platform that asks for hardened software", |td| {
        levels(td, &[level(3, 11, [5, 0, 3], "SWHardeningNeeded", "")]);
    })
}

fn configuration() -> Case {
    refused("tcb-configuration", "T13", "a platform that asks for configuration", STATUS, |td| {
        levels(td, &[level(3, 11, [5, 0, 3], "ConfigurationAndSWHardeningNeeded", "")]);
    })
}

fn zero_svn() -> Case {
    refused("tcb-zero-svn", "T14", "a TD whose levels are all zero, below every level", LEVEL, |td| {
        td.put(Step::Body, 0, &[0; 16]);
    })
}

fn module_unknown() -> Case {
    refused(
        "module-unknown",
        "T13",
        "a TDX module of a version without identity",
        "tdx.module.identity",
        |td| {
            td.put(Step::Body, 1, &[2]);
            td.put(Step::Body, 0x249, &[2]);
        },
    )
}

fn module_signer() -> Case {
    refused(
        "module-signer",
        "T13",
        "a module of another signer than its identity's",
        "tdx.module.identity",
        |td| {
            let info = &mut td.given().tcb_info;
            let zeros = "0".repeat(96);
            *info = info.replacen(
                &format!(r#""id":"TDX_01","mrsigner":"{zeros}"#),
                &format!(r#""id":"TDX_01","mrsigner":"{}"#, "A".repeat(96)),
                1,
            );
        },
    )
}

fn module_attributes_mask() -> Case {
    refused(
        "module-attributes",
        "T18",
        "module attributes that no mask covers",
        "tdx.module.identity",
        |td| {
            let info = &mut td.given().tcb_info;
            *info = info.replace("FFFFFFFFFFFFFFFF", "FFFFFFFFFFFFFF00");
            td.put(Step::Body, 0x77, &[1]);
        },
    )
}

fn module_below() -> Case {
    refused(
        "module-below",
        "T13",
        "a module older than every level of its version",
        "tdx.module.level",
        |td| {
            td.put(Step::Body, 0, &[1]);
            td.put(Step::Body, 0x248, &[1]);
        },
    )
}

fn module_out_of_date() -> Case {
    refused("module-out-of-date", "T13", "an old module on a platform that is up to date", STATUS, |td| {
        td.put(Step::Body, 0, &[4]);
        td.put(Step::Body, 0x248, &[4]);
    })
}

fn module_revoked() -> Case {
    refused("module-revoked", "T13", "a revoked module, whatever the policy takes", STATUS, |td| {
        td.put(Step::Body, 0, &[4]);
        td.put(Step::Body, 0x248, &[4]);
        let info = &mut td.given().tcb_info;
        *info = info.replacen(
            r#""tcbDate":"2023-08-09T00:00:00Z","tcbStatus":"OutOfDate""#,
            r#""tcbDate":"2023-08-09T00:00:00Z","tcbStatus":"Revoked""#,
            1,
        );
    })
    .td_policy(|policy| policy.tdx.get_or_insert_default().tcb_statuses = Some(every_status()))
}

fn module_version_0() -> Case {
    accepted("module-version-0", "T13", "a module of version 0, whose level is the platform's", |td| {
        td.put(Step::Body, 1, &[0]);
        td.put(Step::Body, 0x249, &[0]);
    })
}

fn current_out_of_date() -> Case {
    // Levels at the launch decide; the ones of today may only mend them.
    accepted("current-level-lower", "T13", "levels of today below those at the launch", |td| {
        td.put(Step::Body, 0x248, &[4]);
    })
}

fn current_below() -> Case {
    refused("current-below", "T13", "levels of today that no level covers", LEVEL, |td| {
        td.put(Step::Body, 0x24a, &[0]);
    })
}

fn relaunch() -> Case {
    refused("relaunch", "T13", "a module that was updated under the TD", STATUS, |td| {
        td.put(Step::Body, 0, &[4]);
    })
}

fn relaunch_taken() -> Case {
    accepted("relaunch", "T13", "a module that was updated under the TD, which the policy takes", |td| {
        td.put(Step::Body, 0, &[4]);
    })
    .td_policy(|policy| policy.tdx.get_or_insert_default().tcb_statuses = Some(every_status()))
}
