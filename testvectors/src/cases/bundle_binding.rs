//! Provenance that the hardware did not attest (adversarial.md, P01, P02, P03, P09, S36).

use kettle_verifier_core::policy::DigestForm;

use crate::case::{Case, Expect};
use crate::hex;
use crate::provenance::{Generation, Toolchain};
use crate::scene::{Scene, Step};

cases![
    injected,
    injected_f0,
    injected_subject,
    reordered,
    reordered_f0,
    trailing_newline,
    trailing_newline_f0,
    crlf,
    crlf_f0,
    reshaped_f0,
    escaped,
    escaped_f0,
    one_bit,
    byte_order_mark,
    duplicate_first,
    duplicate_last,
    duplicate_escaped,
    invalid_utf8,
    not_a_number,
    depth,
    lone_surrogate,
    trailing_comma,
    trailing_bytes,
    empty,
    array,
    truncated,
    too_large,
    checksum_truncated,
    checksum_half,
    left_padded,
    shifted,
    nonce_17,
    nonce_15_azure,
    nonce_17_azure,
    replayed,
    nonce_absent,
    nonce_other,
    nonce_f0,
    form_refused,
    form_refused_raw,
    evidence_alone,
    evidence_unnamed,
    evidence_prefix,
    evidence_longer,
    evidence_other,
    evidence_azure,
    evidence_azure_prefix,
    evidence_nonce,
    evidence_other_nonce,
];

const DIGEST: &str = "kettle-bundle.md, Generations";
const FIELD: &str = "kettle-bundle.md, Where the attested bytes lie";
const JSON: &str = "kettle-bundle.md, Generations; RFC 8259";

fn f0() -> Scene {
    Scene::snp().built(Generation::F0, Toolchain::Cargo)
}

/// The document is changed after the hardware attested it.
fn after(
    mut scene: Scene,
    id: &str,
    covers: &str,
    title: &str,
    check: &str,
    change: impl Fn(&mut Vec<u8>) + 'static,
) -> Case {
    scene.change(Step::DocumentAfter, change);
    Case::new(id, covers, title, Expect::fails(check))
        .why("the digest is over the bytes that were received, never over a document written again", DIGEST)
        .bundle(&scene)
}

fn text(from: &'static str, to: &'static str) -> impl Fn(&mut Vec<u8>) + 'static {
    move |json| {
        let text = std::str::from_utf8(json).unwrap();
        assert!(text.contains(from), "nothing to replace: {from}");
        *json = text.replacen(from, to, 1).into_bytes();
    }
}

const DIFFERS: &str = "binding.provenance_digest";
const COMMAND: &str = r#""buildCommand": "cargo build --release --locked","#;
const FLAGS: &str =
    r#""buildCommand": "cargo build --release --locked", "buildFlags": "--features backdoor","#;

fn injected() -> Case {
    after(
        Scene::snp(),
        "bundle/p01-injected",
        "P01",
        "a build flag is added to the provenance",
        DIFFERS,
        text(COMMAND, FLAGS),
    )
    .advisory("the reference verifier hashes a document written again")
}

fn injected_f0() -> Case {
    after(f0(), "bundle/p01-injected-f0", "P01", "the same, of generation F0", DIFFERS, text(COMMAND, FLAGS))
        .advisory("the reference verifier hashes a document written again")
}

