//! What all appraisals share: what the options say, and showing the verdict.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use kettle_verifier_core::limits::POLICY_BYTES;
use kettle_verifier_core::request::{RequestError, RequestErrorCode, Settings, Terms};
use kettle_verifier_core::{Collateral, Timestamp, Verdict};
use kettle_verifier_io::{read_collateral, read_public_key, read_small};

use crate::args::{
    CollateralArgs, DemandArgs, EvidenceArgs, KeyArgs, OutputArgs, PolicyInitArgs, ProofArgs, TimeArgs,
    VerifyArgs,
};
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::report::{self, Context};

/// The settings as options say them.
#[derive(Debug, Default)]
pub(crate) struct Asked<'a> {
    pub(crate) policy: Option<&'a Path>,
    pub(crate) keys: Option<&'a KeyArgs>,
    pub(crate) trust_root: Option<&'a Path>,
    pub(crate) at: Option<&'a str>,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) source: Option<&'a str>,
    pub(crate) insecure_allow_debug: bool,
}

impl<'a> From<&'a DemandArgs> for Asked<'a> {
    fn from(given: &'a DemandArgs) -> Self {
        Self {
            policy: given.policy.as_deref(),
            keys: Some(&given.keys),
            insecure_allow_debug: given.insecure_allow_debug,
            ..Self::default()
        }
    }
}

impl<'a> From<&'a VerifyArgs> for Asked<'a> {
    fn from(given: &'a VerifyArgs) -> Self {
        Self {
            trust_root: given.trust.trust_root.as_deref(),
            at: given.trust.time.at.as_deref(),
            nonce: given.nonce.as_deref(),
            source: given.source.as_deref(),
            ..Self::from(&given.demands)
        }
    }
}

impl<'a> From<&'a EvidenceArgs> for Asked<'a> {
    fn from(given: &'a EvidenceArgs) -> Self {
        Self {
            trust_root: given.trust.trust_root.as_deref(),
            at: given.trust.time.at.as_deref(),
            ..Self::from(&given.demands)
        }
    }
}

impl<'a> From<&'a ProofArgs> for Asked<'a> {
    fn from(given: &'a ProofArgs) -> Self {
        Self {
            trust_root: given.trust.trust_root.as_deref(),
            at: given.trust.time.at.as_deref(),
            ..Self::from(&given.demands)
        }
    }
}

impl<'a> From<&'a PolicyInitArgs> for Asked<'a> {
    fn from(given: &'a PolicyInitArgs) -> Self {
        Self { trust_root: given.trust.trust_root.as_deref(), ..Self::from(&given.trust.time) }
    }
}

impl<'a> From<&'a CollateralArgs> for Asked<'a> {
    fn from(given: &'a CollateralArgs) -> Self {
        Self {
            policy: given.policy.as_deref(),
            keys: Some(&given.keys),
            trust_root: given.trust.trust_root.as_deref(),
            ..Self::from(&given.trust.time)
        }
    }
}

impl<'a> From<&'a TimeArgs> for Asked<'a> {
    fn from(given: &'a TimeArgs) -> Self {
        Self { at: given.at.as_deref(), ..Self::default() }
    }
}

impl Asked<'_> {
    /// Reads the files that the options name, and what is in them.
    pub(crate) fn terms(&self) -> Result<Terms, Failure> {
        let small = |path: Option<&Path>| path.map(|path| read_small(path, POLICY_BYTES)).transpose();
        let keys =
            self.key_files().iter().map(|path| read_public_key(path)).collect::<Result<Vec<_>, _>>()?;
        let (policy, trust_root) = (small(self.policy)?, small(self.trust_root)?);
        let now = self.at.map_or_else(clock, |text| Ok(text.into()))?;
        let settings = Settings {
            now: &now,
            policy: policy.as_deref(),
            policy_keys: keys.iter().map(Vec::as_slice).collect(),
            policy_minimum_version: self
                .keys
                .filter(|_| !keys.is_empty())
                .map(|keys| keys.policy_minimum_version),
            trust_root: trust_root.as_deref(),
            nonce: self.nonce,
            source: self.source,
            insecure_allow_debug: self.insecure_allow_debug,
        };
        settings.terms().map_err(|error| self.refused(&error))
    }

    /// Whether the time of appraisal is the system clock's.
    pub(crate) const fn by_clock(&self) -> bool {
        self.at.is_none()
    }

    fn key_files(&self) -> &[PathBuf] {
        self.keys.map(|keys| keys.policy_key.as_slice()).unwrap_or_default()
    }

    /// The refusal with the file or the option that it is about.
    fn refused(&self, error: &RequestError) -> Failure {
        let key = error.location.strip_prefix("/policy_keys/").and_then(|index| index.parse::<usize>().ok());
        let key = key.and_then(|index| self.key_files().get(index)).map(PathBuf::as_path);
        let file = match error.code {
            RequestErrorCode::Policy => self.policy,
            RequestErrorCode::PolicyKey => key.or(self.policy),
            RequestErrorCode::TrustRoot => self.trust_root,
            _ => None,
        };
        match file {
            Some(path) => Failure::in_file(path, &Failure::from(error.clone())),
            None => error.clone().into(),
        }
    }
}

/// The collateral in the files that the options name.
pub(crate) fn collateral(paths: &[PathBuf]) -> Result<Collateral, Failure> {
    let mut collateral = Collateral::default();
    paths.iter().try_for_each(|path| read_collateral(path, &mut collateral))?;
    Ok(collateral)
}

fn clock() -> Result<String, Failure> {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|elapsed| Timestamp::from_unix(elapsed.as_secs()))
        .map(Timestamp::to_rfc3339)
        .ok_or_else(|| Failure::new("the system clock is before 1970 or beyond 9999; say the time with --at"))
}

/// Shows a verdict as the options ask, and returns its exit code.
pub(crate) fn show(
    verdict: &Verdict,
    context: &Context<'_>,
    output: &OutputArgs,
    quiet: bool,
) -> Result<ExitCode, Failure> {
    if !quiet {
        let text =
            if output.json { format!("{}\n", verdict.to_json()) } else { report::report(verdict, context) };
        write(&text)?;
    }
    Ok(ExitCode::from(verdict.outcome.exit_code()))
}

/// Writes to standard output, without colour where none is wanted. A reader that went away, such as
/// `head`, changes nothing about the outcome.
pub(crate) fn write(text: &str) -> Result<(), Failure> {
    use std::io::Write as _;
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(Failure::from),
    }
}
