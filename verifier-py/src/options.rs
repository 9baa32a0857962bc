//! Keyword arguments, and the settings among them.

use std::time::{SystemTime, UNIX_EPOCH};

use kettle_verifier_core::Timestamp;
use kettle_verifier_core::limits::POLICY_BYTES;
use kettle_verifier_core::request::{Settings, Terms};
use kettle_verifier_io::public_key_from_bytes;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::Fault;
use crate::source::Source;

/// Keyword arguments, each taken once.
pub(crate) struct Options<'py>(Option<Bound<'py, PyDict>>);

impl<'py> Options<'py> {
    pub(crate) fn new(given: Option<&Bound<'py, PyDict>>) -> PyResult<Self> {
        given.map(|given| given.copy()).transpose().map(Self)
    }

    /// The argument of this name; `None` stands for its absence.
    pub(crate) fn any(&self, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(left) = &self.0 else { return Ok(None) };
        let value = left.get_item(name)?;
        if value.is_some() {
            left.del_item(name)?;
        }
        Ok(value.filter(|value| !value.is_none()))
    }

    pub(crate) fn take<T>(&self, name: &str) -> PyResult<Option<T>>
    where
        T: for<'a> FromPyObject<'a, 'py, Error = PyErr>,
    {
        self.any(name)?.map(|value| value.extract()).transpose()
    }

    /// A list of whatever iterates; a single text or bytes is a mistake and no list.
    pub(crate) fn list<T>(&self, name: &str) -> PyResult<Vec<T>>
    where
        T: for<'a> FromPyObject<'a, 'py, Error = PyErr>,
    {
        let Some(value) = self.any(name)? else { return Ok(Vec::new()) };
        if value.is_instance_of::<pyo3::types::PyString>() || value.is_instance_of::<pyo3::types::PyBytes>() {
            return Err(PyTypeError::new_err(format!("{name} takes a list")));
        }
        value.try_iter()?.map(|entry| entry?.extract()).collect()
    }

    pub(crate) fn flag(&self, name: &str) -> PyResult<bool> {
        Ok(self.take(name)?.unwrap_or(false))
    }

    /// Whatever nobody took has no meaning.
    pub(crate) fn finish(self) -> PyResult<()> {
        match self.0.as_ref().and_then(|left| left.keys().get_item(0).ok()) {
            None => Ok(()),
            Some(name) => Err(PyTypeError::new_err(format!("unexpected keyword argument '{name}'"))),
        }
    }
}

/// The settings as they were given.
pub(crate) struct SettingsGiven {
    now: Option<String>,
    policy: Option<Source>,
    policy_keys: Vec<Source>,
    policy_minimum_version: Option<u64>,
    trust_root: Option<Source>,
    nonce: Option<String>,
    source: Option<String>,
    insecure_allow_debug: bool,
}

impl SettingsGiven {
    pub(crate) fn new(options: &Options<'_>) -> PyResult<Self> {
        Ok(Self {
            now: options.any("at")?.map(|at| time(&at)).transpose()?,
            policy: options.take("policy")?,
            policy_keys: options.list("policy_keys")?,
            policy_minimum_version: options.take("policy_minimum_version")?,
            trust_root: options.take("trust_root")?,
            nonce: options.take("nonce")?,
            source: options.take("source")?,
            insecure_allow_debug: options.flag("insecure_allow_debug")?,
        })
    }

    /// Reads them.
    pub(crate) fn terms(&self) -> Result<Terms, Fault> {
        let bytes =
            |source: &Option<Source>| source.as_ref().map(|given| given.bytes(POLICY_BYTES)).transpose();
        let key = |given: &Source| Ok(public_key_from_bytes(given.bytes(POLICY_BYTES)?, &given.name())?);
        let (policy, trust_root) = (bytes(&self.policy)?, bytes(&self.trust_root)?);
        let keys = self.policy_keys.iter().map(key).collect::<Result<Vec<_>, Fault>>()?;
        let now = match &self.now {
            Some(now) => now.clone(),
            None => clock()?,
        };
        let settings = Settings {
            now: &now,
            policy: policy.as_deref(),
            policy_keys: keys.iter().map(Vec::as_slice).collect(),
            policy_minimum_version: self.policy_minimum_version,
            trust_root: trust_root.as_deref(),
            nonce: self.nonce.as_deref(),
            source: self.source.as_deref(),
            insecure_allow_debug: self.insecure_allow_debug,
        };
        Ok(settings.terms()?)
    }
}

/// A text as it is, or what a `datetime` writes. One without a time zone is refused by the appraisal.
fn time(at: &Bound<'_, PyAny>) -> PyResult<String> {
    if at.hasattr("isoformat")? { at.call_method0("isoformat")?.extract() } else { at.extract() }
}

fn clock() -> PyResult<String> {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    elapsed
        .and_then(|elapsed| Timestamp::from_unix(elapsed.as_secs()))
        .map(Timestamp::to_rfc3339)
        .ok_or_else(|| PyRuntimeError::new_err("the system clock is before 1970 or beyond 9999"))
}
