"""Taking the vectors and automatic tags of a draft over into a library, in one transaction.

A sound is found in the draft by its path, which also tells of a file that has changed, else by
its content in another file.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from kikimimi.encoders.contract import Encoder
from kikimimi.library import store
from kikimimi.library.changes import Changes, Failed, Replaced, raise_revision, write_changes
from kikimimi.library.database import Database
from kikimimi.library.encoder_setting import write_encoder
from kikimimi.library.hash_setting import read_hash_bits, write_hash_bits
from kikimimi.library.records import Failure
from kikimimi.library.scanning import FileState
from kikimimi.library.schema import sounds
from kikimimi.library.taught import examples
from kikimimi.library.taught.refitting import refit_all

_SOUNDS_AT_ONCE = 256


class Switched(NamedTuple):
    """Sounds with new vectors, sounds that were found to be gone, examples that wait for theirs."""

    updated: int
    missing: int
    lost_examples: tuple[Failure, ...]


def switch_encoder(
    database: Database, draft: Database, encoder: Encoder, *, there: Collection[bytes]
) -> Switched:
    """Give every sound what the draft has of it, and the library its new encoder.

    Args:
        database: the library.
        draft: the same sounds as `encoder` hears them.
        encoder: the new encoder; if it has no codes of the library's length, searches go without.
        there: the paths of the sounds whose files were there to be read.

    Raises:
        LibraryError: the library cannot be written, and is as before.
    """
    with draft.reading() as source, database.writing() as target:
        examples.drop_heads(target)
        bad = store.read_failures(source)
        updated = missing = 0
        for rows in _batches(target):
            batch = _Batch()
            for row in rows:
                batch.add(source, row, is_there=row.path_key in there)
            batch.changes.failed = [
                Failed(row.path_key, bad[row.path_key][0], bad[row.path_key][1].reason)
                for row in rows
                if row.path_key in bad
            ]
            batch.write(target)
            updated += len(batch.changes.replaced)
            missing += sum(not row.missing and row.path_key not in there for row in rows)
        lost_examples = _re_embed_examples(source, target)
        write_encoder(target, encoder)
        if read_hash_bits(target) not in (0, *encoder.hash_bits):
            write_hash_bits(target, 0)
        raise_revision(target)
        refit_all(target)
    return Switched(updated, missing, lost_examples)


@dataclass(slots=True)
class _Batch:
    """Some sounds: what is written of them, those without a file, and those without vectors."""

    changes: Changes = field(default_factory=Changes)
    absent: list[int] = field(default_factory=list)
    unheard: list[int] = field(default_factory=list)

    def add(self, source: Connection, row: Row[Any], *, is_there: bool) -> None:
        heard = _at_path(source, row.path_key) if is_there else None
        if heard is not None:
            state = FileState(heard.size_bytes, heard.mtime_ns)
            content = store.content_of(source, store.sound_of_row(heard))
            self.changes.replaced.append(Replaced(row.id, state, content))
            self.changes.mended.append(row.path_key)
            return
        same = store.sounds_with_content(source, row.content_hash, most=1)
        if not same:
            self.unheard.append(row.id)
            return
        state = FileState(row.size_bytes, row.mtime_ns)
        self.changes.replaced.append(Replaced(row.id, state, store.content_of(source, same[0])))
        self.absent.append(row.id)

    def write(self, target: Connection) -> None:
        write_changes(target, self.changes)
        store.set_missing(target, self.absent, missing=True)
        store.drop_vectors(target, self.unheard)


def _batches(connection: Connection) -> Iterator[list[Row[Any]]]:
    last = 0
    query = select(sounds).order_by(sounds.c.id).limit(_SOUNDS_AT_ONCE)
    while rows := list(connection.execute(query.where(sounds.c.id > last))):
        yield rows
        last = rows[-1].id


def _at_path(source: Connection, path_key: bytes) -> Row[Any] | None:
    query = select(sounds).where(sounds.c.path_key == path_key, sounds.c.missing == 0)
    return source.execute(query).first()


def _re_embed_examples(source: Connection, target: Connection) -> tuple[Failure, ...]:
    """Give the examples of taught tags new vectors; those that wait for their sounds."""
    for content_hash in examples.example_places(target):
        same = store.sounds_with_content(source, content_hash, most=1)
        vectors = store.content_of(source, same[0]).vectors if same else None
        examples.replace_vectors(target, {content_hash: vectors})
    return tuple(
        Failure(
            Path(path),
            f"this example of the taught tag {name!r} is not there any more; the judgement is "
            "kept, and counts for other sounds again once the file is indexed",
        )
        for name, _, path in examples.waiting_examples(target)
    )
