//! AMD SEV-SNP. Stub.
use super::*;
use crate::policy::Generation;
type Root = (Generation, &'static [u8], &'static [u8], &'static [u8]);
/// roots
pub(crate) static PINNED_ROOTS: [Root; 3] = [
    (
        Generation::Milan,
        include_bytes!("snp/roots/milan-ark.der"),
        include_bytes!("snp/roots/milan-ask.der"),
        include_bytes!("snp/roots/milan-asvk.der"),
    ),
    (
        Generation::Genoa,
        include_bytes!("snp/roots/genoa-ark.der"),
        include_bytes!("snp/roots/genoa-ask.der"),
        include_bytes!("snp/roots/genoa-asvk.der"),
    ),
    (
        Generation::Turin,
        include_bytes!("snp/roots/turin-ark.der"),
        include_bytes!("snp/roots/turin-ask.der"),
        include_bytes!("snp/roots/turin-asvk.der"),
    ),
];
/// platforms
pub static PLATFORMS: &[&dyn Platform] = &[];

/// Where a report lies and what that allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// A report of its own.
    Bare,
    /// A report inside Azure's HCL blob, where version 2 is genuine.
    Azure,
}

/// A report whose signature was verified up to a trusted root.
#[derive(Debug)]
pub struct AuthenticReport {
    report_data: [u8; 64],
    validity: Validity,
    links: Vec<crate::verdict::Link>,
}

impl AuthenticReport {
    /// The 64 bytes that the guest chose.
    #[must_use]
    pub fn report_data(&self) -> &[u8; 64] {
        &self.report_data
    }

    /// The window in which the report verifies.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The links from the report to the vendor root, nearest first.
    #[must_use]
    pub fn links(&self) -> &[crate::verdict::Link] {
        &self.links
    }
}

/// The tables of the checks that every SEV-SNP report goes through, in pipeline order.
pub(crate) static LAYER_CHECKS: &[&[&CheckSpec]] = &[];

/// Appraises a report: chain, signature and everything that it says of the machine.
pub(crate) fn authenticate(
    _report: &[u8],
    _vek: Option<&[u8]>,
    _setting: Setting,
    _context: &Context<'_>,
    _log: &mut Log<'_>,
) -> Result<AuthenticReport, Stopped> {
    unimplemented!()
}
