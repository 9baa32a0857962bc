//! Chains that do not lead to a trusted root (adversarial.md, S01 to S09).

use base64ct::{Base64, Encoding as _};

use crate::asn1;
use crate::case::{Case, Expect};
use crate::keys::{self, EcKey, ec_spki};
use crate::pki::{self, BASIC_CONSTRAINTS, CSP_ID, Extension, HWID, KEY_USAGE, amd_name};
use crate::product::{Product, VekKind};
use crate::report::offset;
use crate::scene::{Brought, Scene, Step};
use crate::trust;

cases![
    rogue_chain,
    test_chain_pinned_roots,
    ark_reissued,
    trust_root_ark_changed,
    trust_root_shadow,
    other_generation,
    other_generation_named,
    generation_not_trusted,
    chain_swapped,
    chain_duplicated,
    ask_as_vcek,
    trust_root_swapped,
    trust_root_without_ask,
    vlek_without_asvk,
    vlek_for_vcek_report,
    vcek_for_vlek_report,
    signing_key_none,
    signing_key_reserved,
    vlek_named_vcek,
    vcek_by_asvk,
    vlek_extensions_in_vcek,
    expired,
    not_yet_valid,
    trust_root_window,
    p256_key,
    rsa_key,
    point_off_curve,
    issued_by_leaf,
    issued_below_ask,
    trust_root_ask_no_cert_sign,
    trust_root_ask_no_ca,
    trust_root_path_length,
    nothing_there,
    unknown_subject,
];

const PINNED: &str = "platforms.md, 1";
const LEAF: &str = "platforms.md, 3";
const KIND: &str = "platforms.md, 6";

fn rogue_chain() -> Case {
    let mut scene = Scene::snp();
    let (ark, ask) = (&*keys::ROGUE_ARK, &*keys::ROGUE_ASK);
    scene.machine.signer = ask;
    scene.brought = Brought::Chain(
        pki::intermediate(Product::Milan, VekKind::Vcek, ask, ark).sign(ark),
        pki::ark(Product::Milan, ark).sign(ark),
    );
    Case::new(
        "snp/s01-rogue-chain",
        "S01 P08",
        "a self-made chain with AMD's names",
        Expect::fails("snp.chain.vek_signature"),
    )
    .why("certificates that the bundle brings for root and intermediate are ignored", PINNED)
    .advisory("google/go-sev-guest#185")
    .bundle(&scene)
}

fn test_chain_pinned_roots() -> Case {
    Case::new(
        "snp/s01-test-chain-pinned-roots",
        "S01",
        "the software TEE's chain under the vendor's roots",
        Expect::fails("snp.chain.vek_signature"),
    )
    .why("test roots are never trusted unless they are named on the call", "design.md, root decision 9")
    .bundle(&Scene::snp())
    .pinned_roots()
}

fn ark_reissued() -> Case {
    let mut scene = Scene::snp();
    let key = Product::Milan.ark();
    let mut ark = pki::ark(Product::Milan, key);
    ark.serial = vec![0x7e, 0x57];
    let ask = trust::intermediate(Product::Milan, VekKind::Vcek);
    scene.brought = Brought::Chain(ask, ark.sign(key));
    Case::new(
        "snp/s02-ark-reissued",
        "S02",
        "the bundle brings a root with the same key and other bytes",
        Expect::verified(),
    )
    .why("only the pinned bytes are used; the other root is named as ignored", PINNED)
    .advisory("microsoft/TEE-Attestation-Verification#140")
    .bundle(&scene)
}

fn trust_root_ark_changed() -> Case {
    Case::new(
        "snp/s02-trust-root-changed",
        "S02",
        "the root in the trust-root file was changed in one byte",
        Expect::unreadable_trust_root("/amd/0/ark"),
    )
    .why(
        "a root must have signed itself; the file is unreadable input, not failed evidence",
        "design.md, root decision 3",
    )
    .bundle(&Scene::snp())
    .trust_root(|file| {
        let mut ark = trust::ark(Product::Milan);
        ark[400] ^= 1;
        file.amd[0].ark = Base64::encode_string(&ark);
    })
}

fn trust_root_shadow() -> Case {
    Case::new(
        "snp/s02-trust-root-shadow",
        "S02",
        "a trust-root file adds another Milan beside the vendor's",
        Expect::fails("snp.chain.vek_signature"),
    )
    .why("a file that extends the roots can add a generation and not shadow a pinned one", PINNED)
    .bundle(&Scene::snp())
    .trust_root(|file| file.mode = "extend".into())
}

