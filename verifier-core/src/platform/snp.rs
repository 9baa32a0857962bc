//! AMD SEV-SNP: `snp`, `gcp-snp`, and the inner layer of `az-snp`.
//!
//! The files read in the order of verification: [`evidence`](self) (the envelope's fields), `report`
//! (the fixed layout), `vek` and `chain` (VCEK or VLEK up to a pinned root), `crl`, `authentic` (the
//! signature, and what the report must say of itself), `machine` (what the policy demands).

mod authentic;
mod chain;
mod checks;
mod crl;
mod evidence;
mod extensions;
mod generation;
mod machine;
mod needs;
mod report;
mod tcb;
mod vek;

#[cfg(test)]
mod tests;

use crate::json::Value;
use crate::log::{Log, Stopped};
use crate::platform::{Attested, Context, EvidenceLink, FieldShape, Platform};
use crate::policy::Generation;
use crate::verdict::CheckSpec;

pub use authentic::AuthenticReport;
pub use report::REPORT_BYTES;

/// The platforms of this folder.
pub static PLATFORMS: &[&dyn Platform] = &[
    &Snp { label: "snp", title: "a genuine AMD SEV-SNP VM" },
    &Snp { label: "gcp-snp", title: "a genuine AMD SEV-SNP VM" },
];

/// The claims that identify a SEV-SNP machine.
pub(crate) const IDENTITY_CLAIMS: &[&str] = &["snp.chip_id", "snp.csp_id"];

/// The claim that holds the launch digest.
pub(crate) const MEASUREMENT_CLAIM: &str = "snp.measurement";

/// What SEV-SNP evidence does not prove.
pub(crate) const NOT_PROVEN: &[&str] = &[
    "that the processor's own key was not revoked: AMD's lists can only revoke the intermediate keys",
    "that nobody with physical access to the machine attacked its memory bus",
];

/// The tables of the checks that every SEV-SNP report goes through, in pipeline order.
pub(crate) static LAYER_CHECKS: &[&[&CheckSpec]] =
    &[checks::CHAIN, checks::REVOCATION, checks::REPORT, checks::MACHINE];

/// Where a report lies, and what that allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// A report of its own.
    Bare,
    /// A report inside Azure's HCL blob, where version 2 is genuine.
    Azure,
}

/// Appraises a report: chain, signature and everything that it says of the machine. `vek` is the
/// certificate that the bundle brings; where it brings none, the one that lies beside the bundle and
/// fits the report is taken.
///
/// # Errors
/// [`Stopped`] when the report is not authentic.
pub(crate) fn authenticate(
    report: &[u8],
    vek: Option<&[u8]>,
    setting: Setting,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<AuthenticReport, Stopped> {
    let raw = report::read(report, setting, context.policy, log)?;
    log.need(|| needs::of(&raw, vek.is_some(), context));
    let trusted = chain::establish(&raw, vek, context, log)?;
    let authentic = authentic::authenticate(raw, trusted, log)?;
    machine::appraise(&authentic, context.policy, log);
    Ok(authentic)
}

struct Snp {
    label: &'static str,
    title: &'static str,
}

impl Platform for Snp {
    fn label(&self) -> &'static str {
        self.label
    }

    fn family(&self) -> &'static str {
        "snp"
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn checks(&self) -> &'static [&'static [&'static CheckSpec]] {
        static CHECKS: &[&[&CheckSpec]] =
            &[checks::EVIDENCE, checks::CHAIN, checks::REVOCATION, checks::REPORT, checks::MACHINE];
        CHECKS
    }

    fn identity_claims(&self) -> &'static [&'static str] {
        IDENTITY_CLAIMS
    }

    fn measurement_claim(&self) -> &'static str {
        MEASUREMENT_CLAIM
    }

    fn not_proven(&self) -> &'static [&'static str] {
        NOT_PROVEN
    }

    fn authenticate(
        &self,
        evidence: &Value<'_>,
        context: &Context<'_>,
        log: &mut Log<'_>,
    ) -> Result<Attested, Stopped> {
        let evidence = log.obtain(&checks::LAYOUT, evidence::decode(evidence))?;
        evidence.name_ignored(log);
        let report = authenticate(&evidence.report, evidence.vek.as_deref(), Setting::Bare, context, log)?;
        Ok(Attested::new(
            report.report_data(),
            "report[0x50..0x90]",
            FieldShape::Padded,
            report.validity(),
            EvidenceLink { links: report.links().to_vec() },
        ))
    }
}

type Root = (Generation, &'static [u8], &'static [u8], &'static [u8]);

/// Generation, ARK, ASK, ASVK. Where each came from, with fingerprints: `roots/README.md`.
pub(crate) static PINNED_ROOTS: [Root; 3] = [
    (
        Generation::Milan,
        include_bytes!("snp/roots/milan-ark.der"),
        include_bytes!("snp/roots/milan-ask.der"),
        include_bytes!("snp/roots/milan-asvk.der"),
    ),
    (
        Generation::Genoa,
        include_bytes!("snp/roots/genoa-ark.der"),
        include_bytes!("snp/roots/genoa-ask.der"),
        include_bytes!("snp/roots/genoa-asvk.der"),
    ),
    (
        Generation::Turin,
        include_bytes!("snp/roots/turin-ark.der"),
        include_bytes!("snp/roots/turin-ask.der"),
        include_bytes!("snp/roots/turin-asvk.der"),
    ),
];

/// The profile and the extensions of an endorsement certificate that nobody signed.
#[cfg(fuzzing)]
pub(crate) fn fuzz_endorsement(der: &[u8]) {
    let Ok(certificate) = crate::x509::Certificate::from_der(der) else { return };
    for generation in [Generation::Milan, Generation::Genoa, Generation::Turin] {
        for kind in [vek::Kind::Vcek, vek::Kind::Vlek] {
            let _read = extensions::read(&certificate, kind, generation);
        }
    }
    let _profile = vek::profile(&certificate);
}
