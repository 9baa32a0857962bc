//! The policy document as it is written.

use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

use crate::json::typed::{typed, typed_names};
use crate::platform::RegisterField;

macro_rules! rules {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $(
                $(#[$field_meta])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $field: Option<$kind>,
            )*
        }

        typed!($name {; $($field)*; });
    };
}

/// A policy document, schema `kettle-policy/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicyDocument {
    /// `kettle-policy/v1`.
    pub schema: String,
    /// Free text for whoever reviews the policy.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// When the document was issued, RFC 3339. Signed allow-lists carry it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<String>,
    /// When the document stops being valid, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// The document's version; it may not go down from one signed allow-list to the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// Platform labels that are taken. Absent: all that the verifier knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platforms: Option<Vec<String>>,
    /// The machine images that are trusted. Absent: the outcome is `unpinned` at best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measurements: Option<Vec<Measurement>>,
    /// The source that is expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceRule>,
    /// The builder ids that are taken. Absent: those of the known builders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub builders: Option<Vec<String>>,
    /// The build types that are taken. Absent: those of the known builders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build_types: Option<Vec<BuildTypeRule>>,
    /// Layers of the sandbox that the provenance must say were on during the build.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<Vec<String>>,
    /// The nonce that is expected: 16 bytes, lower-case hex, not all zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The forms of the provenance digest that are taken. Absent: both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest_forms: Option<Vec<DigestForm>>,
    /// Rules for AMD SEV-SNP reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snp: Option<SnpRules>,
    /// Rules for Intel TDX quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tdx: Option<TdxRules>,
    /// Rules for the application that dstack runs in a TD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dstack: Option<DstackRules>,
    /// Rules for Azure's vTPM and its runtime data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub azure: Option<AzureRules>,
    /// Rules for AWS Nitro documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nitro: Option<NitroRules>,
    /// Machines that are taken or refused by their identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machines: Option<MachineRules>,
    /// Demands on revocation data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<RevocationRules>,
    /// SLSA build levels that the operator grants. Absent: level 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<Vec<LevelRule>>,
    /// Checks that are waived by their id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waivers: Option<Vec<Waiver>>,
    /// Takes debug guests, whose memory the host can read and write. For tests only.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub insecure_allow_debug: bool,
}

typed!(PolicyDocument {
    schema;
    issued expires version platforms measurements source builders build_types sandbox nonce digest_forms
    snp tdx dstack azure nitro machines revocation levels waivers;
    description insecure_allow_debug
});

impl PolicyDocument {
    /// The built-in policy: strict, and naming no measurement.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            schema: super::SCHEMA.into(),
            description: String::new(),
            issued: None,
            expires: None,
            version: None,
            platforms: None,
            measurements: None,
            source: None,
            builders: None,
            build_types: None,
            sandbox: None,
            nonce: None,
            digest_forms: None,
            snp: None,
            tdx: None,
            dstack: None,
            azure: None,
            nitro: None,
            machines: None,
            revocation: None,
            levels: None,
            waivers: None,
            insecure_allow_debug: false,
        }
    }
}

/// A machine image that is trusted: all values given must match together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// A name of the operator's choice; the verdict says which one matched.
    pub id: String,
    /// A platform label; labels of one family (`snp`, `gcp-snp`) are the same to the bytes.
    pub platform: String,
    /// The launch digest, lower-case hex: 48 bytes on SEV-SNP, MRTD's 48 on TDX, those of PCR 0
    /// on Nitro.
    pub launch_digest: String,
    /// The registers beside the launch digest. On Azure, PCRs of the SHA-256 bank: they are what
    /// names the guest. On Nitro, with `sha384`, PCRs 1 and 2 at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pcrs: Option<Vec<PcrValue>>,
    /// RTMRs of a TD, with `sha384`. They are what names its guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rtmrs: Option<Vec<PcrValue>>,
    /// The builder's version as the provenance has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub builder_version: Option<String>,
    /// The lowest firmware on which this image is trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_tcb: Option<TcbFloor>,
}

typed!(Measurement {
    id platform launch_digest;
    pcrs rtmrs builder_version minimum_tcb;
});

