//! Endorsement certificates that say the wrong thing (adversarial.md, S08, S10 to S12, S17).

use crate::asn1;
use crate::case::{Case, Expect};
use crate::pki::{Certificate, Extension, HWID, PRODUCT_NAME, SPL_FMC, SPL_MICROCODE, SPL_SNP};
use crate::product::{Product, VekKind};
use crate::report::offset;
use crate::scene::{CHIP, Scene};
use crate::signing::{Hash, RSASSA_PSS, Scheme};

cases![
    pkcs1,
    pss_sha256,
    salt_32,
    mgf1_sha1,
    parameters_absent,
    trailer_2,
    algorithms_differ,
    named_but_not_used,
    level_missing,
    hwid_missing,
    level_twice,
    hwid_twice,
    level_unknown,
    level_of_turin,
    level_of_milan,
    critical_unknown,
    plain_unknown,
    level_negative,
    level_not_minimal,
    level_empty,
    level_three_octets,
    level_trailing,
    hwid_other_chip,
    hwid_8_on_milan,
    hwid_64_on_turin,
    turin_chip_tail,
    hwid_nested,
    hwid_like_integer,
    hwid_like_octet_string,
    masked_vcek,
    masked_both,
    product_other_generation,
    product_other_type,
    version_2,
];

const SIGNATURE: &str = "platforms.md, 2";
const EXTENSIONS: &str = "platforms.md, 4";

fn scheme(id: &str, title: &str, scheme: Scheme) -> Case {
    let mut scene = Scene::snp();
    scene.machine.vek.set_scheme(scheme);
    Case::new(id, "S08", title, Expect::fails("snp.chain.vek_algorithm"))
        .why("the parameters are AMD's, exactly", SIGNATURE)
        .bundle(&scene)
}

const fn pss(hash: Hash, mask: Hash, salt: u8, trailer: u8) -> Scheme {
    Scheme::Pss { hash, mask, salt, trailer: Some(trailer) }
}

fn pkcs1() -> Case {
    scheme("snp/s08-pkcs1", "the VCEK is signed with PKCS #1 v1.5", Scheme::Pkcs1(Hash::Sha384))
}

fn pss_sha256() -> Case {
    scheme("snp/s08-pss-sha256", "PSS with SHA-256", pss(Hash::Sha256, Hash::Sha256, 32, 1))
}

fn salt_32() -> Case {
    scheme("snp/s08-salt-32", "PSS with a salt of 32 bytes", pss(Hash::Sha384, Hash::Sha384, 32, 1))
}

fn mgf1_sha1() -> Case {
    scheme("snp/s08-mgf1-sha1", "PSS whose mask is made with SHA-1", pss(Hash::Sha384, Hash::Sha1, 48, 1))
}

fn trailer_2() -> Case {
    scheme("snp/s08-trailer-2", "PSS that names trailer 2", pss(Hash::Sha384, Hash::Sha384, 48, 2))
}

fn parameters_absent() -> Case {
    let mut scene = Scene::snp();
    scene.machine.vek.algorithm_der = asn1::sequence([asn1::oid(RSASSA_PSS)]);
    Case::new(
        "snp/s08-parameters-absent",
        "S08",
        "PSS without parameters",
        Expect::fails("snp.chain.vek_algorithm"),
    )
    .why("absent parameters leave hash and salt to whoever reads them", SIGNATURE)
    .bundle(&scene)
}

fn algorithms_differ() -> Case {
    let mut scene = Scene::snp();
    scene.machine.vek.outer_algorithm_der = Some(Scheme::Pkcs1(Hash::Sha384).algorithm());
    Case::new(
        "snp/s08-algorithms-differ",
        "S08",
        "one algorithm inside the signed part, another beside the signature",
        Expect::fails("snp.chain.vek_der"),
    )
    .why("both must be equal", "RFC 5280, section 4.1.1.2")
    .bundle(&scene)
}

fn named_but_not_used() -> Case {
    let mut scene = Scene::snp();
    scene.machine.vek.scheme = pss(Hash::Sha384, Hash::Sha384, 32, 1);
    Case::new(
        "snp/s08-named-but-not-used",
        "S08",
        "the VCEK names a salt of 48 bytes and is signed with one of 32",
        Expect::fails("snp.chain.vek_signature"),
    )
    .why("the salt's length is enforced in the signature too", SIGNATURE)
    .bundle(&scene)
}

fn extensions(id: &str, covers: &str, title: &str, product: Product, change: fn(&mut Certificate)) -> Case {
    let mut scene = Scene::on(product, VekKind::Vcek);
    change(&mut scene.machine.vek);
    Case::new(id, covers, title, Expect::fails("snp.chain.vek_extensions"))
        .why("each of AMD's extensions is there once, well-formed, and no other", EXTENSIONS)
        .bundle(&scene)
}

