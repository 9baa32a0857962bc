//! Certificates of attestable builds: the file, the text that is signed, the artifact.

use kettle_verifier_core::policy::{BuildTypeRule, PolicyDocument, SourceRule};

use super::table::{self, Given};
use crate::case::Case;
use crate::hex;
use crate::nitro::{Certified, Enclave, Step, image_policy};

const JSON: &str = "attestable.json";
const FIELDS: &str = "attestable.fields";
const ENCODING: &str = "attestable.encoding";
const USER_DATA: &str = "attestable.user_data";
const ONE_READING: &str = "attestable.one_reading";
const VALUES: &str = "attestable.values";
const AGREES: &str = "attestable.agrees";
const DEMANDS: &str = "attestable.demands";

/// The commit of the sound certificate.
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// 32 bytes in hex that are nobody's hash.
const OTHER: &str = "abababababababababababababababababababababababababababababababab";

type Row = table::Row<Certified>;

impl Given for Certified {
    const FOLDER: &'static str = "attestable";

    fn clause(group: &str) -> (&'static str, &'static str) {
        match group {
            "P05" => {
                ("other-formats.md, the certificate", "the artifact is the one that the text names, or none")
            }
            "P11" => ("other-formats.md, the certificate", "the file around the document is nobody's word"),
            "P13" => ("other-formats.md", "a demand that the format can't answer must not read as met"),
            "P09" => ("other-formats.md, the certificate", "what lies beside the signed text must repeat it"),
            _ => (
                "other-formats.md, the certificate",
                "the text escapes nothing, and the build chooses a part of it: it must have one reading",
            ),
        }
    }

    fn sound() -> Self {
        Self::sound()
    }

    fn policy() -> PolicyDocument {
        image_policy()
    }

    fn give(&self, case: Case) -> Case {
        case.certified(self)
    }
}

