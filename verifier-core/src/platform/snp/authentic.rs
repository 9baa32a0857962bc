//! The report's signature, and what the report must say of itself.

use alloc::format;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use super::chain::TrustedVek;
use super::checks;
use super::generation;
use super::report::RawReport;
use super::vek::Kind;
use crate::crypto::sha256;
use crate::log::{Finding, Log, Stopped};
use crate::platform::Validity;
use crate::text::{hex, range};
use crate::verdict::{Authority, Link, NoteKind};

/// A report that the processor's key signed, under a trusted root. Only this module makes one, and
/// it is not `Clone`: holding it is the proof.
pub struct AuthenticReport {
    raw: RawReport,
    vek: TrustedVek,
    report_data: [u8; 64],
    links: Vec<Link>,
}

impl AuthenticReport {
    /// The 64 bytes that the guest chose.
    #[must_use]
    pub fn report_data(&self) -> &[u8; 64] {
        &self.report_data
    }

    /// The window in which the report verifies.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.vek.validity()
    }

    /// The links from the report to the vendor root, nearest first.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    pub(super) fn raw(&self) -> &RawReport {
        &self.raw
    }

    pub(super) fn vek(&self) -> &TrustedVek {
        &self.vek
    }
}

/// Verifies the signature, then what the report says of itself.
pub(super) fn authenticate(
    raw: RawReport,
    vek: TrustedVek,
    log: &mut Log<'_>,
) -> Result<AuthenticReport, Stopped> {
    signature(&raw, &vek, log)?;
    let report_data = raw.report_data();
    let links = links(&raw, &vek);
    let report = AuthenticReport { raw, vek, report_data, links };
    // What follows is read from authentic bytes. All of it is gathered, so that a report with two
    // faults shows both, and then the first of them stops the stage.
    let holds = [
        signing_key(&report, log),
        reserved(&report, log),
        chip_id(&report, log),
        reported_tcb(&report, log),
        tcb_order(&report, log),
        measured(&report, log),
        author_key_flag(&report, log),
        migration_id(&report, log),
    ];
    if holds.contains(&false) {
        return Err(Stopped::after_failure());
    }
    claims(&report, log);
    Ok(report)
}

fn signature(raw: &RawReport, vek: &TrustedVek, log: &mut Log<'_>) -> Result<(), Stopped> {
    let algorithm = raw.signature_algorithm();
    log.require(
        &checks::SIGNATURE_ALGORITHM,
        algorithm == 1,
        Finding::new("1", algorithm.to_string()).at("report[0x34..0x38]"),
    )?;
    let padding = raw.signature_padding();
    let (found, place) = match padding {
        Some((start, end)) => ("other bytes", range("report", start, end)),
        None => ("zeros", "report[0x2a0..0x4a0]".into()),
    };
    log.require(&checks::SIGNATURE_PADDING, padding.is_none(), Finding::new("zeros", found).at(place))?;
    let (r, s) = raw.signature();
    let holds = vek.key().verifies_sha384(raw.signed(), &r, &s);
    let found = if holds { "it did" } else { "the signature does not verify" };
    let expected = format!("a signature by the {} {}", vek.kind().name(), vek.fingerprints().vek);
    log.require(&checks::SIGNATURE, holds, Finding::new(expected, found).at("report[0x2a0..0x330]"))
}

fn signing_key(report: &AuthenticReport, log: &mut Log<'_>) -> bool {
    let (expected, found) = (report.vek.kind().signing_key(), report.raw.signing_key());
    let finding = Finding::new(format!("{expected}, {}", report.vek.kind().name()), found.to_string());
    log.assess(&checks::SIGNING_KEY, expected == found, finding.at("report[0x48..0x4c]"))
}

fn reserved(report: &AuthenticReport, log: &mut Log<'_>) -> bool {
    let tcbs = tcbs(report);
    let tcb = tcbs.iter().find(|(_, tcb, _)| !tcb.reserved_zero()).map(|(_, _, place)| (*place).to_string());
    let field = report.raw.reserved().map(|(start, end)| range("report", start, end));
    let place = field.or(tcb);
    let found = if place.is_some() { "other bytes" } else { "zeros" };
    log.assess(&checks::RESERVED, place.is_none(), Finding::new("zeros", found).at(place.unwrap_or_default()))
}

