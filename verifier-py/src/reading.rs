//! What is appraised, from the arguments to the verdict. The interpreter is left free meanwhile.

use core::ops::ControlFlow;
use std::path::PathBuf;

use kettle_verifier_core::bundle::ArtifactMode;
use kettle_verifier_core::emit::{Emission, NotEmitted};
use kettle_verifier_core::limits::{EVIDENCE_BYTES, PROVENANCE_BYTES};
use kettle_verifier_core::request::Content;
use kettle_verifier_core::{Artifact, Collateral, Verdict};
use kettle_verifier_io::{
    EvidenceParts, Given as Read, Input, Progress, Request, collateral_from_bytes, read_any,
};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyTuple};

use crate::errors::Fault;
use crate::options::{Options, SettingsGiven};
use crate::source::Source;

/// Bytes of one collateral file: more than the reader of it takes.
const COLLATERAL_BYTES: usize = 2 * 1024 * 1024;

/// How many pieces of a file are read between two looks at what the user typed.
const PIECES: u32 = 64;

/// Artifacts by their names.
pub(crate) type Named = Vec<(String, Source)>;

/// A build as it was given.
pub(crate) struct Given {
    paths: Vec<PathBuf>,
    archive: Option<Source>,
    provenance: Option<Source>,
    evidence: Option<Source>,
    files: Vec<PathBuf>,
    named: Option<Named>,
    subjects: Vec<String>,
    without_artifacts: bool,
    collateral: Vec<Source>,
    input_hash: Option<String>,
    output_hash: Option<String>,
    progress: Option<Py<PyAny>>,
}

/// Paths, or an archive alone as bytes or as a file object.
fn places(given: &Bound<'_, PyTuple>) -> PyResult<(Vec<PathBuf>, Option<Source>)> {
    if given.len() == 1 {
        match given.get_item(0)?.extract()? {
            Source::Path(path) => return Ok((vec![path], None)),
            archive => return Ok((Vec::new(), Some(archive))),
        }
    }
    Ok((given.iter().map(|path| path.extract()).collect::<PyResult<_>>()?, None))
}

impl Given {
    pub(crate) fn new(paths: &Bound<'_, PyTuple>, options: &Options<'_>) -> PyResult<Self> {
        let (files, named) = artifacts(options)?;
        let (paths, archive) = places(paths)?;
        let given = Self {
            paths,
            archive,
            provenance: options.take("provenance")?,
            evidence: options.take("evidence")?,
            files,
            named,
            subjects: options.list("subjects")?,
            without_artifacts: options.flag("without_artifacts")?,
            collateral: options.list("collateral")?,
            input_hash: options.take("input_hash")?,
            output_hash: options.take("output_hash")?,
            progress: options.any("progress")?.map(Bound::unbind),
        };
        let documents = given.provenance.is_some() && given.evidence.is_some();
        if (given.paths.is_empty() && given.archive.is_none()) != documents
            || given.provenance.is_some() != given.evidence.is_some()
        {
            return Err(PyTypeError::new_err("give either paths, an archive, or provenance and evidence"));
        }
        if given.without_artifacts && (given.named.is_some() || !given.files.is_empty()) {
            return Err(PyTypeError::new_err("artifacts, and without_artifacts"));
        }
        Ok(given)
    }

    pub(crate) fn appraise(&self, py: Python<'_>, settings: &SettingsGiven) -> PyResult<Verdict> {
        self.with_content(py, settings, |terms, content| terms.appraise(content))
    }

    pub(crate) fn emit(
        &self,
        py: Python<'_>,
        settings: &SettingsGiven,
        emission: Emission,
    ) -> PyResult<(Verdict, Result<String, NotEmitted>)> {
        self.with_content(py, settings, |terms, content| terms.appraise_and_emit(content, emission))
    }

