//! Builds that attack whoever attests them.

#![cfg(target_arch = "x86_64")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test that panics has failed"
)]

mod common;

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::process::{Command, Stdio};

use common::{Project, names, sandbox};
use sha2::{Digest as _, Sha256};

/// Whether a process of the machine has this in its command line.
fn runs(text: &str) -> bool {
    fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(text)
    })
}

#[test]
fn a_build_script_reaches_nothing_that_it_should_not() {
    if !sandbox() {
        return;
    }
    // What the script tries to reach, and what can be reached from here.
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = tcp.local_addr().unwrap().port();
    let name = format!("kettle-attest-test-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let _socket = UnixListener::bind_addr(&address).unwrap();
    assert!(UnixStream::connect_addr(&address).is_ok());
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    let mut process = Command::new("sh");
    process.args(["-c", "read line; : the-hostile-build-test"]).stdin(Stdio::piped());
    let mut process = process.spawn().unwrap();
    assert!((0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        runs("the-hostile-build-test")
    }));
    let secret = tempfile::NamedTempFile::new().unwrap();
    let marker = format!("daemon-{}-{port}", std::process::id());

    let project = Project::hello();
    let given = format!("{port}\n{name}\n{marker}\n{}\n", secret.path().display());
    project.write("given", &given).write("build.rs", include_str!("hostile/build.rs"));
    let commit = project.commit();
    let built = project.build(&["--artifact", "release/hello"]).holds();
    process.kill().unwrap();
    process.wait().unwrap();

    let said = built.said();
    let attacks: Vec<&str> =
        said.lines().filter_map(|line| line.split_once("attack ")).map(|(_, one)| one).collect();
    assert_eq!(attacks.len(), 32, "{said}");
    let done: Vec<&&str> = attacks.iter().filter(|attack| !attack.ends_with(": stopped")).collect();
    assert!(done.is_empty(), "{done:#?}");

    // The daemon ran, and ended with the build; what is attested is what lies in the bundle.
    assert!(said.contains("daemon runs: true"), "{said}");
    assert!(!runs(&marker));
    let artifact = built.file("artifacts/hello");
    let digest: String = Sha256::digest(&artifact).iter().map(|byte| format!("{byte:02x}")).collect();
    let provenance = String::from_utf8(built.file("provenance.json")).unwrap();
    for recorded in [&digest, &commit, &project.git(&["rev-parse", "HEAD^{tree}"])] {
        assert!(provenance.contains(recorded));
    }
    assert_eq!(names(&built.bundle.join("artifacts")), ["hello"]);
    assert!(!project.path().join("new").exists() && secret.path().exists());
}

/// What the scripts of package managers try to reach, and what can be reached from here.
struct Bait {
    tcp: TcpListener,
    secret: tempfile::NamedTempFile,
    marker: String,
}

impl Bait {
    fn new() -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let marker = format!("daemon-{}-{}", std::process::id(), tcp.local_addr().unwrap().port());
        Self { tcp, secret: tempfile::NamedTempFile::new().unwrap(), marker }
    }

    fn given(&self) -> String {
        let port = self.tcp.local_addr().unwrap().port();
        format!("{port}\n{}\n{}\n", self.marker, self.secret.path().display())
    }

    /// Every attack was stopped, and what is attested is what was committed and made.
    fn held(&self, project: &Project, count: usize, (lockfile, artifact): (&str, &str), more: &[&str]) {
        let lockfile = fs::read(project.path().join(lockfile)).unwrap();
        let built = project.build(more).holds();
        let said = built.said();
        let attacks: Vec<&str> =
            said.lines().filter_map(|line| line.split_once("attack ")).map(|(_, one)| one).collect();
        assert_eq!(attacks.len(), count, "{said}");
        let done: Vec<&&str> = attacks.iter().filter(|attack| !attack.ends_with(": stopped")).collect();
        assert!(done.is_empty(), "{done:#?}");
        assert!(!runs(&self.marker));
        assert_eq!(names(&built.bundle.join("artifacts")), [artifact]);
        let hex = |bytes: &[u8]| -> String {
            Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
        };
        let provenance = String::from_utf8(built.file("provenance.json")).unwrap();
        let tree = project.git(&["rev-parse", "HEAD^{tree}"]);
        for recorded in [&hex(&lockfile), &hex(&built.file(&format!("artifacts/{artifact}"))), &tree] {
            assert!(provenance.contains(recorded.as_str()));
        }
        assert_eq!(project.git(&["status", "--porcelain"]), "");
    }
}

#[test]
fn an_install_script_of_npm_reaches_nothing_that_it_should_not() {
    if !sandbox() || Command::new("npm").arg("--version").output().is_err() {
        eprintln!("not run: npm is not here");
        return;
    }
    let bait = Bait::new();
    let project = Project::empty();
    let manifest = r#"{"name": "hello", "version": "1.0.0", "scripts": {"preinstall": "node install.mjs"}}"#;
    let lockfile = r#"{"name": "hello", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "hello", "version": "1.0.0", "hasInstallScript": true}}}"#;
    project.write("package.json", manifest).write("package-lock.json", lockfile);
    // Its output is shown only where it fails otherwise.
    project.write(".npmrc", "foreground-scripts=true\n");
    project.write("given", &bait.given()).write("install.mjs", include_str!("hostile/install.mjs")).commit();
    bait.held(&project, 9, ("package-lock.json", "hello-1.0.0.tgz"), &[]);
}

