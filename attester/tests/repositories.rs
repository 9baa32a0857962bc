//! Repositories whose objects no program would have made: what leads out of a project, and what never ends.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test that panics has failed"
)]

mod common;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{Project, sandbox};

/// A mode, a name and an object's id.
type Entry<'e> = (&'e str, &'e str, &'e str);

/// Writes an object of any bytes; its id.
fn object(project: &Project, kind: &str, bytes: &[u8]) -> String {
    let mut git = Command::new("git");
    git.args(["hash-object", "-t", kind, "-w", "--literally", "--stdin"]).current_dir(project.path());
    let mut git = git.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    git.stdin.take().unwrap().write_all(bytes).unwrap();
    String::from_utf8(git.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
}

fn blob(project: &Project, text: &str) -> String {
    object(project, "blob", text.as_bytes())
}

fn tree(project: &Project, entries: &[Entry<'_>]) -> String {
    let mut bytes = Vec::new();
    for (mode, name, id) in entries {
        bytes.extend(format!("{mode} {name}\0").into_bytes());
        bytes.extend(base16ct::lower::decode_vec(id).unwrap());
    }
    object(project, "tree", &bytes)
}

/// A project whose one commit has this tree beside a sound manifest and lockfile.
fn commit(project: &Project, entries: &[Entry<'_>]) {
    let manifest = blob(project, "[package]\nname = \"hello\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
    let lockfile = blob(project, "version = 4\n\n[[package]]\nname = \"hello\"\nversion = \"0.1.0\"\n");
    let main = blob(project, "fn main() {}\n");
    let source = tree(project, &[("100644", "main.rs", &main)]);
    let mut all = vec![
        ("100644", "Cargo.lock", lockfile.as_str()),
        ("100644", "Cargo.toml", &manifest),
        ("40000", "src", &source),
    ];
    all.retain(|(_, name, _)| entries.iter().all(|(_, other, _)| name != other));
    all.extend(entries);
    all.sort_by_key(|(_, name, _)| *name);
    raw(project, &tree(project, &all));
}

fn raw(project: &Project, tree: &str) {
    let id = project.git(&["commit-tree", tree, "-m", "hostile"]);
    project.git(&["update-ref", "refs/heads/main", &id]);
}

/// `p/q/d` leads to the root of the project, so that `p/q/d/..` is no longer in it; the words of a path count as
/// many steps down as up.
fn way_out(project: &Project, to: &Path) -> (String, String) {
    let up = blob(project, "../..");
    let inner = tree(project, &[("120000", "d", &up)]);
    let folder = tree(project, &[("40000", "q", &inner)]);
    // The source lies two folders below the folder of temporary files.
    let beside = to.strip_prefix(std::env::temp_dir()).unwrap();
    (folder, blob(project, &format!("p/q/d/../../{}", beside.display())))
}

#[test]
fn no_link_of_a_tree_leads_out_of_the_project() {
    if !sandbox() {
        return;
    }
    let project = Project::empty();
    let outside = project.beside("secret");
    std::fs::write(&outside, "a secret of the machine\n").unwrap();
    let (folder, link) = way_out(&project, &outside);
    // In the place of the lockfile, whose faults are told with the line that has them.
    commit(&project, &[("40000", "p", &folder), ("120000", "Cargo.lock", &link)]);
    let built = project.build(&[]);
    built.fails(2, "leads out of the project");
    assert!(!built.said().contains("a secret"));
    // And one that stays in the project.
    let inside = blob(&project, "src/main.rs");
    commit(&project, &[("120000", "Cargo.lock", &inside)]);
    project.build(&[]).fails(2, "`Cargo.lock` is a link");
}

#[test]
fn a_name_that_comes_twice_writes_through_no_link() {
    if !sandbox() {
        return;
    }
    for target in ["src/other.rs", "src/main.rs"] {
        let project = Project::empty();
        let (link, file) = (blob(&project, target), blob(&project, "planted\n"));
        commit(&project, &[("120000", "twice", &link), ("100644", "twice", &file)]);
        project.build(&[]).fails(2, "can't write");
    }
}

#[test]
fn a_tree_of_nothing_but_folders_is_refused() {
    let project = Project::empty();
    let mut id = tree(&project, &[]);
    for _ in 0..40 {
        let entries = ["a", "b", "c", "d", "e", "f", "g", "h"].map(|name| ("40000", name, id.as_str()));
        id = tree(&project, &entries);
    }
    raw(&project, &id);
    project.build(&[]).fails(2, "an empty folder");
}

#[test]
fn what_a_name_could_do_to_a_terminal_it_does_not() {
    let project = Project::empty();
    let link = blob(&project, "../../x");
    raw(&project, &tree(&project, &[("120000", "a\u{1b}]0;title\u{7}b", &link)]));
    let built = project.build(&[]);
    built.fails(2, "is no name that a tree may hold");
    assert!(!built.said().contains('\u{1b}'));
    // The configuration is the project's, too.
    let module = Project::hello();
    module.write("Cargo.lock", "version = 4\n\n[[package]]\nname = \"x\u{1b}[2J\"\n").commit();
    assert!(!module.build(&[]).said().contains('\u{1b}'));
}

#[test]
fn cargo_is_configured_by_no_link() {
    if !sandbox() {
        return;
    }
    let project = Project::empty();
    let config = blob(&project, "[source.crates-io]\nreplace-with = \"here\"\n");
    let folder = tree(&project, &[("100644", "config.toml", &config)]);
    let link = blob(&project, "other");
    commit(&project, &[("40000", "other", &folder), ("120000", ".cargo", &link)]);
    project.build(&[]).fails(2, "`.cargo` is a link");
    let link = blob(&project, "../other/config.toml");
    let inside = tree(&project, &[("120000", "config.toml", &link)]);
    commit(&project, &[("40000", "other", &folder), ("40000", ".cargo", &inside)]);
    project.build(&[]).fails(2, "`.cargo/config.toml` is a link");
}

#[test]
fn npm_has_one_lockfile() {
    let project = Project::empty();
    let lockfile = r#"{"name": "hello", "version": "1.0.0", "lockfileVersion": 3, "packages": {}}"#;
    project.write("package.json", "{}").write("package-lock.json", lockfile);
    project.write("npm-shrinkwrap.json", lockfile).commit();
    project.build(&[]).fails(2, "in place of `package-lock.json`");
}
