//! What all appraisals share: the policy, the roots, the time, and showing the verdict.

use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use kettle_verifier_core::limits::POLICY_BYTES;
use kettle_verifier_core::policy::{PolicyKey, SignedPolicyRules};
use kettle_verifier_core::{Collateral, Policy, Timestamp, TrustRoots, Verdict};
use kettle_verifier_io::{read_collateral, read_public_key, read_small};

use crate::args::{DemandArgs, KeyArgs, OutputArgs, TimeArgs, TrustArgs};
use crate::failure::Failure;
use crate::report::{self, Context};

/// The time of appraisal, and whether the clock said it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Now {
    pub(crate) time: Timestamp,
    pub(crate) clock: bool,
}

/// The policy that the options make.
pub(crate) fn policy(given: &DemandArgs, now: Now) -> Result<Policy, Failure> {
    let policy = match &given.policy {
        None => Policy::default(),
        Some(path) => policy_file(path, &given.keys, now)?,
    };
    Ok(if given.insecure_allow_debug { policy.insecure_allow_debug() } else { policy })
}

/// Reads a policy. Where keys are named, one of them must have signed it.
pub(crate) fn policy_file(path: &Path, given: &KeyArgs, now: Now) -> Result<Policy, Failure> {
    let keys = given.policy_key.iter().map(|path| policy_key(path)).collect::<Result<Vec<_>, _>>()?;
    let bytes = read_small(path, POLICY_BYTES)?;
    let policy = if keys.is_empty() {
        if Policy::is_envelope(&bytes) {
            return Err(Failure::in_file(
                path,
                &"a signed policy; name the key that you trust with --policy-key",
            ));
        }
        Policy::from_json(&bytes)
    } else {
        let rules = SignedPolicyRules { now: now.time, minimum_version: given.policy_minimum_version };
        Policy::from_signed(&bytes, &keys, rules)
    };
    policy.map_err(|error| Failure::in_file(path, &error))
}

fn policy_key(path: &Path) -> Result<PolicyKey, Failure> {
    PolicyKey::from_spki_der(&read_public_key(path)?)
        .ok_or_else(|| Failure::in_file(path, &"expected a public key on P-256 or P-384, in PEM or DER"))
}

/// The trusted roots.
pub(crate) fn roots(given: &TrustArgs) -> Result<TrustRoots, Failure> {
    let Some(path) = &given.trust_root else { return Ok(TrustRoots::pinned()) };
    let bytes = read_small(path, POLICY_BYTES)?;
    TrustRoots::from_json(&bytes).map_err(|error| Failure::in_file(path, &error))
}

/// The collateral that the options name.
pub(crate) fn collateral(given: &TrustArgs) -> Result<Collateral, Failure> {
    let mut collateral = Collateral::default();
    given.collateral.iter().try_for_each(|path| read_collateral(path, &mut collateral))?;
    Ok(collateral)
}

/// Puts what was named before what the bundle brought.
pub(crate) fn put_first(named: Collateral, brought: &mut Collateral) {
    let Collateral { certificates, crls, intel } = named;
    brought.certificates.splice(0..0, certificates);
    brought.crls.splice(0..0, crls);
    brought.intel.splice(0..0, intel);
}

/// The time that is given, or the system clock's.
pub(crate) fn now(given: &TimeArgs) -> Result<Now, Failure> {
    if let Some(text) = &given.at {
        let time = Timestamp::from_rfc3339(text).ok_or_else(|| {
            Failure::new(format!("--at `{text}`: expected a time such as 2026-03-05T08:00:00Z"))
        })?;
        return Ok(Now { time, clock: false });
    }
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|elapsed| Timestamp::from_unix(elapsed.as_secs()))
        .map(|time| Now { time, clock: true })
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
