"""What the sounds of a list have in common: counts by tag, folder and fact.

Axes: n sounds of the library, r sounds of the list.
"""

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

DURATION_EDGES_S = np.geomspace(0.05, 3600.0, 33)
LOUDNESS_EDGES_LUFS = np.linspace(-70.0, 0.0, 36)


@dataclass(frozen=True, slots=True)
class Count:
    """How many sounds of the list have a value."""

    value: Any
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """How many sounds lie from `low` (inclusive) to `high`."""

    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts within a list, the most frequent first; folders in the order of their paths.

    A folder counts the sounds directly inside it.
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
    return tag_counts(connection, tags, chosen)[:MOST_TAGS]


def tag_counts(
    connection: Connection, tags: TagTable, chosen: NDArray[np.bool_]
) -> Sequence[Count]:
    """How many of the chosen sounds (by id) have each tag, the most frequent first."""
    names = dict(raw_rows(connection, "SELECT id, name FROM tags"))
    named = [
        Count(names[tag_id], count)
        for tag_id, count in tags.counts(chosen).items()
        if tag_id in names
    ]
    return sorted(named, key=lambda each: (-each.count, each.value))


def _folders(columns: SoundColumns, places: Ids) -> Sequence[Count]:
    most = _counts(columns.folder_codes[places])[:MOST_FOLDERS]
    named = [Count(columns.folders[each.value], each.count) for each in most]
    return sorted(named, key=lambda each: each.value)


def _counts(values: NDArray[Any]) -> list[Count]:
    """The values that occur and how often, the most frequent first."""
    known, counts = np.unique(values, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return [Count(known[at].item(), int(counts[at])) for at in order]


def _bars(values: NDArray[np.float64], edges: NDArray[np.float64]) -> Sequence[Bar]:
    """How many of the values that are known lie between edges; the outer bars hold the rest."""
    known = values[~np.isnan(values)]
    inside = np.clip(known, edges[0], np.nextafter(edges[-1], edges[0]))
    counts = np.histogram(inside, edges)[0]
    spans = zip(edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True)
    return [Bar(*span) for span in spans] if len(known) else []
