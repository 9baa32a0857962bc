//! AMD SEV-SNP behind Azure's virtual TPM. The folder's `README.md` has the threat model and the
//! checks that were left out.

use super::snp::{self, Setting};
use super::{Attested, Context, Platform};
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
        "AMD SEV-SNP with Azure's virtual TPM"
    }

    fn checks(&self) -> &'static [&'static [&'static CheckSpec]] {
        &TABLES
    }

    fn identity_claims(&self) -> &'static [&'static str] {
        &["snp.chip_id", "snp.csp_id", "azure.vm_unique_id"]
    }

    fn measurement_claim(&self) -> &'static str {
        "snp.measurement"
    }

    fn pins_pcrs(&self) -> bool {
        true
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
        let given = evidence::decode(evidence, "vcek", log)?;
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

const NOT_PROVEN: &[&str] = &[
    "which guest ran, by the launch digest alone: on Azure it covers the cloud's paravisor, and the guest is in the PCRs",
    "that the paravisor is honest: the virtual TPM and its keys live in it, and the cloud writes it",
    "the order or number of boots: the virtual TPM's clock and counters are the paravisor's word",
];
