//! What a report needs beside itself: the certificate of its key from AMD's key distribution service,
//! and, where a policy demands it, a revocation list. The ASK, ASVK and ARK are pinned.
//!
//! VCEK Certificate and KDS Interface Specification (57230), section 4. The report is not authentic
//! yet when it is asked for its certificate: a forged one only names a certificate that does not fit.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::checks;
use super::generation;
use super::report::RawReport;
use crate::collateral::{Need, Part};
use crate::platform::Context;
use crate::policy::Generation;
use crate::text::hex;

const SERVICE: &str = "https://kdsintf.amd.com";
/// SIGNING_KEY of a report that a VLEK signed.
const LOADED: u32 = 1;

static VCEK: Part = Part {
    id: "vcek",
    title: "the VCEK certificate of the report's chip at its firmware level",
    place: "a file of its own, given with `--collateral`; or in the evidence",
    required: true,
    checks: checks::CHAIN,
    window: Some(&checks::VEK_VALIDITY),
};

/// AMD hands a VLEK out to the cloud alone, so nobody else can fetch it.
static VLEK: Part = Part {
    id: "vlek",
    title: "the VLEK certificate of the report's cloud",
    place: "from the host, with the report: in the evidence, or a file of its own, given with `--collateral`",
    ..VCEK
};

static CRL: Part = Part {
    id: "crl",
    title: "AMD's revocation list, where your policy demands one",
    place: "a file of its own, given with `--collateral`",
    required: false,
    checks: checks::REVOCATION,
    window: None,
};

/// What a report needs. `stapled` says whether the evidence brings the certificate.
pub(super) fn of(report: &RawReport, stapled: bool, context: &Context<'_>) -> Vec<Need> {
    let known = report.cpuid().map(generation::Cpuid::generation);
    // A report of version 2 does not name its generation, and only these two had such firmware.
    let generations = match known {
        Some(generation) => Vec::from_iter(generation),
        None => alloc::vec![Generation::Milan, Generation::Genoa],
    };
    let loaded = report.signing_key() == LOADED;
    let path = if loaded { VLEK.id } else { VCEK.id };
    let list = |known: &Generation| format!("{SERVICE}/{path}/v1/{}/crl", generation::name(*known));
    let urls = generations.iter().filter(|_| !loaded).map(|known| certificate(report, *known));
    alloc::vec![
        Need {
            part: if loaded { &VLEK } else { &VCEK },
            keys: keys(report, &generations),
            urls: urls.collect(),
            given: stapled || !context.collateral.certificates.is_empty(),
        },
        Need {
            part: &CRL,
            keys: Vec::new(),
            urls: generations.iter().map(list).collect(),
            given: !context.collateral.crls.is_empty(),
        },
    ]
}

fn keys(report: &RawReport, generations: &[Generation]) -> Vec<(&'static str, String)> {
    let mut keys = alloc::vec![("chip_id", hex(&report.chip_id()))];
    for known in generations {
        keys.push(("generation", generation::name(*known).to_string()));
        keys.push(("tcb", report.reported_tcb(*known).describe()));
    }
    keys
}

/// Where AMD serves the certificate of a chip at a firmware level.
fn certificate(report: &RawReport, known: Generation) -> String {
    let levels = report.reported_tcb(known).levels();
    let chip = report.chip_id();
    // Turin's id is eight bytes long.
    let id = if known == Generation::Turin { chip.get(..8).unwrap_or_default() } else { &chip };
    let fmc = levels.fmc.map_or_else(String::new, |level| format!("fmcSPL={level:02}&"));
    format!(
        "{SERVICE}/vcek/v1/{}/{}?{fmc}blSPL={:02}&teeSPL={:02}&snpSPL={:02}&ucodeSPL={:02}",
        generation::name(known),
        hex(id),
        levels.bootloader,
        levels.tee,
        levels.snp,
        levels.microcode
    )
}
