//! From the pinned root through the document's own certificates to the key that signed it.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use const_oid::ObjectIdentifier;

use super::checks;
use super::document::Document;
use crate::crypto::{P384Key, sha256};
use crate::log::{Finding, Log, Stopped};
use crate::platform::{Context, Validity};
use crate::text::hex;
use crate::trust::VendorRoot;
use crate::verdict::{CheckSpec, Link};
use crate::x509::{self, Certificate};

const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");

/// The key of a leaf that stands under a trusted root. Only [`establish`] makes one.
pub(super) struct TrustedLeaf {
    key: P384Key,
    fingerprint: String,
    window: Validity,
    links: Vec<Link>,
}

impl TrustedLeaf {
    pub(super) fn key(&self) -> &P384Key {
        &self.key
    }

    /// The leaf's name in a finding.
    pub(super) fn describe(&self) -> String {
        format!("the leaf {}", self.fingerprint)
    }

    pub(super) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// When the root is trusted. The certificates' own windows are compared with the document's
    /// time, so they do not bound the time of appraisal.
    pub(super) fn window(&self) -> Validity {
        self.window
    }

    /// The links from the leaf to the root.
    pub(super) fn links(&self) -> &[Link] {
        &self.links
    }
}

/// Verifies the chain of a document's certificates.
pub(super) fn establish(
    document: &Document,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<TrustedLeaf, Stopped> {
    let root = log.obtain(&checks::ROOT, root(document, context))?;
    let ders: Vec<&[u8]> =
        document.cabundle.iter().map(Vec::as_slice).chain([document.certificate.as_slice()]).collect();
    let chain = log.obtain(&checks::DER, readable(&ders))?;
    let keys = log.obtain(&checks::KEYS, keys(&chain))?;
    names(&chain, log)?;
    uses(&chain, log)?;
    signatures(&chain, &keys, log)?;
    validity(&chain, document, log)?;
    revocation(context, log)?;
    let prints: Vec<String> = ders.iter().map(|der| hex(&sha256(der))).collect();
    let fingerprint = prints.last().cloned().unwrap_or_default();
    let links = links(&chain, &prints);
    // `keys` has as many entries as the chain, which has the leaf at least.
    let key = keys.into_iter().last().ok_or(Stopped::after_failure())?;
    Ok(TrustedLeaf { key, fingerprint, window: root.window, links })
}

fn root<'r>(document: &Document, context: &Context<'r>) -> Result<(&'r VendorRoot, Finding), Finding> {
    let first = document.cabundle.first().map(Vec::as_slice).unwrap_or_default();
    let finding = Finding::new("a trusted root, byte for byte", hex(&sha256(first))).at("cabundle/0");
    let mut trusted = context.roots.nitro().iter().filter(|root| root.window.contains(context.now));
    match trusted.find(|root| *root.certificate == *first) {
        Some(root) => Ok((root, finding)),
        None => Err(finding),
    }
}

/// Where the certificate with this index lies.
fn place(index: usize, count: usize) -> String {
    if index.saturating_add(1) == count { "certificate".into() } else { format!("cabundle/{index}") }
}

type Chain<'a> = Vec<Certificate<'a>>;

fn readable<'a>(ders: &[&'a [u8]]) -> Result<(Chain<'a>, Finding), Finding> {
    let expected = "canonical certificates";
    let mut chain = Vec::with_capacity(ders.len());
    for (index, der) in ders.iter().enumerate() {
        let read = Certificate::from_der(der)
            .map_err(|error| Finding::new(expected, error.to_string()).at(place(index, ders.len())))?;
        chain.push(read);
    }
    let found = format!("{} certificates", chain.len());
    Ok((chain, Finding::new(expected, found)))
}