/// A register and its value, in the digest of the platform: exactly one of the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PcrValue {
    /// From 0 to the platform's last: 23 on Azure.
    pub index: u32,
    /// 32 bytes, lower-case hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// 48 bytes, lower-case hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha384: Option<String>,
}

typed!(PcrValue { index; sha256 sha384; });

impl Measurement {
    /// The list for registers of this kind.
    pub(crate) fn registers(&self, field: RegisterField) -> Option<&Vec<PcrValue>> {
        match field {
            RegisterField::Pcrs => self.pcrs.as_ref(),
            RegisterField::Rtmrs => self.rtmrs.as_ref(),
        }
    }
}

rules! {
    /// The lowest security patch levels that are taken. A level not named is not compared.
    TcbFloor {
        /// Firmware management controller, Turin only.
        fmc: u8,
        /// Boot loader.
        bootloader: u8,
        /// Trusted execution environment of the security processor.
        tee: u8,
        /// SNP firmware.
        snp: u8,
        /// Microcode.
        microcode: u8,
    }
}

rules! {
    /// The source that is expected; each list that is given must hold the value.
    SourceRule {
        /// Repository URIs, compared exactly.
        uris: Vec<String>,
        /// Git commits, lower-case hex.
        commits: Vec<String>,
        /// Git trees, lower-case hex.
        trees: Vec<String>,
    }
}

/// A build type and what its external parameters may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BuildTypeRule {
    /// The build type's URI.
    pub uri: String,
    /// Names of external parameters that are taken beside `buildCommand` and `source`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_parameters: Option<Vec<String>>,
    /// Build commands that are taken. Absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build_commands: Option<Vec<String>>,
}

typed!(BuildTypeRule { uri; external_parameters build_commands; });

/// Which bytes of the provenance the attested digest was made over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DigestForm {
    /// The file's bytes.
    RawBytes,
    /// The JSON tokens of the file without the white space between them: bundles before June 2026.
    CompactTokens,
}

typed_names!(DigestForm { RawBytes = "raw-bytes", CompactTokens = "compact-tokens" });

/// A generation of AMD EPYC processors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Generation {
    /// Zen 3.
    Milan,
    /// Zen 4, with Bergamo and Siena.
    Genoa,
    /// Zen 5.
    Turin,
}

typed_names!(Generation { Milan = "Milan", Genoa = "Genoa", Turin = "Turin" });

rules! {
    /// Rules for AMD SEV-SNP reports.
    SnpRules {
        /// Report versions that are taken. Absent: 3, 4 and 5, and inside Azure's vTPM also 2.
        report_versions: Vec<u32>,
        /// Processor generations that are taken. Absent: all.
        generations: Vec<Generation>,
        /// Privilege levels that are taken. Absent: 0.
        vmpl: Vec<u32>,
        /// Rules for the guest policy.
        guest_policy: GuestPolicyRules,
        /// Demands that the firmware has finished the memory alias check (AMD-SB-3015).
        require_alias_check: bool,
        /// The lowest reported patch levels, for each generation.
        minimum_tcb: Vec<ProductFloor>,
        /// The lowest patch levels at launch, for each generation.
        minimum_launch_tcb: Vec<ProductFloor>,
        /// The lowest guest security version.
        minimum_guest_svn: u32,
        /// Host data that is taken, 32 bytes each.
        host_data: Vec<String>,
        /// Family ids that are taken, 16 bytes each.
        family_ids: Vec<String>,
        /// Image ids that are taken, 16 bytes each.
        image_ids: Vec<String>,
        /// Report ids that are taken, 32 bytes each.
        report_ids: Vec<String>,
        /// Digests of id keys that are taken, 48 bytes each.
        id_key_digests: Vec<String>,
        /// Digests of author keys that are taken, 48 bytes each.
        author_key_digests: Vec<String>,
        /// Cloud service providers that are taken for a VLEK.
        csp_ids: Vec<String>,
    }
}

