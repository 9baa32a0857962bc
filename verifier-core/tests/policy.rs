//! A policy in which some rule would silently not apply is refused, with the place (group P13).
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "helpers of tests")]

use kettle_verifier_core::platform;
use kettle_verifier_core::policy::{Policy, PolicyErrorKind, SCHEMA};

/// A policy document with these members beside its schema.
fn document(members: &str) -> String {
    let comma = if members.is_empty() { "" } else { "," };
    format!(r#"{{"schema":"{SCHEMA}"{comma}{members}}}"#)
}

fn read(members: &str) -> Result<Policy, kettle_verifier_core::policy::PolicyError> {
    Policy::from_json(document(members).as_bytes())
}

/// Asserts that the members are refused at a place, and returns what was said.
#[track_caller]
fn refused(members: &str, location: &str) -> String {
    let error = read(members).expect_err(members);
    assert_eq!(error.location, location, "{members}: {error}");
    error.to_string()
}

/// Asserts that the JSON reader itself refuses the members, and says the word.
#[track_caller]
fn refused_by_reader(members: &str, word: &str) {
    let error = read(members).expect_err(members);
    assert!(matches!(error.kind, PolicyErrorKind::Json { .. }), "{members}: {error}");
    let place = ["line 1 column ", "/"].iter().any(|begin| error.location.starts_with(begin));
    assert!(place || error.location.is_empty(), "{members}: {error}");
    assert!(error.to_string().contains(word), "{members}: {error}");
}

fn hex(bytes: usize) -> String {
    "ab".repeat(bytes)
}

fn measurement(changes: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("id", r#""image""#.to_owned()),
        ("platform", r#""snp""#.to_owned()),
        ("launch_digest", format!("\"{}\"", hex(48))),
    ];
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push((name, (*value).to_owned()));
    }
    let fields: Vec<String> = fields.iter().map(|(name, value)| format!(r#""{name}":{value}"#)).collect();
    format!("{{{}}}", fields.join(","))
}

fn measurements(changes: &[(&str, &str)]) -> String {
    format!(r#""measurements":[{}]"#, measurement(changes))
}

#[test]
fn a_sound_document_is_read() {
    let policy = read(&measurements(&[
        ("platform", r#""az-snp""#),
        ("pcrs", &format!(r#"[{{"index":0,"sha256":"{}"}}]"#, hex(32))),
    ]));
    let policy = policy.unwrap();
    assert_eq!(policy.measurements("az-snp").count(), 1);
    assert_eq!(policy.digest().len(), 64);
}

#[test]
fn the_smallest_document_has_its_schema_only() {
    let policy = read("").unwrap();
    assert_eq!(policy.document(), Policy::default().document());
    assert_ne!(policy.digest(), Policy::default().digest(), "a document has a digest, the built-in has none");
}

#[test]
fn the_schema_is_demanded() {
    assert_eq!(Policy::from_json(br#"{"schema":"kettle-policy/v2"}"#).unwrap_err().location, "/schema");
    for text in ["{}", "", "null", "[]", "true", r#"{"schema":null}"#, r#"{"schema":"kettle-policy/v1"} x"#] {
        let error = Policy::from_json(text.as_bytes()).expect_err(text);
        assert!(matches!(error.kind, PolicyErrorKind::Json { .. }), "{text}: {error}");
    }
}

#[test]
fn unknown_and_misspelt_members_are_refused_at_every_depth() {
    for members in [
        r#""measurement":[]"#,
        r#""expected_mesurement":"00""#,
        r#""Measurements":[]"#,
        r#""source":{"uri":"x"}"#,
        r#""snp":{"vmpls":[0]}"#,
        r#""snp":{"guest_policy":{"debug":true}}"#,
        r#""snp":{"minimum_tcb":[{"generation":"Milan","snpp":3}]}"#,
        r#""azure":{"secureboot":true}"#,
        r#""machines":{"allowed":[]}"#,
        r#""revocation":{"required":true}"#,
        r#""levels":[{"measurement":"a","builder":"b","level":1,"note":""}]"#,
        r#""waivers":[{"id":"a","reason":"b","until":"c"}]"#,
        r#""build_types":[{"uri":"a","parameters":[]}]"#,
        &measurements(&[("mrtd", r#""00""#)]),
        &measurements(&[("pcrs", r#"[{"index":0,"sha256":"00","sha1":""}]"#)]),
    ] {
        refused_by_reader(members, "unknown field");
    }
}

#[test]
fn null_is_not_absent() {
    let names = [
        "issued",
        "expires",
        "version",
        "platforms",
        "measurements",
        "source",
        "builders",
        "build_types",
        "nonce",
        "digest_forms",
        "snp",
        "azure",
        "machines",
        "revocation",
        "levels",
        "waivers",
        "insecure_allow_debug",
        "description",
    ];
    for name in names {
        refused_by_reader(&format!(r#""{name}":null"#), "null");
    }
    for members in [
        r#""snp":{"vmpl":null}"#,
        r#""snp":{"guest_policy":null}"#,
        r#""source":{"uris":null}"#,
        r#""azure":{"secure_boot":null}"#,
        r#""machines":{"allow":null}"#,
        r#""revocation":{"require":null}"#,
        &measurements(&[("pcrs", "null")]),
        &measurements(&[("launch_digest", "null")]),
        &measurements(&[("minimum_tcb", "null")]),
    ] {
        refused_by_reader(members, "null");
    }
}

#[test]
fn a_member_that_comes_twice_is_refused() {
    let one = r#""nonce":"01010101010101010101010101010101""#;
    for members in [
        format!("{one},{one}"),
        r#""waivers":[{"id":"a","id":"b","reason":"c"}]"#.to_owned(),
        r#""snp":{"vmpl":[0],"vmpl":[1]}"#.to_owned(),
        r#""schema":"kettle-policy/v1""#.to_owned(),
        // The same name, spelt with an escape.
        format!(r#"{one},"nonc\u0065":"02020202020202020202020202020202""#),
    ] {
        refused_by_reader(&members, "has this name already");
    }
}

#[test]
fn empty_lists_are_refused_at_their_place() {
    for (members, location) in [
        (r#""platforms":[]"#, "/platforms"),
        (r#""measurements":[]"#, "/measurements"),
        (r#""builders":[]"#, "/builders"),
        (r#""digest_forms":[]"#, "/digest_forms"),
        (r#""build_types":[]"#, "/build_types"),
        (r#""build_types":[{"uri":"a","external_parameters":[]}]"#, "/build_types/0/external_parameters"),
        (r#""build_types":[{"uri":"a","build_commands":[]}]"#, "/build_types/0/build_commands"),
        (r#""source":{}"#, "/source"),
        (r#""source":{"uris":[]}"#, "/source/uris"),
        (r#""source":{"commits":[]}"#, "/source/commits"),
        (r#""source":{"trees":[]}"#, "/source/trees"),
        (r#""snp":{"report_versions":[]}"#, "/snp/report_versions"),
        (r#""snp":{"generations":[]}"#, "/snp/generations"),
        (r#""snp":{"vmpl":[]}"#, "/snp/vmpl"),
        (r#""snp":{"minimum_tcb":[]}"#, "/snp/minimum_tcb"),
        (r#""snp":{"minimum_launch_tcb":[]}"#, "/snp/minimum_launch_tcb"),
        (r#""snp":{"host_data":[]}"#, "/snp/host_data"),
        (r#""snp":{"family_ids":[]}"#, "/snp/family_ids"),
        (r#""snp":{"image_ids":[]}"#, "/snp/image_ids"),
        (r#""snp":{"report_ids":[]}"#, "/snp/report_ids"),
        (r#""snp":{"id_key_digests":[]}"#, "/snp/id_key_digests"),
        (r#""snp":{"author_key_digests":[]}"#, "/snp/author_key_digests"),
        (r#""snp":{"csp_ids":[]}"#, "/snp/csp_ids"),
        (r#""snp":{"guest_policy":{"tolerate_bits":[]}}"#, "/snp/guest_policy/tolerate_bits"),
        (r#""tdx":{"quote_versions":[]}"#, "/tdx/quote_versions"),
        (r#""tdx":{"tcb_statuses":[]}"#, "/tdx/tcb_statuses"),
        (r#""tdx":{"tolerate_attribute_bits":[]}"#, "/tdx/tolerate_attribute_bits"),
        (r#""tdx":{"xfam":[]}"#, "/tdx/xfam"),
        (r#""tdx":{"service_tds":[]}"#, "/tdx/service_tds"),
        (r#""tdx":{"mr_seams":[]}"#, "/tdx/mr_seams"),
        (r#""tdx":{"mr_config_ids":[]}"#, "/tdx/mr_config_ids"),
        (r#""tdx":{"mr_owners":[]}"#, "/tdx/mr_owners"),
        (r#""tdx":{"mr_owner_configs":[]}"#, "/tdx/mr_owner_configs"),
        (r#""azure":{"user_data":[]}"#, "/azure/user_data"),
        (r#""azure":{"reset_counts":[]}"#, "/azure/reset_counts"),
        (r#""machines":{}"#, "/machines"),
        (r#""machines":{"allow":[]}"#, "/machines/allow"),
        (r#""machines":{"deny":[]}"#, "/machines/deny"),
        (r#""levels":[]"#, "/levels"),
        (r#""waivers":[]"#, "/waivers"),
    ] {
        assert!(refused(members, location).contains("empty"), "{members}");
    }
    for (platform, field) in [(r#""az-snp""#, "pcrs"), (r#""tdx""#, "rtmrs")] {
        let empty = measurements(&[("platform", platform), (field, "[]")]);
        assert!(refused(&empty, &format!("/measurements/0/{field}")).contains("empty"));
    }
}

#[test]
fn values_that_could_never_match_are_refused() {
    let upper = "AB".repeat(32);
    let short = hex(31);
    for (members, location) in [
        (r#""expires":"2027-01-01""#.to_owned(), "/expires"),
        (r#""issued":"yesterday""#.to_owned(), "/issued"),
        (r#""nonce":"""#.to_owned(), "/nonce"),
        (format!(r#""nonce":"{}""#, "0".repeat(32)), "/nonce"),
        (format!(r#""nonce":"{}""#, hex(15)), "/nonce"),
        (format!(r#""nonce":"{}""#, hex(17)), "/nonce"),
        (format!(r#""nonce":"{}""#, "AB".repeat(16)), "/nonce"),
        (r#""platforms":["sev"]"#.to_owned(), "/platforms/0"),
        (r#""builders":[""]"#.to_owned(), "/builders/0"),
        (r#""source":{"uris":[""]}"#.to_owned(), "/source/uris/0"),
        (r#""source":{"commits":["HEAD"]}"#.to_owned(), "/source/commits/0"),
        (format!(r#""source":{{"commits":["{}"]}}"#, hex(19)), "/source/commits/0"),
        (format!(r#""source":{{"trees":["{}","{}"]}}"#, hex(20), "AB".repeat(20)), "/source/trees/1"),
        (r#""snp":{"report_versions":[1]}"#.to_owned(), "/snp/report_versions"),
        (r#""snp":{"report_versions":[6]}"#.to_owned(), "/snp/report_versions"),
        (r#""snp":{"vmpl":[4]}"#.to_owned(), "/snp/vmpl"),
        (format!(r#""snp":{{"host_data":["{upper}"]}}"#), "/snp/host_data/0"),
        (format!(r#""snp":{{"host_data":["{short}"]}}"#), "/snp/host_data/0"),
        (r#""snp":{"guest_policy":{"tolerate_bits":[17]}}"#.to_owned(), "/snp/guest_policy/tolerate_bits"),
        (format!(r#""azure":{{"user_data":["{}"]}}"#, hex(63)), "/azure/user_data/0"),
        (r#""machines":{"deny":[{"claim":"source.uri","value":"x"}]}"#.to_owned(), "/machines/deny/0/claim"),
        (r#""levels":[{"measurement":"a","builder":"b","level":1}]"#.to_owned(), "/levels/0/measurement"),
        (r#""tdx":{"quote_versions":[3]}"#.to_owned(), "/tdx/quote_versions"),
        (r#""tdx":{"tcb_statuses":["Revoked"]}"#.to_owned(), "/tdx/tcb_statuses"),
        (r#""tdx":{"tolerate_attribute_bits":[4]}"#.to_owned(), "/tdx/tolerate_attribute_bits"),
        (r#""tdx":{"xfam":["e7"]}"#.to_owned(), "/tdx/xfam/0"),
        (r#""tdx":{"xfam_mask":"0000000000000000"}"#.to_owned(), "/tdx/xfam_mask"),
        (format!(r#""tdx":{{"xfam_mask":"{}"}}"#, hex(8)), "/tdx/xfam_mask"),
        (r#""tdx":{"mr_owners":["00"]}"#.to_owned(), "/tdx/mr_owners/0"),
        (r#""issued":"2027-01-01T00:00:01Z","expires":"2027-01-01T00:00:00Z""#.to_owned(), "/expires"),
    ] {
        refused(&members, location);
    }
}

#[test]
fn a_measurement_names_an_image_that_can_be() {
    let zero = format!("\"{}\"", "00".repeat(48));
    let long = format!("\"{}\"", hex(49));
    for (change, location) in [
        (("id", r#""""#), "/measurements/0/id"),
        (("platform", r#""sgx""#), "/measurements/0/platform"),
        (("launch_digest", r#""""#), "/measurements/0/launch_digest"),
        (("launch_digest", zero.as_str()), "/measurements/0/launch_digest"),
        (("launch_digest", long.as_str()), "/measurements/0/launch_digest"),
    ] {
        refused(&measurements(&[change]), location);
    }
    let pcr = |index: u32, length: usize| format!(r#"{{"index":{index},"sha256":"{}"}}"#, hex(length));
    for (pcrs, location) in [
        (format!("[{}]", pcr(24, 32)), "/measurements/0/pcrs/0/index"),
        (format!("[{},{}]", pcr(1, 32), pcr(1, 32)), "/measurements/0/pcrs/1/index"),
        (format!("[{}]", pcr(0, 20)), "/measurements/0/pcrs/0"),
    ] {
        refused(&measurements(&[("platform", r#""az-snp""#), ("pcrs", &pcrs)]), location);
    }
    let rtmr = |index: u32, length: usize| format!(r#"{{"index":{index},"sha384":"{}"}}"#, hex(length));
    for (rtmrs, location) in [
        (format!("[{}]", rtmr(4, 48)), "/measurements/0/rtmrs/0/index"),
        (format!("[{},{}]", rtmr(1, 48), rtmr(1, 48)), "/measurements/0/rtmrs/1/index"),
        (format!("[{}]", rtmr(0, 32)), "/measurements/0/rtmrs/0"),
        (format!("[{}]", pcr(0, 32)), "/measurements/0/rtmrs/0"),
    ] {
        refused(&measurements(&[("platform", r#""gcp-tdx""#), ("rtmrs", &rtmrs)]), location);
    }
    for (platform, field, value) in [
        (r#""snp""#, "pcrs", pcr(0, 32)),
        (r#""snp""#, "rtmrs", rtmr(0, 48)),
        (r#""az-snp""#, "rtmrs", rtmr(0, 48)),
        (r#""tdx""#, "pcrs", pcr(0, 32)),
    ] {
        let value = format!("[{value}]");
        let place = format!("/measurements/0/{field}");
        refused(&measurements(&[("platform", platform), (field, &value)]), &place);
    }
    let twice = format!(r#""measurements":[{0},{0}]"#, measurement(&[]));
    assert!(refused(&twice, "/measurements/1/id").contains("twice"));
}

/// Claims are cut and escaped, so what is compared with one must come out of that as it is: a rule for anything
/// else would silently not apply.
#[test]
fn what_is_compared_with_claims_can_be_claimed() {
    let (longest, longer) = ("ü".repeat(200), "x".repeat(201));
    for (value, sound) in
        [(&*longest, true), (&longer, false), ("", false), (r"a\nb", false), (r"a\u200bb", false)]
    {
        let id = format!("\"{value}\"");
        assert_eq!(read(&measurements(&[("id", &id)])).is_ok(), sound, "{value}");
        let deny = format!(r#""machines":{{"deny":[{{"claim":"nitro.module_id","value":"{value}"}}]}}"#);
        assert_eq!(read(&deny).is_ok(), sound, "{value}");
        let levels = format!(r#""levels":[{{"measurement":"image","builder":"{value}","level":1}}]"#);
        assert_eq!(read(&format!("{},{levels}", measurements(&[]))).is_ok(), sound, "{value}");
    }
}

#[test]
fn of_two_rules_for_one_thing_neither_is_passed_over() {
    let types = r#""build_types":[{"uri":"a"},{"uri":"b"},{"uri":"a","build_commands":["make"]}]"#;
    assert!(refused(types, "/build_types/2/uri").contains("twice"));
    let level = |builder: &str, level: u8| {
        format!(r#"{{"measurement":"image","builder":"{builder}","level":{level}}}"#)
    };
    let levels = |second: &str| format!(r#"{},"levels":[{},{second}]"#, measurements(&[]), level("b", 3));
    assert!(refused(&levels(&level("b", 1)), "/levels/1/builder").contains("twice"));
    assert!(read(&levels(&level("c", 1))).is_ok());
}

#[test]
fn a_level_is_granted_to_a_measurement_of_this_policy() {
    for (level, sound) in [(0, false), (1, true), (2, true), (3, true), (4, false)] {
        let levels = format!(r#""levels":[{{"measurement":"image","builder":"b","level":{level}}}]"#);
        let members = format!("{},{levels}", measurements(&[]));
        assert_eq!(read(&members).is_ok(), sound, "{level}");
    }
}

/// Every check there is, waived: only those that say so can be.
#[test]
fn only_waivable_checks_are_waived() {
    let waiver = |id: &str| format!(r#""waivers":[{{"id":"{id}","reason":"known and accepted"}}]"#);
    for spec in platform::all_checks() {
        match read(&waiver(spec.id)) {
            Ok(policy) => {
                assert!(spec.waivable, "{}", spec.id);
                assert!(policy.waives(spec.id), "{}", spec.id);
            }
            Err(error) => {
                assert!(!spec.waivable, "{}: {error}", spec.id);
                assert_eq!(error.kind, PolicyErrorKind::NotWaivable, "{}", spec.id);
                assert_eq!(error.location, "/waivers/0/id");
            }
        }
    }
    for id in ["", "snp", "input.*", "input.envelope ", "Input.Envelope", "input.envelop"] {
        assert_eq!(read(&waiver(id)).unwrap_err().kind, PolicyErrorKind::UnknownCheck, "{id}");
    }
}

#[test]
fn a_waiver_has_a_reason() {
    let waivable = platform::all_checks().find(|spec| spec.waivable).expect("some check is waivable");
    for reason in ["", " ", "\\t"] {
        let members = format!(r#""waivers":[{{"id":"{}","reason":"{reason}"}}]"#, waivable.id);
        refused(&members, "/waivers/0/reason");
    }
}

#[test]
fn a_policy_has_its_bound() {
    let padded = format!("{}{}", document(""), " ".repeat(kettle_verifier_core::limits::POLICY_BYTES));
    let error = Policy::from_json(padded.as_bytes()).unwrap_err();
    assert!(matches!(error.kind, PolicyErrorKind::TooLarge { .. }), "{error}");
}

#[test]
fn what_the_call_adds_is_checked_like_the_document() {
    let policy = Policy::default;
    assert!(policy().with_nonce(&"0".repeat(32)).is_err());
    assert!(policy().with_nonce("ab").is_err());
    assert!(policy().with_nonce(&hex(16)).is_ok());
    assert!(policy().with_source("", None).is_err());
    assert!(policy().with_source("https://example.org/a", Some("main")).is_err());
    assert!(policy().with_source("https://example.org/a", Some(&hex(20))).is_ok());
}

/// Error text: lower case, no full stop, no line break (CONTRIBUTING.md).
#[test]
fn errors_read_as_the_style_demands() {
    for members in
        [r#""measurements":[]"#, r#""nonce":"""#, r#""x":1"#, r#""waivers":[{"id":"a","reason":"b"}]"#]
    {
        let text = read(members).unwrap_err().to_string();
        assert!(!text.ends_with('.') && !text.contains('\n'), "{text}");
        assert!(text.starts_with("at `"), "{text}");
    }
}
