"""Digests of the files of a folder that was made, in a file that `sha256sum -c` reads."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kikimimi.errors import DatasetError
from kikimimi.paths import display_path

SUMS = "SHA256SUMS"


def sums_text(root: Path, names: Iterable[str]) -> str:
    """What SHA256SUMS says of these files of a folder, in their order."""
    return "".join(f"{file_sha256(root / name)}  {name}\n" for name in names)


def check_sums(root: Path) -> None:
    """Compare every file that SHA256SUMS names with its digest.

    Raises:
        DatasetError: one is missing or another; the message names it.
    """
    for line in (root / SUMS).read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        place = root / name
        if not place.is_file() or file_sha256(place) != digest:
            state = "has changed" if place.is_file() else "is missing"
            raise DatasetError(
                f"{display_path(place)}: {state} since the folder was made; make it again in an "
                "empty one"
            )


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def json_text(value: Any) -> str:
    """Plain values as JSON, always in the same way."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
