//! The checks of a TDX quote and of its collateral, in pipeline order.

use crate::verdict::{Authority, CheckSpec, Stage, checks};

const QUOTE_FORMAT: &str = "Intel TDX DCAP Quoting Library API, appendix A.3 and A.4";
const PCK_PROFILE_CLAUSE: &str =
    "Intel SGX PCK Certificate and Certificate Revocation List Profile Specification, section 1.3";
const PCS: &str = "Intel PCS API v4, TCB info and QE identity; platforms.md, 21 and 22";
const DAMAGED: &str = "fetch the bundle again; the evidence is damaged or forged";
const COLLATERAL_DAMAGED: &str = "fetch the collateral again from Intel's provisioning certification service";
const COLLATERAL_OLD: &str = "fetch current collateral, or verify as of a time within its window with `--at`";
const REBUILD: &str =
    "have the build repeated on a machine whose firmware Intel supports, or change the policy";

checks! {
    /// The quote's layout.
    QUOTE;

    /// The quote is not too small and not too large.
    SIZE = CheckSpec::new(
        "tdx.quote.size", Stage::Evidence, Authority::Claim,
        "the quote has a header and is not larger than quotes are", QUOTE_FORMAT, DAMAGED,
    );
    /// The quote's version is one that the policy takes.
    VERSION = CheckSpec::new(
        "tdx.quote.version", Stage::Evidence, Authority::Hardware,
        "the quote's version is one that the policy takes", QUOTE_FORMAT,
        "name the version under `tdx.quote_versions` in the policy, if it is 4 or 5",
    );
    /// The attestation key is ECDSA P-256.
    KEY_TYPE = CheckSpec::new(
        "tdx.quote.key_type", Stage::Evidence, Authority::Hardware,
        "the attestation key is ECDSA P-256", QUOTE_FORMAT, DAMAGED,
    );
    /// The quote is of a TD.
    TEE_TYPE = CheckSpec::new(
        "tdx.quote.tee_type", Stage::Evidence, Authority::Hardware,
        "the quote is of a TD and not of an SGX enclave", QUOTE_FORMAT, DAMAGED,
    );
    /// Reserved bytes of the header are zero.
    HEADER_RESERVED = CheckSpec::new(
        "tdx.quote.reserved", Stage::Evidence, Authority::Hardware,
        "the reserved bytes of the header are zero", QUOTE_FORMAT, DAMAGED,
    );
    /// The quoting enclave is Intel's.
    QE_VENDOR = CheckSpec::new(
        "tdx.quote.qe_vendor", Stage::Evidence, Authority::Hardware,
        "the quoting enclave's vendor is Intel", QUOTE_FORMAT, DAMAGED,
    );
    /// The body is of a known kind and size.
    BODY = CheckSpec::new(
        "tdx.quote.body", Stage::Evidence, Authority::Hardware,
        "the body is of a known kind and has exactly its size", QUOTE_FORMAT, DAMAGED,
    );
    /// The signature data fits.
    SIGNATURE_DATA = CheckSpec::new(
        "tdx.quote.signature_data", Stage::Evidence, Authority::Claim,
        "the signature data is as long as it says, and so is what lies in it", QUOTE_FORMAT, DAMAGED,
    );
    /// The certification data is that of a quoting enclave.
    CERTIFICATION = CheckSpec::new(
        "tdx.quote.certification", Stage::Evidence, Authority::Claim,
        "the certification data is kind 6, the report of a quoting enclave", QUOTE_FORMAT, DAMAGED,
    );
    /// The quoting enclave's data fits.
    QE_DATA = CheckSpec::new(
        "tdx.quote.qe_data", Stage::Evidence, Authority::Claim,
        "the quoting enclave's report, signature and data fill the certification data exactly",
        QUOTE_FORMAT, DAMAGED,
    );
    /// The quote brings its certificates.
    CHAIN_KIND = CheckSpec::new(
        "tdx.quote.chain_kind", Stage::Evidence, Authority::Claim,
        "the quoting enclave's certification is kind 5, a chain of certificates", QUOTE_FORMAT,
        "have the quote made again by a host that has its PCK certificate; other kinds can't be verified offline",
    );
    /// Nothing but zeros follows.
    TAIL = CheckSpec::new(
        "tdx.quote.tail", Stage::Evidence, Authority::Claim,
        "nothing but zeros follows the signature data",
        "platforms.md, 19", DAMAGED,
    );
}

