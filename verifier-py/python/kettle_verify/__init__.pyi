from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from os import PathLike
from typing import BinaryIO, Literal, Optional, Union

from ._native import Authority as Authority
from ._native import Check as Check
from ._native import Claim as Claim
from ._native import Link as Link
from ._native import Note as Note
from ._native import NoteKind as NoteKind
from ._native import Outcome as Outcome
from ._native import Stage as Stage
from ._native import Status as Status
from ._native import TrustRootKind as TrustRootKind
from ._native import Verdict as Verdict

__version__: str
# SHA-256 over the verdicts on the test corpus, lower-case hex: equal where two packages judge alike.
conformance: str

Path = Union[str, PathLike[str]]
Source = Union[bytes, bytearray, Path, BinaryIO]
Format = Literal["sha256sums", "pip-hashes", "npm-integrity", "nix-hash", "cyclonedx"]
Progress = Callable[[str, int, Optional[int]], Optional[bool]]

class Error(Exception): ...

class VerificationFailed(Error):
    verdict: Verdict
    def __init__(self, verdict: Verdict) -> None: ...

class RequestError(Error, ValueError):
    code: str
    location: str
    message: str
    def __init__(self, code: str, location: str, message: str) -> None: ...

class InputError(Error):
    code: str
    file: str
    place: str
    message: str
    def __init__(self, code: str, file: str, place: str, message: str) -> None: ...

class Cancelled(Error): ...
class NothingToEmit(Error): ...

def appraise(
    *bundle: Source,
    provenance: Optional[Source] = None,
    evidence: Optional[Source] = None,
    artifacts: Union[Iterable[Path], Mapping[str, Source], None] = None,
    subjects: Optional[Iterable[str]] = None,
    without_artifacts: bool = False,
    input_hash: Optional[str] = None,
    output_hash: Optional[str] = None,
    policy: Optional[Source] = None,
    policy_keys: Optional[Iterable[Source]] = None,
    policy_minimum_version: Optional[int] = None,
    trust_root: Optional[Source] = None,
    collateral: Optional[Iterable[Source]] = None,
    at: Union[str, datetime, None] = None,
    nonce: Optional[str] = None,
    source: Optional[str] = None,
    insecure_allow_debug: bool = False,
    progress: Optional[Progress] = None,
) -> Verdict: ...
def verify(
    *bundle: Source,
    provenance: Optional[Source] = None,
    evidence: Optional[Source] = None,
    artifacts: Union[Iterable[Path], Mapping[str, Source], None] = None,
    subjects: Optional[Iterable[str]] = None,
    without_artifacts: bool = False,
    input_hash: Optional[str] = None,
    output_hash: Optional[str] = None,
    policy: Optional[Source] = None,
    policy_keys: Optional[Iterable[Source]] = None,
    policy_minimum_version: Optional[int] = None,
    trust_root: Optional[Source] = None,
    collateral: Optional[Iterable[Source]] = None,
    at: Union[str, datetime, None] = None,
    nonce: Optional[str] = None,
    source: Optional[str] = None,
    insecure_allow_debug: bool = False,
    progress: Optional[Progress] = None,
) -> Verdict: ...
def hashes(
    *bundle: Source,
    format: Format = "pip-hashes",
    dangerously_emit_unverified: bool = False,
    provenance: Optional[Source] = None,
    evidence: Optional[Source] = None,
    artifacts: Union[Iterable[Path], Mapping[str, Source], None] = None,
    subjects: Optional[Iterable[str]] = None,
    without_artifacts: bool = False,
    input_hash: Optional[str] = None,
    output_hash: Optional[str] = None,
    policy: Optional[Source] = None,
    policy_keys: Optional[Iterable[Source]] = None,
    policy_minimum_version: Optional[int] = None,
    trust_root: Optional[Source] = None,
    collateral: Optional[Iterable[Source]] = None,
    at: Union[str, datetime, None] = None,
    nonce: Optional[str] = None,
    source: Optional[str] = None,
    insecure_allow_debug: bool = False,
    progress: Optional[Progress] = None,
) -> str: ...
def appraise_evidence(
    *files: Source,
    report_data: Optional[str] = None,
    policy: Optional[Source] = None,
    policy_keys: Optional[Iterable[Source]] = None,
    policy_minimum_version: Optional[int] = None,
    trust_root: Optional[Source] = None,
    collateral: Optional[Iterable[Source]] = None,
    at: Union[str, datetime, None] = None,
    nonce: Optional[str] = None,
    source: Optional[str] = None,
    insecure_allow_debug: bool = False,
) -> Verdict: ...
def appraise_content(
    kind: Literal["bundle", "evidence", "attestable_build", "tee_compile"],
    evidence: Source,
    *,
    provenance: Optional[Source] = None,
    artifacts_mode: Literal["folder", "loose", "without"] = "folder",
    artifacts: Optional[Iterable[tuple[str, Source]]] = None,
    subjects: Optional[Iterable[str]] = None,
    certificates: Optional[Iterable[Source]] = None,
    crls: Optional[Iterable[Source]] = None,
    intel: Optional[Iterable[Source]] = None,
    report_data: Optional[bytes] = None,
    input_hash: Optional[bytes] = None,
    output_hash: Optional[bytes] = None,
    policy: Optional[Source] = None,
    policy_keys: Optional[Iterable[Source]] = None,
    policy_minimum_version: Optional[int] = None,
    trust_root: Optional[Source] = None,
    at: Union[str, datetime, None] = None,
    nonce: Optional[str] = None,
    source: Optional[str] = None,
    insecure_allow_debug: bool = False,
) -> Verdict: ...
