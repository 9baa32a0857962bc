//! What this program does as the first one in the sandbox, before it becomes the command.

use std::ffi::OsString;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use landlock::{
    ABI, Access as _, AccessFs, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    RulesetCreatedAttr as _, Scope, path_beneath_rules,
};
use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::wait::{WaitStatus, wait};
use nix::unistd::{AccessFlags, Gid, Uid, access, setgroups, setresgid, setresuid, setsid};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

use super::layers::{Layer, Layers};
use super::limits::Limits;
use super::{INNER_USER, USER};
use crate::ecosystem::Places;

/// The sub-command that is for the sandbox alone.
pub const INSIDE: &str = "inside-the-sandbox";

/// The sub-command of the sandbox's first process.
pub const FIRST: &str = "first-in-the-sandbox";

/// The exit code that says: the sandbox could not be closed, and the command was not run.
const NOT_CLOSED: i32 = 125;

/// The exit code that says: there is no such command.
const NOT_STARTED: i32 = 127;

/// The exit code of a command that a signal ended.
const ENDED: i32 = 128;

type Fault = Box<dyn std::error::Error>;

/// Starts [`enter`] as a process of its own, waits for it, and ends with its exit code. As the first
/// process it adopts what others leave behind, and takes all of it along when it ends. It stays the user
/// that the sandbox was made by, so that the command can't touch it.
#[must_use]
pub fn first(words: &[OsString]) -> i32 {
    // No terminal is in reach of what has a session of its own. Bubblewrap could have made it, and would have
    // left its group before it is sure to end with its parent.
    if setsid().is_err() {
        eprintln!("kettle-attest: the sandbox has no session of its own");
        return NOT_CLOSED;
    }
    let program = Path::new("/proc/self/exe");
    let started = Command::new(program).arg(INSIDE).args(words).spawn();
    let child = started.ok().and_then(|child| i32::try_from(child.id()).ok());
    let Some(child) = child else {
        eprintln!("kettle-attest: the sandbox's first process can't start another one");
        return NOT_CLOSED;
    };
    loop {
        match wait() {
            Ok(WaitStatus::Exited(process, code)) if process.as_raw() == child => return code,
            Ok(WaitStatus::Signaled(process, signal, _)) if process.as_raw() == child => {
                eprintln!("kettle-attest: the command was ended by {signal}");
                return ENDED;
            }
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => return NOT_CLOSED,
        }
    }
}

/// Closes the sandbox and becomes the command: `LAYERS LIMITS -- PROGRAM ARGUMENT…`. Returns only where that
/// fails, with the exit code.
#[must_use]
pub fn enter(words: &[OsString]) -> i32 {
    let fault = match words {
        [layers, limits, separator, program, arguments @ ..] if separator == "--" => {
            let layers = layers.to_str().and_then(Layers::parse);
            let limits = limits.to_str().and_then(Limits::parse);
            match layers.zip(limits).map(|(layers, limits)| close(&layers, limits)) {
                Some(Ok(())) => {
                    let error = Command::new(program).args(arguments).exec();
                    eprintln!("kettle-attest: `{}` can't be started: {error}", program.display());
                    return NOT_STARTED;
                }
                Some(Err(fault)) => fault,
                None => "unknown layers or limits".into(),
            }
        }
        _ => "this command is for the sandbox alone".into(),
    };
    eprintln!("kettle-attest: the sandbox could not be closed: {fault}");
    NOT_CLOSED
}

