"""Which encoder a library was made with."""

import json
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import Connection

from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.registry import create_encoder
from kikimimi.errors import LibraryError
from kikimimi.library.database import read_settings
from kikimimi.library.schema import settings
from kikimimi.paths import display_path


def encoder_settings(encoder: Encoder) -> dict[str, str]:
    """What a library remembers of a loaded encoder."""
    return {
        "encoder_name": encoder.card.name,
        "encoder_identity": encoder.identity,
        "encoder_card": json.dumps(asdict(encoder.card)),
    }


def read_encoder_identity(connection: Connection) -> str:
    """The identity of the encoder whose vectors the library holds."""
    return read_settings(connection)["encoder_identity"]


def write_encoder(connection: Connection, encoder: Encoder) -> None:
    """Remember another encoder; the caller replaces the vectors in the same transaction."""
    rows = [{"key": key, "value": value} for key, value in encoder_settings(encoder).items()]
    connection.execute(settings.insert().prefix_with("OR REPLACE"), rows)


def load_library_encoder(connection: Connection, library: Path) -> Encoder:
    """The encoder that the library at the path `library` was made with.

    Raises:
        LibraryError: the installed encoder of this name is another one.
        EncoderError: it is not installed, or its weights are damaged.
    """
    remembered = read_settings(connection)
    encoder = create_encoder(remembered["encoder_name"]).load()
    if encoder.identity != remembered["encoder_identity"]:
        raise LibraryError(
            f"library {display_path(library)}: it was made with the encoder "
            f"{remembered['encoder_identity']}, but this Kikimimi has {encoder.identity}; to move "
            "it to that one with all tags and playlists run kikimimi index --re-embed"
        )
    return encoder


def check_wanted_encoder(connection: Connection, library: Path, wanted: str | None) -> None:
    """Check that a library was made with an encoder of the name `wanted`; None for any.

    Raises:
        LibraryError: it was made with another one.
    """
    name = read_settings(connection)["encoder_name"]
    if wanted not in (None, name):
        raise LibraryError(
            f"library {display_path(library)}: it was made with the encoder '{name}', not "
            f"'{wanted}'; leave --encoder out, or to move it to '{wanted}' with all tags and "
            f"playlists run kikimimi index --re-embed --encoder {wanted}"
        )
