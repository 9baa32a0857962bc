//! The checks of a Nitro document, in pipeline order.

use crate::verdict::{Authority, CheckSpec, Stage, checks};

const NSM: &str = "AWS Nitro Enclaves NSM API, attestation process, syntactical validation";
const SEMANTIC: &str = "AWS Nitro Enclaves NSM API, attestation process, semantical validation";
const DAMAGED: &str = "fetch the evidence again; the document is damaged or forged";
const REBUILD: &str = "have the build repeated in an enclave that meets the policy, or change the policy";

checks! {
    /// The envelope's field.
    EVIDENCE;

    /// The evidence object has exactly the field of the format.
    LAYOUT = CheckSpec::new(
        "nitro.evidence.layout", Stage::Evidence, Authority::Claim,
        "the evidence has exactly the field of the format, in its encoding",
        "kettle-bundle.md, evidence.json", DAMAGED,
    );
}

checks! {
    /// The bound before all work.
    SIZE_CHECKS;

    /// The document is not larger than one can be.
    SIZE = CheckSpec::new(
        "nitro.document.size", Stage::Evidence, Authority::Claim,
        "the document is not larger than one can be", "platforms.md, 31", DAMAGED,
    );
}

checks! {
    /// The payload, which nobody vouches for yet.
    DOCUMENT;

    /// The payload is one strict CBOR map.
    CBOR = CheckSpec::new(
        "nitro.document.cbor", Stage::Evidence, Authority::Claim,
        "the payload is exactly one CBOR value, well-formed, bounded and without a key that comes twice",
        "RFC 8949, sections 5.3 and 5.6", DAMAGED,
    );
    /// The payload has the fields of the specification.
    FIELDS = CheckSpec::new(
        "nitro.document.fields", Stage::Evidence, Authority::Claim,
        "the document has the fields of the specification, each of its type, and no other",
        NSM, DAMAGED,
    );
    /// The fields have the sizes of the specification.
    SIZES = CheckSpec::new(
        "nitro.document.sizes", Stage::Evidence, Authority::Claim,
        "every field has a size that the specification allows", NSM, DAMAGED,
    );
    /// The registers are SHA-384.
    DIGEST = CheckSpec::new(
        "nitro.document.digest", Stage::Evidence, Authority::Claim,
        "the registers' digest is SHA384", NSM, DAMAGED,
    );
    /// The registers are there and have the digest's size.
    PCRS = CheckSpec::new(
        "nitro.document.pcrs", Stage::Evidence, Authority::Claim,
        "PCRs have indices from 0 to 31 and 48 bytes each, and PCRs 0, 1 and 2 are there",
        NSM, DAMAGED,
    );
    /// The timestamp counts milliseconds.
    TIMESTAMP = CheckSpec::new(
        "nitro.document.timestamp", Stage::Evidence, Authority::Claim,
        "the timestamp counts milliseconds since 1970 and lies between 2001 and 9999", NSM, DAMAGED,
    );
}

