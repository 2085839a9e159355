"""The measures of sounds as rows; written in the transaction that writes the sounds."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, select, text

from kikimimi.audio.measures.values import Measures
from kikimimi.library.schema import sound_measures, sound_overviews
from kikimimi.library.window_rows import raw_rows

_UNMEASURED = (
    "SELECT id FROM sounds WHERE missing = 0 AND NOT EXISTS "
    "(SELECT 1 FROM sound_measures WHERE sound_id = sounds.id)"
)
_FIGURES = [column.name for column in sound_measures.columns]
_WRITE_FIGURES = text(
    f"INSERT OR REPLACE INTO sound_measures ({', '.join(_FIGURES)}) "
    f"VALUES ({', '.join(f':{name}' for name in _FIGURES)})"
)
_WRITE_OVERVIEWS = text(
    "INSERT OR REPLACE INTO sound_overviews (sound_id, overview) VALUES (:sound_id, :overview)"
)
_DROP = ("DELETE FROM sound_measures", "DELETE FROM sound_overviews")


def write_measures(
    connection: Connection, sound_ids: Sequence[int], measured: Sequence[Measures | None]
) -> None:
    """Write what was measured of sounds; None forgets what was measured before."""
    pairs = list(zip(sound_ids, measured, strict=True))
    rows = [{"sound_id": sound_id, **asdict(each)} for sound_id, each in pairs if each is not None]
    gone = [{"sound_id": sound_id} for sound_id, each in pairs if each is None]
    if rows:
        connection.execute(_WRITE_FIGURES, rows)
        connection.execute(_WRITE_OVERVIEWS, rows)
    for statement in _DROP if gone else ():
        connection.execute(text(f"{statement} WHERE sound_id = :sound_id"), gone)


def measures_of(connection: Connection, sound_id: int) -> Measures | None:
    """What was measured of a sound; None before it was."""
    query = select(sound_measures, sound_overviews.c.overview).join(
        sound_overviews, sound_overviews.c.sound_id == sound_measures.c.sound_id
    )
    row = connection.execute(query.where(sound_measures.c.sound_id == sound_id)).first()
    if row is None:
        return None
    values: dict[str, Any] = dict(row._mapping)
    del values["sound_id"]
    return Measures(**values)


def overviews_of(connection: Connection, sound_ids: Iterable[int]) -> dict[int, bytes]:
    """The overviews of those of some sounds that are measured, by id."""
    ids = list(sound_ids)
    query = select(sound_overviews).where(sound_overviews.c.sound_id.in_(ids))
    return {row.sound_id: row.overview for row in connection.execute(query)}


def unmeasured_sounds(connection: Connection) -> frozenset[int]:
    """The present sounds that were never measured, as those of libraries of schema 2."""
    return frozenset(row[0] for row in raw_rows(connection, _UNMEASURED))
