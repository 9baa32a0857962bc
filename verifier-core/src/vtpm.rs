//! Azure's virtual TPM between a hardware report and the attested bytes, for `az-snp` and `az-tdx`.
//!
//! Azure's paravisor keeps the hardware report for itself: it binds its own runtime data into the
//! report data, and a virtual TPM, whose key the runtime data names, signs what the guest asks for.
//!
//! ```text
//! evidence ─► HCL blob ─► report slot ─► (the inner layer verifies it up to the vendor's root)
//!                 │                              │ report data
//!                 └─► runtime data ◄─ SHA-256 ───┘
//!                          │ the JWK `HCLAkPub`
//!                          ▼
//!                  attestation key ─► TPM quote ─► extraData: the attested bytes
//!                                         └──────► PCR digest ─► PCR values
//! ```
//!
//! Each step takes what the step before proved: a [`runtime::BoundRuntime`] exists only for runtime
//! data that authentic report data names, a [`key::AttestationKey`] only for a key out of it, and a
//! [`quote::AuthenticQuote`] only for a quote that this key signed.

pub(crate) mod attest;
pub(crate) mod demands;
pub(crate) mod evidence;
pub(crate) mod hcl;
pub(crate) mod key;
pub(crate) mod pcrs;
pub(crate) mod quote;
pub(crate) mod runtime;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec::Vec;

use crate::log::{Log, Stopped};
use crate::platform::{
    Attested, EvidenceLink, FieldShape, RegisterDigest, RegisterField, Registers, Validity,
};
use crate::policy::Policy;
use crate::text::hex;
use crate::verdict::{CheckSpec, Link};

use evidence::GivenQuote;
use key::AttestationKey;
use quote::AuthenticQuote;
use runtime::BoundRuntime;

/// The PCRs that a quote covers. Which of them name the guest is the image's affair.
pub(crate) static REGISTERS: Registers = Registers {
    name: "PCR",
    claims: "vtpm.pcr.",
    field: RegisterField::Pcrs,
    digest: RegisterDigest::Sha256,
    highest: 23,
    required: &[],
    without: "the cloud's paravisor only",
};

/// The claims of the runtime data that identify a machine.
pub(crate) const IDENTITY_CLAIMS: &[&str] = &["azure.vm_unique_id"];

/// What evidence of an Azure machine does not prove.
pub(crate) const NOT_PROVEN: &[&str] = &[
    "which guest ran, by the launch digest alone: on Azure it covers the cloud's paravisor, and the guest is in the PCRs",
    "that the paravisor is honest: the virtual TPM and its keys live in it, and the cloud writes it",
    "that the guest itself asked for the quote: whoever reaches the virtual TPM may",
];

/// A table of checks.
pub(crate) type Table = &'static [&'static CheckSpec];

/// The tables before the inner layer, in pipeline order.
pub(crate) const OUTER_CHECKS: &[Table] = &[evidence::CHECKS, hcl::CHECKS];

/// The tables after the inner layer, in pipeline order.
pub(crate) const UPPER_CHECKS: &[Table] =
    &[runtime::CHECKS, key::CHECKS, quote::CHECKS, pcrs::CHECKS, demands::CHECKS];

/// The number of tables of a platform whose inner layer has `inner`.
pub(crate) const fn table_count(inner: &[Table]) -> usize {
    OUTER_CHECKS.len().saturating_add(inner.len()).saturating_add(UPPER_CHECKS.len())
}

/// All tables of a platform with this inner layer, in pipeline order. `N` is [`table_count`].
pub(crate) const fn tables<const N: usize>(inner: &[Table]) -> [Table; N] {
    let mut tables: [Table; N] = [&[]; N];
    let rest = fill(&mut tables, OUTER_CHECKS);
    let rest = fill(rest, inner);
    fill(rest, UPPER_CHECKS);
    tables
}

/// Two lists of texts as one. `N` is the number of all.
pub(crate) const fn texts<const N: usize>(one: &[&'static str], two: &[&'static str]) -> [&'static str; N] {
    let mut texts = [""; N];
    let rest = fill(&mut texts, one);
    fill(rest, two);
    texts
}

const fn fill<'t, T: Copy>(mut slots: &'t mut [T], mut items: &[T]) -> &'t mut [T] {
    while let Some((item, others)) = items.split_first() {
        let Some((slot, free)) = slots.split_first_mut() else { return &mut [] };
        *slot = *item;
        slots = free;
        items = others;
    }
    slots
}

/// What the inner layer says of the report that binds the runtime data.
pub(crate) struct Inner<'a> {
    /// The window in which the report verifies.
    pub(crate) validity: Validity,
    /// The links from the report to the vendor's root, nearest first.
    pub(crate) links: &'a [Link],
}

/// Appraises everything above the hardware report: the attestation key, the quote, the PCRs and
/// what the policy demands of them.
///
/// # Errors
/// [`Stopped`] when a check failed without which the quote's `extraData` is not authentic, and
/// where there is no quote.
pub(crate) fn attest(
    given: Option<&GivenQuote>,
    runtime: &BoundRuntime<'_>,
    inner: &Inner<'_>,
    policy: &Policy,
    log: &mut Log<'_>,
) -> Result<Attested, Stopped> {
    runtime.claim(log);
    let key = AttestationKey::from_runtime(runtime, log)?;
    let rules = policy.document().azure.as_ref();
    let Some(given) = given else {
        demands::runtime(rules, runtime, log);
        return Err(quote::absent(log));
    };
    let quote = AuthenticQuote::verify(given, &key, log)?;
    pcrs::appraise(&quote, &given.pcrs, log)?;
    demands::runtime(rules, runtime, log);
    demands::quote(rules, &quote, log);
    let link = EvidenceLink { links: links(&quote, &key, runtime, inner.links) };
    Ok(Attested::new(quote.extra_data(), FIELD, FieldShape::Sized, inner.validity, link))
}

/// The place of the attested bytes, by which the link from the provenance names it too.
const FIELD: &str = "quote extraData";

fn links(
    quote: &AuthenticQuote<'_>,
    key: &AttestationKey,
    runtime: &BoundRuntime<'_>,
    inner: &[Link],
) -> Vec<Link> {
    let link = |from: &str, to: &str, left: String, right: String, checks: &[&'static CheckSpec]| Link {
        from: from.into(),
        to: to.into(),
        holds: left == right,
        left,
        right,
        checks: checks.iter().map(|spec| spec.id.into()).collect(),
    };
    let signer = [&quote::SIGNATURE, &quote::SIGNER];
    let named = [&key::UNIQUE, &key::MODULUS];
    let bound = [&runtime::DIGEST, &runtime::TAIL];
    let report = inner.first().map_or("report", |link| link.from.as_str());
    let (key_id, digest) = (hex(&key.sha256()), hex(runtime.sha256()));
    let mut links = alloc::vec![
        link(FIELD, "attestation key", hex(quote.signer()), hex(&key.qualified_name()), &signer),
        link("attestation key", "runtime data", key_id.clone(), key_id, &named),
        link("runtime data", report, digest, hex(runtime.report_data()), &bound),
    ];
    links.extend_from_slice(inner);
    links
}
