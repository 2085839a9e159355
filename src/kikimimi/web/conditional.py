"""Requests with conditions: has the client got it already, which bytes does it want.

Source: RFC 9110, sections 13 and 14.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_RANGE = re.compile(r"bytes=[ \t]*([0-9]*)-([0-9]*)[ \t]*", re.ASCII | re.IGNORECASE)
_MOST_DIGITS = 19


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes from `start` to before `stop`, not empty."""

    start: int
    stop: int


class UnsatisfiableError(Exception):
    """No byte lies in the range that was asked for."""


def is_known(headers: Mapping[str, str], etag: str) -> bool:
    """Whether the client says that it has the version with this tag."""
    known = [
        each.strip().removeprefix("W/") for each in headers.get("if-none-match", "").split(",")
    ]
    return etag in known or "*" in known


def wanted_range(headers: Mapping[str, str], size: int, *, etag: str) -> ByteRange | None:
    """The one range that is wanted of `size` bytes; None for all of them.

    All are sent, as the RFC allows, where several ranges are asked for, where the header cannot
    be read, and where `If-Range` names another version.

    Raises:
        UnsatisfiableError: the range lies behind the end.
    """
    found = _RANGE.fullmatch(headers.get("range", ""))
    if found is None or headers.get("if-range", etag) != etag:
        return None
    first, last = found.groups()
    if max(len(first), len(last)) > _MOST_DIGITS or not (first or last):
        return None
    if not first:
        start, stop = max(0, size - int(last)), size
    elif last and int(last) < int(first):
        return None
    else:
        start, stop = int(first), min(size, int(last) + 1 if last else size)
    if start >= stop:
        raise UnsatisfiableError
    return ByteRange(start, stop)
