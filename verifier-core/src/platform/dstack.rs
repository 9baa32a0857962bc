//! dstack: a TD whose guest system runs one application and records in RTMR3 which.
//!
//! The quote is [`tdx`]'s. Here are the evidence object (`evidence`), the event log (`events`, `log`)
//! and what the system recorded of the application (`application`). The folder's `README.md` has the
//! threat model and the checks that were left out.

mod application;
mod checks;
mod events;
mod evidence;
mod log;

#[cfg(test)]
mod tests;

use super::tdx;
use crate::json::Value;
use crate::log::{Log, Stopped};
use crate::platform::{
    Attested, Context, EvidenceLink, FieldShape, Platform, RegisterDigest, RegisterField, Registers,
};
use crate::verdict::CheckSpec;
use crate::vtpm;

/// The platform of this folder.
pub static PLATFORMS: &[&dyn Platform] = &[&Dstack];

struct Dstack;

impl Platform for Dstack {
    fn label(&self) -> &'static str {
        "dstack"
    }

    /// A family of its own, though the quotes are those of any TD: an image that a policy names for
    /// `dstack` is trusted with the application that it says it runs, and the other labels of TDs
    /// never ask for that.
    fn family(&self) -> &'static str {
        "dstack"
    }

    fn title(&self) -> &'static str {
        "a genuine Intel TDX VM that says it runs dstack"
    }

    fn checks(&self) -> &'static [&'static [&'static CheckSpec]] {
        static CHECKS: &[&[&CheckSpec]] = &{
            let [quote, chain, collateral, signatures, platform, report, status, machine] = tdx::LAYER_CHECKS;
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
                checks::APPLICATION,
            ]
        };
        CHECKS
    }

    fn identity_claims(&self) -> &'static [&'static str] {
        tdx::IDENTITY_CLAIMS
    }

    fn measurement_claim(&self) -> &'static str {
        tdx::MEASUREMENT_CLAIM
    }

    fn registers(&self) -> Option<&'static Registers> {
        Some(&REGISTERS)
    }

    fn pins(&self) -> &'static [(&'static CheckSpec, &'static str)] {
        static PINS: &[(&CheckSpec, &str)] =
            &[(&checks::COMPOSE_HASH, "which application you trust: the policy names no compose hash")];
        PINS
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
        let evidence = log.obtain(&checks::LAYOUT, evidence::decode(evidence))?;
        let td = tdx::authenticate(&evidence.quote, evidence.collateral, context, log)?;
        if evidence.has_vm_config {
            log.unauthenticated("/evidence/vm_config: nothing signs it, and nothing is read from it");
        }
        // What the rest looks at does not depend on the event log, so it goes on whatever that says.
        if let Ok(events) = log::appraise(evidence.event_log, &td, context.policy, log) {
            application::appraise(events.as_ref(), context.policy, log);
        }
        Ok(Attested::new(
            td.report_data(),
            td.report_data_place(),
            FieldShape::Padded,
            td.validity(),
            EvidenceLink { links: td.links().to_vec() },
        ))
    }
}

/// The registers of any TD. Without RTMR1 and RTMR2 nobody knows who wrote the events of RTMR3.
static REGISTERS: Registers = Registers {
    name: "RTMR",
    claims: "tdx.rtmr.",
    field: RegisterField::Rtmrs,
    digest: RegisterDigest::Sha384,
    highest: 3,
    required: &[1, 2],
    without: "the virtual firmware without the system that it starts",
};

const OWN_LIMITS: &[&str] = &[
    "that the guest runs dstack, unless the policy names RTMR1 and RTMR2 of an image of dstack: the label and the event log are the guest's own words",
    "that the builder itself asked for the quote: every container of the application may",
];

static NOT_PROVEN: [&str; tdx::NOT_PROVEN.len().saturating_add(OWN_LIMITS.len())] =
    vtpm::texts(tdx::NOT_PROVEN, OWN_LIMITS);

/// An event log as the fuzz target gives it.
#[cfg(fuzzing)]
pub(crate) fn fuzz_event_log(text: &str) {
    events::fuzz(text);
}
