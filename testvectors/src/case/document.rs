//! `case.json` and `expected.json`.

use serde::{Deserialize, Serialize};

use super::NOW;

/// `case.json`. All paths are relative to `testvectors/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseDocument {
    /// The folder below `cases/`.
    pub id: String,
    /// What the case is, in one line.
    pub title: String,
    /// Why it is there.
    pub why: String,
    /// The clause that decides it.
    pub clause: String,
    /// Groups of adversarial.md that it belongs to.
    pub covers: Vec<String>,
    /// Lines of "Do not reject" that it stands for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepts: Vec<String>,
    /// Published advisories.
    pub advisories: Vec<String>,
    /// `real`, `synthetic` or `mutated-from:<id>`.
    pub source: String,
    /// The time of appraisal, RFC 3339.
    pub now: String,
    /// `bundle`, `evidence`, `attestable_build` or `tee_compile`.
    pub kind: String,
    /// `folder`, `loose` or `without`.
    pub artifacts_mode: String,
    /// The subjects that are asked for; empty means all.
    pub subjects: Vec<String>,
    /// For `evidence`: the expected report data, lower-case hex; empty where none is expected.
    pub report_data: String,
    /// For `tee_compile`: the root over the inputs that is expected, lower-case hex; empty where none is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub input_hash: String,
    /// For `tee_compile`: the root over the outputs that is expected, lower-case hex; empty where none is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub output_hash: String,
    /// Bytes to append to a file after it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub padding: Option<Padding>,
    /// The files.
    pub files: CaseFiles,
}

/// A file that is too large to be stored: what to append, and up to which size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Padding {
    /// `provenance` or `evidence`.
    pub file: String,
    /// The byte.
    pub byte: u8,
    /// The size in bytes.
    pub to: usize,
}

/// The files of a case. An empty path stands for none: a policy or trust root is then the built-in
/// one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFiles {
    /// `provenance.json`.
    pub provenance: String,
    /// `evidence.json`, or the certificate or report of another system.
    pub evidence: String,
    /// The artifacts: the name that they are given by, and the file.
    pub artifacts: Vec<NamedFile>,
    /// The policy.
    pub policy: String,
    /// The trust-root file.
    pub trust_root: String,
    /// Certificates beside the bundle, DER.
    pub certificates: Vec<String>,
    /// Revocation lists beside the bundle, DER.
    pub crls: Vec<String>,
}

/// An artifact's name and file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedFile {
    /// The name below the artifact folder.
    pub name: String,
    /// The file.
    pub path: String,
}

/// `expected.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// `verified`, `unpinned`, `failed`, `inconclusive`, or `unreadable` where the policy or the
    /// trust-root file itself must be refused.
    pub outcome: String,
    /// The exit code of a command line: 0, 4, 1, 3, or 2 where an input is unreadable.
    pub exit_code: u8,
    /// The first check that is not satisfied; for `unreadable`, `policy` or `trust_root` and the
    /// place in it. Empty where the outcome is `verified`.
    pub decided_by: String,
    /// Every check of the verdict with its status, in order; none for `unreadable`.
    #[serde(with = "checks")]
    pub checks: Vec<(String, String)>,
}

impl CaseDocument {
    pub(super) fn new(id: &str, covers: &str, title: &str) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            why: String::new(),
            clause: String::new(),
            covers: covers.split_whitespace().map(Into::into).collect(),
            accepts: Vec::new(),
            advisories: Vec::new(),
            source: "synthetic".into(),
            now: NOW.into(),
            kind: "bundle".into(),
            artifacts_mode: "folder".into(),
            subjects: Vec::new(),
            report_data: String::new(),
            input_hash: String::new(),
            output_hash: String::new(),
            padding: None,
            files: CaseFiles::default(),
        }
    }
}

/// A document as its file has it: two spaces, a newline at the end.
#[must_use]
pub fn json(document: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(document).unwrap();
    text.push(b'\n');
    text
}

/// A map that keeps its order.
mod checks {
    use std::fmt;

    use serde::de::{MapAccess, Visitor};
    use serde::{Deserializer, Serializer};

    type Pairs = Vec<(String, String)>;

    pub(super) fn serialize<S: Serializer>(pairs: &Pairs, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(pairs.iter().map(|(id, status)| (id, status)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Pairs, D::Error> {
        deserializer.deserialize_map(Ordered)
    }

    struct Ordered;

    impl<'de> Visitor<'de> for Ordered {
        type Value = Pairs;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of check ids and statuses")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
            let mut pairs = Pairs::new();
            while let Some(entry) = map.next_entry()? {
                pairs.push(entry);
            }
            Ok(pairs)
        }
    }
}
