//! Intel's revocation lists: the root's, for the CAs and the TCB signer, and the PCK CA's, for PCKs.

use alloc::format;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use const_oid::ObjectIdentifier;

use super::chain::Authority;
use super::checks;
use super::documents::hex_bytes;
use crate::log::{Finding, Log, Stopped};
use crate::platform::{Context, Validity};
use crate::time::Timestamp;
use crate::verdict::CheckSpec;
use crate::x509::RevocationList;

const AUTHORITY_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
const CRL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.20");

/// The two checks of a list.
pub(super) struct ListChecks {
    genuine: &'static CheckSpec,
    current: &'static CheckSpec,
}

/// The root's list.
pub(super) static ROOT: ListChecks =
    ListChecks { genuine: &checks::ROOT_CRL, current: &checks::ROOT_CRL_CURRENT };

/// The PCK CA's list.
pub(super) static PCK: ListChecks =
    ListChecks { genuine: &checks::PCK_CRL, current: &checks::PCK_CRL_CURRENT };

/// The serial numbers that an authority revoked. Only [`establish`] makes one.
pub(super) struct TrustedList {
    revoked: Vec<Vec<u8>>,
    window: Validity,
}

impl TrustedList {
    pub(super) fn revokes(&self, serial: &[u8]) -> bool {
        self.revoked.iter().any(|known| known == serial)
    }

    pub(super) fn window(&self) -> Validity {
        self.window
    }
}

/// Verifies a list, given as hex.
pub(super) fn establish(
    hex: &str,
    issuer: &Authority<'_>,
    list: &ListChecks,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<TrustedList, Stopped> {
    let der = hex_bytes(hex).unwrap_or_default();
    let parsed = log.obtain(list.genuine, genuine(&der, issuer))?;
    let (Some(this), Some(next)) = (parsed.this_update(), parsed.next_update()) else {
        let finding = Finding::new("the time of the next list", "a list without it");
        return log.obtain(list.current, Err(finding));
    };
    // The policy's greatest age can only shorten the list's own window.
    let age = context.policy.document().revocation.as_ref().and_then(|rules| rules.maximum_age_days);
    let until = age.map_or(next, |days| next.min(this.plus_days(days)));
    let window = Validity::between(this, until);
    fresh(list.current, window, context, log)?;
    let revoked = parsed.revoked().map(<[u8]>::to_vec).collect();
    Ok(TrustedList { revoked, window })
}

/// Whether the authority made the list, and whether it has nothing that this verifier would not
/// understand: an indirect list names its issuers in a critical extension (RFC 5280, section 5.2.5).
fn genuine<'d>(der: &'d [u8], issuer: &Authority<'_>) -> Result<(RevocationList<'d>, Finding), Finding> {
    let expected = format!("a list by `{}`", issuer.name());
    let refused = |found: &str| Finding::new(expected.as_str(), found);
    let list = RevocationList::from_der(der).map_err(|error| refused(&error.to_string()))?;
    if list.issuer() != issuer.certificate.subject() {
        return Err(refused("a list of another issuer"));
    }
    if list.authority_key_id().is_none() || list.authority_key_id() != issuer.certificate.subject_key_id() {
        return Err(refused("a list of another key, or of none"));
    }
    if !list.is_signed_by_p256(&issuer.key) {
        return Err(refused("a list that this key did not sign"));
    }
    let known = [AUTHORITY_KEY_ID, CRL_NUMBER];
    if list.extensions().any(|extension| extension.critical && !known.contains(&extension.oid)) {
        return Err(refused("a list with an unknown critical extension"));
    }
    if list.has_critical_entries() {
        return Err(refused("a list with an unknown critical extension of an entry"));
    }
    let count = list.revoked().len();
    Ok((list, refused(&format!("one with {count} entries"))))
}

/// Whether something signed is current. What is too old can't decide anything, and the stage goes
/// on; what comes from the future is refused.
pub(super) fn fresh(
    spec: &'static CheckSpec,
    window: Validity,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<(), Stopped> {
    let time = |end: Option<Timestamp>| end.map_or_else(|| "any time".into(), |end| end.to_string());
    let expected = format!("from {} to {}", time(window.from), time(window.until));
    let finding = Finding::new(expected, context.now.to_string());
    let turned = window.from > window.until;
    if !turned && window.until.is_some_and(|until| until < context.now) {
        let _ = log.undecided(spec, finding);
        return Ok(());
    }
    log.require(spec, !turned && window.contains(context.now), finding)
}