fn chip_id(report: &AuthenticReport, log: &mut Log<'_>) -> bool {
    let chip_id = report.raw.chip_id();
    let at = "report[0x1a0..0x1e0]";
    let Some(hwid) = &report.vek.extensions().hwid else {
        // A VLEK is the cloud's and names no chip; clouds mask the chip's id beside it.
        let found = if chip_id == [0; 64] { "masked".into() } else { hex(&chip_id) };
        return log.assess(&checks::CHIP_ID, true, Finding::new("any, the key is a VLEK", found).at(at));
    };
    let mut expected = [0; 64];
    for (slot, byte) in expected.iter_mut().zip(hwid) {
        *slot = *byte;
    }
    // An all-zero id would equal the id of no chip.
    let holds = chip_id == expected && chip_id != [0; 64];
    log.assess(&checks::CHIP_ID, holds, Finding::new(hex(&expected), hex(&chip_id)).at(at))
}

fn reported_tcb(report: &AuthenticReport, log: &mut Log<'_>) -> bool {
    let expected = report.vek.extensions().tcb;
    let found = report.raw.reported_tcb(report.vek.generation());
    let finding = Finding::new(expected.describe(), found.describe()).at("report[0x180..0x188]");
    log.assess(&checks::REPORTED_TCB, expected == found, finding)
}

fn tcb_order(report: &AuthenticReport, log: &mut Log<'_>) -> bool {
    let generation = report.vek.generation();
    let (current, reported, committed) = (
        report.raw.current_tcb(generation),
        report.raw.reported_tcb(generation),
        report.raw.committed_tcb(generation),
    );
    let holds = reported.at_most(committed) && committed.at_most(current);
    let bytes = |tcb: super::tcb::Tcb| hex(&tcb.bytes());
    let found =
        format!("reported {}, committed {}, current {}", bytes(reported), bytes(committed), bytes(current));
    log.assess(&checks::TCB_ORDER, holds, Finding::new("reported at most committed at most current", found))
}

fn measured(report: &AuthenticReport, log: &mut Log<'_>) -> bool {
    let measurement = report.raw.measurement();
    let finding = Finding::new("not all zero", hex(&measurement)).at("report[0x90..0xc0]");
    log.assess(&checks::MEASURED, measurement != [0; 48], finding)
}

fn author_key_flag(report: &AuthenticReport, log: &mut Log<'_>) -> bool {
    let (enabled, digest) = (report.raw.author_key_enabled(), report.raw.author_key_digest());
    let finding =
        Finding::new(if enabled { "a digest" } else { "zeros" }, hex(&digest)).at("report[0x110..0x140]");
    log.assess(&checks::AUTHOR_KEY_FLAG, enabled == (digest != [0; 48]), finding)
}

fn migration_id(report: &AuthenticReport, log: &mut Log<'_>) -> bool {
    let (allowed, id) = (report.raw.policy().migration_agent_allowed(), report.raw.report_id_ma());
    let expected = if allowed { "any, an agent is allowed" } else { "all ff" };
    let finding = Finding::new(expected, hex(&id)).at("report[0x160..0x180]");
    log.assess(&checks::MIGRATION_ID, allowed || id == [0xff; 32], finding)
}

fn tcbs(report: &AuthenticReport) -> [(&'static str, super::tcb::Tcb, &'static str); 4] {
    let generation = report.vek.generation();
    [
        ("current", report.raw.current_tcb(generation), "report[0x38..0x40]"),
        ("reported", report.raw.reported_tcb(generation), "report[0x180..0x188]"),
        ("committed", report.raw.committed_tcb(generation), "report[0x1e0..0x1e8]"),
        ("launch", report.raw.launch_tcb(generation), "report[0x1f0..0x1f8]"),
    ]
}

/// From the report to the root, with SHA-256 as each one's name.
fn links(raw: &RawReport, vek: &TrustedVek) -> Vec<Link> {
    let prints = vek.fingerprints();
    let link = |from: &str, to: &str, left: &str, right: &str, checks: &[&str]| Link {
        from: from.into(),
        to: to.into(),
        left: left.into(),
        right: right.into(),
        holds: true,
        checks: checks.iter().map(|id| (*id).into()).collect(),
    };
    let issuer = match vek.kind() {
        Kind::Vcek => "AMD SEV key (ASK)",
        Kind::Vlek => "AMD SEV VLEK key (ASVK)",
    };
    let name = generation::name(vek.generation());
    let report = hex(&sha256(raw.signed()));
    alloc::vec![
        link("report", vek.kind().name(), &report, &prints.vek, &["snp.report.signature"]),
        link(vek.kind().name(), issuer, &prints.vek, &prints.intermediate, &["snp.chain.vek_signature"]),
        link(
            issuer,
            &format!("AMD root key (ARK-{name})"),
            &prints.intermediate,
            &prints.root,
            &["snp.chain.intermediate"],
        ),
    ]
}