fn other_generation() -> Case {
    let mut scene = Scene::snp();
    scene.machine.report.put(offset::CPUID, &Product::Genoa.cpuid());
    Case::new(
        "snp/s03-other-generation",
        "S03",
        "a report of a Genoa processor with a Milan chain",
        Expect::fails("snp.chain.intermediate"),
    )
    .why("the processor that the report names must fit the chain's generation", "platforms.md, 7")
    .bundle(&scene)
}

fn other_generation_named() -> Case {
    let mut scene = Scene::on(Product::Genoa, VekKind::Vcek);
    scene.machine.signer = Product::Milan.signer(VekKind::Vcek);
    Case::new(
        "snp/s03-other-generation-named",
        "S03",
        "a certificate that names Genoa's key, signed by Milan's",
        Expect::fails("snp.chain.vek_signature"),
    )
    .why("a name is not a signature", PINNED)
    .bundle(&scene)
}

fn generation_not_trusted() -> Case {
    Case::new(
        "snp/s03-generation-not-trusted",
        "S03",
        "the trust roots hold Genoa alone",
        Expect::fails("snp.chain.intermediate"),
    )
    .why("absent is not satisfied", "design.md, root decision 6")
    .bundle(&Scene::snp())
    .trust_root(|file| file.amd.retain(|entry| entry.generation == "Genoa"))
}

fn chain_swapped() -> Case {
    let mut scene = Scene::snp();
    let (ark, ask) = (trust::ark(Product::Milan), trust::intermediate(Product::Milan, VekKind::Vcek));
    scene.brought = Brought::Chain(ark, ask);
    Case::new("snp/s04-chain-swapped", "S04", "ASK and ARK change places in the bundle", Expect::verified())
        .why("the pinned ones stand in their place, so their order can't matter", PINNED)
        .bundle(&scene)
}

fn chain_duplicated() -> Case {
    let mut scene = Scene::snp();
    let ask = trust::intermediate(Product::Milan, VekKind::Vcek);
    scene.brought = Brought::Chain(ask.clone(), ask);
    Case::new(
        "snp/s04-chain-duplicated",
        "S04",
        "the bundle brings the ASK twice and no ARK",
        Expect::verified(),
    )
    .why("the pinned ones stand in their place", PINNED)
    .bundle(&scene)
}

fn ask_as_vcek() -> Case {
    let mut scene = Scene::snp();
    let ask = trust::intermediate(Product::Milan, VekKind::Vcek);
    scene.change(Step::Vek, move |der| der.clone_from(&ask));
    Case::new(
        "snp/s04-ask-as-vcek",
        "S04",
        "the ASK lies in the place of the VCEK",
        Expect::fails("snp.chain.vek_profile"),
    )
    .why("an authority's certificate endorses no processor", LEAF)
    .bundle(&scene)
}

fn trust_root_swapped() -> Case {
    Case::new(
        "snp/s04-trust-root-swapped",
        "S04 S05",
        "ASK and ASVK change places in the trust-root file",
        Expect::fails("snp.chain.intermediate"),
    )
    .why("a VCEK stands under the ASK alone", PINNED)
    .bundle(&Scene::snp())
    .trust_root(|file| {
        let entry = &mut file.amd[0];
        std::mem::swap(&mut entry.ask, &mut entry.asvk);
    })
}

fn trust_root_without_ask() -> Case {
    Case::new(
        "snp/s04-trust-root-without-ask",
        "S04",
        "the trust-root file has an empty ASK",
        Expect::unreadable_trust_root("/amd/0/ask"),
    )
    .why("there is no state without roots", "design.md, root decision 6")
    .bundle(&Scene::snp())
    .trust_root(|file| file.amd[0].ask = String::new())
}

fn vlek_without_asvk() -> Case {
    Case::new(
        "snp/s05-vlek-without-asvk",
        "S05",
        "a VLEK where the trust roots have no ASVK",
        Expect::fails("snp.chain.intermediate"),
    )
    .why("a VLEK stands under the ASVK alone", PINNED)
    .bundle(&Scene::on(Product::Milan, VekKind::Vlek))
    .trust_root(|file| file.amd[0].asvk = String::new())
}

fn vlek_for_vcek_report() -> Case {
    let mut scene = Scene::on(Product::Milan, VekKind::Vlek);
    scene.machine.report.put_u32(offset::FLAGS, 0);
    Case::new(
        "snp/s05-vlek-for-vcek-report",
        "S05",
        "a VLEK, and a report that says a VCEK signed it",
        Expect::fails("snp.report.signing_key"),
    )
    .why("SIGNING_KEY must fit the certificate's kind", KIND)
    .advisory("microsoft/TEE-Attestation-Verification#142")
    .bundle(&scene)
}

