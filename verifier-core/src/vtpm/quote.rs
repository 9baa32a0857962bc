//! The TPM quote: signed by the attestation key, by its own name, over bytes that the guest chose.

use alloc::format;
use alloc::string::{String, ToString};

use super::attest::{self, Attest};
use super::evidence::GivenQuote;
use super::key::AttestationKey;
use crate::log::{Finding, Log, Stopped};
use crate::text::{hex, range};
use crate::verdict::{Authority, CheckSpec, Stage, checks};

const DAMAGED: &str = "fetch the bundle again; the quote is damaged or is not one of a TPM";
const FOREIGN: &str = "the quote is of another machine or key; ask for the bundle as it was built";

const fn check(id: &'static str, title: &'static str, clause: &'static str, mend: &'static str) -> CheckSpec {
    CheckSpec::new(id, Stage::Vtpm, Authority::Hardware, title, clause, mend)
}

checks! {
    /// The checks of the quote.
    CHECKS;

    /// There is a quote.
    PRESENT = check(
        "az.quote.present",
        "there is a TPM quote",
        "kettle-bundle.md, evidence.json",
        "give the TPM quote too: without it nothing attests any bytes of the guest",
    );
    /// The magic says that the TPM made the structure itself.
    MAGIC = check(
        "az.quote.magic",
        "the quoted structure was made by the TPM itself",
        "platforms.md, 15; TPM 2.0 Library, Part 2, TPM_GENERATED",
        DAMAGED,
    );
    /// The structure is a quote.
    TYPE = check(
        "az.quote.type",
        "the quoted structure is a quote",
        "platforms.md, 15; TPM 2.0 Library, Part 2, TPM_ST_ATTEST_QUOTE",
        DAMAGED,
    );
    /// The structure can be read to its end and ends there.
    STRUCTURE = check(
        "az.quote.structure",
        "the quote can be read within its bounds and ends with its last field",
        "platforms.md, 15; TPM 2.0 Library, Part 2, TPMS_ATTEST and TPMS_QUOTE_INFO",
        DAMAGED,
    );
    /// The signature is a number below the modulus, of the modulus' size.
    SIGNATURE_FORM = check(
        "az.quote.signature_form",
        "the quote's signature has 256 bytes and is below the modulus",
        "platforms.md, 15; RFC 8017, section 8.2.2, step 1, and section 5.2.2, step 1",
        DAMAGED,
    );
    /// The attestation key signed the quote.
    SIGNATURE = check(
        "az.quote.signature",
        "the attestation key signed the quote",
        "platforms.md, 15; RFC 8017, section 8.2.2",
        FOREIGN,
    );
    /// The quote names its signer as the attestation key is named.
    SIGNER = check(
        "az.quote.signer",
        "the quote names the attestation key, restricted and in the endorsement hierarchy, as its signer",
        "platforms.md, 15; TPM 2.0 Library, Part 1, Names; Part 2, TPMS_ATTEST",
        FOREIGN,
    );
    /// The TPM's clock did not go back.
    CLOCK_SAFE = check(
        "az.quote.clock_safe",
        "the virtual TPM says that its clock did not go back",
        "platforms.md, 17; TPM 2.0 Library, Part 2, TPMS_CLOCK_INFO",
        "have the build repeated after a clean reboot of the machine",
    ).waivable();
}

/// A quote that the attestation key signed.
#[derive(Debug)]
pub(crate) struct AuthenticQuote<'a> {
    attest: Attest<'a>,
}

impl<'a> AuthenticQuote<'a> {
    /// Reads a quote and verifies its signature.
    ///
    /// # Errors
    /// [`Stopped`] when it is not a quote or the attestation key did not sign it by its own name.
    pub(crate) fn verify(
        given: &'a GivenQuote,
        key: &AttestationKey,
        log: &mut Log<'_>,
    ) -> Result<Self, Stopped> {
        let size = given.message.len();
        log.require(&PRESENT, true, Finding::new("a quote", format!("one of {size} bytes")).at(PLACE))?;
        let attest = read(&given.message, log)?;
        signature(given, key, log)?;
        let expected = key.qualified_name();
        let signer = attest.qualified_signer;
        let finding = Finding::new(hex(&expected), hex(signer.bytes)).at(place(signer));
        log.require(&SIGNER, signer.bytes == expected, finding)?;
        let found = if attest.safe { "safe" } else { "not safe" };
        let at = range(MESSAGE, clock(&attest).saturating_add(16), clock(&attest).saturating_add(17));
        log.assess(&CLOCK_SAFE, attest.safe, Finding::new("safe", found).at(at));
        let quote = Self { attest };
        quote.claim(log);
        Ok(quote)
    }