    fn with_content<T: Send>(
        &self,
        py: Python<'_>,
        settings: &SettingsGiven,
        work: impl FnOnce(&kettle_verifier_core::request::Terms, &Content<'_>) -> T + Send,
    ) -> PyResult<T> {
        let done = py.detach(|| -> Result<T, Fault> {
            // What is demanded is read first: a mistake in it should not cost the hashing of a large file.
            let terms = settings.terms()?;
            let request = self.request()?;
            let read = self.read(&request)?;
            Ok(work(&terms, &read.content(&request)?))
        });
        done.map_err(|fault| fault.raised(py))
    }

    fn request(&self) -> Result<Request, Fault> {
        Ok(Request {
            paths: self.paths.clone(),
            artifacts: self.files.clone(),
            subjects: self.subjects.clone(),
            // Named artifacts take the place of the bundle's own.
            without_artifacts: self.without_artifacts || self.named.is_some(),
            collateral: collateral(&self.collateral)?,
            input_hash: self.input_hash.clone(),
            output_hash: self.output_hash.clone(),
        })
    }

    fn read(&self, request: &Request) -> Result<Read, Fault> {
        let mut watch = Watching { progress: self.progress.as_ref(), pieces: 0, error: None };
        let read = self.read_watched(request, &mut watch);
        match watch.error {
            Some(error) => Err(error.into()),
            None => read,
        }
    }

    fn read_watched(&self, request: &Request, watch: &mut Watching<'_>) -> Result<Read, Fault> {
        let mut read = match (&self.provenance, &self.evidence) {
            (Some(provenance), Some(evidence)) => Read::Bundle(documents(provenance, evidence, request)?),
            _ => match &self.archive {
                Some(archive) => Read::Bundle(archive.bundle(request, &mut |progress| watch.take(progress))?),
                None => read_any(request, &mut |progress| watch.take(progress))?,
            },
        };
        let named = self.named.as_deref().unwrap_or_default().iter();
        let hash =
            |(name, source): &(String, Source)| source.artifact(name, &mut |progress| watch.take(progress));
        let mut artifacts = named.map(hash).collect::<Result<Vec<Artifact>, Fault>>()?;
        if self.provenance.is_some() {
            for path in &self.files {
                artifacts.push(kettle_verifier_io::hash_file(path, &mut |progress| watch.take(progress))?);
            }
        }
        match &mut read {
            Read::Bundle(input) if self.named.is_some() || self.provenance.is_some() => {
                if !self.without_artifacts {
                    input.artifacts.mode = ArtifactMode::Loose;
                }
                input.artifacts.files.extend(artifacts);
            }
            Read::Bundle(_) => {}
            Read::Other(other) => other.artifacts.extend(artifacts),
        }
        Ok(read)
    }
}

fn documents(provenance: &Source, evidence: &Source, request: &Request) -> Result<Input, Fault> {
    let mut input = Input {
        // One byte more than they may have, so that the appraisal sees that they are too many.
        provenance: provenance.bytes(PROVENANCE_BYTES.saturating_add(1))?,
        evidence: evidence.bytes(EVIDENCE_BYTES.saturating_add(1))?,
        collateral: request.collateral.clone(),
        ..Input::default()
    };
    input.artifacts.mode = ArtifactMode::Without;
    input.artifacts.subjects.clone_from(&request.subjects);
    Ok(input)
}

/// Paths, or names with sources.
fn artifacts(options: &Options<'_>) -> PyResult<(Vec<PathBuf>, Option<Named>)> {
    let Some(given) = options.any("artifacts")? else { return Ok((Vec::new(), None)) };
    if let Ok(mapping) = given.cast::<PyMapping>() {
        let named = mapping.items()?.iter().map(|item| item.extract()).collect::<PyResult<_>>()?;
        return Ok((Vec::new(), Some(named)));
    }
    if given.is_instance_of::<pyo3::types::PyString>() {
        return Err(PyTypeError::new_err(
            "artifacts takes a list of paths, or a mapping of names to sources",
        ));
    }
    let paths = given.try_iter()?.map(|path| path?.extract()).collect::<PyResult<_>>()?;
    Ok((paths, None))
}

fn collateral(sources: &[Source]) -> Result<Collateral, Fault> {
    let mut collateral = Collateral::default();
    for source in sources {
        collateral_from_bytes(&source.bytes(COLLATERAL_BYTES)?, &source.name(), &mut collateral)?;
    }
    Ok(collateral)
}

/// Hardware evidence as it was given.
pub(crate) struct Evidence {
    files: Vec<Source>,
    report_data: Option<String>,
}

impl Evidence {
    pub(crate) fn new(files: &Bound<'_, PyTuple>, options: &Options<'_>) -> PyResult<Self> {
        let mut files = files.iter().map(|file| file.extract()).collect::<PyResult<Vec<Source>>>()?;
        files.extend(options.list::<Source>("collateral")?);
        if files.is_empty() {
            return Err(PyTypeError::new_err("give the evidence"));
        }
        Ok(Self { files, report_data: options.take("report_data")? })
    }

    pub(crate) fn appraise(&self, py: Python<'_>, settings: &SettingsGiven) -> PyResult<Verdict> {
        let done = py.detach(|| -> Result<Verdict, Fault> {
            let terms = settings.terms()?;
            let mut parts = EvidenceParts::default();
            for file in &self.files {
                parts.add(&file.name(), file.bytes(EVIDENCE_BYTES.saturating_add(1))?)?;
            }
            let input = parts.finish()?;
            Ok(terms.appraise(&input.content(self.report_data.as_deref())?))
        });
        done.map_err(|fault| fault.raised(py))
    }
}

/// Tells of progress, and lets the user's Ctrl-C through.
struct Watching<'p> {
    progress: Option<&'p Py<PyAny>>,
    pieces: u32,
    error: Option<PyErr>,
}

impl Watching<'_> {
    fn take(&mut self, progress: Progress<'_>) -> ControlFlow<()> {
        self.pieces = self.pieces.wrapping_add(1);
        if self.progress.is_none() && !self.pieces.is_multiple_of(PIECES) {
            return ControlFlow::Continue(());
        }
        let goes_on = Python::attach(|py| {
            py.check_signals()?;
            let Some(callback) = self.progress else { return Ok(true) };
            let answer = callback.call1(py, (progress.name, progress.done, progress.total))?;
            Ok(!answer.bind(py).is(pyo3::types::PyBool::new(py, false)))
        });
        match goes_on {
            Ok(true) => ControlFlow::Continue(()),
            Ok(false) => ControlFlow::Break(()),
            Err(error) => {
                self.error = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}
