"""Sounds as rows of a list, as the page shows them."""

import base64
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kikimimi.audio.measures.values import MEASURES
from kikimimi.encoders.vocabulary import display_name
from kikimimi.library.library import Library
from kikimimi.library.listing.rows import SoundRow, read_rows
from kikimimi.library.measures import measures_of
from kikimimi.library.records import SoundTag
from kikimimi.paths import display_path
from kikimimi.web.payloads.results import RowAnswer, TagAnswer
from kikimimi.web.payloads.sounds import PlaylistNameAnswer, SoundAnswer
from kikimimi.web.sound_files.formats import is_playable

TAGS_SHOWN = 8
TARGET_LUFS = -23.0
MOST_GAIN_DB = 20.0


class Fit(NamedTuple):
    """How a sound fits a query: its distance and the stretch that counted; None where unknown."""

    distance: float | None = None
    start_s: float | None = None
    end_s: float | None = None


_NO_FIT = Fit()


def answer_rows(
    library: Library, ids: Sequence[int], fits: Mapping[int, Fit] | None = None
) -> list[RowAnswer]:
    """The rows of sounds in the order of `ids`; those that are gone are left out."""
    with library.database.reading() as connection:
        rows = read_rows(connection, ids)
    return [_answer(row, (fits or {}).get(row.id, _NO_FIT)) for row in rows]


def answer_sound(library: Library, sound_id: int) -> SoundAnswer:
    """All that is known of one sound without opening its file.

    Raises:
        UnknownError: it is not in the library.
    """
    sound = library.sound(sound_id)
    with library.database.reading() as connection:
        row = read_rows(connection, [sound_id])[0]
        measured = measures_of(connection, sound_id)
    figures = {each.key: getattr(measured, each.key, None) for each in MEASURES}
    return SoundAnswer(
        **_answer(row, _NO_FIT).model_dump(exclude={"tags"}),
        tags=[answer_tag(tag) for tag in row.tags],
        path=display_path(sound.path),
        size_bytes=sound.size_bytes,
        subtype=sound.subtype,
        added_at=row.added_at,
        playlists=[
            PlaylistNameAnswer(id=number, name=name)
            for number, name in library.playlists.holding(sound_id)
        ],
        measures=figures,
    )


def answer_tag(tag: SoundTag) -> TagAnswer:
    """A tag with its names in both languages."""
    return TagAnswer(
        name=tag.name,
        label_en=display_name(tag.name, "en"),
        label_ja=display_name(tag.name, "ja"),
        score=tag.score,
        source=tag.source,
    )


def preview_gain_db(loudness_lufs: float | None, peak_db: float | None) -> float:
    """What brings a sound to the loudness of the others without clipping; 0 where not measured."""
    if loudness_lufs is None:
        return 0.0
    room = 0.0 if peak_db is None else -peak_db
    return min(TARGET_LUFS - loudness_lufs, MOST_GAIN_DB, max(room, 0.0))


def _answer(row: SoundRow, fit: Fit) -> RowAnswer:
    playable = is_playable(
        row.format, row.subtype, channels=row.channels, sample_rate_hz=row.sample_rate_hz
    )
    return RowAnswer(
        id=row.id,
        name=row.name,
        folder=row.folder,
        duration_s=row.duration_s,
        sample_rate_hz=row.sample_rate_hz,
        channels=row.channels,
        format=row.format,
        missing=row.missing,
        playable=playable,
        tags=[answer_tag(tag) for tag in row.tags[:TAGS_SHOWN]],
        distance=fit.distance,
        start_s=fit.start_s,
        end_s=fit.end_s,
        loudness_lufs=row.loudness_lufs,
        gain_db=preview_gain_db(row.loudness_lufs, row.peak_db),
        overview=None if row.overview is None else base64.b64encode(row.overview).decode(),
    )
