//! Authentic documents that the policy does not take (adversarial.md, N06 to N08, N10 and N11).

use kettle_verifier_core::policy::{Claimed, MachineRules, NitroRules, PolicyDocument, RevocationRules};

use super::nitro::Row;
use crate::hex;
use crate::nitro::{Bundle, Cbor, MODULE, register};

const DEBUG: &str = "nitro.policy.debug";
const PUBLIC_KEY: &str = "nitro.policy.public_key";
const NONCE: &str = "nitro.policy.nonce";

pub(super) const ROWS: &[Row] = &[
    Row::refused("N06", "future", "a document a second from the future", "nitro.policy.future", |_| {})
        .now("2026-05-31T12:00:02Z"),
    Row::refused("N06", "age", "a document a second older than the policy allows", "nitro.policy.age", |_| {})
        .policy(|policy| {
            let rules = NitroRules { maximum_age_seconds: Some(43_196), ..NitroRules::default() };
            policy.nitro = Some(rules);
        }),
    Row::refused("N06", "age-zero", "a document where the policy allows no age", "nitro.policy.age", |_| {})
        .policy(|policy| {
            policy.nitro = Some(NitroRules { maximum_age_seconds: Some(0), ..NitroRules::default() });
        }),
    Row::refused("N07", "debug", "a debug enclave: all registers zero", DEBUG, debug),
    Row::refused("N07", "debug-pcr-0", "register 0 all zero", DEBUG, |nitro| zero(nitro, 0)),
    Row::refused("N07", "debug-pcr-1", "register 1 all zero", DEBUG, |nitro| zero(nitro, 1)),
    Row::refused("N07", "debug-pcr-2", "register 2 all zero", DEBUG, |nitro| zero(nitro, 2)),
    Row::accepted("N07", "debug-named", "a policy that names the zeros of a debug enclave", debug).policy(
        |policy| {
            let measurement = &mut policy.measurements.as_mut().unwrap()[0];
            measurement.launch_digest = hex(&[0; 48]);
            measurement.pcrs = Some(vec![register(1, &[0; 48]), register(2, &[0; 48])]);
        },
    ).unreadable("/measurements/0/launch_digest"),
    Row::refused("N07", "debug-no-policy", "a debug enclave under a policy that names nothing", DEBUG, debug)
        .policy(|policy| policy.measurements = None),
    Row::accepted("N07", "debug-allowed", "a debug enclave where the policy takes debug guests", debug)
        .policy(|policy| {
            policy.measurements = None;
            policy.insecure_allow_debug = true;
        })
        .unpinned("machine.measurement"),
    Row::refused("N08", "image-other", "another image", "machine.measurement", |nitro| {
        nitro.enclave.pcr(0, Cbor::filled(0xf0, 48));
    }),
    Row::refused("N08", "kernel-other", "the image's register with another kernel's", "machine.pcrs", |nitro| {
        nitro.enclave.pcr(1, Cbor::filled(0xf1, 48));
    }),
    Row::refused("N08", "application-other", "another application's register", "machine.pcrs", |nitro| {
        nitro.enclave.pcr(2, Cbor::filled(0xf2, 48));
    }),
    Row::refused("N08", "pcr-demanded-absent", "no register 16, which the policy names", "machine.pcrs", |_| {})
        .policy(|policy| demanded(policy, 16)),
    Row::refused("N08", "pcr-demanded-zero", "a zero register that the policy names", "machine.pcrs", |_| {})
        .policy(|policy| demanded(policy, 8)),
    Row::accepted("N10", "no-measurement", "a policy that names no image", |_| {})
        .policy(|policy| policy.measurements = None)
        .unpinned("machine.measurement"),
    Row::accepted("N10", "launch-digest-only", "a policy that names register 0 alone", |_| {})
        .policy(|policy| policy.measurements.as_mut().unwrap()[0].pcrs = None)
        .unpinned("machine.pcrs"),
    Row::accepted("N10", "one-register-less", "a policy that names registers 0 and 1", |_| {})
        .policy(|policy| {
            policy.measurements.as_mut().unwrap()[0].pcrs.as_mut().unwrap().truncate(1);
        })
        .unpinned("machine.pcrs"),
    Row::accepted("N10", "measurements-empty", "a policy with an empty list of images", |_| {})
        .policy_text(r#"{"schema":"kettle-policy/v1","measurements":[]}"#).unreadable("/measurements"),
    Row::accepted("N10", "registers-empty", "a policy with an empty list of registers", |_| {}).policy_text(concat!(
            r#"{"schema":"kettle-policy/v1","measurements":[{"id":"image","platform":"nitro","launch_digest":""#,
            "e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0",
            "e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0",
            r#"","pcrs":[]}]}"#
    )).unreadable("/measurements/0/pcrs"),
    Row::accepted("N10", "public-keys-empty", "a policy with an empty list of public keys", |_| {})
        .policy_text(r#"{"schema":"kettle-policy/v1","nitro":{"public_keys":[]}}"#).unreadable("/nitro/public_keys"),
    Row::accepted("N10", "nonces-empty", "a policy with an empty list of nonces", |_| {})
        .policy_text(r#"{"schema":"kettle-policy/v1","nitro":{"nonces":[]}}"#).unreadable("/nitro/nonces"),
    Row::accepted("N10", "nonce-of-nothing", "a policy that takes a nonce of no bytes", |_| {})
        .policy_text(r#"{"schema":"kettle-policy/v1","nitro":{"nonces":[""]}}"#).unreadable("/nitro/nonces/0"),
    Row::refused("N11", "public-key-other", "another public key", PUBLIC_KEY, |nitro| {
        nitro.enclave.set("public_key", Cbor::filled(8, 32));
    })
    .policy(public_key),
    Row::refused("N11", "public-key-longer", "a public key that only begins as it should", PUBLIC_KEY, |nitro| {
        nitro.enclave.set("public_key", Cbor::filled(7, 33));
    })
    .policy(public_key),
    Row::refused("N11", "public-key-absent", "no public key where the policy names one", PUBLIC_KEY, |_| {})
        .policy(public_key),
    Row::refused("N11", "nonce-other", "another nonce than the policy's", NONCE, |nitro| nitro.nonce = [8; 16])
        .policy(|policy| policy.nonce = Some(hex(&[7; 16]))),
    Row::refused("N11", "nonce-absent", "no nonce where the policy demands one", NONCE, |_| {})
        .policy(|policy| policy.nonce = Some(hex(&[7; 16]))),
    Row::refused("N11", "nonce-not-listed", "a nonce that is not in the policy's list", NONCE, |nitro| {
        nitro.nonce = [8; 16];
    })
    .policy(|policy| {
        policy.nitro = Some(NitroRules { nonces: Some(vec![hex(&[7; 16])]), ..NitroRules::default() });
    }),
    Row::refused("N11", "nonce-two-demands", "a nonce of the list that is not the policy's one", NONCE, |nitro| {
        nitro.nonce = [8; 16];
    })
    .policy(|policy| {
        policy.nonce = Some(hex(&[7; 16]));
        policy.nitro = Some(NitroRules { nonces: Some(vec![hex(&[8; 16])]), ..NitroRules::default() });
    }),
    Row::accepted("N04", "revocation", "a demand for revocation lists, which nothing can meet", |_| {})
        .policy(|policy| {
            policy.revocation = Some(RevocationRules { require: Some(true), ..RevocationRules::default() });
        })
        .inconclusive("nitro.chain.revocation"),
    Row::refused("P13", "machine-denied", "a module id that the policy denies", "machine.identity", |_| {})
        .policy(|policy| {
            let module = Claimed { claim: "nitro.module_id".into(), value: MODULE.into() };
            policy.machines = Some(MachineRules { deny: Some(vec![module]), ..MachineRules::default() });
        }),
    Row::refused("P13", "machine-prefix", "a module id that only begins as it should", "machine.identity", |_| {})
        .policy(|policy| {
            let module = Claimed { claim: "nitro.module_id".into(), value: MODULE[..19].into() };
            policy.machines = Some(MachineRules { allow: Some(vec![module]), ..MachineRules::default() });
        }),
];

fn zero(nitro: &mut Bundle, index: u64) {
    nitro.enclave.pcr(index, Cbor::filled(0, 48));
}

fn debug(nitro: &mut Bundle) {
    for index in 0..16 {
        zero(nitro, index);
    }
}

fn demanded(policy: &mut PolicyDocument, index: u32) {
    let measurement = &mut policy.measurements.as_mut().unwrap()[0];
    measurement.pcrs.as_mut().unwrap().push(register(index, &[0x88; 48]));
}

fn public_key(policy: &mut PolicyDocument) {
    let public_keys = Some(vec![hex(&[7; 32])]);
    policy.nitro = Some(NitroRules { public_keys, ..NitroRules::default() });
}
