//! Runtime data that names no key, or the wrong one (adversarial.md, A06, A07, A11).

use base64ct::{Base64UrlUnpadded, Encoding as _};

use crate::azure::Jwk;
use crate::case::{Case, Expect};
use crate::keys::{self, RsaKey};
use crate::scene::{Scene, Step};

cases![
    two_keys,
    two_keys_same,
    duplicate_member,
    no_keys,
    in_ek,
    key_type,
    key_ops,
    exponent_1,
    exponent_3,
    exponent_long,
    even,
    bits_1024,
    leading_zeros,
    padded,
    white_space,
    invalid_utf8,
    nested_duplicate,
    no_object,
    trailing,
];

const KEY: &str = "platforms.md, 14";

fn case(id: &str, covers: &str, title: &str, check: &str, scene: &Scene) -> Case {
    Case::new(id, covers, title, Expect::fails(check))
        .why("the attestation key is the one JWK `HCLAkPub` of the runtime data: RSA-2048 with 65537", KEY)
        .bundle(scene)
}

/// A machine whose runtime data has other keys, which the report binds.
fn bound(id: &str, title: &str, check: &str, change: impl FnOnce(&mut Vec<Jwk>)) -> Case {
    let mut scene = Scene::azure();
    change(&mut scene.az().runtime.keys);
    case(id, "A06", title, check, &scene)
}

fn signed_by(id: &str, title: &str, check: &str, key: &'static RsaKey) -> Case {
    let mut scene = Scene::azure();
    scene.az().ak = key;
    scene.az().runtime.keys[0] = Jwk::ak(key);
    case(id, "A06", title, check, &scene)
}

fn text(id: &str, covers: &str, title: &str, check: &str, from: &str, to: &str) -> Case {
    let mut scene = Scene::azure();
    scene.replace(Step::Runtime, from, to);
    case(id, covers, title, check, &scene)
}

fn two_keys() -> Case {
    bound("az-snp/a06-two-keys", "two keys `HCLAkPub`", "az.ak.unique", |keys| {
        keys.push(Jwk::ak(&keys::AK_OTHER));
    })
}

fn two_keys_same() -> Case {
    bound("az-snp/a06-two-keys-same", "the same key `HCLAkPub` twice", "az.ak.unique", |keys| {
        keys.push(Jwk::ak(&keys::AK));
    })
}

fn duplicate_member() -> Case {
    text(
        "az-snp/a06-keys-twice",
        "A06 A11",
        "the member `keys` comes twice",
        "az.runtime.json",
        r#"{"keys":"#,
        r#"{"keys":[],"keys":"#,
    )
}

fn nested_duplicate() -> Case {
    text(
        "az-snp/a11-flag-twice",
        "A11",
        "`secure-boot` comes twice",
        "az.runtime.json",
        r#""secure-boot":true"#,
        r#""secure-boot":false,"secure-boot":true"#,
    )
}

fn no_keys() -> Case {
    bound("az-snp/a07-no-keys", "no keys", "az.ak.unique", Vec::clear)
}

fn in_ek() -> Case {
    bound("az-snp/a06-in-ek", "the attestation key calls itself `HCLEkPub`", "az.ak.unique", |keys| {
        keys.truncate(1);
        keys[0].kid = "HCLEkPub".into();
    })
}

fn key_type() -> Case {
    bound("az-snp/a06-key-type", "a key of type EC", "az.ak.type", |keys| keys[0].kty = "EC".into())
}

fn key_ops() -> Case {
    bound("az-snp/a06-key-ops", "a key that is there to encrypt, beside another", "az.ak.key_ops", |keys| {
        keys[0].key_ops = "encrypt".into();
    })
}

fn exponent_1() -> Case {
    bound(
        "az-snp/a06-exponent-1",
        "the exponent 1: every message is its own signature",
        "az.ak.exponent",
        |keys| {
            keys[0].e = "AQ".into();
        },
    )
}

fn exponent_3() -> Case {
    signed_by("az-snp/a06-exponent-3", "a key with the exponent 3", "az.ak.exponent", &keys::AK_E3)
}

fn exponent_long() -> Case {
    bound("az-snp/a06-exponent-long", "the exponent with a leading zero byte", "az.ak.exponent", |keys| {
        keys[0].e = "AAEAAQ".into();
    })
}

fn even() -> Case {
    bound("az-snp/a06-even", "an even modulus", "az.ak.modulus", |keys| {
        let mut modulus = keys::AK.modulus();
        modulus[255] &= 0xfe;
        keys[0].n = Base64UrlUnpadded::encode_string(&modulus);
    })
}

fn bits_1024() -> Case {
    signed_by("az-snp/a06-1024", "a key of 1024 bits", "az.ak.modulus", &keys::AK_1024)
}

fn leading_zeros() -> Case {
    bound("az-snp/a06-leading-zeros", "a modulus with a leading zero byte", "az.ak.modulus", |keys| {
        let modulus = [&[0], keys::AK.modulus().as_slice()].concat();
        keys[0].n = Base64UrlUnpadded::encode_string(&modulus);
    })
}

fn padded() -> Case {
    bound("az-snp/a06-padded", "a modulus with base64 padding", "az.ak.modulus", |keys| keys[0].n += "==")
}

fn white_space() -> Case {
    bound("az-snp/a06-white-space", "a modulus with white space", "az.ak.modulus", |keys| {
        keys[0].n.replace_range(100..101, " ");
    })
}

fn invalid_utf8() -> Case {
    let mut scene = Scene::azure();
    scene.change(Step::Runtime, |json| {
        let place = json.windows(10).position(|window| window == b"vmUniqueId").unwrap();
        json[place] = 0xff;
    });
    case("az-snp/a11-invalid-utf8", "A11", "runtime data that is not UTF-8", "az.runtime.json", &scene)
}

fn no_object() -> Case {
    let mut scene = Scene::azure();
    scene.change(Step::Runtime, |json| *json = b"[]".to_vec());
    case("az-snp/a11-no-object", "A11", "runtime data that is an array", "az.runtime.json", &scene)
}

fn trailing() -> Case {
    let mut scene = Scene::azure();
    scene.change(Step::Runtime, |json| json.extend(b"{}"));
    case("az-snp/a11-trailing", "A11", "a second object after the runtime data", "az.runtime.json", &scene)
}
