//! JSON that Intel's TCB signing key signed, over its bytes as they were given.

use alloc::vec::Vec;

use super::chain::{TrustedCa, leaf, pinned};
use super::checks;
use super::crl::TrustedList;
use super::documents::{Signed, hex_bytes};
use super::pem;
use crate::crypto::P256Key;
use crate::log::{Finding, Log, Stopped};
use crate::platform::{Context, Validity};
use crate::verdict::CheckSpec;
use crate::x509::Certificate;

const SIGNER: &str = "Intel SGX TCB Signing";

/// The checks of a signed document.
pub(super) struct SignedChecks {
    signer: &'static CheckSpec,
    signature: &'static CheckSpec,
}

/// Those of the TCB info.
pub(super) static TCB_INFO: SignedChecks =
    SignedChecks { signer: &checks::TCB_SIGNER, signature: &checks::TCB_SIGNATURE };

/// Those of the QE identity.
pub(super) static QE_IDENTITY: SignedChecks =
    SignedChecks { signer: &checks::QE_IDENTITY_SIGNER, signature: &checks::QE_IDENTITY_SIGNATURE };

/// Bytes that Intel signed. Only [`verify`] makes one.
pub(super) struct AuthenticText<'d> {
    bytes: &'d [u8],
    signer: Validity,
}

impl<'d> AuthenticText<'d> {
    pub(super) fn bytes(&self) -> &'d [u8] {
        self.bytes
    }

    /// Bytes that nobody signed, for the fuzz targets.
    #[cfg(fuzzing)]
    pub(super) fn unsigned(bytes: &'d [u8]) -> Self {
        Self { bytes, signer: Validity::default() }
    }

    /// The window of the signer's certificate.
    pub(super) fn signer(&self) -> Validity {
        self.signer
    }
}

/// The key of a TCB signing certificate under the same root as the quote.
struct Signer {
    key: P256Key,
    window: Validity,
    finding: Finding,
}

/// The signers of one piece of collateral. Both documents mostly bring the same chain, which is then
/// verified once: what it is worth depends on nothing else that could differ between them.
pub(super) struct Signers<'c> {
    issuers: &'c TrustedCa<'c>,
    revoked: &'c TrustedList,
    context: &'c Context<'c>,
    last: Option<(&'c str, Signer)>,
}

impl<'c> Signers<'c> {
    pub(super) const fn new(
        issuers: &'c TrustedCa<'c>,
        revoked: &'c TrustedList,
        context: &'c Context<'c>,
    ) -> Self {
        Self { issuers, revoked, context, last: None }
    }

    fn of(&mut self, chain: &'c str) -> Result<(&Signer, Finding), Finding> {
        let known = self.last.take().filter(|(known, _)| *known == chain);
        let signer = match known {
            Some((_, signer)) => signer,
            None => issuer(chain, self.issuers, self.revoked, self.context)?,
        };
        let (_, signer) = self.last.insert((chain, signer));
        Ok((signer, signer.finding.clone()))
    }
}

/// Verifies the issuer chain, then the signature.
pub(super) fn verify<'c>(
    document: &'c Signed,
    specs: &SignedChecks,
    signers: &mut Signers<'c>,
    log: &mut Log<'_>,
) -> Result<AuthenticText<'c>, Stopped> {
    let Signer { key, window, .. } = log.obtain(specs.signer, signers.of(&document.chain))?;
    let bytes = document.text.as_bytes();
    let signature = hex_bytes(&document.signature).unwrap_or_default();
    let holds = scalars(&signature).is_some_and(|(r, s)| key.verifies_sha256(bytes, &r, &s));
    let found = if holds { "it did" } else { "the signature does not verify" };
    log.require(specs.signature, holds, Finding::new("a signature by that key over the text", found))?;
    Ok(AuthenticText { bytes, signer: *window })
}

fn issuer(
    chain: &str,
    issuers: &TrustedCa<'_>,
    revoked: &TrustedList,
    context: &Context<'_>,
) -> Result<Signer, Finding> {
    let expected = "a TCB signing certificate and the trusted root, as PEM";
    let refused = |found: &str| Finding::new(expected, found);
    let [der, root]: [Vec<u8>; 2] =
        pem::certificates(chain.trim_end_matches('\n').as_bytes()).map_err(refused)?;
    pinned(&root, context)?;
    if root != issuers.root().der {
        return Err(refused("another trusted root than that of the PCK CA"));
    }
    let certificate = Certificate::from_der(&der).map_err(|error| refused(&alloc::format!("{error}")))?;
    let (key, finding) = leaf(&certificate, SIGNER, &issuers.root().certificate)?;
    if !certificate.is_signed_by_p256(&issuers.root().key) {
        return Err(refused("a certificate that the root did not sign"));
    }
    if revoked.revokes(certificate.serial()) {
        return Err(refused("a revoked certificate"));
    }
    Ok(Signer { key, window: certificate.validity(), finding })
}

fn scalars(signature: &[u8]) -> Option<([u8; 32], [u8; 32])> {
    let (r, s) = signature.split_at_checked(32)?;
    Some((r.try_into().ok()?, s.try_into().ok()?))
}
