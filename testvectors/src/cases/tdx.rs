//! What the cases of Intel TDX share.

use kettle_verifier_core::policy::TcbStatus;

use crate::case::{Case, Expect};
use crate::intel::Td;

/// Where a group's clause lies.
const CLAUSE: &str = "platforms.md, 19 to 25";

/// A case of a sound TD with one change.
pub(super) fn case(id: &str, group: &str, title: &str, expect: Expect, change: fn(&mut Td)) -> Case {
    let mut td = Td::sound();
    change(&mut td);
    Case::new(&format!("tdx/{id}"), group, title, expect).why(why(group), CLAUSE).td(&td)
}

/// A case that a check refuses.
pub(super) fn refused(id: &str, group: &str, title: &str, check: &str, change: fn(&mut Td)) -> Case {
    case(id, group, title, Expect::fails(check), change)
}

/// A case that is accepted.
pub(super) fn accepted(id: &str, group: &str, title: &str, change: fn(&mut Td)) -> Case {
    case(&format!("ok-{id}"), group, title, Expect::verified(), change)
}

fn why(group: &str) -> &'static str {
    match group {
        "T01" | "T02" | "T03" | "T04" => {
            "the layout is exact: every byte of a quote is read by somebody or refused"
        }
        "T05" | "T06" | "T07" => {
            "a key counts only under the pinned root, by way of certificates that may sign it"
        }
        "T08" | "T21" | "T22" => "each signature covers the next key, up to the quote's own",
        "T09" => {
            "an unauthenticated QE identity lets any enclave of the platform be the quoting one (CVE-2026-22696)"
        }
        "T10" | "T11" | "T13" | "T14" => {
            "what Intel says of a platform counts only as Intel signed it, in full and in time"
        }
        "T12" => "a list must be the issuer's own, current, and understood in full",
        "T20" => "a log is nobody's word until it replays to the registers",
        _ => "what the TD is, the policy decides, and its default is the strict side",
    }
}

/// Every status that a policy may take.
pub(super) fn every_status() -> Vec<TcbStatus> {
    vec![
        TcbStatus::UpToDate,
        TcbStatus::SwHardeningNeeded,
        TcbStatus::ConfigurationNeeded,
        TcbStatus::ConfigurationAndSwHardeningNeeded,
        TcbStatus::OutOfDate,
        TcbStatus::OutOfDateConfigurationNeeded,
        TcbStatus::TdRelaunchAdvised,
        TcbStatus::TdRelaunchAdvisedConfigurationNeeded,
    ]
}
