//! A policy that pins what was seen: the claims of a verdict, as demands.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use super::{
    BuildTypeRule, DstackRules, Measurement, PcrValue, Policy, PolicyDocument, PolicyError, SourceRule,
};
use crate::platform::{self, RegisterDigest, RegisterField, Registers};
use crate::verdict::{Outcome, Verdict};

/// What a policy pins.
#[derive(Debug, Clone, Copy)]
pub struct Pinned<'a> {
    /// The name of the machine image in the policy.
    pub id: &'a str,
    /// Only these registers (PCRs, RTMRs) instead of all that were quoted.
    pub registers: Option<&'a [u32]>,
    /// Leaves the commit open, so that the policy fits later builds of the same source.
    pub any_commit: bool,
}

impl Default for Pinned<'_> {
    fn default() -> Self {
        Self { id: "image-1", registers: None, any_commit: false }
    }
}

/// Why there is no policy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotPinned {
    /// The outcome is `failed` or `inconclusive`.
    NothingGenuine,
    /// The verdict names no platform.
    NoPlatform,
    /// The evidence has no launch digest.
    NoMeasurement,
    /// The evidence has not the register of this number.
    NoRegister(u32),
    /// What was seen makes no sound policy.
    Unsound(PolicyError),
}

impl fmt::Display for NotPinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingGenuine => write!(f, "there is nothing genuine to pin"),
            Self::NoPlatform => write!(f, "the verdict names no platform, so there is nothing to pin"),
            Self::NoMeasurement => write!(f, "the evidence has no launch digest, so there is nothing to pin"),
            Self::NoRegister(index) => write!(f, "`{index}`: the evidence has no such register"),
            Self::Unsound(error) => write!(f, "what the bundle shows makes no sound policy: {error}"),
        }
    }
}

impl core::error::Error for NotPinned {}

impl Verdict {
    /// The text of a policy that pins what was seen. The values are those of whoever made the bundle, so they
    /// want to be compared with what the image's maker published.
    ///
    /// # Errors
    /// [`NotPinned`] where nothing was seen that is worth pinning.
    pub fn pin(&self, pinned: Pinned<'_>) -> Result<String, NotPinned> {
        if matches!(self.outcome, Outcome::Failed | Outcome::Inconclusive) {
            return Err(NotPinned::NothingGenuine);
        }
        rendered(&self.pinned(pinned)?)
    }

    fn pinned(&self, pinned: Pinned<'_>) -> Result<PolicyDocument, NotPinned> {
        let claim = |id: &str| self.claimed(id);
        let known = platform::find(&self.platform).ok_or(NotPinned::NoPlatform)?;
        let launch = claim(known.measurement_claim()).ok_or(NotPinned::NoMeasurement)?;
        let mut document = PolicyDocument::empty();
        document.description = format!(
            "pins what was seen in one bundle at {}; compare the values with those that the image's maker published",
            self.now
        );
        let seen = self.registers(known.registers(), pinned.registers)?;
        let in_field = |field: RegisterField| {
            seen.clone().filter(|_| known.registers().is_some_and(|registers| registers.field == field))
        };
        document.measurements = Some(vec![Measurement {
            id: pinned.id.into(),
            platform: self.platform.clone(),
            launch_digest: launch,
            pcrs: in_field(RegisterField::Pcrs),
            rtmrs: in_field(RegisterField::Rtmrs),
            builder_version: None,
            minimum_tcb: None,
        }]);
        document.dstack = claim("dstack.compose_hash")
            .map(|hash| DstackRules { compose_hashes: Some(vec![hash]), ..DstackRules::default() });
        let commit = claim("source.commit").filter(|_| !pinned.any_commit);
        let source = SourceRule {
            uris: claim("source.uri").filter(|uri| !uri.is_empty()).map(|uri| vec![uri]),
            commits: commit.map(|commit| vec![commit]),
            trees: None,
        };
        document.source = (source != SourceRule::default()).then_some(source);
        document.builders = claim("build.builder").map(|builder| vec![builder]);
        document.build_types = claim("build.type")
            .map(|uri| vec![BuildTypeRule { uri, external_parameters: None, build_commands: None }]);
        Ok(document)
    }

    /// The registers that the evidence quotes and, where a list is wanted, only those of the list.
    fn registers(
        &self,
        known: Option<&Registers>,
        wanted: Option<&[u32]>,
    ) -> Result<Option<Vec<PcrValue>>, NotPinned> {
        let value = |registers: &Registers, index: u32| {
            let value = Some(self.claimed(&format!("{}{index}", registers.claims))?);
            Some(match registers.digest {
                RegisterDigest::Sha256 => PcrValue { index, sha256: value, sha384: None },
                RegisterDigest::Sha384 => PcrValue { index, sha256: None, sha384: value },
            })
        };
        let seen: Vec<PcrValue> = known
            .map(|registers| (0..=registers.highest).filter_map(|index| value(registers, index)).collect())
            .unwrap_or_default();
        let absent = wanted.into_iter().flatten().find(|index| seen.iter().all(|pcr| pcr.index != **index));
        if let Some(index) = absent {
            return Err(NotPinned::NoRegister(*index));
        }
        let kept: Vec<PcrValue> =
            seen.into_iter().filter(|pcr| wanted.is_none_or(|list| list.contains(&pcr.index))).collect();
        Ok((!kept.is_empty()).then_some(kept))
    }

    fn claimed(&self, id: &str) -> Option<String> {
        self.claims.iter().find(|claim| claim.id == id).map(|claim| claim.value.clone())
    }
}

/// The policy's text, which is read back so that nothing is handed out that would not be taken.
fn rendered(document: &PolicyDocument) -> Result<String, NotPinned> {
    let mut text = serde_json::to_string_pretty(document).map_err(|error| {
        NotPinned::Unsound(super::PolicyErrorKind::Json { reason: error.to_string() }.at(""))
    })?;
    Policy::from_json(text.as_bytes()).map_err(NotPinned::Unsound)?;
    text.push('\n');
    Ok(text)
}
