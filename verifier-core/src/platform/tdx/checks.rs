//! The checks of a TD report, in pipeline order.

use crate::verdict::{Authority, CheckSpec, Stage, checks};

const ABI: &str = "Intel TDX Module ABI Specification (348551), TDREPORT_STRUCT";
const ATTRIBUTES: &str = "Intel TDX Module ABI Specification (348551), ATTRIBUTES";
const DAMAGED: &str = "fetch the bundle again; the evidence is damaged or forged";
const REBUILD: &str = "have the build repeated on a machine that meets the policy, or change the policy";

checks! {
    /// The envelope's fields.
    EVIDENCE;

    /// The evidence object has exactly the fields of the format.
    LAYOUT = CheckSpec::new(
        "tdx.evidence.layout", Stage::Evidence, Authority::Claim,
        "the evidence has exactly the fields of the format, in their encoding",
        "kettle-bundle.md, evidence.json",
        DAMAGED,
    );
}

checks! {
    /// What the TD report must say of itself.
    REPORT;

    /// The levels are not all zero.
    TCB_SVN = CheckSpec::new(
        "tdx.td.tcb_svn", Stage::Report, Authority::Hardware,
        "the TD's firmware levels are not all zero", ABI, DAMAGED,
    );
    /// Intel itself signed the TDX module.
    MODULE_SIGNER = CheckSpec::new(
        "tdx.td.module_signer", Stage::Report, Authority::Hardware,
        "MRSIGNERSEAM is zero, as it is for modules that Intel signed", "platforms.md, 23", REBUILD,
    );
    /// The module has no attributes.
    MODULE_ATTRIBUTES = CheckSpec::new(
        "tdx.td.module_attributes", Stage::Report, Authority::Hardware,
        "SEAMATTRIBUTES is zero: the TDX module is a production one", "platforms.md, 23", REBUILD,
    );
    /// Something was measured.
    MEASURED = CheckSpec::new(
        "tdx.td.measured", Stage::Report, Authority::Hardware,
        "MRTD is not all zero", ABI, DAMAGED,
    );
}

checks! {
    /// What the policy demands of a TD.
    MACHINE;

    /// Debugging is off.
    DEBUG = CheckSpec::new(
        "tdx.policy.debug", Stage::Machine, Authority::Hardware,
        "the TD can be neither debugged nor profiled by its host", ATTRIBUTES,
        "have the build repeated in a TD without debugging: the host could read and write this one's memory",
    );
    /// Reserved attribute bits are zero.
    RESERVED = CheckSpec::new(
        "tdx.policy.reserved_bits", Stage::Machine, Authority::Hardware,
        "the reserved attribute bits are zero or tolerated by the policy", ATTRIBUTES,
        "name the bit under `tdx.tolerate_attribute_bits` if Intel documents it",
    );
    /// Pages that the host took away make no exceptions in the TD.
    SEPT_VE = CheckSpec::new(
        "tdx.policy.sept_ve_disable", Stage::Machine, Authority::Hardware,
        "SEPT_VE_DISABLE is set: the host can't make exceptions in the TD by taking pages away", ATTRIBUTES,
        "have the build repeated in a TD with SEPT_VE_DISABLE, or set `tdx.require_sept_ve_disable` to false in the policy",
    );
    /// Migration as the policy demands.
    MIGRATABLE = CheckSpec::new(
        "tdx.policy.migratable", Stage::Machine, Authority::Hardware,
        "the TD can't be migrated, or the policy takes one that can", ATTRIBUTES, REBUILD,
    );
    /// Protection keys as the policy demands.
    PROTECTION_KEYS = CheckSpec::new(
        "tdx.policy.protection_keys", Stage::Machine, Authority::Hardware,
        "the TD does not use supervisor protection keys, or the policy takes it", ATTRIBUTES, REBUILD,
    );
    /// Key Locker as the policy demands.
    KEY_LOCKER = CheckSpec::new(
        "tdx.policy.key_locker", Stage::Machine, Authority::Hardware,
        "the TD does not use Key Locker, or the policy takes it", ATTRIBUTES, REBUILD,
    );
    /// Performance monitoring as the policy demands.
    MONITORING = CheckSpec::new(
        "tdx.policy.performance_monitoring", Stage::Machine, Authority::Hardware,
        "the TD does not use performance monitoring, or the policy takes it", ATTRIBUTES, REBUILD,
    );
    /// XFAM has its fixed bits.
    XFAM_FIXED = CheckSpec::new(
        "tdx.policy.xfam_fixed", Stage::Machine, Authority::Hardware,
        "XFAM has the bits that every TD has, and none that no TD may have",
        "Intel TDX Module ABI Specification (348551), XFAM", REBUILD,
    );
    /// XFAM is one that the policy names.
    XFAM = CheckSpec::new(
        "tdx.policy.xfam", Stage::Machine, Authority::Hardware,
        "XFAM is one that the policy names, in the bits that are compared", "platforms.md, 23", REBUILD,
    );
    /// No service TD.
    SERVICE_TD = CheckSpec::new(
        "tdx.policy.service_td", Stage::Machine, Authority::Hardware,
        "no service TD is or was bound, or only one that the policy names", "platforms.md, 23",
        "name the service TD's hash under `tdx.service_tds` in the policy: it can reach into the TD",
    );
    /// The TDX module.
    MR_SEAM = CheckSpec::new(
        "tdx.policy.mr_seam", Stage::Machine, Authority::Hardware,
        "the measurement of the TDX module is one that the policy names", "platforms.md, 23", REBUILD,
    );
    /// MRCONFIGID.
    MR_CONFIG_ID = CheckSpec::new(
        "tdx.policy.mr_config_id", Stage::Machine, Authority::Hardware,
        "MRCONFIGID is one that the policy names", "platforms.md, 23", REBUILD,
    );
    /// MROWNER.
    MR_OWNER = CheckSpec::new(
        "tdx.policy.mr_owner", Stage::Machine, Authority::Hardware,
        "MROWNER is one that the policy names", "platforms.md, 23", REBUILD,
    );
    /// MROWNERCONFIG.
    MR_OWNER_CONFIG = CheckSpec::new(
        "tdx.policy.mr_owner_config", Stage::Machine, Authority::Hardware,
        "MROWNERCONFIG is one that the policy names", "platforms.md, 23", REBUILD,
    );
}

checks! {
    /// The event log beside the quote.
    EVENT_LOG;

    /// The log can be read.
    LOG_LAYOUT = CheckSpec::new(
        "tdx.event_log.layout", Stage::Machine, Authority::Claim,
        "the event log is a TCG log of SHA-384 measurements of the four RTMRs, or there is none and the policy demands none",
        "TCG PC Client Platform Firmware Profile Specification, section 10; platforms.md, 24",
        "fetch the bundle again; the event log is damaged, or the policy demands one that the build did not record",
    );
    /// The log is that of the registers.
    LOG_REPLAY = CheckSpec::new(
        "tdx.event_log.replay", Stage::Machine, Authority::Hardware,
        "the event log, replayed, gives the RTMRs of the quote",
        "platforms.md, 24",
        "fetch the bundle again; events of this log were changed, moved, left out or added",
    );
}
