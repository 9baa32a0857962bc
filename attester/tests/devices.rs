//! Builds on machines whose quote device is configfs-tsm: a file system in user space with the same files,
//! behind which the software TEE stands.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_arguments,
    missing_docs,
    reason = "a test that panics has failed"
)]

mod common;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use common::{Built, Project, sandbox};
use fuser::{
    BackgroundSession, BsdFileFlags, Config, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags,
    Generation, INodeNo, LockOwner, OpenFlags, ReplyAttr, ReplyData, ReplyEmpty, ReplyEntry, ReplyOpen,
    ReplyWrite, Request, TimeOrNow, WriteFlags,
};
use kettle_attest::device::tsm;
use kettle_testvectors::live::Machines;
use kettle_verifier_core::Timestamp;

/// The attributes of a request, in the order of their inodes.
const FILES: [&str; 7] =
    ["inblob", "outblob", "auxblob", "provider", "generation", "privlevel_floor", "privlevel"];

/// Inodes of one request: its folder and its files.
const SPAN: u64 = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Snp,
    SnpAbove,
    Tdx,
}

struct Asked {
    name: String,
    generation: u64,
    data: Vec<u8>,
}

type Requests = Arc<Mutex<Vec<Option<Asked>>>>;

/// configfs-tsm (Linux, `Documentation/ABI/testing/configfs-tsm`).
struct Tsm {
    kind: Kind,
    machines: Machines,
    /// How often another writer comes between.
    others: Mutex<u32>,
    requests: Requests,
}

impl Tsm {
    fn content(&self, asked: &mut Asked, file: &str, first: bool) -> Result<Vec<u8>, Errno> {
        let tdx = self.kind == Kind::Tdx;
        match file {
            "outblob" | "auxblob" if asked.data.len() != 64 => Err(Errno::EINVAL),
            "outblob" => {
                let mut others = self.others.lock().unwrap();
                if first && *others > 0 {
                    *others -= 1;
                    asked.generation += 1;
                }
                Ok(if tdx {
                    self.machines.td().quote(&asked.data)
                } else {
                    self.machines.snp_report(&asked.data)
                })
            }
            "auxblob" if !tdx => Ok(table(&self.machines.vcek())),
            "provider" => Ok(if tdx { b"tdx_guest\n".to_vec() } else { b"sev_guest\n".to_vec() }),
            "generation" => Ok(format!("{}\n", asked.generation).into_bytes()),
            "privlevel_floor" if !tdx => {
                Ok(if self.kind == Kind::SnpAbove { b"1\n" } else { b"0\n" }.to_vec())
            }
            _ => Err(Errno::EACCES),
        }
    }

    /// TDX has neither certificates nor privilege levels.
    fn has(&self, file: &str) -> bool {
        self.kind != Kind::Tdx || !matches!(file, "auxblob" | "privlevel_floor" | "privlevel")
    }
}

/// The host's table with a VCEK in it.
fn table(vcek: &[u8]) -> Vec<u8> {
    let mut table = base16ct::lower::decode_vec("8d75da6364e66445adc5f4b93be8accd").unwrap();
    table.extend(48_u32.to_le_bytes());
    table.extend(u32::try_from(vcek.len()).unwrap().to_le_bytes());
    table.extend([0; 24]);
    table.extend(vcek);
    table
}

fn attributes(ino: u64, kind: FileType) -> FileAttr {
    FileAttr {
        ino: INodeNo(ino),
        size: 4096,
        blocks: 0,
        atime: UNIX_EPOCH,
        mtime: UNIX_EPOCH,
        ctime: UNIX_EPOCH,
        crtime: UNIX_EPOCH,
        kind,
        perm: if kind == FileType::Directory { 0o755 } else { 0o644 },
        nlink: 1,
        uid: 0,
        gid: 0,
        rdev: 0,
        blksize: 4096,
        flags: 0,
    }
}

fn kind_of(ino: u64) -> FileType {
    if ino == 1 || ino.is_multiple_of(SPAN) { FileType::Directory } else { FileType::RegularFile }
}

fn request_of(ino: u64) -> usize {
    usize::try_from(ino / SPAN).unwrap() - 1
}