fn level_missing() -> Case {
    extensions("snp/s10-level-missing", "S10", "the VCEK has no SNP patch level", Product::Milan, |vek| {
        vek.remove(SPL_SNP);
    })
}

fn hwid_missing() -> Case {
    extensions("snp/s10-hwid-missing", "S10", "the VCEK names no chip", Product::Milan, |vek| {
        vek.remove(HWID);
    })
}

fn level_twice() -> Case {
    extensions("snp/s10-level-twice", "S10", "the SNP patch level comes twice", Product::Milan, |vek| {
        vek.extensions.push(Extension::plain(SPL_SNP, asn1::unsigned(&[0x18])));
    })
}

fn hwid_twice() -> Case {
    extensions(
        "snp/s10-hwid-twice",
        "S10",
        "the chip id comes twice, with two values",
        Product::Milan,
        |vek| {
            vek.extensions.push(Extension::plain(HWID, vec![0x11; 64]));
        },
    )
}

fn level_unknown() -> Case {
    extensions(
        "snp/s10-level-unknown",
        "S10",
        "a patch level `.3.10` that nobody knows",
        Product::Milan,
        |vek| {
            vek.extensions.push(Extension::plain("1.3.6.1.4.1.3704.1.3.10", asn1::unsigned(&[0])));
        },
    )
}

fn level_of_turin() -> Case {
    extensions(
        "snp/s10-fmc-on-milan",
        "S10 S31",
        "a Milan VCEK with Turin's FMC level",
        Product::Milan,
        |vek| {
            vek.extensions.push(Extension::plain(SPL_FMC, asn1::unsigned(&[0])));
        },
    )
}

fn level_of_milan() -> Case {
    extensions("snp/s10-spl4-on-turin", "S10 S31", "a Turin VCEK with `.3.4`", Product::Turin, |vek| {
        vek.extensions.push(Extension::plain("1.3.6.1.4.1.3704.1.3.4", asn1::unsigned(&[0])));
    })
}

fn version_2() -> Case {
    extensions(
        "snp/s10-struct-version",
        "S10",
        "the extensions have an unknown version",
        Product::Milan,
        |vek| {
            vek.extension("1.3.6.1.4.1.3704.1.1").value = asn1::unsigned(&[2]);
        },
    )
}

fn critical_unknown() -> Case {
    let mut scene = Scene::snp();
    scene.machine.vek.extensions.push(Extension::critical("1.3.6.1.4.1.311.1", vec![5, 0]));
    Case::new(
        "snp/s10-critical-unknown",
        "S10",
        "an unknown critical extension",
        Expect::fails("snp.chain.vek_profile"),
    )
    .why("what is critical must be understood", "RFC 5280, section 4.2")
    .bundle(&scene)
}

fn plain_unknown() -> Case {
    let mut scene = Scene::snp();
    scene.machine.vek.extensions.push(Extension::plain("1.3.6.1.4.1.311.1", vec![5, 0]));
    Case::new(
        "snp/s10-plain-unknown",
        "S10",
        "an extension outside AMD's arc that is not critical",
        Expect::verified(),
    )
    .why("what is not critical and not AMD's may be passed over", "RFC 5280, section 4.2")
    .bundle(&scene)
}

fn level(id: &str, title: &str, value: &'static [u8]) -> Case {
    let mut scene = Scene::snp();
    scene.machine.vek.extension(SPL_MICROCODE).value = value.to_vec();
    Case::new(id, "S11", title, Expect::fails("snp.chain.vek_extensions"))
        .why("a patch level is a minimal INTEGER from 0 to 255", "ITU-T X.690, section 8.3")
        .advisory("go-sev-guest ComposeTCBParts")
        .bundle(&scene)
}

fn level_negative() -> Case {
    level("snp/s11-negative", "a level of one octet above 127, which is negative", &[2, 1, 0xd9])
}

fn level_not_minimal() -> Case {
    level("snp/s11-not-minimal", "a level with an octet too many", &[2, 2, 0, 0x18])
}

fn level_empty() -> Case {
    level("snp/s11-empty", "a level without octets", &[2, 0])
}

fn level_three_octets() -> Case {
    level("snp/s11-three-octets", "a level of three octets", &[2, 3, 0, 0, 0xdb])
}

fn level_trailing() -> Case {
    level("snp/s11-trailing", "a level with an octet after it", &[2, 2, 0, 0xdb, 0])
}

