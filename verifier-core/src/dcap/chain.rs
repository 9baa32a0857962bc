//! From the quote's certificates to a key that Intel's root vouches for: root, PCK CA, PCK.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::checks;
use super::extensions::{self, PckExtensions};
use super::pem;
use super::quote::Quote;
use crate::crypto::{P256Key, sha256};
use crate::log::{Finding, Log, Stopped};
use crate::platform::{Context, Validity};
use crate::text::hex;
use crate::trust::VendorRoot;
use crate::verdict::{CheckSpec, NoteKind};
use crate::x509::{Certificate, X509Error};

const PCK: &str = "Intel SGX PCK Certificate";
const PLATFORM_CA: &str = "Intel SGX PCK Platform CA";
const PROCESSOR_CA: &str = "Intel SGX PCK Processor CA";

/// A processor's key that stands under a trusted root. Only [`establish`] makes one.
pub(super) struct TrustedPck<'a> {
    key: P256Key,
    certificate: Certificate<'a>,
    issuers: TrustedCa<'a>,
    extensions: PckExtensions,
    validity: Validity,
    sha256: String,
}

/// A PCK CA that stands under a trusted root. Only [`vouched`] makes one.
pub(super) struct TrustedCa<'a> {
    ca: Authority<'a>,
    root: Authority<'a>,
    validity: Validity,
}

impl<'a> TrustedCa<'a> {
    pub(super) fn ca(&self) -> &Authority<'a> {
        &self.ca
    }

    pub(super) fn root(&self) -> &Authority<'a> {
        &self.root
    }

    /// The window of both certificates, and the one in which the root is trusted.
    pub(super) fn validity(&self) -> Validity {
        self.validity
    }
}

/// A certificate that may sign others, with its key.
pub(super) struct Authority<'a> {
    pub(super) der: &'a [u8],
    pub(super) certificate: Certificate<'a>,
    pub(super) key: P256Key,
}

impl Authority<'_> {
    pub(super) fn name(&self) -> &str {
        self.certificate.common_name().unwrap_or_default()
    }

    pub(super) fn sha256(&self) -> String {
        hex(&sha256(self.der))
    }

    /// Whether this is the CA of multi-package platforms, and not the one of single processors.
    pub(super) fn is_platform(&self) -> bool {
        self.name() == PLATFORM_CA
    }
}

impl<'a> TrustedPck<'a> {
    pub(super) fn key(&self) -> &P256Key {
        &self.key
    }

    pub(super) fn certificate(&self) -> &Certificate<'a> {
        &self.certificate
    }

    /// The CA that issued it, and the root above.
    pub(super) fn issuers(&self) -> &TrustedCa<'a> {
        &self.issuers
    }

    pub(super) fn ca(&self) -> &Authority<'a> {
        self.issuers.ca()
    }

    pub(super) fn root(&self) -> &Authority<'a> {
        self.issuers.root()
    }

    pub(super) fn extensions(&self) -> &PckExtensions {
        &self.extensions
    }

    pub(super) fn validity(&self) -> Validity {
        self.validity
    }

    /// SHA-256 of the certificate's DER.
    pub(super) fn sha256(&self) -> &str {
        &self.sha256
    }
}

/// The three certificates of the quote, as DER.
pub(super) fn certificates(quote: &Quote<'_>, log: &mut Log<'_>) -> Result<[Vec<u8>; 3], Stopped> {
    let expected = "three certificates as PEM: PCK, CA, root";
    let (text, ended) = match quote.chain.split_last() {
        Some((0, text)) => (text, true),
        _ => (quote.chain, false),
    };
    let found = pem::certificates::<3>(text);
    let chain = match found {
        Ok(chain) => Ok((chain, Finding::new(expected, "these").at("certification data"))),
        Err(found) => Err(Finding::new(expected, found).at("certification data")),
    };
    let chain = log.obtain(&checks::CHAIN_PEM, chain)?;
    if ended {
        let text = "the quote's certificates end in a zero byte, as Intel's own library writes them";
        log.note(NoteKind::Information, "tdx.chain.nul", text, "certification data");
    }
    log.unauthenticated("the line breaks of the certificates in the quote, and a zero byte after them");
    Ok(chain)
}

/// Verifies the chain.
pub(super) fn establish<'a>(
    [pck, ca, root]: &'a [Vec<u8>; 3],
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<TrustedPck<'a>, Stopped> {
    let trusted = log.obtain(&checks::ROOT, trusted_root(root, context))?;
    let ca_certificate = readable(&checks::CA_DER, ca, log)?;
    let certificate = readable(&checks::PCK_DER, pck, log)?;
    let issuers = vouched(ca, ca_certificate, trusted, log)?;
    let ca = issuers.ca();
    let key = log.obtain(&checks::PCK_PROFILE, leaf(&certificate, PCK, &ca.certificate))?;
    signed(&checks::PCK_SIGNATURE, &certificate, &ca.key, log)?;
    let validity = certificate.validity().meet(issuers.validity());
    valid(validity, "pck validity", context, log)?;
    let extensions = log.obtain(&checks::PCK_EXTENSIONS, extensions::read(&certificate))?;
    let sha256 = hex(&sha256(pck));
    Ok(TrustedPck { key, certificate, issuers, extensions, validity, sha256 })
}

/// Verifies a PCK CA and its root, without a PCK below them.
pub(super) fn establish_ca<'a>(
    [ca, root]: &'a [Vec<u8>; 2],
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<TrustedCa<'a>, Stopped> {
    let trusted = log.obtain(&checks::ROOT, trusted_root(root, context))?;
    let certificate = readable(&checks::CA_DER, ca, log)?;
    let issuers = vouched(ca, certificate, trusted, log)?;
    valid(issuers.validity(), "ca validity", context, log)?;
    Ok(issuers)
}