fn keys(chain: &[Certificate<'_>]) -> Result<(Vec<P384Key>, Finding), Finding> {
    let expected = "P-384 keys, uncompressed";
    let mut keys = Vec::with_capacity(chain.len());
    for (index, certificate) in chain.iter().enumerate() {
        let key = certificate
            .p384_key()
            .ok_or_else(|| Finding::new(expected, "another key").at(place(index, chain.len())))?;
        keys.push(key);
    }
    Ok((keys, Finding::new(expected, "so")))
}

/// Performs a check that must hold for every certificate; `found` says what is amiss with one.
fn each(
    spec: &'static CheckSpec,
    expected: &str,
    chain: &[Certificate<'_>],
    found: impl Fn(usize, &Certificate<'_>) -> Option<&'static str>,
    log: &mut Log<'_>,
) -> Result<(), Stopped> {
    let wrong = chain.iter().enumerate().find_map(|(index, one)| Some((index, found(index, one)?)));
    let finding = match wrong {
        None => Finding::new(expected, "so"),
        Some((index, found)) => Finding::new(expected, found).at(place(index, chain.len())),
    };
    log.require(spec, wrong.is_none(), finding)
}

/// The certificate above another; nothing above the root, whose bytes are the trusted ones.
fn above<'c, 'a>(chain: &'c [Certificate<'a>], index: usize) -> Option<&'c Certificate<'a>> {
    index.checked_sub(1).and_then(|index| chain.get(index))
}

fn names(chain: &[Certificate<'_>], log: &mut Log<'_>) -> Result<(), Stopped> {
    let amiss = |index: usize, one: &Certificate<'_>| {
        let holds = above(chain, index)
            .is_none_or(|above| one.issuer() == above.subject() && !x509::is_empty_name(one.issuer()));
        (!holds).then_some("another issuer")
    };
    each(&checks::NAMES, "the subject of the certificate before it", chain, amiss, log)
}

fn uses(chain: &[Certificate<'_>], log: &mut Log<'_>) -> Result<(), Stopped> {
    let last = chain.len().saturating_sub(1);
    // Of the CAs below the certificate with this index the leaf is none (RFC 5280, section 4.2.1.9).
    let authority = |index: usize, one: &Certificate<'_>| {
        let below = u8::try_from(last.saturating_sub(index).saturating_sub(1)).unwrap_or(u8::MAX);
        (index != last && !one.is_ca(below)).then_some("none, or a path length that is too short")
    };
    each(&checks::AUTHORITIES, "a CA with keyCertSign", chain, authority, log)?;
    let leaf = |index: usize, one: &Certificate<'_>| {
        (index == last && !one.is_signing_leaf()).then_some("a CA, or another key usage")
    };
    each(&checks::LEAF, "no CA, with digitalSignature", chain, leaf, log)?;
    let purpose = |_: usize, one: &Certificate<'_>| {
        if !one.has_known_critical_extensions() {
            return Some("a critical extension that is not known");
        }
        let extended = one.extensions().any(|extension| extension.oid == EXTENDED_KEY_USAGE);
        extended.then_some("an extended key usage")
    };
    each(&checks::PURPOSE, "no other purpose", chain, purpose, log)
}

fn signatures(chain: &[Certificate<'_>], keys: &[P384Key], log: &mut Log<'_>) -> Result<(), Stopped> {
    let amiss = |index: usize, one: &Certificate<'_>| {
        let key = index.checked_sub(1).map(|above| keys.get(above));
        // The root is trusted for its bytes; `Some(None)` can't be, and is refused all the same.
        let holds = key.is_none_or(|key| key.is_some_and(|key| one.is_signed_by_p384(key)));
        (!holds).then_some("the signature does not verify")
    };
    each(&checks::SIGNATURES, "a signature by the certificate before it", chain, amiss, log)
}

fn validity(chain: &[Certificate<'_>], document: &Document, log: &mut Log<'_>) -> Result<(), Stopped> {
    let outside = chain.iter().enumerate().find(|(_, one)| !one.validity().contains(document.time));
    let time = document.time.to_rfc3339();
    let (shown, at) = match outside {
        Some((index, one)) => (Some(one), place(index, chain.len())),
        None => (chain.last(), place(chain.len().saturating_sub(1), chain.len())),
    };
    let bounds = shown.map(Certificate::validity).unwrap_or_default();
    let (from, until) = (bounds.from.unwrap_or(document.time), bounds.until.unwrap_or(document.time));
    let finding = Finding::new(format!("from {from} to {until}"), time).at(format!("{at} validity"));
    log.require(&checks::VALIDITY, outside.is_none(), finding)
}

fn revocation(context: &Context<'_>, log: &mut Log<'_>) -> Result<(), Stopped> {
    let rules = context.policy.document().revocation.as_ref();
    let expected = "no demand";
    if rules.is_some_and(|rules| rules.require == Some(true)) {
        // The rest is still worth saying, so the stage goes on; the outcome is undecided.
        let _ = log.undecided(&checks::REVOCATION, Finding::new(expected, "a demand that nothing can meet"));
        return Ok(());
    }
    log.require(&checks::REVOCATION, true, Finding::new(expected, "none"))
}

/// From the leaf to the root, with SHA-256 as each one's name.
fn links(chain: &[Certificate<'_>], prints: &[String]) -> Vec<Link> {
    let name = |index: usize| chain.get(index).and_then(Certificate::common_name).unwrap_or_default();
    let print = |index: usize| prints.get(index).cloned().unwrap_or_default();
    (1..chain.len())
        .rev()
        .map(|index| {
            let above = index.saturating_sub(1);
            let mut checks = alloc::vec!["nitro.chain.signatures".into()];
            if above == 0 {
                checks.push("nitro.chain.root".into());
            }
            Link {
                from: format!("certificate {}", name(index)),
                to: format!("certificate {}", name(above)),
                left: print(index),
                right: print(above),
                holds: true,
                checks,
            }
        })
        .collect()
}