impl Filesystem for Tsm {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let (parent, name) = (u64::from(parent), name.to_str().unwrap());
        let requests = self.requests.lock().unwrap();
        let found = if parent == 1 {
            let at = requests.iter().position(|asked| asked.as_ref().is_some_and(|asked| asked.name == name));
            at.map(|at| (u64::try_from(at).unwrap() + 1) * SPAN)
        } else {
            let at = FILES.iter().position(|file| *file == name && self.has(file));
            at.map(|at| parent + 1 + u64::try_from(at).unwrap())
        };
        match found {
            Some(ino) => reply.entry(&Duration::ZERO, &attributes(ino, kind_of(ino)), Generation(0)),
            None => reply.error(Errno::ENOENT),
        }
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        let ino = u64::from(ino);
        reply.attr(&Duration::ZERO, &attributes(ino, kind_of(ino)));
    }

    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        _: Option<u32>,
        _: Option<u32>,
        _: Option<u32>,
        _: Option<u64>,
        _: Option<TimeOrNow>,
        _: Option<TimeOrNow>,
        _: Option<SystemTime>,
        _: Option<FileHandle>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let ino = u64::from(ino);
        reply.attr(&Duration::ZERO, &attributes(ino, kind_of(ino)));
    }

    fn mkdir(&self, _: &Request, _: INodeNo, name: &OsStr, _: u32, _: u32, reply: ReplyEntry) {
        let mut requests = self.requests.lock().unwrap();
        requests.push(Some(Asked { name: name.to_str().unwrap().into(), generation: 0, data: Vec::new() }));
        let ino = u64::try_from(requests.len()).unwrap() * SPAN;
        reply.entry(&Duration::ZERO, &attributes(ino, FileType::Directory), Generation(0));
    }

    fn rmdir(&self, _: &Request, _: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        let mut requests = self.requests.lock().unwrap();
        let found =
            requests.iter_mut().find(|asked| asked.as_ref().is_some_and(|asked| *asked.name == *name));
        match found {
            Some(asked) => {
                *asked = None;
                reply.ok();
            }
            None => reply.error(Errno::ENOENT),
        }
    }

    fn open(&self, _: &Request, _: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        reply.opened(FileHandle(0), FopenFlags::FOPEN_DIRECT_IO);
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let ino = u64::from(ino);
        let mut requests = self.requests.lock().unwrap();
        let asked = requests[request_of(ino)].as_mut().unwrap();
        let file = FILES[usize::try_from(ino % SPAN).unwrap() - 1];
        match self.content(asked, file, offset == 0) {
            Ok(bytes) => {
                let rest = bytes.get(usize::try_from(offset).unwrap()..).unwrap_or_default();
                reply.data(&rest[..rest.len().min(usize::try_from(size).unwrap())]);
            }
            Err(error) => reply.error(error),
        }
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        _: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let ino = u64::from(ino);
        let mut requests = self.requests.lock().unwrap();
        let asked = requests[request_of(ino)].as_mut().unwrap();
        match FILES[usize::try_from(ino % SPAN).unwrap() - 1] {
            "inblob" if data.len() <= 64 => asked.data = data.to_vec(),
            "privlevel" if self.kind == Kind::SnpAbove && data == b"1" => {}
            _ => return reply.error(Errno::EINVAL),
        }
        asked.generation += 1;
        reply.written(u32::try_from(data.len()).unwrap());
    }
}

/// A machine with this device; `None` where file systems can't be mounted here.
struct Mounted {
    root: tempfile::TempDir,
    requests: Requests,
    _session: BackgroundSession,
}

fn mounted(kind: Kind, machines: Machines, others: u32) -> Option<Mounted> {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join(tsm::PLACE);
    std::fs::create_dir_all(&place).unwrap();
    let requests = Requests::default();
    let device = Tsm { kind, machines, others: Mutex::new(others), requests: requests.clone() };
    match fuser::spawn_mount(device, &place, &Config::default()) {
        Ok(session) => Some(Mounted { root, requests, _session: session }),
        Err(error) => {
            println!("not run: file systems in user space can't be mounted here: {error}");
            None
        }
    }
}

impl Mounted {
    fn place(&self) -> PathBuf {
        self.root.path().join(tsm::PLACE)
    }
}

fn now() -> Timestamp {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_unix(elapsed.as_secs()).unwrap()
}

fn fixed() -> Machines {
    Machines::at(Timestamp::from_rfc3339("2027-02-03T00:00:00Z").unwrap())
}