rules! {
    /// Rules for the guest policy of a SEV-SNP guest.
    GuestPolicyRules {
        /// Whether a migration agent may be associated. Absent: no.
        allow_migration_agent: bool,
        /// Whether simultaneous multithreading may be on. Absent: yes.
        allow_smt: bool,
        /// Whether the guest must be bound to one socket. Absent: no.
        require_single_socket: bool,
        /// The lowest firmware interface that the guest may demand, as major × 256 + minor.
        minimum_abi: u32,
        /// Reserved bits (26 to 63) that are tolerated.
        tolerate_bits: Vec<u32>,
    }
}

/// The lowest patch levels for one generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProductFloor {
    /// The generation.
    pub generation: Generation,
    /// The lowest patch levels.
    pub floor: TcbFloor,
}

typed!(ProductFloor { generation floor;; });

/// What Intel says of the firmware of a platform, spelt as Intel does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum TcbStatus {
    /// The newest known level.
    UpToDate,
    /// Up to date, if the software in the TD is hardened.
    #[serde(rename = "SWHardeningNeeded")]
    SwHardeningNeeded,
    /// Up to date, if the platform is configured in a certain way.
    ConfigurationNeeded,
    /// Both of the two before.
    #[serde(rename = "ConfigurationAndSWHardeningNeeded")]
    ConfigurationAndSwHardeningNeeded,
    /// Older than it may be.
    OutOfDate,
    /// Older than it may be, and not configured.
    OutOfDateConfigurationNeeded,
    /// The platform was updated under the running TD, which was started on an older level.
    #[serde(rename = "TDRelaunchAdvised")]
    TdRelaunchAdvised,
    /// As before, and not configured.
    #[serde(rename = "TDRelaunchAdvisedConfigurationNeeded")]
    TdRelaunchAdvisedConfigurationNeeded,
    /// Its keys are known to others. No policy takes it.
    Revoked,
}

typed_names!(TcbStatus {
    UpToDate = Self::UpToDate.name(),
    SwHardeningNeeded = Self::SwHardeningNeeded.name(),
    ConfigurationNeeded = Self::ConfigurationNeeded.name(),
    ConfigurationAndSwHardeningNeeded = Self::ConfigurationAndSwHardeningNeeded.name(),
    OutOfDate = Self::OutOfDate.name(),
    OutOfDateConfigurationNeeded = Self::OutOfDateConfigurationNeeded.name(),
    TdRelaunchAdvised = Self::TdRelaunchAdvised.name(),
    TdRelaunchAdvisedConfigurationNeeded = Self::TdRelaunchAdvisedConfigurationNeeded.name(),
    Revoked = Self::Revoked.name(),
});

impl TcbStatus {
    /// The status as Intel spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UpToDate => "UpToDate",
            Self::SwHardeningNeeded => "SWHardeningNeeded",
            Self::ConfigurationNeeded => "ConfigurationNeeded",
            Self::ConfigurationAndSwHardeningNeeded => "ConfigurationAndSWHardeningNeeded",
            Self::OutOfDate => "OutOfDate",
            Self::OutOfDateConfigurationNeeded => "OutOfDateConfigurationNeeded",
            Self::TdRelaunchAdvised => "TDRelaunchAdvised",
            Self::TdRelaunchAdvisedConfigurationNeeded => "TDRelaunchAdvisedConfigurationNeeded",
            Self::Revoked => "Revoked",
        }
    }
}