fn chip(id: &str, covers: &str, title: &str, check: &str, product: Product, hwid: Vec<u8>) -> Case {
    let mut scene = Scene::on(product, VekKind::Vcek);
    scene.machine.vek.extension(HWID).value = hwid;
    Case::new(id, covers, title, Expect::fails(check))
        .why("the certificate's chip is the report's: raw octets, of the generation's length", EXTENSIONS)
        .bundle(&scene)
}

fn hwid_other_chip() -> Case {
    let mut other = CHIP.to_vec();
    other[63] ^= 1;
    let id = "snp/s12-other-chip";
    chip(id, "S12", "the VCEK is of another chip", "snp.report.chip_id", Product::Milan, other)
}

fn hwid_8_on_milan() -> Case {
    let short = CHIP[..8].to_vec();
    chip(
        "snp/s12-short-on-milan",
        "S12",
        "a Milan VCEK with a chip id of 8 bytes",
        "snp.chain.vek_extensions",
        Product::Milan,
        short,
    )
}

fn hwid_64_on_turin() -> Case {
    let long = CHIP.to_vec();
    chip(
        "snp/s12-long-on-turin",
        "S12",
        "a Turin VCEK with a chip id of 64 bytes",
        "snp.chain.vek_extensions",
        Product::Turin,
        long,
    )
}

fn hwid_nested() -> Case {
    let nested = asn1::octet_string(CHIP);
    chip(
        "snp/s12-nested",
        "S12",
        "the chip id wrapped in an OCTET STRING of its own",
        "snp.chain.vek_extensions",
        Product::Milan,
        nested,
    )
}

fn turin_chip_tail() -> Case {
    let mut scene = Scene::on(Product::Turin, VekKind::Vcek);
    scene.machine.report.put(offset::CHIP_ID + 8, &[1]);
    Case::new(
        "snp/s12-turin-tail",
        "S12",
        "a Turin report whose chip id has more than 8 bytes",
        Expect::fails("snp.report.chip_id"),
    )
    .why("bytes 8 to 64 are zero on Turin", EXTENSIONS)
    .bundle(&scene)
}

fn odd_chip(id: &str, title: &str, begin: [u8; 2]) -> Case {
    let mut chip = CHIP;
    chip[..2].copy_from_slice(&begin);
    let mut scene = Scene::snp();
    scene.machine.report.put(offset::CHIP_ID, &chip);
    scene.machine.vek.extension(HWID).value = chip.to_vec();
    Case::new(id, "S12", title, Expect::verified())
        .why("chip ids are random: one that looks like DER is read raw all the same", EXTENSIONS)
        .bundle(&scene)
}

fn hwid_like_integer() -> Case {
    odd_chip("snp/s12-like-integer", "a chip id that begins as a DER INTEGER of its length", [0x02, 62])
}

fn hwid_like_octet_string() -> Case {
    odd_chip(
        "snp/s12-like-octet-string",
        "a chip id that begins as a DER OCTET STRING of its length",
        [0x04, 62],
    )
}

fn masked_vcek() -> Case {
    let mut scene = Scene::snp();
    scene.machine.report.put(offset::CHIP_ID, &[0; 64]);
    Case::new("snp/s13-masked", "S13", "a masked chip id beside a VCEK", Expect::fails("snp.report.chip_id"))
        .why("a VCEK is of one chip, and the report must name it", EXTENSIONS)
        .bundle(&scene)
}

fn masked_both() -> Case {
    let mut scene = Scene::snp();
    scene.machine.report.put(offset::CHIP_ID, &[0; 64]);
    scene.machine.vek.extension(HWID).value = vec![0; 64];
    Case::new(
        "snp/s13-zero-chip",
        "S13",
        "VCEK and report both name the chip with id zero",
        Expect::fails("snp.report.chip_id"),
    )
    .why("zero is how an id is masked, and the id of no chip", EXTENSIONS)
    .bundle(&scene)
}

fn product_other_generation() -> Case {
    let mut scene = Scene::on(Product::Genoa, VekKind::Vcek);
    scene.machine.vek.extension(PRODUCT_NAME).value = asn1::tlv(asn1::IA5_STRING, "Milan-B0");
    Case::new(
        "snp/s17-product",
        "S17",
        "a Genoa VCEK that calls its product Milan-B0",
        Expect::fails("snp.chain.vek_product"),
    )
    .why("the product name must fit the generation", EXTENSIONS)
    .bundle(&scene)
}

fn product_other_type() -> Case {
    extensions("snp/s17-product-type", "S17", "the product name is a UTF8String", Product::Milan, |vek| {
        vek.extension(PRODUCT_NAME).value = asn1::tlv(asn1::UTF8_STRING, "Milan-B0");
    })
}
