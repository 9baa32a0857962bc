"""The corpus gives the verdicts that Rust gives, byte for byte."""

import hashlib
import os

import conformance
import kettle_verify


def test_every_verdict_is_that_of_rust():
    answers = conformance.answers()
    whole = hashlib.sha256("".join(f"{text}\n" for _, text in answers).encode()).hexdigest()
    lines = [f"{identifier}\t{hashlib.sha256(text.encode()).hexdigest()}" for identifier, text in answers]
    rust = os.environ.get("KETTLE_ANSWERS")
    if rust is not None:
        with open(rust) as file:
            assert [*lines, f"conformance {whole}"] == file.read().splitlines()
    # The constant was written by the Rust runner, and its test says that it is true.
    assert whole == kettle_verify.conformance