fn close(layers: &Layers, (memory, processes): (u64, u64)) -> Result<(), Fault> {
    // Of one process each; a control group, where there is one, limits them all together.
    setrlimit(Resource::RLIMIT_DATA, memory, memory)?;
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    setrlimit(Resource::RLIMIT_NPROC, processes, processes)?;
    // Nothing that the system gives a program's owner on starting it is given here.
    nix::sys::prctl::set_no_new_privs()?;
    if layers.has(Layer::OtherUser) {
        let (user, group) = (Uid::from_raw(USER), Gid::from_raw(USER));
        setgroups(&[])?;
        setresgid(group, group, group)?;
        setresuid(user, user, user)?;
        if layers.has(Layer::UserNamespace) {
            // Whoever changes user no longer owns its own entries in /proc; the maps lie there.
            nix::sys::prctl::set_dumpable(true)?;
            unshare(CloneFlags::CLONE_NEWUSER)?;
            fs::write("/proc/self/setgroups", "deny")?;
            fs::write("/proc/self/gid_map", format!("{INNER_USER} {USER} 1"))?;
            fs::write("/proc/self/uid_map", format!("{INNER_USER} {USER} 1"))?;
        }
    }
    if layers.has(Layer::Landlock) {
        files()?;
    }
    if layers.has(Layer::Seccomp) {
        let filters = filters()?;
        // The last one first: each filter still has to let the next be taken.
        for filter in &filters {
            seccompiler::apply_filter(filter)?;
        }
    }
    Ok(())
}

/// Everything can be read, and only what was given can be written. Kernels that know how also refuse sockets
/// and signals to whatever is outside: while dependencies are fetched, the machine's network is in reach, and
/// sockets without a file with it.
fn files() -> Result<(), Fault> {
    let abi = ABI::V9;
    // Most builds are shown a source that can't be written, by its mount.
    let source = Some(Places::SOURCE).filter(|source| access(*source, AccessFlags::W_OK).is_ok());
    let writable = [Places::CACHE, Places::VENDOR, Places::OUTPUT, Places::STORE];
    let writable = writable.into_iter().chain(["/tmp", "/dev", Places::HOME, "/proc"]);
    let writable = writable.chain(source).filter(|path| Path::new(path).exists());
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?
        .add_rules(path_beneath_rules(["/"], AccessFs::from_read(abi)))?
        .add_rules(path_beneath_rules(writable, AccessFs::from_all(abi)))?
        .restrict_self()?;
    Ok(())
}

/// Calls that a build has no use for, and an attack has.
const REFUSED: &[libc::c_long] = &[
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kcmp,
    libc::SYS_pidfd_getfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_kexec_file_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_quotactl_fd,
    libc::SYS_syslog,
    libc::SYS_vhangup,
    libc::SYS_lookup_dcookie,
    libc::SYS_process_madvise,
    libc::SYS_open_by_handle_at,
    libc::SYS_mknodat,
    libc::SYS_fanotify_init,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
];

/// The sockets that builds have a use for. Resolvers ask the kernel by the last for the addresses it has.
const FAMILIES: [libc::c_int; 4] = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK];

/// Two filters: what is refused, and `clone3`, whose flags a filter can't see. It is answered as if
/// the kernel had none, so that libraries fall back to `clone`.
fn filters() -> Result<Vec<BpfProgram>, Fault> {
    let arch = std::env::consts::ARCH;
    let mut refused: std::collections::BTreeMap<i64, Vec<SeccompRule>> =
        REFUSED.iter().map(|call| (*call, Vec::new())).collect();
    // No socket to the host of a virtual machine, to packets, to the kernel's cryptography and whatever else
    // there is or will be.
    let other = |family: &libc::c_int| {
        let family = u64::try_from(*family).unwrap_or_default();
        SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, family)
    };
    let none = SeccompRule::new(FAMILIES.iter().map(other).collect::<Result<_, _>>()?)?;
    refused.insert(libc::SYS_socket, vec![none]);
    let namespace = u64::try_from(libc::CLONE_NEWUSER)?;
    let flag =
        SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(namespace), namespace)?;
    refused.insert(libc::SYS_clone, vec![SeccompRule::new(vec![flag])?]);
    let permission = SeccompAction::Errno(u32::try_from(libc::EPERM)?);
    let absent = SeccompAction::Errno(u32::try_from(libc::ENOSYS)?);
    let clone3 = [(libc::SYS_clone3, Vec::new())].into_iter().collect();
    let build = |rules, action| -> Result<BpfProgram, Fault> {
        Ok(SeccompFilter::new(rules, SeccompAction::Allow, action, arch.try_into()?)?.try_into()?)
    };
    Ok(vec![build(refused, permission)?, build(clone3, absent)?])
}
