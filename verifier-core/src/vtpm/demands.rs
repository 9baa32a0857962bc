//! What the policy demands of the runtime data and of the virtual TPM. What it demands and the
//! machine does not say is not satisfied; what it does not demand is only shown.

use alloc::format;
use alloc::string::ToString;

use super::quote::AuthenticQuote;
use super::runtime::{self, BoundRuntime, pointer};
use crate::log::{Finding, Log};
use crate::policy::AzureRules;
use crate::verdict::{Authority, CheckSpec, Stage, checks};

const CLAUSE: &str = "platforms.md, 17";
const MEND: &str =
    "have the build repeated on a machine of the demanded configuration, or change `azure` in the policy";

const fn check(id: &'static str, title: &'static str) -> CheckSpec {
    CheckSpec::new(id, Stage::Machine, Authority::Hardware, title, CLAUSE, MEND).waivable()
}

checks! {
    /// The checks of the policy's demands.
    CHECKS;

    /// Secure Boot is as the policy demands.
    SECURE_BOOT = check("az.vm.secure_boot", "Secure Boot is as the policy demands");
    /// The virtual TPM is as the policy demands.
    TPM_ENABLED = check("az.vm.tpm_enabled", "the machine's TPM setting is as the policy demands");
    /// The serial console is as the policy demands.
    CONSOLE_ENABLED = check("az.vm.console_enabled", "the machine's console setting is as the policy demands");
    /// The user data is what the policy names.
    USER_DATA = check("az.vm.user_data", "the runtime data's user data is one that the policy names");
    /// The firmware of the virtual TPM is not below the policy's floor.
    FIRMWARE_VERSION =
        check("az.quote.firmware_version", "the firmware of the virtual TPM is not below the policy's floor");
    /// The reset count is one that the policy names.
    RESET_COUNT = check("az.quote.reset_count", "the reset count of the virtual TPM is one that the policy names");
}

/// Appraises the runtime data.
pub(crate) fn runtime(rules: Option<&AzureRules>, runtime: &BoundRuntime<'_>, log: &mut Log<'_>) {
    let flags = [
        (&SECURE_BOOT, rules.and_then(|rules| rules.secure_boot), runtime::SECURE_BOOT),
        (&TPM_ENABLED, rules.and_then(|rules| rules.tpm_enabled), runtime::TPM_ENABLED),
        (&CONSOLE_ENABLED, rules.and_then(|rules| rules.console_enabled), runtime::CONSOLE_ENABLED),
    ];
    for (spec, demanded, name) in flags {
        let found = runtime.flag(name);
        let shown = found.map_or_else(|| ABSENT.into(), |flag| flag.to_string());
        let expected = demanded.map_or_else(|| UNDEMANDED.into(), |flag| flag.to_string());
        let place = pointer(&format!("vm-configuration/{name}"));
        log.assess(spec, demanded.is_none() || demanded == found, Finding::new(expected, shown).at(place));
    }
    user_data(rules, runtime, log);
}

fn user_data(rules: Option<&AzureRules>, runtime: &BoundRuntime<'_>, log: &mut Log<'_>) {
    let found = runtime.user_data();
    let demanded = rules.and_then(|rules| rules.user_data.as_ref());
    let holds = demanded.is_none_or(|taken| found.as_ref().is_some_and(|found| taken.contains(found)));
    let expected = demanded.map_or_else(|| UNDEMANDED.into(), |taken| taken.join(" or "));
    let shown = found.as_deref().unwrap_or(ABSENT);
    log.assess(&USER_DATA, holds, Finding::new(expected, shown).at(pointer("user-data")));
}

/// Appraises the quote.
pub(crate) fn quote(rules: Option<&AzureRules>, quote: &AuthenticQuote<'_>, log: &mut Log<'_>) {
    let attest = quote.attest();
    let floor = rules.and_then(|rules| rules.minimum_tpm_firmware.as_deref());
    let found = format!("{:016x}", attest.firmware_version);
    // Both are 16 characters of lower-case hex, so the order of the texts is that of the numbers.
    let holds = floor.is_none_or(|floor| floor.len() == found.len() && floor <= found.as_str());
    let expected = floor.map_or_else(|| UNDEMANDED.into(), |floor| format!("at least {floor}"));
    log.assess(&FIRMWARE_VERSION, holds, Finding::new(expected, &found).at("vtpm.firmware_version"));
    let taken = rules.and_then(|rules| rules.reset_counts.as_ref());
    let holds = taken.is_none_or(|taken| taken.contains(&attest.reset_count));
    let expected = taken.map_or_else(|| UNDEMANDED.into(), |taken| format!("one of {taken:?}"));
    let finding = Finding::new(expected, attest.reset_count.to_string()).at("vtpm.reset_count");
    log.assess(&RESET_COUNT, holds, finding);
}

const UNDEMANDED: &str = "no value is demanded";
const ABSENT: &str = "the machine does not say";
