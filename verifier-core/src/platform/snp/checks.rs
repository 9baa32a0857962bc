//! The checks of a SEV-SNP report, in pipeline order.

use crate::verdict::{Authority, CheckSpec, Stage, checks};

const ABI: &str = "SEV-SNP Firmware ABI Specification (56860), ATTESTATION_REPORT";
const KDS: &str = "VCEK Certificate and KDS Interface Specification (57230), section 3.1";
const DAMAGED: &str = "fetch the bundle again; the evidence is damaged or forged";
const REBUILD: &str = "have the build repeated on a machine that meets the policy, or change the policy";

checks! {
    /// The envelope's fields.
    EVIDENCE;

    /// The evidence object has exactly the fields of the format.
    LAYOUT = CheckSpec::new(
        "snp.evidence.layout", Stage::Evidence, Authority::Claim,
        "the evidence has exactly the fields of the format, in their encoding",
        "kettle-bundle.md, evidence.json",
        DAMAGED,
    );
}

checks! {
    /// From the report's bytes to a key that the vendor's root vouches for.
    CHAIN;

    /// The report has its exact size.
    SIZE = CheckSpec::new(
        "snp.report.size", Stage::Evidence, Authority::Claim,
        "the report has exactly 1184 bytes", ABI, DAMAGED,
    );
    /// The report's version is one that the policy takes.
    VERSION = CheckSpec::new(
        "snp.report.version", Stage::Evidence, Authority::Hardware,
        "the report's version is one that the policy takes", ABI,
        "name the version under `snp.report_versions` in the policy if reports of such old firmware are to be taken",
    );
    /// The processor is of a known generation.
    GENERATION = CheckSpec::new(
        "snp.chain.generation", Stage::Chain, Authority::Hardware,
        "the report's processor is of a generation that the verifier knows",
        "platforms.md, 7",
        "update the verifier; the processor may be newer than it",
    );
    /// The endorsement certificate is there.
    VEK_PRESENT = CheckSpec::new(
        "snp.chain.vek_present", Stage::Chain, Authority::Collateral,
        "the processor's certificate (VCEK or VLEK) is in the bundle or beside it",
        "platforms.md, 1",
        "fetch the certificate from the vendor's key server by the report's chip id and reported TCB, and give it with `--collateral`",
    );
    /// The endorsement certificate is canonical DER.
    VEK_DER = CheckSpec::new(
        "snp.chain.vek_der", Stage::Chain, Authority::Collateral,
        "the processor's certificate is one canonical X.509 certificate",
        "RFC 5280, section 4.1; ITU-T X.690, section 10",
        DAMAGED,
    );
    /// The endorsement certificate names itself VCEK or VLEK and has a P-384 key.
    VEK_PROFILE = CheckSpec::new(
        "snp.chain.vek_profile", Stage::Chain, Authority::Collateral,
        "the processor's certificate is a VCEK or VLEK with a P-384 key and no critical extension",
        KDS, DAMAGED,
    );
    /// The roots have an intermediate for the certificate.
    INTERMEDIATE = CheckSpec::new(
        "snp.chain.intermediate", Stage::Chain, Authority::Policy,
        "the trusted roots have the intermediate key that the certificate names as its issuer",
        "platforms.md, 1",
        "give a trust root that holds the issuer, or have the build repeated on hardware whose root is trusted",
    );
    /// The certificate's signature parameters are AMD's.
    VEK_ALGORITHM = CheckSpec::new(
        "snp.chain.vek_algorithm", Stage::Chain, Authority::Collateral,
        "the certificate is signed with RSASSA-PSS, SHA-384, MGF1 with SHA-384, salt 48, trailer 1",
        "RFC 4055, section 3.1", DAMAGED,
    );
    /// The intermediate signed the certificate.
    VEK_SIGNATURE = CheckSpec::new(
        "snp.chain.vek_signature", Stage::Chain, Authority::Collateral,
        "the trusted intermediate signed the processor's certificate",
        "RFC 8017, section 8.1.2",
        "fetch the certificate again from the vendor's key server; this one was not issued by AMD for this generation",
    );
    /// The certificate is valid at the time of appraisal.
    VEK_VALIDITY = CheckSpec::new(
        "snp.chain.vek_validity", Stage::Chain, Authority::Collateral,
        "the certificates are valid at the time of appraisal",
        "RFC 5280, section 4.1.2.5",
        "verify as of a time within the validity with `--at`, if there is another reason to believe the bundle's age",
    );
    /// AMD's extensions are known, each once, and well-formed.
    VEK_EXTENSIONS = CheckSpec::new(
        "snp.chain.vek_extensions", Stage::Chain, Authority::Collateral,
        "the certificate has each of AMD's extensions once, well-formed, and no unknown one",
        KDS, DAMAGED,
    );
    /// The certificate's product is of the report's generation.
    VEK_PRODUCT = CheckSpec::new(
        "snp.chain.vek_product", Stage::Chain, Authority::Collateral,
        "the certificate's product name fits the generation of the processor",
        KDS, DAMAGED,
    );
}