#[test]
fn a_build_backend_of_python_reaches_nothing_that_it_should_not() {
    if !sandbox() || Command::new("python3").args(["-m", "pip", "--version"]).output().is_err() {
        eprintln!("not run: pip is not here");
        return;
    }
    let bait = Bait::new();
    let project = Project::empty();
    let manifest = "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n\n[project]\nname = \"hello\"\nversion = \"1.0.0\"\n";
    project.write("pyproject.toml", manifest).write("requirements.txt", "# nothing\n");
    project.write("given", &bait.given()).write("backend.py", include_str!("hostile/backend.py")).commit();
    // pip shows what a backend prints only where it fails, so it is asked directly first.
    let wheel = "hello-1.0.0-py3-none-any.whl";
    let ask = "python3 -c 'import backend; backend.build_wheel(\"/build/output\")'";
    bait.held(&project, 9, ("requirements.txt", wheel), &["--", "sh", "-c", ask]);
    fs::remove_dir_all(project.beside("bundle")).unwrap();
    fs::remove_file(project.beside("bundle.seed")).unwrap();
    let built = project.build(&[]).holds();
    assert_eq!(names(&built.bundle.join("artifacts")), [wheel]);
    built.discard();
    let link = format!("{ask}; ln -s /etc/passwd /build/output/linked-1-py3-none-any.whl");
    project.build(&["--", "sh", "-c", &link]).fails(1, "`linked-1-py3-none-any.whl` is a link");
}

#[test]
fn what_is_no_plain_file_of_the_build_is_no_artifact() {
    if !sandbox() {
        return;
    }
    let project = Project::hello();
    project.commit();
    let make = |script: &str, artifact: &str| {
        let script = format!("cd /build/output; mkdir -p release; {script}");
        project.build(&["--artifact", artifact, "--", "sh", "-c", &script])
    };
    make("ln -s /etc/passwd release/x", "release/x").fails(1, "is a link, or lies behind one");
    make("ln -s /etc release/x", "release/x/passwd").fails(1, "is a link, or lies behind one");
    make("mkfifo release/x", "release/x").fails(1, "the build failed");
    make("mkdir release/x", "release/x").fails(1, "is no plain file");
    make("truncate -s 1T release/x", "release/x").fails(1, "is larger than 16 GiB");
    // The whole folder is a link to one of the machine's.
    let all = "rmdir release; ln -s /usr/bin release";
    project.build(&["--", "sh", "-c", &format!("cd /build/output; mkdir release; {all}")]).fails(1, "a link");
    // Also where nobody has named it, beside a sound one.
    let beside = |more: &str| {
        let script = format!("cd /build/output; mkdir release; cp /bin/true release/hello; {more}");
        project.build(&["--", "sh", "-c", &script])
    };
    beside("ln -s hello release/x").fails(1, "`release/x` is a link");
    // A second name of a file of the machine can't be made.
    make("ln /usr/bin/env release/x", "release/x").fails(1, "the build failed");
    make("printf x > release/x; mkdir y; printf y > y/x", "release/x").holds();
}

#[test]
fn output_without_end_or_line_is_told_in_pieces() {
    if !sandbox() {
        return;
    }
    let project = Project::hello();
    project.commit();
    let script = "head -c 30000000 /dev/zero; printf '\\033]0;title\\007'; mkdir /build/output/release; cp /bin/true /build/output/release/x";
    let built = project.build(&["--", "sh", "-c", script]).holds();
    let said = built.said();
    assert!(said.lines().count() > 400 && !said.contains('\u{1b}') && !said.contains('\0'));
}

/// Waits until something holds, for half a minute.
fn comes(mut holds: impl FnMut() -> bool) -> bool {
    (0..1500).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        holds()
    })
}

/// A build in folders of its own, which is stopped by `stop` once it has told `at` events. What it leaves.
fn stopped(at: usize, stop: &dyn Fn(&std::process::Child)) -> (Vec<String>, Option<i32>) {
    let project = Project::hello();
    project.commit();
    let temporary = project.beside("temporary");
    fs::create_dir(&temporary).unwrap();
    let marker = format!("stopped-{}-{at}", project.path().display());
    let script = format!(
        "echo one; sleep 0.2; mkdir -p /build/output/release; cp /bin/true /build/output/release/x; : {marker}"
    );
    let mut command = Command::new(env!("CARGO_BIN_EXE_kettle-attest"));
    command.args(["--json", "build"]).arg(project.path()).args(["--simulate", "az-snp"]);
    command.args(["--source-uri", common::URI, "--output"]).arg(project.beside("bundle"));
    command.args(["--", "sh", "-c", &script]).env("TMPDIR", &temporary);
    let mut build = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = std::io::BufRead::lines(std::io::BufReader::new(build.stdout.take().unwrap()));
    let told = lines.take(at).count();
    stop(&build);
    let code = build.wait().unwrap().code();
    assert!(comes(|| !runs(&marker)), "a process was left");
    let left = || {
        let beside = project.path().parent().unwrap().to_owned();
        let hidden = names(&beside).into_iter().filter(|name| name.starts_with('.'));
        names(&temporary).into_iter().chain(hidden).collect::<Vec<_>>()
    };
    comes(|| left().is_empty());
    let whole = names(project.beside("bundle").parent().unwrap()).contains(&"bundle".to_owned());
    if whole {
        // It was done before it was stopped: the bundle is whole.
        assert_eq!(names(&project.beside("bundle")), ["artifacts", "evidence.json", "provenance.json"]);
        assert!(told >= 6);
    }
    (left(), code)
}

