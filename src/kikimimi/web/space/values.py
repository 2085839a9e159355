"""The values of all sounds on any axis, kept until what they are made of changes.

Axes: n sounds.
"""

import re
import threading
from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kikimimi.errors import QueryError
from kikimimi.library.layouts.records import LayoutKind
from kikimimi.library.library import Library
from kikimimi.library.touches import touched_since
from kikimimi.library.window_rows import raw_rows
from kikimimi.names import suggestion
from kikimimi.web.space.axes import LAYOUT_AXES, MEASURED
from kikimimi.web.space.layouts import ensure_layout
from kikimimi.web.space.packing import Column

_MEASURES = (
    f"SELECT sounds.id, {', '.join(MEASURED)} FROM sounds "
    "LEFT JOIN sound_measures ON sound_measures.sound_id = sounds.id ORDER BY sounds.id"
)
_SCORES = (
    "SELECT sound_id, max(score) FROM sound_tags JOIN tags ON tags.id = tag_id "
    "WHERE tags.name = ? AND source != 'rejected' GROUP BY sound_id"
)
_TAG = "tag:"
_MOST_TAGS_KEPT = 64

_BETWEEN_KEYS = re.compile(
    rf",(?=(?:{'|'.join(LAYOUT_AXES)})\.|tag:|(?:{'|'.join(MEASURED)})(?:,|$)|$)"
)

Values = NDArray[np.float32]


class SpaceValues:
    """The columns of one library; safe to share between threads.

    Args:
        library: gives the library.
    """

    def __init__(self, library: Callable[[], Library]) -> None:
        self._library = library
        self._lock = threading.RLock()
        self._revision = -1
        self._ids = np.zeros(0, np.int64)
        self._columns: dict[str, Values] = {}
        self._has_measures = False
        self._tags: list[str] | None = None

    def columns(self, keys: list[str]) -> tuple[int, NDArray[np.int64], list[Column]]:
        """Revision, ids (n,) ascending of all sounds, and a column for each axis.

        Raises:
            QueryError: there is no such axis, or its layout cannot be made.
        """
        library = self._library()
        with self._lock:
            self._refresh(library)
            columns = [
                Column(key, _scale(key), self._column(library, key)) for key in dict.fromkeys(keys)
            ]
            return self._revision, self._ids, columns

    def frequent_tags(self, most: int) -> list[str]:
        """The names of the tags that most sounds have, the most frequent first."""
        library = self._library()
        with self._lock:
            self._refresh(library)
            if self._tags is None:
                self._tags = list(library.tag_counts())
            return self._tags[:most]

    def forget_layouts(self) -> None:
        """Let layouts be read again, after one was fitted anew."""
        with self._lock:
            for key in [key for key in self._columns if key.partition(".")[0] in LAYOUT_AXES]:
                del self._columns[key]

    def _refresh(self, library: Library) -> None:
        with library.database.reading() as connection:
            found = touched_since(connection, max(self._revision, 0))
        if found.revision == self._revision:
            return
        if self._revision < 0 or "sounds" in found.kinds:
            self._columns.clear()
            self._has_measures = False
        else:  # tags are all that can have changed of what is shown
            self._columns = {k: v for k, v in self._columns.items() if not k.startswith(_TAG)}
        self._tags = None
        self._revision = found.revision
        if not self._has_measures:
            self._read_measures(library)

    def _read_measures(self, library: Library) -> None:
        with library.database.reading() as connection:
            rows = raw_rows(connection, _MEASURES)
        table = np.array(rows, dtype=np.float64).reshape(len(rows), 1 + len(MEASURED))
        self._ids = table[:, 0].astype(np.int64)
        for number, key in enumerate(MEASURED, start=1):
            self._columns[key] = table[:, number].astype(np.float32)
        self._has_measures = True

    def _column(self, library: Library, key: str) -> Values:
        if key not in self._columns:
            if key.startswith(_TAG):
                self._read_tag(library, key)
            else:
                self._read_layout(library, key)
        return self._columns[key]

    def _read_tag(self, library: Library, key: str) -> None:
        kept = [known for known in self._columns if known.startswith(_TAG)]
        for known in kept[: max(0, len(kept) + 1 - _MOST_TAGS_KEPT)]:
            del self._columns[known]
        with library.database.reading() as connection:
            rows = raw_rows(connection, _SCORES, (key.removeprefix(_TAG),))
        scores = np.zeros(len(self._ids), np.float32)
        if rows:
            found = np.array(rows, dtype=np.float64)
            scores[np.searchsorted(self._ids, found[:, 0].astype(np.int64))] = found[:, 1]
        self._columns[key] = scores

    def _read_layout(self, library: Library, key: str) -> None:
        kind = _layout_kind(key)
        ensure_layout(library, kind)
        laid_out = library.layouts.points(kind)
        if laid_out is None:
            raise QueryError(f"there is no layout '{kind}' yet; make it with /api/space/layout")
        there = np.isin(laid_out.ids, self._ids)
        places = np.searchsorted(self._ids, laid_out.ids[there])
        for number in range(laid_out.points.shape[1]):
            values = np.full(len(self._ids), np.nan, np.float32)
            values[places] = laid_out.points[there, number]
            self._columns[f"{kind}.{number + 1}"] = values
        if key not in self._columns:
            raise QueryError(
                f"there is no axis '{key}'; '{kind}' has {laid_out.points.shape[1]} axes here"
            )


def axis_keys(text: str) -> list[str]:
    """The keys in a list with commas; the names of tags may hold commas themselves."""
    return [key for key in _BETWEEN_KEYS.split(text) if key]


def _scale(key: str) -> Literal["linear", "log"]:
    info = MEASURED.get(key)
    return "linear" if info is None else info.scale


def _layout_kind(key: str) -> LayoutKind:
    for kind in get_args(LayoutKind):
        if key in (f"{kind}.{number}" for number in range(1, LAYOUT_AXES[kind] + 1)):
            return kind
    known = [*MEASURED, *(f"{kind}.1" for kind in LAYOUT_AXES), "tag:NAME"]
    raise QueryError(f"there is no axis '{key[:60]}'; {suggestion(key, known)}")