checks! {
    /// Revocation.
    REVOCATION;

    /// No current list revokes the intermediate.
    CRL = CheckSpec::new(
        "snp.chain.revocation", Stage::Chain, Authority::Collateral,
        "no list of AMD's revokes the intermediate key, and a current one is there where the policy demands it",
        "RFC 5280, section 5; platforms.md, 5",
        "fetch the vendor's current revocation list and give it with `--collateral`",
    );
}

checks! {
    /// The report's signature, and what it must say of itself.
    REPORT;

    /// The signature algorithm is ECDSA P-384 with SHA-384.
    SIGNATURE_ALGORITHM = CheckSpec::new(
        "snp.report.signature_algorithm", Stage::Report, Authority::Hardware,
        "the signature algorithm is 1, ECDSA P-384 with SHA-384", ABI, DAMAGED,
    );
    /// The unused bytes of the signature are zero.
    SIGNATURE_PADDING = CheckSpec::new(
        "snp.report.signature_padding", Stage::Report, Authority::Claim,
        "bytes 48 to 72 of r and of s and the signature's tail are zero", ABI, DAMAGED,
    );
    /// The processor's key signed the report.
    SIGNATURE = CheckSpec::new(
        "snp.report.signature", Stage::Report, Authority::Hardware,
        "the processor's key signed bytes 0 to 0x2a0 of the report", ABI, DAMAGED,
    );
    /// The signing key is of the certificate's kind.
    SIGNING_KEY = CheckSpec::new(
        "snp.report.signing_key", Stage::Report, Authority::Hardware,
        "the report names the kind of key that its certificate is for", ABI, DAMAGED,
    );
    /// Reserved fields are zero.
    RESERVED = CheckSpec::new(
        "snp.report.reserved", Stage::Report, Authority::Hardware,
        "the reserved fields of the report's version are zero", ABI,
        "update the verifier; the firmware may be newer than it",
    );
    /// The chip id is the one of the certificate.
    CHIP_ID = CheckSpec::new(
        "snp.report.chip_id", Stage::Report, Authority::Hardware,
        "the chip id is the certificate's, and not masked unless the key is a VLEK",
        "platforms.md, 4", DAMAGED,
    );
    /// The reported TCB is the one of the certificate.
    REPORTED_TCB = CheckSpec::new(
        "snp.report.reported_tcb", Stage::Report, Authority::Hardware,
        "the reported patch levels are those that the certificate was issued for", KDS,
        "fetch the certificate for the report's own patch levels",
    );
    /// The patch levels are in order.
    TCB_ORDER = CheckSpec::new(
        "snp.report.tcb_order", Stage::Report, Authority::Hardware,
        "reported levels are not above committed ones, and committed ones not above current ones",
        "platforms.md, 10", DAMAGED,
    );
    /// The measurement is there.
    MEASURED = CheckSpec::new(
        "snp.report.measured", Stage::Report, Authority::Hardware,
        "the launch digest is not all zero", ABI, DAMAGED,
    );
    /// The author key's digest is there only when an author key is.
    AUTHOR_KEY_FLAG = CheckSpec::new(
        "snp.report.author_key_flag", Stage::Report, Authority::Hardware,
        "an author key digest is there only where an author key was used", ABI, DAMAGED,
    );
    /// The migration agent's report id is absent where no agent is allowed.
    MIGRATION_ID = CheckSpec::new(
        "snp.report.migration_id", Stage::Report, Authority::Hardware,
        "no migration agent is named where the guest policy allows none", ABI, DAMAGED,
    );
}

