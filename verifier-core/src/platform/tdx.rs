//! Intel TDX: `tdx`, `gcp-tdx`, and the inner layer of `az-tdx` and `dstack`.
//!
//! The quote itself is [`dcap`]'s: it is the same for every platform. Here are the envelope's fields
//! (`evidence`), what the TD report must say of itself (`authentic`), what the policy demands of a TD
//! (`machine`) and the log of what was measured into its registers (`event_log`). The folder's `README.md` has the threat model and the checks that were left out.

mod authentic;
mod checks;
mod event_log;
mod evidence;
mod machine;

#[cfg(test)]
mod tests;

use crate::dcap;
use crate::json::Value;
use crate::log::{Log, Stopped};
use crate::platform::{
    Attested, Context, EvidenceLink, FieldShape, Platform, RegisterDigest, RegisterField, Registers,
};
use crate::verdict::CheckSpec;

pub use authentic::AuthenticTd;

/// The platforms of this folder.
pub static PLATFORMS: &[&dyn Platform] = &[&Tdx { label: "tdx" }, &Tdx { label: "gcp-tdx" }];

/// The claims that identify a TDX machine.
pub(crate) const IDENTITY_CLAIMS: &[&str] =
    &["tdx.ppid", "tdx.platform_instance_id", "tdx.fmspc", "tdx.pck_sha256"];

/// The claim that holds the launch digest.
pub(crate) const MEASUREMENT_CLAIM: &str = "tdx.mrtd";

/// What TDX evidence does not prove.
pub(crate) const NOT_PROVEN: &[&str] = &[
    "which guest ran, by MRTD alone: it covers the virtual firmware, and the guest is in RTMR1 and RTMR2",
    MEMORY_BUS,
];

/// What no TDX machine proves, whatever runs in it.
pub(crate) const MEMORY_BUS: &str = "that nobody with physical access to the machine attacked its memory bus: keys were extracted in this way";

/// The tables of the checks that every TD goes through, in pipeline order.
pub(crate) const LAYER_CHECKS: [&[&CheckSpec]; 8] = {
    let [quote, chain, collateral, signatures, platform] = dcap::CHECKS;
    [quote, chain, collateral, signatures, platform, checks::REPORT, dcap::STATUS_CHECKS, checks::MACHINE]
};

/// Appraises a quote: chain, collateral, signatures and everything that it says of the TD. `stapled`
/// is the collateral that the evidence itself brings; what lies beside the bundle is looked at first.
///
/// # Errors
/// [`Stopped`] when the quote is not authentic, or when collateral that is there is not.
pub(crate) fn authenticate(
    quote: &[u8],
    stapled: Option<&Value<'_>>,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<AuthenticTd, Stopped> {
    let quote = dcap::authenticate(quote, stapled, context, log)?;
    let td = authentic::establish(quote, log)?;
    machine::appraise(&td, context.policy, log);
    Ok(td)
}

struct Tdx {
    label: &'static str,
}

impl Platform for Tdx {
    fn label(&self) -> &'static str {
        self.label
    }

    fn family(&self) -> &'static str {
        "tdx"
    }

    fn title(&self) -> &'static str {
        "a genuine Intel TDX VM"
    }

    fn checks(&self) -> &'static [&'static [&'static CheckSpec]] {
        static CHECKS: &[&[&CheckSpec]] = &{
            let [quote, chain, collateral, signatures, platform, report, status, machine] = LAYER_CHECKS;
            [
                checks::EVIDENCE,
                quote,
                chain,
                collateral,
                signatures,
                platform,
                report,
                status,
                machine,
                checks::EVENT_LOG,
            ]
        };
        CHECKS
    }

    fn identity_claims(&self) -> &'static [&'static str] {
        IDENTITY_CLAIMS
    }

    fn measurement_claim(&self) -> &'static str {
        MEASUREMENT_CLAIM
    }

    fn registers(&self) -> Option<&'static Registers> {
        Some(&REGISTERS)
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
        let td = authenticate(&evidence.quote, evidence.collateral, context, log)?;
        event_log::appraise(evidence.event_log.as_deref(), &td, context.policy, log);
        Ok(Attested::new(
            td.report_data(),
            td.report_data_place(),
            FieldShape::Padded,
            td.validity(),
            EvidenceLink { links: td.links().to_vec() },
        ))
    }
}

/// The run-time measurement registers.
pub(crate) static REGISTERS: Registers = Registers {
    name: "RTMR",
    claims: "tdx.rtmr.",
    field: RegisterField::Rtmrs,
    digest: RegisterDigest::Sha384,
    highest: 3,
    required: &[],
    without: "the virtual firmware only",
};

/// Intel SGX Root CA. Where it came from, with its fingerprint: `roots/README.md`.
pub(crate) static PINNED_ROOT: &[u8] = include_bytes!("tdx/roots/intel-sgx-root-ca.der");
