"""From what a user names as an example to the vectors that stand for it."""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.file_embedding import embed_file
from kikimimi.errors import KikimimiError, QueryError
from kikimimi.library import store
from kikimimi.library.content_hash import hash_file
from kikimimi.library.database import Database
from kikimimi.library.records import Failure, Sound, SoundReference
from kikimimi.library.taught.examples import JudgedSound, now
from kikimimi.paths import display_path


def judge_files(
    database: Database,
    references: Iterable[SoundReference],
    load_encoder: Callable[[], Encoder],
    *,
    wanted: bool,
) -> tuple[list[JudgedSound], list[Failure]]:
    """Read sounds of the library (by id) and any sound files (by path) as examples.

    A file whose bytes the library has is not decoded. Files that cannot be read are named in the
    failures.

    Raises:
        QueryError: there is no sound of an id.
        LibraryError: the library was made with another encoder than the one that is installed.
    """
    judged: list[JudgedSound] = []
    failures: list[Failure] = []
    for reference in references:
        if isinstance(reference, int):
            with database.reading() as connection:
                sound = store.find_sound(connection, reference)
                judged.append(judge_sound(connection, sound, wanted=wanted, origin="teach"))
            continue
        path = Path(reference).expanduser()
        try:
            judged.append(_judge_file(database, path, load_encoder, wanted=wanted))
        except OSError as error:
            failures.append(Failure(path, error.strerror or type(error).__name__))
        except KikimimiError as error:
            failures.append(Failure(path, str(error).removeprefix(f"{display_path(path)}: ")))
    return judged, failures


def judge_sound(connection: Connection, sound: Sound, *, wanted: bool, origin: str) -> JudgedSound:
    """A sound of the library as an example, as the library knows it."""
    vectors = store.content_of(connection, sound).vectors
    return JudgedSound(sound.content_hash, wanted, vectors, sound_path(sound), origin, now())


def sound_path(sound: Sound) -> str:
    """Where a sound is, as text for people."""
    return display_path(sound.path)


def check_agreement(judged: Iterable[JudgedSound]) -> None:
    """Check that nothing is given as an example and as a counter-example.

    Raises:
        QueryError: something is; by its bytes, not by its name.
    """
    seen: dict[str, JudgedSound] = {}
    for each in judged:
        other = seen.setdefault(each.content_hash, each)
        if other.wanted != each.wanted:
            names = " and ".join(dict.fromkeys((other.path, each.path)))
            raise QueryError(
                f"{names}: the same sound is given as an example and as a counter-example; "
                "decide for one"
            )


def _judge_file(
    database: Database, path: Path, load_encoder: Callable[[], Encoder], *, wanted: bool
) -> JudgedSound:
    content_hash = hash_file(path)
    with database.reading() as connection:
        known = store.sounds_with_content(connection, content_hash, most=1)
        if known:
            found = judge_sound(connection, known[0], wanted=wanted, origin="teach")
            return JudgedSound(
                content_hash, wanted, found.vectors, _absolute(path), "teach", found.given_at
            )
    vectors = np.asarray(embed_file(path, load_encoder()).vectors, dtype=np.float32)
    return JudgedSound(content_hash, wanted, vectors, _absolute(path), "teach", now())


def _absolute(path: Path) -> str:
    return display_path(path.absolute())