    /// The attested bytes.
    pub(crate) const fn extra_data(&self) -> &'a [u8] {
        self.attest.extra_data.bytes
    }

    /// The name of the signer.
    pub(crate) const fn signer(&self) -> &'a [u8] {
        self.attest.qualified_signer.bytes
    }

    /// The structure.
    pub(crate) const fn attest(&self) -> &Attest<'a> {
        &self.attest
    }

    fn claim(&self, log: &mut Log<'_>) {
        let attest = &self.attest;
        let clock = clock(attest);
        let numbers = [
            ("vtpm.clock", attest.clock.to_string(), 0, 8),
            ("vtpm.reset_count", attest.reset_count.to_string(), 8, 12),
            ("vtpm.restart_count", attest.restart_count.to_string(), 12, 16),
            ("vtpm.firmware_version", format!("{:016x}", attest.firmware_version), 17, 25),
        ];
        for (id, value, from, to) in numbers {
            let at = range(MESSAGE, clock.saturating_add(from), clock.saturating_add(to));
            log.claim(id, value, Authority::Hardware, at);
        }
        let signer = attest.qualified_signer;
        log.claim("vtpm.qualified_signer", hex(signer.bytes), Authority::Hardware, place(signer));
    }
}

/// Says that there is no quote, so that nothing attests the guest's bytes.
pub(crate) fn absent(log: &mut Log<'_>) -> Stopped {
    log.undecided(&PRESENT, Finding::new("a quote", "none was given").at(PLACE))
}

/// Where a field lies in the message.
pub(crate) fn place(field: attest::Field<'_>) -> String {
    range(MESSAGE, field.start, field.start.saturating_add(field.bytes.len()))
}

/// Where `clockInfo` begins: right after `extraData`.
fn clock(attest: &Attest<'_>) -> usize {
    attest.extra_data.start.saturating_add(attest.extra_data.bytes.len())
}

fn read<'a>(message: &'a [u8], log: &mut Log<'_>) -> Result<Attest<'a>, Stopped> {
    let shown =
        |number: Option<u32>| number.map_or_else(|| "too few bytes".into(), |number| format!("{number:#x}"));
    let magic = attest::magic(message);
    let finding = Finding::new(format!("{GENERATED:#x}"), shown(magic)).at(range(MESSAGE, 0, 4));
    log.require(&MAGIC, magic == Some(GENERATED), finding)?;
    let kind = attest::kind(message);
    let finding = Finding::new(format!("{QUOTE:#x}"), shown(kind.map(u32::from))).at(range(MESSAGE, 4, 6));
    log.require(&TYPE, kind == Some(QUOTE), finding)?;
    let expected = "the fields of a quote and nothing after them";
    let read = attest::read(message);
    log.obtain(
        &STRUCTURE,
        match read {
            Ok(attest) => Ok((attest, Finding::new(expected, format!("{} bytes", message.len())))),
            Err(error) => {
                let at = range(MESSAGE, error.position, message.len());
                Err(Finding::new(expected, error.to_string()).at(at))
            }
        },
    )
}

fn signature(given: &GivenQuote, key: &AttestationKey, log: &mut Log<'_>) -> Result<(), Stopped> {
    let signature = given.signature.as_slice();
    let modulus = key.modulus();
    // Both are big-endian and of one size, so the order of the bytes is the order of the numbers.
    let holds = signature.len() == modulus.len() && signature < modulus;
    let found = match signature.len() {
        256 if holds => "256 bytes, below the modulus".into(),
        256 => "256 bytes, not below the modulus".into(),
        other => format!("{other} bytes"),
    };
    let at = "/evidence/tpm_quote/signature";
    log.require(&SIGNATURE_FORM, holds, Finding::new("256 bytes, below the modulus", found).at(at))?;
    let holds = key.verifies(&given.message, signature);
    let found = if holds { "a signature of the attestation key" } else { "none of the attestation key" };
    log.require(&SIGNATURE, holds, Finding::new("a signature of the attestation key", found).at(at))
}

/// The quote, as it is called in locations.
const MESSAGE: &str = "quote";
/// Where the quote lies.
const PLACE: &str = "/evidence/tpm_quote";
/// `TPM_GENERATED_VALUE`.
const GENERATED: u32 = 0xff54_4347;
/// `TPM_ST_ATTEST_QUOTE`.
const QUOTE: u16 = 0x8018;
