//! AWS Nitro Enclaves: attestation documents of the Nitro Security Module.
//!
//! The files read in the order of verification: [`evidence`](self) (the envelope's field), the shared
//! stage [`cose`] (the signed envelope inside), `document` (its payload), `chain` (the
//! certificates that it brings, from the pinned root to the leaf), `authentic` (the signature, and what
//! the document then says), `machine` (what the policy demands). The folder's `README.md` has the
//! threat model and the checks that were left out.

mod authentic;
mod chain;
mod checks;
mod document;
mod evidence;
mod machine;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use crate::cose::{self, Sign1};
use crate::json::Value;
use crate::limits::NITRO_BYTES;
use crate::log::{Finding, Log, Stopped};
use crate::platform::{
    Attested, Context, EvidenceLink, FieldShape, Platform, RegisterDigest, RegisterField, Registers, Validity,
};
use crate::verdict::CheckSpec;

pub use authentic::AuthenticDocument;

/// The platform of this folder.
pub static PLATFORMS: &[&dyn Platform] = &[&Nitro];

/// AWS Nitro Enclaves Root G1. Where it came from, with its fingerprint: `roots/README.md`.
pub(crate) static PINNED_ROOT: &[u8] = include_bytes!("nitro/roots/aws-nitro-g1.der");

/// The tables of the checks that every document goes through, in pipeline order.
pub(crate) static DOCUMENT_CHECKS: &[&[&CheckSpec]] = &[
    checks::SIZE_CHECKS,
    cose::STRUCTURE_CHECKS,
    checks::DOCUMENT,
    checks::CHAIN,
    cose::SIGNATURE_CHECKS,
    checks::MACHINE,
];

/// PCR 0 is the launch digest. It covers the whole image file; PCR 1 covers the kernel and its boot
/// ramdisk, PCR 2 the application, and a measurement names all three.
pub(crate) static REGISTERS: Registers = Registers {
    name: "PCR",
    claims: "nitro.pcr.",
    field: RegisterField::Pcrs,
    digest: RegisterDigest::Sha384,
    highest: 31,
    required: &[1, 2],
    without: "PCR 0 without PCRs 1 and 2",
};

/// The platform's name for a person.
const TITLE: &str = "a genuine AWS Nitro enclave";

/// What a Nitro document does not prove.
pub(crate) const NOT_PROVEN: &[&str] = &[
    "that the document is as old as it says: its timestamp is the word of a key whose certificate lived some three hours, and whoever got hold of that key later could date a document back",
    "that no certificate was revoked: AWS has its revocation lists left out of the validation of documents",
    "that AWS is honest: the hypervisor, the security module and its keys are the cloud's own, and no other vendor vouches for the processor",
];

/// Appraises a document: signature, chain and everything that it says of the enclave. With it comes
/// the window in which the same verdict holds. `nonce` is the one that must be in the document's own
/// field, lower-case hex; a policy can demand more.
///
/// # Errors
/// [`Stopped`] when the document is not authentic.
pub(crate) fn authenticate(
    document: &[u8],
    nonce: Option<&str>,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<(AuthenticDocument, Validity), Stopped> {
    let found = alloc::format!("{} bytes", document.len());
    let expected = alloc::format!("at most {NITRO_BYTES} bytes");
    log.require(&checks::SIZE, document.len() <= NITRO_BYTES, Finding::new(expected, found))?;
    let envelope = Sign1::read(document, log)?;
    let parsed = document::read(envelope.unauthenticated_payload(), log)?;
    let leaf = chain::establish(&parsed, context, log)?;
    let payload = envelope.authenticate(leaf.key(), &leaf.describe(), log)?;
    let authentic = authentic::accept(parsed, &payload, leaf, log);
    let window = machine::appraise(&authentic, nonce, context, log);
    let validity = authentic.validity().meet(window);
    Ok((authentic, validity))
}

struct Nitro;

impl Platform for Nitro {
    fn label(&self) -> &'static str {
        "nitro"
    }

    fn family(&self) -> &'static str {
        "nitro"
    }

    fn title(&self) -> &'static str {
        TITLE
    }

    fn checks(&self) -> &'static [&'static [&'static CheckSpec]] {
        static CHECKS: &[&[&CheckSpec]] = &[
            checks::EVIDENCE,
            checks::SIZE_CHECKS,
            cose::STRUCTURE_CHECKS,
            checks::DOCUMENT,
            checks::CHAIN,
            cose::SIGNATURE_CHECKS,
            checks::MACHINE,
        ];
        CHECKS
    }

    fn identity_claims(&self) -> &'static [&'static str] {
        &["nitro.module_id"]
    }

    fn measurement_claim(&self) -> &'static str {
        "nitro.pcr.0"
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
        let document = log.obtain(&checks::LAYOUT, evidence::decode(evidence))?;
        let nonce = context.policy.document().nonce.as_deref();
        let (document, validity) = authenticate(&document, nonce, context, log)?;
        let link = EvidenceLink { links: document.links().to_vec() };
        let field = document.user_data().unwrap_or_default();
        Ok(Attested::new(field, "document/user_data", FieldShape::Split, validity, link)
            .with_nonce(document.nonce()))
    }
}
