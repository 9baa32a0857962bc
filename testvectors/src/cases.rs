//! The cases: one small function each, one scenario each.

use crate::case::Case;

/// What makes a case.
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

/// Every generator. A function that is not listed in its group is dead code, which the build
/// refuses.
pub fn all() -> impl Iterator<Item = Generator> {
    GROUPS.iter().copied().flatten().copied().chain(az_tdx::shared())
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
mod az_accepted;
mod az_hcl;
mod az_policy;
mod az_quote;
mod az_runtime;
mod az_tdx;
mod bundle_accepted;
mod bundle_binding;
mod bundle_input;
mod dstack;
mod dstack_log;
mod policy_file;
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
mod tdx;
mod tdx_chain;
mod tdx_crl;
mod tdx_identity;
mod tdx_log;
mod tdx_quote;
mod tdx_signature;
mod tdx_tcb;
mod tdx_td;

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
    bundle_accepted::ALL,
    bundle_input::ALL,
    bundle_binding::ALL,
    provenance_statement::ALL,
    provenance_inputs::ALL,
    artifacts::ALL,
    policy_file::ALL,
    real::ALL,
];