fn vouched<'a>(
    der: &'a [u8],
    certificate: Certificate<'a>,
    (root, window): (Authority<'a>, Validity),
    log: &mut Log<'_>,
) -> Result<TrustedCa<'a>, Stopped> {
    let ca = log.obtain(&checks::CA_PROFILE, pck_ca(der, certificate, &root))?;
    signed(&checks::CA_SIGNATURE, &ca.certificate, &root.key, log)?;
    let validity = ca.certificate.validity().meet(root.certificate.validity()).meet(window);
    Ok(TrustedCa { ca, root, validity })
}

fn valid(window: Validity, place: &str, context: &Context<'_>, log: &mut Log<'_>) -> Result<(), Stopped> {
    let time = |end: Option<crate::Timestamp>| end.map_or_else(|| "any time".into(), |end| end.to_string());
    let expected = format!("from {} to {}", time(window.from), time(window.until));
    let finding = Finding::new(expected, context.now.to_string()).at(place);
    log.require(&checks::VALIDITY, window.contains(context.now), finding)
}

/// The trusted root with exactly these bytes: a name or a key of its own proves nothing.
pub(super) fn pinned<'r>(der: &[u8], context: &Context<'r>) -> Result<(&'r VendorRoot, Finding), Finding> {
    let roots = context.roots.intel();
    let known = roots.iter().find(|root| *root.certificate == *der && root.window.contains(context.now));
    let names: Vec<String> = roots.iter().map(|root| hex(&sha256(&root.certificate))).collect();
    let expected =
        if names.is_empty() { "a trusted root, of which there is none".into() } else { names.join(" or ") };
    let finding = Finding::new(expected, hex(&sha256(der))).at("root certificate");
    match known {
        Some(root) => Ok((root, finding)),
        None => Err(finding),
    }
}

fn readable<'a>(
    spec: &'static CheckSpec,
    der: &'a [u8],
    log: &mut Log<'_>,
) -> Result<Certificate<'a>, Stopped> {
    log.obtain(spec, canonical(Certificate::from_der(der)))
}

pub(super) fn canonical<T>(result: Result<T, X509Error>) -> Result<(T, Finding), Finding> {
    let expected = "canonical DER";
    match result {
        Ok(value) => Ok((value, Finding::new(expected, "canonical DER"))),
        Err(error) => Err(Finding::new(expected, error.to_string())),
    }
}

/// The trusted root, read. What may stand in a trust-root file was checked when that was read.
fn trusted_root<'a>(
    der: &'a [u8],
    context: &Context<'_>,
) -> Result<((Authority<'a>, Validity), Finding), Finding> {
    let (root, finding) = pinned(der, context)?;
    let unreadable = || Finding::new("a root that can be read", "another").at("root certificate");
    let certificate = Certificate::from_der(der).map_err(|_| unreadable())?;
    let key = certificate.p256_key().ok_or_else(unreadable)?;
    Ok(((Authority { der, certificate, key }, root.window), finding))
}

/// The PCK CA below the root: names, key usage, path length.
fn pck_ca<'a>(
    der: &'a [u8],
    certificate: Certificate<'a>,
    issuer: &Authority<'_>,
) -> Result<(Authority<'a>, Finding), Finding> {
    let expected = format!("`{PLATFORM_CA}` or `{PROCESSOR_CA}` with a P-256 key");
    let refused = |found: &str| Err(Finding::new(expected.as_str(), found).at("ca"));
    let name = certificate.common_name().unwrap_or("no single common name");
    if ![PLATFORM_CA, PROCESSOR_CA].contains(&name) {
        return refused(name);
    }
    if certificate.issuer() != issuer.certificate.subject() {
        return refused("a CA of another issuer");
    }
    if !certificate.is_ca(0) || !certificate.has_known_critical_extensions() {
        return refused("a certificate that may not sign certificates, or with unknown restrictions");
    }
    match certificate.p256_key() {
        Some(key) => {
            let finding = Finding::new(expected.as_str(), name).at("ca");
            Ok((Authority { der, certificate, key }, finding))
        }
        None => refused("another key"),
    }
}

/// A certificate below an authority that signs data and no certificates.
pub(super) fn leaf(
    certificate: &Certificate<'_>,
    name: &str,
    issuer: &Certificate<'_>,
) -> Result<(P256Key, Finding), Finding> {
    let expected = format!("`{name}` with a P-256 key, which signs no certificates");
    let refused = |found: &str| Err(Finding::new(expected.as_str(), found).at("subject"));
    let found = certificate.common_name().unwrap_or("no single common name");
    if found != name {
        return refused(found);
    }
    if certificate.issuer() != issuer.subject() {
        return refused("a certificate of another issuer");
    }
    if !certificate.is_signing_leaf() || !certificate.has_known_critical_extensions() {
        return refused("a certificate that may sign certificates, or with unknown restrictions");
    }
    match certificate.p256_key() {
        Some(key) => Ok((key, Finding::new(expected.as_str(), found).at("subject"))),
        None => refused("another key"),
    }
}

fn signed(
    spec: &'static CheckSpec,
    certificate: &Certificate<'_>,
    key: &P256Key,
    log: &mut Log<'_>,
) -> Result<(), Stopped> {
    let holds = certificate.is_signed_by_p256(key);
    let found = if holds { "it did" } else { "the signature does not verify" };
    log.require(spec, holds, Finding::new("ECDSA P-256 with SHA-256 by the issuer", found))
}
