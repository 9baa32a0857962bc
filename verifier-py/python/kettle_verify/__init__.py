"""Verifies attested builds offline: from the vendor's root key to the bytes of the binary.

    import kettle_verify

    verdict = kettle_verify.verify("my-build/", policy="policy.json")

`verify` raises VerificationFailed, which has the verdict, unless everything that the policy demands
holds; `appraise` returns every verdict. `appraise_evidence` looks at hardware evidence alone, and
`hashes` gives what `pip install --require-hashes` takes. Nothing here uses the network.
"""

# Nothing is imported beside the native module: importing this package costs next to nothing.
from ._native import (
    Check,
    Claim,
    Link,
    Note,
    Verdict,
    __version__,
    appraise,
    appraise_content,
    appraise_evidence,
    conformance,
    hashes,
    verify,
)

__all__ = [
    "Cancelled",
    "Check",
    "Claim",
    "Error",
    "InputError",
    "Link",
    "Note",
    "NothingToEmit",
    "RequestError",
    "Verdict",
    "VerificationFailed",
    "__version__",
    "appraise",
    "appraise_content",
    "appraise_evidence",
    "conformance",
    "hashes",
    "verify",
]


class Error(Exception):
    """What this package raises, beside TypeError and ValueError for arguments of the wrong kind."""


class VerificationFailed(Error):
    """The verdict does not say yes. `verdict` is the Verdict."""

    def __init__(self, verdict):
        super().__init__(verdict.sentence)
        self.verdict = verdict

    def __reduce__(self):
        raise TypeError("a verdict is made by an appraisal and can't be pickled; use verdict.to_json()")


class RequestError(Error, ValueError):
    """An argument is refused. `code` keeps its meaning from version to version, `location` is the place
    in the document or the argument, and `message` says what is wrong."""

    def __init__(self, code, location, message):
        super().__init__(code, location, message)
        self.code = code
        self.location = location
        self.message = message

    def __str__(self):
        return f"{self.code}: {self.message}"


class InputError(Error):
    """Something can't be read. `code` keeps its meaning from version to version, `file` is the file as it
    was given, `place` the place in it, and `message` says what is wrong and what to do."""

    def __init__(self, code, file, place, message):
        super().__init__(code, file, place, message)
        self.code = code
        self.file = file
        self.place = place
        self.message = message

    def __str__(self):
        return self.message


class Cancelled(Error):
    """The progress callback returned False."""


class NothingToEmit(Error):
    """The build is verified, and has nothing for the format."""