checks! {
    /// What the policy demands of the machine.
    MACHINE;

    /// The generation is one that the policy takes.
    GENERATION_TAKEN = CheckSpec::new(
        "snp.policy.generation", Stage::Machine, Authority::Hardware,
        "the processor's generation is one that the policy takes", "platforms.md, 11", REBUILD,
    );
    /// Debugging is off.
    DEBUG = CheckSpec::new(
        "snp.policy.debug", Stage::Machine, Authority::Hardware,
        "the guest policy forbids debugging",
        "SEV-SNP Firmware ABI Specification (56860), guest policy, bit 19",
        "have the build repeated in a guest without debugging: the host could read and write this one's memory",
    );
    /// The guest policy has its fixed bit, and no unknown ones.
    GUEST_POLICY = CheckSpec::new(
        "snp.policy.reserved_bits", Stage::Machine, Authority::Hardware,
        "bit 17 of the guest policy is one, and its reserved bits are zero or tolerated by the policy",
        "SEV-SNP Firmware ABI Specification (56860), guest policy",
        "name the bit under `snp.guest_policy.tolerate_bits` if the firmware's maker documents it",
    );
    /// No migration agent.
    MIGRATION = CheckSpec::new(
        "snp.policy.migration_agent", Stage::Machine, Authority::Hardware,
        "the guest policy allows no migration agent, or the policy takes one",
        "SEV-SNP Firmware ABI Specification (56860), guest policy, bit 18", REBUILD,
    );
    /// SMT as the policy demands.
    SMT = CheckSpec::new(
        "snp.policy.smt", Stage::Machine, Authority::Hardware,
        "the guest policy allows simultaneous multithreading only where the policy takes it",
        "SEV-SNP Firmware ABI Specification (56860), guest policy, bit 16", REBUILD,
    );
    /// Single socket as the policy demands.
    SINGLE_SOCKET = CheckSpec::new(
        "snp.policy.single_socket", Stage::Machine, Authority::Hardware,
        "the guest is bound to one socket where the policy demands it",
        "SEV-SNP Firmware ABI Specification (56860), guest policy, bit 20", REBUILD,
    );
    /// The firmware interface that the guest demands.
    GUEST_ABI = CheckSpec::new(
        "snp.policy.abi", Stage::Machine, Authority::Hardware,
        "the firmware interface that the guest demands is one that the firmware has and not below the policy's",
        "SEV-SNP Firmware ABI Specification (56860), guest policy, bits 0 to 15", REBUILD,
    );
    /// The privilege level.
    VMPL = CheckSpec::new(
        "snp.policy.vmpl", Stage::Machine, Authority::Hardware,
        "the report was asked for at a privilege level that the policy takes",
        "platforms.md, 9",
        "name the level under `snp.vmpl` in the policy where the cloud runs its guests above 0",
    );
    /// The alias check.
    ALIAS_CHECK = CheckSpec::new(
        "snp.policy.alias_check", Stage::Machine, Authority::Hardware,
        "the memory alias check has completed where the policy demands it",
        "AMD-SB-3015; platforms.md, 9", REBUILD,
    );
    /// The launch was not before the committed firmware.
    LAUNCH_TCB = CheckSpec::new(
        "snp.tcb.launch", Stage::Machine, Authority::Hardware,
        "the guest was launched with firmware not older than the committed one",
        "platforms.md, 10",
        "have the guest launched again after the firmware update, or waive the check",
    ).waivable();
    /// The firmware is not below the floor of a security bulletin.
    FIRMWARE_FLOOR = CheckSpec::new(
        "snp.tcb.firmware_floor", Stage::Machine, Authority::Hardware,
        "the SNP firmware is not below the floor of AMD's security bulletins",
        "AMD-SB-3015; AMD-SB-3019",
        "have the build repeated on a machine with newer firmware: below the floor reports can be forged; or waive the check",
    ).waivable();
    /// The reported TCB is not below the policy's.
    MINIMUM_TCB = CheckSpec::new(
        "snp.tcb.minimum", Stage::Machine, Authority::Hardware,
        "the reported patch levels are not below the policy's", "platforms.md, 10", REBUILD,
    );
    /// The launch TCB is not below the policy's.
    MINIMUM_LAUNCH_TCB = CheckSpec::new(
        "snp.tcb.minimum_launch", Stage::Machine, Authority::Hardware,
        "the patch levels at launch are not below the policy's", "platforms.md, 10", REBUILD,
    );
    /// The guest security version is not below the policy's.
    GUEST_SVN = CheckSpec::new(
        "snp.policy.guest_svn", Stage::Machine, Authority::Hardware,
        "the guest security version is not below the policy's", "platforms.md, 11", REBUILD,
    );
    /// The host data.
    HOST_DATA = CheckSpec::new(
        "snp.policy.host_data", Stage::Machine, Authority::Hardware,
        "the host data is one that the policy names", "platforms.md, 11", REBUILD,
    );
    /// The family id.
    FAMILY_ID = CheckSpec::new(
        "snp.policy.family_id", Stage::Machine, Authority::Hardware,
        "the family id is one that the policy names", "platforms.md, 11", REBUILD,
    );
    /// The image id.
    IMAGE_ID = CheckSpec::new(
        "snp.policy.image_id", Stage::Machine, Authority::Hardware,
        "the image id is one that the policy names", "platforms.md, 11", REBUILD,
    );
    /// The report id.
    REPORT_ID = CheckSpec::new(
        "snp.policy.report_id", Stage::Machine, Authority::Hardware,
        "the report id is one that the policy names", "platforms.md, 11", REBUILD,
    );
    /// The id key.
    ID_KEY = CheckSpec::new(
        "snp.policy.id_key", Stage::Machine, Authority::Hardware,
        "the digest of the id key is one that the policy names", "platforms.md, 11", REBUILD,
    );
    /// The author key.
    AUTHOR_KEY = CheckSpec::new(
        "snp.policy.author_key", Stage::Machine, Authority::Hardware,
        "an author key was used and its digest is one that the policy names", "platforms.md, 11", REBUILD,
    );
    /// The cloud service provider of a VLEK.
    CSP_ID = CheckSpec::new(
        "snp.policy.csp_id", Stage::Machine, Authority::Collateral,
        "the cloud service provider of a VLEK is one that the policy names", "platforms.md, 4", REBUILD,
    );
}
