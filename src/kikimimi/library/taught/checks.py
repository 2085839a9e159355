"""What must hold before a tag is taught."""

import json

from sqlalchemy import Connection, select

from kikimimi.encoders.vocabulary import VOCABULARIES, vocabulary
from kikimimi.errors import LibraryError, QueryError
from kikimimi.library.database import read_settings
from kikimimi.library.schema import sounds


def check_may_be_taught(connection: Connection, name: str) -> None:
    """Check that a tag is not one that the encoder gives by itself.

    Raises:
        QueryError: it is.
    """
    known = {entry.tag for each in VOCABULARIES for entry in vocabulary(each)}
    card = json.loads(read_settings(connection).get("encoder_card", "{}"))
    if name in known or name in card.get("vocabulary", ()):
        raise QueryError(
            f"{name!r} is an automatic tag; teach yours under another name, for example "
            f"{'my ' + name.rpartition('/')[2]!r}"
        )


def check_has_sounds(connection: Connection) -> None:
    """Check that there is something to compare examples with.

    Raises:
        LibraryError: there is not.
    """
    if connection.execute(select(sounds.c.id).limit(1)).first() is None:
        raise LibraryError(
            "the library holds no sounds to compare the examples with; index a folder first"
        )
