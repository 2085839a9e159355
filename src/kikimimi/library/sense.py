"""Sounds by the sense of words: a sentence in the space of the embeddings.

What is stored of a sound stays as it is: the encoder brings the words into the space of its
embeddings, so that they are searched like an example. Distances lie in [0.7, 1], behind those of
every sound whose name, tags or folder hold the words. A sound that fits the words no better than
ordinary sounds do is not found, where the encoder knows how well these do.
"""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.text.translation import to_english
from kikimimi.library.nearest import Found, NearestRequest, nearest_sounds
from kikimimi.library.query import Filters, TextQuery, parse_query
from kikimimi.library.space import Metric
from kikimimi.library.vector_index import VectorIndex
from kikimimi.types import FloatArray

_SENSE_SHARE = 0.3
_CHECKED_ROWS = 256
_UNIT_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class Understood:
    """English sentences for what was typed, one for each comma group, and the unknown words.

    There are no sentences for a query that wants exact words (quotes) or excludes some.
    """

    sentences: tuple[str, ...]
    unknown: tuple[str, ...]


class Sense(NamedTuple):
    """What sentences mean: `vectors` (Q, D), and the cosine that a sound must reach to fit."""

    vectors: FloatArray
    least_cosine: float = -np.inf


@dataclass(frozen=True, slots=True, eq=False)
class SenseRequest:
    """What to find by the sense of sentences; the best of them counts.

    `allowed` are the ids of sounds to choose from before the filters, ascending; all if None.
    """

    sense: Sense
    limit: int
    filters: Filters = field(default_factory=Filters)
    excluded: tuple[int, ...] = ()
    allowed: NDArray[np.int64] | None = None


def understand(text: str | TextQuery) -> Understood:
    """Read a query as sentences; Japanese words are translated through the vocabulary.

    Raises:
        QueryError: a quote is not closed, or the text holds no letter or digit.
    """
    query = parse_query(text) if isinstance(text, str) else text
    groups = query.groups
    if any(group.excluded or any(term.exact for term in group.required) for group in groups):
        return Understood((), ())
    translated = [to_english(" ".join(term.text for term in group.required)) for group in groups]
    unknown = (word for each in translated for word in each.unknown)
    sentences = tuple(each.text for each in translated if each.text)
    return Understood(sentences, tuple(dict.fromkeys(unknown)))


def sense_of(text: str | TextQuery, encoder: Encoder) -> Sense | None:
    """What the sentences in a query mean; None if there are none.

    Raises:
        EncoderError: the weights for words are damaged.
    """
    sentences = understand(text).sentences
    if not sentences or not encoder.knows_words:
        return None
    vectors = encoder.text_query(sentences)
    if vectors is None:
        return None
    least = encoder.least_cosines(vectors)
    return Sense(vectors) if least is None else Sense(vectors, float(least.min()))


def sounds_by_sense(
    connection: Connection, index: VectorIndex, request: SenseRequest, *, more: int = 0
) -> list[Found]:
    """The sounds that fit, best first: at most `limit` and `more` and ties with the last."""
    index.refresh(connection)
    metric = _metric(index)
    wanted = NearestRequest(
        request.sense.vectors,
        request.limit + more,
        metric=metric,
        filters=request.filters,
        allowed=request.allowed,
        excluded=request.excluded,
    )
    found = nearest_sounds(connection, index, wanted)
    cosines = [_cosine(one.distance, metric) for one in found]
    return [
        replace(one, distance=1 - _SENSE_SHARE * (1 + cosine) / 2)
        for one, cosine in zip(found, cosines, strict=True)
        if cosine >= request.sense.least_cosine
    ]


def _metric(index: VectorIndex) -> Metric:
    """Euclidean where all embeddings have length 1 like the sentences: the order is that of the
    cosine, and the index of searches by example serves.
    """
    vectors = index.rows.vectors
    picked = np.linspace(0, max(len(vectors) - 1, 0), min(_CHECKED_ROWS, len(vectors)))
    lengths = np.linalg.norm(vectors[np.unique(picked.astype(np.int64))], axis=1)
    return "euclidean" if bool((np.abs(lengths - 1) < _UNIT_TOLERANCE).all()) else "cosine"


def _cosine(distance: float, metric: Metric) -> float:
    return 1 - (distance**2 / 2 if metric == "euclidean" else distance)
