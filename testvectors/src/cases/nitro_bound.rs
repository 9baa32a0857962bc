//! Documents that are bound to a provenance, and their envelope (adversarial.md, N11, P04, P09, P11).

use super::nitro::Row;
use super::table::Given as _;
use crate::case::{Case, Expect};
use crate::hex;
use crate::nitro::{Bundle, Cbor, Step};
use crate::scene::Scene;
use crate::signing::Hash;

const FIELD: &str = "binding.field";
const LAYOUT: &str = "nitro.evidence.layout";

pub(super) const ROWS: &[Row] = &[
    Row::refused("N11", "user-data-null", "user data that is null", FIELD, |nitro| {
        nitro.enclave.set("user_data", Cbor::Null);
    }),
    Row::refused("N11", "user-data-absent", "no user data", FIELD, |nitro| {
        nitro.enclave.edit(|fields| fields.remove("user_data"));
    }),
    Row::refused("N11", "user-data-empty", "user data of no bytes", FIELD, |nitro| {
        user_data(nitro, |digest| digest.clear());
    }),
    Row::refused("N11", "user-data-prefix", "the first 31 bytes of the digest", FIELD, |nitro| {
        user_data(nitro, |digest| digest.truncate(31));
    }),
    Row::refused("N11", "user-data-longer", "the digest and a byte", FIELD, |nitro| {
        user_data(nitro, |digest| digest.push(0));
    }),
    Row::refused("N11", "user-data-padded", "the digest with zeros up to 64 bytes", FIELD, |nitro| {
        user_data(nitro, |digest| digest.resize(64, 0));
    }),
    Row::refused(
        "N11",
        "user-data-and-nonce",
        "the nonce behind the digest, as on other platforms",
        FIELD,
        |nitro| {
            user_data(nitro, |digest| digest.extend([7; 16]));
        },
    ),
    Row::refused("N11", "user-data-hex", "the digest's hex", FIELD, |nitro| {
        user_data(nitro, |digest| *digest = hex(digest).into_bytes());
    }),
    Row::refused(
        "P09",
        "other-build",
        "a document for another provenance",
        "binding.provenance_digest",
        |nitro| {
            user_data(nitro, |digest| *digest = Hash::Sha256.digest(b"another provenance.json"));
        },
    ),
    Row::refused(
        "N11",
        "nonce-empty",
        "a nonce of no bytes, which is not the same as none",
        FIELD,
        |nitro| {
            nitro.enclave.set("nonce", Cbor::Bytes(Vec::new()));
        },
    ),
    Row::refused("P09", "nonce-15", "a nonce of 15 bytes", FIELD, |nitro| {
        nitro.enclave.set("nonce", Cbor::filled(7, 15));
    }),
    Row::refused("P09", "nonce-17", "a nonce of 17 bytes", FIELD, |nitro| {
        nitro.enclave.set("nonce", Cbor::filled(7, 17));
    }),
    Row::refused("P11", "layout-missing", "evidence without a document", LAYOUT, |nitro| {
        nitro.enclave.replace(Step::Envelope, br#"{"platform":"nitro","evidence":{}}"#);
    }),
    Row::refused("P11", "layout-null", "a document that is null", LAYOUT, |nitro| {
        nitro.enclave.replace(Step::Envelope, br#"{"platform":"nitro","evidence":{"document":null}}"#);
    }),
    Row::refused("P11", "layout-extra", "a field beside the document", LAYOUT, |nitro| {
        text(nitro, |text| text.replacen("{\"document\"", "{\"nonce\":null,\"document\"", 1));
    }),
    Row::refused("P11", "layout-array", "a document in an array", LAYOUT, |nitro| {
        text(nitro, |text| text.replacen("\"document\":", "\"document\":[", 1).replacen("}}", "]}}", 1));
    }),
    Row::refused("P11", "layout-base64url", "a document in the other alphabet of base64", LAYOUT, |nitro| {
        text(nitro, |text| text.replace('+', "-").replace('/', "_"));
    }),
    Row::refused("P11", "layout-line-break", "a line break in the base64", LAYOUT, |nitro| {
        text(nitro, |text| text.replacen("\"}}", "\\n\"}}", 1));
    }),
    Row::refused("P04", "tag-snp", "a document under the label of SEV-SNP", "snp.evidence.layout", |nitro| {
        nitro.label = "snp".into();
    }),
    Row::refused("P04", "tag-tdx", "a document under the label of TDX", "tdx.evidence.layout", |nitro| {
        nitro.label = "tdx".into();
    }),
    Row::refused(
        "P04",
        "tag-unknown",
        "a document under a label that nobody knows",
        "input.platform",
        |nitro| {
            nitro.label = "aws-nitro".into();
        },
    ),
];

cases![of_snp, alone, alone_prefix, alone_unexpected, alone_512];

fn of_snp() -> Case {
    let mut scene = Scene::snp();
    scene.label = "nitro".into();
    let (clause, why) = Bundle::clause("P04");
    let given =
        Case::new("nitro/report-of-snp", "P04", "SEV-SNP's report under this label", Expect::fails(LAYOUT));
    given.why(why, clause).bundle(&scene)
}

/// A document alone, over 48 bytes of user data, with what is expected of them.
fn document(id: &str, title: &str, expect: Expect, user_data: &[u8], expected: Option<&[u8]>) -> Case {
    let (clause, why) = Bundle::clause("N11");
    let nitro = Bundle::sound();
    let case = Case::new(&format!("nitro/{id}"), "N11", title, expect).why(why, clause).enclave(&nitro);
    case.evidence(nitro.evidence(Some(user_data), None), expected.map(hex).as_deref()).artifacts(&[])
}

fn alone() -> Case {
    let title = "a document alone whose user data is the expected one";
    document("alone", title, Expect::unpinned(""), &[7; 48], Some(&[7; 48]))
}

fn alone_prefix() -> Case {
    let title = "a document alone whose user data only begins as expected";
    document("alone-prefix", title, Expect::fails("binding.report_data"), &[7; 48], Some(&[7; 32]))
}

fn alone_unexpected() -> Case {
    let title = "a document alone of which nobody expects anything";
    document("alone-unexpected", title, Expect::unpinned("binding.report_data"), &[7; 48], None)
}

fn alone_512() -> Case {
    let title = "a document alone with as much user data as there may be";
    document("alone-user-data-512", title, Expect::unpinned("binding.report_data"), &[7; 512], None)
}

/// Changes the bytes of the user data.
fn user_data(nitro: &mut Bundle, change: fn(&mut Vec<u8>)) {
    nitro.enclave.edit(move |fields| {
        if let Cbor::Bytes(bytes) = fields.get("user_data") {
            change(bytes);
        }
    });
}

/// Changes the text of the envelope.
fn text(nitro: &mut Bundle, change: fn(&str) -> String) {
    nitro.enclave.change(Step::Envelope, move |bytes| {
        let changed = change(std::str::from_utf8(bytes).unwrap());
        assert_ne!(changed.as_bytes(), bytes, "nothing to change");
        *bytes = changed.into_bytes();
    });
}
