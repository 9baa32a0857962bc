use alloc::{format, vec};

use super::*;
use crate::bundle::{Artifact, ArtifactSet};
use crate::request::Settings;

const PROVENANCE: &str = r#"{"subject":[
    {"name":"bin/tool","digest":{"sha256":"2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"}},
    {"name":"tool-1.0-py3-none-any.whl","digest":{"sha256":"fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9"}}]}"#;

fn bundle(files: &[(&str, &[u8])], subjects: &[&str], mode: ArtifactMode) -> Bundle<'static> {
    let files = files.iter().map(|(name, bytes)| Artifact::from_bytes(*name, bytes)).collect();
    let subjects = subjects.iter().map(|name| String::from(*name)).collect();
    Bundle {
        provenance: PROVENANCE.as_bytes(),
        artifacts: ArtifactSet { mode, files, subjects },
        ..Bundle::default()
    }
}

fn emitted(bundle: Bundle<'_>, format: EmitFormat, dangerously: bool) -> Result<String, NotEmitted> {
    let terms = Settings { now: "2026-03-05T08:00:00Z", ..Settings::default() }.terms().unwrap();
    let emission = Emission { format, dangerously_emit_unverified: dangerously };
    let (verdict, emitted) = terms.appraise_and_emit(&Content::Bundle(bundle), emission);
    assert_eq!(verdict.outcome, Outcome::Failed);
    emitted
}

fn names(bundle: Bundle<'_>) -> String {
    let text = emitted(bundle, EmitFormat::Sha256sums, true).unwrap_or_default();
    let names: Vec<&str> =
        text.lines().filter_map(|line| line.split_once("  ")).map(|(_, name)| name).collect();
    names.join(" ")
}

const FOO: (&str, &[u8]) = ("bin/tool", b"foo");
const BAR: (&str, &[u8]) = ("tool-1.0-py3-none-any.whl", b"bar");

#[test]
fn nothing_is_emitted_of_what_is_not_verified() {
    for format in EmitFormat::ALL {
        let given = bundle(&[FOO, BAR], &[], ArtifactMode::Folder);
        assert_eq!(emitted(given, format, false), Err(NotEmitted::Unverified), "{format:?}");
    }
}

#[test]
fn only_subjects_with_an_equal_file_are_emitted() {
    let all = "bin/tool tool-1.0-py3-none-any.whl";
    assert_eq!(names(bundle(&[FOO, BAR, ("more", b"x")], &[], ArtifactMode::Folder)), all);
    assert_eq!(names(bundle(&[FOO, BAR], &["bin/tool"], ArtifactMode::Folder)), "bin/tool");
    assert_eq!(names(bundle(&[("bin/tool", b"bar")], &[], ArtifactMode::Folder)), "");
    assert_eq!(names(bundle(&[("other", b"foo")], &[], ArtifactMode::Folder)), "");
    assert_eq!(names(bundle(&[("other", b"foo")], &[], ArtifactMode::Loose)), "bin/tool");
    assert_eq!(names(bundle(&[], &[], ArtifactMode::Without)), "");
}

#[test]
fn each_format_has_its_form() {
    let all = || bundle(&[FOO, BAR], &[], ArtifactMode::Folder);
    let of = |format| emitted(all(), format, true).unwrap();
    let (foo, bar) = (Artifact::from_bytes("", b"foo").sha256, Artifact::from_bytes("", b"bar").sha256);
    assert_eq!(
        of(EmitFormat::Sha256sums),
        format!("{}  bin/tool\n{}  tool-1.0-py3-none-any.whl\n", hex(&foo), hex(&bar))
    );
    assert_eq!(
        of(EmitFormat::PipHashes),
        format!("tool==1.0 --hash=sha256:{}\n# no wheel or sdist: bin/tool\n", hex(&bar))
    );
    // The digest of `foo`, in base64 by another program.
    let integrity = "sha256-LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=";
    assert!(of(EmitFormat::NpmIntegrity).contains(&format!("\"bin/tool\": \"{integrity}\"")));
    assert!(of(EmitFormat::NixHash).contains(&format!("  \"bin/tool\" = \"{integrity}\";\n")));
    let bill: serde_json::Value = serde_json::from_str(&of(EmitFormat::Cyclonedx)).unwrap();
    assert_eq!(bill["components"][0]["hashes"][0]["content"], hex(&foo));
    assert_eq!(bill["metadata"]["properties"][0]["value"], "failed");
}

#[test]
fn a_format_for_packages_needs_one() {
    let given = bundle(&[FOO], &["bin/tool"], ArtifactMode::Folder);
    assert_eq!(emitted(given, EmitFormat::PipHashes, true), Err(NotEmitted::NoneOfKind));
}

#[test]
fn other_content_has_nothing_to_pin() {
    let terms = Settings { now: "2026-03-05T08:00:00Z", ..Settings::default() }.terms().unwrap();
    let contents = vec![
        Content::Evidence(crate::EvidenceOnly::default()),
        Content::TeeCompile(crate::formats::tee_compile::Report {
            report: b"",
            input_hash: None,
            output_hash: None,
        }),
        Content::AttestableBuild(attestable::Certificate { certificate: b"{}", artifact: None }),
    ];
    for content in contents {
        let emission = Emission { format: EmitFormat::Sha256sums, dangerously_emit_unverified: true };
        assert_eq!(terms.appraise_and_emit(&content, emission).1, Err(NotEmitted::NoArtifact));
    }
}
