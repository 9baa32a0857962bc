//! The runtime data: JSON of the paravisor, which the hardware report binds by its digest.
//!
//! `report_data[..32]` is SHA-256 of the bytes as they lie in the HCL blob, `report_data[32..]` is
//! zero. Members may be added at any time, so unknown ones are taken: the hardware signed them.
//!
//! ```json
//! {"keys": [{"kid": "HCLAkPub", …}, {"kid": "HCLEkPub", …}],
//!  "vm-configuration": {"console-enabled": true, "secure-boot": true, "tpm-enabled": true, "vmUniqueId": "…"},
//!  "user-data": "64 bytes of hex"}
//! ```

use alloc::format;
use alloc::string::{String, ToString};

use crate::crypto::sha256;
use crate::json::{self, Value};
use crate::limits::HCL_BYTES;
use crate::log::{Finding, Log, Stopped};
use crate::text::{hex, range, unhex_any};
use crate::verdict::{Authority, CheckSpec, Stage, checks};

checks! {
    /// The checks of the runtime data.
    CHECKS;

    /// The first half of the report data is the digest of the runtime data.
    DIGEST = CheckSpec::new(
        "az.runtime.digest", Stage::Vtpm, Authority::Hardware,
        "the report data begins with the SHA-256 of the runtime data",
        "platforms.md, 13",
        "the runtime data is not the one of this machine; ask for the HCL blob of the boot that built",
    );
    /// The second half of the report data is zero.
    TAIL = CheckSpec::new(
        "az.runtime.tail", Stage::Vtpm, Authority::Hardware,
        "the report data is zero after the digest of the runtime data",
        "platforms.md, 13",
        "the report was not made by Azure's paravisor; appraise it as evidence of another platform",
    );
    /// The runtime data is strict JSON.
    JSON = CheckSpec::new(
        "az.runtime.json", Stage::Vtpm, Authority::Hardware,
        "the runtime data is one strict JSON object, no name twice",
        "platforms.md, 13; RFC 8259, section 4",
        "report this machine's runtime data to the makers of the verifier: the hardware vouches for it",
    );
}

/// Runtime data that authentic report data names.
#[derive(Debug)]
pub(crate) struct BoundRuntime<'a> {
    json: Value<'a>,
    sha256: [u8; 32],
    report_data: [u8; 32],
}

impl<'a> BoundRuntime<'a> {
    /// Binds runtime data to the report data of an authentic report.
    ///
    /// # Errors
    /// [`Stopped`] when the report data names other bytes, or they are not JSON.
    pub(crate) fn bind(bytes: &'a [u8], report_data: &[u8; 64], log: &mut Log<'_>) -> Result<Self, Stopped> {
        let sha256 = sha256(bytes);
        let (digest, tail) = report_data.split_at(32);
        let finding = Finding::new(hex(&sha256), hex(digest)).at(range("report_data", 0, 32));
        log.require(&DIGEST, digest == sha256, finding)?;
        let finding = Finding::new(hex(&[0; 32]), hex(tail)).at(range("report_data", 32, 64));
        log.require(&TAIL, tail == [0; 32], finding)?;
        let json = log.obtain(&JSON, object(bytes))?;
        let mut named = [0; 32];
        named.copy_from_slice(digest);
        Ok(Self { json, sha256, report_data: named })
    }

    /// The document.
    pub(crate) const fn json(&self) -> &Value<'a> {
        &self.json
    }

    /// SHA-256 of the runtime data's bytes.
    pub(crate) const fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }

    /// The digest in the report data.
    pub(crate) const fn report_data(&self) -> &[u8; 32] {
        &self.report_data
    }

    /// A member of `vm-configuration` that is a boolean.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.json.get("vm-configuration")?.get(name)?.as_bool()
    }

    /// `user-data` as lower-case hex, where it is hex of any length.
    pub(crate) fn user_data(&self) -> Option<String> {
        let text = self.json.get("user-data")?.as_str()?.to_ascii_lowercase();
        unhex_any(&text).map(|_| text)
    }

    /// Records what the runtime data says of the machine.
    pub(crate) fn claim(&self, log: &mut Log<'_>) {
        let identity = self.json.get("vm-configuration").and_then(|json| json.get("vmUniqueId")?.as_str());
        let flags = [
            ("azure.secure_boot", SECURE_BOOT),
            ("azure.tpm_enabled", TPM_ENABLED),
            ("azure.console_enabled", CONSOLE_ENABLED),
        ];
        if let Some(identity) = identity {
            let place = pointer("vm-configuration/vmUniqueId");
            log.claim("azure.vm_unique_id", identity, Authority::Hardware, place);
        }
        for (claim, name) in flags {
            if let Some(flag) = self.flag(name) {
                let place = pointer(&format!("vm-configuration/{name}"));
                log.claim(claim, flag.to_string(), Authority::Hardware, place);
            }
        }
        if let Some(data) = self.user_data() {
            log.claim("azure.user_data", data, Authority::Hardware, pointer("user-data"));
        }
    }
}

/// The member that says whether the guest booted with Secure Boot.
pub(crate) const SECURE_BOOT: &str = "secure-boot";
/// The member that says whether the guest has the virtual TPM.
pub(crate) const TPM_ENABLED: &str = "tpm-enabled";
/// The member that says whether the guest has a serial console.
pub(crate) const CONSOLE_ENABLED: &str = "console-enabled";

/// A place in the runtime data.
pub(crate) fn pointer(path: &str) -> String {
    format!("runtime data /{path}")
}

fn object(bytes: &[u8]) -> Result<(Value<'_>, Finding), Finding> {
    let expected = "one strict JSON object";
    match json::parse(bytes, HCL_BYTES) {
        Ok(value) if value.as_object().is_some() => Ok((value, Finding::new(expected, expected))),
        Ok(_) => Err(Finding::new(expected, "another JSON value").at("runtime data, byte 0")),
        Err(error) => {
            Err(Finding::new(expected, error.to_string())
                .at(format!("runtime data, byte {}", error.position)))
        }
    }
}
