"""Taught tags as JSON files, to take from one library to another.

A file holds the examples with their vectors, not the fitted rule: the rule depends on the library
that it is for. Axes: W windows, D size of a vector.
"""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kikimimi.errors import LibraryError, QueryError
from kikimimi.files import draft_of
from kikimimi.library.taught.examples import JudgedSound, plain_name
from kikimimi.paths import display_path
from kikimimi.types import FloatArray

FORMAT = "kikimimi-taught-tags"
VERSION = 1
_LARGEST_FILE_BYTES = 256 << 20
_MOST_WINDOWS = 100_000
_LONGEST_TEXT = 10_000
_HASH = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, eq=False)
class ExportedTag:
    """A taught tag outside of any library."""

    name: str
    examples: tuple[JudgedSound, ...]


def write_tags(target: Path, tags: Sequence[ExportedTag], *, encoder_identity: str) -> None:
    """Write tags to a file, whole or not at all.

    Raises:
        LibraryError: the file cannot be written.
    """
    content = {
        "format": FORMAT,
        "version": VERSION,
        "encoder": encoder_identity,
        "tags": [
            {"name": tag.name, "examples": [_record(each) for each in tag.examples]} for tag in tags
        ],
    }
    try:
        with draft_of(target) as draft:
            draft.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        raise LibraryError(
            f"cannot write {display_path(target)}: {error.strerror}; choose another place"
        ) from None


def read_tags(source: Path, *, encoder_identity: str, size: int) -> list[ExportedTag]:
    """Read what `write_tags` wrote, for a library whose vectors are of `size` D.

    Raises:
        QueryError: the file is missing, damaged, or made with another encoder.
    """
    try:
        content = json.loads(_text(source))
        if content["format"] != FORMAT or content["version"] != VERSION:
            raise ValueError
        identity = content["encoder"]
        tags = None
        if identity == encoder_identity:
            tags = [_tag(record, size) for record in content["tags"]]
    except QueryError as error:
        raise QueryError(f"{display_path(source)}: {error}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        raise QueryError(
            f"{display_path(source)}: holds no taught tags, or is damaged; write it again with "
            "'kikimimi teach --export'"
        ) from None
    if tags is None:
        raise QueryError(
            f"{display_path(source)}: its examples were heard by the encoder {str(identity)[:80]}, "
            f"but this library has {encoder_identity}; teach the tag again from the sound files"
        )
    return tags


def _text(source: Path) -> str:
    try:
        if source.stat().st_size > _LARGEST_FILE_BYTES:
            raise ValueError
        return source.read_text(encoding="utf-8")
    except OSError as error:
        raise QueryError(f"cannot be read ({error.strerror}); check the path") from None


def _record(example: JudgedSound) -> dict[str, Any]:
    return {
        "content_hash": example.content_hash,
        "wanted": example.wanted,
        "path": example.path,
        "origin": example.origin,
        "given_at": example.given_at,
        "windows": len(example.vectors),
        "vectors": base64.b64encode(example.vectors.astype("<f4").tobytes()).decode("ascii"),
    }


def _tag(record: dict[str, Any], size: int) -> ExportedTag:
    examples = tuple(_example(each, size) for each in record["examples"])
    if not any(each.wanted for each in examples):
        raise ValueError
    return ExportedTag(plain_name(record["name"]), examples)


def _example(record: dict[str, Any], size: int) -> JudgedSound:
    content_hash, wanted = record["content_hash"], record["wanted"]
    texts = [record["path"], record["given_at"]]
    if not _HASH.fullmatch(content_hash) or not isinstance(wanted, bool):
        raise ValueError
    if not all(isinstance(text, str) and len(text) <= _LONGEST_TEXT for text in texts):
        raise ValueError
    vectors = _vectors(record["vectors"], record["windows"], size)
    return JudgedSound(content_hash, wanted, vectors, texts[0], "import", texts[1])


def _vectors(text: str, windows: int, size: int) -> FloatArray:
    if not isinstance(windows, int) or not 1 <= windows <= _MOST_WINDOWS:
        raise ValueError
    vectors = np.frombuffer(base64.b64decode(text, validate=True), dtype="<f4")
    vectors = vectors.reshape(windows, size)
    if not np.isfinite(vectors).all():
        raise ValueError
    return vectors
