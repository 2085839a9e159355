"""From the body of a query to what the library is asked."""

from kikimimi.library.example import Example, WeightedExample
from kikimimi.library.listing.request import ListRequest
from kikimimi.library.query import Filters, joined_filters
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
        filters=joined_filters(box.filters, _filters(query)),
        playlist=query.playlist,
        like=(*box.like, *(_example(each, uploads) for each in query.like)),
        metric=query.metric,
        sort=query.sort,
        descending=query.descending,
        missing=query.missing,
    )


def _filters(query: QueryRequest) -> Filters:
    return Filters(
        tags=query.tags,
        without_tags=query.without_tags,
        min_duration_s=query.min_duration_s,
        max_duration_s=query.max_duration_s,
        formats=query.formats,
        sample_rates_hz=query.sample_rates_hz,
        channels=query.channels,
        folders=query.folders,
        min_loudness_lufs=query.min_loudness_lufs,
        max_loudness_lufs=query.max_loudness_lufs,
    )


def _example(like: LikeRequest, uploads: UploadStore) -> WeightedExample:
    source = uploads.path(like.upload) if like.upload is not None else like.sound or 0
    return WeightedExample(
        Example(source, start_s=like.start_s or 0.0, end_s=like.end_s), like.weight
    )
