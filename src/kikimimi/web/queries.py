"""From the body of a query to what the library is asked."""

from collections.abc import Callable

from kikimimi.library.example import Example, WeightedExample
from kikimimi.library.listing.request import ListRequest
from kikimimi.library.query import Filters
from kikimimi.library.query_box import parse_box
from kikimimi.web.payloads.results import LikeRequest, QueryRequest
from kikimimi.web.uploads.store import UploadStore


def list_request(query: QueryRequest, uploads: UploadStore) -> ListRequest:
    """What a query asks for: the line of the box and the other members together.

    Raises:
        QueryError: the line cannot be understood.
        NotFoundError: an upload is not kept any more.
    """
    box = parse_box(query.text)
    return ListRequest(
        text=box.text,
        filters=_joined(box.filters, query),
        playlist=query.playlist,
        like=(*box.like, *(_example(each, uploads) for each in query.like)),
        metric=query.metric,
        sort=query.sort,
        descending=query.descending,
        missing=query.missing,
    )


def _joined(box: Filters, query: QueryRequest) -> Filters:
    """Both must hold; of formats, rates, channels and folders, any that either names."""
    return Filters(
        tags=_distinct(box.tags, query.tags),
        without_tags=_distinct(box.without_tags, query.without_tags),
        min_duration_s=_tighter(max, box.min_duration_s, query.min_duration_s),
        max_duration_s=_tighter(min, box.max_duration_s, query.max_duration_s),
        formats=_distinct(box.formats, query.formats),
        sample_rates_hz=(*box.sample_rates_hz, *query.sample_rates_hz),
        channels=(*box.channels, *query.channels),
        folders=_distinct(box.folders, query.folders),
        min_loudness_lufs=_tighter(max, box.min_loudness_lufs, query.min_loudness_lufs),
        max_loudness_lufs=_tighter(min, box.max_loudness_lufs, query.max_loudness_lufs),
    )


def _distinct(*names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for each in names for name in each))


def _tighter(choose: Callable[[list[float]], float], *bounds: float | None) -> float | None:
    known = [bound for bound in bounds if bound is not None]
    return choose(known) if known else None


def _example(like: LikeRequest, uploads: UploadStore) -> WeightedExample:
    source = uploads.path(like.upload) if like.upload is not None else like.sound or 0
    return WeightedExample(
        Example(source, start_s=like.start_s or 0.0, end_s=like.end_s), like.weight
    )