checks! {
    /// From the quote's certificates to a key that Intel's root vouches for.
    CHAIN;

    /// Three certificates as PEM.
    CHAIN_PEM = CheckSpec::new(
        "tdx.chain.pem", Stage::Chain, Authority::Claim,
        "the quote brings exactly three certificates as PEM, and nothing between them",
        "RFC 7468, section 3; platforms.md, 20", DAMAGED,
    );
    /// The root is a trusted one.
    ROOT = CheckSpec::new(
        "tdx.chain.root", Stage::Chain, Authority::Policy,
        "the last certificate is a trusted root, byte for byte",
        "platforms.md, 20",
        "have the build repeated on genuine hardware, or give a trust root that holds this one",
    );
    /// The CA is canonical DER.
    CA_DER = CheckSpec::new(
        "tdx.chain.ca_der", Stage::Chain, Authority::Collateral,
        "the PCK CA's certificate is one canonical X.509 certificate",
        "RFC 5280, section 4.1; ITU-T X.690, section 10", DAMAGED,
    );
    /// The PCK's certificate is canonical DER.
    PCK_DER = CheckSpec::new(
        "tdx.chain.pck_der", Stage::Chain, Authority::Collateral,
        "the PCK certificate is one canonical X.509 certificate",
        "RFC 5280, section 4.1; ITU-T X.690, section 10", DAMAGED,
    );
    /// The CA may sign PCK certificates.
    CA_PROFILE = CheckSpec::new(
        "tdx.chain.ca_profile", Stage::Chain, Authority::Collateral,
        "the PCK CA is Intel's platform or processor CA, which may sign certificates and no CAs",
        PCK_PROFILE_CLAUSE, DAMAGED,
    );
    /// The root signed the CA.
    CA_SIGNATURE = CheckSpec::new(
        "tdx.chain.ca_signature", Stage::Chain, Authority::Collateral,
        "the root signed the PCK CA's certificate", "FIPS 186-5, section 6.4.2", DAMAGED,
    );
    /// The first certificate is a PCK's.
    PCK_PROFILE = CheckSpec::new(
        "tdx.chain.pck_profile", Stage::Chain, Authority::Collateral,
        "the first certificate is a PCK's, issued by that CA, with a P-256 key that signs no certificates",
        PCK_PROFILE_CLAUSE, DAMAGED,
    );
    /// The CA signed the PCK's certificate.
    PCK_SIGNATURE = CheckSpec::new(
        "tdx.chain.pck_signature", Stage::Chain, Authority::Collateral,
        "the PCK CA signed the PCK certificate", "FIPS 186-5, section 6.4.2", DAMAGED,
    );
    /// The certificates are valid.
    VALIDITY = CheckSpec::new(
        "tdx.chain.validity", Stage::Chain, Authority::Collateral,
        "the certificates are valid at the time of appraisal",
        "RFC 5280, section 4.1.2.5",
        "verify as of a time within the validity with `--at`, if there is another reason to believe the bundle's age",
    );
    /// Intel's extension is well-formed.
    PCK_EXTENSIONS = CheckSpec::new(
        "tdx.chain.pck_extensions", Stage::Chain, Authority::Collateral,
        "the PCK certificate has each of Intel's values once, well-formed, and no unknown one",
        PCK_PROFILE_CLAUSE, DAMAGED,
    );
}

