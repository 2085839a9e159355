"""A library file written straight into its tables, for tests of the search."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import create_engine, delete, insert, update

from kikimimi.library import schema, words


class LibraryRows:
    """An engine on a new library and ways to change its rows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engine = create_engine(f"sqlite:///{path}")
        with self.engine.begin() as connection:
            schema.metadata.create_all(connection)
            connection.exec_driver_sql(schema.CREATE_WORDS)
            settings = {"encoder_identity": "e@1", "created_at": "t", "revision": "0"}
            rows = [{"key": key, "value": value} for key, value in settings.items()]
            connection.execute(insert(schema.settings), rows)

    @classmethod
    def opened(cls, path: Path) -> "LibraryRows":
        """Ways to change the rows of a library that is there."""
        rows = cls.__new__(cls)
        rows.path = path
        rows.engine = create_engine(f"sqlite:///{path}")
        return rows

    def add(self, path: str, vectors: Any, *, tags: Any = (), **columns: Any) -> int:
        """Add a sound with a window of a second for each vector; tags as (name, score, source)."""
        return self.add_many([(path, vectors, tags, columns)])[0]

    def add_many(self, sounds: Sequence[tuple[str, Any, Any, dict[str, Any]]]) -> list[int]:
        with self.engine.begin() as connection:
            ids = [self._add(connection, *sound) for sound in sounds]
            self._raise_revision(connection)
        return ids

    def _add(
        self, connection: Any, path: str, vectors: Any, tags: Any, columns: dict[str, Any]
    ) -> int:
        folder, _, name = path.rpartition("/")
        array = np.atleast_2d(np.asarray(vectors, dtype="<f4"))
        values = {
            "path_key": path.encode(),
            "path": path,
            "name": name,
            "folder": folder,
            "size_bytes": 1,
            "mtime_ns": 1,
            "content_hash": path,
            "format": "WAV",
            "subtype": "PCM_16",
            "sample_rate_hz": 48000,
            "channels": 1,
            "duration_s": float(len(array)),
            "missing": 0,
        } | columns
        sound_id = connection.execute(insert(schema.sounds), values).inserted_primary_key[0]
        windows = [
            {"sound_id": sound_id, "start_s": at, "end_s": at + 1.0, "vector": vector.tobytes()}
            for at, vector in enumerate(array)
        ]
        connection.execute(insert(schema.windows), windows)
        for tag, score, source in tags:
            self._tag(connection, sound_id, tag, score, source)
        shown = [tag for tag, _, source in tags if source != "rejected"]
        texts = words.index_text(name=name, folder=folder, tag_names=shown)
        connection.exec_driver_sql(
            "INSERT INTO words(rowid, name, folder, tags) VALUES (?, ?, ?, ?)", (sound_id, *texts)
        )
        return int(sound_id)

    def _tag(self, connection: Any, sound_id: int, name: str, score: float, source: str) -> None:
        connection.execute(insert(schema.tags).prefix_with("OR IGNORE"), {"name": name})
        connection.exec_driver_sql(
            "INSERT INTO sound_tags SELECT ?, id, ?, ? FROM tags WHERE name = ?",
            (sound_id, source, score, name),
        )

    def remove(self, *sound_ids: int) -> None:
        with self.engine.begin() as connection:
            for table, column in (
                (schema.windows, schema.windows.c.sound_id),
                (schema.sound_tags, schema.sound_tags.c.sound_id),
                (schema.sounds, schema.sounds.c.id),
            ):
                connection.execute(delete(table).where(column.in_(sound_ids)))
            for sound_id in sound_ids:
                connection.exec_driver_sql("DELETE FROM words WHERE rowid = ?", (sound_id,))
            self._raise_revision(connection)

    def lose(self, *sound_ids: int) -> None:
        """Mark sounds as missing, which changes no vector."""
        with self.engine.begin() as connection:
            chosen = schema.sounds.c.id.in_(sound_ids)
            connection.execute(update(schema.sounds).where(chosen).values(missing=1))

    def _raise_revision(self, connection: Any) -> None:
        connection.exec_driver_sql(
            "UPDATE settings SET value = CAST(value AS INTEGER) + 1 WHERE key = 'revision'"
        )
