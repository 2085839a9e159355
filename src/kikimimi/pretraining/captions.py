"""Sentences that tell of sounds: from a table, or made of tags or of names of files.

Axes: C captions without repetition, E size of a sentence's embedding.
"""

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np

from kikimimi.encoders.text.contract import TextEncoder
from kikimimi.errors import ConfigError, DatasetError
from kikimimi.files import draft_of
from kikimimi.paths import display_path
from kikimimi.pretraining.crops.files import AudioFiles

_TEXTS_AT_ONCE = 256
_NUMBERS = re.compile(r"\d+")
_SEPARATORS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class CaptionSettings:
    """Where captions come from."""

    source: Literal["none", "table", "tags", "names"] = "none"
    """table: a CSV file with the columns `file` and `caption`, a row for each caption; tags: one
    with `file` and `tags`, several tags parted by semicolons; names: names of file and folder."""
    table: Path | None = None
    """Of table and tags. A file is named by its path from the table's folder, or by its name."""
    text_encoder: str = "minilm"
    """A registered text encoder, or the folder of a model of `transformers`, an LLM too."""

    def __post_init__(self) -> None:
        if (self.source in ("table", "tags")) != (self.table is not None):
            raise ConfigError(f"captions: source {self.source} and table {self.table} do not agree")


class Captions:
    """Embeddings of the captions of each file, read from disk as they are needed.

    Args:
        embeddings: (C, E) float32, memory-mapped.
        numbers: captions of all files, one file after the other.
        offsets: where those of each file begin, (files + 1,).
    """

    def __init__(self, embeddings: np.ndarray, numbers: np.ndarray, offsets: np.ndarray) -> None:
        self._embeddings, self._numbers, self._offsets = embeddings, numbers, offsets

    @property
    def size(self) -> int:
        """E."""
        return self._embeddings.shape[1]

    def choose(self, files: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """One caption of each of B files, at random: (B, E)."""
        first, last = self._offsets[files], self._offsets[files + 1]
        places = first + (generator.random(len(files)) * (last - first)).astype(np.int64)
        return np.asarray(self._embeddings[self._numbers[places]])


def captioned(files: AudioFiles, settings: CaptionSettings) -> tuple[AudioFiles, list[list[str]]]:
    """The files that have captions, and the captions of each.

    Raises:
        DatasetError: the table is malformed, or no file has a caption.
    """
    tell = _TELLERS[settings.source](settings)
    kept: list[Path] = []
    captions: list[list[str]] = []
    for path in files:
        told = tell.of(path)
        if told:
            kept.append(path)
            captions.append(told)
    if not kept:
        where = settings.table if settings.table is not None else settings.source
        raise DatasetError(f"captions: {where}: none of the {len(files)} files has one there")
    return AudioFiles(kept), captions


def embed_captions(captions: list[list[str]], encoder: TextEncoder, cache: Path) -> Captions:
    """Embed each sentence once, into a file of `cache` that a later call finds again.

    Raises:
        EncoderError: a sentence holds no word, or the text encoder cannot be loaded.
    """
    texts = list(dict.fromkeys(text for told in captions for text in told))
    place = cache / f"captions-{_digest(texts, encoder.identity)}.npy"
    if not place.exists():
        cache.mkdir(parents=True, exist_ok=True)
        _write_embeddings(texts, encoder.load(), place)
    known = {text: number for number, text in enumerate(texts)}
    numbers = np.array([known[text] for told in captions for text in told], dtype=np.int64)
    lengths = np.array([len(told) for told in captions], dtype=np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return Captions(np.load(place, mmap_mode="r"), numbers, offsets)


def _write_embeddings(texts: list[str], encoder: TextEncoder, place: Path) -> None:
    with draft_of(place) as draft:
        shape = (len(texts), encoder.card.embedding_size)
        rows = np.lib.format.open_memmap(draft, mode="w+", dtype=np.float32, shape=shape)
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            block = texts[start : start + _TEXTS_AT_ONCE]
            rows[start : start + len(block)] = encoder.embed_texts(block)
        rows.flush()


def _digest(texts: list[str], identity: str) -> str:
    described = json.dumps([identity, texts]).encode()
    return hashlib.sha256(described).hexdigest()[:16]


class _Teller(Protocol):
    def of(self, path: Path) -> list[str]: ...


class _Table:
    """Captions that a table gives."""

    _column = "caption"

    def __init__(self, settings: CaptionSettings) -> None:
        assert settings.table is not None
        self._folder = settings.table.parent.resolve()
        self._captions: dict[str, list[str]] = {}
        for file, text in _rows(settings.table, self._column):
            if told := self._told(text):
                self._captions.setdefault(file, []).append(told)

    def of(self, path: Path) -> list[str]:
        whole = path.resolve()
        inside = whole.is_relative_to(self._folder)
        relative = whole.relative_to(self._folder).as_posix() if inside else ""
        names = (relative, whole.as_posix(), path.name, path.stem)
        return next((self._captions[name] for name in names if name in self._captions), [])

    def _told(self, text: str) -> str:
        return text.strip()


class _Tags(_Table):
    """Captions made of the tags that a table gives."""

    _column = "tags"

    def _told(self, text: str) -> str:
        return sentence_of([tag.strip() for tag in text.split(";")])


class _Names:
    """Captions made of the names of a file and its folder."""

    def __init__(self, settings: CaptionSettings) -> None:
        pass

    def of(self, path: Path) -> list[str]:
        told = sentence_of([words_of(path.stem)]), sentence_of([words_of(path.parent.name)])
        return [text for text in dict.fromkeys(told) if text]


def words_of(name: str) -> str:
    """The words in the name of a file: `dog_bark-03` -> `dog bark`."""
    text = _SEPARATORS.sub(" ", _NUMBERS.sub(" ", name))
    return " ".join(word for word in text.split() if len(word) > 1).lower()


def sentence_of(tags: list[str]) -> str:
    """A caption of tags: `the sound of rain, thunder and wind`; empty without one."""
    named = [tag.replace("_", " ") for tag in tags if any(map(str.isalnum, tag))]
    if not named:
        return ""
    *others, last = named
    return f"the sound of {', '.join(others) + ' and ' if others else ''}{last}"


_TELLERS: dict[str, Callable[[CaptionSettings], _Teller]] = {
    "table": _Table,
    "tags": _Tags,
    "names": _Names,
}


def _rows(path: Path, column: str) -> Iterator[tuple[str, str]]:
    """The columns `file` and `column` of a CSV file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not {"file", column} <= set(reader.fieldnames or ()):
                raise DatasetError(
                    f"{display_path(path)}: the table needs the columns 'file' and '{column}', but "
                    f"has {', '.join(reader.fieldnames or ()) or 'none'}; mend its first line"
                )
            for row in reader:
                yield (row["file"] or "").strip(), row[column] or ""
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DatasetError(
            f"{display_path(path)}: cannot be read ({reason}); give a CSV file in UTF-8"
        ) from None
