//! What genuine enclaves do, and what lies just inside a bound.

use kettle_verifier_core::policy::{Claimed, MachineRules, NitroRules};

use super::nitro::Row;
use crate::hex;
use crate::keys::negate_p384;
use crate::nitro::{Bundle, Cbor, MADE, MODULE, Step, between, key, register};

pub(super) const ROWS: &[Row] = &[
    Row::accepted("N02", "ok", "a sound bundle, its document untagged", |_| {})
        .accepts("untagged-cose-sign1"),
    Row::accepted("N02", "ok-tagged", "a document with tag 18", |nitro| nitro.enclave.before = vec![0xd2]),
    Row::accepted("N01", "ok-protected-open", "a protected header of indefinite length", |nitro| {
        nitro.enclave.protected = vec![0xbf, 0x01, 0x38, 0x22, 0xff];
    }),
    Row::accepted("N03", "ok-signature-other-half", "the other half of a signature", |nitro| {
        nitro.enclave.change(Step::Signature, |signature| {
            let s = negate_p384(&signature[48..].try_into().unwrap());
            signature[48..].copy_from_slice(&s);
        });
    })
    .accepts("high-s-signatures"),
    Row::accepted("N04", "ok-certificate-1024", "a leaf of 1024 bytes", |nitro| {
        nitro.enclave.chain[4].fill(1024);
    }),
    Row::accepted("N04", "ok-cabundle-10", "ten certificates above the leaf", |nitro| long_chain(nitro, 10)),
    Row::accepted("N05", "ok-no-key-identifiers", "certificates without key identifiers", |nitro| {
        for one in &mut nitro.enclave.chain[1..4] {
            one.certificate.extensions.retain(|extension| extension.critical.is_some());
        }
    }),
    Row::accepted("N06", "ok-years-later", "a document years after its leaf ended", |_| {})
        .now("2034-01-01T00:00:00Z"),
    Row::accepted("N06", "ok-at-once", "a document at its own second", |_| {}).now("2026-05-31T12:00:03Z"),
    Row::accepted("N06", "ok-leaf-first-second", "a document of the leaf's first second", |nitro| {
        nitro.enclave.set("timestamp", Cbor::Unsigned((MADE - 1803) * 1000));
    }),
    Row::accepted("N06", "ok-leaf-last-second", "a document of the leaf's last second", |nitro| {
        nitro.enclave.set("timestamp", Cbor::Unsigned((MADE + 9000) * 1000));
    }),
    Row::accepted("N06", "ok-age", "a document of exactly the age that the policy allows", |_| {}).policy(
        |policy| {
            let rules = NitroRules { maximum_age_seconds: Some(43_197), ..NitroRules::default() };
            policy.nitro = Some(rules);
        },
    ),
    Row::accepted("N06", "ok-root-last-second", "a root that is trusted until now", |_| {})
        .roots_until("2026-06-01T00:00:00Z"),
    Row::accepted(
        "N08",
        "ok-pcr16",
        "seventeen registers, of which the enclave extended the last",
        |nitro| {
            nitro.enclave.pcr(16, Cbor::filled(0x16, 48));
        },
    ),
    Row::accepted("N08", "ok-three-pcrs", "registers 0, 1 and 2 alone", |nitro| {
        nitro.enclave.edit(|fields| fields.pcrs().truncate(3));
    }),
    Row::accepted("N08", "ok-all-pcrs", "thirty-two registers, the last one first", |nitro| {
        for index in 16..32 {
            nitro.enclave.pcr(index, Cbor::filled(0, 48));
        }
        nitro.enclave.edit(|fields| fields.pcrs().reverse());
    }),
    Row::accepted("N08", "ok-pcr-demanded", "a register beyond the image that the policy names", |nitro| {
        nitro.enclave.pcr(8, Cbor::filled(0x88, 48));
    })
    .policy(|policy| {
        let measurement = &mut policy.measurements.as_mut().unwrap()[0];
        measurement.pcrs.as_mut().unwrap().push(register(8, &[0x88; 48]));
    }),
    Row::accepted("N09", "ok-indefinite", "maps, an array and strings of indefinite length", |nitro| {
        nitro.enclave.edit(|fields| {
            let bundle = fields.cabundle().clone();
            fields.set("cabundle", Cbor::OpenArray(bundle));
            fields.set("digest", Cbor::Raw(b"\x7f\x63SHA\x60\x63384\xff".to_vec()));
            if let Cbor::Bytes(bytes) = fields.get("user_data").clone() {
                let (left, right) = bytes.split_at(20);
                let pieces = [&[0x5f, 0x54], left, &[0x4c], right, &[0xff]].concat();
                fields.set("user_data", Cbor::Raw(pieces));
            }
        });
    })
    .accepts("indefinite-length-cbor-maps"),
    Row::accepted("N09", "ok-definite", "maps of definite length, as before 2025", |nitro| {
        nitro.enclave.definite = true;
        nitro.enclave.edit(|fields| {
            let pcrs = fields.pcrs().clone();
            fields.set("pcrs", Cbor::Map(pcrs));
        });
    }),
    Row::accepted("N09", "ok-long-lengths", "a length in more bytes than it needs", |nitro| {
        nitro.enclave.set("digest", Cbor::Raw(b"\x79\x00\x06SHA384".to_vec()));
    }),
    Row::accepted("N11", "ok-nonce", "the nonce that the policy demands", |nitro| nitro.nonce = [7; 16])
        .policy(|policy| policy.nonce = Some(hex(&[7; 16]))),
    Row::accepted("N11", "ok-nonce-of-list", "one of the nonces that the policy takes", |nitro| {
        nitro.nonce = [7; 16];
    })
    .policy(|policy| {
        let nonces = Some(vec![hex(&[6; 16]), hex(&[7; 16])]);
        policy.nitro = Some(NitroRules { nonces, ..NitroRules::default() });
    }),
    Row::accepted("N11", "ok-public-key", "a public key of 1024 bytes that the policy names", |nitro| {
        nitro.enclave.set("public_key", Cbor::filled(7, 1024));
    })
    .policy(|policy| {
        let public_keys = Some(vec![hex(&[7; 1024])]);
        policy.nitro = Some(NitroRules { public_keys, ..NitroRules::default() });
    }),
    Row::accepted("N11", "ok-fields-absent", "optional fields that are absent rather than null", |nitro| {
        nitro.enclave.edit(|fields| {
            fields.remove("public_key");
            fields.remove("nonce");
        });
    }),
    Row::accepted("N13", "ok-machine", "a module id that the policy allows", |_| {}).policy(|policy| {
        let module = Claimed { claim: "nitro.module_id".into(), value: MODULE.into() };
        policy.machines = Some(MachineRules { allow: Some(vec![module]), ..MachineRules::default() });
    }),
];

/// A chain with this many CAs, the root among them.
pub(super) fn long_chain(nitro: &mut Bundle, count: u8) {
    let chain = &mut nitro.enclave.chain;
    let mut leaf = chain.pop().unwrap();
    chain.truncate(1);
    let mut own = key("aws", 0);
    for index in 1..count {
        let (signed, next) = between(&chain[usize::from(index) - 1], &own, index.into(), count - 1 - index);
        chain.push(signed);
        own = next;
    }
    leaf.certificate.issuer_der = chain.last().unwrap().certificate.subject_der.clone();
    leaf.signer = own;
    chain.push(leaf);
}
