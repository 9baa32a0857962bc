//! What certificates and lists have in common: a part that is signed, and a signature.

use alloc::borrow::Cow;
use core::ops::Range;

use der::Tag;

use super::algorithm::{self, ECDSA_SHA256, ECDSA_SHA384};
use super::{X509Error, X509ErrorKind};
use crate::asn1::Cursor;
use crate::crypto::{P256Key, P384Key, RsaKey, ecdsa_scalars};

/// `SEQUENCE { tbs, signatureAlgorithm, signature }` (RFC 5280, sections 4.1 and 5.1).
///
/// What is read of it is kept as places in its bytes, so that it can own them or not.
pub(super) struct Signed<'d> {
    der: Cow<'d, [u8]>,
    tbs: Range<usize>,
    /// What was signed with, the element as it stands.
    algorithm: Range<usize>,
    signature: Range<usize>,
}

impl<'d> Signed<'d> {
    /// Reads the outer structure; the cursor stands in the signed part.
    pub(super) fn read(der: &'d [u8]) -> Result<(Self, Cursor<'d>), X509Error> {
        let mut document = Cursor::new(der)?;
        let mut outer = document.sequence()?;
        document.finish()?;
        let tbs = outer.one(Tag::Sequence)?;
        let algorithm = algorithm::element(&mut outer)?;
        let signature = outer.one(Tag::BitString)?;
        outer.finish()?;
        signature.bits()?.ok_or(X509ErrorKind::SignatureBits.whole())?;
        // Behind the octet that counts the unused bits, of which there are none.
        let bits = signature.span();
        let signature = bits.start.saturating_add(1)..bits.end;
        let signed = Self { der: der.into(), tbs: tbs.whole(), algorithm: algorithm.whole(), signature };
        Ok((signed, tbs.contents()?))
    }

    /// The bytes of a place.
    pub(super) fn at(&self, place: &Range<usize>) -> &[u8] {
        self.der.get(place.clone()).unwrap_or_default()
    }

    /// RFC 5280, section 4.1.1.2: the algorithm inside the signed part is the one outside.
    pub(super) fn agrees(&self, inside: &Range<usize>) -> Result<(), X509Error> {
        if self.at(inside) == self.at(&self.algorithm) {
            Ok(())
        } else {
            Err(X509ErrorKind::AlgorithmMismatch.whole())
        }
    }

    pub(super) fn into_owned(self) -> Signed<'static> {
        let Self { der, tbs, algorithm, signature } = self;
        Signed { der: der.into_owned().into(), tbs, algorithm, signature }
    }

    /// RSASSA-PSS with SHA-384 in exactly AMD's parameters.
    pub(super) fn is_pss_sha384(&self) -> bool {
        algorithm::is_pss_sha384(self.at(&self.algorithm))
    }

    pub(super) fn is_signed_by_rsa(&self, key: &RsaKey) -> bool {
        self.is_pss_sha384() && key.verifies_pss_sha384(self.at(&self.tbs), self.at(&self.signature))
    }

    pub(super) fn is_signed_by_p256(&self, key: &P256Key) -> bool {
        let scalars = || ecdsa_scalars(self.at(&self.signature));
        algorithm::is_bare(self.at(&self.algorithm), ECDSA_SHA256)
            && scalars().is_some_and(|(r, s)| key.verifies_sha256(self.at(&self.tbs), &r, &s))
    }

    pub(super) fn is_signed_by_p384(&self, key: &P384Key) -> bool {
        let scalars = || ecdsa_scalars(self.at(&self.signature));
        algorithm::is_bare(self.at(&self.algorithm), ECDSA_SHA384)
            && scalars().is_some_and(|(r, s)| key.verifies_sha384(self.at(&self.tbs), &r, &s))
    }
}