checks! {
    /// The quoting enclave, and the quote's own signature.
    SIGNATURES;

    /// The PCK signed the quoting enclave's report.
    QE_SIGNATURE = CheckSpec::new(
        "tdx.qe.report_signature", Stage::Report, Authority::Hardware,
        "the processor's key signed the quoting enclave's report", "FIPS 186-5, section 6.4.2; platforms.md, 21",
        DAMAGED,
    );
    /// The quoting enclave names the attestation key.
    QE_REPORT_DATA = CheckSpec::new(
        "tdx.qe.report_data", Stage::Report, Authority::Hardware,
        "the quoting enclave's report data is the hash of the attestation key and the authentication data, then zeros",
        QUOTE_FORMAT, DAMAGED,
    );
    /// The quoting enclave can't be debugged.
    QE_DEBUG = CheckSpec::new(
        "tdx.qe.debug", Stage::Report, Authority::Hardware,
        "the quoting enclave is not debuggable",
        "Intel SDM, volume 3D, ATTRIBUTES; platforms.md, 21", DAMAGED,
    );
    /// The attestation key is on the curve.
    ATTESTATION_KEY = CheckSpec::new(
        "tdx.quote.attestation_key", Stage::Report, Authority::Hardware,
        "the attestation key is a point of the curve", "SEC 1, section 3.2.2.1", DAMAGED,
    );
    /// The attestation key signed the quote.
    SIGNATURE = CheckSpec::new(
        "tdx.quote.signature", Stage::Report, Authority::Hardware,
        "the attestation key signed the header and the body", "FIPS 186-5, section 6.4.2", DAMAGED,
    );
}

