//! The bindings for Kotlin, Ruby and Swift: written from the library, and held to the corpus.

use std::process::Stdio;

use super::steps::Outcome;
use crate::failure::{Done, Failure};
use crate::install::Need;
use crate::readme::{self, Reader};
use crate::workspace::{command, programs_with, root, run, succeeds};

pub(super) const NEEDS: &[Need] = &[
    Need::Debian("ruby", "/usr/bin/ruby"),
    Need::Debian("ruby-ffi", "/usr/share/doc/ruby-ffi"),
    Need::Debian("maven", "/usr/bin/mvn"),
];

const OUT: &str = "target/uniffi";
const README: &str = "verifier-uniffi/README.md";
const LIBRARY: &str = "libkettle_verify_uniffi.so";
/// Where cargo leaves what it builds because a program depends on it.
const BUILT: &str = "target/debug/deps";
const WRITER: &str = "target/debug/uniffi-bindgen";

/// Builds the library, writes the bindings, and runs the corpus in Ruby and in Kotlin.
pub(super) fn test() -> Done<Outcome> {
    generate()?;
    let expected = std::fs::read_to_string(root().join("verifier-core/src/conformance.txt"))?;
    let expected = expected.trim();
    conforms("Ruby", expected, RUBY)?;
    let reader = Reader::new(&root().join(OUT).join("reader"))?;
    gem(&reader)?;
    let mut open = Vec::new();
    if fetched() {
        let sources = ["target/uniffi/kotlin", "verifier-uniffi/kotlin/Conformance.kt"];
        compile("", "target/uniffi/classes", &sources)?;
        conforms("Kotlin", expected, KOTLIN)?;
        kotlin(&reader)?;
    } else {
        open.push("Kotlin was not compiled, as its compiler can't be fetched by Maven here");
    }
    if succeeds(&mut command("swiftc", &["--version"])) {
        swift(&reader, expected)?;
    } else {
        open.push("Swift was written and not compiled, as no swiftc is here");
    }
    Ok(if open.is_empty() { Outcome::Passed } else { Outcome::Partly(open.join("; ")) })
}

fn generate() -> Done {
    programs_with(&["--features", "kettle-verifier-uniffi/bindgen"], &["uniffi-bindgen"])?;
    let built = format!("{BUILT}/{LIBRARY}");
    for language in ["ruby", "kotlin", "swift"] {
        let folder = format!("{OUT}/{language}");
        let write = ["generate", "--no-format", "--language", language, "--out-dir", &folder, &built];
        run(&mut command(WRITER, &write))?;
    }
    for folder in [root().join(OUT), root().join(OUT).join("ruby")] {
        std::fs::copy(root().join(&built), folder.join(LIBRARY))?;
    }
    Ok(())
}

/// Makes the gem as the README says, but without optimisation, installs it where nothing else is, and runs
/// the README's Ruby.
fn gem(reader: &Reader) -> Done {
    let home = root().join(OUT).join("gems");
    for old in [&home, &root().join("target/gem")] {
        if old.exists() {
            std::fs::remove_dir_all(old)?;
        }
    }
    let make = as_built(&readme::block(README, "sh", "gem build")?);
    run(command("sh", &["-e", "-c", &make]).env("GEM_HOME", &home))?;
    std::fs::write(reader.folder.join("verify.rb"), readme::block(README, "ruby", "KettleVerify")?)?;
    reader.tries("the README's Ruby", || {
        let mut ruby = command("ruby", &["verify.rb"]);
        ruby.env("GEM_HOME", &home);
        ruby
    })
}

fn kotlin(reader: &Reader) -> Done {
    let out = root().join(OUT).canonicalize()?;
    let source = reader.folder.join("Verify.kt");
    std::fs::write(&source, readme::block(README, "kotlin", "fun main")?)?;
    let classes = reader.folder.join("classes");
    compile("target/uniffi/classes", &classes.to_string_lossy(), &[&source.to_string_lossy()])?;
    let library = format!("-Djna.library.path={}", out.display());
    let path = format!("{}:{1}/classes:{1}/jars/*", classes.display(), out.display());
    reader.tries("the README's Kotlin", || command("java", &[&library, "-cp", &path, "VerifyKt"]))
}

