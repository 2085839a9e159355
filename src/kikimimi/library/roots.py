"""The folders that a library was made from, so that they can be looked through again."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, select

from kikimimi.library.database import read_settings
from kikimimi.library.schema import settings, sounds

_KEY = "roots"


def remember_roots(connection: Connection, places: Iterable[Path]) -> None:
    """Add folders and files that are being indexed; what lies under another one is left out."""
    given = [Path(os.path.realpath(place)) for place in places if os.path.lexists(place)]
    before = _remembered(connection)
    roots = _outermost([*before, *given])
    if roots != before:
        # ASCII, because SQLite takes no name that is not UTF-8 as text.
        row = {"key": _KEY, "value": json.dumps([str(root) for root in roots])}
        connection.execute(settings.insert().prefix_with("OR REPLACE"), [row])


def read_roots(connection: Connection) -> list[Path]:
    """The folders and files that were indexed, in order.

    Of a library that was made before these were remembered: the folders that hold its sounds.
    """
    remembered = _remembered(connection)
    if remembered:
        return remembered
    keys = connection.execute(select(sounds.c.path_key)).scalars()
    return _outermost({Path(os.fsdecode(key)).parent for key in keys})


def _remembered(connection: Connection) -> list[Path]:
    return [Path(root) for root in json.loads(read_settings(connection).get(_KEY, "[]"))]


def _outermost(places: Iterable[Path]) -> list[Path]:
    """Those places that lie under no other one."""
    kept: list[Path] = []
    for place in sorted(set(places), key=lambda place: place.parts):
        if not kept or not place.is_relative_to(kept[-1]):
            kept.append(place)
    return kept
