//! The layers of the sandbox, and which of them this machine offers.

use core::fmt;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde::Serialize;

use crate::failure::{Done, Failure};

pub(crate) const BWRAP: &str = "bwrap";

/// One layer of the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// Another user than the one who asks the hardware for evidence.
    OtherUser,
    /// A user namespace.
    UserNamespace,
    /// A file system of its own: system read-only, bare `/dev`, no `/sys`.
    MountNamespace,
    /// No process of the machine in sight, and all of its own end with it.
    ProcessNamespace,
    /// No network while building.
    NetworkNamespace,
    /// No access to files but those that were given.
    Landlock,
    /// No system calls that a build has no use for.
    Seccomp,
}

impl Layer {
    /// All layers, from the outside.
    pub const ALL: [Self; 7] = [
        Self::OtherUser,
        Self::UserNamespace,
        Self::MountNamespace,
        Self::ProcessNamespace,
        Self::NetworkNamespace,
        Self::Landlock,
        Self::Seccomp,
    ];

    /// The name, as the provenance has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OtherUser => "other-user",
            Self::UserNamespace => "user-namespace",
            Self::MountNamespace => "mount-namespace",
            Self::ProcessNamespace => "process-namespace",
            Self::NetworkNamespace => "network-namespace",
            Self::Landlock => "landlock",
            Self::Seccomp => "seccomp",
        }
    }

    /// What it keeps a build from, in words.
    #[must_use]
    pub const fn purpose(self) -> &'static str {
        match self {
            Self::OtherUser => "the build runs as a user that owns nothing on the machine",
            Self::UserNamespace => "rights that the build gives itself are worth nothing outside",
            Self::MountNamespace => "no device, no /sys, no socket and no file but those that were given",
            Self::ProcessNamespace => {
                "no other process is seen, and nothing that the build started survives it"
            }
            Self::NetworkNamespace => "no network while building",
            Self::Landlock => "only the output and cache folders can be written",
            Self::Seccomp => "no ptrace, mounts, kernel modules, namespaces, VSOCK and the like",
        }
    }
}

/// The layers that are on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layers(Vec<Layer>);

impl Layers {
    /// Whether a layer is on.
    #[must_use]
    pub fn has(&self, layer: Layer) -> bool {
        self.0.contains(&layer)
    }

    /// The layers, from the outside.
    pub fn iter(&self) -> impl Iterator<Item = Layer> + '_ {
        self.0.iter().copied()
    }

    /// The layers of a list as [`fmt::Display`] writes it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let known = |name: &str| Layer::ALL.into_iter().find(|layer| layer.name() == name);
        text.split(',').map(known).collect::<Option<Vec<_>>>().map(Self)
    }
}

impl fmt::Display for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(Layer::name).collect();
        f.write_str(&names.join(","))
    }
}

/// Finds out which layers this machine offers, by trying them.
///
/// # Errors
/// [`Failure`] where there is no bubblewrap, without which there is no sandbox.
pub fn probe() -> Done<Layers> {
    let root = nix::unistd::geteuid().is_root();
    // One process is started where all layers are offered: each costs as much as all else before a build.
    let user = namespaces(&["--unshare-user"]);
    if !(user || root && namespaces(&[])) {
        return Err(Failure::usage(if runs(&["--version"]) {
            "bubblewrap can't make namespaces here; run as root, or allow user namespaces (`sysctl kernel.unprivileged_userns_clone=1`)"
        } else {
            "bubblewrap is needed for the sandbox that keeps a build from the quote device; install the package `bubblewrap`"
        }));
    }
    let mut layers = vec![Layer::MountNamespace, Layer::ProcessNamespace, Layer::NetworkNamespace];
    if root {
        layers.push(Layer::OtherUser);
    }
    if user {
        layers.push(Layer::UserNamespace);
    }
    if landlock() {
        layers.push(Layer::Landlock);
    }
    if std::path::Path::new("/proc/sys/kernel/seccomp/actions_avail").exists() {
        layers.push(Layer::Seccomp);
    }
    Ok(Layers(Layer::ALL.into_iter().filter(|layer| layers.contains(layer)).collect()))
}

/// Whether bubblewrap can limit folders in memory.
pub(super) static SIZED: LazyLock<bool> = LazyLock::new(|| {
    let help = Command::new(BWRAP).arg("--help").stdin(Stdio::null()).output();
    help.is_ok_and(|help| String::from_utf8_lossy(&help.stdout).contains("--size "))
});

/// Whether bubblewrap can make the namespaces that every build is in, and others.
fn namespaces(others: &[&str]) -> bool {
    let bare = ["--ro-bind", "/", "/", "--unshare-pid", "--unshare-net", "--proc", "/proc"];
    let words: Vec<&str> = bare.iter().chain(others).copied().chain(["--", "true"]).collect();
    runs(&words)
}

fn runs(words: &[&str]) -> bool {
    let mut command = Command::new(BWRAP);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Whether the kernel has Landlock: its rule set can be made.
fn landlock() -> bool {
    use landlock::{ABI, Access as _, AccessFs, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _};
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V1))
        .and_then(Ruleset::create)
        .is_ok()
}
