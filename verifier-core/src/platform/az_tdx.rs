//! Intel TDX behind Azure's virtual TPM. The folder's `README.md` has the threat model and the checks
//! that were left out.

mod td_report;

#[cfg(test)]
mod tests;

use alloc::vec::Vec;

use super::tdx::{self, AuthenticTd};
use super::{Attested, Context, Platform, Registers};
use crate::json::Value;
use crate::log::{Log, Stopped};
use crate::verdict::{CheckSpec, Link};
use crate::vtpm::hcl::{HclBlob, ReportType};
use crate::vtpm::runtime::BoundRuntime;
use crate::vtpm::{self, Inner, Table, evidence};

/// The platform of this folder.
pub static PLATFORMS: &[&dyn Platform] = &[&AzTdx];

struct AzTdx;

impl Platform for AzTdx {
    fn label(&self) -> &'static str {
        "az-tdx"
    }

    fn family(&self) -> &'static str {
        "az-tdx"
    }

    fn title(&self) -> &'static str {
        "a genuine Intel TDX VM on Azure"
    }

    fn checks(&self) -> &'static [&'static [&'static CheckSpec]] {
        &TABLES
    }

    fn identity_claims(&self) -> &'static [&'static str] {
        &IDENTITY_CLAIMS
    }

    fn measurement_claim(&self) -> &'static str {
        tdx::MEASUREMENT_CLAIM
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
        let given = evidence::decode(evidence, ReportType::Tdx, log)?;
        let blob = HclBlob::read(&given.hcl_report, ReportType::Tdx, log)?;
        let quote = td_report::quote(given.endorsement.as_deref(), log)?;
        let td = tdx::authenticate(quote, evidence::collateral(evidence), context, log)?;
        td_report::compare(blob.report(), &td, log);
        let runtime = BoundRuntime::bind(blob.runtime(), td.report_data(), log)?;
        let links = links(&td);
        let inner = Inner { validity: td.validity(), links: &links };
        vtpm::attest(given.quote.as_ref(), &runtime, &inner, context.policy, log)
    }
}

/// The links of the TD quote, under names that the TPM's quote and its key do not have.
fn links(td: &AuthenticTd) -> Vec<Link> {
    let mut links = td.links().to_vec();
    for name in links.iter_mut().flat_map(|link| [&mut link.from, &mut link.to]) {
        if matches!(name.as_str(), "quote" | "attestation key") {
            name.insert_str(0, "TD ");
        }
    }
    links
}

const INNER: [Table; tdx::LAYER_CHECKS.len().saturating_add(2)] = {
    let [quote, chain, collateral, signatures, platform, report, status, machine] = tdx::LAYER_CHECKS;
    [
        td_report::QUOTE_CHECKS,
        quote,
        chain,
        collateral,
        signatures,
        platform,
        report,
        status,
        machine,
        td_report::CHECKS,
    ]
};

static TABLES: [Table; vtpm::table_count(&INNER)] = vtpm::tables(&INNER);

static IDENTITY_CLAIMS: [&str; tdx::IDENTITY_CLAIMS.len().saturating_add(vtpm::IDENTITY_CLAIMS.len())] =
    vtpm::texts(tdx::IDENTITY_CLAIMS, vtpm::IDENTITY_CLAIMS);

/// What a TD's registers say is otherwise here: RTMRs stay zero, and the guest is in the PCRs.
static NOT_PROVEN: [&str; vtpm::NOT_PROVEN.len().saturating_add(1)] =
    vtpm::texts(&[tdx::MEMORY_BUS], vtpm::NOT_PROVEN);
