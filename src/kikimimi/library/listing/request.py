"""What a list is asked for, and what it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kikimimi.library.example import WeightedExample
from kikimimi.library.listing.columns import Ids, SoundColumns
from kikimimi.library.query import Filters
from kikimimi.library.search import FoundBy
from kikimimi.library.space import Metric

Sort = Literal[
    "rank",
    "name",
    "folder",
    "duration_s",
    "sample_rate_hz",
    "channels",
    "loudness_lufs",
    "distance",
    "added",
]


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Which sounds, in which order.

    Args:
        text: words, as `Library.search` takes them.
        filters: conditions.
        playlist: only the sounds of this playlist.
        like: examples; with one, the list holds the nearest sounds and no more.
        metric: how they are compared.
        sort: the order; "rank" is the best first, and where nothing ranks the order of the
            playlist, or by name.
        descending: the other way round; equals stay by name.
        missing: True for sounds whose files are gone, False for the others, None for both.
    """

    text: str = ""
    filters: Filters = field(default_factory=Filters)
    playlist: int | None = None
    like: tuple[WeightedExample, ...] = ()
    metric: Metric = "euclidean"
    sort: Sort = "rank"
    descending: bool = False
    missing: bool | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Sounds that fit, best first.

    Args:
        ids: (n,) ids of sounds.
        distances: (n,), NaN where nothing ranks.
        starts_s, ends_s: (n,) the stretch that counted; NaN for the whole sound.
        found_by: what found the sounds.
    """

    ids: Ids
    distances: NDArray[np.float64]
    starts_s: NDArray[np.float64]
    ends_s: NDArray[np.float64]
    found_by: FoundBy

    def at(self, places: Ids) -> "Ranking":
        """The sounds at these places, in their order."""
        return Ranking(
            self.ids[places],
            self.distances[places],
            self.starts_s[places],
            self.ends_s[places],
            self.found_by,
        )


def whole_sounds(ids: Ids, distances: NDArray[np.float64], found_by: FoundBy) -> Ranking:
    """A ranking in which the whole of each sound counted."""
    whole = np.full(len(ids), np.nan)
    return Ranking(ids, distances, whole, whole, found_by)


def sorted_ranking(ranking: Ranking, columns: SoundColumns, request: ListRequest) -> Ranking:
    """The sounds in the order that was asked for; values that are not known come last."""
    if request.sort == "rank":
        last_first = np.arange(len(ranking.ids))[::-1]
        return ranking.at(last_first) if request.descending else ranking
    places = columns.places_of(ranking.ids)
    values = _VALUES[request.sort](columns, places, ranking).astype(np.float64)
    unknown = np.isnan(values)
    values = np.where(unknown, 0, -values if request.descending else values)
    return ranking.at(np.lexsort((columns.name_ranks[places], values, unknown)))


_Values = Callable[[SoundColumns, Ids, Ranking], NDArray[np.generic]]

_VALUES: Mapping[str, _Values] = {
    "name": lambda columns, places, _: columns.name_ranks[places],
    "folder": lambda columns, places, _: columns.folder_ranks[columns.folder_codes[places]],
    "duration_s": lambda columns, places, _: columns.durations_s[places],
    "sample_rate_hz": lambda columns, places, _: columns.sample_rates_hz[places],
    "channels": lambda columns, places, _: columns.channels[places],
    "loudness_lufs": lambda columns, places, _: columns.loudness_lufs[places],
    "distance": lambda _columns, _places, ranking: ranking.distances,
    "added": lambda columns, places, _: columns.ids[places],
}


def joined(rankings: Sequence[Ranking]) -> Ranking:
    """Rankings one after the other."""
    first, *others = rankings
    if not others:
        return first
    return Ranking(
        np.concatenate([each.ids for each in rankings]),
        np.concatenate([each.distances for each in rankings]),
        np.concatenate([each.starts_s for each in rankings]),
        np.concatenate([each.ends_s for each in rankings]),
        first.found_by,
    )