#[test]
fn a_build_that_is_killed_at_any_point_leaves_nothing() {
    if !sandbox() {
        return;
    }
    let kill = |child: &std::process::Child| {
        let done = Command::new("kill").args(["-KILL", &child.id().to_string()]).status().unwrap();
        let _ = done;
    };
    for at in 0..8 {
        assert_eq!(stopped(at, &kill).0, Vec::<String>::new(), "killed after {at} events");
    }
}

#[test]
fn what_a_build_leaves_that_is_killed_with_its_guard_is_removed_by_the_next() {
    if !sandbox() {
        return;
    }
    let project = Project::hello();
    project.commit();
    let temporary = project.beside("temporary");
    fs::create_dir(&temporary).unwrap();
    let marker = format!("both-killed-{}", project.path().display());
    let build = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kettle-attest"));
        command.args(["--json", "build"]).arg(project.path()).args(["--simulate", "snp", "--output"]);
        command.arg(project.beside("bundle")).args(["--source-uri", common::URI, "--"]).args(words);
        command.env("TMPDIR", &temporary).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
    };
    let mut first = build(&["sh", "-c", &format!("echo one; sleep 60; : {marker}")]);
    let lines = std::io::BufRead::lines(std::io::BufReader::new(first.stdout.take().unwrap()));
    assert_eq!(lines.take(4).count(), 4);
    let own = format!("/proc/{0}/task/{0}/children", first.id());
    let children = fs::read_to_string(own).unwrap();
    let all: Vec<&str> = children.split_whitespace().collect();
    assert!(all.len() >= 2, "{all:?}");
    let id = first.id().to_string();
    Command::new("kill").args([&["-KILL", &id], &all[..]].concat()).status().unwrap();
    first.wait().unwrap();
    assert!(comes(|| !runs(&marker)));
    let left = || {
        let hidden = names(&project.beside("")).into_iter().filter(|name| name.starts_with('.'));
        names(&temporary).into_iter().chain(hidden).count()
    };
    assert_eq!(left(), 2);
    build(&["true"]).wait().unwrap();
    assert!(comes(|| left() == 0));
}

#[test]
fn a_build_that_is_told_to_stop_says_so_and_leaves_nothing() {
    if !sandbox() {
        return;
    }
    for signal in ["-INT", "-TERM", "-HUP"] {
        let send = |child: &std::process::Child| {
            Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        };
        // While the command runs: after it told its line.
        let (left, code) = stopped(4, &send);
        assert_eq!((left, code), (Vec::new(), Some(1)), "{signal}");
    }
}

#[test]
fn a_build_that_takes_too_much_is_ended() {
    if !sandbox() {
        return;
    }
    let project = Project::hello();
    project.commit();
    let make = |limits: &[&str], script: &str| {
        let words = [limits, &["--", "sh", "-c", script]].concat();
        project.build(&words)
    };
    make(&["--timeout", "1"], "sleep 60").fails(1, "ran for more than 1 seconds");
    // Also where nothing writes any more, and where nobody waits.
    make(&["--timeout", "1"], "exec >/dev/null 2>&1; trap '' TERM; sleep 60").fails(1, "more than 1 seconds");
    make(&["--processes", "40"], "i=0; while [ $i -lt 60 ]; do sleep 30 & i=$((i+1)); done; wait")
        .fails(1, "the build failed");
    // One that grows until it can't: the machine goes on, and nothing of it is left.
    make(&["--processes", "200", "--timeout", "20"], "bomb() { bomb | bomb & wait; }; bomb; exit 3")
        .fails(1, "");
    let hog = "head -c 1500000000 /dev/zero | tail -c 1500000000 > /dev/null";
    make(&["--memory", "200"], &format!("{hog} || exit 3")).fails(1, "the build failed");
    // A file in memory is memory as well.
    for place in ["/tmp/hog", "/dev/shm/hog"] {
        let hog = format!("head -c 300000000 /dev/zero > {place}");
        make(&["--memory", "200"], &hog).fails(1, "the build failed");
    }
    let sound = make(
        &["--memory", "4096", "--processes", "200"],
        "mkdir -p /build/output/release; cp /bin/true /build/output/release/x",
    )
    .holds();
    let provenance = String::from_utf8(sound.file("provenance.json")).unwrap();
    assert!(provenance.contains("\"memoryBytes\": 4294967296") && provenance.contains("\"processes\": 200"));
}
