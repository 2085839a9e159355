"""From an older schema to the present one, step by step, in one transaction.

To change the schema: edit `schema.py`, raise `SCHEMA_VERSION` to n + 1 and add to `STEPS`, under
the key n, a function that turns a library of version n into one of version n + 1.
"""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from kikimimi.errors import LibraryError
from kikimimi.library import schema
from kikimimi.paths import display_path

Step = Callable[[Connection], None]

STEPS: dict[int, Step] = {}


def migrate(connection: Connection, path: Path) -> None:
    """Bring the library open in `connection` to `SCHEMA_VERSION`.

    Raises:
        LibraryError: the library is so old that no step leads on from it.
    """
    version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    while version < schema.SCHEMA_VERSION:
        if version not in STEPS:
            raise LibraryError(
                f"library {display_path(path)}: its schema {version} is too old to be brought up "
                "to date; open it once with a Kikimimi in between"
            )
        STEPS[version](connection)
        version += 1
        connection.exec_driver_sql(f"PRAGMA user_version = {version}")