rules! {
    /// Rules for Intel TDX quotes.
    TdxRules {
        /// Quote versions that are taken. Absent: 4 and 5.
        quote_versions: Vec<u32>,
        /// TCB statuses that are taken. Absent: `UpToDate` and `SWHardeningNeeded`.
        tcb_statuses: Vec<TcbStatus>,
        /// The lowest TCB evaluation data number of the TCB info and of the QE identity.
        minimum_evaluation_data_number: u32,
        /// Whether a TD must not get exceptions for pages that its host took away. Absent: yes.
        require_sept_ve_disable: bool,
        /// Whether the TD may be migrated. Absent: no.
        allow_migratable: bool,
        /// Whether the TD may use supervisor protection keys. Absent: no.
        allow_protection_keys: bool,
        /// Whether the TD may use Key Locker. Absent: no.
        allow_key_locker: bool,
        /// Whether the TD may use performance monitoring. Absent: no.
        allow_performance_monitoring: bool,
        /// Reserved attribute bits that are tolerated.
        tolerate_attribute_bits: Vec<u32>,
        /// Values of XFAM that are taken, its 8 bytes as lower-case hex. Absent: any that the TDX
        /// module allows.
        xfam: Vec<String>,
        /// The bits of XFAM that are compared, as lower-case hex. Absent: all but 11 and 12,
        /// control-flow enforcement.
        xfam_mask: String,
        /// Hashes of service TDs that are taken, 48 bytes each. Absent: only zeros, no service TD.
        service_tds: Vec<String>,
        /// Measurements of the TDX module that are taken, 48 bytes each. Absent: any that Intel signed.
        mr_seams: Vec<String>,
        /// Whether an event log must be there, which says what was measured. Absent: no.
        require_event_log: bool,
        /// Values of MRCONFIGID that are taken, 48 bytes each.
        mr_config_ids: Vec<String>,
        /// Values of MROWNER that are taken, 48 bytes each.
        mr_owners: Vec<String>,
        /// Values of MROWNERCONFIG that are taken, 48 bytes each.
        mr_owner_configs: Vec<String>,
    }
}

rules! {
    /// Rules for the application that dstack runs in a TD, as its system recorded it in RTMR3. Each of
    /// them demands an event log.
    DstackRules {
        /// SHA-256 of the compose files that are taken, 32 bytes each. Absent: the outcome is `unpinned`
        /// at best, unless every measurement for dstack names RTMR3.
        compose_hashes: Vec<String>,
        /// Ids of applications that are taken, 20 bytes each.
        app_ids: Vec<String>,
        /// Ids of instances that are taken, 20 bytes each.
        instance_ids: Vec<String>,
    }
}

rules! {
    /// Rules for Azure's vTPM and its hardware-bound runtime data.
    AzureRules {
        /// Demanded value of `vm-configuration.secure-boot`.
        secure_boot: bool,
        /// Demanded value of `vm-configuration.tpm-enabled`.
        tpm_enabled: bool,
        /// Demanded value of `vm-configuration.console-enabled`.
        console_enabled: bool,
        /// Values of `user-data` that are taken, 64 bytes of lower-case hex each.
        user_data: Vec<String>,
        /// The lowest vTPM firmware version, 16 characters of lower-case hex.
        minimum_tpm_firmware: String,
        /// Reset counts of the vTPM that are taken.
        reset_counts: Vec<u32>,
    }
}

rules! {
    /// Rules for AWS Nitro documents.
    NitroRules {
        /// The greatest age of a document in seconds, from its own timestamp to the time of
        /// appraisal. Absent: any age, since its certificates are judged at its own time.
        maximum_age_seconds: u32,
        /// Values of `public_key` that are taken, lower-case hex of the whole field.
        public_keys: Vec<String>,
        /// Values of `nonce` that are taken, lower-case hex of the whole field.
        nonces: Vec<String>,
    }
}

rules! {
    /// Machines by their identity. A value is compared with the claim of that id.
    MachineRules {
        /// Machines that are taken; evidence that matches none of them is refused.
        allow: Vec<Claimed>,
        /// Machines that are refused.
        deny: Vec<Claimed>,
    }
}

/// A claim id and a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Claimed {
    /// The claim's id, such as `snp.chip_id` or `azure.vm_unique_id`.
    pub claim: String,
    /// The claim's value.
    pub value: String,
}

typed!(Claimed { claim value;; });

rules! {
    /// Demands on revocation data.
    RevocationRules {
        /// Whether a current revocation list must be there. Absent: no.
        require: bool,
        /// The greatest age of a revocation list in days, from its `thisUpdate`.
        maximum_age_days: u32,
    }
}

/// A SLSA build level that the operator grants to a pair of machine image and builder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LevelRule {
    /// The id of a measurement of this policy.
    pub measurement: String,
    /// The builder id.
    pub builder: String,
    /// 1 to 3.
    pub level: u32,
}

typed!(LevelRule { measurement builder level;; });

/// A check that is waived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The check's id.
    pub id: String,
    /// Why; the verdict repeats it.
    pub reason: String,
}

typed!(Waiver { id reason;; });
