//! The verifier as Python asks for it. It translates, and nothing is decided here.
//!
//! The package around it is in `python/kettle_verify`, with the types in its stubs.

mod content;
mod errors;
mod options;
mod reading;
mod source;
#[rustfmt::skip]
mod types;

use std::ffi::OsString;

use kettle_verifier_core::emit::{Emission, EmitFormat};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::content::Pieces;
use crate::options::{Options, SettingsGiven};
use crate::reading::{Evidence, Given};
use crate::source::Source;
use crate::types::Verdict;

/// Appraises a build and returns the verdict, whatever its outcome is.
///
/// `bundle` are paths: a folder, an archive, or loose files in any order. Instead of them the documents
/// can be given by `provenance=` and `evidence=`, with the artifacts by `artifacts=`. What is called a
/// source below is bytes, a path, or a binary file object, which is read to its end.
///
/// What is appraised:
///   provenance, evidence: sources of the two documents, instead of `bundle`.
///   artifacts: paths to check instead of the bundle's own artifacts; or a mapping of names to sources.
///   subjects: names of the subjects to check; without it all of them.
///   without_artifacts: appraises the documents alone.
///   input_hash, output_hash: 32 bytes of hex, expected of a TEE Compile report.
///
/// What it is appraised under:
///   policy: source of a policy document, or of one in a signed envelope.
///   policy_keys: sources of public keys (PEM or DER, on P-256 or P-384) of which one must have signed it.
///   policy_minimum_version: lowest version of a signed policy.
///   trust_root: source of a trust-root file.
///   collateral: sources of certificates, revocation lists and Intel's collateral.
///   at: the time of appraisal, as RFC 3339 text or as a `datetime` with time zone; the clock without it.
///   nonce: 32 characters of lower-case hex.
///   source: `URI` or `URI@COMMIT`, the source that is demanded.
///   insecure_allow_debug: takes debug guests, whose memory is open to the host.
///
/// progress(name, done, total) is called while artifacts are hashed, with byte counts; `total` is None
/// where it isn't known. If it returns False, `Cancelled` is raised.
///
/// Raises RequestError where an argument is refused, InputError where something can't be read.
#[pyfunction]
#[pyo3(signature = (*bundle, **options), text_signature = "(*bundle, **options)")]
fn appraise(bundle: &Bound<'_, PyTuple>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Verdict> {
    let options = Options::new(options)?;
    let given = Given::new(bundle, &options)?;
    let settings = SettingsGiven::new(&options)?;
    options.finish()?;
    given.appraise(bundle.py(), &settings).map(Verdict)
}

/// Appraises a build as `appraise` does, and raises VerificationFailed unless it is verified. The exception
/// has the verdict.
#[pyfunction]
#[pyo3(signature = (*bundle, **options), text_signature = "(*bundle, **options)")]
fn verify(bundle: &Bound<'_, PyTuple>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Verdict> {
    let verdict = appraise(bundle, options)?;
    if verdict.0.is_verified() { Ok(verdict) } else { Err(errors::failed(bundle.py(), verdict)) }
}

/// Appraises hardware evidence alone, without a build.
///
/// `files` are sources in any order, told apart by what is in them: an evidence.json, a raw report or
/// quote, certificates, revocation lists. `report_data` is 1 to 64 bytes of hex that the report is expected
/// to carry, without padding. The other options are those of `appraise` that say what it is appraised
/// under.
///
/// Raises RequestError where an argument is refused, InputError where something can't be read.
#[pyfunction]
#[pyo3(signature = (*files, **options), text_signature = "(*files, report_data=None, **options)")]
fn appraise_evidence(files: &Bound<'_, PyTuple>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Verdict> {
    let options = Options::new(options)?;
    let evidence = Evidence::new(files, &options)?;
    let settings = SettingsGiven::new(&options)?;
    options.finish()?;
    evidence.appraise(files.py(), &settings).map(Verdict)
}

/// Appraises what is given piece by piece, under the names of schema/bundle.v1.json.
///
/// `kind` is "bundle", "evidence", "attestable_build" or "tee_compile"; `evidence` a source of evidence.json
/// or of the other system's document. What the kind has beside it: `provenance`, a source;
/// `artifacts_mode`, "folder", "loose" or "without"; `artifacts`, a list of pairs of name and source;
/// `subjects`; `certificates`, `crls` (DER) and `intel`, lists of sources; `report_data` bytes; `input_hash`
/// and `output_hash` of 32 bytes. The other options are those of `appraise` that say what it is appraised
/// under.
///
/// Raises RequestError where an argument is refused, InputError where something can't be read.
#[pyfunction]
#[pyo3(signature = (kind, evidence, **options), text_signature = "(kind, evidence, **options)")]
fn appraise_content(
    kind: &str,
    evidence: &Bound<'_, PyAny>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<Verdict> {
    let options = Options::new(options)?;
    let pieces = Pieces::new(kind, evidence.extract::<Source>()?, &options)?;
    let settings = SettingsGiven::new(&options)?;
    options.finish()?;
    pieces.appraise(evidence.py(), &settings).map(Verdict)
}

/// Verifies a build as `verify` does, and returns digests of its artifacts as those take them who pin
/// digests.
///
/// `format` is "pip-hashes" (lines for `pip install --require-hashes`), "sha256sums", "npm-integrity",
/// "nix-hash" or "cyclonedx". `dangerously_emit_unverified` gives them whatever the outcome is.
///
/// Raises VerificationFailed unless the build is verified, NothingToEmit where it has nothing for the
/// format, and what `appraise` raises.
#[pyfunction]
#[pyo3(signature = (*bundle, **options), text_signature = "(*bundle, format='pip-hashes', dangerously_emit_unverified=False, **options)")]
fn hashes(bundle: &Bound<'_, PyTuple>, options: Option<&Bound<'_, PyDict>>) -> PyResult<String> {
    let options = Options::new(options)?;
    let format = match options.take::<String>("format")? {
        None => EmitFormat::PipHashes,
        Some(name) => EmitFormat::from_name(&name)
            .ok_or_else(|| PyValueError::new_err(format!("no format is called {name:?}")))?,
    };
    let dangerously_emit_unverified = options.flag("dangerously_emit_unverified")?;
    let given = Given::new(bundle, &options)?;
    let settings = SettingsGiven::new(&options)?;
    options.finish()?;
    let emission = Emission { format, dangerously_emit_unverified };
    let (verdict, pins) = given.emit(bundle.py(), &settings, emission)?;
    pins.map_err(|why| errors::not_emitted(bundle.py(), why, Verdict(verdict)))
}

/// Runs the `kettle-verify` command with these arguments, of which the first is the program's name, and
/// returns the exit code. It writes to the process's own standard output and standard error.
#[pyfunction]
fn command(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| kettle_verify_cli::main(arguments))
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("conformance", kettle_verifier_core::CONFORMANCE)?;
    types::register(module)?;
    module.add_function(wrap_pyfunction!(appraise, module)?)?;
    module.add_function(wrap_pyfunction!(verify, module)?)?;
    module.add_function(wrap_pyfunction!(appraise_evidence, module)?)?;
    module.add_function(wrap_pyfunction!(appraise_content, module)?)?;
    module.add_function(wrap_pyfunction!(hashes, module)?)?;
    module.add_function(wrap_pyfunction!(command, module)?)
}
