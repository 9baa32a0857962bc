"""What `hashes` gives is taken by those that it is for."""

import base64
import hashlib
import json
import subprocess
import sys
import zipfile

import kettle_verify
import pytest
from test_package import PINNED, TRUST, VECTORS, bundle

FILE = "kettle_example-1.0-py3-none-any.whl"


def wheel(folder):
    """A wheel with one module."""
    metadata = "Metadata-Version: 2.1\nName: kettle-example\nVersion: 1.0\n"
    files = {
        "kettle_example.py": "",
        "kettle_example-1.0.dist-info/METADATA": metadata,
        "kettle_example-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digest = lambda text: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    record = "".join(f"{name},sha256={digest(text)},{len(text)}\n" for name, text in files.items())
    files["kettle_example-1.0.dist-info/RECORD"] = record + "kettle_example-1.0.dist-info/RECORD,,\n"
    with zipfile.ZipFile(folder / FILE, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return folder / FILE


def install(folder, requirements):
    (folder / "requirements.txt").write_text(requirements)
    arguments = ["install", "--quiet", "--no-index", "--no-deps", "--find-links", folder, "--target", folder / "to"]
    command = [sys.executable, "-m", "pip", *arguments, "--require-hashes", "--requirement", folder / "requirements.txt"]
    return subprocess.run(command, capture_output=True, text=True)


def test_pip_takes_the_hashes(tmp_path):
    path = wheel(tmp_path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    provenance = json.dumps({"subject": [{"name": FILE, "digest": {"sha256": sha256}}]}).encode()
    given = {"provenance": provenance, "evidence": b"{}", "artifacts": [path], "at": TRUST["at"]}
    with pytest.raises(kettle_verify.VerificationFailed):
        kettle_verify.hashes(**given)
    lines = kettle_verify.hashes(**given, dangerously_emit_unverified=True)
    assert lines == f"kettle-example==1.0 --hash=sha256:{sha256}\n"
    done = install(tmp_path, lines)
    assert done.returncode == 0 and (tmp_path / "to/kettle_example.py").exists(), done.stderr
    refused = install(tmp_path, lines.replace(sha256, "0" * 64))
    assert refused.returncode != 0 and "HASH" in refused.stderr.upper()


def test_a_build_without_distributions_has_no_hashes(bundle):
    with pytest.raises(kettle_verify.NothingToEmit):
        kettle_verify.hashes(bundle, **PINNED)
    assert "  hello\n" in kettle_verify.hashes(bundle, format="sha256sums", **PINNED)
    with pytest.raises(ValueError):
        kettle_verify.hashes(bundle, format="md5sums", **PINNED)


def test_the_bill_of_materials_is_valid(bundle):
    json_validation = pytest.importorskip("cyclonedx.validation.json")
    schema = pytest.importorskip("cyclonedx.schema")
    validator = json_validation.JsonStrictValidator(schema.SchemaVersion.V1_6)
    bill = kettle_verify.hashes(bundle, format="cyclonedx", **PINNED)
    assert validator.validate_str(bill) is None
    assert validator.validate_str(bill.replace('"SHA-256"', '"SHA-257"')) is not None
    real = VECTORS / "cases/snp/ok-milan/provenance.json"
    assert len(json.loads(bill)["components"]) > len(json.loads(real.read_bytes())["subject"])