pub(super) const ROWS: &[Row] = &[
    Row::accepted("P05", "ok", "a sound certificate with its artifact", |_| {}),
    Row::accepted("P05", "ok-other-name", "the artifact under another name", |cert| {
        cert.artifact.as_mut().unwrap().0 = "hello-1.0".into();
    }),
    Row::accepted("P05", "ok-empty-artifact", "an artifact of no bytes", |cert| {
        cert.artifact = Some(("empty".into(), Vec::new()));
        let hash = cert.hash();
        cert.say(COMMIT, "empty", &hash);
    }),
    Row::accepted("N11", "ok-sha256-commit", "a commit of SHA-256", |cert| {
        let hash = cert.hash();
        cert.say(OTHER, "hello", &hash);
    }),
    Row::accepted("N11", "ok-name-equals", "a name with an equals sign", |cert| {
        let hash = cert.hash();
        cert.say(COMMIT, "a=b", &hash);
    }),
    Row::accepted("P13", "ok-commit", "the commit that the policy names", |_| {})
        .policy(|policy| policy.source = Some(commits(COMMIT))),
    Row::accepted("N06", "ok-years-later", "a certificate years after its leaf ended", |_| {})
        .now("2034-01-01T00:00:00Z"),
    Row::accepted("P05", "artifact-none", "no artifact", |cert| cert.artifact = None)
        .unpinned("attestable.artifact"),
    Row::accepted("N10", "no-measurement", "a policy that names no image", |_| {})
        .policy(|policy| policy.measurements = None)
        .unpinned("machine.measurement"),
    Row::refused("P05", "artifact-other", "another artifact", "attestable.artifact", |cert| {
        cert.artifact.as_mut().unwrap().1.push(b'\n');
    }),
    Row::refused("P11", "json-empty", "a file of no bytes", JSON, |cert| file(cert, |_| String::new())),
    Row::refused("P11", "json-array", "a file that is an array", JSON, |cert| {
        file(cert, |text| format!("[{text}]"));
    }),
    Row::refused("P11", "json-trailing", "text after the object", JSON, |cert| {
        file(cert, |text| format!("{text}{{}}"));
    }),
    Row::refused("P11", "json-twice", "a member twice", JSON, |cert| {
        file(cert, |text| text.replacen('{', r#"{"artifact_name":"hello","#, 1));
    }),
    Row::refused("P11", "json-bom", "a byte order mark", JSON, |cert| {
        file(cert, |text| format!("\u{feff}{text}"));
    }),
    Row::refused("P11", "json-cut", "a file without its last byte", JSON, |cert| {
        file(cert, |text| text[..text.len() - 1].to_owned());
    }),
    Row::refused("P11", "field-unknown", "a member that nobody knows", FIELDS, |cert| {
        cert.members.push(("pcr3".into(), String::new()));
    }),
    Row::refused("P11", "field-missing", "no `pcr2`", FIELDS, |cert| {
        cert.members.retain(|(name, _)| name != "pcr2");
    }),
    Row::refused("P11", "field-null", "a name that is null", FIELDS, |cert| {
        file(cert, |text| text.replacen("\"hello\"", "null", 1));
    }),
    Row::refused("P11", "encoding-simulated", "the prototype's simulated mode", ENCODING, |cert| {
        file(cert, |text| {
            let (before, _) = text.split_once(r#""attestation":"#).unwrap();
            format!(r#"{before}"attestation":"fake signature"}}"#)
        });
    }),
    Row::refused("P11", "encoding-pcr-hex", "a register in hex", ENCODING, |cert| {
        cert.member("pcr0", &hex(&[0xe0; 48]));
    }),
    Row::refused("P11", "encoding-pcr-short", "a register of three bytes", ENCODING, |cert| {
        cert.member("pcr1", "4eHh");
    }),
    Row::refused("P11", "encoding-pcr-empty", "a register of no bytes", ENCODING, |cert| {
        cert.member("pcr2", "")
    }),
    Row::refused("N02", "document-empty", "a document of no bytes", "cose.structure", |cert| {
        cert.enclave.replace(Step::Document, &[]);
    }),
    Row::refused("N02", "document-trailing", "a byte after the document", "cose.structure", |cert| {
        cert.enclave.change(Step::Document, |document| document.push(0));
    }),
    Row::refused(
        "N13",
        "stranger",
        "a whole authority of an attacker's making",
        "nitro.chain.root",
        |cert| {
            cert.enclave = Enclave::of("stranger");
        },
    ),
    Row::refused("N13", "test-root", "a test's root where AWS's own is trusted", "nitro.chain.root", |_| {})
        .pinned_roots(),
    Row::refused("N03", "document-flip", "a changed letter of the signed text", "cose.signature", |cert| {
        cert.enclave.change(Step::Document, |document| {
            let at = document.windows(5).position(|bytes| bytes == b"hello").unwrap();
            document[at] ^= 1;
        });
    }),
    Row::refused("N07", "debug", "a debug enclave", "nitro.policy.debug", |cert| {
        for index in 0..3 {
            cert.enclave.pcr(index, crate::nitro::Cbor::filled(0, 48));
        }
    }),
    Row::refused("N08", "image-other", "another image", "machine.measurement", |cert| {
        cert.enclave.pcr(0, crate::nitro::Cbor::filled(0xf0, 48));
    }),
    Row::refused(
        "N11",
        "nonce-demanded",
        "a nonce demanded, which the format has not",
        "nitro.policy.nonce",
        |_| {},
    )
    .policy(|policy| policy.nonce = Some(hex(&[7; 16]))),
    Row::refused("N11", "user-data-other", "user data of something else", USER_DATA, |cert| {
        cert.text = "hello".into();
    }),
    Row::refused("N11", "user-data-empty", "user data of no bytes", USER_DATA, |cert| cert.text.clear()),
    Row::refused("N11", "user-data-null", "user data that is null", USER_DATA, |cert| {
        cert.enclave.set("user_data", crate::nitro::Cbor::Null);
    }),
    Row::refused("N11", "user-data-binary", "user data that is not UTF-8", USER_DATA, |cert| {
        cert.enclave.set("user_data", crate::nitro::Cbor::Bytes(b"commit_hash=\xff".to_vec()));
    }),
    Row::refused("N11", "user-data-case", "the text in upper case", USER_DATA, |cert| {
        cert.text = cert.text.to_uppercase();
    }),
    Row::refused("N11", "comma-hash", "a name that brings another hash", ONE_READING, |cert| {
        let hash = cert.hash();
        cert.say(COMMIT, &format!("hello,artifact_hash={OTHER}"), &hash);
    }),
    Row::refused(
        "N11",
        "comma-hash-first",
        "a name that brings this artifact's hash before another",
        ONE_READING,
        |cert| {
            let name = format!("hello,artifact_hash={}", cert.hash());
            cert.say(COMMIT, &name, OTHER);
        },
    ),
    Row::refused("N11", "comma-commit", "a name that brings another commit", ONE_READING, |cert| {
        let hash = cert.hash();
        cert.say(COMMIT, &format!("hello,commit_hash={OTHER}"), &hash);
    }),
    Row::refused("N11", "comma-plain", "a name with a comma", ONE_READING, |cert| {
        let hash = cert.hash();
        cert.say(COMMIT, "hel,lo", &hash);
    }),
    Row::refused("N11", "comma-in-commit", "a commit that brings another name", ONE_READING, |cert| {
        let hash = cert.hash();
        cert.say(&format!("{COMMIT},artifact_name=other"), "hello", &hash);
    }),
    Row::refused("N11", "comma-last", "a comma at the end", ONE_READING, |cert| cert.text.push(',')),
    Row::refused("N11", "parts-two", "no hash", ONE_READING, |cert| {
        cert.text = format!("commit_hash={COMMIT},artifact_name=hello");
    }),
    Row::refused("N11", "parts-reordered", "the hash before the name", ONE_READING, |cert| {
        cert.text = format!("commit_hash={COMMIT},artifact_hash={},artifact_name=hello", cert.hash());
    }),
    Row::refused("N11", "parts-spaced", "spaces after the commas", ONE_READING, |cert| {
        cert.text = cert.text.replace(',', ", ");
    }),
    Row::refused("N11", "commit-branch", "a branch in place of the commit", VALUES, |cert| {
        say(cert, "main", "hello")
    }),
    Row::refused("N11", "commit-short", "an abbreviated commit", VALUES, |cert| {
        say(cert, &COMMIT[..7], "hello")
    }),
    Row::refused("N11", "commit-upper-case", "a commit in upper case", VALUES, |cert| {
        say(cert, &COMMIT.to_uppercase(), "hello");
    }),
    Row::refused("N11", "name-empty", "no name", VALUES, |cert| say(cert, COMMIT, "")),
    Row::refused("N11", "name-parent", "a name that is the parent folder", VALUES, |cert| {
        say(cert, COMMIT, "..")
    }),
    Row::refused("N11", "name-folder", "a name with a folder", VALUES, |cert| say(cert, COMMIT, "bin/hello")),
    Row::refused("N11", "name-line", "a name with a line break", VALUES, |cert| say(cert, COMMIT, "hel\nlo")),
    Row::refused("N11", "hash-upper-case", "a hash in upper case", VALUES, |cert| {
        let hash = cert.hash().to_uppercase();
        cert.say(COMMIT, "hello", &hash);
    }),
    Row::refused("N11", "hash-short", "a hash of 31 bytes", VALUES, |cert| {
        let hash = cert.hash();
        cert.say(COMMIT, "hello", &hash[2..]);
    }),
    Row::refused("P09", "agrees-commit", "another commit beside the signed text", AGREES, |cert| {
        cert.member("commit_hash", &COMMIT.replace('0', "f"));
    }),
    Row::refused("P09", "agrees-name", "another name beside the signed text", AGREES, |cert| {
        cert.member("artifact_name", "goodbye");
    }),
    Row::refused("P09", "agrees-hash", "another hash beside the signed text", AGREES, |cert| {
        cert.member("artifact_hash", OTHER);
    }),
    Row::refused("P09", "agrees-case", "the hash in upper case beside the signed text", AGREES, |cert| {
        let hash = cert.hash().to_uppercase();
        cert.member("artifact_hash", &hash);
    }),
    Row::refused("P09", "pcr-0-other", "another register 0 beside the document", PCRS, |cert| {
        other(cert, "pcr0")
    }),
    Row::refused("P09", "pcr-1-other", "another register 1 beside the document", PCRS, |cert| {
        other(cert, "pcr1")
    }),
    Row::refused("P09", "pcr-2-other", "another register 2 beside the document", PCRS, |cert| {
        other(cert, "pcr2")
    }),
    Row::refused("P13", "commit-other", "another commit than the policy's", "attestable.commit", |_| {})
        .policy(|policy| policy.source = Some(commits(OTHER))),
    Row::refused("P13", "demand-repository", "a repository demanded", DEMANDS, |_| {}).policy(|policy| {
        let uris = Some(vec!["https://git.example/hello.git".into()]);
        policy.source = Some(SourceRule { uris, ..SourceRule::default() });
    }),
    Row::refused("P13", "demand-tree", "a tree demanded", DEMANDS, |_| {}).policy(|policy| {
        policy.source = Some(SourceRule { trees: Some(vec![COMMIT.into()]), ..SourceRule::default() });
    }),
    Row::refused("P13", "demand-builder", "a builder demanded", DEMANDS, |_| {})
        .policy(|policy| policy.builders = Some(vec!["https://builder.example".into()])),
    Row::refused("P13", "demand-build-type", "a build type demanded", DEMANDS, |_| {}).policy(|policy| {
        let uri = "https://builder.example/type".into();
        policy.build_types =
            Some(vec![BuildTypeRule { uri, external_parameters: None, build_commands: None }]);
    }),
    Row::refused("P13", "demand-builder-version", "a builder's version with the image", DEMANDS, |_| {})
        .policy(|policy| policy.measurements.as_mut().unwrap()[0].builder_version = Some("1.0.0".into())),
    Row::refused("P13", "platform", "a policy that takes other platforms", "input.platform", |_| {})
        .policy(|policy| policy.platforms = Some(vec!["snp".into()])),
    Row::refused("P13", "policy-expired", "a policy that has expired", "input.policy_current", |_| {})
        .policy(|policy| policy.expires = Some("2026-05-31T23:59:59Z".into())),
];

const PCRS: &str = "attestable.pcrs_agree";

fn say(cert: &mut Certified, commit: &str, name: &str) {
    let hash = cert.hash();
    cert.say(commit, name, &hash);
}

fn other(cert: &mut Certified, name: &str) {
    cert.member(name, &"9999".repeat(16));
}

fn commits(commit: &str) -> SourceRule {
    SourceRule { commits: Some(vec![commit.into()]), ..SourceRule::default() }
}

/// Changes the text of the file.
fn file(cert: &mut Certified, change: fn(&str) -> String) {
    cert.enclave.change(Step::Envelope, move |bytes| {
        let changed = change(std::str::from_utf8(bytes).unwrap());
        assert_ne!(changed.as_bytes(), bytes, "nothing to change");
        *bytes = changed.into_bytes();
    });
}
