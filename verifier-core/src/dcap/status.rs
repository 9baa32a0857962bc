//! How the statuses of platform, TDX module and quoting enclave become one, as Intel's own library
//! does it.

use crate::policy::TcbStatus;

use TcbStatus::{
    ConfigurationAndSwHardeningNeeded, ConfigurationNeeded, OutOfDate, OutOfDateConfigurationNeeded, Revoked,
    SwHardeningNeeded, TdRelaunchAdvised, TdRelaunchAdvisedConfigurationNeeded, UpToDate,
};

/// The statuses that a TCB info may give to a level.
pub(super) const OF_PLATFORM: &[TcbStatus] = &[
    UpToDate,
    SwHardeningNeeded,
    ConfigurationNeeded,
    ConfigurationAndSwHardeningNeeded,
    OutOfDate,
    OutOfDateConfigurationNeeded,
    Revoked,
];

/// The statuses that a TCB info may give to a TDX module.
pub(super) const OF_MODULE: &[TcbStatus] = &[UpToDate, OutOfDate, Revoked];

/// The statuses that a QE identity may give.
pub(super) const OF_ENCLAVE: &[TcbStatus] =
    &[UpToDate, ConfigurationNeeded, OutOfDate, OutOfDateConfigurationNeeded, Revoked];

/// A platform's status with that of a part of it, the TDX module or the quoting enclave. A part that is
/// neither up to date nor revoked counts as one that is out of date, whatever else Intel says of it: its own
/// library knows no other statuses of a part than these three.
pub(super) const fn converge(platform: TcbStatus, part: TcbStatus) -> TcbStatus {
    match (part, platform) {
        (Revoked, _) | (_, Revoked) => Revoked,
        (UpToDate, _) => platform,
        (_, UpToDate | SwHardeningNeeded) => OutOfDate,
        (_, ConfigurationNeeded | ConfigurationAndSwHardeningNeeded) => OutOfDateConfigurationNeeded,
        _ => platform,
    }
}

/// The status of a TD from the levels at its launch and now: it was started on an old level, and the
/// platform was updated under it.
pub(super) const fn relaunch(launch: TcbStatus, now: TcbStatus) -> TcbStatus {
    match (launch, now) {
        (Revoked, _) | (_, Revoked) => Revoked,
        (OutOfDate, UpToDate | SwHardeningNeeded) => TdRelaunchAdvised,
        (OutOfDate, ConfigurationNeeded | ConfigurationAndSwHardeningNeeded)
        | (
            OutOfDateConfigurationNeeded,
            UpToDate | SwHardeningNeeded | ConfigurationNeeded | ConfigurationAndSwHardeningNeeded,
        ) => TdRelaunchAdvisedConfigurationNeeded,
        _ => launch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [TcbStatus; 7] = [
        UpToDate,
        SwHardeningNeeded,
        ConfigurationNeeded,
        ConfigurationAndSwHardeningNeeded,
        OutOfDate,
        OutOfDateConfigurationNeeded,
        Revoked,
    ];

    #[test]
    fn a_part_that_is_not_up_to_date_makes_the_platform_old() {
        for part in [OutOfDate, OutOfDateConfigurationNeeded, ConfigurationNeeded, SwHardeningNeeded] {
            assert_eq!(converge(UpToDate, part), OutOfDate);
            assert_eq!(converge(SwHardeningNeeded, part), OutOfDate);
            assert_eq!(converge(ConfigurationNeeded, part), OutOfDateConfigurationNeeded);
            assert_eq!(converge(ConfigurationAndSwHardeningNeeded, part), OutOfDateConfigurationNeeded);
            assert_eq!(converge(OutOfDate, part), OutOfDate);
            assert_eq!(converge(OutOfDateConfigurationNeeded, part), OutOfDateConfigurationNeeded);
        }
    }

    #[test]
    fn a_part_that_is_up_to_date_changes_nothing() {
        for platform in ALL {
            assert_eq!(converge(platform, UpToDate), platform);
        }
    }

    #[test]
    fn revoked_stays_revoked() {
        for other in ALL {
            assert_eq!(converge(Revoked, other), Revoked);
            assert_eq!(converge(other, Revoked), Revoked);
            assert_eq!(relaunch(Revoked, other), Revoked);
            assert_eq!(relaunch(other, Revoked), Revoked);
        }
    }

    #[test]
    fn only_an_old_launch_on_a_newer_platform_advises_a_relaunch() {
        assert_eq!(relaunch(OutOfDate, UpToDate), TdRelaunchAdvised);
        assert_eq!(relaunch(OutOfDate, SwHardeningNeeded), TdRelaunchAdvised);
        assert_eq!(relaunch(OutOfDate, ConfigurationNeeded), TdRelaunchAdvisedConfigurationNeeded);
        assert_eq!(relaunch(OutOfDateConfigurationNeeded, UpToDate), TdRelaunchAdvisedConfigurationNeeded);
        assert_eq!(relaunch(OutOfDate, OutOfDate), OutOfDate);
        assert_eq!(relaunch(UpToDate, OutOfDate), UpToDate);
        assert_eq!(relaunch(ConfigurationNeeded, UpToDate), ConfigurationNeeded);
    }
}
