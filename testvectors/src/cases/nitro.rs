//! What the cases of AWS Nitro share.

use kettle_verifier_core::policy::PolicyDocument;

use super::table::{self, Given};
use crate::case::Case;
use crate::nitro::{Bundle, policy};

/// A row that changes a bundle.
pub(super) type Row = table::Row<Bundle>;

impl Given for Bundle {
    const FOLDER: &'static str = "nitro";

    fn clause(group: &str) -> (&'static str, &'static str) {
        match group {
            "N01" | "N02" => (
                "platforms.md, 26; RFC 9052, section 4.2",
                "what a signature covers must have one form, and nothing may be said outside of it",
            ),
            "N03" => (
                "platforms.md, 26; RFC 9053, section 2.1",
                "a missing leaf once meant that no signature was looked at; only a P-384 key and its 96 bytes count",
            ),
            "N04" | "N13" => (
                "platforms.md, 27",
                "a key counts only under the pinned root, byte for byte, by way of every certificate in order",
            ),
            "N05" => {
                ("platforms.md, 27; RFC 5280, section 4.2.1", "a certificate is used for what it is for")
            }
            "N06" => (
                "platforms.md, 27",
                "leaves live three hours, so certificates are judged at the document's own time, and its age by the policy",
            ),
            "N07" => (
                "platforms.md, 28; AWS Nitro Enclaves User Guide, debug mode",
                "a debug enclave's registers are zero: nothing says which image it runs, and the host reads its console",
            ),
            "N08" | "N10" | "N12" => (
                "platforms.md, 28",
                "a register that is missing, or that nobody named, must not read as one that was compared",
            ),
            "N09" => (
                "platforms.md, 26; RFC 8949, section 5",
                "two readers of one payload must not see two things, and no length may cost what it promises",
            ),
            _ => (
                "platforms.md, 28; kettle-bundle.md, evidence.json",
                "a document counts for one provenance only: its fields are compared whole",
            ),
        }
    }

    fn sound() -> Self {
        Self::sound()
    }

    fn policy() -> PolicyDocument {
        policy()
    }

    fn give(&self, case: Case) -> Case {
        case.enclave(self)
    }
}