fn signing_key(id: &str, title: &str, value: u32) -> Case {
    let mut scene = Scene::snp();
    scene.machine.report.put_u32(offset::FLAGS, value << 2);
    Case::new(id, "S05", title, Expect::fails("snp.report.signing_key"))
        .why("SIGNING_KEY must fit the certificate's kind", KIND)
        .bundle(&scene)
}

fn vcek_for_vlek_report() -> Case {
    signing_key("snp/s05-vcek-for-vlek-report", "a VCEK, and a report that says a VLEK signed it", 1)
}

fn signing_key_none() -> Case {
    signing_key("snp/s05-signing-key-none", "SIGNING_KEY is 7, none", 7)
}

fn signing_key_reserved() -> Case {
    signing_key("snp/s05-signing-key-reserved", "SIGNING_KEY is 2, reserved", 2)
}

fn vlek_named_vcek() -> Case {
    let mut scene = Scene::on(Product::Milan, VekKind::Vlek);
    scene.machine.vek.subject_der = amd_name("SEV-VCEK");
    Case::new(
        "snp/s05-vlek-named-vcek",
        "S05",
        "a certificate of the ASVK that calls itself a VCEK",
        Expect::fails("snp.chain.intermediate"),
    )
    .why("a VCEK stands under the ASK alone", PINNED)
    .bundle(&scene)
}

fn vcek_by_asvk() -> Case {
    let mut scene = Scene::snp();
    scene.machine.signer = Product::Milan.signer(VekKind::Vlek);
    Case::new(
        "snp/s05-vcek-by-asvk",
        "S05",
        "a VCEK that names the ASK, signed by the ASVK",
        Expect::fails("snp.chain.vek_signature"),
    )
    .why("each intermediate signs its own kind", PINNED)
    .bundle(&scene)
}

fn vlek_extensions_in_vcek() -> Case {
    let mut scene = Scene::snp();
    let csp = Extension::plain(CSP_ID, asn1::tlv(asn1::IA5_STRING, "CN=cc-test-1.cloud.example"));
    *scene.machine.vek.extension(HWID) = csp;
    Case::new(
        "snp/s05-vlek-extensions-in-vcek",
        "S05 S10",
        "a VCEK with a cloud provider in place of a chip id",
        Expect::fails("snp.chain.vek_extensions"),
    )
    .why("a VCEK names its chip, and only a VLEK names a cloud", "platforms.md, 4")
    .bundle(&scene)
}

fn expired() -> Case {
    let mut scene = Scene::snp();
    scene.machine.vek.set_validity("190601000000Z", "260531235959Z");
    Case::new(
        "snp/s06-expired",
        "S06",
        "the VCEK expired a second ago",
        Expect::fails("snp.chain.vek_validity"),
    )
    .why("validity is compared with the time of appraisal", LEAF)
    .bundle(&scene)
}

fn not_yet_valid() -> Case {
    let mut scene = Scene::snp();
    scene.machine.vek.set_validity("260601000001Z", "330601000000Z");
    Case::new(
        "snp/s06-not-yet-valid",
        "S06",
        "the VCEK begins a second from now",
        Expect::fails("snp.chain.vek_validity"),
    )
    .why("validity is compared with the time of appraisal", LEAF)
    .bundle(&scene)
}

fn trust_root_window() -> Case {
    Case::new(
        "snp/s06-trust-root-window",
        "S06",
        "the trust-root file trusts Milan until yesterday",
        Expect::fails("snp.chain.intermediate"),
    )
    .why("an entry outside its window is not trusted", "design.md, root decision 9")
    .bundle(&Scene::snp())
    .trust_root(|file| file.amd[0].valid_until = "2026-05-31T00:00:00Z".into())
}

fn foreign_key(id: &str, title: &str, spki: Vec<u8>) -> Case {
    let mut scene = Scene::snp();
    scene.machine.vek.spki_der = spki;
    Case::new(id, "S07", title, Expect::fails("snp.chain.vek_profile"))
        .why("the key is P-384", LEAF)
        .bundle(&scene)
}

fn p256_key() -> Case {
    // The generator of P-256 (SEC 2, section 2.4.2).
    let point = crate::unhex(
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
    );
    foreign_key("snp/s07-p256-key", "the VCEK has a P-256 key", ec_spki("1.2.840.10045.3.1.7", &point))
}

fn rsa_key() -> Case {
    foreign_key("snp/s07-rsa-key", "the VCEK has an RSA key", keys::ROGUE_ASK.spki())
}

