//! Revocation lists (adversarial.md, S14).

use crate::asn1;
use crate::case::{Case, Expect};
use crate::keys::{self, RsaKey};
use crate::pki::{Extension, RevocationList, amd_name, authority_key_id, serial};
use crate::product::{Product, VekKind};
use crate::scene::Scene;
use crate::signing::{Hash, Scheme};

cases![
    current,
    current_without_policy,
    other_serial,
    other_generation,
    demanded_absent,
    unsigned,
    by_ask,
    by_stranger,
    wrong_key_id,
    no_next_update,
    stale,
    stale_and_current,
    too_old,
    future,
    lists_ask,
    lists_asvk,
    indirect,
    critical_unknown,
    entry_critical,
    other_algorithm,
    garbage,
    unknown_issuer,
];

const CRL: &str = "platforms.md, 5; RFC 5280, section 5";
const ID: &str = "snp.chain.revocation";

fn case(id: &str, title: &str, expect: Expect) -> Case {
    Case::new(id, "S14", title, expect)
        .why("a list must be the root's own, current, and understood in full", CRL)
        .policy(|policy| policy.revocation.get_or_insert_default().require = Some(true))
        .bundle(&Scene::snp())
}

fn listed(id: &str, title: &str, expect: Expect, key: &RsaKey, change: fn(&mut RevocationList)) -> Case {
    let mut list = RevocationList::of(Product::Milan);
    change(&mut list);
    case(id, title, expect).crl(list.sign(key))
}

fn refused(id: &str, title: &str, change: fn(&mut RevocationList)) -> Case {
    listed(id, title, Expect::fails(ID), Product::Milan.ark(), change)
}

fn undecided(id: &str, title: &str, change: fn(&mut RevocationList)) -> Case {
    listed(id, title, Expect::inconclusive(ID), Product::Milan.ark(), change)
}

fn current() -> Case {
    listed(
        "snp/ok-crl",
        "a current list, as the policy demands",
        Expect::verified(),
        Product::Milan.ark(),
        |_| {},
    )
}

fn current_without_policy() -> Case {
    let list = RevocationList::of(Product::Milan).sign(Product::Milan.ark());
    Case::new("snp/ok-crl-unasked", "S14", "a current list that nobody demands", Expect::verified())
        .why("a list that is there is looked at, and bounds how long the verdict holds", "platforms.md, 29")
        .bundle(&Scene::snp())
        .crl(list)
}

fn other_serial() -> Case {
    let expect = Expect::verified();
    listed(
        "snp/ok-crl-other-serial",
        "a list that revokes another key",
        expect,
        Product::Milan.ark(),
        |list| {
            list.revoked.push(vec![0x42]);
        },
    )
}

fn other_generation() -> Case {
    let genoa = RevocationList::of(Product::Genoa).sign(Product::Genoa.ark());
    case("snp/s14-other-generation", "a list of another generation alone", Expect::inconclusive(ID))
        .crl(genoa)
}

fn demanded_absent() -> Case {
    case("snp/s14-absent", "the policy demands a list, and none is there", Expect::inconclusive(ID))
}

fn unsigned() -> Case {
    let mut list = RevocationList::of(Product::Milan).sign(Product::Milan.ark());
    let start = list.len() - 512;
    list[start..].fill(0);
    case("snp/s14-unsigned", "a list whose signature is zeros", Expect::fails(ID)).crl(list)
}

fn by_ask() -> Case {
    let key = Product::Milan.signer(VekKind::Vcek);
    listed("snp/s14-by-ask", "a list that the ASK signed", Expect::fails(ID), key, |_| {})
}

fn by_stranger() -> Case {
    listed(
        "snp/s14-by-stranger",
        "a list that an attacker signed",
        Expect::fails(ID),
        &keys::ROGUE_ARK,
        |_| {},
    )
}

fn wrong_key_id() -> Case {
    refused("snp/s14-key-id", "a list that names another key than its root's", |list| {
        list.extensions[0] = authority_key_id(&keys::ROGUE_ARK);
    })
}

fn no_next_update() -> Case {
    refused("snp/s14-no-next-update", "a list that never ends", |list| list.next_update = None)
}

fn stale() -> Case {
    undecided("snp/s14-stale", "a list whose successor was due a second ago", |list| {
        list.next_update = Some("260531235959Z".into());
    })
}

fn stale_and_current() -> Case {
    let key = Product::Milan.ark();
    let mut stale = RevocationList::of(Product::Milan);
    stale.next_update = Some("260531235959Z".into());
    case("snp/ok-crl-stale-and-current", "an old list beside a current one", Expect::verified())
        .crl(stale.sign(key))
        .crl(RevocationList::of(Product::Milan).sign(key))
}

fn too_old() -> Case {
    let list = RevocationList::of(Product::Milan).sign(Product::Milan.ark());
    Case::new("snp/s14-too-old", "S14", "a list older than the policy takes", Expect::inconclusive(ID))
        .why("the policy's age can only shorten the list's own window", CRL)
        .policy(|policy| {
            let rules = policy.revocation.get_or_insert_default();
            rules.require = Some(true);
            rules.maximum_age_days = Some(30);
        })
        .bundle(&Scene::snp())
        .crl(list)
}

fn future() -> Case {
    refused("snp/s14-future", "a list of tomorrow", |list| list.this_update = "260602000000Z".into())
}

fn lists_ask() -> Case {
    refused("snp/s14-lists-ask", "a list that revokes the ASK", |list| {
        list.revoked.push(serial(Product::Milan, 1));
    })
}

fn lists_asvk() -> Case {
    let mut list = RevocationList::of(Product::Milan);
    list.revoked.push(serial(Product::Milan, 0x101));
    Case::new("snp/s14-lists-asvk", "S14", "a list that revokes the ASVK, and a VLEK", Expect::fails(ID))
        .why("the intermediate above the report's own key is what counts", CRL)
        .bundle(&Scene::on(Product::Milan, VekKind::Vlek))
        .crl(list.sign(Product::Milan.ark()))
}

fn indirect() -> Case {
    refused("snp/s14-indirect", "an indirect list", |list| {
        // issuingDistributionPoint with indirectCRL TRUE (RFC 5280, section 5.2.5).
        let value = asn1::sequence([asn1::tlv(0x84, [0xff])]);
        list.extensions.push(Extension::critical("2.5.29.28", value));
    })
}

fn critical_unknown() -> Case {
    refused("snp/s14-critical-unknown", "a list with an unknown critical extension", |list| {
        list.extensions.push(Extension::critical("1.3.6.1.4.1.311.1", asn1::null()));
    })
}

fn entry_critical() -> Case {
    refused(
        "snp/s14-entry-critical",
        "an entry with a critical extension: another issuer's certificate",
        |list| {
            list.revoked.push(vec![0x42]);
            let name = asn1::sequence([asn1::explicit(4, amd_name("ARK-Genoa"))]);
            list.entry_extensions.push(Extension::critical("2.5.29.29", name));
        },
    )
}

fn other_algorithm() -> Case {
    refused("snp/s14-pkcs1", "a list signed with PKCS #1 v1.5", |list| {
        list.scheme = Scheme::Pkcs1(Hash::Sha384);
    })
}

fn garbage() -> Case {
    case("snp/s14-garbage", "a list that is no DER", Expect::fails(ID)).crl(b"hello".to_vec())
}

fn unknown_issuer() -> Case {
    listed("snp/s14-unknown-issuer", "a list of somebody else", Expect::fails(ID), &keys::ROGUE_ARK, |list| {
        list.issuer_der = amd_name("ARK-Rome");
    })
}
