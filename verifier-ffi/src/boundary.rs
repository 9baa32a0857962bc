//! The C interface: every pointer of it, and no decision.
//!
//! A handle comes from C as an optional reference, which a null pointer makes `None`; bytes and texts
//! come as raw pointers and become slices in [`mod@pointer`]. [`guard`] turns panics and failures into codes.

#![allow(unsafe_code, reason = "the one place where C's pointers are followed")]

mod appraise;
mod artifact;
mod bundle;
mod guard;
mod pointer;
#[cfg(feature = "probe")]
mod probe;
mod settings;
mod verdict;
mod version;

pub use appraise::{kettle_appraise, kettle_appraise_json};
pub use artifact::{
    Artifact, kettle_artifact_begin, kettle_artifact_end, kettle_artifact_free, kettle_artifact_update,
};
pub use bundle::{
    kettle_bundle_add_artifact, kettle_bundle_add_certificate, kettle_bundle_add_collateral,
    kettle_bundle_add_crl, kettle_bundle_add_subject, kettle_bundle_free, kettle_bundle_from_json,
    kettle_bundle_new, kettle_bundle_read, kettle_bundle_read_documents, kettle_bundle_set_artifacts_mode,
    kettle_bundle_set_evidence, kettle_bundle_set_input_hash, kettle_bundle_set_output_hash,
    kettle_bundle_set_provenance, kettle_bundle_set_report_data,
};
pub use guard::{kettle_error_location, kettle_error_message, kettle_result_name};
#[cfg(feature = "probe")]
pub use probe::kettle_probe_panic;
pub use settings::{
    kettle_settings_add_policy_key, kettle_settings_free, kettle_settings_new, kettle_settings_read_policy,
    kettle_settings_read_policy_key, kettle_settings_read_trust_root,
    kettle_settings_set_insecure_allow_debug, kettle_settings_set_nonce, kettle_settings_set_now,
    kettle_settings_set_now_from_clock, kettle_settings_set_policy,
    kettle_settings_set_policy_minimum_version, kettle_settings_set_source, kettle_settings_set_trust_root,
};
pub use verdict::{
    kettle_check_authority, kettle_check_clause, kettle_check_expected, kettle_check_found, kettle_check_id,
    kettle_check_location, kettle_check_mend, kettle_check_stage, kettle_check_status, kettle_check_title,
    kettle_verdict_check, kettle_verdict_check_count, kettle_verdict_exit_code, kettle_verdict_free,
    kettle_verdict_json, kettle_verdict_outcome, kettle_verdict_outcome_name, kettle_verdict_sentence,
};
pub use version::{kettle_conformance, kettle_version, kettle_version_number};
