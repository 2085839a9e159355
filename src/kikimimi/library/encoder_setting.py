"""Which encoder a library was made with."""

import json
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import Connection

from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.registry import create_encoder
from kikimimi.errors import EncoderError, LibraryError
from kikimimi.library.database import read_settings
from kikimimi.library.schema import settings
from kikimimi.paths import display_path


def encoder_settings(encoder: Encoder) -> dict[str, str]:
    """What a library remembers of a loaded encoder."""
    return {
        "encoder_name": encoder.card.name,
        "encoder_reference": encoder.reference,
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


def read_encoder_reference(connection: Connection) -> str:
    """The name or folder of the library's encoder; older libraries remember its name only."""
    remembered = read_settings(connection)
    return remembered.get("encoder_reference", remembered["encoder_name"])


def remember_reference(connection: Connection, encoder: Encoder) -> None:
    """Remember where the library's own encoder is now."""
    row = {"key": "encoder_reference", "value": encoder.reference}
    connection.execute(settings.insert().prefix_with("OR REPLACE"), [row])


def load_library_encoder(
    connection: Connection, library: Path, *, wanted: str | None = None
) -> Encoder:
    """The encoder that the library at the path `library` was made with.

    Args:
        connection: to the library.
        library: its path.
        wanted: where to look for it; where it was when it was last used if not given.

    Raises:
        LibraryError: the installed encoder of this name is another one, or the folder of one that
            was trained is gone.
        EncoderError: it is not installed, or its weights are damaged.
    """
    remembered = read_settings(connection)
    name = remembered["encoder_name"]
    reference = read_encoder_reference(connection) if wanted in (None, name) else str(wanted)
    try:
        encoder = create_encoder(reference).load()
    except EncoderError as error:
        if reference == name:
            raise
        raise LibraryError(
            f"library {display_path(library)}: its encoder '{name}' was in "
            f"the folder {display_path(reference)} ({error}); put it back, or run kikimimi index "
            "with --encoder and the folder where it is now"
        ) from None
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
    remembered = read_settings(connection)
    name = remembered["encoder_name"]
    if wanted not in (None, name) and not _is_the(wanted, remembered["encoder_identity"]):
        raise LibraryError(
            f"library {display_path(library)}: it was made with the encoder '{name}', not "
            f"'{wanted}'; leave --encoder out, or to move it to '{wanted}' with all tags and "
            f"playlists run kikimimi index --re-embed --encoder {wanted}"
        )


def _is_the(wanted: str | None, identity: str) -> bool:
    """Whether the encoder `wanted` is there and has this identity."""
    try:
        return create_encoder(str(wanted)).identity == identity
    except EncoderError:
        return False
