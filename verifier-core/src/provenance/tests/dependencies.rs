use super::*;

fn only(dependency: Json) -> Json {
    rooted(with(cargo(), &format!("{DEFINITION}/resolvedDependencies"), json!([dependency])))
}

fn nix(name: &str, uri: &str, sha256: &str) -> Json {
    let toolchain = json!({"nix": tool("nix", "nix 2.33"), "kettle": tool("kettle", "1.0.0")});
    let fetch = json!({
        "annotations": {"drvPath": "x.drv", "outputHashMode": "flat"},
        "digest": {"sha256": sha256},
        "name": name,
        "uri": uri
    });
    rooted(statement("https://lunal.dev/kettle/nix@v1", toolchain, json!([fetch])))
}

fn pnpm(name: &str, uri: &str, digests: Json) -> Json {
    let toolchain = json!({
        "pnpm": tool("pnpm", "9.0.0"), "node": tool("node", "v22.0.0"), "kettle": tool("kettle", "1.0.0")
    });
    let package = json!({"digest": digests, "name": name, "uri": uri});
    rooted(statement("https://lunal.dev/kettle/pnpm@v1", toolchain, json!([package])))
}

const ID: &str = "provenance.dependencies";
const BASE64: &str = "X2Vv6VVM3KjmBHo2ukVWe5YTVXRmqe//Kw2kr73OpZs=";

fn notes(document: &Json) -> Vec<String> {
    let (_, record) = appraised(document.to_string().as_bytes(), &Policy::default());
    let ours = record.notes.into_iter().filter(|note| note.kind == crate::verdict::NoteKind::Deviation);
    ours.filter(|note| note.id.starts_with(ID)).map(|note| note.id).collect()
}

#[test]
fn registry_crates() {
    passes(&only(crate_from_registry("serde")));
    assert_eq!(notes(&only(crate_from_registry("serde"))), Vec::<String>::new());
    let sum = digest("serde");
    for (uri, name, digests) in [
        (format!("pkg:cargo/serde@1.0.0?checksum=sha256:{}", digest("x")), "serde", json!({"sha256": sum})),
        (format!("pkg:cargo/serde@1.0.0?checksum=sha256:{sum}"), "serde_json", json!({"sha256": sum})),
        (format!("pkg:cargo/serde@1.0.0?checksum=sha256:{sum}"), "serde", json!({"sha512": sum})),
        (format!("pkg:cargo/serde@1.0.0?checksum=sha256:{sum}"), "serde", json!({"sha256": sum, "md5": "0"})),
        (format!("pkg:cargo/serde@1.0.0?checksum=sha256:{sum}"), "serde", json!({})),
        (format!("pkg:cargo/serde@1.0.0?checksum={sum}"), "serde", json!({"sha256": sum})),
        (format!("pkg:cargo/serde?checksum=sha256:{sum}"), "serde", json!({"sha256": sum})),
        (format!("pkg:npm/serde@1.0.0?checksum=sha256:{sum}"), "serde", json!({"sha256": sum})),
        ("pkg:cargo/serde@1.0.0".into(), "serde", json!({"sha256": sum})),
        ("https://crates.io/serde".into(), "serde", json!({"sha256": sum})),
        (
            format!("pkg:cargo/serde@1.0.0?checksum=sha256:{0}", sum.to_uppercase()),
            "serde",
            json!({"sha256": sum.to_uppercase()}),
        ),
    ] {
        fails(&only(json!({"digest": digests, "name": name, "uri": uri})), ID);
    }
}

#[test]
fn a_dependency_has_all_its_parts() {
    for name in ["digest", "name", "uri"] {
        fails(&without(cargo(), &format!("{DEFINITION}/resolvedDependencies/0/{name}")), ID);
    }
    fails(&with(cargo(), &format!("{DEFINITION}/resolvedDependencies/0"), json!("serde")), ID);
    fails(&with(cargo(), &format!("{DEFINITION}/resolvedDependencies"), json!(null)), ID);
    passes(&rooted(with(cargo(), &format!("{DEFINITION}/resolvedDependencies"), json!([]))));
}

#[test]
fn crates_from_git() {
    let commit = "5".repeat(40);
    let from = |address: &str, commit: &str| {
        json!({
            "digest": {"gitCommit": commit},
            "name": "tool",
            "uri": format!("pkg:cargo/tool@0.1.0?vcs_url={address}")
        })
    };
    for address in [
        format!("git+https://example.org/tool.git@{commit}"),
        format!("git%2Bhttps:%2F%2Fexample.org%2Ftool.git%40{commit}"),
        format!("git+https%3A%2F%2Fexample.org%2Ftool@{commit}"),
        format!("git+file:..%2Ftool@{commit}"),
    ] {
        passes(&only(from(&address, &commit)));
    }
    fails(&only(from(&format!("git+https://example.org/tool@{commit}"), &"6".repeat(40))), ID);
    fails(&only(from("git+https://example.org/tool@main", "main")), ID);
    fails(&only(from(&format!("hg+https://example.org/tool@{commit}"), &commit)), ID);
    fails(&only(from(&format!("git+@{commit}"), &commit)), ID);
}