/// Compiles the binding with what runs the corpus and, as the README says, with the README's Swift, and runs both.
fn swift(reader: &Reader, expected: &str) -> Done {
    let script = format!(
        "exec swiftc -O -parse-as-library -o {OUT}/swift/conformance {OUT}/swift/kettle_verify.swift \
         verifier-uniffi/swift/conformance.swift -Xcc -fmodule-map-file={OUT}/swift/kettle_verifyFFI.modulemap \
         -L{OUT} -lkettle_verify_uniffi"
    );
    run(&mut command("sh", &["-c", &script]))?;
    conforms("Swift", expected, SWIFT)?;
    let folder = reader.folder.to_string_lossy();
    std::fs::write(reader.folder.join("main.swift"), readme::block(README, "swift", "SettingsDocument")?)?;
    let compile = as_built(&readme::block(README, "sh", "swiftc")?)
        .replace("-o verify main.swift", &format!("-o '{folder}/verify' '{folder}/main.swift'"));
    run(&mut command("sh", &["-e", "-c", &compile]))?;
    let library = root().join(OUT).canonicalize()?;
    reader.tries("the README's Swift", || {
        let mut program = command(&format!("{folder}/verify"), &[]);
        program.env("LD_LIBRARY_PATH", &library);
        program
    })
}

/// What the README says, with what was built without optimisation.
fn as_built(script: &str) -> String {
    script.replace("target/capi/uniffi-bindgen", WRITER).replace("target/capi", BUILT)
}

/// Fetches the jars of Kotlin's compiler and of the binding; false where no registry is reached.
fn fetched() -> bool {
    let folder = root().join(OUT).join("jars");
    let folder = format!("-DoutputDirectory={}", folder.display());
    let pom = ["-f", "verifier-uniffi/kotlin/pom.xml", "dependency:copy-dependencies", &folder];
    succeeds(command("mvn", &["-q", "-B"]).args(pom))
}

/// Compiles Kotlin: more class path, where to, and the sources.
fn compile(beside: &str, to: &str, sources: &[&str]) -> Done {
    let path = format!("\"$(printf '%s:' target/uniffi/jars/*.jar){beside}\"");
    let script = format!(
        "exec java -cp 'target/uniffi/jars/*' org.jetbrains.kotlin.cli.jvm.K2JVMCompiler \
         -no-stdlib -no-reflect -nowarn -cp {path} -d '{to}' \"$@\""
    );
    run(command("sh", &["-c", &script, "kotlinc"]).args(sources))
}

/// What runs the corpus in Ruby, from the root.
pub(crate) const RUBY: &str =
    "exec ruby -I target/uniffi/ruby verifier-uniffi/ruby/conformance.rb testvectors";
/// What runs the corpus in Kotlin, from the root.
pub(crate) const KOTLIN: &str = "exec java -Djna.library.path=target/uniffi \
                                 -cp 'target/uniffi/classes:target/uniffi/jars/*' ConformanceKt testvectors";
/// What runs the corpus in Swift, from the root.
pub(crate) const SWIFT: &str =
    "LD_LIBRARY_PATH=target/uniffi exec target/uniffi/swift/conformance testvectors";

/// A runner's own words go where they are seen, so that one that breaks off says why.
fn conforms(name: &str, expected: &str, script: &str) -> Done {
    let mut runner = command("sh", &["-c", script]);
    let ended = runner.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8_lossy(&ended.stdout);
    let last = text.lines().last().unwrap_or("no answer");
    if !ended.status.success() || last != format!("conformance {expected}") {
        return Err(Failure::new(format!("{name}: {}: {last}, and not {expected}", ended.status)));
    }
    println!("{name}: every verdict is the one that Rust gives");
    Ok(())
}
