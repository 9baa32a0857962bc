//! What is appraised, piece by piece: the fields of `schema/bundle.v1.json`, bytes instead of hex.

use kettle_verifier_core::Verdict;
use kettle_verifier_core::limits::{EVIDENCE_BYTES, PROVENANCE_BYTES};
use kettle_verifier_core::request::Decoded;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde::Deserialize;
use serde::de::value::{Error as NoSuchName, StrDeserializer};

use crate::errors::Fault;
use crate::options::{Options, SettingsGiven};
use crate::reading::Named;
use crate::source::Source;

/// The pieces as they were given.
pub(crate) struct Pieces {
    content: Decoded,
    provenance: Option<Source>,
    evidence: Source,
    artifacts: Named,
    certificates: Vec<Source>,
    crls: Vec<Source>,
    intel: Vec<Source>,
}

impl Pieces {
    pub(crate) fn new(kind: &str, evidence: Source, options: &Options<'_>) -> PyResult<Self> {
        let mut content = Decoded { kind: named(kind)?, ..Decoded::default() };
        if let Some(mode) = options.take::<String>("artifacts_mode")? {
            content.artifacts.mode = named(&mode)?;
        }
        content.artifacts.subjects = options.list("subjects")?;
        content.report_data = options.take("report_data")?;
        content.input_hash = options.take("input_hash")?;
        content.output_hash = options.take("output_hash")?;
        Ok(Self {
            content,
            provenance: options.take("provenance")?,
            evidence,
            artifacts: options.list("artifacts")?,
            certificates: options.list("certificates")?,
            crls: options.list("crls")?,
            intel: options.list("intel")?,
        })
    }

    pub(crate) fn appraise(self, py: Python<'_>, settings: &SettingsGiven) -> PyResult<Verdict> {
        let done = py.detach(|| -> Result<Verdict, Fault> {
            let terms = settings.terms()?;
            let content = self.read()?;
            content.applicable()?;
            Ok(terms.appraise(&content.content()))
        });
        done.map_err(|fault| fault.raised(py))
    }

    /// The documents may have more bytes than they are allowed: the appraisal says so.
    fn read(self) -> Result<Decoded, Fault> {
        let all = |sources: &[Source]| {
            sources.iter().map(|source| source.bytes(EVIDENCE_BYTES)).collect::<Result<Vec<_>, Fault>>()
        };
        let mut content = self.content;
        content.evidence = self.evidence.bytes(EVIDENCE_BYTES.saturating_add(1))?;
        if let Some(provenance) = &self.provenance {
            content.provenance = provenance.bytes(PROVENANCE_BYTES.saturating_add(1))?;
        }
        for (name, source) in &self.artifacts {
            let artifact = source.artifact(name, &mut |_| core::ops::ControlFlow::Continue(()))?;
            content.artifacts.files.push(artifact);
        }
        content.collateral.certificates = all(&self.certificates)?;
        content.collateral.crls = all(&self.crls)?;
        content.collateral.intel = all(&self.intel)?;
        Ok(content)
    }
}

/// The value of this name.
fn named<'n, T: Deserialize<'n>>(name: &'n str) -> PyResult<T> {
    T::deserialize(StrDeserializer::<NoSuchName>::new(name))
        .map_err(|error| PyValueError::new_err(error.to_string()))
}
