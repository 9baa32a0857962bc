//! From the report's bytes to a key that the vendor's root vouches for.

use alloc::format;
use alloc::string::{String, ToString as _};

use super::checks;
use super::crl;
use super::extensions::{self, Extensions};
use super::generation::{self, Cpuid};
use super::report::RawReport;
use super::vek::{self, Kind};
use crate::crypto::{P384Key, sha256};
use crate::log::{Finding, Log, Stopped};
use crate::platform::{Context, Validity};
use crate::policy::Generation;
use crate::text::hex;
use crate::trust::{AmdRoot, CertificateAuthority};
use crate::x509::{Certificate, X509Error};

/// A processor's key that stands under a trusted root. Only [`establish`] makes one.
pub(super) struct TrustedVek {
    key: P384Key,
    kind: Kind,
    generation: Generation,
    extensions: Extensions,
    validity: Validity,
    fingerprints: Fingerprints,
}

/// SHA-256 of the chain's certificates, for the verdict's links.
#[derive(Debug, Clone)]
pub(super) struct Fingerprints {
    pub(super) vek: String,
    pub(super) intermediate: String,
    pub(super) root: String,
}

impl TrustedVek {
    pub(super) fn key(&self) -> &P384Key {
        &self.key
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn generation(&self) -> Generation {
        self.generation
    }

    pub(super) fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    pub(super) fn validity(&self) -> Validity {
        self.validity
    }

    pub(super) fn fingerprints(&self) -> &Fingerprints {
        &self.fingerprints
    }
}

/// Verifies the chain of a report's certificate.
pub(super) fn establish(
    report: &RawReport,
    vek: Option<&[u8]>,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<TrustedVek, Stopped> {
    let reported = log.obtain(&checks::GENERATION, reported_generation(report))?;
    let der = present(report, vek, context, log)?;
    let certificate = log.obtain(&checks::VEK_DER, readable(Certificate::from_der(der)))?;
    let (kind, key) = log.obtain(&checks::VEK_PROFILE, vek::profile(&certificate))?;
    let issuer = log.obtain(&checks::INTERMEDIATE, issuer(&certificate, kind, reported, context))?;
    let root = issuer.root;
    log.require(
        &checks::VEK_ALGORITHM,
        certificate.is_pss_sha384(),
        Finding::new("RSASSA-PSS with AMD's parameters", algorithm(certificate.is_pss_sha384())).at("vek"),
    )?;
    let signed = issuer.intermediate.key().is_some_and(|key| certificate.is_signed_by(key));
    let found = if signed { "it did" } else { "the signature does not verify" };
    log.require(&checks::VEK_SIGNATURE, signed, Finding::new(issuer.name(), found).at("vek"))?;
    let validity = validity(&certificate, &issuer, context, log)?;
    let extensions =
        log.obtain(&checks::VEK_EXTENSIONS, extensions::read(&certificate, kind, root.generation))?;
    log.require(
        &checks::VEK_PRODUCT,
        generation::of_product(&extensions.product) == Some(root.generation),
        Finding::new(generation::name(root.generation), &extensions.product).at("vek product name"),
    )?;
    let listed = crl::appraise(&issuer, context, log)?;
    let fingerprints = Fingerprints {
        vek: hex(&sha256(der)),
        intermediate: hex(&sha256(issuer.intermediate.der())),
        root: hex(&sha256(root.ark.der())),
    };
    let validity = validity.meet(listed);
    Ok(TrustedVek { key, kind, generation: root.generation, extensions, validity, fingerprints })
}

/// The intermediate that a certificate names, with the root above it.
pub(super) struct Issuer<'r> {
    pub(super) root: &'r AmdRoot,
    pub(super) ark: &'r Certificate<'static>,
    pub(super) certificate: &'r Certificate<'static>,
    intermediate: &'r CertificateAuthority,
}

impl Issuer<'_> {
    /// The common name of the intermediate.
    pub(super) fn name(&self) -> &str {
        self.certificate.common_name().unwrap_or_default()
    }
}

type Reported = Option<Generation>;

/// The generation that the report's CPUID names. Before version 3 a report has none, and the
/// certificate's own issuer decides.
fn reported_generation(report: &RawReport) -> Result<(Reported, Finding), Finding> {
    let expected = "family 19 or 1a of EPYC";
    let Some(cpuid) = report.cpuid() else {
        return Ok((None, Finding::new("none before version 3", "none").at("report[0x188..0x18b]")));
    };
    let found = format!("family {:x} model {:x} stepping {:x}", cpuid.family, cpuid.model, cpuid.stepping);
    match cpuid.generation() {
        Some(known) => Ok((
            Some(known),
            Finding::new(expected, format!("{found}: {}", generation::name(known)))
                .at("report[0x188..0x18b]"),
        )),
        None => Err(Finding::new(expected, found).at("report[0x188..0x18b]")),
    }
}

