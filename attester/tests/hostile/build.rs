// A build script that tries what none may do. `attack NAME: done …` is one that worked.
use std::ffi::{CString, c_char, c_int, c_long, c_ulong, c_void};
use std::fs::{self, OpenOptions};
use std::io::Error;
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr as UnixAddr, UnixStream};
use std::process::{Command, Stdio};
use std::time::Duration;

extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
    fn socket(domain: c_int, kind: c_int, protocol: c_int) -> c_int;
    fn mknod(path: *const c_char, mode: u32, device: u64) -> c_int;
    fn setuid(user: u32) -> c_int;
    fn mount(a: *const c_char, b: *const c_char, c: *const c_char, flags: c_ulong, d: *const c_void) -> c_int;
}

fn tell(name: &str, stopped: Result<(), String>) {
    match stopped {
        Ok(()) => println!("cargo::warning=attack {name}: stopped"),
        Err(what) => println!("cargo::warning=attack {name}: done {what}"),
    }
}

fn refused(result: c_long) -> Result<(), String> {
    if result < 0 { Ok(()) } else { Err(format!("answered {result}")) }
}

fn absent(paths: &[&str]) -> Result<(), String> {
    for path in paths {
        if OpenOptions::new().read(true).open(path).is_ok() || OpenOptions::new().write(true).open(path).is_ok() {
            return Err(format!("opened {path}"));
        }
        if UnixStream::connect(path).is_ok() || fs::metadata(path).is_ok() {
            return Err(format!("found {path}"));
        }
    }
    Ok(())
}

fn unwritten(paths: &[&str]) -> Result<(), String> {
    for path in paths {
        if fs::write(path, "planted").is_ok() {
            return Err(format!("wrote {path}"));
        }
        if fs::remove_file(path).is_ok() || fs::rename(path, "/tmp/moved").is_ok() {
            return Err(format!("removed {path}"));
        }
    }
    Ok(())
}

