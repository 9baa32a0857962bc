//! JSON that Intel's TCB signing key signed, over its bytes as they were given.

use alloc::vec::Vec;

use super::chain::{TrustedPck, leaf, pinned};
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

    /// The window of the signer's certificate.
    pub(super) fn signer(&self) -> Validity {
        self.signer
    }
}

/// Verifies the issuer chain, then the signature.
pub(super) fn verify<'d>(
    document: &'d Signed,
    specs: &SignedChecks,
    pck: &TrustedPck<'_>,
    revoked: &TrustedList,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<AuthenticText<'d>, Stopped> {
    let (key, signer) = log.obtain(specs.signer, issuer(&document.chain, pck, revoked, context))?;
    let bytes = document.text.as_bytes();
    let signature = hex_bytes(&document.signature).unwrap_or_default();
    let holds = scalars(&signature).is_some_and(|(r, s)| key.verifies_sha256(bytes, &r, &s));
    let found = if holds { "it did" } else { "the signature does not verify" };
    log.require(specs.signature, holds, Finding::new("a signature by that key over the text", found))?;
    Ok(AuthenticText { bytes, signer })
}

type Issuer = (P256Key, Validity);

/// The key of the TCB signing certificate under the same root as the quote.
fn issuer(
    chain: &str,
    pck: &TrustedPck<'_>,
    revoked: &TrustedList,
    context: &Context<'_>,
) -> Result<(Issuer, Finding), Finding> {
    let expected = "a TCB signing certificate and the trusted root, as PEM";
    let refused = |found: &str| Finding::new(expected, found);
    let [der, root]: [Vec<u8>; 2] =
        pem::certificates(chain.trim_end_matches('\n').as_bytes()).map_err(refused)?;
    pinned(&root, context)?;
    if root != pck.root().der {
        return Err(refused("another trusted root than the quote's"));
    }
    let certificate = Certificate::from_der(&der).map_err(|error| refused(&alloc::format!("{error}")))?;
    let (key, finding) = leaf(&certificate, SIGNER, &pck.root().certificate)?;
    if !certificate.is_signed_by_p256(&pck.root().key) {
        return Err(refused("a certificate that the root did not sign"));
    }
    if revoked.revokes(certificate.tbs().serial_number()) {
        return Err(refused("a revoked certificate"));
    }
    Ok(((key, certificate.validity()), finding))
}

fn scalars(signature: &[u8]) -> Option<([u8; 32], [u8; 32])> {
    let (r, s) = signature.split_at_checked(32)?;
    Some((r.try_into().ok()?, s.try_into().ok()?))
}
