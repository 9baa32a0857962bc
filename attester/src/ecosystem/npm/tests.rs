use super::*;

fn sri_of(letter: &str) -> String {
    format!("sha512-{}==", letter.repeat(86))
}

fn lockfile(packages: &str) -> String {
    format!("{{\"lockfileVersion\": 3, \"packages\": {{\"\": {{}}, {packages}}}}}")
}

#[test]
fn what_a_build_can_use_is_a_dependency() {
    let arch = if std::env::consts::ARCH == "aarch64" { "arm64" } else { "x64" };
    let sri = sri_of("A");
    let text = lockfile(&format!(
        r#"
        "node_modules/a": {{"version": "1.0.0", "resolved": "https://registry.example/a.tgz", "integrity": "{sri}"}},
        "node_modules/b/node_modules/a": {{"version": "1.0.0", "resolved": "https://registry.example/a.tgz", "integrity": "{sri}"}},
        "node_modules/@s/b": {{"version": "2.0.0-x.1+y", "integrity": "sha1-AAAA {sri}"}},
        "node_modules/alias": {{"name": "real", "version": "3.0.0", "integrity": "{sri}"}},
        "node_modules/bundled": {{"version": "1.0.0", "inBundle": true}},
        "node_modules/local": {{"resolved": "packages/local", "link": true}},
        "packages/local": {{"version": "1.0.0"}},
        "node_modules/here": {{"version": "1.0.0", "os": ["linux"], "cpu": ["{arch}"], "integrity": "{sri}"}},
        "node_modules/there": {{"version": "1.0.0", "os": ["win32"], "integrity": "{sri}"}},
        "node_modules/neither": {{"version": "1.0.0", "os": ["!linux"], "integrity": "{sri}"}},
        "node_modules/chip": {{"version": "1.0.0", "cpu": ["s390x"], "integrity": "{sri}"}}"#
    ));
    let read = open(text.as_bytes()).unwrap();
    let urls: Vec<&str> = read.dependencies().iter().map(|known| known.url.as_str()).collect();
    assert_eq!(
        urls,
        [
            "https://registry.npmjs.org/@s/b/-/b-2.0.0-x.1+y.tgz",
            "https://registry.example/a.tgz",
            "https://registry.npmjs.org/here/-/here-1.0.0.tgz",
            "https://registry.npmjs.org/real/-/real-3.0.0.tgz",
        ]
    );
    assert_eq!(read.dependencies()[0].digest, ("sha512".to_owned(), sri));
}

#[test]
fn what_leaves_something_open_is_refused() {
    let sri = sri_of("A");
    let package = |rest: &str| lockfile(&format!(r#""node_modules/a": {{"version": "1.0.0", {rest}}}"#));
    for (text, said) in [
        ("{}".to_owned(), "lockfileVersion"),
        (r#"{"lockfileVersion": 1}"#.to_owned(), "npm 7"),
        (package(r#""resolved": "https://r.example/a.tgz""#), "no SHA-512"),
        (package(r#""integrity": "sha1-AAAA""#), "no SHA-512"),
        (package(r#""integrity": "sha512-AAAA""#), "no SHA-512"),
        (package(&format!(r#""integrity": "{sri} {}""#, sri_of("Q"))), "no SHA-512"),
        (
            package(&format!(r#""resolved": "git+ssh://git@git.example/a.git#c", "integrity": "{sri}""#)),
            "only archives",
        ),
        (package(&format!(r#""resolved": "http://r.example/a.tgz", "integrity": "{sri}""#)), "only archives"),
        (
            package(&format!(r#""resolved": "https://r.example/a\"\n.tgz", "integrity": "{sri}""#)),
            "only archives",
        ),
        (package(&format!(r#""name": "../a", "integrity": "{sri}""#)), "no proper name"),
        (package(&format!(r#""integrity": "{sri}""#)).replace("1.0.0", "1/../x"), "no proper name"),
    ] {
        let failure = open(text.as_bytes()).err().unwrap();
        assert!(failure.message.contains(said), "{text}: {failure}");
    }
}