/// What the authentic report says, for the verdict and for the policy.
fn claims(report: &AuthenticReport, log: &mut Log<'_>) {
    let (raw, vek) = (&report.raw, &report.vek);
    let mut hardware = |id: &str, value: &str, at: &str| log.claim(id, value, Authority::Hardware, at);
    hardware("snp.measurement", &hex(&raw.measurement()), "report[0x90..0xc0]");
    hardware("snp.version", &raw.version().to_string(), "report[0x0..0x4]");
    hardware("snp.guest_svn", &raw.guest_svn().to_string(), "report[0x4..0x8]");
    hardware("snp.guest_policy", &format!("{:#x}", raw.policy().0), "report[0x8..0x10]");
    hardware("snp.family_id", &hex(&raw.family_id()), "report[0x10..0x20]");
    hardware("snp.image_id", &hex(&raw.image_id()), "report[0x20..0x30]");
    hardware("snp.vmpl", &raw.vmpl().to_string(), "report[0x30..0x34]");
    hardware("snp.platform_info", &format!("{:#x}", raw.platform_info()), "report[0x40..0x48]");
    hardware("snp.report_data", &hex(&raw.report_data()), "report[0x50..0x90]");
    hardware("snp.host_data", &hex(&raw.host_data()), "report[0xc0..0xe0]");
    hardware("snp.id_key_digest", &hex(&raw.id_key_digest()), "report[0xe0..0x110]");
    hardware("snp.author_key_digest", &hex(&raw.author_key_digest()), "report[0x110..0x140]");
    hardware("snp.report_id", &hex(&raw.report_id()), "report[0x140..0x160]");
    if raw.chip_id() != [0; 64] {
        hardware("snp.chip_id", &hex(&raw.chip_id()), "report[0x1a0..0x1e0]");
    }
    let (build, minor, major) = raw.current_firmware();
    hardware("snp.firmware", &format!("{major}.{minor}.{build}"), "report[0x1e8..0x1eb]");
    for (name, tcb, place) in tcbs(report) {
        let levels = tcb.levels();
        if let Some(fmc) = levels.fmc {
            hardware(&format!("snp.tcb.{name}.fmc"), &fmc.to_string(), place);
        }
        hardware(&format!("snp.tcb.{name}.bootloader"), &levels.bootloader.to_string(), place);
        hardware(&format!("snp.tcb.{name}.tee"), &levels.tee.to_string(), place);
        hardware(&format!("snp.tcb.{name}.snp"), &levels.snp.to_string(), place);
        hardware(&format!("snp.tcb.{name}.microcode"), &levels.microcode.to_string(), place);
    }
    if let Some((launch, current)) = raw.mitigation_vectors() {
        hardware("snp.mitigation.launch", &format!("{launch:#x}"), "report[0x1f8..0x200]");
        hardware("snp.mitigation.current", &format!("{current:#x}"), "report[0x200..0x208]");
    }
    log.claim("snp.generation", generation::name(vek.generation()), Authority::Collateral, "vek issuer");
    log.claim("snp.product", &vek.extensions().product, Authority::Collateral, "vek product name");
    if let Some(csp_id) = &vek.extensions().csp_id {
        log.claim("snp.csp_id", csp_id, Authority::Collateral, "vek cspID");
    }
    platform_info(raw.platform_info(), log);
}

/// Bits of the platform info that no table names are reported and never refused: genuine hardware
/// sets them.
fn platform_info(info: u64, log: &mut Log<'_>) {
    const NAMED: u64 = 0b1011_1111;
    if info & !NAMED != 0 {
        let text = format!("the platform info has bits that no table names: {:#x}", info & !NAMED);
        log.note(NoteKind::Information, "snp.platform_info.unknown", text, "report[0x40..0x48]");
    }
}