fn point_off_curve() -> Case {
    let mut point = EcKey::named("Milan Vcek").point();
    point[96] ^= 1;
    foreign_key(
        "snp/s07-point-off-curve",
        "the VCEK's point is not on the curve",
        ec_spki("1.3.132.0.34", &point),
    )
}

fn issued_by_leaf() -> Case {
    let mut scene = Scene::snp();
    scene.machine.vek.issuer_der = amd_name("SEV-VCEK");
    scene.machine.signer = &keys::ROGUE_ASK;
    Case::new(
        "snp/s09-issued-by-leaf",
        "S09",
        "a VCEK names another VCEK as its issuer",
        Expect::fails("snp.chain.intermediate"),
    )
    .why("a leaf issues nothing", PINNED)
    .bundle(&scene)
}

fn issued_below_ask() -> Case {
    let mut scene = Scene::snp();
    let ask = Product::Milan.signer(VekKind::Vcek);
    scene.machine.signer = &keys::ROGUE_ASK;
    let below = pki::intermediate(Product::Milan, VekKind::Vcek, &keys::ROGUE_ASK, ask).sign(ask);
    scene.brought = Brought::Chain(below, trust::ark(Product::Milan));
    Case::new(
        "snp/s09-issued-below-ask",
        "S09",
        "an authority below the ASK issued the VCEK",
        Expect::fails("snp.chain.vek_signature"),
    )
    .why("the ASK's path length is 0, and only the pinned ASK counts", PINNED)
    .bundle(&scene)
}

fn other_ask(id: &str, title: &str, change: impl FnOnce(&mut pki::Certificate)) -> Case {
    let (key, ark) = (Product::Milan.signer(VekKind::Vcek), Product::Milan.ark());
    let mut ask = pki::intermediate(Product::Milan, VekKind::Vcek, key, ark);
    change(&mut ask);
    let der = ask.sign(ark);
    Case::new(id, "S09", title, Expect::unreadable_trust_root("/amd/0/ask"))
        .why("an intermediate must be an authority that may sign certificates", "RFC 5280, section 4.2.1.9")
        .bundle(&Scene::snp())
        .trust_root(|file| file.amd[0].ask = Base64::encode_string(&der))
}

fn trust_root_ask_no_cert_sign() -> Case {
    // cRLSign alone.
    let change = |ask: &mut pki::Certificate| ask.extension(KEY_USAGE).value = vec![0x03, 0x02, 0x01, 0x02];
    other_ask("snp/s09-trust-root-no-cert-sign", "the ASK may not sign certificates", change)
}

fn trust_root_ask_no_ca() -> Case {
    let change = |ask: &mut pki::Certificate| ask.extension(BASIC_CONSTRAINTS).value = vec![0x30, 0x00];
    other_ask("snp/s09-trust-root-no-ca", "the ASK is no authority", change)
}

fn trust_root_path_length() -> Case {
    let key = Product::Milan.ark();
    let mut ark = pki::ark(Product::Milan, key);
    ark.extension(BASIC_CONSTRAINTS).value =
        asn1::sequence([asn1::tlv(asn1::BOOLEAN, [0xff]), asn1::unsigned(&[0])]);
    let der = ark.sign(key);
    Case::new(
        "snp/s09-trust-root-path-length",
        "S09",
        "the root allows no authority below it",
        Expect::unreadable_trust_root("/amd/0/ark"),
    )
    .why("a path length of 0 leaves no room for the ASK", "RFC 5280, section 4.2.1.9")
    .bundle(&Scene::snp())
    .trust_root(|file| file.amd[0].ark = Base64::encode_string(&der))
}

fn nothing_there() -> Case {
    let mut scene = Scene::snp();
    scene.brought = Brought::Nothing;
    Case::new(
        "snp/vcek-missing",
        "S04",
        "no VCEK in the bundle or beside it",
        Expect::inconclusive("snp.chain.vek_present"),
    )
    .why(
        "without collateral it can't be decided offline, and it is never a pass",
        "design.md, root decision 3",
    )
    .bundle(&scene)
}

fn unknown_subject() -> Case {
    let mut scene = Scene::snp();
    scene.machine.vek.subject_der = amd_name("SEV-VXEK");
    Case::new(
        "snp/s05-unknown-subject",
        "S05",
        "a certificate that is neither VCEK nor VLEK",
        Expect::fails("snp.chain.vek_profile"),
    )
    .why("the kind is read from the subject and must be one of two", LEAF)
    .bundle(&scene)
}
