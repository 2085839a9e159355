"""Moving a library to another encoder without losing anything that its user made.

The sounds are indexed with the new encoder into a draft, a library of its own beside the first,
which an interrupted run leaves to the next one. Until `switching` takes the draft over in one
transaction, the first library is as it was and is searched with its old encoder.
"""

import os
from pathlib import Path

from kikimimi.encoders.contract import Encoder
from kikimimi.errors import LibraryError
from kikimimi.library import store
from kikimimi.library.database import Database, create_database
from kikimimi.library.encoder_setting import encoder_settings, read_encoder_identity
from kikimimi.library.ingest import index_folders
from kikimimi.library.records import Failure, IndexProgress, IndexReport
from kikimimi.library.scanning import file_state
from kikimimi.library.switching import switch_encoder
from kikimimi.library.taught.examples import example_places
from kikimimi.paths import display_path

_DRAFT_ENDINGS = ("", "-wal", "-shm", "-journal")


def re_embed(
    database: Database,
    encoder: Encoder,
    *,
    workers: int | None = None,
    progress: IndexProgress | None = None,
) -> IndexReport:
    """Embed every sound of a library again; the caller holds the indexing lock.

    Args:
        database: the library.
        encoder: the new encoder, loaded.
        workers: the most processes to use; 1 reads in this one, None uses every core.
        progress: told after each commit to the draft.

    Returns:
        `updated` counts the sounds that have new vectors. Sounds whose files are gone are `missing`
        and keep all that the user said of them; if no copy of their content is left they are read
        when their files turn up again, and so are the examples of taught tags, which are named
        among the failures.

    Raises:
        LibraryError: the library or the folder beside it cannot be written, `workers` is below 1,
            or none of the sounds can be read.
    """
    with database.writing() as connection:  # a library that cannot be written is refused here
        is_current = read_encoder_identity(connection) == encoder.identity
        count = sum(1 for _ in store.known_files(connection)) if is_current else 0
    if is_current:
        _delete_draft(database.path)
        return IndexReport(unchanged=count)
    there, examples = _places(database)
    draft = _open_draft(database.path, encoder)
    try:
        read = index_folders(
            draft,
            [Path(os.fsdecode(path_key)) for path_key in sorted(there | examples)],
            load_encoder=lambda: encoder,
            workers=workers,
            progress=progress,
        )
        _check_any_read(database, draft, read.failures)
        switched = switch_encoder(database, draft, encoder, there=there)
    finally:
        draft.close()
    _delete_draft(database.path)
    return IndexReport(
        updated=switched.updated,
        missing=switched.missing,
        failures=tuple(sorted((*read.failures, *switched.lost_examples))),
        audio_seconds=read.audio_seconds,
        seconds=read.seconds,
    )


def draft_path(library: Path) -> Path:
    """Where the draft of a library lies until it is taken over."""
    return library.with_name(f"{library.name}.re-embed")


def _places(database: Database) -> tuple[set[bytes], set[bytes]]:
    """The sounds' files that are there, and files that may be examples and are no sounds."""
    there: set[bytes] = set()
    contents: set[str] = set()
    with database.reading() as connection:
        for sound in store.read_sounds(connection):
            path_key = os.fsencode(sound.path)
            if _may_be_there(path_key):
                there.add(path_key)
                contents.add(sound.content_hash)
        places = example_places(connection)
    texts = [text for hashed in places.keys() - contents for text in places[hashed]]
    # Imported examples bring places of another machine, as text that anybody may have written.
    usable = [text for text in texts if Path(text).is_absolute() and "\0" not in text]
    return there, set(filter(_may_be_there, map(os.fsencode, usable)))


def _may_be_there(path_key: bytes) -> bool:
    try:
        return file_state(path_key) is not None
    except OSError:
        return True  # The scan says why it cannot be looked at.


def _open_draft(library: Path, encoder: Encoder) -> Database:
    """The draft that an interrupted run for this encoder left, or an empty one."""
    path = draft_path(library)
    if path.exists():
        draft = _left_draft(path, encoder)
        if draft is not None:
            return draft
        _delete_draft(library)
    create_database(path, {**encoder_settings(encoder), "revision": "0"})
    return Database(path)


def _left_draft(path: Path, encoder: Encoder) -> Database | None:
    """None for a draft that was made with another encoder or is damaged."""
    try:
        draft = Database(path)
    except LibraryError:
        return None
    try:
        draft.check()
        with draft.reading() as connection:
            is_wanted = read_encoder_identity(connection) == encoder.identity
    except LibraryError:
        is_wanted = False
    if not is_wanted:
        draft.close()
        return None
    return draft


def _check_any_read(database: Database, draft: Database, failures: tuple[Failure, ...]) -> None:
    """Check that not every sound is lost to this run, as when a disk is not connected."""
    with draft.reading() as connection:
        is_empty = next(iter(store.known_files(connection)), None) is None
    with database.reading() as connection:
        has_sounds = any(not file.missing for file in store.known_files(connection))
    if is_empty and has_sounds:
        first = f"; the first: {failures[0].path}: {failures[0].reason}" if failures else ""
        raise LibraryError(
            f"library {display_path(database.path)}: none of its sounds can be read, so it is left "
            f"as it is; connect the disk that they are on and run the command again{first}"
        )


def _delete_draft(library: Path) -> None:
    path = draft_path(library)
    try:
        for ending in _DRAFT_ENDINGS:
            Path(f"{path}{ending}").unlink(missing_ok=True)
    except OSError as error:
        raise LibraryError(
            f"{display_path(path)} cannot be deleted ({error.strerror}); delete it yourself"
        ) from error
