//! The collateral as a whole: lists, TCB info, QE identity, and what they say of the platform.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::chain::{TrustedCa, TrustedPck};
use super::checks;
use super::crl::{self, TrustedList, fresh};
use super::documents::{self, Documents};
use super::fields::{Standing, met};
use super::pem;
use super::qe_identity::{self, QeIdentity};
use super::quote::Quote;
use super::signed::{self, Signers};
use super::status;
use super::tcb_info::{self, Module, TcbInfo};
use crate::json::Value;
use crate::log::{Finding, Log, Stopped};
use crate::platform::{Context, Validity};
use crate::policy::TcbStatus;
use crate::text::hex;
use crate::time::Timestamp;
use crate::verdict::CheckSpec;

/// Collateral that Intel signed, for the platform of a quote. Only [`establish`] makes one.
pub(super) struct TrustedCollateral {
    info: TcbInfo,
    identity: QeIdentity,
    validity: Validity,
}

/// What Intel says of the platform of a quote. Only [`judge`] makes one.
pub(super) struct PlatformTcb {
    pub(super) status: TcbStatus,
    pub(super) date: Timestamp,
    pub(super) advisories: Vec<String>,
    pub(super) evaluation: u32,
    pub(super) validity: Validity,
}

/// Verifies the collateral; `None` where there is none, which leaves all of it undecided.
pub(super) fn establish(
    pck: &TrustedPck<'_>,
    stapled: Option<&Value<'_>>,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<Option<TrustedCollateral>, Stopped> {
    let Some(documents) = documents::choose(pck, stapled, context, log)? else {
        return Ok(None);
    };
    let trusted = verify(&documents, pck.issuers(), Some(pck), context, log)?;
    name_ignored(&documents, log);
    Ok(Some(trusted))
}

/// Verifies one piece of collateral under a PCK CA; where there is a PCK, it is for that one.
pub(super) fn verify(
    documents: &Documents,
    issuers: &TrustedCa<'_>,
    pck: Option<&TrustedPck<'_>>,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<TrustedCollateral, Stopped> {
    let (root_list, lists) = revocation(documents, issuers, pck, context, log)?;
    let mut signers = Signers::new(issuers, &root_list, context);
    let (info, info_window) = tcb_info(documents, pck, &mut signers, context, log)?;
    let (identity, identity_window) = qe_identity(documents, &mut signers, context, log)?;
    let validity = lists.meet(info_window).meet(identity_window);
    Ok(TrustedCollateral { info, identity, validity })
}

impl TrustedCollateral {
    pub(super) fn info(&self) -> &TcbInfo {
        &self.info
    }

    pub(super) fn identity(&self) -> &QeIdentity {
        &self.identity
    }

    /// The window in which all of it is current.
    pub(super) fn validity(&self) -> Validity {
        self.validity
    }
}

/// What the collateral says of the platform and of the quoting enclave.
pub(super) fn judge(
    quote: &Quote<'_>,
    pck: &TrustedPck<'_>,
    collateral: &TrustedCollateral,
    log: &mut Log<'_>,
) -> Result<PlatformTcb, Stopped> {
    let TrustedCollateral { info, identity, validity } = collateral;
    let enclave = qe_identity::appraise(quote.qe_report, identity, log)?;
    let mut standing = platform(quote, pck, info, log)?;
    standing.part(&enclave.standing);
    Ok(PlatformTcb {
        status: standing.status(),
        date: standing.date,
        advisories: standing.advisories,
        evaluation: info.evaluation.min(identity.evaluation),
        validity: *validity,
    })
}

/// Both lists, and neither CA nor PCK in them. The root's list, and the window of both.
fn revocation(
    documents: &Documents,
    issuers: &TrustedCa<'_>,
    pck: Option<&TrustedPck<'_>>,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<(TrustedList, Validity), Stopped> {
    let (ca, root) = (issuers.ca(), issuers.root());
    let root_list = crl::establish(&documents.root_ca_crl, root, &crl::ROOT, context, log)?;
    let revoked = root_list.revokes(ca.certificate.serial());
    not_revoked(&checks::CA_REVOKED, revoked, ca.name(), log)?;
    // Without a PCK the list's issuer chain is what the CA was read from.
    if pck.is_some() {
        log.obtain(&checks::PCK_CRL_ISSUER, list_issuer(&documents.pck_crl_issuer_chain, issuers))?;
    }
    let pck_list = crl::establish(&documents.pck_crl, ca, &crl::PCK, context, log)?;
    if let Some(pck) = pck {
        let revoked = pck_list.revokes(pck.certificate().serial());
        not_revoked(&checks::PCK_REVOKED, revoked, pck.sha256(), log)?;
    }
    let window = root_list.window().meet(pck_list.window());
    Ok((root_list, window))
}

