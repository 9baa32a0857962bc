//! AMD SEV-SNP behind Azure's virtual TPM. The folder's `README.md` has the threat model and the
//! checks that were left out.

use super::snp::{self, Setting};
use super::{Attested, Context, Platform, Registers};
use crate::json::Value;
use crate::log::{Log, Stopped};
use crate::verdict::CheckSpec;
use crate::vtpm::hcl::{HclBlob, ReportType};
use crate::vtpm::runtime::BoundRuntime;
use crate::vtpm::{self, Inner, Table, evidence};

#[cfg(test)]
mod tests;

/// The platform of this folder.
pub static PLATFORMS: &[&dyn Platform] = &[&AzSnp];

struct AzSnp;

impl Platform for AzSnp {
    fn label(&self) -> &'static str {
        "az-snp"
    }

    fn family(&self) -> &'static str {
        "az-snp"
    }

    fn title(&self) -> &'static str {
        "a genuine AMD SEV-SNP VM on Azure"
    }

    fn checks(&self) -> &'static [&'static [&'static CheckSpec]] {
        &TABLES
    }

    fn identity_claims(&self) -> &'static [&'static str] {
        &IDENTITY_CLAIMS
    }

    fn measurement_claim(&self) -> &'static str {
        snp::MEASUREMENT_CLAIM
    }

    fn registers(&self) -> Option<&'static Registers> {
        Some(&vtpm::REGISTERS)
    }

    fn not_proven(&self) -> &'static [&'static str] {
        &NOT_PROVEN
    }

    fn authenticate(
        &self,
        evidence: &Value<'_>,
        context: &Context<'_>,
        log: &mut Log<'_>,
    ) -> Result<Attested, Stopped> {
        let given = evidence::decode(evidence, ReportType::Snp, log)?;
        let blob = HclBlob::read(&given.hcl_report, ReportType::Snp, log)?;
        let vek = given.endorsement.as_deref();
        let report = snp::authenticate(blob.report(), vek, Setting::Azure, context, log)?;
        let runtime = BoundRuntime::bind(blob.runtime(), report.report_data(), log)?;
        let inner = Inner { validity: report.validity(), links: report.links() };
        vtpm::attest(given.quote.as_ref(), &runtime, &inner, context.policy, log)
    }
}

const COUNT: usize = vtpm::table_count(snp::LAYER_CHECKS);

static TABLES: [Table; COUNT] = vtpm::tables(snp::LAYER_CHECKS);

static IDENTITY_CLAIMS: [&str; snp::IDENTITY_CLAIMS.len().saturating_add(vtpm::IDENTITY_CLAIMS.len())] =
    vtpm::texts(snp::IDENTITY_CLAIMS, vtpm::IDENTITY_CLAIMS);

static NOT_PROVEN: [&str; snp::NOT_PROVEN.len().saturating_add(vtpm::NOT_PROVEN.len())] =
    vtpm::texts(snp::NOT_PROVEN, vtpm::NOT_PROVEN);
