"""The package as its users see it."""

import datetime
import io
import json
import pathlib
import shutil
import subprocess
import sys
import threading
import time

import kettle_verify
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
VECTORS = ROOT / "testvectors"
NOW = "2026-06-01T00:00:00Z"
TRUST = {"trust_root": VECTORS / "trust-root.json", "at": NOW}
PINNED = {"policy": VECTORS / "policies/pinned.json", **TRUST}


@pytest.fixture
def bundle(tmp_path):
    case = VECTORS / "cases/snp/ok-milan"
    for name in ("provenance.json", "evidence.json", "artifacts/hello"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(case / name, tmp_path / name)
    return tmp_path


def test_a_sound_build_is_verified(bundle):
    verdict = kettle_verify.verify(bundle, **PINNED)
    assert verdict and verdict.exit_code == 0
    assert json.loads(verdict.to_json())["outcome"] == verdict.outcome
    assert verdict.check(verdict.checks[0].id) == verdict.checks[0]
    assert verdict.check("no.such") is None and verdict.first_failure() is None
    assert verdict.links[0].from_ == json.loads(verdict.to_json())["links"][0]["from"]


def test_every_field_is_that_of_the_json(bundle):
    verdict = kettle_verify.verify(bundle, **PINNED)

    def same(found, expected):
        if isinstance(expected, list):
            assert isinstance(found, tuple) and len(found) == len(expected)
            return all(same(*pair) for pair in zip(found, expected))
        if isinstance(expected, dict):
            return all(same(getattr(found, "from_" if name == "from" else name), value) for name, value in expected.items())
        return found == expected

    assert same(verdict, json.loads(verdict.to_json()))


def test_verdicts_are_frozen(bundle):
    verdict = kettle_verify.appraise(bundle, **TRUST)
    with pytest.raises(AttributeError):
        verdict.sentence = "all is well"
    with pytest.raises(TypeError):
        kettle_verify.Verdict()


def test_what_is_not_verified_raises_with_its_verdict(bundle):
    with pytest.raises(kettle_verify.VerificationFailed) as caught:
        kettle_verify.verify(bundle, **TRUST)
    assert not caught.value.verdict and caught.value.verdict.exit_code == 4
    (bundle / "artifacts/hello").write_text("another")
    with pytest.raises(kettle_verify.VerificationFailed) as caught:
        kettle_verify.verify(bundle, **PINNED)
    assert caught.value.verdict.first_failure() is not None


def test_documents_artifacts_and_policies_come_from_anywhere(bundle):
    expected = kettle_verify.verify(bundle / "provenance.json", bundle / "evidence.json", bundle / "artifacts/hello", **PINNED)
    documents = {name: (bundle / f"{name}.json").read_bytes() for name in ("provenance", "evidence")}
    hello = (bundle / "artifacts/hello").read_bytes()
    for artifacts in ({"hello": hello}, {"hello": io.BytesIO(hello)}, [bundle / "artifacts/hello"], {"hello": str(bundle / "artifacts/hello")}):
        assert kettle_verify.verify(**documents, artifacts=artifacts, **PINNED) == expected
    given = {**PINNED, "policy": io.BytesIO(PINNED["policy"].read_bytes()), "trust_root": bytearray(TRUST["trust_root"].read_bytes())}
    when = datetime.datetime(2026, 6, 1, 2, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    assert kettle_verify.verify(**documents, artifacts={"hello": hello}, **{**given, "at": when}) == expected
    assert not kettle_verify.appraise(**documents, without_artifacts=True, **PINNED)


@pytest.mark.parametrize(
    "options, code",
    [
        ({"at": "yesterday"}, "now"),
        ({"at": datetime.datetime(2026, 6, 1)}, "now"),
        ({"nonce": "00"}, "nonce"),
        ({"source": ""}, "source"),
        ({"policy": b"{}"}, "policy"),
        ({"trust_root": b"{}"}, "trust_root"),
        ({"policy_minimum_version": 1}, "policy_key"),
        ({"output_hash": "00" * 32}, "not_applicable"),
    ],
)
def test_refused_arguments_have_a_code(bundle, options, code):
    with pytest.raises(kettle_verify.RequestError) as caught:
        kettle_verify.appraise(bundle, **options)
    assert caught.value.code == code and caught.value.message
    assert isinstance(caught.value, ValueError)


def test_what_cannot_be_read_has_a_code(bundle):
    with pytest.raises(kettle_verify.InputError) as caught:
        kettle_verify.appraise(bundle / "none")
    assert caught.value.code == "not_found" and "none" in caught.value.file
    (bundle / "evidence.json").unlink()
    with pytest.raises(kettle_verify.InputError) as caught:
        kettle_verify.appraise(bundle)
    assert caught.value.code == "missing"


@pytest.mark.parametrize("options", [{"no_such": 1}, {"subjects": "hello"}, {"policy": 1}, {"artifacts": "hello"}])
def test_arguments_of_the_wrong_kind_are_type_errors(bundle, options):
    with pytest.raises(TypeError):
        kettle_verify.appraise(bundle, **options)
    with pytest.raises(TypeError):
        kettle_verify.appraise(**options)


def test_progress_is_told_and_can_cancel(bundle):
    told = []
    kettle_verify.verify(bundle, progress=lambda *news: told.append(news), **PINNED)
    size = (bundle / "artifacts/hello").stat().st_size
    assert told[-1][1:] == (size, size) or ("artifacts/hello", size, size) in told
    with pytest.raises(kettle_verify.Cancelled):
        kettle_verify.verify(bundle, progress=lambda *news: False, **PINNED)
    with pytest.raises(ZeroDivisionError):
        kettle_verify.verify(bundle, progress=lambda *news: 1 / 0, **PINNED)


def test_exceptions_of_file_objects_come_through():
    class Broken(io.RawIOBase):
        def read(self, size=-1):
            raise KeyError("broken")

    with pytest.raises(KeyError):
        kettle_verify.appraise(provenance=Broken(), evidence=b"")


def test_threads_share_nothing(bundle):
    found = []
    work = lambda: found.append(kettle_verify.verify(bundle, **PINNED).to_json())
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and len(set(found)) == 1


def test_evidence_alone(bundle):
    capture = VECTORS / "real/sev-8.0.0"
    policy = VECTORS / "cases/real/milan-waived/policy.json"
    verdict = kettle_verify.appraise_evidence(
        (capture / "report_milan.hex").read_bytes(), collateral=[capture / "vcek_milan.der"], policy=policy, at=NOW
    )
    assert verdict.exit_code == 4
    with pytest.raises(kettle_verify.RequestError):
        kettle_verify.appraise_evidence(bundle / "evidence.json", report_data="xyz")


def command(*arguments, module=True):
    program = [sys.executable, "-m", "kettle_verify"] if module else [pathlib.Path(sys.executable).with_name("kettle-verify")]
    done = subprocess.run([*program, *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def test_the_command_is_the_native_one(bundle):
    options = ["--policy", PINNED["policy"], "--trust-root", TRUST["trust_root"], "--at", NOW]
    code, out, _ = command(bundle, *options, "--json")
    assert code == 0 and out == kettle_verify.verify(bundle, **PINNED).to_json() + "\n"
    assert command(bundle, *options, "--json", module=False) == (0, out, "")
    assert command(bundle, "--trust-root", TRUST["trust_root"], "--at", NOW, "--quiet") == (4, "", "")
    assert command("/no/such/bundle")[0] == 2
    assert command("--no-such-option")[0] == 2
    code, out, _ = command("--version")
    assert code == 0 and kettle_verify.__version__ in out and kettle_verify.conformance in out


def test_the_package_imports_nothing():
    script = "import sys; before = set(sys.modules); import kettle_verify; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"kettle_verify", "kettle_verify._native"}


def test_the_lines_of_the_readme_run(bundle):
    for readme in (ROOT / "README.md", ROOT / "verifier-py/README.md"):
        code = readme.read_text().split("```python\n")[1].split("```")[0]
        # What a reader has is a policy of their own and a genuine build; here the roots are those of a test.
        options = f"policy={str(PINNED['policy'])!r}, trust_root={str(TRUST['trust_root'])!r}, at={NOW!r}"
        assert '"my-build/", policy="policy.json"' in code
        code = code.replace('"my-build/", policy="policy.json"', f"{str(bundle)!r}, {options}")
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert "artifact hello -> subject hello" in done.stdout


def test_an_archive_may_be_bytes_or_a_file_object(bundle):
    packed = {}
    for ending in ("tar", "gztar", "zip"):
        packed[ending] = pathlib.Path(shutil.make_archive(str(bundle.parent / "packed"), ending, bundle))
    known = kettle_verify.verify(bundle, **PINNED).to_json()
    for archive in packed.values():
        content = archive.read_bytes()
        assert kettle_verify.verify(content, **PINNED).to_json() == known
        assert kettle_verify.verify(io.BytesIO(content), **PINNED).to_json() == known
        with archive.open("rb") as opened:
            assert kettle_verify.verify(opened, **PINNED).to_json() == known
    for content in (b"", b"no archive", packed["zip"].read_bytes()[:-1]):
        with pytest.raises(kettle_verify.InputError):
            kettle_verify.verify(content, **PINNED)
    with pytest.raises(TypeError):
        kettle_verify.verify(packed["zip"].read_bytes(), packed["tar"].read_bytes(), **PINNED)


def test_an_exception_of_a_file_object_is_its_own(bundle):
    class Broken(io.BytesIO):
        def seek(self, *place):
            raise LookupError("the file object's own")

    with pytest.raises(LookupError, match="own"):
        kettle_verify.verify(Broken(b"PK\x05\x06"), **PINNED)


def test_other_threads_run_meanwhile(tmp_path, bundle):
    (bundle / "artifacts/large").write_bytes(bytes(32 << 20))
    counted = 0
    done = threading.Event()

    def count():
        nonlocal counted
        while not done.is_set():
            counted += 1
            # Gives the interpreter away.
            time.sleep(0)

    # From here on a thread gets the interpreter only where another gives it away.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e6)
    thread = threading.Thread(target=count, daemon=True)
    thread.start()
    try:
        moved = False
        for _ in range(100):
            before = counted
            kettle_verify.appraise(bundle, **TRUST)
            moved = counted > before
            if moved:
                break
    finally:
        sys.setswitchinterval(interval)
        done.set()
        thread.join()
    assert moved
