"""What the sounds of a list have in common: counts by tag, folder and fact.

Axes: n sounds of the library, r sounds of the list.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from kikimimi.library.listing.columns import Ids, SoundColumns
from kikimimi.library.listing.tag_table import TagTable
from kikimimi.library.window_rows import raw_rows

MOST_TAGS = 200
MOST_FOLDERS = 2000

DURATION_EDGES_S = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)
LOUDNESS_EDGES_LUFS = (-70.0, -60.0, -50.0, -40.0, -35.0, -30.0, -25.0, -20.0, -15.0, -10.0, 0.0)


@dataclass(frozen=True, slots=True)
class Count:
    """How many sounds of the list have a value."""

    value: Any
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """How many sounds lie from `low` (inclusive) to `high`; None where it is open."""

    low: float | None
    high: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts within a list, the most frequent first; folders in the order of their paths.

    A folder counts all sounds below it; the folders that all sounds share are left out.
    """

    tags: Sequence[Count]
    folders: Sequence[Count]
    formats: Sequence[Count]
    sample_rates_hz: Sequence[Count]
    channels: Sequence[Count]
    durations: Sequence[Bar]
    loudness: Sequence[Bar]


def count_facets(connection: Connection, columns: SoundColumns, tags: TagTable, ids: Ids) -> Facets:
    """Count what the sounds with these ids (r,) have in common."""
    places = columns.places_of(ids)
    kinds = _counts(columns.kind_codes[places])
    formats: Counter[str] = Counter()
    for kind in kinds:
        formats[columns.kinds[kind.value].format] += kind.count
    return Facets(
        tags=_tags(connection, columns, tags, places),
        folders=_folders(columns, places),
        formats=[Count(*each) for each in formats.most_common()],
        sample_rates_hz=_counts(columns.sample_rates_hz[places]),
        channels=_counts(columns.channels[places]),
        durations=_bars(columns.durations_s[places], DURATION_EDGES_S),
        loudness=_bars(columns.loudness_lufs[places], LOUDNESS_EDGES_LUFS),
    )


def _tags(
    connection: Connection, columns: SoundColumns, tags: TagTable, places: Ids
) -> Sequence[Count]:
    chosen = np.zeros(int(columns.ids.max(initial=0)) + 1, dtype=np.bool_)
    chosen[columns.ids[places]] = True
    counts = sorted(tags.counts(chosen).items(), key=lambda each: -each[1])[:MOST_TAGS]
    names = dict(
        raw_rows(
            connection,
            "SELECT id, name FROM tags WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps([tag_id for tag_id, _ in counts]),),
        )
    )
    named = [Count(names[tag_id], count) for tag_id, count in counts if tag_id in names]
    return sorted(named, key=lambda each: (-each.count, each.value))


def _folders(columns: SoundColumns, places: Ids) -> Sequence[Count]:
    totals: Counter[str] = Counter()
    for each in _counts(columns.folder_codes[places]):
        for folder in _with_parents(columns.folders[each.value]):
            totals[folder] += each.count
    shared = [folder for folder, count in totals.items() if count == len(places)]
    root = max(shared, key=len, default="")
    inside = [Count(*each) for each in totals.items() if len(each[0]) >= len(root)]
    most = sorted(inside, key=lambda each: -each.count)[:MOST_FOLDERS]
    return sorted(most, key=lambda each: each.value)


def _with_parents(folder: str) -> list[str]:
    parts = folder.rstrip("/").split("/")
    return ["/".join(parts[:end]) or "/" for end in range(1, len(parts) + 1)]


def _counts(values: NDArray[Any]) -> list[Count]:
    """The values that occur and how often, the most frequent first."""
    known, counts = np.unique(values, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return [Count(known[at].item(), int(counts[at])) for at in order]


def _bars(values: NDArray[np.float64], edges: Sequence[float]) -> Sequence[Bar]:
    """How many of the values that are known lie between the edges, below and above them."""
    known = values[~np.isnan(values)]
    counts = np.bincount(np.searchsorted(edges, known, side="right"), minlength=len(edges) + 1)
    lows, highs = (None, *edges), (*edges, None)
    bars = [Bar(*each) for each in zip(lows, highs, counts.tolist(), strict=True)]
    return [bar for bar in bars if bar.count or None not in (bar.low, bar.high)]
