//! A bundle opened step by step: JavaScript moves the bytes, and is told here which.

use alloc::string::String;
use alloc::vec::Vec;

use kettle_verifier_core::bundle::{Artifact, ArtifactMode};
use kettle_verifier_core::request::BundleKind;
use kettle_verifier_io::{self as io, Part, Seen, Task};
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::fault::{Answer, Fault, thrown};

/// What was given, and how far its opening has come.
#[wasm_bindgen]
pub struct Opening {
    files: Vec<(String, u64)>,
    subjects: Vec<String>,
    without_artifacts: bool,
    inner: Option<io::Opening>,
}

/// A task as one flat object; what has no meaning for its kind is zero.
#[derive(Default, Serialize)]
struct Step<'a> {
    kind: &'a str,
    file: usize,
    offset: u64,
    bytes: u64,
    name: &'a str,
    size: u64,
    keep: usize,
    packed: bool,
}

#[wasm_bindgen]
impl Opening {
    /// Nothing was given yet.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new(without_artifacts: bool) -> Self {
        Self { files: Vec::new(), subjects: Vec::new(), without_artifacts, inner: None }
    }

    /// Whether a folder below the one that was given has files that matter.
    #[must_use]
    pub fn enters(path: &str) -> bool {
        io::Opening::enters(path)
    }

    /// One file by its name and size.
    pub fn file(&mut self, name: String, size: u64) {
        self.files.push((name, size));
    }

    /// One subject that is asked for.
    pub fn subject(&mut self, name: String) {
        self.subjects.push(name);
    }

    /// What to do next, as JSON.
    ///
    /// # Errors
    /// Why nothing can be opened.
    pub fn task(&mut self) -> Answer<String> {
        let inner = match &mut self.inner {
            Some(inner) => inner,
            None => {
                let files = core::mem::take(&mut self.files);
                let subjects = core::mem::take(&mut self.subjects);
                self.inner.insert(io::Opening::new(files, subjects, self.without_artifacts).map_err(thrown)?)
            }
        };
        let task = inner.task().map_err(thrown)?;
        Ok(serde_json::to_string(&Step::from(&task)).unwrap_or_default())
    }

    /// The bytes that were asked for.
    ///
    /// # Errors
    /// Why nothing can be opened.
    pub fn took(&mut self, bytes: Vec<u8>) -> Answer<()> {
        self.inner.as_mut().map_or(Ok(()), |inner| inner.took(bytes)).map_err(thrown)
    }

    /// What was hashed.
    ///
    /// # Errors
    /// Why nothing can be opened.
    pub fn passed(&mut self, sha256: &[u8], size: u64, head: Vec<u8>, crc: u32) -> Answer<()> {
        let sha256 =
            sha256.try_into().map_err(|_| thrown(Fault::document("/sha256", "expected 32 bytes")))?;
        self.inner.as_mut().map_or(Ok(()), |inner| inner.passed(sha256, size, head, crc)).map_err(thrown)
    }

    /// How many bytes were left out.
    ///
    /// # Errors
    /// Why nothing can be opened.
    pub fn skipped(&mut self, bytes: u64) -> Answer<()> {
        self.inner.as_mut().map_or(Ok(()), |inner| inner.skipped(bytes)).map_err(thrown)
    }

    /// A piece of the end.
    ///
    /// # Errors
    /// Why nothing can be opened.
    pub fn rest(&self, bytes: &[u8]) -> Answer<()> {
        self.inner.as_ref().map_or(Ok(()), |inner| inner.rest(bytes)).map_err(thrown)
    }

    /// How many bytes more were unpacked.
    ///
    /// # Errors
    /// Where they are as many as those of a bomb.
    pub fn unpacked(&mut self, bytes: u64) -> Answer<()> {
        self.inner.as_mut().map_or(Ok(()), |inner| inner.unpacked(bytes)).map_err(thrown)
    }

    /// Why the archive can't be unpacked.
    ///
    /// # Errors
    /// Always.
    pub fn broken(&self, reason: &str) -> Answer<()> {
        self.inner.as_ref().map_or(Ok(()), |inner| Err(inner.broken(reason))).map_err(thrown)
    }

    /// What was opened, once all is done.
    ///
    /// # Errors
    /// Why nothing can be opened.
    pub fn finish(self) -> Answer<Opened> {
        self.inner.map_or_else(|| Ok(io::Opened::default()), io::Opening::finish).map(Opened).map_err(thrown)
    }
}

