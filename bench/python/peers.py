"""Whole processes beside each other: start, import, verify, end.

    python bench/python/peers.py        with kettle-verify installed, and what there is of dcap-qvl and sigstore

What each verifies is its own: this verifier an az-snp bundle, with one RSA-4096, one P-384 and one RSA-2048
signature and an artifact; dcap-qvl a TDX quote of its samples with its collateral; of sigstore only its
verifier is made, offline, before there is anything to verify. So the numbers compare what a user waits for,
not the arithmetic.
"""

import calendar
import importlib.util
import json
import pathlib
import resource
import subprocess
import sys
import time

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "testvectors"
SAMPLES = VECTORS / "real/dcap-qvl-0.7.1"
ROUNDS = 31

KETTLE = f"""
import kettle_verify
kettle_verify.verify({str(VECTORS / "cases/az-snp/ok-milan")!r}, policy={str(VECTORS / "policies/pinned.json")!r},
    trust_root={str(VECTORS / "trust-root.json")!r}, at="2026-06-01T00:00:00Z")
"""
DCAP = f"""
import dcap_qvl
collateral = dcap_qvl.QuoteCollateralV3.from_json(open({str(SAMPLES / "tdx_quote_collateral.json")!r}).read())
dcap_qvl.verify(open({str(SAMPLES / "tdx_quote")!r}, "rb").read(), collateral, NOW)
"""
SIGSTORE = "from sigstore.verify import Verifier; Verifier.production(offline=True)"
PROGRAMS = {
    "pass": (None, "pass"),
    "import kettle_verify": ("kettle_verify", "import kettle_verify"),
    "kettle_verify": ("kettle_verify", KETTLE),
    "dcap_qvl": ("dcap_qvl", DCAP),
    "sigstore": ("sigstore", SIGSTORE),
}


def issued():
    """A time at which the sample's collateral is current, in seconds."""
    collateral = json.loads((SAMPLES / "tdx_quote_collateral.json").read_text())
    text = json.loads(collateral["tcb_info"])["issueDate"]
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")) + 86400


def measured(program):
    """What a process takes, and what it and its threads work of the processor, in milliseconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-I", "-c", program], check=True, capture_output=True)
    taken = time.perf_counter() - begun
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken * 1000, (now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime) * 1000


def main():
    there = {
        name: program.replace("NOW", str(issued()))
        for name, (module, program) in PROGRAMS.items()
        if module is None or importlib.util.find_spec(module) is not None
    }
    # Interleaved, so that a busy machine is busy for all of them. What else runs can only add to a time, so
    # the least ones are compared; what the processor works is not added to by waiting for it.
    rounds = [{name: measured(program) for name, program in there.items()} for _ in range(ROUNDS)]
    least = {name: [min(one[name][which] for one in rounds) for which in (0, 1)] for name in there}
    print(f"{'program':22} {'ms':>8} {'over pass':>10} {'work':>8} {'over pass':>10}")
    for name, (taken, work) in least.items():
        print(f"{name:22} {taken:8.1f} {taken - least['pass'][0]:10.1f} {work:8.1f} {work - least['pass'][1]:10.1f}")
    for name in PROGRAMS.keys() - there.keys():
        print(f"{name:22} is not installed")


if __name__ == "__main__":
    main()
