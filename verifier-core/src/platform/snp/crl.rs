//! AMD's revocation lists. Every VCEK and VLEK has serial number 0, so a list can only ever revoke
//! the intermediate keys, and the verdict says so.

use alloc::format;
use alloc::string::{String, ToString as _};

use const_oid::ObjectIdentifier;

use super::chain::Issuer;
use super::checks;
use crate::log::{Finding, Log, Stopped};
use crate::platform::{Context, Validity};
use crate::policy::{Generation, RevocationRules};
use crate::verdict::{Authority, NoteKind};
use crate::x509::RevocationList;

const AUTHORITY_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
const CRL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.20");

/// What a list says of the intermediate.
enum Listing {
    /// A current list that does not have it.
    Clear(Validity),
    /// A list of another generation.
    Other,
    /// A list that is too old to say anything.
    Stale(String),
    /// A list that must not be there: forged, malformed, or one that has the intermediate.
    Refused(String),
}

/// Compares the intermediate with every list that lies beside the bundle. The window in which what
/// they say holds.
pub(super) fn appraise(
    issuer: &Issuer<'_>,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<Validity, Stopped> {
    let rules = context.policy.document().revocation.clone().unwrap_or_default();
    let expected = "no list with the intermediate key's serial number";
    let (mut clear, mut stale) = (None, None);
    for (index, der) in context.collateral.crls.iter().enumerate() {
        let at = format!("crl {index}");
        match listing(der, issuer, &rules, context) {
            Listing::Clear(window) => clear = Some(clear.unwrap_or(Validity::default()).meet(window)),
            Listing::Other => log.note(
                NoteKind::Information,
                "snp.crl.other",
                "a revocation list of another generation",
                at,
            ),
            Listing::Stale(found) => stale = Some(Finding::new("a current list", found).at(at)),
            Listing::Refused(found) => {
                log.require(&checks::CRL, false, Finding::new(expected, found).at(at))?;
            }
        }
    }
    match (clear, stale) {
        (Some(window), _) => {
            let found =
                format!("{} is in no current list; VCEKs and VLEKs can't be revoked by one", issuer.name());
            log.require(&checks::CRL, true, Finding::new(expected, found))?;
            claims(window, log);
            Ok(window)
        }
        (None, Some(finding)) => {
            let _ = log.undecided(&checks::CRL, finding);
            Ok(Validity::default())
        }
        (None, None) if rules.require == Some(true) => {
            let _ = log.undecided(&checks::CRL, Finding::new("a current list", "none"));
            Ok(Validity::default())
        }
        (None, None) => {
            let found = "no list was given, and the policy demands none";
            log.require(&checks::CRL, true, Finding::new(expected, found))?;
            Ok(Validity::default())
        }
    }
}

/// How old the lists are, and until when they say something; of several, the window that all of them share.
fn claims(window: Validity, log: &mut Log<'_>) {
    for (id, end) in [("snp.crl.issued", window.from), ("snp.crl.next_update", window.until)] {
        let Some(end) = end else { continue };
        log.claim(id, end.to_string(), Authority::Collateral, "crl");
    }
}

fn listing(der: &[u8], issuer: &Issuer<'_>, rules: &RevocationRules, context: &Context<'_>) -> Listing {
    let list = match RevocationList::from_der(der) {
        Ok(list) => list,
        Err(error) => return Listing::Refused(error.to_string()),
    };
    if list.issuer() != issuer.ark.subject() {
        let known = is_of_trusted_root(&list, context);
        return if known {
            Listing::Other
        } else {
            Listing::Refused("a list of an issuer that is not trusted".into())
        };
    }
    if let Err(found) = genuine(&list, issuer) {
        return Listing::Refused(found.into());
    }
    let (Some(this), Some(next)) = (list.this_update(), list.next_update()) else {
        return Listing::Refused("a list without the time of the next one".into());
    };
    if this > context.now || next < this {
        return Listing::Refused(format!(
            "a list of {this}, which is in the future or ends before it begins"
        ));
    }
    if list.revoked().any(|serial| serial == issuer.certificate.serial()) {
        return Listing::Refused(format!("{} is revoked", issuer.name()));
    }
    // The policy's greatest age can only shorten the list's own window.
    let until = rules.maximum_age_days.map_or(next, |days| next.min(this.plus_days(days)));
    let window = Validity::between(this, until);
    if window.contains(context.now) {
        Listing::Clear(window)
    } else {
        Listing::Stale(format!("a list good until {until}"))
    }
}

/// Whether the list was made by the root, and has nothing that this verifier would not understand:
/// an indirect list names its issuers in a critical extension (RFC 5280, section 5.2.5).
fn genuine(list: &RevocationList<'_>, issuer: &Issuer<'_>) -> Result<(), &'static str> {
    let key = issuer.root.ark.key().ok_or("a root without an RSA-4096 key")?;
    if !list.is_signed_by(key) {
        return Err("a list that the root did not sign");
    }
    for extension in list.extensions() {
        match extension.oid {
            AUTHORITY_KEY_ID => {
                let named =
                    extension.authority_key_id().map_err(|_| "a list with a malformed authority key id")?;
                if named != issuer.ark.subject_key_id() {
                    return Err("a list of another key than the root's");
                }
            }
            CRL_NUMBER => {}
            _ if extension.critical => return Err("a list with an unknown critical extension"),
            _ => {}
        }
    }
    if list.has_critical_entries() {
        return Err("a list with an unknown critical extension of an entry");
    }
    Ok(())
}

fn is_of_trusted_root(list: &RevocationList<'_>, context: &Context<'_>) -> bool {
    [Generation::Milan, Generation::Genoa, Generation::Turin]
        .into_iter()
        .flat_map(|generation| context.roots.amd(generation))
        .filter_map(|root| root.ark.certificate())
        .any(|ark| ark.subject() == list.issuer())
}