checks! {
    /// The collateral: revocation, TCB info, QE identity.
    COLLATERAL;

    /// Collateral is there.
    PRESENT = CheckSpec::new(
        "tdx.collateral.present", Stage::Chain, Authority::Collateral,
        "Intel's collateral for this platform is in the bundle or beside it",
        "platforms.md, 25",
        "fetch the collateral by the quote's FMSPC and CA from Intel's provisioning certification service, and give it with `--collateral`",
    );
    /// The collateral has its fields.
    LAYOUT = CheckSpec::new(
        "tdx.collateral.layout", Stage::Chain, Authority::Collateral,
        "the collateral is one strict JSON object with the fields of the format, all of them texts",
        "platforms.md, 25", COLLATERAL_DAMAGED,
    );
    /// The root's list is genuine.
    ROOT_CRL = CheckSpec::new(
        "tdx.crl.root", Stage::Chain, Authority::Collateral,
        "the root's revocation list is canonical and signed by the trusted root",
        "RFC 5280, section 5", COLLATERAL_DAMAGED,
    );
    /// The root's list is current.
    ROOT_CRL_CURRENT = CheckSpec::new(
        "tdx.crl.root_current", Stage::Chain, Authority::Collateral,
        "the root's revocation list is current", "RFC 5280, sections 5.1.2.4 and 5.1.2.5", COLLATERAL_OLD,
    );
    /// The CA is not revoked.
    CA_REVOKED = CheckSpec::new(
        "tdx.crl.ca", Stage::Chain, Authority::Collateral,
        "the PCK CA is not revoked", "RFC 5280, section 5.3", REBUILD,
    );
    /// The issuer chain of the CA's list is the quote's.
    PCK_CRL_ISSUER = CheckSpec::new(
        "tdx.crl.pck_issuer", Stage::Chain, Authority::Collateral,
        "the issuer chain of the PCK revocation list is the PCK CA and the trusted root, byte for byte",
        "platforms.md, 20",
        "fetch the PCK revocation list of the quote's own CA, platform or processor",
    );
    /// The CA's list is genuine.
    PCK_CRL = CheckSpec::new(
        "tdx.crl.pck_list", Stage::Chain, Authority::Collateral,
        "the PCK revocation list is canonical and signed by the PCK CA",
        "RFC 5280, section 5", COLLATERAL_DAMAGED,
    );
    /// The CA's list is current.
    PCK_CRL_CURRENT = CheckSpec::new(
        "tdx.crl.pck_current", Stage::Chain, Authority::Collateral,
        "the PCK revocation list is current", "RFC 5280, sections 5.1.2.4 and 5.1.2.5", COLLATERAL_OLD,
    );
    /// The PCK is not revoked.
    PCK_REVOKED = CheckSpec::new(
        "tdx.crl.pck", Stage::Chain, Authority::Collateral,
        "the processor's certificate is not revoked", "RFC 5280, section 5.3", REBUILD,
    );
    /// The TCB info's signer is Intel's.
    TCB_SIGNER = CheckSpec::new(
        "tdx.tcb.signer", Stage::Chain, Authority::Collateral,
        "the TCB info's issuer chain is a TCB signing certificate, not revoked, under the trusted root",
        PCS, COLLATERAL_DAMAGED,
    );
    /// The TCB info is signed.
    TCB_SIGNATURE = CheckSpec::new(
        "tdx.tcb.signature", Stage::Chain, Authority::Collateral,
        "Intel signed the TCB info's bytes", PCS, COLLATERAL_DAMAGED,
    );
    /// The TCB info can be read.
    TCB_CONTENT = CheckSpec::new(
        "tdx.tcb.content", Stage::Chain, Authority::Collateral,
        "the TCB info is one strict JSON object with 16 components of each kind at each level and known statuses",
        PCS, COLLATERAL_DAMAGED,
    );
    /// The TCB info is for TDX.
    TCB_VERSION = CheckSpec::new(
        "tdx.tcb.version", Stage::Chain, Authority::Collateral,
        "the TCB info is of version 3 and for TDX", PCS, COLLATERAL_DAMAGED,
    );
    /// The TCB info is current.
    TCB_CURRENT = CheckSpec::new(
        "tdx.tcb.current", Stage::Chain, Authority::Collateral,
        "the TCB info and its signer are current", PCS, COLLATERAL_OLD,
    );
    /// The TCB info is for this platform.
    TCB_PLATFORM = CheckSpec::new(
        "tdx.tcb.platform", Stage::Chain, Authority::Collateral,
        "the TCB info is for the FMSPC and the PCE-ID of the PCK certificate", PCS,
        "fetch the TCB info by the FMSPC of the quote's own PCK certificate",
    );
    /// The levels are in order.
    TCB_ORDER = CheckSpec::new(
        "tdx.tcb.level_order", Stage::Chain, Authority::Collateral,
        "the TCB info's levels descend, so that the first one which is met is the highest",
        "platforms.md, 22", COLLATERAL_DAMAGED,
    );
    /// The TCB info is not older than the policy takes.
    TCB_EVALUATION = CheckSpec::new(
        "tdx.tcb.evaluation_number", Stage::Chain, Authority::Collateral,
        "the TCB info's evaluation data number is not below the policy's", PCS,
        "fetch collateral of a newer evaluation, or lower `tdx.minimum_evaluation_data_number` in the policy",
    );
    /// The QE identity's signer is Intel's.
    QE_IDENTITY_SIGNER = CheckSpec::new(
        "tdx.qe_identity.signer", Stage::Chain, Authority::Collateral,
        "the QE identity's issuer chain is a TCB signing certificate, not revoked, under the trusted root",
        PCS, COLLATERAL_DAMAGED,
    );
    /// The QE identity is signed.
    QE_IDENTITY_SIGNATURE = CheckSpec::new(
        "tdx.qe_identity.signature", Stage::Chain, Authority::Collateral,
        "Intel signed the QE identity's bytes", PCS, COLLATERAL_DAMAGED,
    );
    /// The QE identity can be read.
    QE_IDENTITY_CONTENT = CheckSpec::new(
        "tdx.qe_identity.content", Stage::Chain, Authority::Collateral,
        "the QE identity is one strict JSON object with all its values and known statuses, its levels descending",
        PCS, COLLATERAL_DAMAGED,
    );
    /// The QE identity is for the TD quoting enclave.
    QE_IDENTITY_VERSION = CheckSpec::new(
        "tdx.qe_identity.version", Stage::Chain, Authority::Collateral,
        "the QE identity is of version 2 and for the quoting enclave of TDs", PCS, COLLATERAL_DAMAGED,
    );
    /// The QE identity is current.
    QE_IDENTITY_CURRENT = CheckSpec::new(
        "tdx.qe_identity.current", Stage::Chain, Authority::Collateral,
        "the QE identity and its signer are current", PCS, COLLATERAL_OLD,
    );
    /// The QE identity is not older than the policy takes.
    QE_IDENTITY_EVALUATION = CheckSpec::new(
        "tdx.qe_identity.evaluation_number", Stage::Chain, Authority::Collateral,
        "the QE identity's evaluation data number is not below the policy's", PCS,
        "fetch collateral of a newer evaluation, or lower `tdx.minimum_evaluation_data_number` in the policy",
    );
}

