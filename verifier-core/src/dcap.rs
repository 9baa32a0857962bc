//! Intel's quotes (Data Center Attestation Primitives): from a quote's bytes to a body that Intel's
//! root vouches for, and what the stapled collateral says of the platform.
//!
//! The files read in the order of verification: `quote` and `body` (the layout), `pem`, `chain` and
//! `extensions` (PCK up to a pinned root), `documents`, `crl`, `signed`, `tcb_info` and
//! `qe_identity` (the collateral), `qe` (the quoting enclave and the quote's signature),
//! `collateral` and `status` (the platform's status).

pub(crate) mod alone;
mod body;
mod chain;
mod checks;
mod collateral;
mod crl;
mod documents;
mod extensions;
mod fields;
mod needs;
mod pem;
mod qe;
mod qe_identity;
mod quote;
mod signed;
mod status;
mod tcb_info;

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::crypto::sha256;
use crate::json::Value;
use crate::log::{Finding, Log, Stopped};
use crate::platform::{Context, Validity};
use crate::policy::TcbStatus;
use crate::text::hex;
use crate::verdict::{Authority, CheckSpec, Link, NoteKind};
use chain::TrustedPck;
use collateral::PlatformTcb;
use quote::Quote;

pub(crate) use body::TdBody;

/// The tables of the checks that every quote goes through, in pipeline order.
pub(crate) const CHECKS: [&[&CheckSpec]; 5] =
    [checks::QUOTE, checks::CHAIN, checks::COLLATERAL, checks::SIGNATURES, checks::PLATFORM];

/// The table of the status that results from them, which belongs to what the policy demands.
pub(crate) const STATUS_CHECKS: &[&CheckSpec] = checks::RESULT;

/// The body of a quote that a processor signed, under a trusted root. Only [`authenticate`] makes
/// one, and it is not `Clone`: holding it is the proof. Whether the platform is up to date is a check
/// of its own.
pub(crate) struct AuthenticQuote {
    body: TdBody,
    validity: Validity,
    links: Vec<Link>,
}

impl AuthenticQuote {
    /// The TD report.
    pub(crate) fn body(&self) -> &TdBody {
        &self.body
    }

    /// The window in which the quote and its collateral verify.
    pub(crate) fn validity(&self) -> Validity {
        self.validity
    }

    /// The links from the quote to the vendor root, nearest first.
    pub(crate) fn links(&self) -> &[Link] {
        &self.links
    }
}

/// Appraises a quote: layout, chain, collateral, signatures, the platform's status. `stapled` is the
/// collateral that the evidence itself brings.
///
/// # Errors
/// [`Stopped`] when the quote is not authentic, or when collateral that is there is not.
pub(crate) fn authenticate(
    quote: &[u8],
    stapled: Option<&Value<'_>>,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<AuthenticQuote, Stopped> {
    let quote = quote::read(quote, context.policy, log)?;
    let certificates = chain::certificates(&quote, log)?;
    let pck = chain::establish(&certificates, context, log)?;
    log.need(|| needs::of(&pck, stapled.is_some(), context));
    let collateral = collateral::establish(&pck, stapled, context, log)?;
    qe::authenticate(&quote, &pck, log)?;
    let platform = collateral.map(|known| collateral::judge(&quote, &pck, &known, log)).transpose()?;
    claims(&quote, &pck, log);
    let mut validity = pck.validity();
    if let Some(platform) = &platform {
        validity = validity.meet(platform.validity);
        accept(platform, context, log);
    }
    let links = links(&quote, &pck);
    Ok(AuthenticQuote { body: quote.body, validity, links })
}

/// Whether the policy takes the platform's status.
fn accept(platform: &PlatformTcb, context: &Context<'_>, log: &mut Log<'_>) {
    let rules = context.policy.document().tdx.as_ref();
    let usual = [TcbStatus::UpToDate, TcbStatus::SwHardeningNeeded];
    let taken = rules.and_then(|rules| rules.tcb_statuses.as_deref()).unwrap_or(&usual);
    let names: Vec<&str> = taken.iter().copied().map(TcbStatus::name).collect();
    let found = platform.status.name();
    let holds = platform.status != TcbStatus::Revoked && taken.contains(&platform.status);
    log.assess(&checks::STATUS, holds, Finding::new(names.join(" or "), found).at("tcb_info"));
    let mut signed = |id: &str, value: &str| log.claim(id, value, Authority::Collateral, "tcb_info");
    signed("tdx.tcb.status", found);
    signed("tdx.tcb.date", &platform.date.to_string());
    signed("tdx.tcb.evaluation_data_number", &platform.evaluation.to_string());
    for advisory in &platform.advisories {
        signed("tdx.tcb.advisory", advisory);
    }
    for advisory in &platform.advisories {
        let text = format!("Intel names {advisory} for the firmware level of this platform");
        log.note(NoteKind::Advisory, "tdx.tcb.advisory", text, "tcb_info");
    }
}

/// What the certificates and the header say.
fn claims(quote: &Quote<'_>, pck: &TrustedPck<'_>, log: &mut Log<'_>) {
    let extensions = pck.extensions();
    let mut signed = |id: &str, value: &str, at: &str| log.claim(id, value, Authority::Collateral, at);
    signed("tdx.ppid", &hex(&extensions.ppid), "pck PPID");
    signed("tdx.fmspc", &hex(&extensions.fmspc), "pck FMSPC");
    signed("tdx.pce_id", &hex(&extensions.pce_id), "pck PCE-ID");
    signed("tdx.pck_sha256", pck.sha256(), "pck");
    signed("tdx.pck_ca", pck.ca().name(), "pck issuer");
    if let Some(instance) = &extensions.platform_instance {
        signed("tdx.platform_instance_id", &hex(instance), "pck platform instance");
    }
    if let Some(smt) = extensions.smt {
        signed("tdx.smt", if smt { "true" } else { "false" }, "pck configuration");
    }
    log.claim("tdx.quote_version", quote.version.to_string(), Authority::Hardware, "quote[0x0..0x2]");
}

/// From the quote to the root, with SHA-256 as each one's name.
fn links(quote: &Quote<'_>, pck: &TrustedPck<'_>) -> Vec<Link> {
    let link = |from: &str, to: &str, left: &str, right: &str, checks: &[&str]| Link {
        from: from.into(),
        to: to.into(),
        left: left.into(),
        right: right.into(),
        holds: true,
        checks: checks.iter().map(|id| (*id).into()).collect(),
    };
    let body = hex(&sha256(quote.signed));
    let key = hex(&sha256(&quote.attestation_key));
    let (ca, root): (String, String) = (pck.ca().sha256(), pck.root().sha256());
    let enclave = ["tdx.qe.report_data", "tdx.qe.report_signature"];
    alloc::vec![
        link("quote", "attestation key", &body, &key, &["tdx.quote.signature"]),
        link("attestation key", "PCK", &key, pck.sha256(), &enclave),
        link("PCK", pck.ca().name(), pck.sha256(), &ca, &["tdx.chain.pck_signature"]),
        link(pck.ca().name(), pck.root().name(), &ca, &root, &["tdx.chain.ca_signature", "tdx.chain.root"]),
    ]
}

/// A TCB info and a QE identity that nobody signed: both readers take the same bytes.
#[cfg(fuzzing)]
pub(crate) fn fuzz_signed_json(bytes: &[u8]) {
    let text = signed::AuthenticText::unsigned(bytes);
    if let Ok((info, _)) = tcb_info::read(&text) {
        let _descends = info.descends();
        let _module = info.module_of(3);
    }
    let _identity = qe_identity::read(&text);
}