#[test]
fn reports_come_out_of_the_files_and_requests_are_gone_after() {
    for kind in [Kind::Snp, Kind::SnpAbove, Kind::Tdx] {
        let Some(mounted) = mounted(kind, fixed(), 0) else { return };
        let report = tsm::report(&mounted.place(), &[7; 64]).unwrap();
        let (provider, outblob, auxblob) = if kind == Kind::Tdx {
            ("tdx_guest", fixed().td().quote(&[7; 64]), Vec::new())
        } else {
            ("sev_guest", fixed().snp_report(&[7; 64]), table(&fixed().vcek()))
        };
        assert_eq!(report, tsm::Report { provider: provider.into(), outblob, auxblob });
        let requests = mounted.requests.lock().unwrap();
        assert!(requests.len() == 1 && requests[0].is_none());
    }
}

#[test]
fn another_writer_has_the_request_made_again_and_not_for_ever() {
    let Some(disturbed) = mounted(Kind::Snp, fixed(), 2) else { return };
    assert_eq!(tsm::report(&disturbed.place(), &[7; 64]).unwrap().outblob, fixed().snp_report(&[7; 64]));
    let hopeless = mounted(Kind::Snp, fixed(), u32::MAX).unwrap();
    let said = tsm::report(&hopeless.place(), &[7; 64]).unwrap_err().message;
    assert!(said.contains("time and again"), "{said}");
}

/// Builds on a machine with this root, trusting the software TEE.
fn build(project: &Project, root: &Path, more: &[&str]) -> Built {
    let trusted = project.beside("root.json");
    std::fs::write(&trusted, kettle_attest::evidence::test_root()).unwrap();
    let words =
        ["--offline", "--device-root", root.to_str().unwrap(), "--trust-root", trusted.to_str().unwrap()];
    project.build_with(&[&words[..], more].concat())
}

fn kettle_verify(words: &[&str]) -> u8 {
    kettle_verify_cli::main(["kettle-verify", "--quiet"].iter().chain(words))
}

fn verified(project: &Project) {
    let path = |name: &str| project.beside(name).to_str().unwrap().to_owned();
    let (bundle, root, policy) = (path("bundle"), path("root.json"), path("policy.json"));
    assert_eq!(kettle_verify(&["policy", "init", &bundle, "--output", &policy, "--trust-root", &root]), 0);
    assert_eq!(kettle_verify(&[&bundle, "--policy", &policy, "--trust-root", &root]), 0);
}

#[test]
fn a_build_on_a_machine_with_snp_is_verified() {
    if !sandbox() {
        return;
    }
    let Some(mounted) = mounted(Kind::Snp, Machines::at(now()), 0) else { return };
    let project = Project::hello();
    project.commit();
    let built = build(&project, mounted.root.path(), &[]).holds();
    assert!(
        built.said().contains("asking /sys/kernel/config/tsm/report for a signature"),
        "{}",
        built.said()
    );
    verified(&project);
    let other = Project::hello();
    other.commit();
    build(&other, mounted.root.path(), &["--platform", "tdx"]).fails(2, "this machine is snp or gcp-snp");
    // Under the vendor's own roots it is nothing.
    let root = mounted.root.path().to_str().unwrap();
    other.build_with(&["--offline", "--device-root", root]).fails(1, "the bundle does not verify");
}

#[test]
fn a_bundle_that_lacks_what_decides_it_is_left_only_where_that_is_asked_for() {
    if !sandbox() {
        return;
    }
    let Some(mounted) = mounted(Kind::Tdx, Machines::at(now()), 0) else { return };
    let project = Project::hello();
    project.commit();
    let refused = build(&project, mounted.root.path(), &[]);
    refused.fails(1, "can't be decided");
    assert!(refused.said().contains("--collateral"), "{}", refused.said());
    assert!(refused.said().contains("https://api.trustedservices.intel.com/"), "{}", refused.said());
    assert!(!project.beside("bundle.seed").exists());
    build(&project, mounted.root.path(), &["--allow-inconclusive"]).holds().discard();
    let collateral = project.beside("collateral.json");
    std::fs::write(&collateral, Machines::at(now()).collateral()).unwrap();
    build(&project, mounted.root.path(), &["--collateral", collateral.to_str().unwrap()]).holds();
    verified(&project);
}
