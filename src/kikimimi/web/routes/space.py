"""The timbre space: axes, values, layouts, nearest sounds."""

import hashlib
from typing import Annotated, get_args

import numpy as np
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from kikimimi.library.layouts.records import LayoutInfo, LayoutKind
from kikimimi.library.library import Library
from kikimimi.library.window_rows import raw_rows
from kikimimi.web.conditional import is_known
from kikimimi.web.jobs import Job
from kikimimi.web.payloads.base import MOST_ID, Responses, errors
from kikimimi.web.payloads.space import AxisAnswer, LayoutAnswer, LayoutRequest, NearAnswer
from kikimimi.web.space.axes import layout_axes, measure_axes, tag_axes
from kikimimi.web.space.layouts import ensure_layout, fit_layout, missing_reason
from kikimimi.web.space.packing import pack_values
from kikimimi.web.space.values import axis_keys
from kikimimi.web.state import State

MOST_AXES = 8
MOST_NEAR = 1000
_MOST_TAGS = 300

router = APIRouter(prefix="/api/space", tags=["space"], responses=errors(404, 503))

_OCTETS: Responses = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string"}}}},
    304: {"description": "Not modified"},
}


@router.get("/axes")
def axes(state: State) -> list[AxisAnswer]:
    """All axes: components, layout, measures, and the most frequent tags."""
    library = state.library()
    found = [*measure_axes()]
    for kind in get_args(LayoutKind):
        info = ensure_layout(library, kind)
        reason = missing_reason(library, kind) if info is None else ("", "")
        found.extend(layout_axes(kind, info, _sound_names(library, info), reason))
    found.extend(tag_axes(state.space.frequent_tags(_MOST_TAGS)))
    return found


@router.get("/values", responses={**_OCTETS, **errors(400)}, response_class=Response)
def values(
    request: Request,
    state: State,
    axes: Annotated[str, Query(min_length=1, max_length=1000)],
    result: Annotated[str | None, Query(pattern="^[0-9a-f]{24}$")] = None,
) -> Response:
    """The values of sounds on axes, see `web.space.packing`; with `result`, those of a list."""
    keys = axis_keys(axes)[:MOST_AXES]
    revision, ids, columns = state.space.columns(keys)
    chosen = None
    if result is not None:
        chosen = np.isin(ids, state.library().lists.get(result).ranking.ids)
    body = pack_values(ids, columns, revision=revision, chosen=chosen)
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if is_known(request.headers, etag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/octet-stream", headers=headers)


@router.get("/near", responses=errors(400))
def near(
    state: State,
    sound: Annotated[int, Query(alias="id", ge=1, le=MOST_ID)],
    limit: Annotated[int, Query(ge=1, le=MOST_NEAR)] = 20,
) -> list[NearAnswer]:
    """The sounds nearest to one, without itself."""
    hits = state.library().search(like=sound, limit=limit)
    return [NearAnswer(id=hit.sound_id, distance=hit.distance) for hit in hits]


@router.post("/layout", status_code=202, responses=errors(409))
def layout(state: State, body: LayoutRequest) -> LayoutAnswer:
    """Fit a layout in the background, in place of the last one of its kind."""
    library = state.library()

    def work(job: Job) -> dict[str, int]:
        job.progress(0, 1, None)
        info = fit_layout(library, body.kind)
        state.space.forget_layouts()
        job.progress(1, 1, None)
        return {"sounds": info.sounds, "axes": len(info.axes)}

    return LayoutAnswer(job=state.jobs.start("layout", work).id)


def _sound_names(library: Library, info: LayoutInfo | None) -> dict[int, str]:
    """The names of the sounds that describe the axes of a layout."""
    wanted = sorted({each for axis in info.axes for each in axis.sounds}) if info else []
    if not wanted:
        return {}
    marks = ", ".join("?" * len(wanted))
    with library.database.reading() as connection:
        rows = raw_rows(connection, f"SELECT id, name FROM sounds WHERE id IN ({marks})", wanted)
    return dict(rows)