checks! {
    /// From the pinned root to the leaf that signed the document.
    CHAIN;

    /// The chain begins with a trusted root.
    ROOT = CheckSpec::new(
        "nitro.chain.root", Stage::Chain, Authority::Collateral,
        "the bundle of certificates begins with a trusted root, byte for byte",
        "platforms.md, 27",
        "the document was not made by an AWS Nitro enclave, unless you trust another root: then give it with `--trust-root`",
    );
    /// All certificates are canonical DER.
    DER = CheckSpec::new(
        "nitro.chain.der", Stage::Chain, Authority::Collateral,
        "every certificate is one canonical X.509 certificate",
        "RFC 5280, section 4.1; ITU-T X.690, section 10", DAMAGED,
    );
    /// All keys are P-384.
    KEYS = CheckSpec::new(
        "nitro.chain.keys", Stage::Chain, Authority::Collateral,
        "every certificate has a P-384 key", "platforms.md, 26 and 27", DAMAGED,
    );
    /// Each certificate names the one above it.
    NAMES = CheckSpec::new(
        "nitro.chain.names", Stage::Chain, Authority::Collateral,
        "every certificate's issuer is the subject of the one before it",
        "RFC 5280, section 6.1.3 (a) (4)", DAMAGED,
    );
    /// All but the leaf may sign certificates.
    AUTHORITIES = CheckSpec::new(
        "nitro.chain.authorities", Stage::Chain, Authority::Collateral,
        "every certificate of the bundle is a CA with keyCertSign whose path length allows those below it",
        "RFC 5280, sections 4.2.1.3, 4.2.1.9 and 6.1.4", DAMAGED,
    );
    /// The leaf signs data and no certificates.
    LEAF = CheckSpec::new(
        "nitro.chain.leaf", Stage::Chain, Authority::Collateral,
        "the leaf is no CA and may sign data", "RFC 5280, sections 4.2.1.3 and 4.2.1.9", DAMAGED,
    );
    /// No certificate is for something else.
    PURPOSE = CheckSpec::new(
        "nitro.chain.purpose", Stage::Chain, Authority::Collateral,
        "no certificate is restricted to another purpose or has a critical extension that is not known",
        "RFC 5280, sections 4.2 and 4.2.1.12", DAMAGED,
    );
    /// Each certificate is signed by the one above it.
    SIGNATURES = CheckSpec::new(
        "nitro.chain.signatures", Stage::Chain, Authority::Collateral,
        "every certificate is signed by the one before it, with ECDSA and SHA-384",
        "RFC 5280, section 6.1.3 (a) (1); RFC 5758, section 3.2", DAMAGED,
    );
    /// All certificates are valid at the document's own time.
    VALIDITY = CheckSpec::new(
        "nitro.chain.validity", Stage::Chain, Authority::Collateral,
        "every certificate is valid at the document's own time", SEMANTIC, DAMAGED,
    );
    /// Nobody demands what can't be had.
    REVOCATION = CheckSpec::new(
        "nitro.chain.revocation", Stage::Chain, Authority::Collateral,
        "the policy demands no revocation list, since AWS has its lists left out of the validation",
        "platforms.md, 27; AWS Nitro Enclaves User Guide, verifying the root of trust",
        "leave `revocation.require` out of the policy for Nitro documents, or bound their age instead",
    );
}

checks! {
    /// What the policy demands of the document.
    MACHINE;

    /// The document is not from the future.
    FUTURE = CheckSpec::new(
        "nitro.policy.future", Stage::Machine, Authority::Hardware,
        "the document is not younger than the time of appraisal",
        "platforms.md, 27",
        "verify as of the present time; if that was meant, the clock that made the document or yours is wrong",
    );
    /// The document is not older than the policy allows.
    AGE = CheckSpec::new(
        "nitro.policy.age", Stage::Machine, Authority::Hardware,
        "the document is not older than the policy allows", "platforms.md, 27",
        "ask for a new document, or allow a greater age under `nitro.maximum_age_seconds`",
    );
    /// The enclave does not run in debug mode.
    DEBUG = CheckSpec::new(
        "nitro.policy.debug", Stage::Machine, Authority::Hardware,
        "the enclave is not in debug mode: PCRs 0, 1 and 2 are not all zero",
        "AWS Nitro Enclaves User Guide, debug mode; platforms.md, 28",
        "have the build repeated in an enclave that was not started in debug mode: its console was open to the host, and its image is not measured",
    );
    /// The public key is one that the policy takes.
    PUBLIC_KEY = CheckSpec::new(
        "nitro.policy.public_key", Stage::Machine, Authority::Hardware,
        "the document's public key is one that the policy takes", "platforms.md, 28", REBUILD,
    );
    /// The nonce is one that the policy takes.
    NONCE = CheckSpec::new(
        "nitro.policy.nonce", Stage::Machine, Authority::Hardware,
        "the document's nonce is one that the policy takes", "platforms.md, 28", REBUILD,
    );
}
