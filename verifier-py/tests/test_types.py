"""The stubs are those of the package."""

import ast
import pathlib
import subprocess
import sys

import kettle_verify
import pytest

FOLDER = pathlib.Path(kettle_verify.__file__).parent

PROGRAM = """
import kettle_verify
verdict = kettle_verify.verify("x", policy=b"{}", artifacts={"a": b""})
status: kettle_verify.Status = verdict.checks[0].status
text: str = verdict.to_json()
"""


def test_every_member_of_the_stubs_is_there():
    tree = ast.parse((FOLDER / "_native.pyi").read_text())
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    assert {node.name for node in classes} == {"Check", "Claim", "Link", "Note", "Verdict"}
    for node in classes:
        stubbed = {member.name for member in node.body if isinstance(member, ast.FunctionDef)}
        found = {name for name in vars(getattr(kettle_verify, node.name)) if not name.startswith("__")}
        assert {name for name in stubbed if not name.startswith("__")} == found, node.name


def test_the_types_are_checked(tmp_path):
    pytest.importorskip("mypy")
    assert (FOLDER / "py.typed").exists()
    for program, code in [(PROGRAM, 0), (PROGRAM + "verdict.no_such", 1), (PROGRAM + "kettle_verify.verify(1)", 1)]:
        (tmp_path / "program.py").write_text(program)
        command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path / "cache", tmp_path / "program.py"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == code, done.stdout
