"""The facts about all sounds as arrays, so that a hundred thousand are sorted in milliseconds.

Axis n: sounds, in the order of their ids.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from kikimimi.library.listing.natural import natural_key
from kikimimi.library.touches import touched_since
from kikimimi.library.window_rows import raw_rows

Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]
Ranks = NDArray[np.int32]

_COLUMNS = (
    "SELECT id, name, folder, format, subtype, sample_rate_hz, channels, duration_s, missing, "
    "loudness_lufs FROM sounds LEFT JOIN sound_measures ON sound_id = id"
)
_ALL = f"{_COLUMNS} ORDER BY id"
_SOME = f"{_COLUMNS} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
_MOST_CHANGED_SHARE = 0.2


class FileKind(NamedTuple):
    """What a filter on the format looks at, in small letters; `suffix` without its dot."""

    format: str
    subtype: str
    suffix: str


@dataclass(frozen=True, slots=True, eq=False)
class SoundColumns:
    """The sounds as of `revision`.

    Args:
        revision: see `library.touches`.
        ids: (n,) ascending.
        names: (n,) str; `name_keys` (n,) are their natural keys, `name_ranks` (n,) their places.
        folders: the folders that occur; `folder_ranks` are their places in the natural order,
            `folder_codes` (n,) tells which.
        kinds: the kinds of file that occur; `kind_codes` (n,) tells which.
        sample_rates_hz, channels: (n,).
        durations_s: (n,).
        loudness_lufs: (n,), NaN where it was not measured.
        missing: (n,) whether the file is gone.
    """

    revision: int
    ids: Ids
    names: NDArray[np.object_]
    name_keys: NDArray[np.object_]
    name_ranks: Ranks
    folders: Sequence[str]
    folder_ranks: Ranks
    folder_codes: Ranks
    kinds: Sequence[FileKind]
    kind_codes: Ranks
    sample_rates_hz: Ranks
    channels: Ranks
    durations_s: NDArray[np.float64]
    loudness_lufs: NDArray[np.float64]
    missing: Mask

    def __len__(self) -> int:
        return len(self.ids)

    def places_of(self, ids: Ids) -> Ids:
        """The places (m,) of the sounds with these ids; unknown ones are left out."""
        if not len(self.ids):
            return np.zeros(0, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        found: Ids = places[self.ids[places] == ids]
        return found

    def mask_of(self, ids: Ids) -> Mask:
        """A mask (n,) of the sounds with these ids."""
        mask = np.zeros(len(self), dtype=np.bool_)
        mask[self.places_of(ids)] = True
        return mask


def load_columns(connection: Connection, revision: int) -> SoundColumns:
    """The columns of all sounds, read anew."""
    return _columns(revision, raw_rows(connection, _ALL), _EMPTY)


def refreshed_columns(connection: Connection, old: SoundColumns) -> SoundColumns:
    """The columns as `connection` sees the sounds; only those that changed are read."""
    touched = touched_since(connection, old.revision)
    changed = touched.keys.get("sounds", frozenset())
    if not touched.complete or len(changed) > _MOST_CHANGED_SHARE * len(old):
        return load_columns(connection, touched.revision)
    if not changed:
        return _with_revision(old, touched.revision)
    rows = raw_rows(connection, _SOME, (json.dumps(sorted(changed)),))
    kept = ~old.mask_of(np.array(sorted(changed), dtype=np.int64))
    return _columns(touched.revision, rows, _Kept(old, kept))


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """Which sounds of older columns are still as they were."""

    columns: SoundColumns
    mask: Mask


def _columns(revision: int, rows: Iterable[tuple[Any, ...]], kept: _Kept) -> SoundColumns:
    """Columns of new rows and those that are kept."""
    old, mask = kept.columns, kept.mask
    ids, names, folders, formats, subtypes, rates, channels, durations, missing, loudness = (
        list(zip(*rows, strict=True)) or [()] * 10
    )
    folder_numbers = {name: number for number, name in enumerate(old.folders)}
    kind_numbers = {kind: number for number, kind in enumerate(old.kinds)}
    folder_codes = [folder_numbers.setdefault(name, len(folder_numbers)) for name in folders]
    kinds = map(_kind, formats, subtypes, names)
    kind_codes = [kind_numbers.setdefault(kind, len(kind_numbers)) for kind in kinds]
    all_ids = np.concatenate([old.ids[mask], np.array(ids, dtype=np.int64)])
    order = np.argsort(all_ids, kind="stable")

    def joined(column: NDArray[Any], new: Sequence[Any] | NDArray[Any]) -> Any:
        return np.concatenate([column[mask], np.array(new, dtype=column.dtype)])[order]

    keys = joined(old.name_keys, _keys(names))
    before = joined(old.name_ranks, [np.iinfo(np.int32).max] * len(ids))
    return SoundColumns(
        revision=revision,
        ids=all_ids[order],
        names=joined(old.names, names),
        name_keys=keys,
        name_ranks=_ranks(keys, before),
        folders=tuple(folder_numbers),
        folder_ranks=_ranks(_keys(folder_numbers), np.arange(len(folder_numbers))),
        folder_codes=joined(old.folder_codes, folder_codes),
        kinds=tuple(kind_numbers),
        kind_codes=joined(old.kind_codes, kind_codes),
        sample_rates_hz=joined(old.sample_rates_hz, rates),
        channels=joined(old.channels, channels),
        durations_s=joined(old.durations_s, durations),
        loudness_lufs=joined(old.loudness_lufs, loudness),
        missing=joined(old.missing, missing),
    )


def _kind(file_format: str, subtype: str, name: str) -> FileKind:
    _, dot, suffix = name.rpartition(".")
    return FileKind(file_format.lower(), subtype.lower(), suffix.lower() if dot else "")


def _keys(names: Iterable[str]) -> NDArray[np.object_]:
    return np.array([*map(natural_key, names)], dtype=np.object_)


def _ranks(keys: NDArray[np.object_], before: NDArray[np.integer[Any]]) -> Ranks:
    """The places of keys in their order; `before` is a guess that makes sorting quick."""
    guess = np.argsort(before, kind="stable").tolist()
    order = np.array(sorted(guess, key=keys.tolist().__getitem__), dtype=np.int64)
    ranks = np.empty(len(keys), dtype=np.int32)
    ranks[order] = np.arange(len(keys), dtype=np.int32)
    return ranks


def _with_revision(old: SoundColumns, revision: int) -> SoundColumns:
    return old if old.revision == revision else replace(old, revision=revision)


_NO_NUMBERS = np.zeros(0, dtype=np.int32)
_EMPTY = _Kept(
    SoundColumns(
        revision=-1,
        ids=np.zeros(0, dtype=np.int64),
        names=np.zeros(0, dtype=np.object_),
        name_keys=np.zeros(0, dtype=np.object_),
        name_ranks=_NO_NUMBERS,
        folders=(),
        folder_ranks=_NO_NUMBERS,
        folder_codes=_NO_NUMBERS,
        kinds=(),
        kind_codes=_NO_NUMBERS,
        sample_rates_hz=_NO_NUMBERS,
        channels=_NO_NUMBERS,
        durations_s=np.zeros(0, dtype=np.float64),
        loudness_lufs=np.zeros(0, dtype=np.float64),
        missing=np.zeros(0, dtype=np.bool_),
    ),
    np.zeros(0, dtype=np.bool_),
)
