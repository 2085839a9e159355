"""Lists of sounds under keys, made once and kept while they are looked at."""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from json import dumps
from typing import Generic, TypeVar

import numpy as np
from sqlalchemy import Connection

from kikimimi.encoders.contract import Encoder
from kikimimi.errors import UnknownError
from kikimimi.library import touches
from kikimimi.library.combination import Combination
from kikimimi.library.database import Database
from kikimimi.library.example import Example, example_vectors
from kikimimi.library.likeness import combination_of
from kikimimi.library.listing.columns import SoundColumns, load_columns, refreshed_columns
from kikimimi.library.listing.facets import Facets, count_facets
from kikimimi.library.listing.ranking import Sources, rank
from kikimimi.library.listing.request import ListRequest, Ranking, joined, sorted_ranking
from kikimimi.library.listing.suggestions import Suggestions, suggest
from kikimimi.library.listing.tag_table import TagTable, load_tags, refreshed_tags
from kikimimi.library.sense import Sense
from kikimimi.library.vector_index import VectorIndex
from kikimimi.types import FloatArray

_LISTS_KEPT = 16
_REQUESTS_KEPT = 1000
_VECTORS_KEPT = 64

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, eq=False)
class SoundList:
    """The sounds that fit a request, in its order.

    Args:
        key: what it is kept under; the same for the same request at the same revision.
        request: what was asked for.
        revision: of the library, see `library.touches`.
        ranking: the sounds.
        found_by: what found them, such as ("words", "sense").
        milliseconds: how long it took to make.
    """

    key: str
    request: ListRequest
    revision: int
    ranking: Ranking
    found_by: tuple[str, ...]
    milliseconds: float

    def __len__(self) -> int:
        return len(self.ranking.ids)

    def place_of(self, sound_id: int) -> int | None:
        """Where a sound stands, from 0; None if it is not in the list."""
        places = np.flatnonzero(self.ranking.ids == sound_id)
        return int(places[0]) if len(places) else None


class SoundLists:
    """Makes lists of one library; safe to share between threads."""

    def __init__(
        self,
        database: Callable[[], Database],
        index: Callable[[], VectorIndex],
        load_encoder: Callable[[], Encoder],
        sense: Callable[[str], Sense | None],
    ) -> None:
        self._database = database
        self._index = index
        self._load_encoder = load_encoder
        self._sense = sense
        self._lock = threading.RLock()
        self._columns: SoundColumns | None = None
        self._tags: TagTable | None = None
        self._lists: _Recent[str, SoundList] = _Recent(_LISTS_KEPT)
        self._requests: _Recent[str, ListRequest] = _Recent(_REQUESTS_KEPT)
        self._vectors: _Recent[tuple[Example, int], FloatArray] = _Recent(_VECTORS_KEPT)

    def make(self, request: ListRequest) -> SoundList:
        """The list for a request, at once where it was made before and nothing has changed.

        Raises:
            QueryError: the words, a filter or an example cannot be understood.
            AudioError: an example cannot be read.
            LibraryError: there is no library, or it is damaged.
        """
        with self._database().reading() as connection:
            revision = touches.revision(connection)
            key = _key(request, revision)
            known = self._lists.get(key)
            if known is not None:
                return known
            made = self._make(connection, key, request, revision)
        self._lists.put(key, made)
        self._requests.put(key, request)
        return made

    def get(self, key: str) -> SoundList:
        """The list that was made under a key; made anew if it was dropped since.

        Raises:
            UnknownError: no list was made under it, or so long ago that the request is forgotten.
        """
        known = self._lists.get(key)
        if known is not None:
            return known
        request = self._requests.get(key)
        if request is None:
            raise UnknownError("this list of sounds is not known any more; search again")
        with self._database().reading() as connection:
            made = self._make(connection, key, request, touches.revision(connection))
        self._lists.put(key, made)
        return made

    def forget(self) -> None:
        """Drop all lists; each is made anew when it is asked for."""
        self._lists.clear()

    def facets(self, key: str) -> Facets:
        """What is in a list, counted.

        Raises:
            UnknownError: as `get`.
        """
        found = self.get(key)
        with self._database().reading() as connection:
            columns, tags = self.columns(connection), self.tags(connection)
            return count_facets(connection, columns, tags, found.ranking.ids)

    def suggest(self, text: str) -> Suggestions:
        """Tags and folders that the last word of a line may mean, the most frequent first."""
        with self._database().reading() as connection:
            columns, tags = self.columns(connection), self.tags(connection)
            return suggest(connection, columns, tags, text)

    def columns(self, connection: Connection) -> SoundColumns:
        """The facts about all sounds as `connection` sees them."""
        with self._lock:
            known = self._columns
            if known is None or known.revision > touches.revision(connection):
                known = load_columns(connection, touches.revision(connection))
            self._columns = refreshed_columns(connection, known)
            return self._columns

    def tags(self, connection: Connection) -> TagTable:
        """The tags of all sounds as `connection` sees them."""
        with self._lock:
            known = self._tags
            if known is None or known.revision > touches.revision(connection):
                known = load_tags(connection, touches.revision(connection))
            self._tags = refreshed_tags(connection, known)
            return self._tags

    def _make(
        self, connection: Connection, key: str, request: ListRequest, revision: int
    ) -> SoundList:
        started = time.perf_counter()
        columns = self.columns(connection)
        sources = Sources(
            connection=connection,
            columns=columns,
            tags=lambda: self.tags(connection),
            index=self._index(),
            combination=lambda: self._combination(connection, request),
            sense=self._sense,
        )
        rankings = rank(sources, request)
        ranking = sorted_ranking(joined(rankings), columns, request)
        found_by = tuple(one.found_by for one in rankings if len(one.ids))
        spent = 1000 * (time.perf_counter() - started)
        return SoundList(key, request, revision, ranking, found_by, spent)

    def _combination(self, connection: Connection, request: ListRequest) -> Combination | None:
        if not request.like:
            return None
        return combination_of(
            request.like,
            lambda example: self._example(connection, example),
            metric=request.metric,
        )

    def _example(self, connection: Connection, example: Example) -> FloatArray:
        """The vectors of an example; a stretch or a file is embedded once."""
        if isinstance(example.sound, int) and example.is_whole:
            return example_vectors(connection, example, self._load_encoder)
        key = (example, touches.revision(connection))
        known = self._vectors.get(key)
        if known is None:
            known = example_vectors(connection, example, self._load_encoder)
            self._vectors.put(key, known)
        return known


class _Recent(Generic[K, V]):
    """The values that were used last, up to a number of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def clear(self) -> None:
        with self._lock:
            self._values.clear()

    def put(self, key: K, value: V) -> None:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)


def _key(request: ListRequest, revision: int) -> str:
    text = dumps([asdict(request), revision], default=str, sort_keys=True)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