checks! {
    /// The platform against the collateral.
    PLATFORM;

    /// The quoting enclave is Intel's.
    QE_IDENTITY = CheckSpec::new(
        "tdx.qe.identity", Stage::Report, Authority::Hardware,
        "the quoting enclave has the signer, product and attributes of the QE identity", PCS, DAMAGED,
    );
    /// The quoting enclave's level is known.
    QE_LEVEL = CheckSpec::new(
        "tdx.qe.level", Stage::Report, Authority::Hardware,
        "the quoting enclave's version is one that the QE identity has a level for", PCS, REBUILD,
    );
    /// The platform's level is known.
    TCB_LEVEL = CheckSpec::new(
        "tdx.tcb.level", Stage::Report, Authority::Hardware,
        "the platform meets a level of the TCB info, at launch and now", PCS, REBUILD,
    );
    /// The TDX module is Intel's.
    MODULE = CheckSpec::new(
        "tdx.module.identity", Stage::Report, Authority::Hardware,
        "the TDX module has the signer and the attributes that the TCB info has for its version", PCS, REBUILD,
    );
    /// The TDX module's level is known.
    MODULE_LEVEL = CheckSpec::new(
        "tdx.module.level", Stage::Report, Authority::Hardware,
        "the TDX module's version is one that the TCB info has a level for", PCS, REBUILD,
    );
}

checks! {
    /// The status that results.
    RESULT;

    /// The status is accepted.
    STATUS = CheckSpec::new(
        "tdx.tcb.status", Stage::Machine, Authority::Collateral,
        "the status of platform, quoting enclave and TDX module together is one that the policy takes",
        PCS,
        "have the build repeated on an updated machine, or name the status under `tdx.tcb_statuses` in the policy",
    );
}

/// The checks of collateral that comes without a quote, in pipeline order.
pub(super) const ALONE: &[&CheckSpec] = &[
    &LAYOUT,
    &PCK_CRL_ISSUER,
    &ROOT,
    &CA_DER,
    &CA_PROFILE,
    &CA_SIGNATURE,
    &VALIDITY,
    &ROOT_CRL,
    &ROOT_CRL_CURRENT,
    &CA_REVOKED,
    &PCK_CRL,
    &PCK_CRL_CURRENT,
    &TCB_SIGNER,
    &TCB_SIGNATURE,
    &TCB_CONTENT,
    &TCB_VERSION,
    &TCB_CURRENT,
    &TCB_ORDER,
    &TCB_EVALUATION,
    &QE_IDENTITY_SIGNER,
    &QE_IDENTITY_SIGNATURE,
    &QE_IDENTITY_CONTENT,
    &QE_IDENTITY_VERSION,
    &QE_IDENTITY_CURRENT,
    &QE_IDENTITY_EVALUATION,
];