impl<'a> From<&'a Task> for Step<'a> {
    fn from(task: &'a Task) -> Self {
        let wide = |bytes: usize| u64::try_from(bytes).unwrap_or(u64::MAX);
        match task {
            Task::Head { file, bytes } => {
                Self { kind: "range", file: *file, bytes: wide(*bytes), ..Self::default() }
            }
            Task::File { file, keep } => Self { kind: "file", file: *file, keep: *keep, ..Self::default() },
            Task::Unpack { file, gzip } => {
                Self { kind: "unpack", file: *file, packed: *gzip, ..Self::default() }
            }
            Task::Block { bytes } => Self { kind: "block", bytes: *bytes, ..Self::default() },
            Task::Member { name, size, keep } => {
                Self { kind: "member", name, size: *size, keep: *keep, ..Self::default() }
            }
            Task::Skip { bytes } => Self { kind: "skip", bytes: *bytes, ..Self::default() },
            Task::Rest => Self { kind: "rest", ..Self::default() },
            Task::Range { file, offset, bytes } => {
                Self { kind: "range", file: *file, offset: *offset, bytes: *bytes, ..Self::default() }
            }
            Task::Slice { file, offset, bytes, deflated, name, size, keep } => Self {
                kind: "slice",
                file: *file,
                offset: *offset,
                bytes: *bytes,
                name,
                size: *size,
                keep: *keep,
                packed: *deflated,
            },
            _ => Self { kind: "done", ..Self::default() },
        }
    }
}

impl<'a> From<&'a Artifact> for File<'a> {
    fn from(artifact: &'a Artifact) -> Self {
        let Artifact { name, size, sha256 } = artifact;
        Self { name, size: *size, sha256: Some(sha256), role: Part::Artifact.name(), reason: "" }
    }
}

impl<'a> From<&'a Seen> for File<'a> {
    fn from(seen: &'a Seen) -> Self {
        let Seen { name, sha256, size, part, reason } = seen;
        Self { name, size: *size, sha256: sha256.as_ref(), role: part.name(), reason }
    }
}

/// A bundle has one of each document, and any number of artifacts.
const fn needed(part: &Part) -> &'static str {
    match part {
        Part::Artifact => "artifacts",
        part => part.name(),
    }
}

/// What was opened.
#[wasm_bindgen]
pub struct Opened(io::Opened);

#[derive(Serialize)]
struct Summary<'a> {
    kind: Option<BundleKind>,
    mode: Option<ArtifactMode>,
    artifacts: Vec<File<'a>>,
    subjects: &'a [String],
    files: Vec<File<'a>>,
    missing: Vec<&'a str>,
}

#[derive(Serialize)]
struct File<'a> {
    name: &'a str,
    size: u64,
    sha256: Option<&'a [u8; 32]>,
    role: &'a str,
    reason: &'a str,
}

#[wasm_bindgen]
impl Opened {
    /// All but the bytes, as JSON.
    #[must_use]
    pub fn summary(&self) -> String {
        let io::Opened { content, files, missing, .. } = &self.0;
        let given = content.iter().flat_map(|content| &content.artifacts.files);
        let summary = Summary {
            kind: content.as_ref().map(|content| content.kind),
            mode: content.as_ref().map(|content| content.artifacts.mode),
            artifacts: given.map(File::from).collect(),
            subjects: content.as_ref().map_or(&[], |content| &content.artifacts.subjects),
            files: files.iter().map(File::from).collect(),
            missing: missing.iter().map(needed).collect(),
        };
        serde_json::to_string(&summary).unwrap_or_default()
    }

    /// The bytes of a part, of those that come more than once the one of this number.
    #[must_use]
    pub fn bytes(&self, part: &str, index: usize) -> Option<Vec<u8>> {
        let io::Opened { content, policy, trust_root, .. } = &self.0;
        let content = content.as_ref();
        match part {
            "policy" => policy.clone(),
            "trust_root" => trust_root.clone(),
            "provenance" => content.map(|content| content.provenance.clone()),
            "evidence" => content.map(|content| content.evidence.clone()),
            "certificates" => content?.collateral.certificates.get(index).cloned(),
            "crls" => content?.collateral.crls.get(index).cloned(),
            "intel" => content?.collateral.intel.get(index).cloned(),
            _ => None,
        }
    }
}