fn not_revoked(
    spec: &'static CheckSpec,
    revoked: bool,
    name: &str,
    log: &mut Log<'_>,
) -> Result<(), Stopped> {
    let found = if revoked { "it is in the list" } else { "it is not" };
    log.require(spec, !revoked, Finding::new(format!("`{name}` is not in the list"), found))
}

fn list_issuer(chain: &str, issuers: &TrustedCa<'_>) -> Result<((), Finding), Finding> {
    let expected = format!("`{}` and the trusted root, as PEM", issuers.ca().name());
    let refused = |found: &str| Finding::new(expected.as_str(), found).at("pck_crl_issuer_chain");
    let [ca, root] = issuer_chain(chain).map_err(refused)?;
    if ca == issuers.ca().der && root == issuers.root().der {
        Ok(((), refused("these")))
    } else {
        Err(refused("other certificates than the quote's"))
    }
}

/// A certificate and its root, as DER.
pub(super) fn issuer_chain(chain: &str) -> Result<[Vec<u8>; 2], &'static str> {
    pem::certificates(chain.trim_end_matches('\n').as_bytes())
}

fn tcb_info<'c>(
    documents: &'c Documents,
    pck: Option<&TrustedPck<'_>>,
    signers: &mut Signers<'c>,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<(TcbInfo, Validity), Stopped> {
    let text = signed::verify(&documents.tcb_info, &signed::TCB_INFO, signers, log)?;
    let info = log.obtain(&checks::TCB_CONTENT, tcb_info::read(&text))?;
    let found = format!("`{}` version {}", info.id, info.version);
    let expected = info.id == "TDX" && info.version == 3;
    log.require(&checks::TCB_VERSION, expected, Finding::new("`TDX` version 3", found))?;
    let window = info.window.meet(text.signer());
    fresh(&checks::TCB_CURRENT, window, context, log)?;
    if let Some(pck) = pck {
        let extensions = pck.extensions();
        let found = format!("FMSPC {} and PCE-ID {}", hex(&info.fmspc), hex(&info.pce_id));
        let fits = info.fmspc == extensions.fmspc && info.pce_id == extensions.pce_id;
        log.require(&checks::TCB_PLATFORM, fits, Finding::new(extensions.describe(), found))?;
    }
    let descends = info.descends();
    let found = if descends { "they do" } else { "a level below the one after it, or the same" };
    log.require(&checks::TCB_ORDER, descends, Finding::new("levels that descend", found).at("tcb_info"))?;
    evaluation(&checks::TCB_EVALUATION, info.evaluation, context, log)?;
    Ok((info, window))
}

fn qe_identity<'c>(
    documents: &'c Documents,
    signers: &mut Signers<'c>,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<(QeIdentity, Validity), Stopped> {
    let text = signed::verify(&documents.qe_identity, &signed::QE_IDENTITY, signers, log)?;
    let identity = log.obtain(&checks::QE_IDENTITY_CONTENT, qe_identity::read(&text))?;
    let found = format!("`{}` version {}", identity.id, identity.version);
    let expected = identity.id == "TD_QE" && identity.version == 2;
    log.require(&checks::QE_IDENTITY_VERSION, expected, Finding::new("`TD_QE` version 2", found))?;
    let window = identity.window.meet(text.signer());
    fresh(&checks::QE_IDENTITY_CURRENT, window, context, log)?;
    evaluation(&checks::QE_IDENTITY_EVALUATION, identity.evaluation, context, log)?;
    Ok((identity, window))
}

