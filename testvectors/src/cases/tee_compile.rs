//! Reports of TEE Compile: the JSON that is signed, its nonce, the hashes that are expected.

use kettle_verifier_core::policy::{PolicyDocument, SourceRule};

use super::table::{self, Given};
use crate::case::Case;
use crate::nitro::{Cbor, Compiled, Enclave, Step, image_policy};

const STRUCTURE: &str = "cose.structure";
const USER_DATA: &str = "tee_compile.user_data";
const FIELDS: &str = "tee_compile.fields";
const NONCE_AGREES: &str = "tee_compile.nonce_agrees";
const DEMANDS: &str = "tee_compile.demands";

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

type Row = table::Row<Compiled>;

impl Given for Compiled {
    const FOLDER: &'static str = "tee-compile";

    fn clause(group: &str) -> (&'static str, &'static str) {
        match group {
            "P05" => (
                "other-formats.md, the report",
                "the roots are compared and not computed: one that nobody expects proves nothing of a file",
            ),
            "P13" => ("other-formats.md", "a demand that the format can't answer must not read as met"),
            "N11" => ("other-formats.md, the report", "one nonce in two places must be one nonce"),
            "P02" => ("other-formats.md, the report", "what is signed must be JSON with one reading"),
            _ => ("other-formats.md, the report; platforms.md, 26 to 28", "the file is the document itself"),
        }
    }

    fn sound() -> Self {
        Self::sound()
    }

    fn policy() -> PolicyDocument {
        image_policy()
    }

    fn give(&self, case: Case) -> Case {
        case.compiled(self)
    }
}

