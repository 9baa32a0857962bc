//! A policy that pins what was seen: the claims of a verdict, as demands.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::{Policy, PolicyError, SCHEMA};
use crate::json::print::{Object, one, text};
use crate::json::{Number, Value};
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
        let known = platform::find(&self.platform).ok_or(NotPinned::NoPlatform)?;
        let launch = self.claimed(known.measurement_claim()).ok_or(NotPinned::NoMeasurement)?;
        let mut measurement = Object::default()
            .with("id", text(pinned.id))
            .with("platform", text(&self.platform))
            .with("launch_digest", text(launch));
        if let Some(registers) = known.registers() {
            let field = match registers.field {
                RegisterField::Pcrs => "pcrs",
                RegisterField::Rtmrs => "rtmrs",
            };
            measurement = measurement.with_list(field, self.registers(registers, pinned.registers)?);
        } else if let Some(index) = pinned.registers.and_then(<[u32]>::first) {
            return Err(NotPinned::NoRegister(*index));
        }
        let list =
            |id: &str| self.claimed(id).filter(|value| !value.is_empty()).map(|value| one(text(value)));
        let commits = if pinned.any_commit { None } else { list("source.commit") };
        let source =
            Object::default().with_some("uris", list("source.uri")).with_some("commits", commits).end();
        let dstack = list("dstack.compose_hash");
        let dstack = dstack.map(|hashes| Object::default().with("compose_hashes", hashes).end());
        let build_type =
            self.claimed("build.type").map(|uri| one(Object::default().with("uri", text(uri)).end()));
        let description = format!(
            "pins what was seen in one bundle at {}; compare the values with those that the image's maker published",
            self.now
        );
        let policy = Object::default()
            .with("schema", text(SCHEMA))
            .with("description", text(description))
            .with("measurements", one(measurement.end()))
            .with_some("source", Some(source).filter(|source| source.as_object() != Some(&[])))
            .with_some("builders", list("build.builder"))
            .with_some("build_types", build_type)
            .with_some("dstack", dstack);
        let mut lines = policy.end().to_lines();
        // Read back, so that nothing is handed out that would not be taken.
        Policy::from_json(lines.as_bytes()).map_err(NotPinned::Unsound)?;
        lines.push('\n');
        Ok(lines)
    }

    /// The registers that the evidence quotes and, where a list is wanted, only those of the list.
    fn registers(&self, known: &Registers, wanted: Option<&[u32]>) -> Result<Vec<Value<'_>>, NotPinned> {
        let value = |index: u32| self.claimed(&format!("{}{index}", known.claims));
        let seen = |index: &u32| value(*index).is_some();
        let all: Vec<u32> = (0..=known.highest).filter(seen).collect();
        if let Some(index) = wanted.into_iter().flatten().find(|index| !all.contains(index)) {
            return Err(NotPinned::NoRegister(*index));
        }
        let digest = match known.digest {
            RegisterDigest::Sha256 => "sha256",
            RegisterDigest::Sha384 => "sha384",
        };
        let register = |index: u32| {
            Object::default()
                .with("index", Value::Number(Number::Unsigned(index.into())))
                .with_some(digest, value(index).map(text))
                .end()
        };
        let kept = all.into_iter().filter(|index| wanted.is_none_or(|list| list.contains(index)));
        Ok(kept.map(register).collect())
    }

    fn claimed(&self, id: &str) -> Option<&str> {
        self.claims.iter().find(|claim| claim.id == id).map(|claim| claim.value.as_str())
    }
}
