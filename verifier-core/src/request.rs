//! One appraisal as every language asks for it: what is appraised, and the settings it is appraised
//! under, all of them bytes and texts.
//!
//! A binding fills in [`Content`] and [`Settings`] and calls [`Settings::appraise`]; or it passes the
//! same as documents ([`BundleDocument`], [`SettingsDocument`]). What whoever asks brings along (policy,
//! trust root, time, options) can be refused with a [`RequestError`]; the evidence itself never can: it
//! has a verdict.

mod decode;
mod document;
mod error;
mod inspect;
mod settings;

#[cfg(test)]
mod tests;

pub use decode::{Decoded, appraise_json};
pub use document::{
    ArtifactDocument, BUNDLE_SCHEMA, BundleDocument, BundleKind, SETTINGS_SCHEMA, SettingsDocument,
};
pub use error::{RequestError, RequestErrorCode};
pub use settings::{Settings, Terms};

use crate::bundle::{Bundle, EvidenceOnly};
use crate::formats::{attestable, tee_compile};

/// What is appraised.
#[derive(Debug, Clone)]
pub enum Content<'a> {
    /// A bundle.
    Bundle(Bundle<'a>),
    /// Hardware evidence alone.
    Evidence(EvidenceOnly<'a>),
    /// A certificate of attestable builds.
    AttestableBuild(attestable::Certificate<'a>),
    /// A report of TEE Compile.
    TeeCompile(tee_compile::Report<'a>),
}
