"""Fetching one file over HTTP: resumed where it broke off, checked, never half written.

What has come so far stands in `<file name>.part`, and what tells whether the far side still has the
same file (its entity tag or date) in `<file name>.part.version`; the name itself appears only when
the file is complete and its digest is right.
"""

import http.client
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from kikimimi import __version__
from kikimimi.encoders.published.digests import (
    check_published_digest,
    file_digest,
    record_digest,
)
from kikimimi.encoders.published.source import WeightsSource
from kikimimi.errors import EncoderError
from kikimimi.paths import display_path

ByteProgress = Callable[[int, int | None], None]
"""Called with the bytes that are here and the length of the whole, if it is known."""

_BLOCK_BYTES = 1 << 18
_TIMEOUT_S = 30.0
_ATTEMPTS = 4
_RANGE_NOT_SATISFIABLE = 416


class _BrokenOffError(Exception):
    """The connection ended before the file did."""


def fetch(source: WeightsSource, folder: Path, *, progress: ByteProgress | None = None) -> Path:
    """Bring a published file into `folder`, unless it is there, and record its SHA-256.

    A connection that breaks is taken up again a few times; after that, calling again goes on from
    where it stopped.

    Returns:
        The path of the file.

    Raises:
        EncoderError: the far side cannot be reached, does not have the file, or gave another one;
            or the folder cannot be written.
    """
    target = folder / source.file_name
    if target.is_file():
        return target
    partial = _Partial(source, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _fetch_all(source, partial, progress or (lambda done, total: None))
        _accept(source, partial, target)
    except OSError as error:
        raise EncoderError(
            f"{display_path(folder)}: cannot be written ({error.strerror or error}); free some "
            f"space or place {source.file_name} from {source.url} there yourself"
        ) from None
    return target


@dataclass(frozen=True, slots=True)
class _Partial:
    """The files of a fetch that is under way."""

    source: WeightsSource
    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / f"{self.source.file_name}.part"

    @property
    def version_path(self) -> Path:
        return self.folder / f"{self.source.file_name}.part.version"

    def resumable(self) -> tuple[int, str]:
        """Bytes that are here, and the version that they belong to; none without a version."""
        if not (self.path.is_file() and self.version_path.is_file()):
            return 0, ""
        version = self.version_path.read_text(encoding="latin-1").strip()
        return (self.path.stat().st_size, version) if version else (0, "")

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)
        self.version_path.unlink(missing_ok=True)


def _fetch_all(source: WeightsSource, partial: _Partial, progress: ByteProgress) -> None:
    reason = ""
    for _ in range(_ATTEMPTS):
        try:
            _continue(source, partial, progress)
        except _BrokenOffError as error:
            reason = str(error)
        else:
            return
    here, _ = partial.resumable()
    raise EncoderError(
        f"{source.url}: cannot be fetched ({reason}); {here:,} bytes are kept: try again, or get "
        f"the file yourself and place it in {display_path(partial.folder)} as {source.file_name}"
    )


def _continue(source: WeightsSource, partial: _Partial, progress: ByteProgress) -> None:
    """One connection: ask for what is missing and append it.

    Raises:
        _BrokenOffError: the connection failed or ended early.
    """
    here, version = partial.resumable()
    headers = {"User-Agent": f"kikimimi/{__version__}", "Accept-Encoding": "identity"}
    if here:
        headers |= {"Range": f"bytes={here}-", "If-Range": version}
    try:
        with urlopen(Request(source.url, headers=headers), timeout=_TIMEOUT_S) as answer:
            _receive(answer, partial, here, progress)
    except HTTPError as error:
        if error.code == _RANGE_NOT_SATISFIABLE and here:
            partial.forget()
            raise _BrokenOffError("the far side has a shorter file") from None
        raise EncoderError(
            f"{source.url}: answers {error.code} {error.reason}; look for {source.file_name} "
            f"elsewhere and place it in {display_path(partial.folder)}"
        ) from None
    except URLError as error:
        raise _BrokenOffError(str(error.reason)) from None
    except (http.client.HTTPException, ConnectionError, TimeoutError) as error:
        raise _BrokenOffError(str(error) or type(error).__name__) from None


def _receive(
    answer: http.client.HTTPResponse, partial: _Partial, here: int, progress: ByteProgress
) -> None:
    resumed = answer.status == http.client.PARTIAL_CONTENT
    if not resumed:
        here = 0
        partial.version_path.write_text(_version(answer), encoding="latin-1")
    length = answer.headers.get("Content-Length")
    total = here + int(length) if length else None
    with partial.path.open("ab" if resumed else "wb") as file:
        progress(here, total)
        while block := answer.read(_BLOCK_BYTES):
            file.write(block)
            here += len(block)
            progress(here, total)
    if total is not None and here != total:
        raise _BrokenOffError(f"{here:,} of {total:,} bytes came")


def _version(answer: http.client.HTTPResponse) -> str:
    """What to name in `If-Range`: a strong entity tag, else the date; empty if there is neither."""
    tag = answer.headers.get("ETag", "")
    return tag if tag.startswith('"') else answer.headers.get("Last-Modified", "")


def _accept(source: WeightsSource, partial: _Partial, target: Path) -> None:
    sha256 = file_digest(partial.path)
    try:
        check_published_digest(partial.path, source, sha256=sha256)
    except EncoderError:
        partial.forget()
        raise
    record_digest(target, sha256)
    partial.path.replace(target)
    partial.forget()