pub(super) const ROWS: &[Row] = &[
    Row::accepted("P05", "ok", "a sound report with both roots expected", |_| {}),
    Row::accepted("N02", "ok-tagged", "a report with tag 18", |report| report.enclave.before = vec![0xd2]),
    Row::accepted("P02", "ok-without-0x", "roots without `0x`", |report| {
        report.json = report.json.replace("0x", "");
    }),
    Row::accepted("P02", "ok-all-members", "all members that the format knows", |report| {
        report.add(&format!(r#""mrenclave":"ab","git_commit":"{COMMIT}","image":"rust""#));
    }),
    Row::accepted("P02", "ok-empty-members", "members that are there and say nothing", |report| {
        report.add(r#""mrenclave":"","git_commit":"","image":"""#);
    }),
    Row::accepted("N11", "ok-no-nonce", "a document without a nonce of its own", |report| {
        report.nonce = None
    }),
    Row::accepted("N11", "ok-nonce", "the nonce that the policy demands", |_| {})
        .policy(|policy| policy.nonce = Some("00112233445566778899aabbccddeeff".into())),
    Row::accepted("P13", "ok-commit", "the commit that the policy names", |report| {
        report.add(&format!(r#""git_commit":"{COMMIT}""#));
    })
    .policy(|policy| policy.source = Some(commits())),
    Row::accepted("N06", "ok-years-later", "a report years after its leaf ended", |_| {})
        .now("2034-01-01T00:00:00Z"),
    Row::accepted("P05", "input-unexpected", "a report whose input nobody expects", |report| {
        report.expected[0] = None;
    })
    .unpinned("tee_compile.input"),
    Row::accepted("P05", "output-unexpected", "a report whose output nobody expects", |report| {
        report.expected[1] = None;
    })
    .unpinned("tee_compile.output"),
    Row::accepted("N10", "no-measurement", "a policy that names no image", |_| {})
        .policy(|policy| policy.measurements = None)
        .unpinned("machine.measurement"),
    Row::refused("P05", "input-other", "another input", "tee_compile.input", |report| {
        report.expected[0] = Some([0x12; 32]);
    }),
    Row::refused("P05", "output-other", "another output", "tee_compile.output", |report| {
        report.expected[1] = Some([0x23; 32]);
    }),
    Row::refused(
        "P05",
        "roots-swapped",
        "the roots of input and output changed places",
        "tee_compile.input",
        |report| {
            report.expected.reverse();
        },
    ),
    Row::refused("N02", "report-empty", "a file of no bytes", STRUCTURE, |report| {
        report.enclave.replace(Step::Envelope, &[]);
    }),
    Row::refused("N02", "report-trailing", "a line break after the document", STRUCTURE, |report| {
        report.enclave.change(Step::Envelope, |report| report.push(b'\n'));
    }),
    Row::refused("N02", "report-cut", "a report without its last byte", STRUCTURE, |report| {
        report.enclave.change(Step::Envelope, |report| report.truncate(report.len() - 1));
    }),
    Row::refused("N02", "report-base64", "a report in base64", STRUCTURE, |report| {
        report.enclave.change(Step::Envelope, |report| {
            *report = <base64ct::Base64 as base64ct::Encoding>::encode_string(report).into_bytes();
        });
    }),
    Row::refused("N02", "report-large", "a report above 32 KiB", "nitro.document.size", |report| {
        report.enclave.change(Step::Envelope, |report| report.resize(32 * 1024 + 1, 0));
    }),
    Row::refused("N03", "report-flip", "a changed digit of the output's root", "cose.signature", |report| {
        report.enclave.change(Step::Envelope, |report| {
            let at = report.windows(8).position(|bytes| bytes == b"22222222").unwrap();
            report[at] = b'3';
        });
    }),
    Row::refused(
        "N13",
        "stranger",
        "a whole authority of an attacker's making",
        "nitro.chain.root",
        |report| {
            report.enclave = Enclave::of("stranger");
        },
    ),
    Row::refused("N13", "test-root", "a test's root where AWS's own is trusted", "nitro.chain.root", |_| {})
        .pinned_roots(),
    Row::refused("N06", "future", "a report from the future", "nitro.policy.future", |_| {})
        .now("2026-05-31T12:00:02Z"),
    Row::refused("N07", "debug", "a debug enclave", "nitro.policy.debug", |report| {
        for index in 0..3 {
            report.enclave.pcr(index, Cbor::filled(0, 48));
        }
    }),
    Row::refused("N08", "application-other", "another application", "machine.pcrs", |report| {
        report.enclave.pcr(2, Cbor::filled(0xf2, 48));
    }),
    Row::refused("P02", "json-empty", "user data of no bytes", USER_DATA, |report| report.json.clear()),
    Row::refused("P02", "json-null", "user data that is null", USER_DATA, |report| {
        report.enclave.set("user_data", Cbor::Null);
    }),
    Row::refused("P02", "json-array", "user data that is an array", USER_DATA, |report| {
        report.json = format!("[{}]", report.json);
    }),
    Row::refused("P02", "json-trailing", "text after the object", USER_DATA, |report| report.json.push('x')),
    Row::refused("P02", "json-twice", "a root twice, with two values", USER_DATA, |report| {
        report.add(&format!(r#""output_hash":"0x{}""#, "33".repeat(32)));
    }),
    Row::refused("P02", "json-certificate", "the text of an attestable build", USER_DATA, |report| {
        report.json = format!("commit_hash={COMMIT},artifact_name=hello,artifact_hash={}", "22".repeat(32));
    }),
    Row::refused("P02", "field-unknown", "a member that nobody knows", FIELDS, |report| {
        report.add(r#""repo":"hello""#);
    }),
    Row::refused("P02", "field-null", "a member that is null", FIELDS, |report| {
        report.add(r#""image":null"#)
    }),
    Row::refused("P02", "field-case", "a member's name in other case", FIELDS, |report| {
        report.swap("input_hash", "Input_Hash");
    }),
    Row::refused("P02", "input-missing", "no root over the inputs", FIELDS, |report| {
        let input = format!(r#""input_hash":"0x{}","#, "11".repeat(32));
        report.swap(&input, "");
    }),
    Row::refused("P02", "nonce-missing", "no nonce", FIELDS, |report| {
        report.swap(r#","nonce":"00112233445566778899aabbccddeeff""#, "");
    }),
    Row::refused("P02", "hash-short", "a root of 31 bytes", FIELDS, |report| report.swap("0x11", "0x")),
    Row::refused("P02", "hash-long", "a root of 33 bytes", FIELDS, |report| report.swap("0x11", "0x1111")),
    Row::refused("P02", "hash-upper-case", "a root with `0X`", FIELDS, |report| report.swap("0x22", "0X22")),
    Row::refused("P02", "hash-two-prefixes", "a root with `0x` twice", FIELDS, |report| {
        report.swap("0x22", "0x0x22");
    }),
    Row::refused("N11", "nonce-two", "two nonces", NONCE_AGREES, |report| {
        report.nonce = Some("other".into())
    }),
    Row::refused("N11", "nonce-prefix", "a nonce that only begins as it should", NONCE_AGREES, |report| {
        report.nonce.as_mut().unwrap().pop();
    }),
    Row::refused("N11", "nonce-empty", "a nonce of no bytes in the document", NONCE_AGREES, |report| {
        report.nonce = Some(String::new());
    }),
    Row::refused("N11", "nonce-binary", "the nonce's bytes in the document", NONCE_AGREES, |report| {
        let bytes = crate::unhex("00112233445566778899aabbccddeeff");
        report.enclave.set("nonce", Cbor::Bytes(bytes));
    }),
    Row::refused("N11", "nonce-demanded", "another nonce than the policy's", "tee_compile.nonce", |_| {})
        .policy(|policy| policy.nonce = Some("07".repeat(16))),
    Row::refused(
        "P13",
        "commit-absent",
        "no commit where the policy names one",
        "tee_compile.commit",
        |_| {},
    )
    .policy(|policy| policy.source = Some(commits())),
    Row::refused("P13", "commit-other", "another commit than the policy's", "tee_compile.commit", |report| {
        report.add(&format!(r#""git_commit":"{}""#, COMMIT.replace('0', "f")));
    })
    .policy(|policy| policy.source = Some(commits())),
    Row::refused("P13", "demand-repository", "a repository demanded", DEMANDS, |_| {}).policy(|policy| {
        let uris = Some(vec!["https://git.example/hello.git".into()]);
        policy.source = Some(SourceRule { uris, ..SourceRule::default() });
    }),
    Row::refused("P13", "demand-builder", "a builder demanded", DEMANDS, |_| {})
        .policy(|policy| policy.builders = Some(vec!["https://builder.example".into()])),
    Row::refused("P13", "platform", "a policy that takes other platforms", "input.platform", |_| {})
        .policy(|policy| policy.platforms = Some(vec!["snp".into()])),
];

fn commits() -> SourceRule {
    SourceRule { commits: Some(vec![COMMIT.into()]), ..SourceRule::default() }
}