#[test]
fn fetches_of_nix() {
    let uri = |name: &str, hash: &str| format!("pkg:nix-fetch/{name}?hash={hash}");
    let good = nix("a.patch", &uri("a.patch", &format!("sha256:{BASE64}")), BASE64);
    passes(&good);
    let seen = ["foreign_digest", "package_type", "package_url"].map(|kind| format!("{ID}.{kind}"));
    assert_eq!(notes(&good), seen);
    passes(&nix("a?b=c.patch", &uri("a?b=c.patch", &format!("sha256:{BASE64}")), BASE64));
    let encoded = BASE64.replace('/', "%2F").replace('=', "%3D");
    passes_with_decoded_root(&uri("a.patch", &format!("sha256:{encoded}")));
    let hex = digest("x");
    passes(&nix("a", &uri("a", &format!("sha256:{hex}")), &hex));
    let base32 = "0".repeat(52);
    passes(&nix("a", &uri("a", &format!("sha256:{base32}")), &base32));
    let sha1 = "2jmj7l5rSw0yVb/vlWAYkK/YBwk=";
    passes(&nix("a", &uri("a", &format!("sha1:{sha1}")), sha1));
    for (name, uri, digest) in [
        ("b", uri("a", &format!("sha256:{BASE64}")), BASE64),
        ("a", uri("a", &format!("sha256:{hex}")), BASE64),
        ("a", uri("a", &format!("sha512:{BASE64}")), BASE64),
        ("a", uri("a", &format!("sha3:{BASE64}")), BASE64),
        ("a", uri("a", BASE64), BASE64),
        ("a", format!("pkg:nix-fetch/a@1?hash=sha256:{BASE64}"), BASE64),
        ("a", format!("pkg:nix/a?hash=sha256:{BASE64}"), BASE64),
        ("a", uri("a", "sha256:abc"), "abc"),
    ] {
        fails(&unrooted_nix(name, &uri, digest), ID);
    }
}

/// The same with a root that nobody computed, for documents that fail before it.
fn unrooted_nix(name: &str, uri: &str, digest: &str) -> Json {
    let mut document = nix("a", &format!("pkg:nix-fetch/a?hash=sha256:{BASE64}"), BASE64);
    document = with(document, &format!("{DEFINITION}/resolvedDependencies/0/uri"), json!(uri));
    document = with(document, &format!("{DEFINITION}/resolvedDependencies/0/name"), json!(name));
    with(document, &format!("{DEFINITION}/resolvedDependencies/0/digest/sha256"), json!(digest))
}

/// The leaf is made of the digest and not of the address: spelling the address another way does not
/// change the root.
fn passes_with_decoded_root(uri: &str) {
    let document = nix("a.patch", &format!("pkg:nix-fetch/a.patch?hash=sha256:{BASE64}"), BASE64);
    passes(&with(document, &format!("{DEFINITION}/resolvedDependencies/0/uri"), json!(uri)));
}

#[test]
fn the_order_of_fetches_counts() {
    let fetch = |name: &str| {
        let uri = format!("pkg:nix-fetch/{name}?hash=sha256:{BASE64}");
        json!({"digest": {"sha256": BASE64}, "name": name, "uri": uri})
    };
    let toolchain = json!({"nix": tool("nix", "nix 2.33"), "kettle": tool("kettle", "1.0.0")});
    let ordered = json!([fetch("a"), fetch("b")]);
    let document = rooted(statement("https://lunal.dev/kettle/nix@v1", toolchain, ordered));
    passes(&document);
    let swapped = json!([fetch("b"), fetch("a")]);
    let swapped = with(document, &format!("{DEFINITION}/resolvedDependencies"), swapped);
    fails(&swapped, "provenance.merkle_root");
}

#[test]
fn packages_of_pnpm() {
    let sri = format!("sha512-{}==", "A".repeat(86));
    let uri = format!("pkg:npm/@types/node@20.11.5?checksum={sri}");
    for algorithm in ["sha512", "sha256"] {
        passes(&pnpm("@types/node", &uri, json!({algorithm: sri})));
    }
    let encoded = uri.replace("/@types", "/%40types");
    passes(&pnpm("@types/node", &encoded, json!({"sha512": sri})));
    let commit = "5".repeat(40);
    let tarball = format!("https://codeload.github.com/a/b/tar.gz/{commit}");
    for algorithm in ["gitCommit", "sha512"] {
        passes(&pnpm("b", &tarball, json!({algorithm: commit})));
    }
    fails(&pnpm("b", &tarball, json!({"gitCommit": "6".repeat(40)})), ID);
    fails(&pnpm("b", "https://example.org/a/b/tar.gz/1", json!({"gitCommit": "1"})), ID);
    fails(&pnpm("node", &uri, json!({"sha512": sri})), ID);
    fails(&pnpm("@types/node", &uri, json!({"sha512": sri.replace('A', "B")})), ID);
    fails(&pnpm("@types/node", &uri, json!({"md5": sri})), ID);
    let short = "sha512-AAAA";
    let uri = format!("pkg:npm/a@1?checksum={short}");
    fails(&pnpm("a", &uri, json!({"sha512": short})), ID);
    fails(&pnpm("a", "pkg:npm/a@1", json!({"sha256": "x"})), ID);
}

#[test]
fn a_package_without_a_checksum_is_noted() {
    let document = pnpm("a", "pkg:npm/a@1", json!({"sha256": digest("a")}));
    passes(&document);
    assert_eq!(notes(&document), [format!("{ID}.unbound")]);
}