fn main() {
    let given = fs::read_to_string("given").unwrap();
    let mut given = given.lines();
    let (port, name, marker, secret) =
        (given.next().unwrap(), given.next().unwrap(), given.next().unwrap(), given.next().unwrap());

    tell("quote devices", absent(&[
        "/dev/sev-guest", "/dev/sev", "/dev/tdx_guest", "/dev/tdx-guest", "/dev/tpm0", "/dev/tpmrm0",
        "/dev/nsm", "/dev/mem", "/dev/kmsg", "/dev/kvm", "/dev/vsock", "/dev/fuse", "/dev/vda", "/sys",
        "/sys/kernel/config/tsm/report", "/run/dstack.sock", "/var/run/dstack.sock", "/var/run/tappd.sock",
        "/run/dbus/system_bus_socket", "/run/docker.sock",
    ]));
    let known = [
        "console", "core", "fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout",
        "tty", "urandom", "zero",
    ];
    let there = fs::read_dir("/dev").unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let strange: Vec<String> = there.filter(|name| !known.contains(&name.as_str())).collect();
    tell("other devices", if strange.is_empty() { Ok(()) } else { Err(strange.join(" ")) });
    let path = CString::new("/tmp/device").unwrap();
    tell("mknod", refused(unsafe { mknod(path.as_ptr(), 0o020666, (1 << 8) | 1) }.into()));
    tell("files of the machine", absent(&[secret, "/etc/shadow", "/proc/1/cwd/run"]));
    let memory = OpenOptions::new().read(true).open("/proc/1/mem");
    tell("memory of the first process", memory.map_or(Ok(()), |_| Err("opened".into())));

    tell("ptrace of itself", refused(unsafe { syscall(101, 0, 0, 0, 0) }));
    tell("ptrace of the first process", refused(unsafe { syscall(101, 16, 1, 0, 0) }));
    tell("process_vm_readv", refused(unsafe { syscall(310, 1, 0, 0, 0, 0, 0) }));
    tell("signal to the first process", refused(unsafe { syscall(62, 1, 9) }));
    tell("setuid", refused(unsafe { setuid(0) }.into()));
    tell("unshare", refused(unsafe { syscall(272, 0x1000_0000_i64) }));
    tell("clone with a namespace", refused(unsafe { syscall(56, 0x1000_0011_i64, 0, 0, 0, 0) }));
    tell("clone3", refused(unsafe { syscall(435, 0, 0) }));
    tell("chroot", refused(unsafe { syscall(161, path.as_ptr()) }));
    tell("bpf", refused(unsafe { syscall(321, 0, 0, 0) }));
    tell("io_uring", refused(unsafe { syscall(425, 1, 0) }));
    tell("keyring", refused(unsafe { syscall(250, 0, -3_i64, 0) }));
    tell("a call of the other ABI", refused(unsafe { syscall(0x4000_0000 + 272, 0x1000_0000_i64) }));
    let (from, to) = (CString::new("none").unwrap(), CString::new("/tmp").unwrap());
    let kind = CString::new("tmpfs").unwrap();
    let mounted = unsafe { mount(from.as_ptr(), to.as_ptr(), kind.as_ptr(), 0, std::ptr::null()) };
    tell("mount", refused(mounted.into()));

    let status = fs::read_to_string("/proc/self/status").unwrap();
    let lines = ["CapEff:\t0000000000000000", "CapPrm:\t0000000000000000", "NoNewPrivs:\t1"];
    let missing: Vec<&str> = lines.into_iter().filter(|line| !status.contains(line)).collect();
    tell("rights", if missing.is_empty() { Ok(()) } else { Err(missing.join(" ")) });

    let local: SocketAddr = format!("127.0.0.1:{port}").parse().unwrap();
    for (name, address) in [("network of the machine", local), ("internet", "192.0.2.1:443".parse().unwrap())] {
        let reached = TcpStream::connect_timeout(&address, Duration::from_secs(2));
        tell(name, reached.map_or(Ok(()), |_| Err("connected".into())));
    }
    let sent = UdpSocket::bind("0.0.0.0:0").and_then(|udp| udp.send_to(b"x", "192.0.2.1:53"));
    tell("datagrams", sent.map_or(Ok(()), |_| Err("sent".into())));
    let address = UnixAddr::from_abstract_name(name).unwrap();
    tell("abstract socket", UnixStream::connect_addr(&address).map_or(Ok(()), |_| Err("connected".into())));
    for (name, family) in [("vsock", 40), ("packet socket", 17), ("kernel cryptography", 38)] {
        tell(name, refused(unsafe { socket(family, 1, 0) }.into()));
    }

    let strange: Vec<i32> = (0..46).filter(|family| ![1, 2, 10, 16].contains(family)).collect();
    let made = strange.iter().find(|family| unsafe { socket(**family, 1, 0) >= 0 || socket(**family, 2, 0) >= 0 });
    tell("sockets of other families", made.map_or(Ok(()), |family| Err(family.to_string())));

    tell("source", unwritten(&["Cargo.lock", "src/main.rs", "new", "/build/source/build.rs", "/build/source/.git"]));
    tell("what is attested", unwritten(&[
        "/build/provenance.json", "/build/evidence.json", "/build/source/../provenance.json", "/run/kettle-attest",
        "/build/vendor/planted", "/build/checked/planted",
    ]));
    let rustc = std::env::var("RUSTC").unwrap();
    tell("tools", unwritten(&[&rustc, "/usr/bin/cc", "/etc/passwd", "/etc/ld.so.preload", "/bin/planted", "/planted", "/dev/planted"]));

    // A daemon that outlives its parents, holds nothing of theirs, and goes on changing the artifact.
    let script = format!(
        "marker={marker}; while :; do echo changed >> /build/output/release/hello; echo x > /build/output/release/late; sleep 0.05; done"
    );
    let daemon = Command::new("setsid")
        .args(["sh", "-c", &format!("setsid sh -c '{script}' & exit 0")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let listed = |found: &str| {
        fs::read_dir("/proc").unwrap().flatten().any(|entry| {
            let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(found)
        })
    };
    std::thread::sleep(Duration::from_millis(100));
    println!("cargo::warning=daemon runs: {} {:?}", daemon.unwrap().success() && listed(marker), Error::last_os_error().kind());
    tell("processes of the machine", if listed("the-hostile-build-test") { Err("seen".into()) } else { Ok(()) });
}
