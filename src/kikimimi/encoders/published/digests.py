"""Digests of weights: what the publisher gave, and what was recorded at the first fetch.

The record is a file `<file name>.sha256` beside the weights, in the format of `sha256sum`.
"""

import hashlib
from pathlib import Path

from kikimimi.encoders.published.source import WeightsSource
from kikimimi.errors import EncoderError
from kikimimi.files import draft_of
from kikimimi.paths import display_path


def file_digest(path: Path, algorithm: str = "sha256") -> str:
    """Digest of a file's bytes in hexadecimal digits.

    Raises:
        EncoderError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, algorithm).hexdigest()
    except OSError as error:
        raise EncoderError(
            f"{display_path(path)}: cannot be read ({error.strerror}); get the weights again"
        ) from None


def check_published_digest(path: Path, source: WeightsSource, *, sha256: str) -> None:
    """Compare a file, whose SHA-256 is `sha256`, with what its publisher says of it.

    Raises:
        EncoderError: its length or a digest differs.
    """
    size = path.stat().st_size
    if source.size_bytes is not None and size != source.size_bytes:
        raise _other_file(path, source, f"{size:,} bytes", f"{source.size_bytes:,}")
    if source.sha256 is not None:
        _compare(path, source, "SHA-256", sha256, source.sha256)
    if source.md5 is not None:
        _compare(path, source, "MD5", file_digest(path, "md5"), source.md5)


def check_recorded_digest(path: Path, source: WeightsSource, *, sha256: str) -> None:
    """Compare a file with the record of its first fetch, if there is one.

    Raises:
        EncoderError: they differ.
    """
    record = _record_of(path)
    if record.is_file():
        words = record.read_text(encoding="utf-8", errors="replace").split()
        _compare(path, source, "SHA-256", sha256, words[0] if words else "nothing")


def record_digest(path: Path, sha256: str) -> None:
    """Write the record of a file's first fetch."""
    with draft_of(_record_of(path)) as draft:
        draft.write_text(f"{sha256}  {path.name}\n", encoding="utf-8")


def _record_of(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _compare(path: Path, source: WeightsSource, kind: str, found: str, expected: str) -> None:
    if found != expected:
        raise _other_file(path, source, f"{kind} {found[:12]}...", f"{expected[:12]}...")


def _other_file(path: Path, source: WeightsSource, found: str, expected: str) -> EncoderError:
    return EncoderError(
        f"{display_path(path)}: has {found}, expected {expected}; it is damaged, cut short or "
        f"another file: delete it and get {source.file_name} again from {source.url}"
    )