fn injected_subject() -> Case {
    after(
        f0(),
        "bundle/p01-injected-subject",
        "P01",
        "a field is added to a subject",
        DIFFERS,
        text(r#""name": "hello""#, r#""name": "hello", "mediaType": "x""#),
    )
}

const KIND: &str = "  \"_type\": \"https://in-toto.io/Statement/v1\",\n";

fn reorder(json: &mut Vec<u8>) {
    let text = std::str::from_utf8(json).unwrap();
    let rest = text.strip_suffix("\n}").unwrap().replacen(KIND, "", 1);
    *json = format!("{rest},\n{}\n}}", KIND.trim_end_matches(",\n")).into_bytes();
}

fn reordered() -> Case {
    after(Scene::snp(), "bundle/p02-reordered", "P02", "the keys change their order", DIFFERS, reorder)
}

fn reordered_f0() -> Case {
    after(f0(), "bundle/p02-reordered-f0", "P02", "the keys change their order, F0", DIFFERS, reorder)
}

fn trailing_newline() -> Case {
    after(Scene::snp(), "bundle/p02-newline", "P02", "a newline at the end", DIFFERS, |json| json.push(b'\n'))
}

fn trailing_newline_f0() -> Case {
    after(f0(), "bundle/p02-newline-f0", "P02", "a newline at the end, F0", "binding.digest_form", |json| {
        json.push(b'\n');
    })
}

fn carriage_returns(json: &mut Vec<u8>) {
    *json = std::str::from_utf8(json).unwrap().replace('\n', "\r\n").into_bytes();
}

fn crlf() -> Case {
    after(Scene::snp(), "bundle/p02-crlf", "P02", "lines end with CRLF", DIFFERS, carriage_returns)
}

fn crlf_f0() -> Case {
    after(
        f0(),
        "bundle/p02-crlf-f0",
        "P02",
        "lines end with CRLF, F0",
        "binding.digest_form",
        carriage_returns,
    )
}

fn reshaped_f0() -> Case {
    after(
        f0(),
        "bundle/p02-reshaped-f0",
        "P02",
        "four spaces in place of two, F0",
        "binding.digest_form",
        |json| {
            *json = std::str::from_utf8(json).unwrap().replace("  ", "    ").into_bytes();
        },
    )
}

const ESCAPED: [&str; 2] = [r#""name": "hello""#, r#""name": "hell\u006f""#];

fn escaped() -> Case {
    after(
        Scene::snp(),
        "bundle/p02-escaped",
        "P02",
        "a letter is written as an escape",
        DIFFERS,
        text(ESCAPED[0], ESCAPED[1]),
    )
}

fn escaped_f0() -> Case {
    after(
        f0(),
        "bundle/p02-escaped-f0",
        "P02",
        "a letter is written as an escape, F0",
        DIFFERS,
        text(ESCAPED[0], ESCAPED[1]),
    )
}

fn one_bit() -> Case {
    after(
        Scene::snp(),
        "bundle/g01-provenance",
        "G01 P09",
        "one bit of the commit",
        DIFFERS,
        text("0123456789abcdef0123", "1123456789abcdef0123"),
    )
    .mutated_from("snp/ok-milan")
}

/// The document is not strict JSON; the hardware attests it all the same.
fn attested(id: &str, covers: &str, title: &str, change: impl Fn(&mut Vec<u8>) + 'static) -> Case {
    let mut scene = Scene::snp();
    scene.change(Step::Document, change);
    Case::new(id, covers, title, Expect::fails("binding.provenance_json"))
        .why("two readers could read it as two documents", JSON)
        .bundle(&scene)
}

fn byte_order_mark() -> Case {
    attested("bundle/p02-byte-order-mark", "P02", "a byte order mark", |json| {
        json.splice(0..0, *b"\xef\xbb\xbf");
    })
}

fn duplicate_first() -> Case {
    attested(
        "bundle/p02-duplicate-first",
        "P02",
        "two names of a subject, the right one first",
        text(r#""name": "hello""#, r#""name": "hello", "name": "other""#),
    )
}

fn duplicate_last() -> Case {
    attested(
        "bundle/p02-duplicate-last",
        "P02",
        "two names of a subject, the right one last",
        text(r#""name": "hello""#, r#""name": "other", "name": "hello""#),
    )
}

fn duplicate_escaped() -> Case {
    attested(
        "bundle/p02-duplicate-escaped",
        "P02",
        "a key that comes twice once its escapes are read",
        text(r#""name": "hello""#, r#""name": "hello", "n\u0061me": "other""#),
    )
}

fn invalid_utf8() -> Case {
    attested("bundle/p02-invalid-utf8", "P02", "a byte that is not UTF-8", |json| {
        let place = json.windows(5).rposition(|window| window == b"hello").unwrap();
        json[place] = 0xff;
    })
}

fn not_a_number() -> Case {
    attested("bundle/p02-nan", "P02", "NaN", text(r#""name": "hello""#, r#""size": NaN, "name": "hello""#))
}

fn depth() -> Case {
    attested("bundle/p02-depth", "P02", "arrays nested a thousand deep", |json| {
        let nested = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
        let text = std::str::from_utf8(json).unwrap();
        *json = text.replacen("\"_type\"", &format!("\"deep\": {nested}, \"_type\""), 1).into_bytes();
    })
}

fn lone_surrogate() -> Case {
    attested(
        "bundle/p02-surrogate",
        "P02",
        "half a surrogate pair",
        text(r#""name": "hello""#, r#""name": "hello\ud800""#),
    )
}

fn trailing_comma() -> Case {
    attested(
        "bundle/p02-trailing-comma",
        "P02",
        "a comma before the end of an object",
        text(r#""name": "hello""#, r#""name": "hello","#),
    )
}

fn trailing_bytes() -> Case {
    attested("bundle/p02-trailing-bytes", "P02", "bytes after the document", |json| json.extend(b"{}"))
}

fn empty() -> Case {
    attested("bundle/p02-empty", "P02 G02", "an empty file", Vec::clear)
}

fn array() -> Case {
    attested("bundle/p02-array", "P02", "an array", |json| *json = b"[]".to_vec())
}

fn truncated() -> Case {
    after(
        Scene::snp(),
        "bundle/g02-provenance",
        "G02",
        "the provenance lacks its last byte",
        "binding.provenance_json",
        |json| {
            json.pop();
        },
    )
}

fn too_large() -> Case {
    Case::new(
        "bundle/p02-too-large",
        "P02",
        "provenance of more than 10 MiB",
        Expect::fails("binding.provenance_json"),
    )
    .why("limits come first", "platforms.md, 31")
    .bundle(&Scene::snp())
    .pad("provenance", 10 * 1024 * 1024 + 1)
}

/// The hardware attests other bytes than the digest and the nonce.
fn field(
    mut scene: Scene,
    id: &str,
    covers: &str,
    title: &str,
    check: &str,
    change: impl Fn(&mut Vec<u8>) + 'static,
) -> Case {
    scene.nonce = [0x5a; 16];
    scene.change(Step::Attested, change);
    Case::new(id, covers, title, Expect::fails(check))
        .why("32 bytes of digest, then the nonce, then zeros: nothing is stripped or moved", FIELD)
        .bundle(&scene)
}

fn checksum_truncated() -> Case {
    field(Scene::snp(), "bundle/p03-truncated", "P03 S36", "31 bytes of the digest", DIFFERS, |bytes| {
        bytes.truncate(31);
    })
}

fn checksum_half() -> Case {
    field(Scene::snp(), "bundle/p03-half", "P03 S36", "half of the digest", DIFFERS, |bytes| {
        bytes.truncate(16);
    })
}

fn left_padded() -> Case {
    field(Scene::snp(), "bundle/s36-left-padded", "S36", "zeros before the digest", DIFFERS, |bytes| {
        bytes.truncate(32);
        bytes.splice(0..0, [0; 16]);
    })
}

fn shifted() -> Case {
    field(Scene::snp(), "bundle/p09-shifted", "P09", "16 bytes of nonce, then the digest", DIFFERS, |bytes| {
        bytes.rotate_left(32);
    })
}

fn nonce_17() -> Case {
    field(Scene::snp(), "bundle/p09-nonce-17", "P09", "a nonce of 17 bytes", "binding.field", |bytes| {
        bytes.push(1);
    })
}

fn nonce_15_azure() -> Case {
    field(
        Scene::azure(),
        "bundle/p09-nonce-15-azure",
        "P09",
        "a nonce of 15 bytes in extraData",
        "binding.field",
        |bytes| {
            bytes.pop();
        },
    )
}

fn nonce_17_azure() -> Case {
    field(
        Scene::azure(),
        "bundle/p09-nonce-17-azure",
        "P09",
        "a nonce of 17 bytes in extraData",
        "binding.field",
        |bytes| bytes.push(1),
    )
}

fn replayed() -> Case {
    let mut other = Scene::snp();
    other.build.repository = "https://git.example/other.git".into();
    let evidence = other.mint().attested;
    let mut scene = Scene::snp();
    scene.change(Step::Attested, move |bytes| bytes.clone_from(&evidence));
    Case::new("bundle/p09-replayed", "P09", "evidence of another build", Expect::fails(DIFFERS))
        .why("evidence is for one provenance", DIGEST)
        .bundle(&scene)
}

fn nonce(id: &str, title: &str, scene: &Scene) -> Case {
    Case::new(id, "P09", title, Expect::fails("binding.nonce"))
        .why("what the policy demands must be there, and equal", FIELD)
        .bundle(scene)
        .policy(|policy| policy.nonce = Some("4e".repeat(16)))
}

fn nonce_absent() -> Case {
    nonce("bundle/p09-nonce-absent", "no nonce where the policy demands one", &Scene::snp())
}

fn nonce_other() -> Case {
    let mut scene = Scene::snp();
    scene.nonce = [0x4f; 16];
    nonce("bundle/p09-nonce-other", "another nonce than the policy's", &scene)
}

fn nonce_f0() -> Case {
    nonce("bundle/p09-nonce-f0", "generation F0, which has no nonce", &f0())
}

fn form(id: &str, title: &str, scene: &Scene, form: DigestForm) -> Case {
    Case::new(id, "P02", title, Expect::fails("binding.digest_form"))
        .why("a policy can refuse a form", DIGEST)
        .bundle(scene)
        .policy(move |policy| policy.digest_forms = Some(vec![form]))
}

fn form_refused() -> Case {
    form(
        "bundle/p02-form-compact",
        "compact tokens where the policy takes the file's bytes",
        &f0(),
        DigestForm::RawBytes,
    )
}

fn form_refused_raw() -> Case {
    form(
        "bundle/p02-form-raw",
        "the file's bytes where the policy takes compact tokens",
        &Scene::snp(),
        DigestForm::CompactTokens,
    )
}

/// Evidence alone, with expected report data.
fn alone(
    scene: &Scene,
    id: &str,
    title: &str,
    expect: Expect,
    data: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> Case {
    let minted = scene.mint();
    let data = data(&minted.attested).map(|bytes| hex(&bytes));
    Case::new(id, "S36", title, expect)
        .why("report data is compared in full, and never by its beginning", FIELD)
        .evidence(minted.evidence, data.as_deref())
}

fn evidence_alone() -> Case {
    alone(
        &Scene::snp(),
        "evidence/ok-snp",
        "the report data that was expected",
        Expect::unpinned(""),
        |data| Some(data.to_vec()),
    )
}

fn evidence_unnamed() -> Case {
    alone(
        &Scene::snp(),
        "evidence/no-report-data",
        "nobody says which report data to expect",
        Expect::unpinned("binding.report_data"),
        |_| None,
    )
}

fn evidence_prefix() -> Case {
    alone(
        &Scene::snp(),
        "evidence/s36-prefix",
        "the beginning of the report data",
        Expect::fails("binding.report_data"),
        |data| Some(data[..16].to_vec()),
    )
}

fn evidence_longer() -> Case {
    alone(
        &Scene::snp(),
        "evidence/s36-longer",
        "the report data and one byte more",
        Expect::fails("binding.report_data"),
        |data| Some([data, &[0; 17]].concat()),
    )
}

fn evidence_other() -> Case {
    alone(
        &Scene::snp(),
        "evidence/s36-other",
        "report data that differs in its last bit",
        Expect::fails("binding.report_data"),
        |data| {
            let mut data = data.to_vec();
            data[31] ^= 1;
            Some(data)
        },
    )
}

fn evidence_azure() -> Case {
    alone(
        &Scene::azure(),
        "evidence/ok-azure",
        "the extraData that was expected",
        Expect::unpinned(""),
        |data| Some(data.to_vec()),
    )
}

fn evidence_azure_prefix() -> Case {
    alone(
        &Scene::azure(),
        "evidence/s36-azure-prefix",
        "extraData without its zeros",
        Expect::fails("binding.report_data"),
        |data| Some(data[..32].to_vec()),
    )
}

/// Evidence alone under a policy that demands a nonce.
fn with_nonce(id: &str, title: &str, expect: Expect, nonce: [u8; 16]) -> Case {
    let mut scene = Scene::snp();
    scene.nonce = [0x4e; 16];
    alone(&scene, id, title, expect, |data| Some(data.to_vec()))
        .policy(move |policy| policy.nonce = Some(hex(&nonce)))
}

fn evidence_nonce() -> Case {
    with_nonce("evidence/ok-nonce", "the nonce that the policy demands", Expect::unpinned(""), [0x4e; 16])
}

fn evidence_other_nonce() -> Case {
    let expect = Expect::fails("binding.nonce");
    with_nonce("evidence/p09-nonce", "another nonce than the policy's", expect, [0x4f; 16])
}