fn evaluation(
    spec: &'static CheckSpec,
    found: u32,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<(), Stopped> {
    let rules = context.policy.document().tdx.as_ref();
    let least = rules.and_then(|rules| rules.minimum_evaluation_data_number).unwrap_or(0);
    log.require(spec, found >= least, Finding::new(format!("at least {least}"), found.to_string()))
}

fn name_ignored(documents: &Documents, log: &mut Log<'_>) {
    let place = &documents.place;
    log.unauthenticated(format!("{place}/pck_certificate_chain: ignored, the quote brings its own"));
    log.unauthenticated(format!("{place}: the spelling of its hex and the ends of its certificate chains"));
}

/// The standing of the platform at the launch of the TD, and its status now.
struct PlatformStanding {
    launch: TcbStatus,
    now: Option<TcbStatus>,
    date: Timestamp,
    advisories: Vec<String>,
}

impl PlatformStanding {
    fn of(standing: &Standing) -> Self {
        let Standing { status, date, advisories } = standing.clone();
        Self { launch: status, now: None, date, advisories }
    }

    /// Takes the standing of a part of the platform into it.
    fn part(&mut self, part: &Standing) {
        self.launch = status::converge(self.launch, part.status);
        self.now = self.now.map(|now| status::converge(now, part.status));
        self.date = self.date.min(part.date);
        for advisory in &part.advisories {
            if !self.advisories.contains(advisory) {
                self.advisories.push(advisory.clone());
            }
        }
    }

    fn status(&self) -> TcbStatus {
        self.now.map_or(self.launch, |now| status::relaunch(self.launch, now))
    }
}

/// The levels that the platform meets: at the launch of the TD, and now where the quote says it.
fn platform(
    quote: &Quote<'_>,
    pck: &TrustedPck<'_>,
    info: &TcbInfo,
    log: &mut Log<'_>,
) -> Result<PlatformStanding, Stopped> {
    let launch = quote.body.tee_tcb_svn();
    let mut standing = level(pck, info, &launch, "TEE_TCB_SVN", log)?;
    let now = quote.body.tee_tcb_svn2();
    let mut current = now.map(|svn| level(pck, info, &svn, "TEE_TCB_SVN2", log)).transpose()?;
    module(quote, info, &launch, log)?;
    if let Some(part) = module_level(info, &launch, log)? {
        standing.part(part);
    }
    if let (Some(svn), Some(current)) = (now, &mut current)
        && let Some(part) = module_level(info, &svn, log)?
    {
        current.part(part);
    }
    standing.now = current.map(|current| current.launch);
    Ok(standing)
}

/// The first level whose every number the platform meets. With a module version other than 0 the
/// first two TDX numbers are the module's own, which has levels of its own.
fn level(
    pck: &TrustedPck<'_>,
    info: &TcbInfo,
    svn: &[u8; 16],
    name: &str,
    log: &mut Log<'_>,
) -> Result<PlatformStanding, Stopped> {
    let [_, version, ..] = *svn;
    let start = if version > 0 { 2 } else { 0 };
    let extensions = pck.extensions();
    let found = info.levels.iter().find(|level| {
        let sgx = extensions.components.iter().zip(level.sgx).all(|(have, least)| *have >= least);
        let tdx = svn.iter().zip(level.tdx).skip(start).all(|(have, least)| *have >= least);
        sgx && tdx && extensions.pce_svn >= level.pce_svn
    });
    let have = format!("SGX {} PCE {} {name} {}", hex(&extensions.components), extensions.pce_svn, hex(svn));
    let finding = |expected: &str| Finding::new(expected, have.as_str());
    match found {
        Some(level) => {
            let expected = format!("a level, such as {}", level.standing.status.name());
            log.require(&checks::TCB_LEVEL, true, finding(&expected))?;
            Ok(PlatformStanding::of(&level.standing))
        }
        None => log.obtain(&checks::TCB_LEVEL, Err(finding("a level of the TCB info"))),
    }
}

fn module(quote: &Quote<'_>, info: &TcbInfo, svn: &[u8; 16], log: &mut Log<'_>) -> Result<(), Stopped> {
    let [_, version, ..] = *svn;
    let known: Option<&Module> = match version {
        0 => Some(&info.module),
        version => info.module_of(version).map(|known| &known.module),
    };
    let body = &quote.body;
    let at = body.place(0x40, 56);
    let Some(known) = known else {
        let found = "the TCB info has no module of that version";
        let finding = Finding::new(format!("TDX_{version:02X}"), found).at(at);
        return log.obtain(&checks::MODULE, Err(finding));
    };
    // Bits outside the mask are not compared by Intel; here they must be zero.
    let outside = body.seam_attributes().iter().zip(known.mask).any(|(found, mask)| found & !mask != 0);
    let attributes = qe_identity::masked(&body.seam_attributes(), &known.attributes, &known.mask);
    let holds = body.mr_signer_seam() == known.signer && attributes && !outside;
    let expected = format!("signer {} and attributes {}", hex(&known.signer), hex(&known.attributes));
    let found = format!("{} and {}", hex(&body.mr_signer_seam()), hex(&body.seam_attributes()));
    log.require(&checks::MODULE, holds, Finding::new(expected, found).at(at))
}

fn module_level<'i>(
    info: &'i TcbInfo,
    svn: &[u8; 16],
    log: &mut Log<'_>,
) -> Result<Option<&'i Standing>, Stopped> {
    let [own, version, ..] = *svn;
    if version == 0 {
        let finding = Finding::new("a level of the platform covers it", "version 0");
        log.require(&checks::MODULE_LEVEL, true, finding)?;
        return Ok(None);
    }
    let levels = info.module_of(version).map(|known| known.levels.as_slice()).unwrap_or_default();
    let lowest = levels.last().map_or_else(|| "none".into(), |level| level.svn.to_string());
    let expected = format!("TDX_{version:02X} at least {lowest}");
    let finding = Finding::new(expected, own.to_string());
    match met(levels, u16::from(own)) {
        Some(level) => log.obtain(&checks::MODULE_LEVEL, Ok((Some(&level.standing), finding))),
        None => log.obtain(&checks::MODULE_LEVEL, Err(finding)),
    }
}