/// The certificate that the bundle brings, else one beside it.
fn present<'a>(
    report: &RawReport,
    vek: Option<&'a [u8]>,
    context: &Context<'a>,
    log: &mut Log<'_>,
) -> Result<&'a [u8], Stopped> {
    let expected = "a VCEK or VLEK";
    let (found, place) = match vek {
        Some(der) => (Some(der), "in the bundle"),
        None => (beside(report, context), "beside the bundle"),
    };
    match found {
        Some(der) => log.obtain(&checks::VEK_PRESENT, Ok((der, Finding::new(expected, place)))),
        None => {
            Err(log
                .undecided(&checks::VEK_PRESENT, Finding::new(expected, "none in the bundle or beside it")))
        }
    }
}

/// Of the certificates that name themselves a VCEK or VLEK the first that fits the report, and the first of
/// all where none does. Whoever arranges them can at most have none fit: the one that is taken is verified.
fn beside<'a>(report: &RawReport, context: &Context<'a>) -> Option<&'a [u8]> {
    let ranked = context.collateral.certificates.iter().filter_map(|der| {
        let certificate = Certificate::from_der(der).ok()?;
        Some((fits(report, &certificate, Kind::of(&certificate)?), der.as_slice()))
    });
    ranked.reduce(|best, other| if other.0 && !best.0 { other } else { best }).map(|(_, der)| der)
}

/// Whether a certificate that nobody signed yet is for the report's kind of key, chip and levels.
fn fits(report: &RawReport, certificate: &Certificate<'_>, kind: Kind) -> bool {
    // Reports without a CPUID are of Milan or Genoa, whose levels have one layout.
    let reported = report.cpuid().map_or(Some(Generation::Milan), Cpuid::generation);
    let Some((generation, Ok((known, _)))) =
        reported.map(|generation| (generation, extensions::read(certificate, kind, generation)))
    else {
        return false;
    };
    report.signing_key() == kind.signing_key()
        && report.reported_tcb(generation) == known.tcb
        && known.hwid.is_none_or(|hwid| report.chip_id().starts_with(&hwid))
}

fn readable<T>(result: Result<T, X509Error>) -> Result<(T, Finding), Finding> {
    let expected = "one canonical certificate";
    match result {
        Ok(value) => Ok((value, Finding::new(expected, "one").at("vek"))),
        Err(error) => Err(Finding::new(expected, error.to_string()).at("vek")),
    }
}

fn algorithm(holds: bool) -> &'static str {
    if holds { "these" } else { "another algorithm or other parameters" }
}

/// The trusted intermediate for the certificate: of the report's generation, of the certificate's
/// kind, and with the name that the certificate gives as its issuer.
fn issuer<'r>(
    certificate: &Certificate<'_>,
    kind: Kind,
    reported: Reported,
    context: &Context<'r>,
) -> Result<(Issuer<'r>, Finding), Finding> {
    let generations = [Generation::Milan, Generation::Genoa, Generation::Turin];
    let expected = match reported {
        Some(generation) => {
            format!("a trusted intermediate of {} for a {}", generation::name(generation), kind.name())
        }
        None => format!("a trusted intermediate for a {}", kind.name()),
    };
    let roots = generations
        .into_iter()
        .filter(|generation| reported.is_none_or(|reported| reported == *generation))
        .flat_map(|generation| context.roots.amd(generation))
        .filter(|root| root.window.contains(context.now));
    for root in roots {
        let intermediate = match kind {
            Kind::Vcek => Some(&root.ask),
            Kind::Vlek => root.asvk.as_ref(),
        };
        let (Some(intermediate), Some(ark)) = (intermediate, root.ark.certificate()) else { continue };
        let Some(trusted) = intermediate.certificate() else { continue };
        if trusted.subject() == certificate.issuer() {
            let issuer = Issuer { root, ark, certificate: trusted, intermediate };
            let finding = Finding::new(expected, issuer.name()).at("vek issuer");
            return Ok((issuer, finding));
        }
    }
    let found = crate::x509::common_name(certificate.issuer()).unwrap_or("no single common name");
    Err(Finding::new(expected, found).at("vek issuer"))
}

/// The window of the certificate, the intermediate, the root and the trust-root entry.
fn validity(
    certificate: &Certificate<'_>,
    issuer: &Issuer<'_>,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<Validity, Stopped> {
    let validity = certificate
        .validity()
        .meet(issuer.certificate.validity())
        .meet(issuer.ark.validity())
        .meet(issuer.root.window);
    let time =
        |end: Option<crate::Timestamp>| end.map_or_else(|| "any time".into(), crate::Timestamp::to_rfc3339);
    let window = format!("from {} to {}", time(validity.from), time(validity.until));
    log.require(
        &checks::VEK_VALIDITY,
        validity.contains(context.now),
        Finding::new(window, context.now.to_rfc3339()).at("vek validity"),
    )?;
    Ok(validity)
}
