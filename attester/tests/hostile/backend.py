# A build backend that tries what none may do. `attack NAME: done …` is one that worked.
import ctypes
import os
import socket
import subprocess
import zipfile

given = open("given").read().split()
port, marker, secret = int(given[0]), given[1], given[2]


def tell(name, done):
    print(f"attack {name}: " + ("done " + " ".join(map(str, done)) if done else "stopped"), flush=True)


def works(what):
    try:
        what()
        return True
    except OSError:
        return False


def write(path):
    with open(path, "w") as file:
        file.write("planted")


def connect(address):
    socket.create_connection(address, 2).close()


def attack():
    devices = ["/dev/sev-guest", "/dev/tdx_guest", "/dev/tpm0", "/dev/nsm", "/sys/kernel/config", "/run/dstack.sock"]
    tell("quote devices", [path for path in devices if works(lambda: os.stat(path))])
    files = [secret, "/etc/shadow", "/proc/1/mem", "/proc/1/environ"]
    tell("files of the machine", [path for path in files if works(lambda: open(path, "rb").read(1))])
    places = ["/build/checked/planted", "/build/vendor/planted", "/run/kettle-attest", "/build/provenance.json", os.__file__]
    tell("what was checked", [path for path in places if works(lambda: write(path))])
    libc = ctypes.CDLL(None, use_errno=True)
    tell("ptrace", [1] if libc.ptrace(16, 1, 0, 0) >= 0 else [])
    tell("another user", [0] if works(lambda: os.setuid(0)) else [])
    tell("signal to the first process", [1] if works(lambda: os.kill(1, 9)) else [])
    tell("mount", [1] if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0 else [])
    tell("a device", [1] if works(lambda: os.mknod("/tmp/device", 0o020666, os.makedev(1, 1))) else [])
    addresses = [("127.0.0.1", port), ("192.0.2.1", 443)]
    tell("network", [address for address in addresses if works(lambda: connect(address))])
    # Whatever is left after this must not change what is attested.
    write("requirements.txt")
    script = f": {marker}; while :; do echo changed >> /build/output/hello-1.0.0-py3-none-any.whl; sleep 0.05; done"
    subprocess.Popen(["setsid", "sh", "-c", script], stdin=-3, stdout=-3, stderr=-3)


def prepare_metadata_for_build_wheel(folder, config_settings=None):
    os.makedirs(f"{folder}/hello-1.0.0.dist-info")
    with open(f"{folder}/hello-1.0.0.dist-info/METADATA", "w") as file:
        file.write("Metadata-Version: 2.1\nName: hello\nVersion: 1.0.0\n")
    return "hello-1.0.0.dist-info"


def build_wheel(folder, config_settings=None, metadata_directory=None):
    attack()
    name = "hello-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        for file in ["METADATA", "WHEEL", "RECORD"]:
            text = "Wheel-Version: 1.0\nTag: py3-none-any\n" if file == "WHEEL" else "Metadata-Version: 2.1\nName: hello\nVersion: 1.0.0\n"
            wheel.writestr(f"hello-1.0.0.dist-info/{file}", text)
    return name
