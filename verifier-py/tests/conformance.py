"""Runs the corpus: one line for each case, `id<TAB>sha256`, and at the end `conformance <hash>`."""

import hashlib
import json
import pathlib

import kettle_verify

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "testvectors"


def read(path):
    return (VECTORS / path).read_bytes()


def padded(case, name):
    data, padding = read(case["files"][name]), case.get("padding") or {}
    if padding.get("file") == name:
        data = data.ljust(padding["to"], bytes([padding["byte"]]))
    return data


def request(case):
    """The arguments of a case. What it leaves empty is left out: it may have no meaning for the kind."""
    files = case["files"]
    given = {name: [read(path) for path in files.get(name) or ()] for name in ("certificates", "crls", "intel")}
    given["artifacts"] = [(file["name"], read(file["path"])) for file in files.get("artifacts") or ()]
    given["subjects"] = case.get("subjects")
    given.update({name: bytes.fromhex(case.get(name) or "") for name in ("report_data", "input_hash", "output_hash")})
    if case["kind"] == "bundle":
        given["artifacts_mode"] = case["artifacts_mode"]
    given = {name: value for name, value in given.items() if value}
    # A file that is named is given, even where it is empty.
    if files.get("provenance"):
        given["provenance"] = padded(case, "provenance")
    return {**given, **{name: read(files[name]) for name in ("policy", "trust_root") if files.get(name)}}


def answer(identifier):
    """What the conformance hash takes: the verdict's JSON, or what of the request can't be read."""
    case = json.loads(read(f"cases/{identifier}/case.json"))
    try:
        verdict = kettle_verify.appraise_content(case["kind"], padded(case, "evidence"), at=case["now"], **request(case))
    except kettle_verify.RequestError as error:
        return f"{error.code} {error.location}"
    return verdict.to_json()


def answers():
    return [(identifier, answer(identifier)) for identifier in json.loads(read("index.json"))["cases"]]


def main():
    whole = hashlib.sha256()
    for identifier, text in answers():
        whole.update(text.encode() + b"\n")
        print(f"{identifier}\t{hashlib.sha256(text.encode()).hexdigest()}")
    print(f"conformance {whole.hexdigest()}")


if __name__ == "__main__":
    main()
