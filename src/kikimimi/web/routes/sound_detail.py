"""What the page of one sound shows: waveform, spectrogram, tags over time, metadata, neighbours."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from kikimimi.audio.measures.overview import file_outline
from kikimimi.audio.measures.values import OVERVIEW_POINTS
from kikimimi.audio.metadata.reading import read_metadata
from kikimimi.audio.spectrogram_image import FrequencyScale, spectrogram_image
from kikimimi.library.measures import overviews_of
from kikimimi.library.records import Sound
from kikimimi.web.conditional import is_known
from kikimimi.web.payloads.base import MOST_ID, Responses, errors
from kikimimi.web.payloads.sound_detail import NearestAnswer, TagsOverTimeAnswer
from kikimimi.web.rows import Fit, answer_rows
from kikimimi.web.sound_detail.tags_over_time import tags_over_time
from kikimimi.web.sound_files.source import file_version
from kikimimi.web.state import State

router = APIRouter(prefix="/api/sounds", tags=["sounds"], responses=errors(404, 415, 503))

SoundId = Annotated[int, Path(ge=1, le=MOST_ID)]
Seconds = Annotated[float, Query(ge=0, le=1e9, allow_inf_nan=False)]
Level = Annotated[float, Query(ge=-200, le=100, allow_inf_nan=False)]

_OCTETS: Responses = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string"}}}},
    304: {"description": "Not modified"},
}


@router.get("/{sound}/metadata")
def metadata(state: State, sound: SoundId) -> dict[str, Any]:
    """What the file says of itself, in sections: ucs, bext, ixml, info, cue, tags."""
    found = _present(state.library().sound(sound))
    return read_metadata(found.path)


@router.get("/{sound}/overview", responses=_OCTETS, response_class=Response)
def overview(
    request: Request,
    state: State,
    sound: SoundId,
    points: Annotated[int, Query(ge=1, le=16384)] = 1024,
) -> Response:
    """The outline of the waveform: pairs of int8, least and greatest sample of equal stretches."""
    library = state.library()
    found = library.sound(sound)
    with library.database.reading() as connection:
        stored = overviews_of(connection, [sound]).get(sound)
    if points == OVERVIEW_POINTS and stored is not None:
        return _octets(request, stored, f'"{found.content_hash}-{points}"')
    version = _version(found)
    body = state.sound_answers.outlines.get(
        (found.path, version, points), lambda: file_outline(found.path, points)
    )
    return _octets(request, body, f'"{version}-{points}"')


@router.get("/{sound}/spectrogram", responses={**_OCTETS, **errors(400)}, response_class=Response)
def spectrogram(
    request: Request,
    state: State,
    sound: SoundId,
    start_s: Seconds = 0.0,
    end_s: Annotated[float | None, Query(gt=0, le=1e9, allow_inf_nan=False)] = None,
    columns: Annotated[int, Query(ge=1, le=4096)] = 1024,
    rows: Annotated[int, Query(ge=1, le=1024)] = 256,
    scale: FrequencyScale = "log",
    floor_db: Level = -100.0,
    ceiling_db: Level = 0.0,
) -> Response:
    """A picture of the spectrum over time: a byte a point, row by row from the top."""
    found = state.library().sound(sound)
    ceiling_db = max(ceiling_db, floor_db + 1)
    end_s = found.duration_s if end_s is None else end_s
    key = (_version(found), start_s, end_s, columns, rows, scale, floor_db, ceiling_db)
    image = state.sound_answers.images.get(
        (found.path, *key),
        lambda: spectrogram_image(
            found.path,
            start_s=start_s, end_s=end_s, columns=columns, rows=rows,
            scale=scale, floor_db=floor_db, ceiling_db=ceiling_db,
        ),
    )  # fmt: skip
    facts = {
        "X-Rows": str(rows),
        "X-Columns": str(columns),
        "X-F-Min": f"{image.f_min_hz:.6g}",
        "X-F-Max": f"{image.f_max_hz:.6g}",
        "X-Start-S": f"{image.start_s:.9g}",
        "X-End-S": f"{image.end_s:.9g}",
    }
    etag = '"' + "-".join(map(str, key)) + '"'
    return _octets(request, image.levels.tobytes(), etag, facts)


@router.get("/{sound}/tags_over_time")
def heard_over_time(
    state: State, sound: SoundId, top: Annotated[int, Query(ge=1, le=100)] = 12
) -> TagsOverTimeAnswer:
    """Which tags are heard when, by the default detector."""
    library = state.library()
    found = library.sound(sound)
    detector = state.listener.detector(library.encoder())
    return state.sound_answers.tags.get(
        (found.path, _version(found), detector.identity, top),
        lambda: tags_over_time(found.path, detector, duration_s=found.duration_s, top=top),
    )


@router.get("/{sound}/nearest", responses=errors(400))
def nearest(
    state: State, sound: SoundId, limit: Annotated[int, Query(ge=1, le=200)] = 12
) -> NearestAnswer:
    """The rows of the sounds nearest to one, without itself."""
    library = state.library()
    fits = {
        hit.sound_id: Fit(hit.distance, hit.start_s, hit.end_s)
        for hit in library.search(like=sound, limit=limit)
    }
    return NearestAnswer(rows=answer_rows(library, list(fits), fits))


def _present(sound: Sound) -> Sound:
    """The sound, if its file is there.

    Raises:
        MissingFileError: it is not (see `file_version`).
    """
    _version(sound)
    return sound


def _version(sound: Sound) -> str:
    """What tells one content of the sound's file from another."""
    return file_version(sound.path)[1].strip('"')


def _octets(
    request: Request, body: bytes, etag: str, facts: dict[str, str] | None = None
) -> Response:
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", **(facts or {})}
    if is_known(request.headers, etag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/octet-stream", headers=headers)
