//! The cases: one small function or one row of a table each, one scenario each.

use crate::case::Case;

/// A function that makes a case.
#[derive(Debug, Clone, Copy)]
pub struct Generator {
    name: &'static str,
    make: fn() -> Case,
    on_az_tdx: bool,
}

impl Generator {
    /// Makes the case.
    #[must_use]
    pub fn case(&self) -> Case {
        let case = (self.make)();
        if self.on_az_tdx { case.on_az_tdx() } else { case }
    }
}

/// What makes a case: a function, or a row of a table.
pub type Source = Box<dyn Fn() -> Case + Sync>;

/// Every source of a case. A function or a row that is not listed in its group is dead code, which
/// the build refuses.
#[must_use]
pub fn all() -> Vec<Source> {
    let functions = GROUPS.iter().copied().flatten().copied().chain(az_tdx::shared());
    let mut sources: Vec<Source> =
        functions.map(|generator| Box::new(move || generator.case()) as Source).collect();
    let nitro = [
        nitro_accepted::ROWS,
        nitro_cose::ROWS,
        nitro_chain::ROWS,
        nitro_uses::ROWS,
        nitro_document::ROWS,
        nitro_cbor::ROWS,
        nitro_policy::ROWS,
        nitro_bound::ROWS,
    ];
    sources.extend(nitro.into_iter().flat_map(table::sources));
    sources.extend(table::sources(attestable::ROWS));
    sources.extend(table::sources(tee_compile::ROWS));
    sources
}

/// Lists the generators of a group.
macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        /// The generators of this group.
        pub(super) const ALL: &[super::Generator] = &[
            $(super::Generator { name: stringify!($name), make: $name, on_az_tdx: false }),*
        ];
    };
}

mod artifacts;
mod attestable;
mod az_accepted;
mod az_hcl;
mod az_policy;
mod az_quote;
mod az_runtime;
mod az_tdx;
mod bundle_accepted;
mod bundle_binding;
mod bundle_input;
mod bundle_large;
mod bundle_sandbox;
mod dstack;
mod dstack_log;
mod nitro;
mod nitro_accepted;
mod nitro_bound;
mod nitro_cbor;
mod nitro_chain;
mod nitro_cose;
mod nitro_document;
mod nitro_policy;
mod nitro_uses;
mod policy_file;
mod provenance_ecosystems;
mod provenance_inputs;
mod provenance_statement;
mod real;
mod snp_accepted;
mod snp_certificate;
mod snp_chain;
mod snp_crl;
mod snp_der;
mod snp_policy;
mod snp_report;
mod table;
mod tdx;
mod tdx_chain;
mod tdx_crl;
mod tdx_identity;
mod tdx_log;
mod tdx_quote;
mod tdx_signature;
mod tdx_tcb;
mod tdx_td;
mod tee_compile;

/// The groups, in the order of adversarial.md.
const GROUPS: &[&[Generator]] = &[
    snp_accepted::ALL,
    snp_chain::ALL,
    snp_certificate::ALL,
    snp_der::ALL,
    snp_crl::ALL,
    snp_report::ALL,
    snp_policy::ALL,
    az_accepted::ALL,
    az_hcl::ALL,
    az_runtime::ALL,
    az_quote::ALL,
    az_policy::ALL,
    tdx_quote::ALL,
    tdx_chain::ALL,
    tdx_signature::ALL,
    tdx_identity::ALL,
    tdx_crl::ALL,
    tdx_tcb::ALL,
    tdx_td::ALL,
    tdx_log::ALL,
    az_tdx::ALL,
    dstack::ALL,
    dstack_log::ALL,
    nitro_bound::ALL,
    bundle_accepted::ALL,
    bundle_input::ALL,
    bundle_large::ALL,
    bundle_sandbox::ALL,
    bundle_binding::ALL,
    provenance_statement::ALL,
    provenance_inputs::ALL,
    provenance_ecosystems::ALL,
    artifacts::ALL,
    policy_file::ALL,
    real::ALL,
];
